#include "people/testing.h"

#define HEAD "code,name,parent,division,kind,sector,uscc\n"
#define CITY HEAD \
	"W1,赤坎水厂,W,440802,operator,water,\n" \
	"W,市水务集团,B,440800,operator,water,114408000070812375\n" \
	"B,市水务局,A,440800,public_body,water,\n" \
	"A,市网信办,,440800,office,government,\n" \
	"C,赤坎区网信办,A,440802,office,government,\n"

static struct house h;

static int64_t unit(const char *code)
{
	struct err err = { 0 };
	int64_t n = 0;
	bool found = false;
	return db_int(op_db(&h.op), SQL("SELECT n FROM units WHERE code=?"), V(db_z(code)), &n, &found, &err)
		? n
		: -1;
}

static bool above(const char *up, const char *down, enum unit_relation tree)
{
	struct err err = { 0 };
	int64_t one;
	bool found = false;
	return db_int(op_db(&h.op),
		       SQL("SELECT 1 FROM unit_tree WHERE ancestor_n=? AND descendant_n=? AND relation=?"),
		       V(db_i(unit(up)), db_i(unit(down)), db_i(tree)), &one, &found, &err) &&
		found;
}

static void test_pinyin(void)
{
	struct err err = { 0 };
	int64_t n;
	static const struct { const char *typed, *code; bool exact;
	} typed[] = {
		{ "sdyrmyy", "H", false }, { "rmyy", "H", false }, { "DiYiRenMinYiYuan", "H", false },
		{ "diyi", NULL, false }, { "H", "H", true }, { "市一院", "H", true }, { "s", NULL, false },
	};
	for (size_t i = 0; i < COUNT(typed); i++) {
		bool found;
		test_case("a unit is found typed as \"%s\"", typed[i].typed);
		CHECK_OK(unit_find_typed(&h.op, span_of(typed[i].typed), &n, &found, &err), err);
		CHECK_INT(found, typed[i].code != NULL);
		CHECK(!typed[i].code || n == unit(typed[i].code));
		CHECK_OK(unit_find(&h.op, span_of(typed[i].typed), &n, &found, &err), err);
		CHECK_INT(found, typed[i].exact);
	}
	test_case("names that were there before pinyin are found after the next start");
	struct store_found hits;
	CHECK_OK(store_search(h.store, "unit", SPAN("diyiren"), h.arena, &hits, &err), err);
	CHECK_INT(hits.count, 1);
	CHECK(house_exec(&h, SQL("UPDATE search_texts SET body='x' WHERE resource='unit'"), V0, &err));
	CHECK(house_exec(&h, SQL("INSERT INTO search_index (search_index) VALUES ('rebuild')"), V0, &err));
	CHECK_OK(store_search(h.store, "unit", SPAN("diyiren"), h.arena, &hits, &err), err);
	CHECK_INT(hits.count, 0);
	CHECK(house_exec(&h, SQL("DELETE FROM settings WHERE key='search_version'"), V0, &err));
	CHECK_OK(people_init(&h.op, &err), err);
	CHECK_OK(store_search(h.store, "unit", SPAN("diyiren"), h.arena, &hits, &err), err);
	CHECK_INT(hits.count, 1);
}

