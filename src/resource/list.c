/* From a query to rows: filters, scope, order, keyset paging (one indexed seek a page, never OFFSET). */
#include <sodium.h>
#include <stdio.h>

#include "os/clock.h"
#include "resource/internal.h"

enum { EXPR_MAX = 1000 };

/* The word NOW in an expression is the time, bound as a value. */
static void sql_expr(struct sql *q, const char *expr)
{
	const char *now;
	while ((now = strstr(expr, "NOW"))) {
		char part[EXPR_MAX];
		snprintf(part, sizeof part, "%.*s", (int)(now - expr), expr);
		sql_name(q, part);
		sql_int(q, clock_wall());
		expr = now + strlen("NOW");
	}
	sql_name(q, expr);
}

void sql_field(struct sql *q, const struct field *f)
{
	char column[64];
	if (f->expr) {
		sql_expr(q, f->expr);
		return;
	}
	sql_add(q, "t.");
	sql_name(q, field_column(f, column));
}

/* What stands for the record behind the i-th field: alias r<i>, joined by sql_joins(). */
static void sql_ref(struct sql *q, size_t i, const char *column)
{
	char alias[24];
	snprintf(alias, sizeof alias, "r%zu.", i);
	sql_name(q, alias);
	sql_name(q, column);
}

void sql_select(struct sql *q, const struct resource *r)
{
	sql_add(q, "SELECT t.n,t.id,t.version,t.created_at,t.updated_at,");
	if (r->life)
		sql_add(q, "t.state");
	else
		sql_add(q, "''");
	for (size_t i = 0; i < r->n_fields; i++) {
		const struct field *f = &r->fields[i];
		sql_add(q, ",");
		sql_field(q, f);
		if (f->kind != FIELD_REF)
			continue;
		const struct resource *to = resource_find(span_of(f->ref));
		sql_add(q, ",");
		sql_ref(q, i, "id");
		sql_add(q, ",");
		sql_ref(q, i, to->label ? to->label : "id");
	}
	sql_add(q, " FROM ");
}

void sql_joins(struct sql *q, const struct resource *r)
{
	for (size_t i = 0; i < r->n_fields; i++) {
		const struct field *f = &r->fields[i];
		if (f->kind != FIELD_REF)
			continue;
		sql_add(q, " LEFT JOIN ");
		sql_name(q, resource_find(span_of(f->ref))->table);
		sql_add(q, " ");
		char alias[24];
		snprintf(alias, sizeof alias, "r%zu", i);
		sql_name(q, alias);
		sql_add(q, " ON ");
		sql_ref(q, i, "n=");
		sql_field(q, f);
	}
}

/* The table under alias t, with what its references stand for. */
static void sql_from(struct sql *q, const struct resource *r)
{
	sql_name(q, r->table);
	sql_add(q, " t");
	sql_joins(q, r);
}

void record_read(const struct resource *r, const struct db_rows *rows, struct arena *a, struct record *ret)
{
	*ret = (struct record){
		.resource = r,
		.n = db_col_int(rows, 0),
		.id = arena_span(a, db_col_text(rows, 1)),
		.version = db_col_int(rows, 2),
		.created_at = db_col_int(rows, 3),
		.updated_at = db_col_int(rows, 4),
		.state = arena_span(a, db_col_text(rows, 5)),
		.values = arena_array(a, r->n_fields, sizeof *ret->values),
		.ref_ids = arena_array(a, r->n_fields, sizeof *ret->ref_ids),
		.ref_names = arena_array(a, r->n_fields, sizeof *ret->ref_names),
	};
	int col = 6;
	for (size_t i = 0; i < r->n_fields; i++) {
		ret->values[i] = db_col(rows, col++, a);
		if (r->fields[i].kind != FIELD_REF)
			continue;
		struct span id = db_col_text(rows, col++), name = db_col_text(rows, col++);
		if (id.p)
			ret->ref_ids[i] = arena_span(a, id);
		if (name.p)
			ret->ref_names[i] = arena_span(a, name);
	}
}

static const char *operator_of(enum query_op op)
{
	switch (op) {
	case QUERY_NE: return "<>";
	case QUERY_GT: return ">";
	case QUERY_GTE: return ">=";
	case QUERY_LT: return "<";
	case QUERY_LTE: return "<=";
	case QUERY_EQ:
	case QUERY_IN:
	case QUERY_NULL:
	case QUERY_UNDER:
	case QUERY_DIRECT: break;
	}
	return "=";
}

