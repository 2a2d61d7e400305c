/*
 * From our answers to the library's.
 */
#include "net/http_impl.h"

#include <stdio.h>
#include <sys/socket.h>

static bool add_headers(struct MHD_Response *response, const struct http_answer *answer, struct arena *a)
{
	for (size_t i = 0; i < answer->n_headers; i++) {
		const struct http_pair *h = &answer->headers[i];
		if (h->value.n && memchr(h->value.p, '\0', h->value.n))
			return false;
		if (MHD_add_response_header(response, arena_copy(a, h->name), arena_copy(a, h->value)) !=
			MHD_YES)
			return false;
	}
	return true;
}

struct MHD_Response *http_answer_build(struct http_task *t)
{
	const struct http_answer *answer = &t->answer;
	/* the library does not write there, its prototype is older */
	void *body;
	memcpy(&body, &answer->body.p, sizeof body);
	struct MHD_Response *response =
		MHD_create_response_from_buffer(answer->body.n, body, MHD_RESPMEM_PERSISTENT);
	if (response && !add_headers(response, answer, t->request.arena)) {
		MHD_destroy_response(response);
		return NULL;
	}
	return response;
}

struct MHD_Response *http_answer_refusal(struct http_task *t, int status, bool close)
{
	t->answer = (struct http_answer){ .status = status };
	t->conn->server->config.refuse(
		t->conn->server->config.user, status, &t->request, &t->answer, t->request.arena);
	t->answer.status = status;
	t->conn->server->figures.refused++;
	struct MHD_Response *response = http_answer_build(t);
	if (!response)
		return NULL;
	if (close)
		MHD_add_response_header(response, "Connection", "close");
	if (status == 503)
		MHD_add_response_header(response, "Retry-After", "1");
	return response;
}

void http_answer_write(const struct http_answer *answer, bool head_only, struct str *out)
{
	str_addf(out, "HTTP/1.1 %d %s\r\nConnection: close\r\n", answer->status,
		 MHD_get_reason_phrase_for((unsigned)answer->status));
	for (size_t i = 0; i < answer->n_headers; i++)
		str_addf(out, SPAN_FMT ": " SPAN_FMT "\r\n", SPAN_ARG(answer->headers[i].name),
			 SPAN_ARG(answer->headers[i].value));
	str_addf(out, "Content-Length: %zu\r\n\r\n", answer->body.n);
	if (!head_only)
		str_add(out, answer->body);
}

void http_answer_timeout(struct http_conn *c)
{
	struct http_answer answer = { .status = 408 };
	CLEANUP(arena_free_p) struct arena *a = arena_new(64 * 1024, 1024 * 1024);
	CLEANUP(str_done) struct str s = STR(16 * 1024);
	c->server->config.refuse(c->server->config.user, 408, NULL, &answer, a);
	answer.status = 408;
	http_answer_write(&answer, false, &s);
	c->server->figures.refused++;
	if (!s.failed && send(c->fd, s.p, s.n, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		c->linger = false;                        /* gone already: nobody to wait for */
}

void http_add_header(struct http_answer *a, const char *name, struct span value)
{
	if (a->n_headers < COUNT(a->headers))
		a->headers[a->n_headers++] = (struct http_pair){ span_of(name), value };
}

struct span http_header(const struct http_request *r, const char *name)
{
	for (size_t i = 0; i < r->n_headers; i++)
		if (span_eq_nocase(r->headers[i].name, span_of(name)))
			return r->headers[i].value;
	return (struct span){ NULL, 0 };
}

struct span http_query(const struct http_request *r, const char *name)
{
	for (size_t i = 0; i < r->n_query; i++)
		if (span_is(r->query[i].name, name))
			return r->query[i].value;
	return (struct span){ NULL, 0 };
}

bool http_cookie(const struct http_request *r, const char *name, struct span *ret)
{
	for (size_t i = 0; i < r->n_headers; i++)
		if (span_eq_nocase(r->headers[i].name, SPAN("Cookie")) &&
		    http_decode_cookie(r->headers[i].value, span_of(name), ret))
			return true;
	return false;
}
