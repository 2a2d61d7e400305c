/*
 * Raw sockets against a server that runs on a thread of its own.  The handler knows: /echo (method, path,
 * query and body back), /slow (waits until released), /events (a stream), /big, /headers, /badheader.
 */
#include "net/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/test.h"
#include "os/clock.h"

enum { BODY_LIMIT = 1000, LARGE_LIMIT = 100000, PER_ADDRESS = 40 };

static struct loop *loop;
static struct http_server *server;
static pthread_t thread;
static int port;
static struct err err;
static _Atomic int slow_waiting, slow_released, streams_open, streams_freed, stop_asked, poke_asked,
	worker_starts, worker_stops, events_said;

static size_t limit(void *user, struct span method, struct span path, void **ret_route)
{
	(void)user;
	*ret_route = &port;
	if (span_is(method, "POST") && span_is(path, "/large"))
		return LARGE_LIMIT;
	return span_is(method, "POST") && span_is(path, "/echo") ? BODY_LIMIT : 0;
}

static bool known(void *user, const struct http_request *r)
{
	(void)user;
	return span_is(http_header(r, "authorization"), "me");
}

static bool slow(void *user, const struct http_request *r)
{
	(void)user;
	return span_is(r->path, "/slow");
}

static bool say(void *user, struct str *out)
{
	(void)user;
	if (atomic_load(&events_said) < atomic_load(&poke_asked))
		str_addf(out, "data: %d\n\n", atomic_fetch_add(&events_said, 1) + 1);
	return true;
}

static void say_no_more(void *user)
{
	(void)user;
	atomic_fetch_add(&streams_freed, 1);
	atomic_fetch_sub(&streams_open, 1);
}

static void echo(struct http_request *r, struct http_answer *ret)
{
	struct str s = STR_IN(r->arena, 100000);
	str_addf(&s, SPAN_FMT " " SPAN_FMT, SPAN_ARG(r->method), SPAN_ARG(r->path));
	for (size_t i = 0; i < r->n_query; i++)
		str_addf(&s, " " SPAN_FMT "=" SPAN_FMT, SPAN_ARG(r->query[i].name),
			SPAN_ARG(r->query[i].value));
	struct span cookie;
	if (http_cookie(r, "c", &cookie))
		str_addf(&s, " cookie " SPAN_FMT, SPAN_ARG(cookie));
	if (r->body.n)
		str_addf(&s, " body " SPAN_FMT, SPAN_ARG(r->body));
	ret->body = str_span(&s);
}

static void handle(void *user, struct http_request *r, struct http_answer *ret)
{
	enum { BIG = 2000000 };
	(void)user;
	ret->status = 200;
	http_add_header(ret, "Content-Type", SPAN("text/plain"));
	if (r->route != &port || r->worker != &thread || !span_is(r->address, "127.0.0.1")) {
		ret->status = 500;
	} else if (span_is(r->path, "/slow")) {
		atomic_fetch_add(&slow_waiting, 1);
		while (!atomic_load(&slow_released))
			usleep(1000);
		atomic_fetch_sub(&slow_waiting, 1);
		ret->body = SPAN("slow");
	} else if (span_is(r->path, "/events")) {
		atomic_fetch_add(&streams_open, 1);
		ret->n_headers = 0;
		ret->stream = say;
		ret->stream_free = say_no_more;
	} else if (span_is(r->path, "/big")) {
		ret->body = (struct span){ memset(arena_alloc(r->arena, BIG), 'x', BIG), BIG };
	} else if (span_is(r->path, "/badheader")) {
		http_add_header(ret, "X-Bad", SPAN("a\r\nSet-Cookie: evil=1"));
	} else if (!span_is(r->method, "GET") && !span_is(r->method, "POST")) {
		ret->status = 405;
	} else {
		echo(r, ret);
	}
}

static void refuse(
	void *user, int status, const struct http_request *r, struct http_answer *ret, struct arena *a)
{
	(void)user, (void)r;
	http_add_header(ret, "Content-Type", SPAN("application/problem+json"));
	ret->body = arena_printf(a, "{\"status\":%d}", status);
}

static void *worker_start(void *user) { (void)user; atomic_fetch_add(&worker_starts, 1); return &thread; }
static void worker_stop(void *user, void *w) { (void)user; worker_stops += w == &thread; }

static void stopped(void *user) { loop_end(user); }

static void on_wake(void *user)
{
	static int poked;
	(void)user;
	if (atomic_load(&poke_asked) != poked) {
		poked = atomic_load(&poke_asked);
		http_server_poke(server);
	}
	if (atomic_load(&stop_asked)) {
		http_server_stop(server, atomic_exchange(&stop_asked, 0), stopped, loop);
	}
}

