/* Numbers of notices: a series of each office and year, written as number_formats says. */
#include "notice/room.h"
#include "order/rules.h"

static bool is_taken(struct op *op, const struct record *notice, struct span number, bool *ret,
	struct err *err)
{
	int64_t n;
	return db_int(op_db(op), SQL("SELECT n FROM notices WHERE issuer_n=? AND number=? AND n<>?"),
		V(record_get(notice, "issuer_id"), db_t(number), db_i(notice->n)), &n, ret, err);
}

bool notice_number_next(struct op *op, const struct record *notice, struct span *ret, struct err *err)
{
	struct rule_number f;
	struct span own = arena_printf(op->arena, "notice." SPAN_FMT, SPAN_ARG(record_text(notice, "kind")));
	int year = time_date(op_now(op), TIME_CHINA).year;
	if (!rule_number_find(op, record_int(notice, "issuer_id"), own, SPAN("notice"), &f, err))
		return false;
	struct span series = arena_printf(op->arena, SPAN_FMT "/%lld/%d", SPAN_ARG(f.kind),
		(long long)record_int(notice, "issuer_id"), year);
	for (bool taken = true; taken;) {
		int64_t serial;
		if (!store_next_number(op->tx, series, &serial, err))
			return false;
		*ret = rule_number_fill(op, &f, year, serial);
		if (!is_taken(op, notice, *ret, &taken, err))
			return false;
	}
	return true;
}

bool notice_number_check(struct op *op, const struct record *notice, struct span number, struct err *err)
{
	bool taken = false;
	if (number.n && !is_taken(op, notice, number, &taken, err))
		return false;
	if (!taken)
		return true;
	err_field(err, "number", "文号“" SPAN_FMT "”已经用过", "the number \"" SPAN_FMT "\" is taken",
		SPAN_ARG(number));
	err->code = ERR_DUPLICATE;
	return false;
}
