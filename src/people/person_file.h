#pragma once
/* The rows of a list of persons and duties (CSV), checked as far as the file alone tells. */
#include "people/import.h"

enum person_column {
	PERSON_UNIT,
	PERSON_NAME,
	PERSON_DUTY,
	PERSON_PHONE,
	PERSON_MAIL,
	PERSON_FROM,
	PERSON_TO,
	PERSON_POST,
	PERSON_COLUMNS
};

/* Makes *m ready and reads: afterwards duty is a code word or "", dates are "2026-11-23" or "". */
NODISCARD bool person_file_read(struct import *m, struct stream *s, struct arena *a, struct err *err);
