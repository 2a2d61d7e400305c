/*
 * A refusal may be sent while the client is still sending its body.  Closing then makes the kernel send a
 * reset, which may destroy the answer before the client has read it.  So the socket is kept by a duplicate
 * for a moment, and what still comes is read and thrown away (RFC 9112 section 9.6).
 */
#include "net/http_impl.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/clock.h"

enum { LINGER_MS = 2000, LINGERS_MAX = 64 };

struct http_linger {
	TAILQ_ENTRY(http_linger) link;
	struct http_server *server;
	int fd;
	int64_t until_ns;
};

static void linger_end(struct http_linger *g)
{
	TAILQ_REMOVE(&g->server->lingers, g, link);
	g->server->n_lingers--;
	loop_unwatch(g->server->loop, g->fd);
	close(g->fd);
	free(g);
}

static void drain(void *user, int fd, uint32_t events)
{
	char thrown_away[8192];
	(void)events;
	ssize_t n = recv(fd, thrown_away, sizeof thrown_away, MSG_DONTWAIT);
	if (n <= 0)
		linger_end(user);
}

void http_linger_take(struct http_conn *c)
{
	struct http_server *s = c->server;
	struct err ignored;
	int fd = s->n_lingers < LINGERS_MAX ? fcntl(c->fd, F_DUPFD_CLOEXEC, 3) : -1;
	if (fd < 0)
		return;
	struct http_linger *g = calloc(1, sizeof *g);
	if (!g)
		abort();
	*g = (struct http_linger){
		.server = s, .fd = fd, .until_ns = clock_mono_ns() + LINGER_MS * INT64_C(1000000)
	};
	shutdown(fd, SHUT_WR);
	TAILQ_INSERT_TAIL(&s->lingers, g, link);
	s->n_lingers++;
	if (!loop_watch(s->loop, fd, EPOLLIN | EPOLLRDHUP, drain, g, &ignored))
		linger_end(g);
}

void http_linger_expire(struct http_server *s, int64_t now_ns, bool all)
{
	for (struct http_linger *g = TAILQ_FIRST(&s->lingers), *next; g; g = next) {
		next = TAILQ_NEXT(g, link);
		if (all || g->until_ns <= now_ns)
			linger_end(g);
	}
}
