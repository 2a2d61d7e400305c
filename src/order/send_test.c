/* Who gets it, and what each of them gets. */
#include "order/send.h"
#include "order/testing.h"

static json_t *parsed(struct city *c, const char *text)
{
	struct err err = { 0 };
	char *copy = arena_copy(c->arena, span_of(text));
	json_t *j = NULL;
	for (char *p = copy; *p; p++)
		*p = *p == '\'' ? '"' : *p;
	city_must(json_parse(span_of(copy), 0, &j, &err), &err, text);
	return j;
}

static bool choose(struct city *c, size_t who, const char *to, struct order_recipients *ret, struct err *err)
{
	json_t *j = parsed(c, to);
	*err = (struct err){ 0 };
	c->op.actor = &c->actors[who];
	bool ok = order_recipients(&c->op, j, ret, err);
	c->op.actor = &c->actors[LOCAL];
	json_decref(j);
	return ok;
}

static const char *names(struct city *c, const struct order_recipients *r)
{
	struct str out = STR_IN(c->arena, 1 << 16);
	for (size_t i = 0; i < r->n; i++)
		str_addf(&out, "%s%lld%s", i ? " " : "", (long long)r->at[i].unit_n,
			strcmp(r->at[i].part, "main") == 0 ? "" : r->at[i].part);
	return str_z(&out);
}

static void recipients(struct city *c)
{
	static const struct {
		size_t who;
		const char *to, *want;
	} cases[] = {
		{ DUTY, "{'units':['U3','U5']}", "3 5" },
		{ DUTY, "{'units':['单位4','U4']}", "4" },
		{ DUTY, "{'units':['U3'],'support':['U4','U3'],'copies':['U5']}", "3 4support 5copy" },
		{ DUTY, "{'sector':'government'}", "3 4 5" },
		{ DUTY, "{'all':true}", "3 4 5" },
		{ DUTY, "{'all':false}", NULL },
		{ DUTY, "{'tag':'国资'}", "4" },
		{ DUTY, "{'tag':['国资','医院']}", "4 5" },
		{ DUTY, "{'tag':'国'}", NULL },
		{ DUTY, "{'division':'440802'}", "3" },
		{ DUTY, "{'division':'440800','tag':'国资'}", "3 5 4" },
		{ DUTY, "{'division':'999999'}", NULL },
		{ DUTY, "{'match':{'product':'http server apache'}}", "3 4" },
		{ DUTY, "{'match':{'product':'http_server 2.4.46'}}", "3" },
		{ DUTY, "{'match':{'vuln_id':'CVE-2026-7'}}", "3 4" },
		{ DUTY, "{'match':{'vuln_id':'CVE-1999-0001'}}", NULL },
		{ DUTY, "{'match':{}}", NULL },
		{ DUTY, "{'units':['U77']}", NULL },
		{ DUTY, "{'units':'U3'}", NULL },
		{ DUTY, "{'unit':['U3']}", NULL },
		{ DUTY, "{}", NULL },
		{ DUTY, "[]", NULL },
		{ DUTY, "{'sector':'x'}", NULL },
		{ LIAISON_A, "{'all':true}", NULL },
		{ LIAISON_A, "{'units':['U3']}", NULL },
	};
	struct order_recipients r;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err;
		test_case("to %s", cases[i].to);
		r = (struct order_recipients){ 0 };
		if (cases[i].want) {
			CHECK_OK(choose(c, cases[i].who, cases[i].to, &r, &err), err);
			CHECK_STR(names(c, &r), cases[i].want);
		} else {
			CHECK_ERR(choose(c, cases[i].who, cases[i].to, &r, &err), err, ERR_INVALID);
			CHECK_STR(err.field, "to");
		}
	}
	struct err err;
	test_case("each has its own rows and its reasons, and nobody else's");
	CHECK_OK(choose(c, DUTY, "{'match':{'product':'http server'},'tag':'国资'}", &r, &err), err);
	CHECK_SPAN(r.at[0].rows, "web-a Apache HTTP Server 2.4.46");
	CHECK_SPAN(r.at[1].rows, "web-b Apache HTTP Server 2.4.62");
	CHECK_SPAN(r.at[1].reason, "使用 http server；标签：国资");
	test_case("a reason stands once, however often it is given");
	CHECK_OK(choose(c, DUTY, "{'units':['U4','U4'],'tag':['国资','国资'],'division':'440800'}", &r, &err),
		err);
	for (size_t i = 0; i < r.n; i++)
		if (r.at[i].unit_n == 4)
			CHECK_SPAN(r.at[i].reason, "指定；标签：国资");
	test_case("a thousand groups are refused");
	struct str many = STR_IN(c->arena, 1 << 16);
	str_addz(&many, "{'division':['440800'");
	for (int i = 0; i < 1000; i++)
		str_addz(&many, ",'440800'");
	str_addz(&many, "]}");
	CHECK_ERR(choose(c, DUTY, str_z(&many), &r, &err), err, ERR_INVALID);
	CHECK_OK(choose(c, DUTY, "{'match':{'product':'http server'},'tag':'国资'}", &r, &err), err);
	test_case("those without a liaison are counted");
	CHECK_INT(r.no_liaison, 1);
	CHECK(!r.at[0].no_liaison && r.at[1].no_liaison);
}

