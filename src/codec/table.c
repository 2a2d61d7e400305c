#include "codec/table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "codec/csv.h"
#include "codec/table_room.h"
#include "os/file.h"

enum { FILE_MAX = 256 << 20, LOOK = 4096 };

struct table {
	struct arena *arena;                     /* of a workbook's bytes, where it was opened by path */
	const char *path;                        /* of a CSV file that is read from disk, else NULL */
	struct span bytes;
	uint64_t max;
	struct stream *stream;
	struct csv *csv;
	VEC(struct table_cell) cells;
	struct xlsx *xlsx;
	struct sheet *sheet;
};

static bool contains(struct span s, struct span what)
{
	return s.n >= what.n && memmem(s.p, s.n, what.p, what.n) != NULL;
}

/* Names in an OLE2 file are UTF-16. */
static bool names(struct span file, const char *name)
{
	char wide[64];
	size_t n = strlen(name);
	for (size_t i = 0; i < n; i++) {
		wide[2 * i] = name[i];
		wide[2 * i + 1] = 0;
	}
	return contains(file, (struct span){ wide, 2 * n });
}

static bool refuse_ole2(struct span b, struct err *err)
{
	if (names(b, "EncryptedPackage"))
		return err_set(err, ERR_MEDIA_TYPE, "工作簿设有打开密码，请去掉密码后另存为 .xlsx",
			       "the workbook has a password: remove it and save as .xlsx");
	if (names(b, "WordDocument"))
		return err_set(err, ERR_MEDIA_TYPE, "这是文字文档（.doc 或 .wps），请把表格另存为 .xlsx",
			       "this is a text document (.doc or .wps): save its table as .xlsx");
	return err_set(err, ERR_MEDIA_TYPE, "这是旧版 .xls（或 .et）文件，请另存为 .xlsx",
		       "this is an old .xls (or .et) file: save it as .xlsx");
}

static bool refuse_page(struct span b, struct err *err)
{
	static const char *const starts[] = { "<html", "<!doctype html", "<table", "<?xml", "<meta" };
	struct span head = { b.p, b.n < LOOK ? b.n : LOOK };
	if (span_starts(head, SPAN("\xEF\xBB\xBF")))
		head = span_from(head, 3);
	head = span_trim(head);
	for (size_t i = 0; i < COUNT(starts); i++) {
		struct span s = span_of(starts[i]);
		if (head.n >= s.n && span_eq_nocase((struct span){ head.p, s.n }, s))
			return err_set(err, ERR_MEDIA_TYPE, "这是网页或 XML 格式的表格，请打开后另存为 .xlsx",
				       "this is a web page or XML file: open it and save it as .xlsx");
	}
	if (span_starts(b, SPAN("%PDF")))
		return err_set(err, ERR_MEDIA_TYPE, "这是 PDF 文件，请提供 .xlsx 或 CSV 表格",
			       "this is a PDF file: a table as .xlsx or CSV is wanted");
	return true;
}

static bool start_csv(struct table *t, struct err *err)
{
	csv_free_p(&t->csv);
	stream_close_p(&t->stream);
	bool ok = t->path ? stream_open(t->path, t->max, &t->stream, err)
			  : stream_open_span(t->bytes, t->max, &t->stream, err);
	if (!ok)
		return false;
	t->csv = csv_new(t->stream);
	return true;
}

static bool is_ole2(struct span b)
{
	return span_starts(b, SPAN("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"));
}

static bool is_zip(struct span b)
{
	return span_starts(b, SPAN("PK\x03\x04")) || span_starts(b, SPAN("PK\x05\x06"));
}

