#include "asset/address.h"
#include "asset/import.h"

#include <inttypes.h>
#include <stdlib.h>

#include "codec/cpe.h"

enum { UNITS_MAX = 1 << 20, SEVERAL = 0 };     /* SEVERAL: in place of a unit's number */

enum column {
	COL_UNIT,
	COL_SYSTEM,
	COL_HOST,
	COL_ADDRESS,
	COL_EXPOSURE,
	COL_IMPORTANCE,
	COL_SOFTWARE,
	COL_VENDOR,
	COL_VERSION,
	COL_CPE,
	COL_COUNT,
};

/* What a column is called: its name, or one of the headings that people give it. */
static const struct {
	const char *name;
	size_t max; /* characters */
	bool required;
	const char *headings; /* with | around each; compared folded, blanks left out */
} columns[COL_COUNT] = {
	[COL_UNIT] = { "unit", 50, true, "|单位|单位编码|单位代码|所属单位|单位名称|使用单位|" },
	[COL_SYSTEM] = { "system", 200, false, "|系统|系统名称|信息系统|所属系统|业务系统|信息系统名称|" },
	[COL_HOST] = { "host", 200, true, "|主机|主机名|主机名称|设备|设备名称|资产名称|服务器|服务器名称|" },
	[COL_ADDRESS] = { "address", 253, false, "|地址|ip|ip地址|主机地址|域名|域名或ip|网络地址|" },
	[COL_EXPOSURE] = { "exposure", 20, false, "|暴露面|暴露范围|所在网络|网络区域|是否互联网|" },
	[COL_IMPORTANCE] = { "importance", 20, false, "|重要程度|重要性|重要级别|" },
	[COL_SOFTWARE] = { "software", 200, false, "|软件|软件名称|产品|产品名称|组件|组件名称|" },
	[COL_VENDOR] = { "vendor", 200, false, "|厂商|厂家|软件厂商|供应商|开发商|" },
	[COL_VERSION] = { "version", 100, false, "|版本|版本号|软件版本|" },
	[COL_CPE] = { "cpe", 1000, false, "|cpe名称|" },
};

enum { HEADER_WITHIN = 30, HEADING_MAX = 200 };

/* A word and what it means. */
struct word { const char *said, *value; };

static const struct word exposures[] = { { "internet", "internet" }, { "internal", "internal" },
	{ "互联网", "internet" }, { "公网", "internet" }, { "外网", "internet" }, { "是", "internet" },
	{ "内网", "internal" }, { "内部", "internal" }, { "专网", "internal" }, { "否", "internal" },
	{ NULL, NULL } };
static const struct word importances[] = { { "high", "high" }, { "medium", "medium" }, { "low", "low" },
	{ "高", "high" }, { "中", "medium" }, { "低", "low" }, { "重要", "high" }, { "一般", "medium" },
	{ NULL, NULL } };

struct reading {
	const struct import_units *units;
	struct import_file *f;
	struct table *table;
	struct table_row row;
	bool sheet;     /* of a workbook, not CSV */
	size_t width;   /* cells of the header */
	int at[COL_COUNT];        /* -1: the file has no such column */
	struct span value[COL_COUNT]; /* of the row, trimmed; borrowed */
	struct map *hosts; /* unit and host name to index */
	VEC(struct import_host) list;
	VEC(struct import_software) software;
	bool bad; /* this row */
};

/* Notes a problem of this row; the texts are in e.  Always returns false. */
static bool note(struct reading *r, int column, const struct err *e)
{
	r->bad = true;
	return plan_note(r->f, r->row.line, column < 0 ? "" : columns[column].name, e);
}

static struct span shown(struct span s)
{
	return utf8_cut(s, 40);
}

/* A problem of this row: BAD(r, column, zh, en, arguments of both…). */
#define BAD(r, column, ...) \
	do { \
		struct err e_ = { 0 }; \
		err_set(&e_, ERR_INVALID, __VA_ARGS__); \
		note((r), (column), &e_); \
	} while (0)

static bool one_line(struct span s)
{
	size_t at;
	return !utf8_has_control(s) && !span_find(s, '\t', &at) && !span_find(s, '\n', &at) &&
		!span_find(s, '\r', &at);
}

