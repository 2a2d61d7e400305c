#include "base/vec.h"

#include <stdlib.h>

void vec_grow_(void **p, size_t *cap, size_t size, size_t need, size_t used, struct arena *a)
{
	if (need <= *cap)
		return;
	size_t want = *cap ? *cap * 2 : 8;
	if (want < need)
		want = need;
	size_t bytes;
	if (__builtin_mul_overflow(want, size, &bytes))
		abort();
	if (a) {
		void *q = arena_alloc(a, bytes);
		if (used)
			memcpy(q, *p, used * size);
		*p = q;
	} else {
		void *q = realloc(*p, bytes);
		if (!q)
			abort();
		*p = q;
	}
	*cap = want;
}

void vec_free_(void *p, const struct arena *a)
{
	if (!a)
		free(p);
}
