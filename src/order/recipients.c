/* Who is to get it: units by name, by group, by what is installed or found with them. */
#include "order/send.h"

#include "base/map.h"
#include "people/people.h"

enum { ROWS_SHOWN = 100, NAME_MAX_BYTES = 300, NAMES_MAX = 5000, GROUPS_MAX = 200, REASON_MAX_BYTES = 1000 };

struct choosing {
	struct op *op;
	struct map *places; /* unit_n to place in v */
	VEC(struct order_recipient) v;
};

static struct span key_of(const int64_t *n)
{
	return (struct span){ (const char *)n, sizeof *n };
}

/* Is it one of the reasons already? */
static bool has_reason(struct span reasons, struct span reason)
{
	static const struct span mark = { "；", sizeof "；" - 1 };
	for (size_t at = 0; at + reason.n <= reasons.n; at++) {
		size_t end = at + reason.n;
		bool begins = at == 0 || (at >= mark.n &&
			memcmp(reasons.p + at - mark.n, mark.p, mark.n) == 0);
		bool ends = end == reasons.n ||
			(reasons.n - end >= mark.n && memcmp(reasons.p + end, mark.p, mark.n) == 0);
		if (begins && ends && memcmp(reasons.p + at, reason.p, reason.n) == 0)
			return true;
	}
	return false;
}

/* Once each: a part said first stays (main before support before copy), reasons are joined, as many as
 * fit. */
static bool add(struct choosing *g, int64_t unit_n, const char *part, struct span reason, struct err *err)
{
	bool fresh;
	if (map_count(g->places) >= ORDER_RECIPIENTS_MAX && !map_find(g->places, key_of(&unit_n)))
		return err_field(err, "to", "一次最多 %d 个单位", "at most %d units at once",
			(int)ORDER_RECIPIENTS_MAX);
	uint64_t *at = map_put(g->places, key_of(&unit_n), g->v.n, &fresh);
	if (fresh) {
		vec_push(&g->v, (struct order_recipient){ unit_n, part, reason, SPAN(""), false });
		return true;
	}
	struct order_recipient *r = &g->v.p[*at];
	if (strcmp(r->part, part) == 0 && reason.n && r->reason.n + reason.n < REASON_MAX_BYTES &&
		!has_reason(r->reason, reason))
		r->reason = arena_printf(
			g->op->arena, SPAN_FMT "；" SPAN_FMT, SPAN_ARG(r->reason), SPAN_ARG(reason));
	return arena_check(g->op->arena, err);
}

/* ---- one by one ---- */

static bool unknown_unit(struct span name, struct err *err)
{
	struct span shown = utf8_valid(name) ? utf8_cut(name, 80) : SPAN("?");
	return err_field(err, "to", "没有单位“" SPAN_FMT "”，或没有向其交办的权限",
		"no unit \"" SPAN_FMT "\", or not permitted to issue to it", SPAN_ARG(shown));
}

static bool add_named(struct choosing *g, struct span name, const char *part, struct err *err)
{
	struct op *op = g->op;
	int64_t unit_n = 0;
	bool found = false, may;
	if (name.n == 0 || name.n > NAME_MAX_BYTES || !utf8_valid(name))
		return unknown_unit(name, err);
	if (uuid_valid(name)) {
		if (!db_int(op_db(op), SQL("SELECT n FROM units WHERE id=?"), V(db_t(name)), &unit_n, &found,
			    err))
			return false;
	} else if (!unit_find(op, name, &unit_n, &found, err)) {
		return false;
	}
	if (!found)
		return unknown_unit(name, err);
	if (!actor_may(op->actor, op_db(op), PERM_ORDER_ISSUE, unit_n, &may, err))
		return false;
	return may ? add(g, unit_n, part, op->zh ? SPAN("指定") : SPAN("named"), err) : unknown_unit(name, err);
}

static bool each_named(struct choosing *g, const json_t *list, const char *part, struct err *err)
{
	if (list && !json_is_array(list))
		return err_field(err, "to", "“to”中的单位应为标识或编码的数组",
			"units in \"to\" must be an array of ids or codes");
	if (json_array_size(list) > NAMES_MAX)
		return err_field(
			err, "to", "一次最多指定 %d 个单位", "at most %d units by name", (int)NAMES_MAX);
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!add_named(g, json_text(json_array_get(list, i)), part, err))
			return false;
	return true;
}

/* ---- groups ---- */

/* The statement selects units as u; the rest of its condition and the order are added here. */
static bool add_group(struct choosing *g, struct sql *q, struct span reason, struct err *err)
{
	struct op *op = g->op;
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	sql_add(q, " AND u.kind NOT IN ('office', 'supplier')");
	if (!actor_scope(op->actor, op_db(op), PERM_ORDER_ISSUE, "u.n", q, err))
		return false;
	sql_add(q, " ORDER BY u.sort_order, u.n");
	if (!db_query_sql(op_db(op), q, &r, err))
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			return true;
		if (!add(g, db_col_int(r, 0), "main", reason, err))
			return false;
	}
}

