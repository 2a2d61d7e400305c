#include "people/testing.h"

#define UNITS "code,name,parent,kind,sector\nA,市网信办,,office,government\nW,市水务集团,A,operator,water\n"
#define HEAD "unit,name,duty,phone,mail,from,to\n"
#define GOOD HEAD \
	"W,李四,联络员A,0759-3338888,li@water.example,2026-01-01,\n" \
	"市水务集团,李四,deputy,0759-3338888,,,\n" \
	"W,王五,liaison_b,,,2024/3/1,2025/12/31\n" \
	"A,赵六,,13900000000,,,\n"

static struct house h;

int main(void)
{
	struct err err = { 0 };
	struct span said;
	house_open(&h, "persons");
	test_case("units first");
	CHECK_OK(house_import(&h, unit_import, UNITS, false, &said, &err), err);

	test_case("a dry run writes nothing");
	CHECK_OK(house_import(&h, person_import, GOOD, true, &said, &err), err);
	CHECK_SPAN(said, "read 4, new 4, changed 0, unchanged 0, refused 0");
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM persons")), 0);

	test_case("persons and duties: one person, two duties");
	CHECK_OK(house_import(&h, person_import, GOOD, false, &said, &err), err);
	CHECK_SPAN(said, "read 4, new 4, changed 0, unchanged 0, refused 0");
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM persons")), 3);
	CHECK_INT(house_int(&h,
			  SQL("SELECT count(*) FROM duties d JOIN persons p ON p.n=d.person_n WHERE "
			      "p.name='李四'")),
		2);
	CHECK_INT(house_int(&h,
			  SQL("SELECT count(*) FROM duties WHERE from_date='2024-03-01' AND "
			      "to_date='2025-12-31'")),
		1);

	test_case("telephone and mail are not in the change log");
	CHECK_INT(house_int(&h,
			  SQL("SELECT count(*) FROM change_values WHERE body LIKE '%3338888%' OR body LIKE "
			      "'%li@%'")),
		0);

	test_case("the same file again changes nothing");
	int64_t seq = store_change_seq(h.store);
	CHECK_OK(house_import(&h, person_import, GOOD, false, &said, &err), err);
	CHECK_SPAN(said, "read 4, new 0, changed 0, unchanged 4, refused 0");
	CHECK_INT(store_change_seq(h.store), seq);

	test_case("a duty gets an end, a person another telephone");
	CHECK_OK(house_import(&h, person_import,
			 HEAD "W,李四,liaison_a,0759-3338888,,,2026-11-01\nW,王五,,0759-3330000,,,\n", false,
			 &said, &err),
		err);
	CHECK_SPAN(said, "read 2, new 0, changed 2, unchanged 0, refused 0");
	CHECK_INT(house_int(&h,
			  SQL("SELECT count(*) FROM duties WHERE kind='liaison_a' AND to_date='2026-11-01'"
			      " AND from_date='2026-01-01'")),
		1);

	static const struct { const char *name, *csv; } bad[] = {
		{ "no such unit", HEAD "Q,甲,,,,,\nW,乙,,,,,\n" },
		{ "no name", HEAD "W,,,,,,\n" },
		{ "unknown duty", HEAD "W,甲,boss,,,,\n" },
		{ "a telephone with letters", HEAD "W,甲,,call me,,,\n" },
		{ "no mail address", HEAD "W,甲,,,here,,\n" },
		{ "a day that is not", HEAD "W,甲,chief,,,2026-02-30,\n" },
		{ "the end before the beginning", HEAD "W,甲,chief,,,2026-02-03,2026-02-01\n" },
		{ "the same duty twice", HEAD "W,甲,chief,,,,\nW,甲,chief,,,,\n" },
	};
	seq = store_change_seq(h.store);
	for (size_t i = 0; i < COUNT(bad); i++) {
		test_case("refused whole: %s", bad[i].name);
		CHECK_ERR(house_import(&h, person_import, bad[i].csv, false, &said, &err), err, ERR_INVALID);
		CHECK_INT(store_change_seq(h.store), seq);
	}
	house_close(&h);
	return test_end();
}
