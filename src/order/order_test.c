/* From findings to a verified order, and what goes another way. */
#include "order/testing.h"

/* The test's own prover: the claim "fixed" with version "1.0" is contradicted. */
static bool prove(struct op *op, const struct finding_claim *claim, const struct finding_facts *facts,
	enum finding_proof *ret, struct span *ret_reason, struct err *err)
{
	(void)err;
	bool bad = span_is(claim->claim, "fixed") && span_is(claim->version, "1.0");
	for (size_t i = 0; i < facts->n; i++)
		ret[i] = bad ? FINDING_DISPROVEN : claim->version.n ? FINDING_PROVEN : FINDING_UNPROVEN;
	if (bad)
		*ret_reason = span_is(claim->text, "long") ? arena_printf(op->arena, "%0300d", 1)
							   : SPAN("1.0 仍在受影响范围内");
	return true;
}

static const struct finding_kind vulnerability = {
	.name = "vulnerability", .zh = "漏洞", .en = "vulnerability", .prove = prove
};
static const struct finding_kind *const kinds[] = { &vulnerability };

static struct span order_json(struct city *c, const struct record *o)
{
	struct str out = STR_IN(c->arena, 1 << 20);
	struct err err = { 0 };
	city_must(record_json(&c->op, o, 0, true, &out, &err), &err, "json");
	return str_span(&out);
}

static struct span item_id(struct city *c, int64_t order_n, int64_t at)
{
	return city_text(c, SQL("SELECT id FROM items WHERE order_n=? ORDER BY n LIMIT 1 OFFSET ?"),
		V(db_i(order_n), db_i(at)));
}

static struct span item_state(struct city *c, int64_t order_n, int64_t at)
{
	return city_text(c, SQL("SELECT state FROM items WHERE order_n=? ORDER BY n LIMIT 1 OFFSET ?"),
		V(db_i(order_n), db_i(at)));
}

/* A host of the unit with n findings of one software; the order made of them. */
static int64_t fresh_order(struct city *c, int64_t unit_n, const char *code, int n)
{
	static int next = 100000, host;
	char name[32];
	struct err err = { 0 };
	int64_t order_n;
	snprintf(name, sizeof name, "host%d", host++);
	int64_t asset_n = city_host(c, unit_n, name),
		software_n = city_software(c, asset_n, "Apache", "HTTP Server", "2.4.46");
	city_found(c, asset_n, software_n, next, n, "high");
	next += n;
	city_must(city_dispatch(c, DUTY, code, &order_n, &err), &err, "dispatch");
	return order_n;
}

