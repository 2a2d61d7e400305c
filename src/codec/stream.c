#include "codec/stream.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum { INPUT_BUFFER = 64 * 1024, LINE_CHUNK = 64 * 1024, WINDOW_LOG_MAX = 27 };
enum { GZIP_WINDOW = 15 + 16, GZIP_MEMORY = 8, ZSTD_LEVEL = 3 };

enum kind { KIND_UNKNOWN, KIND_PLAIN, KIND_GZIP, KIND_ZSTD };

struct stream {
	int fd;                          /* -1: over bytes in memory */
	char name[256];
	enum kind kind;
	unsigned char *buffer;           /* of a descriptor */
	const unsigned char *in;         /* packed bytes not yet used */
	size_t in_n;
	bool in_end, inside;             /* inside: a gzip member or zstd frame has begun and not ended */
	z_stream z;
	ZSTD_DStream *zstd;
	uint64_t total, max;
	char *line;                      /* unpacked bytes read ahead for stream_line() are line[from..to) */
	size_t from, to, cap;
	uint64_t line_number;
	bool failed;
	struct err why; /* an error sticks: what came before it must not look like a whole file */
};

static bool fail(struct stream *s, struct err *err)
{
	s->failed = true;
	s->why = *err;
	return false;
}

static struct stream *stream_new(int fd, const char *name, uint64_t max_bytes)
{
	struct stream *s = calloc(1, sizeof *s);
	if (!s)
		abort();
	s->fd = fd;
	s->max = max_bytes < UINT64_MAX ? max_bytes : UINT64_MAX - 1;
	snprintf(s->name, sizeof s->name, "%s", name);
	return s;
}

bool stream_open_fd(int fd, const char *name, uint64_t max_bytes, struct stream **ret, struct err *err)
{
	if (fd < 0)
		return err_errno(err, EBADF, name);
	struct stream *s = stream_new(fd, name, max_bytes);
	s->buffer = malloc(INPUT_BUFFER);
	if (!s->buffer)
		abort();
	*ret = s;
	return true;
}

bool stream_open(const char *path, uint64_t max_bytes, struct stream **ret, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_errno(err, errno, path);
	return stream_open_fd(fd, path, max_bytes, ret, err);
}

bool stream_open_span(struct span bytes, uint64_t max_bytes, struct stream **ret, struct err *err)
{
	(void)err;
	struct stream *s = stream_new(-1, "input", max_bytes);
	s->in = (const unsigned char *)bytes.p;
	s->in_n = bytes.n;
	s->in_end = true;
	*ret = s;
	return true;
}

void stream_close(struct stream *s)
{
	if (!s)
		return;
	if (s->kind == KIND_GZIP)
		inflateEnd(&s->z);
	ZSTD_freeDStream(s->zstd);
	if (s->fd >= 0)
		close(s->fd);
	free(s->buffer);
	free(s->line);
	free(s);
}

void stream_close_p(struct stream **s)
{
	stream_close(*s);
	*s = NULL;
}

