/* Dispatch: who gets which order, numbers without gap, many at once. */
#include <sys/wait.h>
#include <unistd.h>

#include "order/testing.h"

static json_t *dispatch(struct city *c, size_t who, const char *request, struct err *err)
{
	CLEANUP(json_free) json_t *j = NULL;
	json_t *answer = NULL;
	struct str out = STR_IN(c->arena, 64 << 20);
	*err = (struct err){ 0 };
	c->op.actor = &c->actors[who];
	bool ok = json_parse(span_of(request), 0, &j, err);
	if (ok)
		ok = order_dispatch(&c->op,
			&(struct order_dispatch){ .ids = json_object_get(j, "ids"),
				.filter = json_object_get(j, "filter"),
				.number = json_get_text(j, "number"),
				.template = json_get_text(j, "template"),
				.text = SPAN("请整改") },
			&out, err);
	c->op.actor = &c->actors[LOCAL];
	return ok && json_parse(str_span(&out), 0, &answer, err) ? answer : NULL;
}

static size_t count(const json_t *answer, const char *name)
{
	return json_array_size(json_object_get(answer, name));
}

static void who_gets_what(struct city *c)
{
	struct err err;
	int64_t a = city_host(c, UNIT_A, "a"), b = city_host(c, UNIT_B, "b");
	city_found(c, a, city_software(c, a, "x", "y", "1"), 1, 3, "high");
	city_found(c, b, city_software(c, b, "x", "y", "1"), 11, 2, "low");
	city_found(c, b, city_software(c, b, "x", "z", "1"), 21, 1, "critical");
	city_exec(c, SQL("UPDATE findings SET unit_n=NULL WHERE key='CVE-2026-3'"), V0);
	test_case("by default what is high and above, one order per unit, the unowned left in the pool");
	json_t *answer = dispatch(c, DUTY, "{}", &err);
	CHECK(answer && count(answer, "orders") == 2 && count(answer, "skipped") == 0);
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM findings WHERE state='ordered'"), V0), 3);
	json_decref(answer);
	test_case("a new finding is confirmed in the same transaction");
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM steps WHERE resource='finding' AND verb='confirm'"),
			  V0),
		3);
	test_case("what cannot be ordered is skipped with its reason");
	answer = dispatch(c, DUTY, "{\"filter\":{}}", &err);
	CHECK(answer && count(answer, "orders") == 1 && count(answer, "skipped") == 4);
	json_decref(answer);
	answer = dispatch(c, DUTY, "{\"ids\":[\"nothing\"]}", &err);
	CHECK(answer && count(answer, "orders") == 0 && count(answer, "skipped") == 1);
	json_decref(answer);
	test_case("refused: both ids and filter, an unknown filter, an unknown template");
	CHECK(!dispatch(c, DUTY, "{\"ids\":[],\"filter\":{}}", &err) && err.code == ERR_INVALID);
	CHECK(!dispatch(c, DUTY, "{\"filter\":{\"colour\":\"red\"}}", &err) && err.code != ERR_NONE);
	CHECK(!dispatch(c, DUTY, "{\"filter\":{},\"template\":\"none\"}", &err) && err.code == ERR_INVALID);
}

