#pragma once
/* Shared by the files of dispatching only. */
#include "order/room.h"

/* One finding to be ordered, as read before the transaction. */
struct task {
	struct finding_row f;
	int64_t source_due; /* 0: none */
	bool skipped;
};

/* The tasks of one unit, in order of their items. */
struct unit_tasks {
	struct task *at;
	size_t n;
};

/* What is the same for all orders of one dispatch. */
struct issue {
	struct op *op;
	const struct order_dispatch *d;
	int64_t office_n;
	struct span batch; /* an id for all orders of this dispatch */
	struct order_terms terms[5]; /* by severity rank */
	struct finding_county county;
};

struct issued {
	struct span id, number, unit_id, state;
	bool late; /* ours is due after what is wanted from above */
};

int task_compare(const void *a, const void *b); /* unit, asset, software or kind, severity, n */
bool task_same_item(const struct task *a, const struct task *b);
/* Templates, calendars and the issuing office; op and d are set. */
bool issue_prepare(struct issue *s, struct err *err);
/* One whole order inside the open transaction; *ret_any false if nothing was left to order. */
bool issue_order(struct issue *s, struct unit_tasks *t, struct issued *ret, bool *ret_any, struct err *err);
/* Without a text of its own an order says what the template of its kind does; sets it in the record. */
bool issue_words(struct issue *s, const struct unit_tasks *t, const struct order_terms *terms,
	struct record *o, struct err *err);
/* 「Apache HTTP Server 2.4.46 升级 · 19 个漏洞，最高超危」 */
bool issue_item_title(struct op *op, const struct task *tasks, size_t n, struct span *ret, struct err *err);
/* {"list":[…],"orders":N,…}: what issue_order() would make of these, sorted; at most 500 in the list. */
bool dispatch_preview(struct issue *s, struct task *tasks, size_t n, struct str *out, struct err *err);
/* GET /api/v1/findings/remedies: the first 1,000 of a list as the items that their units would see. */
bool order_remedies(struct call *c, struct err *err);
