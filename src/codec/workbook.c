/*
 * reads no foreign bytes
 *
 * The library has a function of the same name as our workbook_new(); it is not used.
 */
#include "codec/workbook.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define workbook_new xlsxwriter_new
#include <xlsxwriter.h>
#undef workbook_new

#include "os/file.h"

enum { SHEETS_MAX = 64, NAME_CHARACTERS = 31, WIDTH_MIN = 8, WIDTH_MAX = 50, WIDTH_ROWS = 200 };
enum { NOTE_MAX = 2000, COLOUR_MARK = 0xFFE699, MADE_1980 = 315532800 };

struct line {
	const char **cells;                      /* "" where empty */
	size_t n;
};

struct mark {
	size_t row, column;
	const char *note;
};

struct page {
	const char *name;
	bool header;
	VEC(struct line) lines;
	VEC(struct mark) marks;
};

struct workbook {
	struct arena *arena;
	const char *folder;
	int64_t created;                         /* seconds */
	VEC(struct page) pages;
};

bool workbook_new(const char *tmp_folder, struct workbook **ret, struct err *err)
{
	(void)err;
	struct workbook *w = calloc(1, sizeof *w);
	if (!w)
		abort();
	w->arena = arena_new(WORKBOOK_BYTES_MAX, 3ull * WORKBOOK_BYTES_MAX);
	w->folder = arena_copy(w->arena, span_of(tmp_folder));
	w->created = MADE_1980;
	*ret = w;
	return true;
}

void workbook_free(struct workbook *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->pages.n; i++) {
		vec_done(&w->pages.p[i].lines);
		vec_done(&w->pages.p[i].marks);
	}
	vec_done(&w->pages);
	arena_free(w->arena);
	free(w);
}

void workbook_free_p(struct workbook **w)
{
	workbook_free(*w);
	*w = NULL;
}

void workbook_created(struct workbook *w, int64_t ms)
{
	w->created = ms / TIME_SECOND > MADE_1980 ? ms / TIME_SECOND : MADE_1980;
}

/* Characters that XML 1.0 cannot hold become blanks; "_x0041_" would be read as "A", so its first _ is
 * written as "_x005F_" (ECMA-376 part 1, 22.9.2.19). */
static const char *clean(struct arena *a, struct span s)
{
	struct str out = STR_IN(a, 8 * s.n + 16);
	for (struct span rest = s; rest.n;) {
		struct span at = rest;
		uint32_t c = utf8_next(&rest);
		at.n -= rest.n;
		bool escape = c == '_' && rest.n >= 6 && rest.p[0] == 'x' && rest.p[5] == '_';
		if (escape)
			str_addz(&out, "_x005F_");
		else if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f || c == 0xFFFE || c == 0xFFFF)
			str_addc(&out, ' ');
		else
			str_add(&out, at);
	}
	return out.n ? str_z(&out) : "";
}

static bool text(struct workbook *w, struct span s, const char **ret, struct err *err)
{
	if (!utf8_valid(s))
		return err_set(err, ERR_INVALID, "不是有效的 UTF-8 文本", "not valid UTF-8");
	if (utf8_count(s) > WORKBOOK_CELL_MAX)
		return err_set(err, ERR_TOO_LARGE, "内容超过 %d 个字符，一格放不下",
			"longer than the %d characters that a cell can hold", WORKBOOK_CELL_MAX);
	*ret = s.n ? clean(w->arena, s) : "";
	return true;
}

