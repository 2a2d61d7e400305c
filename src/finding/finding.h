#pragma once
/*
 * The room `finding`: everything that is wrong, whoever noticed it.
 *
 * A finding is one problem (kind and key) on one asset.  The matcher, the site checks, events and people put
 * it in by finding_found(); found again it is the same finding.  A person judges it (confirm, false positive,
 * accept the risk, no action); order/ asks a unit for its removal and alone drives what follows from that:
 * ordered, fixed, closed. What comes in: struct finding_seen.  What goes out: rows of `findings`, steps,
 * changes, a priority with its terms.
 *
 * Rooms to the right give this room a `const struct finding_kind` per kind: how to prove a claim and how to
 * put the remedy into words.  The roof lists them once.
 */
#include "resource/command.h"
#include "resource/import.h"
#include "resource/route.h"

struct finding_weights;

/* ---- kinds
 * ------------------------------------------------------------------------------------------------------ */

enum finding_proof {
	FINDING_UNPROVEN, /* nothing can be tested: a person judges */
	FINDING_PROVEN,
	FINDING_DISPROVEN, /* speaks against the claim; *ret_reason says why */
	FINDING_PENDING, /* a job will tell */
};

/* What a unit says about an item, when the office accepts it. */
struct finding_claim {
	struct span claim; /* fixed, mitigated, not_affected … (order/order.h) */
	struct span text, version, patch; /* may be empty */
	int64_t asset_n, software_n; /* 0: none */
};

/* One finding as the prover sees it. */
struct finding_fact {
	int64_t n, asset_n, software_n, unit_n;
	struct span id, key, vuln_id;
};
struct finding_facts {
	const struct finding_fact *at;
	size_t n;
};

struct finding_kind {
	const char *name, *zh, *en;
	/* Tests a claim for all findings of one item at once, one answer each.  Reads only; no I/O beyond the
	   store.  The reason is one sentence in the operation's language about what contradicts.  NULL: a
	   person judges. */
	bool (*prove)(struct op *op, const struct finding_claim *claim, const struct finding_facts *facts,
		enum finding_proof *ret, struct span *ret_reason, struct err *err);
	/* What to do about it: the text of an item ("升级至 2.4.62 或更高版本").  NULL: no advice. */
	bool (*advise)(struct op *op, const struct finding_facts *facts, struct str *out, struct err *err);
};

void finding_register(const struct finding_kind *const *list, size_t n);
const struct finding_kind *finding_kind_find(struct span name); /* NULL if nobody gave it */

/* ---- found
 * ------------------------------------------------------------------------------------------------------ */

enum finding_level { FINDING_LEVEL_UNKNOWN, FINDING_LEVEL_LOW, FINDING_LEVEL_MEDIUM, FINDING_LEVEL_HIGH };

struct finding_terms { /* what the priority is made of */
	bool kev, internet; /* listed as exploited; reachable from the Internet */
	int epss; /* parts per 100,000 */
	int score; /* CVSS in tenths; -1: none */
	enum finding_level importance; /* of the asset */
};

struct finding_seen {
	int64_t asset_n, unit_n, software_n; /* 0: none */
	struct span kind, key, vuln_id, title;
	const char *severity; /* critical high medium low none */
	struct finding_terms terms;
	struct span explanation; /* JSON object */
	struct span source;
	/* When the fact that shows it was last recorded; 0: now.  A closed finding comes back only by a fact
	 * newer than its closing, one that vanished by any. */
	int64_t observed_at;
};

/* The county office of the last unit asked about, so that many steps of one unit ask once.  {0} at first. */
struct finding_county {
	bool known;
	int64_t unit_n, county_n;
};
NODISCARD bool finding_county_of(
	struct op *op, int64_t unit_n, struct finding_county *cache, struct err *err);

enum finding_outcome { FINDING_FRESH, FINDING_SAME, FINDING_CHANGED, FINDING_BACK };

/* Inside a transaction.  FRESH: born as `new`.  SAME: last_seen moved.  CHANGED: unit or severity differs.
 * BACK: it was closed and is `new` again.  Judged ones (false positive, no action, accepted risk) stay as
 * judged. */
NODISCARD bool finding_found(
	struct op *op, const struct finding_seen *s, enum finding_outcome *ret, struct err *err);

/* Many: opens and commits transactions of about 40 ms itself.  op->tx must be NULL before begin.  An error
 * leaves what was committed; the run can be repeated without harm. */
struct finding_batch {
	struct op *op;
	struct finding_county county;
	const struct finding_weights *weights;
	int64_t began_ns, started_at;
	int64_t fresh, same, changed, back, gone;
};
void finding_batch_begin(struct finding_batch *b, struct op *op);
NODISCARD bool finding_batch_add(struct finding_batch *b, const struct finding_seen *s, struct err *err);
/* After all of an asset's were added: what was seen before this batch began and not again is closed (vanish)
 * where it was new, confirmed or accepted. */
NODISCARD bool finding_batch_gone(
	struct finding_batch *b, struct span kind, int64_t asset_n, struct err *err);