/* A value as filters compare it: of a reference, the n behind an id or key. */
static void filter_value(struct sql *sql, const struct field *f, struct db_value v)
{
	if (f->kind != FIELD_REF || v.type == DB_INT) {
		sql_value(sql, v);
		return;
	}
	const struct resource *to = resource_find(span_of(f->ref));
	sql_add(sql, "(SELECT n FROM ");
	sql_name(sql, to->table);
	sql_add(sql, " WHERE ");
	sql_name(sql, to->key && !uuid_valid(v.s) ? to->key : "id");
	sql_add(sql, "=");
	sql_value(sql, v);
	sql_add(sql, ")");
}

/* A list of texts is filtered by one that stands in it, as it stands in it. */
static void list_filter(struct sql *sql, const struct field *f, struct db_value v)
{
	sql_add(sql, "(instr(");
	sql_field(sql, f);
	sql_add(sql, ", '\"' || ");
	sql_value(sql, v);
	sql_add(sql, " || '\"')>0)");
}

/* A unit and those below it that are under no office below it: of the city what is no county's. */
static void direct_filter(struct sql *sql, const struct field *f, struct db_value v)
{
	sql_add(sql, " IN (SELECT a.descendant_n FROM unit_tree a WHERE a.relation=0 AND a.ancestor_n=");
	filter_value(sql, f, v);
	sql_add(sql, " AND NOT EXISTS (SELECT 1 FROM unit_tree b JOIN units o ON o.n=b.ancestor_n WHERE"
		" b.descendant_n=a.descendant_n AND b.relation=0 AND o.kind='office' AND o.n<>a.ancestor_n "
		"AND"
		" EXISTS (SELECT 1 FROM unit_tree c WHERE c.ancestor_n=a.ancestor_n AND c.descendant_n=o.n "
		"AND"
		" c.relation=0)))");
}

static void one_filter(struct sql *sql, const struct field *f, enum query_op op, const struct db_value *v,
	size_t n)
{
	if (f->kind == FIELD_JSON && op == QUERY_EQ) {
		list_filter(sql, f, v[0]);
		return;
	}
	sql_field(sql, f);
	if (op == QUERY_NULL) {
		if (v[0].i)
			sql_add(sql, " IS NULL");
		else
			sql_add(sql, " IS NOT NULL");
		return;
	}
	if (op == QUERY_UNDER) {
		sql_add(sql, " IN (SELECT descendant_n FROM unit_tree WHERE relation=0 AND ancestor_n=");
		filter_value(sql, f, v[0]);
		sql_add(sql, ")");
		return;
	}
	if (op == QUERY_DIRECT) {
		direct_filter(sql, f, v[0]);
		return;
	}
	if (op == QUERY_IN) {
		sql_add(sql, " IN (");
		for (size_t i = 0; i < n; i++) {
			if (i)
				sql_add(sql, ",");
			filter_value(sql, f, v[i]);
		}
		sql_add(sql, ")");
		return;
	}
	sql_name(sql, operator_of(op));
	filter_value(sql, f, v[0]);
}

/* What people call a record becomes its number; what names none stays, and selects nothing. */
static bool find_named(struct op *op, const struct field *f, struct db_value *values, size_t n,
	struct err *err)
{
	const struct resource *to = f->kind == FIELD_REF ? resource_find(span_of(f->ref)) : NULL;
	for (size_t i = 0; to && to->find && i < n; i++) {
		int64_t of;
		bool found;
		if (values[i].type != DB_TEXT || uuid_valid(values[i].s))
			continue;
		if (!to->find(op, values[i].s, &of, &found, err))
			return false;
		if (found)
			values[i] = db_i(of);
	}
	return true;
}

/* Is one unit named?  Then its index is walked, and what has few values is looked up on the way. */
static bool names_unit(const struct resource *r, const struct query *q)
{
	char column[64];
	for (size_t i = 0; i < q->n_filters; i++)
		if (q->filters[i].op == QUERY_EQ && r->unit_column &&
		    q->filters[i].field->kind == FIELD_REF &&
		    strcmp(field_column(q->filters[i].field, column), r->unit_column + strlen("t.")) == 0)
			return true;
	return false;
}

