/* Accounts of liaisons: who gets one, who does not, what is printed, and how the first sign-in goes. */
#include "people/asking.h"
#include "people/issue.h"

static const char units[] =
	"code,name,parent,kind,sector\nA,市网信办,,office,government\nC,赤坎区网信办,A,office,government\n"
	"W,市水务集团,A,operator,water\nS,赤坎小学,C,public_body,education\nT,赤坎中学,C,public_body,education\n"
	"E,空单位,C,public_body,education\n";
static const char persons[] =
	"unit,name,post,phone,duty\nW,张伟,科长,13800000001,联络员A\nW,李娜,科员,13800000002,联络员B\n"
	"S,张伟,教师,13800000003,联络员A\nT,曾小贤,教师,13800000004,联络员A\nS,王校长,校长,13800000005,主要负责人\n";

static struct client duty, county;

static const json_t *item(const struct answer *a, const char *list, size_t i)
{
	return json_array_get(json_object_get(a->body, list), i);
}

static size_t count(const struct answer *a, const char *list)
{
	return json_array_size(json_object_get(a->body, list));
}

static const char *state_of(const char *account)
{
	static char state[40];
	CLEANUP(answer_done) struct answer a =
		ask(&duty, "GET", path_of("/api/v1/persons?q=*", account), NULL);
	snprintf(state, sizeof state, SPAN_FMT,
		SPAN_ARG(json_get_text(item(&a, "items", 0), "account_state")));
	return state;
}

static void test_code(void)
{
	char code[CODE_TEXT], hash[CODE_HASH], plain[CODE_CHARACTERS + 1];
	struct err err = { 0 };
	test_case("codes: alphabet, groups, how people type them");
	for (int i = 0; i < 1000; i++) {
		code_make(code);
		CHECK_INT(strlen(code), 14);
		CHECK(code[4] == '-' && code[9] == '-');
		CHECK(!strpbrk(code, "0O1IL2Z5S8B"));
	}
	CHECK(code_normal(SPAN("k7qt 94xm-rhwe"), plain));
	CHECK_STR(plain, "K7QT94XMRHWE");
	CHECK(!code_normal(SPAN("K7QT-94XM-RHW"), plain));
	CHECK(!code_normal(SPAN("K7QT-94XM-RHWEE"), plain));
	CHECK(!code_normal(SPAN("K7QT-94XM-RHWO"), plain));
	CHECK(!code_normal(SPAN(""), plain));
	CHECK_OK(code_hash(span_of(code), hash, &err), err);
	CHECK(strncmp(hash, "$argon2id$v=19$m=8192,t=1,p=1$", 30) == 0);
	CHECK(code_verify(span_of(hash), span_of(code)));
	CHECK(!code_verify(span_of(hash), SPAN("K7QT-94XM-RHWE")));
	CHECK(!code_verify(SPAN(""), span_of(code)));
	CHECK(!code_verify(span_of(hash), SPAN("")));
}

static void test_issue(void)
{
	test_case("an office opens the accounts of the liaisons of units");
	CLEANUP(answer_done) struct answer a = ask(&duty, "POST", "/api/v1/users/issue",
		"{\"units\":[\"W\",\"S\",\"E\"]}");
	CHECK_INT(a.status, 200);
	CHECK_INT(count(&a, "items"), 3);
	CHECK_SPAN(json_get_text(item(&a, "items", 0), "account"), "zhangwei");
	CHECK_SPAN(json_get_text(item(&a, "items", 0), "unit_name"), "市水务集团");
	CHECK_SPAN(json_get_text(item(&a, "items", 1), "account"), "lina");
	CHECK_SPAN(json_get_text(item(&a, "items", 2), "account"), "zhangwei2");
	CHECK_SPAN(json_get_text(item(&a, "items", 2), "until"), "2026-12-02T11:06:40.000Z");
	const char *url = json_get_text(item(&a, "items", 0), "url").p;
	CHECK(url && strncmp(url, "http://127.0.0.1:8440/sign-in#account=zhangwei&code=", 52) == 0);
	CHECK_INT(count(&a, "not_issued"), 1);
	CHECK_SPAN(json_get_text(item(&a, "not_issued", 0), "unit_name"), "空单位");
	CHECK_SPAN(json_get_text(item(&a, "not_issued", 0), "reason"), "没有联络员");
	CHECK_INT(house_int(&h,
		SQL("SELECT count(*) FROM grants WHERE role='unit_liaison' AND tree='parent'")), 3);
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM changes WHERE verb='issue_account'")), 3);
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM users WHERE code_hash LIKE '$argon2id%'")), 3);
	CHECK_STR(state_of("lina"), "issued");
	CHECK_STR(state_of("zengxiaoxian"), "never_issued");
	CHECK_STR(state_of("cxx"), "never_issued");        /* the other reading of 曾 */

	test_case("what is asked must be there");
	CHECK_INT(status_of(&duty, "POST", "/api/v1/users/issue", "{}"), 422);
	CHECK_INT(status_of(&duty, "POST", "/api/v1/users/issue", "{\"units\":[\"X\"]}"), 422);
	CHECK_INT(status_of(&duty, "POST", "/api/v1/users/issue",
		"{\"units\":[\"W\"],\"duties\":[\"chief\"]}"), 422);
	CHECK_INT(status_of(&duty, "POST", "/api/v1/users/issue", "{\"units\":[\"W\"],\"again\":true}"), 422);
	CHECK_INT(status_of(NULL, "POST", "/api/v1/users/issue", "{\"units\":[\"W\"]}"), 401);
}

