/* Who gets a notice and why, before and after; and the pages for print. */
#include "notice/testing.h"

#include <sodium.h>

static const char *recipients(struct city *c, size_t who, struct err *err)
{
	return ask(c, &(struct desk_ask){ .who = who, .run = notice_recipients_get, .id = n.id }, err);
}

static bool has(const char *text, const char *what)
{
	return strstr(text, what) != NULL;
}

static void before(struct city *c)
{
	struct err err;
	test_case("before issue: by match, with the reason and own rows");
	CHECK_OK(draft(c, DUTY,
			 "{'kind':'hazard','title':'通报','text':'正文','vulns':['CVE-2026-1'],"
			 "'to':{'match':{'vuln_id':'CVE-2026-1'}}}",
			 &err),
		err);
	const char *list = recipients(c, ANALYST, &err);
	CHECK(has(list, "\"units\":2,") && has(list, "\"no_liaison\":2") && has(list, "存在 CVE-2026-1") &&
		has(list, "web-a") && has(list, "web-b") && !has(list, "单位5"));
	test_case("a unit is taken out and another added, with reasons");
	struct desk_ask change = { .who = DUTY, .run = notice_recipients_post, .id = n.id,
		.body = "{'add':['U5'],'remove':['U3'],'reason':'系统已迁移'}" };
	list = ask(c, &change, &err);
	CHECK(has(list, "\"units\":2,") && has(list, "\"removed\":1") && has(list, "\"mark\":\"removed\"") &&
		has(list, "增加：系统已迁移"));
	test_case("not without a reason, not nobody, not as a liaison");
	change.body = "{'add':['U5']}";
	CHECK(!*ask(c, &change, &err) && strcmp(err.field, "reason") == 0);
	change.body = "{'reason':'x'}";
	CHECK(!*ask(c, &change, &err) && strcmp(err.field, "add") == 0);
	change.body = "{'add':['U99'],'reason':'x'}";
	CHECK(!*ask(c, &change, &err) && err.code == ERR_INVALID);
	CHECK(!*recipients(c, LIAISON_A, &err) && err.code == ERR_NOT_FOUND);
	CHECK(!*recipients(c, COUNTY_OFFICER, &err) && err.code == ERR_NOT_FOUND);
	test_case("issued to exactly those: whoever approved it saw them");
	CHECK_OK(act(c, DUTY, "submit", "{}", &err), err);
	change.body = "{'add':['U3'],'reason':'x'}";
	CHECK(!*ask(c, &change, &err) && err.code == ERR_CONFLICT);
	CHECK_OK(act(c, LEADER, "approve", "{}", &err), err);
	CHECK(!*ask(c, &change, &err) && err.code == ERR_CONFLICT);
	CHECK_OK(act(c, DUTY, "issue", "{}", &err), err);
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM orders WHERE notice_n=? AND unit_n IN (4, 5)"),
		V(db_i(n.n))),
		2);
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM orders WHERE notice_n=?"), V(db_i(n.n))), 2);
	test_case("and cannot be changed then");
	CHECK(!*ask(c, &change, &err) && err.code == ERR_CONFLICT);
}

static void after(struct city *c)
{
	struct err err;
	int64_t b, cc;
	test_case("after issue: how far each has come");
	b = city_int(c, SQL("SELECT n FROM orders WHERE notice_n=? AND unit_n=4"), V(db_i(n.n)));
	cc = city_int(c, SQL("SELECT n FROM orders WHERE notice_n=? AND unit_n=5"), V(db_i(n.n)));
	CHECK_OK(city_do(c, LIAISON_B, b, "acknowledge", "{}", &err), err);
	CHECK_OK(city_do(c, DUTY, cc, "acknowledge", "{'on_behalf':{'channel':'phone','person':'王'}}", &err),
		err);
	const char *list = recipients(c, LEADER, &err);
	CHECK(has(list, "\"orders\":2") && has(list, "\"acknowledged\":2") && has(list, "\"answered\":0") &&
		has(list, "\"on_behalf\":1") && has(list, "\"overdue\":0") && has(list, "\"removed\":1"));
	clock_fake(MONDAY + 60 * TIME_DAY);
	CHECK(has(recipients(c, LEADER, &err), "\"overdue\":2"));
	clock_fake(MONDAY);
	test_case("as a table, and the export is on record");
	int64_t exports = city_int(c, SQL("SELECT count(*) FROM changes WHERE verb='export'"), V0);
	const char *csv = ask(c,
		&(struct desk_ask){ .who = DUTY, .run = notice_recipients_get, .id = n.id,
			.query = { SPAN("format"), SPAN("csv") } },
		&err);
	CHECK(has(csv, "编码,单位") && has(csv, "处置中") && has(csv, "U4,单位4"));
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM changes WHERE verb='export'"), V0), exports + 1);
	test_case("by pages");
	const char *page = ask(c,
		&(struct desk_ask){ .who = DUTY, .run = notice_recipients_get, .id = n.id,
			.query = { SPAN("limit"), SPAN("1") } },
		&err);
	CHECK(has(page, "\"next\":\"") && !has(page, "\"next\":null"));
}

