/* Tasks from sending to the end, what waits for approval, two offices, and that nobody sees another's
 * rows. */
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

/* POST /api/v1/orders; *ret is the first order made. */
static bool post(struct city *c, size_t who, const char *body, int64_t *ret, struct err *err)
{
	CLEANUP(json_free) json_t *j = parsed(c, body);
	struct str out = STR_IN(c->arena, 1 << 20);
	int64_t before = city_int(c, SQL("SELECT COALESCE(max(n), 0) FROM orders"), V0);
	*err = (struct err){ 0 };
	c->op.actor = &c->actors[who];
	bool ok = order_post(&c->op, j, &out, err);
	c->op.actor = &c->actors[LOCAL];
	*ret = city_int(c, SQL("SELECT min(n) FROM orders WHERE n>?"), V(db_i(before)));
	return ok;
}

static int64_t posted(struct city *c, size_t who, const char *body)
{
	struct err err;
	int64_t n;
	city_must(post(c, who, body, &n, &err), &err, body);
	return n;
}

#define TASK "'kind':'task','title':'自查','text':'请自查。'"

static void life_of_a_task(struct city *c)
{
	struct err err;
	int64_t n = posted(c, DUTY, "{" TASK ",'to':{'units':['U3']}}");
	test_case("a task: claims of findings are not its own");
	CHECK_ERR(city_do(c, LIAISON_A, n, "answer", "{'claim':'fixed','text':'x'}", &err), err, ERR_INVALID);
	CHECK_OK(city_do(c, LIAISON_A, n, "answer", "{'claim':'progress','text':'正在办'}", &err), err);
	CHECK_SPAN(c->o.state, "handling");
	CHECK_OK(city_do(c, LIAISON_A, n, "answer", "{'claim':'unable','text':'无此系统'}", &err), err);
	CHECK_SPAN(c->o.state, "disputed");
	CHECK_OK(city_do(c, DUTY, n, "reject", "{'reason':'有'}", &err), err);
	CHECK_OK(city_do(c, LIAISON_A, n, "answer", "{'claim':'done','text':'已办'}", &err), err);
	CHECK_SPAN(c->o.state, "answered");
	CHECK_OK(city_do(c, DUTY, n, "verify", "{}", &err), err);
	CHECK_SPAN(c->o.state, "verified");
	test_case("what only is to be acknowledged ends by it, and takes no answer");
	n = posted(c, DUTY, "{" TASK ",'reply':'acknowledge','to':{'units':['U3']}}");
	CHECK_ERR(city_do(c, LIAISON_A, n, "answer", "{'claim':'done','text':'x'}", &err), err, ERR_CONFLICT);
	CHECK_ERR(city_do(c, LIAISON_A, n, "request_extension", "{'reason':'x','until':'2027-01-31'}", &err),
		err,
		ERR_CONFLICT);
	CHECK_OK(city_do(c, LIAISON_A, n, "acknowledge", "{}", &err), err);
	CHECK_SPAN(c->o.state, "verified");
	CHECK(record_get(&c->o, "verified_at").type != DB_NULL);
	CHECK(record_get(&c->o, "answered_at").type == DB_NULL);
	test_case("a check of contacts, answered: the unit's date");
	n = posted(c, DUTY, "{" TASK ",'topic':'contact_check','to':{'units':['U3']}}");
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM steps WHERE verb='check_contacts'"), V0), 0);
	CHECK_OK(city_do(c, LIAISON_A, n, "answer", "{'claim':'done','text':'无变化'}", &err), err);
	CHECK_INT(city_int(c,
			  SQL("SELECT count(*) FROM steps WHERE resource='unit' AND verb='check_contacts' AND"
			      " record_n=?"),
			  V(db_i(UNIT_A))),
		1);
	test_case("answered by telephone: the unit's step says on whose word, and when it was said");
	n = posted(c, DUTY, "{" TASK ",'topic':'contact_check','to':{'units':['U4']}}");
	clock_fake(MONDAY + TIME_HOUR);
	CHECK_OK(city_do(c, DUTY, n, "answer",
			 "{'claim':'done','text':'无变化','on_behalf':{'channel':'phone','person':'陈工',"
			 "'at':'2026-11-23T01:30:00Z'}}", &err), err);
	clock_fake(MONDAY);
	CHECK_INT(city_int(c,
			  SQL("SELECT count(*) FROM steps WHERE verb='check_contacts' AND record_n=? AND"
			      " on_whose_word='陈工（电话）' AND happened_at=1795397400000"),
			  V(db_i(UNIT_B))),
		1);
}

