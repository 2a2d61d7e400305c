/* What is asked: the period, the part of the city, and as known when. */
#include <stdio.h>

#include "kpi/room.h"
#include "order/rules.h"
#include "people/people.h"

/* ---- times ---- */

static bool read_day(const char *field, struct span text, int64_t *ret, struct err *err)
{
	return time_parse_date(text, TIME_CHINA, ret) ||
		err_field(err, field, "“%s”应为日期，如 2026-11-23", "%s must be a date, like 2026-11-23", field);
}

static void write_day(int64_t at, char ret[TIME_DATE_TEXT])
{
	time_format_date(time_date(at, TIME_CHINA), ret);
}

static bool read_times(struct op *op, const struct kpi_words *w, struct kpi_ask *q, struct err *err)
{
	struct time_date today = time_date(op_now(op), TIME_CHINA);
	q->from_at = time_days((struct time_date){ today.year, 1, 1 }) * TIME_DAY - TIME_CHINA;
	q->to_at = time_days(today) * TIME_DAY - TIME_CHINA;
	q->asof = op_now(op);
	if ((w->from.n && !read_day("from", w->from, &q->from_at, err)) ||
		(w->to.n && !read_day("to", w->to, &q->to_at, err)))
		return false;
	if (q->to_at < q->from_at)
		return err_field(err, "to", "“to”不应早于“from”", "to must not be before from");
	write_day(q->from_at, q->from);
	write_day(q->to_at, q->to);
	q->to_at += TIME_DAY;
	if (!w->asof.n)
		return true;
	if (time_parse_date(w->asof, TIME_CHINA, &q->asof)) {
		q->asof += TIME_DAY - 1;               /* the end of that day */
		return true;
	}
	return time_parse(w->asof, &q->asof) ||
		err_field(err, "asof", "“asof”应为日期或时间，如 2026-11-23 或 2026-11-23T08:00:00Z",
			"asof must be a date or a time, like 2026-11-23 or 2026-11-23T08:00:00Z");
}

/* ---- units ---- */

struct numbers { int64_t *p; size_t n, cap; struct arena *arena; };

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static void sort_unique(int64_t *at, size_t *n)
{
	size_t kept = 0;
	if (*n)
		qsort(at, *n, sizeof *at, compare);
	for (size_t i = 0; i < *n; i++)
		if (i == 0 || at[i] != at[i - 1])
			at[kept++] = at[i];
	*n = kept;
}

bool kpi_ask_has(const struct kpi_ask *q, int64_t unit_n)
{
	return q->all || (q->n_units && bsearch(&unit_n, q->units, q->n_units, sizeof *q->units, compare));
}

/* Below a unit, itself too, at that time. */
static bool add_below(struct op *op, int64_t unit_n, enum unit_relation tree, int64_t at, struct numbers *out,
	struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	if (!db_query(op_db(op),
		    SQL("SELECT descendant_n FROM unit_tree_past WHERE ancestor_n=? AND relation=? AND "
		    "from_at<=?"
			" AND to_at>?"),
		    V(db_i(unit_n), db_i(tree), db_i(at), db_i(at)), &r, err))
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			return true;
		vec_push(out, db_col_int(r, 0));
	}
}

/* The actor's units, as they were and as they are: what was one's own then one has seen then. */
static bool own_units(struct op *op, const struct kpi_ask *q, bool now_too, struct numbers *out,
	struct err *err)
{
	for (size_t i = 0; i < op->actor->n_grants; i++) {
		const struct grant *g = &op->actor->grants[i];
		if (!role_has(g->role, PERM_KPI_READ))
			continue;
		if (!add_below(op, g->unit_n, g->tree, q->asof, out, err) ||
			(now_too && !add_below(op, g->unit_n, g->tree, op_now(op), out, err)))
			return false;
	}
	sort_unique(out->p, &out->n);
	return true;
}

static bool no_unit(struct err *err)
{
	return err_field(err, "unit", "没有这个单位", "there is no such unit");
}

