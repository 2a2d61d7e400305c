/* The persons that the rows of a list of units name. */
#include "people/unit_sheet.h"

static const int first_of[UNIT_CONTACTS] = { UNIT_CHIEF, UNIT_DEPUTY, UNIT_LIAISON_A, UNIT_LIAISON_B };
static const int duty_of[UNIT_CONTACTS] = { DUTY_CHIEF, DUTY_DEPUTY, DUTY_LIAISON_A, DUTY_LIAISON_B };

bool unit_contact_of(const struct sheet *s, const struct sheet_row *row, size_t i, int64_t unit_n,
	struct contact *ret)
{
	int at = first_of[i];
	*ret = (struct contact){ .unit_n = unit_n,
		.scope = s->scope,
		.name = sheet_text(row, at + CONTACT_NAME),
		.phone = sheet_text(row, at + CONTACT_PHONE),
		.post = sheet_text(row, at + CONTACT_POST),
		.mail = sheet_text(row, at + CONTACT_MAIL),
		.duty = span_of(duty_kinds[duty_of[i]]),
		.from = SPAN(""),
		.to = SPAN(""),
		.replace = true };
	return ret->name.n > 0;
}

/* "张三13812345678": the number goes to its column when that is empty. */
static void split_number(struct unit_index *x, struct sheet_row *row, int at)
{
	struct span name, phone, shown;
	struct err e = { 0 };
	struct repaired r = { .value = SPAN("") };
	if (!repair_split_contact(sheet_text(row, at + CONTACT_NAME), x->s->arena, &name, &phone))
		return;
	if (sheet_text(row, at + CONTACT_PHONE).n == 0) {
		repair_phone(phone, NULL, x->s->arena, &r);
		if (r.mark == REPAIR_FAULT) {
			sheet_fault(x->s, row, at + CONTACT_PHONE, &r.why);
			return;
		}
		row->value[at + CONTACT_PHONE] = r.value;
	}
	shown = utf8_cut(name, 40);
	err_set(&e, ERR_INVALID, "姓名和电话已分开：“" SPAN_FMT "”、" SPAN_FMT,
		"name and number put apart: \"" SPAN_FMT "\", " SPAN_FMT,
		SPAN_ARG(shown), SPAN_ARG(phone));
	sheet_repaired(x->s, row, at + CONTACT_NAME, name, &e);
}

/* "张三、李四" among the liaisons: A and B, with their numbers, when B is free. */
static void split_liaisons(struct unit_index *x, struct sheet_row *row)
{
	enum { A = UNIT_LIAISON_A, B = UNIT_LIAISON_B };
	struct span names[3], phones[3];
	struct err e = { 0 };
	size_t n = repair_split(sheet_text(row, A + CONTACT_NAME), names, COUNT(names));
	size_t m = repair_split(sheet_text(row, A + CONTACT_PHONE), phones, COUNT(phones));
	if (n != 2 || sheet_text(row, B + CONTACT_NAME).n)
		return;
	err_set(&e, ERR_INVALID, "一格里有两个人名：建议 A角 " SPAN_FMT "，B角 " SPAN_FMT,
		"two names in one cell: A " SPAN_FMT ", B " SPAN_FMT,
		SPAN_ARG(names[0]), SPAN_ARG(names[1]));
	if (!sheet_propose(x->s, row, A + CONTACT_NAME, names[0], &e))
		return;
	row->value[B + CONTACT_NAME] = names[1];
	if (m == 2) {
		row->value[A + CONTACT_PHONE] = phones[0];
		row->value[B + CONTACT_PHONE] = phones[1];
	}
}

static void tidy_contact(struct unit_index *x, struct sheet_row *row, size_t i)
{
	int at = first_of[i];
	struct repaired r = { .value = SPAN("") };
	struct err e = { 0 };
	if (at == UNIT_LIAISON_A)
		split_liaisons(x, row);
	split_number(x, row, at);
	struct span name = sheet_text(row, at + CONTACT_NAME);
	if (!name.n) {
		if (sheet_text(row, at + CONTACT_PHONE).n && row->value[at + CONTACT_NAME].p) {
			err_set(&e, ERR_INVALID, "有电话，没有姓名", "a number without a name");
			sheet_fault(x->s, row, at + CONTACT_NAME, &e);
		}
		return;
	}
	repair_name(name, NULL, x->s->arena, &r);
	bool said = false;
	for (size_t k = 0; k < row->faults.n; k++)
		said = said || (row->faults.p[k].column == at + CONTACT_NAME &&
			row->faults.p[k].mark == REPAIR_PROPOSED);
	if (r.mark == REPAIR_FAULT && !said)
		sheet_fault(x->s, row, at + CONTACT_NAME, &r.why);
	else if (r.mark == REPAIR_REPAIRED)
		sheet_repaired(x->s, row, at + CONTACT_NAME, r.value, &r.why);
}

static bool check_one(struct unit_index *x, struct sheet_row *row, const struct contact *c, int column,
	bool *ret_changed, struct err *err)
{
	struct contact_found f;
	struct err e = { 0 };
	struct span name = utf8_cut(c->name, 30);
	if (!contact_find(x->op, c, &f, err))
		return false;
	if (f.several) {
		err_set(&e, ERR_INVALID, "已有几个叫“" SPAN_FMT "”的人员，请写上电话",
			"several persons are named \"" SPAN_FMT "\", give the number",
			SPAN_ARG(name));
		sheet_fault(x->s, row, column, &e);
		return true;
	}
	*ret_changed = *ret_changed || !f.person_n || !f.duty_n || f.changed;
	if (!f.holder.n)
		return true;
	struct span holder = utf8_cut(f.holder, 30);
	err_set(&e, ERR_INVALID, "现任为“" SPAN_FMT "”，将由“" SPAN_FMT "”接替，前者今日起离任",
		"today \"" SPAN_FMT "\"; \"" SPAN_FMT "\" takes over, the former's duty ends today",
		SPAN_ARG(holder),
		SPAN_ARG(name));
	(void)sheet_propose(x->s, row, column, c->name, &e);
	*ret_changed = true;
	return true;
}

bool unit_take_contacts(
	struct unit_index *x, struct sheet_row *row, int64_t unit_n, bool *ret_changed, struct err *err)
{
	for (size_t i = 0; i < UNIT_CONTACTS; i++)
		tidy_contact(x, row, i);
	for (size_t i = 0; i < UNIT_CONTACTS; i++) {
		struct contact c;
		if (unit_contact_of(x->s, row, i, unit_n, &c) && !row->bad &&
			!check_one(x, row, &c, first_of[i] + CONTACT_NAME, ret_changed, err))
			return false;
	}
	return true;
}
