#include "store/store.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/test.h"
#include "os/clock.h"

static const struct store_actor who = {
	.user_n = 7, .name = { "zhang.w", 7 }, .address = { "192.0.2.1", 9 }
};

static const char *folder_of(const char *name, char ret[200])
{
	snprintf(ret, 200, "%s/%s", test_folder(), name);
	return ret;
}

static int64_t count(struct store *s, struct sql_literal sql)
{
	struct err err;
	int64_t n = -1;
	bool found;
	return db_int(store_reader(s), sql, V0, &n, &found, &err) && found ? n : -1;
}

static void test_open(void)
{
	char folder[200], path[300];
	struct err err = { 0 };
	struct store *s = NULL;
	folder_of("open", folder);

	test_case("a folder that is not there is not opened, and the message names init");
	CHECK_ERR(store_open(folder, STORE_OPEN, &s, &err), err, ERR_NOT_FOUND);
	CHECK(strstr(err.en, "seawall init") != NULL);
	CHECK_ERR(store_open(folder, STORE_MIGRATE, &s, &err), err, ERR_NOT_FOUND);

	test_case("create makes the folder, for its owner only");
	CHECK_OK(store_open(folder, STORE_CREATE, &s, &err), err);
	struct stat st;
	CHECK(stat(folder, &st) == 0 && (st.st_mode & 0777) == 0700);
	snprintf(path, sizeof path, "%s/store/corpus.db", folder);
	CHECK(stat(path, &st) == 0);
	CHECK_STR(store_folder(s), folder);
	CHECK_INT(store_change_seq(s), 0);

	test_case("creating again, migrating and opening keep what is there");
	struct store *again = NULL;
	for (int mode = STORE_CREATE; mode <= STORE_OPEN; mode++) {
		CHECK_OK(store_open(folder, (enum store_mode)mode, &again, &err), err);
		CHECK_INT(count(again, SQL("SELECT count(*) FROM facts WHERE name = 'id'")), 1);
		store_close(again);
	}
	store_close(s);
}

