/*
 * seawall import findings FILE: problems out of a list that somebody sent, or out of a scanner's report as
 * CSV (Nessus, OpenVAS and the like, by the names of their columns).
 *
 * Whose a problem is says its unit, else the asset at its address.  A finding is known again by asset (or
 * unit and address), kind and key; the key is what the source calls it (CVE, number of the check) and the
 * port, else its title.
 */
#include <inttypes.h>

#include "asset/address.h"
#include "asset/asset.h"
#include "finding/life.h"
#include "people/people.h"
#include "resource/sheet.h"

enum finding_column {
	FINDING_UNIT,
	FINDING_ASSET,
	FINDING_ADDRESS,
	FINDING_PORT,
	FINDING_TITLE,
	FINDING_KIND,
	FINDING_SEVERITY,
	FINDING_CVE,
	FINDING_CHECK,
	FINDING_TEXT,
	FINDING_REMEDY,
	FINDING_SOURCE,
	FINDING_SOURCE_NUMBER,
	FINDING_DUE,
	FINDING_COLUMNS
};

enum { KEY_MAX = 200, SOURCE_MAX = 100, TEXT_MAX = 20000 };

/* ---- cells ---- */

static const struct repair_word severity_words[] = {
	{ "critical", "critical" }, { "超危", "critical" }, { "严重", "critical" }, { "紧急", "critical" },
	{ "特别严重", "critical" }, { "serious", "critical" }, { "4", "critical" },
	{ "high", "high" }, { "高危", "high" }, { "高", "high" }, { "高风险", "high" }, { "重要", "high" },
	{ "3", "high" },
	{ "medium", "medium" }, { "中危", "medium" }, { "中", "medium" }, { "中风险", "medium" },
	{ "moderate", "medium" },
	{ "一般", "medium" }, { "2", "medium" },
	{ "low", "low" }, { "低危", "low" }, { "低", "low" }, { "低风险", "low" }, { "1", "low" },
	{ "none", "none" }, { "info", "none" }, { "information", "none" }, { "informational", "none" },
	{ "log", "none" },
	{ "信息", "none" }, { "提示", "none" }, { "安全", "none" }, { "0", "none" }, { NULL, NULL },
};

static const struct repair_word kind_words[] = {
	{ "vulnerability", "scan" }, { "scan", "scan" }, { "漏洞", "scan" }, { "安全漏洞", "scan" },
	{ "系统漏洞", "scan" },
	{ "web漏洞", "scan" }, { "weak_password", "weak_password" }, { "弱口令", "weak_password" },
	{ "弱密码", "weak_password" }, { "page_tamper", "page_tamper" }, { "网页篡改", "page_tamper" },
	{ "页面篡改", "page_tamper" }, { "篡改", "page_tamper" }, { "exposed_service", "exposed_service" },
	{ "服务暴露", "exposed_service" }, { "端口暴露", "exposed_service" }, { "高危端口", "exposed_service" },
	{ "dark_link", "dark_link" }, { "暗链", "dark_link" }, { "黑链", "dark_link" },
	{ "data_leak", "data_leak" }, { "信息泄露", "data_leak" }, { "数据泄露", "data_leak" },
	{ "misconfiguration", "misconfiguration" }, { "配置不当", "misconfiguration" },
	{ "基线", "misconfiguration" },
	{ "malware", "malware" }, { "木马", "malware" }, { "恶意程序", "malware" }, { "病毒", "malware" },
	{ "挖矿", "malware" }, { "certificate", "certificate" }, { "证书", "certificate" },
	{ "证书过期", "certificate" },
	{ "site_down", "site_down" }, { "无法访问", "site_down" }, { "exposure", "exposure" },
	{ "信息暴露", "exposure" },
	{ "other", "other" }, { "其他", "other" }, { NULL, NULL },
};

