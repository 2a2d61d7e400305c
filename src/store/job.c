#include "store/store_room.h"

#include "os/clock.h"

enum { RETRIES_MAX = 8, REASON_CHARACTERS = 500, KEY_MAX = 512, ARGUMENT_MAX = 1024 * 1024 };

static const struct store_actor jobs_actor = { .name = { "jobs", 4 } };

bool store_job_add(struct store_tx *tx, const struct store_work *w, struct err *err)
{
	if (w->key.n > KEY_MAX || w->argument.n > ARGUMENT_MAX)
		return err_set(err, ERR_TOO_LARGE, "任务 %s 的参数过大",
			"the argument of a job %s is too large", w->kind);
	return db_exec(store_tx_db(tx),
		SQL("INSERT INTO jobs (kind, key, lane, state, run_at, lease, lease_until, attempts, "
		    "argument,"
		    " reason, created_at) VALUES (?, ?, ?, 'waiting', ?, 0, 0, 0, ?, '', ?)"
		    " ON CONFLICT (kind, key) WHERE state = 'waiting' DO UPDATE SET argument = "
		    "excluded.argument,"
		    " run_at = CASE WHEN excluded.run_at < jobs.run_at THEN excluded.run_at ELSE jobs.run_at "
		    "END"),
		V(db_z(w->kind), db_t(w->key.p ? w->key : SPAN("")), db_i(w->lane),
			db_i(w->run_at ? w->run_at : store_tx_now(tx)),
			db_t(w->argument.p ? w->argument : SPAN("")), db_i(store_tx_now(tx))),
		err);
}

/* One that is running is not run a second time beside it: not the same work in two workers.  ret->n 0: none
 * is due. */
static bool find_due(struct db *db, enum store_lane lane, int64_t now, struct arena *a, struct store_job *ret,
		     struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row = false;
	if (!db_query(db,
		    SQL("SELECT n, kind, key, argument, attempts FROM jobs AS j WHERE"
			" ((state = 'waiting' AND lane = ? AND run_at <= ?)"
			" OR (state = 'running' AND lane = ? AND lease_until <= ?))"
			" AND NOT EXISTS (SELECT 1 FROM jobs AS o WHERE o.kind = j.kind AND o.key = j.key"
			" AND o.state = 'running' AND o.lease_until > ? AND o.n <> j.n) ORDER BY run_at, n "
			"LIMIT 1"),
		    V(db_i(lane), db_i(now), db_i(lane), db_i(now), db_i(now)), &r, err) ||
		!db_next(r, &row, err))
		return false;
	*ret = (struct store_job){ .n = 0 };
	if (row)
		*ret = (struct store_job){ .n = db_col_int(r, 0),
			.kind = db_col(r, 1, a).s,
			.key = db_col(r, 2, a).s,
			.argument = db_col(r, 3, a).s,
			.attempts = (int)db_col_int(r, 4) };
	return true;
}

static bool keep_as_failed(struct db *db, int64_t n, int64_t now, struct span reason, struct err *err)
{
	return db_exec(db,
		SQL("UPDATE jobs SET state = 'failed', reason = ?, ended_at = ?, lease_until = 0 WHERE n = "
		    "?"),
		V(db_t(reason), db_i(now), db_i(n)), err);
}

/* A job whose worker died each time is given up like one that failed each time. */
static bool take_one(struct store_tx *tx, enum store_lane lane, int64_t lease_ms, struct arena *a,
		     struct store_job *ret, struct err *err)
{
	struct db *db = store_tx_db(tx);
	int64_t now = store_tx_now(tx), lease;
	struct store_job j = { 0 };
	for (;;) {
		if (!find_due(db, lane, now, a, &j, err))
			return false;
		if (j.n == 0 || j.attempts <= RETRIES_MAX)
			break;
		if (!keep_as_failed(db, j.n, now, SPAN("lease ran out"), err))
			return false;
	}
	if (j.n != 0) {
		hash_random(&lease, sizeof lease);
		j.lease = lease & INT64_MAX;
		j.attempts++;
	}
	*ret = j;
	return j.n == 0 ||
		db_exec(db,
			SQL("UPDATE jobs SET state = 'running', lease = ?, lease_until = ?, attempts = ? "
			    "WHERE n = ?"),
			V(db_i(j.lease), db_i(now + lease_ms), db_i(j.attempts), db_i(j.n)), err);
}

bool store_job_take(struct store *s, enum store_lane lane, int64_t lease_ms, struct arena *a,
	struct store_job *ret, struct err *err)
{
	struct store_job j = { 0 };
	/* An idle worker takes no lock. */
	if (!find_due(s->reader, lane, clock_wall(), a, &j, err))
		return false;
	if (j.n != 0) {
		CLEANUP(store_rollback) struct store_tx *tx = NULL;
		if (!store_begin(s, &jobs_actor, &tx, err) || !take_one(tx, lane, lease_ms, a, &j, err)
		    || !store_commit(&tx, err))
			return false;
	}
	*ret = j;
	return true;
}

