#include "store/db.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/test.h"
#include "os/clock.h"

static struct db *db;
static struct err err;
static struct arena *a;

static int64_t number(struct sql_literal sql)
{
	int64_t n = -1;
	bool found = false;
	return db_int(db, sql, V0, &n, &found, &err) && found ? n : -1;
}

static void test_values(void)
{
	test_case("values come back as they went in");
	CHECK_OK(db_script(db, "CREATE TABLE t (n INTEGER PRIMARY KEY, v)", &err), err);
	const struct db_value values[] = {
		db_null(),
		db_i(INT64_MIN),
		db_i(INT64_MAX),
		db_r(0.1),
		db_t(SPAN("湛江")),
		db_t(SPAN("")),
		db_t((struct span){ "a\0b", 3 }),
		db_b((struct span){ "\0\xFF", 2 }),
		db_b(SPAN("")),
		db_t((struct span){ NULL, 0 }),
	};
	for (size_t i = 0; i < COUNT(values); i++)
		CHECK_OK(db_exec(db, SQL("INSERT INTO t (n, v) VALUES (?, ?)"),
				 V(db_i((int64_t)i), values[i]), &err),
			err);
	struct db_rows *r = NULL;
	CHECK_OK(db_query(db, SQL("SELECT v, n FROM t ORDER BY n"), V0, &r, &err), err);
	CHECK_INT(db_col_count(r), 2);
	bool row = true;
	for (size_t i = 0; i < COUNT(values); i++) {
		CHECK_OK(db_next(r, &row, &err), err);
		CHECK(row);
		struct db_value got = db_col(r, 0, a);
		CHECK_INT(got.type, values[i].type);
		CHECK(got.i == values[i].i && !(got.real < values[i].real) && !(got.real > values[i].real));
		CHECK(span_eq(got.s, values[i].s));
		CHECK(db_col_null(r, 0) == (values[i].type == DB_NULL));
		CHECK_INT(db_col_int(r, 1), i);
	}
	CHECK_OK(db_next(r, &row, &err), err);
	CHECK(!row);
	db_rows_close(r);
	db_rows_close(NULL);
}

static void test_statements(void)
{
	test_case("one statement may run inside its own result");
	struct db_rows *outer = NULL, *inner = NULL;
	int pairs = 0;
	CHECK_OK(db_script(db, "CREATE TABLE p (n INTEGER PRIMARY KEY); INSERT INTO p VALUES (1), (2), (3)",
			 &err),
		err);
	CHECK_OK(db_query(db, SQL("SELECT n FROM p"), V0, &outer, &err), err);
	for (bool row = true; db_next(outer, &row, &err) && row; ) {
		CHECK_OK(db_query(db, SQL("SELECT n FROM p"), V0, &inner, &err), err);
		for (bool more = true; db_next(inner, &more, &err) && more; )
			pairs++;
		db_rows_close(inner);
	}
	db_rows_close(outer);
	CHECK_INT(pairs, 9);

	test_case("more different statements than are kept");
	for (int i = 0; i < 1000; i++) {
		struct sql *q = sql_new(a);
		char name[32];
		snprintf(name, sizeof name, "n + %d", i % 500);
		sql_add(q, "SELECT ");
		sql_name(q, name);
		sql_add(q, " FROM p WHERE n = ");
		sql_int(q, 2);
		sql_add(q, " AND ");
		sql_text(q, SPAN("x"));
		sql_add(q, " = 'x'");
		struct db_rows *r = NULL;
		bool row = false;
		CHECK_OK(db_query_sql(db, q, &r, &err), err);
		CHECK_OK(db_next(r, &row, &err), err);
		CHECK_INT(db_col_int(r, 0), 2 + i % 500);
		db_rows_close(r);
	}

	test_case("a statement that grew too long is refused");
	struct sql *q = sql_new(a);
	for (int i = 0; i < 9000; i++)
		sql_add(q, "SELECT 1");
	CHECK_ERR(db_exec_sql(db, q, &err), err, ERR_TOO_LARGE);

	test_case("rows changed are counted");
	CHECK_OK(db_exec(db, SQL("UPDATE p SET n = n + 10"), V0, &err), err);
	CHECK_INT(db_changes(db), 3);
	CHECK_OK(db_exec(db, SQL("UPDATE p SET n = n + 10 WHERE n = 1"), V0, &err), err);
	CHECK_INT(db_changes(db), 0);

	test_case("one value, or none");
	int64_t n = 77;
	bool found = true;
	struct span text = SPAN("x");
	CHECK_OK(db_int(db, SQL("SELECT n FROM p WHERE n = 1"), V0, &n, &found, &err), err);
	CHECK(!found && n == 77);
	CHECK_OK(db_text(db, SQL("SELECT 'a' FROM p WHERE n = 1"), V0, a, &text, &err), err);
	CHECK(text.p == NULL);
}

static const struct {
	const char *what;
	struct sql_literal sql;
	enum err_code want;
} failures[] = {
	{ "a unique index", { "INSERT INTO u (n, k) VALUES (9, 'a')" }, ERR_DUPLICATE },
	{ "a primary key", { "INSERT INTO u (n, k) VALUES (1, 'z')" }, ERR_DUPLICATE },
	{ "a foreign key", { "INSERT INTO f (n, u) VALUES (1, 55)" }, ERR_CONFLICT },
	{ "a check", { "INSERT INTO u (n, k) VALUES (10, 'too long')" }, ERR_INVALID },
	{ "NOT NULL", { "INSERT INTO u (n, k) VALUES (10, NULL)" }, ERR_INVALID },
	{ "no such table", { "SELECT 1 FROM nowhere" }, ERR_INTERNAL },
	{ "double quotes are no text", { "SELECT \"x\"" }, ERR_INTERNAL },
	{ "no extensions", { "SELECT load_extension('x')" }, ERR_INTERNAL },
	{ "no writing of the schema", { "UPDATE sqlite_schema SET sql = ''" }, ERR_INTERNAL },
};

