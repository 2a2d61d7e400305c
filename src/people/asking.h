#pragma once
/* For the tests of this room: requests as the API role gets them, by clients that keep what browsers keep. */
#include "people/session.h"
#include "people/testing.h"
#include "resource/api.h"

static struct house h;
static int64_t now = INT64_C(1795000000000);

/* Who asks: what a browser or a program keeps between requests. */
struct client { char cookie[100], csrf[SESSION_TOKEN], bearer[TOKEN_TEXT + 10]; const char *key; };

struct answer { int status; json_t *body; struct span text; char cookie[200], retry[20], type[60]; };

static inline void answer_done(struct answer *a)
{
	json_decref(a->body);
}

static inline void keep_header(const struct http_answer *from, const char *name, char *to, size_t size)
{
	for (size_t i = 0; i < from->n_headers; i++)
		if (span_eq_nocase(from->headers[i].name, span_of(name)))
			snprintf(to, size, SPAN_FMT, SPAN_ARG(from->headers[i].value));
}

static inline struct answer ask(const struct client *c, const char *method, const char *path,
	const char *body)
{
	static const struct api api = { .authenticate = people_authenticate_http };
	struct http_pair headers[8] = { { SPAN("host"), SPAN("127.0.0.1:8440") } };
	struct answer a = { 0 };
	size_t n = 1;
	if (c && c->cookie[0])
		headers[n++] = (struct http_pair){ SPAN("cookie"), span_of(c->cookie) };
	if (c && c->csrf[0])
		headers[n++] = (struct http_pair){ SPAN("x-csrf-token"), span_of(c->csrf) };
	if (c && c->bearer[0])
		headers[n++] = (struct http_pair){ SPAN("authorization"), span_of(c->bearer) };
	if (c && c->key)
		headers[n++] = (struct http_pair){ SPAN("idempotency-key"), span_of(c->key) };
	struct span rest = span_of(path), bare = span_split(&rest, '?');
	struct http_pair query[8];
	size_t n_query = 0;
	while (rest.p && n_query < COUNT(query)) {
		struct span value = span_split(&rest, '&'), name = span_split(&value, '=');
		query[n_query++] = (struct http_pair){ name, value };
	}
	struct http_request r = {
		.method = span_of(method), .path = bare, .query = query, .n_query = n_query,
			.headers = headers, .n_headers = n,
		.body = span_of(body ? body : ""), .address = SPAN("192.0.2.44"), .arena = h.arena,
	};
	struct http_answer out = { 0 };
	struct err err = { 0 };
	api_handle(&api, h.store, &r, &out);
	a.status = out.status;
	a.text = out.body;
	keep_header(&out, "Content-Type", a.type, sizeof a.type);
	if (out.body.n && strstr(a.type, "json") && !json_parse(out.body, 0, &a.body, &err))
		CHECK_STR(err.en, "");
	keep_header(&out, "Set-Cookie", a.cookie, sizeof a.cookie);
	keep_header(&out, "Retry-After", a.retry, sizeof a.retry);
	return a;
}

/* Only the status matters. */
static inline int status_of(const struct client *c, const char *method, const char *path, const char *body)
{
	CLEANUP(answer_done) struct answer a = ask(c, method, path, body);
	return a.status;
}

static inline const char *path_of(const char *format, const char *id)
{
	struct str s = STR_IN(h.arena, 300);
	for (const char *p = format; *p; p++)
		if (*p == '*')
			str_addz(&s, id);
		else
			str_addc(&s, *p);
	return str_z(&s);
}

static inline int sign_in(struct client *c, const char *name, const char *password)
{
	char body[200];
	snprintf(body, sizeof body, "{\"username\":\"%s\",\"password\":\"%s\"}", name, password);
	CLEANUP(answer_done) struct answer a = ask(NULL, "POST", "/api/v1/session", body);
	*c = (struct client){ 0 };
	if (a.status != 200)
		return a.status;
	size_t end;
	struct span cookie = span_of(a.cookie);
	CHECK(strstr(a.cookie, "HttpOnly") && strstr(a.cookie, "SameSite=Strict") &&
		strstr(a.cookie, "Path=/"));
	if (span_find(cookie, ';', &end))
		snprintf(c->cookie, sizeof c->cookie, "%.*s", (int)end, a.cookie);
	snprintf(c->csrf, sizeof c->csrf, SPAN_FMT, SPAN_ARG(json_get_text(a.body, "csrf")));
	return a.status;
}

static inline void add_user(const char *name, const char *role, const char *unit)
{
	struct span word = span_of(name), role_value = span_of(role), unit_value = span_of(unit);
	char secret[] = "correct horse\n", *said = NULL;
	size_t n;
	struct command_call c = { .op = &h.op,
		.words = &word,
		.n_words = 1,
		.n_options = 3,
		.options = { { "role", &role_value, 1 }, { "unit", &unit_value, 1 },
			{ "password-stdin", NULL, 0 } } };
	struct err err = { 0 };
	c.in = fmemopen(secret, sizeof secret - 1, "r");
	c.out = open_memstream(&said, &n);
	for (size_t i = 0; i < people_commands_count; i++)
		if (strcmp(people_commands[i].words, "user add") == 0)
			CHECK_OK(people_commands[i].run(&c, &err), err);
	fclose(c.in);
	fclose(c.out);
	free(said);
}
