#pragma once
/*
 * Inside the room: the parts of sheets.
 *
 *	sheet_header   which rows are the header, and which column is which field
 *	sheet_read     the rows: cells put right, noted, compared, counted
 *	sheet_store    rows of a plan: written, read back
 *	sheet_apply    a plan into the store; the kinds' plan(), apply(), drop(), show()
 *	sheet_rest     what did not go in, as a workbook
 *	sheet_http     the preview and what may be said about it
 *	sheet_command  `seawall import KIND FILE`
 *	import_keep    of all imports: how many may wait, and what is forgotten when
 */
#include "resource/sheet.h"

/* One row of the file, kept. */
struct sheet_held {
	uint64_t line;
	struct span *text;
	bool *merged;
	size_t n;
};

/* Finds the header among the first rows of a file and names the columns: s->headings, field_of, at, shape,
 * header_line; *ret_next the first row behind it.  ERR_INVALID names a column that is missing. */
NODISCARD bool sheet_find_header(
	struct op *op, struct sheet *s, const struct sheet_held *rows, size_t n, size_t *ret_next,
	struct err *err);
/* Keeps what was said about the columns of a file of this shape; inside a transaction. */
NODISCARD bool sheet_remember(struct op *op, const struct sheet *s, struct err *err);
int sheet_column_find(const struct sheet_kind *kind, struct span name);        /* by name; -1 */
/* 0 A, 1 B … 26 AA: how spreadsheet programs call a column. */
struct span sheet_letters(size_t column, struct arena *a);

/* Does the row go in? */
static inline bool sheet_goes_in(const struct sheet_row *row)
{
	return row->action == SHEET_NEW || row->action == SHEET_CHANGED;
}
static inline int64_t sheet_left(const struct sheet *s)
{
	return s->counts.refused + s->counts.asked;
}

/* Writes the rows in batches, then columns, counts, problems and the state of the plan. */
NODISCARD bool sheet_store(
	struct op *op, struct import_plan *p, struct sheet *s, const char *state, struct err *err);
/* Rows of a plan: all that go in, or all that do not (after the ordinal `after`). */
NODISCARD bool sheet_load(
	struct op *op, const struct import_plan *p, struct sheet *s, bool going_in, int64_t after,
	struct err *err);
/* A row of a plan that cannot go in after all, and why; inside a transaction. */
NODISCARD bool sheet_refuse(struct op *op, const struct import_plan *p, struct sheet *s,
	struct sheet_row *row,
	const struct err *why, struct err *err);
bool sheet_drop(struct op *op, int64_t plan_n, bool *ret_more, struct err *err);
/* Takes from rows that went in (or were there already) what is personal, and what nobody knew the meaning of:
 * some rows after the ordinal *at, inside a transaction; *at goes on, 0 when none were left. */
NODISCARD bool sheet_redact(struct op *op, const struct import_plan *p, int64_t *at, struct err *err);
/* The first faults as the plan's problems. */
void sheet_problems_json(const struct sheet *s, struct str *out);

bool sheet_plan(struct op *op, struct import_plan *p, struct span bytes, struct err *err);
bool sheet_apply(struct op *op, struct import_plan *p, struct err *err);
/* The rows that do not go in, with their faults, as the bytes of a workbook. */
NODISCARD bool sheet_rest(struct op *op, const struct sheet *s, bool zh, struct span *ret, struct err *err);

/* Is there room for another of p's actor?  ERR_CONFLICT says what to do. */
NODISCARD bool import_room(struct op *op, const struct import_plan *p, struct err *err);
/* Until when what is left of one is kept: ",\"kept_until\":…", nothing where nothing is left. */
NODISCARD bool import_show_kept(struct op *op, const struct record *r, struct str *out, struct err *err);
/* Would it come again each time? */
bool import_lasts(enum err_code code);
/* A plan that cannot be read (refused) or completed (failed), and why; in a transaction of its own.  Nothing
 * is done to one that is no longer under way. */
NODISCARD bool import_fail(struct op *op, int64_t plan_n, const struct err *why, struct err *err);
/* Forgets what a plan that is over need not keep; in transactions of its own, may be repeated. */
NODISCARD bool import_purge(struct op *op, const struct import_plan *p, struct err *err);

struct call;
/* The plan that a route is about, with its kind; the caller may see it. */
NODISCARD bool import_of_call(
	struct call *c, struct import_plan *ret, const struct import_kind **ret_kind, struct err *err);
NODISCARD bool sheet_allow_apply(struct call *c, struct import_plan *p, struct err *err);
NODISCARD bool sheet_change(struct call *c, struct import_plan *p, struct err *err);
bool sheet_rows_route(struct call *c, struct err *err);
bool sheet_rest_route(struct call *c, struct err *err);