static void test_errors(void)
{
	CHECK(db_script(db,
		"CREATE TABLE u (n INTEGER PRIMARY KEY, k TEXT NOT NULL UNIQUE CHECK (length(k) < 5));"
		"CREATE TABLE f (n INTEGER PRIMARY KEY, u BIGINT REFERENCES u (n)); INSERT INTO u VALUES (1, "
		"'a')",
		&err));
	for (size_t i = 0; i < COUNT(failures); i++) {
		test_case("error: %s", failures[i].what);
		CHECK_ERR(db_exec(db, failures[i].sql, V0, &err), err, failures[i].want);
	}
	test_case("a deadline ends a statement, and the next one has its own");
	db_deadline(db, 20);
	int64_t start = clock_mono_ns();
	CHECK_ERR(db_exec(db,
			  SQL("WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT "
			      "count(*) FROM c"),
			  V0, &err),
		err, ERR_BUSY);
	CHECK(clock_mono_ns() - start < 2000000000);
	CHECK_INT(number(SQL("SELECT 5")), 5);
	db_deadline(db, 0);

	test_case("a file that is no database");
	char path[200];
	struct db *none = NULL;
	snprintf(path, sizeof path, "%s/none.db", test_folder());
	FILE *f = fopen(path, "w");
	CHECK(f &&
		fputs("this is not a database, but long enough to be looked at as if it were one of "
		      "them.........",
			f) >= 0);
	if (f)
		fclose(f);
	CHECK_ERR(db_open(&(struct db_open){ .path = path }, &none, &err), err, ERR_CORRUPT);
	snprintf(path, sizeof path, "%s/no/such/folder.db", test_folder());
	CHECK_ERR(db_open(&(struct db_open){ .path = path }, &none, &err), err, ERR_IO);
}

static void test_transactions(void)
{
	struct db *other = NULL;
	char path[200];
	snprintf(path, sizeof path, "%s/one%%20?mode=memory#.db",
		test_folder()); /* bytes that mean something in a URI */
	db_close(db);
	db = NULL;
	test_case("two connections: one writes, the other sees it after the commit");
	CHECK_OK(db_open(&(struct db_open){ .path = path, .busy_ms = 20 }, &db, &err), err);
	CHECK(access(path, F_OK) == 0);
	CHECK_OK(db_script(db, "CREATE TABLE t (n INTEGER PRIMARY KEY)", &err), err);
	CHECK_OK(db_open(&(struct db_open){ .path = path, .busy_ms = 20, .read_only = true }, &other, &err),
		err);
	int64_t version = db_data_version(other);
	CHECK_INT(db_data_version(other), version);
	CHECK_OK(db_begin(db, DB_WRITE, &err), err);
	CHECK(db_in_transaction(db));
	CHECK_OK(db_exec(db, SQL("INSERT INTO t (n) VALUES (1)"), V0, &err), err);
	CHECK_INT(db_data_version(other), version);
	CHECK_OK(db_commit(db, &err), err);
	CHECK(db_data_version(other) != version);

	test_case("a second writer waits and is then told that it is busy");
	struct db *second = NULL;
	CHECK_OK(db_open(&(struct db_open){ .path = path, .busy_ms = 20 }, &second, &err), err);
	CHECK_OK(db_begin(db, DB_WRITE, &err), err);
	CHECK_ERR(db_begin(second, DB_WRITE, &err), err, ERR_BUSY);
	db_rollback(db);
	CHECK_OK(db_begin(second, DB_WRITE, &err), err);
	db_close(second);                                  /* closing rolls back */
	CHECK_OK(db_begin(db, DB_WRITE, &err), err);
	db_rollback(db);
	db_close(other);
}

static void test_full_disk(void)
{
	test_case("a full disk fails the statement or the commit; afterwards all goes on");
	CHECK_OK(db_script(db, "CREATE TABLE big (n INTEGER PRIMARY KEY, b BLOB)", &err), err);
	struct rlimit old, small;
	CHECK(getrlimit(RLIMIT_FSIZE, &old) == 0);
	small = (struct rlimit){ .rlim_cur = 256 * 1024, .rlim_max = old.rlim_max };
	CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
	bool ok = db_begin(db, DB_WRITE, &err);
	for (int i = 0; ok && i < 100; i++)
		ok = db_exec(db, SQL("INSERT INTO big (b) VALUES (zeroblob(20000))"), V0, &err);
	if (ok)
		ok = db_commit(db, &err);
	else
		db_rollback(db);
	CHECK(!ok);
	CHECK_STR(err_name(err.code), "no_space");
	CHECK(setrlimit(RLIMIT_FSIZE, &old) == 0);
	CHECK_INT(number(SQL("SELECT count(*) FROM big")), 0);
	CHECK_OK(db_exec(db, SQL("INSERT INTO big (b) VALUES (zeroblob(2000000))"), V0, &err), err);
	CHECK_INT(number(SQL("SELECT count(*) FROM big")), 1);
}

int main(void)
{
	hash_start();
	clock_start();
	signal(SIGXFSZ, SIG_IGN);
	a = arena_new(1 << 24, 1 << 26);
	if (!db_open(&(struct db_open){ .path = ":memory:" }, &db, &err)) {
		printf("Bail out! %s\n", err.en);
		return 99;
	}
	test_values();
	test_statements();
	test_errors();
	test_transactions();
	test_full_disk();
	db_close(db);
	arena_free(a);
	return test_end();
}
