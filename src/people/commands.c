/* seawall import units|persons, user add|passwd|disable|enable|revoke, token add. */
#include "people/issue.h"
#include "people/password.h"
#include "people/session.h"
#include "people/unit.h"
#include "people/user.h"
#include "resource/sheet.h"

enum { DAYS_MAX = 3660 };

/* One line from standard input; where it ends is not part of the password. */
static bool read_password(struct command_call *c, struct span name, struct span *ret, struct err *err)
{
	char *line = arena_alloc(c->op->arena, PASSWORD_MAX + 4);
	if (!fgets(line, PASSWORD_MAX + 4, c->in))
		return err_field(
			err, "password", "标准输入中没有密码", "there is no password on standard input");
	size_t n = strlen(line);
	while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
		n--;
	*ret = (struct span){ line, n };
	return user_check_password(c->op, name, *ret, "password", err);
}

static bool need(const struct command_call *c, const char *option, struct span *ret, struct err *err)
{
	*ret = command_option(c, option);
	return ret->n || err_set(err, ERR_USAGE, "缺少 --%s", "--%s is missing", option);
}

/* What `user add` and `user revoke` are about. */
struct wanted {
	struct span name, unit_code, unit_name;
	enum role role;
	int64_t unit_n, person_n;
};

static bool find_wanted(struct command_call *c, struct wanted *w, struct err *err)
{
	struct span role;
	bool found;
	w->name = c->words[0];
	if (!need(c, "role", &role, err) || !need(c, "unit", &w->unit_code, err))
		return false;
	if (!role_find(role, &w->role))
		return err_field(err, "role", "没有角色“" SPAN_FMT "”", "there is no role \"" SPAN_FMT "\"",
			SPAN_ARG(role));
	if (!unit_find(c->op, w->unit_code, &w->unit_n, &found, err))
		return false;
	if (!found)
		return err_set(err, ERR_NOT_FOUND, "没有单位“" SPAN_FMT "”",
			"there is no unit \"" SPAN_FMT "\"", SPAN_ARG(w->unit_code));
	return db_text(op_db(c->op), SQL("SELECT name FROM units WHERE n=?"), V(db_i(w->unit_n)),
		c->op->arena, &w->unit_name, err);
}

/* --person: an id, or the name of somebody in the unit. */
static bool find_person(struct command_call *c, struct wanted *w, struct err *err)
{
	struct span person = command_option(c, "person");
	int64_t count = 0;
	bool found;
	if (!person.n)
		return true;
	if (!db_int(op_db(c->op), SQL("SELECT count(*) FROM persons WHERE id=? OR (name=? AND unit_n=?)"),
		    V(db_t(person), db_t(person), db_i(w->unit_n)), &count, &found, err) ||
		!db_int(op_db(c->op), SQL("SELECT n FROM persons WHERE id=? OR (name=? AND unit_n=?)"),
			V(db_t(person), db_t(person), db_i(w->unit_n)), &w->person_n, &found, err))
		return false;
	return count == 1 ||
		err_set(err, ERR_NOT_FOUND, "该单位有 %lld 个人员叫“" SPAN_FMT "”，请给出编号（id）",
			"%lld persons of this unit are named \"" SPAN_FMT "\", please give the id",
			(long long)count, SPAN_ARG(person));
}

static bool load_user(struct op *op, struct span name, struct record *ret, bool *ret_found, struct err *err)
{
	int64_t n;
	bool found;
	*ret_found = false;
	return db_int(op_db(op), SQL("SELECT n FROM users WHERE name=?"), V(db_t(name)), &n, &found, err) &&
		(!found || resource_load(op, &user_resource, n, ret, ret_found, err));
}

static bool make_user(
	struct op *op, const struct wanted *w, struct record *user, bool *ret_found, struct err *err)
{
	if (!load_user(op, w->name, user, ret_found, err))
		return false;
	if (!*ret_found) {
		if (!record_new(&user_resource, op->arena, user))
			return false;
		record_set(user, "name", db_t(w->name));
		record_set(user, "person_id", w->person_n ? db_i(w->person_n) : db_null());
		return record_insert(op, user, err);
	}
	if (!w->person_n || record_int(user, "person_id") == w->person_n)
		return true;
	struct record after = record_copy(op, user);
	record_set(&after, "person_id", db_i(w->person_n));
	if (!record_update(op, user, &after, "change", err))
		return false;
	*user = after;
	return user_check_separation(op, user->n, NULL, err);
}

static bool find_grant(struct op *op, const struct wanted *w, int64_t user_n, int64_t *ret_n, bool *ret_found,
	struct err *err)
{
	return db_int(op_db(op),
		SQL("SELECT n FROM grants WHERE user_n=? AND role=? AND unit_n=? AND (to_at IS NULL OR "
		    "to_at>?)"),
		V(db_i(user_n), db_z(role_name(w->role)), db_i(w->unit_n), db_i(op_now(op))), ret_n,
		ret_found, err);
}