bool workbook_sheet(struct workbook *w, struct span name, struct err *err)
{
	struct str out = STR_IN(w->arena, 1000);
	if (!utf8_valid(name))
		return err_set(err, ERR_INVALID, "工作表名称不是有效的 UTF-8 文本", "the sheet's name is not UTF-8");
	if (w->pages.n == SHEETS_MAX)
		return err_set(err, ERR_TOO_LARGE, "工作表超过 %d 个", "more than %d sheets", SHEETS_MAX);
	name = utf8_cut(name, NAME_CHARACTERS);
	for (size_t i = 0; i < name.n; i++)
		if (!memchr("[]:*?/\\'", name.p[i], 8) && (unsigned char)name.p[i] >= ' ')
			str_addc(&out, name.p[i]);
	for (size_t i = 0; i < w->pages.n; i++)
		if (span_eq_nocase(span_of(w->pages.p[i].name), str_span(&out)))
			return err_set(err, ERR_DUPLICATE, "工作表“" SPAN_FMT "”重复",
				"two sheets \"" SPAN_FMT "\"",
				SPAN_ARG(str_span(&out)));
	vec_push(&w->pages, (struct page){ .name = out.n ? str_z(&out) : "1" });
	return true;
}

bool workbook_row(struct workbook *w, const struct span *cells, size_t n, struct err *err)
{
	if (w->pages.n == 0 && !workbook_sheet(w, SPAN("1"), err))
		return false;
	struct page *p = vec_last(&w->pages);
	if (p->lines.n == WORKBOOK_ROWS_MAX || n > WORKBOOK_COLUMNS_MAX || !arena_check(w->arena, err))
		return err_set(err, ERR_TOO_LARGE, "内容过多（至多 %d 行、%d 列）",
			"too much (at most %d rows, %d columns)", WORKBOOK_ROWS_MAX, WORKBOOK_COLUMNS_MAX);
	struct line line = { arena_array(w->arena, n + 1, sizeof *line.cells), n };
	for (size_t i = 0; i < n; i++)
		if (!text(w, cells[i], &line.cells[i], err))
			return err_prefix(err, "第 %zu 行第 %zu 列：", "row %zu, column %zu: ", p->lines.n + 1,
				       i + 1) &&
				false;
	vec_push(&p->lines, line);
	return true;
}

bool workbook_header(struct workbook *w, const struct span *names, size_t n, struct err *err)
{
	if (!workbook_row(w, names, n, err))
		return false;
	struct page *p = vec_last(&w->pages);
	p->header = p->lines.n == 1;
	return true;
}

bool workbook_mark(struct workbook *w, size_t row, size_t column, struct span note, struct err *err)
{
	struct mark m = { .row = row, .column = column };
	if (w->pages.n == 0 || column >= WORKBOOK_COLUMNS_MAX || row >= WORKBOOK_ROWS_MAX)
		return err_set(err, ERR_INVALID, "没有这一格", "there is no such cell");
	struct page *p = vec_last(&w->pages);
	if (p->marks.n == WORKBOOK_MARKS_MAX)          /* enough to see what is wrong */
		return true;
	if (!text(w, utf8_valid(note) ? utf8_cut(note, NOTE_MAX) : note, &m.note, err))
		return false;
	vec_push(&p->marks, m);
	return true;
}

/* ---- writing ---- */

static int mark_order(const void *left, const void *right)
{
	const struct mark *a = left, *b = right;
	int d = (a->row > b->row) - (a->row < b->row);
	return d ? d : (a->column > b->column) - (a->column < b->column);
}

static bool write_widths(lxw_worksheet *to, const struct page *p)
{
	bool ok = true;
	size_t columns = 0;
	for (size_t r = 0; r < p->lines.n && r < WIDTH_ROWS; r++)
		columns = p->lines.p[r].n > columns ? p->lines.p[r].n : columns;
	for (size_t c = 0; c < columns && ok; c++) {
		size_t width = WIDTH_MIN;
		for (size_t r = 0; r < p->lines.n && r < WIDTH_ROWS; r++) {
			size_t n = c < p->lines.p[r].n ? utf8_width(span_of(p->lines.p[r].cells[c])) + 2 : 0;
			width = n > width ? n : width;
		}
		width = width > WIDTH_MAX ? WIDTH_MAX : width;
		ok = worksheet_set_column(to, (lxw_col_t)c, (lxw_col_t)c, (double)width, NULL) ==
			LXW_NO_ERROR;
	}
	return ok;
}

