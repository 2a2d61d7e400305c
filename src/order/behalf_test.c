/* Units that speak by telephone, disputes that go elsewhere, instructions, shifts, lists to call by. */
#include "order/behalf_lists.h"
#include "order/send.h"
#include "order/testing.h"

static struct span show(struct city *c, const struct record *r)
{
	struct str out = STR_IN(c->arena, 1 << 20);
	struct err err = { 0 };
	city_must(record_json(&c->op, r, 0, true, &out, &err), &err, "json");
	str_addc(&out, '\0');
	return str_span(&out);
}

static bool has(struct span text, const char *what)
{
	return text.p && strstr(text.p, what) != NULL;
}

/* A host of the unit with two items: one of two findings and one of one; the order made of them. */
static int64_t fresh_order(struct city *c, int64_t unit_n, const char *code)
{
	static int next = 1, host;
	char name[40];
	struct err err = { 0 };
	int64_t order_n;
	snprintf(name, sizeof name, "secret-host-%d", host++);
	int64_t asset_n = city_host(c, unit_n, name);
	city_found(c, asset_n, city_software(c, asset_n, "Apache", "HTTP Server", "2.4.46"), next, 2, "high");
	city_found(c, asset_n, city_software(c, asset_n, "f5", "nginx", "1.18.0"), next + 2, 1, "high");
	next += 3;
	city_must(city_dispatch(c, DUTY, code, &order_n, &err), &err, "dispatch");
	return order_n;
}

static struct record load(struct city *c, const struct resource *r, int64_t n)
{
	struct record rec;
	struct err err = { 0 };
	bool found;
	city_must(resource_load(&c->op, r, n, &rec, &found, &err), &err, "load");
	return rec;
}

static const char *item_args(struct city *c, int64_t order_n, int at, const char *pattern)
{
	struct span id = city_text(c, SQL("SELECT id FROM items WHERE order_n=? ORDER BY n LIMIT 1 OFFSET ?"),
		V(db_i(order_n), db_i(at)));
	struct str out = STR_IN(c->arena, 2000);
	for (const char *p = pattern; *p; p++) {
		if (*p == '$')
			str_add(&out, id);
		else
			str_addc(&out, *p);
	}
	return str_z(&out);
}

#define PHONE(more) "{'on_behalf':{'channel':'phone','person':'陈工'" more "}}"

/* Who, how and when: what is refused, by the member that is wrong. */
static void whose_word(struct city *c)
{
	static const struct {
		const char *said, *field;
	} wrong[] = {
		{ "'at':'0001-01-01T00:00:00Z'", "on_behalf.at" },
		{ "'at':'2026-11-23T08:59:59+08:00'", "on_behalf.at" },
		{ "'at':'2026-11-23T10:03:00+08:00'", "on_behalf.at" },
		{ "'at':'yesterday'", "on_behalf.at" },
		{ "'at':1795395600000", "on_behalf.at" },
		{ "'witness':'x'", "on_behalf.?" },
		{ "'phone':'1234567890123456789012345678901234567890123456789012345678901'",
			"on_behalf.phone" },
	};
	static const struct {
		const char *at;
		int64_t when;
	} good[] = {
		{ "2026-11-23T09:00:00+08:00", MONDAY },                /* the minute in which it was sent */
		{ "2026-11-23T09:30:00+08:00", MONDAY + TIME_HOUR / 2 },
		{ "2026-11-23T10:01:00+08:00", MONDAY + TIME_HOUR },    /* their clock is a little fast */
	};
	struct err err;
	char args[300];
	test_case("whose word: not before the order was sent, not in the future, nothing unknown");
	clock_fake(MONDAY + 35 * TIME_SECOND);
	int64_t n = fresh_order(c, UNIT_A, "U3");
	clock_fake(MONDAY + TIME_HOUR);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		snprintf(args, sizeof args, "{'on_behalf':{'channel':'phone','person':'陈工',%s}}",
			wrong[i].said);
		CHECK_ERR(city_do(c, DUTY, n, "acknowledge", args, &err), err, ERR_INVALID);
		CHECK_STR(err.field, wrong[i].field);
	}
	for (size_t i = 0; i < COUNT(good); i++) {
		snprintf(args, sizeof args,
			"{'text':'第 %zu 次','on_behalf':{'phone':'13800000000','person':'陈工','at':'%s'}}", i,
			good[i].at);
		CHECK_OK(city_do(c, DUTY, n, "note", args, &err), err);
		CHECK_INT(city_int(c,
				  SQL("SELECT happened_at FROM steps WHERE record_n=? AND verb='note' AND"
				      " on_whose_word='陈工（13800000000）' ORDER BY n DESC LIMIT 1"),
				  V(db_i(n))),
			good[i].when);
	}
	clock_fake(MONDAY);
}

