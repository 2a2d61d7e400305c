#pragma once
/* A record as people read it on a screen: words instead of keys, the city's time, nested parts as lines. */
#include <stdio.h>

#include "resource/resource.h"

/* One field as a cell of a table: like record_cell(), but with the words of its values and the city's time to
 * the minute. */
struct span screen_cell(struct op *op, const struct record *rec, size_t i);
/* "2026-11-23 09:30", the city's time. */
struct span screen_time(struct op *op, int64_t ms);
/* Who did it: "local:1000" is whoever sat at the machine itself. */
struct span screen_text(struct op *op, struct span s);
/* Every member that says something, one a line. */
NODISCARD bool screen_record(struct op *op, const struct record *rec, FILE *out, struct err *err);
