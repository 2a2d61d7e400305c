#pragma once
/*
 * Answers that count, kept until something that they count has changed.  Counting a million rows takes a good
 * part of a second, and a whole office asks for the same numbers.
 *
 * An answer is kept for all whose roles are bound alike, under its path, query, body and language, together
 * with the change sequence from before it was counted.  It is given again as long as the change log names no
 * later change of any resource that its route lists (struct route.counts), and for KEPT_MS at most: what
 * passes with time alone (due, stale) and what is derived without a change of its own (known exploited) is
 * at most so old.  Of several who ask for the same at once one counts, the others wait.
 *
 * One for a process, used by all its threads; bounded in entries and in bytes.
 */
#include "resource/route.h"

enum { KEPT_MS = 10000 };

struct kept;

struct kept *kept_new(void);
void kept_free(struct kept *k);                        /* NULL allowed */

/* Runs the handler of a route that has .counts, or gives what it answered before. */
NODISCARD bool kept_answer(struct kept *k, const struct route *route, struct call *c, struct err *err);
/* How many answers were given again, and how many were counted. */
void kept_figures(struct kept *k, uint64_t *ret_again, uint64_t *ret_counted);
