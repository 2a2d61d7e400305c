#pragma once
/* Shared by the files of this room only. */
#include "order/clock.h"
#include "order/order.h"

/* ---- items (item.c) ---- */

struct item {
	int64_t n, order_n, asset_n, software_n, findings, answered_by;
	char id[UUID_TEXT], state[16], severity[12];
	struct span kind, title, claim, text, version, patch, answered_name, on_behalf, contradiction;
	bool chosen; /* by this request */
};

struct items {
	struct item *at;
	size_t n;
};

extern const struct transition item_rows[];
extern const size_t item_rows_count;
const struct transition *item_transition(const char *from, const char *verb);
bool items_load(struct op *op, int64_t order_n, struct items *ret, struct err *err);
/* One transition by table, row and step; it->state follows.  `how`: reason or words, and on whose word. */
struct item_how {
	struct span text, on_whose_word;
	int64_t happened_at, unit_n;
};
bool item_move(struct op *op, struct item *it, const char *verb, const struct item_how *how, struct err *err);
/* Writes claim, text, version, patch, who and the contradiction. */
bool item_write(struct op *op, const struct item *it, struct err *err);
/* Moves all findings of the item that this order still asks for. */
bool item_move_findings(struct op *op, const struct item *it, const char *verb, const struct finding_how *how,
	struct err *err);
bool item_facts(struct op *op, const struct item *it, struct finding_facts *ret, struct err *err);
/* Marks items as chosen: args.items (ids), else all that are in `state`.  ERR_INVALID names what does not
 * fit; ERR_CONFLICT if none is in that state. */
bool items_choose(struct op *op, struct items *items, const json_t *args, const char *state, struct err *err);
bool item_is_open(const struct item *it); /* to be answered */
/* What the items make of an order that has been acknowledged. */
const char *order_derive(const struct items *items);

/* ---- rules as data, numbers (rule.c) ---- */

struct order_template {
	char name[40 * 4 + 1], version[40]; /* the longest name, at four bytes a character */
	struct span calendar;
	int64_t acknowledge, answer, rework, escalate;
	enum calendar_unit acknowledge_unit, answer_unit, rework_unit, escalate_unit;
};
/* The version in effect now; ERR_INVALID (field template) if there is no such name. */
bool order_template_find(
	struct op *op, struct span name, struct span severity, struct order_template *ret, struct err *err);
/* The next free number of this office and this (local) year. */
bool order_number_next(
	struct op *op, int64_t office_n, const struct calendar *c, struct span *ret, struct err *err);

/* ---- becoming sent (start.c) ---- */

struct order_terms { /* of deadlines, for one severity */
	struct order_template template;
	struct calendar calendar;
};
NODISCARD bool order_terms_find(
	struct op *op, struct span template, struct span severity, struct order_terms *ret, struct err *err);
/* Those the order was made under, as they are in effect now. */
NODISCARD bool order_terms_of(
	struct op *op, const struct record *o, struct order_terms *ret, struct err *err);
/* Whose office issues: the unit of the grant by which the actor may; the city office for the whole city and
 * the local administrator. */
NODISCARD bool order_office(struct op *op, int64_t *ret, struct err *err);
/* What the sender wants of it; ORDER_NOW leaves it to the rule. */
enum order_intent { ORDER_NOW, ORDER_DRAFT, ORDER_APPROVAL };
static inline enum order_intent order_intent(bool draft, bool approval)
{
	return draft ? ORDER_DRAFT : approval ? ORDER_APPROVAL : ORDER_NOW;
}
/* The rule of approval, in one place: where an order of this kind and severity is born: draft, to_approve or
 * sent.  Setting order_approval: 0 never, 1 always, 2 to 5 from low, medium, high, critical on.  The orders
 * of a notice never wait: the notice was approved. */
NODISCARD bool order_birth(struct op *op, const struct record *o, enum order_intent intent,
	const char **ret_state,
	struct err *err);
/* Its first step, by its state: send, draft or submit. */
NODISCARD bool order_born(struct op *op, const struct record *o, struct span values, struct err *err);
/* What sending does to the record: number (the one wanted, else the next) and sent_at. */
NODISCARD bool order_take_number(
	struct op *op, struct record *o, const struct order_terms *t, struct err *err);
/* After an insert or update that failed: says it where the number was taken.  Always returns false. */
bool order_number_taken(const struct record *o, struct err *err);
/* Before a row is updated with it: ERR_DUPLICATE (field number) where its issuer has it already. */
NODISCARD bool order_check_number(struct op *op, const struct record *o, struct err *err);
/* By what reply is asked for; a row must be there.  Sets the due times in the record, and does not write
 * it. */
NODISCARD bool order_begin_clocks(
	struct op *op, struct record *o, const struct order_terms *t, struct err *err);
/* The words of the template of its kind, filled, for an order without a text (words.c); {NULL,0} if there is
 * no template.  list: its rows, one a line; name: which template, "" the default; ERR_INVALID (field
 * text_template) where one is named that is not there. */