static bool lost(const struct store_job *j, struct err *err)
{
	return err_set(err, ERR_CONFLICT, "任务 " SPAN_FMT " 的租约已失效", "the lease of job " SPAN_FMT " is lost",
		       SPAN_ARG(j->kind));
}

bool store_job_renew(struct store *s, struct store_job *j, int64_t lease_ms, struct err *err)
{
	CLEANUP(store_rollback) struct store_tx *tx = NULL;
	if (!store_begin(s, &jobs_actor, &tx, err) ||
		!db_exec(store_tx_db(tx),
			SQL("UPDATE jobs SET lease_until = ? WHERE n = ? AND lease = ? AND state = "
			    "'running'"),
			V(db_i(store_tx_now(tx) + lease_ms), db_i(j->n), db_i(j->lease)), err))
		return false;
	if (db_changes(store_tx_db(tx)) != 1)
		return lost(j, err);
	return store_commit(&tx, err);
}

bool store_job_done(struct store_tx *tx, const struct store_job *j, struct err *err)
{
	if (!db_exec(store_tx_db(tx), SQL("DELETE FROM jobs WHERE n = ? AND lease = ? AND state = 'running'"),
		     V(db_i(j->n), db_i(j->lease)), err))
		return false;
	return db_changes(store_tx_db(tx)) == 1 || lost(j, err);
}

/* The same work may have been asked for again meanwhile: then that row does it. */
static bool try_again(
	struct db *db, const struct store_job *j, int64_t now, struct span reason, struct err *err)
{
	int64_t n;
	bool found = false;
	if (!db_int(db, SQL("SELECT n FROM jobs WHERE kind = ? AND key = ? AND state = 'waiting'"),
		    V(db_t(j->kind), db_t(j->key)), &n, &found, err))
		return false;
	if (found)
		return db_exec(db, SQL("DELETE FROM jobs WHERE n = ?"), V(db_i(j->n)), err);
	int64_t delay = TIME_MINUTE << (j->attempts - 1);
	return db_exec(db,
		SQL("UPDATE jobs SET state = 'waiting', reason = ?, run_at = ?, lease_until = 0 WHERE n = ?"),
		V(db_t(reason), db_i(now + delay), db_i(j->n)), err);
}

bool store_job_failed(struct store_tx *tx, const struct store_job *j, struct span reason, struct err *err)
{
	struct db *db = store_tx_db(tx);
	int64_t n;
	bool found = false;
	reason = reason.p && utf8_valid(reason) ? utf8_cut(reason, REASON_CHARACTERS) : SPAN("");
	if (!db_int(db, SQL("SELECT n FROM jobs WHERE n = ? AND lease = ? AND state = 'running'"),
		    V(db_i(j->n), db_i(j->lease)), &n, &found, err))
		return false;
	if (!found)
		return lost(j, err);
	return j->attempts > RETRIES_MAX ? keep_as_failed(db, j->n, store_tx_now(tx), reason, err)
					 : try_again(db, j, store_tx_now(tx), reason, err);
}

bool store_job_retry(struct store_tx *tx, int64_t n, struct err *err)
{
	struct db *db = store_tx_db(tx);
	struct span kind;
	int64_t one;
	bool waiting;
	if (!db_text(db, SQL("SELECT kind FROM jobs WHERE n = ? AND state = 'failed'"), V(db_i(n)),
		    store_tx_arena(tx), &kind, err))
		return false;
	if (!kind.p)
		return err_set(err, ERR_NOT_FOUND, "没有这个失败的任务", "there is no such failed job");
	if (!db_int(db,
		    SQL("SELECT 1 FROM jobs AS o JOIN jobs AS j ON j.kind = o.kind AND j.key = o.key"
			" WHERE j.n = ? AND o.state = 'waiting'"),
		    V(db_i(n)), &one, &waiting, err))
		return false;
	if (waiting)
		return err_set(err, ERR_CONFLICT, "同一工作已在等待执行", "the same work waits already");
	struct store_change change = { .resource = "job", .record_n = n, .record_id = kind, .verb = "retry" };
	return db_exec(db,
		       SQL("UPDATE jobs SET state = 'waiting', run_at = ?, attempts = 0, lease_until = 0,"
			   " ended_at = NULL WHERE n = ?"),
		       V(db_i(store_tx_now(tx)), db_i(n)), err) &&
		store_add_change(tx, &change, NULL, err);
}

bool store_job_next_due(
	struct store *s, enum store_lane lane, int64_t *ret_at, bool *ret_found, struct err *err)
{
	int64_t at = 0, lease_until = 0;
	bool waiting = false, running = false;
	if (!db_int(s->reader,
		    SQL("SELECT run_at FROM jobs WHERE lane = ? AND state = 'waiting' ORDER BY run_at LIMIT "
			"1"),
		    V(db_i(lane)), &at, &waiting, err) ||
		!db_int(s->reader,
			SQL("SELECT lease_until FROM jobs WHERE lane = ? AND state = 'running'"
			    " ORDER BY lease_until LIMIT 1"),
			V(db_i(lane)), &lease_until, &running, err))
		return false;
	*ret_found = waiting || running;
	if (*ret_found)
		*ret_at = running && (!waiting || lease_until < at) ? lease_until : at;
	return true;
}
