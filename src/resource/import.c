#include "resource/import.h"

#include <inttypes.h>

#include "os/file.h"
#include "resource/sheet_room.h"

/* ---- kinds ---- */

static const struct import_kind *const *kinds;
static size_t n_kinds;

void import_register(const struct import_kind *const *list, size_t n)
{
	kinds = list;
	n_kinds = n;
}

const struct import_kind *import_kind_find(struct span name)
{
	for (size_t i = 0; i < n_kinds; i++)
		if (span_is(name, kinds[i]->name))
			return kinds[i];
	return NULL;
}

/* ---- the resource ---- */

static const char *const states[] = { "received", "building", "ready", "refused", "applying", "applied",
	"failed", "cancelled", NULL };
static const char *const kept[] = { "all", "rest", "none", NULL };

static const struct field fields[] = {
	{ "kind", FIELD_TEXT, FILTER | READ_ONLY | LIST, .zh = "类别，assets、units、persons 等",
		.en = "kind, assets, units, persons and others" },
	{ "state", FIELD_ENUM, FILTER | READ_ONLY | LIST, .values = states,
		.zh = "状态，已收到、比对中、待应用、已拒绝、应用中、已应用、未完成、已放弃",
		.en = "state, received, building, ready, refused, applying, applied, failed or cancelled" },
	{ "name", FIELD_TEXT, FILTER | READ_ONLY | LIST, 0, IMPORT_FILE_NAME_MAX, .zh = "文件名",
		.en = "name of the file" },
	{ "bytes", FIELD_INT, READ_ONLY, .zh = "文件大小，字节", .en = "bytes of the file" },
	{ "kept", FIELD_ENUM, FILTER | READ_ONLY, .values = kept,
		.zh = "保留，全部、已导入的行不含个人信息、已清除",
		.en = "kept, all, rows that went in without personal data, or none" },
	{ "unit_id", FIELD_REF, FILTER | READ_ONLY, .ref = "unit", .zh = "范围，导入人可登记的单位；空为全市",
		.en = "scope, the unit whose assets may be registered; empty: the whole city" },
	{ "actor", FIELD_TEXT, FILTER | READ_ONLY | LIST, .zh = "导入人", .en = "who, imports it" },
	{ "rows_read", FIELD_INT, READ_ONLY | LIST, .zh = "读取行数", .en = "rows read" },
	{ "rows_new", FIELD_INT, READ_ONLY | LIST, .zh = "新增行数", .en = "rows new" },
	{ "rows_changed", FIELD_INT, READ_ONLY | LIST, .zh = "变更行数", .en = "rows changed" },
	{ "rows_unchanged", FIELD_INT, READ_ONLY | LIST, .zh = "未变行数", .en = "rows unchanged" },
	{ "rows_refused", FIELD_INT, READ_ONLY | LIST, .zh = "拒绝行数", .en = "rows refused" },
	{ "rows_asked", FIELD_INT, READ_ONLY | LIST, .zh = "待确认行数", .en = "rows that wait for a decision" },
	{ "removed", FIELD_INT, READ_ONLY, .zh = "减少的软件数", .en = "software removed" },
	{ "hosts", FIELD_INT, READ_ONLY, .zh = "计划行数，资产导入时为涉及的主机数",
		.en = "rows of the plan, of assets: hosts new or changed" },
	{ "applied", FIELD_INT, READ_ONLY, .zh = "已应用行数", .en = "rows applied so far" },
	{ "columns", FIELD_JSON, READ_ONLY, .zh = "列，文件各列的名称和对应的字段",
		.en = "columns, of the file: their names and fields" },
	{ "problems", FIELD_JSON, READ_ONLY, .zh = "错误，前 100 处的行、列和原因",
		.en = "problems, line, column and reason of the first 100" },
};

static bool show(struct op *op, const struct record *r, bool single, struct str *out, struct err *err)
{
	const struct import_kind *kind = import_kind_find(record_text(r, "kind"));
	if (single && !import_show_kept(op, r, out, err))
		return false;
	return !single || !kind || !kind->show || kind->show(op, r->n, out, err);
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
	.read = PERM_IMPORT,
	.write = PERM_IMPORT,
	.show = show,
	.show_schema =
		"\"kept_until\":{\"type\":\"string\",\"format\":\"date-time\"},"
		"\"preview\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}",
};

/* ---- routes ---- */

static bool answer(struct call *c, struct span id, int status, struct err *err)
{
	struct record rec;
	c->status = status;
	return resource_get(c->op, &import_resource, id, &rec, err) &&
		record_json(c->op, &rec, 0, true, c->out, err);
}

