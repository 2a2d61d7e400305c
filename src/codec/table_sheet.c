#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "codec/table_room.h"

enum { SHEET_COLUMNS = 16384, DATE_LAST = 2958465, SECONDS = 86400, DIGITS = 15 };

struct area {
	uint32_t row, last_row, column, last_column;
	struct span text;                        /* of its first cell, once that was read */
	enum table_kind kind;
};

struct cell {
	size_t from, n;
	enum table_kind kind;
	bool merged;
};

struct sheet {
	const struct xlsx *x;
	struct span name;
	struct zip_entry *entry;
	struct xml *xml;
	struct arena *arena;                     /* areas and their texts */
	VEC(struct area) areas;                  /* by first row */
	VEC(struct area *) active;
	size_t next_area;
	uint64_t row;                            /* the last one, from 1 */
	bool end;
	struct str text, value;                  /* of the row; of the cell as the file has it */
	VEC(struct cell) at;
	VEC(struct table_cell) cells;
};

/* "BC17"; false if it is no reference.  *ret_column from 0, *ret_row from 1. */
static bool reference(struct span s, uint32_t *ret_column, uint32_t *ret_row)
{
	uint32_t column = 0, row = 0;
	size_t i = 0;
	for (; i < s.n && s.p[i] >= 'A' && s.p[i] <= 'Z' && column <= SHEET_COLUMNS; i++)
		column = column * 26 + (uint32_t)(s.p[i] - 'A') + 1;
	for (size_t from = i; i < s.n && s.p[i] >= '0' && s.p[i] <= '9' && i - from < 7; i++)
		row = row * 10 + (uint32_t)(s.p[i] - '0');
	if (i != s.n || column == 0 || column > SHEET_COLUMNS || row == 0 || row > TABLE_ROWS_MAX)
		return false;
	*ret_column = column - 1;
	*ret_row = row;
	return true;
}

static bool at_row(const struct sheet *s, struct err *err)
{
	if (s->row == 0)
		return err_prefix(err, "工作表“" SPAN_FMT "”：", "sheet \"" SPAN_FMT "\": ", SPAN_ARG(s->name)) &&
			false;
	return err_prefix(err, "工作表“" SPAN_FMT "”第 %llu 行：", "sheet \"" SPAN_FMT "\", row %llu: ",
		       SPAN_ARG(s->name), (unsigned long long)s->row) &&
		false;
}

static bool damaged(struct err *err)
{
	return err_set(err, ERR_MALFORMED, "行号或单元格位置有误，请用 Excel 或 WPS 重新保存",
		       "wrong row number or cell reference: save the workbook again");
}

/* ---- merged areas: they stand behind the rows, so they are read first ---- */

static bool add_area(struct sheet *s, struct span ref, struct err *err)
{
	struct area a = { 0 };
	struct span rest = ref, first = span_split(&rest, ':');
	if (!rest.p)
		return true;
	if (!reference(first, &a.column, &a.row) || !reference(rest, &a.last_column, &a.last_row) ||
		a.last_column < a.column || a.last_row < a.row)
		return damaged(err);
	if (s->areas.n == TABLE_MERGED_MAX)
		return err_set(err, ERR_TOO_LARGE, "合并单元格超过 %d 处", "more than %d merged areas",
			TABLE_MERGED_MAX);
	if (a.column < TABLE_COLUMNS_MAX)
		vec_push(&s->areas, a);
	return true;
}

static int by_row(const void *left, const void *right)
{
	const struct area *a = left, *b = right;
	return a->row != b->row ? (a->row > b->row) - (a->row < b->row)
				: (a->column > b->column) - (a->column < b->column);
}

