/* The routes of this room as the API role calls them: requests in, answers out. */
#include "people/asking.h"

static void test_session(void)
{
	struct client duty, old;
	test_case("signing in gives a cookie, the token and the roles");
	CHECK_INT(sign_in(&duty, "duty", "correct horse"), 200);
	CHECK_INT((int)strlen(duty.csrf), 64);
	{
		CLEANUP(answer_done) struct answer a = ask(&duty, "GET", "/api/v1/session", NULL);
		const json_t *user = json_object_get(a.body, "user");
		const json_t *role = json_array_get(json_object_get(user, "roles"), 0);
		CHECK_INT(a.status, 200);
		CHECK_SPAN(json_get_text(a.body, "csrf"), duty.csrf);
		CHECK_SPAN(json_get_text(user, "name"), "duty");
		CHECK_SPAN(json_get_text(role, "role"), "duty_officer");
		CHECK_SPAN(json_get_text(role, "unit_name"), "市网信办");
	}
	test_case("no, wrong and half credentials are 401");
	CHECK_INT(status_of(NULL, "GET", "/api/v1/session", NULL), 401);
	CHECK_INT(status_of(NULL, "GET", "/api/v1/units", NULL), 401);
	CHECK_INT(sign_in(&old, "duty", "wrong"), 401);
	CHECK_INT(status_of(NULL, "POST", "/api/v1/session", "{}"), 401);
	CHECK_INT(status_of(NULL, "POST", "/api/v1/session", "{\"username\":7,\"password\":[]}"), 401);
	CHECK_INT(status_of(NULL, "POST", "/api/v1/session", "{"), 400);
	CHECK_INT(status_of(&duty, "PUT", "/api/v1/session", "{}"), 405);

	test_case("changes need the token, a new sign-in does not");
	old = duty;
	old.csrf[0] = '\0';
	CHECK_INT(status_of(&old, "DELETE", "/api/v1/session", NULL), 403);
	CHECK_INT(status_of(&old, "POST", "/api/v1/session",
			  "{\"username\":\"duty\",\"password\":\"correct horse\"}"),
		200);

	test_case("one sees one's sessions and ends another");
	CLEANUP(answer_done) struct answer list = ask(&duty, "GET", "/api/v1/sessions", NULL);
	const json_t *items = json_object_get(list.body, "items");
	CHECK_INT((int)json_array_size(items), 2);
	CHECK(json_get_bool(json_array_get(items, 1), "current", false));
	const char *other = path_of("/api/v1/sessions/*", json_get_text(json_array_get(items, 0), "id").p);
	CHECK_INT(status_of(&duty, "DELETE", other, NULL), 204);
	CHECK_INT(status_of(&duty, "DELETE", other, NULL), 404);
	CHECK_INT(house_int(&h,
			  SQL("SELECT count(*) FROM changes WHERE verb='revoke' AND resource='user'")), 1);

	test_case("a changed password: the old one must be right, other sessions end");
	struct client second;
	CHECK_INT(sign_in(&second, "duty", "correct horse"), 200);
	CHECK_INT(status_of(&duty, "POST", "/api/v1/session/password",
			  "{\"old\":\"x\",\"new\":\"battery staple\"}"),
		422);
	CHECK_INT(status_of(&duty, "POST", "/api/v1/session/password",
			  "{\"old\":\"correct horse\",\"new\":\"short\"}"),
		422);
	CHECK_INT(status_of(&duty, "POST", "/api/v1/session/password",
			  "{\"old\":\"correct horse\",\"new\":\"battery staple\"}"),
		204);
	CHECK_INT(status_of(&duty, "GET", "/api/v1/session", NULL), 200);
	CHECK_INT(status_of(&second, "GET", "/api/v1/session", NULL), 401);

	test_case("signing out");
	CHECK_INT(status_of(&duty, "DELETE", "/api/v1/session", NULL), 204);
	CHECK_INT(house_int(&h,
			  SQL("SELECT count(*) FROM changes WHERE verb='sign_out' AND actor='duty'")), 1);
	CHECK_INT(status_of(&duty, "GET", "/api/v1/session", NULL), 401);

	test_case("too many failures: 429 with Retry-After");
	for (int i = 0; i < 5; i++)
		CHECK_INT(sign_in(&old, "liaison", "wrong"), 401);
	CLEANUP(answer_done)
	struct answer limited = ask(
		NULL, "POST", "/api/v1/session", "{\"username\":\"liaison\",\"password\":\"correct horse\"}");
	CHECK_INT(limited.status, 429);
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM changes WHERE verb='lock'")), 1);
	CHECK_STR(limited.retry, "30");
	now += 31000;
	clock_fake(now);
}

