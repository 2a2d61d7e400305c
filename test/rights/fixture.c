/* Fresh records of unit A1 (and of nobody), each made through the interface by someone who may. */
#include <time.h>

#include "rights.h"

const struct house_account rights_accounts[] = {
	{ "duty", "duty_officer", "CITY" },
	{ "analyst", "analyst", "CITY" },
	{ "leader", "leader", "CITY" },
	{ "county", "county_officer", "CO-A" },
	{ "liaison", "unit_liaison", "A1" },
	{ "system", "system_admin", "CITY" },
	{ "security", "security_admin", "CITY" },
	{ "auditor", "auditor", "CITY" },
	{ "county_b", "county_officer", "CO-B" },
	{ "liaison_2", "unit_liaison", "A2" },
	{ "security2", "security_admin", "CITY" },
	{ "spare", "leader", "CITY" },
};
const size_t rights_accounts_count = COUNT(rights_accounts);

static const struct fixture {
	const char *name, *needs, *as, *method, *path, *json, *save;
} fixtures[] = {
	{ "division", NULL, "duty", "POST", "/api/v1/divisions",
		"{\"code\":\"Z{fresh}\",\"name\":\"zone\",\"level\":\"zone\",\"gb_code\":\"440800\"}",
		"division /id" },
	{ "unit", NULL, "duty", "POST", "/api/v1/units",
		"{\"code\":\"U{fresh}\",\"name\":\"unit "
		"{fresh}\",\"kind\":\"public_body\",\"parent_id\":\"{a1}\"}",
		"unit /id" },
	{ "person", NULL, "duty", "POST", "/api/v1/persons", "{\"unit_id\":\"{a1}\",\"name\":\"P{fresh}\"}",
		"person /id" },
	{ "duty", "person", "duty", "POST", "/api/v1/duties",
		"{\"person_id\":\"{person}\",\"unit_id\":\"{a1}\",\"kind\":\"chief\"}", "duty /id" },
	{ "user", NULL, "security", "POST", "/api/v1/users", "{\"name\":\"u{fresh}\"}", "user /id" },
	{ "grant", "user", "security", "POST", "/api/v1/grants",
		"{\"user_id\":\"{user}\",\"role\":\"unit_liaison\",\"unit_id\":\"{a1}\"}", "grant /id" },
	{ "token", "user", "security", "POST", "/api/v1/users/{user}/tokens", "{\"days\":1}", "token /id" },
	{ "asset", NULL, "duty", "POST", "/api/v1/assets",
		"{\"kind\":\"host\",\"name\":\"h{fresh}\",\"unit_id\":\"{a1}\"}", "asset /id" },
	{ "software", "asset", "duty", "POST", "/api/v1/software",
		"{\"asset_id\":\"{asset}\",\"vendor\":\"apache\",\"product\":\"httpd\",\"product_version\":"
		"\"2.4.46\"}",
		"software /id" },
	{ "asked", NULL, "duty", "POST", "/api/v1/orders",
		"{\"kind\":\"declaration\",\"title\":\"t{fresh}\",\"to\":{\"units\":[\"{a1}\"]}}",
		"order /orders/0/id" },
	{ "declaration", NULL, "liaison", "POST", "/api/v1/declarations",
		"{\"unit_id\":\"{a1}\",\"name\":\"d{fresh}\"}", "declaration /id" },
	{ "submitted", "declaration", "liaison", "POST", "/api/v1/declarations/{declaration}/submit", "{}",
		NULL },
	{ "finding", NULL, "duty", "POST", "/api/v1/findings",
		"{\"unit_id\":\"{a1}\",\"kind\":\"report\",\"severity\":\"high\",\"title\":\"f{fresh}\"}",
		"finding /id" },
	{ "pool", NULL, "duty", "POST", "/api/v1/findings",
		"{\"kind\":\"report\",\"severity\":\"high\",\"title\":\"f{fresh}\"}", "finding /id" },
	{ "false_positive", "finding", "duty", "POST", "/api/v1/findings/{finding}/false_positive",
		"{\"reason\":\"r\"}", NULL },
	{ "sent", "finding", "duty", "POST", "/api/v1/findings/order",
		"{\"ids\":[\"{finding}\"],\"text\":\"t\"}", "order /orders/0/id" },
	{ "task", NULL, "duty", "POST", "/api/v1/orders",
		"{\"kind\":\"task\",\"title\":\"t{fresh}\",\"to\":{\"units\":[\"{a1}\"]}}",
		"order /orders/0/id" },
	{ "draft", NULL, "duty", "POST", "/api/v1/orders",
		"{\"kind\":\"task\",\"title\":\"t{fresh}\",\"to\":{\"units\":[\"{a1}\"]},\"draft\":true}",
		"order /orders/0/id" },
	{ "to_approve", NULL, "duty", "POST", "/api/v1/orders",
		"{\"kind\":\"task\",\"title\":\"t{fresh}\",\"to\":{\"units\":[\"{a1}\"]},\"approval\":true}",
		"order /orders/0/id" },
	{ "county_sent", NULL, "county", "POST", "/api/v1/orders",
		"{\"kind\":\"task\",\"title\":\"t{fresh}\",\"to\":{\"units\":[\"{a1}\"]}}",
		"order /orders/0/id" },
	{ "county_draft", NULL, "county", "POST", "/api/v1/orders",
		"{\"kind\":\"task\",\"title\":\"t{fresh}\",\"to\":{\"units\":[\"{a1}\"]},\"draft\":true}",
		"order /orders/0/id" },
	{ "county_answered", "county_sent", "liaison", "POST", "/api/v1/orders/{order}/answer",
		"{\"claim\":\"done\",\"text\":\"t\"}", NULL },
	{ "answered", "sent", "liaison", "POST", "/api/v1/orders/{order}/answer",
		"{\"text\":\"done\",\"claim\":\"mitigated\"}", NULL },
	{ "disputed", "sent", "liaison", "POST", "/api/v1/orders/{order}/answer",
		"{\"text\":\"not ours\",\"claim\":\"not_ours\"}", NULL },
	{ "extension", "sent", "liaison", "POST", "/api/v1/orders/{order}/request_extension",
		"{\"reason\":\"r\",\"until\":\"2099-01-01\"}", NULL },
	{ "instruction", "finding", "leader", "POST", "/api/v1/instructions",
		"{\"resource\":\"finding\",\"id\":\"{finding}\",\"text\":\"t\"}", "instruction /id" },
	{ "shift_note", NULL, "duty", "POST", "/api/v1/shift_notes", "{\"text\":\"t\"}", "shift_note /id" },
	{ "verified", "answered", "duty", "POST", "/api/v1/orders/{order}/verify", "{}", NULL },
	{ "notice", NULL, "duty", "POST", "/api/v1/notices",
		"{\"kind\":\"tip\",\"title\":\"n{fresh}\",\"text\":\"t\",\"to\":{\"units\":[\"{a1}\"]}}",
		"notice /id" },
	{ "county_notice", NULL, "county", "POST", "/api/v1/notices",
		"{\"kind\":\"tip\",\"title\":\"n{fresh}\",\"text\":\"t\",\"to\":{\"units\":[\"{a1}\"]}}",
		"notice /id" },
	{ "submitted_notice", "notice", "duty", "POST", "/api/v1/notices/{notice}/submit", "{}", NULL },
	{ "approved_notice", "submitted_notice", "leader", "POST", "/api/v1/notices/{notice}/approve", "{}",
		NULL },
	{ "issued_notice", "approved_notice", "duty", "POST", "/api/v1/notices/{notice}/issue", "{}", NULL },
	{ "template", NULL, "duty", "POST", "/api/v1/templates",
		"{\"of\":\"order\",\"kind\":\"task\",\"name\":\"t{fresh}\",\"text\":\"t\"}",
		"template /id" },
	{ "target", NULL, "duty", "POST", "/api/v1/targets",
		"{\"key\":\"overdue\",\"unit_id\":\"{a1}\",\"value\":\"0.05\",\"from_date\":\"2026-01-01\"}",
		"target /id" },
	{ "deadline", NULL, "duty", "POST", "/api/v1/deadlines",
		"{\"name\":\"d{fresh}\",\"severity\":\"high\",\"acknowledge_amount\":1,"
		"\"acknowledge_unit\":\"day\",\"answer_amount\":2,\"answer_unit\":\"day\","
		"\"rework_amount\":1,\"rework_unit\":\"day\",\"escalate_amount\":1,"
		"\"escalate_unit\":\"day\",\"source\":\"s\"}",
		"deadline /id" },
	{ "calendar", NULL, "duty", "POST", "/api/v1/calendars",
		"{\"name\":\"k{fresh}\",\"morning_start\":\"08:30\",\"morning_end\":\"12:00\","
		"\"afternoon_start\":\"14:30\",\"afternoon_end\":\"17:30\",\"source\":\"s\"}",
		"calendar /id" },
	{ "calendar_year", NULL, "duty", "POST", "/api/v1/calendar_years",
		"{\"year\":2030,\"days\":\"2030-01-01,off,x\",\"source\":\"s\"}",
		"calendar_year /id" },
	{ "number_format", NULL, "duty", "POST", "/api/v1/number_formats",
		"{\"kind\":\"notice.tip\",\"prefix\":\"p{fresh}\","
		"\"pattern\":\"{{prefix}〔{{year}〕{{serial}号\","
		"\"source\":\"s\"}",
		"number_format /id" },
	{ "rule", NULL, "duty", "POST", "/api/v1/rules",
		"{\"name\":\"contacts_days\",\"value\":92,\"source\":\"s\"}",
		"rule /id" },
	{ "change", NULL, "auditor", "GET", "/api/v1/changes?limit=1", NULL, "change /items/0/id" },
	{ "foreign_session", NULL, "security2", "GET", "/api/v1/sessions", NULL, "session /items/0/id" },
};

