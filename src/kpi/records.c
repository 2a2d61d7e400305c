/* The records behind a value, by pages: as they were known, with the names that they bear today. */
#include <stdio.h>

#include "kpi/room.h"

/* ---- what is not an order ---- */

/* Issued in the period; recalled within it they were as if never issued. */
static bool read_notices(struct op *op, const struct kpi_ask *q, struct db_rows **ret, struct err *err)
{
	return db_query(op_db(op),
		SQL("SELECT s.record_n, min(s.happened_at), CASE WHEN s.issuer_n>0 THEN s.issuer_n ELSE "
		"s.unit_n END"
		    " FROM steps s WHERE s.resource='notice' AND s.verb='issue' AND s.happened_at>=? AND"
		    " s.happened_at<? AND s.recorded_at<=? AND s.exercise=0 AND NOT EXISTS (SELECT 1 FROM "
		    "steps r"
		    " WHERE r.resource='notice' AND r.record_n=s.record_n AND r.verb='recall' AND "
		    "r.happened_at<?"
		    " AND r.recorded_at<=?)"
		    " GROUP BY s.record_n, CASE WHEN s.issuer_n>0 THEN s.issuer_n ELSE s.unit_n END"
		    " ORDER BY s.record_n"),
		V(db_i(q->from_at), db_i(q->to_at), db_i(q->asof), db_i(q->to_at), db_i(q->asof)), ret, err);
}

/* What counted last for a unit, no longer ago than the rule says. */
static bool read_inventories(struct op *op, const struct kpi_ask *q, struct db_rows **ret, struct err *err)
{
	return db_query(op_db(op),
		SQL("SELECT unit_n, max(happened_at), unit_n FROM steps WHERE resource='declaration'"
		    " AND verb IN ('accept', 'confirm') AND happened_at>? AND happened_at<=? AND "
		    "recorded_at<=?"
		    " AND exercise=0 AND unit_n>0 GROUP BY unit_n ORDER BY unit_n"),
		V(db_i(q->asof - q->inventory_days * TIME_DAY), db_i(q->asof), db_i(q->asof)), ret, err);
}

static bool read_contacts(struct op *op, const struct kpi_ask *q, struct db_rows **ret, struct err *err)
{
	return db_query(op_db(op),
		SQL("SELECT record_n, max(happened_at), record_n FROM steps WHERE resource='unit'"
		    " AND verb='check_contacts' AND happened_at>? AND happened_at<=? AND recorded_at<=?"
		    " AND exercise=0 GROUP BY record_n ORDER BY record_n"),
		V(db_i(q->asof - q->contacts_days * TIME_DAY), db_i(q->asof), db_i(q->asof)), ret, err);
}

/* Units are counted among those that owe something; a notice by the office that issued it. */
static bool belongs(const struct kpi_ask *q, enum kpi_source source, int64_t unit_n)
{
	return source == KPI_OF_NOTICES ? kpi_ask_has(q, unit_n) : kpi_ask_owes(q, unit_n);
}

bool kpi_marks(struct op *op, const struct kpi_ask *q, enum kpi_source source, struct kpi_marks *ret,
	struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	VEC(struct kpi_marked) marks = { .arena = op->arena };
	bool row, ok = source == KPI_OF_NOTICES ? read_notices(op, q, &r, err)
		: source == KPI_OF_INVENTORY ? read_inventories(op, q, &r, err)
					     : read_contacts(op, q, &r, err);
	if (!ok)
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		struct kpi_marked one = { db_col_int(r, 0), db_col_int(r, 1), db_col_int(r, 2) };
		if (belongs(q, source, one.unit_n))
			vec_push(&marks, one);
	}
	*ret = (struct kpi_marks){ marks.p, marks.n };
	return true;
}

/* ---- how a record is shown ---- */

static void add_text(struct str *out, const char *name, struct span text)
{
	str_addf(out, ",\"%s\":", name);
	if (text.p)
		str_add_json(out, text);
	else
		str_addz(out, "null");
}

static void add_time(struct str *out, const char *name, int64_t at)
{
	char text[TIME_TEXT];
	add_text(out, name, at ? span_of(time_format(at, text)) : (struct span){ NULL, 0 });
}

static bool add_unit(struct op *op, int64_t unit_n, struct str *out, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	if (!db_query(op_db(op), SQL("SELECT id, name FROM units WHERE n=?"), V(db_i(unit_n)), &r, err) ||
		!db_next(r, &row, err))
		return false;
	add_text(out, "unit_id", row ? db_col_text(r, 0) : (struct span){ NULL, 0 });
	add_text(out, "unit", row ? db_col_text(r, 1) : (struct span){ NULL, 0 });
	return true;
}

