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

/* Does its unit stand at or above this one, in the tree that it is bound to? */
static bool grant_covers(const struct grant *g, struct db *db, int64_t unit_n, bool *ret, struct err *err)
{
	int64_t one;
	return db_int(db, SQL("SELECT 1 FROM unit_tree WHERE ancestor_n=? AND descendant_n=? AND relation=?"),
		V(db_i(g->unit_n), db_i(unit_n), db_i(g->tree)), &one, ret, err);
}

bool actor_may(const struct actor *a, struct db *db, enum perm p, int64_t unit_n, bool *ret, struct err *err)
{
	*ret = actor_whole(a, p);
	if (*ret || unit_n == 0 || denied(a, p))
		return true;
	for (size_t i = 0; i < a->n_grants && !*ret; i++) {
		if (role_has(a->grants[i].role, p) && !grant_covers(&a->grants[i], db, unit_n, ret, err))
			return false;
	}
	return true;
}

bool actor_is_liaison(const struct actor *a, struct db *db, int64_t unit_n, bool *ret, struct err *err)
{
	*ret = false;
	for (size_t i = 0; i < a->n_grants && !*ret; i++)
		if (a->grants[i].role == ROLE_UNIT_LIAISON &&
			!grant_covers(&a->grants[i], db, unit_n, ret, err))
			return false;
	return true;
}

/* Up to so many units are listed by number; beyond that membership is looked up in the tree. */
enum { SCOPE_LISTED = 200, SCOPE_FEW_ROWS = 2000 };

struct units {
	int64_t n[SCOPE_LISTED + 1];
	size_t count;                          /* SCOPE_LISTED + 1: too many to list */
};

static bool collect_units(const struct actor *a, struct db *db, enum perm p, struct units *u, struct err *err)
{
	u->count = 0;
	for (size_t i = 0; i < a->n_grants && u->count <= SCOPE_LISTED; i++) {
		const struct grant *g = &a->grants[i];
		CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
		bool more = true;
		if (!role_has(g->role, p))
			continue;
		if (!db_query(db,
		    SQL("SELECT descendant_n FROM unit_tree WHERE ancestor_n=? AND relation=? LIMIT 201"),
			      V(db_i(g->unit_n), db_i(g->tree)), &rows, err))
			return false;
		while (u->count <= SCOPE_LISTED) {
			if (!db_next(rows, &more, err))
				return false;
			if (!more)
				break;
			u->n[u->count++] = db_col_int(rows, 0);
		}
	}
	return true;
}

static void list_units(const struct units *u, struct sql *q)
{
	if (u->count == 1) {                           /* an equality keeps the order of the index by unit */
		sql_add(q, "=");
		sql_int(q, u->n[0]);
		return;
	}
	sql_add(q, " IN (NULL");
	for (size_t i = 0; i < u->count; i++) {
		sql_add(q, ",");
		sql_int(q, u->n[i]);
	}
	sql_add(q, ")");
}

static void tree_units(const struct actor *a, enum perm p, const char *column, struct sql *q)
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

/* Are there at most SCOPE_FEW_ROWS rows of these units?  Counts no further than that, in the index by
 * unit. */
static bool few_rows(const struct scope_table *t, const struct units *u, bool *ret, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	bool row;
	struct sql *q = sql_new(t->arena);
	sql_add(q, "SELECT COUNT(*) FROM (SELECT 1 FROM ");
	sql_name(q, t->table);
	sql_add(q, " t WHERE ");
	sql_name(q, t->column);
	list_units(u, q);
	sql_add(q, " LIMIT ");
	sql_int(q, SCOPE_FEW_ROWS + 1);
	sql_add(q, ") x");
	if (!db_query_sql(t->db, q, &rows, err) || !db_next(rows, &row, err))
		return false;
	*ret = row && db_col_int(rows, 0) <= SCOPE_FEW_ROWS;
	return true;
}

/* Few rows: the index by unit is walked and the rest sorted.  Many: the index of the order or of a filter is
 * walked and membership looked up, which the unary + brings about. */
static bool write_scope(const struct actor *a, enum perm p, const char *column, const struct units *u,
	bool narrow, struct sql *q)
{
	if (u->count > SCOPE_LISTED) {
		tree_units(a, p, column, q);
		return true;
	}
	sql_add(q, " AND ");
	if (!narrow && u->count != 1)
		sql_add(q, "+");
	sql_name(q, column);
	list_units(u, q);
	return true;
}

static bool everywhere_or_nowhere(const struct actor *a, enum perm p, struct sql *q)
{
	if (actor_whole(a, p))
		return true;
	if (actor_has(a, p))
		return false;
	sql_add(q, " AND 1=0");
	return true;
}

bool actor_scope(const struct actor *a, struct db *db, enum perm p, const char *column, struct sql *q,
	struct err *err)
{
	struct units u;
	if (everywhere_or_nowhere(a, p, q))
		return true;
	return collect_units(a, db, p, &u, err) && write_scope(a, p, column, &u, false, q);
}

bool actor_scope_of(const struct actor *a, enum perm p, const struct scope_table *t, struct sql *q,
		    bool *ret_narrow, struct err *err)
{
	struct units u;
	*ret_narrow = false;
	if (everywhere_or_nowhere(a, p, q))
		return true;
	if (!collect_units(a, t->db, p, &u, err))
		return false;
	if (u.count <= SCOPE_LISTED && !few_rows(t, &u, ret_narrow, err))
		return false;
	return write_scope(a, p, t->column, &u, *ret_narrow, q);
}