/* Attachments are bytes, and an import is ready only when `jobs` has compared it. */
static void attach(struct story *s, const char *path, const char *save)
{
	struct ask a = { "duty", "POST", path, .raw = "evidence", .raw_n = 8, .type = "text/plain" };
	HOUSE_NEED(house_do(s, &a, save) == 201);
}

static void make_import(struct story *s, bool units)
{
	char csv[300], want[] = "ready";
	int n = snprintf(csv, sizeof csv,
		units ? "单位名称,联络员A,手机\n赤坎区第%s文化馆,卫青松,13800000000\n"
		      : "unit,system,host,address,exposure,importance,software,vendor,version,cpe\n"
			"A1,,i%s,,internal,low,nginx,f5,1.18.0,\n",
		house_saved(s, "fresh"));
	struct ask up = { "county", "POST", units ? "/api/v1/imports?kind=units" : "/api/v1/imports",
		.raw = csv, .raw_n = (size_t)n,
		.type = "text/csv" };
	HOUSE_NEED(house_do(s, &up, "import /id") == 202);
	bool ready = false;
	for (int i = 0; i < 500 && !ready; i++) {
		house_do(s, &(struct ask){ "county", "GET", "/api/v1/imports/{import}" }, "state /state");
		ready = strcmp(house_saved(s, "state"), want) == 0;
		if (!ready)
			nanosleep(&(struct timespec){ 0, 20000000 }, NULL);
	}
	HOUSE_NEED(ready);
}

