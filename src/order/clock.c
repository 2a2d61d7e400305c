#include "order/clock.h"

bool clock_begin(struct op *op, const struct clock_start *s, const struct calendar *c, int64_t *ret_due,
	struct err *err)
{
	bool published, working = s->unit == CALENDAR_WORKING_HOUR || s->unit == CALENDAR_WORKING_DAY;
	int64_t now = op_now(op), due = calendar_end(c, now, s->amount, s->unit, &published);
	if (due < s->not_before)
		due = s->not_before;
	if (s->given)
		due = s->given;
	struct arena *a = store_tx_arena(op->tx);
	struct span rule = arena_printf(a, SPAN_FMT " " SPAN_FMT, SPAN_ARG(s->rule),
		SPAN_ARG(calendar_editions(c, now, due, a)));
	if (!clock_stop(op, s->resource, s->record_n, s->kind, err) ||
		!db_exec(op_db(op),
			SQL("INSERT INTO clocks (resource, record_n, kind, rule, confirmed, calendar, "
			    "working, start_at,"
			    " due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
			V(db_z(s->resource), db_i(s->record_n), db_z(s->kind), db_t(rule), db_i(published),
				db_z(c->name), db_i(working), db_i(now), db_i(due)),
			err))
		return false;
	*ret_due = due;
	return true;
}

bool clock_meet(
	struct op *op, const char *resource, int64_t record_n, const char *kind, int64_t at, struct err *err)
{
	return db_exec(op_db(op),
		SQL("UPDATE clocks SET met_at=? WHERE resource=? AND record_n=? AND kind=? AND met_at IS NULL"
		    " AND ended_at IS NULL"),
		V(db_i(at), db_z(resource), db_i(record_n), db_z(kind)), err);
}

/* The clock that is neither met nor ended; n 0: there is none. */
struct open_clock {
	int64_t n, due, paused_at, remaining;
	bool working;
	struct span calendar;
};

static bool find_open(struct op *op, const char *resource, int64_t record_n, const char *kind,
	struct open_clock *ret, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	if (!db_query(op_db(op),
		    SQL("SELECT n, due_at, paused_at, remaining, working, calendar FROM clocks WHERE "
			"resource=? AND"
			" record_n=? AND kind=? AND met_at IS NULL AND ended_at IS NULL ORDER BY n DESC "
			"LIMIT 1"),
		    V(db_z(resource), db_i(record_n), db_z(kind)), &r, err) ||
		!db_next(r, &row, err))
		return false;
	*ret = (struct open_clock){ 0 };
	if (row)
		*ret = (struct open_clock){ db_col_int(r, 0), db_col_int(r, 1), db_col_int(r, 2),
			db_col_int(r, 3), db_col_int(r, 4) != 0, arena_span(op->arena, db_col_text(r, 5)) };
	return true;
}

bool clock_pause(struct op *op, const char *resource, int64_t record_n, const char *kind, struct err *err)
{
	struct open_clock k;
	struct calendar c;
	int64_t now = op_now(op);
	if (!find_open(op, resource, record_n, kind, &k, err))
		return false;
	if (!k.n || k.paused_at)
		return true;
	if (!calendar_load(op, k.calendar, &c, err))
		return false;
	int64_t left = k.working && k.due > now ? calendar_working_between(&c, now, k.due) : k.due - now;
	return db_exec(op_db(op), SQL("UPDATE clocks SET paused_at=?, remaining=? WHERE n=?"),
		V(db_i(now), db_i(left), db_i(k.n)), err);
}

bool clock_resume(struct op *op, const char *resource, int64_t record_n, const char *kind, int64_t *ret_due,
	struct err *err)
{
	struct open_clock k;
	struct calendar c;
	int64_t now = op_now(op);
	if (!find_open(op, resource, record_n, kind, &k, err))
		return false;
	if (!k.n || !k.paused_at)
		return true;
	if (!calendar_load(op, k.calendar, &c, err))
		return false;
	/* What had already run out when it was paused stays as it was. */
	int64_t due = k.remaining <= 0 ? k.due
		: k.working            ? calendar_add_working(&c, now, k.remaining)
				       : now + k.remaining;
	*ret_due = due;
	return db_exec(op_db(op), SQL("UPDATE clocks SET paused_at=NULL, remaining=NULL, due_at=? WHERE n=?"),
		V(db_i(due), db_i(k.n)), err);
}

bool clock_move(
	struct op *op, const char *resource, int64_t record_n, const char *kind, int64_t due, struct err *err)
{
	return db_exec(op_db(op),
		SQL("UPDATE clocks SET due_at=?, missed_at=CASE WHEN ?>? THEN NULL ELSE missed_at END"
		    " WHERE resource=? AND record_n=? AND kind=? AND met_at IS NULL AND ended_at IS NULL"),
		V(db_i(due), db_i(due), db_i(op_now(op)), db_z(resource), db_i(record_n), db_z(kind)), err);
}

bool clock_stop(struct op *op, const char *resource, int64_t record_n, const char *kind, struct err *err)
{
	return db_exec(op_db(op),
		SQL("UPDATE clocks SET ended_at=? WHERE resource=? AND record_n=? AND (?='' OR kind=?)"
		    " AND met_at IS NULL AND ended_at IS NULL"),
		V(db_i(op_now(op)), db_z(resource), db_i(record_n), db_z(kind ? kind : ""),
			db_z(kind ? kind : "")),
		err);
}
