#include "notice/testing.h"

#define DRAFT "{'kind':'warning','title':'通报','text':'{单位}：请于{期限}前排查。','to':{'units':['U3','U5']}}"

static void second_person(struct city *c)
{
	static const struct {
		const char *name;
		size_t drafter, approver;
		const char *args;
		enum err_code want; /* ERR_NONE: approved */
	} cases[] = {
		{ "a leader approves", DUTY, LEADER, "{}", ERR_NONE },
		{ "a duty officer alone does not", ANALYST, DUTY, "{}", ERR_INVALID },
		{ "the analyst may not at all", DUTY, ANALYST, "{}", ERR_FORBIDDEN },
		{ "on paper, recorded", ANALYST, DUTY, "{'paper':{'person':'李主任','at':'2026-11-20'}}",
			ERR_NONE },
		{ "on paper of tomorrow", ANALYST, DUTY, "{'paper':{'person':'李主任','at':'2026-11-30'}}",
			ERR_INVALID },
		{ "on paper by nobody", ANALYST, DUTY, "{'paper':{'at':'2026-11-20'}}", ERR_INVALID },
		{ "nobody approves his own", LOCAL, LOCAL, "{}", ERR_FORBIDDEN },
	};
	struct err err;
	for (size_t i = 0; i < COUNT(cases); i++) {
		test_case("approval: %s", cases[i].name);
		CHECK_OK(draft(c, cases[i].drafter, DRAFT, &err), err);
		CHECK_OK(act(c, cases[i].drafter, "submit", "{}", &err), err);
		bool ok = act(c, cases[i].approver, "approve", cases[i].args, &err);
		CHECK(ok == (cases[i].want == ERR_NONE) && err.code == cases[i].want);
		CHECK(span_is(n.state, ok ? "approved" : "to_approve"));
		CHECK(!ok || record_text(&n, "approved_by").n);
	}
}

static void one_person(struct city *c)
{
	struct err err;
	test_case("approval: two accounts of one person are one person");
	city_exec(c,
		SQL("INSERT INTO persons (n, id, version, created_at, updated_at, unit_n, name, post, phone, "
		    "mail, note) VALUES (77, 'p77', 1, 0, 0, 1, '周', '', '', '', '')"),
		V0);
	city_exec(c,
		SQL("INSERT INTO users (n, id, version, created_at, updated_at, name, person_n, disabled)"
		    " VALUES (?, 'u1', 1, 0, 0, 'duty', 77, 0), (?, 'u2', 1, 0, 0, 'leader', 77, 0)"),
		V(db_i(DUTY), db_i(LEADER)));
	CHECK_OK(draft(c, DUTY, DRAFT, &err), err);
	CHECK_OK(act(c, DUTY, "submit", "{}", &err), err);
	c->actors[LEADER].who.person_n = 77;
	CHECK_ERR(act(c, LEADER, "approve", "{}", &err), err, ERR_FORBIDDEN);
	c->actors[LEADER].who.person_n = 0;
	CHECK_OK(act(c, LEADER, "approve", "{}", &err), err);
	city_exec(c, SQL("DELETE FROM users WHERE person_n=77"), V0);
}

