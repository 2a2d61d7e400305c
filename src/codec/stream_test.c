#include "codec/stream.h"
#include "base/test.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum pack { PLAIN, GZIP, ZSTD };

static struct span pack(struct arena *a, enum pack how, struct span in)
{
	if (how == PLAIN)
		return in;
	size_t room = in.n + 1000;
	char *out = arena_alloc(a, room);
	if (how == ZSTD)
		return (struct span){ out, ZSTD_compress(out, room, in.p, in.n, 3) };
	z_stream z = { 0 };
	deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
	z.next_in = (z_const Bytef *)(uintptr_t)in.p;
	z.avail_in = (uInt)in.n;
	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)room;
	deflate(&z, Z_FINISH);
	deflateEnd(&z);
	return (struct span){ out, room - z.avail_out };
}

static struct span join(struct arena *a, struct span x, struct span y)
{
	char *p = arena_alloc(a, x.n + y.n);
	memcpy(p, x.p, x.n);
	memcpy(p + x.n, y.p, y.n);
	return (struct span){ p, x.n + y.n };
}

static struct stream *open_file(struct span bytes, uint64_t max)
{
	char path[256];
	struct err err = { 0 };
	struct stream *s = NULL;
	snprintf(path, sizeof path, "%s/in", test_folder());
	FILE *f = fopen(path, "wb");
	CHECK(f && fwrite(bytes.p, 1, bytes.n, f) == bytes.n);
	if (f)
		fclose(f);
	CHECK_OK(stream_open(path, max, &s, &err), err);
	return s;
}

static struct span text_of(struct arena *a, size_t n)
{
	char *p = arena_alloc(a, n);
	uint32_t x = 1;
	for (size_t i = 0; i < n; i++) {
		x = x * 1664525 + 1013904223;
		p[i] = (x >> 24) % 50 == 0 ? '\n' : (char)('a' + (x >> 28));
	}
	return (struct span){ p, n };
}

static void test_whole(struct arena *a, enum pack how, const char *name)
{
	struct err err = { 0 };
	struct span text = text_of(a, 300000), got;
	struct span packed = pack(a, how, text);

	test_case("%s: all of it, from a file and from memory", name);
	struct stream *s = open_file(packed, text.n);
	CHECK_OK(stream_rest(s, a, &got, &err), err);
	CHECK(span_eq(got, text));
	stream_close(s);
	CHECK_OK(stream_open_span(packed, text.n, &s, &err), err);
	CHECK_OK(stream_rest(s, a, &got, &err), err);
	CHECK(span_eq(got, text));
	stream_close(s);

	test_case("%s: one byte over the maximum", name);
	s = open_file(packed, text.n - 1);
	CHECK_ERR(stream_rest(s, a, &got, &err), err, ERR_TOO_LARGE);
	CHECK_ERR(stream_rest(s, a, &got, &err), err, ERR_TOO_LARGE);
	stream_close(s);
	if (how == PLAIN)
		return;

	test_case("%s: two members one after the other", name);
	s = open_file(join(a, packed, packed), 2 * text.n);
	CHECK_OK(stream_rest(s, a, &got, &err), err);
	CHECK(span_eq(got, join(a, text, text)));
	stream_close(s);

	test_case("%s: cut anywhere", name);
	for (size_t cut = 4; cut < packed.n; cut += cut < 64 || cut + 64 > packed.n ? 1 : packed.n / 20) {
		CHECK_OK(stream_open_span((struct span){ packed.p, cut }, text.n, &s, &err), err);
		CHECK_ERR(stream_rest(s, a, &got, &err), err, ERR_MALFORMED);
		stream_close(s);
	}

	test_case("%s: rubbish behind it", name);
	CHECK_OK(stream_open_span(join(a, packed, SPAN("rubbish")), text.n + 100, &s, &err), err);
	CHECK_ERR(stream_rest(s, a, &got, &err), err, ERR_MALFORMED);
	stream_close(s);
}

static const struct {
	const char *name, *in;
	size_t max;
	const char *want;          /* the lines, each behind a |; ! is an error */
} lines[] = {
	{ "no lines", "", 10, "" },
	{ "LF", "a\nbc\n", 10, "|a|bc" },
	{ "CRLF and a last line without end", "a\r\n\r\nbc", 10, "|a||bc" },
	{ "CR is kept inside", "a\rb\n", 10, "|a\rb" },
	{ "just at the limit", "abc\nabc\r\nabc", 3, "|abc|abc|abc" },
	{ "over the limit", "abc\nabcd\nx\n", 3, "|abc!line 2" },
	{ "over the limit at the end", "abc\nabcd", 3, "|abc!line 2" },
};

static void test_lines(void)
{
	for (size_t i = 0; i < COUNT(lines); i++) {
		test_case("lines: %s", lines[i].name);
		struct err err = { 0 };
		CLEANUP(stream_close_p) struct stream *s = NULL;
		CLEANUP(str_done) struct str got = STR(100);
		struct span line;
		bool more = true, ok;
		CHECK_OK(stream_open_span(span_of(lines[i].in), 1000, &s, &err), err);
		while ((ok = stream_line(s, lines[i].max, &line, &more, &err)) && more) {
			str_addc(&got, '|');
			str_add(&got, line);
		}
		if (!ok)
			str_addz(&got, strstr(err.en, "line 2") ? "!line 2" : "!");
		CHECK_STR(str_z(&got), lines[i].want);
	}
}

static void test_long_lines(struct arena *a)
{
	test_case("lines across buffers");
	struct err err = { 0 };
	CLEANUP(stream_close_p) struct stream *s = open_file(pack(a, GZIP, text_of(a, 900000)), 1 << 20);
	struct span all = text_of(a, 900000), line;
	bool more = true;
	bool same = true, ok = true;
	while (same && (ok = stream_line(s, 1 << 20, &line, &more, &err)) && more)
		same = span_eq(line, span_split(&all, '\n'));
	CHECK(ok && same);
	CHECK(all.n == 0);
}

int main(void)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(64u << 20, 128u << 20);
	struct err err = { 0 };
	struct stream *s = NULL;
	hash_start();
	test_whole(a, PLAIN, "plain");
	test_whole(a, GZIP, "gzip");
	test_whole(a, ZSTD, "zstd");
	test_lines();
	test_long_lines(a);
	test_case("no such file");
	CHECK_ERR(stream_open("/nonexistent", 1, &s, &err), err, ERR_NOT_FOUND);
	test_case("a folder");
	CHECK_OK(stream_open("/", 1, &s, &err), err);
	char c;
	size_t n;
	CHECK_ERR(stream_read(s, &c, 1, &n, &err), err, ERR_IO);
	stream_close(s);
	return test_end();
}
