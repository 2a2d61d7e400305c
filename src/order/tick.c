/* What time does by itself: missed deadlines, escalation, archiving, risks whose date has passed. */
#include "order/room.h"
#include "order/rules.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/log.h"

enum { TICK_BATCH = 50, BOOT_ID_MAX = 64 };
#define TICK_JUMP TIME_HOUR
#define TICK_LATEST TIME_MINUTE

/* ---- does wall time still agree with boot time? ---- */

struct mark {
	struct span boot_id;
	int64_t wall, boot, alarm_at;
	bool known;
};

static bool load_mark(struct op *op, struct mark *ret, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	if (!db_query(op_db(op), SQL("SELECT boot_id, wall, boot, alarm_at FROM clock_marks WHERE n=1"), V0,
		    &r, err) ||
		!db_next(r, &row, err))
		return false;
	*ret = (struct mark){ .known = row };
	if (row)
		*ret = (struct mark){ arena_span(op->arena, db_col_text(r, 0)), db_col_int(r, 1),
			db_col_int(r, 2), db_col_int(r, 3), true };
	return true;
}

static bool save_mark(
	struct op *op, struct span boot_id, int64_t wall, int64_t boot, int64_t alarm_at, struct err *err)
{
	bool ok = op_begin(op, err) &&
		db_exec(op_db(op),
			SQL("INSERT INTO clock_marks (n, boot_id, wall, boot, alarm_at) VALUES (1, ?, ?, ?, "
			    "?)"
			    " ON CONFLICT (n) DO UPDATE SET boot_id=excluded.boot_id, wall=excluded.wall,"
			    " boot=excluded.boot, alarm_at=excluded.alarm_at"),
			V(db_t(boot_id), db_i(wall), db_i(boot), alarm_at ? db_i(alarm_at) : db_null()),
			err) &&
		op_commit(op, err);
	op_rollback(op);
	return ok;
}

/* Boot times of two boots cannot be compared; "" where the kernel does not say. */
static struct span boot_id(struct op *op)
{
	struct err ignored = { 0 };
	struct span text;
	if (!file_read("/proc/sys/kernel/random/boot_id", BOOT_ID_MAX, op->arena, &text, &ignored))
		return SPAN("");
	return span_trim(text);
}

static bool clock_agrees(struct op *op, bool *ret, struct err *err)
{
	int64_t wall = clock_wall(), boot = clock_boot();
	struct span id = boot_id(op);
	struct mark m;
	*ret = true;
	if (!load_mark(op, &m, err))
		return false;
	bool same_boot = m.known && span_eq(id, m.boot_id) && boot >= m.boot;
	int64_t departed = same_boot ? (wall - m.wall) - (boot - m.boot) : 0;
	if (departed > TICK_JUMP || departed < -TICK_JUMP) {
		*ret = false;
		log_error("clock.jumped", LOG_INT("departed_ms", departed), LOG_INT("wall", wall));
		return m.alarm_at || save_mark(op, m.boot_id, m.wall, m.boot, wall, err);
	}
	if (m.known && same_boot && !m.alarm_at && wall - m.wall < TIME_MINUTE)
		return true; /* the last pair is fresh enough */
	return save_mark(op, id, wall, boot, 0, err);
}

bool order_clock_accept(struct op *op, struct err *err)
{
	return save_mark(op, boot_id(op), clock_wall(), clock_boot(), 0, err);
}

/* ---- missed deadlines ---- */

struct missed {
	int64_t n, record_n, due;
	struct span resource, kind;
};

/* The next ones in order of (due, n) after *after: one that could not be fired is not met again in this
 * round. */
