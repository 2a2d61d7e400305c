#pragma once
/* What a calendar's news do to running clocks: see uncertain.c. */
#include "order/calendar.h"
#include "resource/route.h"

struct day_list;
/* Appends ,"clocks":{"later":N,"kept":N,"items":[…]}: how many uncertain ones would end later by that list,
 * how many certain ones would and do not, and the first of them, as far as the actor may see orders. */
NODISCARD bool uncertain_show(struct op *op, struct span calendar, int64_t year, const struct day_list *l,
	struct str *out, struct err *err);
