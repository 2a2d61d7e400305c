/* Imports are guests: so many may wait, so long, and what went in is forgotten here. */
#include <inttypes.h>

#include "resource/sheet_room.h"

#define WAITING "('received', 'building', 'ready', 'refused', 'applying', 'failed')"

/* The settings that `people/setting.def` declares, with its values where nobody set them. */
static bool setting(struct op *op, const char *key, int64_t otherwise, int64_t *ret, struct err *err)
{
	struct span text;
	if (!db_text(op_db(op), SQL("SELECT value FROM settings WHERE key = ?"), V(db_z(key)), op->arena,
	    &text, err))
		return false;
	if (!text.p || !span_int(text, 1, INT64_MAX, ret))
		*ret = otherwise;
	return true;
}

bool import_room(struct op *op, const struct import_plan *p, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	int64_t most, megabytes;
	bool row;
	if (op->actor->local)
		return true;
	if (!setting(op, "imports_pending", 20, &most, err) ||
		!setting(op, "imports_pending_megabytes", 256, &megabytes, err) ||
		!db_query(op_db(op),
			SQL("SELECT COUNT(*), COALESCE(SUM(bytes), 0) FROM import_plans WHERE user_n = ? AND"
			    " state IN " WAITING),
			V(db_i(op->actor->who.user_n)), &r, err) ||
		!db_next(r, &row, err))
		return false;
	int64_t n = db_col_int(r, 0), bytes = db_col_int(r, 1);
	if (n >= most)
		return err_set(err, ERR_CONFLICT, "您有 %" PRId64 " 项导入还没有应用，已到上限（%" PRId64 " 项）；请先导入或放弃其中几项",
			"%" PRId64 " of your imports wait to be applied, which is the most (%" PRId64
			"): apply or give up some of them first",
			n, most);
	if (bytes + p->bytes > megabytes << 20)
		return err_set(err, ERR_CONFLICT,
			"您未应用的导入文件已有 %" PRId64 " MB，加上本次将超过上限（%" PRId64 " MB）；请先导入或放弃其中几项",
			"files of your imports that wait have %"
			PRId64 " MB; with this one it would be more than %" PRId64
			" MB: apply or give up some of them first",
			bytes >> 20, megabytes);
	return true;
}

bool import_show_kept(struct op *op, const struct record *r, struct str *out, struct err *err)
{
	char text[TIME_TEXT];
	int64_t days;
	if (span_is(record_text(r, "kept"), "none"))
		return true;
	if (!setting(op, "import_keep_days", 30, &days, err))
		return false;
	str_addf(out, ",\"kept_until\":\"%s\"", time_format(r->updated_at + days * TIME_DAY, text));
	return true;
}

/* ---- what cannot be completed ---- */

bool import_lasts(enum err_code code)
{
	return code == ERR_MALFORMED || code == ERR_INVALID || code == ERR_TOO_LARGE ||
		code == ERR_MEDIA_TYPE ||
		code == ERR_CONFLICT || code == ERR_DUPLICATE || code == ERR_NOT_FOUND ||
		code == ERR_FORBIDDEN ||
		code == ERR_PRECONDITION || code == ERR_CORRUPT;
}

static bool write_failure(struct op *op, const struct import_plan *p, const struct err *why, struct err *err)
{
	struct str problems = STR_IN(op->arena, 1 << 16);
	const char *state = span_is(p->state, "applying") ? "failed" : "refused";
	str_addz(&problems, "[{\"line\":0,\"column\":\"\",\"zh\":");
	str_add_json(&problems, span_of(why->zh));
	str_addz(&problems, ",\"en\":");
	str_add_json(&problems, span_of(why->en));
	str_addz(&problems, "}]");
	return str_check(&problems, err) &&
		db_exec(op_db(op), SQL("UPDATE import_plans SET problems = ? WHERE n = ?"),
			V(db_t(str_span(&problems)), db_i(p->n)), err) &&
		plan_state(op, p, state, err);
}

bool import_fail(struct op *op, int64_t plan_n, const struct err *why, struct err *err)
{
	struct import_plan p;
	bool found;
	if (!op_begin(op, err))
		return false;
	bool ok = plan_load(op, plan_n, &p, &found, err);
	if (ok && found && (span_is(p.state, "applying") || span_is(p.state, "received") ||
	    span_is(p.state, "building")))
		ok = write_failure(op, &p, why, err);
	ok = ok && op_commit(op, err);
	if (!ok)
		op_rollback(op);
	return ok;
}

/* ---- forgetting ---- */

static bool over(struct span state)
{
	return span_is(state, "applied") || span_is(state, "cancelled");
}

static bool set_kept(struct op *op, const struct import_plan *p, const char *kept, struct err *err)
{
	CLEANUP(json_free) json_t *options = NULL;
	struct str out = STR_IN(op->arena, 8 << 20);
	if (!json_parse(p->options, 6, &options, err))
		return false;
	json_object_del(options, "cells");
	return json_write(options, &out, err) &&
		db_exec(op_db(op),
			SQL("UPDATE import_plans SET kept = ?, options = ?, problems = '[]' WHERE n = ?"),
			V(db_z(kept), db_t(str_span(&out)), db_i(p->n)), err);
}

