/* What may be asked and by whom; targets; how values are written. */
#include "kpi/testing.h"

static struct town t;

static struct span day_of(int64_t at)
{
	char text[TIME_TEXT];
	return arena_span(t.arena, span_of(time_format(at, text)));
}

static void times(void)
{
	static const struct { const char *name, *from, *to, *asof, *field, *from_at, *to_at, *asof_at;
		} cases[] = {
		{ "this year so far, as known now", NULL, NULL, NULL, NULL, "2025-12-31T16:00:00.000Z",
			"2026-11-23T16:00:00.000Z", "2026-11-23T01:00:00.000Z" },
		{ "days of the city, both inclusive", "2026-02-01", "2026-02-28", "2026-03-01", NULL,
			"2026-01-31T16:00:00.000Z", "2026-02-28T16:00:00.000Z", "2026-03-01T15:59:59.999Z" },
		{ "a moment", "2026-02-01", "2026-02-01", "2026-03-01T08:00:00+08:00", NULL,
			"2026-01-31T16:00:00.000Z", "2026-02-01T16:00:00.000Z", "2026-03-01T00:00:00.000Z" },
		{ "the future", "2030-01-01", "2030-12-31", "2031-01-01", NULL, "2029-12-31T16:00:00.000Z",
			"2030-12-31T16:00:00.000Z", "2031-01-01T15:59:59.999Z" },
		{ "no such day", "2026-02-30", "2026-03-01", NULL, "from", NULL, NULL, NULL },
		{ "no day", "2026-02-01", "soon", NULL, "to", NULL, NULL, NULL },
		{ "the wrong way round", "2026-02-02", "2026-02-01", NULL, "to", NULL, NULL, NULL },
		{ "no time", "2026-02-01", "2026-02-01", "later", "asof", NULL, NULL, NULL },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct kpi_words w = { span_of(cases[i].from), span_of(cases[i].to), { NULL, 0 },
			span_of(cases[i].asof) };
		struct kpi_ask q;
		struct err err = { 0 };
		test_case("%s", cases[i].name);
		if (cases[i].field) {
			CHECK_ERR(kpi_ask_read(&t.op, &w, &q, &err), err, ERR_INVALID);
			CHECK_STR(err.field, cases[i].field);
			continue;
		}
		CHECK_OK(kpi_ask_read(&t.op, &w, &q, &err), err);
		CHECK_SPAN(day_of(q.from_at), cases[i].from_at);
		CHECK_SPAN(day_of(q.to_at), cases[i].to_at);
		CHECK_SPAN(day_of(q.asof), cases[i].asof_at);
	}
}

static void as(struct actor *a, struct grant *g, size_t n)
{
	for (size_t i = 0; i < n; i++)
		g[i].whole = g[i].unit_n == CITY;
	*a = (struct actor){ .who = { .user_n = 7, .name = SPAN("x") }, .grants = g, .n_grants = n };
	t.op.actor = a;
}

/* Which units are meant: "4 6" as numbers. */
static const char *units_of(const struct kpi_ask *q)
{
	struct str out = STR_IN(t.arena, 4096);
	if (q->all)
		return "all";
	for (size_t i = 0; i < q->n_units; i++)
		str_addf(&out, "%s%lld", i ? " " : "", (long long)q->units[i]);
	return str_z(&out);
}

/* County A has 2 4 6 8, county B 3 5 7 9; 7 is supervised by 4. */
static void scopes(void)
{
	static const struct {
		const char *name;
		struct grant grants[2];
		size_t n;
		const char *unit, *want;
	} cases[] = {
		{ "the office sees all", { { ROLE_DUTY_OFFICER, CITY, UNIT_PARENT } }, 1, NULL, "all" },
		{ "the office and a county", { { ROLE_LEADER, CITY, UNIT_PARENT } }, 1, "U2", "2 4 6 8" },
		{ "an id is as good as a code", { { ROLE_LEADER, CITY, UNIT_PARENT } }, 1, "id", "2 4 6 8" },
		{ "a county sees its own", { { ROLE_COUNTY_OFFICER, COUNTY_A, UNIT_PARENT } }, 1, NULL,
			"2 4 6 8" },
		{ "a county and its unit", { { ROLE_COUNTY_OFFICER, COUNTY_A, UNIT_PARENT } }, 1, "U6", "6" },
		{ "a county and the other's unit", { { ROLE_COUNTY_OFFICER, COUNTY_A, UNIT_PARENT } }, 1,
			"U5", NULL },
		{ "a county and the city", { { ROLE_COUNTY_OFFICER, COUNTY_A, UNIT_PARENT } }, 1, "U1",
			NULL },
		{ "a liaison sees its unit", { { ROLE_UNIT_LIAISON, 4, UNIT_PARENT } }, 1, NULL, "4" },
		{ "a liaison and its county", { { ROLE_UNIT_LIAISON, 4, UNIT_PARENT } }, 1, "U2", NULL },
		{ "a liaison of two units", { { ROLE_UNIT_LIAISON, 4, UNIT_PARENT },
			{ ROLE_UNIT_LIAISON, 9, UNIT_PARENT } }, 2, NULL, "4 9" },
		{ "one who supervises", { { ROLE_COUNTY_OFFICER, 4, UNIT_SUPERVISOR } }, 1, NULL, "4 7" },
		{ "one who supervises and what is below by parent",
			{ { ROLE_COUNTY_OFFICER, 4, UNIT_SUPERVISOR } },
			1, "U7", "7" },
		{ "an administrator sees nothing", { { ROLE_AUDITOR, CITY, UNIT_PARENT } }, 1, "U4", NULL },
		{ "no such unit", { { ROLE_LEADER, CITY, UNIT_PARENT } }, 1, "U99", NULL },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct grant g[2] = { cases[i].grants[0], cases[i].grants[1] };
		struct actor a;
		struct kpi_ask q;
		struct err err = { 0 };
		struct kpi_words w = { .unit = span_of(cases[i].unit) };
		test_case("%s", cases[i].name);
		if (span_is(w.unit, "id"))
			CHECK_OK(db_text(op_db(&t.op), SQL("SELECT id FROM units WHERE n=2"), V0, t.arena,
				&w.unit,
				&err), err);
		as(&a, g, cases[i].n);
		bool ok = kpi_ask_read(&t.op, &w, &q, &err);
		t.op.actor = &actor_local;
		CHECK(ok == (cases[i].want != NULL));
		if (ok)
			CHECK_STR(units_of(&q), cases[i].want);
		else
			CHECK_STR(err.field, "unit");
	}
}

