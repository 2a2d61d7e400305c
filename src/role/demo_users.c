/* The demonstration's accounts. */
#include "os/file.h"
#include "resource/actor.h"
#include "role/demo.h"

enum { PASSWORD = 12 };

static const struct {
	const char *name, *role, *unit, *also, *en;
	const char *person; /* a condition on duties that finds who it is */
} accounts[] = {
	{ "duty", "duty_officer", "zj-wxb", NULL, "duty officer", "值班员" },
	{ "analyst", "analyst", "zj-wxb", NULL, "analyst", "技术研判员" },
	{ "leader", "leader", "zj-wxb", NULL, "leader", "分管领导" },
	{ "county", "county_officer", "chikan-wxb", NULL, "county officer", "信息科负责人" },
	{ "liaison", "unit_liaison", "zj-hospital", NULL, "liaison of one unit", "信息科负责人" },
	{ "liaison2", "unit_liaison", "zj-water", "zj-sewage", "liaison of two units", "信息科负责人" },
	{ "sysadmin", "system_admin", "zj-wxb", NULL, "system administrator", "系统管理员" },
	{ "secadmin", "security_admin", "zj-wxb", NULL, "security administrator", "安全管理员" },
	{ "auditor", "auditor", "zj-wxb", NULL, "auditor", "审计管理员" },
};

/* 32 letters and digits that are not taken for one another: 60 bits.  Letters alone would be too plain for
 * the rule of passwords. */
static void make_password(char ret[PASSWORD + 1])
{
	static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
	unsigned char bytes[PASSWORD];
	do {
		hash_random(bytes, sizeof bytes);
		for (size_t i = 0; i < PASSWORD; i++)
			ret[i] = letters[bytes[i] & 31];
		ret[PASSWORD] = '\0';
	} while (!strpbrk(ret, "23456789"));
}

static bool add(struct demo *d, const char *name, const struct demo_option *options, const char *password,
	struct err *err)
{
	const char *const arguments[] = { name, NULL };
	char line[PASSWORD + 1] = "";
	FILE *in = NULL;
	if (password) {
		memcpy(line, password, PASSWORD);
		in = fmemopen(line, PASSWORD, "r");
		if (!in)
			return err_set(err, ERR_INTERNAL, "内存不足", "out of memory");
	}
	bool ok = demo_command(d, &(struct demo_call){ "user add", arguments, options, in }, err);
	if (in)
		fclose(in);
	return ok;
}

/* The name of whoever has this post in a unit. */
static bool person_of(struct demo *d, const char *unit, const char *post, struct span *ret, struct err *err)
{
	return db_text(op_db(d->op),
		SQL("SELECT p.name FROM persons p JOIN units u ON u.n=p.unit_n WHERE u.code=? AND p.post=?"
		    " ORDER BY p.n"),
		V(db_z(unit), db_z(post)), d->op->arena, ret, err);
}

static bool add_listed(struct demo *d, size_t i, struct str *table, struct err *err)
{
	char password[PASSWORD + 1];
	struct span person, unit, also = { NULL, 0 };
	enum role role;
	make_password(password);
	if (!person_of(d, accounts[i].unit, accounts[i].person, &person, err) ||
		!db_text(op_db(d->op), SQL("SELECT name FROM units WHERE code=?"), V(db_z(accounts[i].unit)),
			d->op->arena, &unit, err))
		return false;
	const char *who = person.n ? arena_copy(d->op->arena, person) : NULL;
	const struct demo_option options[] = { { "role", accounts[i].role }, { "unit", accounts[i].unit },
		{ "password-stdin", NULL }, { who ? "person" : NULL, who }, { NULL, NULL } };
	const struct demo_option second[] = { { "role", accounts[i].role }, { "unit", accounts[i].also },
		{ NULL, NULL } };
	if (!add(d, accounts[i].name, options, password, err))
		return false;
	if (accounts[i].also &&
		(!add(d, accounts[i].name, second, NULL, err) ||
			!db_text(op_db(d->op), SQL("SELECT name FROM units WHERE code=?"),
				V(db_z(accounts[i].also)), d->op->arena, &also, err)))
		return false;
	if (!role_find(span_of(accounts[i].role), &role))
		return err_set(err, ERR_INTERNAL, "没有角色 %s", "no role %s", accounts[i].role);
	str_addf(table, "%-9s %s  %s %s " SPAN_FMT "%s" SPAN_FMT "\n", accounts[i].name, password,
		role_text(role, true), accounts[i].en, SPAN_ARG(unit), also.n ? "、" : "", SPAN_ARG(also));
	return true;
}

struct seat {
	const char *code, *role, *person;
};

/* Units whose liaison A has no account of the table. */
static bool list_seats(struct demo *d, struct seat **ret, size_t *ret_n, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	VEC(struct seat) v = { .arena = d->op->arena };
	bool row;
	if (!db_query(op_db(d->op),
		    SQL("SELECT u.code, u.kind, p.name FROM units u JOIN persons p ON p.unit_n=u.n JOIN "
			"duties d ON"
			" d.person_n=p.n AND d.unit_n=u.n AND d.kind='liaison_a' WHERE NOT EXISTS (SELECT 1 "
			"FROM grants g"
			" JOIN users s ON s.n=g.user_n WHERE g.unit_n=u.n AND s.person_n=p.n) ORDER BY u.n"),
		    V0, &r, err))
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		vec_push(&v,
			(struct seat){ arena_copy(d->op->arena, db_col_text(r, 0)),
				span_is(db_col_text(r, 1), "office") ? "county_officer" : "unit_liaison",
				arena_copy(d->op->arena, db_col_text(r, 2)) });
	}
	*ret = v.p;
	*ret_n = v.n;
	return true;
}

static bool add_others(struct demo *d, struct err *err)
{
	struct seat *seats;
	size_t n;
	if (!list_seats(d, &seats, &n, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct demo_option options[] = { { "role", seats[i].role }, { "unit", seats[i].code },
			{ "person", seats[i].person }, { NULL, NULL } };
		if (strcmp(seats[i].code, "zj-wxb") != 0 && !add(d, seats[i].code, options, NULL, err))
			return false;
	}
	return true;
}

bool demo_users(struct demo *d, struct err *err)
{
	struct str table = STR_IN(d->op->arena, 1 << 16);
	char path[4096];
	snprintf(path, sizeof path, "%s/accounts.txt", d->call->folder);
	for (size_t i = 0; i < COUNT(accounts); i++)
		if (!add_listed(d, i, &table, err))
			return false;
	return add_others(d, err) && file_replace(path, str_span(&table), 0600, err);
}

bool demo_liaison(struct demo *d, int64_t unit_n, struct span *ret_name, struct err *err)
{
	if (!db_text(op_db(d->op),
		    SQL("SELECT s.name FROM grants g JOIN users s ON s.n=g.user_n WHERE g.unit_n=? AND"
			" g.role='unit_liaison' ORDER BY g.n"),
		    V(db_i(unit_n)), d->op->arena, ret_name, err))
		return false;
	return ret_name->n ||
		err_set(err, ERR_NOT_FOUND, "单位没有联络员账号", "the unit has no liaison's account");
}