static void main_path(struct city *c)
{
	struct err err;
	int64_t n = fresh_order(c, UNIT_A, "U3", 3);
	test_case("an order: number, unit, item by remedy, clocks");
	CHECK(n > 0);
	CHECK_SPAN(city_text(c, SQL("SELECT number FROM orders WHERE n=?"), V(db_i(n))), "湛网交〔2026〕1号");
	CHECK_SPAN(city_text(c, SQL("SELECT title FROM items WHERE order_n=?"), V(db_i(n))),
		"Apache HTTP Server 2.4.46 升级 · 3 个漏洞，最高高危");
	CHECK_INT(city_findings(c, n, "ordered"), 3);
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM steps WHERE resource='finding' AND verb='confirm'"),
			  V0),
		3);
	CHECK_INT(city_int(c, SQL("SELECT acknowledge_due FROM orders WHERE n=?"), V(db_i(n))),
		MONDAY + 32 * TIME_HOUR + TIME_HOUR / 2);
	test_case("acknowledge");
	CHECK_OK(city_do(c, LIAISON_A, n, "acknowledge", "{}", &err), err);
	CHECK_SPAN(c->o.state, "handling");
	CHECK_ERR(city_do(c, LIAISON_A, n, "acknowledge", "{}", &err), err, ERR_CONFLICT);
	CHECK_INT(city_int(c,
			  SQL("SELECT count(*) FROM clocks WHERE record_n=? AND kind='acknowledge' AND "
			      "met_at IS NOT NULL"),
			  V(db_i(n))),
		1);
	test_case("answer: findings wait for verification, the clock is met");
	CHECK_OK(
		city_do(c, LIAISON_A, n, "answer", "{'claim':'fixed','text':'已升级','version':'1.0'}", &err),
		err);
	CHECK_SPAN(c->o.state, "answered");
	CHECK_INT(city_findings(c, n, "fixed"), 3);
	CHECK_INT(city_int(c,
			  SQL("SELECT count(*) FROM clocks WHERE record_n=? AND kind='answer' AND met_at IS "
			      "NOT NULL"),
			  V(db_i(n))),
		1);
	test_case("proof contradicts: it stays answered and a return is proposed");
	CHECK_OK(city_do(c, DUTY, n, "verify", "{}", &err), err);
	CHECK_SPAN(c->o.state, "answered");
	CHECK(strstr(order_json(c, &c->o).p, "\"returned_proposed\":\"Apache HTTP Server") != NULL);
	CHECK_SPAN(item_state(c, n, 0), "answered");
	test_case("returned with a reason, answered again, verified");
	CHECK_ERR(city_do(c, DUTY, n, "return", "{}", &err), err, ERR_INVALID);
	CHECK_OK(city_do(c, DUTY, n, "return", "{'reason':'版本仍受影响'}", &err), err);
	CHECK_SPAN(c->o.state, "handling");
	CHECK_INT(city_findings(c, n, "ordered"), 3);
	CHECK_OK(city_do(c, LIAISON_A, n, "answer", "{'claim':'fixed','version':'2.4.62'}", &err), err);
	CHECK_OK(city_do(c, DUTY, n, "verify", "{}", &err), err);
	CHECK_SPAN(c->o.state, "verified");
	CHECK(record_get(&c->o, "returned_proposed").type == DB_NULL);
	CHECK_INT(city_findings(c, n, "closed"), 3);
	test_case("the inventory holds the version that was accepted");
	CHECK_SPAN(city_text(c,
			   SQL("SELECT s.product_version FROM items i JOIN software s ON s.n=i.software_n "
			       "WHERE i.order_n=?"),
			   V(db_i(n))),
		"2.4.62");
	test_case("every step is in the timeline");
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM steps WHERE resource='order' AND record_n=?"),
			  V(db_i(n))),
		7);
	test_case("override accepts what proof contradicts, with a reason");
	n = fresh_order(c, UNIT_A, "U3", 1);
	CHECK_OK(city_do(c, LIAISON_A, n, "answer", "{'claim':'fixed','version':'1.0'}", &err), err);
	CHECK_ERR(city_do(c, DUTY, n, "verify", "{'override':true}", &err), err, ERR_INVALID);
	CHECK_OK(city_do(c, DUTY, n, "verify", "{'override':true,'reason':'已现场核验'}", &err), err);
	CHECK_SPAN(c->o.state, "verified");
}

static void many_contradicted(struct city *c)
{
	enum { ITEMS = 300 };
	struct err err = { 0 };
	int64_t n;
	test_case("proof contradicts hundreds of items: the order names some and says how many");
	for (int i = 0; i < ITEMS; i++) {
		char name[32];
		snprintf(name, sizeof name, "many%d", i);
		int64_t asset_n = city_host(c, UNIT_B, name);
		city_found(c, asset_n, city_software(c, asset_n, "x", "y", "1"), 500000 + i, 1, "high");
	}
	city_must(city_dispatch(c, DUTY, "U4", &n, &err), &err, "dispatch");
	CHECK_OK(city_do(c, LIAISON_B, n, "answer", "{'claim':'fixed','version':'1.0','text':'long'}", &err),
		err);
	CHECK_OK(city_do(c, DUTY, n, "verify", "{}", &err), err);
	CHECK_SPAN(c->o.state, "answered");
	struct span text = record_text(&c->o, "returned_proposed");
	CHECK(text.n > 8 * 1024 && text.n <= 16 * 1024);
	CHECK(strstr(arena_copy(c->arena, text), "… 等 300 项") != NULL);
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM items WHERE order_n=? AND length(contradiction)=300"),
			  V(db_i(n))),
		ITEMS);
	CHECK_OK(city_do(c, DUTY, n, "return", "{'reason':'x'}", &err), err);
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM items WHERE order_n=? AND state='returned'"),
			  V(db_i(n))),
		ITEMS);
}

