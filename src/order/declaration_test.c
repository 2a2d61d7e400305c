/* Declarations from the order to the assets: what is answered, decided, adopted, and by whom. */
#include "asset/declaration.h"
#include "asset/declaration_sheet.h"
#include "order/testing.h"

/* An order of kind declaration to a unit, with its one item and no clocks. */
static int64_t ask(struct city *c, int64_t unit_n)
{
	char id[UUID_TEXT];
	static int next = 1;
	char number[32];
	snprintf(number, sizeof number, "申报%d", next++);
	city_exec(c,
		SQL("INSERT INTO orders (id, version, created_at, updated_at, state, number, kind, unit_n, "
		"issuer_n,"
		    " title, severity, template, template_version, sent_at) VALUES (?, 1, 0, 0, 'sent', ?,"
		    " 'declaration', ?, 1, '资产申报', 'none', 'default', '1', 0)"),
		V(db_z(uuid_make(1, id)), db_z(number), db_i(unit_n)));
	int64_t n = city_int(c, SQL("SELECT max(n) FROM orders"), V0);
	city_exec(c,
		SQL("INSERT INTO items (id, order_n, state, title, kind, severity, findings) VALUES (?, ?, "
		"'open',"
		    " '资产申报', 'declaration', 'none', 0)"),
		V(db_z(uuid_make(1, id)), db_i(n)));
	return n;
}

static json_t *object(struct city *c, const char *text)
{
	char *copy = arena_copy(c->arena, span_of(text));
	json_t *j = NULL;
	struct err err = { 0 };
	for (char *p = copy; *p; p++)
		*p = *p == '\'' ? '"' : *p;
	city_must(json_parse(span_of(copy), 0, &j, &err), &err, text);
	return j;
}

/* A verb on a row as somebody; "" creates, "change" changes. */
static bool row_do(struct city *c, size_t who, const char *id, const char *verb, const char *args,
	struct err *err)
{
	CLEANUP(json_free) json_t *in = object(c, args);
	struct record r;
	struct resource_request q = { .id = span_of(id), .verb = span_of(verb), .in = in };
	*err = (struct err){ 0 };
	c->op.actor = &c->actors[who];
	bool ok = op_begin(&c->op, err);
	if (ok && !*verb)
		ok = resource_create(&c->op, &declaration_resource, in, &r, err);
	else if (ok && strcmp(verb, "change") == 0)
		ok = resource_change(&c->op, &declaration_resource, &q, &r, err);
	else if (ok)
		ok = resource_apply(&c->op, &declaration_resource, &q, &r, err);
	ok = ok && op_commit(&c->op, err);
	op_rollback(&c->op);
	c->op.actor = &c->actors[LOCAL];
	return ok;
}

/* The id of the newest row of that name. */
static const char *row_id(struct city *c, const char *name)
{
	return city_text(c, SQL("SELECT id FROM declarations WHERE name=? ORDER BY n DESC LIMIT 1"),
		V(db_z(name))).p;
}

static bool row_is(struct city *c, const char *name, const char *state)
{
	return span_is(city_text(c,
		SQL("SELECT state FROM declarations WHERE name=? ORDER BY n DESC LIMIT 1"),
			       V(db_z(name))),
		state);
}

#define OFFICE \
	"{'name':'OA 系统','url':'https://oa.example.gov.cn/login','address':'192.0.2.10','mlps_level':'3'," \
	"'hosting':'government_cloud','operator':'某运维公司','exposure':'internet'," \
	"'software':[{'product':'nginx'," \
	"'version':'1.18.0'},{'product':'dm','version':'不清楚'},{'name':'自研门户','version':'V2'}]," \
	"'unknown':['record_number','importance']}"
#define PORTAL "{'name':'门户网站','url':'www.example.gov.cn','record_number':'不清楚'}"

