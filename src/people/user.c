#include "people/account.h"
#include "people/password.h"

static const char *const role_names[] = {
#define ROLE(code, name, zh, en) name,
#include "resource/role.def"
#undef ROLE
	NULL
};
static const char *const trees[] = { "parent", "supervisor", NULL };

const char *const account_states[] = { "never_issued", "issued", "never_signed_in", "active", "disabled",
	NULL };

static const struct field user_fields[] = {
	{ "name", FIELD_TEXT, REQUIRED | FILTER | SORT | LIST | SEARCH, 1, 60, .zh = "账号",
		.en = "account name" },
	{ "person_id", FIELD_REF, FILTER | LIST, .ref = "person", .zh = "人员", .en = "person" },
	{ "disabled", FIELD_BOOL, FILTER | LIST, .zh = "停用", .en = "disabled" },
	{ "last_sign_in_at", FIELD_TIME, READ_ONLY | DERIVED | LIST, .zh = "最近登录", .en = "last sign-in" },
	{ "account_state", FIELD_ENUM, READ_ONLY | FILTER | LIST, .values = account_states,
		.expr = "(" ACCOUNT_STATE("t") ")",
		.zh = "账号状态，未开通、已发码、从未登录、已启用或已停用",
		.en = "account state, never issued, issued, never signed in, active or disabled" },
	{ "code_until", FIELD_TIME, READ_ONLY | FILTER,
		.expr = "(CASE WHEN t.code_hash<>'' THEN t.code_until END)", .zh = "一次性码有效至",
		.en = "one-time code is good until" },
	{ "totp", FIELD_BOOL, READ_ONLY | FILTER, .expr = "(CASE WHEN t.totp_secret<>'' THEN 1 ELSE 0 END)",
		.zh = "动态口令，登录时另须一码", .en = "second factor, asked for when signing in" },
};

static const struct field grant_fields[] = {
	{ "user_id", FIELD_REF, REQUIRED | FILTER | LIST, .ref = "user", .zh = "账号", .en = "account" },
	{ "role", FIELD_ENUM, REQUIRED | FILTER | LIST, .values = role_names, .zh = "角色", .en = "role" },
	{ "unit_id", FIELD_REF, REQUIRED | FILTER | LIST, .ref = "unit", .zh = "单位，授权覆盖该单位及其以下",
		.en = "unit, the grant covers it and all below" },
	{ "tree", FIELD_ENUM, LIST, .values = trees, .zh = "关系树，按隶属或按主管",
		.en = "tree, by parent or by supervisor" },
	{ "from_at", FIELD_TIME, LIST, .zh = "生效时间", .en = "from" },
	{ "to_at", FIELD_TIME, LIST, .zh = "失效时间", .en = "to" },
};

static const struct field token_fields[] = {
	{ "user_id", FIELD_REF, READ_ONLY | FILTER | LIST, .ref = "user", .zh = "账号", .en = "account" },
	{ "name", FIELD_TEXT, READ_ONLY | LIST, 0, 100, .zh = "用途", .en = "purpose" },
	{ "scope", FIELD_TEXT, READ_ONLY | LIST, 0, 1000, .zh = "范围，空为账号的全部权限，read 为只读，或权限名列表",
	  .en = "scope, empty: all that the account may, read: reading only, or names of permissions" },
	{ "expires_at", FIELD_TIME, READ_ONLY | LIST, .zh = "到期", .en = "expires" },
	{ "last_used_at", FIELD_TIME, READ_ONLY | DERIVED | LIST, .zh = "最近使用", .en = "last used" },
};

static const char name_characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

bool user_check_name(struct span name, struct err *err)
{
	struct span rest = name;
	size_t count = 0;
	bool good = utf8_valid(name);
	for (; good && rest.n; count++) {
		uint32_t c = utf8_next(&rest);
		good = (c >= 0x3400 && c <= 0x9FFF) || (c > 0 && c < 0x80 && strchr(name_characters, (int)c));
	}
	return (good && count >= 1 && count <= 60) ||
	       err_field(err, "name", "账号应为 1 至 60 个字母、数字、汉字或 . _ -",
			 "an account name is 1 to 60 letters, digits, Chinese characters or . _ -");
}