static void drafts(struct city *c)
{
	static const struct {
		const char *name, *args, *field; /* NULL: good */
	} cases[] = {
		{ "good", DRAFT, NULL },
		{ "no kind", "{'title':'x','text':'y'}", "kind" },
		{ "a colour for a tip", "{'kind':'tip','title':'x','colour':'red'}", "colour" },
		{ "an unknown placeholder", "{'kind':'tip','title':'x','text':'{张三}'}", "text" },
		{ "to as a list", "{'kind':'tip','title':'x','to':['U3']}", "to" },
		{ "vulns of nonsense", "{'kind':'tip','title':'x','vulns':['CVE 1']}", "vulns" },
		{ "a vulnerability nobody knows", "{'vuln_id':'CVE-1999-1'}", "vuln_id" },
		{ "a template that is not", "{'kind':'tip','title':'x','template':'nix'}", "template" },
	};
	struct err err;
	for (size_t i = 0; i < COUNT(cases); i++) {
		test_case("draft: %s", cases[i].name);
		CHECK(draft(c, DUTY, cases[i].args, &err) == !cases[i].field);
		CHECK(!cases[i].field || strcmp(err.field, cases[i].field) == 0);
	}
	test_case("a liaison drafts nothing and reads nothing");
	CHECK_ERR(draft(c, LIAISON_A, DRAFT, &err), err, ERR_FORBIDDEN);
	test_case("a county drafts in its own name");
	CHECK_OK(draft(c, COUNTY_OFFICER, DRAFT, &err), err);
	CHECK_INT(record_int(&n, "issuer_id"), COUNTY);
	test_case("from a template: the title is the subject");
	CHECK_OK(draft(c, DUTY, "{'template':'tip','title':'国庆假期网络安全'}", &err), err);
	CHECK_SPAN(record_text(&n, "title"), "关于国庆假期网络安全的工作提示");
	CHECK(span_starts(record_text(&n, "text"), SPAN("{单位}：\n一、基本情况\n为做好国庆假期网络安全有关工作")));
	test_case("what is not a draft is not changed");
	CHECK_OK(draft(c, DUTY, DRAFT, &err), err);
	CHECK_OK(act(c, DUTY, "change", "{'title':'改'}", &err), err);
	CHECK_OK(act(c, DUTY, "submit", "{}", &err), err);
	CHECK_ERR(act(c, DUTY, "change", "{'title':'再改'}", &err), err, ERR_CONFLICT);
	test_case("nothing to say, nobody to say it to");
	CHECK_OK(draft(c, DUTY, "{'kind':'tip','title':'x','text':'y'}", &err), err);
	CHECK_ERR(act(c, DUTY, "submit", "{}", &err), err, ERR_INVALID);
	CHECK_OK(draft(c, DUTY, "{'kind':'tip','title':'x','to':{'units':['U3']}}", &err), err);
	CHECK_ERR(act(c, DUTY, "submit", "{}", &err), err, ERR_INVALID);
}

static int64_t orders_of(struct city *c, const char *state)
{
	return city_int(c, SQL("SELECT count(*) FROM orders WHERE notice_n=? AND state=?"),
		V(db_i(n.n), db_z(state)));
}

static void numbers(struct city *c)
{
	struct err err;
	int64_t before_n;
	test_case("numbers follow each other, and a typed one is passed over");
	ready(c, DRAFT);
	CHECK_OK(act(c, DUTY, "issue", "{'number':'湛网通〔2026〕2号'}", &err), err);
	CHECK_SPAN(record_text(&n, "number"), "湛网通〔2026〕2号");
	ready(c, DRAFT);
	CHECK_OK(act(c, DUTY, "issue", "{}", &err), err);
	CHECK_SPAN(record_text(&n, "number"), "湛网通〔2026〕1号");
	ready(c, DRAFT);
	CHECK_OK(act(c, DUTY, "issue", "{}", &err), err);
	CHECK_SPAN(record_text(&n, "number"), "湛网通〔2026〕3号");
	test_case("a number is given once");
	ready(c, DRAFT);
	before_n = city_int(c, SQL("SELECT count(*) FROM orders"), V0);
	CHECK_ERR(act(c, DUTY, "issue", "{'number':'湛网通〔2026〕3号'}", &err), err, ERR_DUPLICATE);
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM orders"), V0), before_n);
	CHECK(span_is(n.state, "approved"));
	test_case("the step of issue carries its kind");
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM steps WHERE resource='notice' AND verb='issue' AND"
				  " subject='warning' AND issuer_n=1 AND reply='answer'"),
			  V0),
		3);
}

