/* Imports of scanners' reports and lists of components: into which unit or system they go. */
#include <inttypes.h>

#include "asset/import.h"
#include "codec/json.h"

enum { SBOM_BYTES_MAX = 64 << 20 };

/* By its code, as people type it, or by its id, as programs have it. */
static bool find_unit(
	struct op *op, struct span name, struct span scope, struct import_nmap *ret, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool found;
	if (name.n == 0)
		return err_field(err, "unit", "请指明单位的编码或标识（unit）", "name the unit by its code or id (unit)");
	if (!db_query(op_db(op), SQL("SELECT n, code FROM units WHERE code = ? OR id = ?"),
		    V(db_t(name), db_t(name)), &r, err) ||
		!db_next(r, &found, err))
		return false;
	if (!found)
		return err_field(err, "unit", "没有编码为“" SPAN_FMT "”的单位（见 seawall unit list）",
			"there is no unit with the code \"" SPAN_FMT "\"", SPAN_ARG(utf8_cut(name, 40)));
	ret->unit_n = db_col_int(r, 0);
	ret->unit = arena_span(op->arena, db_col_text(r, 1));
	return plan_in_scope(scope, ret->unit_n) ||
		err_field(err, "unit", "您不能登记单位“" SPAN_FMT "”的资产",
			"you may not register assets of the unit \"" SPAN_FMT "\"",
			SPAN_ARG(utf8_cut(name, 40)));
}

static bool find_system(
	struct op *op, struct span id, struct span scope, struct import_sbom *ret, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool found;
	if (id.n == 0)
		return err_field(err, "system", "请指明系统的标识（system）", "name the system by its id (system)");
	if (!db_query(op_db(op),
		    SQL("SELECT a.unit_n, u.code, a.name FROM assets a JOIN units u ON u.n = a.unit_n"
			" WHERE a.id = ? AND a.kind = 'system' AND a.retired_at IS NULL"),
		    V(db_t(id)), &r, err) ||
		!db_next(r, &found, err))
		return false;
	if (!found || !plan_in_scope(scope, db_col_int(r, 0)))
		return err_field(err, "system", "没有标识为“" SPAN_FMT "”的系统（见 seawall asset list --kind system）",
			"there is no system with the id \"" SPAN_FMT "\"", SPAN_ARG(utf8_cut(id, 40)));
	ret->unit_n = db_col_int(r, 0);
	ret->unit = arena_span(op->arena, db_col_text(r, 1));
	ret->system = arena_span(op->arena, db_col_text(r, 2));
	return true;
}

bool plan_read_scan(struct op *op, const struct import_scan *scan, struct stream *s, struct import_file *f,
	struct err *err)
{
	struct import_nmap nmap;
	struct import_sbom sbom;
	struct span bytes;
	if (span_is(scan->kind, "nmap"))
		return find_unit(op, scan->target, scan->scope, &nmap, err) &&
			plan_read_nmap(s, &nmap, f, err) &&
			plan_name_hosts(op, f, err);
	return find_system(op, scan->target, scan->scope, &sbom, err) &&
		stream_rest(s, f->arena, &bytes, err) &&
		plan_read_sbom(bytes, &sbom, f, err);
}

bool plan_scan_of(struct op *op, const struct import_plan *p, struct import_scan *ret, struct err *err)
{
	CLEANUP(json_free) json_t *options = NULL;
	if (!json_parse(p->options.n ? p->options : SPAN("{}"), 4, &options, err))
		return false;
	struct span target = json_get_text(options, span_is(p->kind, "nmap") ? "unit" : "system");
	*ret = (struct import_scan){ p->kind, arena_span(op->arena, target.p ? target : SPAN("")), p->scope };
	return true;
}

bool plan_check_scan(struct op *op, const struct import_plan *p, struct err *err)
{
	struct import_scan scan;
	struct import_nmap nmap;
	struct import_sbom sbom;
	return plan_scan_of(op, p, &scan, err) &&
		(span_is(scan.kind, "nmap") ? find_unit(op, scan.target, scan.scope, &nmap, err)
					    : find_system(op, scan.target, scan.scope, &sbom, err));
}
