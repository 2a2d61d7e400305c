#pragma once
/*
 * Tables out of files as people send them: CSV (all that csv.h reads, also packed) and XLSX (ECMA-376, also
 * Strict; by libarchive and libxml2).  Rows come one after another; a row without any content is passed over,
 * title rows are rows like all others, hidden sheets are not shown.
 *
 * What is refused says what to do: .xls and .et (OLE2), encrypted workbooks, .xlsb, .ods, documents, web
 * pages named .xls.  Bounded: unpacked bytes, how much they unpack to, entries, sheets, rows, columns, the
 * text of a cell and of a row, shared strings, merged areas.  Errors name sheet and row.
 *
 * Numbers are as the file has them, but for those that a program wrote with all digits that the binary form
 * has: 1.1000000000000001 is 1.1 on everybody's screen, and here.
 */
#include "base/base.h"

enum {
	TABLE_COLUMNS_MAX = 512,
	TABLE_ROWS_MAX = 1048576,                /* what a sheet can have */
	TABLE_CELL_MAX = 128 * 1024,
	TABLE_ROW_MAX = 1024 * 1024,
	TABLE_SHEETS_MAX = 256,
	TABLE_MERGED_MAX = 100000,
	TABLE_STRINGS_MAX = 2000000,
};

enum table_kind { TABLE_EMPTY, TABLE_TEXT, TABLE_NUMBER, TABLE_DATE, TABLE_BOOL };

struct table_cell {
	struct span text;                        /* UTF-8 */
	enum table_kind kind;
	bool merged;                             /* repeats the first cell of a merged area */
};

/*
 * Of TABLE_DATE the text is "2026-11-23", or RFC 3339 in China's zone where there is a time of day; a time
 * alone is the text "10:30:00".  Of TABLE_NUMBER it is "13800000000" or "1.38E+10"; of TABLE_BOOL "TRUE" or
 * "FALSE".  All cells of a CSV file are TABLE_TEXT or TABLE_EMPTY.
 */
struct table_row {
	uint64_t line;                           /* row of the sheet or line of the CSV file, from 1 */
	size_t n;
	const struct table_cell *cells;          /* borrowed until the next call */
};

struct table;

/* max_bytes: of the file, and unpacked of each of its parts. */
NODISCARD bool table_open(const char *path, uint64_t max_bytes, struct table **ret, struct err *err);
/* Over bytes that stay the caller's and must outlive it. */
NODISCARD bool table_open_span(struct span bytes, uint64_t max_bytes, struct table **ret, struct err *err);
void table_close(struct table *t);               /* NULL allowed */
void table_close_p(struct table **t);
/* The visible sheets; a CSV file has one, without a name. */
size_t table_sheets(const struct table *t);
struct span table_sheet_name(const struct table *t, size_t i);
/* Starts, or starts again, with this sheet; table_open() has started with the first. */
NODISCARD bool table_sheet(struct table *t, size_t i, struct err *err);
NODISCARD bool table_next(struct table *t, struct table_row *ret, bool *ret_more, struct err *err);