static bool start(struct table *t, struct err *err)
{
	struct span b = t->bytes;
	if (b.n > t->max || b.n > FILE_MAX)
		return err_set(err, ERR_TOO_LARGE, "文件超过 %llu 字节", "the file has more than %llu bytes",
			(unsigned long long)(t->max < FILE_MAX ? t->max : FILE_MAX));
	if (is_ole2(b))
		return refuse_ole2(b, err);
	if (is_zip(b))
		return xlsx_open(b, t->max, &t->xlsx, err) && table_sheet(t, 0, err);
	return refuse_page(b, err) && start_csv(t, err);
}

static struct table *table_new(uint64_t max_bytes)
{
	struct table *t = calloc(1, sizeof *t);
	if (!t)
		abort();
	t->max = max_bytes;
	return t;
}

static bool finish(struct table *t, bool ok, struct table **ret)
{
	if (ok)
		*ret = t;
	else
		table_close(t);
	return ok;
}

/* A workbook is read whole, anything else line by line from disk. */
static bool start_path(struct table *t, const char *path, struct err *err)
{
	char head[LOOK];
	CLEANUP(file_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof head);
	size_t max = t->max < FILE_MAX ? (size_t)t->max : FILE_MAX;
	if (n < 0)
		return err_errno(err, errno, path);
	struct span b = { head, (size_t)n };
	if (is_ole2(b) || is_zip(b))
		return file_read(path, max, t->arena, &t->bytes, err) && start(t, err);
	t->path = arena_copy(t->arena, span_of(path));
	return refuse_page(b, err) && start_csv(t, err);
}

bool table_open(const char *path, uint64_t max_bytes, struct table **ret, struct err *err)
{
	struct table *t = table_new(max_bytes);
	t->arena = arena_new(2ull * FILE_MAX, 4ull * FILE_MAX);
	return finish(t, start_path(t, path, err), ret);
}

bool table_open_span(struct span bytes, uint64_t max_bytes, struct table **ret, struct err *err)
{
	struct table *t = table_new(max_bytes);
	t->bytes = bytes;
	return finish(t, start(t, err), ret);
}

void table_close(struct table *t)
{
	if (!t)
		return;
	sheet_close(t->sheet);
	xlsx_close(t->xlsx);
	csv_free(t->csv);
	stream_close(t->stream);
	vec_done(&t->cells);
	arena_free(t->arena);
	free(t);
}

void table_close_p(struct table **t)
{
	table_close(*t);
	*t = NULL;
}

size_t table_sheets(const struct table *t)
{
	return t->xlsx ? t->xlsx->sheets.n : 1;
}

struct span table_sheet_name(const struct table *t, size_t i)
{
	return t->xlsx && i < t->xlsx->sheets.n ? t->xlsx->sheets.p[i].name : SPAN("");
}

bool table_sheet(struct table *t, size_t i, struct err *err)
{
	if (i >= table_sheets(t))
		return err_set(err, ERR_NOT_FOUND, "没有第 %zu 个工作表", "there is no sheet %zu", i + 1);
	if (!t->xlsx)
		return start_csv(t, err);
	sheet_close(t->sheet);
	t->sheet = NULL;
	return sheet_open(t->xlsx, i, &t->sheet, err);
}

static bool next_csv(struct table *t, struct table_row *ret, bool *ret_more, struct err *err)
{
	struct csv_row row;
	if (!csv_next(t->csv, &row, ret_more, err))
		return false;
	if (!*ret_more)
		return true;
	t->cells.n = 0;
	for (size_t i = 0; i < row.n; i++)
		vec_push(&t->cells, (struct table_cell){ .text = row.fields[i],
					    .kind = row.fields[i].n ? TABLE_TEXT : TABLE_EMPTY });
	*ret = (struct table_row){ row.line, t->cells.n, t->cells.p };
	return true;
}

bool table_next(struct table *t, struct table_row *ret, bool *ret_more, struct err *err)
{
	if (!t->xlsx)
		return next_csv(t, ret, ret_more, err);
	if (!t->sheet)
		return err_set(err, ERR_CONFLICT, "没有打开的工作表", "no sheet is open");
	return sheet_next(t->sheet, ret, ret_more, err);
}