static bool due_clocks(
	struct op *op, const struct missed *after, struct missed **ret, size_t *ret_n, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	VEC(struct missed) v = { .arena = op->arena };
	bool row;
	if (!db_query(op_db(op),
		    SQL("SELECT n, record_n, due_at, resource, kind FROM clocks WHERE due_at<? AND met_at IS "
			"NULL"
			" AND missed_at IS NULL AND paused_at IS NULL AND ended_at IS NULL"
			" AND due_at>=? AND (due_at>? OR n>?) ORDER BY due_at, n LIMIT ?"),
		    V(db_i(op_now(op)), db_i(after->due), db_i(after->due), db_i(after->n), db_i(TICK_BATCH)),
		    &r, err))
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		vec_push(&v,
			(struct missed){ db_col_int(r, 0), db_col_int(r, 1), db_col_int(r, 2),
				arena_span(op->arena, db_col_text(r, 3)),
				arena_span(op->arena, db_col_text(r, 4)) });
	}
	*ret = v.p;
	*ret_n = v.n;
	return true;
}

/* The next level is due after the template's time, until the order stands at the top of its tree. */
static bool watch_on(struct op *op, const struct record *o, struct err *err)
{
	struct order_template t;
	struct calendar c;
	int64_t above, due;
	bool found;
	if (!db_int(op_db(op), SQL("SELECT parent_n FROM units WHERE n=? AND parent_n IS NOT NULL"),
		    V(record_get(o, "escalated_id")), &above, &found, err))
		return false;
	if (!found)
		return true;
	if (!order_template_find(op, record_text(o, "template"), record_text(o, "severity"), &t, err) ||
		!calendar_load(op, t.calendar, &c, err))
		return false;
	struct span rule = arena_printf(op->arena, "%s/%s escalate", t.name, t.version);
	return clock_begin(op,
		&(struct clock_start){ "order", o->n, "escalate", rule, t.escalate, t.escalate_unit, 0, 0 },
		&c,
		&due, err);
}

static bool escalate(struct op *op, const struct missed *m, struct err *err)
{
	struct record o;
	bool found;
	char due[TIME_TEXT];
	if (!resource_load(op, &order_resource, m->record_n, &o, &found, err))
		return false;
	if (!found ||
		!(span_is(o.state, "sent") || span_is(o.state, "handling") ||
			span_is(o.state, "partly_answered")))
		return true;
	CLEANUP(json_free)
	json_t *args = json_pack("{s:s, s:s%, s:s}", "reason", "超过时限，自动提级", "clock", m->kind.p,
		m->kind.n, "due", time_format(m->due, due));
	return record_apply(op, &o, "escalate", args, err) && watch_on(op, &o, err);
}

/* It was read before the transaction: what has been met, paused or moved meanwhile is left alone. */
static bool fire(struct op *op, const struct missed *m, struct err *err)
{
	if (!db_exec(op_db(op),
		    SQL("UPDATE clocks SET missed_at=? WHERE n=? AND due_at=? AND missed_at IS NULL AND "
			"met_at "
			"IS NULL"
			" AND paused_at IS NULL AND ended_at IS NULL"),
		    V(db_i(op_now(op)), db_i(m->n), db_i(m->due)), err))
		return false;
	if (db_changes(op_db(op)) == 0 || !span_is(m->resource, "order"))
		return true;
	return escalate(op, m, err);
}

static bool fire_some(struct op *op, const struct missed *missed, size_t n, struct err *err)
{
	bool ok = op_begin(op, err);
	for (size_t i = 0; ok && i < n; i++)
		ok = fire(op, &missed[i], err);
	ok = ok && op_commit(op, err);
	op_rollback(op);
	return ok;
}

/* The store's own trouble would meet every row alike; all else is the matter of one. */
static bool is_of_one_row(const struct err *err)
{
	return err->code != ERR_BUSY && err->code != ERR_IO && err->code != ERR_NO_SPACE &&
		err->code != ERR_SCHEMA && err->code != ERR_TOO_LARGE;
}

/* A batch that fails is done again row by row, so that one bad row (its template or calendar is gone) holds
 * up nobody else's.  It is tried again at the next tick, until somebody has mended it. */