static void test_adopted(struct city *c)
{
	struct err err = { 0 };
	int64_t n = ask(c, UNIT_A), again;
	test_case("declaration: answered by two systems");
	CHECK(city_do(c, LIAISON_A, n, "answer", "{'systems':[" OFFICE "," PORTAL "]}", &err));
	CHECK_STR(err.en, "");
	CHECK(city_state(c, n, "answered"));
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM declarations WHERE order_n=? AND state='submitted'"),
		V(db_i(n))), 2);
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM assets"), V0), 0);
	test_case("declaration: accepted with the order");
	CHECK(city_do(c, DUTY, n, "verify", "{}", &err));
	CHECK_STR(err.en, "");
	CHECK(city_state(c, n, "verified"));
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM assets WHERE kind='system' AND source='declaration'"),
		V0), 2);
	CHECK_INT(city_int(c,
			  SQL("SELECT count(*) FROM assets WHERE name='OA 系统' AND mlps_level=3 AND url LIKE "
			  "'%/login'"
			      " AND hosting='government_cloud' AND operator_party='某运维公司' AND "
			      "exposure='internet'"
			      " AND unknown='[\"record_number\",\"importance\"]' AND confirmed_at>0"),
			  V0),
		1);
	CHECK_INT(city_int(c,
			  SQL("SELECT count(*) FROM assets h JOIN assets s ON s.n=h.parent_n WHERE "
			  "h.kind='host' AND"
			      " h.address='192.0.2.10' AND s.name='OA 系统'"),
			  V0),
		1);
	CHECK_INT(city_int(c,
			  SQL("SELECT count(*) FROM software WHERE source='declaration' AND"
			      " cpe='cpe:2.3:a:f5:nginx:1.18.0:*:*:*:*:*:*:*'"),
			  V0),
		1);
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM software WHERE removed_at IS NULL"), V0), 3);
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM units WHERE inventory='systems' AND inventory_at=?"),
		V(db_i(MONDAY))), 1);
	CHECK_INT(city_int(c,
			  SQL("SELECT count(*) FROM steps WHERE resource='declaration' AND verb='accept' AND"
			      " subject='declaration' AND unit_n=3 AND county_n=2"),
			  V0),
		2);
	test_case("declaration: said again, updated and not doubled; a version not known takes none back");
	clock_fake(MONDAY + TIME_DAY);
	again = ask(c, UNIT_A);
	CHECK(city_do(c, LIAISON_A, again, "answer",
		"{'systems':[{'name':'OA 系统','address':'192.0.2.10','software':[{'product':'nginx',"
		"'version':'1.20.1'},"
		"{'product':'tomcat','version':'9.0.1'}]},{'name':'门户','url':'www.example.gov.cn'}]}",
		&err));
	CHECK(city_do(c, DUTY, again, "verify", "{}", &err));
	CHECK_STR(err.en, "");
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM assets WHERE kind='system'"), V0), 2);
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM assets WHERE name='OA 系统' AND mlps_level=3"), V0), 1);
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM assets WHERE name='门户'"), V0), 1);
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM software WHERE removed_at IS NULL"), V0), 2);
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM software_history WHERE product_version='1.18.0'"),
		V0), 1);
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM declarations WHERE state='superseded'"), V0), 2);
}

