#include <inttypes.h>

#include "asset/import.h"

/* What is wrong with the file as a whole is the one problem shown. */
static void refuse_file(struct import_file *f, const struct err *why)
{
	f->n_problems = 1;
	f->problems[0] = (struct import_problem){ .line = 0,
		.column = "",
		.zh = arena_span(f->arena, span_of(why->zh)),
		.en = arena_span(f->arena, span_of(why->en)) };
	f->bad_rows = 1;
}

static bool about_file(enum err_code code)
{
	return code == ERR_MALFORMED || code == ERR_INVALID || code == ERR_TOO_LARGE ||
		code == ERR_MEDIA_TYPE;
}

static bool read_body(
	struct op *op, const struct import_plan *p, struct span body, struct import_file *f, struct err *err)
{
	CLEANUP(table_close_p) struct table *t = NULL;
	CLEANUP(stream_close_p) struct stream *s = NULL;
	struct import_scan scan;
	if (span_is(p->kind, "assets"))
		return table_open_span(body, IMPORT_BYTES_MAX, &t, err) &&
			plan_read_with(op, t, p->scope, f, err);
	return stream_open_span(body, IMPORT_BYTES_MAX, &s, err) && plan_scan_of(op, p, &scan, err) &&
		plan_read_scan(op, &scan, s, f, err);
}

static bool read_and_compare(
	struct op *op, const struct import_plan *p, struct span body, struct import_file *f, struct err *err)
{
	struct err why = { 0 };
	if (!read_body(op, p, body, f, &why)) {
		if (!about_file(why.code)) {
			*err = why;
			return false;
		}
		refuse_file(f, &why);
	}
	if (f->bad_rows == 0)
		return plan_compare(op, f, err);
	f->counts = (struct import_counts){ .read = f->rows, .refused = f->rows };
	return true;
}

static bool asset_import_plan(struct op *op, struct import_plan *p, struct span bytes, struct err *err)
{
	struct import_file f = { .arena = op->arena };
	return read_and_compare(op, p, bytes, &f, err) &&
		plan_fill(op, p, &f, f.bad_rows > 0 ? "refused" : "ready", err);
}

/* The first hosts that it would make or change. */
static bool show(struct op *op, int64_t plan_n, struct str *out, struct err *err)
{
	struct import_rows rows;
	if (!plan_rows(op, plan_n, 0, IMPORT_PREVIEW_ROWS, &rows, err))
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

const struct import_kind asset_import_kind = {
	.name = "assets",
	.zh = "资产",
	.en = "assets",
	.perm = PERM_ASSET_WRITE,
	.plan = asset_import_plan,
	.apply = asset_import_apply,
	.drop = asset_import_drop,
	.show = show,
};

const struct import_kind nmap_import_kind = {
	.name = "nmap",
	.zh = "扫描报告",
	.en = "reports of nmap",
	.perm = PERM_ASSET_WRITE,
	.check = plan_check_scan,
	.plan = asset_import_plan,
	.apply = asset_import_apply,
	.drop = asset_import_drop,
	.show = show,
};

const struct import_kind sbom_import_kind = {
	.name = "sbom",
	.zh = "软件成分清单",
	.en = "lists of components",
	.perm = PERM_ASSET_WRITE,
	.check = plan_check_scan,
	.plan = asset_import_plan,
	.apply = asset_import_apply,
	.drop = asset_import_drop,
	.show = show,
};
