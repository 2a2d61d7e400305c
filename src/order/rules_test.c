/* Rules: proposed, confirmed, never changed; what was begun keeps its own. */
#include "order/day_list.h"
#include "order/rules.h"
#include "order/testing.h"
#include "order/uncertain.h"

static const struct resource *const all[] = { &deadline_resource, &calendar_resource, &calendar_year_resource,
	&number_format_resource, &rule_resource, &unit_resource, &person_resource, &duty_resource,
	&user_resource,
	&asset_resource, &software_resource, &finding_resource, &order_resource };

static const json_t *quoted(struct city *c, const char *text, json_t **ret)
{
	struct err err = { 0 };
	char *copy = arena_copy(c->arena, span_of(text));
	for (char *p = copy; *p; p++)
		*p = *p == '\'' ? '"' : *p;
	city_must(json_parse(span_of(copy), 0, ret, &err), &err, text);
	return *ret;
}

/* The id of what was proposed; {NULL,0} if it was refused. */
static struct span propose(struct city *c, size_t who, const struct resource *r, const char *text,
	struct err *err)
{
	CLEANUP(json_free) json_t *j = NULL;
	struct record made;
	quoted(c, text, &j);
	*err = (struct err){ 0 };
	c->op.actor = &c->actors[who];
	bool ok = op_begin(&c->op, err) && resource_create(&c->op, r, j, &made, err) &&
		op_commit(&c->op, err);
	op_rollback(&c->op);
	c->op.actor = &c->actors[LOCAL];
	return ok ? made.id : (struct span){ NULL, 0 };
}

static bool apply(struct city *c, size_t who, const struct resource *r, struct span id, const char *verb,
	struct err *err)
{
	struct record rec;
	*err = (struct err){ 0 };
	c->op.actor = &c->actors[who];
	bool ok = op_begin(&c->op, err) &&
		resource_apply(&c->op, r, &(struct resource_request){ .id = id, .verb = span_of(verb) }, &rec,
		err) &&
		op_commit(&c->op, err);
	op_rollback(&c->op);
	c->op.actor = &c->actors[LOCAL];
	return ok;
}

#define DEADLINE(answer) \
	"{'name':'default','severity':'high','acknowledge_amount':4,'acknowledge_unit':'working_hour'," \
	"'answer_amount':" answer ",'answer_unit':'working_day','rework_amount':2," \
	"'rework_unit':'working_day'," \
	"'escalate_amount':1,'escalate_unit':'working_day','source':'湛网办〔2026〕3号'}"

static int64_t order_now(struct city *c, const char *name, int first)
{
	struct err err = { 0 };
	int64_t order, a = city_host(c, UNIT_A, name);
	city_found(c, a, city_software(c, a, "x", name, "1"), first, 1, "high");
	city_must(city_dispatch(c, DUTY, "U3", &order, &err), &err, "dispatch");
	return order;
}

static struct span due_of(struct city *c, int64_t order)
{
	char text[TIME_TEXT];
	return arena_span(c->arena,
		span_of(time_format(city_int(c, SQL("SELECT answer_due FROM orders WHERE n=?"),
		V(db_i(order))), text)));
}

static struct span clock_rule(struct city *c, int64_t order)
{
	return city_text(c, SQL("SELECT rule FROM clocks WHERE record_n=? AND kind='answer'"),
		V(db_i(order)));
}