/* Are there any?  Looking for the word is much faster than parsing. */
static bool has_areas(const struct xlsx *x, struct span part, bool *ret, struct err *err)
{
	static const struct span word = { "mergeCell", 9 };
	CLEANUP(zip_entry_close_p) struct zip_entry *e = NULL;
	char chunk[8 * 1024];
	size_t kept = 0, n = 1;
	if (!zip_entry_open(&x->zip, part, &e, err))
		return false;
	*ret = false;
	while (e && n && !*ret) {
		if (!zip_entry_read(e, chunk + kept, sizeof chunk - kept, &n, err))
			return false;
		size_t all = kept + n;
		/* bytes of UTF-16 are not searched */
		bool wide = !kept && all > 1 && memchr("\xFE\xFF", chunk[0], 2);
		*ret = wide || memmem(chunk, all, word.p, word.n);
		kept = all < word.n ? all : word.n;
		memmove(chunk, chunk + all - kept, kept);
	}
	return true;
}

static bool load_areas(struct sheet *s, struct span part, struct err *err)
{
	CLEANUP(zip_entry_close_p) struct zip_entry *entry = NULL;
	CLEANUP(xml_close_p) struct xml *xml = NULL;
	struct xml_event e = { .kind = XML_TEXT };
	bool any;
	if (!has_areas(s->x, part, &any, err))
		return false;
	if (!any)
		return true;
	bool ok = xlsx_part(s->x, part, &entry, &xml, err);
	while (ok && xml && e.kind != XML_DONE) {
		ok = xml_next(xml, &e, err);
		if (ok && e.kind == XML_START && span_is(e.name, "mergeCell"))
			ok = add_area(s, xml_get(&e, "ref"), err);
	}
	if (s->areas.n > 1)
		qsort(s->areas.p, s->areas.n, sizeof *s->areas.p, by_row);
	return ok;
}

/* ---- cells ---- */

static bool put_clock(struct str *to, int64_t seconds)
{
	str_addf(to, "%02d:%02d:%02d", (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60));
	return true;
}

bool sheet_date(double serial, bool from_1904, enum xlsx_format format, struct str *to, enum table_kind *ret)
{
	if (!(serial >= 0) || serial >= DATE_LAST + 1)
		return false;
	int64_t days = (int64_t)floor(serial), seconds = llround((serial - floor(serial)) * SECONDS);
	if (seconds == SECONDS) {
		days++;
		seconds = 0;
	}
	if (format == XLSX_TIME && days == 0) {
		*ret = TABLE_TEXT;
		return put_clock(to, seconds);
	}
	if (format == XLSX_TIME || (!from_1904 && days < 1))
		return false;
	/* 1900 counts a 29 February that never was, as day 60 */
	struct time_date first = from_1904 ? (struct time_date){ 1904, 1, 1 } : (struct time_date){ 1899, 12,
		31 };
	if (!from_1904 && days == 60)
		return false;
	days = time_days(first) + days - (!from_1904 && days > 60);
	struct time_date d = time_date_of_days(days);
	char text[TIME_DATE_TEXT];
	if (!time_date_valid(d))
		return false;
	str_addz(to, time_format_date(d, text));
	*ret = TABLE_DATE;
	if (format == XLSX_DATE || seconds == 0)
		return true;
	str_addc(to, 'T');
	put_clock(to, seconds);
	str_addz(to, "+08:00");
	return true;
}

static size_t digits_at(struct span s, size_t i)
{
	size_t n = 0;
	while (i + n < s.n && s.p[i + n] >= '0' && s.p[i + n] <= '9')
		n++;
	return n;
}

/* Sign, digits, point, digits, exponent?  *ret_digits: how many before the exponent. */
static bool number(struct span s, size_t *ret_digits)
{
	size_t i = s.n && (s.p[0] == '-' || s.p[0] == '+'), digits = digits_at(s, i);
	i += digits;
	if (i < s.n && s.p[i] == '.') {
		size_t fraction = digits_at(s, i + 1);
		i += 1 + fraction;
		digits += fraction;
	}
	if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
		i++;
		i += i < s.n && (s.p[i] == '-' || s.p[i] == '+');
		size_t n = digits_at(s, i);
		if (n == 0)
			return false;
		i += n;
	}
	*ret_digits = digits;
	return digits && i == s.n && s.n < 64;
}

