/* The engine on a toy: gadgets that belong to units and are born, used and scrapped. */
#include "resource/resource.h"

#include "base/test.h"
#include "net/http_server.h"
#include "resource/internal.h"
#include "resource/stream.h"

static const char *const sizes[] = { "small", "large", NULL };
static const struct field unit_fields[] = {
	{ "code", FIELD_TEXT, REQUIRED | FILTER, .zh = "代码", .en = "code" },
	{ "name", FIELD_TEXT, REQUIRED, .zh = "名称", .en = "name" },
};
static const struct resource unit = {
	.name = "unit", .path = "units", .table = "units", .zh = "单位", .en = "unit", .fields = unit_fields,
	.n_fields = COUNT(unit_fields), .unit_column = "t.n", .key = "code", .label = "name",
	.read = PERM_UNIT_READ, .write = PERM_UNIT_WRITE,
};
static const struct field gadget_fields[] = {
	{ "unit_id", FIELD_REF, REQUIRED | FILTER, .ref = "unit", .zh = "单位", .en = "unit" },
	{ "name", FIELD_TEXT, REQUIRED | FILTER | SORT | SEARCH | LIST, .max = 10, .zh = "名称，短的",
		.en = "name, a short one" },
	{ "weight", FIELD_INT, FILTER | SORT | LIST, .min = 0, .max = 100, .zh = "重量", .en = "weight" },
	{ "size", FIELD_ENUM, FILTER, .values = sizes, .zh = "大小", .en = "size" },
	{ "bought_at", FIELD_TIME, FILTER, .zh = "购买时间", .en = "bought" },
	{ "phone", FIELD_TEXT, PERSONAL, .zh = "电话", .en = "phone" },
	{ "hot", FIELD_BOOL, 0, .zh = "热", .en = "hot" },
	{ "rank", FIELD_INT, READ_ONLY | DERIVED, .zh = "名次", .en = "rank" },
	{ "more", FIELD_JSON, 0, .zh = "其他", .en = "more" },
	{ "double_weight", FIELD_INT, READ_ONLY, .expr = "t.weight*2", .zh = "两倍", .en = "twice" },
};
static const char *const states[] = { "new", "used", "broken", "scrapped", NULL };
static const struct transition rows[] = {
	{ "new", "use", "used", PERM_ASSET_WRITE, 0, CLOCK_NONE },
	{ "used", "hit", "used", PERM_ASSET_WRITE, NEED_TEXT, CLOCK_NONE },
	{ "used", "hit", "broken", PERM_ASSET_WRITE, NEED_TEXT, CLOCK_NONE },
	{ "broken", "scrap", "scrapped", PERM_FINDING_JUDGE, NEED_REASON, CLOCK_NONE },
};
static const struct life life = { states, rows, COUNT(rows) };

static bool apply(struct op *op, struct record *r, const struct transition *t, const json_t *args,
	const char **ret_to,
		  struct err *err)
{
	(void)op, (void)err;
	if (strcmp(t->verb, "hit") == 0 && span_is(json_get_text(args, "text"), "hard"))
		*ret_to = "broken";
	if (strcmp(t->verb, "use") == 0)
		record_set(r, "weight", db_i(record_int(r, "weight") + 1));
	return true;
}

static bool check(struct op *op, const struct record *before, struct record *after, struct err *err)
{
	(void)op, (void)before;
	return !span_is(record_text(after, "name"), "bad") || err_field(err, "name", "不行", "no");
}

static const struct resource gadget = {
	.name = "gadget", .path = "gadgets", .table = "gadgets", .zh = "小工具，玩具", .en = "gadget, a toy",
	.fields = gadget_fields, .n_fields = COUNT(gadget_fields), .unit_column = "t.unit_n", .label = "name",
	.read = PERM_ASSET_READ, .write = PERM_ASSET_WRITE,
		.ops = RESOURCE_CREATE | RESOURCE_CHANGE | RESOURCE_DELETE,
	.life = &life, .check = check, .apply = apply,
};
static const struct resource *const all[] = { &unit, &gadget };

