/* How many records a query selects, counted no further than a limit: what lists and facets say beside their
 * rows. */
#include "resource/internal.h"

bool query_ranges(const struct query *q, struct query *ret_ranges, struct query *ret_rest)
{
	struct query ranges = *q, rest = *q;
	ranges.n_filters = rest.n_filters = 0;
	ranges.q = (struct span){ NULL, 0 };
	for (size_t i = 0; i < q->n_filters; i++) {
		enum query_op op = q->filters[i].op;
		bool range = (q->filters[i].field->flags & RANGED) && op >= QUERY_GT && op <= QUERY_LTE;
		struct query *to = range ? &ranges : &rest;
		to->filters[to->n_filters++] = q->filters[i];
	}
	*ret_ranges = ranges;
	*ret_rest = rest;
	return ranges.n_filters > 0;
}

/* A range is walked in its own index, and what else is asked for looked up there. */
static bool add_filters(struct op *op, const struct resource *r, const struct query *q, bool narrow,
	struct sql *sql, struct err *err)
{
	struct query ranges, rest;
	if (narrow || !query_ranges(q, &ranges, &rest))
		return sql_filters(op, r, q, narrow, sql, err);
	return sql_filters(op, r, &ranges, false, sql, err) && sql_filters(op, r, &rest, true, sql, err);
}

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
	if (!sql_veil(op, r, sql, err) || !add_filters(op, r, q, narrow, sql, err))
		return false;
	sql_add(sql, " LIMIT ");
	sql_int(sql, max + 1);
	sql_add(sql, ") x");
	if (!db_query_sql(op_db(op), sql, &rows, err) || !db_next(rows, &row, err))
		return false;
	*ret = row ? db_col_int(rows, 0) : 0;
	return true;
}
