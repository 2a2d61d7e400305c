/* Kept answers (resource/kept.h) are what counting anew would say, after whatever traffic: at random, for
 * several who ask, and with threads, none of whom may be given a number from before a commit that was
 * seen. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/test.h"
#include "finding/finding.h"
#include "os/clock.h"
#include "resource/dispatch.h"
#include "resource/kept.h"
#include "role/role.h"

#define NOW INT64_C(1795395600000) /* 2026-11-23 09:00 in the city */
enum { ROUNDS = 400, FINDINGS = 120, THREADS = 3, COMMITS = 60 };

static const char *const rows[] = {
	"WITH RECURSIVE u(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM u WHERE n<9)"
	" INSERT INTO units (n, id, version, created_at, updated_at, code, name, short_name, kind, sector,"
	" parent_n, uscc, sort_order, aliases, phone, note)"
	" SELECT n, 'u'||n, 1, 0, 0, 'u'||n, 'U'||n, '', CASE WHEN n<3 THEN 'office' ELSE 'public_body' END,"
	" 'government', CASE WHEN n=1 THEN NULL WHEN n=2 THEN 1 ELSE 1+n%2 END, '', 0, '[]', '', '' FROM u",

	"INSERT INTO unit_tree SELECT n, n, 0 FROM units UNION SELECT 1, n, 0 FROM units"
	" UNION SELECT parent_n, n, 0 FROM units WHERE parent_n IS NOT NULL",

	"DELETE FROM settings WHERE key='office_unit'",
	"INSERT INTO settings (key, value) VALUES ('office_unit', '1')",

	"WITH RECURSIVE f(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM f WHERE n<120)"
	" INSERT INTO findings (n, id, version, created_at, updated_at, state, unit_n, kind, key, vuln_id,"
	" title, severity, priority, kev, first_seen, last_seen)"
	" SELECT n, 'f'||n, 1, 0, 0, 'new', 3+n%7, 'vulnerability', 'k'||n, 'k', 't',"
	" CASE n%3 WHEN 0 THEN 'critical' WHEN 1 THEN 'high' ELSE 'low' END, n%100, n%11=0,"
	" 1795395600000-n*12000000, 0 FROM f",

	"WITH RECURSIVE o(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM o WHERE n<60)"
	" INSERT INTO orders (n, id, version, created_at, updated_at, state, number, kind, unit_n, issuer_n,"
	" title, severity, template, template_version, sent_at, acknowledge_due, answer_due)"
	" SELECT n, 'o'||n, 1, 0, 0, 'sent', n, 'finding', 3+n%7, 1, 't', 'high', 'default', '1', 1,"
	" 1795395600000+(n-30)*9000, 1795395600000+n*1000000 FROM o",
};

static const struct grant grants[] = {
	{ .role = ROLE_DUTY_OFFICER, .unit_n = 1, .whole = true },
	{ .role = ROLE_COUNTY_OFFICER, .unit_n = 2 },
	{ .role = ROLE_UNIT_LIAISON, .unit_n = 4 },
};
static const struct {
	const char *path;
	struct query_pair query;
} asked[] = {
	{ "/api/v1/situation", { { NULL, 0 }, { NULL, 0 } } },
	{ "/api/v1/findings/facets", { { NULL, 0 }, { NULL, 0 } } },
	{ "/api/v1/findings/facets", { { "state", 5 }, { "confirmed", 9 } } },
	{ "/api/v1/orders/counts", { { NULL, 0 }, { NULL, 0 } } },
};

static const struct route *find_route(const char *path)
{
	struct match m;
	return dispatch_find(SPAN("GET"), span_of(path), &m) ? m.route : NULL;
}

static bool fill(struct store *s, struct err *err)
{
	struct store_tx *tx = NULL;
	bool ok = store_begin(s, &actor_local.who, &tx, err);
	for (size_t i = 0; ok && i < COUNT(rows); i++)
		ok = db_script(store_tx_db(tx), rows[i], err);
	if (ok)
		return store_commit(&tx, err);
	store_rollback(&tx);
	return false;
}

/* What the route answers: kept (k), or counted anew (NULL). */
static struct span ask(struct store *s, struct kept *k, size_t who, size_t what, struct arena *a)
{
	struct actor actor = { .who = { .user_n = 1, .name = SPAN("test") }, .grants = &grants[who],
		.n_grants = 1 };
	struct op op = { .store = s, .actor = &actor, .arena = a };
	struct str *out = arena_alloc(a, sizeof *out);
	*out = STR_IN(a, 1 << 20);
	struct call c = { .op = &op, .out = out, .status = 200, .query = &asked[what].query,
		.n_query = asked[what].query.name.n > 0 };
	const struct route *r = find_route(asked[what].path);
	struct err err = { 0 };
	CHECK(r && r->counts);
	bool ok = r && (k ? kept_answer(k, r, &c, &err) : r->handler(&c, &err));
	CHECK_OK(ok, err);
	return str_span(out);
}

