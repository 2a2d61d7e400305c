#include "people/unit.h"

#include "codec/pinyin.h"
#include "people/uscc.h"

enum { SEARCH_MAX = 200 };

const char *const unit_kinds[] = { "public_body", "office", "operator", "supplier", NULL };
const char *const unit_kinds_zh[] = { "党政机关和事业单位", "网信办", "运营单位", "技术支撑单位", NULL };

const char *const unit_sectors[] = {
#define SECTOR(name, zh, en) name,
#include "resource/sector.def"
#undef SECTOR
	NULL
};
const char *const unit_sectors_zh[] = {
#define SECTOR(name, zh, en) zh,
#include "resource/sector.def"
#undef SECTOR
	NULL
};

/* A unit that nobody has checked yet counts from when it was entered.  The days are a setting. */
#define STALE \
	"(CASE WHEN COALESCE(t.contacts_checked_at, t.created_at) < NOW - 86400000 * COALESCE((SELECT " \
	"CAST(s.value AS BIGINT) FROM settings s WHERE s.key='contacts_days'), 92) THEN 1 ELSE 0 END)"
/* A unit that has let the time to acknowledge pass. */
#define SILENT \
	"(CASE WHEN EXISTS (SELECT 1 FROM orders o WHERE o.unit_n=t.n AND o.state='sent' AND " \
	"o.acknowledge_due<NOW) THEN 1 ELSE 0 END)"
static const char *const inventories[] = { "unknown", "systems", "none", NULL };

static const struct field fields[] = {
	{ "code", FIELD_TEXT, REQUIRED | FILTER | LIST | SEARCH, 1, 40, .zh = "编码，在本平台内唯一",
		.en = "code, unique in this platform" },
	{ "name", FIELD_TEXT, REQUIRED | FILTER | SORT | LIST | SEARCH | PINYIN, 1, 100, .zh = "名称，全称",
		.en = "name, in full" },
	{ "short_name", FIELD_TEXT, FILTER | LIST | SEARCH | PINYIN, 0, 60, .zh = "简称", .en = "short name" },
	{ "kind", FIELD_ENUM, REQUIRED | FILTER | LIST, .values = unit_kinds,
		.zh = "类别，网信办、党政机关和事业单位、运营单位或技术支撑单位",
		.en = "kind, office (of cyber security), public body, operator or supplier" },
	{ "sector", FIELD_ENUM, FILTER | LIST, .values = unit_sectors, .zh = "行业", .en = "sector" },
	{ "parent_id", FIELD_REF, FILTER | LIST, .ref = "unit", .zh = "上级单位", .en = "parent unit" },
	{ "supervisor_id", FIELD_REF, FILTER, .ref = "unit", .zh = "主管部门",
		.en = "supervisor, the department in charge" },
	{ "division_id", FIELD_REF, FILTER | LIST, .ref = "division", .zh = "行政区划", .en = "division" },
	{ "uscc", FIELD_TEXT, FILTER, 0, 18, .zh = "统一社会信用代码，GB 32100",
		.en = "unified social credit code, GB 32100" },
	{ "sort_order", FIELD_INT, SORT, 0, 1000000000, .zh = "排序，礼宾次序，小者在前",
		.en = "order, of protocol, smaller first" },
	{ "aliases", FIELD_JSON, SEARCH | PINYIN, .zh = "别名，曾用名和习惯叫法的列表",
		.en = "aliases, a list of former and usual names" },
	{ "tags", FIELD_JSON, FILTER, .zh = "标签，批量选择收件单位用的列表，按其中一个筛选",
		.en = "tags, a list by which many units are chosen; filtered by one of them" },
	{ "phone", FIELD_TEXT, 0, 0, 60, .zh = "值守电话，全天有人接听",
		.en = "phone, answered day and night" },
	{ "inventory", FIELD_ENUM, READ_ONLY | DERIVED | FILTER, .values = inventories,
		.zh = "资产情况，未申报、有系统或无信息系统",
		.en = "inventory, unknown, it has systems, or none by its own word" },
	{ "inventory_at", FIELD_TIME, READ_ONLY | DERIVED | FILTER, .zh = "资产确认时间，最近一次申报或确认",
		.en = "inventory at, last declared or confirmed" },
	{ "note", FIELD_LONG, 0, 0, 2000, .zh = "备注", .en = "note" },
	{ "contacts_checked_at", FIELD_TIME, READ_ONLY | FILTER, .zh = "联系人核对时间",
		.en = "contacts checked" },
	{ "contacts_stale", FIELD_BOOL, READ_ONLY | FILTER, .expr = STALE,
		.zh = "联系人待核对，超过设定天数未核对",
		.en = "contacts to be checked, not checked for so many days" },
	{ "silent", FIELD_BOOL, READ_ONLY | FILTER, .expr = SILENT, .zh = "逾期未签收，有交办单过了签收时限",
		.en = "silent, an order is not acknowledged in time" },
};