static void test_administration(void)
{
	struct client sec, duty, made = { 0 }, program = { 0 };
	test_case("the security administrator makes an account: name, password, grant");
	CHECK_INT(sign_in(&sec, "sec", "correct horse"), 200);
	CHECK_INT(sign_in(&duty, "duty", "battery staple"), 200);
	CHECK_INT(status_of(&duty, "GET", "/api/v1/users", NULL), 403);
	CHECK_INT(status_of(&duty, "POST", "/api/v1/users", "{\"name\":\"new\"}"), 403);
	CHECK_INT(status_of(&sec, "POST", "/api/v1/users", "{\"name\":\"a b\"}"), 422);
	CLEANUP(answer_done) struct answer user = ask(&sec, "POST", "/api/v1/users", "{\"name\":\"new\"}");
	CHECK_INT(user.status, 201);
	const char *id = json_get_text(user.body, "id").p;
	CHECK_INT(sign_in(&made, "new", ""), 401);
	CHECK_INT(status_of(&sec, "POST", path_of("/api/v1/users/*/password", id),
			  "{\"password\":\"1234567\"}"),
		422);
	CHECK_INT(status_of(&duty, "POST", path_of("/api/v1/users/*/password", id),
			  "{\"password\":\"correct horse\"}"),
		404);
	CHECK_INT(status_of(&sec, "POST", path_of("/api/v1/users/*/password", id),
			  "{\"password\":\"correct horse\"}"),
		204);
	CHECK_INT(sign_in(&made, "new", "correct horse"), 200);
	CHECK_INT(status_of(&made, "GET", "/api/v1/units", NULL), 403);

	test_case("a grant works from the next request, its end too; never two of three");
	CLEANUP(answer_done)
	struct answer grant = ask(&sec, "POST", "/api/v1/grants",
		"{\"user_id\":\"new\",\"role\":\"auditor\",\"unit_id\":\"A\"}");
	CHECK_INT(grant.status, 201);
	CHECK_INT(status_of(&made, "GET", "/api/v1/units", NULL), 200);
	CHECK_INT(status_of(&sec, "POST", "/api/v1/grants",
			  "{\"user_id\":\"new\",\"role\":\"system_admin\",\"unit_id\":\"A\"}"),
		409);
	CHECK_INT(status_of(&sec, "POST", "/api/v1/grants",
			  "{\"user_id\":\"sec\",\"role\":\"auditor\",\"unit_id\":\"A\"}"),
		409);
	CHECK_INT(status_of(&sec, "POST", "/api/v1/grants",
			  "{\"user_id\":\"sec\",\"role\":\"duty_officer\",\"unit_id\":\"A\"}"),
		403);                          /* nor any to oneself */
	CHECK_INT(status_of(&sec, "PATCH", path_of("/api/v1/grants/*", json_get_text(grant.body, "id").p),
			    "{\"to_at\":\"2026-01-01T00:00:00Z\"}"), 200);
	CHECK_INT(status_of(&made, "GET", "/api/v1/units", NULL), 403);
	CHECK_INT(status_of(&sec, "DELETE", path_of("/api/v1/grants/*", json_get_text(grant.body, "id").p),
			  NULL),
		204);

	test_case("tokens are shown once, work without CSRF token, and are revoked");
	CHECK_INT(status_of(&sec, "POST", path_of("/api/v1/users/*/tokens", "duty"), "{\"days\":0}"), 422);
	CHECK_INT(status_of(&sec, "POST", path_of("/api/v1/users/*/tokens", "duty"),
			  "{\"days\":1,\"scope\":\"fly\"}"),
		422);
	CLEANUP(answer_done)
	struct answer token = ask(
		&sec, "POST", path_of("/api/v1/users/*/tokens", "duty"), "{\"days\":1,\"name\":\"script\"}");
	CHECK_INT(token.status, 201);
	snprintf(program.bearer, sizeof program.bearer, "Bearer " SPAN_FMT,
		SPAN_ARG(json_get_text(token.body, "token")));
	CHECK_INT(status_of(&program, "GET", "/api/v1/session", NULL), 200);
	test_case("a token ends no session and changes no password");
	CHECK_INT(status_of(&program, "DELETE", "/api/v1/sessions/00000000-0000-7000-8000-000000000000",
			NULL), 403);
	CHECK_INT(status_of(&program, "POST", "/api/v1/session/password",
			  "{\"old\":\"correct horse\",\"new\":\"battery staple\"}"),
		403);
	CHECK_INT(status_of(&program, "POST", "/api/v1/units",
			  "{\"code\":\"N\",\"name\":\"新\",\"kind\":\"operator\"}"),
		201);
	CLEANUP(answer_done) struct answer tokens = ask(&sec, "GET", "/api/v1/tokens", NULL);
	CHECK_INT((int)json_array_size(json_object_get(tokens.body, "items")), 1);
	char *shown = json_dumps(tokens.body, 0);
	CHECK(shown && !strstr(shown, "seawall_") && !strstr(shown, "hash"));
	free(shown);
	CHECK_INT(status_of(&sec, "DELETE", path_of("/api/v1/tokens/*", json_get_text(token.body, "id").p),
			  NULL),
		204);
	CHECK_INT(status_of(&program, "GET", "/api/v1/session", NULL), 401);

	test_case("sessions of an account are seen and ended; disabling ends them too");
	CLEANUP(answer_done) struct answer list = ask(&sec, "GET", "/api/v1/users/new/sessions", NULL);
	CHECK_INT((int)json_array_size(json_object_get(list.body, "items")), 1);
	CHECK_INT(status_of(&sec, "POST", "/api/v1/users/new/tokens", "{\"days\":1}"), 201);
	int64_t revoked = house_int(&h,
			  SQL("SELECT count(*) FROM changes WHERE resource='token' AND verb='revoke'"));
	CHECK_INT(status_of(&sec, "DELETE", "/api/v1/users/new/sessions", NULL), 204);
	CHECK_INT(house_int(&h,
			  SQL("SELECT count(*) FROM changes WHERE resource='token' AND verb='revoke'")),
		revoked + 1);
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM changes WHERE verb='end_sessions'")), 1);
	CHECK_INT(status_of(&made, "GET", "/api/v1/session", NULL), 401);
	CHECK_INT(sign_in(&made, "new", "correct horse"), 200);
	CHECK_INT(status_of(&sec, "PATCH", "/api/v1/users/new", "{\"disabled\":true}"), 200);
	CHECK_INT(status_of(&made, "GET", "/api/v1/session", NULL), 401);
	CHECK_INT(sign_in(&made, "new", "correct horse"), 401);
}

