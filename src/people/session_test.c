#include "people/session.h"

#include "people/password.h"
#include "people/testing.h"
#include "people/throttle.h"
#include "people/user.h"

#define UNITS "code,name,parent,supervisor,kind,sector\n" \
	"A,市网信办,,,office,government\nC,赤坎区网信办,A,,office,government\nB,市水务局,A,,public_body,water\n" \
	"W,市水务集团,A,B,operator,water\nW1,赤坎水厂,W,B,operator,water\nS,赤坎小学,C,,public_body,education\n"
#define SECRET "correct horse"

static struct house h;
static int64_t now = INT64_C(1795000000000);    /* 2026-11-18 */

static int64_t one(struct sql_literal sql, const char *text)
{
	struct err err = { 0 };
	int64_t n = 0;
	bool found = false;
	return db_int(op_db(&h.op), sql, V(db_z(text)), &n, &found, &err) && found ? n : 0;
}

#define UNIT(code) one(SQL("SELECT n FROM units WHERE code=?"), code)
#define USER(name) one(SQL("SELECT n FROM users WHERE name=?"), name)

struct option { const char *name, *value; };

/* Runs one command as the command line would; `in` is its standard input. */
static bool command(const char *words, const char *argument, const char *in, const struct option *options,
	struct err *err)
{
	struct span values[8], word = span_of(argument);
	struct command_call c = { .op = &h.op, .words = &word, .n_words = 1 };
	char *said = NULL, text[200];
	size_t said_n;
	snprintf(text, sizeof text, "%s\n", in);
	c.in = fmemopen(text, strlen(text), "r");
	c.out = open_memstream(&said, &said_n);
	for (size_t i = 0; options && options[i].name; i++) {
		values[i] = span_of(options[i].value);
		c.options[i].name = options[i].name;
		c.options[i].values = &values[i];
		c.options[i].n = options[i].value[0] != '\0';
		c.n_options = i + 1;
	}
	bool ok = false;
	*err = (struct err){ 0 };
	for (size_t i = 0; i < people_commands_count; i++)
		if (strcmp(people_commands[i].words, words) == 0)
			ok = people_commands[i].run(&c, err);
	fclose(c.in);
	fclose(c.out);
	free(said);
	return ok;
}

static bool grant(const char *user, const char *role, const char *unit, const char *extra, struct err *err)
{
	struct option o[] = { { "role", role }, { "unit", unit }, { extra ? extra : "password-stdin", "" },
		{ NULL, NULL } };
	return command("user add", user, SECRET, o, err);
}