/* A severity in words, or a CVSS score ("7.5"). */
static void repair_severity(struct span in, const struct repair_word *words, struct arena *a,
	struct repaired *ret)
{
	struct span s = span_trim(in), rest = s;
	int64_t whole, tenth = 0;
	struct span first = span_split(&rest, '.');
	bool score = rest.p && span_int(first, 0, 10, &whole) && span_int(rest, 0, 9, &tenth);
	if (!score) {
		repair_word(in, words, a, ret);
		return;
	}
	int64_t tenths = whole * 10 + tenth;
	/* FIRST, CVSS v3.1, section 5: qualitative severity rating scale */
	*ret = (struct repaired){ .value = tenths >= 90 ? SPAN("critical")
			: tenths >= 70                ? SPAN("high")
			: tenths >= 40                ? SPAN("medium")
			: tenths > 0                  ? SPAN("low")
						      : SPAN("none") };
}

/* The first CVE id in the cell, upper case. */
static void repair_cve(struct span in, const struct repair_word *words, struct arena *a, struct repaired *ret)
{
	(void)words;
	*ret = (struct repaired){ .value = SPAN("") };
	for (size_t i = 0; i + 13 <= in.n; i++) {
		size_t end = i + 9;
		if (!span_eq_nocase((struct span){ in.p + i, 4 }, SPAN("CVE-")) || in.p[i + 8] != '-')
			continue;
		while (end < in.n && in.p[end] >= '0' && in.p[end] <= '9')
			end++;
		if (end - i < 13 || end - i > 20)
			continue;
		ret->value = arena_printf(a, "CVE-%.*s", (int)(end - i - 4), in.p + i + 4);
		return;
	}
}

static struct span host_of(struct span s)
{
	static const char *const schemes[] = { "http://", "https://", "ftp://" };
	for (size_t i = 0; i < COUNT(schemes); i++)
		if (span_starts(s, span_of(schemes[i])))
			s = span_from(s, strlen(schemes[i]));
	size_t end = 0, colon;
	while (end < s.n && s.p[end] != '/' && s.p[end] != '?' && s.p[end] != '#')
		end++;
	s.n = end;
	if (span_find(s, ':', &colon) && !memchr(s.p + colon + 1, ':', s.n - colon - 1))
		s.n = colon;
	return s;
}

/* An address, or the host of a URL. */
static void repair_address(struct span in, const struct repair_word *words, struct arena *a,
	struct repaired *ret)
{
	char text[ADDRESS_TEXT];
	(void)words;
	struct span s = utf8_fold(a, span_trim(in)), shown = utf8_cut(s, 40);
	*ret = (struct repaired){ .value = SPAN("") };
	if (!s.n || repair_is_nothing(in))
		return;
	if (address_parse(s, text) != ADDRESS_NONE || address_parse(host_of(s), text) != ADDRESS_NONE) {
		ret->value = arena_span(a, span_of(text));
		return;
	}
	ret->value = s;
	ret->mark = REPAIR_FAULT;
	err_set(&ret->why, ERR_INVALID, "“" SPAN_FMT "”不是地址或网址",
		"\"" SPAN_FMT "\" is neither an address nor a URL",
		SPAN_ARG(shown));
}

/* "443/tcp" is 443; "general/tcp" and 0 say nothing. */
static void repair_port(struct span in, const struct repair_word *words, struct arena *a,
	struct repaired *ret)
{
	struct span rest = span_trim(in), first = span_trim(span_split(&rest, '/'));
	int64_t port;
	(void)words;
	*ret = (struct repaired){ .value = SPAN("") };
	if (span_int(first, 1, 65535, &port))
		ret->value = arena_printf(a, "%" PRId64, port);
}

/* Long texts of scanners: what does not fit is left out. */
static void repair_words(struct span in, const struct repair_word *words, struct arena *a,
	struct repaired *ret)
{
	enum { KEPT = 6000 };
	repair_long(in, words, a, ret);
	ret->mark = REPAIR_NONE;
	ret->value = utf8_cut(ret->value, KEPT);
}

