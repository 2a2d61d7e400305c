#include <inttypes.h>

#include "codec/table.h"
#include "resource/sheet_room.h"

const char *const sheet_actions[] = { "unchanged", "new", "changed", "refused", "question", NULL };

/* ---- notes ---- */

static struct sheet_fault *note(struct sheet *s, struct sheet_row *row, int column, enum repair_mark mark,
	const struct err *why)
{
	vec_push(&row->faults, (struct sheet_fault){ .column = column, .mark = mark,
		.zh = arena_span(s->arena, span_of(why->zh)), .en = arena_span(s->arena, span_of(why->en)) });
	return vec_last(&row->faults);
}

bool sheet_fault(struct sheet *s, struct sheet_row *row, int column, const struct err *why)
{
	row->bad = true;
	note(s, row, column, REPAIR_FAULT, why);
	return false;
}

void sheet_repaired(
	struct sheet *s, struct sheet_row *row, int column, struct span value, const struct err *why)
{
	if (column >= 0)
		row->value[column] = value;
	note(s, row, column, REPAIR_REPAIRED, why);
}

bool sheet_propose(
	struct sheet *s, struct sheet_row *row, int column, struct span proposal, const struct err *why)
{
	struct sheet_fault *f = note(s, row, column, s->accept ? REPAIR_REPAIRED : REPAIR_PROPOSED, why);
	f->proposal = proposal.p ? proposal : SPAN("");
	row->bad = row->bad || !s->accept;
	if (s->accept && column >= 0)
		row->value[column] = f->proposal;
	return s->accept;
}

void sheet_ask(struct sheet *s, struct sheet_row *row, int column, const struct err *why)
{
	note(s, row, column, REPAIR_QUESTION, why);
}

/* ---- one row ---- */

static bool clean(struct span s, bool lines)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if ((c < 0x20 && !(lines && (c == '\n' || c == '\t'))) || c == 0x7F)
			return false;
	}
	return true;
}

static void take_cell(struct sheet *s, struct sheet_row *row, int column, struct span read)
{
	const struct sheet_column *c = &s->kind->columns[column];
	struct repaired r = { .value = SPAN("") };
	struct err e = { 0 };
	(c->repair ? c->repair : repair_text)(read, c->words, s->arena, &r);
	row->value[column] = r.value;
	if (r.mark == REPAIR_REPAIRED)
		sheet_repaired(s, row, column, r.value, &r.why);
	else if (r.mark == REPAIR_PROPOSED)
		(void)sheet_propose(s, row, column, r.value, &r.why);
	else if (r.mark == REPAIR_FAULT)
		sheet_fault(s, row, column, &r.why);
	if (r.mark == REPAIR_FAULT)
		return;
	if (!r.value.n && (c->flags & SHEET_NEEDED)) {
		err_set(&e, ERR_INVALID, "不能为空", "must not be empty");
		sheet_fault(s, row, column, &e);
	} else if (utf8_count(r.value) > c->max) {
		err_set(&e, ERR_INVALID, "不得超过 %zu 个字", "at most %zu characters", c->max);
		sheet_fault(s, row, column, &e);
	} else if (!clean(r.value, c->flags & SHEET_ANYTHING)) {
		err_set(&e, ERR_INVALID, "不得含控制字符", "must not hold control characters");
		sheet_fault(s, row, column, &e);
	}
}

static struct span key_of_line(struct sheet *s, uint64_t line)
{
	return arena_printf(s->arena, "%" PRIu64, line);
}

/* What somebody wrote over a cell of this row: {"line":{"field or heading":"text"}}. */
static bool changed_cell(struct sheet *s, const struct sheet_row *row, int column, struct span *ret)
{
	const json_t *lines = json_object_get(s->options, "cells"), *cells;
	if (!lines)
		return false;
	cells = json_object_get(lines, key_of_line(s, row->line).p);
	struct span text = json_get_text(cells, s->kind->columns[column].name);
	if (!text.p && s->at[column] >= 0)
		text = json_get_text(cells, arena_copy(s->arena, s->headings[s->at[column]]));
	*ret = text;
	return text.p != NULL;
}

