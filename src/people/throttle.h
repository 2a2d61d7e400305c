#pragma once
/*
 * Failed sign-ins.  Three counts, kept in the store so that a restart forgives nothing:
 *
 *	one account from one address   5 tries, then 30 s, 1 min, 2 min … 15 min between tries
 *	one account from anywhere     20 tries, then 1 min … 15 min: guessing from many places
 *	one address, any account      50 tries, then 1 min … 15 min: trying many accounts
 *
 * So a few typos in an office behind one address lock nobody but the one who made them.  A try counts before
 *the password is looked at (many at once gain nothing) and is given back when it was right; an hour without
 *any forgets. IPv6 addresses count by /64.
 */
#include "people/people.h"

/* Inside a transaction.  Counts one try; *ret_wait_ms > 0: not now, and nothing was counted. */
NODISCARD bool throttle_take(
	struct op *op, struct span name, struct span address, int64_t *ret_wait_ms, struct err *err);
/* Is this account locked now, from this address or from anywhere? */
NODISCARD bool throttle_locked(
	struct op *op, struct span name, struct span address, bool *ret, struct err *err);
/* Inside a transaction: the try was right. */
NODISCARD bool throttle_give_back(struct op *op, struct span name, struct span address, struct err *err);
