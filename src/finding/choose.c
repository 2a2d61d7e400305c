/* What "ids" or "filter" of a bulk request name. */
#include <stdlib.h>

#include "finding/finding.h"

static bool too_many(struct err *err)
{
	return err_set(err, ERR_TOO_LARGE, "一次最多处理 %d 条隐患，请缩小范围",
		"at most %d findings at once, narrow it", FINDING_CHOICE_MAX);
}

static bool select_all(struct op *op, const struct query *q, struct finding_choice *ret, struct err *err)
{
	VEC(int64_t) all = { .arena = op->arena };
	int64_t after = 0;
	for (;;) {
		struct selection some;
		if (!resource_select(op, &finding_resource, q, after, &some, err))
			return false;
		if (all.n + some.n > FINDING_CHOICE_MAX)
			return too_many(err);
		for (size_t i = 0; i < some.n; i++)
			vec_push(&all, some.ns[i]);
		if (some.n < SELECTION_MAX)
			break;
		after = some.ns[some.n - 1];
	}
	ret->ns = all.p;
	ret->n = all.n;
	return true;
}

/* May the actor see rows of this unit?  Remembered for the last unit asked about. */
struct sight {
	int64_t unit_n;
	bool known, may;
};

static bool may_see(struct op *op, struct sight *s, int64_t unit_n, struct err *err)
{
	if (s->known && s->unit_n == unit_n)
		return true;
	*s = (struct sight){ .unit_n = unit_n, .known = true };
	return actor_may(op->actor, op_db(op), PERM_FINDING_READ, unit_n, &s->may, err);
}

static bool find_id(struct op *op, struct span id, struct sight *sight, int64_t *ret_n, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	*ret_n = 0;
	if (!db_query(op_db(op), SQL("SELECT n, unit_n FROM findings WHERE id=?"), V(db_t(id)), &r, err) ||
		!db_next(r, &row, err))
		return false;
	if (!row)
		return true;
	if (!may_see(op, sight, db_col_int(r, 1), err))
		return false;
	*ret_n = sight->may ? db_col_int(r, 0) : 0;
	return true;
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static bool select_ids(struct op *op, const json_t *ids, struct finding_choice *ret, struct err *err)
{
	VEC(int64_t) ns = { .arena = op->arena };
	VEC(struct span) unknown = { .arena = op->arena };
	struct sight sight = { 0 };
	if (!actor_has(op->actor, PERM_FINDING_READ))
		return err_set(err, ERR_FORBIDDEN, "没有查看隐患的权限", "not permitted to read findings");
	if (json_array_size(ids) > FINDING_CHOICE_MAX)
		return too_many(err);
	for (size_t i = 0; i < json_array_size(ids); i++) {
		struct span id = json_text(json_array_get(ids, i));
		int64_t n = 0;
		if (!id.p)
			return err_field(
				err, "ids", "“ids”应为隐患标识的数组", "ids must be an array of finding ids");
		if (!find_id(op, id, &sight, &n, err))
			return false;
		if (n)
			vec_push(&ns, n);
		else
			vec_push(&unknown, arena_span(op->arena, id));
	}
	if (ns.n)
		qsort(ns.p, ns.n, sizeof *ns.p, by_number);
	size_t kept = 0;
	for (size_t i = 0; i < ns.n; i++)
		if (kept == 0 || ns.p[kept - 1] != ns.p[i])
			ns.p[kept++] = ns.p[i];
	*ret = (struct finding_choice){ ns.p, kept, unknown.p, unknown.n };
	return true;
}

bool finding_choose(
	struct op *op, const json_t *ids, const json_t *filter, struct finding_choice *ret, struct err *err)
{
	struct query q;
	*ret = (struct finding_choice){ 0 };
	if (ids && filter)
		return err_field(err, "ids", "“ids”与“filter”只能给出一个", "give either ids or filter");
	if (ids && !json_is_array(ids))
		return err_field(
			err, "ids", "“ids”应为隐患标识的数组", "ids must be an array of finding ids");
	if (filter && !json_is_object(filter))
		return err_field(err, "filter", "“filter”应为对象", "filter must be an object");
	if (ids)
		return select_ids(op, ids, ret, err);
	return query_parse_json(&finding_resource, filter, op->arena, &q, err) &&
		select_all(op, &q, ret, err);
}

bool finding_choose_default(struct op *op, struct finding_choice *ret, struct err *err)
{
	VEC(int64_t) ns = { .arena = op->arena };
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	struct sql *q = sql_new(op->arena);
	*ret = (struct finding_choice){ 0 };
	sql_add(q,
		"SELECT t.n FROM findings t WHERE t.state IN ('new','confirmed') AND t.unit_n IS NOT NULL"
		" AND (t.kev=1 OR t.severity IN ('critical','high'))");
	if (!actor_scope(op->actor, op_db(op), PERM_FINDING_READ, "t.unit_n", q, err))
		return false;
	sql_add(q, " ORDER BY t.n LIMIT 1000001");
	if (!db_query_sql(op_db(op), q, &r, err))
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		vec_push(&ns, db_col_int(r, 0));
	}
	if (ns.n > FINDING_CHOICE_MAX)
		return too_many(err);
	ret->ns = ns.p;
	ret->n = ns.n;
	return true;
}