bool import_of_call(
	struct call *c, struct import_plan *ret, const struct import_kind **ret_kind, struct err *err)
{
	struct record rec;
	bool found, may;
	if (!resource_get(c->op, &import_resource, c->params[0], &rec, err) ||
		!plan_load(c->op, rec.n, ret, &found, err))
		return false;
	*ret_kind = import_kind_find(ret->kind);
	if (!*ret_kind)
		return err_set(err, ERR_CONFLICT, "本程序没有类别“" SPAN_FMT "”的导入",
			"this program has no imports of the kind \"" SPAN_FMT "\"", SPAN_ARG(ret->kind));
	return actor_may(c->op->actor, op_db(c->op), (*ret_kind)->perm, ret->unit_n, &may, err) &&
		(may || err_set(err, ERR_FORBIDDEN, "没有查看或应用这项导入的权限",
				"not permitted to look at or apply this import"));
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
	return import_room(op, p, err) && plan_new(op, p, err) && plan_queue(op, p, "import.plan", 0, err);
}

static bool unknown_kind(struct op *op, struct err *err)
{
	struct str list = STR_IN(op->arena, 4096);
	for (size_t i = 0; i < n_kinds; i++)
		str_addf(&list, "%s%s", i ? ", " : "", kinds[i]->name);
	return err_field(err, "kind", "可导入的类别：%s", "what can be imported: %s", str_z(&list));
}

/* What else stood in the query of the upload: {"unit":"…"}. */
static bool options_of(struct call *c, struct span *ret, struct err *err)
{
	CLEANUP(json_free) json_t *options = json_object();
	struct str out = STR_IN(c->op->arena, 1 << 16);
	for (size_t i = 0; i < c->n_query; i++) {
		struct span name = c->query[i].name;
		if (span_is(name, "kind") || span_is(name, "name"))
			continue;
		json_object_set_new(options, arena_copy(c->op->arena, utf8_valid(name) ? name : SPAN("?")),
			json_of_span(c->query[i].value));
	}
	if (!json_write(options, &out, err))
		return false;
	*ret = str_span(&out);
	return true;
}

/* The file is only kept here; it is read by the role `jobs`. */
static bool upload(struct call *c, struct err *err)
{
	struct op *op = c->op;
	struct import_plan p = { .state = SPAN("received") };
	char hash[STORE_BLOB_HEX];
	struct span name = call_query(c, "kind");
	const struct import_kind *kind = import_kind_find(name.p ? name : SPAN("assets"));
	if (!kind)
		return unknown_kind(op, err);
	if (!actor_has(op->actor, kind->perm))
		return err_set(err, ERR_FORBIDDEN, "没有导入这类文件的权限（%s）", "not permitted to import these (%s)",
			kind->name);
	if (c->body.n == 0)
		return err_set(err, ERR_INVALID, "文件为空", "the file is empty");
	if (!plan_scope(op, kind->perm, &p.scope, &p.unit_n, err) || !options_of(c, &p.options, err))
		return false;
	p.kind = span_of(kind->name);
	p.bytes = (int64_t)c->body.n;
	name = call_query(c, "name");
	p.name = name.p && utf8_valid(name) ? utf8_cut(name, IMPORT_FILE_NAME_MAX) : SPAN("");
	/* asked before as well: what is refused is not kept */
	if ((kind->check && !kind->check(op, &p, err)) || !import_room(op, &p, err) ||
		!store_blob_put(op->store, c->body, hash, err))
		return false;
	p.file = span_of(hash);
	if (!begin_and(op, &p, make_and_queue, err))
		return false;
	call_add_header(c, "Location", arena_printf(op->arena, "/api/v1/imports/" SPAN_FMT, SPAN_ARG(p.id)));
	return answer(c, p.id, 202, err);
}

static bool apply(struct call *c, struct err *err)
{
	struct import_plan p;
	const struct import_kind *kind;
	if (!import_of_call(c, &p, &kind, err))
		return false;
	if (!span_is(p.state, "ready") && !span_is(p.state, "failed"))
		return err_set(err, ERR_CONFLICT, "只有比对完成、尚未应用的导入才能应用",
			"only an import that is ready can be applied");
	return (!kind->sheet || sheet_allow_apply(c, &p, err)) && plan_state(c->op, &p, "applying", err) &&
		plan_queue(c->op, &p, "import.apply", 0, err) && answer(c, p.id, 202, err);
}

