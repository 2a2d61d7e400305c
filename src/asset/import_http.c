#include <inttypes.h>

#include "asset/import.h"
#include "os/file.h"

static const char *const kinds[] = { "assets", NULL };
static const char *const states[] = { "received", "building", "ready", "refused", "applying", "applied", "cancelled", NULL };

static const struct field fields[] = {
	{ "kind", FIELD_ENUM, FILTER | READ_ONLY | LIST, .values = kinds, .zh = "类别", .en = "kind" },
	{ "state", FIELD_ENUM, FILTER | READ_ONLY | LIST, .values = states,
	  .zh = "状态，已收到、比对中、待应用、已拒绝、应用中、已应用、已取消",
	  .en = "state, received, building, ready, refused, applying, applied or cancelled" },
	{ "actor", FIELD_TEXT, FILTER | READ_ONLY | LIST, .zh = "导入人", .en = "who, imports it" },
	{ "rows_read", FIELD_INT, READ_ONLY | LIST, .zh = "读取行数", .en = "rows read" },
	{ "rows_new", FIELD_INT, READ_ONLY | LIST, .zh = "新增行数", .en = "rows new" },
	{ "rows_changed", FIELD_INT, READ_ONLY | LIST, .zh = "变更行数", .en = "rows changed" },
	{ "rows_unchanged", FIELD_INT, READ_ONLY | LIST, .zh = "未变行数", .en = "rows unchanged" },
	{ "rows_refused", FIELD_INT, READ_ONLY | LIST, .zh = "拒绝行数", .en = "rows refused" },
	{ "removed", FIELD_INT, READ_ONLY, .zh = "减少的软件数", .en = "software removed" },
	{ "hosts", FIELD_INT, READ_ONLY, .zh = "涉及主机数，新增或变更", .en = "hosts, new or changed" },
	{ "applied", FIELD_INT, READ_ONLY, .zh = "已应用主机数", .en = "hosts applied so far" },
	{ "problems", FIELD_JSON, READ_ONLY, .zh = "错误，前 100 处的行、列和原因", .en = "problems, line, column and reason of the first 100" },
};

/* The first hosts that it would make or change. */
static bool show(struct op *op, const struct record *r, bool single, struct str *out, struct err *err)
{
	if (!single)
		return true;
	struct import_host *hosts;
	size_t n;
	if (!plan_rows(op, r->n, 0, IMPORT_PREVIEW_ROWS, &hosts, &n, err))
		return false;
	str_addz(out, ",\"preview\":[");
	for (size_t i = 0; i < n; i++) {
		str_addf(out, "%s{\"line\":%" PRIu64 ",\"action\":\"%s\",\"host\":", i ? "," : "", hosts[i].line,
			 hosts[i].action == IMPORT_NEW ? "new" : "changed");
		str_add_json(out, hosts[i].name);
		str_addz(out, ",\"address\":");
		str_add_json(out, hosts[i].address);
		str_addf(out, ",\"software\":%zu}", hosts[i].n_software);
	}
	str_addc(out, ']');
	return true;
}

const struct resource import_resource = {
	.name = "import", .path = "imports", .table = "import_plans",
	.zh = "导入，一个文件的预览与应用", .en = "import, the preview and the applying of one file",
	.fields = fields, .n_fields = COUNT(fields), .read = PERM_ASSET_WRITE, .write = PERM_ASSET_WRITE, .show = show,
	.show_schema = "\"preview\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}",
};