static void put_number(struct sheet *s, int64_t style, enum table_kind *ret)
{
	struct span v = span_trim(str_span(&s->value));
	size_t digits;
	char text[64];
	*ret = TABLE_TEXT;
	if (!number(v, &digits)) {
		str_add(&s->text, v);
		return;
	}
	memcpy(text, v.p, v.n);
	text[v.n] = 0;
	double value = strtod(text, NULL);
	enum xlsx_format format =
		style >= 0 && (size_t)style < s->x->formats.n ? s->x->formats.p[style] : XLSX_PLAIN;
	if (format != XLSX_PLAIN && sheet_date(value, s->x->date1904, format, &s->text, ret))
		return;
	*ret = TABLE_NUMBER;
	if (digits > DIGITS && memchr(v.p, '.', v.n))
		str_addf(&s->text, "%.*g", DIGITS, value);
	else
		str_add(&s->text, v);
}

/* "_x000D_" is how a character stands that XML cannot hold (ECMA-376 part 1, 22.9.2.19). */
static void put_text(struct str *to, struct span s)
{
	static const char hex[] = "0123456789ABCDEFabcdef";
	for (size_t i = 0; i < s.n; i++) {
		uint32_t c = 0;
		size_t k = 0;
		if (i + 7 <= s.n && s.p[i] == '_' && s.p[i + 1] == 'x' && s.p[i + 6] == '_')
			for (; k < 4 && strchr(hex, s.p[i + 2 + k]) && s.p[i + 2 + k]; k++) {
				size_t digit = (size_t)(strchr(hex, s.p[i + 2 + k]) - hex);
				c = c * 16 + (uint32_t)(digit > 15 ? digit - 6 : digit);
			}
		if (k < 4) {
			str_addc(to, s.p[i]);
			continue;
		}
		char out[4];
		if (c && (c < 0xD800 || c > 0xDFFF))
			str_add(to, (struct span){ out, utf8_put(c, out) });
		i += 6;
	}
}

static bool put_shared(struct sheet *s, struct err *err)
{
	int64_t i;
	if (!span_int(span_trim(str_span(&s->value)), 0, INT32_MAX, &i) || (size_t)i >= s->x->ends.n)
		return err_set(err, ERR_MALFORMED, "引用的文本不存在，请用 Excel 或 WPS 重新保存",
			       "a text that is referred to is missing: save the workbook again");
	size_t from = i ? s->x->ends.p[i - 1] : 0;
	put_text(&s->text, (struct span){ s->x->strings.p + from, s->x->ends.p[i] - from });
	return true;
}

/* A date in ISO 8601, as Strict workbooks have it. */
static void put_iso(struct sheet *s, enum table_kind *ret)
{
	struct span v = span_trim(str_span(&s->value));
	int64_t ms;
	*ret = TABLE_TEXT;
	struct span day = { v.p, v.n < 10 ? v.n : 10 }, rest = span_from(v, 10);
	if (!time_parse_date(day, 0, &ms)) {
		str_add(&s->text, v);
		return;
	}
	*ret = TABLE_DATE;
	bool midnight = rest.n == 0 || span_starts(rest, SPAN("T00:00:00"));
	str_add(&s->text, midnight ? day : v);
	if (!midnight && !span_find(rest, 'Z', &(size_t){ 0 }) && !span_find(rest, '+', &(size_t){ 0 }))
		str_addz(&s->text, "+08:00");
}

static bool put_value(struct sheet *s, struct span type, int64_t style, enum table_kind *ret, struct err *err)
{
	struct span v = str_span(&s->value);
	*ret = TABLE_TEXT;
	if (v.n == 0)
		return true;
	if (span_is(type, "s"))
		return put_shared(s, err);
	if (span_is(type, "b")) {
		*ret = TABLE_BOOL;
		str_addz(&s->text, span_is(span_trim(v), "0") ||
			span_is(span_trim(v), "false") ? "FALSE" : "TRUE");
	} else if (span_is(type, "d")) {
		put_iso(s, ret);
	} else if (type.n == 0 || span_is(type, "n")) {
		put_number(s, style, ret);
	} else {
		put_text(&s->text, v);
	}
	return true;
}

static void place(struct sheet *s, size_t column, struct cell c)
{
	while (s->at.n <= column)
		vec_push(&s->at, (struct cell){ 0 });
	s->at.p[column] = c;
}