static bool fire_batch(struct op *op, const struct missed *missed, size_t n, struct err *err)
{
	struct err one = { 0 };
	if (fire_some(op, missed, n, &one))
		return true;
	for (size_t i = 0; i < n && is_of_one_row(&one); i++) {
		struct err why = { 0 };
		if (fire_some(op, &missed[i], 1, &why))
			continue;
		if (is_of_one_row(&why))
			log_error("clock.not_fired", LOG_INT("clock_n", missed[i].n),
				LOG_TEXT("resource", missed[i].resource),
				LOG_INT("record_n", missed[i].record_n), LOG_Z("reason", why.en));
		else
			one = why;
	}
	if (is_of_one_row(&one))
		return true;
	*err = one;
	return false;
}

static bool fire_due(struct op *op, struct err *err)
{
	struct missed last = { .due = INT64_MIN }, *missed;
	for (size_t n = TICK_BATCH; n == TICK_BATCH;) {
		if (!due_clocks(op, &last, &missed, &n, err) || !fire_batch(op, missed, n, err))
			return false;
		if (n)
			last = missed[n - 1];
	}
	return true;
}

/* ---- archiving ---- */

static bool archive_some(struct op *op, int64_t before, size_t *ret_n, struct err *err)
{
	int64_t ns[TICK_BATCH];
	size_t n = 0;
	{
		CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
		bool row;
		if (!db_query(op_db(op),
			    SQL("SELECT n FROM orders WHERE state='verified' AND verified_at<=? ORDER BY "
				"verified_at"
				" LIMIT ?"),
			    V(db_i(before), db_i(TICK_BATCH)), &r, err))
			return false;
		for (;;) {
			if (!db_next(r, &row, err))
				return false;
			if (!row)
				break;
			ns[n++] = db_col_int(r, 0);
		}
	}
	for (size_t i = 0; i < n; i++) {
		struct record o;
		bool found;
		if (!resource_load(op, &order_resource, ns[i], &o, &found, err) ||
			!record_apply(op, &o, "archive", NULL, err))
			return false;
	}
	*ret_n = n;
	return true;
}

static bool archive(struct op *op, struct err *err)
{
	int64_t days;
	if (!rule_days(op, "archive_after_days", op_now(op), &days, err))
		return false;
	for (size_t n = TICK_BATCH; n == TICK_BATCH;) {
		bool ok = op_begin(op, err) && archive_some(op, op_now(op) - days * TIME_DAY, &n, err) &&
			op_commit(op, err);
		op_rollback(op);
		if (!ok)
			return false;
	}
	return true;
}

static bool expire(struct op *op, struct err *err)
{
	for (int64_t n = TICK_BATCH; n == TICK_BATCH;) {
		bool ok = op_begin(op, err) && finding_expire(op, TICK_BATCH, &n, err) && op_commit(op, err);
		op_rollback(op);
		if (!ok)
			return false;
	}
	return true;
}

bool order_clock_tick(struct op *op, int64_t *ret_next_at, struct err *err)
{
	bool agrees, found;
	int64_t now = clock_wall(), next = now + TICK_LATEST, due;
	if (!clock_agrees(op, &agrees, err))
		return false;
	if (agrees && (!fire_due(op, err) || !archive(op, err) || !expire(op, err)))
		return false;
	/* What was due before and is still there could not be fired: it can wait for the next round. */
	if (!db_int(op_db(op),
		    SQL("SELECT due_at FROM clocks WHERE due_at>=? AND met_at IS NULL AND missed_at IS NULL"
			" AND paused_at IS NULL AND ended_at IS NULL ORDER BY due_at LIMIT 1"),
		    V(db_i(now)), &due, &found, err))
		return false;
	/* A deadline is missed the moment after it. */
	*ret_next_at = agrees && found && due + 1 < next ? (due + 1 > now ? due + 1 : now) : next;
	return true;
}

const struct job_tick order_ticks[] = { { "order.clocks", order_clock_tick },
	{ "order.uncertain", order_uncertain_tick }, { "order.quarter", order_quarter_tick } };
const size_t order_ticks_count = COUNT(order_ticks);
