#pragma once
/* The rows of a unit list (CSV), checked as far as the file alone tells. */
#include "people/import.h"

enum unit_column {
	UNIT_CODE,
	UNIT_NAME,
	UNIT_PARENT_CODE,
	UNIT_DIVISION,
	UNIT_KIND,
	UNIT_SECTOR,
	UNIT_USCC,
	UNIT_SHORT_NAME,
	UNIT_SUPERVISOR_CODE,
	UNIT_SORT_ORDER,
	UNIT_ALIASES,
	UNIT_PHONE,
	UNIT_COLUMNS
};

/* Makes *m ready and reads: afterwards kind and sector are code words, aliases a JSON array, uscc
 * upper case. */
NODISCARD bool unit_file_read(struct import *m, struct stream *s, struct arena *a, struct err *err);