struct order_words_of { struct span list, name; };
NODISCARD bool order_words(struct op *op, const struct record *o, const struct order_terms *t,
	const struct order_words_of *of, struct span *ret, struct err *err);
/* Of one order: ,"advice":{"problem","harm","remedy","specific"} of an item of findings, null of others. */
NODISCARD bool order_show_advice(struct op *op, const struct record *o, const struct item *it,
	struct str *out, struct err *err);
struct span order_listed(struct op *op, const struct span *titles, size_t n); /* 「1. …」, a line each */
/* The first step of each item, when the order is sent. */
NODISCARD bool order_begin_items(struct op *op, const struct record *o, int64_t county_n, struct err *err);
/* Findings of an order that is not sent yet are held by it: they are its item_findings, their state is as it
 * was, and no other order takes them.  SQL over findings f. */
#define ORDER_NOT_HELD \
	"NOT EXISTS (SELECT 1 FROM item_findings h JOIN items hi ON hi.n=h.item_n JOIN orders ho ON" \
	" ho.n=hi.order_n WHERE h.finding_n=f.n AND ho.state IN ('draft', 'to_approve'))"
/* A time, or a date: its end in the city; 0 where it is not given. */
NODISCARD bool order_read_due(const json_t *body, const char *name, int64_t *ret, struct err *err);
/* Is ours due after what is wanted from above? */
bool order_later_than_source(const struct record *o);
struct span order_warning_late(struct op *op, int64_t n);
/* The row of one item (title, kind, severity, asset_n, software_n, findings), open. */
NODISCARD bool order_item_new(
	struct op *op, const struct record *o, const struct item *it, int64_t *ret, struct err *err);

/* ---- verbs: what belongs to them; return false on failure (answer.c, verify.c, dispute.c, handling.c) ----
 */

typedef bool order_verb_fn(
	struct op *op, struct record *o, const json_t *args, const char **ret_to, struct err *err);
order_verb_fn order_acknowledge, order_answer, order_verify, order_return, order_uphold, order_reject,
	order_request_extension, order_grant, order_refuse, order_urge, order_escalate, order_hand_over,
	order_withdraw, order_archive, order_review, order_submit, order_approve, order_send_back,
	order_revise;

/* ---- two offices (county.c) ---- */

/* What only the office does that issued it (or one above): leading, judging and approving. */
NODISCARD bool order_check_issuer(
	struct op *op, const struct record *o, const struct transition *t, struct err *err);
/* Setting county_review 1: the city verifies only what the county has reviewed. */
NODISCARD bool order_check_reviewed(
	struct op *op, const struct record *o, const json_t *args, struct err *err);

/* Who speaks: the unit's own liaison, or somebody who records on its behalf (then on_behalf is required). */
struct speaker {
	int64_t at; /* when it was said */
	struct span behalf; /* JSON {"channel","person","at","text"}, {NULL,0} for one's own word */
	struct span on_whose_word;
};
bool order_speaker(
	struct op *op, const struct record *o, const json_t *args, struct speaker *ret, struct err *err);
/* ERR_CONFLICT where the order asks for none. */
bool order_wants_answer(const struct record *o, struct err *err);
/* Acknowledges as part of another verb. */
bool order_note_acknowledged(struct op *op, struct record *o, int64_t at, struct err *err);
/* Sets clocks and times that follow from the items: met when all are answered, paused in dispute, ended when
 * done. */
bool order_settle_clocks(
	struct op *op, struct record *o, const struct items *items, int64_t at, struct err *err);

/* Orders of kind declaration (declaration.c): answered by rows, which are decided one by one. */
bool order_declares(const struct record *o);
/* A declaration order takes a claim only for disputes and progress. */
bool order_claim_of_declaration(const json_t *args, struct err *err);
bool order_declare(struct op *op, struct record *o, const json_t *args, const char **ret_to, struct err *err);
/* *ret_waits: some rows still wait for a decision, the order stays as it is. */
bool order_accept_rows(
	struct op *op, const struct record *o, const json_t *args, bool *ret_waits, struct err *err);
bool order_return_rows(struct op *op, const struct record *o, const json_t *args, struct err *err);

/* Version, patch or retirement that an accepted answer tells (inventory.c). */
bool order_update_inventory(struct op *op, const struct item *it, struct err *err);

/* Members of an order beside its fields (show.c). */
bool order_show(struct op *op, const struct record *o, bool single, struct str *out, struct err *err);

/* An attachment of one order given to all others of its batch, by who issued them (batch.c). */
NODISCARD bool order_batch_may(struct op *op, const struct record *o, struct err *err);
NODISCARD bool order_batch_attach(
	struct op *op, const struct record *o, struct span attachment, struct err *err);

/* One round of the jobs role: the quarter's check of contacts, once a quarter however often it runs
 * (quarter.c). */
NODISCARD bool order_quarter_tick(struct op *op, int64_t *ret_next_at, struct err *err);

/* What every step of an order carries for the measures. */
void order_facts(const struct record *o, struct store_step *step);

extern const struct life order_life;