struct formats {
	lxw_format *plain, *header, *marked;
};

static bool write_line(
	lxw_worksheet *to, const struct page *p, size_t r, size_t *mark, const struct formats *formats)
{
	const struct line *line = &p->lines.p[r];
	lxw_row_t row = (lxw_row_t)r;
	bool ok = true;
	for (size_t c = 0; c < line->n && ok; c++) {
		while (*mark < p->marks.n && p->marks.p[*mark].row == r && p->marks.p[*mark].column < c)
			++*mark;
		bool marked = *mark < p->marks.n && p->marks.p[*mark].row == r &&
			p->marks.p[*mark].column == c;
		lxw_format *f = marked ? formats->marked : p->header &&
			r == 0 ? formats->header : formats->plain;
		const char *s = line->cells[c];
		lxw_error e = *s ? worksheet_write_string(to, row, (lxw_col_t)c, s, f)
			: marked ? worksheet_write_blank(to, row, (lxw_col_t)c, f)
				 : LXW_NO_ERROR;
		if (e == LXW_NO_ERROR && marked && *p->marks.p[*mark].note)
			e = worksheet_write_comment(to, row, (lxw_col_t)c, p->marks.p[*mark].note);
		ok = e == LXW_NO_ERROR;
	}
	while (*mark < p->marks.n && p->marks.p[*mark].row <= r)
		++*mark;
	return ok;
}

static bool write_page(lxw_workbook *book, struct page *p, const struct formats *formats)
{
	lxw_worksheet *to = workbook_add_worksheet(book, p->name);
	size_t mark = 0;
	if (!to)
		return false;
	if (p->header)
		worksheet_freeze_panes(to, 1, 0);
	if (p->marks.n > 1)
		qsort(p->marks.p, p->marks.n, sizeof *p->marks.p, mark_order);
	bool ok = write_widths(to, p);
	for (size_t r = 0; r < p->lines.n && ok; r++)
		ok = write_line(to, p, r, &mark, formats);
	return ok;
}

static bool write_all(struct workbook *w, const char *path)
{
	lxw_workbook_options options = { .constant_memory = LXW_TRUE,
		.tmpdir = arena_copy(w->arena, span_of(w->folder)) };
	lxw_workbook *book = workbook_new_opt(path, &options);
	if (!book)
		return false;
	lxw_doc_properties properties = { .created = (time_t)w->created };
	struct formats formats = { workbook_add_format(book), workbook_add_format(book),
		workbook_add_format(book) };
	bool ok = workbook_set_properties(book, &properties) == LXW_NO_ERROR;
	format_set_num_format(formats.plain, "@");
	format_set_num_format(formats.marked, "@");
	format_set_bold(formats.header);
	format_set_text_wrap(formats.header);
	format_set_bg_color(formats.marked, COLOUR_MARK);
	for (size_t i = 0; i < w->pages.n && ok; i++)
		ok = write_page(book, &w->pages.p[i], &formats);
	return (workbook_close(book) == LXW_NO_ERROR) && ok;
}

bool workbook_finish(struct workbook *w, struct arena *a, struct span *ret, struct err *err)
{
	char path[4096];
	int n = snprintf(path, sizeof path, "%s/.workbook-XXXXXX", w->folder);
	if (n < 0 || (size_t)n >= sizeof path)
		return err_set(err, ERR_INVALID, "目录路径过长", "the path of the folder is too long");
	if (w->pages.n == 0 && !workbook_sheet(w, SPAN("1"), err))
		return false;
	CLEANUP(file_close) int fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, errno, w->folder);
	errno = 0;
	bool ok = write_all(w, path);
	if (!ok)
		err_errno(err, errno ? errno : EIO, path);
	ok = ok && file_read(path, WORKBOOK_BYTES_MAX, a, ret, err);
	unlink(path);
	return ok;
}
