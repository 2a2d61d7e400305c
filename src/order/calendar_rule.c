/* Calendars as resources: office hours, and each year's holidays and worked weekends. */
#include "order/calendar.h"
#include "order/day_list.h"
#include "order/rules.h"

#include <stdio.h>

/* ---- office hours ---- */

static const struct field hours_fields[] = {
	{ "name", FIELD_TEXT, FILTER | LIST, 0, 16, .zh = "日历，缺省为 cn",
		.en = "calendar, cn unless another is named" },
	{ "zone", FIELD_TEXT, READ_ONLY, 0, 6, .zh = "时区", .en = "zone" },
	{ "morning_start", FIELD_TEXT, REQUIRED | LIST, 5, 5, .zh = "上午上班，如 08:30",
		.en = "morning from, like 08:30" },
	{ "morning_end", FIELD_TEXT, REQUIRED | LIST, 5, 5, .zh = "上午下班", .en = "morning until" },
	{ "afternoon_start", FIELD_TEXT, REQUIRED | LIST, 5, 5, .zh = "下午上班", .en = "afternoon from" },
	{ "afternoon_end", FIELD_TEXT, REQUIRED | LIST, 5, 5, .zh = "下午下班", .en = "afternoon until" },
	RULE_FIELDS(RULE_IN_FORCE("calendars", "o.name=t.name")),
};

static bool check_hours(const struct record *r, struct err *err)
{
	static const char *const names[] = { "morning_start", "morning_end", "afternoon_start",
		"afternoon_end" };
	int64_t before = -1;
	for (size_t i = 0; i < COUNT(names); i++) {
		int64_t at;
		if (!calendar_clock(record_text(r, names[i]), &at))
			return err_field(err, names[i], "%.0s应为时刻，如 08:30",
				"%s must be a time of day, like 08:30",
				names[i]);
		if (at < before + (i == 2 ? 0 : 1))
			return err_field(err, names[i], "%.0s上下班时间应依次在后", "%s must come after the one before",
				names[i]);
		before = at;
	}
	return true;
}

static bool check_calendar(struct op *op, const struct record *before, struct record *after, struct err *err)
{
	int64_t count = 0, year = rule_year(op);
	bool found;
	if (!record_text(after, "name").n)
		record_set(after, "name", db_z("cn"));
	record_set(after, "zone", db_z("+08:00")); /* the whole country */
	return check_hours(after, err) && rule_check(op, before, after, err) &&
		db_int(op_db(op),
		SQL("SELECT count(*) FROM calendars WHERE name=? AND substr(edition, 1, 4)=?"),
			V(record_get(after, "name"), db_t(arena_printf(op->arena, "%04lld",
			(long long)year))),
			&count, &found, err) &&
		rule_edition(op, after, year, count);
}

const struct resource calendar_resource = {
	.name = "calendar",
	.path = "calendars",
	.table = "calendars",
	.zh = "上班时间，时限按它计算；只增不改",
	.en = "office hours, by which deadlines are counted; never changed",
	.fields = hours_fields,
	.n_fields = COUNT(hours_fields),
	.label = "name",
	.read = PERM_RULE_READ,
	.write = PERM_RULE_WRITE,
	.ops = RESOURCE_CREATE,
	.life = &rule_life,
	.check = check_calendar,
	.after = rule_after,
	.may = rule_may,
	.apply = rule_apply,
};

/* ---- a year's list ---- */

static const struct field year_fields[] = {
	{ "calendar", FIELD_TEXT, FILTER | LIST, 0, 16, .zh = "日历，缺省为 cn",
		.en = "calendar, cn unless another is named" },
	{ "year", FIELD_INT, REQUIRED | FILTER | LIST, 2000, 2200, .zh = "年份", .en = "year" },
	{ "days", FIELD_LONG, REQUIRED, 1, DAY_LIST_TEXT_MAX,
		.zh = "放假和调休，每行一天：2027-01-01,休,元旦；也可粘贴国务院办公厅通知的原文",
		.en =
			"holidays and worked weekends, one a line: 2027-01-01,off,元旦; or the text of the "
			"State Council's"
		      " notice" },
	RULE_FIELDS(RULE_IN_FORCE("calendar_years", "o.calendar=t.calendar AND o.year=t.year")),
};

static bool check_year(struct op *op, const struct record *before, struct record *after, struct err *err)
{
	struct str days = STR_IN(op->arena, 64 * 1024);
	struct day_list l;
	struct calendar c;
	int64_t count = 0, year = record_int(after, "year");
	bool found;
	if (!record_text(after, "calendar").n)
		record_set(after, "calendar", db_z("cn"));
	if (!rule_check(op, before, after, err) ||
		!day_list_read(record_text(after, "days"), (int)year, op->arena, &l, err))
		return false;
	day_list_write(&l, &days);
	record_set(after, "days", db_t(str_span(&days)));
	if (!calendar_load(op, record_text(after, "calendar"), &c, err)) {
		if (err->code != ERR_NOT_FOUND)
			return false;
		*err = (struct err){ 0 };
		return err_field(err, "calendar", "没有这个日历", "there is no such calendar");
	}
	return str_check(&days, err) &&
		db_int(op_db(op), SQL("SELECT count(*) FROM calendar_years WHERE calendar=? AND year=?"),
			V(record_get(after, "calendar"), db_i(year)), &count, &found, err) &&
		rule_edition(op, after, year, count);
}

const struct resource calendar_year_resource = {
	.name = "calendar_year",
	.path = "calendar_years",
	.table = "calendar_years",
	.zh = "节假日安排，一年的放假和调休；只增不改",
	.en = "year's holidays, and the weekends that are worked; never changed",
	.fields = year_fields,
	.n_fields = COUNT(year_fields),
	.label = "year",
	.read = PERM_RULE_READ,
	.write = PERM_RULE_WRITE,
	.ops = RESOURCE_CREATE,
	.life = &rule_life,
	.check = check_year,
	.after = rule_after,
	.may = rule_may,
	.apply = rule_apply,
};