static bool change(struct call *c, struct err *err)
{
	struct import_plan p;
	const struct import_kind *kind;
	if (!import_of_call(c, &p, &kind, err))
		return false;
	if (!kind->sheet)
		return err_set(err, ERR_CONFLICT, "这类导入请改正文件后重新上传",
			"of this kind: put the file right and upload it again");
	if (!span_is(p.state, "ready") && !span_is(p.state, "refused"))
		return err_set(err, ERR_CONFLICT, "只有比对完成、尚未应用的导入才能修改",
			"only an import that is ready can be changed");
	return sheet_change(c, &p, err) && plan_state(c->op, &p, "received", err) &&
		plan_queue(c->op, &p, "import.plan", 0, err) && answer(c, p.id, 202, err);
}

/* Gives it up: what was uploaded is forgotten. */
static bool cancel(struct call *c, struct err *err)
{
	struct import_plan p;
	const struct import_kind *kind;
	if (!import_of_call(c, &p, &kind, err))
		return false;
	if (!span_is(p.state, "ready") && !span_is(p.state, "refused") && !span_is(p.state, "failed"))
		return err_set(err, ERR_CONFLICT, "只有比对完成、尚未应用的导入才能放弃",
			"only an import that is ready, refused or failed can be given up");
	return plan_state(c->op, &p, "cancelled", err) && plan_queue(c->op, &p, "import.purge", 0, err) &&
		answer(c, p.id, 200, err);
}

/* What can be imported by this one, and what the columns of each kind are called. */
static bool show_kinds(struct call *c, struct err *err)
{
	struct str *out = c->out;
	bool first = true;
	str_addz(out, "{\"items\":[");
	for (size_t i = 0; i < n_kinds; i++) {
		const struct sheet_kind *sheet = kinds[i]->sheet;
		if (!actor_has(c->op->actor, kinds[i]->perm))
			continue;
		str_addf(out, "%s{\"kind\":\"%s\",\"sheet\":%s,\"zh\":", first ? "" : ",", kinds[i]->name,
			sheet ? "true" : "false");
		str_add_json(out, span_of(kinds[i]->zh));
		str_addz(out, ",\"en\":");
		str_add_json(out, span_of(kinds[i]->en));
		str_addz(out, ",\"columns\":[");
		for (size_t k = 0; sheet && k < sheet->n_columns; k++) {
			const struct sheet_column *column = &sheet->columns[k];
			str_addf(out, "%s{\"name\":\"%s\",\"required\":%s,\"zh\":", k ? "," : "",
				column->name,
				column->flags & SHEET_REQUIRED ? "true" : "false");
			str_add_json(out, span_of(column->zh));
			str_addz(out, ",\"en\":");
			str_add_json(out, span_of(column->en));
			str_addc(out, '}');
		}
		str_addz(out, "]}");
		first = false;
	}
	str_addz(out, "]}");
	return str_check(out, err);
}

const struct route import_routes[] = {
	{ "GET", "/api/v1/import-kinds", show_kinds, PERM_IMPORT, 0, 0, "可导入的类别，及各类的列",
		"what can be imported, and the columns of each kind" },
	{ "POST", "/api/v1/imports", upload, PERM_IMPORT, IMPORT_UPLOAD_MAX, ROUTE_RAW,
		"上传 CSV 或 XLSX 文件（?kind=units、persons、assets 等），比对后供预览",
		"uploads a CSV or XLSX file (?kind=units, persons, assets …), to be compared and shown" },
	{ "PATCH", "/api/v1/imports/{id}", change, PERM_IMPORT, 4 << 20, ROUTE_TX,
		"列的对应、逐行的决定、改过的单元格；随后重新比对",
		"mapping of columns, decisions, changed cells; then it is compared again",
		"{\"type\":\"object\",\"properties\":{\"mapping\":{\"type\":\"object\"},"
		"\"decide\":{\"type\":\"object\"},"
		"\"cells\":{\"type\":\"object\"},\"accept\":{\"type\":\"boolean\"},"
		"\"new_all\":{\"type\":\"boolean\"}}}" },
	{ "GET", "/api/v1/imports/{id}/rows", sheet_rows_route, PERM_IMPORT, 0, 0,
		"预览：逐行的动作、单元格、问题和建议（?action= ?mark= ?limit= ?cursor=）",
		"the preview: action, cells, faults and proposals of each row (?action= ?mark= ?limit= "
		"?cursor=)" },
	{ "GET", "/api/v1/imports/{id}/rest", sheet_rest_route, PERM_IMPORT, 0, ROUTE_RAW,
		"未导入的行，作为 XLSX 工作簿，注明原因", "the rows that did not go in, as a workbook that says why" },
	{ "POST", "/api/v1/imports/{id}/apply", apply, PERM_IMPORT, 4096, ROUTE_TX,
		"应用一项已预览的导入（rows：all 全部，clean 只导入无误的行）",
		"applies an import that was shown (rows: all, or clean: only those without a fault)" },
	{ "POST", "/api/v1/imports/{id}/cancel", cancel, PERM_IMPORT, 4096, ROUTE_TX,
		"放弃一项尚未应用的导入，清除上传的内容",
		"gives up an import that was not applied; what was uploaded is forgotten" },
};
const size_t import_routes_count = COUNT(import_routes);

