#include "asset/asset.h"
#include "base/test.h"
#include "finding/life.h"
#include "os/clock.h"
#include "people/people.h"

#define NOW INT64_C(1795395600000)

struct desk {
	struct store *store;
	struct arena *arena;
	struct op op;
};

/* In a test of this room orders are only a table. */
static void open_desk(struct desk *d, const char *name)
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
		&finding_resource,
	};
	char path[300];
	struct err err = { 0 };
	hash_start();
	clock_start();
	clock_fake(NOW);
	resource_register(all, COUNT(all));
	snprintf(path, sizeof path, "%s/%s", test_folder(), name);
	*d = (struct desk){ .arena = arena_new(512u << 20, 2048u << 20) };
	if (!store_open(path, STORE_CREATE, &d->store, &err)) {
		printf("Bail out! %s\n", err.en);
		exit(1);
	}
	d->op = (struct op){ .store = d->store, .actor = &actor_local, .arena = d->arena };
}

static void write_now(struct desk *d, struct sql_literal sql, struct db_values v)
{
	struct err err = { 0 };
	CHECK_OK(op_begin(&d->op, &err) && db_exec(op_db(&d->op), sql, v, &err) && op_commit(&d->op, &err),
		err);
	op_rollback(&d->op);
}

static int64_t number(struct desk *d, struct sql_literal sql)
{
	struct err err = { 0 };
	int64_t n = -1;
	bool found;
	CHECK_OK(db_int(op_db(&d->op), sql, V0, &n, &found, &err), err);
	return n;
}

static struct finding_seen seen(const char *key)
{
	return (struct finding_seen){ .asset_n = 1,
		.unit_n = 1,
		.software_n = 1,
		.kind = SPAN("vulnerability"),
		.key = span_of(key),
		.vuln_id = span_of(key),
		.title = span_of(key),
		.severity = "high",
		.terms = { .score = 75,
			.epss = 50000,
			.kev = true,
			.internet = true,
			.importance = FINDING_LEVEL_HIGH },
		.explanation = SPAN("{\"software\":\"x\"}") };
}

static enum finding_outcome found(struct desk *d, const struct finding_seen *s)
{
	struct err err = { 0 };
	enum finding_outcome outcome = FINDING_FRESH;
	CHECK_OK(
		op_begin(&d->op, &err) && finding_found(&d->op, s, &outcome, &err) && op_commit(&d->op, &err),
		err);
	op_rollback(&d->op);
	return outcome;
}

static bool move(struct desk *d, int64_t n, const char *verb, struct err *err)
{
	struct finding_row f;
	bool known;
	*err = (struct err){ 0 };
	bool ok = op_begin(&d->op, err) && finding_load(&d->op, n, &f, &known, err) &&
		finding_move(&d->op, &f, verb,
			&(struct finding_how){ .reason = SPAN("x"), .until = NOW + TIME_DAY }, err) &&
		op_commit(&d->op, err);
	op_rollback(&d->op);
	return ok;
}

