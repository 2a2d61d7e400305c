#pragma once
#include "../support/house.h"

/* The columns of rights.tsv; the first is a stranger. */
enum { ACTORS = 11 };
extern const char *const rights_actors[ACTORS];

/* Makes the record that stands for NAME of rights.tsv, and what it needs, and saves its ids. */
void fixture_make(struct story *s, const char *name);
extern const struct house_account rights_accounts[];
extern const size_t rights_accounts_count;