/* Neither a password, not even as a hash, nor a token may lie in the store for a day. */
static void test_secrets(void)
{
	struct client sec, stranger = { .key = "k1" };
	test_case("an Idempotency-Key keeps what is no secret, and nothing of secrets");
	CHECK_INT(sign_in(&sec, "sec", "correct horse"), 200);
	sec.key = "k2";
	CLEANUP(answer_done) struct answer user = ask(&sec, "POST", "/api/v1/users", "{\"name\":\"keyed\"}");
	CHECK_INT(user.status, 201);
	CHECK_INT(house_int(&h, SQL("SELECT COUNT(*) FROM idempotency")), 1);
	const char *id = json_get_text(user.body, "id").p;
	sec.key = "k3";
	CHECK_INT(status_of(&sec, "POST", path_of("/api/v1/users/*/password", id),
			  "{\"password\":\"battery staple\"}"),
		204);
	sec.key = "k4";
	CHECK_INT(status_of(&sec, "POST", path_of("/api/v1/users/*/tokens", id), "{\"days\":1}"), 201);
	CHECK_INT(status_of(&stranger, "POST", "/api/v1/session",
			  "{\"username\":\"keyed\",\"password\":\"battery staple\"}"),
		200);
	CHECK_INT(house_int(&h, SQL("SELECT COUNT(*) FROM idempotency")), 1);
}

