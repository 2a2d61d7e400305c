#pragma once
/*
 * Declarations: what a unit says about its systems, one row each; or that it has none, or that nothing has
 * changed.
 *
 * In: the form of an order of kind declaration (answered by `order/`), or rows a unit makes unasked.  A
 * question may be answered 「不清楚」: its name is then in `unknown` and its value stays empty; nothing is ever
 * guessed for it, and a value known before is kept.  A question left empty says nothing.
 *
 * Out: once accepted a row is the inventory.  A system is made, or the one it names is brought up to date (by
 * asset_id, else by name, else by url); where there is an address, or software, a host; the host's software
 * of source `declaration` is exactly what all accepted rows on that host say, with CPE names where the pick
 * list has them, so that it is matched.  The row that said so before is superseded.  Nothing is retired
 * because it was not mentioned: it is no longer confirmed, and shows as stale (assets.confirmed_at,
 * units.inventory_at).
 */
#include "asset/asset.h"

enum { DECLARATION_SYSTEMS_MAX = 200, DECLARATION_SOFTWARE_MAX = 30 };

extern const struct resource declaration_resource;
/* What other rows and rooms do; no permission, nobody reaches these by name. */
extern const struct transition declaration_driven[];
extern const size_t declaration_driven_count;

/* Tells whoever sent the order that a row of it was submitted, accepted or returned, inside the transition
 * and before the row is written.  One listener, given once at start by the roof; not called for what `order/`
 * does itself. */
struct declaration_news {
	int64_t order_n, row_n;
	const char *to;
	const json_t *args;
};
typedef bool declaration_listener(struct op *op, const struct declaration_news *news, struct err *err);
void declaration_listen(declaration_listener *fn);

/* ---- for `order/`, inside its transaction ---- */

/* {"systems":[…]}, {"none":true} or {"unchanged":true} of `args` become submitted rows of the order, with its
 * on_behalf.  Rows of the order that were returned and are not said again are superseded; accepted ones said
 * again as they are stay. */
struct declaration_order { int64_t n, unit_n; };
NODISCARD bool declaration_answer(
	struct op *op, struct declaration_order o, const json_t *args, struct err *err);
/* args.rows (ids; absent: all that are submitted) are accepted, or returned with args.reason. */
NODISCARD bool declaration_decide(
	struct op *op, struct declaration_order o, const char *verb, const json_t *args, struct err *err);
/* How the rows of an order stand, with one of them as if it were in state `as` (0: none). */
struct declaration_tally {
	int64_t submitted, accepted, returned;
	struct span reasons;                   /* of the returned: 「名称：理由；…」 */
};
NODISCARD bool declaration_count(
	struct op *op, int64_t order_n, struct declaration_tally *ret, struct err *err);

/* ---- the form ---- */

/* What the unit said last and what is known of it, with the pick list: members of an object, begins with a
 * comma. */
NODISCARD bool declaration_form(
	struct op *op, struct declaration_order o, struct str *out, struct err *err);
