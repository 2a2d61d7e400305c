/*
 * The walk of a request: begin_request() at the request line, on_head(), on_body(), on_complete() on the loop
 * thread; a worker's handle(); on_wake() back on the loop; on_answer(); end_request().
 */
#include "net/http_impl.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/clock.h"

enum { DROP_MAX = 1024 * 1024, MEMORY_PER_CONNECTION = 32 * 1024, MEMORY_STEP = 8 * 1024 };

static int64_t after_ms(int64_t ms)
{
	return clock_mono_ns() + ms * 1000000;
}

/* ---- a request ---- */

static void *begin_request(void *server, const char *uri, struct MHD_Connection *mhd)
{
	struct http_server *s = server;
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct http_conn *c = info ? info->socket_context : NULL;
	if (!c)
		return NULL;
	struct http_task *t = calloc(1, sizeof *t);
	if (!t)
		abort();
	t->conn = c;
	t->request.arena = arena_new(s->config.arena_soft, s->config.arena_hard);
	t->request.address = span_of(c->address);
	t->uri = arena_span(t->request.arena, span_of(uri));
	c->task = t;
	int64_t limit = after_ms(s->config.head_ms);
	if (c->deadline_ns == 0 || limit < c->deadline_ns)
		c->deadline_ns = limit;
	return t;
}

/* Says how much the task holds now; false when that is too much, and then nothing is changed. */
static bool hold(struct http_task *t, size_t bytes)
{
	struct http_server *s = t->conn->server;
	size_t others = s->held - t->held;
	if (s->config.held_max && bytes > s->config.stranger_max &&
		(others > s->config.held_max || bytes > s->config.held_max - others))
		return false;
	s->held = others + bytes;
	t->held = bytes;
	return true;
}

static void end_request(struct http_task *t)
{
	t->conn->server->held -= t->held;
	http_stream_closed(t);
	if (t->response)
		MHD_destroy_response(t->response);
	if (t->in_flight)
		t->conn->server->in_flight--;
	t->conn->task = NULL;
	str_done(&t->body);
	arena_free(t->request.arena);
	free(t);
}

static enum MHD_Result queue(struct http_task *t, struct MHD_Response *response)
{
	if (!response)
		return MHD_NO;
	enum MHD_Result ok = MHD_queue_response(t->conn->mhd, (unsigned)t->answer.status, response);
	MHD_destroy_response(response);
	t->stage = HTTP_STAGE_SENT;
	return ok;
}

/*
 * What was refused before its body was read must not be followed by another request on the same connection.
 */
static enum MHD_Result refuse(struct http_task *t, int status, bool body_unread)
{
	t->refused = status;
	t->conn->linger = body_unread;
	t->conn->deadline_ns = 0;
	return queue(t, http_answer_refusal(t, status, body_unread || t->conn->server->stopping));
}

static enum MHD_Result on_head(struct http_task *t, const char *method, const char *version)
{
	struct http_server *s = t->conn->server;
	int status = http_gate_check(t, t->conn->mhd, method, version);
	if (status)
		return refuse(t, status, true);
	if (s->stopping)
		return refuse(t, 503, true);
	t->body_max = s->config.limit(s->config.user, t->request.method, t->request.path, &t->request.route);
	t->body = STR(t->body_max);
	size_t declared = http_gate_body(&t->request);
	if (declared != SIZE_MAX && declared > t->body_max)
		return refuse(t, 413, true);
	if (t->body_max > s->config.stranger_max && declared > s->config.stranger_max && s->config.known &&
		!s->config.known(s->config.user, &t->request))
		return refuse(t, 401, true);
	if (declared != SIZE_MAX && !hold(t, declared))
		return refuse(t, 503, true);
	t->slow = s->config.slow && s->config.slow(s->config.user, &t->request);
	t->conn->deadline_ns = declared ? after_ms(s->config.body_ms) : 0;
	t->stage = HTTP_STAGE_BODY;
	return MHD_YES;
}

/*
 * Past the limit (only a chunked body gets here) the library takes no answer before the end, so a little more
 * is read.
 */
