/* Which step of a record a piece of evidence belongs to: the scan of what was recorded on behalf. */
#include "finding/life.h"

/* Somebody of an office: a unit's own liaison does not record on behalf. */
static bool is_office(const struct actor *a, enum perm write)
{
	for (size_t i = 0; i < a->n_grants; i++)
		if (a->grants[i].role != ROLE_UNIT_LIAISON && role_has(a->grants[i].role, write))
			return true;
	return a->local;
}

static bool read_step(struct db_rows *r, struct op *op, struct attachment_step *s, bool *ret_found,
	struct err *err)
{
	if (!db_next(r, ret_found, err))
		return false;
	if (*ret_found)
		*s = (struct attachment_step){ db_col_int(r, 0), arena_span(op->arena, db_col_text(r, 1)),
			db_col_int(r, 2) != 0 };
	return true;
}

static bool named(struct op *op, const struct record *of, struct span id, struct attachment_step *s,
	struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool found;
	const char *name = of->resource->name;
	if (!db_query(op_db(op),
		    SQL("SELECT n, id, on_whose_word<>'' FROM steps WHERE id=? AND ((resource=? AND "
		    "record_n=?) OR"
			" (resource='item' AND ?='order' AND record_n IN (SELECT n FROM items WHERE "
			"order_n=?)))"),
		    V(db_t(id), db_z(name), db_i(of->n), db_z(name), db_i(of->n)), &r, err) ||
		!read_step(r, op, s, &found, err))
		return false;
	return found ||
		err_field(err, "step", "这条记录没有这一步经过", "there is no such step of this record");
}

static bool newest(struct op *op, const struct record *of, struct attachment_step *s, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool found;
	if (!db_query(op_db(op),
		    SQL("SELECT n, id, 1 FROM steps WHERE resource=? AND record_n=? AND on_whose_word<>'' "
		    "ORDER BY n"
			" DESC LIMIT 1"),
		    V(db_z(of->resource->name), db_i(of->n)), &r, err) ||
		!read_step(r, op, s, &found, err))
		return false;
	return found ||
		err_set(err, ERR_CONFLICT, "还没有代录，请先代录再添加扫描件",
			"nothing was recorded on behalf yet: record first, then add the scan");
}

bool attachment_find_step(
	struct call *c, const struct record *of, enum perm write, struct attachment_step *ret,
	struct err *err)
{
	struct span step = call_query(c, "step"), behalf = call_query(c, "on_behalf");
	bool wanted = span_is(behalf, "true");
	*ret = (struct attachment_step){ 0 };
	if (behalf.n && !wanted && !span_is(behalf, "false"))
		return err_field(err, "on_behalf", "“on_behalf”应为 true 或 false",
			"on_behalf must be true or false");
	if (wanted && !is_office(c->op->actor, write))
		return err_set(err, ERR_FORBIDDEN, "只有网信办可以代录", "only an office records on behalf");
	if (!step.n)
		return !wanted || newest(c->op, of, ret, err);
	if (!named(c->op, of, step, ret, err))
		return false;
	return !wanted || ret->on_behalf ||
		err_field(err, "step", "这一步不是代录", "that step was not recorded on behalf");
}