static bool add_order(struct op *op, const struct kpi_facts *f, struct str *out, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	if (!db_query(op_db(op), SQL("SELECT id, number, title FROM orders WHERE n=?"), V(db_i(f->order_n)),
	    &r,
		    err) ||
		!db_next(r, &row, err))
		return false;
	str_addz(out, "{\"resource\":\"order\"");
	add_text(out, "id", row ? db_col_text(r, 0) : (struct span){ NULL, 0 });
	add_text(out, "number", row ? db_col_text(r, 1) : (struct span){ NULL, 0 });
	add_text(out, "title", row ? db_col_text(r, 2) : (struct span){ NULL, 0 });
	if (!add_unit(op, f->unit_n, out, err))
		return false;
	add_text(out, "state", span_of(f->state_name));
	add_time(out, "sent_at", f->sent_at);
	add_time(out, "acknowledge_due", f->acknowledge_due);
	add_time(out, "acknowledged_at", f->acknowledged_at);
	add_time(out, "answer_due", f->answer_due);
	add_time(out, "answered_at", f->answered_at);
	add_time(out, "verified_at", f->verified_at);
	str_addf(out, ",\"returned\":%s,\"on_behalf\":%s}", f->returned ? "true" : "false",
		f->on_behalf ? "true" : "false");
	return true;
}

static bool add_mark(struct op *op, enum kpi_source source, const struct kpi_marked *m, struct str *out,
	struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct sql *sql = sql_new(op->arena);
	const char *resource = source == KPI_OF_NOTICES ? "notice" : "unit";
	const struct resource *of = resource_find(span_of(resource));
	bool row = false;
	str_addf(out, "{\"resource\":\"%s\"", resource);
	if (of) {
		sql_add(sql, "SELECT t.id, ");
		sql_name(sql, of->key ? of->key : "''");
		sql_add(sql, ", ");
		sql_name(sql, source == KPI_OF_NOTICES ? "title" : "name");
		sql_add(sql, " FROM ");
		sql_name(sql, of->table);
		sql_add(sql, " t WHERE t.n=");
		sql_int(sql, m->n);
		if (!db_query_sql(op_db(op), sql, &r, err) || !db_next(r, &row, err))
			return false;
	}
	add_text(out, "id", row ? db_col_text(r, 0) : (struct span){ NULL, 0 });
	add_text(out, "number", row ? db_col_text(r, 1) : (struct span){ NULL, 0 });
	add_text(out, "title", row ? db_col_text(r, 2) : (struct span){ NULL, 0 });
	if (!add_unit(op, m->unit_n, out, err))
		return false;
	add_time(out, "at", m->at);
	str_addc(out, '}');
	return true;
}

/* ---- pages ---- */

struct list {
	const struct kpi_page *page;
	struct str *out;
	size_t n;
	int64_t last;
	bool more;
};

/* Is there room for one more on this page? */
static bool take(struct list *l, int64_t n)
{
	if (l->n == l->page->limit) {
		l->more = true;
		return false;
	}
	if (l->n++)
		str_addc(l->out, ',');
	l->last = n;
	return true;
}

static bool list_marks(struct op *op, const struct kpi_ask *q, const struct kpi_measure *m, struct list *l,
	struct err *err)
{
	struct kpi_marks marks;
	if (!kpi_marks(op, q, m->source, &marks, err))
		return false;
	for (size_t i = 0; i < marks.n; i++) {
		if (marks.at[i].n <= l->page->after_n)
			continue;
		if (!take(l, marks.at[i].n))
			return true;
		if (!add_mark(op, m->source, &marks.at[i], l->out, err))
			return false;
	}
	return true;
}

static bool list_orders(struct op *op, const struct kpi_ask *q, const struct kpi_measure *m, struct list *l,
	struct err *err)
{
	CLEANUP(kpi_walk_close) struct kpi_walk *w = NULL;
	struct kpi_facts f;
	bool more;
	if (!kpi_walk_open(op, q, l->page->after_n, &w, err))
		return false;
	for (;;) {
		if (!kpi_walk_next(w, &f, &more, err))
			return false;
		if (!more)
			return true;
		if (!m->counts(&f, q) || (m->meets && !m->meets(&f, q)))
			continue;
		if (!take(l, f.order_n))
			return true;
		if (!add_order(op, &f, l->out, err))
			return false;
	}
}

bool kpi_records(struct op *op, const struct kpi_ask *q, const struct kpi_measure *m,
	const struct kpi_page *page, struct str *out, struct err *err)
{
	struct list l = { .page = page, .out = out };
	str_addz(out, "{\"items\":[");
	if (!(m->source == KPI_OF_ORDERS ? list_orders(op, q, m, &l, err) : list_marks(op, q, m, &l, err)))
		return false;
	if (l.more)
		str_addf(out, "],\"next\":\"%lld\"}", (long long)l.last);
	else
		str_addz(out, "],\"next\":null}");
	return str_check(out, err);
}