static bool check_aliases(struct op *op, struct record *after, struct err *err)
{
	struct span text = record_text(after, "aliases");
	if (!text.n || span_is(text, "null")) {
		record_set(after, "aliases", db_t(SPAN("[]")));
		return true;
	}
	CLEANUP(json_free) json_t *list = NULL;
	if (!json_parse(text, 2, &list, err) || !json_is_array(list) || json_array_size(list) > ALIASES_MAX)
		return err_field(err, "aliases", "别名应为至多 %d 条文字的列表", "aliases are a list of at most %d texts",
				 (int)ALIASES_MAX);
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct span one = span_trim(json_text(json_array_get(list, i)));
		if (!one.n || utf8_count(one) > ALIAS_CHARACTERS)
			return err_field(err, "aliases", "第 %zu 个别名应为 1 至 %d 个字的文字",
				"alias %zu must be text of 1 to %d characters", i + 1, (int)ALIAS_CHARACTERS);
	}
	struct str out = STR_IN(op->arena, 65536);
	if (!json_write(list, &out, err))
		return false;
	record_set(after, "aliases", db_t(str_span(&out)));
	return true;
}

enum { TAGS_MAX = 50, TAG_CHARACTERS = 30 };

/* Tags stand in the list as they are written there, so that one of them can be looked for as text. */
static bool tag_is_plain(struct span tag)
{
	for (size_t i = 0; i < tag.n; i++)
		if (tag.p[i] == '"' || tag.p[i] == '\\' || tag.p[i] == ',' || (unsigned char)tag.p[i] < ' ')
			return false;
	return tag.n && utf8_count(tag) <= TAG_CHARACTERS;
}

static bool check_tags(struct op *op, struct record *after, struct err *err)
{
	struct span text = record_text(after, "tags");
	CLEANUP(json_free) json_t *list = NULL;
	struct str out = STR_IN(op->arena, 16384);
	if (!text.n || span_is(text, "null"))
		text = SPAN("[]");
	if (!json_parse(text, 2, &list, err) || !json_is_array(list) || json_array_size(list) > TAGS_MAX)
		return err_field(err, "tags", "标签应为至多 %d 条文字的列表", "tags are a list of at most %d texts",
			(int)TAGS_MAX);
	str_addc(&out, '[');
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct span one = span_trim(json_text(json_array_get(list, i)));
		if (!tag_is_plain(one))
			return err_field(err, "tags", "第 %zu 个标签应为 1 至 %d 个字，不含引号、逗号和反斜杠",
				"tag %zu must have 1 to %d characters, no quotes, commas or backslashes",
				i + 1,
				(int)TAG_CHARACTERS);
		str_addz(&out, i ? ",\"" : "\"");
		str_add(&out, one);
		str_addc(&out, '"');
	}
	str_addc(&out, ']');
	record_set(after, "tags", db_t(str_span(&out)));
	return str_check(&out, err);
}