/* A verb on one of the findings or orders; what its state does not allow is refused, and changes nothing. */
static void act(struct store *s, struct arena *a, unsigned r)
{
	static const char *const verbs[] = { "confirm", "false_positive", "reopen" };
	CLEANUP(json_free) json_t *args = json_pack("{s:s}", "reason", "test");
	struct op op = { .store = s, .actor = &actor_local, .arena = a };
	struct record rec;
	struct err err = { 0 };
	bool of_order = r % 3 == 0;
	struct span id = arena_printf(a, of_order ? "o%u" : "f%u", 1 + r / 7 % (of_order ? 60 : FINDINGS));
	struct resource_request q = { id, span_of(of_order ? "acknowledge" : verbs[r / 5 % COUNT(verbs)]),
		args, 0 };
	if (!op_begin(&op, &err))
		return;
	if (!resource_apply(&op, resource_find(of_order ? SPAN("orders") : SPAN("findings")), &q, &rec,
	    &err) ||
		!op_commit(&op, &err))
		op_rollback(&op);
}

static void check_traffic(struct store *s)
{
	struct kept *k = kept_new();
	uint64_t again, counted;
	unsigned seed = 1;
	test_case("after random traffic what is kept is what is counted anew");
	for (size_t i = 0; i < ROUNDS; i++) {
		CLEANUP(arena_free_p) struct arena *a = arena_new(1 << 16, 64 << 20);
		seed = seed * 1664525u + 1013904223u;
		unsigned r = seed >> 8;
		if (r % 4 == 0)
			act(s, a, r / 4);
		if (r % 16 == 1)
			clock_fake(clock_wall() + KEPT_MS);
		size_t who = r / 64 % COUNT(grants), what = r / 256 % COUNT(asked);
		struct span kept = ask(s, k, who, what, a), fresh = ask(s, NULL, who, what, a);
		CHECK(span_eq(kept, fresh));
	}
	kept_figures(k, &again, &counted);
	CHECK(again > ROUNDS / 8 && counted > ROUNDS / 8);
	kept_free(k);
}

/* ---- threads ---- */

struct crowd {
	const char *folder;
	struct kept *kept;
	atomic_int confirmed;                          /* committed so far */
	atomic_int wrong, asked;
	atomic_bool over;
};

/* Of the facets of state=confirmed: {"total":{"count":N,… */
static int64_t total_of(struct span facets)
{
	struct span rest = span_from(facets, sizeof "{\"total\":{\"count\":" - 1),
		number = span_split(&rest, ',');
	int64_t n = -1;
	return span_int(number, 0, FINDINGS, &n) ? n : -1;
}

static void *reader(void *user)
{
	struct crowd *c = user;
	struct store *s = NULL;
	struct err err = { 0 };
	if (!store_open(c->folder, STORE_OPEN, &s, &err)) {
		atomic_fetch_add(&c->wrong, 1);
		return NULL;
	}
	while (!atomic_load(&c->over)) {
		CLEANUP(arena_free_p) struct arena *a = arena_new(1 << 16, 64 << 20);
		int before = atomic_load(&c->confirmed);
		int64_t seen = total_of(ask(s, c->kept, 0, 2, a));
		int after = atomic_load(&c->confirmed) + 1;    /* committed, and not yet said so */
		if (seen < before || seen > after)
			atomic_fetch_add(&c->wrong, 1);
		atomic_fetch_add(&c->asked, 1);
	}
	store_close(s);
	return NULL;
}

static bool confirm(struct store *s, int i)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(1 << 16, 64 << 20);
	struct op op = { .store = s, .actor = &actor_local, .arena = a };
	struct record rec;
	struct err err = { 0 };
	struct resource_request q = { .id = arena_printf(a, "f%d", i), .verb = SPAN("confirm") };
	return op_begin(&op, &err) && resource_apply(&op, resource_find(SPAN("findings")), &q, &rec, &err) &&
		op_commit(&op, &err);
}

static void check_crowd(struct store *s, const char *folder)
{
	struct crowd c = { .folder = folder, .kept = kept_new() };
	pthread_t threads[THREADS];
	test_case("of several threads none is given a number from before a commit that it could see");
	for (size_t i = 0; i < THREADS; i++)
		CHECK(pthread_create(&threads[i], NULL, reader, &c) == 0);
	for (int i = 1; i <= COMMITS; i++) {
		CHECK(confirm(s, i));
		atomic_store(&c.confirmed, i);
	}
	atomic_store(&c.over, true);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	CHECK_INT(atomic_load(&c.wrong), 0);
	CHECK(atomic_load(&c.asked) > 0);
	kept_free(c.kept);
}

static struct store *open_filled(const char *name, char folder[300])
{
	struct store *s = NULL;
	struct err err = { 0 };
	snprintf(folder, 300, "%s/%s", test_folder(), name);
	CHECK_OK(store_open(folder, STORE_CREATE, &s, &err) && fill(s, &err), err);
	return s;
}

int main(void)
{
	char folder[300];
	hash_start();
	clock_start();
	house_start();
	clock_fake(NOW);
	test_case("a store with rows");
	struct store *s = open_filled("traffic", folder);
	check_traffic(s);
	store_close(s);
	s = open_filled("crowd", folder);
	check_crowd(s, folder);
	store_close(s);
	clock_fake(0);
	return test_end();
}
