/*
 * Event streams (server-sent events).  A stream without anything to say has its connection suspended; a tick
 * asks all of them and resumes those that have bytes or are over.  The library does not look at a suspended
 * connection, so that a client that went away is noticed by a watch of our own.
 */
#include "net/http_impl.h"

#include <stdlib.h>
#include <sys/epoll.h>

#include "os/clock.h"

enum { PENDING_MAX = 256 * 1024, HEARTBEAT_MS = 15000, BLOCK = 16 * 1024 };

struct http_stream {
	TAILQ_ENTRY(http_stream) link;
	struct http_task *task;                            /* NULL: the request is over */
	struct str pending;
	size_t sent;                                       /* of pending */
	int64_t spoke_ns;
	bool suspended, over, response_gone;
};

static void resume(struct http_stream *st)
{
	if (!st->suspended)
		return;
	st->suspended = false;
	MHD_resume_connection(st->task->conn->mhd);
}

static void free_when_unused(struct http_stream *st)
{
	if (st->task || !st->response_gone)
		return;
	str_done(&st->pending);
	free(st);
}

static ssize_t read_stream(void *user, uint64_t at, char *buffer, size_t room)
{
	struct http_stream *st = user;
	(void)at;
	size_t left = st->pending.n - st->sent;
	if (left == 0 && (st->over || !st->task))
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (left == 0) {
		st->suspended = true;
		MHD_suspend_connection(st->task->conn->mhd);
		return 0;
	}
	size_t n = left < room ? left : room;
	memcpy(buffer, st->pending.p + st->sent, n);
	st->sent += n;
	if (st->sent == st->pending.n) {
		str_clear(&st->pending);
		st->sent = 0;
	}
	return (ssize_t)n;
}

static void response_gone(void *user)
{
	struct http_stream *st = user;
	st->response_gone = true;
	free_when_unused(st);
}

static void on_hang_up(void *user, int fd, uint32_t events)
{
	struct http_stream *st = user;
	(void)fd, (void)events;
	st->over = true;
	resume(st);
}

struct MHD_Response *http_stream_open(struct http_task *t)
{
	struct http_server *s = t->conn->server;
	struct http_stream *st = calloc(1, sizeof *st);
	struct err ignored;
	if (!st)
		abort();
	*st = (struct http_stream){ .task = t, .pending = STR(PENDING_MAX), .spoke_ns = clock_mono_ns() };
	t->stream = st;
	s->figures.streams++;
	TAILQ_INSERT_TAIL(&s->streams, st, link);
	struct MHD_Response *response =
		MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, read_stream, st, response_gone);
	if (!response) {
		st->response_gone = true;
		return NULL;
	}
	for (size_t i = 0; i < t->answer.n_headers; i++)
		MHD_add_response_header(response, arena_copy(t->request.arena, t->answer.headers[i].name),
					arena_copy(t->request.arena, t->answer.headers[i].value));
	if (!MHD_get_response_header(response, "Content-Type"))
		MHD_add_response_header(response, "Content-Type", "text/event-stream; charset=utf-8");
	MHD_add_response_header(response, "Connection", "close");
	/*
	 * Bytes may still come (a client may not pipeline behind a stream, but it may try): only its end is
	 * watched.
	 */
	if (!loop_watch(s->loop, t->conn->fd, EPOLLRDHUP | EPOLLONESHOT, on_hang_up, st, &ignored))
		st->over = true;
	st->over |= s->stopping || t->head_only;
	return response;
}

void http_stream_closed(struct http_task *t)
{
	struct http_stream *st = t->stream;
	if (!st)
		return;
	struct http_server *s = t->conn->server;
	loop_unwatch(s->loop, t->conn->fd);
	TAILQ_REMOVE(&s->streams, st, link);
	s->figures.streams--;
	t->stream = NULL;
	st->task = NULL;
	if (t->answer.stream_free)
		t->answer.stream_free(t->answer.stream_user);
	free_when_unused(st);
}

static void ask(struct http_stream *st, int64_t now)
{
	const struct http_answer *answer = &st->task->answer;
	if (st->over || st->pending.n > 0)
		return;                                   /* what it said last has not been taken yet */
	if (!answer->stream(answer->stream_user, &st->pending))
		st->over = true;
	/* never half an event: the client resumes where it was */
	if (st->pending.failed) {
		str_clear(&st->pending);
		st->over = true;
	}
	if (st->pending.n == 0 && now - st->spoke_ns >= HEARTBEAT_MS * INT64_C(1000000))
		str_addz(&st->pending, ":\n\n");
	if (st->pending.n > 0)
		st->spoke_ns = now;
	if (st->pending.n > 0 || st->over)
		resume(st);
}

void http_stream_tick(void *server)
{
	struct http_server *s = server;
	int64_t now = clock_mono_ns();
	struct http_stream *st;
	TAILQ_FOREACH(st, &s->streams, link)
		ask(st, now);
}

void http_stream_end_all(struct http_server *s)
{
	struct http_stream *st;
	TAILQ_FOREACH(st, &s->streams, link) {
		st->over = true;
		resume(st);
	}
}
