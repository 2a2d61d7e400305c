/*
 * What a calendar's news do to clocks.  A clock that was counted over days whose list was published keeps its
 * end, whatever is published later.  One counted over days that nobody knew is uncertain, says so from the
 * first day, and is counted again when they are known: by the amount and unit of its own rule, and only ever
 * to a later end.  What a person gave as the end (a wanted date, an extension) stays.
 */
#include "order/uncertain.h"

#include <stdio.h>

#include "order/day_list.h"
#include "order/rules.h"

enum { UNCERTAIN_BATCH = 50, SHOWN = 200, LOOKED_AT = 20000 };
#define UNCERTAIN_AGAIN (10 * TIME_MINUTE)

struct uncertain {
	int64_t n, order_n, start_at, due_at;
	bool certain;
	struct span kind, rule, severity, order_id, number, unit;
};
struct clocks {
	struct uncertain *p;
	size_t n, cap;
	struct arena *arena;
};

#define UNCERTAIN_COLUMNS \
	"SELECT k.n, k.record_n, k.start_at, k.due_at, k.confirmed, k.kind, k.rule, o.severity, o.id, " \
		"o.number," \
	" u.name FROM clocks k JOIN orders o ON o.n=k.record_n JOIN units u ON u.n=o.unit_n WHERE" \
	" k.resource='order' AND k.met_at IS NULL AND k.missed_at IS NULL AND k.paused_at IS NULL AND" \
	" k.ended_at IS NULL AND k.calendar=?"

static bool take(struct db_rows *r, struct clocks *to, struct err *err)
{
	for (;;) {
		bool row;
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			return true;
		struct uncertain u = { db_col_int(r, 0), db_col_int(r, 1), db_col_int(r, 2), db_col_int(r, 3),
			db_col_int(r, 4) != 0, arena_span(to->arena, db_col_text(r, 5)),
			arena_span(to->arena, db_col_text(r, 6)), arena_span(to->arena, db_col_text(r, 7)),
			arena_span(to->arena, db_col_text(r, 8)), arena_span(to->arena, db_col_text(r, 9)),
			arena_span(to->arena, db_col_text(r, 10)) };
		vec_push(to, u);
	}
}

/* Amount and unit of the rule that the clock names: "default/2026.1 rework cn/2026.1 2026.1 2027?". */
static bool rule_of(struct op *op, const struct uncertain *u, int64_t *ret_amount,
	enum calendar_unit *ret_unit,
	bool *ret_found, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct span rest = u->rule, edition = span_split(&rest, ' '), name = span_split(&edition, '/');
	int first = span_is(u->kind, "escalate") ? 6 : span_starts(rest, SPAN("rework ")) ? 4
		: span_is(u->kind, "answer")     ? 2
						 : 0;
	bool row;
	*ret_found = false;
	if (!db_query(op_db(op),
		    SQL("SELECT acknowledge_amount, acknowledge_unit, answer_amount, answer_unit, "
		    "rework_amount,"
			" rework_unit, escalate_amount, escalate_unit FROM deadlines WHERE name=? AND "
			"edition=? AND"
			" severity=?"),
		    V(db_t(name), db_t(edition), db_t(u->severity)), &r, err) ||
		!db_next(r, &row, err))
		return false;
	if (!row || !calendar_unit_find(db_col_text(r, first + 1), ret_unit))
		return true;
	*ret_amount = db_col_int(r, first);
	*ret_found = true;
	return true;
}

/* *ret_due: when it ends by the list known now; 0: it was not counted by its rule, or ends no later. */
static bool recount(struct op *op, const struct uncertain *u, const struct calendar *then,
	const struct calendar *now, int64_t *ret_due, struct err *err)
{
	int64_t amount = 0, due;
	enum calendar_unit unit = CALENDAR_HOUR;
	bool found, published;
	*ret_due = 0;
	if (!rule_of(op, u, &amount, &unit, &found, err))
		return false;
	if (!found || calendar_end(then, u->start_at, amount, unit, &published) != u->due_at)
		return true;
	due = calendar_end(now, u->start_at, amount, unit, &published);
	*ret_due = due > u->due_at ? due : 0;
	return true;
}