static void take_cells(struct sheet *s, struct sheet_row *row)
{
	for (size_t i = 0; i < s->kind->n_columns; i++) {
		struct span said;
		int at = s->at[i];
		if (changed_cell(s, row, (int)i, &said))
			take_cell(s, row, (int)i, said);
		else if (at >= 0)
			take_cell(s, row, (int)i, (size_t)at < row->n_cells ? row->cells[at] : SPAN(""));
	}
	row->decision = json_get_text(json_object_get(s->options, "decide"), key_of_line(s, row->line).p);
	if (!row->decision.p)
		row->decision = json_get_bool(s->options, "new_all", false) ? SPAN("new") : SPAN("");
}

/* In CSV a row of another width than the header has lost or gained a comma somewhere. */
static void check_width(struct sheet *s, struct sheet_row *row, size_t n)
{
	struct err e = { 0 };
	if (!s->csv || n == s->n_headings)
		return;
	if (n > s->n_headings) {
		bool blank = true;
		for (size_t i = s->n_headings; i < n; i++)
			blank = blank && row->cells[i].n == 0;
		if (blank)
			return;
	}
	err_set(&e, ERR_INVALID, "有 %zu 列，标题行有 %zu 列", "has %zu fields, the header has %zu", n,
		s->n_headings);
	sheet_fault(s, row, -1, &e);
}

/* ---- rows that are none ---- */

static bool starts_a_remark(struct span s)
{
	static const char *const words[] = { "合计", "总计", "小计", "注：", "注:", "备注：", "备注:", "说明：", "说明:",
		"填表说明", "填报说明", "填表人", "填报人", "填报单位（盖章", "制表人" };
	for (size_t i = 0; i < COUNT(words); i++)
		if (span_starts(s, span_of(words[i])))
			return true;
	return false;
}

/* "一、市直单位", "（二）县区". */
static bool starts_a_part(struct span s)
{
	static const char *const numbers[] = { "一", "二", "三", "四", "五", "六", "七", "八", "九", "十" };
	bool bracket = span_starts(s, SPAN("（")), number = false, again = true;
	s = bracket ? span_from(s, strlen("（")) : s;
	while (again) {
		again = false;
		for (size_t i = 0; i < COUNT(numbers); i++)
			if (span_starts(s, span_of(numbers[i]))) {
				s = span_from(s, strlen(numbers[i]));
				number = again = true;
			}
	}
	return number && span_starts(s, bracket ? SPAN("）") : SPAN("、"));
}

/* Titles of parts, sums and remarks: one text over merged cells, or nothing in any column that is read. */
static bool no_row(const struct sheet *s, const struct sheet_held *h)
{
	struct span first = SPAN("");
	size_t filled = 0, merged = 0, read = 0, different = 0;
	for (size_t i = 0; i < h->n; i++) {
		if (!h->text[i].n)
			continue;
		if (!filled++)
			first = h->text[i];
		different += !span_eq(h->text[i], first);
		merged += h->merged[i];
		read += i < s->n_headings && s->field_of[i] >= 0;
	}
	if (filled == 0 || (read == 0 && s->n_headings > 1))
		return true;
	if (different == 0 && merged > 0 && s->n_headings > 2)
		return true;
	return s->n_headings > 2 &&
		((filled <= 2 && starts_a_remark(first)) || (filled == 1 && starts_a_part(first)));
}

/* The header once more, as on each printed page. */
static bool header_again(const struct sheet *s, const struct sheet_held *h)
{
	size_t same = 0, filled = 0;
	for (size_t i = 0; i < h->n && i < s->n_headings; i++) {
		filled += h->text[i].n > 0;
		same += h->text[i].n > 0 && span_eq(h->text[i], s->headings[i]);
	}
	return filled > 2 && same == filled;
}

static bool take_row(struct sheet *s, const struct sheet_held *h, struct err *err)
{
	if (no_row(s, h) || header_again(s, h)) {
		for (size_t i = 0; i < h->n; i++)
			if (h->text[i].n) {
				s->skipped++;
				break;
			}
		return true;
	}
	if (s->rows.n >= SHEET_ROWS_MAX)
		return err_set(err, ERR_TOO_LARGE, "一个文件最多 %d 行", "a file may have at most %d rows",
			(int)SHEET_ROWS_MAX);
	struct sheet_row row = { .line = h->line, .cells = h->text, .merged = h->merged, .n_cells = h->n };
	row.faults.arena = s->arena;
	row.value = arena_array(s->arena, s->kind->n_columns, sizeof *row.value);
	check_width(s, &row, h->n);
	take_cells(s, &row);
	vec_push(&s->rows, row);
	return arena_check(s->arena, err);
}

/* ---- the file ---- */

