#include <stdio.h>

#include "asset/import.h"
#include "os/clock.h"
#include "os/file.h"

enum { READ_AHEAD = 500 };

bool plan_lock(struct op *op, int64_t wait_ms, int *ret_fd, struct err *err)
{
	char path[4096];
	int n = snprintf(path, sizeof path, "%s/store/import.lock", store_folder(op->store));
	if (n < 0 || (size_t)n >= sizeof path)
		return err_set(err, ERR_INVALID, "数据目录路径过长", "the path of the data folder is too long");
	if (file_lock(path, wait_ms, ret_fd, err))
		return true;
	if (err->code == ERR_BUSY)
		err_set(err, ERR_BUSY, "另一项导入正在进行，请稍后再试", "another import is under way, try again later");
	return false;
}

/* What was applied is not needed again, but for the preview's first rows. */
static bool mark_applied(struct op *op, struct import_plan *p, int64_t applied, struct err *err)
{
	return db_exec(op_db(op), SQL("UPDATE import_plans SET applied = ? WHERE n = ?"),
		       V(db_i(applied), db_i(p->n)), err) &&
		db_exec(op_db(op),
			SQL("DELETE FROM import_plan_rows WHERE plan_n = ? AND ordinal > ? AND ordinal <= ?"),
			V(db_i(p->n), db_i(applied < IMPORT_PREVIEW_ROWS ? applied : IMPORT_PREVIEW_ROWS),
				db_i(applied)),
			err) &&
		(applied < p->hosts || plan_state(op, p, "applied", err));
}

/* One transaction: as many hosts as its time allows, at least one. */
static bool apply_batch(struct op *op, struct import_plan *p, struct import_host *hosts, size_t n,
	size_t *ret_done, struct err *err)
{
	int64_t stamp = 0;
	size_t done = 0;
	if (!op_begin(op, err))
		return false;
	int64_t end = clock_mono_ns() + IMPORT_BATCH_MS * INT64_C(1000000);
	bool ok = true;
	while (ok && done < n && (done == 0 || clock_mono_ns() < end))
		ok = plan_write_host(op, &hosts[done++], p->id, &stamp, err);
	ok = ok && mark_applied(op, p, p->applied + (int64_t)done, err) && op_commit(op, err);
	if (!ok) {
		op_rollback(op);
		return false;
	}
	p->applied += (int64_t)done;
	*ret_done = done;
	return true;
}

static bool apply_rows(struct op *op, struct import_plan *p, struct err *err)
{
	while (p->applied < p->hosts) {
		struct import_rows rows;
		if (!plan_rows(op, p->n, p->applied, READ_AHEAD, &rows, err))
			return false;
		if (rows.n == 0)
			return err_set(err, ERR_CORRUPT, "导入计划不完整", "the import plan is incomplete");
		for (size_t at = 0, done; at < rows.n; at += done) {
			if (!apply_batch(op, p, rows.hosts + at, rows.n - at, &done, err))
				return false;
		}
		arena_reset(op->arena);
	}
	return true;
}

static bool apply_nothing(struct op *op, struct import_plan *p, struct err *err)
{
	if (!op_begin(op, err))
		return false;
	bool ok = plan_state(op, p, "applied", err) && op_commit(op, err);
	if (!ok)
		op_rollback(op);
	return ok;
}

/* The work is done in the name of whoever asked for it, on memory of its own, given back after each
 * read-ahead. */
bool plan_apply(struct op *op, int64_t plan_n, struct err *err)
{
	struct arena *a = arena_new(256u << 20, 512u << 20);
	struct import_plan p;
	bool found, ok = plan_load(op, plan_n, &p, &found, err);
	if (ok && !found)
		ok = err_set(err, ERR_NOT_FOUND, "没有这项导入", "there is no such import");
	if (ok && span_is(p.state, "applying")) {
		struct actor actor = *op->actor;
		actor.who.user_n = p.user_n;
		actor.who.name = p.actor;
		struct op own = { .store = op->store, .actor = &actor, .arena = a, .zh = op->zh };
		ok = p.hosts == 0 ? apply_nothing(&own, &p, err) : apply_rows(&own, &p, err);
	}
	arena_free(a);
	return ok;
}

/* ---- after a crash ---- */

static bool start_again(struct op *op, int64_t plan_n, struct err *err)
{
	struct import_plan p;
	bool found;
	if (!plan_load(op, plan_n, &p, &found, err))
		return false;
	return !found || (db_exec(op_db(op), SQL("UPDATE import_plans SET hosts = 0 WHERE n = ?"),
			V(db_i(plan_n)),
				  err) &&
				 plan_state(op, &p, p.file.n ? "received" : "cancelled", err));
}

bool plan_drop_rows(struct op *op, int64_t plan_n, struct err *err)
{
	for (bool more = true; more;) {
		if (!op_begin(op, err))
			return false;
		bool ok = db_exec(op_db(op),
			SQL("DELETE FROM import_plan_rows WHERE plan_n = ? AND ordinal <="
			    " (SELECT MIN(ordinal) + 2000 FROM import_plan_rows WHERE plan_n = ?)"),
			V(db_i(plan_n), db_i(plan_n)), err);
		more = ok && db_changes(op_db(op)) > 0;
		/* One read from a local file is gone with its reader; an uploaded one is read again by its
		 * job. */
		if (ok && !more)
			ok = start_again(op, plan_n, err);
		ok = ok && op_commit(op, err);
		if (!ok) {
			op_rollback(op);
			return false;
		}
	}
	return true;
}

static bool find_open(struct op *op, int64_t *ret_n, bool *ret_applying, bool *ret_found, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	if (!db_query(op_db(op),
		    SQL("SELECT n, state FROM import_plans WHERE state IN ('building', 'applying')"
			" ORDER BY n LIMIT 1"),
		    V0, &r, err) ||
		!db_next(r, ret_found, err))
		return false;
	*ret_n = *ret_found ? db_col_int(r, 0) : 0;
	*ret_applying = *ret_found && span_is(db_col_text(r, 1), "applying");
	return true;
}

bool plan_resume_locked(struct op *op, struct err *err)
{
	for (;;) {
		int64_t n;
		bool applying, found;
		if (!find_open(op, &n, &applying, &found, err))
			return false;
		if (!found)
			return true;
		if (!(applying ? plan_apply(op, n, err) : plan_drop_rows(op, n, err)))
			return false;
	}
}

bool asset_import_resume(struct op *op, struct err *err)
{
	int64_t n;
	bool applying, found;
	CLEANUP(file_close) int lock = -1;
	if (!find_open(op, &n, &applying, &found, err))
		return false;
	if (!found)
		return true;
	struct err busy = { 0 };
	if (!plan_lock(op, 0, &lock, &busy)) {
		if (busy.code == ERR_BUSY)
			return true;
		*err = busy;
		return false;
	}
	return plan_resume_locked(op, err);
}
