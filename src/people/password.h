#pragma once
/*
 * Passwords: argon2id with 64 MiB and 3 passes (RFC 9106; libsodium's text form).  At most two are worked on
 * at once in one process; who waits longer than a few seconds gets ERR_BUSY.  Never call these inside a
 * transaction.
 */
#include "base/base.h"

enum { PASSWORD_HASH = 128, PASSWORD_ONE_KIND = 16, PASSWORD_MAX = 1024 };

struct password_rule {
	int64_t min;                           /* characters */
	const char *field;                     /* what the request calls it */
};
/* At least so many characters, 16 where all are of one kind (digits, capitals, small letters, others), at
 * most 1,024 bytes; not the account's name, nor a word that guessers try first (common.def), with digits and
 * signs around either, in any letter case. */
bool password_check(
	const struct password_rule *rule, struct span name, struct span password, struct err *err);
NODISCARD bool password_hash(struct span password, char ret[PASSWORD_HASH], struct err *err);
/* hash "" (no such account, or one without a password) takes the same time and is never right. */
NODISCARD bool password_verify(struct span hash, struct span password, bool *ret_right, struct err *err);