static bool make_grant(struct command_call *c, const struct wanted *w, int64_t user_n, struct err *err)
{
	struct record grant;
	int64_t n;
	bool found;
	if (!find_grant(c->op, w, user_n, &n, &found, err))
		return false;
	if (found)
		return true;
	if (!user_check_separation(c->op, user_n, role_name(w->role), err) ||
		!record_new(&grant_resource, c->op->arena, &grant))
		return false;
	record_set(&grant, "user_id", db_i(user_n));
	record_set(&grant, "role", db_z(role_name(w->role)));
	record_set(&grant, "unit_id", db_i(w->unit_n));
	if (command_flag(c, "by-supervisor"))
		record_set(&grant, "tree", db_z("supervisor"));
	return record_insert(c->op, &grant, err);
}

/* Is a new password needed: is there one, and is it not already the account's? */
static bool new_password(
	struct command_call *c, const struct wanted *w, char ret_hash[PASSWORD_HASH], struct err *err)
{
	struct span password, old;
	bool same = false;
	ret_hash[0] = '\0';
	if (!command_flag(c, "password-stdin"))
		return true;
	if (!read_password(c, w->name, &password, err) ||
		!db_text(op_db(c->op), SQL("SELECT password_hash FROM users WHERE name=?"), V(db_t(w->name)),
			c->op->arena, &old, err))
		return false;
	if (old.n && !password_verify(old, password, &same, err))
		return false;
	return same || password_hash(password, ret_hash, err);
}

static void print_added(struct command_call *c, const struct wanted *w, bool changed)
{
	const char *also = c->zh ? "，密码已更新" : ", password changed";
	fprintf(c->out, SPAN_FMT ": " SPAN_FMT " (" SPAN_FMT "), %s%s\n", SPAN_ARG(w->name),
		SPAN_ARG(w->unit_name), SPAN_ARG(w->unit_code), role_text(w->role, c->zh),
		changed ? also : "");
}

bool user_command_add(struct command_call *c, struct err *err)
{
	struct wanted w = { 0 };
	struct record user;
	char hash[PASSWORD_HASH];
	bool found = false;
	if (!user_check_name(c->words[0], err) || !find_wanted(c, &w, err) || !find_person(c, &w, err) ||
		!new_password(c, &w, hash, err) || !op_begin(c->op, err))
		return false;
	if (!op_finish(c->op,
		    make_user(c->op, &w, &user, &found, err) && make_grant(c, &w, user.n, err) &&
			    (!hash[0] || user_set_password(c->op, &user, hash, err)) &&
			    (!hash[0] || !found || user_end_access(c->op, user.n, 0, false, err)),
		    err))
		return false;
	print_added(c, &w, found && hash[0]);
	return true;
}

static bool must_user(struct command_call *c, struct record *ret, struct err *err)
{
	bool found;
	return load_user(c->op, c->words[0], ret, &found, err) &&
		(found ||
			err_set(err, ERR_NOT_FOUND, "没有账号“" SPAN_FMT "”",
				"there is no account \"" SPAN_FMT "\"", SPAN_ARG(c->words[0])));
}

bool user_command_passwd(struct command_call *c, struct err *err)
{
	struct record user;
	struct span password;
	char hash[PASSWORD_HASH];
	if (!must_user(c, &user, err) || !read_password(c, c->words[0], &password, err) ||
		!password_hash(password, hash, err) || !op_begin(c->op, err))
		return false;
	return op_finish(c->op,
		user_set_password(c->op, &user, hash, err) && user_end_access(c->op, user.n, 0, false, err),
		err);
}

static bool set_disabled(struct command_call *c, bool disabled, struct err *err)
{
	struct record user;
	CLEANUP(json_free) json_t *in = json_pack("{s:b}", "disabled", disabled);
	if (!op_begin(c->op, err))
		return false;
	struct resource_request q = { .id = c->words[0], .in = in };
	return op_finish(c->op, resource_change(c->op, &user_resource, &q, &user, err), err);
}

bool user_command_disable(struct command_call *c, struct err *err)
{
	return set_disabled(c, true, err);
}

bool user_command_enable(struct command_call *c, struct err *err)
{
	return set_disabled(c, false, err);
}

static bool end_grant(struct command_call *c, const struct wanted *w, int64_t user_n, struct err *err)
{
	struct record before, after;
	int64_t n;
	bool found;
	if (!find_grant(c->op, w, user_n, &n, &found, err))
		return false;
	if (!found)
		return err_set(err, ERR_NOT_FOUND, "“" SPAN_FMT "”没有这项授权",
			"\"" SPAN_FMT "\" has no such grant", SPAN_ARG(w->name));
	if (!resource_load(c->op, &grant_resource, n, &before, &found, err))
		return false;
	after = record_copy(c->op, &before);
	record_set(&after, "to_at", db_i(op_now(c->op)));
	return record_update(c->op, &before, &after, "end", err);
}

