/*
 * A small load generator: keep-alive connections on one epoll thread, each with one request at a time.
 *
 *	http_load HOST:PORT PATH [--connections 50] [--seconds 5] [--header 'Name: value']…
 *
 * HOST is a numeric IPv4 address.  Prints one JSON line.  A latency is from the write of a request to the
 * last byte of its answer.  An answer that is not 2xx, cannot be read or does not come counts as an error;
 * the connection is made anew after a broken one.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/base.h"
#include "os/clock.h"

enum { CONNECTIONS_MAX = 1000, HEAD_MAX = 16 * 1024, BUFFER = 64 * 1024 };

struct client {
	int fd;
	int64_t sent_ns;
	char head[HEAD_MAX];
	size_t head_n;
	int64_t body_left;                                 /* -1: the head is not complete yet */
	bool failed, closes;
};

struct load {
	struct sockaddr_in to;
	int64_t connections, seconds;
	struct str request;
	int epoll_fd;
	uint64_t requests, errors, dial_errors;
	VEC(uint32_t) micros;                              /* one per answered request */
};

static bool watch(const struct load *l, struct client *c)
{
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = c };
	return epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, c->fd, &e) == 0;
}

static void ask(struct load *l, struct client *c)
{
	c->sent_ns = clock_mono_ns();
	c->head_n = 0;
	c->body_left = -1;
	c->failed = c->closes = false;
	if (send(c->fd, l->request.p, l->request.n, MSG_NOSIGNAL) != (ssize_t)l->request.n)
		c->failed = true;                          /* seen as a hang-up by the next read */
}

static bool dial(struct load *l, struct client *c)
{
	int one = 1;
	if (c->fd >= 0)
		close(c->fd);
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (const struct sockaddr *)&l->to, sizeof l->to) != 0 ||
	    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) != 0 || !watch(l, c)) {
		l->dial_errors++;
		if (c->fd >= 0)
			close(c->fd);
		c->fd = -1;
		return false;
	}
	ask(l, c);
	return true;
}

static struct span header(struct span head, const char *name)
{
	for (struct span rest = head; rest.p;) {
		struct span value = span_split(&rest, '\n'), key = span_split(&value, ':');
		if (value.p && span_eq_nocase(key, span_of(name)))
			return span_trim(value);
	}
	return (struct span){ NULL, 0 };
}

/* Looks at a complete head: false when it is not one whose body we can follow. */
static bool read_head(struct client *c, size_t head_n)
{
	struct span head = { c->head, head_n };
	c->failed = !span_starts(head, SPAN("HTTP/1.1 2"));
	c->closes = span_eq_nocase(header(head, "Connection"), SPAN("close"));
	return span_int(header(head, "Content-Length"), 0, INT64_MAX, &c->body_left);
}

/* Takes n bytes of an answer: 1 when it is complete, 0 when not yet, -1 when it cannot be read. */
static int take(struct client *c, const char *p, size_t n)
{
	if (c->body_left < 0) {
		size_t room = HEAD_MAX - c->head_n, k = n < room ? n : room;
		memcpy(c->head + c->head_n, p, k);
		size_t from = c->head_n > 3 ? c->head_n - 3 : 0;
		c->head_n += k;
		const char *end = memmem(c->head + from, c->head_n - from, "\r\n\r\n", 4);
		if (!end)
			return c->head_n == HEAD_MAX ? -1 : 0;
		size_t head_n = (size_t)(end - c->head) + 4;
		if (!read_head(c, head_n))
			return -1;
		n -= head_n - (c->head_n - k);
	}
	c->body_left -= (int64_t)n;
	return c->body_left == 0 ? 1 : c->body_left < 0 ? -1 : 0;
}

