/* From the slip to the turnover: first sign-in, second factor, recovery, reset, who comes next; and the
 * rules. */
#include "people/asking.h"
#include "people/issue.h"
#include "people/password.h"
#include "people/totp.h"

static const char units[] =
	"code,name,parent,kind,sector\nA,市网信办,,office,government\nC,赤坎区网信办,A,office,government\n"
	"W,市水务集团,A,operator,water\nS,赤坎小学,C,public_body,education\n";
static const char persons[] = "unit,name,post,phone,duty\nW,张伟,科长,13800000001,联络员A\n"
			      "S,李娜,教师,13800000003,联络员A\n";

static struct client duty, county, sec;

static char *text_at(const struct answer *a, const char *list, const char *name)
{
	const json_t *at = list ? json_array_get(json_object_get(a->body, list), 0) : a->body;
	return arena_copy(h.arena, json_get_text(at, name));
}

static int enter(struct client *c, const char *format, const char *one, const char *two, const char *three)
{
	struct str body = STR_IN(h.arena, 1000);
	const char *const with[] = { one, two, three };
	size_t k = 0;
	for (const char *p = format; *p; p++)
		if (*p == '*' && k < COUNT(with))
			str_addz(&body, with[k++]);
		else
			str_addc(&body, *p);
	CLEANUP(answer_done) struct answer a = ask(NULL, "POST", "/api/v1/session", str_z(&body));
	size_t end;
	*c = (struct client){ 0 };
	if (span_find(span_of(a.cookie), ';', &end))
		snprintf(c->cookie, sizeof c->cookie, "%.*s", (int)end, a.cookie);
	snprintf(c->csrf, sizeof c->csrf, SPAN_FMT, SPAN_ARG(json_get_text(a.body, "csrf")));
	if (a.status == 401 && span_is(json_get_text(a.body, "type"), "urn:seawall:problem:second_factor"))
		return json_array_size(json_object_get(a.body, "second_factor")) == 2 ? 4010 : 0;
	return a.status;
}

#define BY_CODE "{\"username\":\"*\",\"code\":\"*\",\"new_password\":\"*\"}"
#define BY_TOTP "{\"username\":\"*\",\"password\":\"*\",\"totp\":\"*\"}"
#define BY_RECOVERY "{\"username\":\"*\",\"password\":\"*\",\"recovery\":\"*\"}"
#define GOOD "Water-gate 2026"

static char *issue(const char *body)
{
	CLEANUP(answer_done) struct answer a = ask(&duty, "POST", "/api/v1/users/issue", body);
	CHECK_INT(a.status, 200);
	return text_at(&a, "items", "code");
}

