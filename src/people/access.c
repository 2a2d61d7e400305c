/* What a user may do at this moment. */
#include "people/person.h"

static bool read_user(struct op *op, int64_t user_n, struct actor *a, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	bool row;
	if (!db_query(op_db(op), SQL("SELECT name, person_n FROM users WHERE n=? AND disabled=0"),
		    V(db_i(user_n)), &rows, err) ||
		!db_next(rows, &row, err))
		return false;
	if (!row)
		return err_set(err, ERR_UNAUTHENTICATED, "账号不存在或已停用",
			"there is no such account, or it is disabled");
	a->who.user_n = user_n;
	a->who.name = arena_span(op->arena, db_col_text(rows, 0));
	a->who.person_n = db_col_int(rows, 1);
	return true;
}

#define OF_ITS_KIND "(g.role<>'unit_liaison' OR d.kind IN ('liaison_a', 'liaison_b'))"

/*
 * A grant counts while its own dates hold, and, where its user's person has duties on record in that unit
 * (for a liaison: as liaison), while one of these holds.  A grant on the city office or above it covers
 * everything.
 */
static bool read_grants(struct op *op, struct actor *a, struct err *err)
{
	int64_t office, now = op_now(op);
	struct db_value today = db_t(people_today(op));
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	bool more = true;
	if (!unit_office(op, &office, err))
		return false;
	if (!db_query(op_db(op),
		    SQL("SELECT g.role, g.unit_n, g.tree, EXISTS (SELECT 1 FROM unit_tree t"
			" WHERE t.ancestor_n=g.unit_n AND t.descendant_n=? AND t.relation=0)"
			" FROM grants g JOIN users u ON u.n=g.user_n WHERE g.user_n=?"
			" AND (g.from_at IS NULL OR g.from_at<=?) AND (g.to_at IS NULL OR g.to_at>?)"
			" AND (NOT EXISTS (SELECT 1 FROM duties d WHERE d.person_n=u.person_n"
			" AND d.unit_n=g.unit_n AND " OF_ITS_KIND ") OR EXISTS (SELECT 1 FROM duties d"
			" WHERE d.person_n=u.person_n AND d.unit_n=g.unit_n AND " OF_ITS_KIND
			" AND (d.from_date='' OR d.from_date<=?) AND (d.to_date='' OR d.to_date>?)))"
			" ORDER BY g.n LIMIT 64"),
		    V(db_i(office), db_i(a->who.user_n), db_i(now), db_i(now), today, today), &rows, err))
		return false;
	struct grant *grants = arena_array(op->arena, GRANTS_MAX, sizeof *grants);
	while (true) {
		if (!db_next(rows, &more, err))
			return false;
		if (!more || a->n_grants == GRANTS_MAX)
			break;
		struct grant *g = &grants[a->n_grants];
		if (!role_find(db_col_text(rows, 0), &g->role))
			continue;       /* a role that this version does not know gives nothing */
		g->unit_n = db_col_int(rows, 1);
		g->tree = span_is(db_col_text(rows, 2), "supervisor") ? UNIT_SUPERVISOR : UNIT_PARENT;
		g->whole = g->tree == UNIT_PARENT && db_col_int(rows, 3);
		a->n_grants++;
	}
	a->grants = grants;
	return true;
}

/* The three administrators may be required to have a second factor: without one they may set it up, no
 * more. */
static bool check_factor(struct op *op, struct actor *a, struct err *err)
{
	struct span secret;
	int64_t required;
	bool admin = false;
	for (size_t i = 0; i < a->n_grants; i++)
		admin = admin || a->grants[i].role == ROLE_SYSTEM_ADMIN ||
			a->grants[i].role == ROLE_SECURITY_ADMIN || a->grants[i].role == ROLE_AUDITOR;
	if (!admin)
		return true;
	if (!setting_known(op, "totp_required", &required, err) ||
		!db_text(op_db(op), SQL("SELECT totp_secret FROM users WHERE n=?"), V(db_i(a->who.user_n)),
			op->arena, &secret, err))
		return false;
	a->totp_wanted = required && !secret.n;
	if (a->totp_wanted)
		a->denied = ~(UINT64_C(1) << PERM_SIGNED_IN);
	return true;
}

bool actor_load(struct op *op, int64_t user_n, struct actor *ret, struct err *err)
{
	struct actor a = { .session = SPAN("") };
	if (!read_user(op, user_n, &a, err) || !read_grants(op, &a, err) || !check_factor(op, &a, err))
		return false;
	*ret = a;
	return true;
}
