#pragma once
/*
 * The console in the binary: files that web/ was built into, packed with gzip, served below / by the role
 * api. Names below /assets/ carry a hash of their content and may be kept for ever; every other address that
 * is no file is answered with the page itself, whose router knows what it means.
 */
#include "net/http_server.h"

struct console_file {
	const char *path, *type;      /* "/static/index-a1b2c3.js", "text/javascript; charset=utf-8" */
	const char *packed;                    /* one gzip member */
	size_t n;
	const char *etag;                      /* with its quotes */
};

/* What main.c was linked with; without it GET / says that this program was built without the console. */
void console_give(const struct console_file *files, size_t n);
/* Answers GET and HEAD of any path outside /api/; false: not ours (another method, /api/…). */
bool console_answer(const struct http_request *r, struct http_answer *ret);
