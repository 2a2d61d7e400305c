/* Deadlines as a resource: for each template and severity until when to acknowledge, to answer, to do it
 * again, and after which time it rises a level. */
#include "order/room.h"
#include "order/rules.h"

#include <stdio.h>

static const char *const severities[] = { "critical", "high", "medium", "low", "none", NULL };
static const char *const units[] = { "working_day", "working_hour", "day", "hour", NULL };

static const struct field fields[] = {
	{ "name", FIELD_TEXT, REQUIRED | FILTER | LIST, 1, 40,
		.zh = "模板，default 用于隐患整改，task、declaration、notice 用于同名的单",
		.en =
			"template, default is for findings; task, declaration and notice for the orders of "
			"that kind" },
	{ "severity", FIELD_ENUM, REQUIRED | FILTER | LIST, .values = severities, .zh = "等级",
		.en = "severity" },
	{ "acknowledge_amount", FIELD_INT, REQUIRED | LIST, 1, 1000, .zh = "签收时限", .en = "to acknowledge" },
	{ "acknowledge_unit", FIELD_ENUM, REQUIRED | LIST, .values = units, .zh = "签收时限单位",
		.en = "unit of acknowledging" },
	{ "answer_amount", FIELD_INT, REQUIRED | LIST, 1, 1000, .zh = "反馈时限", .en = "to answer" },
	{ "answer_unit", FIELD_ENUM, REQUIRED | LIST, .values = units, .zh = "反馈时限单位",
		.en = "unit of answering" },
	{ "rework_amount", FIELD_INT, REQUIRED | LIST, 1, 1000, .zh = "退回后时限", .en = "after a return" },
	{ "rework_unit", FIELD_ENUM, REQUIRED | LIST, .values = units, .zh = "退回后时限单位",
		.en = "unit after a return" },
	{ "escalate_amount", FIELD_INT, REQUIRED | LIST, 1, 1000, .zh = "超期后提级，再过多久",
		.en = "to escalate, after a missed deadline" },
	{ "escalate_unit", FIELD_ENUM, REQUIRED | LIST, .values = units, .zh = "提级时限单位",
		.en = "unit of escalating" },
	{ "calendar", FIELD_TEXT, 0, 0, 16, .zh = "日历，缺省为 cn", .en = "calendar, cn unless another is named" },
	RULE_FIELDS(RULE_IN_FORCE("deadlines", "o.name=t.name AND o.severity=t.severity")),
};

static int64_t end_of(const struct record *r, const struct calendar *c, int64_t from, const char *what)
{
	char amount[32], unit[32];
	enum calendar_unit u = CALENDAR_HOUR;
	bool published;
	snprintf(amount, sizeof amount, "%s_amount", what);
	snprintf(unit, sizeof unit, "%s_unit", what);
	(void)calendar_unit_find(record_text(r, unit), &u);
	return calendar_end(c, from, record_int(r, amount), u, &published);
}

/* Nobody answers before he has acknowledged: seen from a Monday morning without holidays behind it. */
static bool check_order(const struct record *r, const struct calendar *c, struct err *err)
{
	struct calendar plain = *c;
	int64_t monday = 4 * TIME_DAY - c->offset + c->open[0]; /* 1970-01-05 */
	plain.n_days = 0;
	return end_of(r, &plain, monday, "acknowledge") <= end_of(r, &plain, monday, "answer") ||
		err_field(err, "answer_amount", "反馈时限不应短于签收时限",
			"the time to answer must not be shorter than that to acknowledge");
}

static bool check(struct op *op, const struct record *before, struct record *after, struct err *err)
{
	struct calendar c;
	int64_t count = 0, year = rule_year(op);
	bool found;
	if (!record_text(after, "calendar").n)
		record_set(after, "calendar", db_z("cn"));
	if (!rule_check(op, before, after, err))
		return false;
	if (!calendar_load(op, record_text(after, "calendar"), &c, err)) {
		if (err->code != ERR_NOT_FOUND)
			return false;
		*err = (struct err){ 0 };
		return err_field(err, "calendar", "没有这个日历", "there is no such calendar");
	}
	return check_order(after, &c, err) &&
		db_int(op_db(op),
			SQL("SELECT count(*) FROM deadlines WHERE name=? AND severity=? AND substr(edition, "
			"1, 4)=?"),
			V(record_get(after, "name"), record_get(after, "severity"),
				db_t(arena_printf(op->arena, "%04lld", (long long)year))),
			&count, &found, err) &&
		rule_edition(op, after, year, count);
}

const struct resource deadline_resource = {
	.name = "deadline",
	.path = "deadlines",
	.table = "deadlines",
	.zh = "时限规则，各类单按等级的签收、反馈和提级时限；只增不改",
	.en =
		"deadline rule, until when orders are acknowledged and answered, and when they rise; never "
		"changed",
	.fields = fields,
	.n_fields = COUNT(fields),
	.label = "name",
	.read = PERM_RULE_READ,
	.write = PERM_RULE_WRITE,
	.ops = RESOURCE_CREATE,
	.life = &rule_life,
	.check = check,
	.after = rule_after,
	.may = rule_may,
	.apply = rule_apply,
};
