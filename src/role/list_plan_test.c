/*
 * Each list that a page asks for walks an index in the order it wants: the store's own plan must name that
 * index and must not sort.  Rows are made plenty, because those of a scope with few rows are sorted on
 * purpose (actor_scope_of()).
 */
#include "base/test.h"
#include "os/clock.h"
#include "role/role.h"


/* The office 1, the county 2 with units 3 to 40, another county 41 with the rest; 100 rows of each list per
 * unit. */
static const char *const rows[] = {
	"WITH RECURSIVE u(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM u WHERE n<60) INSERT INTO units (n,id,"
		"version,created_at,"
	"updated_at,code,name,short_name,kind,sector,parent_n,uscc,sort_order,aliases,phone,note) SELECT n,"
	"'u'||n,1,0,0,'U'||n,"
	"'U'||n,'','public_body','government',CASE WHEN n=1 THEN NULL WHEN n IN (2,41) THEN 1 WHEN n<41 THEN "
	"2 ELSE 41 END,'',0,"
	"'[]','','' FROM u",
	"INSERT INTO unit_tree SELECT n,n,0 FROM units UNION SELECT 1,n,0 FROM units UNION SELECT parent_n,n,"
	"0 FROM units"
	" WHERE parent_n IS NOT NULL",
	"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM c WHERE n<6000) INSERT INTO assets (n,id,"
	"version,created_at,"
	"updated_at,unit_n,kind,name,address,importance,exposure,mlps_level,record_number,note,source,"
	"seen_first,seen_last)"
	" SELECT n,'a'||n,1,0,0,1+n%60,'host','h'||n,'','medium','internal',0,'','','csv',0,0 FROM c",
	"INSERT INTO findings (n,id,version,created_at,updated_at,state,unit_n,seen_unit_n,asset_n,kind,key,"
	"vuln_id,title,"
	"severity,priority,first_seen,last_seen) SELECT n,'f'||n,1,0,0,CASE n%3 WHEN 0 THEN 'new' ELSE "
	"'closed' END,unit_n,unit_n,"
	"n,'vulnerability','k','k','t','high',n%100,0,0 FROM assets",
	"INSERT INTO orders (n,id,version,created_at,updated_at,state,number,kind,unit_n,issuer_n,title,"
	"severity,template,"
	"template_version) SELECT n,'o'||n,1,0,0,'sent',n,'finding',unit_n,1,'t','high','default','1' FROM "
	"assets",
};

enum who { CITY = 1, COUNTY = 2, BOTH = 3 };
static const struct { const char *resource, *query; unsigned who; const char *walks; } lists[] = {
	{ "finding", "", BOTH, "findings_priority" },
	{ "finding", "state=new", BOTH, "findings_state" },
	{ "finding", "state__in=new,confirmed", BOTH, "findings_state" },
	{ "finding", "state=confirmed&severity=critical", BOTH, "findings_state_severity" },
	{ "finding", "state__in=new,confirmed&severity=critical", BOTH, "findings_state_severity" },
	{ "finding", "severity=critical", BOTH, "findings_severity" },
	{ "finding", "severity__in=critical,high", BOTH, "findings_severity" },
	{ "finding", "kev=true", BOTH, "findings_kev" },
	{ "finding", "kev=true&state=new", BOTH, "findings_kev" },
	{ "finding", "kind=vulnerability", BOTH, "findings_priority" },
	{ "finding", "vuln_id=CVE-2024-1", BOTH, "findings_vuln" },
	{ "finding", "unit_id=U13", BOTH, "findings_unit" },
	{ "finding", "unit_id=U13&state=new", BOTH, "findings_unit" },
	{ "finding", "unit_id=U13&state__in=new,confirmed", BOTH, "findings_unit" },
	{ "finding", "unit_id=U13&severity=high&kev=true", BOTH, "findings_unit" },
	{ "asset", "", BOTH, "SCAN t" },
	{ "asset", "kind=host", BOTH, "assets_kind" },
	{ "asset", "kind__in=host,system", BOTH, "assets_kind" },
	{ "asset", "kind=host&exposure=internet", BOTH, "assets_kind" },
	{ "asset", "sort=name", BOTH, "assets_name" },
	{ "asset", "unit_id=U13&kind=host", BOTH, "assets_unit" },
	{ "order", "", BOTH, "SCAN t" },
	{ "order", "state=sent", BOTH, "orders_state" },
	{ "order", "state__in=sent,handling", BOTH, "orders_state" },
	{ "order", "sort=next_due", BOTH, "orders_next_due" },
	{ "order", "unit_id=U13", BOTH, "orders_unit" },
	{ "order", "unit_id=U13&state=sent", BOTH, "orders_unit" },
	{ "unit", "", CITY, "units_order" },
};

static const struct { enum who who; const char *name; struct grant grant; } people[] = {
	{ CITY, "city", { .role = ROLE_DUTY_OFFICER, .unit_n = 1, .whole = true } },
	{ COUNTY, "county", { .role = ROLE_COUNTY_OFFICER, .unit_n = 2 } },
};

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

static bool plan_of(struct op *op, const struct resource *r, const char *text, struct str *out,
	struct err *err)
{
	struct query_pair pairs[8];
	struct query q;
	size_t n = 0;
	for (struct span rest = span_of(text), one; rest.p && rest.n && n < COUNT(pairs); n++) {
		one = span_split(&rest, '&');
		pairs[n].name = span_split(&one, '=');
		pairs[n].value = one;
	}
	return query_parse(r, pairs, n, op->arena, &q, err) && resource_list_explain(op, r, &q, out, err);
}

static void check_plan(const char *plan, const char *walks)
{
	const char *at = strstr(plan, walks);
	/* the whole name: findings_state is not findings_state_severity */
	CHECK(at && at[strlen(walks)] != '_');
	CHECK(strstr(plan, "TEMP B-TREE") == NULL);
	if (test_bad_)
		printf("# %s: %s\n", walks, plan);
}

int main(void)
{
	struct err err = { 0 };
	struct store *store = NULL;
	char folder[300];
	hash_start();
	clock_start();
	house_start();
	snprintf(folder, sizeof folder, "%s/data", test_folder());
	test_case("a store with rows");
	CHECK_OK(store_open(folder, STORE_CREATE, &store, &err) && fill(store, &err), err);
	for (size_t i = 0; i < COUNT(lists); i++) {
		for (size_t k = 0; k < COUNT(people); k++) {
			CLEANUP(arena_free_p) struct arena *a = arena_new(1 << 20, 8 << 20);
			struct actor actor = { .who = { .user_n = 1, .name = SPAN("test") },
				.grants = &people[k].grant,
					       .n_grants = 1 };
			struct op op = { .store = store, .actor = &actor, .arena = a };
			struct str plan = STR_IN(a, 8192);
			if (!(lists[i].who & people[k].who))
				continue;
			test_case("%s %s?%s", people[k].name, lists[i].resource, lists[i].query);
			bool ok = plan_of(&op, resource_find(span_of(lists[i].resource)), lists[i].query,
				&plan, &err);
			CHECK_OK(ok, err);
			if (ok)
				check_plan(str_z(&plan), lists[i].walks);
		}
	}
	store_close(store);
	return test_end();
}
