#pragma once
/*
 * A borrowed run of bytes: never assumed NUL-terminated, never owned.  All text from outside travels as
 * spans.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
	const char *p;
	size_t n;
};

#define SPAN(literal) ((struct span){ "" literal "", sizeof(literal) - 1 })
#define SPAN_FMT "%.*s"
#define SPAN_ARG(s) (int)((s).n > 4096 ? 4096 : (s).n), (s).p ? (s).p : ""

static inline struct span span_of(const char *text)
{
	return (struct span){ text, text ? strlen(text) : 0 };
}

static inline bool span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool span_is(struct span a, const char *text)
{
	return span_eq(a, span_of(text));
}

static inline bool span_starts(struct span a, struct span with)
{
	return a.n >= with.n && (with.n == 0 || memcmp(a.p, with.p, with.n) == 0);
}

static inline struct span span_from(struct span a, size_t at)
{
	return at >= a.n ? (struct span){ a.p + a.n, 0 } : (struct span){ a.p + at, a.n - at };
}

int span_cmp(struct span a, struct span b);             /* as bytes; a prefix is smaller */
bool span_eq_nocase(struct span a, struct span b);      /* ASCII letters only */
struct span span_trim(struct span s);                   /* without ASCII white space at both ends */
/*
 * Splits at the first `sep`: returns what stands before it and moves *rest behind it; at the end *rest is
 * {NULL, 0}.
 */
struct span span_split(struct span *rest, char sep);
bool span_find(struct span s, char c, size_t *ret_at);
/*
 * Whole decimal number with optional '-', nothing else around it; false if empty, not a number or out of
 * range.
 */
bool span_int(struct span s, int64_t min, int64_t max, int64_t *ret);
