#pragma once
/*
 * The room `kpi`: measures.
 *
 * In: steps, and nothing else of what happened; the trees of units as they were (unit_tree_past); rule data
 * (rules) and targets.  Out: for any period and any part of the city, as known at any time, twelve
 * values, each with its numerator, denominator, target, the version of its definition, and the list of the
 * records behind it.  What is asked again for a past time is answered the same: nothing that can change is
 * read, but for the names and titles beside records.
 *
 *	GET /api/v1/kpi?from=&to=&unit=&asof=           the values
 *	GET /api/v1/kpi/records?key=&from=…             the records of one, by pages
 *	seawall kpi --from --to --unit --asof
 *
 * A day as `asof` means its end; one still to come takes what is known now as if nothing more happened until
 * then.  The path of a value's records names the moment, so that both fit.
 *
 * The definitions are the table in measure.c, one row each.  An order belongs to the period in which it was
 * sent, in the city's zone; copies are counted as sent and in nothing else, and so are orders withdrawn.
 */
#include "resource/command.h"
#include "resource/route.h"

extern const struct resource target_resource;
extern const struct route kpi_routes[];
extern const size_t kpi_routes_count;
extern const struct command kpi_commands[];
extern const size_t kpi_commands_count;