static enum MHD_Result on_body(struct http_task *t, const char *bytes, size_t n)
{
	str_add(&t->body, (struct span){ bytes, n });
	if (!t->body.failed)
		return t->body.n <= t->held || hold(t, t->body.n) ? MHD_YES : MHD_NO;
	t->body_dropped += n;
	return t->body_dropped <= DROP_MAX ? MHD_YES : MHD_NO;
}

static enum MHD_Result on_complete(struct http_task *t)
{
	struct http_server *s = t->conn->server;
	t->conn->deadline_ns = 0;
	if (t->body.failed)
		return refuse(t, 413, true);
	if (s->stopping)
		return refuse(t, 503, true);
	t->request.body = t->body.p ? str_span(&t->body) : SPAN("");
	if (!http_workers_give(s->workers, t))
		return refuse(t, 503, false);
	/* a worker does not look at it, and on_wake() runs after this */
	t->stage = HTTP_STAGE_WORK;
	MHD_suspend_connection(t->conn->mhd);
	s->figures.requests++;
	s->in_flight++;
	t->in_flight = true;
	return MHD_YES;
}

static enum MHD_Result on_answer(struct http_task *t)
{
	struct http_server *s = t->conn->server;
	struct MHD_Response *response = t->response;
	if (t->written)
		return MHD_NO;
	t->response = NULL;
	str_done(&t->body);
	if (t->refused || !hold(t, arena_used(t->request.arena))) {
		if (response)
			MHD_destroy_response(response);
		return refuse(t, t->refused ? t->refused : 503, false);
	}
	if (t->answer.stream && s->figures.streams < s->config.streams_max) {
		response = http_stream_open(t);
	} else if (t->answer.stream) {
		if (t->answer.stream_free)
			t->answer.stream_free(t->answer.stream_user);
		return refuse(t, 503, false);
	}
	if (!response)
		return refuse(t, 500, false);
	if (s->stopping)
		MHD_add_response_header(response, "Connection", "close");
	/* a client that hardly reads must not keep the answer in memory: 64 kB/s at least */
	if (!t->answer.stream)
		t->conn->deadline_ns = after_ms(s->config.body_ms + (int64_t)t->answer.body.n / 64);
	return queue(t, response);
}

static enum MHD_Result on_request(void *server, struct MHD_Connection *mhd, const char *url,
	const char *method, const char *version, const char *bytes, size_t *n, void **context)
{
	struct http_task *t = *context;
	(void)server, (void)mhd, (void)url;
	if (!t)
		return MHD_NO;
	if (t->stage == HTTP_STAGE_HEAD)
		return on_head(t, method, version);
	if (t->stage == HTTP_STAGE_BODY && *n > 0) {
		size_t got = *n;
		*n = 0;
		return on_body(t, bytes, got);
	}
	if (t->stage == HTTP_STAGE_BODY)
		return on_complete(t);
	if (t->stage == HTTP_STAGE_ANSWER)
		return on_answer(t);
	*n = 0;
	return MHD_YES;
}

static void on_completed(void *server, struct MHD_Connection *mhd, void **context,
			 enum MHD_RequestTerminationCode why)
{
	struct http_server *s = server;
	struct http_task *t = *context;
	(void)mhd, (void)why;
	if (!t)
		return;
	*context = NULL;
	t->conn->deadline_ns = after_ms(s->config.idle_ms);
	end_request(t);
}

static void on_wake(void *server)
{
	struct http_server *s = server;
	for (struct http_task *t = http_workers_collect(s->workers), *next; t; t = next) {
		next = t->next;
		if (http_half_take(t))
			continue;
		t->stage = HTTP_STAGE_ANSWER;
		MHD_resume_connection(t->conn->mhd);
	}
	s->idle_turns = 0;
}

/* ---- a connection ---- */

static void write_address(const struct sockaddr *from, char *ret, socklen_t size)
{
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)(const void *)from;
	const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)from;
	if (from->sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
		inet_ntop(AF_INET, &six->sin6_addr.s6_addr[12], ret, size);
	else if (from->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &six->sin6_addr, ret, size);
	else if (from->sa_family == AF_INET)
		inet_ntop(AF_INET, &four->sin_addr, ret, size);
}

