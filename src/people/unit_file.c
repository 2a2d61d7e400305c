#include "people/unit_file.h"

#include "people/unit.h"
#include "people/uscc.h"

static const struct import_column columns[UNIT_COLUMNS] = {
	[UNIT_CODE] = { "code", "单位编码", true, 40, true },
	[UNIT_NAME] = { "name", "单位名称", true, 100, true },
	[UNIT_PARENT_CODE] = { "parent", "上级单位", false, 40, false },
	[UNIT_DIVISION] = { "division", "行政区划", false, 20, false },
	[UNIT_KIND] = { "kind", "单位类别", true, 40, true },
	[UNIT_SECTOR] = { "sector", "行业", false, 40, false },
	[UNIT_USCC] = { "uscc", "统一社会信用代码", false, 40, false },
	[UNIT_SHORT_NAME] = { "short_name", "简称", false, 60, false },
	[UNIT_SUPERVISOR_CODE] = { "supervisor", "主管部门", false, 40, false },
	[UNIT_SORT_ORDER] = { "sort_order", "排序", false, 10, false },
	[UNIT_ALIASES] = { "aliases", "别名", false, 2000, false },
	[UNIT_PHONE] = { "phone", "值守电话", false, 60, false },
};

static void refuse_word(struct import *m, const struct import_row *row, int column, const char *const *words)
{
	struct str list = STR_IN(m->arena, 4096);
	for (size_t i = 0; words[i]; i++)
		str_addf(&list, "%s%s", i ? ", " : "", words[i]);
	struct err e = { 0 };
	struct span shown = utf8_cut(row->at[column], 20);
	err_set(&e, ERR_INVALID, "“" SPAN_FMT "”不在列表中（%s）", "\"" SPAN_FMT "\" is not one of %s",
		SPAN_ARG(shown), str_z(&list));
	import_refuse(m, row->line, column, &e);
}

static void check_words(struct import *m, struct import_row *row)
{
	int kind = import_word(row->at[UNIT_KIND], unit_kinds, unit_kinds_zh);
	int sector =
		row->at[UNIT_SECTOR].n ? import_word(row->at[UNIT_SECTOR], unit_sectors, unit_sectors_zh) : 0;
	if (kind >= 0)
		row->at[UNIT_KIND] = span_of(unit_kinds[kind]);
	else if (row->at[UNIT_KIND].n)
		refuse_word(m, row, UNIT_KIND, unit_kinds);
	if (sector >= 0)
		row->at[UNIT_SECTOR] = span_of(unit_sectors[sector]);
	else
		refuse_word(m, row, UNIT_SECTOR, unit_sectors);
}

static void check_uscc(struct import *m, struct import_row *row)
{
	struct err e = { 0 };
	struct span given = row->at[UNIT_USCC];
	if (!given.n)
		return;
	char *upper = arena_copy(m->arena, given);
	for (char *c = upper; *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	row->at[UNIT_USCC] = span_of(upper);
	if (!uscc_check(row->at[UNIT_USCC], &e))
		import_refuse(m, row->line, UNIT_USCC, &e);
}

/* "甲；乙;丙" to ["甲","乙","丙"]. */
static void check_aliases(struct import *m, struct import_row *row)
{
	struct str out = STR_IN(m->arena, 65536);
	struct span rest = row->at[UNIT_ALIASES];
	static const char wide[] = "；";
	size_t count = 0, length = 0;
	str_addc(&out, '[');
	for (size_t i = 0; i < rest.n; i += length) {
		for (length = 0; i + length < rest.n && rest.p[i + length] != ';' &&
		     !span_starts(span_from(rest, i + length), span_of(wide)); length++)
			;
		struct span one = span_trim((struct span){ rest.p + i, length });
		length += i + length >= rest.n || rest.p[i + length] == ';' ? 1 : sizeof wide - 1;
		if (!one.n)
			continue;
		str_addz(&out, count ? "," : "");
		str_add_json(&out, one);
		if (++count > ALIASES_MAX || utf8_count(one) > ALIAS_CHARACTERS) {
			struct err e = { 0 };
			err_set(&e, ERR_INVALID, "别名至多 %d 个，每个至多 %d 个字",
				"at most %d aliases of %d characters", (int)ALIASES_MAX,
				(int)ALIAS_CHARACTERS);
			import_refuse(m, row->line, UNIT_ALIASES, &e);
			break;
		}
	}
	str_addc(&out, ']');
	row->at[UNIT_ALIASES] = str_span(&out);
}

static void check_order(struct import *m, struct import_row *row)
{
	int64_t order;
	struct err e = { 0 };
	if (!row->at[UNIT_SORT_ORDER].n || span_int(row->at[UNIT_SORT_ORDER], 0, 1000000000, &order))
		return;
	err_set(&e, ERR_INVALID, "应为 0 至 1000000000 的整数", "must be a whole number from 0 to 1000000000");
	import_refuse(m, row->line, UNIT_SORT_ORDER, &e);
}

static void check_repeats(struct import *m)
{
	CLEANUP(map_free_p) struct map *seen = map_new(m->rows.n + 1);
	for (size_t i = 0; i < m->rows.n; i++) {
		struct import_row *row = &m->rows.p[i];
		bool fresh;
		if (!row->at[UNIT_CODE].n)
			continue;
		uint64_t first = *map_put(seen, row->at[UNIT_CODE], row->line, &fresh);
		if (fresh)
			continue;
		struct err e = { 0 };
		err_set(&e, ERR_INVALID, "与第 %llu 行的编码重复", "the same code as in line %llu",
			(unsigned long long)first);
		import_refuse(m, row->line, UNIT_CODE, &e);
	}
}

bool unit_file_read(struct import *m, struct stream *s, struct arena *a, struct err *err)
{
	*m = (struct import){ .columns = columns, .n_columns = COUNT(columns), .arena = a };
	if (!import_read(m, s, err))
		return false;
	for (size_t i = 0; i < m->rows.n; i++) {
		struct import_row *row = &m->rows.p[i];
		if (!row->at[UNIT_CODE].p)
			continue;       /* not taken apart: its width is wrong */
		check_words(m, row);
		check_uscc(m, row);
		check_aliases(m, row);
		check_order(m, row);
	}
	check_repeats(m);
	return true;
}
