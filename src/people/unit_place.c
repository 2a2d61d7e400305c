#include <inttypes.h>
#include <stdio.h>

#include "people/unit_sheet.h"

enum { LEVELS_MAX = 50, SERIES_DIGITS = 4 };

static const int column_of[] = { UNIT_PARENT_CODE, UNIT_SUPERVISOR_CODE };

/* ---- divisions ---- */

static struct span like_city(const struct unit_index *x)
{
	struct span four = { x->city.p ? x->city.p : "", x->city.n < 4 ? 0 : 4 };
	return arena_printf(x->s->arena, SPAN_FMT "%%", SPAN_ARG(four));
}

static bool query_division(
	struct unit_index *x, struct span text, int64_t *ret_n, struct span *ret_code, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool found;
	struct span bare = text;
	if (x->counties.n && bare.n > x->counties.p[0].name.n && span_starts(bare, x->counties.p[0].name))
		bare = span_from(bare, x->counties.p[0].name.n);
	if (!db_query(op_db(x->op),
		    SQL("SELECT n, code FROM divisions WHERE code=? OR name IN (?, ?) OR"
			" (code LIKE ? AND name IN (? || '区', ? || '县', ? || '市', ? || '镇', ? || '街道'))"
			" ORDER BY (code<>?), (code NOT LIKE ?), length(code), code LIMIT 1"),
		    V(db_t(text), db_t(text), db_t(bare), db_t(like_city(x)), db_t(bare), db_t(bare),
		    db_t(bare),
			    db_t(bare), db_t(bare), db_t(text), db_t(like_city(x))),
		    &r, err) ||
		!db_next(r, &found, err))
		return false;
	*ret_n = found ? db_col_int(r, 0) : 0;
	*ret_code = found ? arena_span(x->s->arena, db_col_text(r, 1)) : SPAN("");
	return true;
}

bool unit_division_find(
	struct unit_index *x, struct span text, int64_t *ret_n, struct span *ret_code, struct err *err)
{
	uint64_t *known = map_find(x->divisions, text);
	if (!known && !query_division(x, text, ret_n, ret_code, err))
		return false;
	if (!known) {
		map_put(x->divisions, text, (uint64_t)*ret_n, NULL);
		return true;
	}
	*ret_n = (int64_t)*known;
	*ret_code = SPAN("");
	return !*ret_n ||
		db_text(op_db(x->op), SQL("SELECT code FROM divisions WHERE n=?"), V(db_i(*ret_n)),
		x->s->arena, ret_code,
			err);
}

/* ---- codes ---- */

static bool last_of_series(struct unit_index *x, struct span prefix, int64_t *ret, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	if (!db_query(op_db(x->op), SQL("SELECT code FROM units WHERE code LIKE ?"),
		    V(db_t(arena_printf(x->s->arena, SPAN_FMT "%%", SPAN_ARG(prefix)))), &r, err))
		return false;
	*ret = 0;
	for (;;) {
		bool more;
		int64_t n;
		if (!db_next(r, &more, err))
			return false;
		if (!more)
			return true;
		if (span_int(span_from(db_col_text(r, 0), prefix.n), 1, INT32_MAX, &n) && n > *ret)
			*ret = n;
	}
}

bool unit_make_code(struct unit_index *x, int64_t division_n, struct span *ret, struct err *err)
{
	struct span code = { NULL, 0 };
	if (division_n && !db_text(op_db(x->op), SQL("SELECT code FROM divisions WHERE n=?"),
	    V(db_i(division_n)),
				  x->s->arena, &code, err))
		return false;
	if (!code.n)
		code = x->city.n ? x->city : SPAN("U");
	struct span prefix = arena_printf(x->s->arena, SPAN_FMT "-", SPAN_ARG(code));
	uint64_t *last = map_find(x->series, prefix);
	if (!last) {
		int64_t n;
		if (!last_of_series(x, prefix, &n, err))
			return false;
		last = map_put(x->series, prefix, (uint64_t)n, NULL);
	}
	do
		*ret = arena_printf(x->s->arena, SPAN_FMT "%0*" PRIu64, SPAN_ARG(prefix), (int)SERIES_DIGITS,
			++*last);
	while (unit_index_get(x->by_code, *ret) != UNIT_NO_NODE);
	return true;
}