NODISCARD bool finding_batch_end(struct finding_batch *b, struct err *err);
void finding_batch_drop(struct finding_batch *b); /* after an error: rolls back what is open */

/* New values of KEV, EPSS or score for one vulnerability: priority is derived, no version and no change row.
 */
NODISCARD bool finding_set_terms(struct op *op, int64_t n, const struct finding_terms *t, struct err *err);
/* Risks accepted until a date that has passed are confirmed again; at most `max` in this transaction.  By a
 * job. */
NODISCARD bool finding_expire(struct op *op, size_t max, int64_t *ret_done, struct err *err);

/* ---- moved: for order/ and jobs
 * ------------------------------------------------------------------------------------ */

struct finding_row {
	int64_t n, version, unit_n, asset_n, software_n, order_n, score;
	char id[UUID_TEXT], state[16], severity[12];
	struct span kind, key, vuln_id, title; /* live until the transaction ends */
};
NODISCARD bool finding_load(
	struct op *op, int64_t n, struct finding_row *ret, bool *ret_found, struct err *err);

struct finding_how {
	struct finding_county *county; /* may be NULL */
	struct span reason;
	int64_t order_n; /* "order": which one */
	int64_t until; /* "accept_risk": until when */
	int64_t unit_n; /* "assign": to whom */
	struct span values; /* JSON for the step; may be empty */
};
/* One transition of the table, people's or driven ones, by row, step and change; *f follows.  ERR_CONFLICT
 * when its state does not allow the verb. */
NODISCARD bool finding_move(struct op *op, struct finding_row *f, const char *verb,
	const struct finding_how *how, struct err *err);
/* The row of the life for (from, verb); NULL if there is none. */
const struct transition *finding_transition(const char *from, const char *verb);
extern const struct transition finding_driven[]; /* verbs that only code has: order fix return close … */
extern const size_t finding_driven_count;

/* ---- helpers shared with the rooms to the right
 * -------------------------------------------------------------------- */

/* args.until: a date (its end in the city) or a time; it must lie in the future. */
NODISCARD bool finding_parse_until(struct op *op, const json_t *args, int64_t *ret, struct err *err);
int finding_severity_rank(struct span severity); /* critical 4 … none 0 */
const char *finding_severity_zh(struct span severity); /* 超危 高危 中危 低危 未定级 */
/* Routes GET …/{id}/steps: {"items":[…],"next":…}, the timeline of a record and of its parts (items of
 * an order), oldest first, by pages: ?limit= (1 to 5,000, which it is unless said) and ?cursor= (what `next`
 * said). */
struct finding_timeline {
	const char *resource;
	int64_t record_n;
};
NODISCARD bool finding_timeline_json(
	struct call *c, const struct finding_timeline *t, struct str *out, struct err *err);

/* Pages of a list that only grows at its end.  read: ?cursor= and ?limit= (max unless said); ask for limit +
 * 1 rows after after_n.  add: before each row, false when the page is full.  end: closes "items" and says
 * `next`. */
struct finding_page {
	int64_t after_n, limit, count;
	bool more;
};
NODISCARD bool finding_page_read(const struct call *c, int64_t max, struct finding_page *ret,
	struct err *err);
NODISCARD bool finding_page_add(struct finding_page *p, int64_t n, struct str *out);
NODISCARD bool finding_page_end(const struct finding_page *p, struct str *out, struct err *err);

/* What evidence belongs to: a resource, and who may add to it. */
struct attachment_place {
	const struct resource *resource;
	enum perm write;
	const char *unit; /* the field that names its unit; NULL: unit_id */
};
/* Routes …/{id}/attachments.  Keeps call->body as evidence of the record (name by ?name=) and answers it;
 * ROUTE_RAW, without ROUTE_TX. */
NODISCARD bool finding_attach(struct call *c, const struct attachment_place *place, struct err *err);
/* By pages, as the timeline; at most 1,000. */
NODISCARD bool finding_attachments(struct call *c, const struct attachment_place *place, struct err *err);
/* …/{id}/attachments/{attachment} */
NODISCARD bool finding_attachment_content(
	struct call *c, const struct attachment_place *place, struct err *err);

/* Selects what "ids" or "filter" of a request name: internal keys, ascending, and ids that name nothing the
 * actor sees. */
struct finding_choice {
	int64_t *ns;
	size_t n;
	struct span *unknown;
	size_t n_unknown;
};
enum { FINDING_CHOICE_MAX = 1000000 };
NODISCARD bool finding_choose(
	struct op *op, const json_t *ids, const json_t *filter, struct finding_choice *ret, struct err *err);
/* KEV-listed, critical or high, and new or confirmed. */
NODISCARD bool finding_choose_default(struct op *op, struct finding_choice *ret, struct err *err);

extern const struct import_kind finding_import_kind;
extern const struct command finding_commands[];
extern const size_t finding_commands_count;
extern const struct resource finding_resource;
extern const struct route finding_routes[];
extern const size_t finding_routes_count;
