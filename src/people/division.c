#include "people/user.h"

static const struct { const char *code, *name; } gb[] = {
#define D(code, name) { code, name },
#include "people/division.def"
#undef D
};
enum { SEARCH_VERSION = 1, DIVISIONS_VERSION = 2024, BATCH = 700, GB_DIGITS = 6 };

static const char *const levels[] = { "province", "prefecture", "county", "town", "zone", NULL };

static const struct field fields[] = {
	{ "code", FIELD_TEXT, REQUIRED | FILTER | SORT | LIST | SEARCH, 2, 20,
		.zh = "代码，GB/T 2260 六位或乡镇九位代码，功能区可用本地代码（如 4408A1）",
		.en = "code, six digits of GB/T 2260 or nine of a town; functional zones may have a local "
		      "one (such as 4408A1)" },
	{ "name", FIELD_TEXT, REQUIRED | FILTER | LIST | SEARCH, 1, 60, .zh = "名称", .en = "name" },
	{ "level", FIELD_ENUM, FILTER | LIST, .values = levels, .zh = "级别，省、市、县、乡镇或功能区",
		.en = "level, province, prefecture, county, town or functional zone" },
	{ "parent_id", FIELD_REF, FILTER | LIST, .ref = "division", .zh = "上级区划",
		.en = "division above" },
	{ "gb_code", FIELD_TEXT, FILTER | LIST, 0, 20, .zh = "对应国标代码，功能区对外所用的国标代码",
		.en = "standard code, of a functional zone: the code that stands for it outside" },
};

