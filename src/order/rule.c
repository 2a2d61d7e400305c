/* Rules as data: deadlines, single numbers, how numbers are written. */
#include <stdio.h>

#include "order/room.h"
#include "order/rules.h"
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
		    SQL("SELECT name, edition, calendar, acknowledge_amount, answer_amount, rework_amount,"
			" escalate_amount, acknowledge_unit, answer_unit, rework_unit, escalate_unit"
			" FROM deadlines t WHERE name=? AND severity=? "
			"AND " RULE_USABLE("t") "?" RULE_ORDER("t")),
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

bool rule_days(struct op *op, const char *name, int64_t at, int64_t *ret, struct err *err)
{
	bool found = false;
	if (!db_int(op_db(op),
		    SQL("SELECT value FROM rules t WHERE name=? AND " RULE_USABLE("t") "?" RULE_ORDER("t")),
		    V(db_z(name), db_i(at)), ret, &found, err))
		return false;
	return found || err_set(err, ERR_CORRUPT, "没有规则 %s", "no rule %s", name);
}

bool order_number_next(
	struct op *op, int64_t office_n, const struct calendar *c, struct span *ret, struct err *err)
{
	struct rule_number f;
	int year = time_date(op_now(op), c->offset).year;
	struct span series = arena_printf(op->arena, "order/%lld/%d", (long long)office_n, year);
	if (!rule_number_find(op, office_n, SPAN("order"), SPAN("order"), &f, err))
		return false;
	for (bool taken = true; taken;) {
		int64_t serial, n;
		if (!store_next_number(op->tx, series, &serial, err))
			return false;
		*ret = rule_number_fill(op, &f, year, serial);
		/* A number that somebody typed in stays taken. */
		if (!db_int(op_db(op), SQL("SELECT n FROM orders WHERE issuer_n=? AND number=?"),
			    V(db_i(office_n), db_t(*ret)), &n, &taken, err))
			return false;
	}
	return true;
}