static void test_transactions(void)
{
	char folder[200];
	struct err err = { 0 };
	struct store *s = NULL;
	struct store_tx *tx = NULL;
	test_case("a transaction writes numbers, changes and steps, and commits them together");
	CHECK_OK(store_open(folder_of("tx", folder), STORE_CREATE, &s, &err), err);
	CHECK_OK(store_begin(s, &who, &tx, &err), err);
	int64_t n = 0, seq = 0, step = 0;
	CHECK_OK(store_next_number(tx, SPAN("orders/2026"), &n, &err), err);
	CHECK_INT(n, 1);
	CHECK_OK(store_next_number(tx, SPAN("orders/2026"), &n, &err), err);
	CHECK_INT(n, 2);
	struct store_change c = { .resource = "order",
		.record_n = 1,
		.record_id = SPAN("x"),
		.version = 1,
		.verb = "create",
		.unit_after_n = 5,
		.values = SPAN("{\"after\":{\"state\":\"sent\"}}") };
	CHECK_OK(store_add_change(tx, &c, &seq, &err), err);
	CHECK_INT(seq, 1);
	c.values = (struct span){ NULL, 0 };
	CHECK_OK(store_add_change(tx, &c, &seq, &err), err);
	CHECK_INT(seq, 2);
	struct store_step st = {
		.resource = "order", .record_n = 1, .from = "", .verb = "send", .to = "sent"
	};
	CHECK_OK(store_add_step(tx, &st, &step, &err), err);
	CHECK_INT(step, 1);
	CHECK_INT(store_change_seq(s), 0);                 /* nobody sees it yet */
	CHECK_OK(store_commit(&tx, &err), err);
	CHECK(tx == NULL);
	CHECK_INT(store_change_seq(s), 2);
	CHECK_INT(
		count(s, SQL("SELECT count(*) FROM steps WHERE actor = 'zhang.w' AND actor_user_n = 7")), 1);
	CHECK_INT(count(s, SQL("SELECT count(*) FROM change_values")), 1);

	test_case("a rolled-back transaction leaves no gap");
	CHECK_OK(store_begin(s, &who, &tx, &err), err);
	CHECK_OK(store_next_number(tx, SPAN("orders/2026"), &n, &err), err);
	CHECK_OK(store_add_change(tx, &c, &seq, &err), err);
	store_rollback(&tx);
	CHECK(tx == NULL);
	CHECK_OK(store_begin(s, &who, &tx, &err), err);
	CHECK_OK(store_next_number(tx, SPAN("orders/2026"), &n, &err), err);
	CHECK_INT(n, 3);
	CHECK_OK(store_add_change(tx, &c, &seq, &err), err);
	CHECK_INT(seq, 3);
	CHECK_OK(store_commit(&tx, &err), err);

	test_case("after a failed statement only rolling back is possible");
	CHECK_OK(store_begin(s, &who, &tx, &err), err);
	CHECK_OK(store_add_change(tx, &c, &seq, &err), err);
	CHECK_ERR(db_exec(store_tx_db(tx),
			  SQL("INSERT INTO counters (series, value) VALUES ('orders/2026', 1)"), V0, &err),
		err, ERR_DUPLICATE);
	CHECK_ERR(store_next_number(tx, SPAN("orders/2026"), &n, &err), err, ERR_INTERNAL);
	CHECK_ERR(store_commit(&tx, &err), err, ERR_INTERNAL);
	CHECK_INT(store_change_seq(s), 3);

	test_case("the reader cannot write");
	CHECK(!db_exec(store_reader(s), SQL("DELETE FROM changes"), V0, &err));

	test_case("inside a read transaction nothing new is seen");
	CHECK_OK(store_read_begin(s, &err), err);
	CHECK_INT(store_change_seq(s), 3);
	CHECK_OK(store_begin(s, &who, &tx, &err), err);
	CHECK_OK(store_add_change(tx, &c, &seq, &err), err);
	CHECK_OK(store_commit(&tx, &err), err);
	CHECK_INT(store_change_seq(s), 3);
	store_read_end(s);
	CHECK_INT(store_change_seq(s), 4);

	test_case("waiting ends at once after a commit, and after its time without one");
	CHECK(store_wait(s, 0));
	CHECK(!store_wait(s, 0));
	int64_t start = clock_mono_ns();
	CHECK(!store_wait(s, 30));
	CHECK(clock_mono_ns() - start >= 30 * 1000000);
	store_close(s);
}

static void test_full_disk(void)
{
	char folder[200];
	struct err err = { 0 };
	struct store *s = NULL;
	struct store_tx *tx = NULL;
	struct store_audit audit = { .broken_seq = -1 };
	struct rlimit old, small = { .rlim_cur = 512 * 1024 };
	struct store_change c = { .resource = "order", .verb = "change", .values = SPAN("{\"after\":{}}") };
	test_case("on a full disk a transaction fails as a whole, and the store goes on afterwards");
	CHECK_OK(store_open(folder_of("full", folder), STORE_CREATE, &s, &err), err);
	CHECK(getrlimit(RLIMIT_FSIZE, &old) == 0);
	small.rlim_max = old.rlim_max;
	CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
	bool ok = true;
	int64_t committed = 0;
	for (int i = 0; ok && i < 1000; i++) {
		int64_t n = 0;
		ok = store_begin(s, &who, &tx, &err);
		for (int k = 0; ok && k < 100; k++)
			ok = store_add_change(tx, &c, &n, &err);
		if (ok)
			ok = store_commit(&tx, &err);
		store_rollback(&tx);
		committed = ok ? n : committed;
	}
	CHECK(!ok);
	CHECK_STR(err_name(err.code), "no_space");
	CHECK_INT(store_change_seq(s), committed);
	CHECK(setrlimit(RLIMIT_FSIZE, &old) == 0);
	CHECK_OK(store_begin(s, &who, &tx, &err), err);
	CHECK_OK(store_add_change(tx, &c, NULL, &err), err);
	CHECK_OK(store_commit(&tx, &err), err);
	CHECK_OK(store_audit_verify(s, &audit, &err), err);
	CHECK_INT(audit.broken_seq, 0);
	CHECK_INT(audit.checked, committed + 1);
	store_close(s);
}

int main(void)
{
	hash_start();
	clock_start();
	test_open();
	test_transactions();
	signal(SIGXFSZ, SIG_IGN);
	test_full_disk();
	return test_end();
}
