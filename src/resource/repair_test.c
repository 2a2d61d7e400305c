#include "base/test.h"
#include "resource/repair.h"

static const struct repair_word words[] = { { "public_body", "public_body" }, { "党政机关", "public_body" },
	{ "网信办", "office" }, { NULL, NULL } };

static const struct {
	const char *what;
	repair_fn *repair;
	const char *in, *want;
	enum repair_mark mark;
} cases[] = {
	{ "text", repair_text, "湛江市教育局", "湛江市教育局", REPAIR_NONE },
	{ "text", repair_text, " 湛江市 教育局\n", "湛江市教育局", REPAIR_REPAIRED },
	{ "text", repair_text, "湛江市第１中学", "湛江市第1中学", REPAIR_REPAIRED },
	{ "text", repair_text, "中国电信（湛江）分公司", "中国电信（湛江）分公司", REPAIR_NONE },
	{ "text", repair_text, "'=cmd|x", "=cmd|x", REPAIR_REPAIRED },
	{ "text", repair_text, "O'Brien", "O'Brien", REPAIR_NONE },
	{ "text", repair_text, "a  b", "a b", REPAIR_REPAIRED },
	{ "long", repair_long, "第一行\n第二行", "第一行\n第二行", REPAIR_NONE },
	{ "code", repair_code, "ｌｚ-０１", "lz-01", REPAIR_REPAIRED },
	{ "code", repair_code, "lz 01", "lz01", REPAIR_PROPOSED },
	{ "code", repair_code, "无", "", REPAIR_REPAIRED },
	{ "name", repair_name, "张 三", "张三", REPAIR_REPAIRED },
	{ "name", repair_name, "李四同志", "李四", REPAIR_REPAIRED },
	{ "name", repair_name, "张三、李四", "张三、李四", REPAIR_FAULT },
	{ "name", repair_name, "张三1", "张三1", REPAIR_FAULT },
	{ "name", repair_name, "/", "", REPAIR_REPAIRED },
	{ "phone", repair_phone, "13800000000", "13800000000", REPAIR_NONE },
	{ "phone", repair_phone, "１３８００００００００", "13800000000", REPAIR_REPAIRED },
	{ "phone", repair_phone, "138 0000 0000", "13800000000", REPAIR_REPAIRED },
	{ "phone", repair_phone, "138-0000-0000", "13800000000", REPAIR_REPAIRED },
	{ "phone", repair_phone, "+86 138 0000 0000", "13800000000", REPAIR_REPAIRED },
	{ "phone", repair_phone, "13800000000.0", "13800000000", REPAIR_REPAIRED },
	{ "phone", repair_phone, "'13800000000", "13800000000", REPAIR_REPAIRED },
	{ "phone", repair_phone, "1.3812345678E+10", "13812345678", REPAIR_REPAIRED },
	{ "phone", repair_phone, "1.38E+10", "1.38E+10", REPAIR_FAULT },
	{ "phone", repair_phone, "1380000000", "1380000000", REPAIR_FAULT },
	{ "phone", repair_phone, "138000000000", "138000000000", REPAIR_FAULT },
	{ "phone", repair_phone, "0759-3338888", "0759-3338888", REPAIR_NONE },
	{ "phone", repair_phone, "(0759)3338888", "0759-3338888", REPAIR_REPAIRED },
	{ "phone", repair_phone, "07593338888", "0759-3338888", REPAIR_REPAIRED },
	{ "phone", repair_phone, "0759-3338888-801", "0759-3338888-801", REPAIR_NONE },
	{ "phone", repair_phone, "02087654321", "020-87654321", REPAIR_REPAIRED },
	{ "phone", repair_phone, "0759-3338888、13800000000", "13800000000;0759-3338888", REPAIR_REPAIRED },
	{ "phone", repair_phone, "13800000000/13900000000", "13800000000;13900000000", REPAIR_REPAIRED },
	{ "phone", repair_phone, "1380000000013900000000", "13800000000;13900000000", REPAIR_REPAIRED },
	{ "phone", repair_phone, "13800000000\n13900000000", "13800000000;13900000000", REPAIR_REPAIRED },
	{ "phone", repair_phone, "手机：13800000000", "13800000000", REPAIR_PROPOSED },
	{ "phone", repair_phone, "call me", "call me", REPAIR_FAULT },
	{ "phone", repair_phone, "电话", "电话", REPAIR_FAULT },
	{ "phone", repair_phone, "110", "110", REPAIR_NONE },
	{ "phone", repair_phone, "无", "", REPAIR_REPAIRED },
	{ "mail", repair_mail, "a＠b．example", "a@b.example", REPAIR_REPAIRED },
	{ "mail", repair_mail, "mailto:a@b.example", "a@b.example", REPAIR_REPAIRED },
	{ "mail", repair_mail, "here", "here", REPAIR_FAULT },
	{ "date", repair_date, "2026-11-03", "2026-11-03", REPAIR_NONE },
	{ "date", repair_date, "2026/11/3", "2026-11-03", REPAIR_NONE },
	{ "date", repair_date, "2026.11.3", "2026-11-03", REPAIR_NONE },
	{ "date", repair_date, "２０２６年１１月３日", "2026-11-03", REPAIR_NONE },
	{ "date", repair_date, "20261103", "2026-11-03", REPAIR_NONE },
	{ "date", repair_date, "2026-11-03 08:30:00", "2026-11-03", REPAIR_NONE },
	{ "date", repair_date, "2026-11-02T17:00:00Z", "2026-11-03", REPAIR_NONE },
	{ "date", repair_date, "2026年11月", "2026-11-01", REPAIR_PROPOSED },
	{ "date", repair_date, "26-11-3", "2026-11-03", REPAIR_PROPOSED },
	{ "date", repair_date, "46329", "2026-11-03", REPAIR_PROPOSED },
	{ "date", repair_date, "至今", "", REPAIR_REPAIRED },
	{ "date", repair_date, "2026-02-30", "2026-02-30", REPAIR_FAULT },
	{ "date", repair_date, "明天", "明天", REPAIR_FAULT },
	{ "number", repair_number, "１２", "12", REPAIR_REPAIRED },
	{ "number", repair_number, "3.0", "3", REPAIR_REPAIRED },
	{ "number", repair_number, "1,000", "1000", REPAIR_REPAIRED },
	{ "number", repair_number, "first", "first", REPAIR_FAULT },
	{ "word", repair_word, "党政 机关", "public_body", REPAIR_NONE },
	{ "word", repair_word, "网信办", "office", REPAIR_NONE },
	{ "word", repair_word, "无", "", REPAIR_NONE },
	{ "word", repair_word, "公司", "公司", REPAIR_FAULT },
};