/* ---- before it is sent ---- */

static bool sees(struct city *c, size_t who, int64_t n)
{
	struct span id = city_text(c, SQL("SELECT id FROM orders WHERE n=?"), V(db_i(n)));
	struct query q;
	struct page page;
	struct record o;
	struct selection all;
	struct err err = { 0 };
	bool listed = false, selected = false;
	city_must(query_parse(&order_resource, NULL, 0, c->arena, &q, &err), &err, "query");
	q.limit = 1000;
	c->op.actor = &c->actors[who];
	bool got = resource_get(&c->op, &order_resource, id, &o, &err);
	err = (struct err){ 0 };
	city_must(resource_list(&c->op, &order_resource, &q, &page, &err) &&
			resource_select(&c->op, &order_resource, &q, 0, &all, &err),
		&err, "list");
	c->op.actor = &c->actors[LOCAL];
	for (size_t i = 0; i < page.n; i++)
		listed = listed || page.rows[i].n == n;
	for (size_t i = 0; i < all.n; i++)
		selected = selected || all.ns[i] == n;
	CHECK(got == listed && got == selected);
	return got;
}

static void drafts(struct city *c)
{
	struct err err;
	int64_t n = posted(c, DUTY, "{" TASK ",'draft':true,'to':{'units':['U3']}}");
	test_case("a draft: no number, no clock, unseen by the unit and by the county");
	CHECK_SPAN(city_text(c, SQL("SELECT number FROM orders WHERE n=?"), V(db_i(n))), "");
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM clocks WHERE record_n=?"), V(db_i(n))), 0);
	CHECK(!sees(c, LIAISON_A, n) && !sees(c, COUNTY_OFFICER, n));
	CHECK(sees(c, DUTY, n) && sees(c, LEADER, n));
	CHECK_ERR(city_do(c, LIAISON_A, n, "acknowledge", "{}", &err), err, ERR_NOT_FOUND);
	test_case("withdrawn before it was sent, it stays unseen");
	CHECK_OK(city_do(c, DUTY, n, "withdraw", "{'reason':'x'}", &err), err);
	CHECK(!sees(c, LIAISON_A, n));
	test_case("four eyes: who drafted it does not approve it");
	n = posted(c, DUTY, "{" TASK ",'draft':true,'due':'2026-12-20','to':{'units':['U3']}}");
	CHECK_OK(city_do(c, DUTY, n, "revise", "{'title':'自查二','due':'2026-12-10'}", &err), err);
	CHECK_OK(city_do(c, OTHER_DUTY, n, "submit", "{'approval':true}", &err), err);
	CHECK_SPAN(c->o.state, "to_approve");
	CHECK(!sees(c, LIAISON_A, n));
	CHECK_ERR(city_do(c, DUTY, n, "approve", "{}", &err), err, ERR_INVALID);
	CHECK_ERR(city_do(c, ANALYST, n, "approve", "{}", &err), err, ERR_FORBIDDEN);
	CHECK_ERR(city_do(c, COUNTY_OFFICER, n, "approve", "{}", &err), err, ERR_NOT_FOUND);
	CHECK_OK(city_do(c, LEADER, n, "send_back", "{'reason':'改标题'}", &err), err);
	CHECK_OK(city_do(c, DUTY, n, "submit", "{'approval':true}", &err), err);
	clock_fake(MONDAY + TIME_DAY);
	CHECK_OK(city_do(c, LEADER, n, "approve", "{'text':'同意'}", &err), err);
	CHECK_SPAN(c->o.state, "sent");
	CHECK(record_text(&c->o, "number").n > 0);
	CHECK_INT(record_int(&c->o, "sent_at"), MONDAY + TIME_DAY);
	CHECK_INT(record_int(&c->o, "answer_due"), INT64_C(1796918399999)); /* the end of 10 December */
	CHECK(sees(c, LIAISON_A, n));
	clock_fake(MONDAY);
	test_case("approved on paper: by whom and when, by a duty officer");
	n = posted(c, DUTY, "{" TASK ",'approval':true,'to':{'units':['U3']}}");
	CHECK_ERR(city_do(c, DUTY, n, "approve", "{'paper':{'person':'张'}}", &err), err, ERR_INVALID);
	CHECK_ERR(city_do(c, DUTY, n, "approve", "{'paper':{'person':'张','at':'2027-11-20'}}", &err), err,
		ERR_INVALID);
	city_exec(c,
		SQL("INSERT INTO persons (n, id, version, created_at, updated_at, unit_n, name, post, phone, "
		    "mail, note) VALUES (77, 'p77', 1, 0, 0, 1, '周', '', '', '', '')"), V0);
	city_exec(c,
		SQL("INSERT INTO users (n, id, version, created_at, updated_at, name, person_n, disabled)"
		    " VALUES (?, 'u1', 1, 0, 0, 'duty', 77, 0)"),
		V(db_i(DUTY)));
	CHECK_ERR(city_do(c, DUTY, n, "approve", "{'paper':{'person':'周','at':'2026-11-20'}}", &err), err,
		ERR_INVALID);
	CHECK_OK(city_do(c, DUTY, n, "approve", "{'paper':{'person':'张','at':'2026-11-20'}}", &err), err);
	city_exec(c, SQL("DELETE FROM users WHERE id='u1'"), V0);
	city_exec(c, SQL("DELETE FROM persons WHERE n=77"), V0);
	CHECK_SPAN(c->o.state, "sent");
}

