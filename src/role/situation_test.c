/* Each number of the situation is as many rows as its list has, for the city, a county and a unit; and the
 * parts make the whole. */
#include <stdio.h>

#include "base/test.h"
#include "os/clock.h"
#include "role/role.h"

#define NOW INT64_C(1795395600000) /* 2026-11-23 09:00 in the city */

/* The city 1 with units 4 to 9, counties 2 and 3 with 10 to 19 and 20 to 29. */
static const char *const rows[] = {
	"WITH RECURSIVE u(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM u WHERE n<29) INSERT INTO units (n,id,"
		"version,"
	"created_at,updated_at,code,name,short_name,kind,sector,parent_n,uscc,sort_order,aliases,phone,note) "
	"SELECT n,"
	"'u'||n,1,0,0,'u'||n,'U'||n,'',CASE WHEN n<4 THEN 'office' ELSE 'public_body' END,'government',CASE "
	"WHEN n=1"
	" THEN NULL WHEN n<10 THEN 1 WHEN n<20 THEN 2 ELSE 3 END,'',0,'[]','','' FROM u",
	"INSERT INTO unit_tree SELECT n,n,0 FROM units UNION SELECT 1,n,0 FROM units UNION SELECT parent_n,n,"
	"0 FROM"
	" units WHERE parent_n IS NOT NULL",
	"DELETE FROM settings WHERE key='office_unit'",
	"INSERT INTO settings (key, value) VALUES ('office_unit', '1')",
	"WITH RECURSIVE f(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM f WHERE n<3000) INSERT INTO findings (n,"
	"id,version,"
	"created_at,updated_at,state,unit_n,kind,key,vuln_id,title,severity,priority,kev,first_seen,"
	"last_seen) SELECT n,"
	"'f'||n,1,0,0,CASE n%7 WHEN 0 THEN 'new' WHEN 1 THEN 'confirmed' WHEN 2 THEN 'ordered' WHEN 3 THEN "
	"'fixed'"
	" WHEN 4 THEN 'risk_accepted' ELSE 'closed' END,NULLIF(n%30,0),'vulnerability','k'||n,'k','t',CASE "
	"n%5 WHEN 0"
	" THEN 'critical' WHEN 1 THEN 'high' WHEN 2 THEN 'medium' WHEN 3 THEN 'low' ELSE 'none' END,n%100,"
	"n%11=0,"
	"1795395600000-n*12000000,0 FROM f",
	"WITH RECURSIVE o(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM o WHERE n<200) INSERT INTO orders (n,id,"
	"version,"
	"created_at,updated_at,state,number,kind,unit_n,issuer_n,title,severity,template,template_version,"
	"sent_at,"
	"acknowledge_due,answer_due) SELECT n,'o'||n,1,0,0,CASE n%4 WHEN 0 THEN 'sent' WHEN 1 THEN "
	"'handling' WHEN 2 THEN"
	" 'draft' ELSE 'archived' END,n,'finding',1+n%13,1,'t','high','default','1',CASE WHEN n%4<>2 THEN 1 "
	"END,"
	"1795395600000+(n-100)*1000000,1795395600000+(n-50)*1000000 FROM o",
};

static const struct grant grants[] = {
	{ .role = ROLE_DUTY_OFFICER, .unit_n = 1, .whole = true },
	{ .role = ROLE_COUNTY_OFFICER, .unit_n = 2 },
	{ .role = ROLE_UNIT_LIAISON, .unit_n = 10 },
};
static const struct { const char *name; size_t tiles;
	} people[] = { { "city", 3 }, { "county", 1 }, { "unit", 0 } };

static bool fill(struct store *s, struct err *err)
{
	static const struct store_actor who = { .name = { "test", 4 } };
	struct store_tx *tx = NULL;
	bool ok = store_begin(s, &who, &tx, err);
	for (size_t i = 0; ok && i < COUNT(rows); i++)
		ok = db_script(store_tx_db(tx), rows[i], err);
	if (ok)
		return store_commit(&tx, err);
	store_rollback(&tx);
	return false;
}

