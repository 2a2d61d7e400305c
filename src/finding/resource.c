#include <stdio.h>

#include "asset/asset.h"
#include "finding/life.h"
#include "finding/priority.h"

static const char *const severities[] = { "none", "low", "medium", "high", "critical", NULL };

static const struct field fields[] = {
	{ "unit_id", FIELD_REF, FILTER | LIST, .ref = "unit", .zh = "责任单位，空为待认领",
		.en = "responsible unit, none: unassigned" },
	{ "asset_id", FIELD_REF, FILTER | LIST, .ref = "asset", .zh = "资产，隐患所在",
		.en = "asset, where it is" },
	{ "software_id", FIELD_REF, READ_ONLY | FILTER, .ref = "software", .zh = "软件，整改对象",
		.en = "software, what the remedy is applied to" },
	{ "kind", FIELD_TEXT, REQUIRED | FILTER | LIST, 1, 40, .zh = "类型，漏洞为 vulnerability",
		.en = "kind, vulnerability for vulnerabilities" },
	{ "key", FIELD_TEXT, READ_ONLY | FILTER, 0, 200, .zh = "识别键，同一资产同一类型同一键是同一隐患",
		.en = "key, same asset, kind and key are the same finding" },
	{ "severity", FIELD_ENUM, REQUIRED | FILTER | LIST, .values = severities, .zh = "等级",
		.en = "severity" },
	{ "priority", FIELD_INT, READ_ONLY | DERIVED | FILTER | SORT | LIST, 0, 1000,
		.zh = "优先级，0 至 1000", .en = "priority, 0 to 1000" },
	{ "vuln_id", FIELD_TEXT, READ_ONLY | FILTER | LIST, 0, 40, .zh = "漏洞编号",
		.en = "vulnerability id" },
	{ "title", FIELD_TEXT, REQUIRED | SEARCH | LIST, 1, 300, .zh = "标题", .en = "title" },
	{ "text", FIELD_LONG, 0, 0, 20000, .zh = "说明", .en = "text" },
	{ "address", FIELD_TEXT, FILTER, 0, 300, .zh = "地址，未给单位时按它找资产",
		.en = "address, finds the asset when no unit is given" },
	{ "source", FIELD_TEXT, FILTER, 0, 100, .zh = "来源", .en = "source" },
	{ "source_number", FIELD_TEXT, FILTER, 0, 100, .zh = "来源文号", .en = "number at the source" },
	{ "source_due", FIELD_TIME, FILTER, .zh = "来源要求的期限", .en = "due time the source set" },
	{ "terms", FIELD_JSON, READ_ONLY | DERIVED, .zh = "优先级构成", .en = "terms of the priority" },
	{ "kev", FIELD_BOOL, READ_ONLY | DERIVED | FILTER, .zh = "已知被利用", .en = "known exploited" },
	{ "epss", FIELD_INT, READ_ONLY | DERIVED | FILTER | PERCENT, .zh = "EPSS，十万分之几",
		.en = "EPSS, parts per 100,000" },
	{ "score", FIELD_INT, READ_ONLY | DERIVED | FILTER | TENTHS, .zh = "CVSS 分，乘以十",
		.en = "CVSS score, times ten" },
	{ "first_seen", FIELD_TIME, READ_ONLY | RANGED | FILTER, .zh = "首次发现", .en = "first seen" },
	{ "last_seen", FIELD_TIME, READ_ONLY | DERIVED | FILTER, .zh = "最近发现", .en = "last seen" },
	{ "recurrences", FIELD_INT, READ_ONLY | FILTER, .zh = "再次出现次数", .en = "recurrences" },
	{ "accepted_until", FIELD_TIME, READ_ONLY | FILTER, .zh = "暂缓至", .en = "risk accepted until" },
	{ "closed_at", FIELD_TIME, READ_ONLY | FILTER, .zh = "消除时间", .en = "closed" },
	{ "order_id", FIELD_TEXT, READ_ONLY, .expr = "(SELECT o.id FROM orders o WHERE o.n=t.order_n)",
		.zh = "交办单", .en = "order" },
	{ "explanation", FIELD_JSON, READ_ONLY | DERIVED, .zh = "依据", .en = "explanation" },
};

/* The asset at an address, if one unit has it. */
static bool find_by_address(struct op *op, struct span address, struct record *f, struct err *err)
{
	struct asset_place place;
	if (!asset_find_by_address(op, address, record_int(f, "unit_id"), &place, err))
		return false;
	if (place.found) {
		record_set(f, "asset_id", db_i(place.n));
		record_set(f, "unit_id", place.unit_n ? db_i(place.unit_n) : db_null());
	}
	return true;
}

static bool unit_of_asset(struct op *op, struct record *f, struct err *err)
{
	int64_t unit_n = 0;
	bool found;
	if (!db_int(op_db(op), SQL("SELECT unit_n FROM assets WHERE n=?"), V(record_get(f, "asset_id")),
		    &unit_n, &found, err))
		return false;
	if (found && unit_n)
		record_set(f, "unit_id", db_i(unit_n));
	return true;
}

/* Critical, high, medium, low in the words of the record: a copy that outlives the field's span. */
static const char *severity_of(const struct record *f)
{
	return severities[finding_severity_rank(record_text(f, "severity"))];
}