static bool set_target(const char *json, struct err *err)
{
	CLEANUP(json_free) json_t *j = NULL;
	struct record r;
	bool ok = json_parse(span_of(json), 0, &j, err) && op_begin(&t.op, err) &&
		resource_create(&t.op, &target_resource, j, &r, err) && op_commit(&t.op, err);
	op_rollback(&t.op);
	return ok;
}

static const char *target_of(const char *key, const char *unit, const char *to, int64_t asof)
{
	struct kpi_ask q;
	struct kpi_value value;
	struct err err = { 0 };
	if (!town_ask(&t, unit, "2024-01-01", to, asof, &q))
		return "?";
	must(kpi_target(&t.op, &q, kpi_measure_find(span_of(key)), &value, &err), &err, "target");
	return value.target.p ? arena_copy(t.arena, value.target) : "none";
}

static void targets(void)
{
	static const char *const wrong[] = { "-1", "1e3", "01", ".5", "5.", "0.1234567", "1234567890", "many",
		"1,5" };
	static const struct { const char *name, *key, *unit, *to; int64_t ago; const char *want; } cases[] = {
		{ "shipped with the program", "bulletins_issued", NULL, "2026-12-31", 0, "12" },
		{ "the city's is not a county's", "bulletins_issued", "U2", "2026-12-31", 0, "none" },
		{ "the office itself is the city", "handling_rate", "U1", "2026-12-31", 0, "0.9" },
		{ "before it was in force", "handling_rate", NULL, "2025-12-31", 0, "none" },
		{ "a county's own", "overdue", "U2", "2026-12-31", 0, "0.05" },
		{ "a unit has its county's", "overdue", "U6", "2026-12-31", 0, "0.05" },
		{ "the nearest counts", "overdue", "U4", "2026-12-31", 0, "0.01" },
		{ "not the other county's", "overdue", "U5", "2026-12-31", 0, "none" },
		{ "the newest in force at the period's end", "mttc", "U2", "2026-12-31", 0, "48" },
		{ "the one before", "mttc", "U2", "2026-06-30", 0, "72" },
		{ "taken back", "mtta", "U2", "2026-12-31", 0, "none" },
		{ "as known before it was set", "overdue", "U2", "2026-12-31", 1, "none" },
	};
	struct err err = { 0 };
	test_case("targets are set");
	clock_fake(MONDAY + TIME_HOUR);
	CHECK_OK(set_target("{\"key\":\"overdue\",\"unit_id\":\"U2\",\"value\":\"0.05\","
		"\"from_date\":\"2026-01-01\"}",
		&err), err);
	CHECK_OK(set_target("{\"key\":\"overdue\",\"unit_id\":\"U4\",\"value\":\"0.01\","
		"\"from_date\":\"2026-01-01\"}",
		&err), err);
	CHECK_OK(set_target("{\"key\":\"mttc\",\"unit_id\":\"U2\",\"value\":\"72\","
		"\"from_date\":\"2026-01-01\"}",
		&err), err);
	CHECK_OK(set_target("{\"key\":\"mttc\",\"unit_id\":\"U2\",\"value\":\"48\","
		"\"from_date\":\"2026-07-01\"}",
		&err), err);
	CHECK_OK(set_target("{\"key\":\"mtta\",\"unit_id\":\"U2\",\"value\":\"4\","
		"\"from_date\":\"2026-01-01\"}",
		&err), err);
	CHECK_OK(set_target("{\"key\":\"mtta\",\"unit_id\":\"U2\",\"value\":\"\","
		"\"from_date\":\"2026-01-01\"}",
		&err), err);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		char json[200];
		test_case("no target: %s", wrong[i]);
		snprintf(json, sizeof json,
			"{\"key\":\"mtta\",\"value\":\"%s\",\"from_date\":\"2026-01-01\"}", wrong[i]);
		err = (struct err){ 0 };
		CHECK_ERR(set_target(json, &err), err, ERR_INVALID);
		CHECK_STR(err.field, "value");
	}
	for (size_t i = 0; i < COUNT(cases); i++) {
		test_case("target: %s", cases[i].name);
		CHECK_STR(target_of(cases[i].key, cases[i].unit, cases[i].to,
				  MONDAY + TIME_HOUR - cases[i].ago),
			cases[i].want);
	}
	test_case("only the city sets the city's");
	struct grant g[1] = { { ROLE_DUTY_OFFICER, COUNTY_A, UNIT_PARENT } };
	struct actor a;
	as(&a, g, 1);
	err = (struct err){ 0 };
	CHECK(!set_target("{\"key\":\"mtta\",\"value\":\"4\",\"from_date\":\"2026-01-01\"}", &err));
	CHECK_OK(set_target("{\"key\":\"mtta\",\"unit_id\":\"U8\",\"value\":\"4\","
		"\"from_date\":\"2026-01-01\"}",
		&err), err);
	t.op.actor = &actor_local;
}

