#pragma once
/* GET /api/v1/inventory-coverage?unit= : how many units have declared, have none, never said anything, or
 * said it longer ago than the setting inventory_stale_days; each with the list of those units. */
#include "resource/route.h"

bool coverage_get(struct call *c, struct err *err);
