#pragma once
/*
 * Inside table: the parts of a workbook, each behind the next.  table_zip gives entries of a zip file as
 * streams of bytes (libarchive), table_xlsx finds sheets, strings and styles, table_sheet makes rows.
 */
#include "codec/table.h"
#include "codec/xml.h"

/* ---- zip: over bytes that stay the caller's ---- */

enum { ZIP_ENTRIES_MAX = 10000, ZIP_RATIO_MAX = 250 };

struct zip {
	struct span bytes;
	uint64_t max;                            /* unpacked, of one entry */
	struct arena *arena;
	struct span *names;
	size_t n;
};

struct zip_entry;

/* Lists the entries; refuses what is encrypted, broken, or has too many. */
NODISCARD bool zip_list(struct zip *z, struct err *err);
bool zip_has(const struct zip *z, struct span name);     /* ASCII case is ignored, as programs do */
/* *ret stays NULL where there is none of that name. */
NODISCARD bool zip_entry_open(const struct zip *z, struct span name, struct zip_entry **ret, struct err *err);
/* A struct xml_source's read. */
NODISCARD bool zip_entry_read(void *entry, char *ret, size_t n, size_t *ret_n, struct err *err);
void zip_entry_close(struct zip_entry *e);
void zip_entry_close_p(struct zip_entry **e);

/* ---- workbook ---- */

enum xlsx_format { XLSX_PLAIN, XLSX_DATE, XLSX_TIME, XLSX_DATE_TIME };

struct xlsx_sheet {
	struct span name, part;
};

struct xlsx {
	struct zip zip;
	struct arena *arena;
	bool date1904;
	VEC(struct xlsx_sheet) sheets;
	VEC(enum xlsx_format) formats;           /* by the s of a cell */
	struct str strings;                      /* shared, one behind the other */
	VEC(size_t) ends;
};

NODISCARD bool xlsx_open(struct span bytes, uint64_t max_bytes, struct xlsx **ret, struct err *err);
void xlsx_close(struct xlsx *x);
/* A part as XML; both stay NULL where there is none. */
NODISCARD bool xlsx_part(const struct xlsx *x, struct span name, struct zip_entry **ret_entry,
	struct xml **ret,
	struct err *err);
/* Behind the end of the element just started, adding what its v and t say, without phonetic guides. */
NODISCARD bool xlsx_text(struct xml *x, struct str *to, struct err *err);
/* Does a number format show a date or a time? (ECMA-376 part 1, 18.8.30 and 18.8.31) */
enum xlsx_format xlsx_format_of(struct span code);

/* ---- sheet ---- */

struct sheet;

NODISCARD bool sheet_open(const struct xlsx *x, size_t i, struct sheet **ret, struct err *err);
void sheet_close(struct sheet *s);
NODISCARD bool sheet_next(struct sheet *s, struct table_row *ret, bool *ret_more, struct err *err);
/* A date's text from its serial number; false where no date can be meant. */
bool sheet_date(double serial, bool from_1904, enum xlsx_format format, struct str *to, enum table_kind *ret);