static void set(struct city *c, const char *key, int64_t value)
{
	struct err err = { 0 };
	city_must(op_begin(&c->op, &err) && setting_set(&c->op, key, value, &err) && op_commit(&c->op, &err),
		&err, key);
}

static int64_t held_order(struct city *c, int findings, const char *severity)
{
	static int next = 500;
	char name[32];
	struct err err;
	snprintf(name, sizeof name, "held%d", next);
	int64_t n, a = city_host(c, UNIT_A, name), s = city_software(c, a, "a", "b", "1");
	city_found(c, a, s, next, findings, severity);
	next += findings;
	city_must(city_dispatch(c, DUTY, "U3", &n, &err), &err, "dispatch");
	return n;
}

static void holding(struct city *c)
{
	struct err err;
	int64_t again, n;
	set(c, "order_approval", 4);
	test_case("from high on orders of findings wait; below they are sent");
	n = held_order(c, 1, "medium");
	CHECK(city_state(c, n, "sent"));
	n = held_order(c, 3, "high");
	CHECK(city_state(c, n, "to_approve"));
	test_case("its findings are as they were, and nobody orders them a second time");
	CHECK_INT(city_findings(c, n, "new"), 3);
	CHECK_OK(city_dispatch(c, OTHER_DUTY, "U3", &again, &err), err);
	CHECK_INT(again, 0);
	test_case("approved: what was judged meanwhile is left out");
	city_exec(c,
		SQL("UPDATE findings SET state='no_action' WHERE n=(SELECT min(finding_n) FROM item_findings "
		"WHERE"
		    " item_n IN (SELECT n FROM items WHERE order_n=?))"),
		V(db_i(n)));
	CHECK_OK(city_do(c, LEADER, n, "approve", "{}", &err), err);
	CHECK_INT(city_findings(c, n, "ordered"), 2);
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM findings WHERE order_n=?"), V(db_i(n))), 2);
	CHECK_INT(record_int(&c->o, "findings"), 2);
	test_case("nothing left to order: not sent");
	n = held_order(c, 1, "critical");
	city_exec(c,
		SQL("UPDATE findings SET state='no_action' WHERE n IN (SELECT finding_n FROM item_findings "
		"WHERE"
		    " item_n IN (SELECT n FROM items WHERE order_n=?))"),
		V(db_i(n)));
	CHECK_ERR(city_do(c, LEADER, n, "approve", "{}", &err), err, ERR_CONFLICT);
	CHECK(city_state(c, n, "to_approve"));
	test_case("withdrawn: its findings can be ordered again");
	n = held_order(c, 2, "high");
	CHECK_OK(city_do(c, DUTY, n, "withdraw", "{'reason':'x'}", &err), err);
	set(c, "order_approval", 0);
	CHECK_OK(city_dispatch(c, DUTY, "U3", &again, &err), err);
	CHECK(again > n);
	CHECK_INT(city_findings(c, again, "ordered"), 2);
}

