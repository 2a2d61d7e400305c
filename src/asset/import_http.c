#include <inttypes.h>

#include "asset/coverage.h"
#include "asset/import.h"
#include "asset/room.h"

static const char *const kinds[] = { "assets", NULL };
static const char *const states[] = { "received", "building", "ready", "refused", "applying", "applied",
	"cancelled", NULL };

static const struct field fields[] = {
	{ "kind", FIELD_ENUM, FILTER | READ_ONLY | LIST, .values = kinds, .zh = "类别", .en = "kind" },
	{ "state", FIELD_ENUM, FILTER | READ_ONLY | LIST, .values = states,
		.zh = "状态，已收到、比对中、待应用、已拒绝、应用中、已应用、已取消",
		.en = "state, received, building, ready, refused, applying, applied or cancelled" },
	{ "unit_id", FIELD_REF, FILTER | READ_ONLY, .ref = "unit", .zh = "范围，导入人可登记的单位；空为全市",
		.en = "scope, the unit whose assets may be registered; empty: the whole city" },
	{ "actor", FIELD_TEXT, FILTER | READ_ONLY | LIST, .zh = "导入人", .en = "who, imports it" },
	{ "rows_read", FIELD_INT, READ_ONLY | LIST, .zh = "读取行数", .en = "rows read" },
	{ "rows_new", FIELD_INT, READ_ONLY | LIST, .zh = "新增行数", .en = "rows new" },
	{ "rows_changed", FIELD_INT, READ_ONLY | LIST, .zh = "变更行数", .en = "rows changed" },
	{ "rows_unchanged", FIELD_INT, READ_ONLY | LIST, .zh = "未变行数", .en = "rows unchanged" },
	{ "rows_refused", FIELD_INT, READ_ONLY | LIST, .zh = "拒绝行数", .en = "rows refused" },
	{ "removed", FIELD_INT, READ_ONLY, .zh = "减少的软件数", .en = "software removed" },
	{ "hosts", FIELD_INT, READ_ONLY, .zh = "涉及主机数，新增或变更", .en = "hosts, new or changed" },
	{ "applied", FIELD_INT, READ_ONLY, .zh = "已应用主机数", .en = "hosts applied so far" },
	{ "problems", FIELD_JSON, READ_ONLY, .zh = "错误，前 100 处的行、列和原因",
		.en = "problems, line, column and reason of the first 100" },
};

/* The first hosts that it would make or change. */
static bool show(struct op *op, const struct record *r, bool single, struct str *out, struct err *err)
{
	if (!single)
		return true;
	struct import_rows rows;
	if (!plan_rows(op, r->n, 0, IMPORT_PREVIEW_ROWS, &rows, err))
		return false;
	str_addz(out, ",\"preview\":[");
	for (size_t i = 0; i < rows.n; i++) {
		str_addf(out, "%s{\"line\":%" PRIu64 ",\"action\":\"%s\",\"host\":", i ? "," : "",
			rows.hosts[i].line, rows.hosts[i].action == IMPORT_NEW ? "new" : "changed");
		str_add_json(out, rows.hosts[i].name);
		str_addz(out, ",\"address\":");
		str_add_json(out, rows.hosts[i].address);
		str_addf(out, ",\"software\":%zu}", rows.hosts[i].n_software);
	}
	str_addc(out, ']');
	return true;
}

const struct resource import_resource = {
	.name = "import",
	.path = "imports",
	.table = "import_plans",
	.zh = "导入，一个文件的预览与应用",
	.en = "import, the preview and the applying of one file",
	.fields = fields,
	.n_fields = COUNT(fields),
	.unit_column = "t.unit_n",
	.read = PERM_ASSET_WRITE,
	.write = PERM_ASSET_WRITE,
	.show = show,
	.show_schema = "\"preview\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}",
};

/* ---- routes ---- */

static bool answer(struct call *c, const struct resource *r, struct span id, int status, struct err *err)
{
	struct record rec;
	c->status = status;
	return resource_get(c->op, r, id, &rec, err) && record_json(c->op, &rec, 0, true, c->out, err);
}

/* '*', or the units where the actor may write; *ret_unit_n the unit of the first grant that says so. */
static bool scope_of(struct op *op, struct span *ret, int64_t *ret_unit_n, struct err *err)
{
	const struct actor *who = op->actor;
	*ret = SPAN("*");
	*ret_unit_n = 0;
	if (actor_whole(who, PERM_ASSET_WRITE))
		return true;
	for (size_t i = 0; i < who->n_grants && !*ret_unit_n; i++)
		if (role_has(who->grants[i].role, PERM_ASSET_WRITE))
			*ret_unit_n = who->grants[i].unit_n;
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct str list = STR_IN(op->arena, 1 << 20);
	struct sql *q = sql_new(op->arena);
	sql_add(q, "SELECT n FROM units WHERE 1=1");
	if (!actor_scope(who, op_db(op), PERM_ASSET_WRITE, "n", q, err) ||
		!db_query_sql(op_db(op), q, &r, err))
		return false;
	str_addc(&list, ',');
	for (;;) {
		bool row;
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		str_addf(&list, "%" PRId64 ",", db_col_int(r, 0));
	}
	*ret = str_span(&list);
	return str_check(&list, err);
}