typedef bool group_fn(struct choosing *g, struct span name, struct err *err);

static bool add_division(struct choosing *g, struct span name, struct err *err)
{
	struct op *op = g->op;
	int64_t n = 0;
	bool found;
	struct span label = { NULL, 0 };
	if (!db_int(op_db(op),
	    SQL("SELECT n FROM divisions WHERE code=? OR id=? OR name=? ORDER BY n LIMIT 1"),
		    V(db_t(name), db_t(name), db_t(name)), &n, &found, err))
		return false;
	if (!found)
		return err_field(err, "to", "没有行政区划“" SPAN_FMT "”", "no division \"" SPAN_FMT "\"",
			SPAN_ARG(utf8_cut(name, 80)));
	if (!db_text(op_db(op), SQL("SELECT name FROM divisions WHERE n=?"), V(db_i(n)), op->arena, &label,
	    err))
		return false;
	struct sql *q = sql_new(op->arena);
	sql_add(q, "WITH RECURSIVE d(n) AS (SELECT ");
	sql_int(q, n);
	sql_add(q, " UNION SELECT c.n FROM divisions c JOIN d ON c.parent_n=d.n) SELECT u.n FROM units u"
		   " WHERE u.division_n IN (SELECT n FROM d)");
	return add_group(g, q,
		arena_printf(op->arena, op->zh ? "区划：" SPAN_FMT : "division " SPAN_FMT, SPAN_ARG(label)),
		err);
}

static const struct field *unit_field(const char *name)
{
	for (size_t i = 0; i < unit_resource.n_fields; i++)
		if (strcmp(unit_resource.fields[i].name, name) == 0)
			return &unit_resource.fields[i];
	return NULL;
}

static bool add_sector(struct choosing *g, struct span name, struct err *err)
{
	struct op *op = g->op;
	const struct field *f = unit_field("sector");
	bool known = false;
	for (const char *const *v = f->values; *v; v++)
		known = known || span_is(name, *v);
	if (!known)
		return err_field(err, "to", "没有行业“" SPAN_FMT "”", "no sector \"" SPAN_FMT "\"",
			SPAN_ARG(utf8_cut(name, 80)));
	struct sql *q = sql_new(op->arena);
	sql_add(q, "SELECT u.n FROM units u WHERE u.sector=");
	sql_text(q, name);
	return add_group(g, q,
		arena_printf(op->arena, op->zh ? "行业：" SPAN_FMT : "sector " SPAN_FMT,
			SPAN_ARG(word_text(name, op->zh))), err);
}

static bool add_tag(struct choosing *g, struct span name, struct err *err)
{
	struct op *op = g->op;
	struct sql *q = sql_new(op->arena);
	sql_add(q, "SELECT u.n FROM units u WHERE instr(u.tags, ");
	sql_text(q, arena_printf(op->arena, "\"" SPAN_FMT "\"", SPAN_ARG(name)));
	sql_add(q, ")>0");
	return add_group(
		g, q, arena_printf(op->arena, op->zh ? "标签：" SPAN_FMT : "tag " SPAN_FMT, SPAN_ARG(name)),
		err);
}

static bool add_all(struct choosing *g, struct err *err)
{
	struct sql *q = sql_new(g->op->arena);
	sql_add(q, "SELECT u.n FROM units u WHERE 1=1");
	return add_group(g, q, g->op->zh ? SPAN("全部单位") : SPAN("all units"), err);
}

/* A text, or an array of texts. */
static bool each_group(struct choosing *g, const json_t *value, group_fn *one, struct err *err)
{
	bool list = json_is_array(value);
	size_t n = list ? json_array_size(value) : value ? 1 : 0;
	if (n > GROUPS_MAX)
		return err_field(err, "to", "“to”中的区划、行业、标签各至多 %d 个",
			"at most %d divisions, sectors or tags in \"to\"", (int)GROUPS_MAX);
	for (size_t i = 0; i < n; i++) {
		struct span name = json_text(list ? json_array_get(value, i) : value);
		if (name.n == 0 || name.n > NAME_MAX_BYTES || utf8_has_control(name))
			return err_field(err, "to", "“to”中的区划、行业和标签应为文字",
				"division, sector and tag in \"to\" must be texts");
		if (!one(g, name, err))
			return false;
	}
	return true;
}

/* ---- by what they have ---- */

struct matching {
	struct choosing *g;
	struct span reason;
	int64_t unit_n, more; /* the unit whose rows are being read; how many were not written */
	size_t shown;
	struct str rows;
};

