#pragma once
/*
 * Migrations: files src/store/schema/NNNN_name.sql, built into the binary by tools/embed_sql.sh.  Forward
 * only, each in a transaction of its own, its SHA-256 recorded in the table `migrations` of its
 * database.  Numbers may have gaps; whatever is not recorded is applied in order of number.  A recorded
 * one that this binary does not know, or knows with other content, is refused.
 */
#include "store/db.h"

struct migration {
	int version;
	const char *name, *sql;
	size_t size;
};

extern const struct migration migrate_main[], migrate_corpus[];
extern const size_t migrate_main_count, migrate_corpus_count;

struct migrate_set {
	/* "main" or "corpus", as attached to the connection */
	const char *schema;
	const struct migration *rows;
	size_t count;
};

struct migrate_set migrate_set_main(void);
struct migrate_set migrate_set_corpus(void);
/* Is the database exactly at this set?  ERR_SCHEMA, with what to do, if not. */
NODISCARD bool migrate_check(struct db *db, struct migrate_set set, struct err *err);
/* Brings it there; the caller holds the write lock. */
NODISCARD bool migrate_apply(struct db *db, struct migrate_set set, struct err *err);