static void written(void)
{
	static const struct { size_t measure; struct kpi_value v; const char *value, *above; } cases[] = {
		{ 1, { .count = 7, .of = 1 }, "7", "7" },
		{ 2, { .count = 1, .of = 2 }, "0.5", "1" },
		{ 2, { .count = 2, .of = 3 }, "0.666666666666", "2" },
		{ 2, { .count = 3, .of = 3 }, "1", "3" },
		{ 2, { .count = 0, .of = 3 }, "0", "0" },
		{ 2, { .count = 0, .of = 0 }, "null", "0" },
		{ 6, { .count = 2, .sum = 3 * TIME_HOUR, .of = 2 }, "1.5", "3" },
		{ 6, { .count = 1, .sum = TIME_MINUTE, .of = 1 }, "0.016666", "0.016666" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct str value = STR_IN(t.arena, 100), above = STR_IN(t.arena, 100);
		test_case("written as %s", cases[i].value);
		kpi_write_value(&kpi_measures[cases[i].measure], &cases[i].v, &value);
		kpi_write_numerator(&kpi_measures[cases[i].measure], &cases[i].v, &above);
		CHECK_STR(str_z(&value), cases[i].value);
		CHECK_STR(str_z(&above), cases[i].above);
	}
	test_case("a key for each definition, in order");
	for (size_t i = 0; i < kpi_measures_count; i++)
		CHECK_STR(kpi_keys[i], kpi_measures[i].key);
}

static void answers(void)
{
	struct kpi_ask q;
	struct err err = { 0 };
	struct str json = STR_IN(t.arena, 1 << 20), csv = STR_IN(t.arena, 1 << 20);
	CLEANUP(json_free) json_t *j = NULL;
	test_case("as JSON: the keys, and where the records are");
	CHECK(town_ask(&t, "U2", "2026-01-01", "2026-12-31", MONDAY, &q));
	CHECK_OK(kpi_write(&t.op, &q, &json, &err) && json_parse(str_span(&json), 0, &j, &err), err);
	const json_t *items = json_object_get(j, "items");
	CHECK_INT(json_array_size(items), KPI_MEASURES);
	for (size_t i = 0; i < json_array_size(items); i++)
		CHECK_SPAN(json_get_text(json_array_get(items, i), "key"), kpi_keys[i]);
	struct span path = json_get_text(json_array_get(items, 3), "records");
	CHECK(span_starts(path, SPAN("/api/v1/kpi/records?key=answered_on_time&from=2026-01-01&to=2026-12-31"
				     "&asof=2026-11-23T01:00:00.000Z&unit=")));
	CHECK(json_is_null(json_object_get(json_array_get(items, 3), "value")));
	test_case("as CSV: a line each, nothing where there is nothing");
	CHECK_OK(kpi_write_csv(&t.op, &q, &csv, &err), err);
	CHECK(strstr(str_z(&csv), "\r\nanswered_on_time,反馈及时率,,ratio,0,0,,2026-01-01,2026-12-31,"
				  "2026-11-23T01:00:00.000Z,2026.1\r\n"));
}

int main(void)
{
	struct err err = { 0 };
	town_open(&t, "ask", 6);
	town_begin(&t);
	must(unit_tree_move(&t.op, 7, UNIT_SUPERVISOR, 4, &err), &err, "supervisor");
	town_end(&t);
	clock_fake(MONDAY);
	times();
	scopes();
	targets();
	written();
	answers();
	town_close(&t);
	return test_end();
}