static void deadlines(struct city *c)
{
	struct err err;
	int64_t before = order_now(c, "before", 100);
	test_case("a deadline is proposed, and holds for nobody yet");
	struct span id = propose(c, DUTY, &deadline_resource, DEADLINE("5"), &err);
	CHECK_OK(id.p, err);
	int64_t still = order_now(c, "still", 200);
	CHECK_SPAN(due_of(c, still), "2026-12-02T09:30:00.000Z");
	CHECK_SPAN(clock_rule(c, still), "default/2026.1 cn/2026.1 2026.1");
	test_case("who proposed it does not confirm it; a leader does");
	CHECK(!apply(c, DUTY, &deadline_resource, id, "confirm", &err) && err.code == ERR_FORBIDDEN);
	CHECK_OK(apply(c, LEADER, &deadline_resource, id, "confirm", &err), err);
	test_case("what is sent from now on goes by it, what was sent keeps its own");
	clock_fake(MONDAY + TIME_MINUTE);
	int64_t after = order_now(c, "after", 300);
	CHECK_SPAN(due_of(c, after), "2026-11-30T09:30:00.000Z");
	CHECK_SPAN(clock_rule(c, after), "default/2026.2 cn/2026.1 2026.1");
	CHECK_SPAN(due_of(c, before), "2026-12-02T09:30:00.000Z");
	CHECK_SPAN(clock_rule(c, before), "default/2026.1 cn/2026.1 2026.1");
	test_case("confirmed once, withdrawn no more");
	CHECK(!apply(c, LEADER, &deadline_resource, id, "confirm", &err) && err.code == ERR_CONFLICT);
	CHECK(!apply(c, DUTY, &deadline_resource, id, "withdraw", &err) && err.code == ERR_CONFLICT);
	test_case("one for later waits for its day");
	struct span later = propose(c, DUTY, &deadline_resource,
		"{'name':'default','severity':'high','acknowledge_amount':1,"
		"'acknowledge_unit':'working_hour',"
		"'answer_amount':1,'answer_unit':'working_day','rework_amount':1,'rework_unit':'working_day',"
		"'escalate_amount':1,'escalate_unit':'working_day','source':'x','effective_at':'2026-12-01'}",
		&err);
	CHECK_OK(later.p && apply(c, LEADER, &deadline_resource, later, "confirm", &err), err);
	CHECK_SPAN(clock_rule(c, order_now(c, "wait", 400)), "default/2026.2 cn/2026.1 2026.1");
	clock_fake(INT64_C(1796083200000)); /* 2026-12-01 08:00 in the city */
	CHECK_SPAN(clock_rule(c, order_now(c, "day", 500)), "default/2026.3 cn/2026.1 2026.1");
	clock_fake(MONDAY + 2 * TIME_MINUTE);
	test_case("a default that came with the program is confirmed as it is");
	struct span shipped =
		city_text(c, SQL("SELECT id FROM deadlines WHERE name='default' AND severity='low'"), V0);
	CHECK_OK(apply(c, LEADER, &deadline_resource, shipped, "confirm", &err), err);
	CHECK_INT(city_int(c, SQL("SELECT COALESCE(effective_at, 0) FROM deadlines WHERE severity='low' AND"
				  " state='confirmed' AND confirmed_by='leader'"), V0), 0);
}

#define TEN "一二三四五六七八九十"
#define LONG_CALENDAR TEN "一二三四五六"

static void refused(struct city *c)
{
	static const struct {
		const char *name;
		size_t who;
		const struct resource *r;
		const char *text, *field;
	} cases[] = {
		{ "answered before acknowledged", DUTY, &deadline_resource,
			"{'name':'default','severity':'high','acknowledge_amount':4,"
			"'acknowledge_unit':'working_day',"
			"'answer_amount':3,'answer_unit':'working_day','rework_amount':2,"
			"'rework_unit':'working_day',"
			"'escalate_amount':1,'escalate_unit':'working_day','source':'x'}",
			"answer_amount" },
		{ "no such calendar", DUTY, &calendar_year_resource,
			"{'calendar':'mars','year':2027,'days':'2027-01-01,off','source':'x'}", "calendar" },
		{ "a day of another year", DUTY, &calendar_year_resource,
			"{'year':2027,'days':'2026-01-01,off','source':'x'}", "days" },
		{ "without a source", DUTY, &calendar_year_resource, "{'year':2027,'days':'2027-01-01,off'}",
			"source" },
		{ "yesterday", DUTY, &rule_resource,
			"{'name':'archive_after_days','value':5,'source':'x','effective_at':'2026-11-21'}",
			"effective_at" },
		{ "hours that run back", DUTY, &calendar_resource,
			"{'morning_start':'08:30','morning_end':'08:00','afternoon_start':'14:00',"
			"'afternoon_end':'17:00',"
			"'source':'x'}",
			"morning_end" },
		{ "no time of day", DUTY, &calendar_resource,
			"{'morning_start':'8:30x','morning_end':'12:00','afternoon_start':'14:00',"
			"'afternoon_end':'17:00',"
			"'source':'x'}",
			"morning_start" },
		{ "a number without its serial", DUTY, &number_format_resource,
			"{'kind':'order','prefix':'a','pattern':'{prefix}〔{year}〕号','source':'x'}",
			"pattern" },
		{ "a number longer than anybody reads", DUTY, &number_format_resource,
			"{'kind':'order','prefix':'" TEN TEN TEN TEN "','pattern':'{prefix}" TEN TEN
			"{year}{serial}',"
			"'source':'x'}",
			"pattern" },
		{ "an unknown place", DUTY, &number_format_resource,
			"{'kind':'order','prefix':'a','pattern':'{prefix}{year}{serial}{month}',"
			"'source':'x'}", "pattern" },
		{ "by the county", COUNTY_OFFICER, &rule_resource,
			"{'name':'archive_after_days','value':5,'source':'x'}",
			"" },
		{ "by an analyst", ANALYST, &rule_resource,
			"{'name':'archive_after_days','value':5,'source':'x'}", "" },
	};
	struct err err;
	for (size_t i = 0; i < COUNT(cases); i++) {
		test_case("refused: %s", cases[i].name);
		CHECK(!propose(c, cases[i].who, cases[i].r, cases[i].text, &err).p);
		CHECK_STR(err.field, cases[i].field);
	}
}