static void *run(void *user)
{
	if (!loop_run(user, &err))
		abort();
	return NULL;
}

static struct http_config usual(void)
{
	return (struct http_config){ .workers = 4,
		.connections_max = 100,
		.connections_per_address = PER_ADDRESS,
		.streams_max = 3,
		.head_ms = 400,
		.body_ms = 400,
		.idle_ms = 3000,
		.arena_soft = 1 << 20,
		.arena_hard = 1 << 24,
		.stream_ms = 60000,
		.limit = limit,
		.handle = handle,
		.refuse = refuse,
		.worker_start = worker_start,
		.worker_stop = worker_stop };
}

static void start(struct http_config c)
{
	if (!loop_new(&loop, &err) || !http_listen(SPAN("127.0.0.1:0"), &c.listen_fd, &port, &err) ||
	    !http_server_new(loop, &c, &server, &err)) {
		printf("# %s\n", err.en);
		exit(99);
	}
	atomic_store(&slow_released, 0);
	loop_on_wake(loop, on_wake, &loop);
	pthread_create(&thread, NULL, run, loop);
}

static void ask_stop(int grace_ms)
{
	atomic_store(&stop_asked, grace_ms);
	loop_wake(loop);
}

static struct http_figures wait_stopped(void)
{
	pthread_join(thread, NULL);
	struct http_figures f = http_server_figures(server);
	http_server_free(server);
	loop_free(loop);
	return f;
}

static int dial(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	if (connect(fd, (const struct sockaddr *)&to, sizeof to) != 0)
		exit(99);
	return fd;
}

static void put(int fd, struct span s)
{
	while (s.n > 0) {
		ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
		if (n <= 0)
			return;
		s = span_from(s, (size_t)n);
	}
}

static char got[4 << 20];

/*
 * Reads until the other side closes, `ms` have passed or `until` (may be NULL) was seen; the bytes are in
 * got.
 */
static size_t take(int fd, int ms, const char *until, bool *ret_closed)
{
	size_t n = 0;
	int64_t end = clock_mono_ns() / 1000000 + ms;
	*ret_closed = false;
	got[0] = '\0';
	for (;;) {
		int64_t left = end - clock_mono_ns() / 1000000;
		struct pollfd p = { fd, POLLIN, 0 };
		if (left <= 0 || poll(&p, 1, (int)left) <= 0)
			return n;
		ssize_t k = recv(fd, got + n, sizeof got - 1 - n, 0);
		if (k <= 0) {
			*ret_closed = true;
			return n;
		}
		n += (size_t)k;
		got[n] = '\0';
		if (until && strstr(got, until))
			return n;
	}
}

static int status_at(const char *answer)
{
	int status = 0;
	return sscanf(answer, "HTTP/1.%*d %d", &status) == 1 ? status : 0;
}

static int answers(void)
{
	int n = 0;
	for (const char *p = got; (p = strstr(p, "HTTP/1.1 ")) != NULL; p += 9)
		n += p[9] >= '2' && p[9] <= '5';          /* no interim answer, no text of an error page */
	return n;
}

#define BYTES(literal) { "" literal "", sizeof(literal) - 1 }   /* SPAN() for static tables */
#define HOST "Host: x\r\n"
#define SMUGGLED "GET /echo/smuggled HTTP/1.1\r\nHost: x\r\n\r\n"

struct row {
	const char *name;
	struct span bytes;
	int want;                  /* status; -1: any refusal or a closed connection */
	bool closes;
	bool by_library;           /* it sends the head of its own refusals twice (0.9.75) */
};

