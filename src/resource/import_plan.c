#include <inttypes.h>
#include <stdio.h>

#include "os/file.h"
#include "resource/sheet_room.h"

bool plan_in_scope(struct span scope, int64_t unit_n)
{
	if (span_is(scope, "*"))
		return true;
	struct span rest = scope;
	while (rest.p) {
		int64_t n;
		if (span_int(span_split(&rest, ','), 1, INT64_MAX, &n) && n == unit_n)
			return true;
	}
	return false;
}

bool plan_scope(struct op *op, enum perm perm, struct span *ret, int64_t *ret_unit_n, struct err *err)
{
	const struct actor *who = op->actor;
	*ret = SPAN("*");
	*ret_unit_n = 0;
	if (actor_whole(who, perm))
		return true;
	for (size_t i = 0; i < who->n_grants && !*ret_unit_n; i++)
		if (role_has(who->grants[i].role, perm))
			*ret_unit_n = who->grants[i].unit_n;
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct str list = STR_IN(op->arena, 1 << 20);
	struct sql *q = sql_new(op->arena);
	sql_add(q, "SELECT n FROM units WHERE 1=1");
	if (!actor_scope(who, op_db(op), perm, "n", q, err) || !db_query_sql(op_db(op), q, &r, err))
		return false;
	str_addc(&list, ',');
	for (;;) {
		bool row;
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		str_addf(&list, "%" PRId64 ",", db_col_int(r, 0));
	}
	*ret = str_span(&list);
	return str_check(&list, err);
}

bool plan_load(struct op *op, int64_t n, struct import_plan *ret, bool *ret_found, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct arena *a = op->arena;
	if (!db_query(op_db(op),
		    SQL("SELECT id, kind, state, actor, scope, file, options, user_n, hosts, applied, unit_n,"
			" rows_read, rows_new, rows_changed, rows_unchanged, rows_refused, removed, "
			"rows_asked, name, bytes"
			" FROM import_plans WHERE n = ?"),
		    V(db_i(n)), &r, err) ||
		!db_next(r, ret_found, err))
		return false;
	if (!*ret_found)
		return true;
	*ret = (struct import_plan){ .n = n,
		.user_n = db_col_int(r, 7),
		.hosts = db_col_int(r, 8),
		.applied = db_col_int(r, 9),
		.unit_n = db_col_int(r, 10),
		.counts = { db_col_int(r, 11), db_col_int(r, 12), db_col_int(r, 13), db_col_int(r, 14),
			db_col_int(r, 15), db_col_int(r, 16), db_col_int(r, 17) },
		.name = arena_span(a, db_col_text(r, 18)),
		.bytes = db_col_int(r, 19) };
	struct span *texts[] = { &ret->id, &ret->kind, &ret->state, &ret->actor, &ret->scope, &ret->file,
		&ret->options };
	for (size_t i = 0; i < COUNT(texts); i++)
		*texts[i] = arena_span(a, db_col_text(r, (int)i));
	return true;
}

static bool insert_plan(struct op *op, struct import_plan *p, struct err *err)
{
	char id[UUID_TEXT];
	bool found;
	int64_t now = op_now(op), seq;
	p->id = arena_span(op->arena, span_of(uuid_make(now, id)));
	if (!db_int(op_db(op),
		    SQL("INSERT INTO import_plans (id, version, created_at, updated_at, kind, state, actor, "
		    "user_n,"
			" unit_n, scope, file, options, rows_read, rows_new, rows_changed, rows_unchanged,"
			" rows_refused, removed, hosts, applied, problems, name, bytes)"
			" VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0, 0, '[]', ?, ?) "
			"RETURNING n"),
		    V(db_t(p->id), db_i(now), db_i(now), db_t(p->kind), db_t(p->state), db_t(p->actor),
			    db_i(p->user_n), p->unit_n ? db_i(p->unit_n) : db_null(), db_t(p->scope),
			    db_t(p->file), db_t(p->options), db_t(p->name.p ? p->name : SPAN("")),
			    db_i(p->bytes)),
		    &p->n, &found, err))
		return false;
	struct store_change c = { .resource = "import",
		.record_n = p->n,
		.record_id = p->id,
		.version = 1,
		.verb = "create",
		.unit_after_n = p->unit_n };
	return store_add_change(op->tx, &c, &seq, err);
}

bool plan_new(struct op *op, struct import_plan *p, struct err *err)
{
	bool own = !op->tx;
	const struct store_actor *who = &op->actor->who;
	p->user_n = who->user_n;
	p->actor = who->name.p ? who->name : SPAN("");
	if (!p->options.p)
		p->options = SPAN("{}");
	if (own && !op_begin(op, err))
		return false;
	if (insert_plan(op, p, err) && (!own || op_commit(op, err)))
		return true;
	if (own)
		op_rollback(op);
	return false;
}

