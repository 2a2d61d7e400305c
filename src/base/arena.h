#pragma once
/*
 * An arena owns all memory of one unit of work: a request, a job, a batch of rows.  Nothing in it is freed
 * singly.  Past the soft limit a sticky flag is set, which the unit of work checks after parsing, per batch
 * of rows and before commit, and then ends itself with an error.  Past the hard limit the process aborts and
 * is restarted: allocation never returns NULL.  The build option `arena_malloc` makes each allocation a real
 * one, so that sanitizers see it.  Not thread-safe: an arena belongs to one thread at a time.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/span.h"

struct arena;

struct arena *arena_new(size_t soft_bytes, size_t hard_bytes);
void arena_free(struct arena *a);                      /* NULL allowed */
void arena_free_p(struct arena **a);                   /* for CLEANUP() */
void arena_reset(struct arena *a);                     /* frees all, keeps one block for the next use */
bool arena_over(const struct arena *a);                /* has the soft limit been passed? */
bool arena_check(const struct arena *a, struct err *err); /* false with ERR_TOO_LARGE if it has */
size_t arena_used(const struct arena *a);

void *arena_alloc(struct arena *a, size_t n);          /* zeroed, aligned to 16 */
void *arena_array(struct arena *a, size_t count, size_t size); /* checked product */
char *arena_copy(struct arena *a, struct span s);      /* with a NUL behind it */
struct span arena_span(struct arena *a, struct span s);
struct span arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);  /* NUL behind it as well */
struct span arena_vprintf(struct arena *a, const char *fmt, va_list ap) PRINTF(2, 0);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