static void on_started(struct http_server *s, struct MHD_Connection *mhd, void **context)
{
	struct http_conn *c = calloc(1, sizeof *c);
	if (!c)
		abort();
	c->server = s;
	c->mhd = mhd;
	c->fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	write_address(MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr,
		c->address, sizeof c->address);
	c->deadline_ns = after_ms(s->config.head_ms);
	TAILQ_INSERT_TAIL(&s->conns, c, link);
	s->figures.connections++;
	*context = c;
}

static void on_closed(struct http_server *s, struct http_conn *c)
{
	if (c->task)
		end_request(c->task);
	if (c->linger && !s->stopping)
		http_linger_take(c);
	TAILQ_REMOVE(&s->conns, c, link);
	/* At its limit the library stops accepting, and starts again only in the run after one has ended. */
	s->run_again |= s->figures.connections-- >= s->config.connections_max;
	free(c);
}

static void on_connection(void *server, struct MHD_Connection *mhd, void **context,
			  enum MHD_ConnectionNotificationCode what)
{
	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		on_started(server, mhd, context);
	else if (*context)
		on_closed(server, *context);
}

static void check_deadlines(void *server)
{
	struct http_server *s = server;
	int64_t now = clock_mono_ns();
	struct http_conn *c;
	TAILQ_FOREACH(c, &s->conns, link) {
		if (c->deadline_ns == 0 || now < c->deadline_ns)
			continue;
		c->deadline_ns = 0;
		if (c->task && c->task->half) {
			http_half_give_up(c->task);
			continue;
		}
		if (!c->task || c->task->stage != HTTP_STAGE_SENT) {
			c->linger = true;
			http_answer_timeout(c);
		}
		shutdown(c->fd, SHUT_RDWR);
	}
	http_linger_expire(s, now, false);
}

/* ---- nested in the loop ---- */

static int64_t before_wait(void *server)
{
	struct http_server *s = server;
	MHD_UNSIGNED_LONG_LONG ms;
	if (s->run_again)
		return 0;
	if (!s->daemon || MHD_get_timeout(s->daemon, &ms) != MHD_YES)
		return -1;
	if (ms > 0) {
		s->idle_turns = 0;
		return ms > 60000 ? 60000 : (int64_t)ms;
	}
	/*
	 * The library asks to be run at once as long as a half TLS handshake lies in its buffer: do not spin
	 * for it.
	 */
	return ++s->idle_turns > 8 ? 2 : 0;
}

static void on_epoll(void *server, int fd, uint32_t events)
{
	struct http_server *s = server;
	(void)fd, (void)events;
	s->idle_turns = 0;
}

/* All that is suspended is resumed before the library is stopped, or it aborts. */
static void finish(struct http_server *s)
{
	struct http_task *undone;
	struct http_conn *c;
	http_workers_free(s->workers, &undone);
	s->workers = NULL;
	for (struct http_task *t = undone, *next; t; t = next) {
		next = t->next;
		if (!t->response && !t->answer.stream)
			t->refused = 503;
		t->stage = HTTP_STAGE_ANSWER;
		MHD_resume_connection(t->conn->mhd);
	}
	http_stream_end_all(s);
	TAILQ_FOREACH(c, &s->conns, link)
		if (c->task)
			http_half_give_up(c->task);
	for (int i = 0; i < 8; i++)
		MHD_run(s->daemon);
	TAILQ_FOREACH(c, &s->conns, link)
		shutdown(c->fd, SHUT_RDWR);
	MHD_run(s->daemon);
	loop_unwatch(s->loop, s->epoll_fd);
	loop_forget(s->loop, s);
	loop_timer_free(s->deadlines);
	loop_timer_free(s->ticks);
	loop_timer_free(s->grace);
	s->deadlines = s->ticks = s->grace = NULL;
	http_linger_expire(s, 0, true);
	MHD_stop_daemon(s->daemon);
	s->daemon = NULL;
	if (s->listen_fd >= 0)
		close(s->listen_fd);
	s->listen_fd = -1;
}

static void run_library(void *server)
{
	struct http_server *s = server;
	s->run_again = false;
	MHD_run(s->daemon);
	if (!s->stopping || (!s->grace_over && (s->in_flight > 0 || s->figures.streams > 0)))
		return;
	loop_fn *done = s->done;
	void *user = s->done_user;
	finish(s);
	if (done)
		done(user);
}