static void test_first(void)
{
	struct client c;
	test_case("the first sign-in sets the password and spends the code");
	char *old = issue("{\"units\":[\"W\"]}"), *code = issue("{\"units\":[\"W\"]}");
	CHECK(strcmp(old, code) != 0);
	CHECK_INT(enter(&c, BY_CODE, "zhangwei", old, GOOD), 401);      /* a new code voids the old one */
	CHECK_INT(enter(&c, BY_CODE, "zhangwei", code, "short"), 422);
	CHECK_INT(enter(&c, BY_CODE, "nobody", code, GOOD), 401);
	CHECK_INT(enter(&c, "{\"username\":\"*\",\"password\":\"*\"}", "zhangwei", code, ""), 401);
	CHECK_INT(enter(&c, BY_CODE, "zhangwei", code, GOOD), 200);
	CHECK_INT(status_of(&c, "GET", "/api/v1/units/W", NULL), 200);
	CHECK_INT(enter(&c, BY_CODE, "zhangwei", code, GOOD), 401);     /* spent */
	CHECK_INT(sign_in(&c, "zhangwei", GOOD), 200);
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM users WHERE name='zhangwei' AND code_hash=''")), 1);
	CHECK_INT(house_int(&h,
		SQL("SELECT count(*) FROM changes WHERE verb='password' AND resource='user' AND"
				    " actor='zhangwei'")), 1);

	test_case("codes run out after 14 days");
	code = issue("{\"units\":[\"S\"]}");
	now += 14 * TIME_DAY + 1;
	clock_fake(now);
	CHECK_INT(enter(&c, BY_CODE, "lina", code, GOOD), 401);
	CHECK_INT(sign_in(&duty, "duty", "correct horse"), 200);
	CHECK_INT(sign_in(&sec, "sec", "correct horse"), 200);
	CLEANUP(answer_done) struct answer list =
		ask(&sec, "GET", "/api/v1/users?account_state=never_signed_in&name=lina", NULL);
	CHECK_STR(text_at(&list, "items", "name"), "lina");
	code = issue("{\"units\":[\"S\"]}");
	CLEANUP(answer_done) struct answer issued =
		ask(&sec, "GET", "/api/v1/users?account_state=issued", NULL);
	CHECK_STR(text_at(&issued, "items", "name"), "lina");

	test_case("guessing codes is slowed like guessing passwords");
	for (int i = 0; i < 4; i++)
		CHECK_INT(enter(&c, BY_CODE, "lina", "AAAA-AAAA-AAAA", GOOD), 401);
	CHECK_INT(enter(&c, BY_CODE, "lina", code, GOOD), 429);
	now += TIME_HOUR;
	clock_fake(now);
	CHECK_INT(sign_in(&duty, "duty", "correct horse"), 200);
	CHECK_INT(enter(&c, BY_CODE, "lina", code, GOOD), 200);

	test_case("an active account is left alone, unless it was called back");
	CLEANUP(answer_done) struct answer same =
		ask(&duty, "POST", "/api/v1/users/issue", "{\"units\":[\"S\"]}");
	CHECK_STR(text_at(&same, "not_issued", "reason"), "账号已启用");
	CHECK_INT(status_of(&c, "GET", "/api/v1/session", NULL), 200);
	CHECK_INT(status_of(&duty, "POST", "/api/v1/users/issue", "{\"units\":[\"S\"],\"again\":true}"), 422);
	code =
		issue("{\"units\":[\"S\"],\"again\":true,\"called\":{\"person\":\"李娜\","
		"\"phone\":\"13800000003\"}}");
	CHECK_INT(status_of(&c, "GET", "/api/v1/session", NULL), 401);
	CHECK_INT(sign_in(&c, "lina", GOOD), 401);
	CHECK_INT(house_int(&h,
		SQL("SELECT count(*) FROM changes c JOIN change_values v ON v.change_n=c.n WHERE "
				    "c.verb='reset' AND v.body LIKE '%李娜（13800000003）%'")), 1);
	CHECK_INT(enter(&c, BY_CODE, "lina", code, GOOD), 200);
}

static const char *totp_at(const char *secret, int64_t ms)
{
	unsigned char bytes[40];
	size_t n = 0;
	CHECK(totp_unbase32(span_of(secret), bytes, sizeof bytes, &n));
	return arena_printf(h.arena, "%06u", totp_code(bytes, n, ms / 1000 / TOTP_PERIOD, TOTP_DIGITS)).p;
}

