#include "people/person_file.h"

#include "people/person.h"

static const struct import_column columns[PERSON_COLUMNS] = {
	[PERSON_UNIT] = { "unit", "单位", true, 100, true },
	[PERSON_NAME] = { "name", "姓名", true, 60, true },
	[PERSON_DUTY] = { "duty", "职责", false, 20, false },
	[PERSON_PHONE] = { "phone", "电话", false, 40, false },
	[PERSON_MAIL] = { "mail", "邮箱", false, 120, false },
	[PERSON_FROM] = { "from", "起始日", false, 10, false },
	[PERSON_TO] = { "to", "离任日", false, 10, false },
	[PERSON_POST] = { "post", "职务", false, 60, false },
};

static void check_dates(struct import *m, struct import_row *row)
{
	struct err e = { 0 };
	for (int column = PERSON_FROM; column <= PERSON_TO; column++) {
		if (import_date(row->at[column], m->arena, &row->at[column]))
			continue;
		err_set(&e, ERR_INVALID, "不是日期（应为 2026-11-23 的样子）",
			"this is no date (write it like 2026-11-23)");
		import_refuse(m, row->line, column, &e);
		return;
	}
	if (!duty_check_dates(row->at[PERSON_FROM], row->at[PERSON_TO], &e))
		import_refuse(m, row->line, PERSON_TO, &e);
}

static void check_row(struct import *m, struct import_row *row)
{
	struct err e = { 0 };
	int duty = row->at[PERSON_DUTY].n ? import_word(row->at[PERSON_DUTY], duty_kinds, duty_kinds_zh) : -1;
	if (duty >= 0) {
		row->at[PERSON_DUTY] = span_of(duty_kinds[duty]);
	} else if (row->at[PERSON_DUTY].n) {
		err_set(&e, ERR_INVALID, "职责应为 chief、deputy、liaison_a、liaison_b 或 other",
			"the duty must be chief, deputy, liaison_a, liaison_b or other");
		import_refuse(m, row->line, PERSON_DUTY, &e);
	}
	if (!person_check_phone(row->at[PERSON_PHONE], &e))
		import_refuse(m, row->line, PERSON_PHONE, &e);
	if (!person_check_mail(row->at[PERSON_MAIL], &e))
		import_refuse(m, row->line, PERSON_MAIL, &e);
	check_dates(m, row);
}

bool person_file_read(struct import *m, struct stream *s, struct arena *a, struct err *err)
{
	*m = (struct import){ .columns = columns, .n_columns = COUNT(columns), .arena = a };
	if (!import_read(m, s, err))
		return false;
	for (size_t i = 0; i < m->rows.n; i++)
		if (m->rows.p[i].at[PERSON_NAME].p)
			check_row(m, &m->rows.p[i]);
	return true;
}
