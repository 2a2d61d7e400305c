#include "store/db_fail.h"

#include "store/db_driver.h"

static int64_t calls, first, last;
static enum err_code code;

static bool fails(struct err *err)
{
	calls++;
	if (calls < first || calls > last)
		return false;
	err_set(err, code, "测试中的失败", "failure asked for by a test");
	return true;
}

static bool fail_begin(struct db *db, enum db_mode mode, struct err *err)
{
	return !fails(err) && db_sqlite.begin(db, mode, err);
}

static bool fail_commit(struct db *db, struct err *err)
{
	return !fails(err) && db_sqlite.commit(db, err);
}

static bool fail_exec(struct db *db, struct span sql, struct db_values v, struct err *err)
{
	return !fails(err) && db_sqlite.exec(db, sql, v, err);
}

static bool fail_query(
	struct db *db, struct span sql, struct db_values v, struct db_rows **ret, struct err *err)
{
	return !fails(err) && db_sqlite.query(db, sql, v, ret, err);
}

static bool fail_next(struct db_rows *r, bool *ret_row, struct err *err)
{
	return !fails(err) && db_sqlite.next(r, ret_row, err);
}

static bool fail_script(struct db *db, const char *sql, struct err *err)
{
	return !fails(err) && db_sqlite.script(db, sql, err);
}

void db_fail_start(void)
{
	static struct db_driver twin;
	twin = db_sqlite;
	twin.begin = fail_begin;
	twin.commit = fail_commit;
	twin.exec = fail_exec;
	twin.query = fail_query;
	twin.next = fail_next;
	twin.script = fail_script;
	db_driver = &twin;
}

void db_fail_stop(void)
{
	db_driver = &db_sqlite;
	db_fail_at(0, 0, ERR_NONE);
}

void db_fail_at(int64_t n, int64_t more, enum err_code with)
{
	calls = 0;
	first = n > 0 ? n : INT64_MAX;
	last = n > 0 ? n + more : 0;
	code = with;
}

int64_t db_fail_calls(void)
{
	return calls;
}
