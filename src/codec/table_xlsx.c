#include <stdlib.h>

#include "codec/table_room.h"

enum {
	STRINGS_BYTES = 128 << 20,
	FORMATS_MAX = 65536,                     /* what a workbook can have */
	RELATIONS_MAX = 10000,
	ARENA_SOFT = 64 << 20,
};

struct relation {
	struct span id, type, target;
};

struct relations {
	struct relation *at;
	size_t n;
};

bool xlsx_part(
	const struct xlsx *x, struct span name, struct zip_entry **ret_entry, struct xml **ret,
	struct err *err)
{
	CLEANUP(zip_entry_close_p) struct zip_entry *e = NULL;
	if (!zip_entry_open(&x->zip, name, &e, err))
		return false;
	if (!e)
		return true;
	if (!xml_open((struct xml_source){ zip_entry_read, e }, NULL, ret, err))
		return false;
	*ret_entry = e;
	e = NULL;
	return true;
}

bool xlsx_text(struct xml *x, struct str *to, struct err *err)
{
	struct xml_event e;
	size_t open = 1, guide = 0;      /* guide: how many elements deep in an rPh */
	bool take = false;
	while (open) {
		if (!xml_next(x, &e, err))
			return false;
		switch (e.kind) {
		case XML_START:
			open++;
			guide += guide || span_is(e.name, "rPh");
			take = !guide && (span_is(e.name, "t") || span_is(e.name, "v"));
			break;
		case XML_END:
			open--;
			guide -= guide > 0;
			take = false;
			break;
		case XML_TEXT:
			if (take)
				str_add(to, e.text);
			break;
		case XML_DONE:
			return err_set(err, ERR_MALFORMED, "工作簿不完整", "the workbook is cut off");
		}
	}
	return true;
}

/* Walks through the elements of a part; nothing happens where it is absent. */
static bool each(struct xlsx *x, struct span part,
	bool (*what)(struct xlsx *, struct xml *, const struct xml_event *, void *, struct err *), void *with,
	struct err *err)
{
	CLEANUP(zip_entry_close_p) struct zip_entry *entry = NULL;
	CLEANUP(xml_close_p) struct xml *xml = NULL;
	struct xml_event e = { .kind = XML_TEXT };
	bool ok = xlsx_part(x, part, &entry, &xml, err);
	while (ok && xml && e.kind != XML_DONE) {
		ok = xml_next(xml, &e, err);
		if (ok && e.kind == XML_START)
			ok = what(x, xml, &e, with, err);
	}
	return ok || err_prefix(err, "“" SPAN_FMT "”：", "\"" SPAN_FMT "\": ", SPAN_ARG(utf8_cut(part, 60)));
}

/* ---- relations: which part is what ---- */

static bool take_relation(
	struct xlsx *x, struct xml *xml, const struct xml_event *e, void *with, struct err *err)
{
	struct relations *list = with;
	(void)xml;
	if (!span_is(e->name, "Relationship") || span_is(xml_get(e, "TargetMode"), "External"))
		return true;
	if (list->n == RELATIONS_MAX)
		return err_set(err, ERR_TOO_LARGE, "关系超过 %d 个", "more than %d relations", RELATIONS_MAX);
	list->at[list->n++] = (struct relation){ arena_span(x->arena, xml_get(e, "Id")),
		arena_span(x->arena, xml_get(e, "Type")), arena_span(x->arena, xml_get(e, "Target")) };
	return true;
}

static bool ends_with(struct span s, const char *end)
{
	size_t n = strlen(end);
	return s.n >= n && memcmp(s.p + s.n - n, end, n) == 0;
}

/* The folder of a part, with its slash. */
static struct span folder_of(struct span part)
{
	while (part.n && part.p[part.n - 1] != '/')
		part.n--;
	return part;
}

static bool load_relations(struct xlsx *x, struct span part, struct relations *ret, struct err *err)
{
	struct span folder = folder_of(part), file = span_from(part, folder.n);
	struct span name = arena_printf(
		x->arena, SPAN_FMT "_rels/" SPAN_FMT ".rels", SPAN_ARG(folder), SPAN_ARG(file));
	ret->at = arena_array(x->arena, RELATIONS_MAX, sizeof *ret->at);
	return each(x, name, take_relation, ret, err);
}

