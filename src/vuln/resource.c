/* The stored vulnerabilities as a resource: read only, the same for everybody who may read them. */
#include "vuln/corpus.h"
#include "vuln/vuln.h"

static const char *const severities[] = { "critical", "high", "medium", "low", "none", NULL };

#define KEV(column) "(SELECT k." column " FROM corpus.kev k WHERE k.cve = t.id)"
#define EPSS(column) "(SELECT e." column " FROM corpus.epss e WHERE e.cve = t.id)"

static const struct field fields[] = {
	{ "severity", FIELD_ENUM, READ_ONLY | FILTER | LIST, .values = severities, .zh = "严重程度",
		.en = "severity" },
	{ "score", FIELD_INT, READ_ONLY | FILTER | SORT | LIST | TENTHS, .zh = "CVSS 分，乘以十，由向量计算；-1：没有",
		.en = "CVSS score, times ten, computed from the vector; -1: none" },
	{ "cvss_version", FIELD_TEXT, READ_ONLY, .zh = "CVSS 版本", .en = "version of CVSS" },
	{ "vector", FIELD_TEXT, READ_ONLY, .zh = "CVSS 向量", .en = "CVSS vector" },
	{ "published", FIELD_TIME, READ_ONLY | FILTER | SORT | LIST, .zh = "公布时间", .en = "published" },
	{ "modified", FIELD_TIME, READ_ONLY | FILTER | SORT, .zh = "修改时间，按来源",
		.en = "modified, as the source says" },
	{ "status", FIELD_TEXT, READ_ONLY | FILTER, .zh = "NVD 状态", .en = "status in NVD" },
	{ "kev", FIELD_BOOL, READ_ONLY | FILTER | LIST,
		.expr = "(EXISTS (SELECT 1 FROM corpus.kev k WHERE k.cve = t.id))",
		.zh = "已知被利用，列入 CISA KEV 目录",
		.en = "known to be exploited, listed in CISA's KEV catalogue" },
	{ "kev_due", FIELD_DATE, READ_ONLY, .expr = KEV("due"), .zh = "KEV 期限", .en = "due date in KEV" },
	{ "ransomware", FIELD_BOOL, READ_ONLY, .expr = KEV("ransomware"), .zh = "已知被勒索软件利用",
		.en = "known to be used by ransomware" },
	{ "epss", FIELD_INT, READ_ONLY | LIST | PERCENT, .expr = EPSS("score"), .zh = "EPSS，十万分之几，FIRST 发布",
		.en = "EPSS in parts per 100000, published by FIRST" },
	{ "epss_percentile", FIELD_INT, READ_ONLY | PERCENT, .expr = EPSS("percentile"),
		.zh = "EPSS 百分位，十万分之几", .en = "EPSS percentile in parts per 100000" },
	{ "cwe", FIELD_TEXT, READ_ONLY, .zh = "弱点类型", .en = "weaknesses" },
	{ "description", FIELD_LONG, READ_ONLY, .zh = "说明", .en = "description" },
};

static bool add_blob(struct op *op, const struct db_rows *r, int column, const char *name, struct str *out,
	struct err *err)
{
	struct span text;
	if (!corpus_unpack(arena_span(op->arena, db_col_text(r, column)), op->arena, &text, err))
		return false;
	str_addf(out, ",\"%s\":", name);
	str_add(out, text);
	return true;
}

/* What each source says and since when. */
static bool add_sources(struct op *op, const struct record *rec, struct str *out, struct err *err)
{
	static const char *const names[] = { "added", "due", "vendor", "product", "name", "description",
		"action",
		"notes" };
	CLEANUP(db_rows_close_p) struct db_rows *kev = NULL, *epss = NULL;
	bool row;
	char at[TIME_TEXT];
	struct db_value id = db_t(rec->id);
	if (!db_query(op_db(op),
		    SQL("SELECT added, due, vendor, product, name, description, action, notes FROM "
		    "corpus.kev WHERE"
			" cve=?"), V(id), &kev, err) || !db_next(kev, &row, err))
		return false;
	str_addf(out, ",\"sources\":[{\"source\":\"NVD\",\"date\":\"%s\"}",
		time_format(record_int(rec, "modified"), at));
	if (row) {
		str_addz(out, ",{\"source\":\"KEV\",\"date\":");
		str_add_json(out, db_col_text(kev, 0));
		for (int i = 1; i < (int)COUNT(names); i++) {
			str_addf(out, ",\"%s\":", names[i]);
			str_add_json(out, db_col_text(kev, i));
		}
		str_addc(out, '}');
	}
	if (!db_query(op_db(op), SQL("SELECT date, model FROM corpus.epss WHERE cve=?"), V(id), &epss, err) ||
		!db_next(epss, &row, err))
		return false;
	if (row) {
		str_addz(out, ",{\"source\":\"EPSS\",\"date\":");
		str_add_json(out, db_col_text(epss, 0));
		str_addz(out, ",\"model\":");
		str_add_json(out, db_col_text(epss, 1));
		str_addc(out, '}');
	}
	str_addc(out, ']');
	return true;
}

static bool show(struct op *op, const struct record *rec, bool single, struct str *out, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	if (!single)
		return true;
	if (!add_sources(op, rec, out, err))
		return false;
	if (!db_query(op_db(op), SQL("SELECT configurations, refs FROM corpus.vulns WHERE n=?"),
		    V(db_i(rec->n)), &r, err) ||
		!db_next(r, &row, err))
		return false;
	return !row ||
		(add_blob(op, r, 0, "configurations", out, err) &&
			add_blob(op, r, 1, "references", out, err));
}

const struct resource vuln_resource = {
	.name = "vuln",
	.path = "vulns",
	.table = "corpus.vulns",
	.zh = "漏洞，来自 NVD、KEV 和 EPSS",
	.en = "vulnerability, from NVD, KEV and EPSS",
	.fields = fields,
	.n_fields = COUNT(fields),
	.sort = "-published",
	.read = PERM_VULN_READ,
	.show = show,
	.search = vuln_search,
	.show_schema = "\"sources\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},"
		       "\"configurations\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},"
		       "\"references\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}",
};
