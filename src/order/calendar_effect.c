/* What a year's list would change, before anybody confirms it: against the list in force, and for the clocks
 * that run. */
#include "order/calendar.h"
#include "order/day_list.h"
#include "order/rules.h"
#include "order/uncertain.h"

static void add_day(struct str *out, const char *sep, int64_t day)
{
	char text[TIME_DATE_TEXT];
	str_addf(out, "%s\"%s\"", sep, time_format_date(time_date_of_days(day), text));
}

/* Both lists are of one year; what a list does not name is a working day from Monday to Friday. */
static void compare(const struct calendar *now, const struct calendar *then, int64_t year, struct str *out)
{
	int64_t first = time_days((struct time_date){ (int)year, 1, 1 }),
		last = time_days((struct time_date){ (int)year + 1, 1, 1 });
	int64_t working[2] = { 0, 0 };
	const char *sep = "";
	struct str work = STR_IN(out->arena, 16384);
	str_addz(out, ",\"now_off\":[");
	for (int64_t day = first; day < last; day++) {
		bool is = calendar_is_working(now, day), will = calendar_is_working(then, day);
		working[0] += is;
		working[1] += will;
		if (is && !will) {
			add_day(out, sep, day);
			sep = ",";
		}
		if (!is && will)
			add_day(&work, work.n ? "," : "", day);
	}
	str_addz(out, "],\"now_working\":[");
	str_add(out, str_span(&work));
	str_addf(out, "],\"working_days\":%lld,\"working_days_before\":%lld", (long long)working[1],
		(long long)working[0]);
}

static bool show(struct op *op, struct span name, int64_t year, const struct day_list *l, struct str *out,
	struct err *err)
{
	struct calendar now, then;
	bool known = false;
	if (!calendar_load(op, name, &now, err))
		return false;
	then = now;
	calendar_with_year(&then, year, l, op->arena);
	for (size_t i = 0; i < now.n_years; i++)
		known = known || now.years[i].year == year;
	str_addf(out, "{\"year\":%lld,\"known_before\":%s,\"days\":[", (long long)year,
		known ? "true" : "false");
	for (size_t i = 0; i < l->n; i++) {
		char text[TIME_DATE_TEXT];
		str_addf(out, "%s{\"day\":\"%s\",\"weekday\":%d,\"working\":%s,\"name\":", i ? "," : "",
			time_format_date(time_date_of_days(l->at[i].day), text), time_weekday(l->at[i].day),
			l->at[i].working ? "true" : "false");
		str_add_json(out, l->at[i].name);
		str_addc(out, '}');
	}
	str_addc(out, ']');
	compare(&now, &then, year, out);
	if (!uncertain_show(op, name, year, l, out, err))
		return false;
	str_addc(out, '}');
	return str_check(out, err);
}

static bool preview(struct call *c, struct err *err)
{
	struct day_list l;
	json_t *number = json_object_get(c->json, "year");
	int64_t year = json_is_integer(number) ? json_integer_value(number) : 0;
	struct span name = json_get_text(c->json, "calendar");
	if (year < 2000 || year > 2200)
		return err_field(err, "year", "“年份”应为 2000 到 2200 的整数", "year must be from 2000 to 2200");
	return day_list_read(json_get_text(c->json, "days"), (int)year, c->op->arena, &l, err) &&
		show(c->op, name.n ? name : SPAN("cn"), year, &l, c->out, err);
}

static bool effect(struct call *c, struct err *err)
{
	struct day_list l;
	struct record r;
	return resource_get(c->op, &calendar_year_resource, c->params[0], &r, err) &&
		day_list_read(record_text(&r, "days"), (int)record_int(&r, "year"), c->op->arena, &l, err) &&
		show(c->op, record_text(&r, "calendar"), record_int(&r, "year"), &l, c->out, err);
}

/* ---- who proposed and confirmed an edition, and when ---- */

static bool steps_of(struct call *c, const struct resource *of, struct err *err)
{
	struct record r;
	return resource_get(c->op, of, c->params[0], &r, err) &&
		finding_timeline_json(c, &(struct finding_timeline){ of->name, r.n }, c->out, err);
}