static void channels(struct city *c)
{
	struct err err;
	int64_t n = fresh_order(c, UNIT_A, "U3");
	test_case("channels: one table, by key or word");
	CHECK_ERR(city_do(c, DUTY, n, "acknowledge", "{'on_behalf':{'channel':'pigeon','person':'陈工'}}",
		&err), err,
		ERR_INVALID);
	CHECK_STR(err.field, "on_behalf");
	CHECK_ERR(city_do(c, DUTY, n, "acknowledge", "{'on_behalf':{'channel':'phone','person':' '}}", &err),
		err,
		ERR_INVALID);
	CHECK_OK(city_do(c, DUTY, n, "acknowledge",
		"{'on_behalf':{'channel':'粤政易','person':'陈工','text':'收到'}}",
			 &err),
		err);
	CHECK_SPAN(city_text(c,
		SQL("SELECT on_whose_word || '|' || text FROM steps WHERE verb='acknowledge' AND "
				    "resource='order' AND record_n=?"),
			   V(db_i(n))),
		"陈工（粤政易）|收到");
	test_case("always marked and counted; the list can be asked for it");
	CHECK_INT(record_int(&c->o, "on_behalf_count"), 1);
	CHECK_INT(record_int(&c->o, "on_behalf"), 1);
	CHECK_OK(city_do(c, DUTY, n, "note", "{'text':'等厂家补丁','on_behalf':{'channel':'visit','person':'陈工'}}",
		&err),
		err);
	CHECK_INT(record_int(&c->o, "on_behalf_count"), 2);
	struct query q;
	struct selection s;
	struct query_pair pair = { SPAN("on_behalf"), SPAN("true") };
	err = (struct err){ 0 };
	CHECK_OK(query_parse(&order_resource, &pair, 1, c->arena, &q, &err), err);
	CHECK_OK(resource_select(&c->op, &order_resource, &q, 0, &s, &err), err);
	CHECK_INT((int64_t)s.n, 1);
	test_case("the office's own verbs are not recorded on behalf");
	CHECK_ERR(city_do(c, DUTY, n, "urge",
		"{'channel':'phone','on_behalf':{'channel':'phone','person':'x'}}", &err),
		err, ERR_INVALID);
	CHECK_ERR(city_do(c, DUTY, n, "urge", "{'channel':'pigeon'}", &err), err, ERR_INVALID);
	CHECK_STR(err.field, "channel");
	test_case("a note is the liaison's too, and the last one stands on the order");
	CHECK_OK(city_do(c, LIAISON_A, n, "note", "{'text':'补丁已到'}", &err), err);
	CHECK_SPAN(record_text(&c->o, "last_note"), "补丁已到");
	CHECK_INT(record_int(&c->o, "on_behalf_count"), 2);
	CHECK_ERR(city_do(c, DUTY, n, "note", "{'text':'补丁已到'}", &err), err, ERR_INVALID);
	CHECK_ERR(city_do(c, LIAISON_B, n, "note", "{'text':'x'}", &err), err, ERR_NOT_FOUND);
}

static struct span timeline(struct city *c, size_t who, const struct record *o)
{
	struct str out = STR_IN(c->arena, 1 << 20);
	struct err err = { 0 };
	struct call call = { .op = &c->op, .out = &out };
	c->op.actor = &c->actors[who];
	CHECK_OK(finding_timeline_json(&call, &(struct finding_timeline){ "order", o->n }, &out, &err), err);
	c->op.actor = &c->actors[LOCAL];
	return str_span(&out);
}

