/*
 * Evil bodies for every route that takes one, as somebody who may: wrong types, huge and deep values, bytes
 * that are no UTF-8, SQL, names nobody knows, ids of other things and of other units.  What is not as
 * openapi.json says must be answered with 4xx and a problem document, whatever it is never with 5xx; what was
 * refused changed nothing; no role dies of it.
 */
#include <signal.h>
#include <sqlite3.h>
#include <unistd.h>

#include "../support/house.h"

static const struct house_account accounts[] = {
	{ "duty", "duty_officer", "CITY" },
	{ "security", "security_admin", "CITY" },
	{ "liaison", "unit_liaison", "A1" },
	{ "county", "county_officer", "CO-B" },
	{ "auditor", "auditor", "CITY" },
};

enum { LONG = 300000, DEEP = 20000, MANY = 100000 };
static int sent, named;
static sqlite3 *db;

/* ---- did anything change? ---- */

/* Changes that somebody asked for: what the roles note by themselves does not count. */
static long long sequence(void)
{
	static sqlite3_stmt *st;
	long long n = -1;
	if (!st &&
		sqlite3_prepare_v2(db, "SELECT count(*) FROM changes WHERE actor NOT LIKE 'job:%'", -1, &st,
			NULL) != SQLITE_OK)
		return -1;
	if (sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return n;
}

/* Only what a person may judge: an account that signs in or fails to, and reads that are on record, are
 * changes too. */
static bool leaves_changes(const char *path)
{
	return strstr(path, "/session") != NULL;
}

struct target {
	const char *as, *method;
	char path[200];
	const json_t *schema; /* of the body; NULL: not documented as JSON */
};

static void shot(struct story *s, const struct target *t, const char *bytes, size_t n, const char *what,
	bool must_fail)
{
	struct answer a = { 0 };
	long long before = sequence();
	long status = house_ask(s,
		&(struct ask){
			t->as, t->method, t->path, .raw = bytes, .raw_n = n, .type = "application/json" },
		&a);
	bool refused = status >= 400 && status < 500;
	sent++;
	named += json_array_size(json_object_get(a.json, "errors")) > 0;
	bool good = status > 0 && status < 500 && (!must_fail || refused);
	if (refused && !leaves_changes(t->path) && sequence() != before) {
		good = false;
		printf("# refused, but something has changed:\n");
	}
	/* wrong content names its field */
	if (status == 422 && json_array_size(json_object_get(a.json, "errors")) == 0) {
		good = false;
		printf("# 422 names no field:\n");
	}
	if (!good)
		printf("# %s %s with %s: %ld %.300s; the body: %.120s\n", t->method, t->path, what, status,
			a.body ? a.body : s->why, n ? bytes : "");
	CHECK(good);
	answer_done(&a);
}

/* null is taken as absent where a field may be empty. */
static bool has_null(const json_t *body)
{
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)body, name, value) if (json_is_null(value)) return true;
	return false;
}

static void shot_json(struct story *s, const struct target *t, const json_t *body, const char *what)
{
	char why[500] = "", *text = json_dumps(body, JSON_ENCODE_ANY | JSON_COMPACT);
	bool as_said = t->schema && schema_check(s->openapi, t->schema, body, "", why, sizeof why);
	shot(s, t, text, strlen(text), what, t->schema && !as_said && !has_null(body));
	free(text);
}

static char *repeat(char c, size_t n)
{
	char *p = malloc(n + 1);
	if (!p)
		abort();
	memset(p, c, n);
	p[n] = '\0';
	return p;
}