static void freshen(struct story *s)
{
	static int count;
	json_object_set_new(s->saved, "fresh", json_sprintf("%d", 1000 + ++count));
}

void fixture_make(struct story *s, const char *name)
{
	freshen(s);
	if (strcmp(name, "-") == 0)
		return;
	if (strcmp(name, "import") == 0 || strcmp(name, "sheet") == 0) {
		make_import(s, name[0] == 's');
		return;
	}
	if (strcmp(name, "enclosure") == 0) {
		fixture_make(s, "notice");
		attach(s, "/api/v1/notices/{notice}/attachments?name=a.txt", "attachment /id");
		return;
	}
	if (strcmp(name, "evidence") == 0 || strcmp(name, "attachment") == 0) {
		bool of_order = name[0] == 'a';
		fixture_make(s, of_order ? "sent" : "finding");
		attach(s,
			of_order ? "/api/v1/orders/{order}/attachments?name=a.txt"
				 : "/api/v1/findings/{finding}/attachments?name=a.txt",
			"attachment /id");
		return;
	}
	const struct fixture *f = NULL;
	for (size_t i = 0; i < COUNT(fixtures) && !f; i++)
		if (strcmp(fixtures[i].name, name) == 0)
			f = &fixtures[i];
	HOUSE_NEED(f != NULL);
	if (!f)
		return;
	if (f->needs)
		fixture_make(s, f->needs);
	long status = house_do(s, &(struct ask){ f->as, f->method, f->path, .json = f->json }, f->save);
	HOUSE_NEED(status / 100 == 2);
}
