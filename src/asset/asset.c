#include "asset/address.h"
#include "asset/room.h"

static const char *const kinds[] = { "host", "system", "site", "service", "device", "dataset", NULL };
/* The first is what a new one has when nobody has said anything. */
static const char *const importances[] = { "medium", "high", "low", NULL };
static const char *const exposures[] = { "internal", "internet", NULL };

static const char *const hostings[] = { "", "own_room", "government_cloud", "cloud", "colocation", NULL };

static const struct field fields[] = {
	{ "kind", FIELD_ENUM, REQUIRED | FILTER | LIST, .values = kinds,
		.zh = "类别，主机、系统、网站、服务、设备或数据集",
		.en = "kind, host, system, site, service, device or dataset" },
	{ "name", FIELD_TEXT, REQUIRED | FILTER | SORT | SEARCH | LIST, 1, 200,
		.zh = "名称，在单位内同类资产中唯一",
		.en = "name, unique among the unit's assets of its kind" },
	{ "address", FIELD_TEXT, FILTER | SEARCH | LIST, 0, 253, .zh = "地址，IPv4、IPv6 地址或主机名",
		.en = "address, an IPv4 or IPv6 address or a host name" },
	{ "unit_id", FIELD_REF, FILTER | LIST, .ref = "unit", .zh = "责任单位，空为待认领",
		.en = "unit responsible, empty: not claimed" },
	{ "parent_id", FIELD_REF, FILTER, .ref = "asset", .zh = "所属资产，主机所属系统、服务所在主机",
		.en = "belongs to, the system of a host, the host of a service" },
	{ "operator_id", FIELD_REF, FILTER, .ref = "unit", .zh = "运维单位", .en = "operator" },
	{ "hosting_id", FIELD_REF, FILTER, .ref = "unit", .zh = "托管单位，机房或云的提供方",
		.en = "hosting party" },
	{ "importance", FIELD_ENUM, FILTER | LIST, .values = importances, .zh = "重要程度，高、中、低",
		.en = "importance, high, medium or low" },
	{ "exposure", FIELD_ENUM, FILTER | LIST, .values = exposures, .zh = "暴露面，互联网或内网",
		.en = "exposure, internet or internal" },
	{ "mlps_level", FIELD_INT, FILTER, 0, 5, .zh = "等保级别，0 为未定级",
		.en = "protection level, 0: not graded (MLPS)" },
	{ "record_number", FIELD_TEXT, FILTER, 0, 60, .zh = "备案编号", .en = "filing number" },
	{ "url", FIELD_TEXT, FILTER, 0, 500, .zh = "网址", .en = "url" },
	{ "hosting", FIELD_ENUM, FILTER, .values = hostings,
		.zh = "部署方式，自建机房、政务云、云服务商或托管",
		.en = "hosting, own room, government cloud, cloud or colocation" },
	{ "hosting_party", FIELD_TEXT, 0, 0, 200, .zh = "托管方名称，未登记为单位的",
		.en = "name of the hosting party, where it is no unit here" },
	{ "operator_party", FIELD_TEXT, 0, 0, 200, .zh = "运维方名称，未登记为单位的",
		.en = "name of the operator, where it is no unit here" },
	{ "unknown", FIELD_JSON, READ_ONLY, .zh = "不清楚的项目，单位申报时答不清楚且至今没有值",
		.en = "unknown, what the unit declared it does not know and nobody else has said" },
	{ "note", FIELD_LONG, 0, 0, 2000, .zh = "备注", .en = "note" },
	{ "source", FIELD_TEXT, FILTER | READ_ONLY | LIST, 0, 40, .zh = "来源，最初由谁登记",
		.en = "source, where it was first known from" },
	{ "seen_first", FIELD_TIME, READ_ONLY, .zh = "首次发现", .en = "first seen" },
	{ "seen_last", FIELD_TIME, READ_ONLY, .zh = "最近变动", .en = "last said anew" },
	{ "confirmed_at", FIELD_TIME, FILTER | READ_ONLY | DERIVED | LIST,
		.zh = "确认时间，最近一次申报或确认", .en = "confirmed at, last declared or confirmed" },
	{ "confirmed_by", FIELD_TEXT, FILTER | READ_ONLY | DERIVED, 0, 40, .zh = "确认来源",
		.en = "confirmed by, which source" },
	{ "retired_at", FIELD_TIME, FILTER | READ_ONLY, .zh = "下线时间", .en = "retired at" },
	{ "software_count", FIELD_INT, READ_ONLY, .zh = "软件数", .en = "software instances",
		.expr = "(SELECT COUNT(*) FROM software s WHERE s.asset_n = t.n AND s.removed_at IS NULL)" },
};