static void test_accounts(void)
{
	struct err err = { 0 };
	test_case("an account by command line, and a second grant on it");
	CHECK_OK(grant("zhang.w", "duty_officer", "A", NULL, &err), err);
	CHECK_OK(grant("zhang.w", "analyst", "市网信办", NULL, &err), err);
	CHECK_OK(grant("zhang.w", "analyst", "A", NULL, &err), err);
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM grants")), 2);
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM users")), 1);

	static const struct {
		const char *name, *user, *role, *unit, *password;
		enum err_code want;
	} bad[] = {
		{ "no such role", "x", "king", "A", SECRET, ERR_INVALID },
		{ "no such unit", "x", "analyst", "Q", SECRET, ERR_NOT_FOUND },
		{ "a short password", "x", "analyst", "A", "1234567", ERR_INVALID },
		{ "the name as password", "zhangwei", "analyst", "A", "ZhangWei", ERR_INVALID },
		{ "a name with a blank", "a b", "analyst", "A", SECRET, ERR_INVALID },
		{ "no password given", "x", "analyst", "A", "", ERR_INVALID },
	};
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct option o[] = { { "role", bad[i].role }, { "unit", bad[i].unit },
			{ "password-stdin", "" }, { NULL, NULL } };
		test_case("refused: %s", bad[i].name);
		CHECK_ERR(command("user add", bad[i].user, bad[i].password, o, &err), err, bad[i].want);
	}
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM users")), 1);

	test_case("never two of the three administrators in one account");
	CHECK_OK(grant("sys", "system_admin", "A", NULL, &err), err);
	CHECK_ERR(grant("sys", "security_admin", "A", NULL, &err), err, ERR_CONFLICT);
	CHECK_ERR(grant("sys", "auditor", "C", NULL, &err), err, ERR_CONFLICT);
	CHECK_OK(grant("sys", "duty_officer", "A", NULL, &err), err);
	CHECK_OK(grant("sec", "security_admin", "A", NULL, &err), err);
	test_case("nor in two accounts of one person");
	CHECK_OK(house_exec(&h, SQL("UPDATE users SET person_n=? WHERE name IN ('sys', 'aud')"),
			    V(db_i(one(SQL("SELECT n FROM persons WHERE name=?"), "李四"))), &err), err);
	struct option o[] = { { "role", "auditor" }, { "unit", "A" }, { "password-stdin", "" },
			      { "person", "" }, { NULL, NULL } };
	struct span id;
	CHECK_OK(db_text(op_db(&h.op), SQL("SELECT id FROM persons WHERE name='李四'"), V0, h.arena, &id,
			 &err),
		err);
	o[3].value = id.p;
	CHECK_ERR(command("user add", "aud", SECRET, o, &err), err, ERR_CONFLICT);
	CHECK_INT(USER("aud"), 0);
	test_case("once the grant has ended the other may come");
	struct option end[] = { { "role", "system_admin" }, { "unit", "A" }, { NULL, NULL } };
	CHECK_OK(command("user revoke", "sys", "", end, &err), err);
	CHECK_ERR(command("user revoke", "sys", "", end, &err), err, ERR_NOT_FOUND);
	now += 1000;
	clock_fake(now);
	CHECK_OK(command("user add", "aud", SECRET, o, &err), err);
}

static bool may(const struct actor *a, enum perm p, const char *unit)
{
	struct err err = { 0 };
	bool yes = false;
	return actor_may(a, op_db(&h.op), p, unit ? UNIT(unit) : 0, &yes, &err) && yes;
}

/* How many units the actor sees as the lists see it. */
static int64_t scoped(const struct actor *a)
{
	struct err err = { 0 };
	struct sql *q = sql_new(h.arena);
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	bool row = false;
	sql_add(q, "SELECT count(*) FROM units t WHERE 1=1");
	bool ok = actor_scope(a, op_db(&h.op), PERM_ORDER_READ, "t.n", q, &err) &&
		db_query_sql(op_db(&h.op), q, &rows, &err) && db_next(rows, &row, &err) && row;
	return ok ? db_col_int(rows, 0) : -1;
}