bool user_find(struct op *op, struct span name, int64_t *ret_n, struct err *err)
{
	bool found;
	return db_int(op_db(op), SQL("SELECT n FROM users WHERE name=?"), V(db_t(name)), ret_n, &found,
		       err) &&
		(found ||
			err_set(err, ERR_NOT_FOUND, "没有账号“" SPAN_FMT "”",
				"there is no account \"" SPAN_FMT "\"", SPAN_ARG(name)));
}

bool user_check_separation(struct op *op, int64_t user_n, const char *adding, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	const char *held = adding;
	bool more = true;
	static const char *const apart[] = { "system_admin", "security_admin", "auditor" };
	if (adding && strcmp(adding, apart[0]) != 0 && strcmp(adding, apart[1]) != 0 &&
		strcmp(adding, apart[2]) != 0)
		return true;
	if (!db_query(op_db(op), SQL("SELECT DISTINCT g.role FROM grants g JOIN users u ON u.n=g.user_n"
				     " WHERE (u.n=? OR u.person_n=(SELECT person_n FROM users WHERE n=?))"
				     " AND (g.to_at IS NULL OR g.to_at>?)"
				     " AND g.role IN ('system_admin', 'security_admin', 'auditor')"),
		      V(db_i(user_n), db_i(user_n), db_i(op_now(op))), &rows, err))
		return false;
	while (true) {
		if (!db_next(rows, &more, err))
			return false;
		if (!more)
			return true;
		struct span role = db_col_text(rows, 0);
		if (held && !span_is(role, held)) {
			enum role one = ROLE_AUDITOR, other = ROLE_AUDITOR;
			(void)(role_find(span_of(held), &one) && role_find(role, &other));
			return err_set(err, ERR_CONFLICT, "%.0s%s和%.0s%s不能由同一人担任（三员分立）",
				"%s%.0s and %s%.0s must not be one person", role_text(one, false),
				role_text(one, true), role_text(other, false), role_text(other, true));
		}
		held = span_is(role, apart[0]) ? apart[0] : span_is(role, apart[1]) ? apart[1] : apart[2];
	}
}

bool user_check_manage(struct op *op, int64_t user_n, struct err *err)
{
	int64_t units[GRANTS_MAX];
	size_t n = 0;
	if (op->actor->local || actor_whole(op->actor, PERM_USER_WRITE))
		return true;
	{
		CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
		bool more = true;
		if (!db_query(op_db(op), SQL("SELECT DISTINCT unit_n FROM grants WHERE user_n=? LIMIT 64"),
			    V(db_i(user_n)), &rows, err))
			return false;
		while (true) {
			if (!db_next(rows, &more, err))
				return false;
			if (!more || n == GRANTS_MAX)
				break;
			units[n++] = db_col_int(rows, 0);
		}
	}
	bool may = actor_has(op->actor, PERM_USER_WRITE);
	for (size_t i = 0; i < n && may; i++)
		if (!actor_may(op->actor, op_db(op), PERM_USER_WRITE, units[i], &may, err))
			return false;
	return may ||
		err_set(err, ERR_FORBIDDEN, "该账号在您管理范围之外还有授权，不能修改",
			"the account has grants outside what you administer and cannot be changed by you");
}

