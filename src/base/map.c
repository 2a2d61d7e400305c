#include "base/map.h"

#include <stdlib.h>

#include "base/hash.h"

struct slot {
	const char *key;         /* NULL: free */
	uint32_t n;
	uint32_t hash;
	uint64_t value;
};

struct map {
	struct slot *slots;
	size_t cap, n, max;
	struct arena *keys;
};

struct map *map_new(size_t max_entries)
{
	struct map *m = calloc(1, sizeof *m);
	if (!m)
		abort();
	m->max = max_entries;
	m->cap = 16;
	m->slots = calloc(m->cap, sizeof *m->slots);
	if (!m->slots)
		abort();
	m->keys = arena_new(SIZE_MAX, SIZE_MAX);
	return m;
}

void map_free(struct map *m)
{
	if (!m)
		return;
	arena_free(m->keys);
	free(m->slots);
	free(m);
}

void map_free_p(struct map **m)
{
	map_free(*m);
	*m = NULL;
}

size_t map_count(const struct map *m)
{
	return m->n;
}

static struct slot *place(const struct map *m, struct span key, uint32_t hash)
{
	for (size_t i = hash & (m->cap - 1);; i = (i + 1) & (m->cap - 1)) {
		struct slot *s = &m->slots[i];
		if (!s->key ||
			(s->hash == hash && s->n == key.n &&
				(key.n == 0 || memcmp(s->key, key.p, key.n) == 0)))
			return s;
	}
}

static uint32_t hash_of(struct span key)
{
	uint64_t h = hash_key(key);
	return (uint32_t)(h ^ (h >> 32));
}

static void grow(struct map *m)
{
	struct slot *old = m->slots;
	size_t old_cap = m->cap;
	m->cap *= 2;
	m->slots = calloc(m->cap, sizeof *m->slots);
	if (!m->slots)
		abort();
	for (size_t i = 0; i < old_cap; i++)
		if (old[i].key)
			*place(m, (struct span){ old[i].key, old[i].n }, old[i].hash) = old[i];
	free(old);
}

uint64_t *map_find(const struct map *m, struct span key)
{
	struct slot *s = place(m, key, hash_of(key));
	return s->key ? &s->value : NULL;
}

uint64_t *map_put(struct map *m, struct span key, uint64_t value, bool *ret_new)
{
	uint32_t hash = hash_of(key);
	struct slot *s = place(m, key, hash);
	bool is_new = !s->key;
	if (ret_new)
		*ret_new = is_new;
	if (!is_new)
		return &s->value;
	if (m->n >= m->max || key.n > UINT32_MAX)
		abort();
	if ((m->n + 1) * 4 > m->cap * 3) {
		grow(m);
		s = place(m, key, hash);
	}
	*s = (struct slot){ arena_copy(m->keys, key), (uint32_t)key.n, hash, value };
	m->n++;
	return &s->value;
}

bool map_next(const struct map *m, size_t *at, struct span *ret_key, uint64_t *ret_value)
{
	for (; *at < m->cap; ++*at) {
		const struct slot *s = &m->slots[*at];
		if (!s->key)
			continue;
		*ret_key = (struct span){ s->key, s->n };
		*ret_value = s->value;
		++*at;
		return true;
	}
	return false;
}
