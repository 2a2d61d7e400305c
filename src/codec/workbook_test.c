#include "codec/workbook.h"
#include "base/test.h"

#include <dirent.h>

#include "codec/table.h"

static struct span make(struct arena *a, const struct span *cells, size_t n, struct err *err)
{
	CLEANUP(workbook_free_p) struct workbook *w = NULL;
	static const struct span names[] = { { "甲", 3 }, { "b", 1 } };
	struct span out = { NULL, 0 };
	CHECK_OK(workbook_new(test_folder(), &w, err), *err);
	CHECK_OK(workbook_sheet(w, SPAN("单位/[a]"), err), *err);
	CHECK_OK(workbook_header(w, names, COUNT(names), err), *err);
	for (size_t i = 0; i < n; i++)
		if (!workbook_row(w, &cells[i], 1, err))
			return out;
	CHECK_OK(workbook_mark(w, 1, 0, SPAN("错<了>"), err), *err);
	CHECK_OK(workbook_mark(w, 1, 3, SPAN("beyond"), err), *err);
	CHECK_OK(workbook_sheet(w, SPAN("两"), err), *err);
	CHECK_OK(workbook_row(w, names, 2, err), *err);
	CHECK_OK(workbook_finish(w, a, &out, err), *err);
	return out;
}

static void first_cell(struct table *t, const char *want)
{
	struct err err = { 0 };
	struct table_row row = { 0 };
	bool more = false;
	CHECK_OK(table_next(t, &row, &more, &err), err);
	CHECK_INT(more, 1);
	if (more)
		CHECK_SPAN(row.cells[0].text, want);
}

static void round_trip(void)
{
	static const struct {
		const char *name, *in, *out;
	} cases[] = {
		{ "Chinese", "杭州市<教育局>&\"", "杭州市<教育局>&\"" },
		{ "a formula stays text", "=HYPERLINK(\"http://x\")", "=HYPERLINK(\"http://x\")" },
		{ "a number keeps its zeros", "00123", "00123" },
		{ "a long number", "91330100MA2XXXXX0X", "91330100MA2XXXXX0X" },
		{ "blanks at the ends", " a ", " a " },
		{ "lines and tabs", "a\nb\tc", "a\nb\tc" },
		{ "control characters", "a\x01" "b\x1b" "c", "a b c" },
		{ "what XML cannot hold", "a\xEF\xBF\xBE" "b", "a b" },
		{ "what looks like an escape", "_x0041_ _x00_", "_x0041_ _x00_" },
		{ "beyond the basic plane", "𠮷野家", "𠮷野家" },
	};
	CLEANUP(arena_free_p) struct arena *a = arena_new(64u << 20, 512u << 20);
	struct span in[COUNT(cases)];
	struct err err = { 0 };
	CLEANUP(table_close_p) struct table *t = NULL;
	for (size_t i = 0; i < COUNT(cases); i++)
		in[i] = span_of(cases[i].in);
	test_case("written and read back");
	struct span bytes = make(a, in, COUNT(cases), &err), again = make(a, in, COUNT(cases), &err);
	CHECK(bytes.n > 0 && span_eq(bytes, again));
	CHECK_OK(table_open_span(bytes, 10 << 20, &t, &err), err);
	if (!t)
		return;
	CHECK_INT(table_sheets(t), 2);
	CHECK_SPAN(table_sheet_name(t, 0), "单位a");
	first_cell(t, "甲");
	for (size_t i = 0; i < COUNT(cases); i++) {
		test_case("%s", cases[i].name);
		first_cell(t, cases[i].out);
	}
	test_case("the second sheet");
	CHECK_OK(table_sheet(t, 1, &err), err);
	first_cell(t, "甲");
}

static int files_in(const char *folder)
{
	int n = 0;
	DIR *d = opendir(folder);
	for (struct dirent *e; d && (e = readdir(d));)
		n += e->d_name[0] != '.' || strncmp(e->d_name, ".workbook", 9) == 0;
	if (d)
		closedir(d);
	return n;
}

static void refused(void)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(64u << 20, 512u << 20);
	CLEANUP(workbook_free_p) struct workbook *w = NULL;
	struct err err = { 0 };
	struct span bad = SPAN("a\xFF"), wide[WORKBOOK_COLUMNS_MAX + 1] = { { NULL, 0 } }, out = { NULL, 0 };
	char *text = arena_alloc(a, WORKBOOK_CELL_MAX + 2);
	memset(text, 'x', WORKBOOK_CELL_MAX + 1);
	struct span tall = { text, WORKBOOK_CELL_MAX + 1 };
	test_case("no UTF-8");
	CHECK_OK(workbook_new("/nonexistent/folder", &w, &err), err);
	CHECK_ERR(workbook_row(w, &bad, 1, &err), err, ERR_INVALID);
	CHECK(strstr(err.zh, "第 1 行第 1 列"));
	test_case("a cell too long");
	CHECK_ERR(workbook_row(w, &tall, 1, &err), err, ERR_TOO_LARGE);
	test_case("too many columns");
	CHECK_ERR(workbook_row(w, wide, COUNT(wide), &err), err, ERR_TOO_LARGE);
	test_case("two sheets of one name");
	CHECK_OK(workbook_sheet(w, SPAN("a"), &err), err);
	CHECK_ERR(workbook_sheet(w, SPAN("A"), &err), err, ERR_DUPLICATE);
	test_case("no such folder");
	CHECK(!workbook_finish(w, a, &out, &err));
	test_case("no temporary file is left");
	CHECK_INT(files_in(test_folder()), 0);
}

int main(void)
{
	hash_start();
	round_trip();
	refused();
	return test_end();
}
