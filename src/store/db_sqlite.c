#include <assert.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "os/clock.h"
#include "store/db_driver.h"

enum {
	STATEMENTS_MAX = 256, /* kept per connection */
	BUCKETS = 512,
	PROGRESS_STEPS = 2000, /* virtual machine steps between looks at the clock */
	CACHE_KIB_READER = 2048,
	CACHE_KIB_WRITER = 8192,
	CACHE_KIB_FEED = 65536, /* a feed writes a million rows in one transaction */
	MMAP_BYTES = 32 * 1024 * 1024,
	WAL_BYTES_KEPT = 64 * 1024 * 1024,
};

struct lite;

/* A prepared statement, which is its result as well. */
struct statement {
	struct db_rows rows;
	sqlite3_stmt *stmt;
	char *text;
	size_t text_n;
	uint64_t key, used;
	struct statement *next; /* in its bucket */
	bool busy, kept;
};

struct lite {
	struct db db;
	sqlite3 *handle;
	struct statement *buckets[BUCKETS];
	size_t kept;
	uint64_t tick;
	int64_t deadline_ns; /* of the statement that started last; 0: none */
	int64_t changes;
};

static struct lite *lite_of(struct db *db)
{
	return (struct lite *)(void *)db;
}

/* ---- errors ---- */

static bool set_io(struct lite *l, struct err *err, int extended)
{
	int os = sqlite3_system_errno(l->handle);
	if (os == 0)
		os = errno; /* COMMIT does not keep it; start() has cleared it */
	if (os == ENOSPC || os == EDQUOT || os == EFBIG)
		err_set(err, ERR_NO_SPACE, "磁盘空间不足：%s", "disk full: %s", sqlite3_errmsg(l->handle));
	else
		err_set(err, ERR_IO, "数据库读写失败（%d，%d）：%s",
			"database input or output failed (%d, %d): %s", extended, os,
			sqlite3_errmsg(l->handle));
	err->os_errno = os;
	return false;
}

static bool set_constraint(struct lite *l, struct err *err, int extended)
{
	const char *text = sqlite3_errmsg(l->handle);
	switch (extended) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID:
		text = strrchr(text, '.') ? strrchr(text, '.') + 1 : text;
		return err_set(err, ERR_DUPLICATE, "已有“%s”相同的记录，请改用已有的记录或换一个值",
			"a record with the same %s exists already: use that one, or choose another value",
			text);
	case SQLITE_CONSTRAINT_FOREIGNKEY:
		return err_set(err, ERR_CONFLICT, "与其关联的记录不存在或仍在使用：%s",
			"a record it refers to is missing, or it is still referred to: %s", text);
	default:
		return err_set(
			err, ERR_INVALID, "数据库拒绝了该值：%s", "the database refused the value: %s", text);
	}
}

static bool set_error(struct lite *l, struct err *err)
{
	int extended = sqlite3_extended_errcode(l->handle);
	const char *text = sqlite3_errmsg(l->handle);
	switch (extended & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED: return err_set(err, ERR_BUSY, "数据库正忙：%s", "the database is busy: %s", text);
	case SQLITE_INTERRUPT:
		return err_set(err, ERR_BUSY, "查询超过 %lld 毫秒，请缩小范围",
			"the query took more than %lld ms: narrow it", (long long)l->db.deadline_ms);
	case SQLITE_FULL: return err_set(err, ERR_NO_SPACE, "磁盘空间不足：%s", "disk full: %s", text);
	case SQLITE_CONSTRAINT: return set_constraint(l, err, extended);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return err_set(
			err, ERR_CORRUPT, "数据库文件已损坏：%s", "the database file is damaged: %s", text);
	case SQLITE_TOOBIG:
		return err_set(
			err, ERR_TOO_LARGE, "内容超过数据库上限：%s", "too large for the database: %s", text);
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH: return set_io(l, err, extended);
	default:
		return err_set(
			err, ERR_INTERNAL, "数据库错误 %d：%s", "database error %d: %s", extended, text);
	}
}

/* ---- opening ---- */

static int on_progress(void *user)
{
	struct lite *l = user;
	return l->deadline_ns != 0 && clock_mono_ns() > l->deadline_ns;
}

static bool pragma(struct lite *l, struct err *err, const char *sql)
{
	return sqlite3_exec(l->handle, sql, NULL, NULL, NULL) == SQLITE_OK || set_error(l, err);
}

/* As a file: URI, so that the mode can be said for an attached file: bytes that mean something there are
 * escaped. */
