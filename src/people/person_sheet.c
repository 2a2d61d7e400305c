/*
 * seawall import persons FILE: one row is one duty of one person, or a person alone.  A person is known by
 * name and telephone, else by name and unit.  Empty fields leave what is known.
 */
#include <inttypes.h>

#include "people/person_take.h"
#include "resource/sheet.h"

enum person_column {
	PERSON_UNIT,
	PERSON_NAME,
	PERSON_DUTY,
	PERSON_PHONE,
	PERSON_MAIL,
	PERSON_FROM,
	PERSON_TO,
	PERSON_POST,
	PERSON_COLUMNS
};

static const struct repair_word duty_words[] = {
	{ "liaison_a", "liaison_a" }, { "联络员A", "liaison_a" }, { "联络员A角", "liaison_a" },
	{ "联络员", "liaison_a" },
	{ "A角", "liaison_a" }, { "A岗", "liaison_a" }, { "A角联络员", "liaison_a" }, { "网络安全联络员", "liaison_a" },
	{ "liaison_b", "liaison_b" }, { "联络员B", "liaison_b" }, { "联络员B角", "liaison_b" },
	{ "B角", "liaison_b" },
	{ "B岗", "liaison_b" }, { "B角联络员", "liaison_b" }, { "备用联络员", "liaison_b" },
	{ "chief", "chief" }, { "主要负责人", "chief" }, { "主要领导", "chief" }, { "第一责任人", "chief" },
	{ "一把手", "chief" },
	{ "deputy", "deputy" }, { "分管领导", "deputy" }, { "分管负责人", "deputy" }, { "直接责任人", "deputy" },
	{ "other", "other" }, { "其他", "other" }, { NULL, NULL },
};

static const struct sheet_column columns[PERSON_COLUMNS] = {
	[PERSON_UNIT] = { "unit", "单位", "unit", "单位名称|单位全称|所在单位|工作单位|单位编码|所属单位", NULL, NULL,
		SHEET_REQUIRED | SHEET_NEEDED, 100 },
	[PERSON_NAME] = { "name", "姓名", "name", "名字|人员|人员姓名|联系人", NULL, NULL,
	SHEET_REQUIRED | SHEET_NEEDED | SHEET_PERSONAL,
	60,
		repair_name },
	[PERSON_DUTY] = { "duty", "职责", "duty", "角色|担任|人员类别|职责分工|类别", NULL, NULL, 0, 20, repair_word,
	duty_words },
	[PERSON_PHONE] = { "phone", "电话", "telephone", "手机|联系电话|手机号|手机号码|联系方式|移动电话", NULL, NULL,
	SHEET_PERSONAL, 40,
	repair_phone },
	[PERSON_MAIL] = { "mail", "邮箱", "mail", "电子邮箱|邮件|email|e-mail", NULL, NULL, SHEET_PERSONAL, 120,
	repair_mail },
	[PERSON_FROM] = { "from", "起始日", "from", "起始日期|任职日期|任职时间|开始日期", NULL, NULL, 0, 10, repair_date },
	[PERSON_TO] = { "to", "离任日", "to", "离任日期|离任时间|结束日期|截止日期", NULL, NULL, 0, 10, repair_date },
	[PERSON_POST] = { "post", "职务", "post", "职位|职务职级|岗位", NULL, NULL, 0, 60 },
};

static struct contact contact_of(const struct sheet *s, const struct sheet_row *row)
{
	return (struct contact){ .unit_n = row->target_n,
		.scope = s->scope,
		.name = sheet_text(row, PERSON_NAME),
		.phone = sheet_text(row, PERSON_PHONE),
		.post = sheet_text(row, PERSON_POST),
		.mail = sheet_text(row, PERSON_MAIL),
		.duty = sheet_text(row, PERSON_DUTY),
		.from = sheet_text(row, PERSON_FROM),
		.to = sheet_text(row, PERSON_TO) };
}

static void refuse(struct sheet *s, struct sheet_row *row, int column, const char *zh, const char *en)
{
	struct err e = { 0 };
	err_texts(&e, ERR_INVALID, "", zh, en);
	sheet_fault(s, row, column, &e);
}