static void claims(struct city *c)
{
	static const struct {
		const char *claim, *order, *after_verify, *finding;
	} cases[] = {
		{ "fixed", "answered", "verified", "closed" },
		{ "mitigated", "answered", "verified", "risk_accepted" },
		{ "not_affected", "answered", "verified", "false_positive" },
		{ "decommissioned", "answered", "verified", "closed" },
		{ "affected", "handling", NULL, "ordered" },
		{ "not_ours", "disputed", NULL, "ordered" },
		{ "false_positive", "disputed", NULL, "ordered" },
		{ "cannot_fix", "disputed", NULL, "ordered" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err;
		char args[100];
		test_case("claim %s", cases[i].claim);
		int64_t n = fresh_order(c, UNIT_B, "U4", 2);
		snprintf(args, sizeof args, "{'claim':'%s','text':'说明'}", cases[i].claim);
		CHECK_OK(city_do(c, LIAISON_B, n, "answer", args, &err), err);
		CHECK_SPAN(c->o.state, cases[i].order);
		CHECK(record_get(&c->o, "acknowledged_at").type != DB_NULL);
		if (cases[i].after_verify) {
			CHECK_OK(city_do(c, ANALYST, n, "verify", "{}", &err), err);
			CHECK_SPAN(c->o.state, cases[i].after_verify);
		}
		CHECK_INT(city_findings(c, n, cases[i].finding), 2);
		if (strcmp(cases[i].claim, "decommissioned") == 0)
			CHECK_INT(city_int(c,
					  SQL("SELECT count(*) FROM assets a JOIN items i ON i.asset_n=a.n "
					      "WHERE i.order_n=?"
					      " AND a.retired_at IS NOT NULL"),
					  V(db_i(n))),
				1);
	}
}

static void disputes(struct city *c)
{
	static const struct {
		const char *claim, *uphold, *finding;
	} cases[] = {
		{ "not_ours", "{}", "confirmed" },
		{ "false_positive", "{}", "false_positive" },
		{ "cannot_fix", "{'until':'2027-06-30'}", "risk_accepted" },
	};
	struct err err;
	int64_t n;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char args[100];
		test_case("dispute %s upheld", cases[i].claim);
		n = fresh_order(c, UNIT_B, "U4", 2);
		snprintf(args, sizeof args, "{'claim':'%s','text':'理由'}", cases[i].claim);
		CHECK_OK(city_do(c, LIAISON_B, n, "answer", args, &err), err);
		CHECK_OK(city_do(c, DUTY, n, "uphold", cases[i].uphold, &err), err);
		CHECK_SPAN(c->o.state, "verified");
		CHECK_INT(city_findings(c, n, cases[i].finding), 2);
		if (i == 0)
			CHECK_INT(city_int(c, SQL("SELECT count(*) FROM findings WHERE unit_n IS NULL"), V0),
				2);
	}
	test_case("a dispute needs its reason; cannot_fix needs a date");
	n = fresh_order(c, UNIT_B, "U4", 1);
	CHECK_ERR(city_do(c, LIAISON_B, n, "answer", "{'claim':'cannot_fix'}", &err), err, ERR_INVALID);
	CHECK_OK(city_do(c, LIAISON_B, n, "answer", "{'claim':'cannot_fix','text':'x'}", &err), err);
	CHECK_ERR(city_do(c, DUTY, n, "uphold", "{}", &err), err, ERR_INVALID);
	CHECK_STR(err.field, "until");
	test_case("the clock stands still in dispute and goes on with its remainder");
	int64_t due = city_int(c, SQL("SELECT answer_due FROM orders WHERE n=?"), V(db_i(n)));
	CHECK_INT(city_int(c,
			  SQL("SELECT count(*) FROM clocks WHERE record_n=? AND kind='answer' AND paused_at "
			      "IS NOT NULL"),
			  V(db_i(n))),
		1);
	clock_fake(MONDAY + 2 * TIME_DAY); /* Wednesday 09:00: two working days later */
	CHECK_ERR(city_do(c, DUTY, n, "reject", "{}", &err), err, ERR_INVALID);
	CHECK_OK(city_do(c, DUTY, n, "reject", "{'reason':'可以整改'}", &err), err);
	CHECK_SPAN(c->o.state, "handling");
	CHECK_INT(record_int(&c->o, "answer_due"), due + 2 * TIME_DAY);
	clock_fake(MONDAY);
}