/* Whoever puts a unit below another, or makes a root, needs the permission there. */
static bool check_place(
	struct op *op, const struct record *before, const struct record *after, struct err *err)
{
	int64_t above = record_int(after, "parent_id");
	bool may;
	if (before && record_int(before, "parent_id") == above)
		return true;
	return actor_may(op->actor, op_db(op), PERM_UNIT_WRITE, above, &may, err) &&
	       (may || err_set(err, ERR_FORBIDDEN, "没有在该上级单位下增设或移入单位的权限",
			       "not permitted to put a unit below that one"));
}

static bool check(struct op *op, const struct record *before, struct record *after, struct err *err)
{
	struct span uscc = record_text(after, "uscc");
	return (!uscc.n || uscc_check(uscc, err)) && check_aliases(op, after, err) &&
		check_tags(op, after, err) &&
		check_place(op, before, after, err);
}

bool unit_index_aliases(struct op *op, int64_t unit_n, struct span json, struct err *err)
{
	CLEANUP(json_free) json_t *list = NULL;
	if (!db_exec(op_db(op), SQL("DELETE FROM unit_aliases WHERE unit_n=?"), V(db_i(unit_n)), err))
		return false;
	if (!json.n || span_is(json, "[]") || span_is(json, "null"))
		return true;
	if (!json_parse(json, 2, &list, err))
		return false;
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!db_exec(op_db(op),
			    SQL("INSERT INTO unit_aliases (alias, unit_n) VALUES (?, ?) ON CONFLICT DO "
				"NOTHING"),
			    V(db_t(span_trim(json_text(json_array_get(list, i)))), db_i(unit_n)), err))
			return false;
	return true;
}

bool unit_settle_office(struct op *op, struct err *err)
{
	int64_t n;
	bool found;
	if (!unit_office(op, &n, err))
		return false;
	if (n)
		return true;
	if (!db_int(op_db(op),
		    SQL("SELECT n FROM units WHERE kind='office' ORDER BY (parent_n IS NOT NULL), n LIMIT 1"),
		    V0, &n, &found, err))
		return false;
	return !found || setting_set(op, "office_unit", n, err);
}

/* A unit that anything speaks of stays: whatever resource refers to units is asked. */
static bool check_unused(struct op *op, int64_t n, struct err *err)
{
	const struct resource *r;
	for (size_t i = 0; (r = resource_at(i)); i++) {
		for (size_t k = 0; k < r->n_fields; k++) {
			const struct field *f = &r->fields[k];
			size_t length = strlen(f->name);
			int64_t one;
			bool found;
			if (f->kind != FIELD_REF || f->expr || strcmp(f->ref, "unit") != 0 || length < 4)
				continue;
			CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
			struct sql *q = sql_new(op->arena);
			sql_add(q, "SELECT 1 FROM ");
			sql_name(q, r->table);
			sql_add(q, " WHERE ");
			sql_name(q, arena_printf(op->arena, "%.*sn", (int)length - 2, f->name).p);
			sql_add(q, "=");
			sql_int(q, n);
			sql_add(q, " LIMIT 1");
			if (!db_query_sql(op_db(op), q, &rows, err) || !db_next(rows, &found, err))
				return false;
			one = found;
			if (one)
				return err_set(err, ERR_CONFLICT, "单位仍被引用（%s），不能删除",
					"the unit is still referred to (%s)"
					" and cannot be deleted",
					r->name);
		}
	}
	return true;
}

static bool after_delete(struct op *op, int64_t n, struct err *err)
{
	struct db *db = op_db(op);
	return check_unused(op, n, err) &&
		unit_tree_remove(op, n, err) &&
		db_exec(db, SQL("DELETE FROM unit_aliases WHERE unit_n=?"), V(db_i(n)), err);
}