static void test_unchanged_and_none(struct city *c)
{
	struct err err = { 0 };
	int64_t n = ask(c, UNIT_A);
	clock_fake(MONDAY + 2 * TIME_DAY);
	test_case("declaration: unchanged moves what was confirmed");
	CHECK(city_do(c, LIAISON_A, n, "answer", "{'unchanged':true}", &err));
	CHECK(city_do(c, DUTY, n, "verify", "{}", &err));
	CHECK_STR(err.en, "");
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM assets WHERE unit_n=3 AND confirmed_at<>?"),
		V(db_i(MONDAY + 2 * TIME_DAY))), 0);
	CHECK_INT(city_int(c, SQL("SELECT inventory_at FROM units WHERE n=3"), V0), MONDAY + 2 * TIME_DAY);
	test_case("declaration: nothing on record is no inventory to confirm");
	n = ask(c, UNIT_B);
	CHECK(!city_do(c, LIAISON_B, n, "answer", "{'unchanged':true}", &err));
	CHECK_STR(err.field, "unchanged");
	test_case("declaration: no systems is an answer");
	CHECK(city_do(c, LIAISON_B, n, "answer", "{'none':true}", &err));
	CHECK(city_do(c, DUTY, n, "verify", "{}", &err));
	CHECK(span_is(city_text(c, SQL("SELECT inventory FROM units WHERE n=4"), V0), "none"));
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM assets WHERE unit_n=4"), V0), 0);
}

static void test_row_by_row(struct city *c)
{
	struct err err = { 0 };
	int64_t n = ask(c, UNIT_B);
	char id[64];
	test_case("declaration: recorded on behalf, by an office only with whose word it is");
	CHECK(!city_do(c, DUTY, n, "answer", "{'systems':[{'name':'甲'},{'name':'乙'}]}", &err));
	CHECK_STR(err.field, "on_behalf");
	CHECK(city_do(c, DUTY, n, "answer",
		"{'systems':[{'name':'甲'},{'name':'乙','address':'192.0.2.20'}],"
		"'on_behalf':{'channel':'phone',"
		"'person':'陈工'}}",
		&err));
	CHECK_STR(err.en, "");
	CHECK_INT(city_int(c,
		SQL("SELECT count(*) FROM steps WHERE resource='declaration' AND verb='submit' AND"
				  " on_whose_word<>''"),
			  V0),
		2);
	test_case("declaration: four eyes");
	CHECK(!row_do(c, DUTY, row_id(c, "甲"), "accept", "{}", &err));
	CHECK_STR(err_name(err.code), "forbidden");
	CHECK(!city_do(c, DUTY, n, "verify", "{}", &err));
	CHECK_STR(err_name(err.code), "forbidden");
	test_case("declaration: the county accepts one and returns one; the order follows");
	CHECK(row_do(c, COUNTY_OFFICER, row_id(c, "甲"), "accept", "{}", &err));
	CHECK_STR(err.en, "");
	CHECK(city_state(c, n, "answered"));
	CHECK(!row_do(c, COUNTY_OFFICER, row_id(c, "乙"), "return", "{}", &err));
	CHECK_STR(err.field, "reason");
	CHECK(row_do(c, COUNTY_OFFICER, row_id(c, "乙"), "return", "{'reason':'缺等保级别'}", &err));
	CHECK(city_state(c, n, "handling"));
	CHECK(row_is(c, "乙", "returned"));
	test_case("declaration: others neither see nor change it");
	snprintf(id, sizeof id, "%s", row_id(c, "乙"));
	CHECK(!row_do(c, LIAISON_A, id, "change", "{'mlps_level':'2'}", &err));
	CHECK_STR(err_name(err.code), "not_found");
	CHECK(!row_do(c, LIAISON_A, "", "", "{'unit_id':'U4','name':'丙'}", &err));
	test_case("declaration: changed and submitted again by the unit; the order follows");
	CHECK(row_do(c, LIAISON_B, id, "change", "{'mlps_level':'2'}", &err));
	CHECK_STR(err.en, "");
	CHECK(row_do(c, LIAISON_B, id, "submit", "{}", &err));
	CHECK_STR(err.en, "");
	CHECK(city_state(c, n, "answered"));
	CHECK(!row_do(c, LIAISON_B, id, "change", "{'mlps_level':'1'}", &err));
	CHECK_STR(err_name(err.code), "conflict");
	CHECK(row_do(c, COUNTY_OFFICER, id, "accept", "{}", &err));
	CHECK(city_state(c, n, "verified"));
	CHECK(span_is(city_text(c, SQL("SELECT inventory FROM units WHERE n=4"), V0), "systems"));
}