static bool revoke_tokens(struct op *op, int64_t user_n, struct err *err)
{
	VEC(int64_t) live = { .arena = op->arena };
	struct db_value now = db_i(op_now(op));
	{
		CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
		bool row = true;
		if (!db_query(op_db(op),
			    SQL("SELECT n FROM tokens WHERE user_n=? AND expires_at>? ORDER BY n"),
			    V(db_i(user_n), now), &rows, err))
			return false;
		for (;;) {
			if (!db_next(rows, &row, err))
				return false;
			if (!row)
				break;
			vec_push(&live, db_col_int(rows, 0));
		}
	}
	for (size_t i = 0; i < live.n; i++) {
		struct record token, after;
		bool found;
		if (!resource_load(op, &token_resource, live.p[i], &token, &found, err))
			return false;
		after = record_copy(op, &token);
		record_set(&after, "expires_at", now);
		if (!record_update(op, &token, &after, "revoke", err))
			return false;
	}
	return true;
}

bool user_check_password(
	struct op *op, struct span name, struct span password, const char *field, struct err *err)
{
	struct password_rule rule = { .field = field };
	return setting_known(op, "password_min", &rule.min, err) &&
		password_check(&rule, name, password, err);
}

bool user_end_access(struct op *op, int64_t user_n, int64_t keep_n, bool tokens, struct err *err)
{
	return db_exec(op_db(op), SQL("DELETE FROM sessions WHERE user_n=? AND n<>?"),
		       V(db_i(user_n), db_i(keep_n)), err) &&
		(!tokens || revoke_tokens(op, user_n, err));
}

bool user_log(struct op *op, const struct record *user, const char *verb, struct err *err)
{
	int64_t seq;
	struct store_change change = { .resource = "user", .record_n = user->n, .record_id = user->id,
				       .version = user->version, .verb = verb };
	return store_add_change(op->tx, &change, &seq, err);
}

bool user_set_password(struct op *op, const struct record *user, const char *hash, struct err *err)
{
	return db_exec(op_db(op),
		SQL("UPDATE users SET password_hash=?, password_at=?, code_hash='' WHERE n=?"),
		       V(db_z(hash), db_i(op_now(op)), db_i(user->n)), err) &&
	       user_log(op, user, "password", err);
}

bool op_finish(struct op *op, bool ok, struct err *err)
{
	if (ok)
		return op_commit(op, err);
	op_rollback(op);
	return false;
}

static bool check_user(struct op *op, const struct record *before, struct record *after, struct err *err)
{
	if (!user_check_name(record_text(after, "name"), err))
		return false;
	return !before || user_check_manage(op, before->n, err);
}

static bool after_user(
	struct op *op, const struct record *before, const struct record *after, struct err *err)
{
	if (!after || !before)
		return true;
	if (record_int(after, "disabled") && !record_int(before, "disabled") &&
	    !user_end_access(op, after->n, 0, false, err))
		return false;
	return record_int(after, "person_id") == record_int(before, "person_id") ||
	       user_check_separation(op, after->n, NULL, err);
}

/* ,"grants":[…]: those that have not ended. */
static bool show_user(struct op *op, const struct record *r, bool single, struct str *out, struct err *err)
{
	static const char *const names[] = { "id", "role", "unit_id", "unit_name", "tree" };
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	bool more = true;
	(void)single;
	if (!db_query(op_db(op),
		    SQL("SELECT g.id, g.role, u.id, u.name, g.tree FROM grants g JOIN units u ON u.n=g.unit_n"
			" WHERE g.user_n=? AND (g.to_at IS NULL OR g.to_at>?) ORDER BY g.n LIMIT 64"),
		    V(db_i(r->n), db_i(op_now(op))), &rows, err))
		return false;
	str_addz(out, ",\"grants\":[");
	for (size_t i = 0; ; i++) {
		if (!db_next(rows, &more, err))
			return false;
		if (!more)
			break;
		for (int k = 0; k < (int)COUNT(names); k++) {
			str_addf(out, "%s\"%s\":", k ? "," : i ? ",{" : "{", names[k]);
			str_add_json(out, db_col_text(rows, k));
		}
		str_addc(out, '}');
	}
	str_addc(out, ']');
	return true;
}

/* Who administers accounts gives rights to others: to oneself (this account or another of the same person)
 * somebody else does, or the machine's own administrator at its command line. */
