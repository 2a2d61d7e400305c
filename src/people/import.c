#include "people/import.h"

#include <stdlib.h>

void import_refuse(struct import *m, uint64_t line, int column, const struct err *one)
{
	if (m->errors.n < IMPORT_ERRORS_MAX)
		vec_push(&m->errors,
			(struct import_error){ line, column < 0 ? "" : m->columns[column].name,
				arena_span(m->arena, span_of(one->zh)),
				arena_span(m->arena, span_of(one->en)) });
}

int import_word(struct span word, const char *const *names, const char *const *zh)
{
	for (int i = 0; names[i]; i++)
		if (span_eq_nocase(word, span_of(names[i])) || span_is(word, zh[i]))
			return i;
	return -1;
}

bool import_date(struct span text, struct arena *a, struct span *ret)
{
	char buffer[TIME_DATE_TEXT];
	int64_t part[3];
	if (!text.n) {
		*ret = SPAN("");
		return true;
	}
	size_t at;
	char mark = span_find(text, '/', &at) ? '/' : '-';
	struct span rest = text;
	for (size_t i = 0; i < 3; i++)
		if (!span_int(span_split(&rest, mark), 0, 9999, &part[i]))
			return false;
	struct time_date d = { (int)part[0], (int)part[1], (int)part[2] };
	if (rest.p || !time_date_valid(d) || d.year < 1900)
		return false;
	*ret = arena_span(a, span_of(time_format_date(d, buffer)));
	return true;
}

static bool find_columns(struct import *m, const struct csv *csv, struct err *err)
{
	for (size_t i = 0; i < m->n_columns; i++) {
		m->found[i] = csv_find(csv, m->columns[i].name);
		if (m->found[i] == CSV_NONE)
			m->found[i] = csv_find(csv, m->columns[i].zh);
		if (m->found[i] == CSV_NONE && m->columns[i].required)
			return err_set(err, ERR_INVALID,
				"标题行缺少“%s”列（%s）；列之间用逗号分隔，Excel 文件请另存为 CSV",
				"the header has no column %s (%s); commas separate columns, save an Excel "
				"file as CSV",
				m->columns[i].name, m->columns[i].zh);
	}
	return true;
}

static bool clean(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7F)
			return false;
	return true;
}

/* Width, length, control characters, empty fields: what needs no knowledge of the house. */
static bool take_row(
	struct import *m, const struct csv *csv, const struct csv_row *row, struct import_row *ret)
{
	size_t before = m->errors.n;
	struct err e = { 0 };
	ret->line = row->line;
	if (!csv_check_width(csv, row, &e)) {
		import_refuse(m, row->line, -1, &e);
		return false;
	}
	for (size_t i = 0; i < m->n_columns; i++) {
		const struct import_column *column = &m->columns[i];
		struct span s = csv_get(row, m->found[i]);
		if (!s.n && column->needed) {
			err_set(&e, ERR_INVALID, "不能为空", "must not be empty");
			import_refuse(m, row->line, (int)i, &e);
		} else if (utf8_count(s) > column->max) {
			err_set(&e, ERR_INVALID, "不得超过 %zu 个字", "at most %zu characters", column->max);
			import_refuse(m, row->line, (int)i, &e);
		} else if (!clean(s)) {
			err_set(&e, ERR_INVALID, "不得含控制字符", "must not hold control characters");
			import_refuse(m, row->line, (int)i, &e);
		}
		ret->at[i] = s.n ? arena_span(m->arena, s) : SPAN("");
	}
	return m->errors.n == before;
}

/* How csv names the line is how we do: what stands in its error already does, so the line is only for
 * sorting. */
static bool read_rows(struct import *m, struct csv *csv, struct err *err)
{
	struct csv_row row;
	bool more = true;
	uint64_t line = 1;
	while (m->errors.n < IMPORT_ERRORS_MAX) {
		struct err e = { 0 };
		if (!csv_next(csv, &row, &more, &e)) {
			if (e.code != ERR_INVALID && e.code != ERR_MALFORMED && e.code != ERR_TOO_LARGE) {
				*err = e;
				return false;
			}
			import_refuse(m, line, -1, &e);
			return true;
		}
		if (!more)
			return true;
		line = row.line;
		if (m->rows.n == IMPORT_ROWS_MAX)
			return err_set(err, ERR_TOO_LARGE, "一个文件最多 %d 行",
				"a file may have at most %d rows", (int)IMPORT_ROWS_MAX);
		struct import_row one = { 0 };
		take_row(m, csv, &row, &one);
		vec_push(&m->rows, one);
		if (!arena_check(m->arena, err))
			return false;
	}
	return true;
}

bool import_read(struct import *m, struct stream *s, struct err *err)
{
	CLEANUP(csv_free_p) struct csv *csv = csv_new(s);
	m->rows.arena = m->errors.arena = m->arena;
	return csv_header(csv, err) && find_columns(m, csv, err) && read_rows(m, csv, err);
}

static int by_line(const void *a, const void *b)
{
	const struct import_error *x = a, *y = b;
	return x->line != y->line ? (x->line < y->line ? -1 : 1) : strcmp(x->column, y->column);
}

bool import_report(struct import *m, const struct command_call *c, struct err *err)
{
	qsort(m->errors.p, m->errors.n, sizeof *m->errors.p, by_line);
	size_t bad = 0;
	for (size_t i = 0; i < m->errors.n; i++) {
		const struct import_error *e = &m->errors.p[i];
		struct span text = c->zh ? e->zh : e->en;
		bad += i == 0 || e->line != m->errors.p[i - 1].line;
		if (i >= IMPORT_SHOWN)
			continue;
		if (!e->column[0])
			fprintf(stderr, SPAN_FMT "\n", SPAN_ARG(text));
		else
			fprintf(stderr,
				c->zh ? "第 %llu 行，%s 列：" SPAN_FMT "\n"
				      : "line %llu, column %s: " SPAN_FMT "\n",
				(unsigned long long)e->line, e->column, SPAN_ARG(text));
	}
	if (m->errors.n > IMPORT_SHOWN)
		fprintf(stderr, c->zh ? "……另有 %zu 处\n" : "… and %zu more\n", m->errors.n - IMPORT_SHOWN);
	command_print_counts(
		c, &(struct command_counts){ .read = (int64_t)m->rows.n, .refused = (int64_t)m->rows.n });
	return err_set(err, ERR_INVALID, "共 %zu 行，其中 %zu 行有误，未导入任何内容",
		"of %zu rows %zu are wrong; nothing was imported", m->rows.n, bad);
}