static bool begin_and(struct op *op, struct import_plan *p,
	bool (*what)(struct op *, struct import_plan *, struct err *), struct err *err)
{
	if (!op_begin(op, err))
		return false;
	if (what(op, p, err) && op_commit(op, err))
		return true;
	op_rollback(op);
	return false;
}

static bool make_and_queue(struct op *op, struct import_plan *p, struct err *err)
{
	return plan_new(op, p, err) && plan_queue(op, p, "import.plan", 0, err);
}

/* The file is only kept here; it is read by the role `jobs`. */
static bool upload(struct call *c, struct err *err)
{
	struct op *op = c->op;
	struct import_plan p = { .state = SPAN("received") };
	char hash[STORE_BLOB_HEX];
	struct span kind = call_query(c, "kind");
	if (kind.p && !span_is(kind, "assets"))
		return err_field(err, "kind", "可导入的类别：%s", "what can be imported: %s", "assets");
	if (c->body.n == 0)
		return err_set(err, ERR_INVALID, "文件为空", "the file is empty");
	if (!scope_of(op, &p.scope, &p.unit_n, err) || !store_blob_put(op->store, c->body, hash, err))
		return false;
	p.file = span_of(hash);
	if (!begin_and(op, &p, make_and_queue, err))
		return false;
	call_add_header(c, "Location", arena_printf(op->arena, "/api/v1/imports/" SPAN_FMT, SPAN_ARG(p.id)));
	return answer(c, &import_resource, p.id, 202, err);
}

static bool apply(struct call *c, struct err *err)
{
	struct record rec;
	struct import_plan p;
	bool found, may;
	if (!resource_get(c->op, &import_resource, c->params[0], &rec, err) ||
		!actor_may(c->op->actor, op_db(c->op), PERM_ASSET_WRITE, record_int(&rec, "unit_id"), &may,
			err) ||
		!plan_load(c->op, rec.n, &p, &found, err))
		return false;
	if (!may)
		return err_set(err, ERR_FORBIDDEN, "没有应用这项导入的权限", "not permitted to apply this import");
	if (!span_is(p.state, "ready"))
		return err_set(err, ERR_CONFLICT, "只有比对完成、尚未应用的导入才能应用",
			"only an import that is ready can be applied");
	return plan_state(c->op, &p, "applying", err) && plan_queue(c->op, &p, "import.apply", 0, err)
		&& answer(c, &import_resource, p.id, 202, err);
}

static bool find_writable(struct call *c, const struct resource *r, struct record *rec, struct err *err)
{
	bool may;
	if (!resource_get(c->op, r, c->params[0], rec, err) ||
		!actor_may(
			c->op->actor, op_db(c->op), PERM_ASSET_WRITE, record_int(rec, "unit_id"), &may, err))
		return false;
	return may || err_set(err, ERR_FORBIDDEN, "没有修改的权限", "not permitted to change this");
}

static bool retire(struct call *c, struct err *err)
{
	struct record rec;
	return find_writable(c, &asset_resource, &rec, err) && asset_retire(c->op, rec.n, err)
		&& answer(c, &asset_resource, rec.id, 200, err);
}

static bool remove_one(struct call *c, struct err *err)
{
	struct record rec;
	return find_writable(c, &software_resource, &rec, err) && software_remove(c->op, rec.n, "person", err)
		&& answer(c, &software_resource, rec.id, 200, err);
}

const struct route asset_routes[] = {
	{ "POST", "/api/v1/imports", upload, PERM_ASSET_WRITE, 64 << 20, ROUTE_RAW,
		"上传资产 CSV 文件，比对后供预览", "uploads a CSV file of assets, to be compared and shown" },
	{ "POST", "/api/v1/imports/{id}/apply", apply, PERM_ASSET_WRITE, 4096, ROUTE_TX,
		"应用一项已预览的导入", "applies an import that was shown" },
	{ "POST", "/api/v1/assets/{id}/retire", retire, PERM_ASSET_WRITE, 4096, ROUTE_TX, "资产下线",
		"retires an asset" },
	{ "POST", "/api/v1/software/{id}/remove", remove_one, PERM_ASSET_WRITE, 4096, ROUTE_TX, "软件已卸载",
		"takes software out of the inventory" },
	{ "GET", "/api/v1/inventory-coverage", coverage_get, PERM_UNIT_READ, 0, 0,
		"资产覆盖：已申报、无信息系统、未申报、过期的单位数及其清单",
		"inventory coverage: units that declared, have none, said nothing, or said it too long ago" },
};
const size_t asset_routes_count = COUNT(asset_routes);