/* ---- two offices ---- */

static void county(struct city *c)
{
	struct err err;
	int64_t n = posted(c, COUNTY_OFFICER, "{" TASK ",'to':{'units':['U3']}}"), none;
	test_case("the county issues in its own area, under a number of its own");
	CHECK_SPAN(city_text(c, SQL("SELECT number FROM orders WHERE n=?"), V(db_i(n))), "湛网交（单位2）〔2026〕1号");
	CHECK_INT(city_int(c, SQL("SELECT issuer_n FROM orders WHERE n=?"), V(db_i(n))), COUNTY);
	CHECK_ERR(post(c, COUNTY_OFFICER, "{" TASK ",'to':{'units':['U5']}}", &none, &err), err, ERR_INVALID);
	CHECK_OK(city_do(c, LIAISON_A, n, "answer", "{'claim':'done','text':'x'}", &err), err);
	CHECK_OK(city_do(c, COUNTY_OFFICER, n, "verify", "{}", &err), err);
	test_case("what the city issued the county does not lead, and reviews");
	n = posted(c, DUTY, "{" TASK ",'to':{'units':['U3']}}");
	CHECK_ERR(city_do(c, COUNTY_OFFICER, n, "withdraw", "{'reason':'x'}", &err), err, ERR_FORBIDDEN);
	CHECK_OK(city_do(c, LIAISON_A, n, "answer", "{'claim':'done','text':'x'}", &err), err);
	CHECK_ERR(city_do(c, COUNTY_OFFICER, n, "verify", "{}", &err), err, ERR_FORBIDDEN);
	CHECK_ERR(city_do(c, COUNTY_OFFICER, n, "review", "{}", &err), err, ERR_INVALID);
	CHECK_ERR(city_do(c, COUNTY_OFFICER, n, "review", "{'pass':false}", &err), err, ERR_INVALID);
	CHECK_OK(city_do(c, COUNTY_OFFICER, n, "review", "{'pass':false,'reason':'缺附件'}", &err), err);
	CHECK_SPAN(c->o.state, "handling");
	CHECK_INT(record_int(&c->o, "returns"), 1);
	test_case("the city waits for it where the setting says so");
	set(c, "county_review", 1);
	CHECK_OK(city_do(c, LIAISON_A, n, "answer", "{'claim':'done','text':'x'}", &err), err);
	CHECK_ERR(city_do(c, DUTY, n, "verify", "{}", &err), err, ERR_CONFLICT);
	CHECK_OK(city_do(c, COUNTY_OFFICER, n, "review", "{'pass':true}", &err), err);
	CHECK(record_get(&c->o, "reviewed_at").type != DB_NULL);
	CHECK_OK(city_do(c, DUTY, n, "return", "{'reason':'再补'}", &err), err);
	CHECK_OK(city_do(c, LIAISON_A, n, "answer", "{'claim':'done','text':'y'}", &err), err);
	CHECK(record_get(&c->o, "reviewed_at").type == DB_NULL);
	CHECK_OK(city_do(c, DUTY, n, "verify", "{'override':true,'reason':'县区休假'}", &err), err);
	set(c, "county_review", 0);
	test_case("where no county is, none reviews");
	n = posted(c, DUTY, "{" TASK ",'to':{'units':['U5']}}");
	CHECK_OK(city_do(c, LOCAL, n, "answer", "{'claim':'done','text':'x'}", &err), err);
	CHECK_ERR(city_do(c, LOCAL, n, "review", "{'pass':true}", &err), err, ERR_CONFLICT);
}

