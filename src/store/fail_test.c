/* Every call into the database fails once, at every place of a unit of work: all of it is there afterwards,
 * or nothing. */
#include "base/test.h"
#include "os/clock.h"
#include "store/db_fail.h"
#include "store/store.h"

static const struct store_actor who = { .user_n = 3, .name = { "test", 4 } };
static const struct store_work mail = { .kind = "mail", .key = { "1", 1 }, .argument = { "{}", 2 } };
static struct arena *a;

static bool send_order(struct store *s, int i, struct err *err)
{
	CLEANUP(store_rollback) struct store_tx *tx = NULL;
	int64_t number = 0, step = 0;
	struct store_change c = {
		.resource = "order", .record_n = i, .verb = "create", .values = SPAN("{\"after\":{}}")
	};
	struct store_step st = { .resource = "order", .record_n = i, .verb = "send", .to = "sent" };
	return store_begin(s, &who, &tx, err)
		&& store_next_number(tx, SPAN("orders"), &number, err)
		&& store_add_change(tx, &c, NULL, err)
		&& store_add_step(tx, &st, &step, err)
		&& store_add_change(tx, &c, NULL, err)
		&& store_job_add(tx, &mail, err)
		&& store_search_set(tx, "order", 1, arena_printf(a, "湛网交 %d", i), err)
		&& store_commit(&tx, err);
}

static bool take_and_finish(struct store *s, int i, struct err *err)
{
	struct store_job j = { 0 };
	(void)i;
	if (!store_job_take(s, STORE_SHORT, 1000, a, &j, err))
		return false;
	if (j.n == 0)
		return err_set(err, ERR_NOT_FOUND, "没有任务", "no job");
	CLEANUP(store_rollback) struct store_tx *tx = NULL;
	return store_begin(s, &who, &tx, err) && store_job_failed(tx, &j, SPAN("x"), err) &&
		store_commit(&tx, err);
}

static bool checkpoint(struct store *s, int i, struct err *err)
{
	(void)i;
	return store_audit_checkpoint(s, &who, err);
}

/* A caller who does not look: the transaction must end as a whole all the same. */
static bool careless(struct store *s, int i, struct err *err)
{
	struct store_tx *tx = NULL;
	struct store_change c = { .resource = "order", .record_n = i, .verb = "change" };
	struct store_step st = { .resource = "order", .record_n = i, .verb = "urge", .to = "sent" };
	struct err ignored;
	int64_t n = 0;
	if (!store_begin(s, &who, &tx, err))
		return false;
	bool ok = store_next_number(tx, SPAN("orders"), &n, &ignored);
	ok = store_add_change(tx, &c, NULL, &ignored) && ok;
	ok = store_add_step(tx, &st, NULL, &ignored) && ok;
	(void)ok;
	return store_commit(&tx, err);
}

/* Something to take, and something to sign. */
static void prepare(struct store *s)
{
	CLEANUP(store_rollback) struct store_tx *tx = NULL;
	struct err err = { 0 };
	struct store_change c = { .resource = "order", .verb = "read" };
	bool ok = store_begin(s, &who, &tx, &err) &&
		db_exec(store_tx_db(tx), SQL("DELETE FROM jobs"), V0, &err) &&
		store_job_add(tx, &mail, &err) && store_add_change(tx, &c, NULL, &err) &&
		store_commit(&tx, &err);
	CHECK_OK(ok, err);
}

static const struct {
	const char *name;
	bool (*work)(struct store *s, int i, struct err *err);
	int64_t orders, changes, steps;                    /* what it adds */
} works[] = {
	{ "an order", send_order, 1, 2, 1 },
	{ "a job taken and failed", take_and_finish, 0, 0, 0 },
	{ "a checkpoint", checkpoint, 0, 1, 0 },
	{ "work that ignores errors", careless, 1, 1, 1 },
};

struct state {
	int64_t orders, changes, steps;
};

static struct state state_of(struct store *s)
{
	struct state st = { 0, -1, -1 };
	struct err err;
	bool found;
	if (!db_int(store_reader(s), SQL("SELECT value FROM counters WHERE series = 'orders'"), V0,
		    &st.orders, &found, &err) ||
		!db_int(store_reader(s), SQL("SELECT count(*) FROM changes"), V0, &st.changes, &found,
			&err) ||
		!db_int(store_reader(s), SQL("SELECT count(*) FROM steps"), V0, &st.steps, &found, &err))
		st.changes = -1;
	return st;
}

static void test_work(struct store *s, size_t w, enum err_code code, int64_t more)
{
	test_case("%s, each call failing with %s%s", works[w].name, err_name(code),
		more ? " and all after it" : "");
	bool ok = false;
	int64_t n;
	for (n = 1; n < 200 && !ok; n++) {
		struct err err = { 0 };
		prepare(s);
		struct state before = state_of(s);
		arena_reset(a);
		db_fail_at(n, more, code);
		ok = works[w].work(s, (int)n, &err);
		db_fail_at(0, 0, ERR_NONE);
		struct state after = state_of(s);
		CHECK_INT(after.orders - before.orders, ok ? works[w].orders : 0);
		CHECK_INT(after.changes - before.changes, ok ? works[w].changes : 0);
		CHECK_INT(after.steps - before.steps, ok ? works[w].steps : 0);
		CHECK_INT(store_change_seq(s), after.changes);
		if (!ok)
			CHECK(err.code == code || (works[w].work == careless && err.code == ERR_INTERNAL));
	}
	CHECK(ok);
	CHECK(n > 4);
}

static void test_opening(void)
{
	char folder[200];
	struct store *s = NULL;
	struct err err = { 0 };
	test_case("making a store, each call failing: the next try completes it");
	int64_t calls = 1;
	for (int64_t n = 1; n <= calls; n++) {
		snprintf(folder, sizeof folder, "%s/open%lld", test_folder(), (long long)n);
		db_fail_at(n, n % 2 ? 0 : 1000000, ERR_IO);
		if (store_open(folder, STORE_CREATE, &s, &err))
			store_close(s);
		if (calls < db_fail_calls())
			calls = db_fail_calls();
		db_fail_at(0, 0, ERR_NONE);
		CHECK_OK(store_open(folder, STORE_CREATE, &s, &err), err);
		CHECK_OK(checkpoint(s, 0, &err), err);
		store_close(s);
	}
	CHECK(calls > 30);
}

int main(void)
{
	hash_start();
	clock_start();
	clock_fake(1000000000000);
	a = arena_new(1 << 24, 1 << 26);
	char folder[200];
	struct store *s = NULL;
	struct err err;
	struct store_audit audit = { 0 };
	db_fail_start();
	snprintf(folder, sizeof folder, "%s/fail", test_folder());
	if (!store_open(folder, STORE_CREATE, &s, &err)) {
		printf("Bail out! %s\n", err.en);
		return 99;
	}
	static const enum err_code codes[] = { ERR_IO, ERR_NO_SPACE, ERR_BUSY };
	for (size_t w = 0; w < COUNT(works); w++)
		for (size_t c = 0; c < 2 * COUNT(codes); c++)
			test_work(s, w, codes[c / 2], c % 2 ? 1000000 : 0);
	test_case("the chain is whole after all of that");
	CHECK_OK(store_audit_verify(s, &audit, &err), err);
	CHECK_INT(audit.broken_seq, 0);
	CHECK(audit.checked > 20 && audit.checkpoints > 0);
	store_close(s);
	test_opening();
	db_fail_stop();
	arena_free(a);
	return test_end();
}
