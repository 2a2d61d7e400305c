#pragma once
/*
 * Second factors: codes of an authenticator app, or one of ten recovery codes.  The secret is kept
 * sealed (store/seal.h), because the server must compute with it; recovery codes are kept as SHA-256 and
 * deleted when used.
 */
#include "people/account.h"

enum second_factor { SECOND_RIGHT, SECOND_WANTED, SECOND_WRONG };
struct second_given { struct span totp, recovery; };      /* {NULL,0}: not given */

/* Inside a transaction: is this what the account asks for?  RIGHT also where it asks for nothing; a code that
 * was right is used up. */
NODISCARD bool second_factor_check(struct op *op, int64_t user_n, const struct second_given *given,
	enum second_factor *ret, struct err *err);

bool totp_begin_route(struct call *c, struct err *err);
bool totp_confirm_route(struct call *c, struct err *err);
bool totp_recovery_route(struct call *c, struct err *err);
bool totp_end_route(struct call *c, struct err *err);
bool totp_take_off_route(struct call *c, struct err *err);
