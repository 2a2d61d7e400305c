/* The life of an order, on one page.  Where rows share (from, verb), the state follows from the items.  The
 * last column is what becomes of the clocks: the verbs do it, life_test.c holds them to it. */
#include "order/room.h"

static const char *const states[] = {
	"draft", "to_approve", "sent", "handling", "partly_answered", "answered", "disputed", "verified",
		"archived", "withdrawn",
	NULL,
};

#define OPEN_STATES(verb, ...) \
	{ "sent", verb, "sent", __VA_ARGS__ }, { "handling", verb, "handling", __VA_ARGS__ }, \
	{ "partly_answered", verb, "partly_answered", __VA_ARGS__ }

static const struct transition rows[] = {
	/* before the unit sees it: no number, no clocks */
	{ "draft", "revise", "draft", PERM_ORDER_ISSUE },
	{ "draft", "submit", "to_approve", PERM_ORDER_ISSUE },
	{ "draft", "submit", "sent", PERM_ORDER_ISSUE, 0, CLOCK_MOVE }, /* the rule asks for no approval */
	{ "draft", "withdraw", "withdrawn", PERM_ORDER_ISSUE, NEED_REASON, CLOCK_END },
	{ "to_approve", "approve", "sent", PERM_ORDER_APPROVE, 0, CLOCK_MOVE },
	{ "to_approve", "send_back", "draft", PERM_ORDER_APPROVE, NEED_REASON },
	{ "to_approve", "withdraw", "withdrawn", PERM_ORDER_ISSUE, NEED_REASON, CLOCK_END },
	/* the unit */
	{ "sent", "acknowledge", "handling", PERM_ORDER_ANSWER, 0, CLOCK_MEET_ACKNOWLEDGE },
	{ "sent", "acknowledge", "verified", PERM_ORDER_ANSWER, 0, CLOCK_END }, /* no answer is asked for */
	{ "sent", "answer", "handling", PERM_ORDER_ANSWER, 0, CLOCK_MEET_ACKNOWLEDGE },
	{ "sent", "answer", "partly_answered", PERM_ORDER_ANSWER, 0, CLOCK_MEET_ACKNOWLEDGE },
	{ "sent", "answer", "answered", PERM_ORDER_ANSWER, 0, CLOCK_MEET_ANSWER },
	{ "sent", "answer", "disputed", PERM_ORDER_ANSWER, 0, CLOCK_PAUSE },
	{ "handling", "answer", "handling", PERM_ORDER_ANSWER },
	{ "handling", "answer", "partly_answered", PERM_ORDER_ANSWER },
	{ "handling", "answer", "answered", PERM_ORDER_ANSWER, 0, CLOCK_MEET_ANSWER },
	{ "handling", "answer", "disputed", PERM_ORDER_ANSWER, 0, CLOCK_PAUSE },
	{ "partly_answered", "answer", "partly_answered", PERM_ORDER_ANSWER },
	{ "partly_answered", "answer", "answered", PERM_ORDER_ANSWER, 0, CLOCK_MEET_ANSWER },
	{ "partly_answered", "answer", "disputed", PERM_ORDER_ANSWER, 0, CLOCK_PAUSE },
	{ "disputed", "answer", "disputed", PERM_ORDER_ANSWER },
	OPEN_STATES("request_extension", PERM_ORDER_ANSWER, NEED_REASON | NEED_UNTIL),
	OPEN_STATES("note", PERM_ORDER_ANSWER, NEED_TEXT),
	{ "answered", "note", "answered", PERM_ORDER_ANSWER, NEED_TEXT },
	{ "disputed", "note", "disputed", PERM_ORDER_ANSWER, NEED_TEXT },
	/* the county pre-reviews what is answered to the city */
	{ "answered", "review", "answered", PERM_ORDER_REVIEW },
	{ "answered", "review", "handling", PERM_ORDER_REVIEW, 0, CLOCK_MOVE },
	{ "answered", "review", "partly_answered", PERM_ORDER_REVIEW, 0, CLOCK_MOVE },
	{ "partly_answered", "review", "partly_answered", PERM_ORDER_REVIEW },
	{ "partly_answered", "review", "handling", PERM_ORDER_REVIEW },
	/* the office judges */
	{ "answered", "verify", "answered", PERM_ORDER_VERIFY }, /* proof contradicts */
	{ "answered", "verify", "verified", PERM_ORDER_VERIFY, 0, CLOCK_END },
	{ "partly_answered", "verify", "partly_answered", PERM_ORDER_VERIFY },
	{ "answered", "return", "handling", PERM_ORDER_VERIFY, NEED_REASON, CLOCK_MOVE },
	{ "answered", "return", "partly_answered", PERM_ORDER_VERIFY, NEED_REASON, CLOCK_MOVE },
	{ "partly_answered", "return", "handling", PERM_ORDER_VERIFY, NEED_REASON }, /* clock runs on */
	{ "partly_answered", "return", "partly_answered", PERM_ORDER_VERIFY, NEED_REASON },
	/* the other items do not wait for the ruling */
	{ "disputed", "verify", "disputed", PERM_ORDER_VERIFY },
	{ "disputed", "return", "disputed", PERM_ORDER_VERIFY, NEED_REASON },
	{ "disputed", "uphold", "disputed", PERM_ORDER_VERIFY },
	{ "disputed", "uphold", "partly_answered", PERM_ORDER_VERIFY, 0, CLOCK_RESUME },
	{ "disputed", "uphold", "answered", PERM_ORDER_VERIFY, 0, CLOCK_MEET_ANSWER },
	{ "disputed", "uphold", "verified", PERM_ORDER_VERIFY, 0, CLOCK_END },
	{ "disputed", "reject", "disputed", PERM_ORDER_VERIFY, NEED_REASON },
	{ "disputed", "reject", "handling", PERM_ORDER_VERIFY, NEED_REASON, CLOCK_RESUME },
	{ "disputed", "reject", "partly_answered", PERM_ORDER_VERIFY, NEED_REASON, CLOCK_RESUME },
	{ "disputed", "redirect", "disputed", PERM_ORDER_ISSUE, NEED_UNIT | NEED_REASON },
	{ "disputed", "redirect", "partly_answered", PERM_ORDER_ISSUE, NEED_UNIT | NEED_REASON,
		CLOCK_RESUME },
	{ "disputed", "redirect", "answered", PERM_ORDER_ISSUE, NEED_UNIT | NEED_REASON, CLOCK_MEET_ANSWER },
	{ "disputed", "redirect", "verified", PERM_ORDER_ISSUE, NEED_UNIT | NEED_REASON, CLOCK_END },
	/* a leader instructs */
	{ "to_approve", "instruct", "to_approve", PERM_ORDER_INSTRUCT, NEED_TEXT },
	OPEN_STATES("instruct", PERM_ORDER_INSTRUCT, NEED_TEXT),
	{ "answered", "instruct", "answered", PERM_ORDER_INSTRUCT, NEED_TEXT },
	{ "disputed", "instruct", "disputed", PERM_ORDER_INSTRUCT, NEED_TEXT },
	{ "verified", "instruct", "verified", PERM_ORDER_INSTRUCT, NEED_TEXT },
	{ "archived", "instruct", "archived", PERM_ORDER_INSTRUCT, NEED_TEXT },
	{ "withdrawn", "instruct", "withdrawn", PERM_ORDER_INSTRUCT, NEED_TEXT },
	/* the office leads */
	OPEN_STATES("grant", PERM_ORDER_ISSUE, 0, CLOCK_MOVE),
	OPEN_STATES("refuse", PERM_ORDER_ISSUE, NEED_REASON),
	OPEN_STATES("urge", PERM_ORDER_URGE, NEED_CHANNEL),
	OPEN_STATES("escalate", PERM_ORDER_ESCALATE),
	OPEN_STATES("hand_over", PERM_ORDER_ISSUE, NEED_UNIT | NEED_REASON),
	{ "sent", "withdraw", "withdrawn", PERM_ORDER_ISSUE, NEED_REASON, CLOCK_END },
	{ "handling", "withdraw", "withdrawn", PERM_ORDER_ISSUE, NEED_REASON, CLOCK_END },
	{ "partly_answered", "withdraw", "withdrawn", PERM_ORDER_ISSUE, NEED_REASON, CLOCK_END },
	{ "answered", "withdraw", "withdrawn", PERM_ORDER_ISSUE, NEED_REASON, CLOCK_END },
	{ "disputed", "withdraw", "withdrawn", PERM_ORDER_ISSUE, NEED_REASON, CLOCK_END },
	{ "verified", "archive", "archived", PERM_ORDER_ISSUE }, /* by itself after some days */
};

const struct life order_life = { .states = states, .rows = rows, .n_rows = COUNT(rows) };