/* *at: how far it came; 0 when done */
static bool forget_some(struct op *op, const struct import_plan *p, bool all, int64_t *at, struct err *err)
{
	const struct import_kind *kind = import_kind_find(p->kind);
	bool more = false;
	if (!all) {
		if (kind && kind->sheet && !sheet_redact(op, p, at, err))
			return false;
		return *at > 0 || set_kept(op, p, "rest", err);
	}
	if (kind && !(kind->sheet ? sheet_drop : kind->drop)(op, p->n, &more, err))
		return false;
	*at = more;
	return more || set_kept(op, p, "none", err);
}

static bool forget(struct op *op, const struct import_plan *p, bool all, struct err *err)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(64u << 20, 256u << 20);
	struct op own = *op;
	own.arena = a;
	for (int64_t at = 0;;) {
		if (!op_begin(&own, err))
			return false;
		if (!forget_some(&own, p, all, &at, err) || !op_commit(&own, err)) {
			op_rollback(&own);
			return false;
		}
		if (at == 0)
			return true;
		arena_reset(a);
	}
}

bool import_purge(struct op *op, const struct import_plan *p, struct err *err)
{
	struct span kept;
	if (!over(p->state))
		return true;
	if (!db_text(op_db(op), SQL("SELECT kept FROM import_plans WHERE n = ?"), V(db_i(p->n)), op->arena,
	    &kept, err))
		return false;
	if (span_is(p->state, "cancelled"))
		return span_is(kept, "none") || forget(op, p, true, err);
	return !span_is(kept, "all") || forget(op, p, false, err);
}

/* The uploaded file, once neither another plan nor an attachment is the same. */
static bool drop_file(struct op *op, const struct import_plan *p, struct err *err)
{
	int64_t other;
	bool named, gone = true;
	if (!db_int(op_db(op),
		    SQL("SELECT 1 WHERE EXISTS (SELECT 1 FROM import_plans WHERE file = ? AND n <> ?)"
			" OR EXISTS (SELECT 1 FROM attachments WHERE blob = ?)"),
		    V(db_t(p->file), db_i(p->n), db_t(p->file)), &other, &named, err) ||
		(!named && !store_blob_drop(op->store, p->file, &gone, err)))
		return false;
	return !gone || db_exec(op_db(op), SQL("UPDATE import_plans SET file = '' WHERE n = ?"),
		V(db_i(p->n)), err);
}

static bool forget_file(struct op *op, const struct import_plan *p, struct err *err)
{
	if (!op_begin(op, err))
		return false;
	if (drop_file(op, p, err) && op_commit(op, err))
		return true;
	op_rollback(op);
	return false;
}

static bool give_up(struct op *op, const struct import_plan *p, struct err *err)
{
	if (!op_begin(op, err))
		return false;
	if (plan_state(op, p, "cancelled", err) && op_commit(op, err))
		return true;
	op_rollback(op);
	return false;
}

/* Everything that is due for one plan; `late`: its days are over. */
static bool keep_one(struct op *op, int64_t plan_n, int64_t before, struct err *err)
{
	struct import_plan p;
	bool found, late;
	int64_t at;
	if (!plan_load(op, plan_n, &p, &found, err) || !found ||
		!db_int(op_db(op), SQL("SELECT updated_at FROM import_plans WHERE n = ?"), V(db_i(plan_n)),
		&at, &found, err))
		return err->code == ERR_NONE;
	late = at < before;
	if (!over(p.state)) {
		if (!late || !give_up(op, &p, err))
			return err->code == ERR_NONE;
		p.state = SPAN("cancelled");
	}
	return (late ? forget(op, &p, true, err) : import_purge(op, &p, err)) &&
		(!p.file.n || forget_file(op, &p, err));
}

enum { PLANS = 50, EVERY_MS = 60 * 60 * 1000 };

/* Plans that are over and still hold something, and plans that nobody applied in time. */
static bool find_due(
	struct op *op, int64_t before, int64_t after, int64_t list[PLANS], size_t *ret_n, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	if (!db_query(op_db(op),
		    SQL("SELECT n FROM import_plans WHERE n > ? AND (file <> '' OR kept <> 'none') AND"
			" ((state IN ('applied', 'cancelled') AND (updated_at < ? OR file <> '' OR kept = "
			"'all'))"
			" OR (state IN ('ready', 'refused', 'failed') AND updated_at < ?)) ORDER BY n LIMIT "
			"?"),
		    V(db_i(after), db_i(before), db_i(before), db_i(PLANS)), &r, err))
		return false;
	for (*ret_n = 0; *ret_n < PLANS; ++*ret_n) {
		bool row;
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		list[*ret_n] = db_col_int(r, 0);
	}
	return true;
}

static bool keep(struct op *op, int64_t *ret_next_at, struct err *err)
{
	int64_t days, list[PLANS], after = 0, now = op_now(op);
	size_t n = PLANS;
	if (!setting(op, "import_keep_days", 30, &days, err))
		return false;
	while (n == PLANS) {
		if (!find_due(op, now - days * TIME_DAY, after, list, &n, err))
			return false;
		for (size_t i = 0; i < n; i++)
			if (!keep_one(op, after = list[i], now - days * TIME_DAY, err))
				return false;
	}
	*ret_next_at = now + EVERY_MS;
	return true;
}

const struct job_tick import_ticks[] = { { "import.keep", keep } };
const size_t import_ticks_count = COUNT(import_ticks);
