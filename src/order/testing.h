/* For the tests of this room: a fresh folder with a small city, and short ways to do things as somebody. */
#pragma once
#include <stdio.h>

#include "asset/asset.h"
#include "base/test.h"
#include "order/room.h"
#include "os/clock.h"
#include "people/people.h"

/* n of the units: city office 1, county office 2; 3 and 4 below the county, 5 below the city; then one each.
 */
enum { CITY = 1, COUNTY = 2, UNIT_A = 3, UNIT_B = 4, UNIT_C = 5 };
#define MONDAY INT64_C(1795395600000) /* 2026-11-23 09:00 in the city */

struct city {
	struct store *store;
	struct arena *arena;
	struct op op;
	struct actor actors[8];
	struct grant grants[8];
	struct record o; /* what the last verb left */
};

enum { LOCAL, DUTY, OTHER_DUTY, LIAISON_A, LIAISON_B, COUNTY_OFFICER, LEADER, ANALYST };

static inline void city_must(bool ok, const struct err *err, const char *what)
{
	if (ok)
		return;
	printf("Bail out! %s: %s\n", what, err->en);
	exit(1);
}

static inline void city_exec(struct city *c, struct sql_literal sql, struct db_values v)
{
	struct err err = { 0 };
	bool own = !c->op.tx;
	city_must((!own || op_begin(&c->op, &err)) && db_exec(op_db(&c->op), sql, v, &err) &&
			(!own || op_commit(&c->op, &err)),
		&err, sql.text);
}

static inline int64_t city_int(struct city *c, struct sql_literal sql, struct db_values v)
{
	struct err err = { 0 };
	int64_t n = 0;
	bool found = false;
	city_must(db_int(op_db(&c->op), sql, v, &n, &found, &err), &err, sql.text);
	return found ? n : -1;
}

static inline struct span city_text(struct city *c, struct sql_literal sql, struct db_values v)
{
	struct err err = { 0 };
	struct span s;
	city_must(db_text(op_db(&c->op), sql, v, c->arena, &s, &err), &err, sql.text);
	return s;
}

static inline void city_unit(struct city *c, int64_t n, int64_t parent_n, const char *kind)
{
	char id[UUID_TEXT], code[32], name[32];
	snprintf(code, sizeof code, "U%lld", (long long)n);
	snprintf(name, sizeof name, "单位%lld", (long long)n);
	city_exec(c,
		SQL("INSERT INTO units (n, id, version, created_at, updated_at, code, name, short_name, "
		    "kind, sector, parent_n,"
		    " uscc, sort_order, aliases, phone, note) VALUES (?, ?, 1, 0, 0, ?, ?, '', ?, "
		    "'government', ?, '', ?, '[]',"
		    " '', '')"),
		V(db_i(n), db_z(uuid_make(1, id)), db_z(code), db_z(name), db_z(kind),
			parent_n ? db_i(parent_n) : db_null(), db_i(n)));
}

static inline int64_t city_host(struct city *c, int64_t unit_n, const char *name)
{
	char id[UUID_TEXT];
	city_exec(c,
		SQL("INSERT INTO assets (id, version, created_at, updated_at, unit_n, kind, name, address, "
		    "importance, exposure,"
		    " mlps_level, record_number, note, source, seen_first, seen_last, inventory) VALUES (?, "
		    "1, 0, 0, ?, 'host', ?,"
		    " ?, 'high', 'internet', 0, '', '', 'csv', 0, 0, 0)"),
		V(db_z(uuid_make(1, id)), db_i(unit_n), db_z(name), db_z(name)));
	return city_int(c, SQL("SELECT max(n) FROM assets"), V0);
}

static inline int64_t city_software(
	struct city *c, int64_t asset_n, const char *vendor, const char *product, const char *version)
{
	char id[UUID_TEXT];
	city_exec(c,
		SQL("INSERT INTO software (id, version, created_at, updated_at, unit_n, asset_n, source, "
		    "identity, slot, part,"
		    " vendor, product, product_version, patch, cpe, confidence, seen_first, seen_last)"
		    " SELECT ?, 1, 0, 0, unit_n, n, 'csv', ?, 0, 'a', ?, ?, ?, '', '', 100, 0, 0 FROM assets "
		    "WHERE n=?"),
		V(db_z(uuid_make(1, id)), db_z(product), db_z(vendor), db_z(product), db_z(version),
			db_i(asset_n)));
	return city_int(c, SQL("SELECT max(n) FROM software"), V0);
}

static inline void city_actor(struct city *c, size_t at, enum role role, int64_t unit_n, const char *name)
{
	c->grants[at] = (struct grant){
		.role = role, .unit_n = unit_n, .tree = UNIT_PARENT, .whole = unit_n == CITY
	};
	c->actors[at] = (struct actor){ .who = { .user_n = (int64_t)at, .name = span_of(name) },
		.grants = &c->grants[at],
		.n_grants = 1,
		.session = SPAN("s") };
}

