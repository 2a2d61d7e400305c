#include <inttypes.h>
#include <stdlib.h>

#include "asset/import.h"
#include "os/clock.h"

enum { READ_BYTES = 16 << 20 }; /* of hosts read back at once: one may have thousands of programs */

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
	struct str problems = STR_IN(op->arena, 1 << 20);
	plan_problems_json(f, &problems);
	p->counts = f->counts;
	if (!str_check(&problems, err) || !plan_finish(op, p, str_span(&problems), state, err))
		return false;
	p->state = span_of(state);
	return true;
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
			"software, COALESCE((SELECT kind FROM import_plans p WHERE p.n = plan_n), 'assets')"
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
		h->source = plan_source(db_col_text(r, 9));
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