static const struct sheet_column columns[FINDING_COLUMNS] = {
	[FINDING_UNIT] = { "unit", "单位", "unit", "单位名称|责任单位|所属单位|资产所属单位|使用单位|主管单位|单位编码", NULL, NULL, 0, 100 },
	[FINDING_ASSET] = { "asset", "资产", "asset", "资产名称|系统|系统名称|信息系统|信息系统名称|业务系统|主机名|Hostname|网站名称", NULL,
	NULL, 0,
		200 },
	[FINDING_ADDRESS] = { "address", "地址", "address",
		"IP|IP地址|主机|主机IP|资产IP|目标|目标地址|目标IP|URL|网址|域名|受影响资产|Host|IP Address|漏洞URL|资产地址", NULL, NULL, 0,
		253,
		repair_address },
	[FINDING_PORT] = { "port", "端口", "port", "端口号|服务端口", NULL, NULL, 0, 20, repair_port },
	[FINDING_TITLE] = { "title", "标题", "title",
		"隐患名称|隐患标题|隐患|漏洞名称|漏洞标题|问题|问题名称|名称|Name|NVT Name|Plugin Name|Vulnerability|漏洞", NULL, NULL,
		SHEET_REQUIRED | SHEET_NEEDED, 300 },
	[FINDING_KIND] = { "kind", "类型", "kind", "隐患类型|隐患类别|漏洞类型|问题类型|类别", NULL, NULL, 0, 40, repair_word,
	kind_words },
	[FINDING_SEVERITY] = { "severity", "等级", "severity",
		"风险等级|危险等级|漏洞等级|隐患等级|风险级别|漏洞级别|危害级别|级别|严重程度|威胁等级|危险级别|Risk|Risk Factor|风险", NULL, NULL, 0, 20,
		repair_severity, severity_words },
	[FINDING_CVE] = { "cve", "CVE 编号", "CVE", "CVE|CVEs|CVE号|CVE ID|vuln_id", NULL, NULL, 0, 40,
	repair_cve },
	[FINDING_CHECK] = { "check", "检测项编号", "check", "Plugin ID|NVT OID|插件编号|插件ID|漏洞ID|漏洞编号", NULL, NULL, 0,
	100 },
	[FINDING_TEXT] = { "text", "说明", "text",
		"描述|详细描述|漏洞描述|隐患描述|问题描述|详情|Description|Summary|Synopsis|Specific Result", NULL, NULL,
		SHEET_ANYTHING,
		TEXT_MAX, repair_words },
	[FINDING_REMEDY] = { "remedy", "整改建议", "remedy", "解决办法|解决方案|修复建议|加固建议|处置建议|Solution", NULL, NULL,
	SHEET_ANYTHING,
		TEXT_MAX, repair_words },
	[FINDING_SOURCE] = { "source", "来源", "source", "来源单位|发现方|通报单位|报送单位|来文单位", NULL, NULL, 0, SOURCE_MAX },
	[FINDING_SOURCE_NUMBER] = { "source_number", "来源文号", "number at the source", "文号|来文号|来文文号|通报编号|通报文号",
	NULL, NULL, 0,
		SOURCE_MAX },
	[FINDING_DUE] = { "due", "期限", "due", "整改期限|整改时限|截止日期|完成时限|要求完成时间|限期|source_due", NULL, NULL, 0, 10,
	repair_date },
};

/* ---- what a row means ---- */

static struct span note(struct sheet *s, const char *option, struct span cell)
{
	struct span said = json_get_text(s->options, option);
	return cell.n || !said.n ? cell : utf8_cut(said, SOURCE_MAX);
}

static struct span key_of(const struct sheet *s, const struct sheet_row *row)
{
	struct span cve = sheet_text(row, FINDING_CVE), check = sheet_text(row, FINDING_CHECK),
		    port = sheet_text(row, FINDING_PORT), title = sheet_text(row, FINDING_TITLE);
	struct span name = cve.n ? cve : check.n ? check : title;
	struct span key = port.n ? arena_printf(s->arena, SPAN_FMT " :" SPAN_FMT, SPAN_ARG(name),
		SPAN_ARG(port)) : name;
	return utf8_cut(key, KEY_MAX);
}

