/*
 * An import beside other writers, and cut off by kill -9 at many moments: what it began is completed, or it
 * never was.
 */
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "asset/import_test.h"

/* $SEAWALL_IMPORT_ROWS sets the size of the measured import: the figures are printed, not asserted. */
static size_t measured_rows(void)
{
	const char *text = getenv("SEAWALL_IMPORT_ROWS");
	int64_t rows = 5000;
	if (text && !span_int(span_of(text), 10, 1000000, &rows))
		printf("# SEAWALL_IMPORT_ROWS is not a number of rows\n");
	return (size_t)rows;
}

/* Five rows a host, or each row a host of its own. */
static void make_file(struct str *out, size_t rows, size_t rows_per_host, const char *version)
{
	str_clear(out);
	str_addz(out, HEADER);
	for (size_t i = 0; i < rows; i++) {
		size_t host = i / rows_per_host;
		str_addf(out,
			"U%zu,系统%zu,host-%zu,192.0.%zu.%zu,%s,medium,Product %zu,Vendor %zu,%s,"
			"cpe:2.3:a:vendor_%zu:product_%zu:%s:*:*:*:*:*:*:*\n",
			host % 3 + 1, host % 97, host, host / 250 % 250, host % 250,
			host % 4 ? "internal" : "internet", i % 977, i % 53, version, i % 53, i % 977,
			version);
	}
}

struct writer {
	const char *folder;
	_Atomic bool stop;
	int64_t longest_ns, total_ns;
	size_t writes;
	bool ok;
};

/* Another writer, as an order's answer would be: one small transaction each few milliseconds. */
static void *write_on(void *user)
{
	struct writer *w = user;
	CLEANUP(store_close_p) struct store *s = NULL;
	struct err err = { 0 };
	w->ok = store_open(w->folder, STORE_OPEN, &s, &err);
	while (w->ok && !w->stop) {
		int64_t begin = clock_mono_ns();
		struct store_tx *tx = NULL;
		w->ok = store_begin(s, &actor_local.who, &tx, &err) &&
			db_exec(store_tx_db(tx),
				SQL("UPDATE units SET sort_order = sort_order + 1 WHERE n = 3"), V0, &err) &&
			store_commit(&tx, &err);
		store_rollback(&tx);
		int64_t took = clock_mono_ns() - begin;
		w->longest_ns = took > w->longest_ns ? took : w->longest_ns;
		w->total_ns += took;
		w->writes++;
		nanosleep(&(struct timespec){ .tv_nsec = 3000000 }, NULL);
	}
	if (!w->ok)
		printf("# writer: %s\n", err.en);
	return NULL;
}

static void one_measured(struct bench *b, const struct str *file, const char *what)
{
	struct writer w = { .folder = b->folder };
	pthread_t thread;
	bench_write(b, str_span(file));
	CHECK(pthread_create(&thread, NULL, write_on, &w) == 0);
	int64_t begin = clock_mono_ns();
	CHECK_OK(bench_run(b, false), b->err);
	double seconds = (double)(clock_mono_ns() - begin) / 1e9;
	w.stop = true;
	pthread_join(thread, NULL);
	CHECK(w.ok && w.writes > 0);
	printf("# %s: %.2f s; another writer: %zu writes, longest %.1f ms, mean %.2f ms\n", what, seconds,
		w.writes, (double)w.longest_ns / 1e6,
		w.writes ? (double)w.total_ns / (double)w.writes / 1e6 : 0.0);
}

static void test_beside_writer(void)
{
	struct bench b;
	int64_t rows = (int64_t)measured_rows();
	CLEANUP(str_done) struct str file = STR(256u << 20);
	test_case("%" PRId64 " rows beside another writer", rows);
	CHECK(bench_new(&b, "load"));
	make_file(&file, (size_t)rows, 1, "1.0");
	one_measured(&b, &file, "all new");
	CHECK_COUNTS(&b, rows, rows, 0, 0, 0);
	CHECK_INT(bench_count(&b, SQL("SELECT COUNT(*) FROM assets WHERE kind = 'host'")), rows);
	test_case("the same rows again beside another writer");
	one_measured(&b, &file, "all unchanged");
	CHECK_COUNTS(&b, rows, 0, 0, rows, 0);
	test_case("every version changed beside another writer");
	make_file(&file, (size_t)rows, 1, "2.0");
	one_measured(&b, &file, "all changed");
	CHECK_COUNTS(&b, rows, 0, rows, 0, 0);
	bench_done(&b);
}

