#pragma once
/*
 * A typed growing array.  VEC(int) v = {0};  vec_push(&v, 3);  for (size_t i = 0; i < v.n; i++) use(v.p[i]);
 * Heap storage unless `arena` is set; vec_done() frees heap storage.  Elements move when it grows.
 */
#include "base/arena.h"

#define VEC(type) struct { type *p; size_t n, cap; struct arena *arena; }

#define vec_push(v, ...) \
	(vec_grow_((void **)&(v)->p, &(v)->cap, sizeof *(v)->p, (v)->n + 1, (v)->n, (v)->arena), \
	 (v)->p[(v)->n] = (__VA_ARGS__), (v)->n++, (void)0)
#define vec_reserve(v, need) \
	vec_grow_((void **)&(v)->p, &(v)->cap, sizeof *(v)->p, (need), (v)->n, (v)->arena)
#define vec_done(v) (vec_free_((v)->p, (v)->arena), (v)->p = NULL, (v)->n = (v)->cap = 0)
#define vec_last(v) (&(v)->p[(v)->n - 1])

void vec_grow_(void **p, size_t *cap, size_t size, size_t need, size_t used, struct arena *a);
void vec_free_(void *p, const struct arena *a);