/* A target is relative to the part's folder, or absolute. */
static struct span target_of(struct xlsx *x, struct span part, struct span target)
{
	struct span folder = folder_of(part);
	if (span_starts(target, SPAN("/")))
		return span_from(target, 1);
	while (span_starts(target, SPAN("../")) && folder.n) {
		target = span_from(target, 3);
		folder.n--;
		folder = folder_of(folder);
	}
	if (span_starts(target, SPAN("./")))
		target = span_from(target, 2);
	return arena_printf(x->arena, SPAN_FMT SPAN_FMT, SPAN_ARG(folder), SPAN_ARG(target));
}

static const struct relation *relation_of_type(const struct relations *list, const char *end)
{
	for (size_t i = 0; i < list->n; i++)
		if (ends_with(list->at[i].type, end))
			return &list->at[i];
	return NULL;
}

/* ---- workbook ---- */

static bool take_workbook(
	struct xlsx *x, struct xml *xml, const struct xml_event *e, void *with, struct err *err)
{
	const struct relations *list = with;
	(void)xml;
	struct span state = xml_get(e, "state"), id = xml_get(e, "id"), on = xml_get(e, "date1904");
	if (span_is(e->name, "workbookPr"))
		x->date1904 = span_is(on, "1") || span_is(on, "true");
	if (!span_is(e->name, "sheet") || (state.n && !span_is(state, "visible")))
		return true;
	for (size_t i = 0; i < list->n; i++) {
		const struct relation *r = &list->at[i];
		if (!span_eq(r->id, id) || !ends_with(r->type, "/worksheet"))
			continue;
		if (x->sheets.n == TABLE_SHEETS_MAX)
			return err_set(err, ERR_TOO_LARGE, "工作表超过 %d 个", "more than %d sheets",
				TABLE_SHEETS_MAX);
		vec_push(&x->sheets, (struct xlsx_sheet){ arena_span(x->arena, xml_get(e, "name")),
			r->target });
		break;
	}
	return true;
}

/* ---- shared strings ---- */

static bool take_string(struct xlsx *x, struct xml *xml, const struct xml_event *e, void *with,
	struct err *err)
{
	(void)with;
	if (!span_is(e->name, "si"))
		return true;
	if (x->ends.n == TABLE_STRINGS_MAX)
		return err_set(err, ERR_TOO_LARGE, "不同的文本超过 %d 条", "more than %d different texts",
			TABLE_STRINGS_MAX);
	if (!xlsx_text(xml, &x->strings, err) || !str_check(&x->strings, err))
		return false;
	vec_push(&x->ends, x->strings.n);
	return true;
}

/* ---- styles ---- */

struct styles {
	struct map *formats;                     /* numFmtId to enum xlsx_format */
	bool cells;                              /* inside cellXfs */
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Behind what stands in quotes or brackets at i; *time: it is [h], [mm] and the like. */
static size_t past(struct span code, size_t i, bool *time)
{
	char end = code.p[i] == '"' ? '"' : ']';
	size_t from = ++i;
	while (i < code.n && code.p[i] != end)
		i++;
	if (end == ']' && i > from && strchr("hms", lower(code.p[from])) && code.p[i - 1] == code.p[from])
		*time = true;
	return i;
}

/*
 * What a format shows, by its first section: text in quotes, escaped characters and [colours, conditions]
 * left out, [h] [m] [s] are times.
 */
enum xlsx_format xlsx_format_of(struct span code)
{
	bool date = false, time = false;
	if (span_starts(code, SPAN("General")))
		return XLSX_PLAIN;
	for (size_t i = 0; i < code.n && code.p[i] != ';'; i++) {
		char c = lower(code.p[i]);
		if (c == '\\' || c == '_' || c == '*')
			i++;
		else if (c == '"' || c == '[')
			i = past(code, i, &time);
		date |= c == 'y' || c == 'd';
		time |= c == 'h' || c == 's';
	}
	return date ? (time ? XLSX_DATE_TIME : XLSX_DATE) : time ? XLSX_TIME : XLSX_PLAIN;
}

/* The formats that need no code: ECMA-376 part 1, 18.8.30, with those of Chinese workbooks (27-36, 50-58). */
static enum xlsx_format builtin(int64_t id)
{
	if (id == 22)
		return XLSX_DATE_TIME;
	if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47) || id == 55 ||
	    id == 56)
		return XLSX_TIME;
	if ((id >= 14 && id <= 17) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58))
		return XLSX_DATE;
	return XLSX_PLAIN;
}

