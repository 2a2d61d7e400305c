#include "store/search.h"

#include "store/store_room.h"

#define RESOURCE_TOKEN "\xEE\x84\x80" /* U+E100, then the resource's name: one token of each text */

/* External content: FTS5 is told what it had indexed. */
static bool unindex(struct db *db, int64_t n, struct span body, struct err *err)
{
	return db_exec(db,
		SQL("INSERT INTO search_index (search_index, rowid, body) VALUES ('delete', ?, ?)"),
		V(db_i(n), db_t(body)), err);
}

static bool find_text(struct store_tx *tx, const char *resource, int64_t record_n, int64_t *ret_n,
	struct span *ret_body, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row = false;
	if (!db_query(store_tx_db(tx),
		    SQL("SELECT n, body FROM search_texts WHERE resource = ? AND record_n = ?"),
		    V(db_z(resource), db_i(record_n)), &r, err) ||
		!db_next(r, &row, err))
		return false;
	*ret_n = row ? db_col_int(r, 0) : 0;
	*ret_body = row ? db_col(r, 1, store_tx_arena(tx)).s : (struct span){ NULL, 0 };
	return true;
}

static bool write_text(
	struct db *db, int64_t n, const char *resource, int64_t record_n, struct span body, struct err *err)
{
	bool found;
	if (n == 0)
		return db_int(db,
			       SQL("INSERT INTO search_texts (resource, record_n, body) VALUES (?, ?, ?) "
				   "RETURNING n"),
			       V(db_z(resource), db_i(record_n), db_t(body)), &n, &found, err) &&
			db_exec(db, SQL("INSERT INTO search_index (rowid, body) VALUES (?, ?)"),
				V(db_i(n), db_t(body)), err);
	return db_exec(db, SQL("UPDATE search_texts SET body = ? WHERE n = ?"), V(db_t(body), db_i(n)),
		       err) &&
		db_exec(db, SQL("INSERT INTO search_index (rowid, body) VALUES (?, ?)"),
			V(db_i(n), db_t(body)), err);
}

bool store_search_set(
	struct store_tx *tx, const char *resource, int64_t record_n, struct span text, struct err *err)
{
	struct db *db = store_tx_db(tx);
	CLEANUP(str_done) struct str body = STR(16 * SEARCH_TEXT_MAX);
	int64_t n = 0;
	struct span old;
	if (!search_split(text, &body, err) || !find_text(tx, resource, record_n, &n, &old, err))
		return false;
	if (body.n > 0) {
		str_addz(&body, " " RESOURCE_TOKEN);
		str_addz(&body, resource);
	}
	if (!str_check(&body, err))
		return false;
	if (n != 0 && span_eq(old, str_span(&body)))
		return true;
	if (n != 0 && !unindex(db, n, old, err))
		return false;
	if (body.n > 0)
		return write_text(db, n, resource, record_n, str_span(&body), err);
	return n == 0 || db_exec(db, SQL("DELETE FROM search_texts WHERE n = ?"), V(db_i(n)), err);
}

bool store_search(struct store *s, const char *resource, struct span query, struct arena *a,
		  struct store_found *ret, struct err *err)
{
	CLEANUP(str_done) struct str match = STR(32 * SEARCH_QUERY_MAX);
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	int64_t *ns = arena_array(a, STORE_SEARCH_MAX, sizeof *ns);
	size_t count = 0;
	if (!search_expression(query, &match, err))
		return false;
	bool row = match.n > 0;
	str_addf(&match, " AND \"" RESOURCE_TOKEN "%s\"", resource);
	if (!str_check(&match, err))
		return false;
	if (row &&
		!db_query(s->reader,
			SQL("SELECT t.record_n FROM search_index JOIN search_texts AS t ON t.n = "
			    "search_index.rowid"
			    " WHERE search_index MATCH ? AND t.resource = ? ORDER BY search_index.rowid "
			    "LIMIT 1001"),
			V(db_t(str_span(&match)), db_z(resource)), &r, err))
		return false;
	while (row && count <= STORE_SEARCH_MAX) {
		if (!db_next(r, &row, err))
			return false;
		if (row && count < STORE_SEARCH_MAX)
			ns[count] = db_col_int(r, 0);
		count += row;
	}
	bool capped = count > STORE_SEARCH_MAX;
	*ret = (struct store_found){ .ns = ns, .count = capped ? STORE_SEARCH_MAX : count, .capped = capped };
	return true;
}