static void test_part_of_order(struct city *c)
{
	struct err err = { 0 };
	int64_t n = ask(c, UNIT_C);
	CHECK(city_do(c, LOCAL, n, "answer", "{'systems':[{'name':'子'},{'name':'丑'},{'name':'寅'}]}", &err));
	CHECK_STR(err.en, "");
	test_case("declaration: the order's verify may name rows, and waits for the others");
	const char *some = arena_printf(c->arena, "{'rows':['%s']}", row_id(c, "子")).p;
	CHECK(city_do(c, DUTY, n, "verify", some, &err));
	CHECK(row_is(c, "子", "accepted"));
	CHECK(row_is(c, "丑", "submitted"));
	CHECK(city_state(c, n, "answered"));
	test_case("declaration: the order's return may name rows");
	some = arena_printf(c->arena, "{'rows':['%s'],'reason':'写全称'}", row_id(c, "丑")).p;
	CHECK(city_do(c, DUTY, n, "return", some, &err));
	CHECK_STR(err.en, "");
	CHECK(row_is(c, "丑", "returned"));
	CHECK(row_is(c, "寅", "submitted"));
	CHECK(city_state(c, n, "handling"));
	test_case("declaration: what is not said again is said no longer; what waits stands");
	CHECK(city_do(c, LOCAL, n, "answer", "{'systems':[{'name':'丑时系统'}]}", &err));
	CHECK(row_is(c, "丑", "superseded"));
	CHECK(row_is(c, "寅", "submitted"));
	CHECK(city_do(c, DUTY, n, "verify", "{}", &err));
	CHECK(city_state(c, n, "verified"));
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM assets WHERE unit_n=5 AND kind='system'"), V0), 3);
}

static const struct {
	const char *args, *field;
} wrong[] = {
	{ "{}", "systems" },
	{ "{'none':true,'unchanged':true}", "systems" },
	{ "{'systems':[]}", "systems" },
	{ "{'systems':[7]}", "systems" },
	{ "{'systems':[{}]}", "name" },
	{ "{'systems':[{'name':'不清楚'}]}", "name" },
	{ "{'systems':[{'name':'a'},{'name':'a '}]}", "systems" },
	{ "{'systems':[{'name':'a','mlps_level':'6'}]}", "mlps_level" },
	{ "{'systems':[{'name':'a','address':'192.0.2.1/24'}]}", "address" },
	{ "{'systems':[{'name':'a','url':'ftp://x y'}]}", "url" },
	{ "{'systems':[{'name':'a','url':'https://x.cn','unknown':['url']}]}", "url" },
	{ "{'systems':[{'name':'a','unknown':['name']}]}", "unknown" },
	{ "{'systems':[{'name':'a','software':[{'product':'nonesuch'}]}]}", "software" },
	{ "{'systems':[{'name':'a','software':[{'version':'1'}]}]}", "software" },
	{ "{'systems':[{'name':'a','software':[{'product':'nginx','version':'最新'}]}]}", "software" },
	{ "{'systems':[{'name':'a','nonesuch':1}]}", "nonesuch" },
	{ "{'claim':'fixed'}", "claim" },
};

static void test_wrong(struct city *c)
{
	struct err err = { 0 };
	int64_t n = ask(c, UNIT_A);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		test_case("declaration: refused %s", wrong[i].args);
		CHECK(!city_do(c, LIAISON_A, n, "answer", wrong[i].args, &err));
		CHECK_STR(err.field, wrong[i].field);
		CHECK(city_state(c, n, "sent"));
	}
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM declarations WHERE order_n=?"), V(db_i(n))), 0);
}

/* ---- the life ---- */