static inline void city_open(struct city *c, const char *name)
{
	static const struct resource *const all[] = {
		&division_resource,
		&unit_resource,
		&person_resource,
		&duty_resource,
		&user_resource,
		&grant_resource,
		&token_resource,
		&asset_resource,
		&software_resource,
		&declaration_resource,
		&finding_resource,
		&order_resource,
		&instruction_resource,
		&shift_note_resource,
	};
	struct err err = { 0 };
	char path[300];
	hash_start();
	clock_start();
	resource_register(all, COUNT(all));
	snprintf(path, sizeof path, "%s/%s", test_folder(), name);
	clock_fake(MONDAY);
	*c = (struct city){ .arena = arena_new(512u << 20, 2048u << 20) };
	city_must(store_open(path, STORE_CREATE, &c->store, &err), &err, "store");
	c->actors[LOCAL] = actor_local;
	city_actor(c, DUTY, ROLE_DUTY_OFFICER, CITY, "duty");
	city_actor(c, OTHER_DUTY, ROLE_DUTY_OFFICER, CITY, "other");
	city_actor(c, LIAISON_A, ROLE_UNIT_LIAISON, UNIT_A, "liaison.a");
	city_actor(c, LIAISON_B, ROLE_UNIT_LIAISON, UNIT_B, "liaison.b");
	city_actor(c, COUNTY_OFFICER, ROLE_COUNTY_OFFICER, COUNTY, "county");
	city_actor(c, LEADER, ROLE_LEADER, CITY, "leader");
	city_actor(c, ANALYST, ROLE_ANALYST, CITY, "analyst");
	c->op = (struct op){ .store = c->store, .actor = &c->actors[LOCAL], .arena = c->arena, .zh = true };
	city_must(op_begin(&c->op, &err), &err, "begin");
	city_unit(c, CITY, 0, "office");
	city_unit(c, COUNTY, CITY, "office");
	city_unit(c, UNIT_A, COUNTY, "public_body");
	city_unit(c, UNIT_B, COUNTY, "public_body");
	city_unit(c, UNIT_C, CITY, "public_body");
	city_must(unit_tree_rebuild(&c->op, &err) && setting_set(&c->op, "office_unit", CITY, &err) &&
			op_commit(&c->op, &err),
		&err, "tree");
}

static inline void city_close(struct city *c)
{
	store_close(c->store);
	arena_free(c->arena);
	clock_fake(0);
}

/* n findings of one software; keys CVE-2026-<first>… */
static inline void city_found(
	struct city *c, int64_t asset_n, int64_t software_n, int first, int n, const char *severity)
{
	struct err err = { 0 };
	struct finding_batch b;
	int64_t unit_n = city_int(c, SQL("SELECT unit_n FROM assets WHERE n=?"), V(db_i(asset_n)));
	finding_batch_begin(&b, &c->op);
	for (int i = 0; i < n; i++) {
		struct span key = arena_printf(c->arena, "CVE-2026-%d", first + i);
		struct finding_seen s = { .asset_n = asset_n,
			.unit_n = unit_n,
			.software_n = software_n,
			.kind = SPAN("vulnerability"),
			.key = key,
			.vuln_id = key,
			.title = key,
			.severity = severity,
			.terms = { .score = 75 },
			.source = SPAN("test"),
			.explanation = SPAN("{}") };
		city_must(finding_batch_add(&b, &s, &err), &err, "found");
	}
	city_must(finding_batch_end(&b, &err), &err, "end");
}

/* A verb on an order as somebody; c->o is the order after it.  args as JSON with ' for ". */
static inline bool city_do(
	struct city *c, size_t who, int64_t order_n, const char *verb, const char *args, struct err *err)
{
	struct span id = city_text(c, SQL("SELECT id FROM orders WHERE n=?"), V(db_i(order_n)));
	char *text = arena_copy(c->arena, span_of(args));
	for (char *p = text; *p; p++)
		*p = *p == '\'' ? '"' : *p;
	json_t *j = NULL;
	*err = (struct err){ 0 };
	c->op.actor = &c->actors[who];
	bool ok = json_parse(span_of(text), 0, &j, err) && op_begin(&c->op, err) &&
		resource_apply(&c->op, &order_resource,
			&(struct resource_request){ .id = id, .verb = span_of(verb), .in = j }, &c->o, err) &&
		op_commit(&c->op, err);
	op_rollback(&c->op);
	c->op.actor = &c->actors[LOCAL];
	json_decref(j);
	return ok;
}

/* Orders everything new or confirmed of a unit; *ret_n is the order made, 0 if none. */
static inline bool city_dispatch(
	struct city *c, size_t who, const char *unit_code, int64_t *ret_n, struct err *err)
{
	struct str out = STR_IN(c->arena, 1 << 20);
	json_t *filter = json_pack("{s:s, s:s}", "unit_id", unit_code, "state__in", "new,confirmed");
	int64_t before = city_int(c, SQL("SELECT COALESCE(max(n), 0) FROM orders"), V0);
	*err = (struct err){ 0 };
	c->op.actor = &c->actors[who];
	bool ok = order_dispatch(
		&c->op, &(struct order_dispatch){ .filter = filter, .text = SPAN("请限期整改") }, &out, err);
	c->op.actor = &c->actors[LOCAL];
	json_decref(filter);
	int64_t after = city_int(c, SQL("SELECT COALESCE(max(n), 0) FROM orders"), V0);
	*ret_n = after > before ? after : 0;
	return ok;
}

static inline bool city_state(struct city *c, int64_t order_n, const char *want)
{
	return span_is(city_text(c, SQL("SELECT state FROM orders WHERE n=?"), V(db_i(order_n))), want);
}

static inline int64_t city_findings(struct city *c, int64_t order_n, const char *state)
{
	return city_int(c,
		SQL("SELECT count(*) FROM findings f JOIN item_findings i ON i.finding_n=f.n JOIN items t ON "
		    "t.n=i.item_n"
		    " WHERE t.order_n=? AND f.state=?"),
		V(db_i(order_n), db_z(state)));
}
