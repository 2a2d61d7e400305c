#pragma once
/*
 * The HTTP server; its files alone see libmicrohttpd (http_impl.h).  It runs nested in the role's loop; a
 * request is read whole within its limits on the loop thread, then answered by one of a fixed set of workers,
 * which never touch the connection.  What a strict server must refuse is refused here (toolchain.md section
 * 2): duplicate Host or Content-Length, both framings, transfer encodings but chunked, control characters in
 * headers, versions but 1.0 and 1.1; the connection is closed after a refusal.  A request head must be
 * complete within head_ms, a body within body_ms; connections are limited in total and by address.
 */
#include "base/base.h"
#include "net/http_decode.h"
#include "os/loop.h"

enum { HTTP_HEADERS_MAX = 64, HTTP_QUERY_MAX = 64 };

struct http_request {
	struct span method;                    /* HEAD arrives as GET: its answer goes out without the body */
	/* decoded once, valid UTF-8, begins with '/'; no "..", no NUL */
	struct span path;
	const struct http_pair *query;         /* decoded, in order */
	size_t n_query;
	const struct http_pair *headers;
	size_t n_headers;
	struct span body;
	struct span address;                   /* of the peer, as text */
	struct arena *arena;                   /* the request's own; lives until the answer is sent */
	void *worker;                          /* what http_worker_start returned for this thread */
	void *route;                           /* what `limit` stored */
};

/* Header by name, any letter case; {NULL,0} if absent. */
struct span http_header(const struct http_request *r, const char *name);
struct span http_query(const struct http_request *r, const char *name);
bool http_cookie(const struct http_request *r, const char *name, struct span *ret);

struct http_stream;                            /* an open event stream (server-sent events) */

struct http_answer {
	int status;
	struct http_pair headers[16];          /* without Content-Length, Date, Connection */
	size_t n_headers;
	struct span body;                      /* in the request's arena, or static */
	/* If not NULL the answer is an event stream: the server calls it on the loop thread each stream_ms
	   (and on http_server_poke()); it appends whole events to `out`, or nothing, and returns false to end
	   the stream. */
	bool (*stream)(void *user, struct str *out);
	void (*stream_free)(void *user);
	void *stream_user;
};

void http_add_header(struct http_answer *a, const char *name, struct span value);

struct http_config {
	int listen_fd;                         /* bound and listening, non-blocking */
	size_t workers;                        /* 1 … 16 */
	/* requests waiting for a worker, beyond that 503; 0: 64 per worker */
	size_t queue_max;
	size_t connections_max, connections_per_address;
	size_t streams_max;
	int64_t head_ms, body_ms, idle_ms;
	size_t arena_soft, arena_hard;         /* of one request, its body not counted */
	/* how often streams are asked; a comment line is sent each 15 s of silence */
	size_t stream_ms;
	/* On the loop thread, when the head is complete: the largest body for this method and path (0: none
	   allowed), and what handle() will find in r->route.  Must be quick. */
	size_t (*limit)(void *user, struct span method, struct span path, void **ret_route);
	/* On the loop thread, before a body of more than stranger_max bytes is read: does the request come
	   from somebody who has signed in?  Otherwise 401.  NULL: not asked. */
	bool (*known)(void *user, const struct http_request *r);
	size_t stranger_max;
	/* Bodies and answers of all connections together hold at most so many bytes, beyond that 503; 0: no
	   limit. Those of up to stranger_max are not refused for it. */
	size_t held_max;
	/* On the loop thread: a request that keeps a worker long.  At most slow_workers work on such at once,
	   so that all others are answered meanwhile.  NULL: none is. */
	bool (*slow)(void *user, const struct http_request *r);
	size_t slow_workers;
	/* On a worker thread: fills the answer.  Must return. */
	void (*handle)(void *user, struct http_request *r, struct http_answer *ret);
	/*
	 * On the loop thread, for what the server itself refuses (400, 408, 413, 431, 503): fills body and
	 * content type.
	 */
	void (*refuse)(void *user, int status, const struct http_request *r_or_null, struct http_answer *ret,
		struct arena *a);
	void *(*worker_start)(void *user);     /* on each worker thread at its start; NULL allowed */
	void (*worker_stop)(void *user, void *worker);
	void *user;
};

struct http_server;

NODISCARD bool http_server_new(
	struct loop *l, const struct http_config *c, struct http_server **ret, struct err *err);
/* Graceful: no new connections, streams end, requests in flight are answered (at most grace_ms), then done()
 * is called on the loop. */
void http_server_stop(struct http_server *s, int64_t grace_ms, loop_fn *done, void *user);
void http_server_free(struct http_server *s);              /* after done() */
void http_server_poke(struct http_server *s);              /* ask all streams now; from the loop thread */
/* Binds and listens on "HOST:PORT" (IPv6 in brackets); PORT 0 takes a free one.  *ret_port says which. */
NODISCARD bool http_listen(struct span where, int *ret_fd, int *ret_port, struct err *err);

/* Handled and refused so far; connections and streams open now. */
struct http_figures { uint64_t requests, refused, connections, streams; };
struct http_figures http_server_figures(const struct http_server *s);