/* Rows of "findings?kev=true", or -1. */
static int64_t listed(struct op *op, const char *list)
{
	struct query_pair pairs[8];
	struct query q;
	struct page page;
	struct err err = { 0 };
	struct span rest = span_of(list), path = span_split(&rest, '?');
	const struct resource *r = resource_find(path);
	int64_t rows_seen = 0;
	size_t n = 0;
	for (; rest.p && n < COUNT(pairs); n++) {
		struct span one = span_split(&rest, '&');
		pairs[n].name = span_split(&one, '=');
		pairs[n].value = one;
	}
	if (!r || !query_parse(r, pairs, n, op->arena, &q, &err))
		return -1;
	q.limit = LIST_MAX;
	do {
		if (!resource_list(op, r, &q, &page, &err))
			return -1;
		rows_seen += (int64_t)page.n;
		q.cursor = page.next;
	} while (page.next.n);
	return rows_seen;
}

static size_t check_numbers(struct op *op, const json_t *j)
{
	const char *key;
	json_t *value;
	size_t i, n = 0;
	const json_t *list = json_object_get(j, "list");
	if (list) {
		int64_t rows_seen = listed(op, json_string_value(list));
		CHECK_INT(json_integer_value(json_object_get(j, "count")), rows_seen);
		n++;
	}
	if (json_is_array(j))
		json_array_foreach((json_t *)(uintptr_t)j, i, value)
			n += check_numbers(op, value);
	json_object_foreach((json_t *)(uintptr_t)j, key, value)
		if (json_is_object(value) || json_is_array(value))
			n += check_numbers(op, value);
	return n;
}

static int64_t count_of(const json_t *j, const char *key)
{
	return json_integer_value(json_object_get(json_object_get(j, key), "count"));
}

static void check_sums(const json_t *j, size_t tiles)
{
	const json_t *divisions = json_object_get(j, "divisions"),
		*severities = json_object_get(j, "severities");
	int64_t sum = count_of(j, "unowned"), by_severity = 0;
	CHECK_INT(json_array_size(divisions), tiles);
	for (size_t i = 0; i < json_array_size(divisions); i++)
		sum += count_of(json_array_get(divisions, i), "open");
	for (size_t i = 0; i < json_array_size(severities); i++)
		by_severity += json_integer_value(json_object_get(json_array_get(severities, i), "count"));
	if (tiles)
		CHECK_INT(sum, count_of(j, "open"));
	CHECK_INT(by_severity, count_of(j, "open"));
	CHECK(count_of(j, "open") > 0 && count_of(j, "kev") > 0 && count_of(j, "silent") > 0);
}

static void check_one(struct store *store, size_t who)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(1 << 20, 64 << 20);
	struct actor actor = { .who = { .user_n = 1, .name = SPAN("test") }, .grants = &grants[who],
		.n_grants = 1 };
	struct op op = { .store = store, .actor = &actor, .arena = a };
	struct str out = STR_IN(a, 1 << 20);
	struct call c = { .op = &op, .out = &out };
	struct err err = { 0 };
	test_case("%s", people[who].name);
	bool ok = situation_routes[0].handler(&c, &err);
	CHECK_OK(ok, err);
	json_t *j = ok ? json_loads(str_z(&out), 0, NULL) : NULL;
	CHECK(j != NULL);
	if (j) {
		CHECK(check_numbers(&op, j) > 50);
		check_sums(j, people[who].tiles);
	}
	json_decref(j);
}

int main(void)
{
	struct err err = { 0 };
	struct store *store = NULL;
	char folder[300];
	hash_start();
	clock_start();
	house_start();
	clock_fake(NOW);
	snprintf(folder, sizeof folder, "%s/data", test_folder());
	test_case("a store with rows");
	CHECK_OK(store_open(folder, STORE_CREATE, &store, &err) && fill(store, &err), err);
	for (size_t i = 0; i < COUNT(people); i++)
		check_one(store, i);
	store_close(store);
	clock_fake(0);
	return test_end();
}