static void test_county(void)
{
	test_case("a county officer opens accounts in the own area only");
	CHECK_INT(status_of(&county, "POST", "/api/v1/users/issue", "{\"units\":[\"W\"]}"), 422);
	CLEANUP(answer_done) struct answer a =
		ask(&county, "POST", "/api/v1/users/issue", "{\"under\":\"C\",\"duties\":[\"liaison_a\"]}");
	CHECK_INT(a.status, 200);
	CHECK_INT(count(&a, "items"), 2);
	CHECK_SPAN(json_get_text(item(&a, "items", 1), "account"), "zengxiaoxian");
	CHECK_INT(count(&a, "not_issued"), 2);             /* the county office itself, and the empty one */

	test_case("nobody is made liaison of an office: that would be of all units below");
	CHECK(house_exec(&h,
		SQL("INSERT INTO duties (id, version, created_at, updated_at, person_n, unit_n, kind, "
		"from_date, "
		    "to_date) SELECT 'd0', 1, 0, 0, p.n, u.n, 'liaison_a', '', '' FROM persons p, units u "
		    "WHERE"
		    " p.name='王校长' AND u.code='C'"), V0, &(struct err){ 0 }));
	CLEANUP(answer_done) struct answer own =
		ask(&county, "POST", "/api/v1/users/issue", "{\"units\":[\"C\"]}");
	CHECK_INT(count(&own, "items"), 0);
	CHECK_SPAN(json_get_text(item(&own, "not_issued", 0), "reason"), "网信办的账号请由安全管理员开通");

	test_case("never an account with another role, or with a unit elsewhere");
	CHECK(house_exec(&h,
		SQL("INSERT INTO grants (id, version, created_at, updated_at, user_n, role, unit_n, "
				 "tree) SELECT 'g1', 1, 0, 0, u.n, 'leader', t.n, 'parent' FROM users u, "
				 "units t "
				 "WHERE u.name='zhangwei2' AND t.code='S'"), V0, &(struct err){ 0 }));
	CHECK(house_exec(&h,
		SQL("INSERT INTO grants (id, version, created_at, updated_at, user_n, role, unit_n, "
				 "tree) SELECT 'g2', 1, 0, 0, u.n, 'unit_liaison', t.n, 'parent' FROM users "
				 "u, "
				 "units t WHERE u.name='zengxiaoxian' AND t.code='W'"), V0,
				 &(struct err){ 0 }));
	CLEANUP(answer_done) struct answer b =
		ask(&county, "POST", "/api/v1/users/issue", "{\"units\":[\"S\",\"T\"]}");
	CHECK_INT(count(&b, "items"), 0);
	CHECK_INT(count(&b, "not_issued"), 2);
	CHECK_SPAN(json_get_text(item(&b, "not_issued", 0), "reason"),
		"该人员的账号还有其他角色，请由安全管理员办理");
	CHECK_SPAN(json_get_text(item(&b, "not_issued", 1), "reason"), "该账号在您的范围之外还有授权");
	CHECK(house_exec(&h, SQL("DELETE FROM grants WHERE id='g1'"), V0, &(struct err){ 0 }));

	test_case("slips as a page");
	CLEANUP(answer_done) struct answer page =
		ask(&duty, "POST", "/api/v1/users/issue?format=html", "{\"units\":[\"W\"]}");
	CHECK_STR(page.type, "text/html; charset=utf-8");
	CHECK(span_starts(page.text, SPAN("<!DOCTYPE html>")));

	test_case("one person of two units gets one slip that names both");
	CLEANUP(answer_done) struct answer both =
		ask(&duty, "POST", "/api/v1/users/issue", "{\"units\":[\"T\"]}");
	CHECK_INT(count(&both, "items"), 1);
	CHECK(house_exec(&h,
		SQL("INSERT INTO duties (id, version, created_at, updated_at, person_n, unit_n, kind, "
				 "from_date, to_date) SELECT 'd1', 1, 0, 0, p.n, u.n, 'liaison_b', '', '' "
				 "FROM "
				 "persons p, units u WHERE p.name='曾小贤' AND u.code='E'"), V0,
				 &(struct err){ 0 }));
	CLEANUP(answer_done) struct answer two =
		ask(&duty, "POST", "/api/v1/users/issue", "{\"units\":[\"T\",\"E\"]}");
	CHECK_INT(count(&two, "items"), 1);
	CHECK_SPAN(json_get_text(item(&two, "items", 0), "unit_name"), "赤坎中学、空单位");
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM grants g JOIN users u ON u.n=g.user_n"
				    " WHERE u.name='zengxiaoxian'")), 3);
}