/* ---- jobs ---- */

enum { RETRY_MS = 5000, ATTEMPTS_MAX = 5 };

static bool plan_of(
	struct op *op, const struct store_job *job, struct import_plan *ret, bool *ret_found, struct err *err)
{
	CLEANUP(json_free) json_t *argument = NULL;
	return json_parse(job->argument, 4, &argument, err)
		&& plan_load(op, json_get_int(argument, "plan", 0), ret, ret_found, err);
}

static bool queue_plan(struct op *op, struct import_plan *p, struct err *err)
{
	return plan_queue(op, p, "import.plan", RETRY_MS, err);
}

static bool queue_apply(struct op *op, struct import_plan *p, struct err *err)
{
	return plan_queue(op, p, "import.apply", RETRY_MS, err);
}

static bool mark_building(struct op *op, struct import_plan *p, struct err *err)
{
	return plan_state(op, p, "building", err);
}

/* *ret_locked false: the lock is somebody else's. */
static bool try_lock(struct op *op, int *ret_fd, bool *ret_locked, struct err *err)
{
	struct err busy = { 0 };
	*ret_locked = plan_lock(op, 0, ret_fd, &busy);
	if (!*ret_locked && busy.code != ERR_BUSY) {
		*err = busy;
		return false;
	}
	return true;
}

/* A fault of the data comes again each time, and at some time patience ends too: the plan says why.  Else the
 * job is tried again. */
static bool give_up(struct op *op, const struct store_job *job, const struct import_plan *p,
	const struct err *why, struct err *err)
{
	op_rollback(op);
	if (import_lasts(why->code) || job->attempts >= ATTEMPTS_MAX)
		return import_fail(op, p->n, why, err);
	*err = *why;
	return false;
}

static bool run_plan(struct op *op, struct store_job *job, struct err *err)
{
	CLEANUP(file_close) int lock = -1;
	CLEANUP(arena_free_p) struct arena *a = arena_new(512u << 20, 1024u << 20);
	struct import_plan p;
	struct span body;
	bool found, locked;
	if (!plan_of(op, job, &p, &found, err))
		return false;
	const struct import_kind *kind = found ? import_kind_find(p.kind) : NULL;
	if (!kind || (!span_is(p.state, "received") && !span_is(p.state, "building")))
		return true;
	if (!try_lock(op, &lock, &locked, err))
		return false;
	if (!locked)
		return begin_and(op, &p, queue_plan, err);
	struct op own = { .store = op->store, .arena = a, .zh = op->zh, .actor = op->actor };
	/* rows of an attempt that was cut off, or of what was said before it was changed */
	if (!plan_drop_rows(op, p.n, err) || !begin_and(op, &p, mark_building, err))
		return false;
	struct err why = { 0 };
	return (store_blob_get(op->store, p.file, IMPORT_UPLOAD_MAX, a, &body, &why) &&
		(kind->sheet ? sheet_plan : kind->plan)(&own, &p, body, &why)) ||
		give_up(op, job, &p, &why, err);
}

static bool run_apply(struct op *op, struct store_job *job, struct err *err)
{
	CLEANUP(file_close) int lock = -1;
	struct import_plan p;
	bool found, locked;
	if (!plan_of(op, job, &p, &found, err))
		return false;
	if (!found || !span_is(p.state, "applying"))
		return true;
	if (!try_lock(op, &lock, &locked, err))
		return false;
	if (!locked)
		return begin_and(op, &p, queue_apply, err);
	struct err why = { 0 };
	return plan_apply(op, p.n, &why) || give_up(op, job, &p, &why, err);
}

/* What a plan holds beyond its counts, once it is over. */
static bool run_purge(struct op *op, struct store_job *job, struct err *err)
{
	struct import_plan p;
	bool found;
	return plan_of(op, job, &p, &found, err) && (!found || import_purge(op, &p, err));
}

const struct job_kind import_jobs[] = {
	{ "import.plan", STORE_LONG, run_plan, "比对上传的文件", "compares an uploaded file" },
	{ "import.apply", STORE_LONG, run_apply, "应用导入", "applies an import" },
	{ "import.purge", STORE_LONG, run_purge, "清除导入中的个人信息", "forgets personal data of an import" },
};
const size_t import_jobs_count = COUNT(import_jobs);
