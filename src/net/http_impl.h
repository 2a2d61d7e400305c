#pragma once
/*
 * What the files of the HTTP server share; nobody else includes it.
 *
 * A connection (struct http_conn) lives from STARTED to CLOSED, a task (struct http_task) is one request on
 * it.  Both belong to the loop thread, but for a task between worker_give() and its return through
 * worker_collect(): then it is the worker's, its connection is suspended, and nobody else touches it.
 */
#include <microhttpd.h>
#include <pthread.h>
#include <sys/queue.h>

#include "net/http_server.h"

enum http_stage { HTTP_STAGE_HEAD, HTTP_STAGE_BODY, HTTP_STAGE_WORK, HTTP_STAGE_ANSWER, HTTP_STAGE_SENT };

struct http_conn {
	TAILQ_ENTRY(http_conn) link;
	struct http_server *server;
	struct MHD_Connection *mhd;
	struct http_task *task;                        /* the current request, if any */
	int fd;                                        /* the library's; valid until CLOSED */
	int64_t deadline_ns;                           /* 0: none */
	/* refused before its body was read: see http_linger.c */
	bool linger;
	char address[48];
};

struct http_task {
	struct http_conn *conn;
	struct http_task *next;                        /* in the workers' lists */
	enum http_stage stage;
	struct http_request request;
	struct http_answer answer;
	struct MHD_Response *response;                 /* ours until queued */
	struct http_stream *stream;
	struct span uri;                               /* as sent */
	struct str body;
	size_t body_max, body_dropped;
	size_t held;                                   /* its part of the server's `held` */
	int refused;                                   /* a status, or 0 */
	struct http_half *half;                        /* while its answer is written past the library */
	bool head_only, in_flight, written, slow;
};

TAILQ_HEAD(http_conns, http_conn);
TAILQ_HEAD(http_streams, http_stream);
TAILQ_HEAD(http_lingers, http_linger);

struct http_workers;

struct http_server {
	struct loop *loop;
	struct http_config config;
	struct MHD_Daemon *daemon;
	struct http_workers *workers;
	struct http_conns conns;
	struct http_streams streams;
	struct http_lingers lingers;
	struct loop_timer *deadlines, *ticks, *grace;
	/* counted on the loop, read anywhere */
	struct { _Atomic uint64_t requests, refused, connections, streams; } figures;
	size_t in_flight, idle_turns, n_lingers;
	size_t held;                                   /* bytes of bodies and answers, of all connections */
	int epoll_fd, listen_fd;                       /* listen_fd: ours again once quiesced */
	bool stopping, grace_over, run_again;
	loop_fn *done;
	void *done_user;
};

/*
 * http_gate.c: 0, or the status with which this head is refused.  Fills method, headers, path, query of the
 * request.
 */
int http_gate_check(struct http_task *t, struct MHD_Connection *mhd, const char *method, const char *version);
/* The declared body: its length, SIZE_MAX when chunked, 0 when there is none. */
size_t http_gate_body(const struct http_request *r);

/* http_workers.c */
struct http_workers *http_workers_new(struct http_server *s);
bool http_workers_give(struct http_workers *w, struct http_task *t);   /* false: the queue is full */
struct http_task *http_workers_collect(struct http_workers *w);        /* a list of what is done, or NULL */
void http_workers_free(struct http_workers *w, struct http_task **ret_undone);   /* waits for those at work */

/* http_answer.c */
/* NULL when the answer has an impossible header */
struct MHD_Response *http_answer_build(struct http_task *t);
struct MHD_Response *http_answer_refusal(struct http_task *t, int status, bool close);
/* writes a 408 past the library: it takes no answer before a head */
void http_answer_timeout(struct http_conn *c);

/* as bytes, with close */
void http_answer_write(const struct http_answer *answer, bool head_only, struct str *out);

/*
 * http_half.c: true when the client has closed its sending side: the task is then resumed when its answer is
 * written.
 */
bool http_half_take(struct http_task *t);
void http_half_give_up(struct http_task *t);

/* http_stream.c */
struct MHD_Response *http_stream_open(struct http_task *t);
void http_stream_closed(struct http_task *t);      /* the request is over: the stream's user is freed, once */
void http_stream_tick(void *server);
void http_stream_end_all(struct http_server *s);

/* http_linger.c */
void http_linger_take(struct http_conn *c);
void http_linger_expire(struct http_server *s, int64_t now_ns, bool all);
