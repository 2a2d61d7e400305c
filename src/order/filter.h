#pragma once
/* Filters of lists as they are written in our tables: the words of the API, with times that depend on now. */
#include "resource/resource.h"

/*
 * JSON of a pattern: ' stands for ", $now, $day and $later for now, 24 and 72 hours on, $office for the id
 * given.  The text lies in the arena of op.
 */
struct span order_filter(struct op *op, const char *pattern, struct span office);
/* What a pattern finds, in the actor's sight; a field that this house does not have is an error. */
NODISCARD bool order_filter_select(struct op *op, const struct resource *r, const char *pattern,
	struct selection *ret, struct err *err);