static void numbers(struct city *c)
{
	struct err err;
	test_case("numbers follow their format from its confirmation on");
	struct span id = propose(c, DUTY, &number_format_resource,
		"{'kind':'order','prefix':'湛网改','pattern':'{prefix}字〔{year}〕第{serial}号','source':'x'}", &err);
	CHECK_OK(id.p && apply(c, LEADER, &number_format_resource, id, "confirm", &err), err);
	clock_fake(MONDAY + 3 * TIME_MINUTE);
	int64_t order = order_now(c, "number", 600);
	struct span number = city_text(c, SQL("SELECT number FROM orders WHERE n=?"), V(db_i(order)));
	CHECK(span_starts(number, SPAN("湛网改字〔2026〕第")));
	test_case("the longest prefix, with an office's name: the serial still tells numbers apart");
	struct rule_number longest = {
		.prefix = SPAN(TEN TEN TEN TEN "（" TEN TEN TEN TEN TEN TEN TEN TEN TEN "）"),
		.pattern = SPAN(TEN TEN TEN TEN TEN TEN TEN TEN "{prefix}{year}{serial}"),
	};
	CHECK(!span_eq(rule_number_fill(&c->op, &longest, 2026, 1),
		rule_number_fill(&c->op, &longest, 2026, 2)));
	test_case("the number in force is the one of that moment");
	int64_t days = 0, was = 0;
	id = propose(c, DUTY, &rule_resource, "{'name':'archive_after_days','value':5,'source':'x'}", &err);
	CHECK_OK(id.p && apply(c, LEADER, &rule_resource, id, "confirm", &err), err);
	CHECK_OK(rule_days(&c->op, "archive_after_days", MONDAY, &was, &err) &&
			rule_days(&c->op, "archive_after_days", MONDAY + TIME_HOUR, &days, &err),
		err);
	CHECK_INT(days, 5);
	CHECK(was != 5);
}

/* What is longer than a buffer must not be found by half its name: orders could not be returned or escalated,
 * and the holidays of the calendar would not count. */
static void long_names(struct city *c)
{
	struct err err;
	struct order_template t;
	struct calendar calendar;
	test_case("the longest name of a template, and that of a calendar, stay whole");
	struct span id = propose(c, DUTY, &calendar_resource,
		"{'name':'" LONG_CALENDAR "','morning_start':'09:00','morning_end':'12:00',"
		"'afternoon_start':'14:00','afternoon_end':'17:00','source':'x'}",
		&err);
	CHECK_OK(id.p && apply(c, LEADER, &calendar_resource, id, "confirm", &err), err);
	clock_fake(MONDAY + 4 * TIME_MINUTE);
	id = propose(c, DUTY, &calendar_year_resource,
		"{'calendar':'" LONG_CALENDAR "','year':2026,'days':'2026-12-31,off,x','source':'x'}", &err);
	CHECK_OK(id.p && apply(c, LEADER, &calendar_year_resource, id, "confirm", &err), err);
	id = propose(c, DUTY, &deadline_resource,
		"{'name':'" TEN TEN TEN TEN "','severity':'high','acknowledge_amount':4,"
		"'acknowledge_unit':'working_hour','answer_amount':3,'answer_unit':'working_day',"
		"'rework_amount':2,'rework_unit':'working_day','escalate_amount':1,"
		"'escalate_unit':'working_day','calendar':'" LONG_CALENDAR "','source':'x'}",
		&err);
	CHECK_OK(id.p && apply(c, LEADER, &deadline_resource, id, "confirm", &err), err);
	clock_fake(MONDAY + 5 * TIME_MINUTE);
	CHECK_OK(order_template_find(&c->op, SPAN(TEN TEN TEN TEN), SPAN("high"), &t, &err) &&
			calendar_load(&c->op, t.calendar, &calendar, &err),
		err);
	CHECK_STR(t.name, TEN TEN TEN TEN);
	CHECK_STR(calendar.name, LONG_CALENDAR);
	CHECK_INT(calendar.n_days, 1);
}