static bool asked_unit(struct op *op, struct span unit, struct kpi_ask *q, bool *ret_may, struct err *err)
{
	if (!resource_resolve(op, resource_find(SPAN("unit")), unit, &q->unit_n, err)) {
		if (err->code != ERR_NOT_FOUND)
			return false;
		*err = (struct err){ 0 };
		return no_unit(err);
	}
	return db_text(op_db(op), SQL("SELECT id FROM units WHERE n=?"), V(db_i(q->unit_n)), op->arena,
		       &q->unit_id, err) &&
		actor_may(op->actor, op_db(op), PERM_KPI_READ, q->unit_n, ret_may, err);
}

/* A unit and below, of which the actor sees what is, or then was, its own. */
static bool units_below(struct op *op, struct span unit, struct kpi_ask *q, struct err *err)
{
	struct numbers below = { .arena = op->arena }, own = { .arena = op->arena };
	bool may;
	if (!asked_unit(op, unit, q, &may, err))
		return false;
	if (!may)
		return no_unit(err);
	if (!add_below(op, q->unit_n, UNIT_PARENT, q->asof, &below, err))
		return false;
	sort_unique(below.p, &below.n);
	q->units = below.p;
	q->n_units = below.n;
	if (actor_whole(op->actor, PERM_KPI_READ))
		return true;
	if (!own_units(op, q, true, &own, err))
		return false;
	size_t kept = 0;
	for (size_t i = 0; i < below.n; i++)
		if (own.n && bsearch(&below.p[i], own.p, own.n, sizeof *own.p, compare))
			below.p[kept++] = below.p[i];
	q->n_units = kept;
	return true;
}

/* All that there were: for those who see the whole city, to count units by. */
static bool every_unit(struct op *op, struct kpi_ask *q, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct numbers all = { .arena = op->arena };
	bool row;
	q->all = true;
	if (!db_query(op_db(op),
		    SQL("SELECT descendant_n FROM unit_tree_past WHERE ancestor_n=descendant_n AND relation=0"
			" AND from_at<=? AND to_at>? ORDER BY descendant_n"),
		    V(db_i(q->asof), db_i(q->asof)), &r, err))
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		vec_push(&all, db_col_int(r, 0));
	}
	q->units = all.p;
	q->n_units = all.n;
	return true;
}

static bool read_units(struct op *op, struct span unit, struct kpi_ask *q, struct err *err)
{
	struct numbers own = { .arena = op->arena };
	if (unit.n)
		return units_below(op, unit, q, err);
	if (actor_whole(op->actor, PERM_KPI_READ))
		return every_unit(op, q, err);
	if (!own_units(op, q, false, &own, err))
		return false;
	q->units = own.p;
	q->n_units = own.n;
	return true;
}

/* An office asks and a supplier helps: neither declares assets or is asked for its contacts. */
static bool read_owing(struct op *op, struct kpi_ask *q, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	VEC(int64_t) owing = { .arena = op->arena };
	struct kpi_ask listed = *q;
	bool row;
	listed.all = false;
	if (!db_query(op_db(op),
	    SQL("SELECT n FROM units WHERE kind NOT IN ('office', 'supplier') ORDER BY n"),
		    V0, &r, err))
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		if (kpi_ask_has(&listed, db_col_int(r, 0)))
			vec_push(&owing, db_col_int(r, 0));
	}
	q->owing = owing.p;
	q->n_owing = owing.n;
	return true;
}

bool kpi_ask_owes(const struct kpi_ask *q, int64_t unit_n)
{
	return q->n_owing && bsearch(&unit_n, q->owing, q->n_owing, sizeof *q->owing, compare);
}

bool kpi_ask_read(struct op *op, const struct kpi_words *w, struct kpi_ask *ret, struct err *err)
{
	struct kpi_ask q = { .unit_id = { NULL, 0 } };
	if (!read_times(op, w, &q, err) || !read_units(op, w->unit, &q, err) || !read_owing(op, &q, err) ||
		!rule_days(op, "inventory_days", q.asof, &q.inventory_days, err) ||
		!rule_days(op, "contacts_days", q.asof, &q.contacts_days, err))
		return false;
	*ret = q;
	return true;
}