static void four_eyes(struct city *c)
{
	struct err err;
	int64_t n = fresh_order(c, UNIT_A, "U3");
	test_case("two accounts of one person are one pair of eyes");
	city_exec(c,
		SQL("INSERT INTO persons (n, id, version, created_at, updated_at, unit_n, name, post, phone, "
		"mail, note)"
			 " VALUES (77, 'p77', 1, 0, 0, 1, '周', '', '', '', '')"), V0);
	city_exec(c,
		SQL("INSERT INTO users (n, id, version, created_at, updated_at, name, person_n, disabled)"
			 " VALUES (?, 'u1', 1, 0, 0, 'duty', 77, 0), (?, 'u2', 1, 0, 0, 'analyst', 77, 0)"),
		V(db_i(DUTY), db_i(ANALYST)));
	c->actors[DUTY].who.person_n = c->actors[ANALYST].who.person_n = 77;
	CHECK_OK(city_do(c, DUTY, n, "answer",
		"{'claim':'fixed','on_behalf':{'channel':'paper','person':'陈工'}}", &err),
		err);
	CHECK_ERR(city_do(c, DUTY, n, "verify", "{}", &err), err, ERR_FORBIDDEN);
	CHECK_ERR(city_do(c, ANALYST, n, "verify", "{}", &err), err, ERR_FORBIDDEN);
	test_case("fixed and nothing else said: a hint for who verifies");
	CHECK(has(show(c, &c->o), "\"hint\":\"只反馈“已整改”"));
	CHECK_OK(city_do(c, OTHER_DUTY, n, "verify", "{}", &err), err);
	CHECK_SPAN(c->o.state, "verified");
	CHECK(has(show(c, &c->o), "\"hint\":null"));
	test_case("the timeline names who stood behind the account then, whatever became of the account");
	city_exec(c, SQL("UPDATE users SET person_n=NULL, name='gone' WHERE n=?"), V(db_i(DUTY)));
	CHECK(has(timeline(c, DUTY, &c->o), "\"actor_name\":\"周\""));
	city_exec(c, SQL("UPDATE users SET person_n=77, name='duty' WHERE n=?"), V(db_i(DUTY)));
	c->actors[DUTY].who.person_n = c->actors[ANALYST].who.person_n = 0;
}

static void entered_late(struct city *c)
{
	struct err err = { 0 };
	int64_t n = fresh_order(c, UNIT_A, "U3"), next;
	int64_t due = city_int(c, SQL("SELECT acknowledge_due FROM orders WHERE n=?"), V(db_i(n)));
	char said[TIME_TEXT], args[200];
	test_case("said in time and entered after the deadline fired: what was said counts, the firing is "
		"shown");
	clock_fake(due + TIME_HOUR);
	CHECK_OK(order_clock_tick(&c->op, &next, &err), err);
	CHECK_INT(record_int(&(struct record[]){ load(c, &order_resource, n) }[0], "level"), 1);
	snprintf(args, sizeof args, "{'on_behalf':{'channel':'phone','person':'陈工','at':'%s'}}",
		time_format(due - TIME_HOUR, said));
	CHECK_OK(city_do(c, DUTY, n, "acknowledge", args, &err), err);
	CHECK_INT(record_int(&c->o, "acknowledged_at"), due - TIME_HOUR);
	CHECK(has(show(c, &c->o), "\"met_in_time\":true,\"entered_late\":true"));
	CHECK_INT(city_int(c,
		SQL("SELECT happened_at FROM steps WHERE verb='acknowledge' AND resource='order' AND "
				  "record_n=?"),
			  V(db_i(n))),
		due - TIME_HOUR);
	CHECK_INT(city_int(c,
		SQL("SELECT recorded_at FROM steps WHERE verb='acknowledge' AND resource='order' AND "
				  "record_n=?"),
			  V(db_i(n))),
		due + TIME_HOUR);
	test_case("acknowledged, it rises no further for want of that");
	CHECK_INT(city_int(c,
		SQL("SELECT count(*) FROM clocks WHERE record_n=? AND kind='escalate' AND ended_at IS NULL"),
			  V(db_i(n))),
		0);
	clock_fake(MONDAY);
}

static void seen(struct city *c)
{
	struct err err = { 0 };
	int64_t n = fresh_order(c, UNIT_A, "U3");
	static const struct {
		size_t who;
		bool seen;
	} cases[] = { { DUTY, false }, { COUNTY_OFFICER, false }, { LEADER, false }, { LOCAL, false },
		{ LIAISON_B, false },
		{ LIAISON_A, true } };
	test_case("first seen: by the unit's liaison, once, without a new version");
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct record o = load(c, &order_resource, n);
		c->op.actor = &c->actors[cases[i].who];
		order_seen(&c->op, &o);
		c->op.actor = &c->actors[LOCAL];
		CHECK((record_get(&o, "seen_at").type != DB_NULL) == cases[i].seen);
	}
	clock_fake(MONDAY + TIME_HOUR);
	struct record o = load(c, &order_resource, n);
	c->op.actor = &c->actors[LIAISON_A];
	order_seen(&c->op, &o);
	c->op.actor = &c->actors[LOCAL];
	CHECK_INT(record_int(&o, "seen_at"), MONDAY);
	CHECK_INT(o.version, 1);
	CHECK_INT(city_int(c,
		SQL("SELECT count(*) FROM steps WHERE verb='see' AND resource='order' AND record_n=? AND "
				  "from_state=to_state"),
			  V(db_i(n))),
		1);
	clock_fake(MONDAY);
	(void)err;
}

