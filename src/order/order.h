#pragma once
/*
 * The room `order`: what one unit owes another, until when, and whether it was done.
 *
 * In: findings (by dispatch), acknowledgements, answers, disputes, decisions.  Out: orders with numbers,
 * items, clocks, timelines; findings that are ordered, fixed and closed by nobody else.
 *
 * Dispatch makes one order per responsible unit; the findings of one remedy (asset + software) form one item,
 * which is answered and verified by itself.  The order's state follows from its items (order_derive).  The
 * life of an order is the table in life.c, that of an item the table in item.c; read those two first.
 *
 * Claims: fixed mitigated not_affected decommissioned are answers, to be verified; affected is progress, the
 * item stays open; not_ours false_positive cannot_fix are disputes, decided by the office (uphold, reject),
 * the clock pauses. Verified, the findings become: fixed and decommissioned closed, not_affected
 * false_positive, mitigated risk_accepted until a review date.  Upheld: false_positive false_positive,
 * not_ours confirmed without unit, cannot_fix risk_accepted.
 *
 * What is no finding (tasks, declarations, notices: send.h) is answered by done or progress, disputed by
 * unable, and judged by a person.  Where no answer is asked for, acknowledging is the end of it.
 *
 * Units that speak by telephone or on paper (behalf.h): what an office records for them carries on whose
 * word, when it was said and when it was entered; it counts as said, and is never verified by the person who
 * recorded it.  order_behalf_routes: call lists, one-line results of calls, texts for groups that give
 * nothing away. Disputes that are right but belong elsewhere go there by redirect.  Leaders instruct (批示):
 * an instruction is a record of its own, the duty officers' list until one says what was done.  Shift notes
 * hold what was open at that moment.
 *
 * Clocks (clock.h) and calendars (calendar.h) serve every later room that owes something by a time.
 */
#include "finding/finding.h"
#include "resource/command.h"
#include "resource/job.h"

extern const struct resource order_resource, instruction_resource, shift_note_resource;
/* Rules as data (rules.h): proposed, confirmed, never changed. */
extern const struct resource deadline_resource, calendar_resource, calendar_year_resource,
	number_format_resource, rule_resource;
extern const struct route order_rule_routes[];
extern const size_t order_rule_routes_count;
extern const struct route order_routes[];
extern const size_t order_routes_count;
extern const struct route order_behalf_routes[];
extern const size_t order_behalf_routes_count;
extern const struct command order_behalf_commands[];
extern const size_t order_behalf_commands_count;
extern const struct command order_commands[];
extern const size_t order_commands_count;
extern const struct job_tick order_ticks[]; /* deadlines, archiving, risks accepted until a date */
extern const size_t order_ticks_count;

/* Declarations: forms, sheets, and what follows for the order when a row of it is decided. */
extern const struct route order_declaration_routes[];
extern const size_t order_declaration_routes_count;
extern const struct command order_declaration_commands[];
extern const size_t order_declaration_commands_count;
struct declaration_news;
bool order_follow_declaration(struct op *op, const struct declaration_news *news, struct err *err);

struct order_dispatch {
	const json_t *ids, *filter; /* both NULL: KEV-listed, critical and high */
	struct span text; /* what the order says */
	struct span template; /* of deadlines; {NULL,0}: "default" */
	struct span words; /* the text template that speaks where there is no text; {NULL,0}: "default" */
	struct span number; /* typed in; only where one order comes of it */
	/* Who wants it from above, under which number, until when; 0: the earliest date its findings have. */
	struct span source, source_number;
	int64_t source_due;
	bool draft, approval; /* born as a draft; to be approved whatever the rule says */
	bool preview; /* says what would be made, and makes nothing */
};
/* Outside a transaction: makes its own, about 40 ms each, an order never cut in two.  Appends
 * {"orders":[{"id","number","unit_id","state"}…],"skipped":[{"id","reason"}…],"skipped_count":N,
 * "warnings":[…]} to out; of a preview no orders, but "preview":{…} in numbers and by unit, with
 * the text of the first.
 * What fails after a transaction was committed is no failure of the whole: the rest is among the skipped,
 * with the reason. */
NODISCARD bool order_dispatch(
	struct op *op, const struct order_dispatch *d, struct str *out, struct err *err);

/* One round of the jobs role: fires missed deadlines (once each), escalates, archives.  Own transactions.
 * *ret_next_at: when to come again at the latest. */
NODISCARD bool order_clock_tick(struct op *op, int64_t *ret_next_at, struct err *err);
/* An administrator says that the present wall time is right: firing goes on after an alarm. */
NODISCARD bool order_clock_accept(struct op *op, struct err *err);