static void by_items(struct city *c)
{
	struct err err;
	int64_t asset_n = city_host(c, UNIT_A, "two"), n;
	city_found(c, asset_n, city_software(c, asset_n, "Apache", "Tomcat", "9.0.1"), 500, 2, "critical");
	city_found(c, asset_n, city_software(c, asset_n, "microsoft", "windows_server_2016", ""), 600, 4,
		"medium");
	test_case("two remedies are two items; an unknown patch level says so");
	CHECK_OK(city_dispatch(c, DUTY, "U3", &n, &err), err);
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM items WHERE order_n=?"), V(db_i(n))), 2);
	CHECK_SPAN(city_text(c, SQL("SELECT title FROM items WHERE order_n=? ORDER BY n DESC LIMIT 1"),
			   V(db_i(n))),
		"microsoft windows server 2016 补丁情况待核实 · 4 个漏洞，最高中危");
	test_case("answered one by one");
	char args[300];
	snprintf(args, sizeof args, "{'items':[{'item':'" SPAN_FMT "','claim':'fixed','text':'a'}]}",
		SPAN_ARG(item_id(c, n, 0)));
	CHECK_OK(city_do(c, LIAISON_A, n, "answer", args, &err), err);
	CHECK_SPAN(c->o.state, "partly_answered");
	CHECK_SPAN(item_state(c, n, 1), "open");
	CHECK_ERR(city_do(c, LIAISON_A, n, "answer", args, &err), err, ERR_CONFLICT);
	test_case("verified one by one");
	CHECK_OK(city_do(c, DUTY, n, "verify", "{}", &err), err);
	CHECK_SPAN(c->o.state, "partly_answered");
	CHECK_SPAN(item_state(c, n, 0), "verified");
	CHECK_ERR(city_do(c, DUTY, n, "verify", "{}", &err), err, ERR_CONFLICT);
	CHECK_OK(city_do(c, LIAISON_A, n, "answer", "{'claim':'mitigated','text':'b'}", &err), err);
	CHECK_SPAN(c->o.state, "answered");
	CHECK_OK(city_do(c, DUTY, n, "verify", "{}", &err), err);
	CHECK_SPAN(c->o.state, "verified");
	test_case("items that are not in the order, or named twice, are refused whole");
	n = fresh_order(c, UNIT_A, "U3", 1);
	CHECK_ERR(city_do(c, LIAISON_A, n, "answer", "{'items':[{'item':'x','claim':'fixed'}]}", &err), err,
		ERR_INVALID);
	CHECK_ERR(city_do(c, LIAISON_A, n, "answer", "{'claim':'whatever'}", &err), err, ERR_INVALID);
	CHECK_ERR(city_do(c, LIAISON_A, n, "answer", "{'items':[]}", &err), err, ERR_INVALID);
	CHECK(city_state(c, n, "sent"));
}