static void typed_numbers(struct city *c)
{
	struct err err;
	int64_t a = city_host(c, UNIT_C, "typed"), software_n = city_software(c, a, "x", "y", "1");
	test_case("a number can be typed in, once");
	city_found(c, a, software_n, 100, 1, "high");
	json_t *answer =
		dispatch(c, DUTY, "{\"filter\":{\"unit_id\":\"U5\"},\"number\":\"湛网交〔2026〕5号\"}", &err);
	CHECK(answer && count(answer, "orders") == 1);
	json_decref(answer);
	city_found(c, a, software_n, 101, 1, "high");
	CHECK(!dispatch(c, DUTY, "{\"filter\":{\"unit_id\":\"U5\"},\"number\":\"湛网交〔2026〕5号\"}", &err));
	CHECK_STR(err_name(err.code), "duplicate");
	test_case("a refused dispatch leaves nothing: the finding is new, the number free");
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM findings WHERE key='CVE-2026-101' AND state='new'"),
			  V0),
		1);
	answer = dispatch(c, DUTY, "{\"filter\":{\"unit_id\":\"U5\"}}", &err);
	CHECK(answer && count(answer, "orders") == 1);
	CHECK_SPAN(json_get_text(json_array_get(json_object_get(answer, "orders"), 0), "number"),
		"湛网交〔2026〕4号");
	json_decref(answer);
	test_case("the series steps over a number that was typed in");
	city_found(c, a, software_n, 102, 1, "high");
	answer = dispatch(c, DUTY, "{\"filter\":{\"unit_id\":\"U5\"}}", &err);
	CHECK_SPAN(json_get_text(json_array_get(json_object_get(answer, "orders"), 0), "number"),
		"湛网交〔2026〕6号");
	json_decref(answer);
	test_case("the next year begins at 1");
	clock_fake(MONDAY + 60 * TIME_DAY);
	city_found(c, a, software_n, 103, 1, "high");
	answer = dispatch(c, DUTY, "{\"filter\":{\"unit_id\":\"U5\"}}", &err);
	CHECK_SPAN(json_get_text(json_array_get(json_object_get(answer, "orders"), 0), "number"),
		"湛网交〔2027〕1号");
	json_decref(answer);
	clock_fake(MONDAY);
}

/* In a process of its own: 25 orders, one after the other. */
static int one_process(const char *path, int at)
{
	struct err err = { 0 };
	struct city c = { .arena = arena_new(64u << 20, 256u << 20) };
	if (!store_open(path, STORE_OPEN, &c.store, &err))
		return 1;
	c.op = (struct op){ .store = c.store, .actor = &actor_local, .arena = c.arena, .zh = true };
	c.actors[LOCAL] = actor_local;
	for (int i = 0; i < 25; i++) {
		char request[100];
		snprintf(request, sizeof request, "{\"filter\":{\"vuln_id\":\"CVE-2026-%d\"}}",
			5000 + at * 25 + i);
		json_t *answer = dispatch(&c, LOCAL, request, &err);
		if (!answer || count(answer, "orders") != 1)
			return 2;
		json_decref(answer);
	}
	store_close(c.store);
	return 0;
}

static void numbers(struct city *c)
{
	char path[300];
	pid_t children[4];
	int64_t a = city_host(c, UNIT_A, "many"), software_n = city_software(c, a, "x", "y", "1");
	int64_t before = city_int(c, SQL("SELECT value FROM counters WHERE series='order/1/2026'"), V0);
	snprintf(path, sizeof path, "%s", store_folder(c->store));
	test_case("numbers of four processes: no gap, no duplicate");
	city_found(c, a, software_n, 5000, 100, "high");
	fflush(stdout);
	for (int i = 0; i < 4; i++) {
		children[i] = fork();
		if (children[i] == 0)
			_exit(one_process(path, i));
	}
	for (int i = 0; i < 4; i++) {
		int status = -1;
		CHECK(waitpid(children[i], &status, 0) == children[i] && status == 0);
	}
	int64_t orders = 0;
	for (int64_t i = before + 1; i <= before + 100; i++) {
		struct span number = arena_printf(c->arena, "湛网交〔2026〕%lld号", (long long)i);
		orders += city_int(c, SQL("SELECT count(*) FROM orders WHERE number=?"), V(db_t(number)));
	}
	CHECK_INT(orders, 100);
	CHECK_INT(
		city_int(c, SQL("SELECT value FROM counters WHERE series='order/1/2026'"), V0), before + 100);
}

