/* Accounts of liaisons. */
#include "people/issue.h"

#include "codec/pinyin.h"

enum { NAME_MAX = 40, NAME_TRIES = 10000 };

static bool not_now(struct not_issued *why, const char *zh, const char *en)
{
	why->zh = span_of(zh);
	why->en = span_of(en);
	return true;
}

bool slip_settings(struct op *op, struct span *ret_base_url, int64_t *ret_until, struct err *err)
{
	int64_t days;
	if (!setting_text(op, "base_url", ret_base_url, err) || !setting_known(op, "code_days", &days, err))
		return false;
	*ret_until = op_now(op) + days * TIME_DAY;
	return true;
}

/* ---- the account ------------------------------------------------------------------------------- */

/* Pinyin of the name; of one without, the unit's code.  Then 2, 3 … until it is nobody's. */
static bool free_name(struct op *op, struct span person, struct span code, struct span *ret, struct err *err)
{
	struct str base = STR_IN(op->arena, 400);
	pinyin_person(person, &base);
	if (base.n < 2) {
		str_clear(&base);
		for (size_t i = 0; i < code.n; i++)
			if ((code.p[i] >= '0' && code.p[i] <= '9') || ((code.p[i] | 0x20) >= 'a' &&
									      (code.p[i] | 0x20) <= 'z'))
				str_addc(&base, code.p[i]);
		str_addz(&base, "-a");
	}
	struct span stem = utf8_cut(str_span(&base), NAME_MAX);
	for (int i = 1; i < NAME_TRIES; i++) {
		int64_t one;
		bool taken;
		*ret = i == 1 ? stem : arena_printf(op->arena, SPAN_FMT "%d", SPAN_ARG(stem), i);
		if (!db_int(op_db(op), SQL("SELECT 1 FROM users WHERE name=?"), V(db_t(*ret)), &one, &taken,
			    err))
			return false;
		if (!taken)
			return user_check_name(*ret, err);
	}
	return err_set(err, ERR_CONFLICT, "账号名已用尽", "no account name is free");
}

struct account { int64_t n; bool disabled, password; };

/* The person's account: one that can be used rather than a disabled one. */
static bool find_account(struct op *op, int64_t person_n, struct account *ret, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	bool row;
	*ret = (struct account){ 0 };
	if (!db_query(op_db(op),
		    SQL("SELECT n, disabled, password_hash FROM users WHERE person_n=?"
			" ORDER BY disabled, n LIMIT 1"),
		    V(db_i(person_n)), &rows, err) ||
		!db_next(rows, &row, err))
		return false;
	if (row)
		*ret = (struct account){ db_col_int(rows, 0), db_col_int(rows, 1) != 0,
			db_col_text(rows, 2).n > 0 };
	return true;
}

/* Only liaisons, and only where the actor may open accounts. */
static bool check_grants(struct op *op, int64_t user_n, struct not_issued *why, struct err *err)
{
	int64_t units[GRANTS_MAX];
	size_t n = 0;
	bool other = false, may = true;
	{
		CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
		bool row = true;
		if (!db_query(op_db(op),
			    SQL("SELECT role, unit_n FROM grants WHERE user_n=? AND (to_at IS NULL OR "
			    "to_at>?)"
				" LIMIT 64"),
			    V(db_i(user_n), db_i(op_now(op))), &rows, err))
			return false;
		while (n < GRANTS_MAX) {
			if (!db_next(rows, &row, err))
				return false;
			if (!row)
				break;
			other = other || !span_is(db_col_text(rows, 0), role_name(ROLE_UNIT_LIAISON));
			units[n++] = db_col_int(rows, 1);
		}
	}
	if (other)
		return not_now(why, "该人员的账号还有其他角色，请由安全管理员办理",
			"the account has another role: ask the security administrator");
	for (size_t i = 0; i < n && may; i++)
		if (!actor_may(op->actor, op_db(op), PERM_USER_ISSUE, units[i], &may, err))
			return false;
	return may ||
		not_now(why, "该账号在您的范围之外还有授权", "the account has grants outside your scope");
}

bool account_add_unit(struct op *op, int64_t user_n, int64_t unit_n, struct err *err)
{
	struct record grant;
	int64_t n;
	bool found;
	if (!db_int(op_db(op),
		    SQL("SELECT n FROM grants WHERE user_n=? AND role='unit_liaison' AND unit_n=?"
			" AND (to_at IS NULL OR to_at>?)"),
		    V(db_i(user_n), db_i(unit_n), db_i(op_now(op))), &n, &found, err))
		return false;
	if (found)
		return true;
	if (!db_int(op_db(op),
		    SQL("SELECT count(*) FROM grants WHERE user_n=? AND (to_at IS NULL OR to_at>?)"),
		    V(db_i(user_n), db_i(op_now(op))), &n, &found, err))
		return false;
	if (n >= GRANTS_MAX)
		return err_set(err, ERR_CONFLICT, "一个账号最多 %d 项授权", "an account has at most %d grants",
			(int)GRANTS_MAX);
	if (!record_new(&grant_resource, op->arena, &grant))
		return false;
	record_set(&grant, "user_id", db_i(user_n));
	record_set(&grant, "role", db_z(role_name(ROLE_UNIT_LIAISON)));
	record_set(&grant, "unit_id", db_i(unit_n));
	return record_insert(op, &grant, err);
}

