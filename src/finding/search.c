/*
 * What q= finds among findings, without an index of their own (a million of them would pay for it with every
 * run of the matcher): each word is the beginning of a vulnerability's id, or stands in the names of a unit
 * or in the name or address of an asset, or in the title of one that people reported.  Every word must be
 * found, each in any of these.
 */
#include "finding/life.h"

enum { SPARSE = 20000, WORDS_MAX = 8, TERM_MAX = 100 };

struct term {
	struct span text, from, until;       /* until.n == 0: no beginning of an id */
	struct store_found units, assets, own;
};

static void id_range(struct op *op, struct term *t)
{
	char *upper = arena_copy(op->arena, t->text);
	bool digit = false;
	for (size_t i = 0; upper[i]; i++) {
		if (upper[i] >= 'a' && upper[i] <= 'z')
			upper[i] = (char)(upper[i] - 'a' + 'A');
		digit = digit || (upper[i] >= '0' && upper[i] <= '9');
	}
	if (t->text.n < 3 || (!span_starts(span_of(upper), SPAN("CVE")) && !digit))
		return;
	t->from = digit && upper[0] >= '0' && upper[0] <= '9' ? arena_printf(op->arena, "CVE-%s", upper)
							      : span_of(upper);
	t->until = arena_printf(op->arena, SPAN_FMT "\xF4\x8F\xBF\xBF", SPAN_ARG(t->from));
}

static void list(struct sql *q, const struct store_found *f)
{
	sql_add(q, " IN (NULL");
	for (size_t i = 0; i < f->count; i++) {
		sql_add(q, ",");
		sql_int(q, f->ns[i]);
	}
	sql_add(q, ")");
}

static void branches(struct sql *q, const struct term *t)
{
	if (t->until.n) {
		sql_add(q, "SELECT n FROM findings WHERE vuln_id>=");
		sql_text(q, t->from);
		sql_add(q, " AND vuln_id<");
		sql_text(q, t->until);
		sql_add(q, " UNION ALL ");
	}
	sql_add(q, "SELECT n FROM findings WHERE unit_n");
	list(q, &t->units);
	sql_add(q, " UNION ALL SELECT n FROM findings WHERE asset_n");
	list(q, &t->assets);
	sql_add(q, " UNION ALL SELECT n FROM findings WHERE n");
	list(q, &t->own);
}

/* Few are found: they are looked up and the rest is sorted.  Many: the list is walked in its order, and each
 * row asked. */
static bool is_sparse(struct op *op, const struct term *t, bool *ret, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct sql *q = sql_new(op->arena);
	bool row;
	sql_add(q, "SELECT COUNT(*) FROM (SELECT n FROM (");
	branches(q, t);
	sql_add(q, ") b LIMIT ");
	sql_int(q, SPARSE + 1);
	sql_add(q, ") c");
	if (!db_query_sql(op_db(op), q, &r, err) || !db_next(r, &row, err))
		return false;
	*ret = row && db_col_int(r, 0) <= SPARSE;
	return true;
}

static bool add_term(struct op *op, struct term *t, struct sql *where, struct err *err)
{
	bool sparse;
	id_range(op, t);
	if (!store_search(op->store, "unit", t->text, op->arena, &t->units, err) ||
		!store_search(op->store, "asset", t->text, op->arena, &t->assets, err) ||
		!store_search(op->store, "finding", t->text, op->arena, &t->own, err) ||
		!is_sparse(op, t, &sparse, err))
		return false;
	if (sparse) {
		sql_add(where, " AND t.n IN (");
		branches(where, t);
		sql_add(where, ")");
		return true;
	}
	sql_add(where, " AND (+t.unit_n");
	list(where, &t->units);
	sql_add(where, " OR +t.asset_n");
	list(where, &t->assets);
	sql_add(where, " OR +t.n");
	list(where, &t->own);
	if (t->until.n) {
		sql_add(where, " OR (+t.vuln_id>=");
		sql_text(where, t->from);
		sql_add(where, " AND +t.vuln_id<");
		sql_text(where, t->until);
		sql_add(where, ")");
	}
	sql_add(where, ")");
	return true;
}

bool finding_search(struct op *op, struct span text, struct sql *where, struct err *err)
{
	size_t n = 0;
	for (struct span rest = text; rest.n && n < WORDS_MAX;) {
		struct term t = { .text = span_trim(span_split(&rest, ' ')) };
		if (t.text.n == 0)
			continue;
		if (t.text.n > TERM_MAX)
			return err_field(err, "q", "“q”过长", "q is too long");
		n++;
		if (!add_term(op, &t, where, err))
			return false;
	}
	return true;
}