static void test_rights(void)
{
	struct err err = { 0 };
	struct actor a;
	test_case("a grant on the office is the whole city, rows without a unit too");
	CHECK_OK(actor_load(&h.op, USER("zhang.w"), &a, &err), err);
	CHECK(actor_whole(&a, PERM_FINDING_JUDGE) && may(&a, PERM_FINDING_JUDGE, NULL) &&
		may(&a, PERM_FINDING_JUDGE, "S"));
	CHECK(!actor_has(&a, PERM_USER_WRITE));

	test_case("a county officer has the county's subtree");
	CHECK_OK(grant("chikan", "county_officer", "C", NULL, &err), err);
	CHECK_OK(actor_load(&h.op, USER("chikan"), &a, &err), err);
	CHECK(may(&a, PERM_ORDER_READ, "C") && may(&a, PERM_ORDER_READ, "S") &&
		!may(&a, PERM_ORDER_READ, "W"));
	CHECK(!may(&a, PERM_ORDER_READ, NULL) && !may(&a, PERM_ORDER_READ, "A") &&
		!actor_whole(&a, PERM_ORDER_READ));

	test_case("a grant by supervisor follows that tree");
	CHECK_OK(grant("shuiwu", "county_officer", "B", "by-supervisor", &err), err);
	CHECK_OK(actor_load(&h.op, USER("shuiwu"), &a, &err), err);
	CHECK(may(&a, PERM_ORDER_READ, "W") && may(&a, PERM_ORDER_READ, "W1") &&
		!may(&a, PERM_ORDER_READ, "S"));

	test_case("scope as SQL: exactly the subtree");
	CHECK_INT(scoped(&a), 3);

	test_case("a liaison's access ends with the duty, at once");
	struct option o[] = { { "role", "unit_liaison" }, { "unit", "W" }, { "person", "李四" },
		{ "password-stdin", "" }, { NULL, NULL } };
	CHECK_OK(command("user add", "lisi", SECRET, o, &err), err);
	CHECK_OK(actor_load(&h.op, USER("lisi"), &a, &err), err);
	CHECK(may(&a, PERM_ORDER_ANSWER, "W") && may(&a, PERM_ORDER_ANSWER, "W1") &&
		!may(&a, PERM_ORDER_ANSWER, "B"));
	CHECK_OK(house_exec(&h, SQL("UPDATE duties SET to_date='2026-11-19'"), V0, &err), err);
	CHECK_OK(actor_load(&h.op, USER("lisi"), &a, &err), err);
	CHECK_INT(a.n_grants, 1);
	CHECK_OK(house_exec(&h, SQL("UPDATE duties SET to_date='2026-11-18'"), V0, &err), err);
	CHECK_OK(actor_load(&h.op, USER("lisi"), &a, &err), err);
	CHECK_INT(a.n_grants, 0);
	test_case("another duty there does not make a liaison, a new liaison duty does");
	CHECK_OK(house_exec(&h,
			 SQL("INSERT INTO duties "
			     "(id,version,created_at,updated_at,person_n,unit_n,kind,from_date,to_date)"
			     " SELECT 'x1',1,0,0,person_n,unit_n,'deputy','','' FROM duties"),
			 V0, &err),
		err);
	CHECK_OK(actor_load(&h.op, USER("lisi"), &a, &err), err);
	CHECK_INT(a.n_grants, 0);
	CHECK_OK(house_exec(&h, SQL("UPDATE duties SET kind='liaison_b' WHERE id='x1'"), V0, &err), err);
	CHECK_OK(actor_load(&h.op, USER("lisi"), &a, &err), err);
	CHECK_INT(a.n_grants, 1);

	test_case("a grant's own dates");
	CHECK_OK(house_exec(&h, SQL("UPDATE grants SET from_at=? WHERE user_n=?"),
			 V(db_i(now + 1), db_i(USER("lisi"))), &err),
		err);
	CHECK_OK(actor_load(&h.op, USER("lisi"), &a, &err), err);
	CHECK_INT(a.n_grants, 0);
	CHECK_OK(house_exec(&h, SQL("UPDATE grants SET from_at=NULL, to_at=? WHERE user_n=?"),
			    V(db_i(now), db_i(USER("lisi"))), &err), err);
	CHECK_OK(actor_load(&h.op, USER("lisi"), &a, &err), err);
	CHECK_INT(a.n_grants, 0);
}

static bool enter(
	const char *name, const char *password, const char *address, struct sign_in *s, struct err *err)
{
	*s = (struct sign_in){
		.name = span_of(name), .password = span_of(password), .address = span_of(address)
	};
	*err = (struct err){ 0 };
	return session_sign_in(&h.op, s, err);
}

static bool alive(const char *token)
{
	struct err err = { 0 };
	struct session s;
	bool found = false;
	return session_find(&h.op, span_of(token), &s, &found, &err) && found;
}

static void pass(int64_t ms)
{
	now += ms;
	clock_fake(now);
}