static void on_behalf(struct city *c)
{
	struct err err;
	int64_t n = fresh_order(c, UNIT_A, "U3", 1);
	static const char said[] = "{'claim':'fixed','text':'电话','on_behalf':{'channel':'电话','person':'"
				   "陈工','at':'2026-11-23T01:03:00Z'}}";
	test_case("only its own liaison answers in its own name");
	CHECK_ERR(city_do(c, LIAISON_B, n, "answer", "{'claim':'fixed'}", &err), err, ERR_NOT_FOUND);
	CHECK_ERR(city_do(c, LEADER, n, "answer", "{'claim':'fixed'}", &err), err, ERR_FORBIDDEN);
	CHECK_ERR(city_do(c, DUTY, n, "answer", "{'claim':'fixed'}", &err), err, ERR_INVALID);
	CHECK_STR(err.field, "on_behalf");
	CHECK_ERR(city_do(c, LIAISON_A, n, "acknowledge", "{'on_behalf':{'channel':'a','person':'b'}}", &err),
		err, ERR_FORBIDDEN);
	test_case("recorded on behalf: what is said to be said later is refused");
	CHECK_ERR(city_do(c, COUNTY_OFFICER, n, "answer", said, &err), err, ERR_INVALID);
	test_case("recorded on behalf: marked in the step, at the time it was said");
	clock_fake(MONDAY + TIME_HOUR);
	CHECK_OK(city_do(c, DUTY, n, "answer",
			 "{'claim':'fixed','text':'电话','on_behalf':{'channel':'电话','person':'陈工',"
			 "'at':'2026-11-23T01:30:00Z'}}",
			 &err),
		err);
	CHECK_SPAN(city_text(c,
			   SQL("SELECT on_whose_word FROM steps WHERE resource='order' AND verb='answer' AND "
			       "record_n=?"),
			   V(db_i(n))),
		"陈工（电话）");
	CHECK_INT(city_int(c,
			  SQL("SELECT happened_at FROM steps WHERE resource='item' AND verb='answer' AND "
			      "record_n="
			      "(SELECT n FROM items WHERE order_n=?)"),
			  V(db_i(n))),
		MONDAY + TIME_HOUR / 2);
	test_case("who recorded it may not verify it, somebody else may");
	CHECK_ERR(city_do(c, DUTY, n, "verify", "{}", &err), err, ERR_FORBIDDEN);
	CHECK_ERR(city_do(c, DUTY, n, "verify", "{'override':true,'reason':'x'}", &err), err, ERR_FORBIDDEN);
	CHECK_OK(city_do(c, OTHER_DUTY, n, "verify", "{}", &err), err);
	CHECK_SPAN(c->o.state, "verified");
	test_case("who recorded a dispute may not uphold it, somebody else may");
	n = fresh_order(c, UNIT_A, "U3", 3);
	CHECK_OK(city_do(c, DUTY, n, "answer",
			 "{'claim':'false_positive','text':'电话','on_behalf':{'channel':'电话','person':'"
			 "陈工'}}",
			 &err),
		err);
	CHECK_ERR(city_do(c, DUTY, n, "uphold", "{}", &err), err, ERR_FORBIDDEN);
	CHECK_OK(city_do(c, OTHER_DUTY, n, "uphold", "{}", &err), err);
	clock_fake(MONDAY);
}