static const struct row refused_rows[] = {
	{ "no Host", BYTES("GET /echo HTTP/1.1\r\n\r\n"), 400, true },
	{ "two Hosts", BYTES("GET /echo HTTP/1.1\r\n" HOST "Host: y\r\n\r\n"), 400, true },
	{ "the same Host twice", BYTES("GET /echo HTTP/1.1\r\n" HOST HOST "\r\n"), 400, true },
	{ "space before the colon", BYTES("GET /echo HTTP/1.1\r\nHost : x\r\n\r\n"), 400, true },
	{ "two Content-Lengths",
		BYTES("POST /echo HTTP/1.1\r\n" HOST
		      "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab" SMUGGLED),
		400, true },
	{ "the same Content-Length twice",
		BYTES("POST /echo HTTP/1.1\r\n" HOST
		      "Content-Length: 1\r\nContent-Length: 1\r\n\r\na" SMUGGLED),
		400, true },
	{ "both framings",
		BYTES("POST /echo HTTP/1.1\r\n" HOST
		      "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED),
		400, true },
	{ "both framings, other order",
		BYTES("POST /echo HTTP/1.1\r\n" HOST
		      "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" SMUGGLED),
		400, true },
	{ "an unknown coding",
		BYTES("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" SMUGGLED),
		400, true },
	{ "a list of codings",
		BYTES("POST /echo HTTP/1.1\r\n" HOST
		      "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" SMUGGLED),
		400, true },
	{ "chunked twice",
		BYTES("POST /echo HTTP/1.1\r\n" HOST
		      "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED),
		400, true },
	{ "chunked in HTTP/1.0",
		BYTES("POST /echo HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED),
		400, true },
	{ "negative Content-Length",
		BYTES("POST /echo HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n" SMUGGLED), 400, true,
		true },
	{ "Content-Length with a plus",
		BYTES("POST /echo HTTP/1.1\r\n" HOST "Content-Length: +1\r\n\r\na" SMUGGLED), 400, true,
		true },
	{ "Content-Length in hex",
		BYTES("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 0x1\r\n\r\na" SMUGGLED), 400, true,
		true },
	{ "Content-Length of 2^64",
		BYTES("POST /echo HTTP/1.1\r\n" HOST
		      "Content-Length: 18446744073709551616\r\n\r\na" SMUGGLED),
		-1, true, true },
	{ "empty Content-Length", BYTES("POST /echo HTTP/1.1\r\n" HOST "Content-Length: \r\n\r\n" SMUGGLED),
		400, true, true },
	{ "two Authorizations",
		BYTES("GET /echo HTTP/1.1\r\n" HOST "Authorization: a\r\nAuthorization: b\r\n\r\n"), 400,
		true },
	{ "HTTP/2.0", BYTES("GET /echo HTTP/2.0\r\n" HOST "\r\n"), 505, true },
	{ "HTTP/1.9", BYTES("GET /echo HTTP/1.9\r\n" HOST "\r\n"), 505, true },
	{ "HTTP/0.9", BYTES("GET /echo\r\n\r\n"), -1, true },
	{ "a control character in a value", BYTES("GET /echo HTTP/1.1\r\n" HOST "X: a\001b\r\n\r\n"), 400,
		true },
	{ "DEL in a value", BYTES("GET /echo HTTP/1.1\r\n" HOST "X: a\177b\r\n\r\n"), 400, true },
	{ "a value that is not UTF-8", BYTES("GET /echo HTTP/1.1\r\n" HOST "X: \377\r\n\r\n"), 400, true },
	{ "a header name with a space", BYTES("GET /echo HTTP/1.1\r\n" HOST "X Y: a\r\n\r\n"), 400, true },
	{ "a header name with a bracket", BYTES("GET /echo HTTP/1.1\r\n" HOST "X(: a\r\n\r\n"), 400, true },
	{ "a header without a colon", BYTES("GET /echo HTTP/1.1\r\n" HOST "nonsense\r\n\r\n"), 400, true },
	{ "a method with a bracket", BYTES("G(T /echo HTTP/1.1\r\n" HOST "\r\n"), 400, true },
	{ "a path with ..", BYTES("GET /echo/../x HTTP/1.1\r\n" HOST "\r\n"), 400, true },
	{ "a path with an encoded ..", BYTES("GET /echo/%2e%2E/x HTTP/1.1\r\n" HOST "\r\n"), 400, true },
	{ "a path with .. behind an encoded slash", BYTES("GET /echo/..%2fx HTTP/1.1\r\n" HOST "\r\n"), 400,
		true },
	{ "an encoded NUL", BYTES("GET /echo%00 HTTP/1.1\r\n" HOST "\r\n"), 400, true },
	{ "an encoded newline", BYTES("GET /echo%0a HTTP/1.1\r\n" HOST "\r\n"), 400, true },
	{ "an encoded C1 control", BYTES("GET /echo%c2%85 HTTP/1.1\r\n" HOST "\r\n"), 400, true },
	{ "a path that is not UTF-8", BYTES("GET /echo%ff HTTP/1.1\r\n" HOST "\r\n"), 400, true },
	{ "a broken escape", BYTES("GET /echo%4 HTTP/1.1\r\n" HOST "\r\n"), 400, true },
	{ "absolute form", BYTES("GET http://x/echo HTTP/1.1\r\n" HOST "\r\n"), 400, true },
	{ "asterisk form", BYTES("OPTIONS * HTTP/1.1\r\n" HOST "\r\n"), 400, true },
	{ "a query with a NUL", BYTES("GET /echo?a=%00 HTTP/1.1\r\n" HOST "\r\n"), 400, true },
	{ "a fragment", BYTES("GET /echo#x HTTP/1.1\r\n" HOST "\r\n"), 400, true },
	{ "a body where none is allowed",
		BYTES("POST /nobody HTTP/1.1\r\n" HOST "Content-Length: 41\r\n\r\n" SMUGGLED), 413, true },
	{ "a body on GET", BYTES("GET /echo HTTP/1.1\r\n" HOST "Content-Length: 41\r\n\r\n" SMUGGLED), 413,
		true },
	{ "a declared body over the limit",
		BYTES("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 1001\r\n\r\nabc"), 413, true },
	{ "a header the answer cannot have", BYTES("GET /badheader HTTP/1.1\r\n" HOST "\r\n"), 500, false },
};

static const struct { const char *name; struct span bytes; const char *want;
} good_rows[] = {
	{ "simple", BYTES("GET /echo HTTP/1.1\r\n" HOST "\r\n"), "GET /echo" },
	{ "HTTP/1.0", BYTES("GET /echo HTTP/1.0\r\n\r\n"), "GET /echo" },
	{ "query", BYTES("GET /echo?a=1&b=x%20y+z&&c&%E6%B5%B7=%26 HTTP/1.1\r\n" HOST "\r\n"),
		"GET /echo a=1 b=x y z c= \xE6\xB5\xB7=&" },
	{ "encoded path", BYTES("GET /%e6%b5%b7/a%2Bb+c HTTP/1.1\r\n" HOST "\r\n"),
		"GET /\xE6\xB5\xB7/a+b+c" },
	{ "dots that are no segment", BYTES("GET /echo/..a/b../.c HTTP/1.1\r\n" HOST "\r\n"),
		"GET /echo/..a/b../.c" },
	{ "cookie", BYTES("GET /echo HTTP/1.1\r\n" HOST "Cookie: a=1; c=two; c=3\r\n\r\n"),
		"GET /echo cookie two" },
	{ "body", BYTES("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc"),
		"POST /echo body abc" },
	{ "chunked body",
		BYTES("POST /echo HTTP/1.1\r\n" HOST
		      "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n"),
		"POST /echo body abc" },
	{ "empty body", BYTES("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n"), "POST /echo" },
};

static void test_refused(void)
{
	for (size_t i = 0; i < COUNT(refused_rows); i++) {
		const struct row *r = &refused_rows[i];
		bool closed;
		int fd = dial();
		test_case("refused: %s", r->name);
		put(fd, r->bytes);
		take(fd, r->closes ? 2000 : 150, NULL, &closed);
		if (r->want > 0)
			CHECK_INT(status_at(got), r->want);
		else
			CHECK(status_at(got) == 0 || status_at(got) >= 400);
		CHECK(closed || !r->closes);
		CHECK(answers() <= (r->by_library ? 2 : 1) && !strstr(got, "HTTP/1.1 2"));
		CHECK(!strstr(got, "smuggled") && !strstr(got, "evil"));
		close(fd);
	}
}

/*
 * What libmicrohttpd 0.9.75 does not let us see.  Whether answered or refused: one request must stay one
 * request.
 */
static void test_invisible(void)
{
	static const struct { const char *name; struct span bytes; } rows[] = {
		{ "bare LF", BYTES("GET /echo HTTP/1.1\n" "Host: x\n\n") },
		{ "a folded header", BYTES("GET /echo HTTP/1.1\r\n" HOST "X: a\r\n b\r\n\r\n") },
		{ "NUL in a value", BYTES("GET /echo HTTP/1.1\r\n" HOST "X: a\0b\r\n\r\n") },
		{ "bare CR", BYTES("GET /echo HTTP/1.1\r\n" HOST "X: a\rY: b\r\n\r\n") },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool closed;
		int fd = dial();
		test_case("one request stays one: %s", rows[i].name);
		put(fd, rows[i].bytes);
		take(fd, 200, NULL, &closed);
		CHECK(answers() == 1 || closed);
		CHECK(status_at(got) == 200 || status_at(got) == 400 || closed);
		close(fd);
	}
}

static void test_good(void)
{
	for (size_t i = 0; i < COUNT(good_rows); i++) {
		bool closed;
		char want[300];
		int fd = dial();
		snprintf(want, sizeof want, "\r\n\r\n%s", good_rows[i].want);
		test_case("answered: %s", good_rows[i].name);
		put(fd, good_rows[i].bytes);
		take(fd, 1000, want, &closed);
		CHECK_INT(status_at(got), 200);
		CHECK(strstr(got, want) != NULL);
		close(fd);
	}
	bool closed;
	int fd = dial();
	test_case("HEAD is GET without the body");
	put(fd, SPAN("HEAD /echo HTTP/1.1\r\n" HOST "\r\nGET /echo/next HTTP/1.1\r\n" HOST "\r\n"));
	take(fd, 1000, "GET /echo/next", &closed);
	CHECK(strstr(got, "Content-Length: 9\r\n") != NULL);
	CHECK(!strstr(got, "\r\n\r\nGET /echoHTTP") && strstr(got, "\r\n\r\nHTTP/1.1 200") != NULL);
	close(fd);

	test_case("an unknown method reaches the handler");
	fd = dial();
	put(fd, SPAN("BREW /echo HTTP/1.1\r\n" HOST "\r\n"));
	take(fd, 1000, "\r\n\r\n", &closed);
	CHECK_INT(status_at(got), 405);
	close(fd);

	test_case("pipelined requests are answered in order on one connection");
	fd = dial();
	for (int i = 0; i < 50; i++) {
		char one[100];
		snprintf(one, sizeof one, "GET /echo/%d HTTP/1.1\r\n" HOST "\r\n", i);
		put(fd, span_of(one));
	}
	take(fd, 3000, "/echo/49", &closed);
	CHECK_INT(answers(), 50);
	const char *at = got;
	for (int i = 0; i < 50 && at; i++) {
		char one[40];
		snprintf(one, sizeof one, "GET /echo/%d", i);
		at = strstr(at, one);
	}
	CHECK(at != NULL);
	close(fd);
}

static void test_slow_and_large(void)
{
	bool closed;
	test_case("a half head is ended at its deadline, though bytes keep coming");
	int fd = dial();
	int64_t from = clock_mono_ns();
	put(fd, SPAN("GET /echo HTTP/1.1\r\n"));
	for (int i = 0; i < 30; i++) {
		put(fd, SPAN("X"));
		take(fd, 50, NULL, &closed);
		if (closed || status_at(got))
			break;
	}
	CHECK(closed || status_at(got) == 408);
	CHECK(clock_mono_ns() - from >= 390 * INT64_C(1000000) &&
		clock_mono_ns() - from < 1300 * INT64_C(1000000));
	close(fd);

	test_case("a silent connection is ended with 408");
	fd = dial();
	take(fd, 2000, NULL, &closed);
	CHECK(closed);
	CHECK_INT(status_at(got), 408);
	CHECK(strstr(got, "{\"status\":408}") != NULL);
	close(fd);

	test_case("a body that does not come is ended with 408");
	fd = dial();
	put(fd, SPAN("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 10\r\n\r\nabc"));
	take(fd, 2000, NULL, &closed);
	CHECK(closed);
	CHECK_INT(status_at(got), 408);
	close(fd);

	test_case("a client that sends a large body still reads its 413");
	fd = dial();
	static char junk[3000000];
	put(fd, SPAN("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3000000\r\n\r\n"));
	usleep(50000);
	put(fd, (struct span){ junk, sizeof junk });
	take(fd, 3000, NULL, &closed);
	CHECK_INT(status_at(got), 413);
	CHECK(strstr(got, "{\"status\":413}") != NULL);
	close(fd);

	test_case("a chunked body over the limit is 413");
	fd = dial();
	put(fd, SPAN("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n7d0\r\n"));
	put(fd, (struct span){ memset(junk, 'a', 2000), 2000 });
	put(fd, SPAN("\r\n0\r\n\r\n" SMUGGLED));
	take(fd, 2000, NULL, &closed);
	CHECK_INT(status_at(got), 413);
	CHECK(closed && answers() == 1);
	close(fd);

	test_case("a head larger than its limit is refused");
	fd = dial();
	put(fd, SPAN("GET /echo HTTP/1.1\r\n" HOST "X: "));
	put(fd, (struct span){ memset(junk, 'a', 65536), 65536 });
	put(fd, SPAN("\r\n\r\n"));
	take(fd, 2000, NULL, &closed);
	CHECK(closed && (status_at(got) == 0 || status_at(got) >= 400));
	close(fd);

	test_case("more than the maximum of headers is 431");
	fd = dial();
	put(fd, SPAN("GET /echo HTTP/1.1\r\n" HOST));
	for (int i = 0; i < HTTP_HEADERS_MAX; i++)
		put(fd, SPAN("X: a\r\n"));
	put(fd, SPAN("\r\n"));
	take(fd, 2000, NULL, &closed);
	CHECK_INT(status_at(got), 431);
	close(fd);

	test_case("a large answer arrives whole");
	fd = dial();
	put(fd, SPAN("GET /big HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n"));
	size_t n = take(fd, 5000, NULL, &closed);
	CHECK(closed && n > 2000000 && n < 2001000);
	close(fd);
}

static bool comes(_Atomic int *what, int value, int ms)
{
	for (int i = 0; i < ms && atomic_load(what) != value; i++)
		usleep(1000);
	return atomic_load(what) == value;
}

static void test_half_and_gone(void)
{
	bool closed;
	test_case("a client that closed its sending side gets its answer");
	atomic_store(&slow_released, 0);
	int fd = dial();
	put(fd, SPAN("GET /slow HTTP/1.1\r\n" HOST "\r\n"));
	CHECK(comes(&slow_waiting, 1, 2000));
	shutdown(fd, SHUT_WR);
	usleep(20000);
	atomic_store(&slow_released, 1);
	take(fd, 2000, NULL, &closed);
	CHECK_INT(status_at(got), 200);
	CHECK(closed && strstr(got, "slow") != NULL);
	close(fd);

	test_case("so do many at once that close it with the request's last byte, small answers and large");
	int half[20];
	for (int i = 0; i < 20; i++) {
		half[i] = dial();
		put(half[i],
			i % 4 ? SPAN("GET /echo HTTP/1.1\r\n" HOST "\r\n")
			      : SPAN("GET /big HTTP/1.1\r\n" HOST "\r\n"));
		shutdown(half[i], SHUT_WR);
	}
	for (int i = 0; i < 20; i++) {
		size_t n = take(half[i], 3000, NULL, &closed);
		CHECK_INT(status_at(got), 200);
		CHECK(closed && answers() == 1 && (i % 4 ? n < 500 : n > 2000000));
		close(half[i]);
	}

	test_case("clients that vanish during the work harm nobody");
	CHECK(comes(&slow_waiting, 0, 2000));
	atomic_store(&slow_released, 0);
	for (int i = 0; i < 8; i++) {
		fd = dial();
		put(fd, SPAN("GET /slow HTTP/1.1\r\n" HOST "\r\n"));
		struct linger reset = { 1, 0 };
		if (i % 2)
			setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
		usleep(3000);
		close(fd);
	}
	CHECK(comes(&slow_waiting, 4, 2000));
	atomic_store(&slow_released, 1);
	CHECK(comes(&slow_waiting, 0, 2000));
	fd = dial();
	put(fd, SPAN("GET /echo HTTP/1.1\r\n" HOST "\r\n"));
	take(fd, 2000, "GET /echo", &closed);
	CHECK_INT(status_at(got), 200);
	close(fd);
}

static void poke(void)
{
	atomic_fetch_add(&poke_asked, 1);
	loop_wake(loop);
}

static void test_streams(void)
{
	bool closed;
	int fd[4];
	test_case("a stream sends what there is when there is something");
	fd[0] = dial();
	put(fd[0], SPAN("GET /events HTTP/1.1\r\n" HOST "\r\n"));
	take(fd[0], 1000, "\r\n\r\n", &closed);
	CHECK(strstr(got, "Content-Type: text/event-stream") != NULL);
	poke();
	take(fd[0], 1000, "data: 1\n\n", &closed);
	CHECK(strstr(got, "data: 1\n\n") != NULL);
	poke();
	take(fd[0], 1000, "data: 2\n\n", &closed);
	CHECK(strstr(got, "data: 2\n\n") != NULL);

	test_case("streams over their maximum are refused, and their user is freed");
	for (int i = 1; i < 4; i++) {
		fd[i] = dial();
		put(fd[i], SPAN("GET /events HTTP/1.1\r\n" HOST "\r\n"));
		take(fd[i], 1000, "\r\n\r\n", &closed);
		CHECK_INT(status_at(got), i < 3 ? 200 : 503);
	}
	CHECK_INT(atomic_load(&streams_open), 3);
	CHECK_INT(atomic_load(&streams_freed), 1);

	test_case("a client that goes away frees its stream once, at once");
	close(fd[3]);
	close(fd[0]);
	CHECK(comes(&streams_freed, 2, 1000));
	struct linger reset = { 1, 0 };
	setsockopt(fd[1], SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	close(fd[1]);
	CHECK(comes(&streams_freed, 3, 1000));
	CHECK_INT(atomic_load(&streams_open), 1);

	test_case("HEAD of a stream ends at once");
	fd[0] = dial();
	put(fd[0], SPAN("HEAD /events HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n"));
	take(fd[0], 1000, NULL, &closed);
	CHECK_INT(status_at(got), 200);
	CHECK(comes(&streams_freed, 4, 1000));
	close(fd[0]);
	close(fd[2]);
	CHECK(comes(&streams_freed, 5, 1000));
	CHECK_INT(atomic_load(&streams_open), 0);
}

static void test_many(void)
{
	enum { N = 200 };
	static int fds[N];
	test_case("of 200 connections from one address only the allowed ones live");
	usleep(100000);                                   /* those of earlier cases are seen to be closed */
	for (int i = 0; i < N; i++)
		fds[i] = dial();
	int served = 0;
	for (int i = 0; i < N; i++)
		put(fds[i], SPAN("GET /echo HTTP/1.1\r\n" HOST "\r\n"));
	for (int i = 0; i < N; i++) {
		bool closed;
		take(fds[i], 1000, "GET /echo", &closed);
		served += status_at(got) == 200;
	}
	CHECK(served >= PER_ADDRESS - 2 && served <= PER_ADDRESS);
	for (int i = 0; i < N; i++)
		close(fds[i]);
	usleep(100000);
	bool closed;
	int fd = dial();
	put(fd, SPAN("GET /echo HTTP/1.1\r\n" HOST "\r\n"));
	take(fd, 1000, "GET /echo", &closed);
	CHECK_INT(status_at(got), 200);
	close(fd);
}

static void test_stop(void)
{
	bool closed;
	test_case("stopping answers what is in flight, ends streams, accepts no more");
	atomic_store(&slow_released, 0);
	int slow = dial(), events = dial(), idle = dial();
	put(events, SPAN("GET /events HTTP/1.1\r\n" HOST "\r\n"));
	take(events, 1000, "\r\n\r\n", &closed);
	put(idle, SPAN("GET /echo HTTP/1.1\r\n" HOST "\r\n"));
	take(idle, 1000, "GET /echo", &closed);
	put(slow, SPAN("GET /slow HTTP/1.1\r\n" HOST "\r\n"));
	CHECK(comes(&slow_waiting, 1, 2000));
	ask_stop(5000);
	take(events, 1000, NULL, &closed);
	CHECK(closed);
	put(idle, SPAN("GET /echo HTTP/1.1\r\n" HOST "\r\n"));
	take(idle, 1000, NULL, &closed);
	CHECK(closed && status_at(got) == 503);
	atomic_store(&slow_released, 1);
	take(slow, 2000, NULL, &closed);
	CHECK(closed && status_at(got) == 200);
	struct http_figures f = wait_stopped();
	CHECK_INT(f.connections, 0);
	CHECK_INT(f.streams, 0);
	CHECK_INT(atomic_load(&streams_open), 0);
	CHECK(f.requests > 100 && f.refused > 40);
	CHECK_INT(atomic_load(&worker_starts), 4);
	CHECK_INT(atomic_load(&worker_stops), 4);
	close(slow);
	close(events);
	close(idle);
}

static void test_full_queue_and_grace(void)
{
	enum { N = 6 };
	int fds[N], ok = 0, busy = 0;
	bool closed;
	struct http_config c = usual();
	c.workers = 1;
	c.queue_max = 2;
	start(c);
	test_case("a full queue answers 503 with Retry-After");
	fds[0] = dial();
	put(fds[0], SPAN("GET /slow HTTP/1.1\r\n" HOST "\r\n"));
	CHECK(comes(&slow_waiting, 1, 2000));
	for (int i = 1; i < N; i++) {
		fds[i] = dial();
		put(fds[i], SPAN("GET /echo HTTP/1.1\r\n" HOST "\r\n"));
	}
	for (int i = 1; i < N; i++) {
		take(fds[i], 300, "}", &closed);
		if (status_at(got) == 503 && strstr(got, "Retry-After: "))
			busy++;
	}
	CHECK_INT(busy, N - 3);

	test_case("past the grace the waiting get 503, the one at work its answer");
	ask_stop(100);
	usleep(300000);
	atomic_store(&slow_released, 1);
	wait_stopped();
	busy = 0;
	for (int i = 0; i < N; i++) {
		take(fds[i], 500, NULL, &closed);
		CHECK(closed);
		ok += status_at(got) == 200;
		busy += status_at(got) == 503;
		close(fds[i]);
	}
	CHECK(ok == 1 && busy == 2);
}

#define LARGE(headers) SPAN("POST /large HTTP/1.1\r\n" HOST headers "\r\n")
#define ME "Authorization: me\r\n"

static void test_memory(void)
{
	bool closed;
	struct http_config c = usual();
	c.known = known;
	c.stranger_max = BODY_LIMIT;
	c.held_max = LARGE_LIMIT + LARGE_LIMIT / 2;
	start(c);
	test_case("who has not signed in sends no large body");
	int fd = dial();
	put(fd, LARGE("Content-Length: 5000\r\n"));
	take(fd, 1000, "}", &closed);
	CHECK_INT(status_at(got), 401);
	close(fd);
	fd = dial();
	put(fd, LARGE("Transfer-Encoding: chunked\r\n"));
	take(fd, 1000, "}", &closed);
	CHECK_INT(status_at(got), 401);
	close(fd);
	test_case("a small one reaches the handler, which says who may");
	fd = dial();
	put(fd, LARGE("Content-Length: 1\r\n"));
	put(fd, SPAN("x"));
	take(fd, 1000, "body x", &closed);
	CHECK_INT(status_at(got), 200);
	close(fd);
	test_case("bodies of all connections together are bounded, and what was held is given back");
	int first = dial(), second = dial();
	put(first, LARGE(ME "Content-Length: 100000\r\n"));
	usleep(50000);
	put(second, LARGE(ME "Content-Length: 100000\r\n"));
	take(second, 1000, "}", &closed);
	CHECK_INT(status_at(got), 503);
	close(first);
	close(second);
	usleep(100000);
	second = dial();
	put(second, LARGE(ME "Content-Length: 2000\r\n"));
	for (int i = 0; i < 2000; i++)
		put(second, SPAN("y"));
	take(second, 2000, "yyy", &closed);
	CHECK_INT(status_at(got), 200);
	close(second);
	test_case("an answer above the bound is refused");
	fd = dial();
	put(fd, SPAN("GET /big HTTP/1.1\r\n" HOST "\r\n"));
	take(fd, 1000, "}", &closed);
	CHECK_INT(status_at(got), 503);
	close(fd);
	ask_stop(100);
	wait_stopped();
}

static void test_slow_lane(void)
{
	enum { N = 6 };
	int fds[N];
	bool closed;
	struct http_config c = usual();
	c.slow = slow;
	c.slow_workers = 2;
	start(c);
	test_case("slow requests leave workers to the others");
	for (int i = 0; i < N; i++) {
		fds[i] = dial();
		put(fds[i], SPAN("GET /slow HTTP/1.1\r\n" HOST "\r\n"));
	}
	CHECK(comes(&slow_waiting, 2, 2000));
	usleep(50000);
	CHECK_INT(atomic_load(&slow_waiting), 2);
	int fd = dial();
	put(fd, SPAN("GET /echo HTTP/1.1\r\n" HOST "\r\n"));
	take(fd, 2000, "GET /echo", &closed);
	CHECK_INT(status_at(got), 200);
	close(fd);
	atomic_store(&slow_released, 1);
	test_case("and all of them are answered");
	for (int i = 0; i < N; i++) {
		take(fds[i], 2000, "slow", &closed);
		CHECK_INT(status_at(got), 200);
		close(fds[i]);
	}
	ask_stop(100);
	wait_stopped();
}

static void test_listen(void)
{
	static const struct { const char *where; bool ok; } cases[] = {
		{ "127.0.0.1:0", true }, { "[::1]:0", true }, { "127.0.0.1", false }, { ":80", false },
		{ "127.0.0.1:65536", false }, { "127.0.0.1:x", false }, { "::1:80", false }, { "", false },
		{ "no.such.host.invalid:1", false },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		int fd = -1, got_port = -1;
		if (i == 1 && access("/proc/net/if_inet6", R_OK) != 0)
			continue;
		test_case("listen on \"%s\"", cases[i].where);
		bool ok = http_listen(span_of(cases[i].where), &fd, &got_port, &err);
		CHECK_INT(ok, cases[i].ok);
		CHECK((fd >= 0) == ok && (got_port > 0) == ok);
		if (!ok)
			CHECK_STR(err.field, "listen");
		else
			close(fd);
	}
	test_case("a taken port is an error that names the address");
	int first, second, p;
	char where[32];
	CHECK_OK(http_listen(SPAN("127.0.0.1:0"), &first, &p, &err), err);
	snprintf(where, sizeof where, "127.0.0.1:%d", p);
	CHECK_ERR(http_listen(span_of(where), &second, &p, &err), err, ERR_IO);
	CHECK(strstr(err.en, where) != NULL && err.os_errno == EADDRINUSE);
	close(first);
}

int main(void)
{
	hash_start();
	start(usual());
	test_refused();
	test_invisible();
	test_good();
	test_slow_and_large();
	test_half_and_gone();
	test_streams();
	test_many();
	test_stop();
	test_full_queue_and_grace();
	test_memory();
	test_slow_lane();
	test_listen();
	return test_end();
}