/* The policy allows the style that is in the page, and the page has nothing else to allow. */
static void check_policy(const char *page)
{
	const char *from = strstr(page, "<style>"), *to = strstr(page, "</style>");
	unsigned char hash[crypto_hash_sha256_BYTES];
	char text[100], policy[200];
	CHECK(from && to);
	if (!from || !to)
		return;
	from += strlen("<style>");
	crypto_hash_sha256(hash, (const unsigned char *)from, (unsigned long long)(to - from));
	sodium_bin2base64(text, sizeof text, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);
	snprintf(policy, sizeof policy, "default-src 'none'; style-src 'sha256-%s'; frame-ancestors 'none'\n",
		text);
	CHECK(span_starts(span_of(page), span_of(policy)));
	CHECK(!has(page, "<script") && !has(page, " style=") && !has(page, "src=") && !has(page, "href=") &&
		!has(page, "<b>"));
}

static void prints(struct city *c)
{
	struct err err;
	struct desk_ask print = { .who = DUTY, .run = notice_print };
	test_case("a draft says that it is one, and everything is escaped");
	CHECK_OK(draft(c, DUTY,
			 "{'kind':'warning','colour':'orange','title':'关于<b>&\\'漏洞的通报',"
			 "'text':'{单位}：\\n一、情况\\n<script>alert(1)</script>\\n请于{期限}前反馈',"
			 "'to':{'units':['U3']}}",
			 &err),
		err);
	print.id = n.id;
	const char *page = ask(c, &print, &err);
	check_policy(page);
	CHECK(has(page, "草稿") && has(page, "<h2>一、情况</h2>") && has(page, "&lt;script&gt;") &&
		has(page, "预警级别：橙色") && has(page, "TLP:AMBER") && has(page, "单位3：</p>") &&
		has(page, "请于规定期限前反馈") && has(page, "&lt;b&gt;&amp;"));
	test_case("issued: number, date, no mark");
	CHECK_OK(act(c, DUTY, "submit", "{}", &err), err);
	CHECK_OK(act(c, LEADER, "approve", "{}", &err), err);
	CHECK_OK(act(c, DUTY, "issue", "{'number':'湛网通〔2026〕99号'}", &err), err);
	page = ask(c, &print, &err);
	CHECK(!has(page, "草稿") && has(page, "湛网通〔2026〕99号") && has(page, "2026年11月23日印发"));
	test_case("the order of one recipient, with code and receipt");
	struct desk_ask order = { .who = LIAISON_A, .run = notice_order_print,
		.id = city_text(c, SQL("SELECT id FROM orders WHERE notice_n=?"), V(db_i(n.n))) };
	page = ask(c, &order, &err);
	check_policy(page);
	CHECK(has(page, "<h1>预警通报</h1>") && has(page, "签收回执") && has(page, "<svg") && has(page, "前签收"));
	test_case("nobody else's");
	order.who = LIAISON_B;
	CHECK(!*ask(c, &order, &err) && err.code == ERR_NOT_FOUND);
	print.who = LIAISON_A;
	CHECK(!*ask(c, &print, &err) && err.code == ERR_NOT_FOUND);
	test_case("findings: items with what to do about them");
	int64_t order_n;
	CHECK_OK(city_dispatch(c, DUTY, "U4", &order_n, &err), err);
	order.id = city_text(c, SQL("SELECT id FROM orders WHERE n=?"), V(db_i(order_n)));
	page = ask(c, &order, &err);
	CHECK(has(page, "网络安全隐患整改通知") && has(page, "web-b") && has(page, "按厂商公告升级到修复版本"));
}

int main(void)
{
	struct city c;
	desk_open(&c, "recipients");
	before(&c);
	after(&c);
	prints(&c);
	city_close(&c);
	return test_end();
}