static void make_in(struct city *c, const char *state, char id[64])
{
	struct err err = { 0 };
	static int next = 1;
	char name[32];
	snprintf(name, sizeof name, "寿命%d", next++);
	const char *in = arena_printf(c->arena, "{'unit_id':'U3','name':'%s'}", name).p;
	city_must(row_do(c, LIAISON_A, "", "", in, &err), &err, "create");
	snprintf(id, 64, "%s", row_id(c, name));
	if (strcmp(state, "draft") == 0)
		return;
	city_must(row_do(c, LIAISON_A, id, "submit", "{}", &err), &err, "submit");
	if (strcmp(state, "returned") == 0)
		city_must(row_do(c, DUTY, id, "return", "{'reason':'x'}", &err), &err, "return");
	if (strcmp(state, "accepted") == 0 || strcmp(state, "superseded") == 0)
		city_must(row_do(c, DUTY, id, "accept", "{}", &err), &err, "accept");
	if (strcmp(state, "superseded") == 0) {
		in = arena_printf(c->arena, "{'unit_id':'U3','name':'%s'}", name).p;
		city_must(row_do(c, LIAISON_A, "", "", in, &err), &err, "create again");
		const char *next_id = row_id(c, name);
		city_must(row_do(c, LIAISON_A, next_id, "submit", "{}", &err) &&
				row_do(c, DUTY, next_id, "accept", "{}", &err),
			&err, "accept again");
	}
}

static void test_life(struct city *c)
{
	static const char *const verbs[] = { "submit", "accept", "return", "supersede" };
	const struct life *life = declaration_resource.life;
	for (const char *const *state = life->states; *state; state++) {
		for (size_t v = 0; v < COUNT(verbs); v++) {
			char id[64];
			struct err err = { 0 };
			const struct transition *row = NULL;
			for (size_t i = 0; i < life->n_rows && !row; i++)
				if (strcmp(life->rows[i].from, *state) == 0 &&
				    strcmp(life->rows[i].verb, verbs[v]) == 0)
					row = &life->rows[i];
			test_case("declaration life: %s, %s", *state, verbs[v]);
			make_in(c, *state, id);
			struct span before = city_text(c, SQL("SELECT state FROM declarations WHERE id=?"),
				V(db_z(id)));
			CHECK(span_is(before, *state));
			bool ok = row_do(c, v == 0 ? LIAISON_A : DUTY, id, verbs[v], "{'reason':'x'}", &err);
			CHECK(ok == (row != NULL));
			CHECK(span_is(city_text(c, SQL("SELECT state FROM declarations WHERE id=?"),
				V(db_z(id))),
				row ? row->to : *state));
		}
	}
}

/* What is written is read back as the same answer. */
static void test_workbook(struct city *c)
{
	struct err err = { 0 };
	int64_t n = ask(c, UNIT_A);
	struct declaration_order o = { n, UNIT_A };
	struct span bytes;
	CLEANUP(table_close_p) struct table *t = NULL;
	CLEANUP(json_free) json_t *args = NULL;
	struct record order;
	bool found;
	test_case("declaration: a workbook sent back as it is says the same again");
	/* rows of the tests before, as if they had never been said */
	city_exec(c,
		SQL("UPDATE declarations SET state='superseded' WHERE state IN ('submitted', 'returned')"),
		V0);
	int64_t before = city_int(c, SQL("SELECT count(*) FROM assets WHERE unit_n=3"), V0);
	CHECK(city_do(c, LOCAL, ask(c, UNIT_A), "answer", "{'systems':[" OFFICE "]}", &err));
	CHECK(city_do(c, DUTY, n + 1, "verify", "{}", &err));
	CHECK_STR(err.en, "");
	CHECK(declaration_sheet_write(&c->op, &o, &bytes, &err));
	CHECK_STR(err.en, "");
	CHECK(table_open_span(bytes, DECLARATION_SHEET_BYTES, &t, &err));
	CHECK(declaration_sheet_read(&c->op, t, &args, &err));
	CHECK_STR(err.en, "");
	CHECK(op_begin(&c->op, &err) &&
		resource_load(&c->op, &order_resource, n, &order, &found, &err) &&
		record_apply(&c->op, &order, "answer", args, &err) && op_commit(&c->op, &err));
	CHECK_STR(err.en, "");
	CHECK(city_do(c, DUTY, n, "verify", "{}", &err));
	CHECK_STR(err.en, "");
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM assets WHERE unit_n=3"), V0), before);
	CHECK_INT(city_int(c,
			  SQL("SELECT count(*) FROM declarations a JOIN declarations b ON a.name=b.name AND"
			      " a.url=b.url AND a.address=b.address AND a.mlps_level=b.mlps_level AND"
			      " a.hosting=b.hosting AND a.exposure=b.exposure AND a.software=b.software AND"
			      " a.unknown=b.unknown WHERE a.name='OA 系统' AND a.state='accepted' AND"
			      " b.order_n=?"),
			  V(db_i(n + 1))),
		1);
}

