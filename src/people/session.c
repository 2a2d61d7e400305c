#include "people/session.h"

#include "people/code.h"
#include "people/password.h"
#include "people/second_factor.h"
#include "people/throttle.h"
#include "people/user.h"

enum { TOKEN_BYTES = 32, IDLE_MINUTES = 120, ABSOLUTE_MINUTES = 720 };

static void make_token(char ret[SESSION_TOKEN])
{
	unsigned char bytes[TOKEN_BYTES];
	hash_random(bytes, sizeof bytes);
	hash_hex(bytes, sizeof bytes, ret);
}

static void hash_of(struct span text, char ret[HASH_SHA256_HEX + 1])
{
	unsigned char hash[HASH_SHA256];
	hash_sha256(text, hash);
	hash_hex(hash, sizeof hash, ret);
}

/* Follows from the session, so that nothing more is kept; says nothing about the cookie. */
static void csrf_of(struct op *op, struct span token_hash, char ret[SESSION_TOKEN])
{
	hash_of(arena_printf(op->arena, "csrf " SPAN_FMT, SPAN_ARG(token_hash)), ret);
}

/* ---- signing in -------------------------------------------------------------------------------- */

struct candidate {
	int64_t n, code_until;
	struct span hash, id, code_hash;
};

static bool read_candidate(struct op *op, struct span name, struct candidate *ret, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	bool row;
	if (!db_query(op_db(op),
		    SQL("SELECT n, password_hash, id, code_hash, code_until FROM users"
			" WHERE name=? AND disabled=0"),
		    V(db_t(name)), &rows, err) ||
		!db_next(rows, &row, err))
		return false;
	*ret = (struct candidate){ .hash = SPAN(""), .id = SPAN(""), .code_hash = SPAN("") };
	if (row)
		*ret = (struct candidate){ .n = db_col_int(rows, 0),
			.hash = arena_span(op->arena, db_col_text(rows, 1)),
			.id = arena_span(op->arena, db_col_text(rows, 2)),
			.code_hash = arena_span(op->arena, db_col_text(rows, 3)),
			.code_until = db_col_int(rows, 4) };
	return true;
}

static bool log_sign_in(struct op *op, const struct candidate *c, const char *verb, struct err *err)
{
	int64_t seq;
	struct store_change change = {
		.resource = "user", .record_n = c->n, .record_id = c->id, .verb = verb
	};
	return store_add_change(op->tx, &change, &seq, err);
}

static bool before_password(struct op *op, struct sign_in *s, struct candidate *c, struct err *err)
{
	if (!throttle_take(op, s->name, s->address, &s->wait_ms, err) || !read_candidate(op, s->name, c, err))
		return false;
	return s->wait_ms == 0 ||
		err_set(err, ERR_RATE, "登录失败次数过多，请 %lld 秒后再试",
			"too many failed sign-ins, try again in %lld s",
			(long long)(s->wait_ms + 999) / 1000);
}

/* The oldest beyond the maximum go. */
static bool insert_session(struct op *op, struct sign_in *s, int64_t user_n, struct err *err)
{
	char hash[HASH_SHA256_HEX + 1], id[UUID_TEXT];
	int64_t now = op_now(op), n = 0;
	bool found;
	make_token(s->token);
	hash_of(span_of(s->token), hash);
	uuid_make(now, id);
	if (!db_int(op_db(op),
		    SQL("INSERT INTO sessions (id, user_n, token_hash, created_at, last_seen_at, address)"
			" VALUES (?, ?, ?, ?, ?, ?) RETURNING n"),
		    V(db_z(id), db_i(user_n), db_z(hash), db_i(now), db_i(now),
			    db_t(s->address.p ? s->address : SPAN(""))),
		    &n, &found, err) ||
		!db_exec(op_db(op),
			SQL("DELETE FROM sessions WHERE user_n=? AND n NOT IN"
			    " (SELECT n FROM sessions WHERE user_n=? ORDER BY n DESC LIMIT 20)"),
			V(db_i(user_n), db_i(user_n)), err))
		return false;
	s->session = (struct session){ .n = n, .user_n = user_n, .id = arena_span(op->arena, span_of(id)) };
	csrf_of(op, span_of(hash), s->session.csrf);
	return true;
}

/* The first password takes the place of the code, and of every session there was. */
static bool spend_code(struct op *op, const struct candidate *c, const char *hash, struct err *err)
{
	return db_exec(op_db(op),
		       SQL("UPDATE users SET password_hash=?, password_at=?, code_hash='' WHERE n=?"),
		       V(db_z(hash), db_i(op_now(op)), db_i(c->n)), err) &&
		user_end_access(op, c->n, 0, false, err) && log_sign_in(op, c, "password", err);
}