static void own_rows(struct city *c)
{
	struct err err;
	test_case("each gets its own rows, and its name");
	ready(c, "{'kind':'hazard','title':'通报','vulns':['CVE-2026-1','CVE-2026-2'],'severity':'critical',"
		 "'text':'{单位}：\\n{清单}','to':{'match':true,'units':['U5']}}");
	CHECK_OK(act(c, DUTY, "issue", "{}", &err), err);
	CHECK_INT(orders_of(c, "sent"), 3);
	struct span a = city_text(c, SQL("SELECT text FROM orders WHERE notice_n=? AND unit_n=3"),
		V(db_i(n.n)));
	struct span b = city_text(c, SQL("SELECT text FROM orders WHERE notice_n=? AND unit_n=4"),
		V(db_i(n.n)));
	CHECK(a.p && strstr(a.p, "单位3") && strstr(a.p, "web-a") && !strstr(a.p, "web-b"));
	CHECK(b.p && strstr(b.p, "单位4") && strstr(b.p, "web-b") && !strstr(b.p, "web-a"));
	CHECK_SPAN(city_text(c, SQL("SELECT text FROM orders WHERE notice_n=? AND unit_n=5"), V(db_i(n.n))),
		"单位5：\n");
	CHECK_INT(city_int(c,
		SQL("SELECT count(*) FROM orders WHERE notice_n=? AND batch=? AND kind='notice'"),
			  V(db_i(n.n), db_t(n.id))),
		3);
	CHECK(span_is(city_text(c, SQL("SELECT severity FROM orders WHERE notice_n=? LIMIT 1"), V(db_i(n.n))),
		"critical"));
}

static void cut_off(struct city *c)
{
	struct err err = { 0 };
	struct record r;
	test_case("an issue cut off after its first transaction is completed once, by a job");
	ready(c, "{'kind':'tip','title':'提示','text':'正文','to':{'units':['U3','U4','U5']}}");
	c->op.actor = &c->actors[DUTY];
	CHECK_OK(op_begin(&c->op, &err) &&
			resource_apply(&c->op, &notice_resource,
				&(struct resource_request){ .id = n.id, .verb = SPAN("issue") }, &r, &err) &&
			op_commit(&c->op, &err),
		err);
	c->op.actor = &c->actors[LOCAL];
	CHECK_INT(orders_of(c, "sent"), 0);
	struct store_job job = { .n = 0 };
	clock_fake(MONDAY + TIME_MINUTE);
	CHECK_OK(store_job_take(c->store, STORE_SHORT, 60000, c->arena, &job, &err), err);
	while (job.n && !(span_is(job.kind, "notice.issue") &&
				span_eq(job.key, arena_printf(c->arena, "%lld", (long long)n.n)))) {
		CHECK_OK(op_begin(&c->op, &err) && store_job_done(c->op.tx, &job, &err) &&
				op_commit(&c->op, &err),
			err);
		CHECK_OK(store_job_take(c->store, STORE_SHORT, 60000, c->arena, &job, &err), err);
	}
	CHECK(job.n > 0);
	CHECK_OK(notice_jobs[0].run(&c->op, &job, &err), err);
	CHECK_OK(notice_jobs[0].run(&c->op, &job, &err), err);
	CHECK_INT(orders_of(c, "sent"), 3);
	CHECK_INT(city_int(c, SQL("SELECT count(DISTINCT unit_n) FROM orders WHERE notice_n=?"),
		V(db_i(n.n))), 3);
	test_case("and when it was cut between two orders, nobody gets two");
	city_exec(c,
		SQL("DELETE FROM orders WHERE n=(SELECT order_n FROM notice_recipients WHERE notice_n=? AND"
			 " unit_n=4)"),
		V(db_i(n.n)));
	city_exec(c, SQL("UPDATE notice_recipients SET order_n=NULL WHERE notice_n=? AND unit_n=4"),
		V(db_i(n.n)));
	CHECK_OK(notice_deliver(&c->op, n.n, &err), err);
	CHECK_INT(orders_of(c, "sent"), 3);
	clock_fake(MONDAY);
}

