/* Many writers at once, and writers killed at any moment: no gap, no double number, nothing acknowledged
 * lost. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/test.h"
#include "os/clock.h"
#include "store/lock.h"
#include "store/store.h"

enum { PROCESSES = 4, THREADS = 8, EACH = 12, KILLS = 25 };

static const struct store_actor who = { .user_n = 3, .name = { "test", 4 } };
static char folder[200];

static bool write_one(struct store *s, int64_t *ret, struct err *err)
{
	CLEANUP(store_rollback) struct store_tx *tx = NULL;
	int64_t number = 0;
	if (!store_begin(s, &who, &tx, err) || !store_next_number(tx, SPAN("orders"), &number, err))
		return false;
	struct store_change c = {
		.resource = "order", .record_n = number, .verb = "create", .values = SPAN("{}")
	};
	struct store_step st = { .resource = "order", .record_n = number, .verb = "send", .to = "sent" };
	if (!store_add_change(tx, &c, NULL, err) || !store_add_step(tx, &st, NULL, err)
	    || !store_add_change(tx, &c, NULL, err) || !store_commit(&tx, err))
		return false;
	*ret = number;
	return true;
}

static void *write_some(void *bad)
{
	struct store *s = NULL;
	struct err err;
	int64_t number;
	bool ok = store_open(folder, STORE_OPEN, &s, &err);
	for (int i = 0; ok && i < EACH; i++)
		ok = write_one(s, &number, &err);
	if (!ok) {
		printf("# %s\n", err.en);
		*(bool *)bad = true;
	}
	store_close(s);
	return NULL;
}

static int run_process(void)
{
	pthread_t threads[THREADS];
	bool bad[THREADS] = { false }, any = false;
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, write_some, &bad[i]) != 0)
			return 1;
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		any = any || bad[i];
	}
	return any;
}

/* Every order number has its two changes and its step, and the chain is whole. */
static void check_whole(int64_t at_least)
{
	struct store *s = NULL;
	struct err err;
	struct store_audit audit = { 0 };
	int64_t orders = 0, odd = -1, steps = -1;
	bool found;
	CHECK_OK(store_open(folder, STORE_OPEN, &s, &err), err);
	if (!s)
		return;
	CHECK_OK(db_int(store_reader(s), SQL("SELECT value FROM counters"), V0, &orders, &found, &err), err);
	CHECK_OK(db_int(store_reader(s),
			 SQL("SELECT count(*) FROM (SELECT record_n FROM changes WHERE resource = 'order'"
			     " GROUP BY record_n HAVING count(*) <> 2)"),
			 V0, &odd, &found, &err),
		err);
	CHECK_OK(db_int(store_reader(s), SQL("SELECT count(DISTINCT record_n) FROM steps"), V0, &steps,
			 &found, &err),
		err);
	CHECK_OK(store_audit_verify(s, &audit, &err), err);
	CHECK(orders >= at_least);
	CHECK_INT(odd, 0);
	CHECK_INT(steps, orders);
	CHECK_INT(audit.checked, 2 * orders);
	CHECK_INT(audit.broken_seq, 0);
	store_close(s);
}

static void test_crowd(void)
{
	test_case("%d processes of %d threads write at once", PROCESSES, THREADS);
	fflush(stdout);
	pid_t children[PROCESSES];
	for (int i = 0; i < PROCESSES; i++) {
		children[i] = fork();
		if (children[i] == 0)
			_exit(run_process());
		CHECK(children[i] > 0);
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status = -1;
		CHECK(waitpid(children[i], &status, 0) == children[i] && status == 0);
	}
	check_whole(PROCESSES * THREADS * EACH);
}

static void test_founders(void)
{
	char fresh[300];
	snprintf(fresh, sizeof fresh, "%s/fresh", test_folder());
	test_case("several processes make one store at once");
	fflush(stdout);
	pid_t children[PROCESSES];
	for (int i = 0; i < PROCESSES; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			struct store *s = NULL;
			struct err err = { 0 };
			bool ok = store_open(fresh, STORE_CREATE, &s, &err);
			printf("%s%s%s", ok ? "" : "# ", err.en, ok ? "" : "\n");
			fflush(stdout);
			_exit(!ok);
		}
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status = -1;
		CHECK(waitpid(children[i], &status, 0) == children[i] && status == 0);
	}
}

static void write_until_killed(int out)
{
	struct store *s = NULL;
	struct err err;
	if (!store_open(folder, STORE_OPEN, &s, &err))
		_exit(2);
	for (int64_t number; write_one(s, &number, &err); )
		if (write(out, &number, sizeof number) != sizeof number)
			_exit(3);
	_exit(4);
}

