#include <stdio.h>

#include "asset/room.h"
#include "codec/cpe.h"

static const struct field fields[] = {
	{ "asset_id", FIELD_REF, REQUIRED | FILTER | LIST, .ref = "asset", .zh = "主机，软件所在",
		.en = "host, where it runs" },
	{ "vendor", FIELD_TEXT, FILTER | LIST, 0, 200, .zh = "厂商", .en = "vendor" },
	{ "product", FIELD_TEXT, FILTER | LIST, 0, 200, .zh = "产品，软件名称",
		.en = "product, the software's name" },
	{ "product_version", FIELD_TEXT, FILTER | LIST, 0, 100, .zh = "版本，软件的",
		.en = "version, of the software" },
	{ "patch", FIELD_TEXT, 0, 0, 100, .zh = "补丁，已安装的补丁级别",
		.en = "patch, the level installed" },
	{ "cpe", FIELD_TEXT, FILTER | LIST, 0, 1000, .zh = "CPE 名称，2.3 版格式化字符串",
		.en = "CPE name, a 2.3 formatted string" },
	{ "part", FIELD_TEXT, FILTER | READ_ONLY, 0, 1, .zh = "类型，a 应用、o 操作系统、h 硬件",
		.en = "part, a application, o operating system, h hardware" },
	{ "source", FIELD_TEXT, FILTER | READ_ONLY | LIST, 0, 40, .zh = "来源", .en = "source" },
	{ "confidence", FIELD_INT, 0, 0, 100, .zh = "可信度，0 到 100", .en = "confidence, 0 to 100" },
	{ "identity", FIELD_TEXT, READ_ONLY, 0, 3000, .zh = "识别标志，同一产品的各实例相同",
		.en = "identity, the same for all instances of one product" },
	{ "slot", FIELD_INT, READ_ONLY, .zh = "序号，区分同一产品的多个版本",
		.en = "slot, tells several versions of a product apart" },
	{ "unit_id", FIELD_REF, FILTER | READ_ONLY, .ref = "unit", .zh = "责任单位，随主机",
		.en = "unit responsible, its host's" },
	{ "seen_first", FIELD_TIME, READ_ONLY, .zh = "首次发现", .en = "first seen" },
	{ "seen_last", FIELD_TIME, READ_ONLY, .zh = "最近变动", .en = "last said anew" },
	{ "removed_at", FIELD_TIME, FILTER | READ_ONLY, .zh = "移除时间", .en = "removed at" },
};

static struct span attribute(const struct cpe *c, enum cpe_attribute at)
{
	return c->at[at].kind == CPE_VALUE ? c->at[at].text
		: c->at[at].kind == CPE_NA ? SPAN("-")
					   : SPAN("*");
}

bool software_identify(struct op *op, struct record *after, struct err *err)
{
	struct arena *a = op->arena;
	struct span text = span_trim(record_text(after, "cpe")), part = SPAN(""), identity;
	if (text.n > 0) {
		struct cpe c;
		struct err one = { 0 };
		if (!cpe_parse(text, a, &c, &one)) {
			snprintf(one.field, sizeof one.field, "cpe");
			one.code = ERR_INVALID;
			return op_problem(op, &one, err);
		}
		static const struct { const char *field; enum cpe_attribute at;
		} filled[] = {
			{ "vendor", CPE_VENDOR },
			{ "product", CPE_PRODUCT },
			{ "product_version", CPE_VERSION },
		};
		for (size_t i = 0; i < COUNT(filled); i++)
			if (record_text(after, filled[i].field).n == 0 &&
				c.at[filled[i].at].kind == CPE_VALUE)
				record_set(after, filled[i].field, db_t(cpe_plain(&c, filled[i].at, a)));
		part = attribute(&c, CPE_PART);
		identity = arena_printf(a, "cpe:" SPAN_FMT ":" SPAN_FMT ":" SPAN_FMT, SPAN_ARG(part),
			SPAN_ARG(attribute(&c, CPE_VENDOR)), SPAN_ARG(attribute(&c, CPE_PRODUCT)));
		text = cpe_format(&c, a);
	} else {
		struct span vendor = utf8_fold(a, record_text(after, "vendor")),
			    product = utf8_fold(a, record_text(after, "product"));
		identity =
			arena_printf(a, "text:" SPAN_FMT ":" SPAN_FMT, SPAN_ARG(vendor), SPAN_ARG(product));
	}
	record_set(after, "cpe", db_t(text));
	record_set(after, "part", db_t(part));
	record_set(after, "identity", db_t(identity));
	if (record_text(after, "product").n == 0)
		return err_field(err, "product", "软件名称与 CPE 至少填一项",
			"a software name or a CPE name is needed");
	return true;
}

