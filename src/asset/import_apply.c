#include "asset/import.h"
#include "os/clock.h"

enum { READ_AHEAD = 500 };

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

bool asset_import_apply(struct op *op, struct import_plan *p, struct err *err)
{
	return p->hosts == 0 ? apply_nothing(op, p, err) : apply_rows(op, p, err);
}

bool asset_import_drop(struct op *op, int64_t plan_n, bool *ret_more, struct err *err)
{
	if (!db_exec(op_db(op),
		    SQL("DELETE FROM import_plan_rows WHERE plan_n = ? AND ordinal <="
			" (SELECT MIN(ordinal) + 2000 FROM import_plan_rows WHERE plan_n = ?)"),
		    V(db_i(plan_n), db_i(plan_n)), err))
		return false;
	*ret_more = db_changes(op_db(op)) > 0;
	return true;
}