static void test_totp(void)
{
	struct client c, other;
	test_case("a second factor: begun with the password, confirmed, then asked for");
	CHECK_INT(sign_in(&c, "zhangwei", GOOD), 200);
	CHECK_INT(sign_in(&other, "zhangwei", GOOD), 200);
	CHECK_INT(status_of(&c, "POST", "/api/v1/session/totp", "{}"), 422);
	CHECK_INT(status_of(&c, "POST", "/api/v1/session/totp", "{\"password\":\"wrong\"}"), 422);
	CHECK_INT(status_of(&c, "POST", "/api/v1/session/totp/recovery", "{\"password\":\"" GOOD "\"}"), 409);
	CHECK_INT(status_of(&c, "POST", "/api/v1/session/totp/confirm", "{\"code\":\"000000\"}"), 409);
	CLEANUP(answer_done) struct answer begun = ask(&c, "POST", "/api/v1/session/totp",
		"{\"password\":\"" GOOD "\"}");
	CHECK_INT(begun.status, 200);
	char *secret = text_at(&begun, NULL, "secret");
	CHECK(strstr(text_at(&begun, NULL, "uri"), "?secret=") &&
		strstr(text_at(&begun, NULL, "qr"), "<svg"));
	CHECK_INT(sign_in(&other, "zhangwei", GOOD), 200);              /* not yet */
	CHECK_INT(status_of(&c, "POST", "/api/v1/session/totp/confirm", "{\"code\":\"12345\"}"), 422);
	const char *code = totp_at(secret, now);
	CLEANUP(answer_done) struct answer done = ask(&c, "POST", "/api/v1/session/totp/confirm",
		path_of("{\"code\":\"*\"}", code));
	CHECK_INT(done.status, 200);
	const json_t *recovery = json_object_get(done.body, "recovery");
	CHECK_INT(json_array_size(recovery), 10);
	CHECK_INT(status_of(&other, "GET", "/api/v1/session", NULL), 401);
	CHECK_INT(status_of(&c, "GET", "/api/v1/session", NULL), 200);
	CHECK_INT(enter(&other, BY_TOTP, "zhangwei", GOOD, ""), 4010);
	CHECK_INT(enter(&other, BY_TOTP, "zhangwei", "wrong", code), 401);
	CHECK_INT(enter(&other, BY_TOTP, "zhangwei", GOOD, code), 4010);        /* used to confirm */
	now += 30000;
	clock_fake(now);
	code = totp_at(secret, now);
	CHECK_INT(enter(&other, BY_TOTP, "zhangwei", GOOD, code), 200);
	CHECK_INT(enter(&other, BY_TOTP, "zhangwei", GOOD, code), 4010);        /* no replay */

	test_case("a recovery code is good once");
	const char *one = arena_copy(h.arena, json_text(json_array_get(recovery, 0)));
	CHECK_INT(enter(&other, BY_RECOVERY, "zhangwei", GOOD, "AAAA-AAAA-AAAA"), 4010);
	CHECK_INT(enter(&other, BY_RECOVERY, "zhangwei", GOOD, one), 200);
	CHECK_INT(enter(&other, BY_RECOVERY, "zhangwei", GOOD, one), 4010);

	test_case("new recovery codes with the password: the old ones are good no more");
	CHECK_INT(status_of(&c, "POST", "/api/v1/session/totp/recovery", "{\"password\":\"wrong\"}"), 422);
	const char *two = arena_copy(h.arena, json_text(json_array_get(recovery, 1)));
	CLEANUP(answer_done) struct answer fresh = ask(&c, "POST", "/api/v1/session/totp/recovery",
		"{\"password\":\"" GOOD "\"}");
	CHECK_INT(fresh.status, 200);
	CHECK_INT(enter(&other, BY_RECOVERY, "zhangwei", GOOD, two), 4010);
	two = arena_copy(h.arena, json_text(json_array_get(json_object_get(fresh.body, "recovery"), 0)));
	CHECK_INT(enter(&other, BY_RECOVERY, "zhangwei", GOOD, two), 200);

	test_case("the secret is kept sealed; one that an older version kept open is sealed when it is used");
	CHECK_INT(house_int(&h,
			  SQL("SELECT count(*) FROM users WHERE totp_secret LIKE 'seal1:%' AND "
			  "totp_pending=''")),
		1);
	struct err err = { 0 };
	CHECK_OK(house_exec(&h, SQL("UPDATE users SET totp_secret=? WHERE name='zhangwei'"), V(db_z(secret)),
		&err),
		err);
	now += 30000;
	clock_fake(now);
	CHECK_INT(enter(&other, BY_TOTP, "zhangwei", GOOD, totp_at(secret, now)), 200);
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM users WHERE totp_secret LIKE 'seal1:%'")), 1);

	test_case("it comes off with a code of its own, or by the security administrator");
	CHECK_INT(status_of(&c, "DELETE", "/api/v1/session/totp", "{}"), 422);
	CHECK_INT(status_of(&c, "DELETE", "/api/v1/session/totp", "{\"password\":\"" GOOD "\"}"), 422);
	CHECK_INT(status_of(&c, "DELETE", "/api/v1/session/totp",
			path_of("{\"totp\":\"*\"}", totp_at(secret, now + 30000))), 422);
	now += 30000;
	clock_fake(now);
	CHECK_INT(status_of(&c, "DELETE", "/api/v1/session/totp",
			path_of("{\"password\":\"" GOOD "\",\"totp\":\"*\"}", totp_at(secret, now))), 204);
	CHECK_INT(sign_in(&other, "zhangwei", GOOD), 200);
	CLEANUP(answer_done) struct answer again = ask(&other, "POST", "/api/v1/session/totp",
		"{\"password\":\"" GOOD "\"}");
	CHECK_INT(status_of(&other, "POST", "/api/v1/session/totp/confirm",
			path_of("{\"code\":\"*\"}", totp_at(text_at(&again, NULL, "secret"), now))), 200);
	CHECK_INT(status_of(&duty, "DELETE", "/api/v1/users/zhangwei/totp", NULL), 404);
	CHECK_INT(sign_in(&sec, "sec", "correct horse"), 200);
	CHECK_INT(status_of(&sec, "DELETE", "/api/v1/users/zhangwei/totp", NULL), 204);
	CHECK_INT(sign_in(&other, "zhangwei", GOOD), 200);
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM changes WHERE verb='totp_off'")), 2);
}