static bool end_unit(struct matching *m, struct err *err)
{
	struct choosing *g = m->g;
	if (!m->unit_n)
		return true;
	if (!add(g, m->unit_n, "main", m->reason, err))
		return false;
	if (m->more)
		str_addf(&m->rows, g->op->zh ? "\n… 另有 %lld 条" : "\n… %lld more", (long long)m->more);
	struct order_recipient *r = &g->v.p[*map_find(g->places, key_of(&m->unit_n))];
	r->rows = r->rows.n ? arena_printf(g->op->arena, SPAN_FMT "\n" SPAN_FMT, SPAN_ARG(r->rows),
				      SPAN_ARG(str_span(&m->rows)))
			    : arena_span(g->op->arena, str_span(&m->rows));
	return str_check(&m->rows, err);
}

/* 「web-01（192.0.2.7） Apache HTTP Server 2.4.46」 */
static void add_row(struct matching *m, const struct db_rows *r)
{
	struct span host = db_col_text(r, 1), address = db_col_text(r, 2);
	if (m->shown++ >= ROWS_SHOWN) {
		m->more++;
		return;
	}
	str_addz(&m->rows, m->rows.n ? "\n" : "");
	str_add(&m->rows, host);
	if (address.n && !span_eq(address, host))
		str_addf(&m->rows, "（" SPAN_FMT "）", SPAN_ARG(address));
	for (int i = 3; i <= 5; i++)
		if (db_col_text(r, i).n)
			str_addf(&m->rows, " " SPAN_FMT, SPAN_ARG(db_col_text(r, i)));
}

/* The statement gives unit_n, host, address, vendor, product, version, by unit. */
static bool read_matches(struct choosing *g, struct sql *q, struct span reason, struct err *err)
{
	struct op *op = g->op;
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct matching m = { .g = g, .reason = reason, .rows = STR_IN(op->arena, 1 << 16) };
	bool row;
	if (!db_query_sql(op_db(op), q, &r, err))
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			return end_unit(&m, err);
		if (db_col_int(r, 0) != m.unit_n) {
			if (!end_unit(&m, err))
				return false;
			m.unit_n = db_col_int(r, 0);
			m.shown = 0;
			m.more = 0;
			str_clear(&m.rows);
		}
		add_row(&m, r);
	}
}

static bool match_vuln(struct choosing *g, struct span vuln, struct err *err)
{
	struct op *op = g->op;
	struct sql *q = sql_new(op->arena);
	sql_add(q,
		"SELECT f.unit_n, COALESCE(a.name, f.title), COALESCE(a.address, ''), COALESCE(s.vendor, ''),"
		   " COALESCE(s.product, ''), COALESCE(s.product_version, '') FROM findings f"
		   " LEFT JOIN assets a ON a.n=f.asset_n LEFT JOIN software s ON s.n=f.software_n"
		   " WHERE f.unit_n IS NOT NULL AND f.state IN ('new', 'confirmed', 'ordered', 'fixed')"
		   " AND f.vuln_id=");
	sql_text(q, vuln);
	if (!actor_scope(op->actor, op_db(op), PERM_ORDER_ISSUE, "f.unit_n", q, err))
		return false;
	sql_add(q, " ORDER BY f.unit_n, f.n");
	return read_matches(g, q,
		arena_printf(op->arena, op->zh ? "存在 " SPAN_FMT : "has " SPAN_FMT, SPAN_ARG(vuln)), err);
}

/* Each word of the text occurs in vendor, product and version together, whatever the case and whether words
 * are parted by spaces or underscores. */
static bool match_product(struct choosing *g, struct span text, struct err *err)
{
	struct op *op = g->op;
	struct sql *q = sql_new(op->arena);
	struct span rest = text;
	bool any = false;
	sql_add(q, "SELECT s.unit_n, COALESCE(a.name, ''), COALESCE(a.address, ''), s.vendor, s.product,"
		   " s.product_version FROM software s LEFT JOIN assets a ON a.n=s.asset_n"
		   " WHERE s.removed_at IS NULL AND s.unit_n IS NOT NULL");
	while (rest.p && rest.n) {
		struct span word = span_trim(span_split(&rest, ' '));
		if (!word.n)
			continue;
		any = true;
		sql_add(q,
			" AND instr(lower(replace(s.vendor || ' ' || s.product || ' ' || s.product_version,"
			   " '_', ' ')), lower(replace(");
		sql_text(q, word);
		sql_add(q, ", '_', ' ')))>0");
	}
	if (!any)
		return err_field(err, "to", "请写明产品", "name the product");
	if (!actor_scope(op->actor, op_db(op), PERM_ORDER_ISSUE, "s.unit_n", q, err))
		return false;
	sql_add(q, " ORDER BY s.unit_n, s.n");
	return read_matches(g, q,
		arena_printf(op->arena, op->zh ? "使用 " SPAN_FMT : "uses " SPAN_FMT, SPAN_ARG(text)), err);
}