static struct order_recipients everybody(struct city *c)
{
	struct order_recipients r = { 0 };
	struct err err;
	bool ok = choose(c, DUTY,
		"{'match':{'product':'http server'},'support':['U5'],'copies':['U2']}", &r, &err);
	city_must(ok, &err, "recipients");
	return r;
}

static bool send(struct city *c, size_t who, struct order_send *s, json_t **ret, struct err *err)
{
	struct str out = STR_IN(c->arena, 1 << 20);
	*err = (struct err){ 0 };
	c->op.actor = &c->actors[who];
	bool ok = order_send(&c->op, s, &out, err);
	c->op.actor = &c->actors[LOCAL];
	if (ok)
		city_must(json_parse(str_span(&out), 0, ret, err), err, str_z(&out));
	return ok;
}

static void sending(struct city *c)
{
	struct order_recipients r = everybody(c);
	struct order_send s = { .kind = "task",
		.title = SPAN("核对资产"),
		.text = SPAN("请核对下列资产。"),
		.reply = "answer",
		.source = SPAN("省委网信办"),
		.source_number = SPAN("粤网办〔2026〕7号"),
		.source_due = MONDAY + TIME_DAY,
		.to = r.at,
		.n = r.n };
	CLEANUP(json_free) json_t *answer = NULL;
	struct err err;
	test_case("one order each, numbered one after the other");
	CHECK_OK(send(c, DUTY, &s, &answer, &err), err);
	CHECK_INT(json_array_size(json_object_get(answer, "orders")), 4);
	CHECK_INT(city_int(c, SQL("SELECT count(DISTINCT number) FROM orders WHERE number<>''"), V0), 4);
	CHECK_INT(city_int(c, SQL("SELECT count(DISTINCT batch) FROM orders"), V0), 1);
	test_case("the common text and the unit's own rows");
	CHECK_SPAN(city_text(c, SQL("SELECT text FROM orders WHERE unit_n=?"), V(db_i(UNIT_A))),
		"请核对下列资产。\n\nweb-a Apache HTTP Server 2.4.46");
	CHECK_SPAN(city_text(c, SQL("SELECT text FROM orders WHERE unit_n=?"), V(db_i(UNIT_C))),
		"请核对下列资产。");
	test_case("support and copy point to the first main order");
	CHECK_INT(city_int(c,
			  SQL("SELECT count(*) FROM orders o JOIN orders m ON m.n=o.main_n WHERE m.unit_n=? "
			  "AND"
			      " o.part IN ('support', 'copy')"),
			  V(db_i(UNIT_A))),
		2);
	test_case("a copy has neither item nor clock, the others one and two");
	CHECK_INT(city_int(c,
			  SQL("SELECT count(*) FROM items i JOIN orders o ON o.n=i.order_n WHERE "
			  "o.part='copy'"),
			  V0),
		0);
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM items WHERE kind='task' AND title='核对资产'"), V0), 3);
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM clocks"), V0), 6);
	test_case("later than the source wants: a warning");
	CHECK_INT(json_array_size(json_object_get(answer, "warnings")), 1);
	test_case("an order is sent by its first step, which says what measures need");
	CHECK_INT(city_int(c,
			  SQL("SELECT count(*) FROM steps WHERE resource='order' AND from_state='' AND"
			      " verb='send' AND to_state='sent' AND subject='task' AND issuer_n=? AND "
			      "answer_due>0"),
			  V(db_i(CITY))),
		3);
}

