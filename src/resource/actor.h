#pragma once
/*
 * Who asks, and what that one may do where.  A permission is a row of perm.def; a role (role.def) has
 * permissions; a grant binds a role to the subtree of one unit in one of the two trees; an actor has grants.
 * The local administrator (CLI) and jobs may do everything everywhere.
 */
#include "store/store.h"

enum role {
#define ROLE(code, name, zh, en) ROLE_##code,
#include "resource/role.def"
#undef ROLE
	ROLE_COUNT
};
#define ROLE_BIT(code) (1u << ROLE_##code)

enum perm {
	PERM_NONE,                             /* open to everybody, signed in or not */
#define PERM(code, name, roles) PERM_##code,
#include "resource/perm.def"
#undef PERM
	PERM_COUNT
};

enum unit_relation { UNIT_PARENT, UNIT_SUPERVISOR };   /* the two trees of unit_tree.relation */

struct grant {
	enum role role;
	int64_t unit_n;
	enum unit_relation tree;
	bool whole;                            /* bound to the city office itself: every row, owned or not */
};

enum { GRANTS_MAX = 64 };

struct scope_table {
	struct db *db;
	const char *table, *column;            /* "findings", "t.unit_n" */
	struct arena *arena;                   /* for the statement that counts */
};

struct actor {
	struct store_actor who;
	bool local;                            /* everything, everywhere */
	const struct grant *grants;
	size_t n_grants;
	uint64_t denied;                       /* bit per permission: what the scope of a token takes away */
	bool totp_wanted;                      /* nothing may be done before there is a second factor */
	struct span session;                   /* CSRF-relevant: "" for tokens and local */
};

bool role_find(struct span name, enum role *ret);
const char *role_name(enum role r);
const char *role_text(enum role r, bool zh);
const char *perm_name(enum perm p);
bool role_has(enum role r, enum perm p);
bool actor_has(const struct actor *a, enum perm p);    /* somewhere */
bool actor_whole(const struct actor *a, enum perm p);  /* in the whole city */
/* Has the permission for rows of this unit (0: unowned rows, which only the whole city sees). */
NODISCARD bool actor_may(const struct actor *a, struct db *db, enum perm p, int64_t unit_n, bool *ret,
	struct err *err);
/* Is it one of the actor's own units, as their liaison? */
NODISCARD bool actor_is_liaison(
	const struct actor *a, struct db *db, int64_t unit_n, bool *ret, struct err *err);
/* Appends " AND <column> IN (…)" for the units where the actor has p; nothing for the whole city; " AND 1=0"
 * for nowhere. */
NODISCARD bool actor_scope(const struct actor *a, struct db *db, enum perm p, const char *column,
	struct sql *q,
			   struct err *err);
/* The same for the list of a table, which it may name in the count that tells how to walk: *ret_narrow means
 * that the actor's rows are few, the index by unit is to be walked, and every other condition must keep its
 * hands off indexes. */
NODISCARD bool actor_scope_of(const struct actor *a, enum perm p, const struct scope_table *t, struct sql *q,
			      bool *ret_narrow, struct err *err);
extern const struct actor actor_local;                 /* template: "local", everything */