static bool make_account(
	struct op *op, const struct record *person, int64_t unit_n, int64_t *ret_n, struct err *err)
{
	struct record user;
	struct span code, name;
	if (!db_text(op_db(op), SQL("SELECT code FROM units WHERE n=?"), V(db_i(unit_n)), op->arena, &code,
		    err) ||
		!free_name(op, record_text(person, "name"), code, &name, err) ||
		!record_new(&user_resource, op->arena, &user))
		return false;
	record_set(&user, "name", db_t(name));
	record_set(&user, "person_id", db_i(person->n));
	if (!record_insert(op, &user, err))
		return false;
	*ret_n = user.n;
	return true;
}

/* The code's hash, and with `again` the end of the password and of all that it opened. */
static bool give_code(
	struct op *op, const struct issue_one *one, const struct record *user, int64_t until,
	bool reset, struct err *err)
{
	const struct behalf *called = one->called;
	struct store_change change = { .resource = "user", .record_n = user->n, .record_id = user->id,
		.version = user->version, .verb = reset ? "reset" : "issue_account",
		.unit_after_n = one->unit_n };
	if (called && called->json.n) {
		struct str values = STR_IN(op->arena, 8192);
		str_addz(&values, "{\"before\":{},\"after\":{\"on_whose_word\":");
		str_add_json(&values, called->whose_word);
		str_addz(&values, ",\"called\":");
		str_add(&values, called->json);
		str_addz(&values, "}}");
		change.values = str_span(&values);
	}
	if (reset &&
		(!db_exec(op_db(op), SQL("UPDATE users SET password_hash='' WHERE n=?"), V(db_i(user->n)),
		err) ||
			!user_end_access(op, user->n, 0, true, err)))
		return false;
	return db_exec(op_db(op), SQL("UPDATE users SET code_hash=?, code_until=?, code_at=? WHERE n=?"),
		       V(db_z(one->hash), db_i(until), db_i(op_now(op)), db_i(user->n)), err) &&
		store_add_change(op->tx, &change, NULL, err);
}

static struct span sign_in_url(struct op *op, struct span base, struct span account, const char *code)
{
	struct str s = STR_IN(op->arena, 1000);
	str_add(&s, base);
	str_addz(&s, "/sign-in#account=");
	for (size_t i = 0; i < account.n; i++) {
		unsigned char c = (unsigned char)account.p[i];
		bool plain = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
		if (plain || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-')
			str_addc(&s, (char)c);
		else
			str_addf(&s, "%%%02X", c);
	}
	str_addf(&s, "&code=%s", code);
	return str_span(&s);
}

static bool not_of_this_unit(struct err *err)
{
	return err_set(err, ERR_FORBIDDEN, "没有为该单位开通账号的权限",
		"not permitted to open accounts of this unit");
}

/* Why there may be no account at all; "" in *ret_why otherwise. */
static bool check_account(struct op *op, const struct account *account, struct not_issued *ret_why,
	struct err *err)
{
	if (account->disabled)
		return not_now(ret_why, "账号已停用，请由安全管理员恢复",
			"the account is disabled: ask the security administrator");
	return !account->n || check_grants(op, account->n, ret_why, err);
}

bool account_issue_one(
	struct op *op, const struct issue_one *one, struct slip *ret, struct not_issued *ret_why,
	struct err *err)
{
	struct account account;
	struct record user, person, unit;
	struct span base;
	int64_t until;
	bool found, known, may;
	*ret_why = (struct not_issued){ .zh = SPAN(""), .en = SPAN("") };
	if (!resource_load(op, &person_resource, one->person_n, &person, &found, err) ||
		!resource_load(op, &unit_resource, one->unit_n, &unit, &known, err) ||
		!actor_may(op->actor, op_db(op), PERM_USER_ISSUE, one->unit_n, &may, err))
		return false;
	if (!found || !known || !may)
		return not_of_this_unit(err);
	ret_why->unit_id = unit.id;
	ret_why->unit = record_text(&unit, "name");
	ret_why->person = record_text(&person, "name");
	/* a liaison speaks for all units below: below an office that is everybody it leads */
	if (span_is(record_text(&unit, "kind"), "office"))
		return not_now(ret_why, "网信办的账号请由安全管理员开通",
			"the security administrator opens the accounts of an office");
	if (!find_account(op, one->person_n, &account, err) || !check_account(op, &account, ret_why, err))
		return false;
	if (ret_why->zh.n)
		return true;
	if ((!account.n && !make_account(op, &person, one->unit_n, &account.n, err)) ||
		!account_add_unit(op, account.n, one->unit_n, err))
		return false;
	ret_why->user_n = account.n;
	if (account.password && !one->again)
		return not_now(ret_why, "账号已启用", "the account is active");
	if (!slip_settings(op, &base, &until, err) ||
		!resource_load(op, &user_resource, account.n, &user, &found, err))
		return false;
	if (one->from_at > op_now(op))
		until += one->from_at - op_now(op);
	if (!give_code(op, one, &user, until, account.password, err))
		return false;
	*ret = (struct slip){ .units = ret_why->unit, .unit_id = unit.id, .user_id = user.id,
		.person_id = person.id, .person = ret_why->person, .account = record_text(&user, "name"),
		.url = sign_in_url(op, base, record_text(&user, "name"), one->code), .until = until };
	snprintf(ret->code, sizeof ret->code, "%s", one->code);
	return true;
}