static bool deadline_steps(struct call *c, struct err *err)
{
	return steps_of(c, &deadline_resource, err);
}

static bool calendar_steps(struct call *c, struct err *err)
{
	return steps_of(c, &calendar_resource, err);
}

static bool year_steps(struct call *c, struct err *err)
{
	return steps_of(c, &calendar_year_resource, err);
}

static bool number_steps(struct call *c, struct err *err)
{
	return steps_of(c, &number_format_resource, err);
}

static bool rule_steps(struct call *c, struct err *err)
{
	return steps_of(c, &rule_resource, err);
}

#define STEPS_ROUTE(path, handler, zh, en) \
	{ "GET", "/api/v1/" path "/{id}/steps", handler, PERM_RULE_READ, 0, 0, zh "的经过", \
		en ": who proposed and confirmed it, and when" }

#define DATES "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"
#define ANSWER \
	"{\"type\":\"object\",\"required\":[\"year\",\"known_before\",\"days\",\"now_off\",\"now_working\"," \
	"\"working_days\",\"working_days_before\",\"clocks\"]," \
	"\"properties\":{\"year\":{\"type\":\"integer\"}," \
	"\"known_before\":{\"type\":\"boolean\"},\"days\":{\"type\":\"array\"," \
	"\"items\":{\"type\":\"object\"," \
	"\"required\":[\"day\",\"weekday\",\"working\",\"name\"]," \
	"\"properties\":{\"day\":{\"type\":\"string\"}," \
	"\"weekday\":{\"type\":\"integer\"},\"working\":{\"type\":\"boolean\"}," \
	"\"name\":{\"type\":\"string\"}}}}," \
	"\"now_off\":" DATES ",\"now_working\":" DATES ",\"working_days\":{\"type\":\"integer\"}," \
	"\"working_days_before\":{\"type\":\"integer\"},\"clocks\":{\"type\":\"object\"," \
	"\"required\":[\"later\"," \
	"\"kept\",\"items\"],\"properties\":{\"later\":{\"type\":\"integer\"}," \
	"\"kept\":{\"type\":\"integer\"}," \
	"\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"order_id\"," \
	"\"number\"," \
	"\"unit\",\"kind\",\"due\",\"would_be\",\"moves\"]," \
	"\"properties\":{\"order_id\":{\"type\":\"string\"}," \
	"\"number\":{\"type\":\"string\"},\"unit\":{\"type\":\"string\"},\"kind\":{\"type\":\"string\"}," \
	"\"due\":{\"type\":\"string\"},\"would_be\":{\"type\":\"string\"}," \
	"\"moves\":{\"type\":\"boolean\"}}}}}}}}"

const struct route order_rule_routes[] = {
	{ "POST", "/api/v1/calendar_years/preview", preview, PERM_RULE_WRITE, 128 * 1024, 0,
		"读出一年的放假调休，说明会改变什么，不保存",
		"a year's holidays as they are read, and what they would change; keeps nothing",
		"{\"type\":\"object\",\"required\":[\"year\",\"days\"],"
		"\"properties\":{\"calendar\":{\"type\":"
		"\"string\"},\"year\":{\"type\":\"integer\"},\"days\":{\"type\":\"string\"}}}",
		ANSWER },
	{ "GET", "/api/v1/calendar_years/{id}/effect", effect, PERM_RULE_READ, 0, 0,
		"拟定的节假日安排生效会改变什么", "what a proposed list of holidays would change", NULL, ANSWER },
	STEPS_ROUTE("deadlines", deadline_steps, "时限规则", "a deadline"),
	STEPS_ROUTE("calendars", calendar_steps, "上班时间", "office hours"),
	STEPS_ROUTE("calendar_years", year_steps, "节假日安排", "a year's holidays"),
	STEPS_ROUTE("number_formats", number_steps, "发文字号", "a number format"),
	STEPS_ROUTE("rules", rule_steps, "天数规则", "a rule of days"),
};
const size_t order_rule_routes_count = COUNT(order_rule_routes);