static struct sheet_held hold(struct sheet *s, const struct table_row *row)
{
	size_t n = row->n;
	struct sheet_held h = { .line = row->line };
	while (!s->csv && n && row->cells[n - 1].text.n == 0)
		n--;
	h.n = n;
	h.text = arena_array(s->arena, n + 1, sizeof *h.text);
	h.merged = arena_array(s->arena, n + 1, sizeof *h.merged);
	for (size_t i = 0; i < n; i++) {
		struct span text = span_trim(row->cells[i].text);
		/* the cells of a merged area bear the same bytes: a copy for each would be a bomb */
		bool again = i && row->cells[i].merged && row->cells[i].text.p == row->cells[i - 1].text.p &&
			row->cells[i].text.n == row->cells[i - 1].text.n;
		h.text[i] = again ? h.text[i - 1] : text.n ? arena_span(s->arena, text) : SPAN("");
		h.merged[i] = row->cells[i].merged;
	}
	return h;
}

/* The next row; a file that breaks off is remembered as such. */
static bool next_row(struct sheet *s, struct table *t, struct sheet_held *ret, bool *ret_more,
	struct err *err)
{
	struct table_row row;
	struct err e = { 0 };
	if (table_next(t, &row, ret_more, &e)) {
		if (*ret_more)
			*ret = hold(s, &row);
		return true;
	}
	if (e.code != ERR_INVALID && e.code != ERR_MALFORMED && e.code != ERR_TOO_LARGE) {
		*err = e;
		return false;
	}
	s->broken = e;
	*ret_more = false;
	return true;
}

static bool read_sheet(struct op *op, struct sheet *s, struct table *t, struct err *err)
{
	struct sheet_held *first = arena_array(s->arena, SHEET_HEADER_WITHIN, sizeof *first);
	size_t n = 0, next = 0;
	bool more = true;
	while (n < SHEET_HEADER_WITHIN) {
		if (!next_row(s, t, &first[n], &more, err) || !arena_check(s->arena, err))
			return false;
		if (!more)
			break;
		n++;
	}
	struct err why = { 0 };
	if (!sheet_find_header(op, s, first, n, &next, &why)) {
		*err = s->broken.code ? s->broken : why;
		return false;
	}
	for (; next < n; next++)
		if (!take_row(s, &first[next], err))
			return false;
	while (more) {
		struct sheet_held h;
		if (!next_row(s, t, &h, &more, err) || (more && !take_row(s, &h, err)))
			return false;
	}
	return true;
}

/* The sheet that was asked for; else the first with a header. */
static bool find_sheet(struct op *op, struct sheet *s, struct table *t, struct err *err)
{
	struct span wanted = json_get_text(s->options, "sheet");
	struct err first = { 0 };
	bool tried = false;
	for (size_t i = 0; i < table_sheets(t); i++) {
		struct err e = { 0 };
		s->sheet_name = arena_span(s->arena, table_sheet_name(t, i));
		if (wanted.n && !span_eq(wanted, s->sheet_name))
			continue;
		if (!table_sheet(t, i, err))
			return false;
		if (read_sheet(op, s, t, &e))
			return true;
		if (e.code != ERR_INVALID || s->rows.n) {
			*err = e;
			return false;
		}
		if (!tried)
			first = e;
		tried = true;
	}
	if (!tried)
		return err_field(err, "sheet", "没有名为“" SPAN_FMT "”的工作表",
			"there is no sheet named \"" SPAN_FMT "\"",
			SPAN_ARG(wanted));
	*err = first;
	return false;
}

static void count_rows(struct sheet *s)
{
	struct import_counts c = { .read = (int64_t)s->rows.n };
	for (size_t i = 0; i < s->rows.n; i++) {
		struct sheet_row *row = &s->rows.p[i];
		for (size_t f = 0; f < row->faults.n; f++)
			if (row->faults.p[f].mark == REPAIR_QUESTION)
				row->action = SHEET_ASKED;
		if (row->bad)
			row->action = SHEET_REFUSED;
		int64_t *const counter[] = { &c.unchanged, &c.fresh, &c.changed, &c.refused, &c.asked };
		++*counter[row->action];
	}
	s->counts = c;
}

bool sheet_read(struct op *op, struct sheet *s, struct table *t, struct err *err)
{
	s->rows.arena = s->arena;
	s->accept = json_get_bool(s->options, "accept", false);
	if (!find_sheet(op, s, t, err))
		return false;
	if (!s->kind->compare(op, s, err))
		return false;
	count_rows(s);
	return true;
}