static const struct grant county_grants[] = { { ROLE_COUNTY_OFFICER, 2, UNIT_PARENT, false } };
static const struct grant liaison_grants[] = { { ROLE_UNIT_LIAISON, 3, UNIT_PARENT, false } };
static const struct grant office_grants[] = { { ROLE_DUTY_OFFICER, 1, UNIT_PARENT, true } };
static const struct grant auditor_grants[] = { { ROLE_AUDITOR, 1, UNIT_PARENT, true } };
static const struct actor county = { .who = { .name = { "county", 6 } }, .grants = county_grants,
	.n_grants = 1 };
static const struct actor liaison = { .who = { .name = { "liaison", 7 } }, .grants = liaison_grants,
	.n_grants = 1 };
static const struct actor office = { .who = { .name = { "office", 6 } }, .grants = office_grants,
	.n_grants = 1 };
static const struct actor auditor = { .who = { .name = { "auditor", 7 } }, .grants = auditor_grants,
	.n_grants = 1 };

struct world {
	struct store *store;
	struct arena *arena;
	struct problems problems;
};

static struct op op_of(struct world *w, const struct actor *a)
{
	w->problems.n = 0;
	return (struct op){ .store = w->store, .actor = a, .arena = w->arena, .problems = &w->problems };
}

/* 1 the office, 2 a county below it, 3 a unit of the county, 4 a unit of the city. */
static void prepare(struct world *w)
{
	struct err err = { 0 };
	struct op op = op_of(w, &actor_local);
	CHECK_OK(op_begin(&op, &err), err);
	struct db *db = op_db(&op);
	CHECK_OK(db_script(db,
		"CREATE TABLE gadgets (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version BIGINT NOT "
		"NULL, created_at BIGINT "
		"NOT NULL, updated_at BIGINT NOT NULL, state TEXT NOT NULL, unit_n BIGINT, name TEXT NOT "
		"NULL, weight BIGINT NOT "
		"NULL, size TEXT NOT NULL, bought_at BIGINT, phone TEXT NOT NULL, hot BIGINT NOT NULL, rank "
		"BIGINT, more TEXT);"
		"INSERT INTO units (n,id,version,created_at,updated_at,code,name,short_name,kind,sector,"
		"parent_n,uscc,sort_order,"
		"aliases,phone,note) VALUES "
		"(1,'00000000-0000-7000-8000-000000000001',1,0,0,'CITY','市网信办','','office','government',NULL,"
		"'',0,'[]','',''),"
		"(2,'00000000-0000-7000-8000-000000000002',1,0,0,'CO','县网信办','','office','government',1,'',0,"
		"'[]','',''),"
		"(3,'00000000-0000-7000-8000-000000000003',1,0,0,'WATER','供水公司','','operator','water',2,'',0,"
		"'[]','',''),"
		"(4,'00000000-0000-7000-8000-000000000004',1,0,0,'HOSP','医院','','operator','health',1,'',0,"
		"'[]','','');"
		"INSERT INTO unit_tree (ancestor_n,descendant_n,relation) VALUES (1,1,0),(1,2,0),(1,3,0),(1,"
		"4,0),(2,2,0),(2,3,0),"
		"(3,3,0),(4,4,0);"
		/* the province above, as a link to it makes it */
		"INSERT INTO units (n,id,version,created_at,updated_at,code,name,short_name,kind,sector,"
			"parent_n,uscc,sort_order,"
		"aliases,phone,note) VALUES "
		"(9,'00000000-0000-7000-8000-000000000009',1,0,0,'PROV','省网信办','','office','government',NULL,"
		"'',0,'[]','','');"
		"UPDATE units SET parent_n=9 WHERE n=1;INSERT INTO settings (key,value) VALUES "
		"('office_unit','1');"
		"INSERT INTO unit_tree (ancestor_n,descendant_n,relation) VALUES (9,1,0),(9,2,0),(9,3,0),(9,"
		"4,0),(9,9,0);",
		&err), err);
	CHECK_OK(op_commit(&op, &err), err);
}