static void holidays(struct city *c)
{
	struct err err;
	int64_t next;
	struct str shown = STR_IN(c->arena, 1 << 20);
	clock_fake(INT64_C(1798506000000)); /* 2026-12-29 09:00 in the city */
	int64_t order = order_now(c, "uncertain", 700);
	int64_t certain =
		city_int(c, SQL("SELECT max(record_n) FROM clocks WHERE confirmed=1 AND kind='answer'"), V0);
	struct span kept = due_of(c, certain);
	test_case("over days that nobody knows a clock says so");
	CHECK_SPAN(clock_rule(c, order), "default/2026.3 cn/2026.1 2026.1");
	clock_fake(INT64_C(1798765200000)); /* 2027-01-01 09:00 */
	order = order_now(c, "new year", 800);
	CHECK_SPAN(due_of(c, order), "2027-01-04T09:30:00.000Z");
	CHECK_SPAN(clock_rule(c, order), "default/2026.3 cn/2026.1 2027?");
	CHECK_INT(city_int(c, SQL("SELECT confirmed FROM clocks WHERE record_n=? AND kind='answer'"),
		V(db_i(order))), 0);
	test_case("it is shown what a list would change");
	struct day_list l;
	CHECK_OK(day_list_read(SPAN("2027-01-01,off\n2027-01-04,off\n2027-01-09,work"), 2027, c->arena, &l,
		&err), err);
	CHECK_OK(uncertain_show(&c->op, SPAN("cn"), 2027, &l, &shown, &err), err);
	CHECK(strstr(str_z(&shown), "\"would_be\":\"2027-01-05T09:30:00.000Z\",\"moves\":true"));
	test_case("nothing moves before the list is confirmed");
	struct span id = propose(c, DUTY, &calendar_year_resource,
		"{'year':2027,'days':'2027-01-01,off,元旦\\n2027-01-04 休 元旦\\n2027-01-09,班',"
		"'source':'国务院办公厅通知'}",
		&err);
	CHECK_OK(id.p && order_uncertain_tick(&c->op, &next, &err), err);
	CHECK_SPAN(due_of(c, order), "2027-01-04T09:30:00.000Z");
	test_case("then what was uncertain is counted again, with a step; what was certain stays");
	CHECK_OK(apply(c, LEADER, &calendar_year_resource, id, "confirm", &err), err);
	clock_fake(INT64_C(1798765200000) + TIME_MINUTE);
	CHECK_OK(order_uncertain_tick(&c->op, &next, &err), err);
	CHECK_SPAN(due_of(c, order), "2027-01-05T09:30:00.000Z");
	CHECK_SPAN(clock_rule(c, order), "default/2026.3 cn/2026.1 2027.1");
	CHECK_INT(city_int(c,
		SQL("SELECT count(*) FROM steps WHERE resource='order' AND record_n=? AND verb='recount'"),
			  V(db_i(order))),
		2);
	CHECK(span_eq(due_of(c, certain), kept));
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM clocks WHERE confirmed=0"), V0), 0);
	test_case("once is enough");
	CHECK_OK(order_uncertain_tick(&c->op, &next, &err), err);
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM steps WHERE verb='recount'"), V0), 2);
	test_case("the list is kept in one form, its edition named after its year");
	CHECK_SPAN(city_text(c, SQL("SELECT days FROM calendar_years WHERE edition='2027.1'"), V0),
		"2027-01-01,off,元旦\n2027-01-04,off,元旦\n2027-01-09,work,");
	test_case("a second list for the year takes the place of the first");
	id = propose(c, DUTY, &calendar_year_resource, "{'year':2027,'days':'2027-01-01,off','source':'x'}",
		&err);
	CHECK_OK(id.p && apply(c, LEADER, &calendar_year_resource, id, "confirm", &err), err);
	clock_fake(INT64_C(1798765200000) + 2 * TIME_MINUTE);
	struct calendar cn;
	CHECK_OK(calendar_load(&c->op, SPAN("cn"), &cn, &err), err);
	CHECK(calendar_is_working(&cn, time_days((struct time_date){ 2027, 1, 4 })));
	CHECK(!calendar_is_working(&cn, time_days((struct time_date){ 2027, 1, 9 })));
	CHECK(!calendar_is_working(&cn, time_days((struct time_date){ 2026, 10, 1 })));
	CHECK_OK(order_uncertain_tick(&c->op, &next, &err), err);
	CHECK_SPAN(due_of(c, order), "2027-01-05T09:30:00.000Z");
}

int main(void)
{
	struct city c;
	city_open(&c, "rules");
	resource_register(all, COUNT(all));
	deadlines(&c);
	refused(&c);
	numbers(&c);
	long_names(&c);
	holidays(&c);
	city_close(&c);
	return test_end();
}
