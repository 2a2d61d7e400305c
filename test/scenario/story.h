#pragma once
/*
 * The scenario runner: one story is one folder with a story.json, told to the real program with a data
 * folder, a clock and a loopback port of its own.  README.md beside this file says how a story is written.
 *
 * A step that fails says why in story.why and ends its story.  Memory is jansson's and the process's: each
 * story runs in a process of its own that ends with it.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define FORMAT(fmt, args) __attribute__((format(printf, fmt, args)))

struct story {
	const char *program;           /* build/seawall */
	const char *folder;            /* the story's own folder; commands run there */
	char work[200];                /* what the story writes: data/, clock, the server's log */
	char data[232];
	json_t *saved;                 /* name: what a step saved under it */
	json_t *accounts;              /* name: {"password", "cookie", "csrf"} */
	json_t *openapi;               /* as served, NULL before the first answer */
	int64_t *clock;                /* two offsets in ms, mapped: wall, boot */
	int port;
	pid_t server;                  /* 0: none */
	char why[6000];
};

/* Puts what is wrong into story.why; always false. */
bool story_fail(struct story *s, const char *fmt, ...) FORMAT(2, 3);

/* value.c */

/* A copy with {name} in every text replaced by what was saved; a text that is only {name} becomes the value
 * itself. */
json_t *value_expand(struct story *s, const json_t *v);
/* Does `got` hold at least what `want` says?  If not, why says where and what came. */
bool value_matches(const json_t *want, const json_t *got, char *why, size_t n);
/* RFC 6901; NULL when there is nothing. */
json_t *value_at(const json_t *root, const char *pointer);
/* `want` is a text that must occur in `got`, "~…" a regular expression that must match, or an array of
 * them. */
bool value_in_text(const json_t *want, const char *got, char *why, size_t n);
/* The first group of a regular expression; NULL when it does not match. */
json_t *value_group(const char *regex, const char *text);

/* serve.c */

bool serve_start(struct story *s, const json_t *options);
bool serve_stop(struct story *s, const char *signal_name);
bool serve_kill_role(struct story *s, const char *role);
void serve_end(struct story *s);                       /* whatever it takes */

/* command.c */

struct output {
	char *out, *err;               /* NUL-terminated, at most 16 MB each */
	size_t out_n, err_n;
	int status;                    /* exit status, or 256 + signal */
};

bool command_run(struct story *s, const json_t *args, const json_t *input, struct output *ret);
void output_done(struct output *o);
bool command_step(struct story *s, const json_t *step);
bool account_step(struct story *s, const json_t *step);

/* request.c */

struct answer {
	long status;
	char *body;
	size_t n;
	json_t *headers;               /* lower-case name: value */
	json_t *json;                  /* NULL where the body is not JSON */
	json_error_t wrong;            /* why it is none, though said to be */
};

bool request_send(struct story *s, const char *method, const char *path, const json_t *step,
	struct answer *ret);
void answer_done(struct answer *a);
bool request_step(struct story *s, const json_t *step, const char *method);
bool request_sign_in(struct story *s, const char *account);

/* openapi.c */

/* Is this answer documented: path, method, status, and its body as the schema says? */
bool openapi_check(const json_t *api, const char *method, const char *path, const struct answer *a, char *why,
	size_t n);
/* Is the value as the schema says?  `at` is the pointer to it so far. */
bool schema_check(const json_t *api, const json_t *schema, const json_t *v, const char *at, char *why,
	size_t n);

/* story.c */

/* Tells one story and prints a TAP line without number for each step; true when all went well. */
bool story_tell(struct story *s, const json_t *steps);