static void test_required(void)
{
	struct err err = { 0 };
	struct client c;
	struct span words[] = { SPAN("totp_required"), SPAN("1") };
	struct command_call set = { .op = &h.op, .words = words, .n_words = 2 };
	test_case("where it is required, an administrator sets it up before anything else");
	CHECK_OK(setting_command_set(&set, &err), err);
	CHECK_INT(sign_in(&c, "sec", "correct horse"), 200);
	CLEANUP(answer_done) struct answer a = ask(&c, "GET", "/api/v1/session", NULL);
	CHECK(json_get_bool(json_object_get(a.body, "user"), "totp_wanted", false));
	CHECK_INT(status_of(&c, "GET", "/api/v1/users", NULL), 403);
	CHECK_INT(status_of(&c, "PATCH", "/api/v1/users/lina", "{\"disabled\":true}"), 404);
	CLEANUP(answer_done) struct answer begun = ask(&c, "POST", "/api/v1/session/totp",
		"{\"password\":\"correct horse\"}");
	CHECK_INT(status_of(&c, "POST", "/api/v1/session/totp/confirm",
			path_of("{\"code\":\"*\"}", totp_at(text_at(&begun, NULL, "secret"), now))), 200);
	CHECK_INT(status_of(&c, "GET", "/api/v1/users", NULL), 200);
	CHECK_INT(status_of(&duty, "GET", "/api/v1/units", NULL), 200);
	words[1] = SPAN("0");
	CHECK_OK(setting_command_set(&set, &err), err);
}

