/* How numbers of orders and notices are written, by kind and office. */
#include "order/rules.h"
#include "people/people.h"

/* NUMBER_BYTES holds the longest prefix with an office's name in brackets (units.name: 100 characters), the
 * longest pattern, year and serial, at four bytes a character: a number that was cut short would be the same
 * for every serial. */
enum { NUMBER_MAX = 60, NUMBER_BYTES = 2048, SERIAL_EXAMPLE = 999999 };

static const char *const kinds[] = { "order", "notice", "notice.warning", "notice.hazard", "notice.incident",
	"notice.tip", NULL };

static const struct field fields[] = {
	{ "kind", FIELD_ENUM, REQUIRED | FILTER | LIST, .values = kinds, .zh = "用于", .en = "used for" },
	{ "unit_id", FIELD_REF, FILTER | LIST, .ref = "unit", .zh = "发文单位，不填为没有自己字号的所有单位",
		.en = "issuing office, empty: all that have no format of their own" },
	{ "prefix", FIELD_TEXT, REQUIRED | LIST, 1, 40, .zh = "发文字号，如 湛网交", .en = "prefix, like 湛网交" },
	{ "pattern", FIELD_TEXT, REQUIRED | LIST, 1, 100, .zh = "格式，{prefix} 字号、{year} 年份、{serial} 序号",
		.en = "pattern, {prefix} {year} {serial}" },
	RULE_FIELDS(RULE_IN_FORCE("number_formats",
		"o.kind=t.kind AND COALESCE(o.unit_n,0)=COALESCE(t.unit_n,0)")),
};

static const char *const places[] = { "{prefix}", "{year}", "{serial}" };

/* Which place the text begins with; COUNT(places): none. */
static size_t place_at(struct span text)
{
	size_t i = 0;
	while (i < COUNT(places) && !span_starts(text, span_of(places[i])))
		i++;
	return i;
}

static bool check_pattern(struct span pattern, struct err *err)
{
	size_t seen[COUNT(places) + 1] = { 0 };
	while (pattern.n) {
		size_t place = place_at(pattern);
		if (place == COUNT(places) && (*pattern.p == '{' || *pattern.p == '}'))
			return err_field(err, "pattern", "格式中只能用 {prefix}、{year}、{serial}",
				"the pattern knows {prefix}, {year} and {serial} only");
		seen[place]++;
		pattern = span_from(pattern, place < COUNT(places) ? strlen(places[place]) : 1);
	}
	/* the series begins anew each year: without both two orders would have one number */
	if (seen[1] != 1 || seen[2] != 1 || seen[0] > 1)
		return err_field(err, "pattern", "格式中 {year}、{serial} 应各出现一次，{prefix} 至多一次",
			"the pattern must have {year} and {serial} once, {prefix} at most once");
	return true;
}

/* On paper and in a column of a list it has to be read; the prefix may be repeated with an office's name. */
static bool check_length(struct op *op, const struct record *r, struct err *err)
{
	struct rule_number f = { .prefix = record_text(r, "prefix"), .pattern = record_text(r, "pattern") };
	struct span number = rule_number_fill(op, &f, (int)rule_year(op), SERIAL_EXAMPLE);
	size_t n = utf8_count(number);
	return n <= NUMBER_MAX ||
		err_field(err, "pattern", "按此格式，编号长达 %zu 个字，至多 %d 个",
			"numbers would have %zu characters, at most %d", n, (int)NUMBER_MAX);
}

static bool check(struct op *op, const struct record *before, struct record *after, struct err *err)
{
	int64_t count = 0, year = rule_year(op);
	bool found;
	return check_pattern(record_text(after, "pattern"), err) && check_length(op, after, err) &&
		rule_check(op, before, after, err) &&
		db_int(op_db(op),
			SQL("SELECT count(*) FROM number_formats WHERE kind=? AND COALESCE(unit_n,0)=? AND"
			    " substr(edition, 1, 4)=?"),
			V(record_get(after, "kind"), db_i(record_int(after, "unit_id")),
				db_t(arena_printf(op->arena, "%04lld", (long long)year))),
			&count, &found, err) &&
		rule_edition(op, after, year, count);
}

const struct resource number_format_resource = {
	.name = "number_format",
	.path = "number_formats",
	.table = "number_formats",
	.zh = "发文字号，交办单和通报的编号格式；只增不改",
	.en = "number format, how numbers of orders and notices are written; never changed",
	.fields = fields,
	.n_fields = COUNT(fields),
	.label = "prefix",
	.read = PERM_RULE_READ,
	.write = PERM_RULE_WRITE,
	.ops = RESOURCE_CREATE,
	.life = &rule_life,
	.check = check,
	.after = rule_after,
	.may = rule_may,
	.apply = rule_apply,
};

/* ---- found and filled ---- */

bool rule_number_find(struct op *op, int64_t office_n, struct span kind, struct span general,
	struct rule_number *ret, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	int64_t city_n;
	bool row;
	if (!unit_office(op, &city_n, err) ||
		!db_query(op_db(op),
			SQL("SELECT t.prefix, t.pattern, t.kind, t.unit_n IS NULL, CASE u.short_name WHEN '' "
			"THEN"
			    " u.name ELSE u.short_name END FROM number_formats t LEFT JOIN units u ON u.n=?"
			    " WHERE t.kind IN (?, ?) AND (t.unit_n IS NULL OR t.unit_n=?) "
			    "AND " RULE_USABLE("t") "?"
			    " ORDER BY t.unit_n IS NULL, t.kind<>?, COALESCE(t.effective_at,0) DESC, t.n DESC"
			    " LIMIT 1"),
			V(db_i(office_n), db_t(kind), db_t(general), db_i(office_n), db_i(op_now(op)),
			db_t(kind)),
			&r, err) ||
		!db_next(r, &row, err))
		return false;
	if (!row)
		return err_set(err, ERR_CORRUPT, "没有“" SPAN_FMT "”的编号格式",
			"no format for numbers of " SPAN_FMT,
			SPAN_ARG(general));
	ret->prefix = arena_span(op->arena, db_col_text(r, 0));
	ret->pattern = arena_span(op->arena, db_col_text(r, 1));
	ret->kind = arena_span(op->arena, db_col_text(r, 2));
	/* Another office than the city's without a format of its own is told apart by its name. */
	if (db_col_int(r, 3) && city_n != 0 && office_n != city_n)
		ret->prefix = arena_printf(op->arena, SPAN_FMT "（" SPAN_FMT "）", SPAN_ARG(ret->prefix),
			SPAN_ARG(db_col_text(r, 4)));
	return true;
}

struct span rule_number_fill(struct op *op, const struct rule_number *f, int year, int64_t serial)
{
	struct str out = STR_IN(op->arena, NUMBER_BYTES);
	struct span rest = f->pattern;
	while (rest.n) {
		size_t place = place_at(rest);
		switch (place) {
		case 0: str_add(&out, f->prefix); break;
		case 1: str_addf(&out, "%d", year); break;
		case 2: str_addf(&out, "%lld", (long long)serial); break;
		default: str_addc(&out, *rest.p); break;
		}
		rest = span_from(rest, place < COUNT(places) ? strlen(places[place]) : 1);
	}
	return str_span(&out);
}