static bool digits(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

/* Only functional zones are made by people: what the standard says is not theirs to change. */
static bool check(struct op *op, const struct record *before, struct record *after, struct err *err)
{
	if (!actor_whole(op->actor, PERM_UNIT_WRITE))
		return err_set(err, ERR_FORBIDDEN, "行政区划由市网信办维护", "divisions are kept by the city office");
	if (!span_is(record_text(after, "level"), "zone") ||
		(before && !span_is(record_text(before, "level"), "zone")))
		return err_field(err, "level", "国标区划由系统维护，只能增改功能区（zone）",
			"standard divisions come with the program, only functional zones (zone) can be made "
			"or changed");
	struct span code = record_text(after, "code");
	if (digits(code) && (code.n == GB_DIGITS || code.n == GB_DIGITS + 3))
		return err_field(err, "code", "功能区本地代码须含字母，以免与国标代码相混（如 4408A1）",
			"the local code of a zone has a letter, so that nobody takes it for a standard one "
			"(such as 4408A1)");
	int64_t n;
	bool found;
	struct span gb_code = record_text(after, "gb_code");
	if (!db_int(op_db(op), SQL("SELECT n FROM divisions WHERE code=? AND level<>'zone'"),
		    V(db_t(gb_code)), &n, &found, err))
		return false;
	return found ||
		err_field(err, "gb_code", "没有国标代码“" SPAN_FMT "”",
			"there is no standard code \"" SPAN_FMT "\"", SPAN_ARG(gb_code));
}

const struct resource division_resource = {
	.name = "division",
	.path = "divisions",
	.table = "divisions",
	.zh = "行政区划，国标区划与本地功能区",
	.en = "division, of the standard or a local functional zone",
	.fields = fields,
	.n_fields = COUNT(fields),
	.key = "code",
	.label = "name",
	.sort = "code",
	.read = PERM_UNIT_READ,
	.write = PERM_UNIT_WRITE,
	.ops = RESOURCE_CREATE | RESOURCE_CHANGE,
	.check = check,
};

static const char *level_of(struct span code)
{
	if (code.n > GB_DIGITS)
		return "town";
	if (span_is(span_from(code, 2), "0000"))
		return "province";
	return span_is(span_from(code, 4), "00") ? "prefecture" : "county";
}

/* The next level up that is in the list: 441900101 hangs below 441900, 110101 below 110000. */
static int64_t parent_of(const struct map *known, struct span code)
{
	static const size_t kept[] = { 6, 4, 2 };
	for (size_t i = 0; i < COUNT(kept); i++) {
		char above[GB_DIGITS] = "000000";
		memcpy(above, code.p, kept[i]);
		uint64_t *n = map_find(known, (struct span){ above, GB_DIGITS });
		if (n && !span_eq(code, (struct span){ above, GB_DIGITS }))
			return (int64_t)*n;
	}
	return 0;
}

static bool insert(struct op *op, struct map *known, struct span code, const char *name, struct err *err)
{
	char id[UUID_TEXT];
	int64_t n = 0, now = op_now(op), parent = parent_of(known, code);
	bool found;
	if (!db_int(op_db(op),
		    SQL("INSERT INTO divisions "
			"(id,version,created_at,updated_at,code,name,level,parent_n,gb_code)"
			" VALUES (?,1,?,?,?,?,?,?,?) RETURNING n"),
		    V(db_z(uuid_make(now, id)), db_i(now), db_i(now), db_t(code), db_z(name),
			    db_z(level_of(code)), parent ? db_i(parent) : db_null(), db_t(code)),
		    &n, &found, err))
		return false;
	map_put(known, code, (uint64_t)n, NULL);
	return store_search_set(
		op->tx, "division", n, arena_printf(op->arena, SPAN_FMT "\n%s", SPAN_ARG(code), name), err);
}

static bool read_known(struct op *op, struct map *known, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	bool more = true;
	if (!db_query(op_db(op), SQL("SELECT n, code FROM divisions WHERE level<>'zone'"), V0, &rows, err))
		return false;
	while (true) {
		if (!db_next(rows, &more, err))
			return false;
		if (!more)
			return true;
		map_put(known, db_col_text(rows, 1), (uint64_t)db_col_int(rows, 0), NULL);
	}
}

/* One change row for the list as a whole: it is the program's, not somebody's. */
static bool loaded(struct op *op, struct err *err)
{
	int64_t seq;
	struct store_change c = { .resource = "division",
		.record_id = SPAN("list"),
		.version = DIVISIONS_VERSION,
		.verb = "load" };
	return setting_set(op, "divisions", DIVISIONS_VERSION, err) &&
		store_add_change(op->tx, &c, &seq, err);
}

static bool load_batch(struct op *op, struct map *known, size_t *at, struct err *err)
{
	if (!op_begin(op, err))
		return false;
	for (size_t done = 0; *at < COUNT(gb) && done < BATCH; (*at)++) {
		struct span code = span_of(gb[*at].code);
		uint64_t *n = map_find(known, code);
		if (n ? db_exec(op_db(op), SQL("UPDATE divisions SET name=? WHERE n=? AND name<>?"),
				V(db_z(gb[*at].name), db_i((int64_t)*n), db_z(gb[*at].name)), err)
		      : insert(op, known, code, gb[*at].name, err)) {
			done++;
			continue;
		}
		op_rollback(op);
		return false;
	}
	if (*at == COUNT(gb) && !loaded(op, err)) {
		op_rollback(op);
		return false;
	}
	return op_commit(op, err);
}

/* What names are found by has grown (pinyin): those that were there before are written anew, once. */
static bool index_names(struct op *op, struct err *err)
{
	int64_t version;
	if (!setting_int(op, "search_version", 0, &version, err))
		return false;
	if (version >= SEARCH_VERSION)
		return true;
	return resource_index(op, &unit_resource, err) && resource_index(op, &person_resource, err) &&
		op_begin(op, err) &&
		op_finish(op, setting_set(op, "search_version", SEARCH_VERSION, err), err);
}

bool people_init(struct op *op, struct err *err)
{
	int64_t version;
	if (!index_names(op, err) || !setting_int(op, "divisions", 0, &version, err))
		return false;
	if (version >= DIVISIONS_VERSION)
		return true;
	CLEANUP(map_free_p) struct map *known = map_new(COUNT(gb) + 10000);
	if (!read_known(op, known, err))
		return false;
	size_t at = 0;
	while (at < COUNT(gb))
		if (!load_batch(op, known, &at, err))
			return false;
	return true;
}
