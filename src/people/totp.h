#pragma once
/*
 * One-time passwords by time (RFC 6238 over RFC 4226): HMAC-SHA-1, 30 seconds, 6 digits, what every
 * authenticator app does.  Secrets are 20 random bytes, as base32 without padding (RFC 4648 section 6).
 */
#include "base/base.h"

enum { TOTP_SECRET = 33, TOTP_PERIOD = 30, TOTP_DIGITS = 6, TOTP_WINDOW = 1, TOTP_RECOVERY = 10 };

void totp_secret(char ret[TOTP_SECRET]);
/* The code of one step (seconds since 1970 / 30) for a secret of n bytes, with 6 to 8 digits. */
uint32_t totp_code(const unsigned char *secret, size_t n, int64_t step, int digits);
/* Is `typed` the code of the step at `ms`, or of one before or after it, later than `last`?  *ret_step:
 * which. */
bool totp_check(struct span secret, struct span typed, int64_t ms, int64_t last, int64_t *ret_step);
/* n bytes as base32, and back: ret_n of at most max bytes; false for anything else. */
void totp_base32(const unsigned char *bytes, size_t n, char *ret);
bool totp_unbase32(struct span text, unsigned char *ret, size_t max, size_t *ret_n);