static bool take_style(struct xlsx *x, struct xml *xml, const struct xml_event *e, void *with,
	struct err *err)
{
	struct styles *s = with;
	struct span id = xml_get(e, "numFmtId");
	int64_t n = 0;
	bool has = span_int(id, 0, INT32_MAX, &n);
	(void)xml;
	if (span_is(e->name, "numFmt") && has) {
		if (map_count(s->formats) == FORMATS_MAX)
			return err_set(err, ERR_TOO_LARGE, "数字格式过多", "too many number formats");
		*map_put(s->formats, id, 0, NULL) = xlsx_format_of(xml_get(e, "formatCode"));
	}
	if (!span_is(e->name, "xf")) {
		s->cells = (s->cells && e->depth > 2) || span_is(e->name, "cellXfs");
		return true;
	}
	if (!s->cells)
		return true;
	if (x->formats.n == FORMATS_MAX)
		return err_set(err, ERR_TOO_LARGE, "单元格样式超过 %d 个", "more than %d cell styles",
			FORMATS_MAX);
	const uint64_t *own = map_find(s->formats, id);
	vec_push(&x->formats, own ? (enum xlsx_format)*own : builtin(n));
	return true;
}

static bool load_styles(struct xlsx *x, struct span part, struct err *err)
{
	CLEANUP(map_free_p) struct map *formats = map_new(FORMATS_MAX + 1);
	struct styles s = { .formats = formats };
	return each(x, part, take_style, &s, err);
}

/* ---- opening ---- */

static bool refuse_kind(const struct xlsx *x, struct err *err)
{
	if (zip_has(&x->zip, SPAN("xl/workbook.bin")))
		return err_set(err, ERR_MEDIA_TYPE, "这是 .xlsb 文件，请另存为 .xlsx",
			       "this is an .xlsb file: save it as .xlsx");
	if (zip_has(&x->zip, SPAN("content.xml")))
		return err_set(err, ERR_MEDIA_TYPE, "这是 .ods 等开放文档格式的文件，请另存为 .xlsx",
			       "this is an OpenDocument file (.ods): save it as .xlsx");
	if (zip_has(&x->zip, SPAN("word/document.xml")))
		return err_set(err, ERR_MEDIA_TYPE, "这是文字文档（.docx），请把表格另存为 .xlsx",
			       "this is a text document (.docx): save its table as .xlsx");
	return err_set(err, ERR_MEDIA_TYPE, "压缩包内没有工作簿，请提供 .xlsx 文件（不要压缩）",
		       "the zip file holds no workbook: give the .xlsx itself");
}

static bool load(struct xlsx *x, struct err *err)
{
	struct relations top = { 0 }, list = { 0 };
	struct span workbook = SPAN("xl/workbook.xml"), strings = { NULL, 0 }, styles = { NULL, 0 };
	const struct relation *r;
	if (!zip_list(&x->zip, err) || !load_relations(x, SPAN(""), &top, err))
		return false;
	if ((r = relation_of_type(&top, "/officeDocument")))
		workbook = target_of(x, SPAN(""), r->target);
	if (!zip_has(&x->zip, workbook) || zip_has(&x->zip, SPAN("xl/workbook.bin")) ||
		zip_has(&x->zip, SPAN("word/document.xml")))
		return refuse_kind(x, err);
	if (!load_relations(x, workbook, &list, err))
		return false;
	if ((r = relation_of_type(&list, "/sharedStrings")))
		strings = target_of(x, workbook, r->target);
	if ((r = relation_of_type(&list, "/styles")))
		styles = target_of(x, workbook, r->target);
	for (size_t i = 0; i < list.n; i++)
		list.at[i].target = target_of(x, workbook, list.at[i].target);
	if (!each(x, workbook, take_workbook, &list, err))
		return false;
	if (x->sheets.n == 0)
		return err_set(err, ERR_INVALID, "工作簿里没有可见的工作表", "the workbook has no visible sheet");
	return (!strings.n || each(x, strings, take_string, NULL, err)) &&
		(!styles.n || load_styles(x, styles, err)) && arena_check(x->arena, err);
}

bool xlsx_open(struct span bytes, uint64_t max_bytes, struct xlsx **ret, struct err *err)
{
	struct xlsx *x = calloc(1, sizeof *x);
	if (!x)
		abort();
	x->arena = arena_new(ARENA_SOFT, 4u * ARENA_SOFT);
	x->zip = (struct zip){ .bytes = bytes, .max = max_bytes, .arena = x->arena };
	x->strings = STR(STRINGS_BYTES);
	if (!load(x, err)) {
		xlsx_close(x);
		return false;
	}
	*ret = x;
	return true;
}

void xlsx_close(struct xlsx *x)
{
	if (!x)
		return;
	vec_done(&x->sheets);
	vec_done(&x->formats);
	vec_done(&x->ends);
	str_done(&x->strings);
	arena_free(x->arena);
	free(x);
}