static void take_column(struct reading *r, int column)
{
	int at = r->at[column];
	struct span v = at < 0 || (size_t)at >= r->row.n ? SPAN("") : span_trim(r->row.cells[at].text);
	r->value[column] = v;
	if (v.n == 0 && columns[column].required)
		BAD(r, column, "不能为空", "must not be empty");
	else if (!one_line(v))
		BAD(r, column, "含有控制字符或换行", "holds a control character or a line break");
	else if (utf8_count(v) > columns[column].max)
		BAD(r, column, "超过 %zu 个字符", "longer than %zu characters", columns[column].max);
}

static void check_word(struct reading *r, int column, const struct word *words, const char *list)
{
	struct span v = r->value[column];
	for (size_t i = 0; words[i].said; i++)
		if (v.n == 0 || span_is(v, words[i].said)) {
			r->value[column] = v.n ? span_of(words[i].value) : v;
			return;
		}
	BAD(r, column, "“" SPAN_FMT "”不在允许的取值之内：%s", "\"" SPAN_FMT "\" is not one of %s",
		SPAN_ARG(shown(v)), list);
}

static void check_address(struct reading *r, char ret[ADDRESS_TEXT])
{
	struct span v = r->value[COL_ADDRESS];
	if (v.n > 0 && address_parse(v, ret) == ADDRESS_NONE)
		BAD(r, COL_ADDRESS, "“" SPAN_FMT "”不是 IPv4、IPv6 地址或主机名",
			"\"" SPAN_FMT "\" is neither an IPv4 or IPv6 address nor a host name",
			SPAN_ARG(shown(v)));
	else
		r->value[COL_ADDRESS] = v.n > 0 ? span_of(ret) : SPAN("");
}

static int64_t find_unit(struct reading *r)
{
	struct span code = r->value[COL_UNIT];
	if (code.n == 0)
		return 0;
	const uint64_t *n = map_find(r->units->by_code, code);
	if (!n)
		BAD(r, COL_UNIT, "没有编码或名称为“" SPAN_FMT "”的单位（见 seawall unit list）",
			"there is no unit with the code or name \"" SPAN_FMT "\"", SPAN_ARG(shown(code)));
	else if (*n == SEVERAL)
		BAD(r, COL_UNIT, "名称为“" SPAN_FMT "”的单位不止一个，请填写单位编码",
			"several units have the name \"" SPAN_FMT "\": give the code", SPAN_ARG(shown(code)));
	else if (!plan_in_scope(r->units->scope, (int64_t)*n))
		BAD(r, COL_UNIT, "您不能登记单位“" SPAN_FMT "”的资产",
			"you may not register assets of the unit \"" SPAN_FMT "\"", SPAN_ARG(shown(code)));
	else
		return (int64_t)*n;
	return 0;
}

/* ---- software ---- */

/* *ret_alone: the row names no software. */
static bool take_software(struct reading *r, struct import_software *ret, bool *ret_alone)
{
	*ret_alone = false;
	const struct import_words words = { .cpe = r->value[COL_CPE], .vendor = r->value[COL_VENDOR],
		.product = r->value[COL_SOFTWARE], .version = r->value[COL_VERSION] };
	struct err e = { 0 };
	if (words.cpe.n > 0)
		return plan_software_of_cpe(&words, r->f->arena, ret, &e) || note(r, COL_CPE, &e);
	if (words.product.n > 0) {
		plan_software_of_text(&words, r->f->arena, ret);
		return true;
	}
	if (r->value[COL_VENDOR].n > 0 || r->value[COL_VERSION].n > 0) {
		BAD(r, COL_SOFTWARE, "有厂商或版本时，软件名称与 CPE 至少填一项",
			"a vendor or a version needs a software name or a CPE name");
		return false;
	}
	*ret_alone = true;
	return true;
}

/* ---- hosts ---- */

/* A column of the host: what one row says, all rows of the host say, or are silent. */
static void agree(struct reading *r, int column, struct span *known, uint64_t first_line)
{
	struct span v = r->value[column];
	if (v.n == 0 || span_eq(v, *known))
		return;
	if (known->n > 0)
		BAD(r, column, "“" SPAN_FMT "”与第 %" PRIu64 " 行起同一主机的“" SPAN_FMT "”不一致",
			"\"" SPAN_FMT "\" differs, from line %" PRIu64 " on the same host has \"" SPAN_FMT
			"\"",
			SPAN_ARG(shown(v)), first_line, SPAN_ARG(shown(*known)));
	else
		*known = arena_span(r->f->arena, v);
}

