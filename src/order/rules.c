/* The life that all rules have, and single numbers. */
#include "order/rules.h"

#include <stdio.h>

static const char *const states[] = { "proposed", "unconfirmed", "confirmed", "withdrawn", NULL };
static const struct transition rows[] = {
	{ "proposed", "confirm", "confirmed", PERM_RULE_CONFIRM },
	{ "unconfirmed", "confirm", "confirmed", PERM_RULE_CONFIRM },
	{ "proposed", "withdraw", "withdrawn", PERM_RULE_WRITE },
};
const struct life rule_life = { .states = states, .rows = rows, .n_rows = COUNT(rows) };

bool rule_may(struct op *op, const struct record *r, const struct transition *t, struct err *err)
{
	(void)r;
	return actor_whole(op->actor, t->perm) ||
		err_set(err, ERR_FORBIDDEN, "规则对全市有效，由市网信办办理",
			"rules hold for the whole city: its office decides them");
}

bool rule_check(struct op *op, const struct record *before, struct record *after, struct err *err)
{
	int64_t at = record_int(after, "effective_at");
	(void)before; /* rules are added and confirmed, never changed */
	if (!actor_whole(op->actor, PERM_RULE_WRITE))
		return err_set(err, ERR_FORBIDDEN, "规则对全市有效，由市网信办拟定",
			"rules hold for the whole city: its office proposes them");
	/* today is midnight of today: that is meant, and taken as now */
	if (at && at < op_now(op) - TIME_DAY)
		return err_field(err, "effective_at", "生效时间不能早于今天：已经开始的时限不受影响",
			"a rule cannot begin in the past: what was begun keeps its own");
	record_set(after, "proposed_by", db_t(op->actor->who.name));
	record_set(after, "confirmed_by", db_z(""));
	record_set(after, "confirmed_at", db_null());
	if (!at)
		record_set(after, "effective_at", db_null());
	return true;
}

int64_t rule_year(struct op *op)
{
	return time_date(op_now(op), TIME_CHINA).year;
}

bool rule_edition(struct op *op, struct record *after, int64_t year, int64_t count)
{
	record_set(after, "edition",
		db_t(arena_printf(op->arena, "%lld.%lld", (long long)year, (long long)count + 1)));
	return true;
}

bool rule_after(struct op *op, const struct record *before, const struct record *after, struct err *err)
{
	struct store_step step = { .from = "", .verb = "propose", .to = "proposed", .severity = "" };
	if (before || !after)
		return true;
	step.resource = after->resource->name;
	step.record_n = after->n;
	step.text = record_text(after, "source");
	return store_add_step(op->tx, &step, NULL, err);
}

bool rule_apply(struct op *op, struct record *r, const struct transition *t, const json_t *args,
	const char **ret_to, struct err *err)
{
	(void)args;
	(void)ret_to;
	(void)err;
	if (strcmp(t->verb, "confirm") != 0)
		return true;
	record_set(r, "confirmed_by", db_t(op->actor->who.name));
	record_set(r, "confirmed_at", db_i(op_now(op)));
	/* Never backwards: what was sent before it was confirmed went by the rule of that time. */
	if (strcmp(t->from, "proposed") == 0 && record_int(r, "effective_at") < op_now(op))
		record_set(r, "effective_at", db_i(op_now(op)));
	return true;
}

/* ---- single numbers ---- */

static const char *const names[] = { "archive_after_days", "mitigated_review_days", "inventory_days",
	"contacts_days", NULL };

static const struct field fields[] = {
	{ "name", FIELD_ENUM, REQUIRED | FILTER | LIST, .values = names, .zh = "规则", .en = "rule" },
	{ "value", FIELD_INT, REQUIRED | LIST, 1, 3650, .zh = "值，天", .en = "value, days" },
	RULE_FIELDS(RULE_IN_FORCE("rules", "o.name=t.name")),
};

static bool check(struct op *op, const struct record *before, struct record *after, struct err *err)
{
	int64_t count = 0, year = rule_year(op);
	bool found;
	return rule_check(op, before, after, err) &&
		db_int(op_db(op), SQL("SELECT count(*) FROM rules WHERE name=? AND substr(edition, 1, 4)=?"),
			V(record_get(after, "name"), db_t(arena_printf(op->arena, "%04lld",
			(long long)year))),
			&count, &found, err) &&
		rule_edition(op, after, year, count);
}

const struct resource rule_resource = {
	.name = "rule",
	.path = "rules",
	.table = "rules",
	.zh = "天数规则，到多少天自动办理或不再算数；只增不改",
	.en = "rule of days, after how many something is done by itself or counts no longer; never changed",
	.fields = fields,
	.n_fields = COUNT(fields),
	.label = "name",
	.read = PERM_RULE_READ,
	.write = PERM_RULE_WRITE,
	.ops = RESOURCE_CREATE,
	.life = &rule_life,
	.check = check,
	.after = rule_after,
	.may = rule_may,
	.apply = rule_apply,
};