static void again(struct desk *d)
{
	struct finding_seen s = seen("CVE-2026-1");
	struct err err;
	test_case("found, and found again, is one finding");
	CHECK_INT(found(d, &s), FINDING_FRESH);
	int64_t changes = number(d, SQL("SELECT count(*) FROM changes"));
	clock_fake(NOW + TIME_HOUR);
	CHECK_INT(found(d, &s), FINDING_SAME);
	CHECK_INT(number(d, SQL("SELECT count(*) FROM findings")), 1);
	CHECK_INT(number(d, SQL("SELECT count(*) FROM changes")), changes);
	CHECK_INT(number(d, SQL("SELECT last_seen - first_seen FROM findings")), TIME_HOUR);
	test_case("priority is the sum of its terms");
	CHECK_INT(number(d, SQL("SELECT priority FROM findings")), 300 + 100 + 150 + 100 + 187);
	test_case("what is derived changes without a version, a severity with one");
	s.terms.epss = 60000;
	CHECK_INT(found(d, &s), FINDING_SAME);
	CHECK_INT(number(d, SQL("SELECT version FROM findings")), 1);
	CHECK_INT(number(d, SQL("SELECT priority FROM findings")), 300 + 120 + 150 + 100 + 187);
	s.severity = "critical";
	CHECK_INT(found(d, &s), FINDING_CHANGED);
	CHECK_INT(number(d, SQL("SELECT version FROM findings")), 2);
	test_case("what a person assigned stays until the asset changes hands");
	write_now(d, SQL("UPDATE findings SET unit_n=NULL WHERE n=1"), V0);
	CHECK_INT(found(d, &s), FINDING_SAME);
	CHECK_INT(number(d, SQL("SELECT unit_n IS NULL FROM findings")), 1);
	s.unit_n = 2;
	CHECK_INT(found(d, &s), FINDING_CHANGED);
	CHECK_INT(number(d, SQL("SELECT unit_n FROM findings")), 2);
	s.unit_n = 1;
	CHECK_INT(found(d, &s), FINDING_CHANGED);
	test_case("closed: the fact that was known then does not bring it back, a newer one does");
	static const char *const way[] = { "confirm", "order", "fix", "close" };
	for (size_t i = 0; i < COUNT(way); i++)
		CHECK_OK(move(d, 1, way[i], &err), err);
	s.observed_at = NOW;
	CHECK_INT(found(d, &s), FINDING_SAME);
	CHECK_INT(number(d, SQL("SELECT state='closed' FROM findings")), 1);
	s.observed_at = NOW + 2 * TIME_HOUR;
	CHECK_INT(found(d, &s), FINDING_BACK);
	CHECK_INT(number(d, SQL("SELECT state='new' AND recurrences=1 FROM findings")), 1);
	CHECK_INT(number(d, SQL("SELECT count(*) FROM steps WHERE verb='recur'")), 1);
	test_case("vanished: whatever shows it again brings it back, however old");
	CHECK_OK(move(d, 1, "vanish", &err), err);
	s.observed_at = NOW;
	CHECK_INT(found(d, &s), FINDING_BACK);
	test_case("judged ones stay as judged, an accepted risk until its date");
	CHECK_OK(move(d, 1, "false_positive", &err), err);
	CHECK_INT(found(d, &s), FINDING_SAME);
	CHECK_OK(move(d, 1, "reopen", &err), err);
	CHECK_OK(move(d, 1, "accept_risk", &err), err);
	CHECK_INT(found(d, &s), FINDING_SAME);
	int64_t done = -1;
	CHECK_OK(op_begin(&d->op, &err) && finding_expire(&d->op, 10, &done, &err) && op_commit(&d->op, &err),
		err);
	CHECK_INT(done, 0);
	clock_fake(NOW + 2 * TIME_DAY);
	CHECK_OK(op_begin(&d->op, &err) && finding_expire(&d->op, 10, &done, &err) && op_commit(&d->op, &err),
		err);
	CHECK_INT(done, 1);
	CHECK_INT(number(d, SQL("SELECT state='confirmed' FROM findings")), 1);
	clock_fake(NOW);
}

static void gone(struct desk *d)
{
	struct finding_seen a = seen("CVE-2026-1"), b = seen("CVE-2026-2");
	a.severity = "critical";
	struct finding_batch run;
	struct err err = { 0 };
	test_case("what a run no longer sees is closed");
	found(d, &b);
	clock_fake(NOW + 3 * TIME_DAY);
	finding_batch_begin(&run, &d->op);
	CHECK_OK(finding_batch_add(&run, &a, &err) &&
			finding_batch_gone(&run, SPAN("vulnerability"), 1, &err) &&
			finding_batch_end(&run, &err),
		err);
	CHECK_INT(run.same, 1);
	CHECK_INT(run.gone, 1);
	CHECK_INT(
		number(d, SQL("SELECT count(*) FROM findings WHERE state='closed' AND key='CVE-2026-2'")), 1);
	clock_fake(NOW);
}

static void clock_set_back(struct desk *d)
{
	struct finding_seen a = seen("CVE-2026-1"), c = seen("CVE-2026-3");
	struct finding_batch run;
	struct err err = { 0 };
	test_case("a clock set back during a run closes nothing that the run saw");
	clock_fake(NOW + 4 * TIME_DAY);
	a.severity = "critical";
	finding_batch_begin(&run, &d->op);
	clock_fake(NOW + 4 * TIME_DAY - TIME_SECOND);
	CHECK_OK(finding_batch_add(&run, &a, &err) && finding_batch_add(&run, &c, &err) &&
			finding_batch_gone(&run, SPAN("vulnerability"), 1, &err) &&
			finding_batch_end(&run, &err),
		err);
	CHECK_INT(run.fresh, 1);
	CHECK_INT(run.gone, 0);
	write_now(d, SQL("DELETE FROM findings WHERE key='CVE-2026-3'"), V0);
	clock_fake(NOW);
}