static size_t take_host(struct reading *r, int64_t unit_n, bool alone)
{
	struct arena *a = r->f->arena;
	char key[32 + 4 * 200 + 1];
	int n = snprintf(key, sizeof key, "%" PRId64 "/" SPAN_FMT, unit_n, SPAN_ARG(r->value[COL_HOST]));
	bool fresh;
	uint64_t *at = map_put(r->hosts, (struct span){ key, (size_t)n }, r->list.n, &fresh);
	if (fresh)
		vec_push(&r->list,
			(struct import_host){ .source = "csv",
				.unit_n = unit_n,
				.unit = arena_span(a, r->value[COL_UNIT]),
				.name = arena_span(a, r->value[COL_HOST]),
				.system = SPAN(""),
				.address = SPAN(""),
				.importance = SPAN(""),
				.exposure = SPAN(""),
				.line = r->row.line,
				.first_alone = alone });
	else if (alone)
		r->f->repeated++;
	struct import_host *h = &r->list.p[*at];
	if (!alone && ++h->n_software > IMPORT_SOFTWARE_MAX)
		BAD(r, COL_HOST, "一台主机最多 %d 项软件", "a host has at most %d software instances",
			IMPORT_SOFTWARE_MAX);
	agree(r, COL_SYSTEM, &h->system, h->line);
	agree(r, COL_ADDRESS, &h->address, h->line);
	agree(r, COL_IMPORTANCE, &h->importance, h->line);
	agree(r, COL_EXPOSURE, &h->exposure, h->line);
	return (size_t)*at;
}

static void take_row(struct reading *r)
{
	char address[ADDRESS_TEXT];
	r->bad = false;
	r->f->rows++;
	if (!r->sheet && r->row.n != r->width) {
		BAD(r, -1, "有 %zu 列，标题行有 %zu 列", "has %zu fields, the header has %zu", r->row.n, r->width);
		r->f->bad_rows++;
		return;
	}
	for (int i = 0; i < COL_COUNT; i++)
		take_column(r, i);
	int64_t unit_n = find_unit(r);
	check_address(r, address);
	check_word(r, COL_EXPOSURE, exposures, "internet, internal");
	check_word(r, COL_IMPORTANCE, importances, "high, medium, low");
	struct import_software s = { .line = r->row.line };
	bool alone = true;
	if (!r->bad && take_software(r, &s, &alone)) {
		s.host = take_host(r, unit_n, alone);
		if (!alone)
			vec_push(&r->software, s);
	}
	r->f->bad_rows += r->bad;
}

/* ---- the file ---- */

static bool add_units(struct map *to, bool names, struct db_rows *rows, struct err *err)
{
	for (;;) {
		bool more, fresh;
		if (!db_next(rows, &more, err))
			return false;
		if (!more)
			return true;
		struct span key = db_col_text(rows, 0);
		uint64_t n = (uint64_t)db_col_int(rows, 1);
		if (key.n == 0)
			continue;
		uint64_t *at = map_put(to, key, n, &fresh);
		if (!fresh && names && *at != n)
			*at = db_col_int(rows, 2) ? *at : SEVERAL;
	}
}

/* By code, and by name where no code is the same. */
bool plan_units(struct op *op, struct map *by_code, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *codes = NULL, *names = NULL;
	return db_query(op_db(op), SQL("SELECT code, n FROM units"), V0, &codes, err) &&
		add_units(by_code, false, codes, err) &&
		db_query(op_db(op),
			SQL("SELECT u.name, u.n, EXISTS (SELECT 1 FROM units c WHERE c.code = u.name) FROM "
			"units u"),
			V0, &names, err) &&
		add_units(by_code, true, names, err);
}

/* ---- the header ---- */