/* ---- nobody's rows but one's own ---- */

static bool route(struct city *c, size_t who, const char *path, const struct span params[2], struct str *out)
{
	struct err err = { 0 };
	struct call call = { .op = &c->op, .params = { params[0], params[1] }, .out = out };
	bool ok = false;
	c->op.actor = &c->actors[who];
	for (size_t i = 0; i < order_routes_count; i++)
		if (strcmp(order_routes[i].path, path) == 0 && strcmp(order_routes[i].method, "GET") == 0)
			ok = order_routes[i].handler(&call, &err);
	c->op.actor = &c->actors[LOCAL];
	return ok;
}

/* Everything a liaison can read of orders, in one text. */
static const char *all_that(struct city *c, size_t who, const char *search)
{
	struct str out = STR_IN(c->arena, 16 << 20);
	struct query_pair pair = { SPAN("q"), span_of(search) };
	struct query q;
	struct page page;
	struct err err = { 0 };
	city_must(query_parse(&order_resource, &pair, *search != 0, c->arena, &q, &err), &err, "query");
	q.limit = 1000;
	c->op.actor = &c->actors[who];
	city_must(resource_list(&c->op, &order_resource, &q, &page, &err), &err, "list");
	for (size_t i = 0; i < page.n; i++)
		city_must(record_json(&c->op, &page.rows[i], 0, i % 2, &out, &err) &&
				record_csv(&c->op, &page.rows[i], 0, &out, &err),
			&err, "json");
	c->op.actor = &c->actors[LOCAL];
	for (size_t i = 0; i < page.n; i++) {
		const struct span params[2] = { page.rows[i].id, SPAN("") };
		CHECK(route(c, who, "/api/v1/orders/{id}/steps", params, &out));
		CHECK(route(c, who, "/api/v1/orders/{id}/attachments", params, &out));
	}
	return str_z(&out);
}

static void own_rows(struct city *c)
{
	int64_t a = city_host(c, UNIT_A, "alpha.example"), b = city_host(c, UNIT_B, "bravo.example");
	struct str ignored = STR_IN(c->arena, 1 << 20);
	city_software(c, a, "Acme", "Portal", "1.1");
	city_software(c, b, "Acme", "Portal", "2.2");
	test_case("a task to all who have it: each sees the common text and its own rows");
	int64_t first = posted(c, DUTY,
		"{" TASK ",'to':{'match':{'product':'acme portal'},'support':['U5'],'copies':['U2']}}");
	city_exec(c,
		SQL("INSERT INTO attachments (id, resource, record_n, blob, name, type, size, at, user_n, "
		"actor)"
		    " SELECT 'att'||unit_n, 'order', n, 'x', 'scan-of-'||unit_n, 'text/plain', 1, 0, 0, '' "
		    "FROM"
		    " orders WHERE batch=(SELECT batch FROM orders WHERE n=?)"),
		V(db_i(first)));
	const char *mine = all_that(c, LIAISON_A, ""), *other = all_that(c, LIAISON_B, "");
	CHECK(strstr(mine, "alpha.example") && strstr(other, "bravo.example"));
	CHECK(strstr(mine, "请自查。") && strstr(other, "请自查。"));
	CHECK(!strstr(mine, "bravo") && !strstr(mine, "2.2") && !strstr(mine, "scan-of-4"));
	CHECK(!strstr(other, "alpha") && !strstr(other, "1.1") && !strstr(other, "scan-of-3"));
	CHECK(strstr(mine, "scan-of-3") && strstr(other, "scan-of-4"));
	CHECK(!strstr(mine, "单位4") && !strstr(other, "单位3"));
	test_case("searching finds one's own only");
	CHECK(!strstr(all_that(c, LIAISON_B, "自查"), "alpha"));
	CHECK(strstr(all_that(c, LIAISON_B, "自查"), "bravo"));
	test_case("another's order, its steps and its attachments are not there");
	struct span id = city_text(c, SQL("SELECT id FROM orders WHERE n=?"), V(db_i(first)));
	const struct span params[2] = { id, SPAN("att3") };
	CHECK(!sees(c, LIAISON_B, first));
	CHECK(!route(c, LIAISON_B, "/api/v1/orders/{id}/steps", params, &ignored));
	CHECK(!route(c, LIAISON_B, "/api/v1/orders/{id}/attachments", params, &ignored));
	CHECK(!route(c, LIAISON_B, "/api/v1/orders/{id}/attachments/{attachment}", params, &ignored));
	CHECK_INT(ignored.n, 0);
}

