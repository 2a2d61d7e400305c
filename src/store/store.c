#include "store/seal.h"
#include "store/store.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "os/clock.h"
#include "os/file.h"
#include "store/audit.h"
#include "store/migrate.h"
#include "store/store_room.h"

enum { BUSY_MS = 5000, MIGRATE_WAIT_MS = 60000, WAIT_POLL_MS = 200 };

bool store_path(const char *folder, const char *name, char ret[STORE_PATH_MAX], struct err *err)
{
	if (snprintf(ret, STORE_PATH_MAX, "%s/%s", folder, name) < STORE_PATH_MAX)
		return true;
	return err_set(err, ERR_TOO_LARGE, "数据目录路径过长", "the path of the data folder is too long");
}

/* ---- opening ---- */

static bool make_folders(const char *folder, struct err *err)
{
	static const char *const names[] = { "store", "blobs", "keys" };
	if (!file_make_folder(folder, 0700, err))
		return false;
	for (size_t i = 0; i < COUNT(names); i++) {
		char path[STORE_PATH_MAX];
		if (!store_path(folder, names[i], path, err) || !file_make_folder(path, 0700, err))
			return false;
	}
	return file_sync_folder(folder, err);
}

static bool open_main(const char *folder, bool read_only, bool with_corpus, struct db **ret, struct err *err)
{
	char path[STORE_PATH_MAX], corpus[STORE_PATH_MAX];
	if (!store_path(folder, "store/seawall.db", path, err) ||
		!store_path(folder, "store/corpus.db", corpus, err))
		return false;
	struct db_open o = { .path = path, .corpus_path = with_corpus ? corpus : NULL, .read_only = read_only,
			     .corpus_read_only = true, .busy_ms = BUSY_MS };
	return db_open(&o, ret, err);
}

bool store_corpus_open(const char *folder, struct db **ret, struct err *err)
{
	char corpus[STORE_PATH_MAX];
	if (!store_path(folder, "store/corpus.db", corpus, err))
		return false;
	return db_open(
		&(struct db_open){ .path = ":memory:", .corpus_path = corpus, .busy_ms = BUSY_MS }, ret, err);
}

bool store_corpus_begin(struct db *corpus, struct err *err)
{
	return db_begin(corpus, DB_WRITE, err);
}

bool store_corpus_commit(struct db *corpus, struct err *err)
{
	struct err ignored = { 0 };
	if (!db_commit(corpus, err))
		return false;
	/* A feed's log of hundreds of megabytes would stay beside the file for good. */
	(void)!db_script(corpus, "PRAGMA corpus.wal_checkpoint(TRUNCATE)", &ignored);
	return true;
}

void store_corpus_rollback(struct db *corpus)
{
	db_rollback(corpus);
}

static bool give_id(struct db *db, struct err *err)
{
	char id[UUID_TEXT];
	return db_exec(db,
		SQL("INSERT INTO facts (name, value) VALUES ('id', ?) ON CONFLICT (name) DO NOTHING"),
		V(db_z(uuid_make(clock_wall(), id))), err);
}

static bool is_complete(struct db *db)
{
	struct err ignored;
	int64_t n = 0;
	bool found;
	return migrate_check(db, migrate_set_main(), &ignored) &&
		db_int(db, SQL("SELECT count(*) FROM facts WHERE name IN ('id', 'audit_key')"), V0, &n,
			&found, &ignored) &&
		n == 2;
}

static bool migrate_main_database(const char *folder, struct err *err)
{
	CLEANUP(db_close_p) struct db *db = NULL;
	return open_main(folder, false, false, &db, err)
		&& (is_complete(db) || (migrate_apply(db, migrate_set_main(), err) && give_id(db, err)
					&& audit_key_make(folder, db, err)));
}