static bool refuse(struct sheet *s, struct sheet_row *row, int column, const char *zh, const char *en)
{
	struct err e = { 0 };
	err_texts(&e, ERR_INVALID, "", zh, en);
	return sheet_fault(s, row, column, &e);
}

struct whose { int64_t unit_n, asset_n; };
struct known { int64_t n; struct span state; };        /* n 0: none */

static bool asset_by_name(struct op *op, struct span name, struct whose *w, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool found, more = false;
	if (!db_query(op_db(op),
		    SQL("SELECT n, unit_n FROM assets WHERE name=? AND retired_at IS NULL AND (?=0 OR "
		    "unit_n=?)"
			" ORDER BY n LIMIT 2"),
		    V(db_t(name), db_i(w->unit_n), db_i(w->unit_n)), &r, err) ||
		!db_next(r, &found, err))
		return false;
	if (!found)
		return true;
	struct whose one = { db_col_int(r, 1), db_col_int(r, 0) };
	if (!db_next(r, &more, err))
		return false;
	if (!more)
		*w = one;
	return true;
}

/* By unit, asset name, address: *w as far as they tell. */
static bool find_whose(struct op *op, struct sheet *s, struct sheet_row *row, struct whose *w,
	struct err *err)
{
	struct asset_place place;
	struct span unit = sheet_text(row, FINDING_UNIT), address = sheet_text(row, FINDING_ADDRESS),
		    asset = sheet_text(row, FINDING_ASSET);
	bool found = true;
	*w = (struct whose){ 0 };
	if (unit.n && !unit_find(op, unit, &w->unit_n, &found, err))
		return false;
	if (!found) {
		refuse(s, row, FINDING_UNIT, "没有这个单位（编码、名称、简称、别名都不是，或不唯一）",
			"there is no such unit (by code, name, short name or alias, or more than one)");
		return true;
	}
	if (address.n) {
		if (!asset_find_by_address(op, address, w->unit_n, &place, err))
			return false;
		if (place.found)
			*w = (struct whose){ place.unit_n ? place.unit_n : w->unit_n, place.n };
	}
	return w->asset_n || !asset.n || asset_by_name(op, asset, w, err);
}

static bool known(struct op *op, const struct sheet *s, const struct sheet_row *row, const struct whose *w,
	struct known *ret, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct span kind = sheet_text(row, FINDING_KIND), key = key_of(s, row),
		cve = sheet_text(row, FINDING_CVE);
	bool found;
	*ret = (struct known){ .state = SPAN("") };
	bool ok = w->asset_n ? db_query(op_db(op),
				       SQL("SELECT n, state FROM findings WHERE asset_n=? AND ((kind=? AND "
				       "key=?)"
					   " OR (vuln_id<>'' AND vuln_id=? AND kind='vulnerability')) ORDER "
					   "BY (kind<>?), n LIMIT 1"),
				       V(db_i(w->asset_n), db_t(kind), db_t(key), db_t(cve), db_t(kind)), &r,
				       err)
			     : db_query(op_db(op),
				       SQL("SELECT n, state FROM findings WHERE asset_n IS NULL AND "
				       "COALESCE(unit_n, 0)=? AND kind=?"
					   " AND key=? AND address=? ORDER BY n LIMIT 1"),
				       V(db_i(w->unit_n), db_t(kind), db_t(key),
				       db_t(sheet_text(row, FINDING_ADDRESS))), &r, err);
	if (!ok || !db_next(r, &found, err))
		return false;
	if (found) {
		ret->n = db_col_int(r, 0);
		ret->state = arena_span(s->arena, db_col_text(r, 1));
	}
	return true;
}

