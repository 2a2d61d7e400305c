#pragma once
/* One's own account, outside a transaction: who is signed in, and the password said again. */
#include "people/account.h"

/* ERR_FORBIDDEN with a token. */
NODISCARD bool own_user(struct op *op, struct record *ret, struct err *err);
/* A try at a secret of one's own counts like one at signing in; ERR_RATE: too many.  Who was right gets it
 * back, inside a transaction. */
NODISCARD bool own_take_try(struct op *op, struct err *err);
NODISCARD bool own_give_back(struct op *op, struct err *err);
/* A session left open is not enough.  ERR_INVALID naming the field: empty, or wrong (which counts as a
 * try). */
NODISCARD bool own_prove(
	struct op *op, const struct record *user, const char *field, struct span typed, struct err *err);
