#pragma once
/*
 * The room `people`: who there is, and who may do what.
 *
 * In: divisions (our own rule data, loaded by init), units and persons by CSV or one by one, accounts by
 * command line or by the security administrator, sign-ins.  Out: units in two trees (by parent, by
 * supervisor) that answer "mine and below" by one join; who is in charge of a unit today; for each request
 * the actor with what that one may do now.
 *
 * Duties (person, unit, kind, from, to) join persons and units; a user belongs to a person and has grants
 * (role, unit, tree, from, to).  Nothing is kept about rights between requests: a grant or a duty that has
 * ended gives no access from that moment on.  Where a person has, or had, duties of the fitting kind in the
 * unit of a grant, one of them must hold today, else the grant is void; without any such duty on record the
 * grant stands by itself.  What the unit owes stays with the unit.
 *
 * The city office is the first root unit of kind office (setting office_unit): a grant on it, or on a unit
 * above it, covers the whole city, rows without a unit too.
 */
#include "resource/behalf.h"
#include "resource/command.h"
#include "resource/import.h"
#include "resource/route.h"

/* For the roof's tables. */
extern const struct resource division_resource, unit_resource, person_resource, duty_resource, user_resource,
	grant_resource, token_resource;
extern const struct import_kind unit_import_kind, person_import_kind;
extern const struct command people_commands[];
extern const size_t people_commands_count;
extern const struct route people_routes[];
extern const size_t people_routes_count;
extern const struct route account_routes[];
extern const size_t account_routes_count;

/* Loads the divisions of this binary's list: by init, and by serve after an update.  Writes only what
 * differs. */
NODISCARD bool people_init(struct op *op, struct err *err);

/* "2026-11-23" in the city's zone. */
struct span people_today(const struct op *op);

/* ---- units ------------------------------------------------------------------------------------- */

/* A unit by code, name, short name or alias, in this order; an ambiguous name is not found. */
NODISCARD bool unit_find(struct op *op, struct span name, int64_t *ret_n, bool *ret_found, struct err *err);
/* The same for what a person types: by the pinyin or its initials, too, of just one unit.  Not for files,
 * where a wrong code could be the initials of another unit. */
NODISCARD bool unit_find_typed(
	struct op *op, struct span name, int64_t *ret_n, bool *ret_found, struct err *err);
/* The city office; 0 before there is one. */
NODISCARD bool unit_office(struct op *op, int64_t *ret_n, struct err *err);
/* What a bulk writer of units calls once at the end of its transaction: both trees anew, refused with the
 * unit's name if one of them has a cycle. */
NODISCARD bool unit_tree_rebuild(struct op *op, struct err *err);
/* From row to row: this unit now hangs below `above_n` (0: it is a root) in one tree.  Refuses a cycle. */
NODISCARD bool unit_tree_move(
	struct op *op, int64_t unit_n, enum unit_relation tree, int64_t above_n, struct err *err);
/* A unit that is deleted leaves both trees; nothing stands below it any more. */
NODISCARD bool unit_tree_remove(struct op *op, int64_t unit_n, struct err *err);
/* Who stood below whom at any past time: unit_tree_past, written by these three and read by measures. */

/* On whose word an office records something: {"person","channel" or "phone","at"} of a request. */
/* Somebody says that the contacts of this unit are right, or in `text` what has changed: the date, a change
 * and a step (resource unit, verb check_contacts).  Inside a transaction; who may is the caller's
 * business.  word NULL: one's own. */
NODISCARD bool unit_check_contacts(
	struct op *op, int64_t unit_n, struct span text, const struct behalf *word, struct err *err);

/* ---- settings: few, by key --------------------------------------------------------------------- */

/* What people may set is listed in setting.def, with bounds and what holds otherwise; `seawall setting`. */
NODISCARD bool setting_int(struct op *op, const char *key, int64_t otherwise, int64_t *ret, struct err *err);
NODISCARD bool setting_set(
	struct op *op, const char *key, int64_t value, struct err *err); /* inside a transaction */

/* "" where nothing is set and setting.def says nothing. */
NODISCARD bool setting_text(struct op *op, const char *key, struct span *ret, struct err *err);
/* A number of setting.def, with what that list says otherwise. */
NODISCARD bool setting_known(struct op *op, const char *key, int64_t *ret, struct err *err);

/* ---- access ------------------------------------------------------------------------------------ */


/* Who this user is and what that one may now.  ERR_UNAUTHENTICATED if there is no such account or it is
 * disabled. */
NODISCARD bool actor_load(struct op *op, int64_t user_n, struct actor *ret, struct err *err);

/* What a request says about who sends it; absent ones are {NULL,0}. */
struct people_request {
	struct span method;                    /* "GET" */
	struct span cookie;                    /* value of the cookie SESSION_COOKIE */
	struct span authorization, csrf;       /* headers Authorization and X-CSRF-Token */
	struct span origin, host;              /* headers Origin and Host */
	struct span address, request_id;
	bool open;                             /* the route is for everybody: bad credentials count as none */
};
/*
 * Called once per request.  Bearer token or session cookie; a cookie needs the session's X-CSRF-Token on
 * every method but GET and HEAD, and an Origin, when sent, must be this host.  *ret_known false (and *ret an
 * actor without rights): nobody has signed in; the caller answers 401 unless the route is open.
 * ERR_UNAUTHENTICATED: what was sent is not valid (any more); ERR_FORBIDDEN: CSRF token or origin are wrong.
 * Writes when a session was last seen, at most once a minute, in a short transaction of its own: call it
 * outside one.
 */
NODISCARD bool people_authenticate(
	struct op *op, const struct people_request *r, struct actor *ret, bool *ret_known, struct err *err);
#define SESSION_COOKIE "seawall"
/* The same for a request as the server gives it: what struct api wants (resource/api.h). */
struct http_request;
bool people_authenticate_http(struct op *op, const struct http_request *r, bool open, struct actor *ret,
	bool *ret_known, struct err *err);
/* Is there a session or token as the request says?  Only reads; for the loop thread, before a large body. */
NODISCARD bool people_known_http(struct op *op, const struct http_request *r);