static void broken_bodies(struct story *s, const struct target *t)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *what;
	} bodies[] = {
		{ "[]", 2, "an array" },
		{ "\"x\"", 3, "a text" },
		{ "17", 2, "a number" },
		{ "true", 4, "true" },
		{ "{", 1, "half an object" },
		{ "{\"a\":1,\"a\":2}", 13, "a name twice" },
		{ "{\"\xff\xfe\":1}", 8, "a name that is no UTF-8" },
		{ "{\"text\":\"\xc3\x28\",\"reason\":\"\xed\xa0\x80\"}", 29, "a text that is no UTF-8" },
		{ "{\"text\":\"a\0b\"}", 14, "a NUL" },
		{ "{\"text\":1e999}", 14, "a number without end" },
		{ "{} {}", 5, "two values" },
		{ "\xef\xbb\xbf", 3, "nothing but a BOM" },
	};
	for (size_t i = 0; i < COUNT(bodies); i++)
		shot(s, t, bodies[i].bytes, bodies[i].n, bodies[i].what, true);
	static int larges;
	char *deep = repeat('[', DEEP);
	shot(s, t, deep, DEEP, "20,000 open brackets", true);
	free(deep);
	if (larges++ > 3)
		return;
	char *large = repeat('A', 30u << 20);
	memcpy(large, "{\"text\":\"", 9);
	memcpy(large + (30u << 20) - 2, "\"}", 2);
	shot(s, t, large, 30u << 20, "30 MB", true);
	free(large);
}

/* Values no field should choke on; which of them a field may take, its schema says. */
static void evil_values(json_t *list, struct story *s)
{
	char *text = repeat('A', LONG);
	json_array_append_new(list, json_string(text));
	free(text);
	json_array_append_new(list, json_integer(9223372036854775807LL));
	json_array_append_new(list, json_integer(-1));
	json_array_append_new(list, json_real(1.5));
	json_array_append_new(list, json_true());
	json_array_append_new(list, json_object());
	json_array_append_new(list, json_pack("[[[{s:[]}]]]", "a"));
	json_array_append_new(list, json_string("'; DROP TABLE findings; --"));
	json_array_append_new(list, json_string("%s%n%x"));
	json_array_append_new(list, json_string("a\nb\x01\x1b[31m"));
	json_array_append_new(list, json_string("../../etc/passwd"));
	json_array_append_new(list, json_string("0000-00-00"));
	json_array_append_new(list, json_string("99999-12-31T25:61:61Z"));
	json_array_append_new(list, json_string("\xe2\x80\xae\xf0\x9f\x92\xa9"));
	json_array_append_new(list, json_string("00000000-0000-7000-8000-000000000000"));
	json_array_append_new(list, json_string(house_saved(s, "asset")));
	json_array_append_new(list, json_string(house_saved(s, "b1")));
	json_array_append_new(list, json_null());
}

static void evil_fields(struct story *s, const struct target *t, const json_t *values)
{
	const json_t *schema = t->schema;
	const char *ref = json_string_value(json_object_get(schema, "$ref")), *name;
	json_t *property;
	if (ref)
		schema = value_at(s->openapi, ref + 1);
	json_object_foreach(json_object_get(schema, "properties"), name,
		property) for (size_t i = 0; i < json_array_size(values); i++)
	{
		json_t *body = json_object();
		json_object_set(body, name, json_array_get(values, i));
		shot_json(s, t, body, name);
		json_decref(body);
	}
	json_t *unknown = json_pack("{sisisi}", "no_such_field", 1, "version", 1, "n", 1);
	shot_json(s, t, unknown, "unknown names");
	json_decref(unknown);
}

static void many_ids(struct story *s, const struct target *t)
{
	json_t *ids = json_array(), *body = json_object();
	for (int i = 0; i < MANY; i++)
		json_array_append_new(ids, json_sprintf("00000000-0000-7000-8000-%012d", i));
	json_object_set_new(body, "ids", ids);
	json_object_set_new(body, "verb", json_string("confirm"));
	char *text = json_dumps(body, JSON_COMPACT);
	shot(s, t, text, strlen(text), "100,000 ids", false);
	json_decref(body);
	free(text);
}

/* ---- all routes ---- */

