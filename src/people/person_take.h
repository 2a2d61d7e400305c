#pragma once
/*
 * Persons and duties out of a table: who a line means, what it changes, and the change.  A person is known by
 * name and telephone, else by name and unit.  Empty fields leave what is known.
 */
#include "people/person.h"
#include "people/unit.h"

struct contact {
	int64_t unit_n;                        /* 0: a unit not yet in the store */
	struct span scope;                     /* units whose persons may be touched: plan_in_scope() */
	struct span name, phone, post, mail;
	struct span duty;                      /* "liaison_a" …; "" for a person alone */
	struct span from, to;                  /* of the duty */
	bool replace;                          /* who else has the duty today has it no longer */
};

struct contact_found {
	int64_t person_n, duty_n;              /* 0: none yet */
	bool several;                          /* persons of that name: no telling which */
	bool changed;                          /* the person's or the duty's fields */
	struct span holder;                    /* who else has this duty in the unit today; "" nobody */
};

/* Reads only. */
NODISCARD bool contact_find(struct op *op, const struct contact *c, struct contact_found *ret,
	struct err *err);
/* Inside a transaction; finds again, and writes what differs. */
NODISCARD bool contact_write(struct op *op, const struct contact *c, struct err *err);