bool user_command_revoke(struct command_call *c, struct err *err)
{
	struct wanted w = { 0 };
	struct record user;
	if (!find_wanted(c, &w, err) || !must_user(c, &user, err) || !op_begin(c->op, err))
		return false;
	return op_finish(c->op, end_grant(c, &w, user.n, err), err);
}

bool token_command_add(struct command_call *c, struct err *err)
{
	struct record user, token;
	struct span text;
	int64_t days;
	char secret[TOKEN_TEXT];
	if (!need(c, "days", &text, err) || !must_user(c, &user, err))
		return false;
	if (!span_int(text, 1, DAYS_MAX, &days))
		return err_field(err, "days", "--days 应为 1 至 %d 的整数",
			"--days must be a whole number from 1 to %d", (int)DAYS_MAX);
	if (!op_begin(c->op, err))
		return false;
	struct token_wish wish = { user.n, command_option(c, "purpose"), command_option(c, "scope"),
		op_now(c->op) + days * TIME_DAY };
	if (!op_finish(c->op, token_make(c->op, &wish, secret, &token, err), err))
		return false;
	fprintf(c->out, "%s\n", secret);
	return true;
}

const struct command people_commands[] = {
	{ "import units", "FILE", SHEET_OPTIONS, COMMAND_OPEN, unit_import,
		"导入单位和联系人（CSV、XLSX），全部正确才写入；--dry-run 预览；--clean 只导入无误的行，--rest 把其余写入工作簿；\n"
		"    --map 列名=字段；--accept-repairs 采纳建议；--new-all 相近的都算新单位",
		"import units and their contacts from CSV or XLSX, all or nothing; --dry-run shows; --clean "
		"takes the "
		"good rows,\n    --rest writes the others into a workbook; --map NAME=FIELD; "
		"--accept-repairs; --new-all" },
	{ "import persons", "FILE", SHEET_OPTIONS, COMMAND_OPEN, person_import,
		"导入人员和职责（CSV、XLSX），全部正确才写入；选项同上",
		"import persons and their duties from CSV or XLSX, all or nothing; options as above" },
	{ "user add", "NAME", "role= unit= person= by-supervisor password-stdin", COMMAND_OPEN,
		user_command_add,
		"新增账号，或给已有账号再加一项授权。角色：duty_officer analyst leader county_officer "
		"unit_liaison\n"
		"    system_admin security_admin auditor；单位写编码；密码由标准输入读（--password-stdin）",
		"add an account, or one more grant to an existing one. Roles: duty_officer analyst leader "
		"county_officer\n"
		"    unit_liaison system_admin security_admin auditor; the unit by its code; the password "
		"from standard input" },
	{ "user issue", "", "unit=* all out= qr again called-back=", COMMAND_OPEN, user_command_issue,
		"为各单位联络员开通账号：一次性码，印成单子（--out 单子.html 为 A4 每页 8 张，--qr 显示二维码）；\n"
		"    已启用的不动，回拨核实后重发：--again --called-back \"姓名 电话\"",
		"open accounts for the liaisons of units: one-time codes as slips (--out FILE.html: A4, "
		"eight a "
		"page; --qr);\n"
		"    active ones are left alone, after calling back: --again --called-back \"NAME NUMBER\"" },
	{ "user passwd", "NAME", "password-stdin", COMMAND_OPEN, user_command_passwd,
		"从标准输入重设密码，其登录随之结束",
		"set a password from standard input, which ends the account's sessions" },
	{ "user disable", "NAME", "", COMMAND_OPEN, user_command_disable, "停用账号，其登录随之结束",
		"disable an account, which ends its sessions" },
	{ "user enable", "NAME", "", COMMAND_OPEN, user_command_enable, "恢复账号",
		"enable an account again" },
	{ "user revoke", "NAME", "role= unit=", COMMAND_OPEN, user_command_revoke, "收回一项授权，立即生效",
		"take a grant back, at once" },
	{ "unit turnover", "CODE", "duty= from= to= name= phone= post= date= qr", COMMAND_OPEN,
		unit_command_turnover,
		"联络员交接：结束原职责和授权，开始新职责，开通账号并打印单子",
		"turnover of a liaison: ends the old duty and grant, begins the new duty, opens the "
		"account" },
	{ "token add", "NAME", "days= scope= purpose=", COMMAND_OPEN, token_command_add,
		"新建接口令牌，只显示这一次", "make an API token, shown this once" },
	{ "setting list", "", "", COMMAND_OPEN, setting_command_list, "列出设置项和现值",
		"list the settings and what holds" },
	{ "setting set", "KEY…", "", COMMAND_OPEN, setting_command_set,
		"修改一个设置项：setting set base_url https://…",
		"change a setting: setting set base_url https://…" },
};
const size_t people_commands_count = COUNT(people_commands);