/* ---- what nobody says ---- */

static bool has(struct span s, const char *part)
{
	size_t n = strlen(part);
	for (size_t i = 0; i + n <= s.n; i++)
		if (memcmp(s.p + i, part, n) == 0)
			return true;
	return false;
}

static const char *kind_of(struct span name)
{
	static const char *const offices[] = { "网信办", "网络安全和信息化委员会", "互联网信息办公室" };
	static const char *const businesses[] = { "公司", "集团", "银行", "水厂", "电厂" };
	for (size_t i = 0; i < COUNT(offices); i++)
		if (has(name, offices[i]))
			return "office";
	for (size_t i = 0; i < COUNT(businesses); i++)
		if (has(name, businesses[i]))
			return "operator";
	return "public_body";
}

void unit_infer(struct unit_index *x, struct unit_node *node)
{
	struct sheet_row *row = node->row;
	if (!sheet_text(row, UNIT_KIND).n)
		row->value[UNIT_KIND] = span_of(kind_of(node->name));
	node->kind = row->value[UNIT_KIND];
	if (!sheet_text(row, UNIT_DIVISION).n && x->counties.n && x->city.n) {
		const struct unit_division *d = &x->counties.p[node->like_division];
		row->value[UNIT_DIVISION] = d->code;
		node->division_n = d->n;
	}
}

/* The office that a new unit hangs below when the file has no such column: of its county, else the city's. */
static ssize_t office_of(const struct unit_index *x, const struct unit_node *node)
{
	ssize_t city = UNIT_NO_NODE, county = UNIT_NO_NODE;
	int64_t home = x->s->unit_n ? x->s->unit_n : x->office_n;
	for (size_t i = 0; i < x->nodes.n; i++) {
		const struct unit_node *o = &x->nodes.p[i];
		if (o == node || !span_is(o->kind, "office") || (o->n && !plan_in_scope(x->s->scope, o->n)))
			continue;
		bool of_city = x->counties.n && o->division_n == x->counties.p[0].n;
		if (home ? o->n == home : (of_city && city < 0))
			city = (ssize_t)i;
		if (o->division_n && o->division_n == node->division_n && county < 0)
			county = (ssize_t)i;
	}
	bool office = span_is(node->kind, "office");
	return office || county < 0 ? city : county;
}

/* ---- above ---- */

static bool place_in(struct unit_index *x, struct unit_node *node, int tree)
{
	struct sheet_row *row = node->row;
	int column = column_of[tree];
	struct span name = sheet_text(row, column), none = SPAN("");
	struct err e = { 0 };
	bool loose;
	if (!row->value[column].p || !name.n) {
		if (row->value[column].p && (x->coded || node->fresh)) {
			node->above[tree] = UNIT_NO_NODE;
			node->said[tree] = true;
		}
		return true;
	}
	ssize_t at = unit_index_find(x, name, &loose);
	struct span shown = utf8_cut(name, 40);
	if (at >= 0) {
		node->above[tree] = at;
		node->said[tree] = true;
		row->value[column] = x->nodes.p[at].code;
		if (!loose)
			return true;
		struct span is = utf8_cut(x->nodes.p[at].name, 40);
		err_set(&e, ERR_INVALID, "“" SPAN_FMT "”按“" SPAN_FMT "”登记",
			"\"" SPAN_FMT "\" was taken for \"" SPAN_FMT "\"",
			SPAN_ARG(shown), SPAN_ARG(is));
		sheet_repaired(x->s, row, column, row->value[column], &e);
		return true;
	}
	if (at == UNIT_SEVERAL) {
		err_set(&e, ERR_INVALID, "有几个单位叫“" SPAN_FMT "”，请写编码",
			"several units are called \"" SPAN_FMT "\", write the code",
			SPAN_ARG(shown));
		return sheet_fault(x->s, row, column, &e);
	}
	err_set(&e, ERR_INVALID, x->coded ? "没有这个编码的单位，文件里也没有（“" SPAN_FMT "”）"
					   : "没有叫“" SPAN_FMT "”的单位，文件里也没有；建议先留空",
		x->coded ? "no unit has this code, neither here nor in the file (\"" SPAN_FMT "\")"
			 : "no unit is called \"" SPAN_FMT "\", neither here nor in the file; it could be "
			 "left empty",
		SPAN_ARG(shown));
	if (x->coded)
		return sheet_fault(x->s, row, column, &e);
	if (sheet_propose(x->s, row, column, none, &e)) {
		node->above[tree] = UNIT_NO_NODE;
		node->said[tree] = node->fresh;
	}
	return true;
}