static bool set_priority(struct op *op, struct record *f, struct err *err)
{
	struct finding_weights w;
	struct finding_terms t = { .score = -1 };
	struct str terms = STR_IN(op->arena, 1024);
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	if (!db_query(op_db(op), SQL("SELECT exposure, importance FROM assets WHERE n=?"),
		    V(record_get(f, "asset_id")), &r, err) ||
		!db_next(r, &row, err))
		return false;
	if (row) {
		struct span importance = db_col_text(r, 1);
		t.internet = span_is(db_col_text(r, 0), "internet");
		t.importance = span_is(importance, "high") ? FINDING_LEVEL_HIGH
			: span_is(importance, "medium")    ? FINDING_LEVEL_MEDIUM
			: span_is(importance, "low")       ? FINDING_LEVEL_LOW
							   : FINDING_LEVEL_UNKNOWN;
	}
	if (!finding_weights_load(op_db(op), op_now(op), &w, err))
		return false;
	record_set(f, "priority", db_i(finding_priority(&w, &t, severity_of(f), &terms)));
	record_set(f, "terms", db_t(str_span(&terms)));
	return str_check(&terms, err);
}

static bool made_by_person(struct op *op, struct record *f, struct err *err)
{
	char id[UUID_TEXT];
	struct span number = record_text(f, "source_number"), address = record_text(f, "address");
	if (record_get(f, "asset_id").type == DB_NULL && address.n && !find_by_address(op, address, f, err))
		return false;
	if (record_get(f, "unit_id").type == DB_NULL && record_get(f, "asset_id").type != DB_NULL &&
		!unit_of_asset(op, f, err))
		return false;
	record_set(f, "key",
		db_t(number.n ? number : arena_span(op->arena, span_of(uuid_make(op_now(op), id)))));
	record_set(f, "first_seen", db_i(op_now(op)));
	record_set(f, "last_seen", db_i(op_now(op)));
	record_set(f, "terms", db_t(SPAN("{}")));
	record_set(f, "explanation", db_t(SPAN("{}")));
	record_set(f, "score", db_null());
	return true;
}

static bool check(struct op *op, const struct record *before, struct record *after, struct err *err)
{
	if (!before && !made_by_person(op, after, err))
		return false;
	if (before && (span_is(before->state, "ordered") || span_is(before->state, "fixed")) &&
		(record_int(before, "unit_id") != record_int(after, "unit_id") ||
			record_int(before, "asset_id") != record_int(after, "asset_id")))
		return err_set(err, ERR_CONFLICT, "隐患已交办，责任单位请通过转办改变",
			"the finding is ordered: hand the order over to change its unit");
	if (before && span_is(record_text(before, "kind"), "vulnerability") &&
		!span_is(record_text(after, "kind"), "vulnerability"))
		return err_field(
			err, "kind", "漏洞的类型不能改变", "the kind of a vulnerability cannot be changed");
	bool same_terms = before && span_is(record_text(before, "kind"), "vulnerability");
	return same_terms || set_priority(op, after, err);
}

/* Its birth is the first step of its life. */
static bool after(struct op *op, const struct record *before, const struct record *f, struct err *err)
{
	struct finding_county county = { 0 };
	if (before || !f)
		return true;
	if (!finding_county_of(op, record_int(f, "unit_id"), &county, err))
		return false;
	struct store_step step = { .resource = "finding",
		.record_n = f->n,
		.from = "",
		.verb = "report",
		.to = "new",
		.text = record_text(f, "source"),
		.unit_n = county.unit_n,
		.county_n = county.county_n,
		.severity = severity_of(f) };
	return store_add_step(op->tx, &step, NULL, err);
}

bool finding_add(struct op *op, struct record *f, struct err *err)
{
	record_set(f, "first_seen", db_i(op_now(op)));
	record_set(f, "last_seen", db_i(op_now(op)));
	record_set(f, "explanation", db_t(SPAN("{}")));
	record_set(f, "score", db_null());
	return set_priority(op, f, err) && record_insert(op, f, err) && after(op, NULL, f, err);
}

static bool apply(struct op *op, struct record *f, const struct transition *t, const json_t *args,
	const char **ret_to, struct err *err)
{
	int64_t until = 0;
	(void)ret_to;
	record_set(f, "accepted_until", db_null());
	if (!(t->needs & NEED_UNTIL))
		return true;
	if (!finding_parse_until(op, args, &until, err))
		return false;
	record_set(f, "accepted_until", db_i(until));
	return true;
}

bool finding_parse_until(struct op *op, const json_t *args, int64_t *ret, struct err *err)
{
	struct span text = json_get_text(args, "until");
	int64_t at;
	/* A bare date means the end of that day in the city's zone (UTC+8). */
	if (time_parse_date(text, TIME_CHINA, &at))
		at += TIME_DAY - TIME_SECOND;
	else if (!time_parse(text, &at))
		return err_field(err, "until", "“until”应为日期（2026-12-31）或时间（RFC 3339）",
			"until must be a date (2026-12-31) or a time (RFC 3339)");
	if (at <= op_now(op))
		return err_field(err, "until", "“until”应在当前时间之后", "until must lie in the future");
	*ret = at;
	return true;
}

const struct resource finding_resource = {
	.name = "finding",
	.path = "findings",
	.table = "findings",
	.zh = "隐患，一个资产上的一个问题",
	.en = "finding, one problem on one asset",
	.fields = fields,
	.n_fields = COUNT(fields),
	.unit_column = "t.unit_n",
	.label = "title",
	.sort = "-priority",
	.read = PERM_FINDING_READ,
	.write = PERM_FINDING_WRITE,
	.ops = RESOURCE_CREATE | RESOURCE_CHANGE,
	.life = &finding_life,
	.check = check,
	.after = after,
	.apply = apply,
	.search = finding_search,
};
