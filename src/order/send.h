#pragma once
/*
 * Sending what is no finding: a task, a declaration, the orders of a notice; and who is to get it.
 *
 * A recipient is a unit with its part in it (main 主办, support 协办, copy 抄送), the reason why it was chosen,
 * and the rows that are its own: its hosts with that vulnerability, its software of that name.  Each
 * recipient gets an order of its own with a number of its own; the text of it is the common text and its own
 * rows, nobody else's.  A support answers its own order; a copy only sees.  Both point to the first main
 * order of the batch (main_id).
 */
#include "order/order.h"

struct order_recipient {
	int64_t unit_n;
	const char *part; /* main support copy */
	struct span reason; /* why this unit; "" */
	struct span rows; /* only this unit's own rows, text, one a line; "" */
	bool no_liaison; /* nobody is liaison of it today: filled by order_recipients() */
};

struct order_recipients {
	struct order_recipient *at; /* main ones first, then support, then copies */
	size_t n;
	int64_t no_liaison; /* how many of them have none */
};

enum { ORDER_RECIPIENTS_MAX = 20000 };

/* to: {"units":[id or code…],"support":[…],"copies":[…],"division":code,"sector":name,"tag":text,"all":true,
 * "match":{"vuln_id":CVE} | {"product":text}}: union, each unit once with all its reasons; division, sector
 * and tag take an array too.  "all" and the groups leave out offices and suppliers: those are named one by
 * one.  Only units to which the actor may issue: of a group the others are left out, named ones are refused
 * (ERR_INVALID, field "to").  ERR_INVALID as well where nobody is left. Reads only. */
/* "all", "division=霞山 tag=医疗", "units=a,b copies=c", "vuln=CVE-2021-26691", "product=nginx", "match" (of a
 * notice: whoever has what it speaks of): words by blanks, several of one kind by commas, as the JSON above;
 * the caller's.  NULL: ERR_INVALID, field "to". */
json_t *order_to_words(struct span words, struct err *err);
/* One of those words into such an object; false if there is no such word. */
bool order_to_add(json_t *to, struct span word, struct span value);
NODISCARD bool order_recipients(
	struct op *op, const json_t *to, struct order_recipients *ret, struct err *err);

struct order_send {
	const char *kind; /* "task" "declaration" "notice" */
	struct span title, text;
	const char *reply; /* none acknowledge answer */
	/* template of deadlines, "": the one named like the kind; number: only for one recipient */
	struct span template, number, source, source_number;
	struct span words; /* the text template that speaks where there is no text; "": default */
	int64_t source_due, notice_n, due_at; /* 0: none, none, by template */
	struct span batch; /* "": a new one */
	const struct order_recipient *to;
	size_t n;
	const char *severity; /* NULL: none */
	struct span topic; /* "contact_check" …; "" */
	bool draft, approval; /* born as a draft; to be approved whatever the rule says */
};
/* In batches of its own transactions unless op->tx is open (then all in it, at most 50 recipients a
 * transaction is the caller's care).  One order per recipient, one item each titled like the order (reply
 * answer).  Orders of a notice are sent at once: the notice was approved.  Others wait where the rule of
 * approval asks for it (room.h, order_birth).  Appends {"orders":[{"id","number","unit_id","state"}…],
 * "warnings":[…]} to out. What fails after a transaction was committed is no failure of the whole: what was
 * not sent is told in the warnings. */
NODISCARD bool order_send(struct op *op, const struct order_send *s, struct str *out, struct err *err);
/* What would be due: the answer, or the acknowledgement where that is all; 0 where nothing is asked for. */
/* What the order of the first recipient would say. */
NODISCARD bool order_send_text(struct op *op, const struct order_send *s, struct span *ret, struct err *err);
NODISCARD bool order_send_due(struct op *op, const struct order_send *s, int64_t *ret, struct err *err);

/* A task or declaration as POST /api/v1/orders takes it; appends its answer.  Transactions as
 * order_send(). */
NODISCARD bool order_post(struct op *op, const json_t *body, struct str *out, struct err *err);
/* POST /api/v1/orders/batch (batch.c). */
extern const struct route order_batch_routes[];
extern const size_t order_batch_routes_count;
/* POST /api/v1/orders, its preview, seawall order send (post.c). */
extern const struct route order_post_routes[];
extern const size_t order_post_routes_count;
extern const struct command order_post_commands[];
extern const size_t order_post_commands_count;
