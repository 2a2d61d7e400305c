/*
 * Reading a declaration's sheet.
 * reads foreign bytes: fuzzed by declaration_sheet_fuzz.c
 */
#include "asset/declaration_sheet.h"

#include "asset/declaration.h"
#include "asset/declaration_columns.h"
#include "asset/software_choice.h"
#include "base/utf8.h"

enum { HEADER_WITHIN = 30, CELL_MAX = 4000, ADDRESSES_MAX = 20 };

struct sheet {
	struct op *op;
	struct arena *arena;
	int column_of[TABLE_COLUMNS_MAX];   /* of declaration_columns[], by column of the sheet; -1: none */
	size_t n_columns;
	const char *says;                      /* none, unchanged; NULL: row by row */
	json_t *systems;
	json_t *last;                          /* the system of the row above */
	struct err first;                      /* what was wrong first */
};

/* ---- words ---- */

/* Folded, without blanks, up to a bracket: how headings and words are compared. */
static struct span key_of(struct span text, struct arena *a)
{
	struct span cut = text.n > CELL_MAX ? utf8_cut(text, CELL_MAX / 4) : text;
	struct span folded = utf8_fold(a, cut), rest = folded;
	struct str out = STR_IN(a, CELL_MAX);
	while (rest.n) {
		struct span before = rest;
		uint32_t c = utf8_next(&rest);
		if (c == '(' || c == 0xff08 || out.n > CELL_MAX - 8)
			break;
		if (c > ' ' && c != ':' && c != 0xff1a && c != 0x3000)
			str_add(&out, (struct span){ before.p, before.n - rest.n });
	}
	return out.n ? str_span(&out) : SPAN("");
}

static bool is_nothing(struct span key)
{
	static const char *const words[] = { "无", "/", "-", "--", "—", "——", "暂无", "没有", "n/a" };
	for (size_t i = 0; i < COUNT(words); i++)
		if (span_is(key, words[i]))
			return true;
	return key.n == 0;
}

/* "a|b|c" holds it. */
static bool among(const char *words, struct span key, struct arena *a)
{
	for (struct span rest = span_of(words); rest.p;)
		if (span_eq(key_of(span_split(&rest, '|'), a), key))
			return true;
	return false;
}

static bool wrong(struct sheet *s, uint64_t row, const char *column, struct span text, const char *want)
{
	struct err e = { 0 };
	err_field(&e, column, "第 %llu 行“%s”：“" SPAN_FMT "”%s", "row %llu, %s: \"" SPAN_FMT "\": %s",
		(unsigned long long)row, column, SPAN_ARG(utf8_cut(text, 40)), want);
	return op_problem(s->op, &e, &s->first);
}

/* ---- cells ---- */

static struct span cell_text(struct sheet *s, const struct table_cell *cell)
{
	struct span text = span_trim(cell->text);
	return text.n > CELL_MAX ? arena_span(s->arena, utf8_cut(text, CELL_MAX / 4))
		: arena_span(s->arena, text);
}

static void set(json_t *system, const char *name, struct span value)
{
	json_object_set_new(system, name, json_of_span(value));
}

static void add_unknown(json_t *system, const char *name)
{
	json_t *list = json_object_get(system, "unknown");
	if (!list) {
		list = json_array();
		json_object_set_new(system, "unknown", list);
	}
	json_array_append_new(list, json_string(name));
}

static void add_note(struct sheet *s, json_t *system, struct span more)
{
	struct span note = json_get_text(system, "note");
	set(system, "note",
		note.n ? arena_printf(s->arena, SPAN_FMT "；" SPAN_FMT, SPAN_ARG(note), SPAN_ARG(more))
		: more);
}

/* The parts of a cell that holds several. */
static struct span next_part(struct span *rest)
{
	static const char *const marks[] = { ";", "；", "\n", "\r", "、", ",", "，" };
	for (size_t at = 0; at < rest->n; at++) {
		for (size_t i = 0; i < COUNT(marks); i++) {
			size_t n = strlen(marks[i]);
			if (rest->n - at < n || memcmp(rest->p + at, marks[i], n) != 0)
				continue;
			struct span part = { rest->p, at };
			*rest = span_from(*rest, at + n);
			return part;
		}
	}
	struct span part = *rest;
	*rest = (struct span){ NULL, 0 };
	return part;
}

static void take_software(struct sheet *s, json_t *system, struct span text)
{
	json_t *list = json_object_get(system, "software");
	if (!list) {
		list = json_array();
		json_object_set_new(system, "software", list);
	}
	for (struct span rest = text; rest.p;) {
		struct software_text one;
		struct span part = span_trim(next_part(&rest));
		if (part.n == 0 || is_nothing(key_of(part, s->arena)))
			continue;
		software_text_read(part, s->arena, &one);
		json_t *software = json_object();
		set(software, one.choice ? "product" : "name",
			one.choice ? span_of(one.choice->key) : one.name);
		set(software, "version", one.version);
		if (one.version_unknown)
			json_object_set_new(software, "unknown", json_true());
		json_array_append_new(list, software);
	}
}

