#include "store/migrate.h"

#include "base/test.h"
#include "os/clock.h"
#include "store/store.h"

static struct err err;
static char folder[200];

#define MIGRATION(version, text) { version, #version, text, sizeof(text) - 1 }

static const struct migration first[] = { MIGRATION(1, "CREATE TABLE a (n INTEGER PRIMARY KEY);") };
static const struct migration both[] = {
	MIGRATION(1, "CREATE TABLE a (n INTEGER PRIMARY KEY);"),
	MIGRATION(20, "CREATE TABLE b (n INTEGER PRIMARY KEY); INSERT INTO b VALUES (1);"),
};
static const struct migration broken[] = {
	MIGRATION(1, "CREATE TABLE a (n INTEGER PRIMARY KEY);"),
	MIGRATION(20,
		"CREATE TABLE b (n INTEGER PRIMARY KEY); INSERT INTO b VALUES (1); INSERT INTO nowhere "
		"VALUES (1);"),
};
static const struct migration edited[] = { MIGRATION(1, "CREATE TABLE a (n INTEGER PRIMARY KEY) ;") };
static const struct migration between[] = {
	MIGRATION(1, "CREATE TABLE a (n INTEGER PRIMARY KEY);"),
	MIGRATION(7, "CREATE TABLE c (n INTEGER PRIMARY KEY);"),
	MIGRATION(20, "CREATE TABLE b (n INTEGER PRIMARY KEY); INSERT INTO b VALUES (1);"),
};

#define SET(rows) ((struct migrate_set){ "main", rows, COUNT(rows) })

static bool table_there(struct db *db, const char *name)
{
	int64_t one;
	bool found = false;
	return db_int(db, SQL("SELECT 1 FROM sqlite_schema WHERE name = ?"), V(db_z(name)), &one, &found,
		       &err) &&
		found;
}

static void test_sets(void)
{
	struct db *db = NULL;
	test_case("migrations are applied once, in order, and recorded");
	CHECK_OK(db_open(&(struct db_open){ .path = ":memory:" }, &db, &err), err);
	CHECK_ERR(migrate_check(db, SET(first), &err), err, ERR_SCHEMA);
	CHECK_OK(migrate_apply(db, SET(first), &err), err);
	CHECK_OK(migrate_apply(db, SET(first), &err), err);
	CHECK_OK(migrate_check(db, SET(first), &err), err);
	CHECK(table_there(db, "a"));

	test_case("one that fails half-way leaves nothing of itself");
	CHECK_ERR(migrate_apply(db, SET(broken), &err), err, ERR_INTERNAL);
	CHECK(strstr(err.en, "migration 20") != NULL);
	CHECK(!table_there(db, "b"));
	CHECK_OK(migrate_check(db, SET(first), &err), err);

	test_case("an older database is refused with what to do, and then brought up to date");
	CHECK_ERR(migrate_check(db, SET(both), &err), err, ERR_SCHEMA);
	CHECK(strstr(err.en, "seawall init") && strstr(err.en, "serve") && strstr(err.zh, "seawall init"));
	CHECK_OK(migrate_apply(db, SET(both), &err), err);
	CHECK_OK(migrate_check(db, SET(both), &err), err);

	test_case("a newer database is refused by an older program");
	CHECK_ERR(migrate_check(db, SET(first), &err), err, ERR_SCHEMA);
	CHECK(strstr(err.en, "newer program") != NULL);
	CHECK_ERR(migrate_apply(db, SET(first), &err), err, ERR_SCHEMA);

	test_case("a changed migration is refused");
	CHECK_ERR(migrate_apply(db, SET(edited), &err), err, ERR_SCHEMA);
	CHECK(strstr(err.en, "differs") != NULL);

	test_case("a number that was left out may come later");
	CHECK_OK(migrate_apply(db, SET(between), &err), err);
	CHECK_OK(migrate_check(db, SET(between), &err), err);
	CHECK_ERR(migrate_check(db, SET(both), &err), err, ERR_SCHEMA);
	CHECK(strstr(err.en, "unknown") != NULL);
	db_close(db);
}

static bool alter(const char *name, struct sql_literal sql)
{
	CLEANUP(db_close_p) struct db *db = NULL;
	char path[300];
	snprintf(path, sizeof path, "%s/store/%s", folder, name);
	return db_open(&(struct db_open){ .path = path }, &db, &err) && db_exec(db, sql, V0, &err);
}

