/* A job that runs longer than its lease: kept while its worker lives, lost when another has it. */
#include <unistd.h>

#include "base/test.h"
#include "role/lease.h"

enum { LEASE_MS = 1500, EVERY_MS = 100, LONG_US = 2500 * 1000 };

static const struct store_actor who = { .name = { "test", 4 } };
static struct store *s;
static struct arena *a;
static char folder[300];

static void add(const char *key)
{
	struct err err = { 0 };
	CLEANUP(store_rollback) struct store_tx *tx = NULL;
	struct store_work w = { .kind = "import", .key = span_of(key), .lane = STORE_LONG };
	CHECK_OK(store_begin(s, &who, &tx, &err) && store_job_add(tx, &w, &err) && store_commit(&tx, &err),
		err);
}

static struct store_job take(int64_t lease_ms)
{
	struct err err = { 0 };
	struct store_job j = { 0 };
	CHECK_OK(store_job_take(s, STORE_LONG, lease_ms, a, &j, &err), err);
	return j;
}

static bool finish(const struct store_job *j, struct err *err)
{
	CLEANUP(store_rollback) struct store_tx *tx = NULL;
	return store_begin(s, &who, &tx, err) && store_job_done(tx, j, err) && store_commit(&tx, err);
}

static void test_kept(void)
{
	struct err err = { 0 };
	struct lease *l = NULL;
	const struct lease_how how = { folder, LEASE_MS, EVERY_MS };
	test_case("a job that outlives its lease stays ours, and ends");
	add("kept");
	struct store_job j = take(LEASE_MS);
	CHECK(j.n != 0);
	CHECK_OK(lease_begin(&how, &j, &l, &err), err);
	usleep(LONG_US);
	CHECK_INT(take(LEASE_MS).n, 0);
	CHECK(!lease_end(l));
	CHECK_OK(finish(&j, &err), err);
}

static void test_lost(void)
{
	struct err err = { 0 };
	struct lease *l = NULL;
	const struct lease_how how = { folder, LEASE_MS, EVERY_MS };
	test_case("one whose lease had run out before is another's, and is not renewed");
	add("lost");
	struct store_job late = take(1);
	usleep(5000);
	struct store_job j = take(60 * 1000);
	CHECK(late.n == j.n && j.n != 0);
	CHECK_OK(lease_begin(&how, &late, &l, &err), err);
	usleep(LONG_US / 2);
	CHECK(lease_end(l));
	CHECK_ERR(finish(&late, &err), err, ERR_CONFLICT);
	CHECK_OK(finish(&j, &err), err);
}

static void test_short(void)
{
	struct err err = { 0 };
	struct lease *l = NULL;
	const struct lease_how how = { "/nowhere", LEASE_MS, 60 * 1000 };
	struct store_job j = { .n = 1, .kind = SPAN("import") };
	test_case("a short job waits for nothing and opens no store");
	CHECK_OK(lease_begin(&how, &j, &l, &err), err);
	CHECK(!lease_end(l));
	CHECK(!lease_end(NULL));
}

int main(void)
{
	struct err err = { 0 };
	hash_start();
	a = arena_new(1 << 20, 1 << 24);
	snprintf(folder, sizeof folder, "%s/lease", test_folder());
	if (!store_open(folder, STORE_CREATE, &s, &err)) {
		printf("Bail out! %s\n", err.en);
		return 1;
	}
	test_kept();
	test_lost();
	test_short();
	store_close(s);
	arena_free(a);
	return test_end();
}