static bool after(struct op *op, const struct record *before, const struct record *after, struct err *err)
{
	static const char *const above[] = { "parent_id", "supervisor_id" };
	if (!after)
		return after_delete(op, before->n, err);
	for (int tree = UNIT_PARENT; tree <= UNIT_SUPERVISOR; tree++) {
		int64_t now = record_int(after, above[tree]);
		if ((!before || record_int(before, above[tree]) != now) &&
		    !unit_tree_move(op, after->n, (enum unit_relation)tree, now, err))
			return false;
	}
	struct span aliases = record_text(after, "aliases");
	if ((!before || !span_eq(record_text(before, "aliases"), aliases)) &&
		!unit_index_aliases(op, after->n, aliases, err))
		return false;
	return unit_settle_office(op, err);
}

const struct resource unit_resource = {
	.name = "unit", .path = "units", .table = "units",
	.zh = "单位，网信办、机关、运营和技术支撑单位", .en = "unit, an office, public body, operator or supplier",
	.fields = fields, .n_fields = COUNT(fields), .unit_column = "t.n", .key = "code", .label = "name",
		.find = unit_find,
	.sort = "sort_order", .read = PERM_UNIT_READ, .write = PERM_UNIT_WRITE,
	.ops = RESOURCE_CREATE | RESOURCE_CHANGE | RESOURCE_DELETE, .check = check, .after = after,
};

/* ---- asking ------------------------------------------------------------------------------------ */

static bool find_one(struct op *op, struct sql_literal sql, struct span name, int64_t *ret_n,
	size_t *ret_count, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	bool more = true;
	*ret_count = 0;
	if (!db_query(op_db(op), sql, V(db_t(name)), &rows, err))
		return false;
	while (true) {
		if (!db_next(rows, &more, err))
			return false;
		if (!more)
			return true;
		*ret_n = db_col_int(rows, 0);
		++*ret_count;
	}
}

/* Letters that are the pinyin of just one unit's name, short name or alias. */
static bool find_by_pinyin(
	struct op *op, struct span typed, int64_t *ret_n, bool *ret_found, struct err *err)
{
	struct store_found found;
	size_t count = 0;
	if (typed.n < 2 || typed.n > SEARCH_MAX)
		return true;
	for (size_t i = 0; i < typed.n; i++)
		if (!((typed.p[i] | 0x20) >= 'a' && (typed.p[i] | 0x20) <= 'z') &&
			!(typed.p[i] >= '0' && typed.p[i] <= '9'))
			return true;
	if (!store_search(op->store, "unit", typed, op->arena, &found, err))
		return false;
	for (size_t i = 0; i < found.count; i++) {
		struct span text;
		if (!db_text(op_db(op),
			    SQL("SELECT name||' '||short_name||' '||aliases FROM units WHERE n=?"),
			    V(db_i(found.ns[i])), op->arena, &text, err))
			return false;
		if (!text.p || !pinyin_match(text, typed))
			continue;
		*ret_n = count ? *ret_n : found.ns[i];
		count++;
	}
	*ret_found = count == 1 && !found.capped;
	return true;
}

bool unit_find(struct op *op, struct span name, int64_t *ret_n, bool *ret_found, struct err *err)
{
	static const struct sql_literal by[] = {
		{ "SELECT n FROM units WHERE code=?" },
		{ "SELECT n FROM units WHERE name=? LIMIT 2" },
		{ "SELECT n FROM units WHERE short_name=? LIMIT 2" },
		{ "SELECT unit_n FROM unit_aliases WHERE alias=? LIMIT 2" },
	};
	*ret_found = false;
	for (size_t i = 0; name.n && i < COUNT(by); i++) {
		int64_t n = 0;
		size_t count;
		if (!find_one(op, by[i], name, &n, &count, err))
			return false;
		if (count == 0)
			continue;
		*ret_found = count == 1;
		if (count == 1)
			*ret_n = n;
		return true;
	}
	return true;
}

bool unit_find_typed(struct op *op, struct span name, int64_t *ret_n, bool *ret_found, struct err *err)
{
	return unit_find(op, name, ret_n, ret_found, err) &&
		(*ret_found || find_by_pinyin(op, name, ret_n, ret_found, err));
}

bool unit_office(struct op *op, int64_t *ret_n, struct err *err)
{
	return setting_int(op, "office_unit", 0, ret_n, err);
}
