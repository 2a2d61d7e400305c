/* One record: its values, its row, its change and search text. */
#include <assert.h>
#include <stdio.h>

#include "codec/pinyin.h"
#include "os/clock.h"
#include "resource/internal.h"

enum { INDEX_AT_ONCE = 200 };

static const struct field *must_field(const struct record *rec, const char *name)
{
	const struct field *f = resource_field(rec->resource, span_of(name));
	assert(f);
	return f;
}

void record_set(struct record *rec, const char *field, struct db_value v)
{
	rec->values[field_index(rec->resource, must_field(rec, field))] = v;
}

struct db_value record_get(const struct record *rec, const char *field)
{
	return rec->values[field_index(rec->resource, must_field(rec, field))];
}

int64_t record_int(const struct record *rec, const char *field)
{
	return record_get(rec, field).i;
}

struct span record_text(const struct record *rec, const char *field)
{
	return record_get(rec, field).s;
}

bool record_new(const struct resource *r, struct arena *a, struct record *ret)
{
	*ret = (struct record){
		.resource = r,
		.state = r->life ? span_of(r->life->states[0]) : SPAN(""),
		.values = arena_array(a, r->n_fields, sizeof *ret->values),
		.ref_ids = arena_array(a, r->n_fields, sizeof *ret->ref_ids),
		.ref_names = arena_array(a, r->n_fields, sizeof *ret->ref_names),
	};
	for (size_t i = 0; i < r->n_fields; i++)
		ret->values[i] = field_default(&r->fields[i]);
	return true;
}

struct record record_copy(struct op *op, const struct record *from)
{
	struct record copy = *from;
	copy.values = arena_array(op->arena, from->resource->n_fields, sizeof *copy.values);
	memcpy(copy.values, from->values, from->resource->n_fields * sizeof *copy.values);
	return copy;
}

static bool stored(const struct field *f)
{
	return !f->expr;
}

int64_t record_unit(const struct record *rec)
{
	const struct resource *r = rec->resource;
	char column[64];
	if (!r->unit_column)
		return 0;
	const char *name = r->unit_column + 2;      /* without "t." */
	if (strcmp(name, "n") == 0)
		return rec->n;
	for (size_t i = 0; i < r->n_fields; i++)
		if (stored(&r->fields[i]) && strcmp(field_column(&r->fields[i], column), name) == 0)
			return rec->values[i].i;
	return 0;
}

static bool same(struct db_value a, struct db_value b)
{
	if (a.type != b.type)
		return false;
	return a.type == DB_NULL || (a.type == DB_INT ? a.i == b.i : span_eq(a.s, b.s));
}

/* ---- change rows --------------------------------------------------------------------------------------- */

static void add_value(struct str *out, const struct field *f, struct db_value v)
{
	if (v.type == DB_NULL)
		str_addz(out, "null");
	else if (f->flags & PERSONAL)
		str_addz(out, "\"***\"");
	else if (v.type == DB_INT)
		str_addf(out, "%lld", (long long)v.i);
	else
		str_add_json(out, v.s);
}

/* {"before":{…},"after":{…}} of the fields that differ. */
static struct span change_values(struct op *op, const struct record *before, const struct record *after)
{
	const struct resource *r = after ? after->resource : before->resource;
	struct str parts[2] = { STR_IN(op->arena, 1 << 20), STR_IN(op->arena, 1 << 20) };
	const struct record *sides[2] = { before, after };
	if (r->life && before && after && !span_eq(before->state, after->state)) {
		for (size_t s = 0; s < 2; s++) {
			str_addz(&parts[s], "\"state\":");
			str_add_json(&parts[s], sides[s]->state);
		}
	}
	for (size_t i = 0; i < r->n_fields; i++) {
		const struct field *f = &r->fields[i];
		if (!stored(f) || (f->flags & DERIVED) ||
		    (before && after && same(before->values[i], after->values[i])))
			continue;
		for (size_t s = 0; s < 2; s++) {
			if (!sides[s])
				continue;
			str_addz(&parts[s], parts[s].n ? "," : "");
			str_add_json(&parts[s], span_of(f->name));
			str_addc(&parts[s], ':');
			add_value(&parts[s], f, sides[s]->values[i]);
		}
	}
	return arena_printf(op->arena, "{\"before\":{%s},\"after\":{%s}}", str_z(&parts[0]),
		str_z(&parts[1]));
}

bool record_log(struct op *op, const struct record *before, const struct record *after, const char *verb,
	struct err *err)
{
	const struct record *one = after ? after : before;
	int64_t seq;
	assert(one);
	struct store_change c = {
		.resource = one->resource->name,
		.record_n = one->n,
		.record_id = one->id,
		.version = one->version,
		.verb = verb,
		.unit_before_n = before ? record_unit(before) : 0,
		.unit_after_n = after ? record_unit(after) : 0,
		.values = change_values(op, before, after),
	};
	return store_add_change(op->tx, &c, &seq, err);
}

bool record_index(struct op *op, const struct record *rec, struct err *err)
{
	const struct resource *r = rec->resource;
	struct str text = STR_IN(op->arena, 1 << 16);
	bool any = false;
	for (size_t i = 0; i < r->n_fields; i++) {
		if (!(r->fields[i].flags & SEARCH))
			continue;
		any = true;
		str_add(&text, rec->values[i].s);
		str_addc(&text, '\n');
		if (r->fields[i].flags & PINYIN)
			pinyin_words(rec->values[i].s, &text);
	}
	return !any || store_search_set(op->tx, r->name, rec->n, str_span(&text), err);
}

