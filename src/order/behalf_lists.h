#pragma once
/* Shared by call.c and group.c: which orders a list or text is about, and what is known of their units. */
#include "order/behalf.h"

/* By ids, or by the filters of the list of orders; without any, by `otherwise`: JSON filters with ' for " and
 * $now for now, NULL-terminated.  What stands in `ours` is no filter.  Scope applied; at most 10,000. */
struct order_wish {
	const struct query_pair *query;
	size_t n_query;
	const json_t *ids;
	const char *const *otherwise;
};
bool order_wish_select(struct op *op, const struct order_wish *w, struct selection *ret, struct err *err);

/* One order as these lists want it. */
struct order_brief {
	int64_t n, unit_n, acknowledge_due, answer_due, calls, last_call_at;
	struct span id, number, kind, reply, last_call, last_call_text;
	bool waits_acknowledge, waits_answer;
};
struct order_briefs {
	struct order_brief *at;
	size_t n;
};
bool order_briefs_load(struct op *op, const struct selection *s, struct order_briefs *ret, struct err *err);
int64_t order_brief_due(const struct order_brief *b); /* what is to be done next: by when; 0: nothing */

struct order_contact {
	struct span name, phone;
	bool wrong; /* the number was found wrong */
};
struct order_unit {
	/* short_name is never empty; county "" below the city */
	struct span id, name, short_name, phone, county;
	struct order_contact liaison_a, liaison_b, chief;
};
bool order_unit_load(struct op *op, int64_t unit_n, struct order_unit *ret, struct err *err);

/* 「11月25日17:30」 in the city's time. */
struct span order_when(struct op *op, int64_t at);

/* Text to copy, and how many units and orders it is about. */
struct order_text {
	struct span text;
	int64_t units, orders;
};
bool order_group_text(struct op *op, const struct order_wish *w, struct order_text *ret, struct err *err);
bool order_unacknowledged_text(struct op *op, const struct order_wish *w, struct order_text *ret,
	struct err *err);

/* One line a unit. */
struct order_call_unit {
	int64_t unit_n, rank, due; /* rank 0: nothing acknowledged yet; 1: late; 2: the rest */
	const struct order_brief *orders;
	size_t n;
};
struct order_calls {
	struct order_call_unit *at;
	size_t n;
};
bool order_call_list(struct op *op, const struct order_wish *w, struct order_calls *ret, struct err *err);
bool order_call_list_csv(struct op *op, const struct order_calls *calls, struct str *out, struct err *err);
bool order_call_unit_json(struct op *op, const struct order_call_unit *u, struct str *out, struct err *err);