static void test_sessions(void)
{
	struct err err = { 0 };
	struct sign_in s, other;
	test_case("name and password open a session");
	CHECK_OK(enter("zhang.w", SECRET, "192.0.2.1", &s, &err), err);
	CHECK(alive(s.token) && strlen(s.session.csrf) == 64);
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM changes WHERE verb='sign_in' AND actor='zhang.w'")),
		1);
	CHECK(one(SQL("SELECT count(*) FROM sessions WHERE token_hash=?"), s.token) == 0);
	s.token[3] ^= 1;
	CHECK(!alive(s.token) && !alive("") && !alive("x"));
	s.token[3] ^= 1;

	test_case("wrong pairs are all alike");
	CHECK_ERR(enter("zhang.w", "wrong horse", "192.0.2.1", &other, &err), err, ERR_UNAUTHENTICATED);
	char text[320];
	snprintf(text, sizeof text, "%s", err.en);
	CHECK_ERR(enter("nobody", SECRET, "192.0.2.1", &other, &err), err, ERR_UNAUTHENTICATED);
	CHECK_STR(err.en, text);
	CHECK_ERR(enter("", "", "192.0.2.1", &other, &err), err, ERR_UNAUTHENTICATED);
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM changes WHERE verb='sign_in_failed'")), 3);

	test_case("a session idles out after two hours without use");
	pass(2 * TIME_HOUR - 1);
	CHECK(alive(s.token));
	pass(1);
	CHECK(!alive(s.token));

	test_case(
		"and ends twelve hours after sign-in however much it is used; seen is written once a minute");
	CHECK_OK(enter("zhang.w", SECRET, "192.0.2.1", &s, &err), err);
	struct people_request r = {
		.method = SPAN("GET"), .cookie = span_of(s.token), .address = SPAN("192.0.2.1")
	};
	struct actor a;
	bool known;
	int64_t start = now;
	for (; now < start + 12 * TIME_HOUR - TIME_HOUR; pass(TIME_HOUR))
		CHECK_OK(people_authenticate(&h.op, &r, &a, &known, &err) && known, err);
	int64_t seen = house_int(&h, SQL("SELECT max(last_seen_at) FROM sessions"));
	CHECK_INT(seen, now - TIME_HOUR);
	CHECK_OK(people_authenticate(&h.op, &r, &a, &known, &err), err);
	pass(59 * TIME_SECOND);
	CHECK_OK(people_authenticate(&h.op, &r, &a, &known, &err), err);
	CHECK_INT(house_int(&h, SQL("SELECT max(last_seen_at) FROM sessions")), seen + TIME_HOUR);
	pass(TIME_HOUR);
	CHECK_ERR(people_authenticate(&h.op, &r, &a, &known, &err), err, ERR_UNAUTHENTICATED);

	test_case("a disabled account is out at once, and cannot come in");
	CHECK_OK(enter("zhang.w", SECRET, "192.0.2.1", &s, &err), err);
	CHECK_OK(command("user disable", "zhang.w", "", NULL, &err), err);
	CHECK(!alive(s.token));
	CHECK_ERR(enter("zhang.w", SECRET, "192.0.2.1", &other, &err), err, ERR_UNAUTHENTICATED);
	CHECK_OK(command("user enable", "zhang.w", "", NULL, &err), err);
	CHECK_OK(enter("zhang.w", SECRET, "192.0.2.1", &s, &err), err);
	test_case("a new password ends the sessions");
	CHECK_OK(command("user passwd", "zhang.w", "battery staple", NULL, &err), err);
	CHECK(!alive(s.token));
	CHECK_OK(enter("zhang.w", "battery staple", "192.0.2.1", &s, &err), err);
	bool found = false;
	int64_t user_n = s.session.user_n;
	CHECK_OK(op_begin(&h.op, &err) &&
			session_end(&h.op, user_n + 1, s.session.id, "revoke", &found, &err) &&
			op_commit(&h.op, &err),
		err);
	CHECK(!found && alive(s.token));
	CHECK_OK(op_begin(&h.op, &err) &&
			session_end(&h.op, user_n, s.session.id, "sign_out", &found, &err) &&
			op_commit(&h.op, &err),
		err);
	CHECK(found && !alive(s.token));
	CHECK_INT(house_int(&h,
			  SQL("SELECT count(*) FROM changes WHERE verb='sign_out' AND resource='user'")), 1);
	CHECK_INT(house_int(&h,
			  SQL("SELECT count(*) FROM changes WHERE verb='revoke' AND resource='user'")), 0);
}

