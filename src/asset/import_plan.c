#include <inttypes.h>
#include <stdlib.h>

#include "asset/import.h"
#include "os/clock.h"

enum { READ_BYTES = 16 << 20 }; /* of hosts read back at once: one may have thousands of programs */

bool plan_load(struct op *op, int64_t n, struct import_plan *ret, bool *ret_found, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct arena *a = op->arena;
	if (!db_query(op_db(op),
		    SQL("SELECT id, state, actor, scope, file, user_n, hosts, applied, rows_read, rows_new,"
			" rows_changed, rows_unchanged, rows_refused, removed, unit_n FROM import_plans"
			" WHERE n = ?"),
		    V(db_i(n)), &r, err) ||
		!db_next(r, ret_found, err))
		return false;
	if (!*ret_found)
		return true;
	*ret = (struct import_plan){
		.n = n,
		.id = arena_span(a, db_col_text(r, 0)),
		.state = arena_span(a, db_col_text(r, 1)),
		.actor = arena_span(a, db_col_text(r, 2)),
		.scope = arena_span(a, db_col_text(r, 3)),
		.file = arena_span(a, db_col_text(r, 4)),
		.user_n = db_col_int(r, 5),
		.hosts = db_col_int(r, 6),
		.applied = db_col_int(r, 7),
		.unit_n = db_col_int(r, 14),
		.counts = { db_col_int(r, 8), db_col_int(r, 9), db_col_int(r, 10), db_col_int(r, 11),
			db_col_int(r, 12), db_col_int(r, 13) },
	};
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
			" unit_n, scope, file, rows_read, rows_new, rows_changed, rows_unchanged, "
			"rows_refused, removed, hosts,"
			" applied, problems) VALUES (?, 1, ?, ?, 'assets', ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, "
			"0, 0, 0, '[]')"
			" RETURNING n"),
		    V(db_t(p->id), db_i(now), db_i(now), db_t(p->state), db_t(p->actor), db_i(p->user_n),
			    p->unit_n ? db_i(p->unit_n) : db_null(), db_t(p->scope), db_t(p->file)),
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
	if (own && !op_begin(op, err))
		return false;
	if (insert_plan(op, p, err) && (!own || op_commit(op, err)))
		return true;
	if (own)
		op_rollback(op);
	return false;
}

void plan_problems_json(const struct import_file *f, struct str *out)
{
	str_addc(out, '[');
	for (size_t i = 0; i < f->n_problems; i++) {
		const struct import_problem *p = &f->problems[i];
		str_addf(out, "%s{\"line\":%" PRIu64 ",\"column\":\"%s\",\"zh\":", i ? "," : "", p->line,
			p->column);
		str_add_json(out, p->zh);
		str_addz(out, ",\"en\":");
		str_add_json(out, p->en);
		str_addc(out, '}');
	}
	str_addc(out, ']');
}

/* ---- rows ---- */

static struct span software_json(const struct import_host *h, struct arena *a)
{
	struct str out = STR_IN(a, 64u << 20);
	str_addc(&out, '[');
	for (size_t i = 0; i < h->n_software; i++) {
		const struct import_software *s = &h->software[i];
		const struct span texts[] = { s->identity, s->part, s->vendor, s->product, s->version,
			s->cpe };
		str_addz(&out, i ? ",[" : "[");
		for (size_t t = 0; t < COUNT(texts); t++) {
			str_addz(&out, t ? "," : "");
			str_add_json(&out, texts[t]);
		}
		str_addc(&out, ']');
	}
	str_addc(&out, ']');
	return str_span(&out);
}

