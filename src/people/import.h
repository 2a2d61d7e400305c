#pragma once
/*
 * What the imports of this room share: the rows of a CSV file, columns found by English or Chinese name, and
 * every bad row kept with line and column until all are told at once.
 */
#include "codec/csv.h"
#include "people/people.h"

enum {
	IMPORT_BYTES_MAX = 64 << 20,
	IMPORT_ROWS_MAX = 100000,
	IMPORT_SHOWN = 100,                    /* so many errors are printed */
	IMPORT_ERRORS_MAX = 10000,             /* so many are kept; past it reading stops */
	IMPORT_COLUMNS_MAX = 16,
};

struct import_column {
	const char *name, *zh;                 /* either may stand in the header */
	bool required;                         /* the column must be there */
	size_t max;                            /* characters of a field */
	bool needed;                           /* and no field of it empty */
};

struct import_error { uint64_t line; const char *column; struct span zh, en; };

struct import_row {
	uint64_t line;
	struct span at[IMPORT_COLUMNS_MAX];    /* by position in the column table; trimmed; "" if absent */
};

struct import {
	const struct import_column *columns;
	size_t n_columns;
	struct arena *arena;
	int found[IMPORT_COLUMNS_MAX];         /* place in the file, CSV_NONE if absent */
	VEC(struct import_row) rows;
	VEC(struct import_error) errors;
};

/* Reads all rows: what is wrong with one goes to `errors`.  false only where nothing more can be said: file
 * unreadable. */
NODISCARD bool import_read(struct import *m, struct stream *s, struct err *err);
/* Notes what is wrong with one field (column -1: with the row). */
void import_refuse(struct import *m, uint64_t line, int column, const struct err *one);
/* Position of a word in a list by its name or its Chinese label; -1. */
int import_word(struct span word, const char *const *names, const char *const *zh);
/* "2026-11-23", "2026/11/3" or "" into *ret ("" or "2026-11-23"); false for anything else. */
bool import_date(struct span text, struct arena *a, struct span *ret);
/* Sorted by line to standard error, and the count as the error: nothing was imported. */
bool import_report(struct import *m, const struct command_call *c, struct err *err);
