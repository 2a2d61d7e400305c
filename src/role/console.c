#include "role/console.h"

#include "codec/stream.h"

static const struct console_file *files;
static size_t n_files;

/* Nothing is loaded from elsewhere, nothing runs that is not a file of ours, nobody frames the page. */
#define POLICY \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " \
	"connect-src 'self'; " \
	"font-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

enum { UNPACKED_MAX = 16 << 20 };

void console_give(const struct console_file *given, size_t n)
{
	files = given;
	n_files = n;
}

static const struct console_file *find(struct span path)
{
	for (size_t i = 0; i < n_files; i++)
		if (span_is(path, files[i].path))
			return &files[i];
	return NULL;
}

static void plain(struct http_answer *ret, int status, struct span text)
{
	ret->status = status;
	ret->body = text;
	http_add_header(ret, "Content-Type", SPAN("text/plain; charset=utf-8"));
}

static bool takes_gzip(const struct http_request *r)
{
	struct span list = http_header(r, "accept-encoding");
	while (list.p) {
		struct span one = span_trim(span_split(&list, ','));
		struct span name = span_trim(span_split(&one, ';'));
		if (span_eq_nocase(name, SPAN("gzip")))
			return !span_is(span_trim(one), "q=0");
	}
	return false;
}

static bool unpack(const struct console_file *f, struct arena *a, struct span *ret)
{
	CLEANUP(stream_close_p) struct stream *s = NULL;
	struct err err = { 0 };
	return stream_open_span((struct span){ f->packed, f->n }, UNPACKED_MAX, &s, &err) &&
		stream_rest(s, a, ret, &err);
}

static void send(const struct http_request *r, const struct console_file *f, struct http_answer *ret)
{
	bool hashed = span_starts(span_of(f->path), SPAN("/static/"));
	struct span tag = http_header(r, "if-none-match");
	http_add_header(ret, "Cache-Control",
		hashed ? SPAN("public, max-age=31536000, immutable") : SPAN("no-cache"));
	http_add_header(ret, "ETag", span_of(f->etag));
	http_add_header(ret, "Vary", SPAN("Accept-Encoding"));
	http_add_header(ret, "X-Content-Type-Options", SPAN("nosniff"));
	http_add_header(ret, "Referrer-Policy", SPAN("no-referrer"));
	http_add_header(ret, "Content-Security-Policy", SPAN(POLICY));
	if (tag.p && span_eq(span_trim(tag), span_of(f->etag))) {
		ret->status = 304;
		return;
	}
	ret->body = (struct span){ f->packed, f->n };
	if (takes_gzip(r))
		http_add_header(ret, "Content-Encoding", SPAN("gzip"));
	else if (!unpack(f, r->arena, &ret->body)) {
		plain(ret, 500, SPAN("the console in this program is broken\n"));
		return;
	}
	ret->status = 200;
	http_add_header(ret, "Content-Type", span_of(f->type));
}

bool console_answer(const struct http_request *r, struct http_answer *ret)
{
	if (!(span_is(r->method, "GET") || span_is(r->method, "HEAD")) ||
	    span_starts(r->path, SPAN("/api/")) ||
		span_is(r->path, "/api"))
		return false;
	const struct console_file *f = find(r->path);
	if (!f && span_starts(r->path, SPAN("/static/"))) {
		plain(ret, 404, SPAN("no such file\n"));
		return true;
	}
	if (!f)
		f = find(SPAN("/index.html"));
	if (f)
		send(r, f, ret);
	else
		plain(ret, 404, SPAN("本程序编译时未包含控制台；接口在 /api/v1/\n"
				     "this program was built without the console; the API is at /api/v1/\n"));
	return true;
}