/* ---- rules ---- */

static bool check_address(struct op *op, struct record *after, struct err *err)
{
	struct span text = span_trim(record_text(after, "address"));
	char canonical[ADDRESS_TEXT];
	if (text.n == 0) {
		record_set(after, "address", db_t(SPAN("")));
		return true;
	}
	struct err one = { 0 };
	if (address_parse(text, canonical) == ADDRESS_NONE) {
		err_field(&one, "address", "“" SPAN_FMT "”不是 IPv4、IPv6 地址或主机名",
			"\"" SPAN_FMT "\" is neither an IPv4 or IPv6 address nor a host name",
			SPAN_ARG(utf8_cut(text, 60)));
		return op_problem(op, &one, err);
	}
	record_set(after, "address", db_t(arena_span(op->arena, span_of(canonical))));
	return true;
}

/* Depth is bounded by the kinds: service below host below system, all else below a system. */
static bool check_parent(struct op *op, const struct record *after, struct err *err)
{
	int64_t parent_n = record_int(after, "parent_id");
	if (!parent_n)
		return true;
	struct span kind = record_text(after, "kind");
	const char *want = span_is(kind, "service") ? "host" : "system";
	struct span is;
	struct err one = { 0 };
	if (!db_text(op_db(op), SQL("SELECT kind FROM assets WHERE n = ?"), V(db_i(parent_n)), op->arena, &is,
		    err))
		return false;
	if (!span_is(kind, "system") && span_is(is, want))
		return true;
	err_field(&one, "parent_id", SPAN_FMT " 类资产不能归属于 " SPAN_FMT " 类资产",
		"a " SPAN_FMT " cannot belong to a " SPAN_FMT, SPAN_ARG(kind), SPAN_ARG(is));
	return op_problem(op, &one, err);
}

static bool check_identity(
	struct op *op, const struct record *before, const struct record *after, struct err *err)
{
	bool found = false;
	int64_t other = 0;
	struct db_value unit = record_get(after, "unit_id");
	if (unit.type == DB_NULL)
		return true;
	if (!db_int(op_db(op),
		    SQL("SELECT n FROM assets WHERE unit_n = ? AND kind = ? AND name = ? AND n <> ?"),
		    V(unit, record_get(after, "kind"), record_get(after, "name"),
			    db_i(before ? before->n : 0)),
		    &other, &found, err))
		return false;
	if (!found)
		return true;
	struct span name = utf8_cut(record_text(after, "name"), 60);
	err_field(err, "name", "该单位已有同类同名资产“" SPAN_FMT "”",
		"the unit has an asset of this kind named \"" SPAN_FMT "\"", SPAN_ARG(name));
	err->code = ERR_DUPLICATE;
	return false;
}

static bool check(struct op *op, const struct record *before, struct record *after, struct err *err)
{
	if (!before) {
		record_set(after, "source", db_t(SPAN("person")));
		record_set(after, "seen_first", db_i(op_now(op)));
		record_set(after, "unknown", db_t(SPAN("[]")));
	}
	record_set(after, "seen_last", db_i(op_now(op)));
	record_set(after, "name", db_t(span_trim(record_text(after, "name"))));
	if (before && !span_eq(record_text(before, "kind"), record_text(after, "kind")))
		return err_field(err, "kind", "类别不能更改", "the kind cannot be changed");
	return check_address(op, after, err) && check_parent(op, after, err) &&
		check_identity(op, before, after, err);
}