/* The next records behind n: *ret_any false when there are none. */
static bool index_some(struct op *op, const struct resource *r, int64_t *n, bool *ret_any, struct err *err)
{
	int64_t ns[INDEX_AT_ONCE];
	size_t count = 0;
	bool row = true;
	struct sql *q = sql_new(op->arena);
	sql_add(q, "SELECT n FROM ");
	sql_name(q, r->table);
	sql_add(q, " WHERE n>");
	sql_int(q, *n);
	sql_add(q, " ORDER BY n LIMIT 200");
	{
		CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
		if (!db_query_sql(op_db(op), q, &rows, err))
			return false;
		while (count < INDEX_AT_ONCE) {
			if (!db_next(rows, &row, err))
				return false;
			if (!row)
				break;
			ns[count++] = db_col_int(rows, 0);
		}
	}
	for (size_t i = 0; i < count; i++) {
		struct record rec;
		bool found;
		if (!resource_load(op, r, ns[i], &rec, &found, err) ||
		    (found && !record_index(op, &rec, err)))
			return false;
		*n = ns[i];
	}
	*ret_any = count > 0;
	return true;
}

bool resource_index(struct op *op, const struct resource *r, struct err *err)
{
	int64_t n = 0;
	for (bool any = true; any;) {
		if (!op_begin(op, err))
			return false;
		if (!index_some(op, r, &n, &any, err)) {
			op_rollback(op);
			return false;
		}
		if (!op_commit(op, err))
			return false;
	}
	return true;
}

/* ---- rows ---------------------------------------------------------------------------------------------- */

bool record_insert(struct op *op, struct record *rec, struct err *err)
{
	const struct resource *r = rec->resource;
	int64_t now = op_now(op);
	char id[UUID_TEXT], column[64];
	rec->id = arena_span(op->arena, span_of(uuid_make(now, id)));
	rec->version = 1;
	rec->created_at = rec->updated_at = now;
	struct sql *sql = sql_new(op->arena);
	sql_add(sql, "INSERT INTO ");
	sql_name(sql, r->table);
	sql_name(sql, r->life ? " (id,version,created_at,updated_at,state"
		: " (id,version,created_at,updated_at");
	for (size_t i = 0; i < r->n_fields; i++) {
		if (!stored(&r->fields[i]))
			continue;
		sql_add(sql, ",");
		sql_name(sql, field_column(&r->fields[i], column));
	}
	sql_add(sql, ") VALUES (");
	sql_text(sql, rec->id);
	sql_add(sql, ",1,");
	sql_int(sql, now);
	sql_add(sql, ",");
	sql_int(sql, now);
	if (r->life) {
		sql_add(sql, ",");
		sql_text(sql, rec->state);
	}
	for (size_t i = 0; i < r->n_fields; i++) {
		if (!stored(&r->fields[i]))
			continue;
		sql_add(sql, ",");
		sql_value(sql, rec->values[i]);
	}
	sql_add(sql, ") RETURNING n");
	{
		CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
		bool row;
		if (!db_query_sql(op_db(op), sql, &rows, err) || !db_next(rows, &row, err))
			return false;
		rec->n = row ? db_col_int(rows, 0) : 0;
	}
	return record_index(op, rec, err) && record_log(op, NULL, rec, "create", err);
}

/* Writes the columns that differ; *ret_any says whether any but derived ones did. */
static bool write_columns(struct op *op, const struct record *before, const struct record *after,
	bool *ret_any,
			  struct err *err)
{
	const struct resource *r = after->resource;
	char column[64];
	bool any = false, derived = false;
	struct sql *sql = sql_new(op->arena);
	sql_add(sql, "UPDATE ");
	sql_name(sql, r->table);
	sql_add(sql, " SET updated_at=");
	sql_int(sql, after->updated_at);
	sql_add(sql, ",version=");
	sql_int(sql, after->version);
	if (r->life && !span_eq(before->state, after->state)) {
		sql_add(sql, ",state=");
		sql_text(sql, after->state);
		any = true;
	}
	for (size_t i = 0; i < r->n_fields; i++) {
		const struct field *f = &r->fields[i];
		if (!stored(f) || same(before->values[i], after->values[i]))
			continue;
		*(f->flags & DERIVED ? &derived : &any) = true;
		sql_add(sql, ",");
		sql_name(sql, field_column(f, column));
		sql_add(sql, "=");
		sql_value(sql, after->values[i]);
	}
	sql_add(sql, " WHERE n=");
	sql_int(sql, after->n);
	*ret_any = any;
	return (!any && !derived) || db_exec_sql(op_db(op), sql, err);
}

static bool only_derived(const struct record *before, const struct record *after)
{
	const struct resource *r = after->resource;
	if (!span_eq(before->state, after->state))
		return false;
	for (size_t i = 0; i < r->n_fields; i++)
		if (stored(&r->fields[i]) && !(r->fields[i].flags & DERIVED) &&
		    !same(before->values[i], after->values[i]))
			return false;
	return true;
}

bool record_update(struct op *op, const struct record *before, struct record *after, const char *verb,
	struct err *err)
{
	bool any;
	bool quiet = only_derived(before, after);
	after->version = before->version + !quiet;
	after->updated_at = quiet ? before->updated_at : op_now(op);
	if (!write_columns(op, before, after, &any, err))
		return false;
	return !any || (record_index(op, after, err) && record_log(op, before, after, verb, err));
}
