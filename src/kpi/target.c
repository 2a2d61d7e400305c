/* What is aimed at: only added to, so that the target as known at a past time can be asked for. */
#include "kpi/room.h"
#include "people/people.h"

static const char *const periods[] = { "any", "year", "quarter", "month", NULL };

static const struct field fields[] = {
	{ "key", FIELD_ENUM, REQUIRED | FILTER | LIST, .values = kpi_keys, .zh = "指标", .en = "measure" },
	{ "unit_id", FIELD_REF, FILTER | LIST, .ref = "unit", .zh = "单位，含其下级；不填为全市",
		.en = "unit, and those below; the whole city without one" },
	{ "period", FIELD_ENUM, FILTER | LIST, .values = periods, .zh = "周期，数量类指标针对的时段",
		.en = "period, that a count is aimed at for" },
	{ "value", FIELD_TEXT, LIST, 0, 20, .zh = "目标值，十进制数；空为此日起不设目标",
		.en = "target, a decimal number; empty: none from that day on" },
	{ "from_date", FIELD_DATE, REQUIRED | FILTER | LIST, .zh = "生效日", .en = "in force from" },
	{ "note", FIELD_TEXT, LIST, 0, 200, .zh = "依据", .en = "source" },
};

/* A number as JSON writes it: no sign, no exponent, no leading zero. */
static bool is_number(struct span s)
{
	size_t whole = 0, i;
	for (i = 0; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		whole++;
	if (whole == 0 || whole > 9 || (whole > 1 && s.p[0] == '0'))
		return false;
	if (i == s.n)
		return true;
	if (s.p[i++] != '.' || i == s.n || s.n - i > 6)
		return false;
	for (; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

static bool check(struct op *op, const struct record *before, struct record *after, struct err *err)
{
	struct span value = record_text(after, "value");
	(void)before;
	if (value.n && !is_number(value))
		return err_field(err, "value", "“value”应为十进制数，如 12 或 0.95",
			"value must be a decimal number, like 12 or 0.95");
	return record_int(after, "unit_id") || actor_whole(op->actor, PERM_KPI_WRITE) ||
		err_field(err, "unit_id", "只有市网信办可以设全市目标",
			"a target for the whole city is set by the city office");
}

const struct resource target_resource = {
	.name = "target",
	.path = "targets",
	.table = "targets",
	.zh = "目标，指标应达到的值，只增不改",
	.en = "target, what a measure is to reach; added to, never changed",
	.fields = fields,
	.n_fields = COUNT(fields),
	.unit_column = "t.unit_n",
	.read = PERM_KPI_READ,
	.write = PERM_KPI_WRITE,
	.ops = RESOURCE_CREATE,
	.check = check,
};

/* The one unit asked about: the named one, the actor's only one, or the city office; 0: no single unit. */
static bool one_unit(struct op *op, const struct kpi_ask *q, int64_t *ret, struct err *err)
{
	*ret = q->unit_n;
	if (*ret)
		return true;
	if (q->all)
		return unit_office(op, ret, err);
	if (op->actor->n_grants == 1)
		*ret = op->actor->grants[0].unit_n;
	return true;
}

bool kpi_target(struct op *op, const struct kpi_ask *q, const struct kpi_measure *m,
	struct kpi_value *ret, struct err *err)
{
	int64_t unit_n, office_n;
	struct span value;
	if (!one_unit(op, q, &unit_n, err) || !unit_office(op, &office_n, err))
		return false;
	bool city = q->all || (unit_n && unit_n == office_n);
	/* The nearest unit has the most above it.  What is for the whole city is nobody else's. */
	if (!db_text(op_db(op),
		    SQL("SELECT CASE t.value WHEN '' THEN '' ELSE t.period || ' ' || t.value END"
			" FROM targets t WHERE t.key=? AND t.from_date<=? AND t.created_at<=?"
			" AND ((t.unit_n IS NULL AND ?=1) OR EXISTS (SELECT 1 FROM unit_tree_past p"
			" WHERE p.ancestor_n=t.unit_n AND p.descendant_n=? AND p.relation=0 AND p.from_at<=?"
			" AND p.to_at>?)) ORDER BY (SELECT count(*) FROM unit_tree_past p WHERE"
			" p.descendant_n=t.unit_n AND p.relation=0 AND p.from_at<=? AND p.to_at>?) DESC,"
			" t.from_date DESC, t.n DESC LIMIT 1"),
		    V(db_z(m->key), db_z(q->to), db_i(q->asof), db_i(city), db_i(unit_n), db_i(q->asof),
			    db_i(q->asof), db_i(q->asof), db_i(q->asof)),
		    op->arena, &value, err))
		return false;
	size_t space;
	ret->target = ret->target_period = (struct span){ NULL, 0 };
	if (!span_find(value, ' ', &space))
		return true;
	ret->target_period = (struct span){ value.p, space };
	ret->target = span_from(value, space + 1);
	return true;
}