static void check_scope(struct unit_index *x, struct unit_node *node)
{
	struct err e = { 0 };
	ssize_t at = node->above[UNIT_PARENT];
	if (span_is(x->s->scope, "*") || !(node->fresh || node->said[UNIT_PARENT]))
		return;
	const struct unit_node *above = at >= 0 ? &x->nodes.p[at] : NULL;
	if (above && (above->row || plan_in_scope(x->s->scope, above->n)))
		return;
	err_set(&e, ERR_FORBIDDEN, "没有在该上级单位下增设或移入单位的权限", "not permitted to put a unit below that one");
	sheet_fault(x->s, node->row, UNIT_PARENT_CODE, &e);
}

bool unit_place(struct unit_index *x, struct unit_node *node, struct err *err)
{
	(void)err;
	for (int tree = 0; tree < 2; tree++)
		(void)place_in(x, node, tree);
	if (node->fresh && !x->coded && x->s->at[UNIT_PARENT_CODE] < 0) {
		ssize_t at = office_of(x, node);
		node->above[UNIT_PARENT] = at;
		node->said[UNIT_PARENT] = true;
		node->row->value[UNIT_PARENT_CODE] = at >= 0 ? x->nodes.p[at].code : SPAN("");
	}
	check_scope(x, node);
	return true;
}

/* ---- rings and broken rows ---- */

static void check_levels(struct unit_index *x, int tree)
{
	bool ring = false;
	for (int deep = 0; deep < 2 && !ring; deep++) {
		for (size_t i = 0; i < x->nodes.n; i++) {
			ssize_t at = x->nodes.p[i].above[tree];
			int level = 0;
			struct err e = { 0 };
			if (!x->nodes.p[i].row)
				continue;
			while (at >= 0 && at != (ssize_t)i && level < LEVELS_MAX) {
				at = x->nodes.p[at].above[tree];
				level++;
			}
			if (at < 0 || (at != (ssize_t)i && !deep))
				continue;
			ring = ring || at == (ssize_t)i;
			err_set(&e, ERR_INVALID, deep ? "层级过深" : "该单位会成为自己的上级",
				deep ? "too many levels" : "the unit would stand above itself");
			sheet_fault(x->s, x->nodes.p[i].row, column_of[tree], &e);
		}
	}
}

static bool stays_out(const struct unit_node *node)
{
	if (!node->row || !node->fresh)
		return false;
	for (size_t i = 0; i < node->row->faults.n; i++)
		if (node->row->faults.p[i].mark == REPAIR_QUESTION)
			return true;
	return node->row->bad;
}

void unit_check_places(struct unit_index *x)
{
	bool again = true;
	check_levels(x, UNIT_PARENT);
	check_levels(x, UNIT_SUPERVISOR);
	while (again) {
		again = false;
		for (size_t i = 0; i < x->nodes.n; i++)
			for (int tree = 0; tree < 2; tree++) {
				struct unit_node *node = &x->nodes.p[i];
				ssize_t at = node->above[tree];
				struct err e = { 0 };
				if (!node->row || node->row->bad || at < 0 || !stays_out(&x->nodes.p[at]))
					continue;
				err_set(&e, ERR_INVALID, "第 %" PRIu64 " 行的单位尚未能导入，本行引用了它",
					"the unit of line %"
					PRIu64 " does not go in yet, and this row refers to it",
					x->nodes.p[at].row->line);
				sheet_fault(x->s, node->row, column_of[tree], &e);
				again = true;
			}
	}
}