/* What happens once name and password, or code, were right.  *ret_second: what the second factor said; unless
 * it is right there is no session, and the try stays counted. */
static bool after_password(struct op *op, struct sign_in *s, const struct candidate *c, const char *new_hash,
	enum second_factor *ret_second, struct err *err)
{
	struct candidate now;
	if (!read_candidate(op, s->name, &now, err))
		return false;
	if (now.n != c->n || !span_eq(now.hash, c->hash) || !span_eq(now.code_hash, c->code_hash))
		return err_set(err, ERR_UNAUTHENTICATED, "账号刚被修改，请重新登录",
			"the account has just been changed, sign in again");
	struct second_given given = { s->totp, s->recovery };
	if (!second_factor_check(op, c->n, &given, ret_second, err))
		return false;
	if (*ret_second == SECOND_WANTED)
		return true;
	if (*ret_second == SECOND_WRONG)
		return log_sign_in(op, c, "sign_in_failed", err);
	return throttle_give_back(op, s->name, s->address, err) &&
		(!new_hash[0] || spend_code(op, c, new_hash, err)) && insert_session(op, s, c->n, err) &&
		db_exec(op_db(op), SQL("UPDATE users SET last_sign_in_at=? WHERE n=?"),
			V(db_i(op_now(op)), db_i(c->n)), err) &&
		log_sign_in(op, c, "sign_in", err);
}

/* The failure that locks an account is a change of its own; an unknown name has nothing to lock. */
static bool after_failure(struct op *op, const struct sign_in *s, const struct candidate *c, struct err *err)
{
	bool locked = false;
	return log_sign_in(op, c, "sign_in_failed", err) &&
		(!c->n || throttle_locked(op, s->name, s->address, &locked, err)) &&
		(!locked || log_sign_in(op, c, "lock", err));
}

/* Is it the password, or the code that is still good?  *ret_hash: of the new password, "" without a code. */
static bool verify(struct op *op, const struct sign_in *s, const struct candidate *c, bool *ret_right,
	char ret_hash[PASSWORD_HASH], struct err *err)
{
	ret_hash[0] = '\0';
	if (!s->code.n)
		return password_verify(c->hash, s->password, ret_right, err);
	*ret_right = code_verify(c->code_hash, s->code) && c->code_until > op_now(op);
	return !*ret_right || password_hash(s->new_password, ret_hash, err);
}

static bool second_wanted(enum second_factor second, struct err *err)
{
	return second == SECOND_WANTED
		? err_set(err, ERR_SECOND_FACTOR, "请输入动态口令（totp）或恢复码（recovery）",
			  "give the code of your authenticator (totp) or a recovery code (recovery)")
		: err_set(err, ERR_SECOND_FACTOR, "动态口令或恢复码不对，已用过的口令不能再用",
			  "the code is wrong, or was used before");
}

bool session_sign_in(struct op *op, struct sign_in *s, struct err *err)
{
	const struct actor *caller = op->actor;
	struct actor self = { .who = { .name = utf8_cut(utf8_valid(s->name) ? s->name : SPAN("?"), 60),
				      .address = s->address,
				      .request_id = caller->who.request_id } };
	struct candidate c;
	enum second_factor second = SECOND_RIGHT;
	char new_hash[PASSWORD_HASH];
	bool right;
	if (s->code.n && !user_check_password(op, s->name, s->new_password, "new_password", err))
		return false;
	if (!op_begin(op, err) || !op_finish(op, before_password(op, s, &c, err), err) ||
		!verify(op, s, &c, &right, new_hash, err))
		return false;
	if (c.n)
		self.who.user_n = right ? c.n : 0;
	else
		self.who.name = SPAN("?");              /* whatever was typed may be a password */
	op->actor = &self;
	bool ok = op_begin(op, err) &&
		op_finish(op,
			right ? after_password(op, s, &c, new_hash, &second, err)
			      : after_failure(op, s, &c, err),
			err);
	op->actor = caller;
	if (ok && !right)
		return s->code.n ? err_set(err, ERR_UNAUTHENTICATED, "账号或一次性码不对，或码已用过、已过期",
					   "wrong account or code, or the code was used or has run out")
				 : err_set(err, ERR_UNAUTHENTICATED, "账号或密码不对",
					   "wrong account or password");
	return ok && (second == SECOND_RIGHT || second_wanted(second, err));
}

/* ---- finding ----------------------------------------------------------------------------------- */