bool plan_queue(
	struct op *op, const struct import_plan *p, const char *kind, int64_t delay_ms, struct err *err)
{
	struct store_work w = { .kind = kind,
		.key = p->id,
		.lane = STORE_LONG,
		.run_at = op_now(op) + delay_ms,
		.argument = arena_printf(op->arena, "{\"plan\":%" PRId64 "}", p->n) };
	return store_job_add(op->tx, &w, err);
}

bool plan_finish(struct op *op, const struct import_plan *p, struct span problems, const char *state,
	struct err *err)
{
	enum { RETRY_MS = 5000 };
	const struct import_counts *c = &p->counts;
	if (!op_begin(op, err))
		return false;
	bool ok = db_exec(op_db(op),
		SQL("UPDATE import_plans SET rows_read = ?, rows_new = ?, rows_changed = ?, rows_unchanged = "
		"?,"
		    " rows_refused = ?, removed = ?, rows_asked = ?, hosts = ?, problems = ? WHERE n = ?"),
		V(db_i(c->read), db_i(c->fresh), db_i(c->changed), db_i(c->unchanged), db_i(c->refused),
			db_i(c->removed), db_i(c->asked), db_i(p->hosts), db_t(problems), db_i(p->n)),
		err);
	ok = ok && plan_state(op, p, state, err);
	if (ok && strcmp(state, "applying") == 0)
		ok = plan_queue(op, p, "import.apply", RETRY_MS, err);
	ok = ok && op_commit(op, err);
	if (!ok)
		op_rollback(op);
	return ok;
}

bool plan_state(struct op *op, const struct import_plan *p, const char *state, struct err *err)
{
	int64_t seq;
	struct store_change c = { .resource = "import",
		.record_n = p->n,
		.record_id = p->id,
		.verb = state,
		.unit_before_n = p->unit_n,
		.unit_after_n = p->unit_n };
	bool found;
	if (strcmp(state, "applied") == 0 && !plan_queue(op, p, "import.purge", 0, err))
		return false;
	return db_int(op_db(op),
		       SQL("UPDATE import_plans SET state = ?, version = version + 1, updated_at = ? WHERE n "
		       "= ?"
			   " RETURNING version"),
		       V(db_z(state), db_i(op_now(op)), db_i(p->n)), &c.version, &found, err) &&
		store_add_change(op->tx, &c, &seq, err);
}

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

bool plan_apply(struct op *op, int64_t plan_n, struct err *err)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(512u << 20, 1024u << 20);
	struct op own = { .store = op->store, .arena = a, .zh = op->zh, .actor = op->actor };
	struct import_plan p;
	bool found;
	if (!plan_load(op, plan_n, &p, &found, err))
		return false;
	if (!found)
		return err_set(err, ERR_NOT_FOUND, "没有这项导入", "there is no such import");
	if (!span_is(p.state, "applying"))
		return true;
	const struct import_kind *kind = import_kind_find(p.kind);
	if (!kind)
		return err_set(err, ERR_CORRUPT, "导入的类别“" SPAN_FMT "”不存在",
			"there is no kind of import \"" SPAN_FMT "\"",
			SPAN_ARG(p.kind));
	struct actor actor = *op->actor;
	actor.who.user_n = p.user_n;
	actor.who.name = p.actor;
	if (!db_int(op_db(op), SQL("SELECT COALESCE(person_n, 0) FROM users WHERE n=?"), V(db_i(p.user_n)),
		    &actor.who.person_n, &found, err))
		return false;
	own.actor = &actor;
	if (kind->sheet ? sheet_apply(&own, &p, err) : kind->apply(&own, &p, err))
		return true;
	op_rollback(&own);
	/* what would come again each time must not stand in the way of the others for ever */
	struct err other = { 0 };
	if (import_lasts(err->code) && !import_fail(op, plan_n, err, &other))
		*err = other;
	return false;
}

/* ---- after a crash ---- */

static bool start_again(struct op *op, const struct import_plan *p, struct err *err)
{
	return db_exec(op_db(op), SQL("UPDATE import_plans SET hosts = 0 WHERE n = ?"), V(db_i(p->n)), err) &&
		plan_state(op, p, p->file.n ? "received" : "cancelled", err);
}

bool plan_drop_rows(struct op *op, int64_t plan_n, struct err *err)
{
	struct import_plan p;
	bool found;
	if (!plan_load(op, plan_n, &p, &found, err))
		return false;
	const struct import_kind *kind = found ? import_kind_find(p.kind) : NULL;
	for (bool more = found; more;) {
		if (!op_begin(op, err))
			return false;
		more = kind != NULL;
		/* One read from a local file is gone with its reader; an uploaded one is read again by its
		 * job. */
		bool ok = (!kind || (kind->sheet ? sheet_drop : kind->drop)(op, plan_n, &more, err)) &&
			(more || start_again(op, &p, err)) && op_commit(op, err);
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

bool import_resume(struct op *op, struct err *err)
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