/* Behind the start of a c. *column is where it stands if it does not say. */
static bool read_cell(struct sheet *s, const struct xml_event *e, uint32_t *column, struct err *err)
{
	struct span ref = xml_get(e, "r"), type = xml_get(e, "t"), style = xml_get(e, "s");
	char type_text[16] = "";
	uint32_t row;
	int64_t n = -1;
	if (ref.n && (!reference(ref, column, &row) || row != s->row))
		return damaged(err);
	if (!span_int(style, 0, INT32_MAX, &n))
		n = 0;
	if (type.n < sizeof type_text && type.n)
		memcpy(type_text, type.p, type.n);
	str_clear(&s->value);
	size_t from = s->text.n;
	enum table_kind kind;
	if (!xlsx_text(s->xml, &s->value, err) || !put_value(s, span_of(type_text), n, &kind, err))
		return false;
	if (s->value.failed || s->text.failed || s->text.n - from > TABLE_CELL_MAX)
		return err_set(err, ERR_TOO_LARGE, "内容过长（每格至多 %d 字节，每行至多 %d 字节）",
			"too long (at most %d bytes a cell, %d a row)", TABLE_CELL_MAX, TABLE_ROW_MAX);
	if (s->text.n > from && *column >= TABLE_COLUMNS_MAX)
		return err_set(err, ERR_TOO_LARGE, "超过 %d 列", "more than %d columns", TABLE_COLUMNS_MAX);
	if (s->text.n > from)
		place(s, *column, (struct cell){ from, s->text.n - from, kind, false });
	++*column;
	return true;
}

/* ---- rows ---- */

/* Those of one row lie side by side; more of them than columns would only cost time. */
static bool start_areas(struct sheet *s, struct err *err)
{
	size_t kept = 0, width = 0;
	for (size_t i = 0; i < s->active.n; i++)
		if (s->active.p[i]->last_row >= s->row)
			s->active.p[kept++] = s->active.p[i];
	s->active.n = kept;
	for (; s->next_area < s->areas.n && s->areas.p[s->next_area].row <= s->row; s->next_area++) {
		struct area *a = &s->areas.p[s->next_area];
		if (a->last_row >= s->row)
			vec_push(&s->active, a);
	}
	for (size_t i = 0; i < s->active.n; i++) {
		uint32_t last = s->active.p[i]->last_column;
		last = last < TABLE_COLUMNS_MAX ? last : TABLE_COLUMNS_MAX - 1;
		width += last - s->active.p[i]->column + 1;
	}
	return width <= TABLE_COLUMNS_MAX ||
		err_set(err, ERR_MALFORMED, "合并单元格互相重叠，请用 Excel 或 WPS 重新保存",
			"merged areas overlap: save the workbook again");
}

/* The first cell's text is kept as long as the area goes on below. */
static void keep_first(struct sheet *s, struct area *a)
{
	if (a->row != s->row || a->column >= s->at.n || s->at.p[a->column].n == 0)
		return;
	struct cell c = s->at.p[a->column];
	a->text = arena_span(s->arena, (struct span){ s->text.p + c.from, c.n });
	a->kind = c.kind;
}

static bool repeat(struct sheet *s, struct area *a, struct err *err)
{
	uint32_t last = a->last_column < TABLE_COLUMNS_MAX ? a->last_column : TABLE_COLUMNS_MAX - 1;
	if (a->text.n == 0)
		return true;
	size_t from = s->text.n;
	str_add(&s->text, a->text);
	if (s->text.failed || !arena_check(s->arena, err))
		return err_set(err, ERR_TOO_LARGE, "一行的内容过长", "the row is too long");
	for (uint32_t c = a->column; c <= last; c++)
		if (a->row != s->row || c != a->column)
			place(s, c, (struct cell){ from, a->text.n, a->kind, true });
	return true;
}

static bool fill_areas(struct sheet *s, struct err *err)
{
	if (!start_areas(s, err))
		return false;
	for (size_t i = 0; i < s->active.n; i++) {
		keep_first(s, s->active.p[i]);
		if (!repeat(s, s->active.p[i], err))
			return false;
	}
	return true;
}

