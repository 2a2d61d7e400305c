#pragma once
/*
 * A table from byte strings to 64-bit values (an index, an id, a pointer): open addressing, linear probing,
 * hashed by hash_key() with a key made at start, so that foreign keys cannot be chosen to collide.  Keys are
 * copied.  Not ordered; nothing is removed singly.
 */
#include <stdint.h>

#include "base/arena.h"

struct map;

struct map *map_new(size_t max_entries);                 /* past the maximum map_put() aborts */
void map_free(struct map *m);                            /* NULL allowed */
void map_free_p(struct map **m);
size_t map_count(const struct map *m);
/* The value's place, or NULL.  Borrowed until the next map_put(). */
uint64_t *map_find(const struct map *m, struct span key);
/* The value's place; it is made (as `value`) if absent, and *ret_new (may be NULL) says so. */
uint64_t *map_put(struct map *m, struct span key, uint64_t value, bool *ret_new);
/* Iterates in no order: *at starts at 0. */
bool map_next(const struct map *m, size_t *at, struct span *ret_key, uint64_t *ret_value);
