#pragma once
#include "resource/route.h"

/*
 * GET /api/v1/resources: what there is, for a client that makes its own tables and forms.  For each resource
 * that the caller may read: its fields, its states and verbs with their words in both languages, and which of
 * the operations and verbs the caller has the right to somewhere.
 */
bool resources_describe(struct call *c, struct err *err);
/* POST /api/v1/counts: how many records each of several lists has, exact to 10,000. */
bool resource_counts(struct call *c, struct err *err);