static struct span uri_of(const char *path, bool read_only, struct str *s)
{
	str_addz(s, "file:");
	for (const char *c = path; *c; c++) {
		if (*c == '%' || *c == '?' || *c == '#')
			str_addf(s, "%%%02x", (unsigned)(unsigned char)*c);
		else
			str_addc(s, *c);
	}
	str_addz(s, read_only ? "?mode=ro" : "?mode=rwc");
	return str_span(s);
}

static bool attach(struct lite *l, const char *path, bool read_only, struct err *err)
{
	CLEANUP(str_done) struct str s = STR(8192);
	uri_of(path, read_only, &s);
	if (!str_check(&s, err))
		return false;
	sqlite3_stmt *stmt = NULL;
	bool ok = sqlite3_prepare_v2(l->handle, "ATTACH ? AS corpus", -1, &stmt, NULL) == SQLITE_OK &&
		sqlite3_bind_text(stmt, 1, s.p, (int)s.n, SQLITE_STATIC) == SQLITE_OK &&
		sqlite3_step(stmt) == SQLITE_DONE;
	if (!ok) {
		set_error(l, err);
		err_prefix(err, "%s：", "%s: ", path);
	}
	sqlite3_finalize(stmt);
	return ok;
}

static bool configure(struct lite *l, const struct db_open *o, struct err *err)
{
	sqlite3_extended_result_codes(l->handle, 1);
	sqlite3_db_config(l->handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	sqlite3_db_config(l->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(l->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(l->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(l->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_busy_timeout(l->handle, (int)o->busy_ms);
	sqlite3_progress_handler(l->handle, PROGRESS_STEPS, on_progress, l);
	char text[400];
	snprintf(text, sizeof text,
		"PRAGMA cache_size = -%d; PRAGMA mmap_size = %d; PRAGMA temp_store = MEMORY;"
		"PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = %d; PRAGMA synchronous = FULL;"
		"PRAGMA cell_size_check = ON;",
		o->read_only ? CACHE_KIB_READER : CACHE_KIB_WRITER, MMAP_BYTES, WAL_BYTES_KEPT);
	if (!pragma(l, err, text) || (!o->read_only && !pragma(l, err, "PRAGMA main.journal_mode = WAL")))
		return false;
	if (!o->corpus_path)
		return true;
	bool read_only = o->corpus_read_only || o->read_only;
	if (!attach(l, o->corpus_path, read_only, err))
		return false;
	snprintf(text, sizeof text,
		"PRAGMA corpus.cache_size = -%d; PRAGMA corpus.synchronous = FULL;"
		"PRAGMA corpus.journal_size_limit = %d;%s",
		read_only ? CACHE_KIB_READER : CACHE_KIB_FEED, WAL_BYTES_KEPT,
		read_only ? "" : "PRAGMA corpus.journal_mode = WAL;");
	return pragma(l, err, text);
}

static void lite_close(struct db *db);

static bool lite_open(const struct db_open *o, struct db **ret, struct err *err)
{
	struct lite *l = calloc(1, sizeof *l);
	if (!l)
		abort();
	l->db.driver = db_driver;
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI |
		(o->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
	CLEANUP(str_done) struct str s = STR(8192);
	bool memory = strcmp(o->path, ":memory:") == 0;
	if (!memory)
		uri_of(o->path, o->read_only, &s);
	bool ok = memory || str_check(&s, err);
	if (ok) {
		ok = sqlite3_open_v2(memory ? o->path : str_z(&s), &l->handle, flags, NULL) == SQLITE_OK ||
			set_error(l, err);
		ok = ok && configure(l, o, err);
		if (!ok)
			err_prefix(err, "%s：", "%s: ", o->path);
	}
	if (!ok) {
		lite_close(&l->db);
		return false;
	}
	*ret = &l->db;
	return true;
}

/* ---- statements ---- */

static void statement_free(struct statement *s)
{
	sqlite3_finalize(s->stmt);
	free(s->text);
	free(s);
}

static void lite_close(struct db *db)
{
	struct lite *l = lite_of(db);
	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct statement *s = l->buckets[i], *next; s; s = next) {
			next = s->next;
			assert(!s->busy);
			statement_free(s);
		}
	}
	int rc = sqlite3_close(l->handle);
	assert(rc == SQLITE_OK);
	(void)rc;
	free(l);
}

/* Our own text, not chosen by strangers: FNV-1a. */
static uint64_t text_key(struct span s)
{
	uint64_t h = UINT64_C(14695981039346656037);
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(1099511628211);
	return h ^ h >> 32;
}

static void drop_oldest(struct lite *l)
{
	struct statement **oldest = NULL;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct statement **at = &l->buckets[i]; *at; at = &(*at)->next)
			if (!(*at)->busy && (!oldest || (*at)->used < (*oldest)->used))
				oldest = at;
	if (!oldest)
		return;
	struct statement *s = *oldest;
	*oldest = s->next;
	l->kept--;
	statement_free(s);
}

static bool statement_new(struct lite *l, struct span sql, struct statement **ret, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	const char *tail = NULL;
	if (sqlite3_prepare_v3(l->handle, sql.p, (int)sql.n, SQLITE_PREPARE_PERSISTENT, &stmt, &tail) !=
		SQLITE_OK)
		return set_error(l, err);
	assert(stmt && tail == sql.p + sql.n); /* one statement, not empty */
	struct statement *s = calloc(1, sizeof *s);
	if (!s)
		abort();
	s->rows.db = &l->db;
	s->stmt = stmt;
	*ret = s;
	return true;
}

static void statement_keep(struct lite *l, struct statement *s, struct span sql, uint64_t key)
{
	if (l->kept >= STATEMENTS_MAX)
		drop_oldest(l);
	s->text = malloc(sql.n + 1);
	if (!s->text)
		abort();
	memcpy(s->text, sql.p, sql.n);
	s->text_n = sql.n;
	s->key = key;
	s->kept = true;
	s->next = l->buckets[key % BUCKETS];
	l->buckets[key % BUCKETS] = s;
	l->kept++;
}

/* A statement that is running already (a query inside its own result) is prepared a second time and not kept.
 */
static bool statement_get(struct lite *l, struct span sql, struct statement **ret, struct err *err)
{
	uint64_t key = text_key(sql);
	struct statement *s = l->buckets[key % BUCKETS];
	while (s && !(s->key == key && span_eq((struct span){ s->text, s->text_n }, sql)))
		s = s->next;
	bool found = s != NULL;
	if (!found || s->busy) {
		if (!statement_new(l, sql, &s, err))
			return false;
		if (!found)
			statement_keep(l, s, sql, key);
	}
	s->used = ++l->tick;
	s->busy = true;
	*ret = s;
	return true;
}

static void statement_done(struct statement *s)
{
	sqlite3_reset(s->stmt);
	sqlite3_clear_bindings(s->stmt);
	s->busy = false;
	if (!s->kept)
		statement_free(s);
}

static int bind_one(sqlite3_stmt *stmt, int at, const struct db_value *v, sqlite3_destructor_type life)
{
	switch (v->type) {
	case DB_NULL: return sqlite3_bind_null(stmt, at);
	case DB_INT: return sqlite3_bind_int64(stmt, at, v->i);
	case DB_REAL: return sqlite3_bind_double(stmt, at, v->real);
	case DB_TEXT: return sqlite3_bind_text64(stmt, at, v->s.p, v->s.n, life, SQLITE_UTF8);
	case DB_BLOB:
		return v->s.n == 0 ? sqlite3_bind_zeroblob(stmt, at, 0)
				   : sqlite3_bind_blob64(stmt, at, v->s.p, v->s.n, life);
	}
	abort();
}

/* `borrow`: the values live until the statement is done, so they are not copied. */
static bool start(struct lite *l, struct span sql, struct db_values v, bool borrow, struct statement **ret,
	struct err *err)
{
	struct statement *s;
	if (!statement_get(l, sql, &s, err))
		return false;
	assert((size_t)sqlite3_bind_parameter_count(s->stmt) == v.n);
	for (size_t i = 0; i < v.n; i++) {
		if (bind_one(s->stmt, (int)i + 1, &v.v[i], borrow ? SQLITE_STATIC : SQLITE_TRANSIENT) !=
			SQLITE_OK) {
			set_error(l, err);
			statement_done(s);
			return false;
		}
	}
	errno = 0;
	l->deadline_ns = l->db.deadline_ms > 0 ? clock_mono_ns() + l->db.deadline_ms * 1000000 : 0;
	*ret = s;
	return true;
}

static bool lite_exec(struct db *db, struct span sql, struct db_values v, struct err *err)
{
	struct lite *l = lite_of(db);
	struct statement *s;
	if (!start(l, sql, v, true, &s, err))
		return false;
	int rc;
	do
		rc = sqlite3_step(s->stmt);
	while (rc == SQLITE_ROW);
	bool ok = rc == SQLITE_DONE || set_error(l, err);
	if (ok)
		l->changes = sqlite3_changes64(l->handle);
	statement_done(s);
	return ok;
}

static bool lite_query(
	struct db *db, struct span sql, struct db_values v, struct db_rows **ret, struct err *err)
{
	struct statement *s;
	if (!start(lite_of(db), sql, v, false, &s, err))
		return false;
	*ret = &s->rows;
	return true;
}

static struct statement *statement_of(struct db_rows *r)
{
	return (struct statement *)(void *)r;
}

static const struct statement *statement_in(const struct db_rows *r)
{
	return (const struct statement *)(const void *)r;
}

static bool lite_next(struct db_rows *r, bool *ret_row, struct err *err)
{
	struct lite *l = lite_of(r->db);
	int rc = sqlite3_step(statement_of(r)->stmt);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return set_error(l, err);
	if (rc == SQLITE_DONE)
		l->changes = sqlite3_changes64(l->handle);
	*ret_row = rc == SQLITE_ROW;
	return true;
}

static void lite_rows_close(struct db_rows *r)
{
	statement_done(statement_of(r));
}

static int lite_col_count(const struct db_rows *r)
{
	return sqlite3_column_count(statement_in(r)->stmt);
}

static struct db_value lite_col(const struct db_rows *r, int col)
{
	sqlite3_stmt *stmt = statement_in(r)->stmt;
	switch (sqlite3_column_type(stmt, col)) {
	case SQLITE_INTEGER: return db_i(sqlite3_column_int64(stmt, col));
	case SQLITE_FLOAT: return db_r(sqlite3_column_double(stmt, col));
	case SQLITE_TEXT: {
		const char *p = (const char *)sqlite3_column_text(stmt, col);
		return (struct db_value){ .type = DB_TEXT,
			.s = { p, (size_t)sqlite3_column_bytes(stmt, col) } };
	}
	case SQLITE_BLOB: {
		const char *p = sqlite3_column_blob(stmt, col);
		size_t n = (size_t)sqlite3_column_bytes(stmt, col);
		return (struct db_value){ .type = DB_BLOB, .s = { p ? p : "", n } };
	}
	default: return db_null();
	}
}

/* ---- the rest ---- */

static bool lite_begin(struct db *db, enum db_mode mode, struct err *err)
{
	return lite_exec(db, span_of(mode == DB_WRITE ? "BEGIN IMMEDIATE" : "BEGIN"), V0, err);
}

static bool lite_commit(struct db *db, struct err *err)
{
	struct lite *l = lite_of(db);
	/* A full disk can end the transaction before its COMMIT. */
	if (sqlite3_get_autocommit(l->handle))
		return err_set(err, ERR_INTERNAL, "本次写入已被数据库撤销",
			"the database has rolled the transaction back");
	int64_t deadline = db->deadline_ms;
	db->deadline_ms = 0;
	bool ok = lite_exec(db, SPAN("COMMIT"), V0, err);
	db->deadline_ms = deadline;
	return ok;
}

static void lite_rollback(struct db *db)
{
	struct lite *l = lite_of(db);
	l->deadline_ns = 0;
	if (!sqlite3_get_autocommit(l->handle))
		sqlite3_exec(l->handle, "ROLLBACK", NULL, NULL, NULL);
}

static bool lite_script(struct db *db, const char *sql, struct err *err)
{
	struct lite *l = lite_of(db);
	l->deadline_ns = 0;
	return pragma(l, err, sql);
}

static int64_t lite_changes(const struct db *db)
{
	return ((const struct lite *)(const void *)db)->changes;
}

static int64_t lite_data_version(struct db *db)
{
	struct statement *s;
	struct err err;
	if (!start(lite_of(db), SPAN("PRAGMA data_version"), V0, true, &s, &err))
		return -1;
	int64_t version = sqlite3_step(s->stmt) == SQLITE_ROW ? sqlite3_column_int64(s->stmt, 0) : -1;
	statement_done(s);
	return version;
}

const struct db_driver db_sqlite = {
	.open = lite_open,
	.close = lite_close,
	.begin = lite_begin,
	.commit = lite_commit,
	.rollback = lite_rollback,
	.exec = lite_exec,
	.query = lite_query,
	.next = lite_next,
	.rows_close = lite_rows_close,
	.col_count = lite_col_count,
	.col = lite_col,
	.script = lite_script,
	.changes = lite_changes,
	.data_version = lite_data_version,
};
