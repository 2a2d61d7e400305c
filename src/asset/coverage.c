/* How much of the inventory is known: units by what they have declared, and how long ago. */
#include "asset/coverage.h"

#include "people/people.h"

struct coverage { int64_t total, declared, none, unknown, stale; };

/* Of the units that one may see, suppliers left out, at or below `under` (0: all). */
static bool count(struct op *op, int64_t under, int64_t cutoff, struct coverage *ret, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct sql *q = sql_new(op->arena);
	bool row;
	sql_add(q,
		"SELECT COUNT(*), COALESCE(SUM(inventory='systems'), 0), COALESCE(SUM(inventory='none'), 0),"
		   " COALESCE(SUM(inventory='unknown'), 0), COALESCE(SUM(inventory_at<");
	sql_int(q, cutoff);
	sql_add(q, "), 0) FROM units t WHERE t.kind<>'supplier'");
	if (under) {
		sql_add(q,
			" AND t.n IN (SELECT descendant_n FROM unit_tree WHERE relation=0 AND ancestor_n=");
		sql_int(q, under);
		sql_add(q, ")");
	}
	if (!actor_scope(op->actor, op_db(op), PERM_UNIT_READ, "t.n", q, err) ||
		!db_query_sql(op_db(op), q, &r, err) || !db_next(r, &row, err))
		return false;
	*ret = (struct coverage){ db_col_int(r, 0), db_col_int(r, 1), db_col_int(r, 2), db_col_int(r, 3),
		db_col_int(r, 4) };
	return true;
}

static void add(struct call *c, const char *key, int64_t n, struct span under, struct span filter)
{
	str_addf(c->out, "%s\"%s\":{\"count\":%lld,\"records\":\"/api/v1/units?kind__ne=supplier",
		c->out->p[c->out->n - 1] == '{' ? "" : ",", key, (long long)n);
	if (under.n)
		str_addf(c->out, "&id__under=" SPAN_FMT, SPAN_ARG(under));
	str_addf(c->out, SPAN_FMT "\"}", SPAN_ARG(filter));
}

bool coverage_get(struct call *c, struct err *err)
{
	struct op *op = c->op;
	struct span unit = call_query(c, "unit"), id = { NULL, 0 };
	struct record under = { 0 };
	struct coverage n;
	int64_t days;
	char cutoff[TIME_TEXT];
	if (unit.n && !resource_get(op, resource_find(SPAN("unit")), unit, &under, err))
		return false;
	if (unit.n)
		id = under.id;
	if (!setting_known(op, "inventory_stale_days", &days, err))
		return false;
	int64_t at = op_now(op) - days * TIME_DAY;
	if (!count(op, under.n, at, &n, err))
		return false;
	str_addf(c->out, "{\"stale_days\":%lld,\"as_of\":\"%s\",\"units\":{", (long long)days,
		time_format(op_now(op), cutoff));
	add(c, "total", n.total, id, SPAN(""));
	add(c, "declared", n.declared, id, SPAN("&inventory=systems"));
	add(c, "none", n.none, id, SPAN("&inventory=none"));
	add(c, "unknown", n.unknown, id, SPAN("&inventory=unknown"));
	add(c, "stale", n.stale, id,
		arena_printf(op->arena, "&inventory_at__lt=%s", time_format(at, cutoff)));
	str_addz(c->out, "}}");
	return true;
}