static void extensions(struct city *c)
{
	struct err err;
	int64_t n = fresh_order(c, UNIT_A, "U3");
	test_case("an extension granted: the step carries the old end and the new one");
	CHECK_OK(city_do(c, DUTY, n, "request_extension",
			 "{'reason':'停机窗口','until':'2027-01-31','on_behalf':{'channel':'wechat',"
			 "'person':'陈工'}}", &err),
		err);
	CHECK_OK(city_do(c, DUTY, n, "grant", "{}", &err), err);
	struct span body = city_text(c, SQL("SELECT body FROM steps WHERE verb='grant' AND record_n=?"),
		V(db_i(n)));
	CHECK(has(body, "\"old_due\":\"2026-12-02T09:30:00.000Z\"") &&
		has(body, "\"new_due\":\"2027-01-31T15:59:59.000Z\""));
}

static void redirect(struct city *c)
{
	struct err err;
	int64_t n = fresh_order(c, UNIT_A, "U3");
	test_case("redirect: only what is said not to be theirs, only by who issues");
	CHECK_OK(city_do(c, LIAISON_A, n, "answer",
			 item_args(c, n, 0, "{'items':[{'item':'$','claim':'not_ours','text':'已移交'}]}"),
			 &err),
		err);
	CHECK_OK(city_do(c, LIAISON_A, n, "answer",
			 item_args(c, n, 1, "{'items':[{'item':'$','claim':'cannot_fix','text':'停产'}]}"),
			 &err),
		err);
	CHECK_SPAN(c->o.state, "disputed");
	CHECK_ERR(city_do(c, DUTY, n, "redirect",
		item_args(c, n, 1, "{'reason':'x','unit_id':'U4','items':['$']}"), &err),
		err, ERR_INVALID);
	CHECK_STR(err.field, "items");
	CHECK_ERR(city_do(c, DUTY, n, "redirect", "{'reason':'x','unit_id':'U3'}", &err), err, ERR_INVALID);
	CHECK_ERR(city_do(c, DUTY, n, "redirect", "{'reason':'x','unit_id':'nowhere'}", &err), err,
		ERR_INVALID);
	CHECK_ERR(city_do(c, ANALYST, n, "redirect", "{'reason':'x','unit_id':'U4'}", &err), err,
		ERR_FORBIDDEN);
	CHECK_ERR(city_do(c, LIAISON_A, n, "redirect", "{'reason':'x','unit_id':'U4'}", &err), err,
		ERR_FORBIDDEN);
	test_case("redirected: a new order of the other unit with the same text, the other dispute stays");
	int64_t before = city_int(c, SQL("SELECT max(n) FROM orders"), V0);
	CHECK_OK(city_do(c, DUTY, n, "redirect", "{'reason':'机房归县局','unit_id':'U4'}", &err), err);
	CHECK_SPAN(c->o.state, "disputed");
	int64_t made = city_int(c, SQL("SELECT max(n) FROM orders"), V0);
	CHECK(made > before);
	struct record fresh = load(c, &order_resource, made);
	CHECK_INT(record_int(&fresh, "unit_id"), UNIT_B);
	CHECK_INT(record_int(&fresh, "redirected_from_id"), n);
	CHECK(span_eq(record_text(&fresh, "text"), record_text(&c->o, "text")));
	CHECK(span_eq(record_text(&fresh, "template"), record_text(&c->o, "template")));
	CHECK_INT(city_int(c,
		SQL("SELECT count(*) FROM findings WHERE order_n=? AND unit_n=? AND state='ordered'"),
			  V(db_i(made), db_i(UNIT_B))),
		2);
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM items WHERE order_n=? AND state='upheld'"),
		V(db_i(n))), 1);
	test_case("both timelines say so");
	CHECK(has(city_text(c,
		SQL("SELECT body FROM steps WHERE verb='redirect' AND resource='order' AND record_n=?"),
			  V(db_i(n))),
		arena_copy(c->arena, record_text(&fresh, "number"))));
	CHECK(has(city_text(c,
		SQL("SELECT body FROM steps WHERE verb='redirect' AND resource='order' AND record_n=?"),
			  V(db_i(made))),
		arena_copy(c->arena, record_text(&c->o, "number"))));
	CHECK(has(show(c, &c->o), "\"redirected_to\":[{"));
	test_case("who recorded a dispute does not redirect it");
	n = fresh_order(c, UNIT_A, "U3");
	CHECK_OK(city_do(c, DUTY, n, "answer",
			 "{'claim':'not_ours','text':'电话','on_behalf':{'channel':'phone','person':'陈工'}}",
			 &err),
		err);
	CHECK_ERR(city_do(c, DUTY, n, "redirect", "{'reason':'x','unit_id':'U4'}", &err), err, ERR_FORBIDDEN);
	CHECK(city_state(c, n, "disputed"));
	CHECK_OK(city_do(c, OTHER_DUTY, n, "redirect", "{'reason':'x','unit_id':'U4'}", &err), err);
	CHECK_SPAN(c->o.state, "verified");
}

