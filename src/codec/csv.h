#pragma once
/*
 * CSV (RFC 4180): rows out of a stream and rows into a text.
 *
 * Reading: separator comma; CRLF, LF or CR end a row; "…" with "" inside, also across lines; a quote inside
 * an unquoted field is an ordinary character.  Text is UTF-8 with or without byte order mark, or GB18030
 * (what spreadsheet programs write here); which of them is told by the first megabyte that holds anything but
 * ASCII.  All fields come out as valid UTF-8.  Empty lines are passed over.  Broken quoting, broken text and
 * NUL bytes are errors that name line and column and end the reading; a row of the wrong width is not:
 * csv_check_width() says so row by row.
 */
#include "codec/stream.h"

enum { CSV_COLUMNS_MAX = 256, CSV_FIELD_MAX = 64 * 1024, CSV_ROW_MAX = 1024 * 1024, CSV_NONE = -1 };

struct csv;

struct csv_row {
	uint64_t line;                       /* the line it begins on, from 1 */
	size_t n;
	const struct span *fields;           /* borrowed until the next csv_next() */
};

struct csv *csv_new(struct stream *s);       /* the stream stays the caller's */
void csv_free(struct csv *c);                /* NULL allowed */
void csv_free_p(struct csv **c);
/* Takes the first row as names of the columns, trimmed; refused if there is no row, or a name comes twice. */
NODISCARD bool csv_header(struct csv *c, struct err *err);
int csv_find(const struct csv *c, const char *name);  /* a column's index; ASCII case is ignored; CSV_NONE */
size_t csv_columns(const struct csv *c);
struct span csv_name(const struct csv *c, size_t column);     /* "" past the header */
NODISCARD bool csv_next(struct csv *c, struct csv_row *ret, bool *ret_more, struct err *err);
/* A field, trimmed of ASCII blanks; "" where the column is CSV_NONE or the row is too short. */
struct span csv_get(const struct csv_row *row, int column);
/* As many fields as the header has?  The error names the line. */
NODISCARD bool csv_check_width(const struct csv *c, const struct csv_row *row, struct err *err);
/* Puts "line L, column NAME: " before an error about that field; always returns false. */
bool csv_at(const struct csv *c, const struct csv_row *row, int column, struct err *err);

/*
 * Writing.  A field that begins with = + - @ (or their wide forms), TAB, CR or LF and is not a plain number
 * gets an apostrophe in front, so that no spreadsheet program runs it as a formula (CWE-1236); reading takes
 * it off again.  Rows end with CRLF.
 */
void csv_write_start(struct str *to); /* the byte order mark, without which Excel takes UTF-8 for GBK */
void csv_write(struct str *to, const struct span *fields, size_t n);