static void test_scope(void)
{
	struct client county, liaison, csec;
	test_case("a county officer sees and changes the county's units only");
	CHECK_INT(sign_in(&county, "county", "correct horse"), 200);
	CHECK_INT(status_of(&county, "GET", "/api/v1/units/S", NULL), 200);
	CHECK_INT(status_of(&county, "GET", "/api/v1/units/W", NULL), 404);
	CHECK_INT(status_of(&county, "PATCH", "/api/v1/units/S", "{\"phone\":\"0759-3330001\"}"), 200);
	CHECK_INT(status_of(&county, "PATCH", "/api/v1/units/S", "{\"parent_id\":\"A\"}"), 403);
	CHECK_INT(status_of(&county, "POST", "/api/v1/units",
			  "{\"code\":\"S2\",\"name\":\"小学\",\"kind\":\"public_body\"}"),
		403);
	CHECK_INT(status_of(&county, "POST", "/api/v1/units",
			  "{\"code\":\"S2\",\"name\":\"小学\",\"kind\":\"public_body\",\"parent_id\":\"C\"}"),
		201);
	CHECK_INT(status_of(&county, "PATCH", "/api/v1/units/C", "{\"parent_id\":\"S2\"}"), 422);
	CHECK_INT(status_of(&county, "DELETE", "/api/v1/units/C", NULL), 409);
	CHECK_INT(status_of(&county, "DELETE", "/api/v1/units/S2", NULL), 204);
	CLEANUP(answer_done) struct answer list = ask(&county, "GET", "/api/v1/units", NULL);
	CHECK_INT((int)json_array_size(json_object_get(list.body, "items")), 2);

	test_case("a liaison sees the own unit and what hangs below, and changes nothing");
	CHECK_INT(sign_in(&liaison, "liaison", "correct horse"), 200);
	CHECK_INT(status_of(&liaison, "GET", "/api/v1/units/W", NULL), 200);
	CHECK_INT(status_of(&liaison, "GET", "/api/v1/units/A", NULL), 404);
	CHECK_INT(status_of(&liaison, "PATCH", "/api/v1/units/W", "{\"phone\":\"1\"}"), 403);
	CHECK_INT(status_of(&liaison, "GET", "/api/v1/divisions/440802", NULL), 200);

	test_case("an administrator of one county cannot touch accounts of the city");
	CHECK_INT(sign_in(&csec, "csec", "correct horse"), 200);
	CHECK_INT(status_of(&csec, "POST", "/api/v1/users/duty/password", "{\"password\":\"correct horse\"}"),
		403);
	CHECK_INT(status_of(&csec, "PATCH", "/api/v1/users/duty", "{\"disabled\":true}"), 403);
	CHECK_INT(status_of(&csec, "POST", "/api/v1/users/county/password",
			  "{\"password\":\"battery staple\"}"),
		204);
	CHECK_INT(status_of(&csec, "POST", "/api/v1/grants",
			  "{\"user_id\":\"county\",\"role\":\"analyst\",\"unit_id\":\"A\"}"),
		403);

	test_case("functional zones may be made, standard divisions stay");
	struct client duty;
	CHECK_INT(sign_in(&duty, "duty", "battery staple"), 200);
	CHECK_INT(status_of(&duty, "POST", "/api/v1/divisions", "{\"code\":\"4408A1\",\"name\":\"湛江经济技术开发区\","
			    "\"level\":\"zone\",\"parent_id\":\"440800\",\"gb_code\":\"440811\"}"), 201);
	CHECK_INT(status_of(&duty, "POST", "/api/v1/divisions",
			  "{\"code\":\"440899\",\"name\":\"新区\",\"level\":\"zone\","
			  "\"gb_code\":\"440811\"}"),
		422);
	CHECK_INT(status_of(&duty, "POST", "/api/v1/divisions",
			  "{\"code\":\"4408A2\",\"name\":\"新区\",\"level\":\"zone\","
			  "\"gb_code\":\"449999\"}"),
		422);
	CHECK_INT(status_of(&duty, "PATCH", "/api/v1/divisions/440802", "{\"name\":\"赤坎\"}"), 422);
	CHECK_INT(status_of(&duty, "PATCH", "/api/v1/units/W", "{\"division_id\":\"4408A1\"}"), 200);
}

int main(void)
{
	static const struct route *const tables[] = { people_routes };
	struct err err = { 0 };
	struct span said;
	house_open(&h, "routes");
	route_register(tables, &people_routes_count, 1);
	clock_fake(now);
	test_case("a house with units and accounts");
	CHECK_OK(house_import(&h, unit_import,
			 "code,name,parent,kind,sector\nA,市网信办,,office,government\n"
			 "C,赤坎区网信办,A,office,government\nW,市水务集团,A,operator,water\nS,赤坎小学,C,"
			 "public_body,education\n",
			 false, &said, &err),
		err);
	add_user("duty", "duty_officer", "A");
	add_user("sec", "security_admin", "A");
	add_user("csec", "security_admin", "C");
	add_user("county", "county_officer", "C");
	add_user("liaison", "unit_liaison", "W");
	test_session();
	test_administration();
	test_secrets();
	test_scope();
	house_close(&h);
	return test_end();
}