static void test_good(void)
{
	struct err err = { 0 };
	struct span said;
	int64_t n;
	test_case("a dry run says what would be and writes nothing");
	CHECK_OK(house_import(&h, unit_import, CITY, true, &said, &err), err);
	CHECK_SPAN(said, "read 5, new 5, changed 0, unchanged 0, refused 0");
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM units")), 0);

	test_case("children may stand before their parents");
	CHECK_OK(house_import(&h, unit_import, CITY, false, &said, &err), err);
	CHECK_SPAN(said, "read 5, new 5, changed 0, unchanged 0, refused 0");
	CHECK(above("A", "W1", UNIT_PARENT) && above("W", "W1", UNIT_PARENT) &&
		above("W1", "W1", UNIT_SUPERVISOR));
	CHECK(!above("W1", "W", UNIT_PARENT) && !above("C", "W", UNIT_PARENT) &&
		!above("A", "W1", UNIT_SUPERVISOR));
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM unit_tree WHERE relation=0")), 5 + 1 + 1 + 2 + 3);

	test_case("the first root office is the city office, the next above a unit is its county's");
	CHECK_OK(unit_office(&h.op, &n, &err), err);
	CHECK_INT(n, unit("A"));
	CHECK_OK(resource_county(&h.op, unit("C"), &n, &err), err);
	CHECK_INT(n, unit("C"));
	CHECK_OK(resource_county(&h.op, unit("W1"), &n, &err), err);
	CHECK_INT(n, 0);

	test_case("the same file again changes nothing, not even the log");
	int64_t seq = store_change_seq(h.store);
	CHECK_OK(house_import(&h, unit_import, CITY, false, &said, &err), err);
	CHECK_SPAN(said, "read 5, new 0, changed 0, unchanged 5, refused 0");
	CHECK_INT(store_change_seq(h.store), seq);

	test_case("Chinese words and headers, GB codes of towns, short names, aliases, order, supervisor");
	CHECK_OK(house_import(&h, unit_import, "单位编码,单位名称,上级单位,行政区划,单位类别,行业,简称,别名,排序,主管部门\n"
			      "H,市第一医院,A,440803001,public_body,卫生健康,市一院,湛一院；人民医院;老医院,7,B\n"
			      "W1,赤坎水厂,C,440802,operator,water,,,0,B\n", false, &said, &err), err);
	CHECK_SPAN(said, "read 2, new 1, changed 1, unchanged 0, refused 0");
	CHECK(above("C", "W1", UNIT_PARENT) && !above("W", "W1", UNIT_PARENT) &&
		above("B", "H", UNIT_SUPERVISOR));
	CHECK_OK(resource_county(&h.op, unit("W1"), &n, &err), err);
	CHECK_INT(n, unit("C"));

	static const struct { const char *name, *code;
	} names[] = {
		{ "H", "H" },
		{ "市第一医院", "H" },
		{ "市一院", "H" },
		{ "人民医院", "H" },
		{ "老医院", "H" },
		{ "医院", NULL },
		{ "", NULL },
	};
	for (size_t i = 0; i < COUNT(names); i++) {
		bool found;
		test_case("a unit is found as \"%s\"", names[i].name);
		CHECK_OK(unit_find(&h.op, span_of(names[i].name), &n, &found, &err), err);
		CHECK_INT(found, names[i].code != NULL);
		CHECK(!names[i].code || n == unit(names[i].code));
	}

	test_case("a column that the file does not have stays as it was");
	CHECK_OK(house_import(&h, unit_import, "code,name,kind\nH,市第一人民医院,public_body\n", false, &said,
			 &err),
		err);
	CHECK_SPAN(said, "read 1, new 0, changed 1, unchanged 0, refused 0");
	CHECK_INT(house_int(&h,
			  SQL("SELECT count(*) FROM units WHERE code='H' AND short_name='市一院' AND "
			      "sort_order=7"
			      " AND version=2 AND sector='health' AND "
			      "aliases='[\"湛一院\",\"人民医院\",\"老医院\"]'")),
		1);

	test_case("two units change places in one file");
	CHECK_OK(house_import(&h, unit_import, HEAD "W,市水务集团,A,440800,operator,water,114408000070812375\n"
			      "B,市水务局,W,440800,public_body,water,\n", false, &said, &err), err);
	CHECK_SPAN(said, "read 2, new 0, changed 2, unchanged 0, refused 0");
	CHECK(above("W", "B", UNIT_PARENT) && !above("B", "W", UNIT_PARENT) && above("A", "B", UNIT_PARENT));

	test_case("parent one way and supervisor the other way, both new");
	CHECK_OK(house_import(&h, unit_import,
			 "code,name,kind,parent,supervisor\nX,甲,operator,Y,\nY,乙,operator,,X\n", false,
			 &said, &err),
		err);
	CHECK(above("Y", "X", UNIT_PARENT) && above("X", "Y", UNIT_SUPERVISOR) &&
		!above("X", "Y", UNIT_PARENT));
}

static void test_bad(void)
{
	static const struct { const char *name, *csv; const char *said;
	} cases[] = {
		{ "no such parent", HEAD "Z,丙,Q,,operator,water,\n",
			"read 1, new 0, changed 0, unchanged 0, refused 1" },
		{ "no such division", HEAD "Z,丙,A,449999,operator,water,\n",
			"read 1, new 0, changed 0, unchanged 0, refused 1" },
		{ "unknown kind", HEAD "Z,丙,A,,company,water,\n",
			"read 1, new 0, changed 0, unchanged 0, refused 1" },
		{ "unknown sector", HEAD "Z,丙,A,,operator,magic,\n",
			"read 1, new 0, changed 0, unchanged 0, refused 1" },
		{ "wrong check character", HEAD "Z,丙,A,,operator,water,114408000070812374\n",
			"read 1, new 0, changed 0, unchanged 0, refused 1" },
		{ "no code", HEAD ",丙,A,,operator,water,\n",
			"read 1, new 0, changed 0, unchanged 0, refused 1" },
		{ "no name", HEAD "Z,,A,,operator,water,\n",
			"read 1, new 0, changed 0, unchanged 0, refused 1" },
		{ "the same code twice, a good row beside",
			HEAD "Z,丙,A,,operator,water,\nZ,丁,A,,operator,water,\nV,戊,,,operator,,\n",
			"read 3, new 0, changed 0, unchanged 0, refused 3" },
		{ "its own parent", HEAD "Z,丙,Z,,operator,water,\n",
			"read 1, new 0, changed 0, unchanged 0, refused 1" },
		{ "a ring in the file",
			HEAD "Z,丙,V,,operator,water,\nV,丁,U,,operator,water,\nU,戊,Z,,operator,water,\n",
			"read 3, new 0, changed 0, unchanged 0, refused 3" },
		{ "a ring with the house", HEAD "A,市网信办,H,440800,office,government,\n",
			"read 1, new 0, changed 0, unchanged 0, refused 1" },
		{ "too few fields", HEAD "Z,丙\n", "read 1, new 0, changed 0, unchanged 0, refused 1" },
		{ "an open quote", HEAD "Z,\"丙\n", "read 0, new 0, changed 0, unchanged 0, refused 0" },
		{ "order is no number", "code,name,kind,sort_order\nZ,丙,operator,first\n",
			"read 1, new 0, changed 0, unchanged 0, refused 1" },
		{ "a column is missing", "code,kind\nZ,operator\n", "" },
		{ "a name too long",
			HEAD "Z,"
			     "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九"
			     "十一二三四五六七八九十"
			     "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九"
			     "十一二三四五六七八九十一,A,,operator,water,\n",
			"read 1, new 0, changed 0, unchanged 0, refused 1" },
	};
	int64_t seq = store_change_seq(h.store);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { 0 };
		struct span said;
		test_case("refused whole: %s", cases[i].name);
		CHECK_ERR(house_import(&h, unit_import, cases[i].csv, false, &said, &err), err, ERR_INVALID);
		CHECK_SPAN(said, cases[i].said);
		CHECK_INT(store_change_seq(h.store), seq);
	}
}

