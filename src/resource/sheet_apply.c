#include <inttypes.h>

#include "codec/table.h"
#include "os/clock.h"
#include "resource/sheet_room.h"

enum { BATCH_MS = 35 };

static bool zip(struct span bytes)
{
	return span_starts(bytes, SPAN("PK\x03\x04"));
}

static bool about_file(enum err_code code)
{
	return code == ERR_MALFORMED || code == ERR_INVALID || code == ERR_TOO_LARGE ||
		code == ERR_MEDIA_TYPE;
}

/* Nothing of the file can be taken: one problem, no rows. */
static bool refuse_file(struct op *op, struct import_plan *p, const struct err *why, struct err *err)
{
	struct str problems = STR_IN(op->arena, 1 << 16);
	str_addz(&problems, "[{\"line\":0,\"column\":\"\",\"zh\":");
	str_add_json(&problems, span_of(why->zh));
	str_addz(&problems, ",\"en\":");
	str_add_json(&problems, span_of(why->en));
	str_addz(&problems, "}]");
	p->counts = (struct import_counts){ 0 };
	p->hosts = 0;
	return str_check(&problems, err) && plan_finish(op, p, str_span(&problems), "refused", err);
}

/* *ret_refused: nothing of it can be taken, and why. */
static bool read_again(struct op *op, const struct import_plan *p, struct span bytes, struct sheet *s,
	struct err *ret_refused, struct err *err)
{
	CLEANUP(table_close_p) struct table *t = NULL;
	struct err why = { 0 };
	s->csv = !zip(bytes);
	s->scope = p->scope;
	s->unit_n = p->unit_n;
	bool ok = table_open_span(bytes, IMPORT_UPLOAD_MAX * UINT64_C(8), &t, &why) &&
		sheet_read(op, s, t, &why);
	if (ok && s->broken.code)
		why = s->broken;
	if (ok && !s->broken.code)
		return true;
	if (!about_file(why.code)) {
		*err = why;
		return false;
	}
	*ret_refused = why;
	return true;
}

bool sheet_plan(struct op *op, struct import_plan *p, struct span bytes, struct err *err)
{
	CLEANUP(json_free) json_t *options = NULL;
	struct err refused = { 0 };
	struct sheet s = { .kind = import_kind_find(p->kind)->sheet, .arena = op->arena };
	if (!json_parse(p->options, 5, &options, err))
		return false;
	s.options = options;
	if (!read_again(op, p, bytes, &s, &refused, err))
		return false;
	return refused.code ? refuse_file(op, p, &refused, err) : sheet_store(op, p, &s, "ready", err);
}

/* ---- applying ---- */

/* What was compared when it was uploaded is compared again: *ret_still whether it may still go in. */
static bool plan_again(struct op *op, struct import_plan *p, bool all, bool *ret_still, struct err *err)
{
	struct span body;
	bool more = true;
	while (more) {
		if (!op_begin(op, err))
			return false;
		if (!sheet_drop(op, p->n, &more, err) || !op_commit(op, err)) {
			op_rollback(op);
			return false;
		}
	}
	if (!store_blob_get(op->store, p->file, IMPORT_UPLOAD_MAX, op->arena, &body, err))
		return false;
	CLEANUP(json_free) json_t *options = NULL;
	struct err refused = { 0 };
	struct sheet s = { .kind = import_kind_find(p->kind)->sheet, .arena = op->arena };
	if (!json_parse(p->options, 5, &options, err))
		return false;
	s.options = options;
	if (!read_again(op, p, body, &s, &refused, err))
		return false;
	if (refused.code) {
		*ret_still = false;
		return refuse_file(op, p, &refused, err);
	}
	*ret_still = !all || sheet_left(&s) == 0;
	return sheet_store(op, p, &s, *ret_still ? "applying" : "ready", err);
}

static bool mark_applied(struct op *op, const struct import_plan *p, int64_t ordinal, struct err *err)
{
	return db_exec(op_db(op), SQL("UPDATE import_plans SET applied = ? WHERE n = ?"),
		V(db_i(ordinal), db_i(p->n)), err);
}