/* The first address is the system's, further ones are noted. */
static void take_address(struct sheet *s, json_t *system, struct span text)
{
	size_t n = 0;
	for (struct span rest = text; rest.p && n < ADDRESSES_MAX;) {
		struct span part = span_trim(next_part(&rest));
		if (part.n == 0)
			continue;
		n++;
		if (!json_object_get(system, "address"))
			set(system, "address", part);
		else if (!span_eq(json_get_text(system, "address"), part))
			add_note(s, system, arena_printf(s->arena, "其他地址：" SPAN_FMT, SPAN_ARG(part)));
	}
}

static bool take_level(struct sheet *s, json_t *system, struct span text, uint64_t row)
{
	static const char *const levels[] = { "1|一|Ⅰ", "2|二|Ⅱ", "3|三|Ⅲ", "4|四|Ⅳ", "5|五|Ⅴ" };
	struct span key = key_of(text, s->arena);
	if (among("未定级|未定|0|无", key, s->arena)) {
		set(system, "mlps_level", SPAN("ungraded"));
		return true;
	}
	if (span_starts(key, SPAN("第")))
		key = span_from(key, sizeof "第" - 1);
	if (span_starts(key, SPAN("等保")))
		key = span_from(key, sizeof "等保" - 1);
	size_t tail = sizeof "级" - 1;
	if (key.n > tail && memcmp(key.p + key.n - tail, "级", tail) == 0)
		key.n -= tail;
	for (size_t i = 0; i < COUNT(levels); i++) {
		if (!among(levels[i], key, s->arena))
			continue;
		set(system, "mlps_level", arena_printf(s->arena, "%zu", i + 1));
		return true;
	}
	return wrong(s, row, "等保级别", text, "应为一级至五级、未定级或不清楚");
}

static bool take_word(struct sheet *s, json_t *system, const struct declaration_column *c, struct span text,
	uint64_t row)
{
	struct span key = key_of(text, s->arena);
	for (const struct declaration_word *w = c->words; w->code; w++) {
		if (!among(w->words, key, s->arena) && !span_is(key, w->code))
			continue;
		set(system, c->name, span_of(w->code));
		return true;
	}
	return wrong(s, row, c->zh, text, c->want);
}

static bool take_cell(struct sheet *s, json_t *system, const struct declaration_column *c, struct span text,
	uint64_t row)
{
	if (c->asks && says_unknown(text, s->arena)) {
		add_unknown(system, c->name);
		return true;
	}
	switch (c->kind) {
	case DECLARATION_LEVEL: return take_level(s, system, text, row);
	case DECLARATION_WORD: return take_word(s, system, c, text, row);
	case DECLARATION_SOFTWARE: take_software(s, system, text); return true;
	case DECLARATION_ADDRESS: take_address(s, system, text); return true;
	case DECLARATION_TEXT: break;
	}
	if (strcmp(c->name, "note") == 0)
		add_note(s, system, text);
	else
		set(system, c->name, text);
	return true;
}

/* ---- rows ---- */

/* What the row has for column `name`; {NULL,0}: nothing. */
static const struct table_cell *cell_of(const struct sheet *s, const struct table_row *row, const char *name)
{
	for (size_t i = 0; i < row->n && i < s->n_columns; i++)
		if (s->column_of[i] >= 0 && strcmp(declaration_columns[s->column_of[i]].name, name) == 0)
			return &row->cells[i];
	return NULL;
}

/* A merged name goes on with the system above: only what differs is read. */
static json_t *system_of(struct sheet *s, const struct table_row *row, bool *ret_goes_on)
{
	const struct table_cell *name = cell_of(s, row, "name");
	*ret_goes_on = name && name->merged && s->last &&
		span_eq(json_get_text(s->last, "name"), span_trim(name->text));
	if (*ret_goes_on)
		return s->last;
	s->last = json_object();
	json_object_set_new(s->last, "row", json_integer((json_int_t)row->line));
	json_array_append_new(s->systems, s->last);
	return s->last;
}

static bool is_empty_row(struct sheet *s, const struct table_row *row)
{
	for (size_t i = 0; i < row->n && i < s->n_columns; i++)
		if (s->column_of[i] >= 0 && span_trim(row->cells[i].text).n && !row->cells[i].merged)
			return false;
	return true;
}

/* The row under the header that says how to fill in the others. */
static bool is_instruction(struct sheet *s, const struct table_row *row)
{
	const struct table_cell *name = cell_of(s, row, "name");
	return name && (span_starts(key_of(name->text, s->arena), SPAN("填写说明")) ||
		span_starts(key_of(name->text, s->arena), SPAN("示例")));
}