static void make_records(struct story *s)
{
	static const struct {
		const char *as, *path, *json, *save;
	} makes[] = {
		{ "duty", "/api/v1/persons", "{\"unit_id\":\"{a1}\",\"name\":\"P\"}", "person /id" },
		{ "duty", "/api/v1/duties",
			"{\"person_id\":\"{person}\",\"unit_id\":\"{a1}\",\"kind\":\"chief\"}", "duty /id" },
		{ "security", "/api/v1/users", "{\"name\":\"victim\"}", "user /id" },
		{ "security", "/api/v1/grants",
			"{\"user_id\":\"{user}\",\"role\":\"leader\",\"unit_id\":\"{a1}\"}", "grant /id" },
		{ "duty", "/api/v1/assets", "{\"kind\":\"host\",\"name\":\"h\",\"unit_id\":\"{a1}\"}",
			"asset /id" },
		{ "duty", "/api/v1/software", "{\"asset_id\":\"{asset}\",\"product\":\"p\"}",
			"software /id" },
		{ "duty", "/api/v1/divisions",
			"{\"code\":\"Z1\",\"name\":\"zone\",\"level\":\"zone\",\"gb_code\":\"440800\"}",
			"division /id" },
		{ "duty", "/api/v1/findings",
			"{\"unit_id\":\"{a1}\",\"kind\":\"report\",\"severity\":\"high\",\"title\":\"f\"}",
			"finding /id" },
		{ "duty", "/api/v1/findings/order", "{\"ids\":[\"{finding}\"],\"text\":\"t\"}",
			"order /orders/0/id" },
		{ "duty", "/api/v1/findings",
			"{\"unit_id\":\"{a1}\",\"kind\":\"report\",\"severity\":\"high\",\"title\":\"g\"}",
			"finding /id" },
	};
	for (size_t i = 0; i < COUNT(makes); i++)
		HOUSE_NEED(house_do(s,
				   &(struct ask){ makes[i].as, "POST", makes[i].path, .json = makes[i].json },
				   makes[i].save) /
				100 ==
			2);
	json_object_set(s->saved, "unit", json_object_get(s->saved, "a1"));
}

/* The record that {id} of "/api/v1/findings/{id}/confirm" stands for here; false where there is none. */
static bool real_path(struct story *s, const char *template, char to[200])
{
	static const char *const names[][2] = { { "/divisions/", "division" }, { "/units/", "unit" },
		{ "/persons/", "person" }, { "/duties/", "duty" }, { "/users/", "user" },
		{ "/grants/", "grant" }, { "/assets/", "asset" }, { "/software/", "software" },
		{ "/findings/", "finding" }, { "/orders/", "order" } };
	const char *at = strchr(template, '{'), *id = "";
	if (!at) {
		snprintf(to, 200, "%s", template);
		return true;
	}
	for (size_t i = 0; i < COUNT(names); i++)
		if (strncmp(template + 7, names[i][0], strlen(names[i][0])) == 0)
			id = house_saved(s, names[i][1]);
	snprintf(to, 200, "%.*s%s%s", (int)(at - template), template, id,
		template + (at - template) + strcspn(at, "}") + 1);
	return *id != '\0';
}

static const char *somebody(const char *path)
{
	bool of_accounts = strstr(path, "/users") || strstr(path, "/grants") || strstr(path, "/tokens");
	bool of_unit =
		strstr(path, "/acknowledge") || strstr(path, "/answer") || strstr(path, "/request_extension");
	return of_accounts ? "security" : of_unit ? "liaison" : "duty";
}

static void every_route(struct story *s)
{
	const char *path, *method;
	json_t *item, *operation, *values = json_array();
	evil_values(values, s);
	json_object_foreach(json_object_get(s->openapi, "paths"), path, item)
		json_object_foreach(item, method, operation)
	{
		struct target t = { .method = strcmp(method, "patch") == 0 ? "PATCH" : "POST" };
		const json_t *content = value_at(operation, "/requestBody/content");
		const json_t *json = json_object_get(content, "application/json");
		if ((strcmp(method, "post") != 0 && strcmp(method, "patch") != 0) || !json ||
			!real_path(s, path, t.path))
			continue;
		t.as = somebody(path);
		t.schema = json_object_get(json, "schema");
		test_case("%s %s refuses what is evil", t.method, path);
		broken_bodies(s, &t);
		if (!leaves_changes(path))
			evil_fields(s, &t, values);
		if (strstr(path, "/bulk") || strstr(path, "/findings/order"))
			many_ids(s, &t);
	}
	json_decref(values);
}