static void test_turnover(void)
{
	struct client c, next;
	CHECK_INT(sign_in(&duty, "duty", "correct horse"), 200);
	CHECK_INT(sign_in(&county, "county", "correct horse"), 200);
	CLEANUP(answer_done) struct answer who = ask(&duty, "GET", "/api/v1/persons?q=zhangwei", NULL);
	const char *from = text_at(&who, "items", "id");
	const char *good = path_of("{\"duty\":\"liaison_a\",\"from\":\"*\",\"to\":{\"name\":\"陈静\","
				   "\"phone\":\"13800000009\",\"post\":\"科员\"}}", from);
	test_case("turnover: only where one may, of somebody who has the duty");
	CHECK_INT(status_of(&county, "POST", "/api/v1/units/W/turnover", good), 404);
	CHECK_INT(status_of(&duty, "POST", "/api/v1/units/S/turnover", good), 422);
	CHECK_INT(status_of(&duty, "POST", "/api/v1/units/W/turnover",
			path_of("{\"duty\":\"chief\",\"from\":\"*\",\"to\":{\"name\":\"陈静\"}}", from)), 422);
	CHECK_INT(status_of(&duty, "POST", "/api/v1/units/W/turnover",
			path_of("{\"duty\":\"liaison_a\",\"from\":\"*\",\"to\":{}}", from)), 422);
	CHECK_INT(status_of(&duty, "POST", "/api/v1/units/W/turnover",
			path_of("{\"duty\":\"liaison_a\",\"from\":\"*\",\"to\":{\"name\":\"陈静\","
			"\"phone\":\"x\"}}",
				from)), 422);
	CHECK_INT(sign_in(&c, "zhangwei", GOOD), 200);                  /* nothing of that was half done */
	test_case("turnover: the leaver is out, the next one in, in one action");
	CLEANUP(answer_done) struct answer a = ask(&duty, "POST", "/api/v1/units/W/turnover", good);
	CHECK_INT(a.status, 200);
	const json_t *slip = json_object_get(a.body, "slip");
	CHECK_SPAN(json_get_text(slip, "account"), "chenjing");
	CHECK_INT(status_of(&c, "GET", "/api/v1/session", NULL), 401);
	CHECK_INT(sign_in(&c, "zhangwei", GOOD), 401);
	CHECK_INT(enter(&next, BY_CODE, "chenjing", arena_copy(h.arena, json_get_text(slip, "code")), GOOD),
		200);
	CHECK_INT(status_of(&next, "GET", "/api/v1/units/W", NULL), 200);
	CHECK_INT(status_of(&next, "GET", "/api/v1/units/S", NULL), 404);
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM duties WHERE kind='liaison_a' AND to_date=''")), 2);
	CHECK_INT(status_of(&duty, "POST", "/api/v1/units/W/turnover", good), 422);

	test_case("who serves another unit keeps the account");
	CLEANUP(answer_done) struct answer both = ask(&duty, "GET", "/api/v1/persons?q=chenjing", NULL);
	const char *chen = text_at(&both, "items", "id");
	CHECK_INT(status_of(&duty, "POST", "/api/v1/units/S/turnover",
			path_of("{\"duty\":\"liaison_b\",\"to\":{\"person_id\":\"*\"}}", chen)), 200);
	CLEANUP(answer_done) struct answer session = ask(&next, "GET", "/api/v1/session", NULL);
	CHECK_INT(json_array_size(json_object_get(json_object_get(session.body, "user"), "roles")), 2);
	CHECK_INT(status_of(&duty, "POST", "/api/v1/units/W/turnover",
			path_of("{\"duty\":\"liaison_a\",\"from\":\"*\",\"to\":{\"name\":\"王芳\","
			"\"phone\":\"138\"}}",
				chen)), 200);
	CHECK_INT(status_of(&next, "GET", "/api/v1/units/S", NULL), 200);
	CHECK_INT(status_of(&next, "GET", "/api/v1/units/W", NULL), 404);
}

static void test_contacts(void)
{
	struct client lina;
	test_case("contacts: stale after 92 days, checked by the liaison or on somebody's word");
	now += 100 * TIME_DAY;
	clock_fake(now);
	CHECK_INT(sign_in(&duty, "duty", "correct horse"), 200);
	CHECK_INT(sign_in(&lina, "lina", GOOD), 200);
	CLEANUP(answer_done) struct answer stale =
		ask(&duty, "GET", "/api/v1/units?contacts_stale=true", NULL);
	CHECK_INT(json_array_size(json_object_get(stale.body, "items")), 4);
	CHECK_INT(status_of(&lina, "POST", "/api/v1/units/S/check_contacts", "{}"), 422);
	CHECK_INT(status_of(&lina, "POST", "/api/v1/units/W/check_contacts", "{\"unchanged\":true}"), 404);
	CHECK_INT(status_of(&lina, "POST", "/api/v1/units/S/check_contacts", "{\"unchanged\":true}"), 200);
	CHECK_INT(status_of(&duty, "POST", "/api/v1/units/W/check_contacts", "{\"unchanged\":true}"), 422);
	CHECK_INT(status_of(&duty, "POST", "/api/v1/units/W/check_contacts",
			"{\"text\":\"换了电话\",\"on_behalf\":{\"person\":\"王芳\",\"channel\":\"电话\"}}"), 200);
	CLEANUP(answer_done) struct answer less =
		ask(&duty, "GET", "/api/v1/units?contacts_stale=true", NULL);
	CHECK_INT(json_array_size(json_object_get(less.body, "items")), 2);
	CHECK_INT(house_int(&h,
		SQL("SELECT count(*) FROM steps WHERE resource='unit' AND verb='check_contacts'")), 2);
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM steps WHERE on_whose_word='王芳（电话）' AND "
				    "text='换了电话'")), 1);
}