/* One that is up to date is not written: it may be in the hands of a feed for minutes. */
static bool migrate_corpus_database(const char *folder, struct err *err)
{
	CLEANUP(db_close_p) struct db *db = NULL;
	struct err ignored;
	int64_t n;
	bool there = false;
	if (!store_corpus_open(folder, &db, err) ||
		!db_int(db, SQL("SELECT 1 FROM corpus.sqlite_schema WHERE name = 'migrations'"), V0, &n,
			&there, err))
		return false;
	return (there && migrate_check(db, migrate_set_corpus(), &ignored))
		|| migrate_apply(db, migrate_set_corpus(), err);
}

/* Under the lock from the first opening: a new file becomes a WAL database only while nobody else has it
 * open. */
static bool migrate_both(struct store *s, struct err *err)
{
	if (!lock_take(s->lock, MIGRATE_WAIT_MS, err))
		return false;
	bool ok = migrate_main_database(s->folder, err) && migrate_corpus_database(s->folder, err) &&
		seal_key_make(s->folder, err);
	lock_release(s->lock);
	return ok;
}

static bool open_databases(struct store *s, enum store_mode mode, struct err *err)
{
	char path[STORE_PATH_MAX];
	if (!store_path(s->folder, "store/write.lock", path, err) || !lock_open(path, &s->lock, err))
		return false;
	if (mode != STORE_OPEN && !migrate_both(s, err))
		return false;
	if (!open_main(s->folder, true, true, &s->reader, err))
		return false;
	return migrate_check(s->reader, migrate_set_main(), err)
		&& migrate_check(s->reader, migrate_set_corpus(), err);
}

bool store_open(const char *folder, enum store_mode mode, struct store **ret, struct err *err)
{
	char path[STORE_PATH_MAX];
	if (!store_path(folder, "store/seawall.db", path, err) ||
		(mode == STORE_CREATE && !make_folders(folder, err)))
		return false;
	if (mode != STORE_CREATE && !file_exists(path))
		return err_set(err, ERR_NOT_FOUND, "%s 中没有海堤数据，请先运行 seawall init",
			       "there is no Seawall data in %s: run seawall init first", folder);
	struct store *s = calloc(1, sizeof *s);
	char *copy = malloc(strlen(folder) + 1);
	if (!s || !copy)
		abort();
	memcpy(copy, folder, strlen(folder) + 1);
	s->folder = copy;
	if (!open_databases(s, mode, err)) {
		store_close(s);
		return false;
	}
	s->seen_version = db_data_version(s->reader);
	*ret = s;
	return true;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	struct store_tx *tx = s->tx.open ? &s->tx : NULL;
	store_rollback(&tx);
	db_close(s->reader);
	db_close(s->writer); /* the last one out writes the WAL back: a reader cannot */
	lock_close(s->lock);
	arena_free(s->tx.arena);
	free(s->folder);
	free(s);
}

void store_close_p(struct store **s)
{
	store_close(*s);
}

const char *store_folder(const struct store *s)
{
	return s->folder;
}

/* ---- reading ---- */

struct db *store_reader(struct store *s)
{
	return s->reader;
}

bool store_read_begin(struct store *s, struct err *err)
{
	return db_begin(s->reader, DB_READ, err);
}

void store_read_end(struct store *s)
{
	db_rollback(s->reader);
}

int64_t store_change_seq(struct store *s)
{
	struct err err;
	int64_t seq = 0;
	bool found;
	return db_int(s->reader, SQL("SELECT change_n FROM change_head"), V0, &seq, &found, &err) ? seq : -1;
}

bool store_wait(struct store *s, int64_t timeout_ms)
{
	assert(!db_in_transaction(s->reader));             /* a snapshot would never see anything new */
	int64_t until_ns = clock_mono_ns() + timeout_ms * 1000000;
	for (;;) {
		int64_t version = db_data_version(s->reader);
		if (version != s->seen_version) {
			s->seen_version = version;
			return true;
		}
		int64_t left_ns = until_ns - clock_mono_ns();
		if (left_ns <= 0)
			return false;
		if (left_ns > WAIT_POLL_MS * 1000000LL)
			left_ns = WAIT_POLL_MS * 1000000LL;
		nanosleep(&(struct timespec){ .tv_nsec = (long)left_ns }, NULL);
	}
}