/* What belongs to others is nowhere to be named: an officer of CO-B and the records of A1. */
static void other_units(struct story *s)
{
	static const struct {
		const char *path, *json;
	} asks[] = {
		{ "/api/v1/findings",
			"{\"asset_id\":\"{asset}\",\"unit_id\":\"{b1}\",\"kind\":\"k\",\"severity\":\"low\","
			"\"title\":\"t\"}" },
		{ "/api/v1/software", "{\"asset_id\":\"{asset}\",\"product\":\"p\"}" },
		{ "/api/v1/duties", "{\"person_id\":\"{person}\",\"unit_id\":\"{b1}\",\"kind\":\"chief\"}" },
		{ "/api/v1/assets",
			"{\"parent_id\":\"{asset}\",\"unit_id\":\"{b1}\",\"kind\":\"service\",\"name\":"
			"\"n\"}" },
	};
	/* those of before have been through much, and may be anybody's by now */
	HOUSE_NEED(house_do(s,
			   &(struct ask){ "duty", "POST", "/api/v1/persons",
				   .json = "{\"unit_id\":\"{a1}\",\"name\":\"Q\"}" },
			   "person /id") == 201);
	HOUSE_NEED(house_do(s,
			   &(struct ask){ "duty", "POST", "/api/v1/assets",
				   .json = "{\"kind\":\"host\",\"name\":\"q\",\"unit_id\":\"{a1}\"}" },
			   "asset /id") == 201);
	for (size_t i = 0; i < COUNT(asks); i++) {
		struct answer a = { 0 };
		long long before = sequence();
		test_case("%s with the id of another county's record", asks[i].path);
		CHECK_INT(house_ask(s, &(struct ask){ "county", "POST", asks[i].path, .json = asks[i].json },
				  &a),
			422);
		CHECK(json_array_size(json_object_get(a.json, "errors")) > 0);
		CHECK_INT(sequence(), before);
		answer_done(&a);
	}
}

static void evil_queries(struct story *s)
{
	static const char *const queries[] = { "limit=0", "limit=1001", "limit=-1", "limit=x", "cursor=%00",
		"cursor=AAAA", "cursor=..", "sort=nothing", "sort=-id;DROP", "fields=password_hash",
		"no_such=1", "title__gt=", "id__in=", "q=%27%22%3B", "q=%ff%fe", "unit_id=%27%20OR%201%3D1",
		"created_at__gt=tomorrow", "format=xml", "severity=grave", "limit=1&limit=2" };
	test_case("evil queries are refused or harmless");
	for (size_t i = 0; i < COUNT(queries); i++) {
		char path[200];
		struct answer a = { 0 };
		snprintf(path, sizeof path, "/api/v1/findings?%s", queries[i]);
		long status = house_ask(s, &(struct ask){ "duty", "GET", path }, &a);
		if (status < 0 || status >= 500)
			printf("# %s: %ld %.300s\n", path, status, a.body ? a.body : s->why);
		CHECK(status > 0 && status < 500);
		answer_done(&a);
	}
	CHECK_INT(house_ask(s, &(struct ask){ "duty", "GET", "/api/v1/../v1/findings" }, NULL), 400);
	CHECK_INT(house_ask(s, &(struct ask){ "duty", "GET", "/api/v1/findings/%2e%2e/x" }, NULL), 400);
	CHECK_INT(
		house_ask(s, &(struct ask){ "duty", "GET", "/api/v1/findings/'%20OR%20'1'='1" }, NULL), 404);
}

