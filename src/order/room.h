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
	char name[40], version[40];
	struct span calendar;
	int64_t acknowledge, answer, rework, escalate;
	enum calendar_unit acknowledge_unit, answer_unit, rework_unit, escalate_unit;
};
/* The version in effect now; ERR_INVALID (field template) if there is no such name. */
bool order_template_find(
	struct op *op, struct span name, struct span severity, struct order_template *ret, struct err *err);
bool order_rule(struct op *op, const char *name, int64_t *ret, struct err *err);
/* The next free number of this office and this (local) year. */
bool order_number_next(
	struct op *op, int64_t office_n, const struct calendar *c, struct span *ret, struct err *err);

/* ---- verbs: what belongs to them; return false on failure (answer.c, verify.c, dispute.c, handling.c) ----
 */

typedef bool order_verb_fn(
	struct op *op, struct record *o, const json_t *args, const char **ret_to, struct err *err);
order_verb_fn order_acknowledge, order_answer, order_verify, order_return, order_uphold, order_reject,
	order_request_extension, order_grant, order_refuse, order_urge, order_escalate, order_hand_over,
	order_withdraw, order_archive;

/* Who speaks: the unit's own liaison, or somebody who records on its behalf (then on_behalf is required). */
struct speaker {
	int64_t at; /* when it was said */
	struct span behalf; /* JSON {"channel","person","at"}, {NULL,0} for one's own word */
	struct span on_whose_word;
};
bool order_speaker(
	struct op *op, const struct record *o, const json_t *args, struct speaker *ret, struct err *err);
/* Acknowledges as part of another verb. */
bool order_note_acknowledged(struct op *op, struct record *o, int64_t at, struct err *err);
/* Sets clocks and times that follow from the items: met when all are answered, paused in dispute, ended when
 * done. */
bool order_settle_clocks(
	struct op *op, struct record *o, const struct items *items, int64_t at, struct err *err);

/* Version, patch or retirement that an accepted answer tells (inventory.c). */
bool order_update_inventory(struct op *op, const struct item *it, struct err *err);

/* What every step of an order carries for the measures. */
void order_facts(const struct record *o, struct store_step *step);

extern const struct life order_life;
