#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>

enum { ALIGN = 16, FIRST_BLOCK = 16 * 1024, MAX_BLOCK = 1024 * 1024 };

struct block {
	struct block *next;
	size_t size, used;
	_Alignas(ALIGN) char bytes[];
};

struct arena {
	struct block *blocks;     /* the newest first */
	size_t used, soft, hard;
};

static struct block *block_new(size_t size, struct block *next)
{
	struct block *b = malloc(sizeof *b + size);
	if (!b)
		abort();
	b->next = next;
	b->size = size;
	b->used = 0;
	return b;
}

struct arena *arena_new(size_t soft_bytes, size_t hard_bytes)
{
	struct arena *a = calloc(1, sizeof *a);
	if (!a)
		abort();
	a->soft = soft_bytes;
	a->hard = hard_bytes;
	return a;
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	for (struct block *b = a->blocks, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	free(a);
}

void arena_reset(struct arena *a)
{
	struct block *keep = a->blocks;
	if (keep) {
		for (struct block *b = keep->next, *next; b; b = next) {
			next = b->next;
			free(b);
		}
		keep->next = NULL;
		keep->used = 0;
	}
	a->used = 0;
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
	size_t need = (n + ALIGN - 1) / ALIGN * ALIGN;
	a->used += need;
	if (a->used > a->hard)
		abort();
	struct block *b = a->blocks;
	if (!b || b->size - b->used < need) {
		size_t size = b ? b->size * 2 : FIRST_BLOCK;
		if (size > MAX_BLOCK)
			size = MAX_BLOCK;
		if (size < need)
			size = need;
		b = a->blocks = block_new(size, b);
	}
	void *p = b->bytes + b->used;
	b->used += need;
	memset(p, 0, n);
	return p;
}
