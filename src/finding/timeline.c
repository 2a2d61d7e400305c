/* The timeline: steps of a record and of its parts, oldest first. */
#include "finding/finding.h"

enum { TIMELINE_MAX = 5000 };

static void add_text(struct str *out, const char *name, struct span text)
{
	str_addf(out, ",\"%s\":", name);
	if (text.n)
		str_add_json(out, text);
	else
		str_addz(out, "null");
}

static void add_time(struct str *out, const char *name, int64_t at)
{
	char text[TIME_TEXT];
	str_addf(out, ",\"%s\":\"%s\"", name, time_format(at, text));
}

static void one(struct str *out, const struct db_rows *r)
{
	str_addz(out, "{\"id\":");
	str_add_json(out, db_col_text(r, 0));
	add_text(out, "resource", db_col_text(r, 1));
	add_text(out, "from", db_col_text(r, 2));
	add_text(out, "verb", db_col_text(r, 3));
	add_text(out, "to", db_col_text(r, 4));
	add_time(out, "happened_at", db_col_int(r, 5));
	add_time(out, "recorded_at", db_col_int(r, 6));
	add_text(out, "actor", db_col_text(r, 7));
	add_text(out, "on_whose_word", db_col_text(r, 8));
	add_text(out, "text", db_col_text(r, 9));
	struct span values = db_col_text(r, 10);
	str_addz(out, ",\"values\":");
	str_add(out, values.n ? values : SPAN("null"));
	add_text(out, "record_id", db_col_text(r, 11));
	str_addc(out, '}');
}

bool finding_timeline_json(struct op *op, const struct finding_timeline *t, struct str *out, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct sql *q = sql_new(op->arena);
	bool row, first = true;
	sql_add(q,
		"SELECT id, resource, from_state, verb, to_state, happened_at, recorded_at, actor, "
		"on_whose_word, text, body,"
		" CASE resource WHEN 'item' THEN (SELECT i.id FROM items i WHERE i.n=record_n) END"
		" FROM steps WHERE (resource=");
	sql_text(q, span_of(t->resource));
	sql_add(q, " AND record_n=");
	sql_int(q, t->record_n);
	sql_add(q, ")");
	for (size_t i = 0; i < t->n_parts; i++) {
		if (i)
			sql_add(q, ",");
		else
			sql_add(q, " OR (resource='item' AND record_n IN (");
		sql_int(q, t->part_ns[i]);
	}
	if (t->n_parts)
		sql_add(q, "))");
	sql_add(q, " ORDER BY n LIMIT ");
	sql_int(q, TIMELINE_MAX);
	if (!db_query_sql(op_db(op), q, &r, err))
		return false;
	str_addz(out, "{\"items\":[");
	for (;; first = false) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		str_addz(out, first ? "" : ",");
		one(out, r);
	}
	str_addz(out, "],\"next\":null}");
	return str_check(out, err);
}
