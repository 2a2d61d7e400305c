#pragma once
/*
 * Rules of the house as records (deadlines, calendars and their years, single numbers, how numbers are
 * written): proposed by those who run the office, in force once a leader has confirmed them, never changed
 * after.  A change is a further record; what was begun under a rule keeps the edition that it carries.
 * "unconfirmed" are those that came with the program: in force, and waiting for the office's word.
 */
#include "order/order.h"

extern const struct life rule_life;

/* The fields that all of them end with. */
#define RULE_FIELDS(in_force_sql) \
	{ "edition", FIELD_TEXT, READ_ONLY | LIST, 0, 20, .zh = "版本", .en = "edition" }, \
	{ "effective_at", FIELD_TIME, LIST, .zh = "生效时间，不填为确认之时", \
		.en = "in force from, empty: when it is confirmed" }, \
	{ "source", FIELD_TEXT, REQUIRED | LIST, 1, 300, .zh = "依据，文件名和文号", \
		.en = "source, title and number of the document" }, \
	{ "proposed_by", FIELD_TEXT, READ_ONLY, 0, 100, .zh = "拟定人", .en = "proposed by" }, \
	{ "confirmed_by", FIELD_TEXT, READ_ONLY | LIST, 0, 100, .zh = "确认人", .en = "confirmed by" }, \
	{ "confirmed_at", FIELD_TIME, READ_ONLY, .zh = "确认时间", .en = "confirmed" }, \
	{ "in_force", FIELD_BOOL, READ_ONLY | LIST | FILTER, .zh = "现行", .en = "in force", \
		.expr = in_force_sql }

/* SQL: is row t of the table the one in force among those of one family (o and t alike)?  Also how a reader
 * finds it: RULE_USABLE, the latest by RULE_ORDER. */
#define RULE_USABLE(a) a ".state IN ('unconfirmed','confirmed') AND COALESCE(" a ".effective_at,0)<="
#define RULE_ORDER(a) " ORDER BY COALESCE(" a ".effective_at,0) DESC, " a ".n DESC LIMIT 1"
#define RULE_IN_FORCE(table, family) \
	"(" RULE_USABLE("t") "NOW AND NOT EXISTS (SELECT 1 FROM " table " o WHERE " family " AND " \
	RULE_USABLE("o") "NOW AND (COALESCE(o.effective_at,0)>COALESCE(t.effective_at,0) OR" \
	" (COALESCE(o.effective_at,0)=COALESCE(t.effective_at,0) AND o.n>t.n))))"

/* For .check: rules are the whole city's; none is changed, none begins in the past.  `first` the year that
 * its edition is named after, `count` how many of its family that year has. */
NODISCARD bool rule_check(struct op *op, const struct record *before, struct record *after, struct err *err);
bool rule_edition(struct op *op, struct record *after, int64_t year, int64_t count);
int64_t rule_year(struct op *op);
/* For .after, .may and .apply. */
bool rule_after(struct op *op, const struct record *before, const struct record *after, struct err *err);
bool rule_may(struct op *op, const struct record *r, const struct transition *t, struct err *err);
bool rule_apply(struct op *op, struct record *r, const struct transition *t, const json_t *args,
	const char **ret_to, struct err *err);

/* The single number in force at that moment. */
NODISCARD bool rule_days(struct op *op, const char *name, int64_t at, int64_t *ret, struct err *err);

/* How this office writes numbers of the kind: its own format before the general one, that of `kind` before
 * that of `general` ("notice.tip" before "notice"; the same: there is only one). */
struct rule_number {
	struct span prefix, pattern, kind;     /* kind: of the two, whose format it is */
};
NODISCARD bool rule_number_find(struct op *op, int64_t office_n, struct span kind, struct span general,
	struct rule_number *ret, struct err *err);
/* "{prefix}〔{year}〕{serial}号", filled. */
struct span rule_number_fill(struct op *op, const struct rule_number *f, int year, int64_t serial);

/* A running clock counted over days that nobody knew yet is counted again once they are published: later it
 * may become, never earlier.  One round of the jobs role (uncertain.c). */
NODISCARD bool order_uncertain_tick(struct op *op, int64_t *ret_next_at, struct err *err);
