#pragma once
/* Shared by the files of this room only. */
#include "notice/notice.h"
#include "order/send.h"
#include "finding/template.h"

extern const struct life notice_life;

/* ---- who drafted it, in which office (notice.c) ---- */

/* The office in which the actor may `p`: the unit of that grant; the city office for the whole city. */
bool notice_office_of(struct op *op, enum perm p, int64_t *ret_n, struct err *err);

/* ---- numbers (number.c) ---- */

/* The next free number of this office and this (local) year; a number that was typed in is passed over. */
bool notice_number_next(struct op *op, const struct record *notice, struct span *ret, struct err *err);
/* ERR_DUPLICATE, field number, if another notice of the office has it. */
bool notice_number_check(struct op *op, const struct record *notice, struct span number, struct err *err);

/* ---- recipients (recipients.c) ---- */

enum { NOTICE_ROWS_MAX = 200, NOTICE_VULNS_MAX = 20 };

struct notice_recipient {
	struct order_recipient to;
	struct span mark; /* "", added, removed */
};
struct notice_list {
	struct notice_recipient *at;
	size_t n;
	int64_t no_liaison, removed; /* among those not removed; removed ones */
};
/* Whoever drafts, reads or approves a notice sees whom its office would reach, not only whom he may order. */
struct notice_office {
	struct grant grant;
	struct actor actor; /* borrows the grant: the struct is not to be copied */
};
bool notice_as_office(
	struct op *op, const struct record *notice, struct notice_office *ret, struct err *err);
/* As the rule and the marks say now; empty without a rule. */
bool notice_recipients(struct op *op, const struct record *notice, struct notice_list *ret, struct err *err);
/* Issued: writes who gets it.  ERR_INVALID if nobody does. */
bool notice_fix_recipients(struct op *op, const struct record *notice, struct err *err);

/* ---- sending (deliver.c) ---- */

bool notice_deliver(struct op *op, int64_t notice_n, struct err *err);
bool notice_withdraw(struct op *op, int64_t notice_n, struct err *err);
/* In the transaction that issues or recalls: what a job does if this process dies. */
bool notice_queue(struct op *op, const char *kind, int64_t notice_n, struct err *err);

/* ---- routes (recipients_http.c, print.c) ---- */

route_fn notice_recipients_get, notice_recipients_post, notice_print, notice_order_print;
