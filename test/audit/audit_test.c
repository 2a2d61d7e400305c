/*
 * Somebody with the database in hand alters one value of one stored change: each column, its attachment, its
 * checkpoint. `seawall audit verify` must name that row and fail, and be content again when the value is put
 * back.
 */
#include <signal.h>
#include <sqlite3.h>
#include <time.h>

#include "../support/house.h"

static sqlite3 *db;
static long long victim; /* a change in the middle of the chain, with an attachment */

static bool sql(const char *fmt, ...) FORMAT(1, 2);
static bool sql(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *text = sqlite3_vmprintf(fmt, ap), *error = NULL;
	va_end(ap);
	bool ok = sqlite3_exec(db, text, NULL, NULL, &error) == SQLITE_OK;
	if (!ok)
		printf("# %s: %s\n", text, error ? error : "?");
	sqlite3_free(error);
	sqlite3_free(text);
	return ok;
}

static long long one_number(const char *query)
{
	sqlite3_stmt *st = NULL;
	long long n = -1;
	if (sqlite3_prepare_v2(db, query, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

static void check_named(struct story *s)
{
	char row[40], *said = NULL;
	int status = house_run(s, NULL, &said, "audit", "verify", NULL);
	snprintf(row, sizeof row, "第 %lld 条", victim);
	CHECK(status != 0);
	CHECK(said && strstr(said, row) != NULL);
	if (status == 0 || !said || !strstr(said, row))
		printf("# exit %d: %s\n", status, said ? said : "");
	free(said);
}

static void check_whole(struct story *s)
{
	int status = house_run(s, NULL, NULL, "audit", "verify", NULL);
	if (status != 0)
		printf("# %s\n", house_note(s));
	CHECK_INT(status, 0);
}

/* The row is kept beside, altered, judged, and put back. */
static void alter(struct story *s, const char *table, const char *key, const char *column, const char *type)
{
	bool text = strcmp(type, "TEXT") == 0;
	test_case("%s.%s altered", table, column);
	CHECK(sql("CREATE TEMP TABLE kept AS SELECT * FROM %s WHERE %s = %lld", table, key, victim));
	if (strcmp(column, key) == 0)
		CHECK(sql("UPDATE %s SET %s = %s + 1000000 WHERE %s = %lld", table, column, column, key,
			victim));
	else if (text)
		CHECK(sql(
			"UPDATE %s SET %s = %s || 'x' WHERE %s = %lld", table, column, column, key, victim));
	else
		CHECK(sql("UPDATE %s SET %s = coalesce(%s, 0) + 1 WHERE %s = %lld", table, column, column,
			key, victim));
	CHECK_INT(sqlite3_changes(db), 1);
	check_named(s);
	CHECK(sql("DELETE FROM %s WHERE %s IN (%lld, %lld)", table, key, victim, victim + 1000000));
	CHECK(sql("INSERT INTO %s SELECT * FROM kept", table));
	CHECK(sql("DROP TABLE kept"));
}

static void alter_columns(struct story *s, const char *table, const char *key)
{
	char query[100];
	sqlite3_stmt *st = NULL;
	char names[32][64], types[32][32];
	size_t n = 0;
	snprintf(query, sizeof query, "PRAGMA table_info(%s)", table);
	if (sqlite3_prepare_v2(db, query, -1, &st, NULL) == SQLITE_OK)
		while (sqlite3_step(st) == SQLITE_ROW && n < COUNT(names)) {
			snprintf(names[n], sizeof names[n], "%s", (const char *)sqlite3_column_text(st, 1));
			snprintf(types[n++], sizeof types[0], "%s", (const char *)sqlite3_column_text(st, 2));
		}
	sqlite3_finalize(st);
	test_case("%s has columns", table);
	CHECK(n >= 3);
	for (size_t i = 0; i < n; i++)
		if (strcmp(table, "checkpoints") != 0 || strcmp(names[i], "n") != 0)
			alter(s, table, key, names[i], types[i]);
}

/* One role `jobs` signs the chain when it starts: a checkpoint, which later rows follow. */
static void make_chain(struct story *s)
{
	struct house_account more[] = { { "before", "leader", "CITY" }, { "after", "leader", "CITY" } };
	json_t *step =
		json_pack("{ssssss}", "account", more[0].name, "role", more[0].role, "unit", more[0].unit);
	HOUSE_NEED(account_step(s, step));
	json_decref(step);
	house_serve(s);
	long long signs = 0;
	for (int i = 0; i < 500 && signs < 1; i++) {
		signs = one_number("SELECT count(*) FROM checkpoints");
		nanosleep(&(struct timespec){ 0, 10000000 }, NULL);
	}
	CHECK(signs >= 1);
	CHECK(house_stop(s));
	step = json_pack("{ssssss}", "account", more[1].name, "role", more[1].role, "unit", more[1].unit);
	HOUSE_NEED(account_step(s, step));
	json_decref(step);
}

static void check_deleted(struct story *s)
{
	test_case("the attachment deleted");
	CHECK(sql("CREATE TEMP TABLE kept AS SELECT * FROM change_values WHERE change_n = %lld", victim));
	CHECK(sql("DELETE FROM change_values WHERE change_n = %lld", victim));
	check_named(s);
	CHECK(sql("INSERT INTO change_values SELECT * FROM kept"));
	CHECK(sql("DROP TABLE kept"));
	test_case("all put back: the chain is whole");
	check_whole(s);
}

int main(int argc, char **argv)
{
	static struct story s;
	char path[300];
	if (argc < 2) {
		fprintf(stderr, "usage: %s PROGRAM\n", argv[0]);
		return 2;
	}
	house_make(&s, argv[1], NULL, 0);
	snprintf(path, sizeof path, "%s/store/seawall.db", s.data);
	test_case("a chain of changes with a checkpoint");
	CHECK(sqlite3_open(path, &db) == SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	make_chain(&s);
	check_whole(&s);
	victim = one_number("SELECT change_n FROM change_values ORDER BY change_n LIMIT 1 OFFSET 3");
	CHECK(victim > 1 && victim < one_number("SELECT max(n) FROM changes"));
	alter_columns(&s, "changes", "n");
	alter_columns(&s, "change_values", "change_n");
	check_deleted(&s);
	victim = one_number("SELECT change_n FROM checkpoints ORDER BY n LIMIT 1");
	alter_columns(&s, "checkpoints", "change_n");
	test_case("the checkpoints put back: the chain is whole");
	check_whole(&s);
	sqlite3_close(db);
	test_case("all that the test stands on was there");
	CHECK_INT(house_broken, 0);
	return test_end();
}
