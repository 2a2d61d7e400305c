#pragma once
/*
 * Opening accounts of liaisons: for each liaison of a unit an account, its grant on the unit, and a one-time
 * code that is shown once.  Never an account that has another role, or grants outside what the actor may
 * open.
 */
#include "people/account.h"
#include "people/code.h"

struct issue_wish {
	const int64_t *units;
	size_t n;
	bool liaison_a, liaison_b;
	bool again;      /* also those who have a password: it ends, with all sessions */
	struct behalf called;                  /* with again: on whose word */
};

/* What is handed to one person, once. */
struct slip {
	struct span units;                     /* names, 、 between them */
	struct span unit_id, user_id, person_id;   /* of the first unit */
	struct span person, account;
	struct span url;                       /* to sign in, the account and the code behind # */
	char code[CODE_TEXT];
	int64_t until;
};

/* user_n: the account is there all the same, and has its grant; 0: none was touched. */
struct not_issued { struct span unit_id, unit, person, zh, en; int64_t user_n; };

struct issued {
	VEC(struct slip) slips;
	VEC(struct not_issued) left;
	struct span base_url;
};

enum { ISSUE_UNITS_MAX = 5000 };

/* Outside a transaction: it makes its own, of few persons each. */
NODISCARD bool account_issue(struct op *op, const struct issue_wish *w, struct issued *ret, struct err *err);

/* One person in one unit, inside a transaction; for turnover.  `code` was made before, with its hash. */
struct issue_one {
	int64_t person_n, unit_n;
	const char *code, *hash;
	bool again;
	const struct behalf *called;
	int64_t from_at;      /* of use from then on: the code is good so long after it; 0: now */
};
/* *ret_why.zh.n: not issued, and why. */
NODISCARD bool account_issue_one(
	struct op *op, const struct issue_one *one, struct slip *ret, struct not_issued *ret_why,
	struct err *err);
/* The grant of a liaison on one more unit; nothing where there is one.  Permission is the caller's
 * business. */
NODISCARD bool account_add_unit(struct op *op, int64_t user_n, int64_t unit_n, struct err *err);
/* What every slip says: until when, where. */
NODISCARD bool slip_settings(struct op *op, struct span *ret_base_url, int64_t *ret_until, struct err *err);

/* ---- slips ---- */

/* {"items":[…],"not_issued":[…]} */
NODISCARD bool slip_json(struct op *op, const struct issued *s, bool qr, struct str *out, struct err *err);
/* One JSON object. */
NODISCARD bool slip_one_json(
	struct op *op, const struct slip *s, bool qr, struct str *out, struct err *err);
/* A page of A4 to be cut, eight slips each with a QR code. */
NODISCARD bool slip_html(struct op *op, const struct issued *s, struct str *out, struct err *err);
/* One block a person. */
NODISCARD bool slip_text(struct command_call *c, const struct issued *s, bool qr, struct err *err);

bool issue_route(struct call *c, struct err *err);
bool user_command_issue(struct command_call *c, struct err *err);
