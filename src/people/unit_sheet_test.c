/* Lists of units as people write them. */
#include "codec/workbook.h"
#include "people/testing.h"

#define OFFICES \
	"code,name,parent,division,kind,sector,uscc,aliases\n" \
	"zj,湛江市网信办,,440800,office,government,,\n" \
	"lz,雷州市网信办,zj,440882,office,government,,\n" \
	"jyj,湛江市教育局,zj,440800,public_body,education,114408000070812375,市教委\n"

static struct house h;

/* One list after another upon the offices; what the store holds of it after. */
static const struct {
	const char *what, *csv;
	const char *options[3];
	const char *said;      /* counts; the import is refused when nothing is said to be taken */
	bool bad;
	struct sql_literal sql;                /* is 1 afterwards; text NULL: not asked */
} cases[] = {
	{ "known by its name, which keeps its code", "单位名称,主要负责人,电话\n湛江市教育局,甲一,13800000001\n", { NULL },
		"read 1, new 0, changed 1, unchanged 0, refused 0", false,
		{ "SELECT count(*) FROM duties d JOIN units u ON u.n=d.unit_n WHERE u.code='jyj' AND "
			"d.kind='chief'" } },
	{ "the same again changes nothing", "单位名称,主要负责人,电话\n湛江市教育局,甲一,13800000001\n", { NULL },
		"read 1, new 0, changed 0, unchanged 1, refused 0", false, { NULL } },
	{ "known by an alias: no new name", "全称,排序号\n市教委,7\n", { NULL },
		"read 1, new 0, changed 1, unchanged 0, refused 0", false,
		{ "SELECT count(*) FROM units WHERE code='jyj' AND name='湛江市教育局' AND sort_order=7" } },
	{ "known by its social credit code", "单位名称,统一社会信用代码\n湛江市教育和体育局,１１４４０８００００７０８１２３７５\n", { NULL },
		"read 1, new 0, changed 1, unchanged 0, refused 0", false,
		{ "SELECT count(*) FROM units WHERE code='jyj' AND name='湛江市教育和体育局'" } },
	{ "name and social credit code of two units", "单位名称,统一社会信用代码\n雷州市网信办,114408000070812375\n", { NULL },
		"read 1, new 0, changed 0, unchanged 0, refused 1", true, { NULL } },
	{ "nearly the same name is a question", "单位名称\n湛江市教育和体育委员会\n", { NULL },
		"read 1, new 0, changed 0, unchanged 0, refused 1", true, { NULL } },
	{ "another county's is another unit", "单位名称\n雷州市教育和体育局\n", { NULL },
		"read 1, new 1, changed 0, unchanged 0, refused 0", false,
		{ "SELECT count(*) FROM units u JOIN units p ON p.n=u.parent_n WHERE u.code='440882-0001' "
			"AND p.code='lz'" } },
	{ "numbers tell siblings apart", "单位名称\n雷州市第一中学\n雷州市第二中学\n", { NULL },
		"read 2, new 2, changed 0, unchanged 0, refused 0", false,
		{ "SELECT count(*)=2 FROM units WHERE code IN ('440882-0002', '440882-0003')" } },
	{ "a title, a part, a sum; joined headings", "联系表,,,,\n单位名称,联络员A,,联络员B,\n,姓名,手机,姓名,手机\n"
						     "一、县直,,,,\n徐闻县某局,乙一,１３８００００００１１,乙二,0759 3338888\n合计,1,,,"
						     "\n",
		{ NULL }, "read 1, new 1, changed 0, unchanged 0, refused 0", false,
		{ "SELECT count(*)=2 FROM persons WHERE phone IN ('13800000011', '0759-3338888')" } },
	{ "the liaison is somebody else: proposed, not done", "单位名称,联络员A,手机\n徐闻县某局,乙三,13800000013\n",
		{ NULL },
		"read 1, new 0, changed 0, unchanged 0, refused 1", true, { NULL } },
	{ "and done when accepted", "单位名称,联络员A,手机\n徐闻县某局,乙三,13800000013\n", { "accept-repairs" },
		"read 1, new 0, changed 1, unchanged 0, refused 0", false,
		{ "SELECT count(*) FROM duties d JOIN persons p ON p.n=d.person_n WHERE p.name='乙一' AND "
			"d.to_date<>''" } },
	{ "an unknown supervisor is left empty when accepted", "单位名称,主管部门\n徐闻县丙局,没有的厅\n",
		{ "accept-repairs" },
		"read 1, new 1, changed 0, unchanged 0, refused 0", false,
		{ "SELECT count(*) FROM units WHERE name='徐闻县丙局' AND supervisor_n IS NULL" } },
	{ "a supervisor by what people call it", "单位名称,主管部门\n徐闻县丁中学,教育和体育局\n", { NULL },
		"read 1, new 1, changed 0, unchanged 0, refused 0", false,
		{ "SELECT count(*) FROM units u JOIN units s ON s.n=u.supervisor_n WHERE u.name='徐闻县丁中学' AND "
			"s.code='jyj'" } },
	{ "the good rows go in, also when another is wrong",
		"单位名称,联络员,手机\n徐闻县戊局,乙四,1380000000\n徐闻县己局,乙五,13800000014\n",
		{ "clean" }, "read 2, new 1, changed 0, unchanged 0, refused 1", false,
		{ "SELECT count(*) FROM units WHERE name IN ('徐闻县戊局', '徐闻县己局')" } },
	{ "an empty cell takes nothing away", "单位名称,统一社会信用代码,排序\n湛江市教育和体育局,,\n", { NULL },
		"read 1, new 0, changed 0, unchanged 1, refused 0", false,
		{ "SELECT count(*) FROM units WHERE code='jyj' AND uscc<>'' AND sort_order=7" } },
	{ "the same unit twice", "单位名称\n徐闻县庚局\n徐闻县庚局\n", { NULL },
		"read 2, new 0, changed 0, unchanged 0, refused 2", true, { NULL } },
	{ "the same social credit code twice", "编码,单位名称,统一社会信用代码\nk1,徐闻县辛局,\nk2,徐闻县壬局,114408000070812375\n",
		{ NULL },
		"read 2, new 0, changed 0, unchanged 0, refused 2", true, { NULL } },
	{ "a code with a blank in it", "编码,单位名称\nk 1,徐闻县辛局\n", { NULL },
		"read 1, new 0, changed 0, unchanged 0, refused 1", true, { NULL } },
	{ "letters for digits in a social credit code", "单位名称,统一社会信用代码\n徐闻县癸局,9I44030071526726XG\n", { NULL },
		"read 1, new 0, changed 0, unchanged 0, refused 1", true, { NULL } },
	{ "which pass the check: taken when accepted", "单位名称,统一社会信用代码\n徐闻县癸局,9I44030071526726xg\n",
		{ "accept-repairs" },
		"read 1, new 1, changed 0, unchanged 0, refused 0", false,
		{ "SELECT count(*) FROM units WHERE uscc='9144030071526726XG'" } },
	{ "a near name in the same list", "单位名称\n徐闻县人民医院体检分院\n徐闻县人民医院体验分院\n", { NULL },
		"read 2, new 0, changed 0, unchanged 0, refused 2", true, { NULL } },
	{ "no header at all", "甲,乙\n丙,丁\n", { NULL }, "", true, { NULL } },
};

