/* Sessions, passwords, tokens: what is not a generic operation. */
#include "people/own.h"
#include "people/password.h"
#include "people/session.h"
#include "people/throttle.h"
#include "people/user.h"

enum { BODY_MAX = 8192, DAYS_MAX = 3660 };

static bool add_roles(struct op *op, const struct actor *a, struct str *out, struct err *err)
{
	str_addz(out, "\"roles\":[");
	for (size_t i = 0; i < a->n_grants; i++) {
		CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
		bool row;
		if (!db_query(op_db(op), SQL("SELECT id, name FROM units WHERE n=?"),
			    V(db_i(a->grants[i].unit_n)), &rows, err) ||
			!db_next(rows, &row, err))
			return false;
		str_addf(out, "%s{\"role\":\"%s\",\"unit_id\":", i ? "," : "", role_name(a->grants[i].role));
		str_add_json(out, row ? db_col_text(rows, 0) : SPAN(""));
		str_addz(out, ",\"unit_name\":");
		str_add_json(out, row ? db_col_text(rows, 1) : SPAN(""));
		str_addc(out, '}');
	}
	str_addc(out, ']');
	return true;
}

/* "totp":…,"totp_wanted":…: has the account a second factor, and may it do nothing before it has one? */
static bool add_factor(struct call *c, const struct actor *a, struct err *err)
{
	int64_t has = 0;
	bool found;
	if (!db_int(op_db(c->op), SQL("SELECT totp_secret<>'' FROM users WHERE n=?"), V(db_i(a->who.user_n)),
	    &has,
		    &found, err))
		return false;
	str_addf(c->out, "\"totp\":%s,\"totp_wanted\":%s,", has ? "true" : "false",
		a->totp_wanted ? "true" : "false");
	return true;
}

/* {"csrf":…,"user":{"id","name","person_id","roles":[…]}}; csrf null for tokens. */
static bool show(struct call *c, const struct actor *a, const char *csrf, struct err *err)
{
	struct span id, person;
	if (!db_text(op_db(c->op), SQL("SELECT id FROM users WHERE n=?"), V(db_i(a->who.user_n)),
		    c->op->arena, &id, err) ||
		!db_text(op_db(c->op), SQL("SELECT id FROM persons WHERE n=?"), V(db_i(a->who.person_n)),
			c->op->arena, &person, err))
		return false;
	str_addz(c->out, "{\"csrf\":");
	if (csrf)
		str_add_json(c->out, span_of(csrf));
	else
		str_addz(c->out, "null");
	str_addz(c->out, ",\"user\":{\"id\":");
	str_add_json(c->out, id);
	str_addz(c->out, ",\"name\":");
	str_add_json(c->out, a->who.name);
	str_addz(c->out, ",\"person_id\":");
	if (person.p)
		str_add_json(c->out, person);
	else
		str_addz(c->out, "null");
	str_addc(c->out, ',');
	if (!add_factor(c, a, err) || !add_roles(c->op, a, c->out, err))
		return false;
	str_addz(c->out, "}}");
	return str_check(c->out, err);
}

static bool sign_in(struct call *c, struct err *err)
{
	struct span name = json_get_text(c->json, "username"), password = json_get_text(c->json, "password");
	struct sign_in s = { .name = name.p ? name : SPAN(""), .password = password.p ? password : SPAN(""),
			     .address = c->op->actor->who.address,
			     .code = json_get_text(c->json, "code"),
			     .new_password = json_get_text(c->json, "new_password"),
			     .totp = json_get_text(c->json, "totp"),
			     .recovery = json_get_text(c->json, "recovery") };
	struct actor a;
	if (!session_sign_in(c->op, &s, err)) {
		if (err->code == ERR_RATE)
			call_add_header(c, "Retry-After",
				arena_printf(c->op->arena, "%lld", (long long)(s.wait_ms + 999) / 1000));
		return false;
	}
	if (!actor_load(c->op, s.session.user_n, &a, err))
		return false;
	call_add_header(c, "Set-Cookie",
		arena_printf(c->op->arena, SESSION_COOKIE "=%s; Path=/; HttpOnly; SameSite=Strict", s.token));
	return show(c, &a, s.session.csrf, err);
}

static bool current(struct call *c, struct err *err)
{
	struct span id = c->op->actor->session;
	char csrf[SESSION_TOKEN];
	bool session = id.n > 0;
	if (session && !session_csrf(c->op, id, csrf, err))
		return false;
	return show(c, c->op->actor, session ? csrf : NULL, err);
}

static bool sign_out(struct call *c, struct err *err)
{
	bool found;                                        /* a token has none to end */
	if (!session_end(c->op, c->op->actor->who.user_n, c->op->actor->session, "sign_out", &found, err))
		return false;
	call_add_header(
		c, "Set-Cookie", SPAN(SESSION_COOKIE "=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"));
	c->status = 204;
	return true;
}

/* ---- of accounts, by the security administrator ------------------------------------------------ */

