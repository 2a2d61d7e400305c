/* For the tests of this room: a fresh folder with a small city, steps written by hand, and values as text. */
#pragma once
#include <stdio.h>

#include "base/test.h"
#include "kpi/room.h"
#include "os/clock.h"
#include "people/people.h"

/* n of the units: the city's office, two counties' offices, units from 4 on. */
enum { CITY = 1, COUNTY_A = 2, COUNTY_B = 3, FIRST_UNIT = 4 };
#define MONDAY INT64_C(1795395600000) /* 2026-11-23 09:00 in the city */

struct town {
	struct store *store;
	struct arena *arena;
	struct op op;
};

static inline void must(bool ok, const struct err *err, const char *what)
{
	if (ok)
		return;
	printf("Bail out! %s: %s\n", what, err->en);
	exit(1);
}

static inline void town_begin(struct town *t)
{
	struct err err = { 0 };
	must(op_begin(&t->op, &err), &err, "begin");
}

static inline void town_end(struct town *t)
{
	struct err err = { 0 };
	must(op_commit(&t->op, &err), &err, "commit");
}

static inline int64_t town_int(struct town *t, struct sql_literal sql, struct db_values v)
{
	struct err err = { 0 };
	int64_t n = 0;
	bool found = false;
	must(db_int(op_db(&t->op), sql, v, &n, &found, &err), &err, sql.text);
	return found ? n : -1;
}

/* Inside a transaction. */
static inline void town_unit(struct town *t, int64_t n, int64_t parent_n, const char *kind)
{
	struct err err = { 0 };
	char id[UUID_TEXT], code[32];
	snprintf(code, sizeof code, "U%lld", (long long)n);
	must(db_exec(op_db(&t->op),
		     SQL("INSERT INTO units (n, id, version, created_at, updated_at, code, name, short_name,"
			 " kind, sector, parent_n, uscc, sort_order, aliases, phone, note)"
			 " VALUES (?, ?, 1, ?, ?, ?, ?, '', ?, 'government', ?, '', ?, '[]', '', '')"),
		     V(db_i(n), db_z(uuid_make(1, id)), db_i(op_now(&t->op)), db_i(op_now(&t->op)),
			     db_z(code), db_z(code), db_z(kind), parent_n ? db_i(parent_n) : db_null(),
			     db_i(n)),
		     &err),
		&err, "unit");
}

/* The city at its start, a day before MONDAY: so many units, in turn below the two counties. */
static inline void town_open(struct town *t, const char *name, int64_t units)
{
	static const struct resource *const all[] = { &division_resource, &unit_resource, &person_resource,
		&duty_resource, &user_resource, &grant_resource, &token_resource, &target_resource };
	struct err err = { 0 };
	char path[300];
	hash_start();
	clock_start();
	resource_register(all, COUNT(all));
	snprintf(path, sizeof path, "%s/%s", test_folder(), name);
	clock_fake(MONDAY - TIME_DAY);
	*t = (struct town){ .arena = arena_new(512u << 20, 2048u << 20) };
	must(store_open(path, STORE_CREATE, &t->store, &err), &err, "store");
	t->op = (struct op){ .store = t->store, .actor = &actor_local, .arena = t->arena, .zh = true };
	town_begin(t);
	town_unit(t, CITY, 0, "office");
	town_unit(t, COUNTY_A, CITY, "office");
	town_unit(t, COUNTY_B, CITY, "office");
	for (int64_t i = 0; i < units; i++)
		town_unit(t, FIRST_UNIT + i, i % 2 ? COUNTY_B : COUNTY_A, "public_body");
	must(unit_tree_rebuild(&t->op, &err) && setting_set(&t->op, "office_unit", CITY, &err), &err, "tree");
	town_end(t);
}

static inline void town_close(struct town *t)
{
	store_close(t->store);
	arena_free(t->arena);
	clock_fake(0);
}

/* A row to be named in records; inside a transaction. */
static inline void town_order(struct town *t, int64_t n, int64_t unit_n)
{
	struct err err = { 0 };
	char id[UUID_TEXT];
	must(db_exec(op_db(&t->op),
		     SQL("INSERT INTO orders (n, id, version, created_at, updated_at, state, number, kind, "
		     "unit_n,"
			 " issuer_n, title, severity, template, template_version) VALUES (?, ?, 1, 0, 0, "
			 "'sent',"
			 " ?, 'finding', ?, 1, 't', 'high', 'default', '1')"),
		     V(db_i(n), db_z(uuid_make(1, id)), db_i(n), db_i(unit_n)), &err),
		&err, "order");
}

/* A step at the clock's time in a transaction of its own. */
static inline void town_step(struct town *t, const struct store_step *s)
{
	struct err err = { 0 };
	town_begin(t);
	must(store_add_step(t->op.tx, s, NULL, &err), &err, "step");
	town_end(t);
}

static inline bool town_ask(struct town *t, const char *unit, const char *from, const char *to, int64_t asof,
	struct kpi_ask *ret)
{
	static char text[TIME_TEXT];
	struct err err = { 0 };
	struct kpi_words w = { span_of(from), span_of(to), span_of(unit), { NULL, 0 } };
	if (asof)
		w.asof = span_of(time_format(asof, text));
	bool ok = kpi_ask_read(&t->op, &w, ret, &err);
	if (!ok)
		printf("# %s\n", err.en);
	return ok;
}

/* "above/below" of every measure of orders, in the order of the table. */
static inline const char *town_values(struct town *t, const struct kpi_ask *q)
{
	struct kpi_value values[KPI_MEASURES];
	struct err err = { 0 };
	struct str out = STR_IN(t->arena, 4096);
	if (!kpi_values(&t->op, q, values, &err))
		return arena_copy(t->arena, span_of(err.en));
	for (size_t i = 0; i < kpi_measures_count; i++) {
		if (kpi_measures[i].source != KPI_OF_ORDERS)
			continue;
		if (out.n)
			str_addc(&out, ' ');
		kpi_write_numerator(&kpi_measures[i], &values[i], &out);
		str_addf(&out, "/%lld", (long long)values[i].of);
	}
	return str_z(&out);
}