/* The column that a heading means: folded, without blanks, line breaks and a star; -1 for none. */
static int column_of(struct span heading)
{
	char key[HEADING_MAX + 2] = "|";
	size_t n = 1;
	CLEANUP(arena_free_p) struct arena *a = arena_new(1 << 16, 1 << 20);
	struct span text = heading.n < HEADING_MAX ? utf8_fold(a, span_trim(heading)) : SPAN("");
	for (size_t i = 0; i < text.n && n < HEADING_MAX; i++)
		if (!memchr(" \t\r\n*", text.p[i], 5))
			key[n++] = text.p[i];
	struct span word = { key + 1, n - 1 };
	key[n++] = '|';
	for (int c = 0; c < COL_COUNT && word.n; c++)
		if (span_is(word, columns[c].name) ||
		    memmem(columns[c].headings, strlen(columns[c].headings), key, n))
			return c;
	return -1;
}

static bool names_columns(struct reading *r, struct err *err)
{
	for (size_t i = 0; i < COL_COUNT; i++)
		r->at[i] = -1;
	for (size_t i = 0; i < r->row.n; i++) {
		int c = r->row.cells[i].merged ? -1 : column_of(r->row.cells[i].text);
		if (c >= 0 && r->at[c] >= 0)
			return err_set(err, ERR_MALFORMED, "标题行中“%s”重复（第 %d 列与第 %zu 列）",
				"the header names \"%s\" twice (fields %d and %zu)", columns[c].name,
				r->at[c] + 1,
				i + 1);
		if (c >= 0)
			r->at[c] = (int)i;
	}
	r->width = r->row.n;
	return true;
}

static bool lacks(int column, struct err *err)
{
	return err_set(err, ERR_INVALID, "标题行缺少“%s”列；应有：%s", "the header has no column %s; needed are: %s",
		columns[column].name,
		"unit,system,host,address,exposure,importance,software,vendor,version,cpe");
}

/* The header is the first row, below titles, that names unit and host.  A CSV file has all columns, as what
 * made it was told to; of a workbook people leave out what they do not know. */
static bool find_columns(struct reading *r, struct err *err)
{
	bool more = true;
	for (int i = 0; i < HEADER_WITHIN && more; i++) {
		if (!table_next(r->table, &r->row, &more, err))
			return false;
		if (!more && i == 0)
			return err_set(err, ERR_MALFORMED, "文件为空，没有标题行", "the file is empty: no header row");
		if (!more)
			break;
		if (!names_columns(r, err))
			return false;
		if (r->at[COL_UNIT] < 0 || r->at[COL_HOST] < 0)
			continue;
		for (int c = 0; c < COL_COUNT && !r->sheet; c++)
			if (r->at[c] < 0)
				return lacks(c, err);
		return true;
	}
	return lacks(r->at[COL_UNIT] < 0 ? COL_UNIT : COL_HOST, err);
}

static bool read_rows(struct reading *r, struct err *err)
{
	for (;;) {
		bool more;
		if (!table_next(r->table, &r->row, &more, err))
			return false;
		if (!more)
			return true;
		if (r->f->rows >= IMPORT_ROWS_MAX)
			return err_set(err, ERR_TOO_LARGE, "一个文件最多 %d 行，请分开导入",
				"a file holds at most %d rows; split it", IMPORT_ROWS_MAX);
		take_row(r);
		if (r->f->rows % 1024 == 0 && !arena_check(r->f->arena, err))
			return false;
	}
}

bool plan_read(struct table *t, const struct import_units *units, struct import_file *f, struct err *err)
{
	CLEANUP(map_free_p) struct map *hosts = map_new(IMPORT_ROWS_MAX + 1);
	struct reading r = { .units = units, .f = f, .table = t, .hosts = hosts,
		.sheet = table_sheet_name(t, 0).n > 0 };
	bool ok = find_columns(&r, err) && read_rows(&r, err);
	if (ok)
		plan_gather(f, r.list.p, r.list.n, r.software.p, r.software.n);
	vec_done(&r.software);
	vec_done(&r.list);
	return ok;
}

bool plan_read_with(
	struct op *op, struct table *t, struct span scope, struct import_file *f, struct err *err)
{
	CLEANUP(map_free_p) struct map *by_code = map_new(UNITS_MAX);
	struct import_units units = { by_code, scope };
	return plan_units(op, by_code, err) && plan_read(t, &units, f, err);
}