/* ---- shown before it is so ---- */

static void show_one(const struct uncertain *u, int64_t due, bool first, struct str *out)
{
	char was[TIME_TEXT], will[TIME_TEXT];
	str_addz(out, first ? "{\"order_id\":" : ",{\"order_id\":");
	str_add_json(out, u->order_id);
	str_addz(out, ",\"number\":");
	str_add_json(out, u->number);
	str_addz(out, ",\"unit\":");
	str_add_json(out, u->unit);
	str_addz(out, ",\"kind\":");
	str_add_json(out, u->kind);
	str_addf(out, ",\"due\":\"%s\",\"would_be\":\"%s\",\"moves\":%s}", time_format(u->due_at, was),
		time_format(due, will), u->certain ? "false" : "true");
}

bool uncertain_show(struct op *op, struct span calendar, int64_t year, const struct day_list *l,
	struct str *out,
	struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct clocks clocks = { .arena = op->arena };
	struct calendar then, now;
	int64_t later = 0, kept = 0;
	if (!calendar_load(op, calendar, &then, err))
		return false;
	now = then;
	calendar_with_year(&now, year, l, op->arena);
	int64_t from = time_days((struct time_date){ (int)year, 1, 1 }) * TIME_DAY - then.offset,
		to = time_days((struct time_date){ (int)year + 1, 1, 1 }) * TIME_DAY - then.offset;
	if (!db_query(op_db(op),
	    SQL(UNCERTAIN_COLUMNS " AND k.due_at>=? AND k.start_at<? ORDER BY k.due_at, k.n LIMIT ?"),
		    V(db_t(calendar), db_i(from), db_i(to), db_i(LOOKED_AT)), &r, err) ||
		!take(r, &clocks, err))
		return false;
	bool sees = actor_whole(op->actor, PERM_ORDER_READ);
	struct str items = STR_IN(op->arena, 1 << 20);
	for (size_t i = 0; i < clocks.n; i++) {
		int64_t due;
		if (!recount(op, &clocks.p[i], &then, &now, &due, err))
			return false;
		if (!due)
			continue;
		if (sees && later + kept < SHOWN)
			show_one(&clocks.p[i], due, items.n == 0, &items);
		later += !clocks.p[i].certain;
		kept += clocks.p[i].certain;
	}
	str_addf(out, ",\"clocks\":{\"later\":%lld,\"kept\":%lld,\"items\":[", (long long)later,
		(long long)kept);
	str_add(out, str_span(&items));
	str_addz(out, "]}");
	return str_check(&items, err);
}

/* ---- done when it is so ---- */

/* The calendar as it was counted by: without the lists that its rule marks with "?". */
static void as_counted(const struct uncertain *u, struct calendar *c, struct arena *a)
{
	struct span rest = u->rule;
	while (rest.n) {
		struct span word = span_split(&rest, ' ');
		int64_t year;
		if (word.n == 5 && word.p[4] == '?' && span_int((struct span){ word.p, 4 }, 1, 9999, &year))
			calendar_with_year(c, year, &(struct day_list){ NULL, 0 }, a);
	}
}

/* The order's own due, its step and its clock, together. */
static bool move(struct op *op, const struct uncertain *u, int64_t due, struct err *err)
{
	struct record o, before;
	bool found;
	char was[TIME_TEXT], will[TIME_TEXT];
	const char *field = span_is(u->kind, "answer") ? "answer_due"
		: span_is(u->kind, "acknowledge")      ? "acknowledge_due"
						       : NULL;
	if (!db_exec(op_db(op), SQL("UPDATE clocks SET due_at=? WHERE n=?"), V(db_i(due), db_i(u->n)), err))
		return false;
	if (!field)
		return true;
	if (!resource_load(op, &order_resource, u->order_n, &o, &found, err))
		return false;
	if (!found || record_int(&o, field) != u->due_at)
		return true;
	before = record_copy(op, &o);
	record_set(&o, field, db_i(due));
	const char *state = arena_copy(op->arena, o.state);
	struct store_step step = { .resource = "order", .record_n = o.n, .from = state, .verb = "recount",
		.to = state,
		.unit_n = record_int(&o, "unit_id"),
			.severity = arena_copy(op->arena, record_text(&o, "severity")),
		.values = arena_printf(op->arena,
			"{\"clock\":\"" SPAN_FMT "\",\"was\":\"%s\",\"due\":\"%s\"}",
			SPAN_ARG(u->kind), time_format(u->due_at, was), time_format(due, will)) };
	order_resource.facts(&o, &step);
	return record_update(op, &before, &o, "recount", err) &&
		resource_county(op, step.unit_n, &step.county_n, err) &&
		store_add_step(op->tx, &step, NULL, err);
}