static bool begin_row(struct sheet *s, const struct xml_event *e, struct err *err)
{
	struct span r = xml_get(e, "r");
	int64_t n = (int64_t)s->row + 1;
	if (r.n && !span_int(r, n, TABLE_ROWS_MAX, &n))
		return damaged(err);
	if (n > TABLE_ROWS_MAX)
		return err_set(err, ERR_TOO_LARGE, "超过 %d 行", "more than %d rows", TABLE_ROWS_MAX);
	s->row = (uint64_t)n;
	s->at.n = 0;
	str_clear(&s->text);
	return true;
}

/* Behind the start of a row; *ret_any: has it any content of its own? */
static bool read_row(struct sheet *s, bool *ret_any, struct err *err)
{
	uint32_t column = 0;
	for (;;) {
		struct xml_event e;
		if (!xml_next(s->xml, &e, err))
			return false;
		if (e.kind == XML_END || e.kind == XML_DONE)
			break;
		if (e.kind == XML_START &&
			!(span_is(e.name, "c") ? read_cell(s, &e, &column, err) : xml_skip(s->xml, err)))
			return false;
	}
	*ret_any = s->at.n > 0;
	/* an empty row is none: what is merged into it is not asked for */
	return !*ret_any || fill_areas(s, err);
}

static bool next_row(struct sheet *s, bool *ret_more, struct err *err)
{
	bool any = false;
	while (!any && !s->end) {
		struct xml_event e;
		if (!xml_next(s->xml, &e, err))
			return false;
		s->end = e.kind == XML_DONE;
		if (e.kind == XML_START && span_is(e.name, "row") &&
			(!begin_row(s, &e, err) || !read_row(s, &any, err)))
			return false;
	}
	*ret_more = any;
	return true;
}

bool sheet_next(struct sheet *s, struct table_row *ret, bool *ret_more, struct err *err)
{
	if (!next_row(s, ret_more, err))
		return at_row(s, err);
	if (!*ret_more)
		return true;
	size_t all = 0;
	s->cells.n = 0;
	for (size_t i = 0; i < s->at.n; i++) {
		struct cell c = s->at.p[i];
		all += c.n;
		vec_push(&s->cells, (struct table_cell){ .text = { str_z(&s->text) + c.from, c.n },
			.kind = c.kind,
					    .merged = c.merged });
	}
	/* whoever copies cells copies merged ones too, once for each column */
	if (all > TABLE_ROW_MAX) {
		err_set(err, ERR_TOO_LARGE, "一行的内容过长（合并单元格按列计），至多 %d 字节",
			"the row is too long (merged cells count for each column): at most %d bytes",
			TABLE_ROW_MAX);
		return at_row(s, err);
	}
	*ret = (struct table_row){ s->row, s->cells.n, s->cells.p };
	return true;
}

bool sheet_open(const struct xlsx *x, size_t i, struct sheet **ret, struct err *err)
{
	struct sheet *s = calloc(1, sizeof *s);
	if (!s)
		abort();
	const struct xlsx_sheet *which = &x->sheets.p[i];
	s->x = x;
	s->name = which->name;
	s->text = STR(TABLE_ROW_MAX);
	s->value = STR(TABLE_ROW_MAX);
	s->arena = arena_new(64u << 20, 512u << 20);
	bool ok = load_areas(s, which->part, err) && xlsx_part(x, which->part, &s->entry, &s->xml, err);
	if (ok && !s->xml)
		ok = err_set(err, ERR_MALFORMED, "工作表的内容缺失", "the sheet's content is missing");
	if (!ok) {
		at_row(s, err);
		sheet_close(s);
		return false;
	}
	*ret = s;
	return true;
}

void sheet_close(struct sheet *s)
{
	if (!s)
		return;
	xml_close(s->xml);
	zip_entry_close(s->entry);
	vec_done(&s->areas);
	vec_done(&s->active);
	vec_done(&s->at);
	vec_done(&s->cells);
	str_done(&s->text);
	str_done(&s->value);
	arena_free(s->arena);
	free(s);
}