static bool get_user(struct call *c, struct record *ret, struct err *err)
{
	return resource_get(c->op, &user_resource, c->params[0], ret, err);
}

static bool list_sessions(struct call *c, int64_t user_n, struct err *err)
{
	static const char *const names[] = { "id", "address" };
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	bool more = true;
	char text[TIME_TEXT];
	if (!db_query(op_db(c->op),
		    SQL("SELECT id, address, created_at, last_seen_at FROM sessions WHERE user_n=? ORDER BY "
			"n DESC"),
		    V(db_i(user_n)), &rows, err))
		return false;
	str_addz(c->out, "{\"items\":[");
	for (size_t i = 0; ; i++) {
		if (!db_next(rows, &more, err))
			return false;
		if (!more)
			break;
		for (int k = 0; k < (int)COUNT(names); k++) {
			str_addf(c->out, "%s\"%s\":", k ? "," : i ? ",{" : "{", names[k]);
			str_add_json(c->out, db_col_text(rows, k));
		}
		str_addf(c->out, ",\"created_at\":\"%s\"", time_format(db_col_int(rows, 2), text));
		str_addf(c->out, ",\"last_seen_at\":\"%s\"", time_format(db_col_int(rows, 3), text));
		str_addf(c->out, ",\"current\":%s}",
			span_eq(db_col_text(rows, 0), c->op->actor->session) ? "true" : "false");
	}
	str_addz(c->out, "],\"next\":null}");
	return str_check(c->out, err);
}

static bool own_sessions(struct call *c, struct err *err)
{
	return list_sessions(c, c->op->actor->who.user_n, err);
}

static bool user_sessions(struct call *c, struct err *err)
{
	struct record user;
	return get_user(c, &user, err) && list_sessions(c, user.n, err);
}

/* A token is for programs and may be narrowed to reading: it touches neither password nor sessions. */
static bool by_session(const struct op *op, struct err *err)
{
	return op->actor->session.n ||
		err_set(err, ERR_FORBIDDEN, "请登录后操作，令牌不能用于此处",
			"sign in for this: a token is not enough");
}

static bool end_own_session(struct call *c, struct err *err)
{
	bool found;
	if (!by_session(c->op, err) ||
		!session_end(c->op, c->op->actor->who.user_n, c->params[0], "revoke", &found, err))
		return false;
	c->status = 204;
	return found ||
		err_set(err, ERR_NOT_FOUND, "没有这个登录", "there is no such session");
}

static bool end_user_sessions(struct call *c, struct err *err)
{
	struct record user;
	c->status = 204;
	return get_user(c, &user, err) && user_check_manage(c->op, user.n, err) &&
	       user_end_access(c->op, user.n, 0, true, err) && user_log(c->op, &user, "end_sessions", err);
}

static bool set_password(struct call *c, struct err *err)
{
	struct record user;
	char hash[PASSWORD_HASH];
	struct span password = json_get_text(c->json, "password");
	if (!get_user(c, &user, err) || !user_check_manage(c->op, user.n, err) ||
	    !user_check_password(c->op, record_text(&user, "name"), password, "password", err) ||
	    !password_hash(password, hash, err))
		return false;
	c->status = 204;
	return op_begin(c->op, err) &&
		op_finish(c->op,
			user_set_password(c->op, &user, hash, err) &&
				user_end_access(c->op, user.n, 0, false, err),
			err);
}

static bool own_password(struct call *c, struct err *err)
{
	struct op *op = c->op;
	struct record user;
	struct span new_password = json_get_text(c->json, "new");
	char hash[PASSWORD_HASH];
	bool found;
	int64_t keep = 0;
	if (!own_user(op, &user, err) || !own_prove(op, &user, "old", json_get_text(c->json, "old"), err) ||
		!user_check_password(op, op->actor->who.name, new_password, "new", err) ||
		!password_hash(new_password, hash, err) ||
		!db_int(op_db(op), SQL("SELECT n FROM sessions WHERE id=?"), V(db_t(op->actor->session)),
		&keep,
			&found, err))
		return false;
	c->status = 204;
	return op_begin(op, err) &&
		op_finish(op,
			user_set_password(op, &user, hash, err) &&
			user_end_access(op, user.n, keep, false, err),
			err);
}

static bool add_token(struct call *c, struct err *err)
{
	struct record user, token;
	char text[TOKEN_TEXT];
	int64_t days = json_get_int(c->json, "days", 0);
	if (days < 1 || days > DAYS_MAX)
		return err_field(err, "days", "有效天数应为 1 至 %d", "days must be from 1 to %d", (int)DAYS_MAX);
	if (!get_user(c, &user, err) || !user_check_manage(c->op, user.n, err))
		return false;
	struct token_wish wish = { user.n, json_get_text(c->json, "name"), json_get_text(c->json, "scope"),
				   op_now(c->op) + days * TIME_DAY };
	if (!token_make(c->op, &wish, text, &token, err))
		return false;
	char until[TIME_TEXT];
	c->status = 201;
	str_addz(c->out, "{\"id\":");
	str_add_json(c->out, token.id);
	str_addf(c->out, ",\"token\":\"%s\",\"expires_at\":\"%s\"}", text,
		time_format(wish.expires_at, until));
	return str_check(c->out, err);
}