struct applying {
	struct op *op;
	const struct import_plan *p;
	struct sheet *s;
	size_t at;                             /* the row that is next */
	bool alone;                            /* row by row: one of the next rows cannot go in */
};

/* One transaction: as many rows as its time allows, at least one.  What fails leaves `at` where it was. */
static bool apply_batch(struct applying *g, struct err *err)
{
	struct op *op = g->op;
	struct sheet *s = g->s;
	if (!op_begin(op, err))
		return false;
	int64_t end = g->alone ? 0 : clock_mono_ns() + BATCH_MS * INT64_C(1000000);
	size_t from = g->at, at = from;
	bool ok = true;
	while (ok && at < s->rows.n && (at == from || clock_mono_ns() < end))
		ok = s->kind->write(op, s, &s->rows.p[at++], err);
	ok = ok && mark_applied(op, g->p, s->rows.p[at - 1].ordinal, err) && op_commit(op, err);
	if (ok)
		g->at = at;
	else
		op_rollback(op);
	return ok;
}

/* What others changed since it was compared: the row's fault, not the store's. */
static bool about_row(enum err_code code)
{
	return code == ERR_INVALID || code == ERR_CONFLICT || code == ERR_DUPLICATE ||
		code == ERR_NOT_FOUND ||
		code == ERR_FORBIDDEN || code == ERR_PRECONDITION;
}

/* A plan that is half in cannot wait for ever for one row: the row is left out and says why. */
static bool leave_row(struct applying *g, const struct err *why, struct err *err)
{
	struct op *op = g->op;
	struct sheet *s = g->s;
	struct sheet_row *row = &s->rows.p[g->at];
	if (!op_begin(op, err))
		return false;
	if (!sheet_refuse(op, g->p, s, row, why, err) || !mark_applied(op, g->p, row->ordinal, err) ||
		!op_commit(op, err)) {
		op_rollback(op);
		return false;
	}
	memmove(row, row + 1, (s->rows.n - g->at - 1) * sizeof *row);
	s->rows.n--;
	g->alone = false;
	return true;
}

static bool apply_rows(struct applying *g, struct err *err)
{
	while (g->at < g->s->rows.n) {
		struct err why = { 0 };
		bool ok = apply_batch(g, &why);
		if (!ok && !about_row(why.code)) {
			*err = why;
			return false;
		}
		if (!ok && !g->alone)
			g->alone = true;
		else if (!ok && !leave_row(g, &why, err))
			return false;
		arena_reset(g->op->arena);
	}
	return true;
}

static bool finish(struct op *op, const struct import_plan *p, struct sheet *s, struct err *err)
{
	if (!op_begin(op, err))
		return false;
	bool ok = (!s->kind->finish || s->kind->finish(op, s, err)) && mark_applied(op, p, p->hosts, err) &&
		plan_state(op, p, "applied", err) && op_commit(op, err);
	if (!ok)
		op_rollback(op);
	return ok;
}

bool sheet_apply(struct op *op, struct import_plan *p, struct err *err)
{
	CLEANUP(arena_free_p) struct arena *scratch = arena_new(64u << 20, 256u << 20);
	CLEANUP(json_free) json_t *options = NULL;
	bool still = true;
	if (!json_parse(p->options, 5, &options, err))
		return false;
	bool all = !span_is(json_get_text(options, "rows"), "clean");
	if (p->file.n && p->applied == 0 && (!plan_again(op, p, all, &still, err) || !still))
		return !still;
	/* every row that goes in, also the ones done before a break: what finish() does concerns all */
	struct sheet s = { .kind = import_kind_find(p->kind)->sheet, .arena = op->arena, .scope = p->scope,
		.unit_n = p->unit_n, .options = options };
	if (!sheet_load(op, p, &s, true, 0, err))
		return false;
	struct op own = *op;
	own.arena = scratch;
	struct applying g = { .op = &own, .p = p, .s = &s };
	while (g.at < s.rows.n && s.rows.p[g.at].ordinal <= p->applied)
		g.at++;
	return apply_rows(&g, err) && finish(&own, p, &s, err);
}