static void recalled(struct city *c)
{
	struct err err;
	int64_t first_n;
	test_case("recalled: what is not verified is withdrawn, with the reason on its timeline");
	ready(c, "{'kind':'tip','title':'提示','text':'正文','reply':'answer','to':{'units':['U3','U5']}}");
	CHECK_OK(act(c, DUTY, "issue", "{}", &err), err);
	first_n = city_int(c, SQL("SELECT min(n) FROM orders WHERE notice_n=?"), V(db_i(n.n)));
	CHECK_OK(city_do(c, LIAISON_A, first_n, "answer", "{'claim':'done','text':'已办'}", &err), err);
	CHECK_OK(city_do(c, DUTY, first_n, "verify", "{}", &err), err);
	CHECK_ERR(act(c, DUTY, "recall", "{}", &err), err, ERR_INVALID);
	CHECK_OK(act(c, DUTY, "recall", "{'reason':'内容有误'}", &err), err);
	CHECK(span_is(n.state, "recalled"));
	CHECK_INT(orders_of(c, "withdrawn"), 1);
	CHECK_INT(orders_of(c, "verified"), 1);
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM steps s JOIN orders o ON o.n=s.record_n WHERE"
				  " s.resource='order' AND s.verb='withdraw' AND o.notice_n=? AND s.text LIKE"
				  " '%内容有误'"),
			  V(db_i(n.n))),
		1);
	CHECK_ERR(act(c, DUTY, "recall", "{'reason':'x'}", &err), err, ERR_CONFLICT);
	test_case("what was issued and recalled at once sends nothing later");
	CHECK_OK(notice_deliver(&c->op, n.n, &err), err);
	CHECK_INT(orders_of(c, "sent"), 0);
}

/* Every row of the table can be gone, and no verb outside it. */
static void walk(struct city *c)
{
	static const char *const verbs[] = { "submit", "discard", "send_back", "approve", "issue", "recall" };
	static const struct {
		const char *state, *path[4];
	} ways[] = {
		{ "draft", { NULL } },
		{ "to_approve", { "submit" } },
		{ "approved", { "submit", "approve" } },
		{ "issued", { "submit", "approve", "issue" } },
		{ "recalled", { "submit", "approve", "issue", "recall" } },
		{ "discarded", { "discard" } },
	};
	struct err err;
	for (size_t w = 0; w < COUNT(ways); w++) {
		for (size_t v = 0; v < COUNT(verbs); v++) {
			const char *want = NULL;
			for (size_t i = 0; i < notice_life.n_rows; i++)
				if (strcmp(notice_life.rows[i].from, ways[w].state) == 0 &&
					strcmp(notice_life.rows[i].verb, verbs[v]) == 0)
					want = notice_life.rows[i].to;
			test_case("%s %s", ways[w].state, verbs[v]);
			CHECK_OK(draft(c, DUTY, DRAFT, &err), err);
			for (size_t i = 0; i < 4 && ways[w].path[i]; i++)
				CHECK_OK(act(c, strcmp(ways[w].path[i], "approve") ? DUTY : LEADER,
					ways[w].path[i],
						 "{'reason':'x'}", &err),
					err);
			CHECK(span_is(n.state, ways[w].state));
			bool leads = strcmp(verbs[v], "approve") == 0 || strcmp(verbs[v], "send_back") == 0;
			bool ok = act(c, leads ? LEADER : DUTY, verbs[v], "{'reason':'x'}", &err);
			CHECK(ok == !!want);
			CHECK(want ? span_is(n.state, want) : err.code == ERR_CONFLICT);
		}
	}
}

int main(void)
{
	struct city c;
	desk_open(&c, "notice");
	drafts(&c);
	second_person(&c);
	one_person(&c);
	numbers(&c);
	own_rows(&c);
	cut_off(&c);
	recalled(&c);
	walk(&c);
	city_close(&c);
	return test_end();
}
