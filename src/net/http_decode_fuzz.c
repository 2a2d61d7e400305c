/*
 * The first byte says what the rest is: a path, a query or a cookie header.  What was accepted must keep its
 * promises.
 */
#include <stdlib.h>

#include "net/http_decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool condition)
{
	if (!condition)
		abort();
}

static void path(struct span raw, struct arena *a)
{
	struct span p;
	if (!http_decode_path(raw, a, &p))
		return;
	must(p.n > 0 && p.n <= raw.n && p.p[0] == '/' && utf8_valid(p) && !memchr(p.p, '\0', p.n));
	for (struct span rest = p; rest.p;)
		must(!span_is(span_split(&rest, '/'), ".."));
}

static void query(struct span raw, struct arena *a)
{
	struct http_pair *pairs;
	size_t n;
	if (!http_decode_query(raw, 8, a, &pairs, &n))
		return;
	must(n <= 8);
	for (size_t i = 0; i < n; i++)
		must(utf8_valid(pairs[i].name) && utf8_valid(pairs[i].value) && pairs[i].value.p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span raw = { (const char *)data + 1, size - 1 }, cookie;
	if (size == 0)
		return 0;
	CLEANUP(arena_free_p) struct arena *a = arena_new(1 << 24, 1 << 26);
	if (data[0] == 'p')
		path(raw, a);
	else if (data[0] == 'q')
		query(raw, a);
	else if (http_decode_cookie(raw, SPAN("c"), &cookie))
		must(cookie.n == 0 || (cookie.p >= raw.p && cookie.p + cookie.n <= raw.p + raw.n));
	return 0;
}