/* What somebody wrote is text wherever it is shown: no formula in a CSV, no markup on a printed page. */
static void evil_words(struct story *s)
{
	static const char *const lists[] = { "/api/v1/findings?format=csv", "/api/v1/orders?format=csv" };
	struct answer a = { 0 };
	test_case("a formula and a script are text in every list and on paper");
	HOUSE_NEED(house_do(s,
			   &(struct ask){ "duty", "POST", "/api/v1/findings",
				   .json = "{\"unit_id\":\"{a1}\",\"kind\":\"report\",\"severity\":\"high\","
					   "\"title\":\"=1+1<script>alert(1)</script>\"}" },
			   "finding /id") == 201);
	HOUSE_NEED(house_do(s,
			   &(struct ask){ "duty", "POST", "/api/v1/findings/order",
				   .json =
				   	"{\"ids\":[\"{finding}\"],"
				   	"\"text\":\"=2+2<script>alert(1)</script>\"}" },
			   "order /orders/0/id") == 200);
	for (size_t i = 0; i < COUNT(lists); i++) {
		CHECK_INT(house_ask(s, &(struct ask){ "duty", "GET", lists[i] }, &a), 200);
		CHECK(i || (a.body && strstr(a.body, "'=1+1"))); /* an order has a title of its own */
		CHECK(a.body && !strstr(a.body, ",=") && !strstr(a.body, ",\"=") && !strstr(a.body, "\n="));
		answer_done(&a);
	}
	CHECK_INT(house_ask(s, &(struct ask){ "duty", "GET", "/api/v1/orders/{order}/print" }, &a), 200);
	CHECK(a.body && !strstr(a.body, "<script") && strstr(a.body, "&lt;script"));
	answer_done(&a);
}

/* A key that somebody else used brings nothing of his to light. */
static void borrowed_key(struct story *s)
{
	static const char body[] = "{\"unit_id\":\"{a1}\",\"kind\":\"report\",\"severity\":\"low\","
				   "\"title\":\"with a key\"}";
	struct answer first = { 0 }, again = { 0 }, other = { 0 };
	struct ask ask = { "duty", "POST", "/api/v1/findings", .json = body, .key = "borrowed" };
	test_case("an Idempotency-Key of another user is a key of one's own");
	CHECK_INT(house_ask(s, &ask, &first), 201);
	CHECK_INT(house_ask(s, &ask, &again), 201);
	CHECK(first.body && again.body && strcmp(first.body, again.body) == 0);
	ask.as = "county";
	long status = house_ask(s, &ask, &other);
	CHECK(status >= 400 && status < 500);
	const char *id = json_string_value(json_object_get(first.json, "id"));
	CHECK(id && other.body && !strstr(other.body, id));
	answer_done(&first);
	answer_done(&again);
	answer_done(&other);
}

static void children(struct story *s, char to[256])
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)s->server, (int)s->server);
	FILE *f = fopen(path, "re");
	if (!f || !fgets(to, 256, f))
		to[0] = '\0';
	if (f)
		fclose(f);
}

int main(int argc, char **argv)
{
	static struct story s;
	char before[256], after[256];
	if (argc < 2) {
		fprintf(stderr, "usage: %s PROGRAM\n", argv[0]);
		return 2;
	}
	house_make(&s, argv[1], accounts, COUNT(accounts));
	house_serve(&s);
	char path[300];
	snprintf(path, sizeof path, "%s/store/seawall.db", s.data);
	HOUSE_NEED(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
	make_records(&s);
	/* who signs in later would be a change */
	for (size_t i = 0; i < COUNT(accounts); i++)
		HOUSE_NEED(house_ask(&s, &(struct ask){ accounts[i].name, "GET", "/api/v1/session" }, NULL) ==
			200);
	children(&s, before);
	every_route(&s);
	other_units(&s);
	evil_queries(&s);
	evil_words(&s);
	borrowed_key(&s);
	children(&s, after);
	test_case("no role died of it");
	CHECK(before[0] != '\0');
	CHECK_STR(after, before);
	printf("# %d evil bodies, %d answers named a field\n", sent, named);
	test_case("the audit verifies");
	CHECK_INT(house_run(&s, NULL, NULL, "audit", "verify", NULL), 0);
	HOUSE_END(&s);
	return test_end();
}