/* Every (state, verb) pair of both tables, by row. */
static void table(struct desk *d)
{
	const char *verbs[64];
	size_t n = 0;
	for (size_t i = 0; i < finding_life.n_rows; i++)
		verbs[n++] = finding_life.rows[i].verb;
	for (size_t i = 0; i < finding_driven_count; i++)
		verbs[n++] = finding_driven[i].verb;
	for (const char *const *state = finding_life.states; *state; state++) {
		test_case("finding %s: every verb as the tables say", *state);
		for (size_t i = 0; i < n; i++) {
			const struct transition *t = finding_transition(*state, verbs[i]);
			struct err err;
			struct span now;
			write_now(d, SQL("UPDATE findings SET state=? WHERE n=1"), V(db_z(*state)));
			bool ok = move(d, 1, verbs[i], &err);
			CHECK(ok == (t != NULL));
			CHECK(ok || err.code == ERR_CONFLICT);
			CHECK_OK(db_text(op_db(&d->op), SQL("SELECT state FROM findings WHERE n=1"), V0,
					 d->arena, &now, &err),
				err);
			CHECK_SPAN(now, t ? t->to : *state);
		}
	}
	write_now(d, SQL("UPDATE findings SET state='new' WHERE n=1"), V0);
}

static bool create(struct desk *d, const char *text, struct record *ret, struct err *err)
{
	CLEANUP(json_free) json_t *j = NULL;
	*err = (struct err){ 0 };
	bool ok = json_parse(span_of(text), 0, &j, err) && op_begin(&d->op, err) &&
		resource_create(&d->op, &finding_resource, j, ret, err) && op_commit(&d->op, err);
	op_rollback(&d->op);
	return ok;
}

static void by_person(struct desk *d)
{
	struct record f;
	struct err err;
	test_case("made by a person for a unit");
	CHECK_OK(create(d,
			 "{\"unit_id\":\"U1\",\"title\":\"弱口令\",\"kind\":\"weak_password\",\"severity\":"
			 "\"high\",\"text\":\"t\","
			 "\"source\":\"公安\",\"source_number\":\"粤网通1号\"}",
			 &f, &err),
		err);
	CHECK_SPAN(f.state, "new");
	CHECK_INT(record_int(&f, "unit_id"), 1);
	CHECK_INT(record_int(&f, "priority"), 200);
	CHECK_INT(number(d,
			  SQL("SELECT count(*) FROM steps WHERE verb='report' AND to_state='new' AND "
			      "unit_n=1")),
		1);
	test_case("made by a person for an address: the asset's unit");
	CHECK_OK(create(d,
			 "{\"address\":\"192.0.2.7\",\"title\":\"t\",\"kind\":\"page\",\"severity\":\"low\"}",
			 &f, &err),
		err);
	CHECK_INT(record_int(&f, "unit_id"), 1);
	CHECK_INT(record_int(&f, "asset_id"), 1);
	test_case("of an address nobody knows: into the pool");
	CHECK_OK(
		create(d,
			"{\"address\":\"192.0.2.99\",\"title\":\"t\",\"kind\":\"page\",\"severity\":\"low\"}",
			&f, &err),
		err);
	CHECK(record_get(&f, "unit_id").type == DB_NULL);
	test_case("without title or with a severity unknown: refused, naming the field");
	CHECK_ERR(create(d, "{\"unit_id\":\"U1\",\"kind\":\"page\",\"severity\":\"low\"}", &f, &err), err,
		ERR_INVALID);
	CHECK_STR(err.field, "title");
	CHECK_ERR(create(d, "{\"unit_id\":\"U1\",\"title\":\"t\",\"kind\":\"page\",\"severity\":\"grave\"}",
			  &f, &err),
		err, ERR_INVALID);
	CHECK_STR(err.field, "severity");
}

static bool bulk(struct desk *d, const char *text, struct span *ret, struct err *err)
{
	CLEANUP(json_free) json_t *j = NULL;
	struct str out = STR_IN(d->arena, 4 << 20);
	*err = (struct err){ 0 };
	if (!json_parse(span_of(text), 0, &j, err))
		return false;
	struct call c = { .op = &d->op, .json = j, .out = &out };
	bool ok = finding_bulk(&c, err);
	*ret = str_span(&out);
	return ok;
}

static void trigger(struct desk *d, struct sql_literal sql)
{
	struct err err = { 0 };
	CHECK_OK(op_begin(&d->op, &err) && db_exec(op_db(&d->op), sql, V0, &err) && op_commit(&d->op, &err),
		err);
}

