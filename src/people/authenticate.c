/* Who sends this request? */
#include "people/session.h"

static struct actor stranger(const struct people_request *r)
{
	return (struct actor){
		.who = { .name = SPAN("?"), .address = r->address, .request_id = r->request_id },
		.session = SPAN("")
	};
}

/* Notes that it was used, at most once a minute; nobody is refused because this could not be written. */
static void touch(struct op *op, struct sql_literal sql, int64_t n)
{
	struct err err = { 0 };
	int64_t now = op_now(op);
	if (!op_begin(op, &err))
		return;
	if (!db_exec(op_db(op), sql, V(db_i(now), db_i(n)), &err) || !op_commit(op, &err))
		op_rollback(op);
}

/* "read" keeps what ends in ".read"; a list keeps what it names. */
static uint64_t denied_by(struct span scope)
{
	uint64_t denied = 0;
	if (!scope.n)
		return 0;
	for (int p = PERM_NONE + 1; p < PERM_COUNT; p++) {
		struct span name = span_of(perm_name((enum perm)p)), rest = scope;
		bool kept = p == PERM_SIGNED_IN;
		if (span_is(scope, "read"))
			kept = kept || (name.n > 5 && span_is(span_from(name, name.n - 5), ".read"));
		else
			while (!kept && rest.p)
				kept = span_eq(span_split(&rest, ','), name);
		denied |= (uint64_t)!kept << p;
	}
	return denied;
}

static bool by_token(struct op *op, const struct people_request *r, struct actor *ret, struct err *err)
{
	unsigned char hash[HASH_SHA256];
	char hex[HASH_SHA256_HEX + 1];
	int64_t n = 0, user_n = 0, used = 0, now = op_now(op);
	struct span scope = SPAN(""), token = span_trim(span_from(r->authorization, 6));
	bool row = false;
	hash_sha256(token, hash);
	hash_hex(hash, sizeof hash, hex);
	{
		CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
		if (!db_query(op_db(op),
			    SQL("SELECT n, user_n, scope, last_used_at FROM tokens WHERE token_hash=? AND "
				"expires_at>?"),
			    V(db_z(hex), db_i(now)), &rows, err) ||
			!db_next(rows, &row, err))
			return false;
		if (row) {
			n = db_col_int(rows, 0);
			user_n = db_col_int(rows, 1);
			scope = arena_span(op->arena, db_col_text(rows, 2));
			used = db_col_int(rows, 3);
		}
	}
	if (!row)
		return err_set(err, ERR_UNAUTHENTICATED, "令牌无效或已过期", "the token is not valid or has expired");
	if (!actor_load(op, user_n, ret, err))
		return false;
	ret->denied |= denied_by(scope);
	if (now - used >= TIME_MINUTE)
		touch(op, SQL("UPDATE tokens SET last_used_at=? WHERE n=?"), n);
	return true;
}

/* The origin's authority must be the host that was asked; "null" (sandboxed frames, files) is nobody's. */
static bool origin_fits(struct span origin, struct span host)
{
	struct span rest = origin;
	static const char *const schemes[] = { "http://", "https://" };
	for (size_t i = 0; i < COUNT(schemes); i++)
		if (span_starts(rest, span_of(schemes[i])))
			return span_eq_nocase(span_from(rest, strlen(schemes[i])), host);
	return false;
}

static bool check_forgery(const struct people_request *r, const char *csrf, struct err *err)
{
	if (span_is(r->method, "GET") || span_is(r->method, "HEAD"))
		return true;
	if (!span_is(r->csrf, csrf))
		return err_set(err, ERR_FORBIDDEN, "缺少正确的 X-CSRF-Token，请刷新页面后再试",
			       "the right X-CSRF-Token is missing, reload the page and try again");
	return true;
}

static bool by_cookie(struct op *op, const struct people_request *r, struct actor *ret, struct err *err)
{
	struct session s;
	bool found;
	int64_t seen = 0, now = op_now(op);
	if (!session_find(op, r->cookie, &s, &found, err))
		return false;
	if (!found)
		return err_set(err, ERR_UNAUTHENTICATED, "登录已过期，请重新登录",
			"the session has ended, sign in again");
	if (!actor_load(op, s.user_n, ret, err) || (!r->open && !check_forgery(r, s.csrf, err)) ||
		!db_int(op_db(op), SQL("SELECT last_seen_at FROM sessions WHERE n=?"), V(db_i(s.n)), &seen,
			&found, err))
		return false;
	ret->session = s.id;
	if (now - seen >= TIME_MINUTE)
		touch(op, SQL("UPDATE sessions SET last_seen_at=? WHERE n=?"), s.n);
	return true;
}

static bool is_bearer(struct span authorization)
{
	return authorization.n > 7 && span_eq_nocase((struct span){ authorization.p, 7 }, SPAN("bearer "));
}

bool people_authenticate(
	struct op *op, const struct people_request *r, struct actor *ret, bool *ret_known, struct err *err)
{
	struct actor a = stranger(r);
	struct err e = { 0 };
	*ret_known = false;
	*ret = a;
	bool changes = !span_is(r->method, "GET") && !span_is(r->method, "HEAD");
	if (changes && r->origin.n && !origin_fits(r->origin, r->host))
		return err_set(err, ERR_FORBIDDEN, "请求来自其他网站，已拒绝", "the request comes from another site");
	if (!r->cookie.n && !r->authorization.n)
		return true;
	bool known;
	if (is_bearer(r->authorization))
		known = by_token(op, r, &a, &e);
	else if (r->cookie.n)
		known = by_cookie(op, r, &a, &e);
	else
		known = err_set(&e, ERR_UNAUTHENTICATED, "只接受 Bearer 令牌或登录后的 Cookie",
				"only bearer tokens or the cookie of a session are taken");
	if (known) {
		a.who.address = r->address;
		a.who.request_id = r->request_id;
		*ret = a;
		*ret_known = true;
		return true;
	}
	if (r->open && (e.code == ERR_UNAUTHENTICATED || e.code == ERR_FORBIDDEN))
		return true;
	*err = e;
	return false;
}
