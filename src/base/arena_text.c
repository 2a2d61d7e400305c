/* What both arenas share: everything that is made of arena_alloc(). */
#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>

void arena_free_p(struct arena **a)
{
	arena_free(*a);
	*a = NULL;
}

bool arena_check(const struct arena *a, struct err *err)
{
	if (!arena_over(a))
		return true;
	return err_set(err, ERR_TOO_LARGE, "内容超出一次可处理的大小", "more than can be handled at once");
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t n;
	if (__builtin_mul_overflow(count, size, &n))
		abort();
	return arena_alloc(a, n);
}

char *arena_copy(struct arena *a, struct span s)
{
	char *p = arena_alloc(a, s.n + 1);
	if (s.n)
		memcpy(p, s.p, s.n);
	return p;
}

struct span arena_span(struct arena *a, struct span s)
{
	return (struct span){ arena_copy(a, s), s.n };
}

struct span arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0)
		abort();
	char *p = arena_alloc(a, (size_t)n + 1);
	vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return (struct span){ p, (size_t)n };
}

struct span arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct span s = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return s;
}
