#include "base/test.h"
#include "os/clock.h"
#include "store/store.h"

static const struct store_actor who = { .name = { "test", 4 } };
static struct store *s;
static struct arena *a;
static struct err err;

enum { T0 = 1000000000 };

static void add(const char *kind, const char *key, enum store_lane lane, int64_t run_at, const char *argument)
{
	struct store_tx *tx = NULL;
	struct store_work w = { .kind = kind,
		.key = span_of(key),
		.argument = span_of(argument),
		.lane = lane,
		.run_at = run_at };
	CHECK_OK(store_begin(s, &who, &tx, &err), err);
	CHECK_OK(store_job_add(tx, &w, &err), err);
	CHECK_OK(store_commit(&tx, &err), err);
}

/* "kind/key/argument/attempts" of the job taken, "" if none was. */
static const char *take(enum store_lane lane, int64_t lease_ms, struct store_job *j)
{
	CHECK_OK(store_job_take(s, lane, lease_ms, a, j, &err), err);
	return j->n ? arena_printf(a, SPAN_FMT "/" SPAN_FMT "/" SPAN_FMT "/%d", SPAN_ARG(j->kind),
			      SPAN_ARG(j->key), SPAN_ARG(j->argument), j->attempts)
			      .p
		    : "";
}

static bool finish(const struct store_job *j, const char *reason)
{
	CLEANUP(store_rollback) struct store_tx *tx = NULL;
	return store_begin(s, &who, &tx, &err)
		&& (reason ? store_job_failed(tx, j, span_of(reason), &err) : store_job_done(tx, j, &err))
		&& store_commit(&tx, &err);
}

static bool retry(int64_t n)
{
	CLEANUP(store_rollback) struct store_tx *tx = NULL;
	return store_begin(s, &who, &tx, &err) && store_job_retry(tx, n, &err) && store_commit(&tx, &err);
}

static int64_t jobs(const char *state)
{
	int64_t n = -1;
	bool found;
	return db_int(store_reader(s), SQL("SELECT count(*) FROM jobs WHERE state = ?"), V(db_z(state)), &n,
		       &found, &err)
		? n
		: -1;
}

static int64_t next_due(enum store_lane lane)
{
	int64_t at = 0;
	bool found = false;
	CHECK_OK(store_job_next_due(s, lane, &at, &found, &err), err);
	return found ? at : -1;
}

static void test_order(void)
{
	struct store_job j = { 0 }, other = { 0 };
	clock_fake(T0);
	test_case("a job is taken when it is due, in its lane, once");
	CHECK_INT(next_due(STORE_SHORT), -1);
	add("mail", "1", STORE_SHORT, T0 + 10, "{}");
	CHECK_INT(next_due(STORE_SHORT), T0 + 10);
	CHECK_INT(next_due(STORE_LONG), -1);
	CHECK_STR(take(STORE_SHORT, 1000, &j), "");
	clock_fake(T0 + 10);
	CHECK_STR(take(STORE_LONG, 1000, &j), "");
	CHECK_STR(take(STORE_SHORT, 1000, &j), "mail/1/{}/1");
	CHECK_STR(take(STORE_SHORT, 1000, &other), "");
	CHECK_INT(next_due(STORE_SHORT), T0 + 1010);       /* its lease */
	CHECK_OK(finish(&j, NULL), err);
	CHECK_INT(jobs("waiting") + jobs("running") + jobs("failed"), 0);

	test_case("the same work waits once: the earlier time, the newer argument");
	add("match", "all", STORE_LONG, T0 + 500, "1");
	add("match", "all", STORE_LONG, T0 + 900, "2");
	CHECK_INT(jobs("waiting"), 1);
	CHECK_INT(next_due(STORE_LONG), T0 + 500);
	add("match", "all", STORE_LONG, T0 + 5, "3");
	CHECK_STR(take(STORE_LONG, 1000, &j), "match/all/3/1");

	test_case("asked for again while it runs, it waits until that has ended");
	add("match", "all", STORE_LONG, T0, "4");
	CHECK_INT(jobs("waiting"), 1);
	CHECK_STR(take(STORE_LONG, 1000, &other), "");
	add("match", "one", STORE_LONG, T0 + 6, "5");
	CHECK_STR(take(STORE_LONG, 1000, &other), "match/one/5/1");
	CHECK_OK(finish(&j, NULL), err);
	CHECK_STR(take(STORE_LONG, 1000, &j), "match/all/4/1");
	CHECK_OK(finish(&j, NULL), err);
	CHECK_OK(finish(&other, NULL), err);
}

