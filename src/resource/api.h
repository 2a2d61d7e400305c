#pragma once
/*
 * The HTTP API: from a request to a route, an actor, a transaction and an answer.  Everything under /api/v1
 * follows from the resources and the route tables; errors are problem documents (RFC 9457) in the reader's
 * language.
 */
#include "net/http_server.h"
#include "resource/route.h"

struct api {
	/* Who is it?  Checks credentials, CSRF token and Origin.  *ret_known false: nobody has signed in (and
	 * *ret is an actor without rights).  `open`: the route is for everybody, bad credentials count as
	 * none. */
	bool (*authenticate)(struct op *op, const struct http_request *r, bool open, struct actor *ret,
		bool *ret_known,
			     struct err *err);
	/* GET of anything outside the API: the console; NULL: there is none.  false: not its business. */
	bool (*page)(const struct http_request *r, struct http_answer *ret);
	struct kept *kept;                     /* answers that count (kept.h); NULL: each is counted anew */
	struct stream_seats *streams;          /* event streams by user (stream.h); NULL: not counted */
	struct store *loop_store;              /* belongs to the loop thread: event streams read through it */
};

/* For http_config.limit: the largest body for a method and path. */
size_t api_limit(struct span method, struct span path);
/* For http_config.slow: does it hash a password? */
bool api_slow(struct span method, struct span path);
/* Answers one request on a worker with its own store. */
void api_handle(const struct api *api, struct store *store, struct http_request *r, struct http_answer *ret);
/* A problem document for what the server itself refuses. */
void api_refuse(int status, bool zh, struct http_answer *ret, struct arena *a);
bool api_wants_zh(const struct http_request *r_or_null);
/* GET /api/v1/openapi.json and GET /api/v1/changes/stream. */
extern const struct route resource_routes[];
extern const size_t resource_routes_count;
