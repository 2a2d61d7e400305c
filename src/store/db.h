#pragma once
/*
 * One connection to a database: the only file that knows a driver is the one behind this header.  SQL
 * text is a literal (SQL()) or is built by sql_* from literals and names in our own tables; values are
 * always bound.  SQL keeps to the subset that SQLite and PostgreSQL share; the schema `corpus` holds the
 * vulnerability records.
 */
#include "base/base.h"

enum db_type { DB_NULL, DB_INT, DB_TEXT, DB_BLOB, DB_REAL };

struct db_value {
	enum db_type type;
	int64_t i;
	double real;
	struct span s;
};

static inline struct db_value db_i(int64_t i) { return (struct db_value){ .type = DB_INT, .i = i }; }
/* A span without a pointer is NULL. */
static inline struct db_value db_t(struct span s)
{
	return (struct db_value){ .type = s.p ? DB_TEXT : DB_NULL, .s = s };
}
static inline struct db_value db_z(const char *s) { return db_t(span_of(s)); }
static inline struct db_value db_b(struct span s)
{
	return (struct db_value){ .type = s.p ? DB_BLOB : DB_NULL, .s = s };
}
static inline struct db_value db_r(double r) { return (struct db_value){ .type = DB_REAL, .real = r }; }
static inline struct db_value db_null(void) { return (struct db_value){ .type = DB_NULL }; }

/* A statement being written: text and values grow together.  Arena memory. */
struct sql {
	struct str text;
	VEC(struct db_value) values;
};

#define SQL_MAX 65536
struct sql *sql_new(struct arena *a);
#define sql_add(q, literal) sql_add_literal_((q), SPAN(literal))
void sql_add_literal_(struct sql *q, struct span literal);  /* by sql_add() only */
/* A name or expression from one of our own static tables: [A-Za-z0-9_.()=,* '<>|+-] only, asserted. */
void sql_name(struct sql *q, const char *name);
/* writes ? and binds v (texts must outlive the statement) */
void sql_value(struct sql *q, struct db_value v);
void sql_int(struct sql *q, int64_t v);
void sql_text(struct sql *q, struct span v);
void sql_append(struct sql *q, const struct sql *part);    /* text and values of another statement's part */

/* A literal with its values:  db_exec(db, SQL("UPDATE t SET a=? WHERE n=?"), V(db_i(1), db_i(2)), &err) */
struct sql_literal { const char *text; };
#define SQL(literal) ((struct sql_literal){ "" literal "" })
struct db_values { const struct db_value *v; size_t n; };
#define V(...) \
	((struct db_values){ (const struct db_value[]){ __VA_ARGS__ }, \
			     COUNT(((const struct db_value[]){ __VA_ARGS__ })) })
#define V0 ((struct db_values){ NULL, 0 })

struct db;
struct db_rows;                                            /* an open result */

/* The driver is SQLite; tests put a double around it that fails on command (db_fail.h). */
struct db_open {
	const char *path;                                  /* main database file; ":memory:" in tests */
	const char *corpus_path;                           /* attached as schema `corpus`; NULL: none */
	bool read_only, corpus_read_only;                  /* the first includes the second */
	int64_t busy_ms;
};
NODISCARD bool db_open(const struct db_open *o, struct db **ret, struct err *err);
void db_close(struct db *db);                              /* NULL allowed */
void db_close_p(struct db **db);

/* One transaction at a time on a connection.  DB_READ: one snapshot for all that is read.  DB_WRITE: the
 * write lock at once, or ERR_BUSY; after a statement in it has failed nothing but db_rollback() is
 * accepted, as on PostgreSQL. */
enum db_mode { DB_READ, DB_WRITE };
NODISCARD bool db_begin(struct db *db, enum db_mode mode, struct err *err);
NODISCARD bool db_commit(struct db *db, struct err *err);  /* on failure the transaction is rolled back */
void db_rollback(struct db *db);                           /* nothing happens without a transaction */
bool db_in_transaction(const struct db *db);

/* Statements are prepared once per connection and kept (at most 256, least recently used goes). */
NODISCARD bool db_exec(struct db *db, struct sql_literal sql, struct db_values v, struct err *err);
NODISCARD bool db_exec_sql(struct db *db, const struct sql *q, struct err *err);
NODISCARD bool db_query(struct db *db, struct sql_literal sql, struct db_values v, struct db_rows **ret,
	struct err *err);
NODISCARD bool db_query_sql(struct db *db, const struct sql *q, struct db_rows **ret, struct err *err);
/* *ret_row false at the end.  Errors: ERR_BUSY on a passed deadline or lock, ERR_NO_SPACE, ERR_DUPLICATE
 * on a broken uniqueness, ERR_CONFLICT on a broken reference, ERR_INVALID on NOT NULL or CHECK, ERR_CORRUPT,
 * ERR_IO. */
NODISCARD bool db_next(struct db_rows *r, bool *ret_row, struct err *err);
void db_rows_close(struct db_rows *r);                     /* NULL allowed */
void db_rows_close_p(struct db_rows **r);                  /* for CLEANUP() */
int64_t db_col_int(const struct db_rows *r, int col);      /* 0 for NULL */
double db_col_real(const struct db_rows *r, int col);
/* {NULL,0} for NULL; valid until the next db_next() */
struct span db_col_text(const struct db_rows *r, int col);
bool db_col_null(const struct db_rows *r, int col);
int db_col_count(const struct db_rows *r);
struct db_value db_col(const struct db_rows *r, int col, struct arena *a);   /* a copy */

/* One row of one column; *ret_found false (and *ret as it was) without a row. */
NODISCARD bool db_int(struct db *db, struct sql_literal sql, struct db_values v, int64_t *ret,
	bool *ret_found, struct err *err);
/* {NULL,0} without a row. */
NODISCARD bool db_text(struct db *db, struct sql_literal sql, struct db_values v, struct arena *a,
	struct span *ret, struct err *err);
int64_t db_changes(const struct db *db);                   /* rows changed by the last statement */
/* statements on this connection end with ERR_BUSY after so long; 0 none */
void db_deadline(struct db *db, int64_t ms);
/* changes when another connection has committed; -1: error */
int64_t db_data_version(struct db *db);
/* Runs a script of ours (migrations): several statements, no values. */
NODISCARD bool db_script(struct db *db, const char *sql, struct err *err);