/* Software carries its host's unit, for row scope; a host in other hands is matched again. */
static bool after_write(
	struct op *op, const struct record *before, const struct record *after, struct err *err)
{
	if (!before || !after || record_int(before, "unit_id") == record_int(after, "unit_id"))
		return true;
	return db_exec(op_db(op), SQL("UPDATE software SET unit_n = ? WHERE asset_n = ?"),
		       V(record_get(after, "unit_id"), db_i(after->n)), err)
		&& inventory_touch(op, after->n, err);
}

/* ---- showing one ---- */

static void add_text(struct str *out, const char *name, struct span value)
{
	str_addf(out, ",\"%s\":", name);
	str_add_json(out, value.p ? value : SPAN(""));
}

static void add_time(struct str *out, const char *name, int64_t ms)
{
	char text[TIME_TEXT];
	str_addf(out, ",\"%s\":\"%s\"", name, time_format(ms, text));
}

static bool show_software(struct op *op, int64_t asset_n, struct str *out, struct err *err)
{
	static const char *const names[] = { "source", "part", "vendor", "product", "version", "patch",
		"cpe" };
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	if (!db_query(op_db(op),
		    SQL("SELECT id, source, part, vendor, product, product_version, patch, cpe, confidence,"
			" seen_first, seen_last FROM software WHERE asset_n = ? AND removed_at IS NULL"
			" ORDER BY identity, slot LIMIT 1000"),
		    V(db_i(asset_n)), &r, err))
		return false;
	str_addz(out, ",\"software\":[");
	for (size_t i = 0;; i++) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		str_addz(out, i ? ",{\"id\":" : "{\"id\":");
		str_add_json(out, db_col_text(r, 0));
		for (size_t c = 0; c < COUNT(names); c++)
			add_text(out, names[c], db_col_text(r, (int)c + 1));
		str_addf(out, ",\"confidence\":%lld", (long long)db_col_int(r, 8));
		add_time(out, "seen_first", db_col_int(r, 9));
		add_time(out, "seen_last", db_col_int(r, 10));
		str_addc(out, '}');
	}
	str_addc(out, ']');
	return true;
}

static bool show_history(struct op *op, int64_t asset_n, struct str *out, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	if (!db_query(op_db(op),
		    SQL("SELECT h.at, h.verb, h.source, s.vendor, s.product, h.product_version, h.patch, "
			"h.cpe, s.id"
			" FROM software_history h JOIN software s ON s.n = h.software_n WHERE h.asset_n = ?"
			" ORDER BY h.n DESC LIMIT 200"),
		    V(db_i(asset_n)), &r, err))
		return false;
	str_addz(out, ",\"history\":[");
	for (size_t i = 0;; i++) {
		static const char *const names[] = { "verb", "source", "vendor", "product", "version",
			"patch", "cpe", "software_id" };
		char at[TIME_TEXT];
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		str_addf(out, "%s{\"at\":\"%s\"", i ? "," : "", time_format(db_col_int(r, 0), at));
		for (size_t c = 0; c < COUNT(names); c++)
			add_text(out, names[c], db_col_text(r, (int)c + 1));
		str_addc(out, '}');
	}
	str_addc(out, ']');
	return true;
}

static bool show(struct op *op, const struct record *r, bool single, struct str *out, struct err *err)
{
	return !single || !span_is(record_text(r, "kind"), "host")
		|| (show_software(op, r->n, out, err) && show_history(op, r->n, out, err));
}

const struct resource asset_resource = {
	.name = "asset", .path = "assets", .table = "assets",
	.zh = "资产，系统、主机、网站、服务、设备和数据集", .en = "asset, a system, host, site, service, device or dataset",
	.fields = fields, .n_fields = COUNT(fields), .unit_column = "t.unit_n", .label = "name",
	.read = PERM_ASSET_READ, .write = PERM_ASSET_WRITE, .ops = RESOURCE_CREATE | RESOURCE_CHANGE,
	.check = check, .after = after_write, .show = show,
	.show_schema = "\"software\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},"
		       "\"history\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}",
};