static void redirect_task(struct city *c)
{
	struct err err = { 0 };
	struct order_recipient to = { .unit_n = UNIT_A, .part = "main" };
	struct str out = STR_IN(c->arena, 1 << 16);
	struct order_send task = { .kind = "task",
		.title = SPAN("报送值班表"),
		.text = SPAN("请报国庆值班表"),
		.reply = "answer",
		.source = SPAN("省网信办"),
		.severity = "high",
		.topic = SPAN("contact_check"),
		.notice_n = 7,
		.to = &to,
		.n = 1 };
	test_case("a task that is not theirs goes to the other unit as it was");
	CHECK_OK(order_send(&c->op, &task, &out, &err), err);
	int64_t n = city_int(c, SQL("SELECT max(n) FROM orders"), V0);
	CHECK_OK(city_do(c, LIAISON_A, n, "answer", "{'claim':'unable','text':'不归我们'}", &err), err);
	CHECK_OK(city_do(c, DUTY, n, "redirect", "{'reason':'归县局','unit_id':'U4'}", &err), err);
	CHECK_SPAN(c->o.state, "verified");
	struct record fresh = load(c, &order_resource, city_int(c, SQL("SELECT max(n) FROM orders"), V0));
	CHECK_INT(record_int(&fresh, "unit_id"), UNIT_B);
	CHECK_INT(record_int(&fresh, "redirected_from_id"), n);
	CHECK_SPAN(record_text(&fresh, "title"), "报送值班表");
	CHECK_SPAN(record_text(&fresh, "source"), "省网信办");
	CHECK_SPAN(record_text(&fresh, "severity"), "high");
	CHECK_SPAN(record_text(&fresh, "topic"), "contact_check");
	CHECK_INT(city_int(c, SQL("SELECT notice_n FROM orders WHERE n=?"), V(db_i(fresh.n))), 7);
	CHECK_SPAN(fresh.state, "sent");
}

static void ruled_late(struct city *c)
{
	struct err err;
	int64_t n = fresh_order(c, UNIT_A, "U3");
	int64_t due = city_int(c, SQL("SELECT answer_due FROM orders WHERE n=?"), V(db_i(n)));
	test_case("upheld long after the deadline: the dispute stopped the clock, so the answer was in time");
	CHECK_OK(city_do(c, LIAISON_A, n, "answer",
			 item_args(c, n, 0, "{'items':[{'item':'$','claim':'false_positive','text':'误报'}]}"),
			 &err),
		err);
	CHECK_OK(city_do(c, LIAISON_A, n, "answer",
			 item_args(c, n, 1, "{'items':[{'item':'$','claim':'fixed','text':'好'}]}"), &err),
		err);
	clock_fake(due + 10 * TIME_DAY);
	CHECK_OK(city_do(c, DUTY, n, "uphold", "{}", &err), err);
	CHECK_SPAN(c->o.state, "answered");
	CHECK_INT(city_int(c,
		SQL("SELECT count(*) FROM clocks WHERE record_n=? AND kind='answer' AND met_at<=due_at"),
			  V(db_i(n))),
		1);
	CHECK(record_int(&c->o, "answered_at") <= record_int(&c->o, "answer_due"));
	clock_fake(MONDAY);
}

/* ---- instructions and shifts ---- */

struct applying {
	size_t who;
	const struct resource *r;
	struct span id;
	const char *verb, *text;
};

static bool apply_to(struct city *c, struct applying a, struct record *ret, struct err *err)
{
	json_t *args = json_pack("{s:s}", "text", a.text);
	*err = (struct err){ 0 };
	c->op.actor = &c->actors[a.who];
	struct resource_request q = { .id = a.id, .verb = span_of(a.verb), .in = args };
	bool ok = op_begin(&c->op, err) && resource_apply(&c->op, a.r, &q, ret, err) &&
		op_commit(&c->op, err);
	op_rollback(&c->op);
	c->op.actor = &c->actors[LOCAL];
	json_decref(args);
	return ok;
}

static bool instruct(struct city *c, size_t who, const char *resource, struct span id, struct str *out,
	struct err *err)
{
	CLEANUP(json_free)
	json_t *in = json_pack("{s:s, s:s%, s:s}", "resource", resource, "id", id.p, id.n, "text", "今天办结");
	struct call call = { .op = &c->op, .json = in, .out = out };
	*err = (struct err){ 0 };
	c->op.actor = &c->actors[who];
	bool ok = op_begin(&c->op, err) && order_instruction_route(&call, err) && op_commit(&c->op, err);
	op_rollback(&c->op);
	c->op.actor = &c->actors[LOCAL];
	return ok;
}