static void calendars(struct city *c)
{
	struct err err;
	int64_t a = city_host(c, UNIT_C, "calendars");
	city_exec(c,
		SQL("INSERT INTO calendars (id, version, created_at, updated_at, state, name, edition, zone,"
		    " morning_start, morning_end, afternoon_start, afternoon_end, source, proposed_by, "
		    "confirmed_by)"
		    " SELECT 'night', 1, 0, 0, state, 'night', edition, zone, '18:00', '20:00', '21:00', "
		    "'23:00', '', '',"
		    " '' FROM calendars WHERE name='cn'"),
		V0);
	city_exec(c,
		SQL("INSERT INTO deadlines (id, version, created_at, updated_at, state, name, severity, "
		"edition,"
		    " acknowledge_amount, acknowledge_unit, answer_amount, answer_unit, rework_amount, "
		    "rework_unit,"
		    " escalate_amount, escalate_unit, calendar, source, proposed_by, confirmed_by)"
		    " SELECT 'mixed' || n, 1, 0, 0, state, 'mixed', severity, edition, acknowledge_amount,"
		    " acknowledge_unit, answer_amount, answer_unit, rework_amount, rework_unit, "
		    "escalate_amount,"
		    " escalate_unit, CASE severity WHEN 'critical' THEN 'night' ELSE calendar END, '', '', ''"
		    " FROM deadlines WHERE name='default'"),
		V0);
	test_case("deadlines by the calendar of the template of the severity");
	city_found(c, a, city_software(c, a, "x", "calendars", "1"), 900, 1, "critical");
	json_t *answer = dispatch(
		c, DUTY, "{\"filter\":{\"unit_id\":\"U5\",\"state\":\"new\"},\"template\":\"mixed\"}", &err);
	CHECK(answer && count(answer, "orders") == 1);
	json_decref(answer);
	CHECK_SPAN(city_text(c,
			   SQL("SELECT group_concat(DISTINCT calendar) FROM clocks WHERE record_n="
			       "(SELECT max(n) FROM orders)"),
			   V0),
		"night");
	/* Four working hours from Monday 9:00, of 18:00–20:00 and 21:00–23:00. */
	CHECK_INT(city_int(c, SQL("SELECT acknowledge_due FROM orders ORDER BY n DESC LIMIT 1"), V0),
		MONDAY + 14 * TIME_HOUR);
}

static void a_thousand(struct city *c)
{
	enum { UNITS = 1000, EACH = 5 };
	struct err err = { 0 };
	test_case("1,000 orders of 5,000 findings by one action");
	city_must(op_begin(&c->op, &err), &err, "begin");
	for (int i = 0; i < UNITS; i++)
		city_unit(c, 1000 + i, CITY, "public_body");
	city_must(unit_tree_rebuild(&c->op, &err), &err, "tree");
	for (int i = 0; i < UNITS; i++) {
		char name[32];
		snprintf(name, sizeof name, "big%d", i);
		int64_t asset_n = city_host(c, 1000 + i, name);
		city_software(c, asset_n, "x", "y", "1");
	}
	city_must(op_commit(&c->op, &err), &err, "commit");
	for (int i = 0; i < UNITS; i++) {
		int64_t asset_n = city_int(c, SQL("SELECT n FROM assets WHERE unit_n=?"), V(db_i(1000 + i)));
		int64_t software_n =
			city_int(c, SQL("SELECT n FROM software WHERE asset_n=?"), V(db_i(asset_n)));
		city_found(c, asset_n, software_n, 10000 + i * EACH, EACH, "high");
	}
	int64_t before = clock_mono_ns();
	json_t *answer = dispatch(c, DUTY, "{\"filter\":{\"vuln_id__gte\":\"CVE-2026-10000\"}}", &err);
	printf("# %zu orders: %lld ms\n", count(answer, "orders"),
		(long long)(clock_mono_ns() - before) / 1000000);
	CHECK(answer && count(answer, "orders") == UNITS);
	json_decref(answer);
	CHECK_INT(city_int(c,
			  SQL("SELECT count(*) FROM orders o WHERE 5<>(SELECT count(*) FROM items i JOIN"
			      " item_findings f ON f.item_n=i.n WHERE i.order_n=o.n) AND o.unit_n>=1000"),
			  V0),
		0);
	CHECK_INT(city_int(c, SQL("SELECT count(*)-count(DISTINCT number) FROM orders"), V0), 0);
}

