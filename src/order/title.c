/* What an item says: the remedy, how many findings it removes, the worst of them. */
#include "order/dispatch.h"

static bool unknown_version(struct span v)
{
	return v.n == 0 || span_is(v, "-") || span_is(v, "*") || span_is(v, "unknown") || span_is(v, "未知");
}

static char lower(char c)
{
	if (c == '_' || c == '-')
		return ' ';
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Does the product's name begin with the vendor's already ("Apache HTTP Server")? */
static bool names_vendor(struct span product, struct span vendor)
{
	if (vendor.n > product.n)
		return false;
	for (size_t i = 0; i < vendor.n; i++)
		if (lower(vendor.p[i]) != lower(product.p[i]))
			return false;
	return true;
}

static void add_plain(struct str *out, struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] != '\\')
			str_addc(out, name.p[i] == '_' ? ' ' : name.p[i]);
}

static bool software_title(
	struct op *op, int64_t software_n, struct str *out, bool *ret_found, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	if (!db_query(op_db(op),
		    SQL("SELECT vendor, product, product_version, patch FROM software WHERE n=?"),
		    V(db_i(software_n)), &r, err) ||
		!db_next(r, ret_found, err))
		return false;
	if (!*ret_found)
		return true;
	struct span vendor = db_col_text(r, 0), product = db_col_text(r, 1), version = db_col_text(r, 2);
	struct span patch = db_col_text(r, 3);
	if (vendor.n && !names_vendor(product, vendor)) {
		add_plain(out, vendor);
		str_addc(out, ' ');
	}
	add_plain(out, product);
	if (!unknown_version(version)) {
		str_addc(out, ' ');
		add_plain(out, version);
	}
	if (patch.n) {
		str_addc(out, ' ');
		add_plain(out, patch);
	}
	/* Of unknown version and patch level everything matches: nobody can say yet what there is to do. */
	str_addz(out, unknown_version(version) && unknown_version(patch) ? " 补丁情况待核实" : " 升级");
	return true;
}

static bool asset_title(struct op *op, const struct task *t, struct str *out, struct err *err)
{
	const struct finding_kind *kind = finding_kind_find(t->f.kind);
	struct span name = { NULL, 0 };
	if (t->f.asset_n &&
		!db_text(op_db(op), SQL("SELECT name FROM assets WHERE n=?"), V(db_i(t->f.asset_n)),
			op->arena, &name, err))
		return false;
	if (name.n) {
		str_add(out, name);
		str_addc(out, ' ');
	}
	str_add(out, kind ? field_label(&(struct field){ .zh = kind->zh, .en = kind->en }, true) : t->f.kind);
	return true;
}

bool issue_item_title(struct op *op, const struct task *tasks, size_t n, struct span *ret, struct err *err)
{
	struct str out = STR_IN(op->arena, 1024);
	bool found = false, vulns = span_is(tasks->f.kind, "vulnerability");
	const struct task *worst = tasks;
	for (size_t i = 1; i < n; i++)
		if (finding_severity_rank(span_of(tasks[i].f.severity)) >
			finding_severity_rank(span_of(worst->f.severity)))
			worst = &tasks[i];
	if (vulns && tasks->f.software_n && !software_title(op, tasks->f.software_n, &out, &found, err))
		return false;
	if (!found && !vulns && n == 1)
		str_add(&out, utf8_cut(tasks->f.title, 100));
	else if (!found && !asset_title(op, tasks, &out, err))
		return false;
	const char *severity = finding_severity_zh(span_of(worst->f.severity));
	if (n > 1 || vulns)
		str_addf(&out, " · %zu %s，最高%s", n, vulns ? "个漏洞" : "项", severity);
	else
		str_addf(&out, " · %s", severity);
	*ret = str_span(&out);
	return str_check(&out, err);
}