static char full[TOKEN_TEXT], reading[TOKEN_TEXT], named[TOKEN_TEXT], ended[TOKEN_TEXT];

static void test_tokens(void)
{
	struct err err = { 0 };
	struct option o[] = { { "days", "2" }, { "scope", "" }, { NULL, NULL } };
	struct record token;
	struct token_wish wish = { USER("zhang.w"), SPAN("t"), SPAN(""), now + TIME_DAY };
	test_case("tokens: everything, reading, some permissions, ended; nothing of them is in the store");
	CHECK_OK(command("token add", "zhang.w", "", o, &err), err);
	CHECK_OK(op_begin(&h.op, &err) && token_make(&h.op, &wish, full, &token, &err), err);
	wish.scope = SPAN("read");
	CHECK_OK(token_make(&h.op, &wish, reading, &token, &err), err);
	wish.scope = SPAN("finding.read,finding.write");
	CHECK_OK(token_make(&h.op, &wish, named, &token, &err), err);
	wish.expires_at = now;
	CHECK_OK(token_make(&h.op, &wish, ended, &token, &err), err);
	wish.scope = SPAN("finding.read,fly");
	char none[TOKEN_TEXT];
	CHECK_ERR(token_make(&h.op, &wish, none, &token, &err), err, ERR_INVALID);
	CHECK_OK(op_commit(&h.op, &err), err);
	CHECK_INT(one(SQL("SELECT count(*) FROM tokens WHERE token_hash=?"), full), 0);
}

#define BEARER(t) arena_printf(h.arena, "Bearer %s", t)

static void test_requests(void)
{
	struct err err = { 0 };
	struct sign_in s;
	CHECK_OK(enter("sec", SECRET, "192.0.2.9", &s, &err), err);
	struct span cookie = span_of(s.token), csrf = span_of(s.session.csrf), host = SPAN("127.0.0.1:8440");
	const struct {
		const char *name;
		struct people_request r;
		enum err_code want;
		bool known;
	} cases[] = {
		{ "nothing at all", { .method = SPAN("GET") }, ERR_NONE, false },
		{ "cookie, reading", { .method = SPAN("GET"), .cookie = cookie }, ERR_NONE, true },
		{ "cookie, writing without the token", { .method = SPAN("POST"), .cookie = cookie },
			ERR_FORBIDDEN },
		{ "cookie, writing with a wrong token",
			{ .method = SPAN("POST"), .cookie = cookie, .csrf = cookie }, ERR_FORBIDDEN },
		{ "cookie, writing with the token",
			{ .method = SPAN("PATCH"), .cookie = cookie, .csrf = csrf }, ERR_NONE, true },
		{ "from our own page",
			{ .method = SPAN("POST"),
				.cookie = cookie,
				.csrf = csrf,
				.host = host,
				.origin = SPAN("http://127.0.0.1:8440") },
			ERR_NONE, true },
		{ "from another site",
			{ .method = SPAN("POST"),
				.cookie = cookie,
				.csrf = csrf,
				.host = host,
				.origin = SPAN("http://127.0.0.1:8441") },
			ERR_FORBIDDEN },
		{ "from a page without origin",
			{ .method = SPAN("POST"), .host = host, .open = true, .origin = SPAN("null") },
			ERR_FORBIDDEN },
		{ "a foreign origin, reading",
			{ .method = SPAN("GET"),
				.cookie = cookie,
				.host = host,
				.origin = SPAN("http://example.cn") },
			ERR_NONE, true },
		{ "a broken cookie", { .method = SPAN("GET"), .cookie = SPAN("zzz") }, ERR_UNAUTHENTICATED },
		{ "a broken cookie on an open route",
			{ .method = SPAN("POST"), .cookie = SPAN("zzz"), .open = true }, ERR_NONE },
		{ "an old cookie without token on an open route",
			{ .method = SPAN("POST"), .cookie = cookie, .open = true }, ERR_NONE, true },
		{ "bearer", { .method = SPAN("POST"), .authorization = BEARER(full) }, ERR_NONE, true },
		{ "bearer, small letters",
			{ .method = SPAN("POST"),
				.authorization = arena_printf(h.arena, "bearer  %s", full) },
			ERR_NONE, true },
		{ "bearer that has ended", { .method = SPAN("GET"), .authorization = BEARER(ended) },
			ERR_UNAUTHENTICATED },
		{ "bearer that never was", { .method = SPAN("GET"), .authorization = BEARER("seawall_0") },
			ERR_UNAUTHENTICATED },
		{ "basic", { .method = SPAN("GET"), .authorization = SPAN("Basic emhhbmc6eA==") },
			ERR_UNAUTHENTICATED },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct actor a;
		bool known = false;
		err = (struct err){ 0 };
		test_case("request: %s", cases[i].name);
		bool ok = people_authenticate(&h.op, &cases[i].r, &a, &known, &err);
		CHECK_STR(err_name(err.code), err_name(cases[i].want));
		CHECK_INT(ok, cases[i].want == ERR_NONE);
		CHECK_INT(known, cases[i].known);
		CHECK(!ok || known || (a.n_grants == 0 && !a.local));
	}
}

