#pragma once
/*
 * Reading a file or descriptor that may be compressed: plain, gzip (RFC 1952) or zstd (RFC 8878), told by its
 * first bytes. Every reader gives the maximum number of unpacked bytes it is ready for; past it reading fails
 * with ERR_TOO_LARGE.
 */
#include "base/base.h"

struct stream;

NODISCARD bool stream_open(const char *path, uint64_t max_bytes, struct stream **ret, struct err *err);
NODISCARD bool stream_open_fd(
	int fd, const char *name, uint64_t max_bytes, struct stream **ret, struct err *err);
/* Over bytes in memory, which stay the caller's and must outlive it. */
NODISCARD bool stream_open_span(struct span bytes, uint64_t max_bytes, struct stream **ret, struct err *err);
void stream_close(struct stream *s);                       /* NULL allowed; closes the descriptor */
void stream_close_p(struct stream **s);
/* Up to n unpacked bytes; *ret_n 0 at the end.  A truncated or broken file is an error, never an end. */
NODISCARD bool stream_read(struct stream *s, char *ret, size_t n, size_t *ret_n, struct err *err);
/* All the rest at once, a NUL behind it, in the arena. */
NODISCARD bool stream_rest(struct stream *s, struct arena *a, struct span *ret, struct err *err);
/* The next line without its end (LF or CRLF), borrowed until the next call; *ret_more false at the end of the
 * file. A line longer than max_line is an error that names its number. */
NODISCARD bool stream_line(
	struct stream *s, size_t max_line, struct span *ret, bool *ret_more, struct err *err);
uint64_t stream_line_number(const struct stream *s);       /* of the line given last, from 1 */

/* Packs bytes in memory as one gzip member or one zstd frame, in the arena. */
enum stream_packing { STREAM_GZIP, STREAM_ZSTD };
struct span stream_pack(struct span bytes, enum stream_packing how, struct arena *a);