static void many(struct desk *d)
{
	enum { MANY = 20000 };
	struct finding_batch run;
	struct err err = { 0 };
	struct span said;
	bool ok = true;
	test_case("%d found in one run", MANY);
	int64_t before = clock_mono_ns();
	finding_batch_begin(&run, &d->op);
	for (int i = 0; ok && i < MANY; i++) {
		char key[32];
		snprintf(key, sizeof key, "CVE-2020-%d", 10000 + i);
		struct finding_seen s = seen(key);
		s.asset_n = 100 + i % 50;
		ok = finding_batch_add(&run, &s, &err);
	}
	CHECK_OK(ok && finding_batch_end(&run, &err), err);
	CHECK_INT(run.fresh, MANY);
	printf("# %d new findings: %lld ms\n", MANY, (long long)(clock_mono_ns() - before) / 1000000);
	test_case("a verb on 5,000 and more in one request");
	before = clock_mono_ns();
	CHECK_OK(bulk(d,
			 "{\"verb\":\"confirm\",\"filter\":{\"vuln_id__gte\":\"CVE-2020-10000\",\"vuln_id__"
			 "lt\":\"CVE-2020-15000\"}}",
			 &said, &err),
		err);
	printf("# bulk: " SPAN_FMT ", %lld ms\n", SPAN_ARG(said),
		(long long)(clock_mono_ns() - before) / 1000000);
	CHECK_SPAN(said, "{\"done\":5000,\"skipped\":[],\"skipped_count\":0}");
	CHECK_INT(number(d,
			  SQL("SELECT count(*) FROM findings WHERE state='confirmed' AND vuln_id LIKE "
			      "'CVE-2020-1%'")),
		5000);
	test_case("a failure after some were done: these are told, and the rest with the reason");
	trigger(d,
		SQL("CREATE TRIGGER broken BEFORE UPDATE ON findings WHEN NEW.key='CVE-2020-19999'"
		    " BEGIN SELECT RAISE(ABORT, 'broken'); END"));
	CHECK_OK(bulk(d,
			 "{\"verb\":\"confirm\",\"filter\":{\"vuln_id__gte\":\"CVE-2020-15000\",\"vuln_id__"
			 "lt\":\"CVE-2020-20000\"}}",
			 &said, &err),
		err);
	CLEANUP(json_free) json_t *answer = NULL;
	CHECK_OK(json_parse(said, 0, &answer, &err), err);
	int64_t done = json_integer_value(json_object_get(answer, "done"));
	CHECK(done > 0 && done < 5000);
	CHECK_INT(json_integer_value(json_object_get(answer, "skipped_count")), 5000 - done);
	CHECK_INT(json_array_size(json_object_get(answer, "skipped")), 5000 - done);
	CHECK_INT(number(d,
			  SQL("SELECT count(*) FROM findings WHERE state='confirmed' AND vuln_id LIKE "
			      "'CVE-2020-1%'")),
		5000 + done);
	CHECK(!bulk(d, "{\"verb\":\"confirm\",\"filter\":{\"vuln_id\":\"CVE-2020-19999\"}}", &said, &err));
	trigger(d, SQL("DROP TRIGGER broken"));
	test_case("what cannot be done is said");
	CHECK_OK(bulk(d, "{\"verb\":\"confirm\",\"ids\":[\"nothing\"]}", &said, &err), err);
	CHECK(strstr(said.p, "{\"done\":0,\"skipped\":[{\"id\":\"nothing\"") == said.p);
	CHECK_ERR(bulk(d, "{\"verb\":\"false_positive\",\"ids\":[]}", &said, &err), err, ERR_INVALID);
	CHECK_ERR(bulk(d, "{\"verb\":\"order\",\"ids\":[]}", &said, &err), err, ERR_INVALID);
	CHECK_ERR(bulk(d, "{\"verb\":\"confirm\"}", &said, &err), err, ERR_INVALID);
}

int main(void)
{
	struct desk d;
	struct err err = { 0 };
	open_desk(&d, "finding");
	test_case("a unit and a host");
	write_now(&d,
		SQL("INSERT INTO units (n, id, version, created_at, updated_at, code, name, short_name, "
		    "kind, sector, uscc,"
		    " sort_order, aliases, phone, note) VALUES (1, 'u', 1, 0, 0, 'U1', 'U1', '', 'office', "
		    "'government', '', 0,"
		    " '[]', '', '')"),
		V0);
	write_now(&d,
		SQL("INSERT INTO assets (n, id, version, created_at, updated_at, unit_n, kind, name, "
		    "address, importance,"
		    " exposure, mlps_level, record_number, note, source, seen_first, seen_last, inventory) "
		    "VALUES (1, 'a', 1, 0, 0,"
		    " 1, 'host', 'h', '192.0.2.7', 'low', 'internal', 0, '', '', 'csv', 0, 0, 0)"),
		V0);
	CHECK_OK(op_begin(&d.op, &err) && unit_tree_rebuild(&d.op, &err) && op_commit(&d.op, &err), err);
	again(&d);
	gone(&d);
	clock_set_back(&d);
	table(&d);
	by_person(&d);
	many(&d);
	store_close(d.store);
	arena_free(d.arena);
	return test_end();
}