static void handling(struct city *c)
{
	struct err err;
	int64_t n = fresh_order(c, UNIT_A, "U3", 2), due;
	test_case("extension asked and refused, asked and granted");
	CHECK_ERR(city_do(c, DUTY, n, "grant", "{}", &err), err, ERR_CONFLICT);
	CHECK_ERR(city_do(c, LIAISON_A, n, "request_extension", "{'reason':'x'}", &err), err, ERR_INVALID);
	CHECK_ERR(city_do(c, LIAISON_A, n, "request_extension", "{'reason':'x','until':'2026-11-24'}", &err),
		err, ERR_INVALID);
	CHECK_OK(city_do(c, LIAISON_A, n, "request_extension", "{'reason':'备件未到','until':'2026-12-31'}",
			 &err),
		err);
	due = record_int(&c->o, "answer_due");
	CHECK_OK(city_do(c, DUTY, n, "refuse", "{'reason':'不同意'}", &err), err);
	CHECK_INT(record_int(&c->o, "answer_due"), due);
	CHECK_OK(city_do(c, LIAISON_A, n, "request_extension", "{'reason':'备件未到','until':'2026-12-31'}",
			 &err),
		err);
	CHECK_OK(city_do(c, DUTY, n, "grant", "{}", &err), err);
	CHECK(record_int(&c->o, "answer_due") > due);
	CHECK_INT(
		city_int(c, SQL("SELECT due_at FROM clocks WHERE record_n=? AND kind='answer'"), V(db_i(n))),
		record_int(&c->o, "answer_due"));
	test_case("urge needs a channel and is a step");
	CHECK_ERR(city_do(c, DUTY, n, "urge", "{}", &err), err, ERR_INVALID);
	CHECK_OK(city_do(c, COUNTY_OFFICER, n, "urge",
			 "{'channel':'电话','person':'陈工','result':'承诺明日'}", &err),
		err);
	CHECK_INT(record_int(&c->o, "urges"), 1);
	CHECK_SPAN(c->o.state, "sent");
	test_case("escalate rises one unit");
	CHECK_OK(city_do(c, LEADER, n, "escalate", "{'reason':'逾期'}", &err), err);
	CHECK_INT(record_int(&c->o, "escalated_id"), COUNTY);
	CHECK_OK(city_do(c, DUTY, n, "escalate", "{}", &err), err);
	CHECK_INT(record_int(&c->o, "escalated_id"), CITY);
	test_case("hand over: order and findings follow, the old unit no longer sees it");
	CHECK_ERR(city_do(c, DUTY, n, "hand_over", "{'unit_id':'nowhere','reason':'x'}", &err), err,
		ERR_INVALID);
	CHECK_OK(city_do(c, DUTY, n, "hand_over", "{'unit_id':'U4','reason':'系统已移交'}", &err), err);
	CHECK_INT(record_int(&c->o, "unit_id"), UNIT_B);
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM findings WHERE order_n=? AND unit_n=4"), V(db_i(n))),
		2);
	CHECK_ERR(city_do(c, LIAISON_A, n, "acknowledge", "{}", &err), err, ERR_NOT_FOUND);
	CHECK_OK(city_do(c, LIAISON_B, n, "acknowledge", "{}", &err), err);
	test_case("withdraw: findings are confirmed again, no clock runs");
	CHECK_OK(city_do(c, DUTY, n, "withdraw", "{'reason':'发错'}", &err), err);
	CHECK_SPAN(c->o.state, "withdrawn");
	CHECK_INT(city_findings(c, n, "confirmed"), 2);
	CHECK_INT(city_int(c,
			  SQL("SELECT count(*) FROM clocks WHERE record_n=? AND met_at IS NULL AND ended_at "
			      "IS NULL"),
			  V(db_i(n))),
		0);
	test_case("and can be ordered again, with the next number");
	CHECK_OK(city_dispatch(c, DUTY, "U4", &n, &err), err);
	CHECK(n > 0);
}

int main(void)
{
	struct city c;
	city_open(&c, "order");
	finding_register(kinds, COUNT(kinds));
	main_path(&c);
	claims(&c);
	disputes(&c);
	by_items(&c);
	on_behalf(&c);
	handling(&c);
	many_contradicted(&c);
	city_close(&c);
	return test_end();
}
