/*
 * A client may close its sending side and still want its answer.  When a connection is resumed, libmicrohttpd
 * 0.9.75 may read before it asks for the answer, meet the end, and close.  So for a client that has half
 * closed the answer is written here, past the library, while the connection is still suspended; then it is
 * resumed only to be closed.
 */
#include "net/http_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "os/clock.h"

struct http_half {
	struct http_task *task;
	struct str out;
	size_t sent;
};

static void half_end(struct http_half *h)
{
	struct http_task *t = h->task;
	loop_unwatch(t->conn->server->loop, t->conn->fd);
	t->half = NULL;
	t->stage = HTTP_STAGE_ANSWER;
	t->conn->deadline_ns = 0;
	MHD_resume_connection(t->conn->mhd);
	str_done(&h->out);
	free(h);
}

static void on_writable(void *user, int fd, uint32_t events)
{
	struct http_half *h = user;
	ssize_t n = send(fd, h->out.p + h->sent, h->out.n - h->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n > 0)
		h->sent += (size_t)n;
	bool again = n < 0 && (errno == EAGAIN || errno == EINTR) && !(events & (EPOLLERR | EPOLLHUP));
	if (h->sent == h->out.n || (n <= 0 && !again))
		half_end(h);
}

bool http_half_take(struct http_task *t)
{
	char byte;
	struct err ignored;
	struct http_conn *c = t->conn;
	if (!t->response || recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) != 0)
		return false;
	struct http_half *h = calloc(1, sizeof *h);
	if (!h)
		abort();
	*h = (struct http_half){ .task = t, .out = STR(t->answer.body.n + 64 * 1024) };
	http_answer_write(&t->answer, t->head_only, &h->out);
	if (h->out.failed || !loop_watch(c->server->loop, c->fd, EPOLLOUT, on_writable, h, &ignored)) {
		str_done(&h->out);
		free(h);
		return false;
	}
	t->half = h;
	t->written = true;
	c->deadline_ns = clock_mono_ns() + c->server->config.idle_ms * 1000000;
	return true;
}

void http_half_give_up(struct http_task *t)
{
	if (t->half)
		half_end(t->half);
}
