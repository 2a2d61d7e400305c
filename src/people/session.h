#pragma once
/*
 * Signed-in sessions and API tokens.  Both are 256 random bits as text; only their SHA-256 is in the store,
 * and a token is shown once.  A session ends after 2 hours without use and 12 hours after sign-in (settings
 * session_idle_minutes and session_absolute_minutes), with the account, and with a changed password.
 *
 * The cookie is named "seawall" (HttpOnly, SameSite=Strict, Path=/).  The prefix __Host- needs the attribute
 * Secure, which browsers and curl refuse on plain HTTP; it comes with TLS.
 */
#include "people/people.h"

enum { SESSION_TOKEN = 65, TOKEN_TEXT = 80, SESSIONS_MAX = 20 };

struct session {
	int64_t n, user_n;
	struct span id;
	char csrf[SESSION_TOKEN];
};

struct sign_in {
	struct span name, password, address;   /* in */
	/* in: instead of a password, a one-time code and the first password */
	struct span code, new_password;
	struct span totp, recovery;            /* in: the second factor where the account has one */
	char token[SESSION_TOKEN];             /* out: the cookie's value */
	struct session session;
	int64_t wait_ms;                       /* with ERR_RATE: how long to wait */
};
/*
 * Name and password, or name and one-time code, to a session.  ERR_UNAUTHENTICATED for any wrong pair, in the
 * same time whether the account exists; ERR_SECOND_FACTOR when the pair is right and what the account has
 * beside it is missing or wrong; ERR_RATE after too many failures.  A code is spent when it has set the
 * password, not before.  Call outside a transaction: it makes its own.
 */
NODISCARD bool session_sign_in(struct op *op, struct sign_in *s, struct err *err);
/* The live session of a cookie's value. */
NODISCARD bool session_find(
	struct op *op, struct span token, struct session *ret, bool *ret_found, struct err *err);
/* The CSRF token of a session by its id. */
NODISCARD bool session_csrf(struct op *op, struct span id, char ret[SESSION_TOKEN], struct err *err);
/* Inside a transaction, with a change row of the account: verb "sign_out" or "revoke".  *ret_found: there was
 * such a session, of this user. */
NODISCARD bool session_end(
	struct op *op, int64_t user_n, struct span id, const char *verb, bool *ret_found, struct err *err);
/* A new token for a user, inside a transaction.  scope: "", "read", or names of permissions with commas. */
struct token_wish { int64_t user_n; struct span name, scope; int64_t expires_at; };
NODISCARD bool token_make(struct op *op, const struct token_wish *w, char ret[TOKEN_TEXT],
	struct record *ret_record, struct err *err);
/* Is there such a token, not expired?  Notes nothing. */
NODISCARD bool token_known(struct op *op, struct span text, bool *ret_known, struct err *err);