/* What one file says of persons and duties before any of it is written. */
struct said { struct sheet *s; struct map *persons, *duties; };

static struct span person_key(const struct sheet *s, const struct contact *c, int64_t person_n)
{
	if (person_n)
		return arena_printf(s->arena, "n%" PRId64, person_n);
	return c->phone.n ? arena_printf(s->arena, SPAN_FMT "\np" SPAN_FMT, SPAN_ARG(c->name),
		SPAN_ARG(c->phone))
			  : arena_printf(s->arena, SPAN_FMT "\nu%" PRId64, SPAN_ARG(c->name), c->unit_n);
}

/* A row is new if its duty is, or its person, in the first row about that one. */
static void act(struct said *m, struct sheet_row *row, const struct contact *c, const struct contact_found *f)
{
	bool first_person, first_duty = true;
	struct span key = person_key(m->s, c, f->person_n);
	map_put(m->persons, key, row->line, &first_person);
	if (c->duty.n)
		map_put(m->duties, arena_printf(m->s->arena, SPAN_FMT "\n%" PRId64 " " SPAN_FMT,
			SPAN_ARG(key), c->unit_n,
					   SPAN_ARG(c->duty)), row->line, &first_duty);
	if (!first_duty) {
		refuse(m->s, row, PERSON_DUTY, "同一人在同一单位的这项职责重复",
			"this duty of this person in this unit stands twice");
		return;
	}
	bool fresh = (c->duty.n && !f->duty_n) || (!f->person_n && first_person);
	row->action = fresh ? SHEET_NEW : f->changed ? SHEET_CHANGED : SHEET_UNCHANGED;
}

static bool compare_row(struct op *op, struct said *m, struct sheet_row *row, struct err *err)
{
	struct sheet *s = m->s;
	struct err e = { 0 };
	struct contact_found f;
	bool found;
	if (!duty_check_dates(sheet_text(row, PERSON_FROM), sheet_text(row, PERSON_TO), &e))
		sheet_fault(s, row, PERSON_TO, &e);
	if (!sheet_text(row, PERSON_UNIT).n || !sheet_text(row, PERSON_NAME).n)
		return true;
	if (!unit_find(op, sheet_text(row, PERSON_UNIT), &row->target_n, &found, err))
		return false;
	if (!found) {
		refuse(s, row, PERSON_UNIT, "没有这个单位（编码、名称、简称、别名都不是，或不唯一）",
			"there is no such unit (by code, name, short name or alias, or more than one)");
		return true;
	}
	if (!plan_in_scope(s->scope, row->target_n)) {
		refuse(s, row, PERSON_UNIT, "这个单位不在您的辖区内", "this unit is outside your area");
		return true;
	}
	struct contact c = contact_of(s, row);
	if (!contact_find(op, &c, &f, err))
		return false;
	if (f.several)
		refuse(s, row, PERSON_NAME, "已有多个同名人员，请先核对",
			"several persons have this name, please check them first");
	else
		act(m, row, &c, &f);
	return true;
}

static bool compare(struct op *op, struct sheet *s, struct err *err)
{
	CLEANUP(map_free_p) struct map *persons = map_new(s->rows.n + 1);
	CLEANUP(map_free_p) struct map *duties = map_new(s->rows.n + 1);
	struct said m = { s, persons, duties };
	for (size_t i = 0; i < s->rows.n; i++)
		if (!compare_row(op, &m, &s->rows.p[i], err))
			return false;
	return true;
}

static bool write(struct op *op, struct sheet *s, struct sheet_row *row, struct err *err)
{
	struct contact c = contact_of(s, row);
	return contact_write(op, &c, err);
}

static const struct sheet_kind person_sheet = {
	.name = "persons",
	.columns = columns,
	.n_columns = COUNT(columns),
	.compare = compare,
	.write = write,
};

const struct import_kind person_import_kind = {
	.name = "persons",
	.zh = "人员和职责",
	.en = "persons and their duties",
	.perm = PERM_PERSON_WRITE,
	.sheet = &person_sheet,
};

bool person_import(struct command_call *c, struct err *err)
{
	return sheet_command(c, &person_sheet, err);
}