/* "… cn/2026.1 2026.1 2027?" with what the years are known by now: "… 2027.1". */
static struct span rule_known(const struct uncertain *u, const struct calendar *c, struct arena *a)
{
	struct str out = STR_IN(a, 400);
	struct span rest = u->rule;
	while (rest.n) {
		struct span word = span_split(&rest, ' ');
		str_addz(&out, out.n ? " " : "");
		for (size_t i = 0; i < c->n_years && word.n == 5; i++)
			if (span_eq(word, arena_printf(a, "%lld?", (long long)c->years[i].year)))
				word = span_of(c->years[i].edition);
		str_add(&out, word);
	}
	return str_span(&out);
}

/* Nothing as long as one of its years is not published. */
static bool settle(struct op *op, const struct uncertain *u, const struct calendar *c, struct err *err)
{
	struct calendar then = *c;
	struct span rule = rule_known(u, c, op->arena);
	int64_t due;
	for (struct span rest = rule; rest.n;) {
		struct span word = span_split(&rest, ' ');
		if (word.n && word.p[word.n - 1] == '?')
			return true;
	}
	as_counted(u, &then, op->arena);
	if (!recount(op, u, &then, c, &due, err) || (due && !move(op, u, due, err)))
		return false;
	return db_exec(op_db(op), SQL("UPDATE clocks SET confirmed=1, rule=? WHERE n=?"),
		V(db_t(rule), db_i(u->n)), err);
}

static bool settle_some(struct op *op, struct span calendar, int64_t *after, size_t *ret_n, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct clocks clocks = { .arena = op->arena };
	struct calendar c;
	if (!calendar_load(op, calendar, &c, err) ||
		!db_query(op_db(op),
		SQL(UNCERTAIN_COLUMNS " AND k.confirmed=0 AND k.n>? ORDER BY k.n LIMIT ?"),
			V(db_t(calendar), db_i(*after), db_i(UNCERTAIN_BATCH)), &r, err) ||
		!take(r, &clocks, err))
		return false;
	db_rows_close(r);
	r = NULL;
	for (size_t i = 0; i < clocks.n; i++)
		if (!settle(op, &clocks.p[i], &c, err))
			return false;
	*ret_n = clocks.n;
	*after = clocks.n ? clocks.p[clocks.n - 1].n : *after;
	return true;
}

bool order_uncertain_tick(struct op *op, int64_t *ret_next_at, struct err *err)
{
	CLEANUP(json_free) json_t *names = json_array();
	{
		CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
		bool row;
		if (!db_query(op_db(op),
			    SQL("SELECT DISTINCT calendar FROM clocks WHERE confirmed=0 AND met_at IS NULL "
			    "AND missed_at"
				" IS NULL AND paused_at IS NULL AND ended_at IS NULL"),
			    V0, &r, err))
			return false;
		for (;;) {
			if (!db_next(r, &row, err))
				return false;
			if (!row)
				break;
			json_array_append_new(names, json_of_span(db_col_text(r, 0)));
		}
	}
	for (size_t i = 0; i < json_array_size(names); i++) {
		int64_t after = 0;
		for (size_t n = UNCERTAIN_BATCH; n == UNCERTAIN_BATCH;) {
			bool ok = op_begin(op, err) &&
				settle_some(op, json_text(json_array_get(names, i)), &after, &n, err) &&
				op_commit(op, err);
			op_rollback(op);
			if (!ok)
				return false;
		}
	}
	*ret_next_at = op_now(op) + UNCERTAIN_AGAIN;
	return true;
}