/* ---- a whole batch ---- */

static bool batch(struct city *c, size_t who, int64_t order_n, const char *verb, struct str *out)
{
	struct span id = city_text(c, SQL("SELECT batch FROM orders WHERE n=?"), V(db_i(order_n)));
	CLEANUP(json_free)
	json_t *body = json_pack("{s:s%, s:s, s:{s:s}}", "batch", id.p, id.n, "verb", verb, "args", "reason",
	"x");
	struct call call = { .op = &c->op, .json = body, .out = out };
	struct err err = { 0 };
	c->op.actor = &c->actors[who];
	bool ok = order_batch_routes[0].handler(&call, &err);
	c->op.actor = &c->actors[LOCAL];
	return ok;
}

static bool attach(struct city *c, size_t who, int64_t order_n)
{
	const struct query_pair query[] = { { SPAN("name"), SPAN("scan.txt") },
		{ SPAN("batch"), SPAN("true") } };
	struct str out = STR_IN(c->arena, 4096);
	struct call call = { .op = &c->op,
		.params = { city_text(c, SQL("SELECT id FROM orders WHERE n=?"), V(db_i(order_n))) },
		.query = query,
		.n_query = COUNT(query),
		.body = SPAN("scan"),
		.out = &out };
	struct err err = { 0 };
	bool ok = false;
	c->op.actor = &c->actors[who];
	for (size_t i = 0; i < order_routes_count; i++)
		if (strcmp(order_routes[i].path, "/api/v1/orders/{id}/attachments") == 0 &&
			strcmp(order_routes[i].method, "POST") == 0)
			ok = order_routes[i].handler(&call, &err);
	c->op.actor = &c->actors[LOCAL];
	return ok;
}

static int64_t in_batch(struct city *c, int64_t n, const char *state)
{
	return city_int(c,
		SQL("SELECT count(*) FROM orders WHERE state=? AND batch=(SELECT batch FROM orders WHERE "
		"n=?)"),
		V(db_z(state), db_i(n)));
}