static void on_grace_over(void *server)
{
	struct http_server *s = server;
	s->grace_over = true;
}

/*
 * A room to the left of `store` never logs, and what the library has to say is about a client's bytes only.
 */
static void PRINTF(2, 0) ignore_log(void *server, const char *format, va_list ap)
{
	(void)server, (void)format, (void)ap;
}

static size_t identity(void *server, struct MHD_Connection *mhd, char *text)
{
	(void)server, (void)mhd;
	return strlen(text);
}

/*
 * MHD_OPTION_STRICT_FOR_CLIENT stays off: it adds nothing that http_gate.c does not refuse itself, and what
 * the library refuses goes out in its own words, with the head of the answer sent twice.
 */
static struct MHD_Daemon *start_library(struct http_server *s)
{
	const struct http_config *c = &s->config;
	/* clang-format off: an option a line */
	return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL,
		on_request, s,
		MHD_OPTION_EXTERNAL_LOGGER, ignore_log, s,
		MHD_OPTION_LISTEN_SOCKET, c->listen_fd,
		MHD_OPTION_URI_LOG_CALLBACK, begin_request, s,
		MHD_OPTION_UNESCAPE_CALLBACK, identity, s,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)c->connections_max,
		MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)c->connections_per_address,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)((c->idle_ms + 999) / 1000),
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_PER_CONNECTION,
		MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)MEMORY_STEP,
		MHD_OPTION_END);
	/* clang-format on */
}

bool http_server_new(struct loop *l, const struct http_config *c, struct http_server **ret, struct err *err)
{
	struct http_server *s = calloc(1, sizeof *s);
	if (!s)
		abort();
	*s = (struct http_server){ .loop = l, .config = *c, .epoll_fd = -1, .listen_fd = -1 };
	TAILQ_INIT(&s->conns);
	TAILQ_INIT(&s->streams);
	TAILQ_INIT(&s->lingers);
	s->daemon = start_library(s);
	if (!s->daemon) {
		free(s);
		return err_set(err, ERR_IO, "HTTP 服务无法启动", "the HTTP server cannot be started");
	}
	s->epoll_fd = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD)->listen_fd;
	s->workers = http_workers_new(s);
	if (!s->workers || !loop_watch(l, s->epoll_fd, EPOLLIN, on_epoll, s, err)) {
		struct http_task *none;
		if (!s->workers)
			err_set(err, ERR_IO, "无法启动工作线程", "no worker thread can be started");
		else
			http_workers_free(s->workers, &none);
		MHD_stop_daemon(s->daemon);
		free(s);
		return false;
	}
	int64_t every = c->head_ms / 4 < 250 ? c->head_ms / 4 + 1 : 250;
	s->deadlines = loop_timer_new(l, every, every, check_deadlines, s);
	s->ticks = loop_timer_new(l, (int64_t)c->stream_ms, (int64_t)c->stream_ms, http_stream_tick, s);
	loop_on_wake(l, on_wake, s);
	loop_nest(l, before_wait, run_library, s);
	*ret = s;
	return true;
}

void http_server_stop(struct http_server *s, int64_t grace_ms, loop_fn *done, void *user)
{
	if (s->stopping || !s->daemon)
		return;
	s->stopping = true;
	s->done = done;
	s->done_user = user;
	s->listen_fd = MHD_quiesce_daemon(s->daemon);
	s->grace = loop_timer_new(s->loop, grace_ms, 0, on_grace_over, s);
	http_stream_end_all(s);
	s->run_again = true;
}

void http_server_free(struct http_server *s)
{
	if (!s)
		return;
	if (s->daemon) {
		s->stopping = true;
		s->listen_fd = MHD_quiesce_daemon(s->daemon);
		finish(s);
	}
	free(s);
}

void http_server_poke(struct http_server *s)
{
	http_stream_tick(s);
}

struct http_figures http_server_figures(const struct http_server *s)
{
	return (struct http_figures){ s->figures.requests, s->figures.refused, s->figures.connections,
			s->figures.streams };
}
