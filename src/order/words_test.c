#include "finding/template.h"
#include "order/send.h"
#include "order/testing.h"

int main(void)
{
	struct city c;
	struct err err = { 0 };
	struct str out;
	city_open(&c, "words");
	int64_t host = city_host(&c, UNIT_A, "web-a");
	city_found(&c, host, city_software(&c, host, "apache", "http_server", "2.4.46"), 1, 2, "high");

	test_case("an order of findings without a text says what its template does");
	out = STR_IN(c.arena, 1 << 20);
	CHECK_OK(order_dispatch(&c.op, &(struct order_dispatch){ .number = { NULL, 0 } }, &out, &err), err);
	struct span text = city_text(&c, SQL("SELECT text FROM orders WHERE unit_n=3"), V0);
	CHECK(text.p && span_starts(text, SPAN("单位3：\n")) &&
		strstr(text.p, "1. apache http server 2.4.46 升级") &&
		strstr(text.p, "最高等级为高危") && !strstr(text.p, "{"));
	int64_t due = city_int(&c, SQL("SELECT answer_due FROM orders WHERE unit_n=3"), V0);
	CHECK(text.p && strstr(text.p, template_due(c.arena, due).p));

	test_case("a template is chosen by name, and shown before anything is sent");
	city_exec(&c,
		SQL("INSERT INTO templates SELECT n + 900, 'named', 1, 0, 0, of, kind, 'short', title, "
		"problem, harm,"
		    " remedy, '请{单位}于{期限}前整改：{清单}', problem_en, harm_en, remedy_en FROM templates WHERE"
		    " of='order' AND kind='finding' AND name='default'"),
		V0);
	int64_t other = city_host(&c, UNIT_B, "web-b");
	city_found(&c, other, city_software(&c, other, "apache", "http_server", "2.4.46"), 50, 1, "high");
	struct order_dispatch by_name = { .words = SPAN("short"), .preview = true };
	str_clear(&out);
	CHECK_OK(order_dispatch(&c.op, &by_name, &out, &err), err);
	CHECK(strstr(str_z(&out), "\"text\":\"请单位4于") && strstr(str_z(&out), "前整改：1. apache"));
	by_name.preview = false;
	str_clear(&out);
	CHECK_OK(order_dispatch(&c.op, &by_name, &out, &err), err);
	CHECK(span_starts(city_text(&c, SQL("SELECT text FROM orders WHERE unit_n=4"), V0), SPAN("请单位4于")));
	by_name.words = SPAN("none");
	by_name.preview = true;
	city_found(&c, other, city_software(&c, other, "apache", "tomcat", "9.0.1"), 60, 1, "high");
	str_clear(&out);
	CHECK(!order_dispatch(&c.op, &by_name, &out, &err) && strcmp(err.field, "text_template") == 0);
	err = (struct err){ 0 };

	test_case("one order tells of its items what is wrong and what to do");
	struct record o;
	bool found;
	str_clear(&out);
	CHECK_OK(resource_load(&c.op, &order_resource, 1, &o, &found, &err) &&
			record_json(&c.op, &o, 0, true, &out, &err),
		err);
	CHECK(strstr(str_z(&out), "\"advice\":{\"problem\":\"apache http server 2.4.46 升级") &&
		strstr(str_z(&out), "按厂商公告升级") && strstr(str_z(&out), "\"specific\":null"));
	str_clear(&out);
	CHECK_OK(record_json(&c.op, &o, 0, false, &out, &err), err);
	CHECK(!strstr(str_z(&out), "advice"));

	test_case("a text of its own is as it was written, braces too");
	city_exec(&c, SQL("UPDATE templates SET text='{单位}有{清单}' WHERE of='order' AND kind='task'"), V0);
	struct order_recipient to = { .unit_n = UNIT_B, .part = "main", .reason = SPAN(""),
		.rows = SPAN("一行") };
	struct order_send s = { .kind = "task", .title = SPAN("普查"), .text = SPAN("按{\"a\":1}填写{单位}"),
		.reply = "acknowledge", .to = &to, .n = 1 };
	out = STR_IN(c.arena, 1 << 20);
	CHECK_OK(order_send(&c.op, &s, &out, &err), err);
	text = city_text(&c, SQL("SELECT text FROM orders ORDER BY n DESC LIMIT 1"), V0);
	CHECK(span_starts(text, SPAN("按{\"a\":1}填写{单位}")));

	test_case("without one, its own rows stand where the template has its list");
	s.text = SPAN("");
	out = STR_IN(c.arena, 1 << 20);
	CHECK_OK(order_send(&c.op, &s, &out, &err), err);
	CHECK_SPAN(city_text(&c, SQL("SELECT text FROM orders ORDER BY n DESC LIMIT 1"), V0), "单位4有一行");

	test_case("without a template it stays empty but for its rows");
	city_exec(&c, SQL("DELETE FROM template_versions"), V0);
	city_exec(&c, SQL("DELETE FROM templates WHERE of='order'"), V0);
	out = STR_IN(c.arena, 1 << 20);
	CHECK_OK(order_send(&c.op, &s, &out, &err), err);
	CHECK_SPAN(city_text(&c, SQL("SELECT text FROM orders ORDER BY n DESC LIMIT 1"), V0), "一行");
	city_close(&c);
	return test_end();
}
