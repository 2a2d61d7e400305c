/* Numbers of notices: a series of each office and year, written as number_formats says. */
#include "notice/room.h"
#include "people/people.h"

/* "{prefix}〔{year}〕{serial}号" */
static struct span fill_in(struct op *op, struct span pattern, struct span prefix, int year, int64_t serial)
{
	struct str out = STR_IN(op->arena, 400);
	while (pattern.n) {
		if (span_starts(pattern, SPAN("{prefix}"))) {
			str_add(&out, prefix);
			pattern = span_from(pattern, 8);
		} else if (span_starts(pattern, SPAN("{year}"))) {
			str_addf(&out, "%d", year);
			pattern = span_from(pattern, 6);
		} else if (span_starts(pattern, SPAN("{serial}"))) {
			str_addf(&out, "%lld", (long long)serial);
			pattern = span_from(pattern, 8);
		} else {
			str_addc(&out, *pattern.p);
			pattern = span_from(pattern, 1);
		}
	}
	return str_span(&out);
}

struct format {
	struct span prefix, pattern, kind;
};

/* The office's own before the general one; that of this kind of notice ("notice.tip") before that of all. */
static bool format_of(struct op *op, const struct record *notice, struct format *ret, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	int64_t city_n, office_n = record_int(notice, "issuer_id");
	struct span own = arena_printf(op->arena, "notice." SPAN_FMT, SPAN_ARG(record_text(notice, "kind")));
	bool row;
	if (!unit_office(op, &city_n, err) ||
		!db_query(op_db(op),
			SQL("SELECT f.prefix, f.pattern, f.kind, f.unit_n, CASE u.short_name WHEN '' THEN "
			"u.name"
			    " ELSE u.short_name END FROM number_formats f LEFT JOIN units u ON u.n=? WHERE"
			    " f.kind IN ('notice', ?) AND f.unit_n IN (0, ?) ORDER BY f.unit_n DESC, f.kind"
			    " DESC LIMIT 1"),
			V(db_i(office_n), db_t(own), db_i(office_n)), &r, err) ||
		!db_next(r, &row, err))
		return false;
	if (!row)
		return err_set(err, ERR_CORRUPT, "没有通报的编号格式", "no format for the numbers of notices");
	ret->prefix = arena_span(op->arena, db_col_text(r, 0));
	ret->pattern = arena_span(op->arena, db_col_text(r, 1));
	ret->kind = arena_span(op->arena, db_col_text(r, 2));
	/* Another office than the city's without a format of its own is told apart by its name. */
	if (db_col_int(r, 3) == 0 && city_n != 0 && office_n != city_n)
		ret->prefix = arena_printf(op->arena, SPAN_FMT "（" SPAN_FMT "）", SPAN_ARG(ret->prefix),
			SPAN_ARG(db_col_text(r, 4)));
	return true;
}

static bool is_taken(struct op *op, const struct record *notice, struct span number, bool *ret,
	struct err *err)
{
	int64_t n;
	return db_int(op_db(op), SQL("SELECT n FROM notices WHERE issuer_n=? AND number=? AND n<>?"),
		V(record_get(notice, "issuer_id"), db_t(number), db_i(notice->n)), &n, ret, err);
}

bool notice_number_next(struct op *op, const struct record *notice, struct span *ret, struct err *err)
{
	struct format f;
	int year = time_date(op_now(op), TIME_CHINA).year;
	if (!format_of(op, notice, &f, err))
		return false;
	struct span series = arena_printf(op->arena, SPAN_FMT "/%lld/%d", SPAN_ARG(f.kind),
		(long long)record_int(notice, "issuer_id"), year);
	for (bool taken = true; taken;) {
		int64_t serial;
		if (!store_next_number(op->tx, series, &serial, err))
			return false;
		*ret = fill_in(op, f.pattern, f.prefix, year, serial);
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
