#pragma once
/*
 * The room `notice`: numbered, approved documents to many units.
 *
 * In: words (typed, or from a template and a vulnerability's record), a rule for whom they are, an approval
 * by a second person or on paper.  Out: a number, one order for each recipient with that unit's own rows
 * only, a list of who has read, acknowledged and answered it, and a page in official layout for print.
 *
 * The life is the table in life.c.  Issuing fixes the list of recipients and the number in one transaction;
 * the orders follow in short ones, by whoever issued it and, where that was cut off, by a job: a recipient
 * without an order is waiting, one with an order is done, and both are written together.
 */
#include "order/order.h"

extern const struct resource notice_resource;
extern const struct route notice_routes[];
extern const size_t notice_routes_count;
extern const struct command notice_commands[];
extern const size_t notice_commands_count;
extern const struct job_kind notice_jobs[];
extern const size_t notice_jobs_count;

/* A draft: fields of the resource, "template" (by its name; the kind's own name or "default" is the default
 * one, which makes a heading of the title) and "vuln_id": they fill title, text, severity, vulns and to where
 * these are not given.  Inside a transaction. */
NODISCARD bool notice_create(struct op *op, const json_t *in, struct record *ret, struct err *err);
/* Issues it and sends all its orders, in transactions of its own. */
NODISCARD bool notice_issue(
	struct op *op, const struct resource_request *q, struct record *ret, struct err *err);
/* Recalls it and withdraws the orders that are not verified, in transactions of its own. */
NODISCARD bool notice_recall(
	struct op *op, const struct resource_request *q, struct record *ret, struct err *err);