static void test_page(void)
{
	struct err err = { 0 };
	struct span unit = SPAN("W"), url = SPAN("https://xx.example/");
	char path[400], *said = NULL;
	size_t n = 0;
	struct span words[] = { SPAN("base_url"), url };
	struct command_call set = { .op = &h.op, .words = words, .n_words = 2 };
	test_case("the command prints blocks, and a page to be cut");
	CHECK_OK(setting_command_set(&set, &err), err);
	words[0] = SPAN("nothing");
	CHECK_ERR(setting_command_set(&set, &err), err, ERR_NOT_FOUND);
	words[0] = SPAN("code_days");
	words[1] = SPAN("61");
	CHECK_ERR(setting_command_set(&set, &err), err, ERR_INVALID);
	words[0] = SPAN("base_url");
	words[1] = SPAN("javascript:alert(1)");
	CHECK_ERR(setting_command_set(&set, &err), err, ERR_INVALID);
	struct command_call c = { .op = &h.op, .zh = true, .n_options = 2,
		.options = { { "unit", &unit, 1 }, { "qr", NULL, 0 } } };
	c.out = open_memstream(&said, &n);
	CHECK_OK(user_command_issue(&c, &err), err);
	fclose(c.out);
	CHECK(said && strstr(said, "单位：  市水务集团\n姓名：  张伟\n账号：  zhangwei\n一次性码："));
	CHECK(said && strstr(said, "有效至：2026-12-02 19:06\n网址：  https://xx.example\n"));
	CHECK(said && strstr(said, "▀") && strstr(said, "开通 2，未开通 0\n"));
	free(said);
	said = NULL;
	snprintf(path, sizeof path, "%s/slips.html", test_folder());
	struct span out = span_of(path), bytes;
	c.options[1].name = "out";
	c.options[1].values = &out;
	c.options[1].n = 1;
	c.out = open_memstream(&said, &n);
	CHECK_OK(user_command_issue(&c, &err), err);
	fclose(c.out);
	free(said);
	CHECK_OK(file_read(path, 1 << 20, h.arena, &bytes, &err), err);
	const char *page = arena_copy(h.arena, bytes);
	CHECK(strstr(page, "<svg") && strstr(page, "zhangwei") && strstr(page, "@page{size:A4"));
	CHECK(!strstr(page, "<script") && !strstr(page, "code="));
}

int main(void)
{
	static const struct route *const tables[] = { people_routes, account_routes };
	const size_t counts[] = { people_routes_count, account_routes_count };
	struct err err = { 0 };
	struct span said;
	house_open(&h, "issue");
	route_register(tables, counts, 2);
	clock_fake(now);
	test_case("a house with units and liaisons");
	CHECK_OK(house_import(&h, unit_import, units, false, &said, &err), err);
	CHECK_OK(house_import(&h, person_import, persons, false, &said, &err), err);
	add_user("duty", "duty_officer", "A");
	add_user("county", "county_officer", "C");
	CHECK_INT(sign_in(&duty, "duty", "correct horse"), 200);
	CHECK_INT(sign_in(&county, "county", "correct horse"), 200);
	test_code();
	test_issue();
	test_county();
	test_page();
	house_close(&h);
	return test_end();
}