static bool add_row(struct db *db, int64_t plan_n, int64_t ordinal, const struct import_host *h,
	struct span software, struct err *err)
{
	return db_exec(db,
		SQL("INSERT INTO import_plan_rows (plan_n, ordinal, action, line, unit_n, name, system_name, "
		    "address,"
		    " importance, exposure, software) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
		V(db_i(plan_n), db_i(ordinal), db_z(h->action == IMPORT_NEW ? "new" : "changed"),
			db_i((int64_t)h->line), db_i(h->unit_n), db_t(h->name), db_t(h->system),
			db_t(h->address), db_t(h->importance), db_t(h->exposure), db_t(software)),
		err);
}

/* As many hosts as fit in one short transaction, from *at on; texts are made before it begins. */
static bool add_batch(
	struct op *op, struct import_plan *p, const struct import_file *f, size_t *at, struct err *err)
{
	enum { BATCH = 1000, BATCH_BYTES = 1 << 20 };
	struct arena *a = arena_new(64u << 20, 256u << 20);
	struct span *texts = arena_array(a, BATCH, sizeof *texts);
	size_t end = *at, bytes = 0, n = 0;
	for (; end < f->n_hosts && n < BATCH && bytes < BATCH_BYTES; end++) {
		if (f->hosts[end].action == IMPORT_SAME)
			continue;
		texts[n] = software_json(&f->hosts[end], a);
		bytes += texts[n++].n;
	}
	bool ok = n == 0 || op_begin(op, err);
	for (size_t i = *at, t = 0; ok && i < end; i++)
		if (f->hosts[i].action != IMPORT_SAME)
			ok = add_row(op_db(op), p->n, ++p->hosts, &f->hosts[i], texts[t++], err);
	ok = ok && (n == 0 || op_commit(op, err));
	if (!ok)
		op_rollback(op);
	arena_free(a);
	*at = end;
	return ok;
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

/* The step that makes the plan an intent: with it comes the job that completes what is cut off. */
static bool finish(
	struct op *op, struct import_plan *p, const struct import_file *f, const char *state, struct err *err)
{
	struct str problems = STR_IN(op->arena, 1 << 20);
	const struct import_counts *c = &f->counts;
	plan_problems_json(f, &problems);
	if (!str_check(&problems, err) || !op_begin(op, err))
		return false;
	bool ok = db_exec(op_db(op),
		SQL("UPDATE import_plans SET rows_read = ?, rows_new = ?, rows_changed = ?, rows_unchanged = "
		    "?,"
		    " rows_refused = ?, removed = ?, hosts = ?, problems = ? WHERE n = ?"),
		V(db_i(c->read), db_i(c->fresh), db_i(c->changed), db_i(c->unchanged), db_i(c->refused),
			db_i(c->removed), db_i(p->hosts), db_t(str_span(&problems)), db_i(p->n)),
		err);
	ok = ok && plan_state(op, p, state, err);
	if (ok && strcmp(state, "applying") == 0)
		ok = plan_queue(op, p, "import.apply", 5000, err);
	ok = ok && op_commit(op, err);
	if (!ok)
		op_rollback(op);
	return ok;
}

/* By unit and name, as the indexes lie: a batch then touches few of their pages, instead of one of each for
 * each row. */
static int by_identity(const void *left, const void *right)
{
	const struct import_host *a = left, *b = right;
	int d = (a->unit_n > b->unit_n) - (a->unit_n < b->unit_n);
	return d ? d : span_cmp(a->name, b->name);
}

bool plan_fill(
	struct op *op, struct import_plan *p, struct import_file *f, const char *state, struct err *err)
{
	size_t at = 0;
	p->hosts = 0;
	if (f->n_hosts > 1)
		qsort(f->hosts, f->n_hosts, sizeof *f->hosts, by_identity);
	while (f->bad_rows == 0 && at < f->n_hosts)
		if (!add_batch(op, p, f, &at, err))
			return false;
	if (!finish(op, p, f, state, err))
		return false;
	p->state = span_of(state);
	p->counts = f->counts;
	return true;
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
	return db_int(op_db(op),
		       SQL("UPDATE import_plans SET state = ?, version = version + 1, updated_at = ? WHERE n "
			   "= ?"
			   " RETURNING version"),
		       V(db_z(state), db_i(op_now(op)), db_i(p->n)), &c.version, &found, err) &&
		store_add_change(op->tx, &c, &seq, err);
}

/* ---- reading rows back ---- */

static bool parse_software(struct span text, struct arena *a, struct import_host *h, struct err *err)
{
	CLEANUP(json_free) json_t *list = NULL;
	if (!json_parse(text, 3, &list, err))
		return false;
	size_t n = json_array_size(list);
	h->software = arena_array(a, n + 1, sizeof *h->software);
	for (size_t i = 0; i < n; i++) {
		const json_t *row = json_array_get(list, i);
		struct import_software *s = &h->software[h->n_software++];
		struct span *texts[] = { &s->identity, &s->part, &s->vendor, &s->product, &s->version,
			&s->cpe };
		if (json_array_size(row) != COUNT(texts))
			return err_set(err, ERR_CORRUPT, "导入计划已损坏", "the import plan is damaged");
		for (size_t t = 0; t < COUNT(texts); t++)
			*texts[t] = arena_span(a, json_text(json_array_get(row, t)));
	}
	return true;
}

bool plan_rows(
	struct op *op, int64_t plan_n, int64_t after, size_t max, struct import_rows *ret, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct arena *a = op->arena;
	struct import_host *hosts = arena_array(a, max, sizeof *hosts);
	size_t n = 0, before = arena_used(a);
	bool more = true;
	if (!db_query(op_db(op),
		    SQL("SELECT line, unit_n, action, name, system_name, address, importance, exposure, "
			"software"
			" FROM import_plan_rows WHERE plan_n = ? AND ordinal > ? ORDER BY ordinal LIMIT ?"),
		    V(db_i(plan_n), db_i(after), db_i((int64_t)max)), &r, err))
		return false;
	while (n < max && arena_used(a) - before < READ_BYTES) {
		if (!db_next(r, &more, err))
			return false;
		if (!more)
			break;
		struct import_host *h = &hosts[n++];
		h->line = (uint64_t)db_col_int(r, 0);
		h->unit_n = db_col_int(r, 1);
		h->action = span_is(db_col_text(r, 2), "new") ? IMPORT_NEW : IMPORT_CHANGED;
		struct span *texts[] = { &h->name, &h->system, &h->address, &h->importance, &h->exposure };
		for (size_t i = 0; i < COUNT(texts); i++)
			*texts[i] = arena_span(a, db_col_text(r, (int)i + 3));
		if (!parse_software(db_col_text(r, 8), a, h, err))
			return false;
	}
	*ret = (struct import_rows){ hosts, n };
	return true;
}