static bool set_host(struct op *op, struct record *after, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	if (!db_query(op_db(op), SQL("SELECT kind, unit_n FROM assets WHERE n = ?"),
		    V(record_get(after, "asset_id")), &r, err) ||
		!db_next(r, &row, err))
		return false;
	if (!row || !span_is(db_col_text(r, 0), "host"))
		return err_field(err, "asset_id", "软件只能登记在主机上", "software can only be registered on a host");
	record_set(after, "unit_id", db_col(r, 1, op->arena));
	return true;
}

static bool may_write(struct op *op, const struct record *after, struct err *err)
{
	bool may;
	if (!actor_may(op->actor, op_db(op), PERM_ASSET_WRITE, record_int(after, "unit_id"), &may, err))
		return false;
	return may || err_set(err, ERR_FORBIDDEN, "没有修改该主机的权限", "not permitted to change that host");
}

bool software_give_slot(struct op *op, const struct record *before, struct record *after, struct err *err)
{
	int64_t slot = 0;
	bool found;
	if (before && span_eq(record_text(before, "identity"), record_text(after, "identity")))
		return true;
	if (!db_int(op_db(op),
		    SQL("SELECT COALESCE(MAX(slot) + 1, 0) FROM software WHERE asset_n = ? AND source = ?"
			" AND identity = ? AND removed_at IS NULL"),
		    V(record_get(after, "asset_id"), record_get(after, "source"),
			    record_get(after, "identity")),
		    &slot, &found, err))
		return false;
	record_set(after, "slot", db_i(slot));
	return true;
}

static bool check(struct op *op, const struct record *before, struct record *after, struct err *err)
{
	if (before && record_int(before, "asset_id") != record_int(after, "asset_id"))
		return err_field(err, "asset_id", "主机不能更改，请移除后重新登记",
			"the host cannot be changed; remove and add again");
	if (before && record_get(before, "removed_at").type != DB_NULL)
		return err_set(err, ERR_CONFLICT, "该软件已不在清单中", "that software is no longer in the inventory");
	if (!before) {
		record_set(after, "source", db_t(SPAN("person")));
		record_set(after, "seen_first", db_i(op_now(op)));
		if (record_int(after, "confidence") == 0)
			record_set(after, "confidence", db_i(70));
	}
	record_set(after, "seen_last", db_i(op_now(op)));
	return set_host(op, after, err) && may_write(op, after, err) && software_identify(op, after, err)
		&& software_give_slot(op, before, after, err)
		&& (!before || software_remember(op, before->n, "change", "person", err));
}

static bool after_write(
	struct op *op, const struct record *before, const struct record *after, struct err *err)
{
	return inventory_touch(op, record_int(after ? after : before, "asset_id"), err);
}

const struct resource software_resource = {
	.name = "software", .path = "software", .table = "software",
	.zh = "软件，主机上的一个软件实例", .en = "software, one instance on a host",
	.fields = fields, .n_fields = COUNT(fields), .unit_column = "t.unit_n", .label = "product",
	.read = PERM_ASSET_READ, .write = PERM_ASSET_WRITE, .ops = RESOURCE_CREATE | RESOURCE_CHANGE,
	.check = check, .after = after_write,
};