static void test_leases(void)
{
	struct store_job dead = { 0 }, alive = { 0 };
	clock_fake(T0);
	test_case("a dead worker's job is taken by another when its lease has run out");
	add("feed", "nvd", STORE_LONG, T0, "x");
	CHECK_STR(take(STORE_LONG, 1000, &dead), "feed/nvd/x/1");
	clock_fake(T0 + 900);
	CHECK_OK(store_job_renew(s, &dead, 1000, &err), err);
	clock_fake(T0 + 1500);
	CHECK_STR(take(STORE_LONG, 1000, &alive), "");
	clock_fake(T0 + 1900);
	CHECK_STR(take(STORE_LONG, 1000, &alive), "feed/nvd/x/2");

	test_case("and the first one can neither renew nor end it");
	CHECK_ERR(store_job_renew(s, &dead, 1000, &err), err, ERR_CONFLICT);
	CHECK_ERR(finish(&dead, NULL), err, ERR_CONFLICT);
	CHECK_ERR(finish(&dead, "late"), err, ERR_CONFLICT);
	CHECK_OK(finish(&alive, NULL), err);
	CHECK_ERR(finish(&alive, NULL), err, ERR_CONFLICT);

	test_case("a job that kills its worker each time is given up");
	add("poison", "1", STORE_LONG, T0, "");
	int taken = 0;
	for (int i = 0; i < 20; i++) {
		clock_fake(T0 + 10000 + i * 1000);
		taken += *take(STORE_LONG, 1000, &dead) != '\0';
	}
	CHECK_INT(taken, 9);
	CHECK_INT(jobs("failed"), 1);
	CHECK_INT(next_due(STORE_LONG), -1);
}

static void test_failures(void)
{
	struct store_job j = { 0 };
	int64_t now = T0 + TIME_DAY;
	clock_fake(now);
	test_case("a failed job is tried again after 1, 2, 4 … minutes, eight times, and then kept");
	add("mail", "2", STORE_SHORT, now, "");
	for (int i = 0; i <= 8; i++) {
		CHECK_INT(next_due(STORE_SHORT), now);
		CHECK(*take(STORE_SHORT, 1000, &j) != '\0');
		CHECK_INT(j.attempts, i + 1);
		CHECK_OK(finish(&j, "连接被拒绝"), err);
		now += TIME_MINUTE << i;
		clock_fake(now);
	}
	CHECK_INT(next_due(STORE_SHORT), -1);
	CHECK_INT(jobs("failed"), 2);
	struct span reason = { NULL, 0 };
	CHECK_OK(db_text(store_reader(s), SQL("SELECT reason FROM jobs WHERE kind = 'mail'"), V0, a, &reason,
			 &err),
		err);
	CHECK_SPAN(reason, "连接被拒绝");

	test_case("a failed job whose work was asked for again leaves it to that one");
	add("mail", "3", STORE_SHORT, now, "old");
	CHECK_STR(take(STORE_SHORT, 1000, &j), "mail/3/old/1");
	add("mail", "3", STORE_SHORT, now, "new");
	CHECK_OK(finish(&j, "x"), err);
	CHECK_STR(take(STORE_SHORT, 1000, &j), "mail/3/new/1");
	CHECK_OK(finish(&j, NULL), err);
	CHECK_INT(jobs("waiting") + jobs("running"), 0);

	test_case("what was given up is tried again when somebody says so, from the beginning");
	int64_t failed = jobs("failed"), given_up = 0;
	bool found = false;
	CHECK_OK(db_int(store_reader(s), SQL("SELECT max(n) FROM jobs WHERE state = 'failed'"), V0, &given_up,
			 &found, &err),
		err);
	CHECK_OK(retry(given_up), err);
	CHECK_INT(jobs("failed"), failed - 1);
	CHECK(!retry(given_up));
	CHECK_INT(err.code, ERR_NOT_FOUND);
	CHECK(!retry(999999));
	CHECK_INT(err.code, ERR_NOT_FOUND);
	CHECK_OK(store_job_take(s, STORE_SHORT, 1000, a, &j, &err), err);
	CHECK_INT(j.n, given_up);
	CHECK_INT(j.attempts, 1);
	CHECK_OK(finish(&j, NULL), err);

	test_case("an argument beyond a mebibyte is refused");
	struct store_tx *tx = NULL;
	CHECK_OK(store_begin(s, &who, &tx, &err), err);
	struct span big = { arena_alloc(a, 1024 * 1024 + 1), 1024 * 1024 + 1 };
	CHECK_ERR(store_job_add(tx, &(struct store_work){ .kind = "x", .argument = big }, &err), err,
		ERR_TOO_LARGE);
	store_rollback(&tx);
}

int main(void)
{
	hash_start();
	clock_start();
	char folder[200];
	snprintf(folder, sizeof folder, "%s/jobs", test_folder());
	a = arena_new(1 << 24, 1 << 26);
	if (!store_open(folder, STORE_CREATE, &s, &err)) {
		printf("Bail out! %s\n", err.en);
		return 99;
	}
	test_order();
	test_leases();
	test_failures();
	store_close(s);
	arena_free(a);
	return test_end();
}
