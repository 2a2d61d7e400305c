#pragma once
/*
 * Clocks: one deadline of anything, as a row.  Running means neither met, ended nor paused.  Overdue is
 * derived (due < now); missed_at is written once, by the tick.  A pause keeps the remainder, of working time
 * where the clock counts that.  All inside the caller's transaction.
 */
#include "order/calendar.h"

struct clock_start {
	const char *resource; /* "order" */
	int64_t record_n;
	const char *kind; /* "acknowledge", "answer", "escalate" */
	struct span rule; /* name and version of the rule it comes from */
	int64_t amount;
	enum calendar_unit unit;
	int64_t not_before; /* the end is never earlier than this; 0: none */
	int64_t given; /* the end a person gave, whatever the amount says; 0: none */
};
/* Ends a running clock of the same kind, and starts a new one now. */
NODISCARD bool clock_begin(struct op *op, const struct clock_start *s, const struct calendar *c,
	int64_t *ret_due, struct err *err);
/* Met at `at` (recorded on behalf: when it was said).  Nothing without a running or paused one. */
NODISCARD bool clock_meet(
	struct op *op, const char *resource, int64_t record_n, const char *kind, int64_t at, struct err *err);
NODISCARD bool clock_pause(
	struct op *op, const char *resource, int64_t record_n, const char *kind, struct err *err);
/* *ret_due as it was when there is no paused one. */
NODISCARD bool clock_resume(struct op *op, const char *resource, int64_t record_n, const char *kind,
	int64_t *ret_due, struct err *err);
/* A new end, given by a person; one already missed can be missed again. */
NODISCARD bool clock_move(struct op *op, const char *resource, int64_t record_n, const char *kind,
	int64_t due, struct err *err);
/* kind NULL: all of the record's. */
NODISCARD bool clock_stop(
	struct op *op, const char *resource, int64_t record_n, const char *kind, struct err *err);
