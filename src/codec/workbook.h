#pragma once
/*
 * Workbooks (.xlsx) written by libxlsxwriter, for what people fill in, correct or keep.  Every cell is text,
 * so nothing is ever a formula, and numbers keep their leading zeros.  Equal content makes equal bytes.  Rows
 * are kept until workbook_finish(): at most WORKBOOK_ROWS_MAX rows and WORKBOOK_BYTES_MAX of text.
 */
#include "base/base.h"

enum {
	WORKBOOK_ROWS_MAX = 200000,
	WORKBOOK_COLUMNS_MAX = 512,
	WORKBOOK_MARKS_MAX = 20000,
	WORKBOOK_BYTES_MAX = 256 << 20,
	WORKBOOK_CELL_MAX = 32767,                       /* characters, what a cell can hold */
};

struct workbook;

/* Temporary files are only made in tmp_folder. */
NODISCARD bool workbook_new(const char *tmp_folder, struct workbook **ret, struct err *err);
void workbook_free(struct workbook *w);                  /* NULL allowed */
void workbook_free_p(struct workbook **w);
/* When it says it was made; else the first of January 1980. */
void workbook_created(struct workbook *w, int64_t ms);
/* A new sheet, to which all below goes until the next one.  What a name cannot hold ([ ] : * ? / \, more than
 * 31 characters) is left out. */
NODISCARD bool workbook_sheet(struct workbook *w, struct span name, struct err *err);
/* Names of the columns, bold, staying on screen; the first row. */
NODISCARD bool workbook_header(struct workbook *w, const struct span *names, size_t n, struct err *err);
/*
 * The next row.  Text that is not UTF-8 is refused; control characters but tab and line feed become blanks.
 */
NODISCARD bool workbook_row(struct workbook *w, const struct span *cells, size_t n, struct err *err);
/* Colours a cell and gives it a comment; row and column from 0, the header is a row too. */
NODISCARD bool workbook_mark(struct workbook *w, size_t row, size_t column, struct span note,
	struct err *err);
/* The file, in the arena.  Afterwards only workbook_free() is left. */
NODISCARD bool workbook_finish(struct workbook *w, struct arena *a, struct span *ret, struct err *err);