static void instructions(struct city *c)
{
	struct err err;
	struct record i;
	struct str out = STR_IN(c->arena, 1 << 20);
	int64_t n = fresh_order(c, UNIT_A, "U3");
	struct record o = load(c, &order_resource, n);
	struct span finding = city_text(c, SQL("SELECT id FROM findings WHERE order_n=?"), V(db_i(n)));
	test_case("a leader instructs about an order; it is on the timeline and on the list");
	CHECK_OK(instruct(c, LEADER, "order", o.id, &out, &err), err);
	CHECK_ERR(instruct(c, DUTY, "order", o.id, &out, &err), err, ERR_FORBIDDEN);
	CHECK_ERR(instruct(c, LEADER, "unit", o.id, &out, &err), err, ERR_INVALID);
	CHECK_ERR(instruct(c, LEADER, "order", SPAN("nothing"), &out, &err), err, ERR_INVALID);
	CHECK_INT(city_int(c,
		SQL("SELECT count(*) FROM steps WHERE resource='order' AND verb='instruct' AND record_n=?"),
			  V(db_i(n))),
		1);
	struct span id = city_text(c, SQL("SELECT id FROM instructions WHERE subject_id=?"), V(db_t(o.id)));
	c->op.actor = &c->actors[DUTY];
	CHECK_OK(resource_get(&c->op, &instruction_resource, id, &i, &err), err);
	c->op.actor = &c->actors[LIAISON_A];
	CHECK_ERR(resource_get(&c->op, &instruction_resource, id, &i, &err), err, ERR_NOT_FOUND);
	c->op.actor = &c->actors[LOCAL];
	test_case("the unit does not read on the timeline what it does not read on the list");
	CHECK(has(timeline(c, DUTY, &o), "\"verb\":\"instruct\""));
	CHECK(has(timeline(c, LIAISON_A, &o), "\"verb\":\"send\""));
	CHECK(!has(timeline(c, LIAISON_A, &o), "今天办结"));
	test_case("about a finding: a step there, the finding stays as it is");
	CHECK_OK(instruct(c, LEADER, "finding", finding, &out, &err), err);
	CHECK_INT(city_int(c,
		SQL("SELECT count(*) FROM steps WHERE resource='finding' AND verb='instruct' AND "
				  "from_state='ordered' AND to_state='ordered'"),
			  V0),
		1);
	test_case("done only by saying what was done, by the office, once; the timeline has it");
	CHECK_ERR(apply_to(c, (struct applying){ LEADER, &instruction_resource, id, "complete", "好" }, &i,
		&err), err,
		ERR_FORBIDDEN);
	CHECK_ERR(apply_to(c, (struct applying){ DUTY, &instruction_resource, id, "complete", "" }, &i, &err),
		err, ERR_INVALID);
	CHECK_OK(apply_to(c, (struct applying){ DUTY, &instruction_resource, id, "complete", "已督促，今日办结" }, &i,
		&err), err);
	CHECK_SPAN(i.state, "done");
	CHECK_SPAN(record_text(&i, "done_by"), "duty");
	CHECK_ERR(apply_to(c, (struct applying){ DUTY, &instruction_resource, id, "complete", "再次" }, &i,
		&err), err,
		ERR_CONFLICT);
	CHECK_SPAN(city_text(c,
		SQL("SELECT text FROM steps WHERE resource='order' AND verb='complete' AND record_n=?"),
			   V(db_i(n))),
		"已督促，今日办结");
}

static bool write_note(struct city *c, size_t who, struct record *ret, struct err *err)
{
	CLEANUP(json_free) json_t *in = json_pack("{s:s}", "text", "港口集团答应今晚打补丁");
	*err = (struct err){ 0 };
	c->op.actor = &c->actors[who];
	bool ok = op_begin(&c->op, err) && resource_create(&c->op, &shift_note_resource, in, ret, err) &&
		op_commit(&c->op, err);
	op_rollback(&c->op);
	c->op.actor = &c->actors[LOCAL];
	return ok;
}

static bool change_note(struct city *c, size_t who, struct span id, struct err *err)
{
	CLEANUP(json_free) json_t *in = json_pack("{s:s}", "text", "改了");
	struct record r;
	*err = (struct err){ 0 };
	c->op.actor = &c->actors[who];
	bool ok = op_begin(&c->op, err) &&
		resource_change(
			&c->op, &shift_note_resource, &(struct resource_request){ .id = id, .in = in }, &r,
			err) &&
		op_commit(&c->op, err);
	op_rollback(&c->op);
	c->op.actor = &c->actors[LOCAL];
	return ok;
}

