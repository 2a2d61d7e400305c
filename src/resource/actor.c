#include "resource/actor.h"

static const struct { const char *name, *zh, *en; } roles[] = {
#define ROLE(code, name, zh, en) { name, zh, en },
#include "resource/role.def"
#undef ROLE
};

static const struct { const char *name; unsigned roles; } perms[] = {
	{ "none", 0 },
#define PERM(code, name, who) { name, who },
#include "resource/perm.def"
#undef PERM
};

const struct actor actor_local = { .who = { .name = { "local", 5 } }, .local = true };

bool role_find(struct span name, enum role *ret)
{
	for (size_t i = 0; i < COUNT(roles); i++) {
		if (!span_is(name, roles[i].name))
			continue;
		*ret = (enum role)i;
		return true;
	}
	return false;
}

const char *role_name(enum role r)
{
	return roles[r].name;
}

const char *role_text(enum role r, bool zh)
{
	return zh ? roles[r].zh : roles[r].en;
}

const char *perm_name(enum perm p)
{
	return perms[p].name;
}

bool role_has(enum role r, enum perm p)
{
	return perms[p].roles & 1u << r;
}

_Static_assert((int)PERM_COUNT <= 64, "actor.denied has a bit for each permission");

static bool denied(const struct actor *a, enum perm p)
{
	return a->denied >> p & 1;
}

bool actor_has(const struct actor *a, enum perm p)
{
	if (a->local || p == PERM_NONE)
		return true;
	if (denied(a, p))
		return false;
	for (size_t i = 0; i < a->n_grants; i++)
		if (role_has(a->grants[i].role, p))
			return true;
	return false;
}

bool actor_whole(const struct actor *a, enum perm p)
{
	if (a->local || p == PERM_NONE)
		return true;
	if (denied(a, p))
		return false;
	for (size_t i = 0; i < a->n_grants; i++)
		if (a->grants[i].whole && role_has(a->grants[i].role, p))
			return true;
	return false;
}

bool actor_may(const struct actor *a, struct db *db, enum perm p, int64_t unit_n, bool *ret, struct err *err)
{
	*ret = actor_whole(a, p);
	if (*ret || unit_n == 0 || denied(a, p))
		return true;
	for (size_t i = 0; i < a->n_grants && !*ret; i++) {
		const struct grant *g = &a->grants[i];
		int64_t one;
		if (!role_has(g->role, p))
			continue;
		if (!db_int(db, SQL("SELECT 1 FROM unit_tree WHERE ancestor_n=? AND descendant_n=? AND relation=?"),
			    V(db_i(g->unit_n), db_i(unit_n), db_i(g->tree)), &one, ret, err))
			return false;
	}
	return true;
}

/* Up to so many units are listed by number, so that the planner may walk an index by unit; beyond that the order's index
 * is walked and membership looked up (the unary + takes the unit index away from it). */
enum { SCOPE_LISTED = 200 };

static void scope_by_tree(const struct actor *a, enum perm p, const char *column, struct sql *q)
{
	const char *between = " AND (";
	for (size_t i = 0; i < a->n_grants; i++) {
		const struct grant *g = &a->grants[i];
		if (!role_has(g->role, p))
			continue;
		sql_name(q, between);
		between = " OR ";
		sql_add(q, "+");
		sql_name(q, column);
		sql_add(q, " IN (SELECT descendant_n FROM unit_tree WHERE ancestor_n=");
		sql_int(q, g->unit_n);
		sql_add(q, " AND relation=");
		sql_int(q, g->tree);
		sql_add(q, ")");
	}
	sql_add(q, ")");
}

bool actor_scope(const struct actor *a, struct db *db, enum perm p, const char *column, struct sql *q, struct err *err)
{
	if (actor_whole(a, p))
		return true;
	if (!actor_has(a, p)) {
		sql_add(q, " AND 1=0");
		return true;
	}
	int64_t units[SCOPE_LISTED + 1];
	size_t n = 0;
	for (size_t i = 0; i < a->n_grants && n <= SCOPE_LISTED; i++) {
		const struct grant *g = &a->grants[i];
		CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
		bool more = true;
		if (!role_has(g->role, p))
			continue;
		if (!db_query(db, SQL("SELECT descendant_n FROM unit_tree WHERE ancestor_n=? AND relation=? LIMIT 201"),
			      V(db_i(g->unit_n), db_i(g->tree)), &rows, err))
			return false;
		while (n <= SCOPE_LISTED) {
			if (!db_next(rows, &more, err))
				return false;
			if (!more)
				break;
			units[n++] = db_col_int(rows, 0);
		}
	}
	if (n > SCOPE_LISTED) {
		scope_by_tree(a, p, column, q);
		return true;
	}
	sql_add(q, " AND ");
	sql_name(q, column);
	sql_add(q, " IN (NULL");
	for (size_t i = 0; i < n; i++) {
		sql_add(q, ",");
		sql_int(q, units[i]);
	}
	sql_add(q, ")");
	return true;
}
