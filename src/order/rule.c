/* Rules as data: deadlines, single numbers, how numbers are written. */
#include <stdio.h>

#include "order/room.h"
#include "people/people.h"

bool order_template_find(
	struct op *op, struct span name, struct span severity, struct order_template *ret, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct order_template t = { 0 };
	bool row;
	if (!name.n)
		name = SPAN("default");
	if (!db_query(op_db(op),
		    SQL("SELECT name, version, calendar, acknowledge_amount, answer_amount, rework_amount,"
			" escalate_amount, acknowledge_unit, answer_unit, rework_unit, escalate_unit"
			" FROM order_templates WHERE name=? AND severity=? AND effective_at<=?"
			" ORDER BY effective_at DESC, version DESC LIMIT 1"),
		    V(db_t(name), db_t(severity), db_i(op_now(op))), &r, err) ||
		!db_next(r, &row, err))
		return false;
	if (!row)
		return err_field(err, "template", "没有时限模板“" SPAN_FMT "”",
			"no template \"" SPAN_FMT "\"", SPAN_ARG(name));
	snprintf(t.name, sizeof t.name, SPAN_FMT, SPAN_ARG(db_col_text(r, 0)));
	snprintf(t.version, sizeof t.version, SPAN_FMT, SPAN_ARG(db_col_text(r, 1)));
	t.calendar = arena_span(op->arena, db_col_text(r, 2));
	t.acknowledge = db_col_int(r, 3);
	t.answer = db_col_int(r, 4);
	t.rework = db_col_int(r, 5);
	t.escalate = db_col_int(r, 6);
	if (!calendar_unit_find(db_col_text(r, 7), &t.acknowledge_unit) ||
		!calendar_unit_find(db_col_text(r, 8), &t.answer_unit) ||
		!calendar_unit_find(db_col_text(r, 9), &t.rework_unit) ||
		!calendar_unit_find(db_col_text(r, 10), &t.escalate_unit))
		return err_set(
			err, ERR_CORRUPT, "时限模板 %s 的单位无效", "template %s has a bad unit", t.name);
	*ret = t;
	return true;
}

bool order_rule(struct op *op, const char *name, int64_t *ret, struct err *err)
{
	bool found = false;
	if (!db_int(op_db(op),
		    SQL("SELECT value FROM order_rules WHERE name=? AND effective_at<=? ORDER BY "
			"effective_at DESC,"
			" version DESC LIMIT 1"),
		    V(db_z(name), db_i(op_now(op))), ret, &found, err))
		return false;
	return found || err_set(err, ERR_CORRUPT, "没有规则 %s", "no rule %s", name);
}

/* "{prefix}〔{year}〕{serial}号" */
static struct span fill_in(struct op *op, struct span pattern, struct span prefix, int year, int64_t serial)
{
	struct str out = STR_IN(op->arena, 400);
	while (pattern.n) {
		struct span whole = pattern;
		if (span_starts(whole, SPAN("{prefix}"))) {
			str_add(&out, prefix);
			pattern = span_from(whole, 8);
		} else if (span_starts(whole, SPAN("{year}"))) {
			str_addf(&out, "%d", year);
			pattern = span_from(whole, 6);
		} else if (span_starts(whole, SPAN("{serial}"))) {
			str_addf(&out, "%lld", (long long)serial);
			pattern = span_from(whole, 8);
		} else {
			str_addc(&out, *whole.p);
			pattern = span_from(whole, 1);
		}
	}
	return str_span(&out);
}

static bool format_of(
	struct op *op, int64_t office_n, struct span *ret_prefix, struct span *ret_pattern, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	int64_t city_n;
	bool row;
	if (!unit_office(op, &city_n, err) ||
		!db_query(op_db(op),
			SQL("SELECT f.prefix, f.pattern, f.unit_n, CASE u.short_name WHEN '' THEN u.name ELSE"
			    " u.short_name END FROM number_formats f LEFT JOIN units u ON u.n=? WHERE "
			    "f.kind='order'"
			    " AND f.unit_n IN (0, ?) ORDER BY f.unit_n DESC LIMIT 1"),
			V(db_i(office_n), db_i(office_n)), &r, err) ||
		!db_next(r, &row, err))
		return false;
	if (!row)
		return err_set(
			err, ERR_CORRUPT, "没有交办单的编号格式", "no format for the numbers of orders");
	*ret_prefix = arena_span(op->arena, db_col_text(r, 0));
	*ret_pattern = arena_span(op->arena, db_col_text(r, 1));
	/* Another office than the city's without a format of its own is told apart by its name. */
	if (db_col_int(r, 2) == 0 && city_n != 0 && office_n != city_n)
		*ret_prefix = arena_printf(op->arena, SPAN_FMT "（" SPAN_FMT "）", SPAN_ARG(*ret_prefix),
			SPAN_ARG(db_col_text(r, 3)));
	return true;
}

bool order_number_next(
	struct op *op, int64_t office_n, const struct calendar *c, struct span *ret, struct err *err)
{
	struct span prefix, pattern;
	int year = time_date(op_now(op), c->offset).year;
	struct span series = arena_printf(op->arena, "order/%lld/%d", (long long)office_n, year);
	if (!format_of(op, office_n, &prefix, &pattern, err))
		return false;
	for (bool taken = true; taken;) {
		int64_t serial, n;
		if (!store_next_number(op->tx, series, &serial, err))
			return false;
		*ret = fill_in(op, pattern, prefix, year, serial);
		/* A number that somebody typed in stays taken. */
		if (!db_int(op_db(op), SQL("SELECT n FROM orders WHERE issuer_n=? AND number=?"),
			    V(db_i(office_n), db_t(*ret)), &n, &taken, err))
			return false;
	}
	return true;
}