/* Where the report names nobody: left for somebody to claim, when that was asked for. */
static bool check_owner(struct sheet *s, struct sheet_row *row, const struct whose *w)
{
	bool leave = json_get_bool(s->options, "unassigned", false) ||
		span_is(json_get_text(s->options, "unassigned"), "true");
	if (!w->unit_n && !leave)
		return refuse(s, row, FINDING_ADDRESS, "地址不在台账中，也没有写单位；可补单位，或以“待认领”导入",
			"the address is in no inventory and no unit is named; name one, or import it as "
			"unassigned");
	if (w->unit_n ? !plan_in_scope(s->scope, w->unit_n) : !span_is(s->scope, "*"))
		return refuse(s, row, FINDING_UNIT, "这个单位不在您的辖区内", "this unit is outside your area");
	return true;
}

/* When no kind is said: what the title calls it. */
static struct span kind_of(const struct sheet_row *row, bool scanner)
{
	struct span title = sheet_text(row, FINDING_TITLE);
	for (const struct repair_word *w = kind_words; w->word; w++) {
		struct span word = span_of(w->word);
		bool wide = (unsigned char)w->word[0] >= 0x80 && word.n >= 6 && !span_is(word, "漏洞") &&
			strcmp(w->code, "other") != 0;
		for (size_t i = 0; wide && !sheet_text(row, FINDING_CVE).n && i + word.n <= title.n; i++)
			if (memcmp(title.p + i, word.p, word.n) == 0)
				return span_of(w->code);
	}
	return scanner ? SPAN("scan") : SPAN("other");
}

static bool compare_row(struct op *op, struct sheet *s, struct map *seen, struct sheet_row *row,
	struct err *err)
{
	struct whose w;
	struct err e = { 0 };
	struct known k;
	bool fresh;
	row->value[FINDING_SOURCE] = note(s, "source", sheet_text(row, FINDING_SOURCE));
	row->value[FINDING_SOURCE_NUMBER] = note(s, "source_number", sheet_text(row, FINDING_SOURCE_NUMBER));
	bool scanner = sheet_text(row, FINDING_CVE).n || sheet_text(row, FINDING_CHECK).n;
	if (!sheet_text(row, FINDING_KIND).n)
		row->value[FINDING_KIND] = kind_of(row, scanner);
	if (!sheet_text(row, FINDING_SEVERITY).n)
		row->value[FINDING_SEVERITY] = scanner ? SPAN("none") : SPAN("medium");
	if (scanner && span_is(row->value[FINDING_SEVERITY], "none") && !row->bad) {
		err_set(&e, ERR_INVALID, "仅为信息，不登记为隐患", "only information, not entered as a finding");
		sheet_repaired(s, row, -1, SPAN(""), &e);
		return true;
	}
	if (row->bad || !find_whose(op, s, row, &w, err))
		return row->bad;
	if (row->bad || !check_owner(s, row, &w))
		return true;
	struct span kind = sheet_text(row, FINDING_KIND), key = key_of(s, row),
		address = sheet_text(row, FINDING_ADDRESS);
	map_put(seen, arena_printf(s->arena, "%" PRId64 " %" PRId64 " " SPAN_FMT "\n" SPAN_FMT "\n" SPAN_FMT,
		w.unit_n, w.asset_n,
			      SPAN_ARG(kind), SPAN_ARG(key), SPAN_ARG(w.asset_n ? SPAN("") : address)),
			      row->line, &fresh);
	if (!known(op, s, row, &w, &k, err))
		return false;
	row->target_n = k.n;
	row->action = !fresh ? SHEET_UNCHANGED : !row->target_n ? SHEET_NEW
		: span_is(k.state, "closed")                    ? SHEET_CHANGED
								: SHEET_UNCHANGED;
	return true;
}

static bool compare(struct op *op, struct sheet *s, struct err *err)
{
	CLEANUP(map_free_p) struct map *seen = map_new(s->rows.n + 1);
	for (size_t i = 0; i < s->rows.n; i++)
		if (!compare_row(op, s, seen, &s->rows.p[i], err))
			return false;
	return true;
}

