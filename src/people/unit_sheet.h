#pragma once
/*
 * Inside the room: the import of units.
 *
 *	unit_sheet    columns; the rows beside each other and the store; actions
 *	unit_index    all units there are, and those that the file makes, by every name
 *	unit_place    division, kind, parent and supervisor, made codes
 *	unit_contact  the persons named in the rows
 *	unit_write    a row into the store
 */
#include "people/person_take.h"
#include "resource/sheet.h"

enum unit_column {
	UNIT_CODE,
	UNIT_NAME,
	UNIT_SHORT_NAME,
	UNIT_PARENT_CODE,
	UNIT_SUPERVISOR_CODE,
	UNIT_DIVISION,
	UNIT_KIND,
	UNIT_SECTOR,
	UNIT_USCC,
	UNIT_SORT_ORDER,
	UNIT_ALIASES,
	UNIT_PHONE,
	UNIT_CHIEF,                            /* each with name, phone, post, mail */
	UNIT_DEPUTY = UNIT_CHIEF + 4,
	UNIT_LIAISON_A = UNIT_DEPUTY + 4,
	UNIT_LIAISON_B = UNIT_LIAISON_A + 4,
	UNIT_COLUMNS = UNIT_LIAISON_B + 4,
	UNIT_CONTACTS = 4,
};
enum unit_contact_column { CONTACT_NAME, CONTACT_PHONE, CONTACT_POST, CONTACT_MAIL };

/* A unit as it is in the store, in the file, or both. */
struct unit_node {
	int64_t n;                             /* 0: not yet in the store */
	struct sheet_row *row;                 /* NULL: not in the file */
	bool fresh;
	struct span code, name, short_name, uscc, kind;
	int64_t division_n;
	ssize_t above[2];                      /* by tree: another node, -1 none */
	bool said[2];                          /* the file says so */
	struct span core, bare;      /* of the name, for likeness: without the kind of body, with it */
	size_t like_division;                  /* of the name: which division it begins with; 0 none */
};

struct unit_division { int64_t n; struct span code, name, stem; };      /* stem: the name without 市, 县, 区 */

struct unit_index {
	struct op *op;
	struct sheet *s;
	VEC(struct unit_node) nodes;
	struct map *by_code, *by_uscc, *by_name, *by_short, *by_core, *by_n;
	struct map *divisions;                 /* text to n, as asked */
	struct map *series;                    /* prefix to the last number of made codes */
	VEC(struct unit_division) counties;    /* of the city, the city itself first */
	struct span city;                      /* "440800"; "" before there is an office */
	int64_t office_n;
	bool coded;                            /* the file has a column of codes: our own form */
};

enum { UNIT_NO_NODE = -1, UNIT_SEVERAL = -2 };

/* All units of the store as nodes, by every name. */
NODISCARD bool unit_index_load(struct unit_index *x, struct err *err);
ssize_t unit_index_get(const struct map *by, struct span key);         /* UNIT_NO_NODE, UNIT_SEVERAL */
/* A node that the file makes. */
size_t unit_index_add(struct unit_index *x, struct unit_node node);
/* Whose name is nearly this one; UNIT_NO_NODE. */
ssize_t unit_index_like(const struct unit_index *x, struct span name, struct span uscc);
/* What is left of a name without brackets, the city and the kind of body. */
struct span unit_core(const struct unit_index *x, struct span name, size_t *ret_division);
/* A unit by code, name, short name, alias, or what is left of its name when that is one unit's only. */
ssize_t unit_index_find(const struct unit_index *x, struct span name, bool *ret_loose);

/* A division by code or name; *ret_n 0: there is none. */
NODISCARD bool unit_division_find(struct unit_index *x, struct span text, int64_t *ret_n,
	struct span *ret_code,
	struct err *err);
/* The next code of the division's series ("440882-0007"). */
NODISCARD bool unit_make_code(struct unit_index *x, int64_t division_n, struct span *ret, struct err *err);
/* What a new unit of the file is when nobody says: kind, division, parent. */
void unit_infer(struct unit_index *x, struct unit_node *node);
NODISCARD bool unit_place(struct unit_index *x, struct unit_node *node, struct err *err);
void unit_check_places(struct unit_index *x);

/* Names and numbers put apart, and what they change; *ret_changed. */
NODISCARD bool unit_take_contacts(
	struct unit_index *x, struct sheet_row *row, int64_t unit_n, bool *ret_changed, struct err *err);
/* The i-th contact of a row; false: the row names none. */
bool unit_contact_of(const struct sheet *s, const struct sheet_row *row, size_t i, int64_t unit_n,
	struct contact *ret);

NODISCARD bool unit_sheet_write(struct op *op, struct sheet *s, struct sheet_row *row, struct err *err);
NODISCARD bool unit_sheet_finish(struct op *op, struct sheet *s, struct err *err);
/* Fills what a row says into a record of a unit, but for parent and supervisor. */
NODISCARD bool unit_fill(struct op *op, const struct sheet_row *row, struct record *after, struct err *err);
bool unit_differs(const struct record *a, const struct record *b);