/* How many systems the form of an order begins with, all of them in that state; -1: some are not. */
static int64_t form_systems(struct city *c, int64_t order_n, const char *state)
{
	struct err err = { 0 };
	struct str out = STR_IN(c->arena, 1 << 20);
	CLEANUP(json_free) json_t *form = NULL;
	str_addz(&out, "{\"order\":1");
	if (!declaration_form(&c->op, (struct declaration_order){ order_n, UNIT_C }, &out, &err))
		return -1;
	str_addc(&out, '}');
	if (!json_parse(str_span(&out), 0, &form, &err))
		return -1;
	const json_t *systems = json_object_get(form, "systems");
	for (size_t i = 0; i < json_array_size(systems); i++)
		if (!span_is(json_get_text(json_array_get(systems, i), "state"), state))
			return -1;
	return (int64_t)json_array_size(systems);
}

static void test_form(struct city *c)
{
	struct err err = { 0 };
	struct str out = STR_IN(c->arena, 1 << 20);
	CLEANUP(json_free) json_t *form = NULL;
	city_host(c, UNIT_C, "h-c");
	city_exec(c, SQL("UPDATE assets SET kind='system' WHERE name='h-c'"), V0);
	test_case("declaration: the form is prefilled and can be sent back as it is");
	int64_t n = ask(c, UNIT_C);
	str_addz(&out, "{\"order\":1");
	CHECK(declaration_form(&c->op, (struct declaration_order){ n, UNIT_C }, &out, &err));
	str_addc(&out, '}');
	CHECK(json_parse(str_span(&out), 0, &form, &err));
	json_t *systems = json_object_get(form, "systems");
	CHECK_INT((int64_t)json_array_size(systems), 4);
	json_t *args = json_pack("{s:O}", "systems", systems);
	c->op.actor = &c->actors[LOCAL];
	struct record o;
	bool found;
	CHECK(op_begin(&c->op, &err) && resource_load(&c->op, &order_resource, n, &o, &found, &err) &&
		record_apply(&c->op, &o, "answer", args, &err) && op_commit(&c->op, &err));
	CHECK_STR(err.en, "");
	json_decref(args);
	test_case("declaration: a second order knows what the first said while it is under review");
	CHECK_INT(form_systems(c, ask(c, UNIT_C), "submitted"), 4);
	CHECK(city_do(c, DUTY, n, "verify", "{}", &err));
	CHECK_STR(err.en, "");
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM assets WHERE unit_n=5 AND kind='system'"), V0), 4);
	CHECK_INT(form_systems(c, ask(c, UNIT_C), "accepted"), 4);
}

int main(void)
{
	struct city c;
	city_open(&c, "declaration");
	declaration_listen(order_follow_declaration);
	test_adopted(&c);
	test_unchanged_and_none(&c);
	test_row_by_row(&c);
	test_part_of_order(&c);
	test_wrong(&c);
	test_life(&c);
	test_form(&c);
	test_workbook(&c);
	city_close(&c);
	return test_end();
}
