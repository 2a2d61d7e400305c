/*
 * schema/current.sql is what all migrations together make: read it to know the schema, and see it change in a
 * review. With --write it is written anew (tools/schema_dump.sh).
 */
#include "base/test.h"
#include "os/clock.h"
#include "os/file.h"
#include "store/store.h"

enum { CURRENT_MAX = 1024 * 1024 };
static const char current[] = "src/store/schema/current.sql";

static bool dump(struct db *db, struct sql_literal sql, const char *title, struct str *to, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row = true;
	str_addf(to, "\n-- %s\n", title);
	if (!db_query(db, sql, V0, &r, err))
		return false;
	while (db_next(r, &row, err)) {
		if (!row)
			return str_check(to, err);
		str_addc(to, '\n');
		str_add(to, db_col_text(r, 0));
		str_addz(to, ";\n");
	}
	return false;
}

/* Tables, then what stands on them, by name; the tables inside of FTS5 are its own business. */
static bool dump_all(const char *folder, struct str *to, struct err *err)
{
	CLEANUP(store_close_p) struct store *s = NULL;
	str_addz(to, "-- Made by tools/schema_dump.sh from all migrations together: do not edit.\n");
	return store_open(folder, STORE_CREATE, &s, err) &&
		dump(store_reader(s),
			SQL("SELECT sql FROM main.sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE "
			    "'sqlite_%'"
			    " AND name NOT LIKE 'search_index_%' ORDER BY tbl_name, type DESC, name"),
			"store/seawall.db", to, err) &&
		dump(store_reader(s),
			SQL("SELECT sql FROM corpus.sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE "
			    "'sqlite_%'"
			    " ORDER BY tbl_name, type DESC, name"),
			"store/corpus.db, the schema corpus", to, err);
}

int main(int argc, char **argv)
{
	hash_start();
	clock_start();
	char folder[200];
	struct err err = { 0 };
	struct span want = { NULL, 0 };
	CLEANUP(str_done) struct str got = STR(CURRENT_MAX);
	CLEANUP(arena_free_p) struct arena *a = arena_new(2 * CURRENT_MAX, 8 * CURRENT_MAX);
	snprintf(folder, sizeof folder, "%s/schema", test_folder());
	test_case("schema/current.sql is what the migrations make (else run tools/schema_dump.sh)");
	CHECK_OK(dump_all(folder, &got, &err), err);
	if (argc > 1 && strcmp(argv[1], "--write") == 0)
		CHECK_OK(file_replace(current, str_span(&got), 0644, &err), err);
	CHECK_OK(file_read(current, CURRENT_MAX, a, &want, &err), err);
	CHECK(span_eq(want, str_span(&got)));
	return test_end();
}