static void batches(struct city *c)
{
	struct str out = STR_IN(c->arena, 1 << 16);
	int64_t n = posted(c, DUTY, "{" TASK ",'approval':true,'to':{'units':['U3','U4'],'support':['U5']}}");
	test_case("the sender's attachment is on each order of the batch");
	CHECK(!attach(c, LIAISON_A, n));
	CHECK(attach(c, DUTY, n));
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM attachments WHERE name='scan.txt'"), V0), 3);
	CHECK_INT(city_int(c, SQL("SELECT count(DISTINCT id) FROM attachments WHERE name='scan.txt'"), V0),
		3);
	test_case("approved together by a leader; who drafted them is told why not");
	CHECK(batch(c, DUTY, n, "approve", &out));
	CHECK(strstr(str_z(&out), "{\"done\":0,\"skipped_count\":3,"));
	str_clear(&out);
	CHECK(batch(c, LEADER, n, "approve", &out));
	CHECK_STR(str_z(&out), "{\"done\":3,\"skipped_count\":0,\"skipped\":[]}");
	CHECK_INT(in_batch(c, n, "sent"), 3);
	test_case("withdrawn together, those that are done stay; nobody is told of what he does not see");
	str_clear(&out);
	CHECK(batch(c, LIAISON_A, n, "withdraw", &out));
	CHECK(strstr(str_z(&out), "{\"done\":0,\"skipped_count\":1,"));
	city_exec(c, SQL("UPDATE orders SET state='verified' WHERE n=?"), V(db_i(n)));
	str_clear(&out);
	CHECK(batch(c, DUTY, n, "withdraw", &out));
	CHECK_INT(in_batch(c, n, "withdrawn"), 2);
	CHECK(!batch(c, DUTY, n, "archive", &out));
}

/* ---- each quarter ---- */

static int64_t checks(struct city *c, int64_t at)
{
	struct err err = { 0 };
	int64_t next = 0;
	clock_fake(at);
	city_must(order_quarter_tick(&c->op, &next, &err), &err, "tick");
	CHECK(next > at);
	return city_int(c, SQL("SELECT count(*) FROM orders WHERE batch LIKE 'contact-check-%'"), V0);
}

/* The second batch of 25 fails; the round is not said to be done. */
static void cut_off(struct city *c)
{
	struct err err = { 0 };
	int64_t next, at = MONDAY + 140 * TIME_DAY; /* 12 April 2027, a Monday */
	const struct sql_literal others =
		SQL("SELECT count(*) FROM orders WHERE batch='contact-check-20272' AND unit_n>=900");
	test_case("a round of which a batch failed goes on in the next one");
	for (int64_t n = 900; n < 940; n++)
		city_unit(c, n, 0, "operator");
	city_exec(c, SQL("CREATE TRIGGER no_more BEFORE INSERT ON orders WHEN NEW.unit_n=935"
			 " BEGIN SELECT RAISE(ABORT, 'no'); END"), V0);
	clock_fake(at);
	city_must(order_quarter_tick(&c->op, &next, &err), &err, "tick");
	int64_t some = city_int(c, others, V0);
	CHECK(some > 0 && some < 40);
	city_exec(c, SQL("DROP TRIGGER no_more"), V0);
	city_must(order_quarter_tick(&c->op, &next, &err), &err, "tick");
	CHECK_INT(city_int(c, others, V0), 40);
}

static void quarters(struct city *c)
{
	test_case("the check of contacts is not sent unless it is asked for");
	CHECK_INT(checks(c, MONDAY), 0);
	set(c, "contact_check_quarterly", 1);
	test_case("once a quarter to every unit, when the office is open");
	CHECK_INT(checks(c, MONDAY - 3 * TIME_HOUR), 0);
	CHECK_INT(checks(c, MONDAY), 3);
	CHECK_INT(checks(c, MONDAY + TIME_DAY), 3);
	test_case("a round that was cut off is completed, nobody gets two");
	set(c, "contact_check_sent", 0);
	city_exec(c, SQL("DELETE FROM orders WHERE batch='contact-check-20264' AND unit_n=?"),
		V(db_i(UNIT_B)));
	CHECK_INT(checks(c, MONDAY + TIME_DAY), 3);
	CHECK_INT(checks(c, MONDAY + 49 * TIME_DAY), 6); /* 11 January 2027, a Monday */
	cut_off(c);
	clock_fake(MONDAY);
}

int main(void)
{
	struct city c;
	city_open(&c, "kinds");
	life_of_a_task(&c);
	drafts(&c);
	holding(&c);
	county(&c);
	own_rows(&c);
	batches(&c);
	quarters(&c);
	city_close(&c);
	return test_end();
}
