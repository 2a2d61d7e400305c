/* Rows of a list of units into the store. */
#include "people/unit_sheet.h"

static const struct { const char *field; int column; } texts[] = {
	{ "code", UNIT_CODE },
	{ "name", UNIT_NAME },
	{ "kind", UNIT_KIND },
	{ "sector", UNIT_SECTOR },
	{ "uscc", UNIT_USCC },
	{ "short_name", UNIT_SHORT_NAME },
	{ "aliases", UNIT_ALIASES },
	{ "phone", UNIT_PHONE },
};
static const struct { const char *field; int column; } above[] = {
	{ "parent_id", UNIT_PARENT_CODE },
	{ "supervisor_id", UNIT_SUPERVISOR_CODE },
};

bool unit_differs(const struct record *a, const struct record *b)
{
	for (size_t i = 0; i < a->resource->n_fields; i++) {
		struct db_value x = a->values[i], y = b->values[i];
		if (x.type != y.type || (x.type == DB_INT && x.i != y.i) ||
			(x.type == DB_TEXT && !span_eq(x.s, y.s)))
			return true;
	}
	return false;
}

bool unit_fill(struct op *op, const struct sheet_row *row, struct record *after, struct err *err)
{
	int64_t n = 0;
	bool found = true;
	for (size_t i = 0; i < COUNT(texts); i++)
		if (row->value[texts[i].column].p)
			record_set(after, texts[i].field, db_t(row->value[texts[i].column]));
	struct span order = row->value[UNIT_SORT_ORDER], division = row->value[UNIT_DIVISION];
	if (order.p) {
		(void)span_int(order, 0, INT64_MAX, &n);
		record_set(after, "sort_order", db_i(n));
	}
	if (!division.p)
		return true;
	n = 0;
	if (division.n && !db_int(op_db(op), SQL("SELECT n FROM divisions WHERE code=?"), V(db_t(division)),
	    &n, &found, err))
		return false;
	record_set(after, "division_id", n ? db_i(n) : db_null());
	return true;
}

static bool unit_of_code(struct op *op, struct span code, int64_t *ret_n, struct err *err)
{
	bool found;
	*ret_n = 0;
	return !code.n || db_int(op_db(op), SQL("SELECT n FROM units WHERE code=?"), V(db_t(code)), ret_n,
		&found, err);
}

/* As far as those above are in the store by now. */
static bool fill_above(struct op *op, const struct sheet_row *row, struct record *after, struct err *err)
{
	for (size_t i = 0; i < COUNT(above); i++) {
		struct span code = row->value[above[i].column];
		int64_t n;
		if (!code.p)
			continue;
		if (!unit_of_code(op, code, &n, err))
			return false;
		record_set(after, above[i].field, n ? db_i(n) : db_null());
	}
	return true;
}

static bool insert(struct op *op, const struct sheet_row *row, int64_t *ret_n, struct err *err)
{
	struct record rec;
	if (!record_new(&unit_resource, op->arena, &rec))
		return false;
	record_set(&rec, "aliases", db_t(SPAN("[]")));
	if (!unit_fill(op, row, &rec, err) || !fill_above(op, row, &rec, err) ||
	    !record_insert(op, &rec, err) ||
		!unit_index_aliases(op, rec.n, record_text(&rec, "aliases"), err))
		return false;
	*ret_n = rec.n;
	for (int tree = 0; tree < 2; tree++)
		if (!unit_tree_move(op, rec.n, (enum unit_relation)tree, record_int(&rec, above[tree].field),
		    err))
			return false;
	return true;
}

static bool update(struct op *op, const struct sheet_row *row, int64_t n, struct err *err)
{
	struct record before, after;
	bool found;
	if (!resource_load(op, &unit_resource, n, &before, &found, err))
		return false;
	after = record_copy(op, &before);
	if (!unit_fill(op, row, &after, err))
		return false;
	if (!unit_differs(&before, &after))
		return true;
	struct span aliases = record_text(&after, "aliases");
	return record_update(op, &before, &after, "change", err) &&
		(span_eq(aliases, record_text(&before, "aliases")) ||
		unit_index_aliases(op, n, aliases, err));
}

bool unit_sheet_write(struct op *op, struct sheet *s, struct sheet_row *row, struct err *err)
{
	int64_t n = row->target_n;
	if (!n && !unit_of_code(op, sheet_text(row, UNIT_CODE), &n, err))
		return false;
	if (!span_is(row->data, "contacts") && !(n ? update(op, row, n, err) : insert(op, row, &n, err)))
		return false;
	for (size_t i = 0; i < UNIT_CONTACTS; i++) {
		struct contact c;
		if (unit_contact_of(s, row, i, n, &c) && !contact_write(op, &c, err))
			return false;
	}
	return true;
}

static bool place(struct op *op, const struct sheet_row *row, bool *ret_moved, struct err *err)
{
	struct record before, after;
	int64_t n;
	bool found;
	if (!unit_of_code(op, sheet_text(row, UNIT_CODE), &n, err) ||
		!resource_load(op, &unit_resource, n, &before, &found, err))
		return false;
	if (!found)
		return true;
	after = record_copy(op, &before);
	if (!fill_above(op, row, &after, err))
		return false;
	if (!unit_differs(&before, &after))
		return true;
	*ret_moved = true;
	return record_update(op, &before, &after, "change", err);
}

/* Units that change places, or hang below one that came after them: all at once, so that no tree has a ring
 * in between. */
bool unit_sheet_finish(struct op *op, struct sheet *s, struct err *err)
{
	bool moved = false;
	for (size_t i = 0; i < s->rows.n; i++)
		if (span_is(s->rows.p[i].data, "place") && !place(op, &s->rows.p[i], &moved, err))
			return false;
	return (!moved || unit_tree_rebuild(op, err)) && unit_settle_office(op, err);
}