static void test_scopes(void)
{
	struct err err = { 0 };
	static const struct { const char *name; enum perm perm; bool all, read, some; } scopes[] = {
		{ "signed in", PERM_SIGNED_IN, true, true, true },
		{ "finding.read", PERM_FINDING_READ, true, true, true },
		{ "finding.write", PERM_FINDING_WRITE, true, false, true },
		{ "order.read", PERM_ORDER_READ, true, true, false },
		{ "order.issue", PERM_ORDER_ISSUE, true, false, false },
		{ "user.write", PERM_USER_WRITE, false, false, false },
	};
	const char *const tokens[] = { full, reading, named };
	for (size_t i = 0; i < COUNT(scopes); i++) {
		const bool want[] = { scopes[i].all, scopes[i].read, scopes[i].some };
		test_case("scope of tokens: %s", scopes[i].name);
		for (size_t k = 0; k < COUNT(tokens); k++) {
			struct people_request r = { .method = SPAN("GET"),
				.authorization = BEARER(tokens[k]) };
			struct actor a;
			bool known;
			CHECK_OK(people_authenticate(&h.op, &r, &a, &known, &err), err);
			CHECK_INT(actor_has(&a, scopes[i].perm), want[k]);
			CHECK_INT(actor_whole(&a, scopes[i].perm), want[k]);
			CHECK_INT(may(&a, scopes[i].perm, "W"), want[k]);
		}
	}
}