static void test_many(void)
{
	struct err err = { 0 };
	struct span said;
	CLEANUP(str_done) struct str csv = STR(1 << 20);
	str_addz(&csv, HEAD);
	for (int i = 1000; i > 0; i--)
		str_addf(&csv, "N%04d,单位%d,%s,440802,operator,water,\n", i, i, i > 10 ? "N0001" : "A");
	test_case("a thousand units at once");
	int64_t start = clock_mono_ns();
	CHECK_OK(house_import(&h, unit_import, str_z(&csv), false, &said, &err), err);
	printf("# %" PRId64 " ms\n", (clock_mono_ns() - start) / 1000000);
	CHECK_SPAN(said, "read 1000, new 1000, changed 0, unchanged 0, refused 0");
	CHECK_INT(house_int(&h,
			  SQL("SELECT count(*) FROM unit_tree t JOIN units u ON u.n=t.ancestor_n WHERE "
			      "u.code='N0001'"
			      " AND relation=0")),
		991);
}

static bool set(const char *code, const char *json, struct err *err)
{
	CLEANUP(json_free) json_t *in = NULL;
	struct record rec;
	bool ok = json_parse(span_of(json), 0, &in, err) && op_begin(&h.op, err) &&
		resource_change(&h.op, &unit_resource,
			&(struct resource_request){ .id = span_of(code), .in = in }, &rec, err) &&
		op_commit(&h.op, err);
	op_rollback(&h.op);
	return ok;
}

static void test_one(void)
{
	struct err err = { 0 };
	test_case("a unit moves, and what hangs below it moves along");
	CHECK_OK(set("W", "{\"parent_id\":\"C\"}", &err), err);
	CHECK(above("C", "B", UNIT_PARENT) && above("A", "B", UNIT_PARENT) && above("W", "B", UNIT_PARENT));
	CHECK_OK(set("W", "{\"parent_id\":null}", &err), err);
	CHECK(!above("C", "B", UNIT_PARENT) && !above("A", "B", UNIT_PARENT) && above("W", "B", UNIT_PARENT));
	test_case("the tree is what a rebuild from nothing gives");
	int64_t rows = house_int(&h, SQL("SELECT count(*) FROM unit_tree"));
	CHECK_OK(op_begin(&h.op, &err) && unit_tree_rebuild(&h.op, &err) && op_commit(&h.op, &err), err);
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM unit_tree")), rows);
	test_case("a unit cannot come below itself");
	CHECK_ERR(set("W", "{\"parent_id\":\"B\"}", &err), err, ERR_INVALID);
	CHECK_STR(err.field, "parent_id");
	CHECK_ERR(set("W", "{\"supervisor_id\":\"W\"}", &err), err, ERR_INVALID);
	CHECK_STR(err.field, "supervisor_id");
	test_case("aliases are texts");
	CHECK_ERR(set("W", "{\"aliases\":[1]}", &err), err, ERR_INVALID);
	CHECK_ERR(set("W", "{\"aliases\":{\"a\":1}}", &err), err, ERR_INVALID);
	CHECK_OK(set("W", "{\"aliases\":[\"水司\"]}", &err), err);
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM unit_aliases WHERE alias='水司'")), 1);
	test_case("a social credit code is checked");
	CHECK_ERR(set("W", "{\"uscc\":\"114408000070812370\"}", &err), err, ERR_INVALID);
	CHECK_STR(err.field, "uscc");
}

int main(void)
{
	house_open(&h, "units");
	test_case("divisions are loaded once");
	struct err err = { 0 };
	int64_t seq = store_change_seq(h.store);
	CHECK_OK(people_init(&h.op, &err), err);
	CHECK_INT(store_change_seq(h.store), seq);
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM divisions WHERE level='province'")), 34);
	CHECK_INT(house_int(&h,
			  SQL("SELECT count(*) FROM divisions d JOIN divisions p ON p.n=d.parent_n WHERE "
			      "p.code='440800'")),
		9);
	test_good();
	test_pinyin();
	test_bad();
	test_one();
	test_many();
	house_close(&h);
	return test_end();
}
