#include "store/migrate.h"

#include <assert.h>

#include "os/clock.h"

enum { MIGRATIONS_MAX = 512 };

struct migrate_set migrate_set_main(void)
{
	return (struct migrate_set){ "main", migrate_main, migrate_main_count };
}

struct migrate_set migrate_set_corpus(void)
{
	return (struct migrate_set){ "corpus", migrate_corpus, migrate_corpus_count };
}

static bool is_corpus(struct migrate_set set)
{
	return strcmp(set.schema, "corpus") == 0;
}

static struct sql_literal make_table(struct migrate_set set)
{
	return is_corpus(set) ? SQL("CREATE TABLE IF NOT EXISTS corpus.migrations (version INTEGER PRIMARY "
				    "KEY, name TEXT NOT NULL,"
				    " checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)")
			      : SQL("CREATE TABLE IF NOT EXISTS main.migrations (version INTEGER PRIMARY "
				    "KEY, name TEXT NOT NULL,"
				    " checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)");
}

static struct sql_literal list_rows(struct migrate_set set)
{
	return is_corpus(set) ? SQL("SELECT version, name, checksum FROM corpus.migrations ORDER BY version")
			      : SQL("SELECT version, name, checksum FROM main.migrations ORDER BY version");
}

static struct sql_literal add_row(struct migrate_set set)
{
	return is_corpus(set) ? SQL("INSERT INTO corpus.migrations (version, name, checksum, applied_at) "
				    "VALUES (?, ?, ?, ?)")
			      : SQL("INSERT INTO main.migrations (version, name, checksum, applied_at) "
				    "VALUES (?, ?, ?, ?)");
}

static void checksum(const struct migration *m, char ret[HASH_SHA256_HEX + 1])
{
	unsigned char digest[HASH_SHA256];
	hash_sha256((struct span){ m->sql, m->size }, digest);
	hash_hex(digest, sizeof digest, ret);
}

/* Compares one recorded migration with ours, and marks ours as done. */
static bool check_row(const struct db_rows *r, struct migrate_set set, bool done[], struct err *err)
{
	int64_t version = db_col_int(r, 0);
	struct span name = db_col_text(r, 1);
	int64_t newest = set.count > 0 ? set.rows[set.count - 1].version : 0;
	for (size_t i = 0; i < set.count; i++) {
		if (set.rows[i].version != version)
			continue;
		char sum[HASH_SHA256_HEX + 1];
		checksum(&set.rows[i], sum);
		if (!span_is(db_col_text(r, 2), sum))
			return err_set(err, ERR_SCHEMA,
				"数据结构 %s 与本程序中的不一致，请使用建立该数据的程序版本",
				"migration %s differs from this program's: use the version that made this "
				"data",
				set.rows[i].name);
		done[i] = true;
		return true;
	}
	if (version > newest)
		return err_set(err, ERR_SCHEMA, "数据由更新版本的程序建立（%lld，" SPAN_FMT "），请升级本程序",
			       "the data was made by a newer program (%lld, " SPAN_FMT "): upgrade this one",
			       (long long)version, SPAN_ARG(name));
	return err_set(err, ERR_SCHEMA, "数据中有本程序不认识的结构版本 %lld（" SPAN_FMT "）",
		"the data has a migration unknown to this program: %lld (" SPAN_FMT ")", (long long)version,
		SPAN_ARG(name));
}

static bool has_table(struct db *db, struct migrate_set set, bool *ret, struct err *err)
{
	int64_t n;
	return is_corpus(set)
		? db_int(db, SQL("SELECT 1 FROM corpus.sqlite_schema WHERE name = 'migrations'"), V0, &n, ret,
			  err)
		: db_int(db, SQL("SELECT 1 FROM main.sqlite_schema WHERE name = 'migrations'"), V0, &n, ret,
			  err);
}

static bool read_done(struct db *db, struct migrate_set set, bool done[], struct err *err)
{
	assert(set.count <= MIGRATIONS_MAX);
	bool there = false;
	if (!has_table(db, set, &there, err))
		return false;
	if (!there)
		return true;
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	if (!db_query(db, list_rows(set), V0, &r, err))
		return false;
	for (bool row = true; ; ) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			return true;
		if (!check_row(r, set, done, err))
			return false;
	}
}

bool migrate_check(struct db *db, struct migrate_set set, struct err *err)
{
	bool done[MIGRATIONS_MAX] = { false };
	if (!read_done(db, set, done, err))
		return false;
	for (size_t i = 0; i < set.count; i++)
		if (!done[i])
			return err_set(err, ERR_SCHEMA,
				"数据由较旧版本的程序建立（缺 %s），请先运行 seawall init 或 seawall serve",
				"the data was made by an older program (without %s): run seawall init or "
				"seawall serve first",
				set.rows[i].name);
	return true;
}

static bool apply_one(struct db *db, struct migrate_set set, const struct migration *m, struct err *err)
{
	char sum[HASH_SHA256_HEX + 1];
	checksum(m, sum);
	if (!db_begin(db, DB_WRITE, err))
		return false;
	bool ok = db_script(db, m->sql, err)
		&& db_exec(db, add_row(set),
			   V(db_i(m->version), db_z(m->name), db_z(sum), db_i(clock_wall())), err);
	if (!ok) {
		db_rollback(db);
		return err_prefix(err, "数据结构 %s：", "migration %s: ", m->name);
	}
	return db_commit(db, err);
}

bool migrate_apply(struct db *db, struct migrate_set set, struct err *err)
{
	bool done[MIGRATIONS_MAX] = { false };
	if (!db_exec(db, make_table(set), V0, err) || !read_done(db, set, done, err))
		return false;
	for (size_t i = 0; i < set.count; i++)
		if (!done[i] && !apply_one(db, set, &set.rows[i], err))
			return false;
	return true;
}
