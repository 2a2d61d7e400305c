#pragma once
/* Shared by the files of this room: accounts. */
#include "people/people.h"

/* Names of accounts: 1 to 60 letters, digits, . _ - or Chinese characters. */
bool user_check_name(struct span name, struct err *err);
NODISCARD bool user_find(struct op *op, struct span name, int64_t *ret_n, struct err *err);      /* ERR_NOT_FOUND */
/* Two of system_admin, security_admin and auditor in this user or in its person's other accounts?  ERR_CONFLICT then.
 * `adding` (may be NULL) counts as well; ended grants do not. */
NODISCARD bool user_check_separation(struct op *op, int64_t user_n, const char *adding, struct err *err);
/* May the actor change this account?  Only who administers users in every unit where the account has grants. */
NODISCARD bool user_check_manage(struct op *op, int64_t user_n, struct err *err);
/* Ends all sessions but one (keep_n 0: all), and with `tokens` all tokens too. */
NODISCARD bool user_end_access(struct op *op, int64_t user_n, int64_t keep_n, bool tokens, struct err *err);
/* "user add", "user grant" … */
bool user_command_add(struct command_call *c, struct err *err);
bool user_command_passwd(struct command_call *c, struct err *err);
bool user_command_disable(struct command_call *c, struct err *err);
bool user_command_enable(struct command_call *c, struct err *err);
bool user_command_revoke(struct command_call *c, struct err *err);
bool token_command_add(struct command_call *c, struct err *err);