static json_t *json_of(const char *text)
{
	struct err err = { 0 };
	json_t *j = NULL;
	CHECK_OK(json_parse(span_of(text), 0, &j, &err), err);
	return j;
}

static bool create(struct world *w, const struct actor *a, const char *text, struct record *ret,
	struct err *err)
{
	struct op op = op_of(w, a);
	CLEANUP(json_free) json_t *in = json_of(text);
	if (!op_begin(&op, err))
		return false;
	if (resource_create(&op, &gadget, in, ret, err))
		return op_commit(&op, err);
	op_rollback(&op);
	return false;
}

static void test_validation(struct world *w)
{
	static const struct { const char *body, *field; enum err_code code; size_t problems; } cases[] = {
		{ "{\"unit_id\":\"WATER\",\"name\":\"ok\"}", "", ERR_NONE, 0 },
		{ "{\"unit_id\":\"00000000-0000-7000-8000-000000000003\",\"name\":\"by id\","
			"\"size\":\"large\",\"hot\":true,\"more\":{\"a\":1}}", "", ERR_NONE, 0 },
		{ "{\"name\":\"no unit\"}", "unit_id", ERR_INVALID, 1 },
		{ "{}", "unit_id", ERR_INVALID, 2 },
		{ "{\"unit_id\":\"WATER\",\"name\":\"\"}", "name", ERR_INVALID, 1 },
		{ "{\"unit_id\":\"WATER\",\"name\":\"eleven char\"}", "name", ERR_INVALID, 1 },
		{ "{\"unit_id\":\"WATER\",\"name\":\"a\\u0007\"}", "name", ERR_INVALID, 1 },
		{ "{\"unit_id\":\"WATER\",\"name\":5}", "name", ERR_INVALID, 1 },
		{ "{\"unit_id\":\"NONE\",\"name\":\"x\"}", "unit_id", ERR_INVALID, 1 },
		{ "{\"unit_id\":\"WATER\",\"name\":\"x\",\"weight\":101}", "weight", ERR_INVALID, 1 },
		{ "{\"unit_id\":\"WATER\",\"name\":\"x\",\"weight\":1.5}", "weight", ERR_INVALID, 1 },
		{ "{\"unit_id\":\"WATER\",\"name\":\"x\",\"size\":\"huge\"}", "size", ERR_INVALID, 1 },
		{ "{\"unit_id\":\"WATER\",\"name\":\"x\",\"bought_at\":\"yesterday\"}", "bought_at",
			ERR_INVALID, 1 },
		{ "{\"unit_id\":\"WATER\",\"name\":\"x\",\"hot\":\"true\"}", "hot", ERR_INVALID, 1 },
		{ "{\"unit_id\":\"WATER\",\"name\":\"x\",\"rank\":1}", "rank", ERR_INVALID, 1 },
		{ "{\"unit_id\":\"WATER\",\"name\":\"x\",\"state\":\"used\"}", "state", ERR_INVALID, 1 },
		{ "{\"unit_id\":\"WATER\",\"name\":\"x\",\"weigth\":1,\"hott\":1}", "weigth", ERR_INVALID,
			2 },
		{ "{\"unit_id\":\"WATER\",\"name\":\"bad\"}", "name", ERR_INVALID, 0 },
		{ "[]", "", ERR_MALFORMED, 0 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { 0 };
		struct record rec;
		test_case("create %s", cases[i].body);
		bool ok = create(w, &office, cases[i].body, &rec, &err);
		CHECK_STR(err_name(err.code), err_name(cases[i].code));
		CHECK(ok == (cases[i].code == ERR_NONE));
		CHECK_STR(err.field, cases[i].field);
		CHECK_INT(w->problems.n, cases[i].problems);
	}
}

static void test_rights(struct world *w)
{
	static const struct { const struct actor *who; const char *unit; enum err_code want; } cases[] = {
		{ &office, "HOSP", ERR_NONE }, { &county, "WATER", ERR_NONE },
		{ &county, "HOSP", ERR_FORBIDDEN },
		{ &liaison, "WATER", ERR_FORBIDDEN }, { &auditor, "WATER", ERR_FORBIDDEN },
		{ &actor_local, "HOSP", ERR_NONE },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { 0 };
		struct record rec;
		test_case("%.*s makes a gadget of %s", SPAN_ARG(cases[i].who->who.name), cases[i].unit);
		create(w, cases[i].who, arena_printf(w->arena, "{\"unit_id\":\"%s\",\"name\":\"r%zu\"}",
			cases[i].unit, i).p, &rec, &err);
		CHECK_STR(err_name(err.code), err_name(cases[i].want));
	}
}

static size_t count_list(struct world *w, const struct actor *a, const char *name, const char *value,
	struct err *err)
{
	struct op op = op_of(w, a);
	struct query_pair pair = { span_of(name), span_of(value) };
	struct query q;
	struct page page;
	if (!query_parse(&gadget, &pair, name ? 1 : 0, w->arena, &q, err) ||
	    !resource_list(&op, &gadget, &q, &page, err))
		return 0;
	return page.n;
}

static void test_scope_and_filters(struct world *w)
{
	struct err err = { 0 };
	struct record rec;
	for (int i = 0; i < 40; i++)
		CHECK_OK(create(w, &office, arena_printf(w->arena,
			"{\"unit_id\":\"%s\",\"name\":\"g%02d\",\"weight\":%d,\"size\":\"%s\"}",
							  i % 2 ? "WATER" : "HOSP", i, i % 10,
							  i % 4 ? "small" : "large").p, &rec, &err), err);
	static const struct { const struct actor *who; const char *name, *value; size_t want;
		const char *field; } cases[] = {
		{ &office, "name__gte", "g00", 43, "" },
		{ &county, "name__gte", "g00", 21, "" },
		{ &liaison, "unit_id", "HOSP", 0, "" },
		{ &office, "weight", "3", 4, "" },
		{ &office, "weight__in", "3,4", 8, "" },
		{ &office, "weight__gt", "7", 8, "" },
		{ &office, "weight__lte", "100", 43, "" },
		{ &office, "size", "large", 10, "" },
		{ &office, "size__ne", "large", 33, "" },
		{ &office, "unit_id__under", "CO", 21, "" },
		{ &office, "unit_id__direct", "CO", 21, "" },
		{ &office, "name__direct", "CO", 0, "name__direct" },
		{ &office, "unit_id__in", "WATER,HOSP", 43, "" },
		{ &office, "bought_at__null", "true", 43, "" },
		{ &office, "state", "used", 0, "" },
		{ &office, "q", "g07", 1, "" },
		{ &office, "limit", "7", 7, "" },
		{ &office, "colour", "red", 0, "colour" },
		{ &office, "weight", "heavy", 0, "weight" },
		{ &office, "size", "huge", 0, "size" },
		{ &office, "limit", "0", 0, "limit" },
		{ &office, "limit", "1001", 0, "limit" },
		{ &office, "sort", "size", 0, "sort" },
		{ &office, "fields", "name,nothing", 0, "fields" },
		{ &office, "cursor", "abc", 0, "cursor" },
		{ &office, "cursor", "***", 0, "cursor" },
		{ &office, "hot", "true", 0, "hot" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err e = { 0 };
		test_case("%.*s lists %s=%s", SPAN_ARG(cases[i].who->who.name), cases[i].name,
			cases[i].value);
		CHECK_INT(count_list(w, cases[i].who, cases[i].name, cases[i].value, &e), cases[i].want);
		CHECK_STR(e.field, cases[i].field);
	}
	test_case("an auditor may not list gadgets");
	struct err e = { 0 };
	count_list(w, &auditor, NULL, "", &e);
	CHECK_STR(err_name(e.code), "forbidden");
}

/* Walks all pages of one order and checks that every record comes once, in order. */
static void test_paging(struct world *w)
{
	static const char *const sorts[] = { "name", "-name", "weight", "-weight", "n", "-n" };
	for (size_t s = 0; s < COUNT(sorts); s++) {
		struct err err = { 0 };
		struct op op = op_of(w, &county);
		struct query_pair pairs[] = { { SPAN("limit"), SPAN("3") },
			{ SPAN("sort"), span_of(sorts[s]) } };
		struct query q;
		size_t n = 0, ordered = 0;
		int64_t seen = 0, last = 0;
		struct span last_name = SPAN("");
		test_case("pages by %s", sorts[s]);
		CHECK_OK(query_parse(&gadget, pairs, 2, w->arena, &q, &err), err);
		for (bool more = true; more;) {
			struct page page = { 0 };
			CHECK_OK(resource_list(&op, &gadget, &q, &page, &err), err);
			for (size_t i = 0; i < page.n; i++, n++) {
				int64_t key = strstr(sorts[s], "weight") ? record_int(&page.rows[i], "weight")
					: page.rows[i].n;
				int c = strstr(sorts[s], "name")
					? span_cmp(last_name, record_text(&page.rows[i], "name"))
								  : (last > key) - (last < key);
				ordered += n == 0 || (q.descending ? c >= 0 : c <= 0);
				last = key;
				last_name = record_text(&page.rows[i], "name");
				seen += page.rows[i].n;
			}
			more = page.next.p != NULL;
			q.cursor = page.next;
		}
		int64_t sum = 0, count = 0;
		bool found;
		CHECK_OK(db_int(op_db(&op), SQL("SELECT SUM(n) FROM gadgets WHERE unit_n IN (2,3)"), V0, &sum,
			&found, &err), err);
		CHECK_OK(db_int(op_db(&op), SQL("SELECT COUNT(*) FROM gadgets WHERE unit_n IN (2,3)"), V0,
			&count, &found, &err), err);
		CHECK_INT(seen, sum);
		CHECK_INT(n, count);
		CHECK_INT(ordered, count);
	}
}

static bool verb(struct world *w, const struct actor *a, struct resource_request q, const char *args,
	struct record *ret,
		 struct err *err)
{
	struct op op = op_of(w, a);
	CLEANUP(json_free) json_t *in = json_of(args);
	q.in = in;
	if (!op_begin(&op, err))
		return false;
	if (resource_apply(&op, &gadget, &q, ret, err))
		return op_commit(&op, err);
	op_rollback(&op);
	return false;
}

static void test_life(struct world *w)
{
	struct record rec;
	struct err made = { 0 };
	test_case("a gadget to live with");
	CHECK_OK(create(w, &office, "{\"unit_id\":\"WATER\",\"name\":\"life\",\"phone\":\"13800000000\"}",
		&rec, &made), made);
	struct span id = rec.id;
	static const struct { const struct actor *who; const char *verb, *args; int64_t version;
		enum err_code want; const char *state; }
	cases[] = {
		{ &office, "hit", "{\"text\":\"soft\"}", 0, ERR_CONFLICT, "new" },
		{ &office, "explode", "{}", 0, ERR_NOT_FOUND, "new" },
		{ &liaison, "use", "{}", 0, ERR_FORBIDDEN, "new" },
		{ &auditor, "use", "{}", 0, ERR_NOT_FOUND, "new" },
		{ &office, "use", "{}", 7, ERR_PRECONDITION, "new" },
		{ &office, "use", "[]", 0, ERR_MALFORMED, "new" },
		{ &county, "use", "{}", 1, ERR_NONE, "used" },
		{ &county, "hit", "{}", 0, ERR_INVALID, "used" },
		{ &county, "hit", "{\"text\":\"soft\"}", 0, ERR_NONE, "used" },
		{ &county, "hit", "{\"text\":\"x\",\"on_behalf\":{\"person\":\"\"}}", 0, ERR_INVALID,
			"used" },
		{ &county, "hit", "{\"text\":\"hard\"}", 0, ERR_NONE, "broken" },
		{ &county, "scrap", "{\"reason\":\"old\"}", 0, ERR_FORBIDDEN, "broken" },
		{ &office, "scrap", "{\"reason\":\" \"}", 0, ERR_INVALID, "broken" },
		{ &office, "scrap", "{\"reason\":\"old\"}", 0, ERR_NONE, "scrapped" },
		{ &office, "use", "{}", 0, ERR_CONFLICT, "scrapped" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { 0 };
		struct op op = op_of(w, &actor_local);
		test_case("%.*s: %s %s", SPAN_ARG(cases[i].who->who.name), cases[i].verb, cases[i].args);
		struct resource_request q = { .id = id, .verb = span_of(cases[i].verb),
			.if_version = cases[i].version };
		verb(w, cases[i].who, q, cases[i].args, &rec, &err);
		CHECK_STR(err_name(err.code), err_name(cases[i].want));
		struct err e = { 0 };
		CHECK_OK(resource_get(&op, &gadget, id, &rec, &e), e);
		CHECK_SPAN(rec.state, cases[i].state);
	}
	struct op op = op_of(w, &actor_local);
	int64_t steps = 0, changed = 0, masked = 0;
	bool found;
	struct err err = { 0 };
	test_case("steps and changes of that life");
	CHECK_OK(db_int(op_db(&op), SQL("SELECT COUNT(*) FROM steps WHERE resource='gadget' AND record_n=?"),
		V(db_i(rec.n)), &steps,
			&found, &err), err);
	CHECK_OK(db_int(op_db(&op),
		SQL("SELECT COUNT(*) FROM changes WHERE resource='gadget' AND record_n=?"), V(db_i(rec.n)),
			&changed, &found, &err), err);
	CHECK_OK(db_int(op_db(&op), SQL("SELECT COUNT(*) FROM change_values WHERE body LIKE '%13800000000%'"),
		V0, &masked, &found,
			&err), err);
	CHECK_INT(steps, 4);
	CHECK_INT(changed, 5);
	CHECK_INT(masked, 0);
	CHECK_INT(rec.version, 5);
	CHECK_INT(record_int(&rec, "weight"), 1);
	CHECK_INT(record_int(&rec, "double_weight"), 2);
}

static void test_change_and_delete(struct world *w)
{
	struct record rec;
	struct err err = { 0 };
	test_case("change and delete");
	CHECK_OK(create(w, &office, "{\"unit_id\":\"WATER\",\"name\":\"change\"}", &rec, &err), err);
	struct span id = rec.id;
	struct op op = op_of(w, &county);
	CLEANUP(json_free) json_t *in = json_of("{\"weight\":5}");
	CLEANUP(json_free) json_t *away = json_of("{\"unit_id\":\"HOSP\"}");
	CHECK_OK(op_begin(&op, &err), err);
	CHECK_OK(resource_change(&op, &gadget,
		&(struct resource_request){ .id = id, .in = in, .if_version = 1 }, &rec, &err), err);
	CHECK_INT(rec.version, 2);
	CHECK_OK(resource_change(&op, &gadget,
		&(struct resource_request){ .id = id, .in = in, .if_version = 2 }, &rec, &err), err);
	CHECK_INT(rec.version, 2);                /* nothing differs: nothing is written */
	struct err e = { 0 };
	CHECK_ERR(resource_change(&op, &gadget,
		&(struct resource_request){ .id = id, .in = in, .if_version = 1 }, &rec, &e), e,
		ERR_PRECONDITION);
	struct err f = { 0 };
	CHECK_ERR(resource_change(&op, &gadget,
		&(struct resource_request){ .id = id, .in = away, .if_version = 0 }, &rec, &f), f,
		ERR_FORBIDDEN);
	CHECK_OK(resource_delete(&op, &gadget, id, 0, &err), err);
	struct err g = { 0 };
	CHECK_ERR(resource_get(&op, &gadget, id, &rec, &g), g, ERR_NOT_FOUND);
	CHECK_OK(op_commit(&op, &err), err);
}

static void test_rendering(struct world *w)
{
	struct record rec;
	struct err err = { 0 };
	struct op op = op_of(w, &office);
	struct str out = STR_IN(w->arena, 1 << 20);
	test_case("JSON and CSV");
	CHECK_OK(create(w, &office, "{\"unit_id\":\"WATER\",\"name\":\"=1+1\",\"more\":[1]}", &rec, &err),
		err);
	CHECK_OK(record_json(&op, &rec, 0, true, &out, &err), err);
	CLEANUP(json_free) json_t *j = json_of(str_z(&out));
	CHECK_SPAN(json_get_text(j, "unit_id"), "00000000-0000-7000-8000-000000000003");
	CHECK_SPAN(json_get_text(j, "unit_name"), "供水公司");
	CHECK_SPAN(json_get_text(j, "state"), "new");
	CHECK(json_is_null(json_object_get(j, "bought_at")) && json_is_false(json_object_get(j, "hot")));
	CHECK(json_is_array(json_object_get(j, "more")));
	str_clear(&out);
	CHECK_OK(record_csv_header(&op, &gadget, 0, &out, &err) && record_csv(&op, &rec, 0, &out, &err), err);
	CHECK(span_starts(str_span(&out), SPAN("\xEF\xBB\xBFid,state,unit_id,")));
	CHECK(strstr(str_z(&out), ",'=1+1,") != NULL);
}

/* The city's own office is nobody's county, whatever stands above it. */
static void test_county(struct world *w)
{
	static const int64_t units[][2] = { { 1, 0 }, { 2, 2 }, { 3, 2 }, { 4, 0 }, { 0, 0 }, { 77, 0 } };
	struct op op = op_of(w, &actor_local);
	for (size_t i = 0; i < COUNT(units); i++) {
		struct err err = { 0 };
		int64_t n = -1;
		test_case("the county office of unit %d", (int)units[i][0]);
		CHECK_OK(resource_county(&op, units[i][0], &n, &err), err);
		CHECK_INT(n, units[i][1]);
	}
}

/* A reader far behind gets all of it, in bounded pieces, although nobody commits meanwhile. */
static void test_stream(struct world *w)
{
	enum { CHANGES = 5000 };
	struct err err = { 0 };
	struct op op = op_of(w, &office);
	struct str out = STR_IN(w->arena, 256 * 1024);
	struct http_answer answer = { .status = 0 };
	int64_t before = store_change_seq(w->store);
	struct query_pair after = { SPAN("after"), arena_printf(w->arena, "%lld", (long long)before) };
	struct call c = { .op = &op, .query = &after, .n_query = 1, .http = &answer, .loop_store = w->store };
	test_case("the stream tells all changes since, in bounded pieces");
	bool ok = op_begin(&op, &err);
	for (int i = 0; ok && i < CHANGES; i++)
		ok = store_add_change(op.tx, &(struct store_change){ .resource = "gadget", .record_n = 1,
					      .record_id = SPAN("00000000-0000-7000-8000-000000000009"),
					      	.version = i,
					      .verb = "change", .unit_after_n = 3 }, NULL, &err);
	CHECK_OK(ok && op_commit(&op, &err), err);
	CHECK_OK(stream_changes(&c, &err), err);
	int told = 0, ticks = 0;
	for (size_t n = 1; n > 0 && ticks < CHANGES; ticks++) {
		str_clear(&out);
		CHECK(answer.stream(answer.stream_user, &out));
		CHECK(!out.failed);
		n = out.n;
		for (const char *at = str_z(&out); (at = strstr(at, "event: change\n")); at++)
			told++;
	}
	CHECK_INT(told, CHANGES);
	CHECK(ticks > 2);
	answer.stream_free(answer.stream_user);
}

int main(void)
{
	struct err err = { 0 };
	struct world w = { .arena = arena_new((size_t)64 << 20, (size_t)256 << 20) };
	hash_start();
	resource_register(all, COUNT(all));
	test_case("a store to work on");
	CHECK_OK(store_open(test_folder(), STORE_CREATE, &w.store, &err), err);
	prepare(&w);
	test_rights(&w);
	test_scope_and_filters(&w);
	test_paging(&w);
	test_validation(&w);
	test_life(&w);
	test_change_and_delete(&w);
	test_rendering(&w);
	test_stream(&w);
	test_county(&w);
	store_close(w.store);
	arena_free(w.arena);
	return test_end();
}