/* ---- cut off ---- */

static void child_import(const char *name)
{
	struct bench b;
	if (!bench_open(&b, name, STORE_OPEN))
		_exit(2);
	_exit(bench_run(&b, false) ? 0 : 3);
}

static int kill_after(const char *name, int64_t us)
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0)
		child_import(name);
	nanosleep(&(struct timespec){ us / 1000000, us % 1000000 * 1000 }, NULL);
	kill(pid, SIGKILL);
	int status = 0;
	waitpid(pid, &status, 0);
	return status;
}

/* Old or new, host by host and as a whole: all hosts have version `a`, or all have version `b`. */
static bool whole(struct bench *b, int64_t hosts, const char *version)
{
	int64_t n = 0;
	bool found;
	return db_int(store_reader(b->store),
		       SQL("SELECT COUNT(*) FROM software WHERE removed_at IS NULL AND product_version = ?"),
		       V(db_z(version)), &n, &found, &b->err) &&
		n == hosts * 5;
}

static void one_cut(const char *name, int64_t hosts, int64_t us, const char *before, const char *after)
{
	struct bench b;
	int status = kill_after(name, us);
	CHECK(bench_open(&b, name, STORE_OPEN));
	int64_t open = bench_count(&b, SQL("SELECT COUNT(*) FROM import_plans WHERE state = 'applying'"));
	int64_t half = bench_count(&b, SQL("SELECT SUM(applied) FROM import_plans WHERE state = 'applying'"));
	int64_t mixed = bench_count(&b,
		SQL("SELECT COUNT(*) FROM (SELECT asset_n FROM software WHERE removed_at IS NULL"
		    " GROUP BY asset_n HAVING COUNT(*) <> 5 OR COUNT(DISTINCT product_version) <> 1) x"));
	printf("# killed after %" PRId64 " us (%s): plans open %" PRId64 ", hosts of them done %" PRId64 "\n",
		us, WIFSIGNALED(status) ? "cut off" : "had ended", open, half);
	CHECK_INT(mixed, 0);
	CHECK_OK(import_resume(&b.op, &b.err), b.err);
	CHECK_INT(bench_count(&b,
			  SQL("SELECT COUNT(*) FROM import_plans WHERE state IN ('applying', 'building')")),
		0);
	CHECK_INT(bench_count(&b, SQL("SELECT COUNT(*) FROM import_plan_rows WHERE ordinal > 100")), 0);
	bool is_old = whole(&b, hosts, before), is_new = whole(&b, hosts, after);
	CHECK(is_old != is_new);
	CHECK(open == 0 || is_new);
	CHECK(WIFSIGNALED(status) || is_new);
	CHECK_OK(bench_run(&b, false), b.err);
	CHECK(whole(&b, hosts, after));
	struct store_audit audit;
	CHECK_OK(store_audit_verify(b.store, &audit, &b.err), b.err);
	CHECK_INT(audit.broken_seq, 0);
	bench_done(&b);
}

static void test_cut_off(void)
{
	enum { ROWS = 8000, HOSTS = ROWS / 5, CUTS = 8 };
	struct bench b;
	CLEANUP(str_done) struct str file = STR(16u << 20);
	test_case("an import to be cut off");
	CHECK(bench_new(&b, "crash"));
	make_file(&file, ROWS, 5, "0");
	int64_t begin = clock_mono_ns();
	CHECK_OK(bench_import(&b, str_span(&file)), b.err);
	int64_t takes_us = (clock_mono_ns() - begin) / 1000;
	bench_done(&b);
	for (int i = 0; i < CUTS; i++) {
		char before[8], after[8], path[300];
		snprintf(before, sizeof before, "%d", i);
		snprintf(after, sizeof after, "%d", i + 1);
		make_file(&file, ROWS, 5, after);
		snprintf(path, sizeof path, "%s/crash/in.csv", test_folder());
		FILE *f = fopen(path, "wb");
		CHECK(f && fwrite(file.p, 1, file.n, f) == file.n && fclose(f) == 0);
		test_case("cut off at %d of %d", i + 1, CUTS);
		one_cut("crash", HOSTS, takes_us * (i + 1) / CUTS, before, after);
	}
}

int main(void)
{
	hash_start();
	clock_start();
	test_cut_off();
	test_beside_writer();
	return test_end();
}