static bool note_row(struct sheet *s, const struct table_row *row)
{
	const struct table_cell *name = cell_of(s, row, "name");
	struct span key = name ? key_of(name->text, s->arena) : SPAN("");
	if (among("本单位无信息系统|无信息系统|无系统", key, s->arena))
		s->says = "none";
	else if (among("无变化|无变动|同上次", key, s->arena))
		s->says = "unchanged";
	return s->says != NULL;
}

static bool take_row(struct sheet *s, const struct table_row *row, struct err *err)
{
	bool goes_on;
	if (is_empty_row(s, row) || is_instruction(s, row) || note_row(s, row))
		return true;
	if (json_array_size(s->systems) > DECLARATION_SYSTEMS_MAX)
		return err_field(err, "systems", "一次最多申报 %d 个系统", "at most %d systems at once",
			(int)DECLARATION_SYSTEMS_MAX);
	json_t *system = system_of(s, row, &goes_on);
	for (size_t i = 0; i < row->n && i < s->n_columns; i++) {
		struct span text = cell_text(s, &row->cells[i]);
		if (s->column_of[i] < 0 || text.n == 0 || (goes_on && row->cells[i].merged))
			continue;
		const struct declaration_column *c = &declaration_columns[s->column_of[i]];
		if (c->kind != DECLARATION_LEVEL && is_nothing(key_of(text, s->arena)))
			continue;
		if (!take_cell(s, system, c, text, row->line))
			continue;              /* noted: the other cells are told as well */
	}
	if (!json_get_text(system, "name").n)
		wrong(s, row->line, "系统名称", SPAN(""), "请填写系统名称");
	return arena_check(s->arena, err);
}

/* The row 填报方式 above the header. */
static void note_manner(struct sheet *s, const struct table_row *row)
{
	if (row->n < 2 || !span_is(key_of(row->cells[0].text, s->arena), "填报方式"))
		return;
	struct span key = key_of(row->cells[1].text, s->arena);
	if (among("无变化|无变动|同上次", key, s->arena))
		s->says = "unchanged";
	else if (among("无信息系统|本单位无信息系统|无系统", key, s->arena))
		s->says = "none";
}

/* Is it the header?  A name and at least one more of our columns, each once. */
static bool take_header(struct sheet *s, const struct table_row *row)
{
	size_t known = 0;
	bool named = false, seen[DECLARATION_COLUMNS_MAX] = { false };
	s->n_columns = row->n < TABLE_COLUMNS_MAX ? row->n : TABLE_COLUMNS_MAX;
	for (size_t i = 0; i < s->n_columns; i++) {
		struct span key = key_of(row->cells[i].text, s->arena);
		s->column_of[i] = -1;
		for (size_t c = 0; declaration_columns[c].name && key.n; c++) {
			if (seen[c] || (!among(declaration_columns[c].zh, key, s->arena) &&
					       !among(declaration_columns[c].also, key, s->arena)))
				continue;
			seen[c] = true;
			s->column_of[i] = (int)c;
			known++;
			named = named || strcmp(declaration_columns[c].name, "name") == 0;
			break;
		}
	}
	return named && known >= 2;
}

static bool find_header(struct sheet *s, struct table *t, bool *ret_found, struct err *err)
{
	struct table_row row;
	bool more = true;
	*ret_found = false;
	for (int i = 0; i < HEADER_WITHIN && !*ret_found; i++) {
		if (!table_next(t, &row, &more, err))
			return false;
		if (!more)
			return true;
		note_manner(s, &row);
		*ret_found = take_header(s, &row);
		if (!arena_check(s->arena, err))
			return false;
	}
	return true;
}

static bool read_rows(struct sheet *s, struct table *t, struct err *err)
{
	struct table_row row;
	bool more, found;
	if (!find_header(s, t, &found, err))
		return false;
	if (!found && !s->says)
		return err_field(err, "systems", "没有找到表头（应有“系统名称”等列），请用下载的申报表填写",
			"no header row (系统名称 and other columns) was found: use the form that was downloaded");
	while (found && !s->says) {
		if (!table_next(t, &row, &more, err))
			return false;
		if (!more)
			break;
		if (!take_row(s, &row, err))
			return false;
	}
	return true;
}

bool declaration_sheet_read(struct op *op, struct table *t, json_t **ret, struct err *err)
{
	CLEANUP(json_free) json_t *systems = json_array();
	struct sheet s = { .op = op, .arena = op->arena, .systems = systems };
	if (!read_rows(&s, t, err))
		return false;
	if (s.says && json_array_size(systems))
		return err_field(err, "systems", "表中既填写了系统，又写了“无信息系统”或“无变化”，请删去其一",
			"the sheet has systems and says that there are none or that nothing has changed");
	if (s.says) {
		*ret = json_object();
		json_object_set_new(*ret, s.says, json_true());
		return true;
	}
	if (s.first.code != ERR_NONE) {
		*err = s.first;
		return false;
	}
	*ret = json_object();
	json_object_set(*ret, "systems", systems);
	return true;
}