/* At every mode of opening: 0 refused as ERR_SCHEMA, 1 opened. */
static const struct {
	const char *what, *file;
	struct sql_literal alter, undo;
	int create, migrate, open;
} opens[] = {
	{ "as it is", "seawall.db", { "SELECT 1" }, { "SELECT 1" }, 1, 1, 1 },
	{ "newer", "seawall.db", { "INSERT INTO migrations VALUES (9999, '9999_x.sql', 'x', 0)" },
	  { "DELETE FROM migrations WHERE version = 9999" }, 0, 0, 0 },
	{ "newer corpus", "corpus.db", { "INSERT INTO migrations VALUES (9999, '9999_x.sql', 'x', 0)" },
	  { "DELETE FROM migrations WHERE version = 9999" }, 0, 0, 0 },
	{ "changed", "seawall.db", { "UPDATE migrations SET checksum = 'y' || checksum WHERE version = 1" },
	  { "UPDATE migrations SET checksum = substr(checksum, 2) WHERE version = 1" }, 0, 0, 0 },
};

static void test_opens(void)
{
	struct store *s = NULL;
	test_case("every migration of this program applies to an empty folder");
	snprintf(folder, sizeof folder, "%s/opens", test_folder());
	CHECK_OK(store_open(folder, STORE_CREATE, &s, &err), err);
	CHECK(store_schema_version >= 1);
	store_close(s);
	for (size_t i = 0; i < COUNT(opens); i++) {
		const int want[] = { opens[i].create, opens[i].migrate, opens[i].open };
		test_case("opening a store that is %s", opens[i].what);
		CHECK_OK(alter(opens[i].file, opens[i].alter), err);
		for (size_t mode = 0; mode < COUNT(want); mode++) {
			s = NULL;
			if (want[mode])
				CHECK_OK(store_open(folder, (enum store_mode)mode, &s, &err), err);
			else
				CHECK_ERR(
					store_open(folder, (enum store_mode)mode, &s, &err), err, ERR_SCHEMA);
			store_close(s);
		}
		CHECK_OK(alter(opens[i].file, opens[i].undo), err);
	}
}

static void test_corpus(void)
{
	struct store *s = NULL;
	struct db *feed = NULL;
	int64_t n = -1;
	bool found;
	test_case("the corpus is written under a lock of its own, and read as one state");
	CHECK_OK(store_open(folder, STORE_OPEN, &s, &err), err);
	CHECK_OK(store_corpus_open(folder, &feed, &err), err);
	CHECK_OK(store_corpus_begin(feed, &err), err);
	CHECK_OK(db_exec(feed, SQL("CREATE TABLE corpus.probe (n INTEGER PRIMARY KEY)"), V0, &err), err);
	CHECK_OK(store_corpus_commit(feed, &err), err);
	CHECK_OK(store_corpus_begin(feed, &err), err);
	CHECK_OK(db_exec(feed, SQL("INSERT INTO corpus.probe (n) VALUES (1)"), V0, &err), err);
	CHECK_OK(
		db_int(store_reader(s), SQL("SELECT count(*) FROM corpus.probe"), V0, &n, &found, &err), err);
	CHECK_INT(n, 0);

	test_case("meanwhile the main store is written, and reads the corpus");
	struct store_tx *tx = NULL;
	const struct store_actor who = { .name = SPAN("test") };
	CHECK_OK(store_begin(s, &who, &tx, &err), err);
	CHECK_OK(store_next_number(tx, SPAN("x"), &n, &err), err);
	CHECK_OK(
		db_int(store_tx_db(tx), SQL("SELECT count(*) FROM corpus.probe"), V0, &n, &found, &err), err);
	CHECK_INT(n, 0);
	CHECK(!db_exec(store_tx_db(tx), SQL("INSERT INTO corpus.probe (n) VALUES (2)"), V0, &err));
	store_rollback(&tx);
	struct db *second = NULL;
	CHECK_OK(store_corpus_open(folder, &second, &err), err);
	CHECK_OK(store_corpus_commit(feed, &err), err);
	CHECK_OK(
		db_int(store_reader(s), SQL("SELECT count(*) FROM corpus.probe"), V0, &n, &found, &err), err);
	CHECK_INT(n, 1);
	CHECK_OK(store_corpus_begin(second, &err), err);
	CHECK_OK(db_exec(second, SQL("DELETE FROM corpus.probe"), V0, &err), err);
	store_corpus_rollback(second);
	CHECK_OK(
		db_int(store_reader(s), SQL("SELECT count(*) FROM corpus.probe"), V0, &n, &found, &err), err);
	CHECK_INT(n, 1);
	db_close(second);
	db_close(feed);
	store_close(s);
}

int main(void)
{
	hash_start();
	clock_start();
	test_sets();
	test_opens();
	test_corpus();
	return test_end();
}