/* ---- writing ---- */

static struct span text_of(struct op *op, const struct sheet_row *row)
{
	struct span text = sheet_text(row, FINDING_TEXT), remedy = sheet_text(row, FINDING_REMEDY);
	return !remedy.n ? text
		: !text.n ? arena_printf(op->arena, "整改建议：" SPAN_FMT, SPAN_ARG(remedy))
			  : arena_printf(op->arena, SPAN_FMT "\n\n整改建议：" SPAN_FMT, SPAN_ARG(text),
			  	SPAN_ARG(remedy));
}

static bool add(struct op *op, struct sheet *s, struct sheet_row *row, const struct whose *w, struct err *err)
{
	struct record f;
	struct span due = sheet_text(row, FINDING_DUE);
	int64_t at;
	if (!record_new(&finding_resource, op->arena, &f))
		return false;
	record_set(&f, "unit_id", w->unit_n ? db_i(w->unit_n) : db_null());
	record_set(&f, "asset_id", w->asset_n ? db_i(w->asset_n) : db_null());
	record_set(&f, "kind", db_t(sheet_text(row, FINDING_KIND)));
	record_set(&f, "key", db_t(key_of(s, row)));
	record_set(&f, "severity", db_t(sheet_text(row, FINDING_SEVERITY)));
	record_set(&f, "vuln_id", db_t(sheet_text(row, FINDING_CVE)));
	record_set(&f, "title", db_t(sheet_text(row, FINDING_TITLE)));
	record_set(&f, "text", db_t(text_of(op, row)));
	record_set(&f, "address", db_t(sheet_text(row, FINDING_ADDRESS)));
	record_set(&f, "source", db_t(sheet_text(row, FINDING_SOURCE)));
	record_set(&f, "source_number", db_t(sheet_text(row, FINDING_SOURCE_NUMBER)));
	if (due.n && time_parse_date(due, TIME_CHINA, &at))
		record_set(&f, "source_due", db_i(at + TIME_DAY - TIME_SECOND));
	return finding_add(op, &f, err);
}

static bool write(struct op *op, struct sheet *s, struct sheet_row *row, struct err *err)
{
	struct whose w;
	struct finding_row f;
	struct known k;
	bool found;
	if (!find_whose(op, s, row, &w, err))
		return false;
	if (row->bad)
		return err_set(err, ERR_CONFLICT, "第 %" PRIu64 " 行的单位在导入时被改变，请重试",
			"the unit of line %" PRIu64 " was changed meanwhile, try again", row->line);
	if (!known(op, s, row, &w, &k, err))
		return false;
	if (!k.n)
		return add(op, s, row, &w, err);
	if (!span_is(k.state, "closed"))
		return true;
	return finding_load(op, k.n, &f, &found, err) &&
		finding_move(op, &f, "recur", &(struct finding_how){ .reason = SPAN("再次出现") }, err);
}

static const struct sheet_kind finding_sheet = {
	.name = "findings",
	.columns = columns,
	.n_columns = COUNT(columns),
	.compare = compare,
	.write = write,
};

const struct import_kind finding_import_kind = {
	.name = "findings",
	.zh = "隐患和扫描报告",
	.en = "findings and reports of scanners",
	.perm = PERM_FINDING_WRITE,
	.sheet = &finding_sheet,
};

static bool import_findings(struct command_call *c, struct err *err)
{
	return sheet_command(c, &finding_sheet, err);
}

const struct command finding_commands[] = {
	{ "import findings", "FILE", SHEET_OPTIONS " unassigned source= source-number=", COMMAND_OPEN,
		import_findings,
		"导入隐患或扫描报告（CSV、XLSX）；--source 来源；--unassigned 地址不明的留待认领；其余选项同 import units",
		"import findings or a scanner's report from CSV or XLSX; --source; --unassigned keeps those "
		"of unknown "
		"addresses;\n    other options as of import units" },
};
const size_t finding_commands_count = COUNT(finding_commands);
