#include "order/day_list.h"

#include "base/test.h"
#include "base/time.h"

/* As the State Council's notice for 2026 is worded (国办发明电〔2025〕7号), with its head and its date. */
static const char notice_2026[] =
	"国务院办公厅关于2026年\n部分节假日安排的通知\n国办发明电〔2025〕7号\n"
	"经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。\n"
	"一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。\n"
	"二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。"
	"2月14日（周六）、2月28日（周六）上班。\n"
	"三、清明节：4月4日（周六）至6日（周一）放假，共3天。\n"
	"四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。\n"
	"五、端午节：6月19日（周五）至21日（周日）放假，共3天。\n"
	"六、中秋节：9月25日（周五）至27日（周日）放假，共3天。\n"
	"七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。\n"
	"节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。\n"
	"国务院办公厅\n2025年11月4日\n";

static const char want_2026[] =
	"2026-01-01,off,元旦\n2026-01-02,off,元旦\n2026-01-03,off,元旦\n2026-01-04,work,元旦调休\n"
	"2026-02-14,work,春节调休\n2026-02-15,off,春节\n2026-02-16,off,春节\n2026-02-17,off,春节\n"
	"2026-02-18,off,春节\n2026-02-19,off,春节\n2026-02-20,off,春节\n2026-02-21,off,春节\n"
	"2026-02-22,off,春节\n2026-02-23,off,春节\n2026-02-28,work,春节调休\n2026-04-04,off,清明节\n"
	"2026-04-05,off,清明节\n2026-04-06,off,清明节\n2026-05-01,off,劳动节\n2026-05-02,off,劳动节\n"
	"2026-05-03,off,劳动节\n2026-05-04,off,劳动节\n2026-05-05,off,劳动节\n2026-05-09,work,劳动节调休\n"
	"2026-06-19,off,端午节\n2026-06-20,off,端午节\n2026-06-21,off,端午节\n2026-09-20,work,国庆节调休\n"
	"2026-09-25,off,中秋节\n2026-09-26,off,中秋节\n2026-09-27,off,中秋节\n2026-10-01,off,国庆节\n"
	"2026-10-02,off,国庆节\n2026-10-03,off,国庆节\n2026-10-04,off,国庆节\n2026-10-05,off,国庆节\n"
	"2026-10-06,off,国庆节\n2026-10-07,off,国庆节\n2026-10-10,work,国庆节调休";

int main(void)
{
	static const struct {
		const char *name, *text;
		int year;
		const char *want, *problem;        /* one of them; a piece of the error */
	} cases[] = {
		{ "the notice as it stands", notice_2026, 2026, want_2026, NULL },
		{ "read again as it was written", want_2026, 2026, want_2026, NULL },
		{ "last year's notice is not this year's", notice_2026, 2027, NULL, "是周五，通知中写的是周四" },
		{ "two holidays in one", "一、国庆节、中秋节：10月1日至2日放假。", 2025,
			"2025-10-01,off,国庆节、中秋节\n2025-10-02,off,国庆节、中秋节", NULL },
		{ "a range over the month's end", "一、x：1月31日至2月1日放假。", 2027,
			"2027-01-31,off,x\n2027-02-01,off,x",
			NULL },
		{ "lines of several kinds", "日期,类型,名称\n2027/1/1,休,元旦\n\n2027-01-03\t班\n1月2日 放假 元旦 三", 2027,
			"2027-01-01,off,元旦\n2027-01-02,off,元旦 三\n2027-01-03,work,", NULL },
		{ "the other year", "2026-01-01,off,a", 2027, NULL, "第 1 行：2026-01-01 不在 2027 年" },
		{ "twice", "2027-01-01,off,a\n2027-01-01,work,b", 2027, NULL, "第 2 行：2027-01-01 出现两次" },
		{ "no kind", "2027-01-01,maybe", 2027, NULL, "第 1 行：“maybe”" },
		{ "no date", "2027-01-01,off\n2027-02-30,off", 2027, NULL, "第 2 行：“2027-02-30”不是日期" },
		{ "no day of a notice", "一、x：2月30日放假。", 2027, NULL, "没有 2 月 30 日" },
		{ "a range that runs back", "一、x：3月3日至1日放假。", 2027, NULL, "不成一段" },
		{ "nothing", "  \n", 2027, NULL, "没有找到日期" },
		{ "a notice that names no day", "月。放假", 2027, NULL, "没有找到日期" },
		{ "broken text", "2027-01-01,off,\xff", 2027, NULL, "UTF-8" },
	};
	struct arena *a = arena_new(1 << 20, 8 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct str out = STR_IN(a, 65536);
		struct day_list l = { NULL, 0 };
		struct err err = { 0 };
		test_case("%s", cases[i].name);
		bool ok = day_list_read(span_of(cases[i].text), cases[i].year, a, &l, &err);
		if (cases[i].problem) {
			CHECK(!ok && strstr(err.zh, cases[i].problem));
			continue;
		}
		CHECK_OK(ok, err);
		day_list_write(&l, &out);
		CHECK_STR(str_z(&out), cases[i].want);
	}
	arena_free(a);
	return test_end();
}