static bool run(const char *csv, const char *const options[3], struct span *ret_said, struct err *err)
{
	char path[400], *said = NULL;
	size_t n = 0;
	snprintf(path, sizeof path, "%s/units.csv", test_folder());
	if (csv && !file_replace(path, span_of(csv), 0600, err))
		return false;
	struct span word = span_of(path);
	struct command_call c = { .op = &h.op, .words = &word, .n_words = 1,
		.out = open_memstream(&said, &n) };
	for (size_t i = 0; i < 3 && options[i]; i++)
		c.options[c.n_options++].name = options[i];
	bool ok = unit_import(&c, err);
	fclose(c.out);
	*ret_said = span_trim(arena_span(h.arena, (struct span){ said, n }));
	free(said);
	return ok;
}

static void test_cases_of_lists(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { 0 };
		struct span said = SPAN("");
		int64_t seq = store_change_seq(h.store);
		test_case("%s", cases[i].what);
		if (cases[i].bad)
			CHECK_ERR(run(cases[i].csv, cases[i].options, &said, &err), err, ERR_INVALID);
		else
			CHECK_OK(run(cases[i].csv, cases[i].options, &said, &err), err);
		CHECK_SPAN(said, cases[i].said);
		CHECK(!cases[i].bad || store_change_seq(h.store) == seq);
		if (cases[i].sql.text)
			CHECK_INT(house_int(&h, cases[i].sql), 1);
	}
}

/* The same by XLSX, written by our own workbooks. */
static void test_workbook(void)
{
	static const char *const options[3] = { NULL };
	static const char *const rows[][4] = {
		{ "某某市名单", "", "", "" },
		{ "单位名称", "联络员A", "手机", "备注" },
		{ "吴川市 甲局", "丁一", "1.3900000001E+10", "=1+1" },
		{ "吴川市乙局", "丁二", "139 0000 0002", "" },
	};
	CLEANUP(workbook_free_p) struct workbook *w = NULL;
	struct err err = { 0 };
	struct span bytes, said;
	char path[400];
	test_case("a workbook");
	CHECK_OK(workbook_new(test_folder(), &w, &err) && workbook_sheet(w, SPAN("名单"), &err), err);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct span cells[4];
		for (size_t k = 0; k < COUNT(cells); k++)
			cells[k] = span_of(rows[i][k]);
		CHECK_OK(workbook_row(w, cells, COUNT(cells), &err), err);
	}
	CHECK_OK(workbook_finish(w, h.arena, &bytes, &err), err);
	snprintf(path, sizeof path, "%s/units.csv", test_folder());
	CHECK_OK(file_replace(path, bytes, 0600, &err), err);
	CHECK_OK(run(NULL, options, &said, &err), err);
	CHECK_SPAN(said, "read 2, new 2, changed 0, unchanged 0, refused 0");
	CHECK_INT(house_int(&h,
		SQL("SELECT count(*) FROM persons WHERE phone IN ('13900000001', '13900000002')")), 2);
}

int main(void)
{
	struct err err = { 0 };
	struct span said;
	house_open(&h, "sheets");
	test_case("the offices first");
	CHECK_OK(house_import(&h, unit_import, OFFICES, false, &said, &err), err);
	test_cases_of_lists();
	test_workbook();
	house_close(&h);
	return test_end();
}