static void shifts(struct city *c)
{
	struct err err;
	struct record note, taken;
	CLEANUP(json_free) json_t *open = NULL;
	test_case("a shift note holds what is open at that moment");
	CHECK_ERR(write_note(c, LEADER, &note, &err), err, ERR_FORBIDDEN);
	CHECK_OK(write_note(c, DUTY, &note, &err), err);
	CHECK_OK(json_parse(record_text(&note, "snapshot"), 0, &open, &err), err);
	static const char *const keys[] = { "late", "due_24h", "to_verify", "disputed", "extensions",
		"instructions",
		"notices" };
	for (size_t i = 0; i < COUNT(keys); i++)
		CHECK(json_is_integer(json_object_get(json_object_get(open, keys[i]), "count")));
	CHECK_INT(json_get_int(json_object_get(open, "disputed"), "count", -1),
		city_int(c, SQL("SELECT count(*) FROM orders WHERE state='disputed'"), V0));
	CHECK_INT(json_get_int(json_object_get(open, "instructions"), "count", -1), 1);
	CHECK_INT((int64_t)json_array_size(json_object_get(json_object_get(open, "instructions"), "ids")), 1);
	test_case("taken over by another; before that its writer alone changes it, after that nobody");
	CHECK_ERR(apply_to(c, (struct applying){ DUTY, &shift_note_resource, note.id, "acknowledge", "x" },
		&taken, &err), err,
		ERR_FORBIDDEN);
	CHECK_ERR(change_note(c, OTHER_DUTY, note.id, &err), err, ERR_FORBIDDEN);
	CHECK_OK(change_note(c, DUTY, note.id, &err), err);
	CHECK_OK(apply_to(c, (struct applying){ OTHER_DUTY, &shift_note_resource, note.id, "acknowledge",
		"x" }, &taken, &err),
		err);
	CHECK_SPAN(record_text(&taken, "taken_by"), "other");
	CHECK_ERR(change_note(c, DUTY, note.id, &err), err, ERR_CONFLICT);
	CHECK_ERR(apply_to(c, (struct applying){ ANALYST, &shift_note_resource, note.id, "acknowledge", "x" },
		&taken, &err), err,
		ERR_CONFLICT);
}

/* ---- calls and texts ---- */

static bool call(struct city *c, size_t who, int64_t order_n, const char *result, struct err *err)
{
	struct record o = load(c, &order_resource, order_n);
	struct str out = STR_IN(c->arena, 1 << 20);
	CLEANUP(json_free)
	json_t *in = json_pack("{s:s, s:s, s:s}", "person", "李联络", "result", result, "text", "下午再打");
	struct call call = { .op = &c->op, .params = { o.id }, .json = in, .out = &out };
	*err = (struct err){ 0 };
	c->op.actor = &c->actors[who];
	bool ok = op_begin(&c->op, err) && order_call_route(&call, err) && op_commit(&c->op, err);
	op_rollback(&c->op);
	c->op.actor = &c->actors[LOCAL];
	return ok;
}

static struct order_calls list(struct city *c, size_t who, const char *name, const char *value)
{
	struct err err = { 0 };
	struct order_calls ret = { 0 };
	struct query_pair pair = { span_of(name), span_of(value) };
	struct order_wish w = { .query = &pair, .n_query = *name ? 1 : 0 };
	c->op.actor = &c->actors[who];
	city_must(order_call_list(&c->op, &w, &ret, &err), &err, "call list");
	c->op.actor = &c->actors[LOCAL];
	return ret;
}

