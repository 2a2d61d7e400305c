#pragma once
/* Shared by the files of this room: accounts. */
#include "people/people.h"

/* Names of accounts: 1 to 60 letters, digits, . _ - or Chinese characters. */
bool user_check_name(struct span name, struct err *err);
NODISCARD bool user_find(
	struct op *op, struct span name, int64_t *ret_n, struct err *err); /* ERR_NOT_FOUND */
/* Two of system_admin, security_admin and auditor in this user or in its person's other accounts?
 * ERR_CONFLICT then. `adding` (may be NULL) counts as well; ended grants do not. */
NODISCARD bool user_check_separation(struct op *op, int64_t user_n, const char *adding, struct err *err);
/* May the actor change this account?  Only who administers users in every unit where the account has grants.
 */
NODISCARD bool user_check_manage(struct op *op, int64_t user_n, struct err *err);
/* The rules for passwords with what is set; `field`: as the request calls it. */
NODISCARD bool user_check_password(
	struct op *op, struct span name, struct span password, const char *field, struct err *err);
/* Ends all sessions but one (keep_n 0: all), and with `tokens` all tokens too. */
NODISCARD bool user_end_access(struct op *op, int64_t user_n, int64_t keep_n, bool tokens, struct err *err);
/* Inside a transaction: a new password, as its hash, with its change row. */
NODISCARD bool user_set_password(struct op *op, const struct record *user, const char *hash, struct err *err);
/* A change row that says what was done with an account, without values. */
NODISCARD bool user_log(struct op *op, const struct record *user, const char *verb, struct err *err);
/* Ends the transaction: commits if all went well, else rolls back.  Returns whether it is committed. */
NODISCARD bool op_finish(struct op *op, bool ok, struct err *err);

/* The commands of accounts. */
bool user_command_add(struct command_call *c, struct err *err);
bool user_command_passwd(struct command_call *c, struct err *err);
bool user_command_disable(struct command_call *c, struct err *err);
bool user_command_enable(struct command_call *c, struct err *err);
bool user_command_revoke(struct command_call *c, struct err *err);
bool token_command_add(struct command_call *c, struct err *err);