static bool revoke_token(struct call *c, struct err *err)
{
	struct record token;
	c->status = 204;
	if (!resource_get(c->op, &token_resource, c->params[0], &token, err) ||
	    !user_check_manage(c->op, record_int(&token, "user_id"), err))
		return false;
	struct record after = record_copy(c->op, &token);
	if (record_int(&token, "expires_at") > op_now(c->op))
		record_set(&after, "expires_at", db_i(op_now(c->op)));
	return record_update(c->op, &token, &after, "revoke", err);
}

#define SESSION_SCHEMA \
	"{\"type\":\"object\",\"required\":[\"csrf\",\"user\"],\"properties\":{\"csrf\":{\"type\":[" \
	"\"string\",\"null\"]}," \
	"\"user\":{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"string\"},\"name\":{\"type\":" \
	"\"string\"}," \
	"\"person_id\":{\"type\":[\"string\",\"null\"]},\"roles\":{\"type\":\"array\",\"items\":{\"type\":" \
	"\"object\"}}}}}}"
#define LIST_SCHEMA \
	"{\"type\":\"object\",\"required\":[\"items\",\"next\"],\"properties\":{\"items\":{\"type\":" \
	"\"array\",\"items\":" \
	"{\"type\":\"object\"}},\"next\":{\"type\":[\"string\",\"null\"]}}}"

const struct route people_routes[] = {
	{ "POST", "/api/v1/session", sign_in, PERM_NONE, BODY_MAX, ROUTE_SLOW | ROUTE_SECRET, "登录", "sign in",
		"{\"type\":\"object\",\"required\":[\"username\"],\"properties\":{\"username\":{\"type\":"
		"\"string\"},\"password\":{\"type\":\"string\"},\"code\":{\"type\":\"string\"},"
		"\"new_password\":{\"type\":\"string\"},\"totp\":{\"type\":\"string\"},"
		"\"recovery\":{\"type\":\"string\"}}}",
		SESSION_SCHEMA },
	{ "GET", "/api/v1/session", current, PERM_SIGNED_IN, 0, 0, "当前登录", "the current session", NULL,
		SESSION_SCHEMA },
	{ "DELETE", "/api/v1/session", sign_out, PERM_SIGNED_IN, 0, ROUTE_TX, "退出", "sign out", NULL,
		NULL },
	{ "POST", "/api/v1/session/password", own_password, PERM_SIGNED_IN, BODY_MAX,
		ROUTE_SLOW | ROUTE_SECRET, "修改自己的密码",
		"change one's own password",
		"{\"type\":\"object\",\"required\":[\"old\",\"new\"],\"properties\":{\"old\":{\"type\":"
		"\"string\"},\"new\":"
		"{\"type\":\"string\"}}}",
		NULL },
	{ "GET", "/api/v1/sessions", own_sessions, PERM_SIGNED_IN, 0, 0, "自己的全部登录",
		"all of one's own sessions", NULL, LIST_SCHEMA },
	{ "DELETE", "/api/v1/sessions/{id}", end_own_session, PERM_SIGNED_IN, 0, ROUTE_TX,
		"结束自己的一个登录", "end one of one's own sessions", NULL, NULL },
	{ "GET", "/api/v1/users/{id}/sessions", user_sessions, PERM_USER_READ, 0, 0, "账号的全部登录",
		"sessions of an account", NULL, LIST_SCHEMA },
	{ "DELETE", "/api/v1/users/{id}/sessions", end_user_sessions, PERM_USER_WRITE, 0, ROUTE_TX,
		"结束账号的全部登录和令牌", "end all sessions and tokens of an account", NULL, NULL },
	{ "POST", "/api/v1/users/{id}/password", set_password, PERM_USER_WRITE, BODY_MAX,
		ROUTE_SLOW | ROUTE_SECRET,
		"重设密码，其全部登录随之结束", "set a password, which ends the account's sessions",
		"{\"type\":\"object\",\"required\":[\"password\"],\"properties\":{\"password\":{\"type\":"
		"\"string\"}}}",
		NULL },
	{ "POST", "/api/v1/users/{id}/tokens", add_token, PERM_USER_WRITE, BODY_MAX,
		ROUTE_TX | ROUTE_SECRET,
		"新建令牌，只显示这一次", "make a token, shown this once",
		"{\"type\":\"object\",\"required\":[\"days\"],\"properties\":{\"days\":{\"type\":\"integer\","
		"\"minimum\":1},\"name\":"
		"{\"type\":\"string\"},\"scope\":{\"type\":\"string\"}}}",
		NULL },
	{ "DELETE", "/api/v1/tokens/{id}", revoke_token, PERM_USER_WRITE, 0, ROUTE_TX, "吊销令牌",
		"revoke a token", NULL, NULL },
};
const size_t people_routes_count = COUNT(people_routes);
