/* How many records a query selects, counted no further than a limit: what lists and facets say beside their
 * rows. */
#include "resource/internal.h"

bool resource_count(struct op *op, const struct resource *r, const struct query *q, int64_t max, int64_t *ret,
	struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	bool narrow = false, row;
	struct sql *sql = sql_new(op->arena);
	struct scope_table table = { op_db(op), r->table, r->unit_column, op->arena };
	if (!actor_has(op->actor, r->read))
		return err_set(err, ERR_FORBIDDEN, "没有查看的权限", "not permitted to see these");
	sql_add(sql, "SELECT COUNT(*) FROM (SELECT 1 FROM ");
	sql_name(sql, r->table);
	sql_add(sql, " t WHERE 1=1");
	if (r->unit_column && !actor_scope_of(op->actor, r->read, &table, sql, &narrow, err))
		return false;
	if (!sql_veil(op, r, sql, err) || !sql_filters(op, r, q, narrow, sql, err))
		return false;
	sql_add(sql, " LIMIT ");
	sql_int(sql, max + 1);
	sql_add(sql, ") x");
	if (!db_query_sql(op_db(op), sql, &rows, err) || !db_next(rows, &row, err))
		return false;
	*ret = row ? db_col_int(rows, 0) : 0;
	return true;
}