/* The last of a thousand units fails, long after the first transactions were committed. */
static void cut_short(struct city *c)
{
	enum { UNITS = 1000 };
	struct err err;
	test_case("what was committed before a failure is told, and the rest with its reason");
	for (int i = 0; i < UNITS; i++)
		city_found(c, city_int(c, SQL("SELECT n FROM assets WHERE unit_n=?"), V(db_i(1000 + i))),
			city_int(c, SQL("SELECT max(n) FROM software WHERE unit_n=?"), V(db_i(1000 + i))),
			70000 + i, 1, "high");
	city_exec(c,
		SQL("CREATE TRIGGER broken BEFORE INSERT ON orders WHEN NEW.unit_n=1999"
		    " BEGIN SELECT RAISE(ABORT, 'broken'); END"),
		V0);
	int64_t before = city_int(c, SQL("SELECT count(*) FROM orders"), V0);
	const char *request = "{\"filter\":{\"state\":\"new\",\"vuln_id__gte\":\"CVE-2026-70000\"}}";
	json_t *answer = dispatch(c, DUTY, request, &err);
	size_t made = count(answer, "orders"), skipped = count(answer, "skipped");
	CHECK(answer && made > 0 && skipped > 0);
	CHECK_INT(made + skipped, UNITS);
	CHECK_INT(json_integer_value(json_object_get(answer, "skipped_count")), skipped);
	CHECK_INT(city_int(c, SQL("SELECT count(*) FROM orders"), V0) - before, made);
	CHECK(json_get_text(json_array_get(json_object_get(answer, "skipped"), 0), "reason").n > 0);
	json_decref(answer);
	test_case("where nothing was committed the failure is the answer");
	CHECK(!dispatch(c, DUTY, "{\"filter\":{\"state\":\"new\",\"unit_id\":\"U1999\"}}", &err) &&
		err.code != ERR_NONE);
	city_exec(c, SQL("DROP TRIGGER broken"), V0);
	answer = dispatch(c, DUTY, request, &err);
	CHECK_INT(count(answer, "orders"), skipped);
	json_decref(answer);
	CHECK_INT(city_int(c, SQL("SELECT count(*)-count(DISTINCT number) FROM orders"), V0), 0);
}

static void one_big_item(struct city *c)
{
	enum { MANY = 1900 };
	struct err err;
	test_case("one host of unknown patch level with 1,900 findings is one item");
	int64_t a = city_host(c, UNIT_A, "w2016");
	city_found(c, a, city_software(c, a, "Microsoft", "Windows Server 2016", ""), 1, MANY, "critical");
	int64_t before = clock_mono_ns();
	json_t *answer = dispatch(c, DUTY, "{\"filter\":{\"unit_id\":\"U3\",\"state\":\"new\"}}", &err);
	printf("# ordered: %lld ms\n", (long long)(clock_mono_ns() - before) / 1000000);
	CHECK(answer && count(answer, "orders") == 1);
	json_decref(answer);
	CHECK_SPAN(city_text(c, SQL("SELECT title FROM items ORDER BY n DESC LIMIT 1"), V0),
		"Microsoft Windows Server 2016 补丁情况待核实 · 1900 个漏洞，最高超危");
	int64_t n = city_int(c, SQL("SELECT max(n) FROM orders"), V0);
	before = clock_mono_ns();
	CHECK_OK(city_do(c, LIAISON_A, n, "answer", "{'claim':'fixed','patch':'KB5034119'}", &err), err);
	CHECK_OK(city_do(c, DUTY, n, "verify", "{}", &err), err);
	printf("# answered and verified: %lld ms\n", (long long)(clock_mono_ns() - before) / 1000000);
	CHECK_INT(city_findings(c, n, "closed"), MANY);
}

int main(void)
{
	struct city c;
	city_open(&c, "dispatch");
	who_gets_what(&c);
	typed_numbers(&c);
	numbers(&c);
	calendars(&c);
	a_thousand(&c);
	cut_short(&c);
	one_big_item(&c);
	city_close(&c);
	return test_end();
}