bool session_find(struct op *op, struct span token, struct session *ret, bool *ret_found, struct err *err)
{
	char hash[HASH_SHA256_HEX + 1];
	int64_t idle, absolute, now = op_now(op);
	bool row;
	*ret_found = false;
	if (token.n != SESSION_TOKEN - 1)
		return true;
	hash_of(token, hash);
	if (!setting_int(op, "session_idle_minutes", IDLE_MINUTES, &idle, err) ||
	    !setting_int(op, "session_absolute_minutes", ABSOLUTE_MINUTES, &absolute, err))
		return false;
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	if (!db_query(op_db(op),
		    SQL("SELECT n, user_n, id FROM sessions WHERE token_hash=? AND created_at>? AND "
			"last_seen_at>?"),
		    V(db_z(hash), db_i(now - absolute * TIME_MINUTE), db_i(now - idle * TIME_MINUTE)), &rows,
		    err) ||
		!db_next(rows, &row, err))
		return false;
	if (!row)
		return true;
	*ret = (struct session){ .n = db_col_int(rows, 0), .user_n = db_col_int(rows, 1),
				 .id = arena_span(op->arena, db_col_text(rows, 2)) };
	csrf_of(op, span_of(hash), ret->csrf);
	*ret_found = true;
	return true;
}

bool session_csrf(struct op *op, struct span id, char ret[SESSION_TOKEN], struct err *err)
{
	struct span hash;
	if (!db_text(op_db(op), SQL("SELECT token_hash FROM sessions WHERE id=?"), V(db_t(id)), op->arena,
		    &hash, err))
		return false;
	csrf_of(op, hash, ret);
	return true;
}

bool session_end(
	struct op *op, int64_t user_n, struct span id, const char *verb, bool *ret_found, struct err *err)
{
	struct str values = STR_IN(op->arena, 1024);
	struct record user;
	bool known;
	if (!db_exec(op_db(op), SQL("DELETE FROM sessions WHERE id=? AND user_n=?"),
		    V(db_t(id), db_i(user_n)), err))
		return false;
	*ret_found = db_changes(op_db(op)) > 0;
	if (!*ret_found)
		return true;
	if (!resource_load(op, &user_resource, user_n, &user, &known, err))
		return false;
	str_addz(&values, "{\"before\":{\"session\":");
	str_add_json(&values, id);
	str_addz(&values, "}}");
	struct store_change change = { .resource = "user",
		.record_n = user_n,
		.record_id = known ? user.id : SPAN(""),
		.version = known ? user.version : 0,
		.verb = verb,
		.values = str_span(&values) };
	return str_check(&values, err) && store_add_change(op->tx, &change, NULL, err);
}

/* ---- tokens ------------------------------------------------------------------------------------ */

static bool perm_known(struct span name)
{
	for (int p = PERM_NONE + 1; p < PERM_COUNT; p++)
		if (span_is(name, perm_name((enum perm)p)))
			return true;
	return false;
}

bool token_make(struct op *op, const struct token_wish *w, char ret[TOKEN_TEXT], struct record *ret_record,
	struct err *err)
{
	char secret[SESSION_TOKEN], hash[HASH_SHA256_HEX + 1];
	struct span rest = span_is(w->scope, "read") ? (struct span){ 0 } : w->scope;
	while (rest.p && rest.n) {
		struct span one = span_split(&rest, ',');
		if (!perm_known(one))
			return err_field(err, "scope", "没有权限“" SPAN_FMT "”",
				"there is no permission \"" SPAN_FMT "\"", SPAN_ARG(one));
	}
	if (!record_new(&token_resource, op->arena, ret_record))
		return false;
	record_set(ret_record, "user_id", db_i(w->user_n));
	record_set(ret_record, "name", db_t(w->name.p ? w->name : SPAN("")));
	record_set(ret_record, "scope", db_t(w->scope.p ? w->scope : SPAN("")));
	record_set(ret_record, "expires_at", db_i(w->expires_at));
	make_token(secret);
	snprintf(ret, TOKEN_TEXT, "seawall_%s", secret);
	hash_of(span_of(ret), hash);
	return record_insert(op, ret_record, err) &&
		db_exec(op_db(op), SQL("UPDATE tokens SET token_hash=? WHERE n=?"),
			V(db_z(hash), db_i(ret_record->n)), err);
}

bool token_known(struct op *op, struct span text, bool *ret_known, struct err *err)
{
	char hash[HASH_SHA256_HEX + 1];
	int64_t one;
	hash_of(text, hash);
	return db_int(op_db(op), SQL("SELECT 1 FROM tokens WHERE token_hash=? AND expires_at>?"),
		V(db_z(hash), db_i(op_now(op))), &one, ret_known, err);
}