static void test_contacts(struct arena *a)
{
	static const struct { const char *in, *name, *phone; } rows[] = {
		{ "张三13812345678", "张三", "13812345678" },
		{ "张三（13812345678）", "张三", "13812345678" },
		{ "李四 0759-3123456", "李四", "0759-3123456" },
		{ "13812345678王五", "王五", "13812345678" },
		{ "张三", NULL, NULL },
		{ "13812345678", NULL, NULL },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct span name = SPAN(""), phone = SPAN("");
		test_case("name and number in one cell: %s", rows[i].in);
		CHECK(repair_split_contact(span_of(rows[i].in), a, &name, &phone) == (rows[i].name != NULL));
		if (rows[i].name) {
			CHECK_SPAN(name, rows[i].name);
			CHECK_SPAN(phone, rows[i].phone);
		}
	}
}

int main(void)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(64u << 20, 256u << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct repaired r = { .value = SPAN("") };
		test_case("%s: %s", cases[i].what, cases[i].in);
		cases[i].repair(span_of(cases[i].in), words, a, &r);
		CHECK_SPAN(r.value, cases[i].want);
		CHECK_STR(repair_marks[r.mark], repair_marks[cases[i].mark]);
		CHECK(r.mark == REPAIR_NONE || (r.why.zh[0] && r.why.en[0]));
	}
	test_contacts(a);
	test_case("headings are compared without blanks, brackets and width");
	CHECK_SPAN(repair_key(SPAN(" 联络员Ａ （手机）："), a), "联络员a手机");
	return test_end();
}
