#pragma once
#include "support/house.h"

/* The columns of rights.tsv; the first is a stranger. */
enum { ACTORS = 11 };
extern const char *const rights_actors[ACTORS];

/* Makes the record that stands for NAME of rights.tsv, and what it needs, and saves its ids. */
void fixture_make(struct story *s, const char *name);
/* Lists, exports and the event stream show nobody what is not theirs. */
void scope_tests(struct story *s);