static bool few_valued(const struct field *f)
{
	return f->kind == FIELD_ENUM || f->kind == FIELD_BOOL || strcmp(f->name, "state") == 0;
}

bool sql_filters(struct op *op, const struct resource *r, const struct query *q, bool narrow, struct sql *sql,
		 struct err *err)
{
	if (r->where) {
		sql_add(sql, " AND ");
		sql_name(sql, r->where);
	}
	bool by_unit = names_unit(r, q);
	for (size_t i = 0; i < q->n_filters; i++) {
		if (!find_named(op, q->filters[i].field, q->filters[i].values, q->filters[i].n, err))
			return false;
		sql_name(sql, narrow || (by_unit && few_valued(q->filters[i].field)) ? " AND +" : " AND ");
		one_filter(sql, q->filters[i].field, q->filters[i].op, q->filters[i].values, q->filters[i].n);
	}
	if (q->q.n == 0)
		return true;
	if (r->search)
		return r->search(op, q->q, sql, err);
	struct store_found found;
	if (!store_search(op->store, r->name, q->q, op->arena, &found, err))
		return false;
	sql_add(sql, " AND t.n IN (NULL");
	for (size_t i = 0; i < found.count; i++) {
		sql_add(sql, ",");
		sql_int(sql, found.ns[i]);
	}
	sql_add(sql, ")");
	return true;
}

/* ---- cursors: where the last page ended, as base64url of "sort\n n\n value" ---------------------------- */

static bool bad_cursor(struct err *err)
{
	return err_field(err, "cursor", "cursor 不是这个列表给出的", "cursor was not given by this list");
}

static struct span cursor_name(const struct query *q)
{
	return q->sort ? span_of(q->sort->name) : SPAN("n");
}

