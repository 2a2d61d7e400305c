/* The arena of sanitizer builds: each allocation is a real one, with its true length. */
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"

struct arena {
	void **p;
	size_t n, cap;
	size_t used, soft, hard;
};

struct arena *arena_new(size_t soft_bytes, size_t hard_bytes)
{
	struct arena *a = calloc(1, sizeof *a);
	if (!a)
		abort();
	a->soft = soft_bytes;
	a->hard = hard_bytes;
	return a;
}

void arena_reset(struct arena *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->p[i]);
	a->n = 0;
	a->used = 0;
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	arena_reset(a);
	free(a->p);
	free(a);
}

bool arena_over(const struct arena *a)
{
	return a->used > a->soft;
}

size_t arena_used(const struct arena *a)
{
	return a->used;
}

void *arena_alloc(struct arena *a, size_t n)
{
	if (n > SIZE_MAX / 2)
		abort();
	a->used += n;
	if (a->used > a->hard)
		abort();
	if (a->n == a->cap) {
		a->cap = a->cap ? a->cap * 2 : 64;
		a->p = realloc(a->p, a->cap * sizeof *a->p);
		if (!a->p)
			abort();
	}
	void *p = calloc(1, n ? n : 1);
	if (!p)
		abort();
	a->p[a->n++] = p;
	return p;
}
