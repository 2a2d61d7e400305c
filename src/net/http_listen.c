#include "net/http_server.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/file.h"

enum { BACKLOG = 1024 };

static bool split_where(struct span where, char *host, size_t host_size, int64_t *ret_port, struct err *err)
{
	size_t colon = where.n;
	while (colon > 0 && where.p[colon - 1] != ':')
		colon--;
	struct span name = { where.p, colon ? colon - 1 : 0 };
	bool bracketed = name.n >= 2 && name.p[0] == '[' && name.p[name.n - 1] == ']';
	if (bracketed)
		name = (struct span){ name.p + 1, name.n - 2 };
	size_t inner;
	if (name.n == 0 || name.n >= host_size || (!bracketed && span_find(name, ':', &inner)) ||
	    !span_int(span_from(where, colon), 0, 65535, ret_port))
		return err_field(err, "listen",
			"监听地址应写作“主机:端口”（IPv6 用方括号），收到“" SPAN_FMT "”",
			"the address to listen on is HOST:PORT (IPv6 in brackets), not \"" SPAN_FMT "\"",
			SPAN_ARG(where));
	memcpy(host, name.p, name.n);
	host[name.n] = '\0';
	return true;
}

static int port_of(int fd)
{
	struct sockaddr_storage a = { 0 };
	socklen_t n = sizeof a;
	if (getsockname(fd, (struct sockaddr *)&a, &n) != 0)
		return -1;
	char service[8];
	int64_t port = -1;
	if (getnameinfo((struct sockaddr *)&a, n, NULL, 0, service, sizeof service, NI_NUMERICSERV) == 0 &&
	    !span_int(span_of(service), 0, 65535, &port))
		port = -1;
	return (int)port;
}

static int open_listener(const struct addrinfo *a)
{
	CLEANUP(file_close) int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int one = 1;
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0)
		return -1;
	if (a->ai_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one) != 0)
		return -1;
	if (bind(fd, a->ai_addr, a->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0)
		return -1;
	int got = fd;
	fd = -1;
	return got;
}

bool http_listen(struct span where, int *ret_fd, int *ret_port, struct err *err)
{
	char host[256], service[8], text[300];
	int64_t port;
	if (!split_where(where, host, sizeof host, &port, err))
		return false;
	snprintf(service, sizeof service, "%d", (int)port);
	snprintf(text, sizeof text, SPAN_FMT, SPAN_ARG(where));
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV },
			*found = NULL;
	int rc = getaddrinfo(host, service, &hints, &found);
	if (rc != 0)
		return err_field(err, "listen", "监听地址“%s”无法解析：%s", "cannot resolve \"%s\": %s", host,
			gai_strerror(rc));
	int fd = open_listener(found), why = errno;
	freeaddrinfo(found);
	if (fd < 0)
		return err_errno(err, why, text);
	*ret_fd = fd;
	*ret_port = port_of(fd);
	return true;
}
