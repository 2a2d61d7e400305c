#pragma once
/*
 * What a driver of struct db does: included by drivers and by db.c only.  A driver's connection and
 * result start with the structs below.
 */
#include "store/db.h"

struct db {
	const struct db_driver *driver;
	int64_t deadline_ms;
	bool in_transaction, writing, doomed;
};

struct db_rows {
	struct db *db;
};

struct db_driver {
	bool (*open)(const struct db_open *o, struct db **ret, struct err *err);
	void (*close)(struct db *db);
	bool (*begin)(struct db *db, enum db_mode mode, struct err *err);
	bool (*commit)(struct db *db, struct err *err);
	void (*rollback)(struct db *db);
	bool (*exec)(struct db *db, struct span sql, struct db_values v, struct err *err);
	bool (*query)(struct db *db, struct span sql, struct db_values v, struct db_rows **ret,
		struct err *err);
	bool (*next)(struct db_rows *r, bool *ret_row, struct err *err);
	void (*rows_close)(struct db_rows *r);
	int (*col_count)(const struct db_rows *r);
	struct db_value (*col)(const struct db_rows *r, int col);   /* borrowed until the next step */
	bool (*script)(struct db *db, const char *sql, struct err *err);
	int64_t (*changes)(const struct db *db);
	int64_t (*data_version)(struct db *db);
};

extern const struct db_driver db_sqlite;
/* used by db_open(); a test puts its double here */
extern const struct db_driver *db_driver;