static struct span cursor_make(const struct query *q, const struct record *last, struct arena *a)
{
	struct str s = STR_IN(a, CURSOR_MAX / 2);
	str_addf(&s, "%c" SPAN_FMT "\n%lld\n", q->descending ? '-' : '+', SPAN_ARG(cursor_name(q)),
		(long long)last->n);
	if (q->sort) {
		struct db_value v = last->values[field_index(last->resource, q->sort)];
		if (v.type == DB_INT)
			str_addf(&s, "%lld", (long long)v.i);
		else
			str_add(&s, v.s);
	}
	if (s.failed)
		return (struct span){ NULL, 0 };
	size_t n = sodium_base64_ENCODED_LEN(s.n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	char *p = arena_alloc(a, n);
	sodium_bin2base64(p, n, (const unsigned char *)s.p, s.n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return span_of(p);
}

static bool cursor_read(const struct query *q, struct arena *a, int64_t *ret_n, struct db_value *ret_v,
	struct err *err)
{
	if (q->cursor.n > CURSOR_MAX)
		return bad_cursor(err);
	unsigned char *p = arena_alloc(a, q->cursor.n + 1);
	size_t n;
	const char *end;
	if (sodium_base642bin(p, q->cursor.n, q->cursor.p, q->cursor.n, NULL, &n, &end,
			      sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
			      end != q->cursor.p + q->cursor.n)
		return bad_cursor(err);
	struct span rest = { (const char *)p, n };
	struct span name = span_split(&rest, '\n'), key = span_split(&rest, '\n');
	if (name.n < 1 || (name.p[0] == '-') != q->descending ||
	    !span_eq(span_from(name, 1), cursor_name(q)) ||
	    !span_int(key, 0, INT64_MAX, ret_n) || !utf8_valid(rest))
		return bad_cursor(err);
	if (!q->sort)
		return true;
	int64_t i;
	bool number = q->sort->kind == FIELD_INT || q->sort->kind == FIELD_TIME ||
		q->sort->kind == FIELD_BOOL;
	if (number && !span_int(rest, INT64_MIN + 1, INT64_MAX, &i))
		return bad_cursor(err);
	*ret_v = number ? db_i(i) : db_t(rest.p ? rest : SPAN(""));
	return true;
}

static bool after_cursor(const struct query *q, struct sql *sql, struct arena *a, struct err *err)
{
	int64_t n;
	struct db_value v = db_null();
	if (q->cursor.n == 0)
		return true;
	if (!cursor_read(q, a, &n, &v, err))
		return false;
	sql_add(sql, " AND (");
	if (q->sort) {
		sql_field(sql, q->sort);
		sql_add(sql, ",t.n)");
	} else {
		sql_add(sql, "t.n)");
	}
	if (q->descending)
		sql_add(sql, "<(");
	else
		sql_add(sql, ">(");
	if (q->sort) {
		sql_value(sql, v);
		sql_add(sql, ",");
	}
	sql_int(sql, n);
	sql_add(sql, ")");
	return true;
}

static void order_by(const struct query *q, bool narrow, struct sql *sql)
{
	sql_name(sql, narrow ? " ORDER BY +" : " ORDER BY ");
	if (q->sort) {
		sql_field(sql, q->sort);
		sql_name(sql, q->descending ? " DESC," : ",");
	}
	sql_name(sql, q->descending ? "t.n DESC" : "t.n");
}

bool sql_veil(struct op *op, const struct resource *r, struct sql *sql, struct err *err)
{
	if (!r->veil || actor_whole(op->actor, r->veil_perm))
		return true;
	sql_add(sql, " AND (NOT (");
	sql_name(sql, r->veil);
	sql_add(sql, ") OR (1=1");
	if (!actor_scope(op->actor, op_db(op), r->veil_perm, r->veil_column, sql, err))
		return false;
	sql_add(sql, "))");
	return true;
}

enum { LIST_DEADLINE_MS = 3000 };

enum { LEGS_MAX = 8 };

/* A filter by several of few values is walked once for each, in the order asked for, and the walks are
 * merged: an index that begins with the value would otherwise have to be sorted.  n_filters: there is
 * none. */
static size_t find_legs(const struct query *q)
{
	for (size_t i = 0; i < q->n_filters; i++) {
		const struct db_value *v = q->filters[i].values;
		size_t n = q->filters[i].n;
		bool fit = q->filters[i].op == QUERY_IN && few_valued(q->filters[i].field) && n <= LEGS_MAX;
		for (size_t k = 1; k < n && fit; k++)         /* the same twice would give its rows twice */
			for (size_t j = 0; j < k; j++)
				fit = fit && !span_eq(v[j].s, v[k].s);
		if (fit)
			return i;
	}
	return q->n_filters;
}

static void write_leg(const struct resource *r, const struct query *q, const struct sql *where,
	struct sql *sql)
{
	sql_add(sql, "SELECT t.n AS n");
	if (q->sort) {
		sql_add(sql, ",");
		sql_field(sql, q->sort);
		sql_add(sql, " AS k");
	}
	sql_add(sql, " FROM ");
	sql_name(sql, r->table);
	sql_add(sql, " t WHERE 1=1");
	sql_append(sql, where);
}

static void write_legs(const struct resource *r, const struct query *q, size_t legs, const struct sql *where,
		       struct sql *sql)
{
	for (size_t i = 0; i < q->filters[legs].n; i++) {
		if (i)
			sql_add(sql, " UNION ALL ");
		write_leg(r, q, where, sql);
		sql_add(sql, " AND ");
		one_filter(sql, q->filters[legs].field, QUERY_EQ, &q->filters[legs].values[i], 1);
	}
	sql_add(sql, " ORDER BY ");
	if (q->sort)
		sql_name(sql, q->descending ? "k DESC," : "k,");
	sql_name(sql, q->descending ? "n DESC" : "n");
}

enum { FEW_IN_RANGE = 20000 };

/* Are there so few in the ranges asked for that sorting them beats walking the order? */
static bool few_in_ranges(struct op *op, const struct resource *r, const struct query *ranges, bool *ret,
	struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	struct sql *sql = sql_new(op->arena);
	bool row;
	sql_add(sql, "SELECT COUNT(*) FROM (SELECT 1 FROM ");
	sql_name(sql, r->table);
	sql_add(sql, " t WHERE 1=1");
	if (!sql_filters(op, r, ranges, false, sql, err))
		return false;
	sql_add(sql, " LIMIT ");
	sql_int(sql, FEW_IN_RANGE + 1);
	sql_add(sql, ") x");
	if (!db_query_sql(op_db(op), sql, &rows, err) || !db_next(rows, &row, err))
		return false;
	*ret = row && db_col_int(rows, 0) <= FEW_IN_RANGE;
	return true;
}

/* The keys of one page and one more. */
static bool list_keys(struct op *op, const struct resource *r, const struct query *q, struct sql *sql,
	struct err *err)
{
	bool narrow = false;
	struct sql *where = sql_new(op->arena);
	struct scope_table table = { op_db(op), r->table, r->unit_column, op->arena };
	if (r->unit_column && !actor_scope_of(op->actor, r->read, &table, where, &narrow, err))
		return false;
	struct query rest = *q, ranges;
	bool few = false;
	if (!narrow && query_ranges(q, &ranges, &rest) && !few_in_ranges(op, r, &ranges, &few, err))
		return false;
	if (few && !sql_filters(op, r, &ranges, false, where, err))
		return false;
	if (!few)
		rest = *q;
	narrow = narrow || few;
	size_t legs = narrow || names_unit(r, q) ? q->n_filters : find_legs(q);
	if (legs < q->n_filters)
		rest.filters[legs] = rest.filters[--rest.n_filters];
	if (!sql_veil(op, r, where, err) || !sql_filters(op, r, &rest, narrow, where, err) ||
		!after_cursor(q, where, op->arena, err))
		return false;
	if (legs < q->n_filters) {
		write_legs(r, q, legs, where, sql);
	} else {
		write_leg(r, q, where, sql);
		order_by(q, narrow, sql);
	}
	sql_add(sql, " LIMIT ");
	sql_int(sql, (int64_t)q->limit + 1);
	return true;
}

bool resource_list_explain(struct op *op, const struct resource *r, const struct query *q, struct str *out,
	struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	struct sql *sql = sql_new(op->arena);
	bool more;
	sql_add(sql, "EXPLAIN QUERY PLAN ");
	if (!list_keys(op, r, q, sql, err) || !db_query_sql(op_db(op), sql, &rows, err))
		return false;
	for (;;) {
		if (!db_next(rows, &more, err))
			return false;
		if (!more)
			return str_check(out, err);
		str_addf(out, "%s" SPAN_FMT, out->n ? "; " : "", SPAN_ARG(db_col_text(rows, 3)));
	}
}

bool resource_list(struct op *op, const struct resource *r, const struct query *q, struct page *ret,
	struct err *err)
{
	if (!actor_has(op->actor, r->read))
		return err_set(err, ERR_FORBIDDEN, "没有查看的权限", "not permitted to see these");
	/* keys first, so that what is sorted and thrown away is keys and not whole records */
	struct sql *sql = sql_new(op->arena);
	sql_select(sql, r);
	sql_add(sql, "(");
	if (!list_keys(op, r, q, sql, err))
		return false;
	sql_add(sql, ") k JOIN ");
	sql_name(sql, r->table);
	sql_add(sql, " t ON t.n=k.n");
	sql_joins(sql, r);
	order_by(q, false, sql);

	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	struct db *db = op_db(op);
	struct page page = { .rows = arena_array(op->arena, q->limit, sizeof *page.rows) };
	db_deadline(db, LIST_DEADLINE_MS);
	bool ok = db_query_sql(db, sql, &rows, err), more = true;
	while (ok && (ok = db_next(rows, &more, err)) && more && page.n < q->limit)
		record_read(r, rows, op->arena, &page.rows[page.n++]);
	db_deadline(db, 0);
	if (!ok && err->code == ERR_BUSY)
		return err_set(err, ERR_BUSY, "查询时间过长，请缩小范围", "this takes too long, please narrow it");
	if (!ok)
		return false;
	if (more && page.n)
		page.next = cursor_make(q, &page.rows[page.n - 1], op->arena);
	*ret = page;
	return true;
}

bool resource_select(struct op *op, const struct resource *r, const struct query *q, int64_t after_n,
		     struct selection *ret, struct err *err)
{
	struct sql *sql = sql_new(op->arena);
	sql_add(sql, "SELECT t.n FROM ");
	sql_name(sql, r->table);
	sql_add(sql, " t WHERE t.n>");
	sql_int(sql, after_n);
	if (r->unit_column && !actor_scope(op->actor, op_db(op), r->read, r->unit_column, sql, err))
		return false;
	if (!sql_veil(op, r, sql, err) || !sql_filters(op, r, q, false, sql, err))
		return false;
	sql_add(sql, " ORDER BY t.n LIMIT ");
	sql_int(sql, SELECTION_MAX);
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	if (!db_query_sql(op_db(op), sql, &rows, err))
		return false;
	VEC(int64_t) ns = { .arena = op->arena };
	for (bool more;;) {
		if (!db_next(rows, &more, err))
			return false;
		if (!more)
			break;
		vec_push(&ns, db_col_int(rows, 0));
	}
	*ret = (struct selection){ ns.p, ns.n };
	return true;
}

/* ---- single records ------------------------------------------------------------------------------------ */

static bool find_row(struct op *op, struct sql *sql, const struct resource *r, struct record *ret,
	bool *ret_found,
		     struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	if (!db_query_sql(op_db(op), sql, &rows, err) || !db_next(rows, ret_found, err))
		return false;
	if (*ret_found)
		record_read(r, rows, op->arena, ret);
	return true;
}

bool resource_load(struct op *op, const struct resource *r, int64_t n, struct record *ret, bool *ret_found,
	struct err *err)
{
	struct sql *sql = sql_new(op->arena);
	sql_select(sql, r);
	sql_from(sql, r);
	sql_add(sql, " WHERE t.n=");
	sql_int(sql, n);
	return find_row(op, sql, r, ret, ret_found, err);
}

static bool not_found(const struct resource *r, struct span id, struct err *err)
{
	struct span shown = utf8_valid(id) ? utf8_cut(id, 80) : SPAN("?");
	CLEANUP(str_done) struct str zh = STR(300);
	CLEANUP(str_done) struct str en = STR(300);
	str_addf(&zh, "找不到" SPAN_FMT " " SPAN_FMT, SPAN_ARG(resource_label(r, true)), SPAN_ARG(shown));
	str_addf(&en, SPAN_FMT " " SPAN_FMT " not found", SPAN_ARG(resource_label(r, false)),
		SPAN_ARG(shown));
	return err_texts(err, ERR_NOT_FOUND, "", str_z(&zh), str_z(&en));
}

/* By id, or by what people call one where the resource knows that, or by key where it has one. */
static bool where_named(
	struct op *op, struct sql *sql, const struct resource *r, struct span id, struct err *err)
{
	int64_t n = 0;
	bool found = false;
	if (r->find && !uuid_valid(id) && !r->find(op, id, &n, &found, err))
		return false;
	sql_add(sql, " WHERE t.");
	sql_name(sql, found ? "n" : r->key && !uuid_valid(id) ? r->key : "id");
	sql_add(sql, "=");
	if (found)
		sql_int(sql, n);
	else
		sql_text(sql, id);
	if (r->where) {
		sql_add(sql, " AND ");
		sql_name(sql, r->where);
	}
	return true;
}

bool resource_get(struct op *op, const struct resource *r, struct span id, struct record *ret,
	struct err *err)
{
	bool found;
	struct record rec;
	if (id.n == 0 || id.n > 200 || !actor_has(op->actor, r->read))
		return not_found(r, id, err);
	struct sql *sql = sql_new(op->arena);
	sql_select(sql, r);
	sql_from(sql, r);
	if (!where_named(op, sql, r, id, err) ||
	    (r->unit_column && !actor_scope(op->actor, op_db(op), r->read, r->unit_column, sql, err)) ||
		!sql_veil(op, r, sql, err))
		return false;
	if (!find_row(op, sql, r, &rec, &found, err))
		return false;
	if (!found)
		return not_found(r, id, err);
	*ret = rec;
	return true;
}

bool resource_resolve(struct op *op, const struct resource *r, struct span id_or_key, int64_t *ret_n,
	struct err *err)
{
	struct sql *sql = sql_new(op->arena);
	sql_add(sql, "SELECT t.n FROM ");
	sql_name(sql, r->table);
	sql_add(sql, " t");
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	bool found;
	if (!where_named(op, sql, r, id_or_key, err) || !db_query_sql(op_db(op), sql, &rows, err) ||
	    !db_next(rows, &found, err))
		return false;
	if (!found)
		return not_found(r, id_or_key, err);
	*ret_n = db_col_int(rows, 0);
	return true;
}