static void test_throttle(void)
{
	struct err err = { 0 };
	struct sign_in s;
	pass(2 * TIME_HOUR);
	test_case("five wrong passwords, then not even the right one, for half a minute");
	for (int i = 0; i < 5; i++)
		CHECK_ERR(enter("chikan", "wrong", "198.51.100.7", &s, &err), err, ERR_UNAUTHENTICATED);
	CHECK_ERR(enter("chikan", SECRET, "198.51.100.7", &s, &err), err, ERR_RATE);
	CHECK_INT(s.wait_ms, 30 * TIME_SECOND);
	test_case("colleagues behind the same address still come in, and so does the account from elsewhere");
	CHECK_OK(enter("sys", SECRET, "198.51.100.7", &s, &err), err);
	CHECK_OK(enter("chikan", SECRET, "198.51.100.8", &s, &err), err);
	test_case("a restart forgives nothing");
	store_close(h.store);
	CHECK_OK(store_open(h.path, STORE_OPEN, &h.store, &err), err);
	h.op.store = h.store;
	CHECK_ERR(enter("chikan", SECRET, "198.51.100.7", &s, &err), err, ERR_RATE);
	test_case("the wait grows, and the right password ends it");
	pass(30 * TIME_SECOND);
	CHECK_ERR(enter("chikan", "wrong", "198.51.100.7", &s, &err), err, ERR_UNAUTHENTICATED);
	CHECK_ERR(enter("chikan", SECRET, "198.51.100.7", &s, &err), err, ERR_RATE);
	CHECK_INT(s.wait_ms, 60 * TIME_SECOND);
	pass(60 * TIME_SECOND);
	CHECK_OK(enter("chikan", SECRET, "198.51.100.7", &s, &err), err);
	CHECK_ERR(enter("chikan", "wrong", "198.51.100.7", &s, &err), err, ERR_UNAUTHENTICATED);

	test_case("counting alone: one account from many places, one address with many names, /64");
	int64_t wait = 0;
	CHECK_OK(op_begin(&h.op, &err), err);
	for (int i = 0; i < 20; i++)
		CHECK_OK(throttle_take(&h.op, SPAN("target"), arena_printf(h.arena, "203.0.113.%d", i), &wait,
				 &err),
			err);
	CHECK_INT(wait, 0);
	CHECK_OK(throttle_take(&h.op, SPAN("target"), SPAN("203.0.113.99"), &wait, &err), err);
	CHECK_INT(wait, TIME_MINUTE);
	for (int i = 0; i < 50; i++)
		CHECK_OK(throttle_take(&h.op, arena_printf(h.arena, "name%d", i),
				 arena_printf(h.arena, "2001:db8::%d", i), &wait, &err),
			err);
	CHECK_INT(wait, 0);
	CHECK_OK(throttle_take(&h.op, SPAN("fresh"), SPAN("2001:db8::ffff"), &wait, &err), err);
	CHECK_INT(wait, TIME_MINUTE);
	CHECK_OK(throttle_take(&h.op, SPAN("fresh"), SPAN("2001:db8:0:1::1"), &wait, &err), err);
	CHECK_INT(wait, 0);
	CHECK_OK(op_commit(&h.op, &err), err);
	test_case("failures of others do not keep out who signed in from there before");
	struct err one = { 0 };
	int64_t left;
	struct span here = SPAN("192.0.2.200"), her = SPAN("regular"), he = SPAN("newcomer");
	CHECK_OK(op_begin(&h.op, &one), one);
	CHECK_OK(throttle_take(&h.op, her, here, &left, &one) && throttle_give_back(&h.op, her, here,
			&one), one);
	for (int i = 0; i < 60; i++)
		CHECK_OK(throttle_take(&h.op, arena_printf(h.arena, "spray%d", i), here, &left, &one), one);
	for (int i = 0; i < 25; i++)
		CHECK_OK(throttle_take(&h.op, her, arena_printf(h.arena, "198.18.0.%d", i), &left,
				&one), one);
	CHECK_OK(throttle_take(&h.op, he, here, &left, &one), one);
	CHECK(left > 0);
	CHECK_OK(throttle_take(&h.op, her, here, &left, &one), one);
	CHECK_INT(left, 0);
	test_case("nor does one who gets in lock or unlock the others");
	CHECK_OK(throttle_give_back(&h.op, her, here, &one), one);
	CHECK_OK(throttle_take(&h.op, he, here, &left, &one), one);
	CHECK(left > 0 && left <= TIME_MINUTE);
	test_case("its own failures do");
	for (int i = 0; i < 5; i++)
		CHECK_OK(throttle_take(&h.op, her, here, &left, &one), one);
	CHECK_OK(throttle_take(&h.op, her, here, &left, &one), one);
	CHECK(left > 0);
	CHECK_OK(op_commit(&h.op, &one), one);
}

int main(void)
{
	struct err err = { 0 };
	struct span said;
	house_open(&h, "sessions");
	clock_fake(now);
	test_case("a house with units and a liaison");
	CHECK_OK(house_import(&h, unit_import, UNITS, false, &said, &err), err);
	CHECK_OK(house_import(&h, person_import, "unit,name,duty,from\nW,李四,liaison_a,2026-01-01\n", false,
			 &said, &err),
		err);
	test_accounts();
	test_rights();
	test_sessions();
	test_tokens();
	test_requests();
	test_scopes();
	test_throttle();
	house_close(&h);
	return test_end();
}
