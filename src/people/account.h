#pragma once
/* Shared by the files of this room: opening accounts, turnover, contacts, second factors. */
#include "people/person.h"
#include "people/user.h"

/*
 * How an account stands, as SQL over the alias u of users:
 *
 *	never_issued     neither a code nor a password was ever given out
 *	issued           a code is out, nobody has used it, and it is still good
 *	never_signed_in  its code ran out, or its password was set by others, and nobody has signed in with it
 *	active           somebody has signed in, with the present password
 *	disabled
 */
#define ACCOUNT_STATE(u) \
	"CASE WHEN " u ".disabled=1 THEN 'disabled' WHEN " u ".code_hash<>'' AND " u ".code_until>NOW THEN " \
		"'issued'" \
	" WHEN " u ".password_hash='' AND " u ".code_until=0 THEN 'never_issued'" \
	" WHEN " u ".password_hash<>'' AND " u ".last_sign_in_at IS NOT NULL THEN 'active'" \
	" ELSE 'never_signed_in' END"
extern const char *const account_states[];    /* NULL-terminated */

/* The routes (account_routes.c). */
bool contact_route(struct call *c, struct err *err);
/* GET /units/{id}/checks: who said when that the contacts are right, the latest first. */
bool contact_checks_route(struct call *c, struct err *err);
bool turnover_route(struct call *c, struct err *err);
bool setting_list_route(struct call *c, struct err *err);
bool setting_change_route(struct call *c, struct err *err);

/* Commands. */
bool setting_command_set(struct command_call *c, struct err *err);
bool setting_command_list(struct command_call *c, struct err *err);
bool unit_command_turnover(struct command_call *c, struct err *err);