static void test_coming(void)
{
	test_case("turnover on a coming day: until then the leaver is in, from then on the next one");
	CLEANUP(answer_done) struct answer li = ask(&duty, "GET", "/api/v1/persons?q=lina", NULL);
	struct client lina_client, zhao;
	int64_t coming = now + 40 * TIME_DAY;
	char day[TIME_DATE_TEXT];
	CHECK_INT(sign_in(&lina_client, "lina", GOOD), 200);
	CLEANUP(answer_done) struct answer later = ask(&duty, "POST", "/api/v1/units/S/turnover",
		arena_printf(h.arena,
			"{\"duty\":\"liaison_a\",\"from\":\"%s\",\"date\":\"%s\",\"to\":{\"name\":\"赵敏\","
			"\"phone\":\"13800000077\"}}",
			text_at(&li, "items", "id"), time_format_date(time_date(coming, TIME_CHINA), day))
			.p);
	CHECK_INT(later.status, 200);
	CHECK_INT(status_of(&lina_client, "GET", "/api/v1/units/S", NULL), 200);
	const json_t *zhao_slip = json_object_get(later.body, "slip");
	CHECK_SPAN(json_get_text(zhao_slip, "account"), "zhaomin");
	now = coming;
	clock_fake(now);
	CHECK_INT(enter(&zhao, BY_CODE, "zhaomin", arena_copy(h.arena, json_get_text(zhao_slip, "code")),
		GOOD),
		200);
	CHECK_INT(status_of(&zhao, "GET", "/api/v1/units/S", NULL), 200);
	CHECK(sign_in(&lina_client, "lina", GOOD) != 200 ||
		status_of(&lina_client, "GET", "/api/v1/units/S", NULL) != 200);
}

static const struct { const char *name, *password; bool good; } rules[] = {
	{ "zhang.w", "correct horse", true }, { "zhang.w", "Short-9", false },
	{ "zhang.w", "1234567890", false },
	{ "zhang.w", "1234567890123456", true }, { "zhang.w", "abcdefghij", false },
	{ "zhangweiming", "zhangweiming", false }, { "zhangweiming", "ZhangWeiMing2026", false },
	{ "zhang.w", "Password123", false }, { "zhang.w", "Admin@123456", false },
	{ "zhang.w", "12Qwerty!!34", false },
	{ "zhang.w", "海堤守护网络安全2026", true }, { "zhang.w", "守护", false }, { "zhang.w", "", false },
};

static void test_rules(void)
{
	struct password_rule rule = { 10, "new" };
	for (size_t i = 0; i < COUNT(rules); i++) {
		struct err err = { 0 };
		test_case("the password \"%s\"", rules[i].password);
		CHECK_INT(password_check(&rule, span_of(rules[i].name), span_of(rules[i].password), &err),
			rules[i].good);
		CHECK(rules[i].good || (strstr(err.en, "at least 10 characters, 16 where") &&
					      strstr(err.zh, "至少 10 个字符") && strcmp(err.field, "new") == 0));
	}
}

int main(void)
{
	static const struct route *const tables[] = { people_routes, account_routes };
	const size_t counts[] = { people_routes_count, account_routes_count };
	struct err err = { 0 };
	struct span said;
	house_open(&h, "account");
	route_register(tables, counts, 2);
	clock_fake(now);
	test_case("a house with units and liaisons");
	CHECK_OK(house_import(&h, unit_import, units, false, &said, &err), err);
	CHECK_OK(house_import(&h, person_import, persons, false, &said, &err), err);
	add_user("duty", "duty_officer", "A");
	add_user("county", "county_officer", "C");
	add_user("sec", "security_admin", "A");
	CHECK_INT(sign_in(&duty, "duty", "correct horse"), 200);
	test_first();
	test_totp();
	test_required();
	test_turnover();
	test_contacts();
	test_coming();
	test_rules();
	house_close(&h);
	return test_end();
}
