#pragma once
/*
 * Shared by the files of this room: what an office does with units that have no account or do not answer by
 * themselves.  Recording on behalf, first-seen, calls, notes, disputes sent elsewhere, instructions, shifts.
 */
#include "order/room.h"

bool order_is_office(const struct actor *a);
bool order_four_eyes(struct op *op, const struct item *it, struct err *err);

/* Before a verb: may it be recorded on behalf?  After it: counts what was. */
bool order_behalf_before(const char *verb, const json_t *args, struct err *err);
void order_behalf_after(struct record *o, const json_t *args);
/* The unit's liaison opens the order for the first time: seen_at and a step, once. */
void order_seen(struct op *op, struct record *o);
/* Members of one order beyond its fields: its clocks, where a dispute went. */
#define ORDER_SINGLE_SCHEMA \
	"\"clocks\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"kind\",\"due_at\"," \
	"\"met_in_time\",\"entered_late\"]}},\"redirected_to\":{\"type\":\"array\"," \
	"\"items\":{\"type\":\"object\"," \
	"\"required\":[\"id\",\"number\"]}}"
bool order_show_single(struct op *op, const struct record *o, struct str *out, struct err *err);
/* ,"hint": what an answer leaves open, for who is to verify it. */
void order_show_hint(struct op *op, const struct item *it, struct str *out);
/* A step that is no transition: from and to are the order's state. */
struct order_remark {
	const char *verb;
	struct span text, values;
	int64_t at; /* 0: now */
};
bool order_remark(struct op *op, const struct record *o, const struct order_remark *m, struct err *err);

/* args.unit_id: another unit than the order's, to which the actor may issue. */
bool order_other_unit(
	struct op *op, const struct record *o, const json_t *args, int64_t *ret, struct err *err);
bool order_note_verified(
	struct op *op, struct record *o, const struct items *items, const char **ret_to, struct err *err);
bool order_instruction_route(struct call *c, struct err *err);
extern const struct life instruction_life, shift_note_life;

order_verb_fn order_note, order_redirect, order_instruct;

/* POST /api/v1/orders/{id}/calls, GET …/call-list, …/group-text, …/unacknowledged-text (call.c, group.c) */
/* GET /api/v1/orders/counts (counts.c) */
route_fn order_counts_route;
route_fn order_call_route, order_call_list_route, order_group_text_route, order_unacknowledged_route;