/* Reads more packed bytes behind those that are there (at most a few); sets in_end at the end. */
static bool refill(struct stream *s, struct err *err)
{
	if (s->in_end)
		return true;
	if (s->in_n)
		memmove(s->buffer, s->in, s->in_n);
	s->in = s->buffer;
	ssize_t n;
	do {
		n = read(s->fd, s->buffer + s->in_n, INPUT_BUFFER - s->in_n);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_errno(err, errno, s->name);
	s->in_end = n == 0;
	s->in_n += (size_t)n;
	return true;
}

/* The magic numbers of RFC 1952 section 2.3.1 and RFC 8878 sections 3.1.1 and 3.1.2 (skippable frames). */
static enum kind kind_of(const unsigned char *b, size_t n)
{
	static const unsigned char frame[] = { 0x28, 0xB5, 0x2F, 0xFD }, skippable[] = { 0x2A, 0x4D, 0x18 };
	if (n >= 2 && b[0] == 0x1F && b[1] == 0x8B)
		return KIND_GZIP;
	if (n >= 4 &&
		(memcmp(b, frame, 4) == 0 || ((b[0] & 0xF0) == 0x50 && memcmp(b + 1, skippable, 3) == 0)))
		return KIND_ZSTD;
	return KIND_PLAIN;
}

static bool detect(struct stream *s, struct err *err)
{
	while (s->in_n < 4 && !s->in_end)
		if (!refill(s, err))
			return false;
	enum kind kind = kind_of(s->in, s->in_n);
	if (kind == KIND_GZIP && inflateInit2(&s->z, 15 + 16) != Z_OK)
		abort();
	if (kind == KIND_ZSTD) {
		s->zstd = ZSTD_createDStream();
		if (!s->zstd)
			abort();
		ZSTD_DCtx_setParameter(s->zstd, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
	}
	s->kind = kind;
	return true;
}

static size_t plain_some(struct stream *s, char *to, size_t n)
{
	if (n > s->in_n)
		n = s->in_n;
	if (n)
		memcpy(to, s->in, n);
	s->in += n;
	s->in_n -= n;
	return n;
}

static bool gzip_some(struct stream *s, char *to, size_t n, size_t *ret_n, struct err *err)
{
	if (!s->inside && inflateReset(&s->z) != Z_OK)
		abort();
	s->inside = true;
	uInt give = s->in_n > INPUT_BUFFER ? INPUT_BUFFER : (uInt)s->in_n;
	uInt room = n > INPUT_BUFFER ? INPUT_BUFFER : (uInt)n;
	s->z.next_in = (z_const Bytef *)(uintptr_t)s->in;
	s->z.avail_in = give;
	s->z.next_out = (Bytef *)to;
	s->z.avail_out = room;
	int state = inflate(&s->z, Z_NO_FLUSH);
	s->in += give - s->z.avail_in;
	s->in_n -= give - s->z.avail_in;
	*ret_n = room - s->z.avail_out;
	if (state == Z_STREAM_END)
		s->inside = false;
	else if (state != Z_OK && state != Z_BUF_ERROR)
		return err_set(err, ERR_MALFORMED, "%s：gzip 数据损坏（解压至第 %llu 字节）",
			"%s: broken gzip data (after %llu unpacked bytes)", s->name,
			(unsigned long long)s->total);
	return true;
}

static bool zstd_some(struct stream *s, char *to, size_t n, size_t *ret_n, struct err *err)
{
	ZSTD_inBuffer in = { s->in, s->in_n, 0 };
	ZSTD_outBuffer out = { to, n, 0 };
	size_t state = ZSTD_decompressStream(s->zstd, &out, &in);
	if (ZSTD_isError(state))
		return err_set(err, ERR_MALFORMED, "%s：zstd 数据损坏（解压至第 %llu 字节）",
			"%s: broken zstd data (after %llu unpacked bytes)", s->name,
			(unsigned long long)s->total);
	s->in += in.pos;
	s->in_n -= in.pos;
	s->inside = state != 0;
	*ret_n = out.pos;
	return true;
}

static bool some(struct stream *s, char *to, size_t n, size_t *ret_n, struct err *err)
{
	if (s->kind == KIND_PLAIN) {
		*ret_n = plain_some(s, to, n);
		return true;
	}
	return s->kind == KIND_GZIP ? gzip_some(s, to, n, ret_n, err) : zstd_some(s, to, n, ret_n, err);
}

/* Unpacks at least one byte unless the file is at its end.  One byte more than allowed may come out, to see
 * it. */
static bool unpack(struct stream *s, char *to, size_t n, size_t *ret_n, struct err *err)
{
	if (s->kind == KIND_UNKNOWN && !detect(s, err))
		return false;
	if (n > s->max - s->total + 1)
		n = (size_t)(s->max - s->total + 1);
	size_t got = 0;
	while (got == 0) {
		if (s->in_n == 0 && !refill(s, err))
			return false;
		bool nothing = s->in_n == 0;
		if (nothing && !s->inside)
			break;
		if (!some(s, to, n, &got, err))
			return false;
		if (nothing && got == 0 && s->inside)
			return err_set(err, ERR_MALFORMED, "%s：文件不完整（解压至第 %llu 字节即中断）",
				       "%s: truncated (ends after %llu unpacked bytes)", s->name,
				       (unsigned long long)s->total);
	}
	s->total += got;
	if (s->total > s->max)
		return err_set(err, ERR_TOO_LARGE, "%s：解压后超过上限 %llu 字节", "%s: more than %llu bytes unpacked",
			       s->name, (unsigned long long)s->max);
	*ret_n = got;
	return true;
}

static bool unpack_sticky(struct stream *s, char *to, size_t n, size_t *ret_n, struct err *err)
{
	if (s->failed) {
		*err = s->why;
		return false;
	}
	return unpack(s, to, n, ret_n, err) || fail(s, err);
}

bool stream_read(struct stream *s, char *ret, size_t n, size_t *ret_n, struct err *err)
{
	size_t ahead = s->to - s->from;
	if (n == 0) {
		*ret_n = 0;
		return true;
	}
	if (ahead == 0)
		return unpack_sticky(s, ret, n, ret_n, err);
	if (n > ahead)
		n = ahead;
	memcpy(ret, s->line + s->from, n);
	s->from += n;
	*ret_n = n;
	return true;
}

bool stream_rest(struct stream *s, struct arena *a, struct span *ret, struct err *err)
{
	CLEANUP(str_done) struct str all = STR(SIZE_MAX / 4);
	char *chunk = arena_alloc(a, LINE_CHUNK);
	size_t n;
	do {
		if (!stream_read(s, chunk, LINE_CHUNK, &n, err))
			return false;
		str_add(&all, (struct span){ chunk, n });
	} while (n);
	*ret = arena_span(a, str_span(&all));
	return true;
}

static void make_room(struct stream *s)
{
	if (s->from) {
		memmove(s->line, s->line + s->from, s->to - s->from);
		s->to -= s->from;
		s->from = 0;
	}
	if (s->cap - s->to >= LINE_CHUNK)
		return;
	s->cap = s->cap ? s->cap * 2 : 2 * (size_t)LINE_CHUNK;
	s->line = realloc(s->line, s->cap);
	if (!s->line)
		abort();
}

bool stream_line(struct stream *s, size_t max_line, struct span *ret, bool *ret_more, struct err *err)
{
	size_t looked = 0;
	for (;;) {
		char *start = s->line ? s->line + s->from : NULL;
		size_t have = s->to - s->from, n = have, got = 0;
		char *lf = have > looked ? memchr(start + looked, '\n', have - looked) : NULL;
		looked = have;
		if (!lf && have <= max_line + 1) {
			make_room(s);
			if (!unpack_sticky(s, s->line + s->to, s->cap - s->to, &got, err))
				return false;
			s->to += got;
			if (got)
				continue;
			if (have == 0) {
				*ret_more = false;
				return true;
			}
			start = s->line + s->from;
		}
		if (lf)
			n = (size_t)(lf - start);
		size_t used = lf ? n + 1 : n;
		if (lf && n && start[n - 1] == '\r')
			n--;
		s->line_number++;
		if (n > max_line) {
			err_set(err, ERR_TOO_LARGE, "%s 第 %llu 行超过上限 %zu 字节",
				"%s line %llu is longer than %zu bytes", s->name,
				(unsigned long long)s->line_number, max_line);
			return fail(s, err);
		}
		s->from += used;
		*ret = (struct span){ start, n };
		*ret_more = true;
		return true;
	}
}

uint64_t stream_line_number(const struct stream *s)
{
	return s->line_number;
}

static struct span pack_gzip(struct span bytes, struct arena *a)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)bytes.p, .avail_in = (uInt)bytes.n };
	assert(bytes.n < UINT32_MAX / 2);
	if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY,
		Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	uLong room = deflateBound(&z, (uLong)bytes.n);
	char *to = arena_alloc(a, room);
	z.next_out = (Bytef *)to;
	z.avail_out = (uInt)room;
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	size_t n = z.total_out;
	deflateEnd(&z);
	return (struct span){ to, n };
}

struct span stream_pack(struct span bytes, enum stream_packing how, struct arena *a)
{
	if (how == STREAM_GZIP)
		return pack_gzip(bytes, a);
	size_t room = ZSTD_compressBound(bytes.n);
	char *to = arena_alloc(a, room);
	size_t n = ZSTD_compress(to, room, bytes.p, bytes.n, ZSTD_LEVEL);
	if (ZSTD_isError(n))
		abort();
	return (struct span){ to, n };
}