static void calls(struct city *c)
{
	struct err err;
	city_exec(c, SQL("UPDATE orders SET state='archived'"), V0);
	int64_t a = fresh_order(c, UNIT_A, "U3"), b = fresh_order(c, UNIT_B, "U4"),
		far = fresh_order(c, UNIT_C, "U5");
	city_exec(c,
		SQL("INSERT INTO persons (n, id, version, created_at, updated_at, unit_n, name, post, phone, "
		"mail, note)"
			 " VALUES (78, '018f0000-0000-7000-8000-000000000078', 1, 0, 0, 3, '李联络', '', "
			 "'13800000000', '', '')"),
		V0);
	city_exec(c,
		SQL("INSERT INTO duties (id, version, created_at, updated_at, person_n, unit_n, kind, "
		"from_date, to_date)"
			 " VALUES ('d78', 1, 0, 0, 78, 3, 'liaison_a', '', '')"), V0);
	CHECK_OK(city_do(c, LIAISON_B, b, "acknowledge", "{}", &err), err);
	test_case("the call list: who has not acknowledged, then who is late; the county's own only");
	CHECK_INT((int64_t)list(c, DUTY, "", "").n, 2);
	CHECK_INT((int64_t)list(c, COUNTY_OFFICER, "", "").n, 1);
	CHECK_INT((int64_t)list(c, DUTY, "unit_id", "U4").n, 1);
	clock_fake(MONDAY + 60 * TIME_DAY);
	struct order_calls all = list(c, DUTY, "", "");
	CHECK_INT((int64_t)all.n, 3);
	CHECK_INT(all.at[2].unit_n, UNIT_B);
	CHECK_INT(all.at[2].rank, 1);
	clock_fake(MONDAY);
	test_case("a call is a step, counted, with its result on the order");
	CHECK_OK(call(c, COUNTY_OFFICER, a, "no_answer", &err), err);
	CHECK_ERR(call(c, COUNTY_OFFICER, far, "no_answer", &err), err, ERR_NOT_FOUND);
	CHECK_ERR(call(c, LIAISON_A, a, "no_answer", &err), err, ERR_FORBIDDEN);
	CHECK_ERR(call(c, DUTY, a, "busy", &err), err, ERR_INVALID);
	CHECK_OK(call(c, DUTY, a, "wrong_number", &err), err);
	struct record o = load(c, &order_resource, a);
	CHECK_INT(record_int(&o, "calls"), 2);
	CHECK_SPAN(record_text(&o, "last_call"), "wrong_number");
	CHECK_SPAN(city_text(c,
		SQL("SELECT text FROM steps WHERE verb='call' AND record_n=? ORDER BY n DESC LIMIT 1"),
			   V(db_i(a))),
		"李联络：号码有误，下午再打");
	test_case("a wrong number marks the contact until it is changed");
	struct str out = STR_IN(c->arena, 1 << 20);
	err = (struct err){ 0 };
	all = list(c, DUTY, "", "");
	CHECK_OK(order_call_list_csv(&c->op, &all, &out, &err), err);
	CHECK(has(str_span(&out), "李联络 13800000000（号码有误）"));
	CHECK(has(str_span(&out), "签收,11月24日17:30,2,11月23日09:00 号码有误 下午再打"));
	struct record p = load(c, &person_resource, 78), changed = record_copy(&c->op, &p);
	record_set(&changed, "phone", db_z("13900000000"));
	CHECK_OK(person_resource.check(&c->op, &p, &changed, &err), err);
	CHECK(record_get(&p, "phone_wrong_at").type != DB_NULL &&
		record_get(&changed, "phone_wrong_at").type == DB_NULL);
}

static void texts(struct city *c)
{
	struct err err = { 0 };
	struct order_text t;
	struct order_wish all = { 0 };
	test_case("text for a group: kind, count, deadlines, link; nothing of what was found where");
	city_exec(c,
		SQL("INSERT INTO settings (key, value) VALUES ('base_url', 'https://haidi.example.cn/')"),
		V0);
	CHECK_OK(order_group_text(&c->op, &all, &t, &err), err);
	CHECK_INT(t.units, 3);
	CHECK(has(t.text, "网络安全隐患整改通知，涉及3家单位"));
	CHECK(has(t.text, "请于11月24日17:30前签收"));
	CHECK(has(t.text, "12月2日17:30前反馈"));
	CHECK(has(t.text, "https://haidi.example.cn/orders"));
	static const char *const secrets[] = { "CVE-", "secret-host", "Apache", "nginx", "高危", "湛网交",
		"限期整改" };
	struct order_text names;
	CHECK_OK(order_unacknowledged_text(&c->op, &all, &names, &err), err);
	for (size_t i = 0; i < COUNT(secrets); i++)
		CHECK(!has(t.text, secrets[i]) && !has(names.text, secrets[i]));
	test_case("who has not acknowledged: by county, short names");
	CHECK_INT(names.units, 2);
	CHECK_SPAN(names.text, "截至11月23日09:00，尚未签收的单位（2家）：\n市直：单位5\n单位2：单位3");
	test_case("the county's text is about its own units");
	c->op.actor = &c->actors[COUNTY_OFFICER];
	CHECK_OK(order_unacknowledged_text(&c->op, &all, &names, &err), err);
	c->op.actor = &c->actors[LOCAL];
	CHECK_INT(names.units, 1);
	CHECK(!has(names.text, "单位5"));
}

int main(void)
{
	struct city c;
	city_open(&c, "behalf");
	channels(&c);
	whose_word(&c);
	four_eyes(&c);
	entered_late(&c);
	seen(&c);
	extensions(&c);
	redirect(&c);
	redirect_task(&c);
	ruled_late(&c);
	instructions(&c);
	shifts(&c);
	calls(&c);
	texts(&c);
	city_close(&c);
	return test_end();
}
