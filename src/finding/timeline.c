/* The timeline: steps of a record and of its parts, oldest first. */
#include "finding/life.h"

enum { TIMELINE_PAGE = 5000 };

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
	add_text(out, "actor_name", db_col_text(r, 13)); /* the person behind the account, then */
	add_text(out, "on_whose_word", db_col_text(r, 8));
	add_text(out, "text", db_col_text(r, 9));
	struct span values = db_col_text(r, 10);
	str_addz(out, ",\"values\":");
	str_add(out, values.n ? values : SPAN("null"));
	add_text(out, "record_id", db_col_text(r, 11));
	str_addc(out, '}');
}

/* ---- pages of what only grows at its end: the cursor is the last row's number ---- */

bool finding_page_read(const struct call *c, int64_t max, struct finding_page *ret, struct err *err)
{
	struct span cursor = call_query(c, "cursor"), limit = call_query(c, "limit");
	struct finding_page page = { .limit = max };
	if (cursor.n && !span_int(cursor, 1, INT64_MAX, &page.after_n))
		return err_field(err, "cursor", "cursor 不是这个列表给出的", "cursor was not given by this list");
	if (limit.n && !span_int(limit, 1, max, &page.limit))
		return err_field(err, "limit", "limit 应为 1 到 %lld 的整数",
			"limit must be a whole number from 1 to %lld",
			(long long)max);
	*ret = page;
	return true;
}

bool finding_page_add(struct finding_page *p, int64_t n, struct str *out)
{
	if (p->count == p->limit) {
		p->more = true;
		return false;
	}
	if (p->count++)
		str_addc(out, ',');
	p->after_n = n;
	return true;
}

bool finding_page_end(const struct finding_page *p, struct str *out, struct err *err)
{
	if (p->more)
		str_addf(out, "],\"next\":\"%lld\"}", (long long)p->after_n);
	else
		str_addz(out, "],\"next\":null}");
	return str_check(out, err);
}

/*
 * What offices say among themselves (a leader's instruction and what became of it, a draft and its approval)
 * is for those who read instructions; the unit sees the rest.  Items belong to orders only; for other
 * resources the sub-select is empty.  However many there are, the statement is the same.
 */
static bool timeline_query(struct op *op, const struct finding_timeline *t, const struct finding_page *page,
	struct db_rows **ret, struct err *err)
{
	struct sql *q = sql_new(op->arena);
	sql_add(q, "SELECT id, resource, from_state, verb, to_state, happened_at, recorded_at, actor,"
		   " on_whose_word, text, body,"
		   " CASE resource WHEN 'item' THEN (SELECT i.id FROM items i WHERE i.n=record_n) END, n,"
		   " COALESCE((SELECT p.name FROM persons p WHERE p.n=actor_person_n), '')"
		   " FROM steps WHERE ((resource=");
	sql_text(q, span_of(t->resource));
	sql_add(q, " AND record_n=");
	sql_int(q, t->record_n);
	sql_add(q, ") OR (resource='item' AND record_n IN (SELECT i.n FROM items i WHERE i.order_n=");
	sql_int(q, t->record_n);
	sql_add(q, " AND ");
	sql_text(q, span_of(t->resource));
	sql_add(q, "='order'))) AND (verb NOT IN ('instruct', 'complete', 'draft', 'revise', 'submit', "
		   "'send_back') OR (1=1");
	if (!actor_scope(op->actor, op_db(op), PERM_INSTRUCTION_READ, "unit_n", q, err))
		return false;
	sql_add(q, ")) AND n>");
	sql_int(q, page->after_n);
	sql_add(q, " ORDER BY n LIMIT ");
	sql_int(q, page->limit + 1);
	return db_query_sql(op_db(op), q, ret, err);
}

bool finding_timeline_json(struct call *c, const struct finding_timeline *t, struct str *out, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct finding_page page;
	bool row;
	if (!finding_page_read(c, TIMELINE_PAGE, &page, err) || !timeline_query(c->op, t, &page, &r, err))
		return false;
	str_addz(out, "{\"items\":[");
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row || !finding_page_add(&page, db_col_int(r, 12), out))
			break;
		one(out, r);
	}
	return finding_page_end(&page, out, err);
}
