/* The form of a declaration as a workbook. */
#include "asset/declaration.h"
#include "asset/declaration_columns.h"
#include "asset/declaration_sheet.h"
#include "asset/software_choice.h"
#include "codec/workbook.h"

static struct span word_for(const struct declaration_word *words, struct span code)
{
	for (; words->code; words++) {
		struct span all = span_of(words->words);
		if (span_is(code, words->code))
			return span_split(&all, '|');
	}
	return code;
}

static bool is_unknown(const json_t *system, const char *name)
{
	const json_t *list = json_object_get(system, "unknown");
	for (size_t i = 0; i < json_array_size(list); i++)
		if (span_is(json_text(json_array_get(list, i)), name))
			return true;
	return false;
}

static struct span software_cell(const json_t *system, struct arena *a)
{
	struct str out = STR_IN(a, 64 * 1024);
	const json_t *list = json_object_get(system, "software");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *s = json_array_get(list, i);
		struct span version = json_get_text(s, "version");
		str_addz(&out, i ? "；" : "");
		str_add(&out, json_get_text(s, "name"));
		str_addz(&out, version.n || json_get_bool(s, "unknown", false) ? " " : "");
		str_add(&out, json_get_bool(s, "unknown", false) ? SPAN("不清楚") : version);
	}
	return out.n ? str_span(&out) : SPAN("");
}

static struct span cell_of(const json_t *system, const struct declaration_column *c, struct arena *a)
{
	struct span value = json_get_text(system, c->name);
	if (is_unknown(system, c->name))
		return SPAN("不清楚");
	switch (c->kind) {
	case DECLARATION_SOFTWARE: return software_cell(system, a);
	case DECLARATION_LEVEL: return word_for(declaration_levels, value);
	case DECLARATION_WORD: return word_for(c->words, value);
	case DECLARATION_TEXT:
	case DECLARATION_ADDRESS: break;
	}
	return value.p ? value : SPAN("");
}

static size_t columns(struct span cells[DECLARATION_COLUMNS_MAX], bool heading)
{
	size_t n = 0;
	for (; declaration_columns[n].name; n++)
		cells[n] = span_of(heading ? declaration_columns[n].zh : declaration_columns[n].help);
	return n;
}

static bool write_systems(struct workbook *w, const json_t *form, struct arena *a, struct err *err)
{
	struct span cells[DECLARATION_COLUMNS_MAX];
	const json_t *systems = json_object_get(form, "systems");
	if (!workbook_sheet(w, SPAN("资产申报"), err) || !workbook_header(w, cells, columns(cells, true), err) ||
		!workbook_row(w, cells, columns(cells, false), err))
		return false;
	for (size_t i = 0; i < json_array_size(systems); i++) {
		size_t n = 0;
		for (; declaration_columns[n].name; n++)
			cells[n] = cell_of(json_array_get(systems, i), &declaration_columns[n], a);
		if (!workbook_row(w, cells, n, err))
			return false;
	}
	return true;
}

static bool write_choices(struct workbook *w, struct err *err)
{
	const struct software_choice *c;
	struct span header[] = { SPAN("类别"), SPAN("软件"), SPAN("厂商"), SPAN("其他写法") };
	static const struct declaration_word groups[] = { { "web", "网站服务器" }, { "middleware", "中间件" },
		{ "database", "数据库" }, { "office", "办公系统" }, { "framework", "开发框架和建站系统" },
		{ "os", "操作系统" }, { "other", "其他" }, { NULL, NULL } };
	if (!workbook_sheet(w, SPAN("软件清单"), err) || !workbook_header(w, header, COUNT(header), err))
		return false;
	for (size_t i = 0; (c = software_choice_at(i)); i++) {
		struct span row[] = { word_for(groups, span_of(c->group)), span_of(c->name),
			span_of(c->vendor),
			span_of(c->also) };
		if (!workbook_row(w, row, COUNT(row), err))
			return false;
	}
	return true;
}

bool declaration_sheet_write(
	struct op *op, const struct declaration_order *o, struct span *ret, struct err *err)
{
	CLEANUP(workbook_free_p) struct workbook *w = NULL;
	CLEANUP(json_free) json_t *form = NULL;
	struct str text = STR_IN(op->arena, 16 << 20);
	/* where the role api may write */
	const char *folder = arena_printf(op->arena, "%s/store", store_folder(op->store)).p;
	str_addz(&text, "{\"form\":1");
	if (!declaration_form(op, *o, &text, err))
		return false;
	str_addc(&text, '}');
	return str_check(&text, err) && json_parse(str_span(&text), 0, &form, err) &&
		workbook_new(folder, &w, err) && write_systems(w, form, op->arena, err) &&
		write_choices(w, err) && workbook_finish(w, op->arena, ret, err);
}
