#include "store/db.h"

#include <assert.h>

#include "store/db_driver.h"

const struct db_driver *db_driver = &db_sqlite;

/* ---- statements being written ---- */

struct sql *sql_new(struct arena *a)
{
	struct sql *q = ARENA_NEW(a, struct sql);
	q->text = STR_IN(a, SQL_MAX);
	q->values.arena = a;
	return q;
}

void sql_add_literal_(struct sql *q, struct span literal)
{
	str_add(&q->text, literal);
}

void sql_append(struct sql *q, const struct sql *part)
{
	str_add(&q->text, str_span(&part->text));
	for (size_t i = 0; i < part->values.n; i++)
		vec_push(&q->values, part->values.p[i]);
}

void sql_name(struct sql *q, const char *name)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.()=,* '<>|+-";
	assert(name[strspn(name, allowed)] == '\0');
	str_addz(&q->text, name);
}

void sql_value(struct sql *q, struct db_value v)
{
	str_addc(&q->text, '?');
	vec_push(&q->values, v);
}

void sql_int(struct sql *q, int64_t v)
{
	sql_value(q, db_i(v));
}

void sql_text(struct sql *q, struct span v)
{
	sql_value(q, db_t(v));
}

/* ---- connections ---- */

bool db_open(const struct db_open *o, struct db **ret, struct err *err)
{
	return db_driver->open(o, ret, err);
}

void db_close(struct db *db)
{
	if (!db)
		return;
	db_rollback(db);
	db->driver->close(db);
}

void db_close_p(struct db **db)
{
	db_close(*db);
}

bool db_begin(struct db *db, enum db_mode mode, struct err *err)
{
	assert(!db->in_transaction);
	if (!db->driver->begin(db, mode, err))
		return false;
	db->in_transaction = true;
	db->writing = mode == DB_WRITE;
	db->doomed = false;
	return true;
}

static bool refuse_doomed(struct err *err)
{
	return err_set(err, ERR_INTERNAL, "本次写入已有一步失败，不能继续",
		"an earlier statement of this transaction failed");
}

bool db_commit(struct db *db, struct err *err)
{
	assert(db->in_transaction);
	bool ok = db->doomed ? refuse_doomed(err) : db->driver->commit(db, err);
	if (!ok)
		db->driver->rollback(db);
	db->in_transaction = db->writing = db->doomed = false;
	return ok;
}

void db_rollback(struct db *db)
{
	if (!db->in_transaction)
		return;
	db->driver->rollback(db);
	db->in_transaction = db->writing = db->doomed = false;
}

bool db_in_transaction(const struct db *db)
{
	return db->in_transaction;
}

void db_deadline(struct db *db, int64_t ms)
{
	db->deadline_ms = ms;
}

int64_t db_changes(const struct db *db)
{
	return db->driver->changes(db);
}

int64_t db_data_version(struct db *db)
{
	return db->driver->data_version(db);
}

/* ---- running ---- */

/* A failed statement dooms the write transaction it stands in: SQLite would go on, PostgreSQL would not. */
static bool settle(struct db *db, bool ok)
{
	if (!ok && db->writing)
		db->doomed = true;
	return ok;
}

bool db_script(struct db *db, const char *sql, struct err *err)
{
	return db->doomed ? refuse_doomed(err) : settle(db, db->driver->script(db, sql, err));
}

static bool exec_text(struct db *db, struct span sql, struct db_values v, struct err *err)
{
	return db->doomed ? refuse_doomed(err) : settle(db, db->driver->exec(db, sql, v, err));
}

static bool query_text(
	struct db *db, struct span sql, struct db_values v, struct db_rows **ret, struct err *err)
{
	return db->doomed ? refuse_doomed(err) : settle(db, db->driver->query(db, sql, v, ret, err));
}

bool db_exec(struct db *db, struct sql_literal sql, struct db_values v, struct err *err)
{
	return exec_text(db, span_of(sql.text), v, err);
}

bool db_exec_sql(struct db *db, const struct sql *q, struct err *err)
{
	return str_check(&q->text, err)
		&& exec_text(db, str_span(&q->text), (struct db_values){ q->values.p, q->values.n }, err);
}

bool db_query(
	struct db *db, struct sql_literal sql, struct db_values v, struct db_rows **ret, struct err *err)
{
	return query_text(db, span_of(sql.text), v, ret, err);
}

bool db_query_sql(struct db *db, const struct sql *q, struct db_rows **ret, struct err *err)
{
	return str_check(&q->text, err) &&
		query_text(db, str_span(&q->text), (struct db_values){ q->values.p, q->values.n }, ret, err);
}

bool db_next(struct db_rows *r, bool *ret_row, struct err *err)
{
	return r->db->doomed ? refuse_doomed(err) : settle(r->db, r->db->driver->next(r, ret_row, err));
}

void db_rows_close(struct db_rows *r)
{
	if (r)
		r->db->driver->rows_close(r);
}

void db_rows_close_p(struct db_rows **r)
{
	db_rows_close(*r);
}

/* ---- columns ---- */

int db_col_count(const struct db_rows *r)
{
	return r->db->driver->col_count(r);
}

int64_t db_col_int(const struct db_rows *r, int col)
{
	struct db_value v = r->db->driver->col(r, col);
	return v.type == DB_REAL ? (int64_t)v.real : v.i;
}

double db_col_real(const struct db_rows *r, int col)
{
	struct db_value v = r->db->driver->col(r, col);
	return v.type == DB_INT ? (double)v.i : v.real;
}

struct span db_col_text(const struct db_rows *r, int col)
{
	return r->db->driver->col(r, col).s;
}

bool db_col_null(const struct db_rows *r, int col)
{
	return r->db->driver->col(r, col).type == DB_NULL;
}

struct db_value db_col(const struct db_rows *r, int col, struct arena *a)
{
	struct db_value v = r->db->driver->col(r, col);
	if (v.s.p)
		v.s = arena_span(a, v.s);
	return v;
}

/* ---- one value ---- */

bool db_int(struct db *db, struct sql_literal sql, struct db_values v, int64_t *ret, bool *ret_found,
	struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row = false;
	if (!db_query(db, sql, v, &r, err) || !db_next(r, &row, err))
		return false;
	int64_t value = row ? db_col_int(r, 0) : 0;
	bool more = row;
	while (more) /* a statement with RETURNING is done only at its end */
		if (!db_next(r, &more, err))
			return false;
	*ret_found = row;
	if (row)
		*ret = value;
	return true;
}

bool db_text(struct db *db, struct sql_literal sql, struct db_values v, struct arena *a, struct span *ret,
	     struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row = false;
	if (!db_query(db, sql, v, &r, err) || !db_next(r, &row, err))
		return false;
	struct span text = { NULL, 0 };
	if (row)
		text = db_col(r, 0, a).s;
	while (row)
		if (!db_next(r, &row, err))
			return false;
	*ret = text;
	return true;
}
