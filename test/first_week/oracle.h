#pragma once
/*
 * A second reckoning of the measures, kept beside the story: what was sent, acknowledged, answered, verified
 * and returned when, and from that each measure by counting.  Knows nothing of steps and of the program's own
 * way.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REPLY_NONE, REPLY_ACKNOWLEDGE, REPLY_ANSWER };

struct order {
	char id[40];
	int unit, reply;
	bool finding;
	int64_t sent, acknowledge_due, answer_due, answer_due_again;
	/* when it happened; 0: not */
	int64_t acknowledged, answered, answered_again, returned, verified, behalf;
};

enum { ORACLE_ORDERS = 600, ORACLE_NOTICES = 8 };

struct oracle {
	struct order orders[ORACLE_ORDERS];
	size_t n;
	int64_t issued[ORACLE_NOTICES];
	size_t n_issued;
};

struct fraction {
	double numerator, denominator;
	bool is_count;                                 /* the numerator counts records */
};

/* A new one; NULL when full. */
struct order *oracle_order(struct oracle *o, const char *id);
/* As known at the end, of all that was sent before it; false for a measure that is not kept beside. */
bool oracle_measure(const struct oracle *o, const char *key, int64_t end, struct fraction *ret);