static bool check_not_self(struct op *op, int64_t user_n, struct err *err)
{
	const struct actor *a = op->actor;
	int64_t person_n = 0;
	bool found;
	if (a->local)
		return true;
	if (!db_int(op_db(op), SQL("SELECT person_n FROM users WHERE n=? AND person_n IS NOT NULL"),
		    V(db_i(user_n)), &person_n, &found, err))
		return false;
	if (user_n != a->who.user_n && !(found && a->who.person_n && person_n == a->who.person_n))
		return true;
	err_field(err, "user_id", "不能给自己授权，请由另一位安全管理员办理",
		"nobody grants a role to oneself: another security administrator does");
	err->code = ERR_FORBIDDEN;
	return false;
}

static bool check_grant(struct op *op, const struct record *before, struct record *after, struct err *err)
{
	struct db_value from = record_get(after, "from_at"), to = record_get(after, "to_at");
	int64_t one;
	bool again = false;
	if (from.type == DB_INT && to.type == DB_INT && from.i > to.i)
		return err_field(err, "to_at", "失效时间早于生效时间", "the end stands before the beginning");
	if (!db_int(op_db(op),
		    SQL("SELECT count(*) FROM grants WHERE user_n=? AND n<>? AND (to_at IS NULL OR to_at>?)"),
		    V(db_i(record_int(after, "user_id")), db_i(before ? before->n : 0), db_i(op_now(op))),
		    &one, &again, err))
		return false;
	if (one >= GRANTS_MAX)
		return err_field(err, "user_id", "一个账号最多 %d 项授权", "an account has at most %d grants",
			(int)GRANTS_MAX);
	if (to.type == DB_INT && to.i <= op_now(op))
		return true;
	struct span role = record_text(after, "role");
	return user_check_separation(op, record_int(after, "user_id"), arena_copy(op->arena, role), err) &&
		check_not_self(op, record_int(after, "user_id"), err);
}

static bool user_guards(struct db *db, const struct actor *a, int64_t n, bool *ret, struct err *err)
{
	(void)db;
	(void)err;
	*ret = n == a->who.user_n;
	return true;
}

/* One that is gone may have been anybody's. */
static bool grant_guards(struct db *db, const struct actor *a, int64_t n, bool *ret, struct err *err)
{
	int64_t user_n = 0;
	bool found;
	if (!db_int(db, SQL("SELECT user_n FROM grants WHERE n=?"), V(db_i(n)), &user_n, &found, err))
		return false;
	*ret = !found || user_n == a->who.user_n;
	return true;
}

const struct resource user_resource = {
	.name = "user", .path = "users", .table = "users",
	.zh = "账号，可服务于多个单位", .en = "account, may serve several units",
	.fields = user_fields, .n_fields = COUNT(user_fields), .key = "name", .label = "name", .sort = "name",
	.read = PERM_USER_READ, .write = PERM_USER_WRITE, .ops = RESOURCE_CREATE | RESOURCE_CHANGE,
	.check = check_user, .after = after_user, .show = show_user, .guards = user_guards,
	.show_schema = "\"grants\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}",
};

const struct resource grant_resource = {
	.name = "grant",
	.path = "grants",
	.table = "grants",
	.zh = "授权，账号在某单位及以下的角色",
	.en = "grant, a role of an account in a unit and below",
	.fields = grant_fields,
	.n_fields = COUNT(grant_fields),
	.unit_column = "t.unit_n", .guards = grant_guards,
	.read = PERM_USER_READ,
	.write = PERM_USER_WRITE,
	.ops = RESOURCE_CREATE | RESOURCE_CHANGE | RESOURCE_DELETE,
	.check = check_grant,
};

const struct resource token_resource = {
	.name = "token", .path = "tokens", .table = "tokens",
	.zh = "接口令牌，供程序使用", .en = "token, for programs",
	.fields = token_fields, .n_fields = COUNT(token_fields),
	.read = PERM_USER_READ, .write = PERM_USER_WRITE,
};