static void on_readable(struct load *l, struct client *c)
{
	static char buffer[BUFFER];
	ssize_t n = recv(c->fd, buffer, sizeof buffer, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	int state = n > 0 ? take(c, buffer, (size_t)n) : -1;
	if (state == 0)
		return;
	if (state < 0 || c->failed) {
		l->errors++;
	} else {
		int64_t took = (clock_mono_ns() - c->sent_ns) / 1000;
		vec_push(&l->micros, (uint32_t)(took < UINT32_MAX ? took : UINT32_MAX));
		l->requests++;
	}
	if (state < 0 || c->closes)
		dial(l, c);
	else
		ask(l, c);
}

static int by_size(const void *a, const void *b)
{
	uint32_t x, y;
	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return (x > y) - (x < y);
}

static double percentile(const struct load *l, size_t per_mille)
{
	if (l->micros.n == 0)
		return 0;
	size_t at = (l->micros.n * per_mille + 999) / 1000;
	return l->micros.p[at ? at - 1 : 0] / 1000.0;
}

static bool run(struct load *l)
{
	static struct client clients[CONNECTIONS_MAX];
	struct epoll_event events[256];
	int64_t start = clock_mono_ns(), end = start + l->seconds * 1000000000;
	for (int64_t i = 0; i < l->connections; i++) {
		clients[i].fd = -1;
		if (!dial(l, &clients[i])) {
			fprintf(stderr, "http_load: cannot connect: %s\n", strerror(errno));
			return false;
		}
	}
	while (clock_mono_ns() < end && l->dial_errors < 100) {
		int n = epoll_wait(l->epoll_fd, events, COUNT(events), 100);
		for (int i = 0; i < n; i++)
			on_readable(l, events[i].data.ptr);
	}
	double seconds = (double)(clock_mono_ns() - start) / 1e9;
	if (l->micros.n)
		qsort(l->micros.p, l->micros.n, sizeof *l->micros.p, by_size);
	printf("{\"requests\":%llu,\"errors\":%llu,\"per_second\":%.0f,\"p50_ms\":%.3f,\"p95_ms\":%.3f,\"p99_"
	       "ms\":%.3f,"
	       "\"max_ms\":%.3f}\n",
		(unsigned long long)l->requests, (unsigned long long)(l->errors + l->dial_errors),
		(double)l->requests / seconds, percentile(l, 500), percentile(l, 950), percentile(l, 990),
		percentile(l, 1000));
	for (int64_t i = 0; i < l->connections; i++)
		if (clients[i].fd >= 0)
			close(clients[i].fd);
	return true;
}

static int usage(void)
{
	fprintf(stderr,
		"http_load HOST:PORT PATH [--connections 1..%d] [--seconds 1..3600] [--header 'Name: "
		"value']...\n",
		CONNECTIONS_MAX);
	return 2;
}

static bool parse(int argc, char **argv, struct load *l)
{
	struct span where = span_of(argc > 1 ? argv[1] : ""), host = span_split(&where, ':');
	char text[64];
	int64_t port;
	if (argc < 3 || argv[2][0] != '/' || host.n >= sizeof text || !span_int(where, 1, 65535, &port))
		return false;
	snprintf(text, sizeof text, SPAN_FMT, SPAN_ARG(host));
	l->to = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	if (inet_pton(AF_INET, text, &l->to.sin_addr) != 1)
		return false;
	str_addf(&l->request, "GET %s HTTP/1.1\r\nHost: %s\r\n", argv[2], argv[1]);
	for (int i = 3; i + 1 < argc; i += 2) {
		struct span value = span_of(argv[i + 1]);
		if (strcmp(argv[i], "--header") == 0)
			str_addf(&l->request, SPAN_FMT "\r\n", SPAN_ARG(value));
		else if (strcmp(argv[i], "--connections") == 0 &&
			span_int(value, 1, CONNECTIONS_MAX, &l->connections))
			continue;
		else if (strcmp(argv[i], "--seconds") == 0 && span_int(value, 1, 3600, &l->seconds))
			continue;
		else
			return false;
	}
	str_addz(&l->request, "\r\n");
	return argc % 2 == 1 && !l->request.failed;
}

int main(int argc, char **argv)
{
	struct load l = { .connections = 50, .seconds = 5, .request = STR(64 * 1024) };
	if (!parse(argc, argv, &l))
		return usage();
	l.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	bool ok = l.epoll_fd >= 0 && run(&l);
	vec_done(&l.micros);
	str_done(&l.request);
	return ok && l.requests > 0 ? 0 : 1;
}