static void test_kills(void)
{
	int64_t acknowledged = 0;
	unsigned delay = 1;
	for (int i = 0; i < KILLS; i++) {
		int ends[2];
		test_case("killed at a random moment, %d", i + 1);
		fflush(stdout);
		CHECK(pipe(ends) == 0);
		pid_t child = fork();
		if (child == 0)
			write_until_killed(ends[1]);
		close(ends[1]);
		int64_t number = 0;
		bool first = read(ends[0], &number, sizeof number) == sizeof number;
		CHECK(first);
		delay = delay * 1103515245 + 12345;
		usleep(delay / 65536 % 3000);
		CHECK(kill(child, SIGKILL) == 0);
		CHECK(waitpid(child, NULL, 0) == child);
		do
			acknowledged = number > acknowledged ? number : acknowledged;
		while (read(ends[0], &number, sizeof number) == sizeof number);
		close(ends[0]);
		check_whole(acknowledged);
	}
	CHECK(acknowledged > KILLS);
}

/* Killed while it makes a store: the next try completes it. */
static void test_stillborn(void)
{
	char fresh[300];
	unsigned delay = 7;
	test_case("killed while making a store");
	for (int i = 0; i < KILLS; i++) {
		struct store *s = NULL;
		struct err err = { 0 };
		struct store_audit audit = { .broken_seq = -1 };
		snprintf(fresh, sizeof fresh, "%s/stillborn%d", test_folder(), i);
		fflush(stdout);
		pid_t child = fork();
		if (child == 0)
			_exit(!store_open(fresh, STORE_CREATE, &s, &err));
		delay = delay * 1103515245 + 12345;
		usleep(delay / 65536 % 8000);
		CHECK(kill(child, SIGKILL) == 0);
		CHECK(waitpid(child, NULL, 0) == child);
		CHECK_OK(store_open(fresh, STORE_CREATE, &s, &err), err);
		CHECK_OK(store_audit_checkpoint(s, &who, &err), err);
		CHECK_OK(store_audit_verify(s, &audit, &err), err);
		CHECK_INT(audit.broken_seq, 0);
		CHECK_INT(audit.checkpoints, 1);
		store_close(s);
	}
}

static void test_lock(void)
{
	char path[300];
	struct lock *l = NULL, *same = NULL;
	struct err err;
	snprintf(path, sizeof path, "%s/some.lock", test_folder());
	test_case("a lock is waited for, no longer than asked, and not before others");
	CHECK_OK(lock_open(path, &l, &err), err);
	CHECK_OK(lock_open(path, &same, &err), err);
	CHECK(l == same);
	CHECK_OK(lock_take(l, 0, &err), err);
	int64_t start = clock_mono_ns();
	CHECK_ERR(lock_take(same, 30, &err), err, ERR_BUSY);
	CHECK(clock_mono_ns() - start >= 30000000);
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {                                  /* another process is kept out, and told so */
		struct lock *own = NULL;
		_exit(!(lock_open(path, &own, &err) && own != l && !lock_take(own, 20, &err) &&
			err.code == ERR_BUSY));
	}
	int status = -1;
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	lock_release(l);
	CHECK_OK(lock_take(same, 0, &err), err);
	lock_release(same);
	lock_close(l);
	lock_close(same);
	lock_close(NULL);

	test_case("a process that was stopped inside a transaction keeps others out only so long");
	int ends[2];
	char byte;
	CHECK(pipe(ends) == 0);
	child = fork();
	if (child == 0) {
		bool ok = lock_open(path, &l, &err) && lock_take(l, 0, &err) && write(ends[1], "x", 1) == 1;
		while (ok)
			pause();
		_exit(1);
	}
	CHECK(read(ends[0], &byte, 1) == 1);
	CHECK_OK(lock_open(path, &l, &err), err);
	CHECK_ERR(lock_take(l, 20, &err), err, ERR_BUSY);
	CHECK(kill(child, SIGKILL) == 0 && waitpid(child, NULL, 0) == child);
	CHECK_OK(lock_take(l, 0, &err), err);
	lock_release(l);
	lock_close(l);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	hash_start();
	clock_start();
	struct store *s = NULL;
	struct err err;
	snprintf(folder, sizeof folder, "%s/crowd", test_folder());
	if (!store_open(folder, STORE_CREATE, &s, &err)) {
		printf("Bail out! %s\n", err.en);
		return 99;
	}
	store_close(s);
	test_crowd();
	test_founders();
	test_kills();
	test_stillborn();
	test_lock();
	return test_end();
}