static bool add_matches(struct choosing *g, const json_t *match, struct err *err)
{
	struct span vuln = json_get_text(match, "vuln_id"), product = json_get_text(match, "product");
	struct span one = vuln.n ? vuln : product;
	if (!match)
		return true;
	if (json_object_size(match) != 1 || one.n == 0 || one.n > NAME_MAX_BYTES || utf8_has_control(one))
		return err_field(err, "to", "“match”应为 {\"vuln_id\":编号} 或 {\"product\":产品}",
			"match must be {\"vuln_id\":…} or {\"product\":…}");
	return vuln.n ? match_vuln(g, vuln, err) : match_product(g, product, err);
}

/* ---- all together ---- */

static bool check_names(const json_t *to, struct err *err)
{
	static const char *const known[] = { "units", "support", "copies", "division", "sector", "tag", "all",
		"match" };
	const char *name;
	json_t *value;
	if (!json_is_object(to) || json_object_size(to) == 0)
		return err_field(err, "to",
			"请在“to”中写明发给谁：units、division、sector、tag、all 或 match",
			"say in \"to\" who is to get it: units, division, sector, tag, all or match");
	json_object_foreach((json_t *)(uintptr_t)to, name, value)
	{
		bool good = false;
		for (size_t i = 0; i < COUNT(known); i++)
			good = good || strcmp(known[i], name) == 0;
		if (!good)
			return err_field(err, "to", "“to”中没有 %s 这一项", "\"to\" has no %s", name);
	}
	return true;
}

static bool mark_liaisons(struct choosing *g, int64_t *ret, struct err *err)
{
	struct op *op = g->op;
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct db_value today = db_t(people_today(op)), now = db_i(op_now(op));
	bool row;
	*ret = (int64_t)g->v.n;
	for (size_t i = 0; i < g->v.n; i++)
		g->v.p[i].no_liaison = true;
	if (!db_query(op_db(op),
		    SQL("SELECT unit_n FROM duties WHERE kind IN ('liaison_a', 'liaison_b') AND "
		    "(from_date='' OR"
			" from_date<=?) AND (to_date='' OR to_date>?) UNION SELECT g.unit_n FROM grants g "
			"JOIN"
			" users u ON u.n=g.user_n WHERE g.role='unit_liaison' AND u.disabled=0 AND"
			" (g.from_at IS NULL OR g.from_at<=?) AND (g.to_at IS NULL OR g.to_at>?)"),
		    V(today, today, now, now), &r, err))
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			return true;
		int64_t unit_n = db_col_int(r, 0);
		const uint64_t *at = map_find(g->places, key_of(&unit_n));
		if (!at)
			continue;
		*ret -= g->v.p[*at].no_liaison;
		g->v.p[*at].no_liaison = false;
	}
}

static void by_part(const struct choosing *g, struct order_recipients *ret)
{
	static const char *const parts[] = { "main", "support", "copy" };
	ret->at = arena_array(g->op->arena, g->v.n, sizeof *ret->at);
	for (size_t p = 0; p < COUNT(parts); p++)
		for (size_t i = 0; i < g->v.n; i++)
			if (strcmp(g->v.p[i].part, parts[p]) == 0)
				ret->at[ret->n++] = g->v.p[i];
}

bool order_recipients(struct op *op, const json_t *to, struct order_recipients *ret, struct err *err)
{
	CLEANUP(map_free_p) struct map *places = map_new(ORDER_RECIPIENTS_MAX + 1);
	struct choosing g = { .op = op, .places = places, .v = { .arena = op->arena } };
	struct order_recipients all = { 0 };
	const json_t *every = json_object_get(to, "all");
	if (!check_names(to, err))
		return false;
	if (every && !json_is_boolean(every))
		return err_field(err, "to", "“all”应为 true 或 false", "all must be true or false");
	if (!each_named(&g, json_object_get(to, "units"), "main", err) ||
		!add_matches(&g, json_object_get(to, "match"), err) ||
		!each_group(&g, json_object_get(to, "division"), add_division, err) ||
		!each_group(&g, json_object_get(to, "sector"), add_sector, err) ||
		!each_group(&g, json_object_get(to, "tag"), add_tag, err) ||
		(json_is_true(every) && !add_all(&g, err)))
		return false;
	bool main_there = g.v.n > 0;
	if (!each_named(&g, json_object_get(to, "support"), "support", err) ||
		!each_named(&g, json_object_get(to, "copies"), "copy", err))
		return false;
	if (!main_there)
		return err_field(err, "to", "没有符合条件的单位", "no unit is chosen");
	if (!mark_liaisons(&g, &all.no_liaison, err))
		return false;
	by_part(&g, &all);
	*ret = all;
	return true;
}