static void dues(struct city *c)
{
	struct order_recipient to = { UNIT_B, "main", SPAN(""), SPAN(""), false };
	struct order_send s = { .kind = "declaration",
		.title = SPAN("申报"),
		.reply = "answer",
		.due_at = MONDAY + 3 * TIME_HOUR,
		.number = SPAN("自编1号"),
		.to = &to,
		.n = 1 };
	json_t *answer = NULL;
	struct err err;
	test_case("a due time given by a person bounds both clocks");
	CHECK_OK(send(c, DUTY, &s, &answer, &err), err);
	json_free(&answer);
	CHECK_INT(city_int(c, SQL("SELECT answer_due FROM orders WHERE number='自编1号'"), V0), s.due_at);
	CHECK_INT(city_int(c, SQL("SELECT acknowledge_due FROM orders WHERE number='自编1号'"), V0), s.due_at);
	test_case("the same number again is refused and leaves nothing");
	int64_t n = city_int(c, SQL("SELECT count(*) FROM orders"), V0);
	CHECK_ERR(send(c, DUTY, &s, &answer, &err), err, ERR_DUPLICATE);
	CHECK_STR(err.field, "number");
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM orders"), V0), n);
	test_case("reply acknowledge: one clock, no item; reply none: neither");
	static const struct {
		const char *reply;
		int clocks;
	} replies[] = { { "acknowledge", 1 }, { "none", 0 } };
	s.number = SPAN("");
	for (size_t i = 0; i < COUNT(replies); i++) {
		int64_t before = city_int(c, SQL("SELECT count(*) FROM clocks"), V0);
		int64_t items = city_int(c, SQL("SELECT count(*) FROM items"), V0);
		s.reply = replies[i].reply;
		CHECK_OK(send(c, DUTY, &s, &answer, &err), err);
		json_free(&answer);
		CHECK_INT(city_int(c, SQL("SELECT count(*) FROM clocks"), V0), before + replies[i].clocks);
		CHECK_INT(city_int(c, SQL("SELECT count(*) FROM items"), V0), items);
	}
}

static void refused(struct city *c)
{
	struct order_recipient to = { UNIT_B, "main", SPAN(""), SPAN(""), false };
	static const struct {
		const char *kind, *title, *reply, *severity, *template;
		int64_t due;
		const char *field;
	} cases[] = {
		{ "finding", "t", "none", NULL, "", 0, "kind" },
		{ "task", " ", "none", NULL, "", 0, "title" },
		{ "task", "a\nb", "none", NULL, "", 0, "title" },
		{ "task", "t", "maybe", NULL, "", 0, "reply" },
		{ "task", "t", "none", "bad", "", 0, "severity" },
		{ "task", "t", "none", NULL, "", 1, "due" },
		{ "task", "t", "none", NULL, "x", 0, "template" },
	};
	int64_t n = city_int(c, SQL("SELECT count(*) FROM orders"), V0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct order_send s = { .kind = cases[i].kind,
			.title = span_of(cases[i].title),
			.reply = cases[i].reply,
			.severity = cases[i].severity,
			.template = span_of(cases[i].template),
			.due_at = cases[i].due,
			.to = &to,
			.n = 1 };
		struct err err;
		json_t *answer = NULL;
		test_case("refused: %s", cases[i].field);
		CHECK_ERR(send(c, DUTY, &s, &answer, &err), err, ERR_INVALID);
		CHECK_STR(err.field, cases[i].field);
	}
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM orders"), V0), n);
}

static void stock(struct city *c)
{
	int64_t a = city_host(c, UNIT_A, "web-a"), b = city_host(c, UNIT_B, "web-b");
	city_found(c, a, city_software(c, a, "Apache", "HTTP Server", "2.4.46"), 7, 1, "high");
	city_found(c, b, city_software(c, b, "Apache", "HTTP Server", "2.4.62"), 7, 1, "high");
	city_exec(c, SQL("UPDATE units SET tags='[\"国资\"]' WHERE n=?"), V(db_i(UNIT_B)));
	city_exec(c, SQL("UPDATE units SET tags='[\"x\",\"医院\"]' WHERE n=?"), V(db_i(UNIT_C)));
	city_exec(c,
		SQL("INSERT INTO divisions (n, id, version, created_at, updated_at, code, name, level, "
		"parent_n,"
		    " gb_code) VALUES (901, 'd1', 1, 0, 0, '440800', '市', 'city', NULL, ''),"
		    " (902, 'd2', 1, 0, 0, '440802', '区', 'county', 901, '')"),
		V0);
	city_exec(c, SQL("UPDATE units SET division_n=902 WHERE n=?"), V(db_i(UNIT_A)));
	city_exec(c, SQL("UPDATE units SET division_n=901 WHERE n=?"), V(db_i(UNIT_C)));
	city_exec(c,
		SQL("INSERT INTO persons (n, id, version, created_at, updated_at, unit_n, name, post, phone, "
		"mail,"
		    " note) VALUES (1, 'p1', 1, 0, 0, ?, '李', '', '', '', '')"),
		V(db_i(UNIT_A)));
	city_exec(c,
		SQL("INSERT INTO duties (id, version, created_at, updated_at, person_n, unit_n, kind, "
		"from_date,"
		    " to_date) VALUES ('u1', 1, 0, 0, 1, ?, 'liaison_a', '', ''),"
		    " ('u2', 1, 0, 0, 1, ?, 'liaison_b', '', '2026-11-01')"),
		V(db_i(UNIT_A), db_i(UNIT_B)));
}

int main(void)
{
	struct city c;
	city_open(&c, "send");
	stock(&c);
	recipients(&c);
	sending(&c);
	dues(&c);
	refused(&c);
	city_close(&c);
	return test_end();
}
