#pragma once
/*
 * Sheets: tables made by people (CSV, XLSX), with title rows, headings in their own words, merged cells, and
 * cells that are nearly right.
 *
 * A kind says what its columns are called, how a cell of each is put right, what a row means beside the
 * others and the store, and how it is written.  The mechanism finds the header (below titles, one row or
 * two), names the columns (headings, aliases, what was said before about a file of this shape), puts cells
 * right, keeps the plan's rows with every fault and its proposed repair, answers the preview, takes
 * decisions, applies in short transactions and gives the rest back as a workbook.
 *
 * What a mark means: REPAIRED is certain, was taken and is only told; PROPOSED is likely and waits for a yes;
 * FAULT has no proposal; QUESTION is answered by a decision on the row ("new", "same:CODE").
 */
#include "base/base.h"
#include "resource/command.h"
#include "resource/import.h"
#include "resource/repair.h"

struct table;                                  /* codec/table.h */

enum {
	SHEET_COLUMNS_MAX = 48,                /* of a kind */
	SHEET_FILE_COLUMNS_MAX = 256,          /* of a file */
	SHEET_ROWS_MAX = 100000,
	SHEET_HEADER_WITHIN = 30,              /* rows in which the header is looked for */
};

enum sheet_column_flag {
	SHEET_REQUIRED = 1,                    /* the file must have the column */
	SHEET_NEEDED = 2,                      /* and no cell of it may be empty */
	SHEET_ANYTHING = 4,                    /* may hold line breaks */
	SHEET_PERSONAL = 8,                    /* about a person: forgotten once the row went in */
};

struct sheet_column {
	const char *name, *zh, *en;            /* name and zh are headings too */
	const char *aliases;                   /* other headings, with | between; NULL: none */
	/* headings that mean this column where the recognised column to their left has the same group */
	const char *group, *near;
	unsigned flags;
	size_t max;                            /* characters */
	repair_fn *repair;                     /* NULL: repair_text */
	const struct repair_word *words;       /* for repair_word() */
};

enum sheet_action { SHEET_UNCHANGED, SHEET_NEW, SHEET_CHANGED, SHEET_REFUSED, SHEET_ASKED };
extern const char *const sheet_actions[];      /* "unchanged" "new" "changed" "refused" "question", NULL */

struct sheet_fault {
	int column;                            /* of the kind; -1: the row */
	enum repair_mark mark;
	struct span zh, en, proposal;          /* proposal.p NULL: none */
};

struct sheet_row {
	uint64_t line;
	struct span *cells;                    /* as read, by column of the file */
	bool *merged;      /* by column of the file: repeats the first cell of a merged area */
	size_t n_cells;
	struct span *value;      /* by column of the kind; p NULL: the file says nothing of it */
	VEC(struct sheet_fault) faults;
	struct span decision;                  /* "", "new", "same:CODE" */
	enum sheet_action action;
	bool bad;                              /* FAULT, or PROPOSED and not accepted */
	int64_t target_n;                      /* the record found; 0: a new one */
	int64_t ordinal;                       /* of a row read back: its place in the plan, from 1 */
	struct span data;                      /* what compare() wants write() to know; kept in the plan */
};

struct sheet {
	const struct sheet_kind *kind;
	struct arena *arena;                   /* owns all of it */
	struct span scope;                     /* plan_in_scope() */
	int64_t unit_n;                        /* where who imports is at home; 0: the city */
	const json_t *options;                 /* object, or NULL */
	bool accept;                           /* every proposal is taken */
	bool csv;                              /* its rows are as wide as the header */
	struct err broken;                     /* the file cannot be read to its end */
	struct span sheet_name;
	/* the file's columns */
	struct span *headings;
	int *field_of;                         /* by column of the file: of the kind, -1 none */
	size_t n_headings;
	int at[SHEET_COLUMNS_MAX];             /* by column of the kind: of the file, -1 absent */
	char shape[HASH_SHA256_HEX + 1];       /* of the headings */
	uint64_t header_line;
	VEC(struct sheet_row) rows;
	int64_t skipped;                       /* rows that are titles, sums or remarks */
	struct import_counts counts;
};

struct sheet_kind {
	const char *name;                      /* as the import_kind */
	const struct sheet_column *columns;
	size_t n_columns;
	/* What the rows mean among each other and beside the store: sets action, target_n, data, and notes
	 * what is wrong.  Reads only.  Rows with `bad` may be passed over. */
	bool (*compare)(struct op *op, struct sheet *s, struct err *err);
	/* One row that goes in, inside a transaction; can be repeated without harm. */
	bool (*write)(struct op *op, struct sheet *s, struct sheet_row *row, struct err *err);
	/* After the last row, in a transaction of its own; NULL: nothing. */
	bool (*finish)(struct op *op, struct sheet *s, struct err *err);
};

/* ---- for compare() ------------------------------------------------------------------------------ */

/* Notes what is wrong with one cell (column -1: with the row).  Always false. */
bool sheet_fault(struct sheet *s, struct sheet_row *row, int column, const struct err *why);
/* A likely value for a cell.  true: it was (or is) accepted and stands in row->value. */
bool sheet_propose(struct sheet *s, struct sheet_row *row, int column, struct span proposal,
	const struct err *why);
/* Something certain was put right: only told. */
void sheet_repaired(struct sheet *s, struct sheet_row *row, int column, struct span value,
	const struct err *why);
/* A question about the row; only where row->decision is empty. */
void sheet_ask(struct sheet *s, struct sheet_row *row, int column, const struct err *why);
/* "" for what the file does not say */
static inline struct span sheet_text(const struct sheet_row *row, int column)
{
	return row->value[column].p ? row->value[column] : SPAN("");
}

/* ---- for commands and other rooms ------------------------------------------------------------------ */

/* Reads and compares a file: after it rows, counts and shape are there.  false: nothing can be said of it.
 * `s` has kind, arena, scope, unit_n, options and csv set. */
NODISCARD bool sheet_read(struct op *op, struct sheet *s, struct table *t, struct err *err);
/* `seawall import KIND FILE [--dry-run] [--clean] [--rest FILE.xlsx] [--map …] [--accept-repairs] [--new-all]
 * [--decide LINE=new|same:CODE]`; every other option of the command becomes a member of the options. */
#define SHEET_OPTIONS "dry-run clean rest= map=* decide=* accept-repairs new-all"
NODISCARD bool sheet_command(struct command_call *c, const struct sheet_kind *kind, struct err *err);
