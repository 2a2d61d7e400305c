#include "people/unit_sheet.h"

#include <inttypes.h>
#include <stdio.h>

#include "people/uscc.h"

enum { ALIASES_TEXT = 2000, MAP_SPARE = 1000 };

/* ---- cells ---- */

static const struct repair_word kind_words[] = {
	{ "public_body", "public_body" }, { "党政机关和事业单位", "public_body" }, { "党政机关", "public_body" },
	{ "机关", "public_body" }, { "政府部门", "public_body" }, { "事业单位", "public_body" },
	{ "行政机关", "public_body" }, { "office", "office" }, { "网信办", "office" },
	{ "网信部门", "office" }, { "operator", "operator" }, { "运营单位", "operator" }, { "企业", "operator" },
	{ "国企", "operator" }, { "国有企业", "operator" }, { "民营企业", "operator" },
	{ "关键信息基础设施运营者", "operator" }, { "supplier", "supplier" }, { "技术支撑单位", "supplier" },
	{ "支撑单位", "supplier" }, { "服务商", "supplier" }, { NULL, NULL },
};

static const struct repair_word sector_words[] = {
#define SECTOR(name, zh, en) { name, name }, { zh, name },
#include "resource/sector.def"
#undef SECTOR
	{ "政府", "government" }, { "机关", "government" }, { "教育系统", "education" }, { "学校", "education" },
	{ "医疗", "health" }, { "卫生", "health" }, { "医疗卫生", "health" }, { "卫健", "health" },
	{ "水务", "water" }, { "供水", "water" }, { "水利", "water" }, { "能源", "power" },
	{ "供电", "power" }, { "石油", "oil" }, { "石化", "oil" }, { "通信", "telecom" },
	{ "电信", "telecom" }, { "互联网", "telecom" }, { "银行", "finance" }, { "金融业", "finance" },
	{ "交通", "transport" }, { "港口", "port" }, { "航运", "port" }, { "广电", "media" },
	{ "新闻媒体", "media" }, { "媒体", "media" }, { "邮政", "post" }, { "快递", "post" },
	{ "制造业", "industry" }, { "工业", "industry" }, { "农业", "agriculture" }, { "文旅", "culture" },
	{ "旅游", "culture" }, { "文化", "culture" }, { "环保", "environment" }, { "应急", "emergency" },
	{ "公安", "justice" }, { "司法", "justice" }, { "民政", "social" }, { "社保", "social" },
	{ "人社", "social" }, { "住建", "housing" }, { "市场监管", "commerce" }, { "商务", "commerce" },
	{ "科技", "technology" }, { "信息技术", "technology" }, { NULL, NULL },
};

static void repair_uscc(struct span in, const struct repair_word *words, struct arena *a,
	struct repaired *ret)
{
	struct err why = { 0 };
	(void)words;
	*ret = (struct repaired){ .value = SPAN("") };
	if (!in.n || repair_is_nothing(in))
		return;
	struct span code = uscc_tidy(in, a), better;
	ret->value = code;
	if (uscc_check(code, &why)) {
		if (span_eq(code, in))
			return;
		ret->mark = REPAIR_REPAIRED;
		err_set(&ret->why, ERR_INVALID, "已整理为“" SPAN_FMT "”", "was put right to \"" SPAN_FMT "\"",
			SPAN_ARG(code));
	} else if (uscc_propose(code, a, &better)) {
		ret->value = better;
		ret->mark = REPAIR_PROPOSED;
		err_set(&ret->why, ERR_INVALID, "校验位不符；把易混的字母改成数字后通过：" SPAN_FMT,
			"the check fails; it holds when letters taken for digits are put right: " SPAN_FMT,
			SPAN_ARG(better));
	} else {
		ret->mark = REPAIR_FAULT;
		err_texts(&ret->why, ERR_INVALID, "", why.zh, why.en);
	}
}

/* A name, still with what may stand beside it in the cell: taken apart with the telephone beside it. */
static void repair_contact(struct span in, const struct repair_word *words, struct arena *a,
	struct repaired *ret)
{
	repair_text(repair_is_nothing(in) ? SPAN("") : in, words, a, ret);
	ret->mark = REPAIR_NONE;
}

static void repair_order(struct span in, const struct repair_word *words, struct arena *a,
	struct repaired *ret)
{
	repair_number(in, words, a, ret);
}

static const struct sheet_column columns[UNIT_COLUMNS] = {
	[UNIT_CODE] = { "code", "单位编码", "code", "编码|单位代码", NULL, NULL, 0, 40, repair_code },
	[UNIT_NAME] = { "name", "单位名称", "name", "名称|全称|单位全称|单位|单位名|机构名称|部门名称|名称(全称)", NULL, NULL,
		SHEET_REQUIRED | SHEET_NEEDED, 100 },
	[UNIT_SHORT_NAME] = { "short_name", "简称", "short name", "单位简称", NULL, NULL, 0, 60 },
	[UNIT_PARENT_CODE] = { "parent", "上级单位", "parent", "上级|上级主管单位|归属单位", NULL, NULL, 0, 100 },
	[UNIT_SUPERVISOR_CODE] = { "supervisor", "主管部门", "supervisor", "行业主管部门|主管单位|主管|行业主管", NULL, NULL, 0,
		100 },
	[UNIT_DIVISION] = { "division", "行政区划", "division",
	"区划|所属区划|所在区县|所在县区|所属县区|所属区县|所在县市区|县市区|所在县(市、区)|县区|县(市、区)|区县|所在地|属地|"
		"行政区划代码|所属地区", NULL,
		NULL, 0, 40 },
	[UNIT_KIND] = { "kind", "单位类别", "kind", "类别|单位类型|单位性质|类型|性质", NULL, NULL, 0, 40, repair_word,
		kind_words },
	[UNIT_SECTOR] = { "sector", "行业", "sector", "所属行业|行业类别|行业领域", NULL, NULL, 0, 40, repair_word,
		sector_words },
	[UNIT_USCC] = { "uscc", "统一社会信用代码", "social credit code", "社会信用代码|信用代码|统一信用代码|统一社会信用代码证号|机构代码", NULL,
		NULL, 0, 40, repair_uscc },
	[UNIT_SORT_ORDER] = { "sort_order", "排序", "order", "排序号|顺序号|排列顺序", NULL, NULL, 0, 10, repair_order },
	[UNIT_ALIASES] = { "aliases", "别名", "aliases", "曾用名|其他名称|别称", NULL, NULL, 0, ALIASES_TEXT },
	[UNIT_PHONE] = { "phone", "值守电话", "telephone", "值班电话|联系电话|电话|办公电话|单位电话|座机|24小时值班电话", NULL, NULL,
	SHEET_PERSONAL,
		60, repair_phone },
	[UNIT_CHIEF + CONTACT_NAME] = { "chief", "主要负责人", "chief",
	"主要负责人姓名|主要领导|第一责任人|单位负责人|单位主要负责人|一把手|法定代表人|党政主要负责人", "chief", "姓名|名字", SHEET_PERSONAL, 60,
	repair_contact },
	[UNIT_CHIEF + CONTACT_PHONE] = { "chief_phone", "主要负责人手机", "chief telephone",
		"主要负责人手机|主要负责人电话|主要负责人联系电话|主要负责人手机号|"
		"主要负责人手机号码|主要负责人联系方式|主要负责人办公电话|主要领导手机|"
		"主要领导电话|主要领导联系电话|主要领导手机号|主要领导手机号码|"
		"主要领导联系方式|主要领导办公电话|第一责任人手机|第一责任人电话|"
		"第一责任人联系电话|第一责任人手机号|第一责任人手机号码|"
		"第一责任人联系方式|第一责任人办公电话|单位负责人手机|单位负责人电话|"
		"单位负责人联系电话|单位负责人手机号|单位负责人手机号码|"
		"单位负责人联系方式|单位负责人办公电话|单位主要负责人手机|"
		"单位主要负责人电话|单位主要负责人联系电话|单位主要负责人手机号|"
		"单位主要负责人手机号码|单位主要负责人联系方式|单位主要负责人办公电话|"
		"一把手手机|一把手电话|一把手联系电话|一把手手机号|一把手手机号码|"
		"一把手联系方式|一把手办公电话|法定代表人手机|法定代表人电话|"
		"法定代表人联系电话|法定代表人手机号|法定代表人手机号码|"
		"法定代表人联系方式|法定代表人办公电话|党政主要负责人手机|"
		"党政主要负责人电话|党政主要负责人联系电话|党政主要负责人手机号|"
		"党政主要负责人手机号码|党政主要负责人联系方式|党政主要负责人办公电话",
		"chief", "手机|电话|联系电话|手机号|手机号码|联系方式|联系电话(手机)|办公电话|移动电话", SHEET_PERSONAL, 40, repair_phone },
	[UNIT_CHIEF + CONTACT_POST] = { "chief_post", "主要负责人职务", "chief post",
		"主要负责人职位|主要领导职位|第一责任人职位|单位负责人职位|"
		"单位主要负责人职位|一把手职位|法定代表人职位|党政主要负责人职位", "chief", "职务|职位|职务职级", SHEET_PERSONAL, 60 },
	[UNIT_CHIEF + CONTACT_MAIL] = { "chief_mail", "主要负责人邮箱", "chief mail",
		"主要负责人电子邮箱|主要领导电子邮箱|第一责任人电子邮箱|"
		"单位负责人电子邮箱|单位主要负责人电子邮箱|一把手电子邮箱|"
		"法定代表人电子邮箱|党政主要负责人电子邮箱", "chief", "邮箱|电子邮箱|邮件|email|e-mail", SHEET_PERSONAL, 120,
		repair_mail },
	[UNIT_DEPUTY + CONTACT_NAME] = { "deputy", "分管领导", "deputy", "分管领导姓名|分管负责人|分管网络安全领导|网络安全分管领导|直接责任人",
	"deputy", "姓名|名字", SHEET_PERSONAL, 60, repair_contact },
	[UNIT_DEPUTY + CONTACT_PHONE] = { "deputy_phone", "分管领导手机", "deputy telephone",
		"分管领导手机|分管领导电话|分管领导联系电话|分管领导手机号|"
		"分管领导手机号码|分管领导联系方式|分管领导办公电话|分管负责人手机|"
		"分管负责人电话|分管负责人联系电话|分管负责人手机号|分管负责人手机号码|"
		"分管负责人联系方式|分管负责人办公电话|分管网络安全领导手机|"
		"分管网络安全领导电话|分管网络安全领导联系电话|分管网络安全领导手机号|"
		"分管网络安全领导手机号码|分管网络安全领导联系方式|"
		"分管网络安全领导办公电话|网络安全分管领导手机|网络安全分管领导电话|"
		"网络安全分管领导联系电话|网络安全分管领导手机号|网络安全分管领导手机号码|"
		"网络安全分管领导联系方式|网络安全分管领导办公电话|直接责任人手机|"
		"直接责任人电话|直接责任人联系电话|直接责任人手机号|直接责任人手机号码|"
		"直接责任人联系方式|直接责任人办公电话",
		"deputy", "手机|电话|联系电话|手机号|手机号码|联系方式|联系电话(手机)|办公电话|移动电话", SHEET_PERSONAL, 40, repair_phone },
	[UNIT_DEPUTY + CONTACT_POST] = { "deputy_post", "分管领导职务", "deputy post",
		"分管领导职位|分管负责人职位|分管网络安全领导职位|网络安全分管领导职位|"
		"直接责任人职位", "deputy", "职务|职位|职务职级", SHEET_PERSONAL, 60 },
	[UNIT_DEPUTY + CONTACT_MAIL] = { "deputy_mail", "分管领导邮箱", "deputy mail",
		"分管领导电子邮箱|分管负责人电子邮箱|分管网络安全领导电子邮箱|"
		"网络安全分管领导电子邮箱|直接责任人电子邮箱", "deputy", "邮箱|电子邮箱|邮件|email|e-mail", SHEET_PERSONAL, 120,
		repair_mail },
	[UNIT_LIAISON_A + CONTACT_NAME] = { "liaison_a", "联络员A", "liaison A",
	"联络员A姓名|联络员|联络员姓名|A角|A岗|A角联络员|联络员1|第一联络员|网络安全联络员|联络人|联系人|经办人|联络员A角", "liaison_a", "姓名|名字",
	SHEET_PERSONAL, 60,
	repair_contact },
	[UNIT_LIAISON_A + CONTACT_PHONE] = { "liaison_a_phone", "联络员A手机", "liaison A telephone",
		"联络员A手机|联络员A电话|联络员A联系电话|联络员A手机号|"
		"联络员A手机号码|联络员A联系方式|联络员A办公电话|联络员手机|"
		"联络员电话|联络员联系电话|联络员手机号|联络员手机号码|联络员联系方式|"
		"联络员办公电话|A角手机|A角电话|A角联系电话|A角手机号|A角手机号码|"
		"A角联系方式|A角办公电话|A岗手机|A岗电话|A岗联系电话|A岗手机号|"
		"A岗手机号码|A岗联系方式|A岗办公电话|A角联络员手机|A角联络员电话|"
		"A角联络员联系电话|A角联络员手机号|A角联络员手机号码|"
		"A角联络员联系方式|A角联络员办公电话|联络员1手机|联络员1电话|"
		"联络员1联系电话|联络员1手机号|联络员1手机号码|联络员1联系方式|"
		"联络员1办公电话|第一联络员手机|第一联络员电话|第一联络员联系电话|"
		"第一联络员手机号|第一联络员手机号码|第一联络员联系方式|"
		"第一联络员办公电话|网络安全联络员手机|网络安全联络员电话|"
		"网络安全联络员联系电话|网络安全联络员手机号|网络安全联络员手机号码|"
		"网络安全联络员联系方式|网络安全联络员办公电话|联络人手机|联络人电话|"
		"联络人联系电话|联络人手机号|联络人手机号码|联络人联系方式|"
		"联络人办公电话|联系人手机|联系人电话|联系人联系电话|联系人手机号|"
		"联系人手机号码|联系人联系方式|联系人办公电话|经办人手机|经办人电话|"
		"经办人联系电话|经办人手机号|经办人手机号码|经办人联系方式|"
		"经办人办公电话|联络员A角手机|联络员A角电话|联络员A角联系电话|"
		"联络员A角手机号|联络员A角手机号码|联络员A角联系方式|联络员A角办公电话",
		"liaison_a", "手机|电话|联系电话|手机号|手机号码|联系方式|联系电话(手机)|办公电话|移动电话", SHEET_PERSONAL, 40,
		repair_phone },
	[UNIT_LIAISON_A + CONTACT_POST] = { "liaison_a_post", "联络员A职务", "liaison A post",
		"联络员A职位|联络员职位|A角职位|A岗职位|A角联络员职位|联络员1职位|"
		"第一联络员职位|网络安全联络员职位|联络人职位|联系人职位|经办人职位|"
		"联络员A角职位", "liaison_a", "职务|职位|职务职级", SHEET_PERSONAL, 60 },
	[UNIT_LIAISON_A + CONTACT_MAIL] = { "liaison_a_mail", "联络员A邮箱", "liaison A mail",
		"联络员A电子邮箱|联络员电子邮箱|A角电子邮箱|A岗电子邮箱|"
		"A角联络员电子邮箱|联络员1电子邮箱|第一联络员电子邮箱|"
		"网络安全联络员电子邮箱|联络人电子邮箱|联系人电子邮箱|经办人电子邮箱|"
		"联络员A角电子邮箱", "liaison_a", "邮箱|电子邮箱|邮件|email|e-mail", SHEET_PERSONAL, 120, repair_mail },
	[UNIT_LIAISON_B + CONTACT_NAME] = { "liaison_b", "联络员B", "liaison B",
	"联络员B姓名|B角|B岗|B角联络员|联络员2|第二联络员|备用联络员|联络员B角", "liaison_b", "姓名|名字", SHEET_PERSONAL, 60,
	repair_contact },
	[UNIT_LIAISON_B + CONTACT_PHONE] = { "liaison_b_phone", "联络员B手机", "liaison B telephone",
		"联络员B手机|联络员B电话|联络员B联系电话|联络员B手机号|"
		"联络员B手机号码|联络员B联系方式|联络员B办公电话|B角手机|B角电话|"
		"B角联系电话|B角手机号|B角手机号码|B角联系方式|B角办公电话|"
		"B岗手机|B岗电话|B岗联系电话|B岗手机号|B岗手机号码|B岗联系方式|"
		"B岗办公电话|B角联络员手机|B角联络员电话|B角联络员联系电话|"
		"B角联络员手机号|B角联络员手机号码|B角联络员联系方式|"
		"B角联络员办公电话|联络员2手机|联络员2电话|联络员2联系电话|"
		"联络员2手机号|联络员2手机号码|联络员2联系方式|联络员2办公电话|"
		"第二联络员手机|第二联络员电话|第二联络员联系电话|第二联络员手机号|"
		"第二联络员手机号码|第二联络员联系方式|第二联络员办公电话|备用联络员手机|"
		"备用联络员电话|备用联络员联系电话|备用联络员手机号|备用联络员手机号码|"
		"备用联络员联系方式|备用联络员办公电话|联络员B角手机|联络员B角电话|"
		"联络员B角联系电话|联络员B角手机号|联络员B角手机号码|"
		"联络员B角联系方式|联络员B角办公电话",
		"liaison_b", "手机|电话|联系电话|手机号|手机号码|联系方式|联系电话(手机)|办公电话|移动电话", SHEET_PERSONAL, 40,
		repair_phone },
	[UNIT_LIAISON_B + CONTACT_POST] = { "liaison_b_post", "联络员B职务", "liaison B post",
		"联络员B职位|B角职位|B岗职位|B角联络员职位|联络员2职位|"
		"第二联络员职位|备用联络员职位|联络员B角职位", "liaison_b", "职务|职位|职务职级", SHEET_PERSONAL, 60 },
	[UNIT_LIAISON_B + CONTACT_MAIL] = { "liaison_b_mail", "联络员B邮箱", "liaison B mail",
		"联络员B电子邮箱|B角电子邮箱|B岗电子邮箱|B角联络员电子邮箱|"
		"联络员2电子邮箱|第二联络员电子邮箱|备用联络员电子邮箱|联络员B角电子邮箱", "liaison_b", "邮箱|电子邮箱|邮件|email|e-mail",
		SHEET_PERSONAL, 120,
		repair_mail },
};

/* ---- which unit a row means ---- */

static bool refuse_row(struct unit_index *x, struct sheet_row *row, int column, const char *zh,
	const char *en,
	uint64_t line)
{
	struct err e = { .code = ERR_INVALID };
	snprintf(e.zh, sizeof e.zh, "%s", zh);
	snprintf(e.en, sizeof e.en, "%s", en);
	if (line) {
		snprintf(e.zh, sizeof e.zh, "与第 %" PRIu64 " 行%s", line, zh);
		snprintf(e.en, sizeof e.en, "%s line %" PRIu64, en, line);
	}
	return sheet_fault(x->s, row, column, &e);
}

/* "same:CODE", "same:#LINE". */
static ssize_t decided(struct unit_index *x, struct sheet_row *row)
{
	struct span what = span_from(row->decision, 5);
	int64_t line;
	ssize_t at = UNIT_NO_NODE;
	if (what.n && what.p[0] == '#' && span_int(span_from(what, 1), 1, INT64_MAX, &line)) {
		for (size_t i = 0; i < x->nodes.n; i++)
			if (x->nodes.p[i].row && x->nodes.p[i].row->line == (uint64_t)line)
				at = (ssize_t)i;
	} else {
		at = unit_index_get(x->by_code, what);
	}
	if (at < 0)
		refuse_row(x, row, UNIT_NAME, "决定中的单位不存在", "the decision names no unit", 0);
	return at;
}

static void ask(struct unit_index *x, struct sheet_row *row, ssize_t at)
{
	const struct unit_node *node = &x->nodes.p[at];
	struct span shown = utf8_cut(node->name, 40);
	struct err e = { 0 };
	if (node->n)
		err_set(&e, ERR_INVALID,
			"与已有单位“" SPAN_FMT "”（" SPAN_FMT "）相近：是同一单位（same:" SPAN_FMT "）还是新单位（new）？",
			"looks like \"" SPAN_FMT "\" (" SPAN_FMT "): the same (same:" SPAN_FMT ") or a new "
			"one (new)?",
			SPAN_ARG(shown), SPAN_ARG(node->code), SPAN_ARG(node->code));
	else
		err_set(&e, ERR_INVALID, "与第 %" PRIu64 " 行“" SPAN_FMT "”相近：是同一单位（same:#%"
			PRIu64 "）还是新单位（new）？",
			"looks like line %" PRIu64 ", \"" SPAN_FMT "\": the same (same:#%"
			PRIu64 ") or a new one (new)?",
			node->row->line, SPAN_ARG(shown), node->row->line);
	sheet_ask(x->s, row, UNIT_NAME, &e);
}

static bool uscc_is_free(struct unit_index *x, struct sheet_row *row, ssize_t but)
{
	ssize_t at = unit_index_get(x->by_uscc, sheet_text(row, UNIT_USCC));
	struct err e = { 0 };
	if (at == UNIT_NO_NODE || at == but)
		return true;
	const struct unit_node *node = at >= 0 ? &x->nodes.p[at] : NULL;
	if (node && !node->n)
		return refuse_row(x, row, UNIT_USCC, "的统一社会信用代码重复", "the same social credit code as in",
			node->row->line);
	struct span shown = node ? utf8_cut(node->name, 40) : SPAN("…");
	err_set(&e, ERR_INVALID, "这个统一社会信用代码已属于“" SPAN_FMT "”",
		"this social credit code belongs to \"" SPAN_FMT "\"",
		SPAN_ARG(shown));
	return sheet_fault(x->s, row, UNIT_USCC, &e);
}

static ssize_t add_fresh(struct unit_index *x, struct sheet_row *row, ssize_t unless)
{
	if (!uscc_is_free(x, row, unless))
		return UNIT_NO_NODE;
	struct unit_node node = { .fresh = true, .row = row, .code = sheet_text(row, UNIT_CODE),
		.name = sheet_text(row, UNIT_NAME), .short_name = sheet_text(row, UNIT_SHORT_NAME),
		.uscc = sheet_text(row, UNIT_USCC), .kind = sheet_text(row, UNIT_KIND), .above = { -1, -1 } };
	return (ssize_t)unit_index_add(x, node);
}

/* One the store has; once in a file. */
static ssize_t take_known(struct unit_index *x, struct sheet_row *row, ssize_t at, int column)
{
	struct unit_node *node = &x->nodes.p[at];
	if (node->row) {
		bool code = column == UNIT_CODE;
		refuse_row(x, row, column, code ? "的编码重复" : "是同一单位",
			code ? "the same code as in" : "the same unit as in",
			node->row->line);
		return UNIT_NO_NODE;
	}
	if (!plan_in_scope(x->s->scope, node->n)) {
		refuse_row(x, row, column, "这个单位不在您的辖区内，请与市网信办联系", "this unit is outside your area", 0);
		return UNIT_NO_NODE;
	}
	if (!uscc_is_free(x, row, at))
		return UNIT_NO_NODE;
	node->row = row;
	row->target_n = node->n;
	return at;
}

static ssize_t match_by_code(struct unit_index *x, struct sheet_row *row)
{
	ssize_t at = unit_index_get(x->by_code, sheet_text(row, UNIT_CODE));
	return at >= 0 ? take_known(x, row, at, UNIT_CODE) : add_fresh(x, row, UNIT_NO_NODE);
}

static ssize_t match_by_names(struct unit_index *x, struct sheet_row *row)
{
	struct span name = sheet_text(row, UNIT_NAME), uscc = sheet_text(row, UNIT_USCC);
	ssize_t by_uscc = unit_index_get(x->by_uscc, uscc), at = unit_index_get(x->by_name, name);
	if (at == UNIT_NO_NODE)
		at = unit_index_get(x->by_short, name);
	if (by_uscc == UNIT_SEVERAL || (at == UNIT_SEVERAL && by_uscc < 0)) {
		refuse_row(x, row, UNIT_NAME, "有几个单位与此相符，请写编码", "several units fit, write the code", 0);
		return UNIT_NO_NODE;
	}
	if (by_uscc >= 0 && at >= 0 && by_uscc != at) {
		refuse_row(x, row, UNIT_USCC, "名称与统一社会信用代码分属两个单位",
			"the name is one unit's, the social credit code another's",
			0);
		return UNIT_NO_NODE;
	}
	bool other_body = at >= 0 && by_uscc < 0 && uscc.n && x->nodes.p[at].uscc.n;
	if (by_uscc >= 0 || (at >= 0 && !other_body))
		return take_known(x, row, by_uscc >= 0 ? by_uscc : at, by_uscc >= 0 ? UNIT_USCC : UNIT_NAME);
	if (!other_body)
		at = unit_index_like(x, name, uscc);
	if (at >= 0)
		ask(x, row, at);
	return add_fresh(x, row, UNIT_NO_NODE);
}

static ssize_t match(struct unit_index *x, struct sheet_row *row)
{
	if (sheet_text(row, UNIT_CODE).n)
		return match_by_code(x, row);
	if (span_is(row->decision, "new")) {
		/* said of every row: one that the store has is not made anew */
		ssize_t at = unit_index_get(x->by_uscc, sheet_text(row, UNIT_USCC));
		if (at < 0)
			at = unit_index_get(x->by_name, sheet_text(row, UNIT_NAME));
		return at >= 0 && json_get_bool(x->s->options, "new_all", false) ? take_known(x, row, at,
			UNIT_NAME)
									      : add_fresh(x, row,
									      	UNIT_NO_NODE);
	}
	if (!span_starts(row->decision, SPAN("same:")))
		return match_by_names(x, row);
	ssize_t at = decided(x, row);
	if (at < 0)
		return UNIT_NO_NODE;
	if (x->nodes.p[at].row) {
		row->data = SPAN("same");      /* its persons join those of the other line */
		return at;
	}
	return take_known(x, row, at, UNIT_NAME);
}

/* ---- what a row says of one that the store has ---- */

/* In a table of another's making an empty cell says nothing. */
static void drop_empty(struct sheet_row *row)
{
	for (int i = 0; i < UNIT_CHIEF; i++)
		if (row->value[i].p && !row->value[i].n)
			row->value[i] = (struct span){ NULL, 0 };
}

static bool add_alias(struct unit_index *x, struct unit_node *node, struct span alias, struct err *err)
{
	CLEANUP(json_free) json_t *list = NULL;
	struct str out = STR_IN(x->s->arena, 65536);
	struct span text;
	if (!db_text(op_db(x->op), SQL("SELECT aliases FROM units WHERE n=?"), V(db_i(node->n)), x->s->arena,
	    &text, err) ||
		!json_parse(text.n && !span_is(text, "null") ? text : SPAN("[]"), 2, &list, err))
		return false;
	for (size_t i = 0; i < json_array_size(list); i++)
		if (span_eq(json_text(json_array_get(list, i)), alias))
			return true;
	if (json_array_size(list) >= ALIASES_MAX)
		return true;
	json_array_append_new(list, json_of_span(alias));
	if (!json_write(list, &out, err))
		return false;
	node->row->value[UNIT_ALIASES] = str_span(&out);
	return true;
}

/* Known by short name, alias or decision: it keeps its name. */
static bool keep_name(struct unit_index *x, struct unit_node *node, struct err *err)
{
	struct sheet_row *row = node->row;
	struct span name = sheet_text(row, UNIT_NAME), is = utf8_cut(node->name, 40);
	size_t division;
	struct err e = { 0 };
	if (span_eq(name, node->name))
		return true;
	bool decision = span_starts(row->decision, SPAN("same:"));
	ssize_t by_short = unit_index_get(x->by_short, name);
	bool known = by_short >= 0 && &x->nodes.p[by_short] == node;
	if (!decision && !known && !span_eq(unit_core(x, name, &division), node->core))
		return true;                   /* renamed: the social credit code says who it is */
	err_set(&e, ERR_INVALID, "已有单位“" SPAN_FMT "”", "is the unit \"" SPAN_FMT "\"", SPAN_ARG(is));
	sheet_repaired(x->s, row, UNIT_NAME, node->name, &e);
	return known || row->value[UNIT_ALIASES].p || add_alias(x, node, name, err);
}

/* "甲；乙;丙" to ["甲","乙","丙"]. */
static void take_aliases(struct unit_index *x, struct sheet_row *row)
{
	struct span parts[ALIASES_MAX + 1], text = row->value[UNIT_ALIASES];
	struct str out = STR_IN(x->s->arena, 65536);
	struct err e = { 0 };
	if (!text.p)
		return;
	size_t n = repair_split(text, parts, COUNT(parts));
	bool good = n <= ALIASES_MAX;
	str_addc(&out, '[');
	for (size_t i = 0; i < n; i++) {
		good = good && utf8_count(parts[i]) <= ALIAS_CHARACTERS;
		str_addz(&out, i ? "," : "");
		str_add_json(&out, parts[i]);
	}
	str_addc(&out, ']');
	row->value[UNIT_ALIASES] = str_span(&out);
	if (good)
		return;
	err_set(&e, ERR_INVALID, "别名至多 %d 个，每个至多 %d 个字", "at most %d aliases of %d characters",
		(int)ALIASES_MAX,
		(int)ALIAS_CHARACTERS);
	sheet_fault(x->s, row, UNIT_ALIASES, &e);
}

/* ---- divisions, kinds, codes ---- */

static bool take_division(struct unit_index *x, struct unit_node *node, struct err *err)
{
	struct sheet_row *row = node->row;
	struct span text = sheet_text(row, UNIT_DIVISION), code, shown = utf8_cut(text, 40);
	struct err e = { 0 };
	if (!text.n)
		return true;
	if (!unit_division_find(x, text, &node->division_n, &code, err))
		return false;
	if (node->division_n) {
		row->value[UNIT_DIVISION] = code;
		return true;
	}
	err_set(&e, ERR_INVALID, "没有这个代码或名称的行政区划（“" SPAN_FMT "”）",
		"no division has this code or name (\"" SPAN_FMT "\")", SPAN_ARG(shown));
	sheet_fault(x->s, row, UNIT_DIVISION, &e);
	return true;
}

static bool take_code(struct unit_index *x, struct unit_node *node, struct err *err)
{
	struct sheet_row *row = node->row;
	struct err e = { 0 };
	if (sheet_text(row, UNIT_CODE).n)
		return true;
	if (!node->fresh && !x->coded) {
		row->value[UNIT_CODE] = node->code;
		return true;
	}
	struct span code = node->code;
	if (node->fresh && !unit_make_code(x, node->division_n, &code, err))
		return false;
	node->code = code;
	map_put(x->by_code, code, (uint64_t)(node - x->nodes.p), NULL);
	if (!x->coded) {
		row->value[UNIT_CODE] = code;
		return true;
	}
	err_set(&e, ERR_INVALID, "不能为空；建议编码 " SPAN_FMT, "must not be empty; " SPAN_FMT " is proposed",
		SPAN_ARG(code));
	(void)sheet_propose(x->s, row, UNIT_CODE, code, &e);
	return true;
}

static bool take_node(struct unit_index *x, struct unit_node *node, struct err *err)
{
	struct sheet_row *row = node->row;
	struct err e = { 0 };
	if (!x->coded && !node->fresh)
		drop_empty(row);
	take_aliases(x, row);
	if (!take_division(x, node, err) || (!node->fresh && !x->coded && !keep_name(x, node, err)))
		return false;
	if (x->coded && row->value[UNIT_KIND].p && !row->value[UNIT_KIND].n && !row->bad) {
		err_set(&e, ERR_INVALID, "不能为空", "must not be empty");
		sheet_fault(x->s, row, UNIT_KIND, &e);
	}
	if (node->fresh && (!x->coded || !row->value[UNIT_KIND].p))
		unit_infer(x, node);
	if (row->value[UNIT_SECTOR].p ? !row->value[UNIT_SECTOR].n : node->fresh)
		row->value[UNIT_SECTOR] = span_of(unit_sectors[0]);
	return take_code(x, node, err);
}

/* ---- actions ---- */

static bool changed_unit(struct unit_index *x, struct unit_node *node, bool *ret, struct err *err)
{
	static const char *const fields[] = { "parent_id", "supervisor_id" };
	struct record before, after;
	bool found;
	if (!resource_load(x->op, &unit_resource, node->n, &before, &found, err))
		return false;
	if (!found)
		return err_set(err, ERR_CONFLICT, "单位表在比对时发生变化，请重试",
			"the units changed meanwhile, try again");
	after = record_copy(x->op, &before);
	if (!unit_fill(x->op, node->row, &after, err))
		return false;
	*ret = unit_differs(&before, &after);
	for (int tree = 0; tree < 2; tree++) {
		const struct unit_node *above = node->above[tree] < 0 ? NULL : &x->nodes.p[node->above[tree]];
		if (!node->said[tree] || (above ? above->n && above->n == record_int(&before, fields[tree])
						: record_int(&before, fields[tree]) == 0))
			continue;
		node->row->data = SPAN("place");
		*ret = true;
	}
	return true;
}

static bool act(struct unit_index *x, struct unit_node *node, struct err *err)
{
	bool changed = false, contacts = false;
	struct sheet_row *row = node->row;
	for (int tree = 0; node->fresh && tree < 2; tree++)
		if (node->above[tree] >= 0 && x->nodes.p[node->above[tree]].fresh)
			row->data = SPAN("place");
	if ((!node->fresh && !changed_unit(x, node, &changed, err)) ||
		!unit_take_contacts(x, row, node->n, &contacts, err))
		return false;
	row->action = node->fresh ? SHEET_NEW : changed || contacts ? SHEET_CHANGED : SHEET_UNCHANGED;
	return true;
}

/* A further line about the unit of the line before (merged cells): only persons. */
static bool continues(const struct sheet *s, size_t i)
{
	int at = s->at[UNIT_NAME];
	const struct sheet_row *row = &s->rows.p[i];
	return i > 0 && at >= 0 && row->merged && (size_t)at < row->n_cells && row->merged[at] &&
		(size_t)at < s->rows.p[i - 1].n_cells && span_eq(row->cells[at], s->rows.p[i - 1].cells[at]);
}

static bool act_further(struct unit_index *x, struct sheet_row *row, const struct unit_node *node,
	struct err *err)
{
	struct span *a = &row->value[UNIT_LIAISON_A + CONTACT_NAME],
		*b = &row->value[UNIT_LIAISON_B + CONTACT_NAME];
	bool changed = false;
	if (!node || node->row->bad || node->row->action == SHEET_REFUSED) {
		refuse_row(x, row, UNIT_NAME, "本单位的首行有误", "the first row of this unit is wrong", 0);
		return true;
	}
	row->value[UNIT_CODE] = node->code;
	row->value[UNIT_NAME] = node->name;
	row->target_n = node->n;
	row->data = SPAN("contacts");
	if (a->n && !b->n && !span_eq(*a, sheet_text(node->row, UNIT_LIAISON_A + CONTACT_NAME)))
		for (int i = 0; i < UNIT_CONTACTS; i++) {
			b[i] = a[i];
			a[i] = SPAN("");
		}
	if (!unit_take_contacts(x, row, node->n, &changed, err))
		return false;
	row->action = changed || node->fresh ? SHEET_CHANGED : SHEET_UNCHANGED;
	return true;
}

static bool compare_all(struct unit_index *x, struct err *err)
{
	struct sheet *s = x->s;
	ssize_t *node_of = arena_array(s->arena, s->rows.n + 1, sizeof *node_of);
	for (size_t i = 0; i < s->rows.n; i++) {
		struct sheet_row *row = &s->rows.p[i];
		node_of[i] = continues(s, i) ? node_of[i - 1] : !sheet_text(row, UNIT_NAME).n ? UNIT_NO_NODE
			: match(x, row);
	}
	for (size_t i = 0; i < x->nodes.n; i++)
		if (x->nodes.p[i].row && !take_node(x, &x->nodes.p[i], err))
			return false;
	for (size_t i = 0; i < x->nodes.n; i++)
		if (x->nodes.p[i].row && !unit_place(x, &x->nodes.p[i], err))
			return false;
	unit_check_places(x);
	for (size_t i = 0; i < s->rows.n; i++) {
		struct unit_node *node = node_of[i] >= 0 ? &x->nodes.p[node_of[i]] : NULL;
		bool further = continues(s, i) || span_is(s->rows.p[i].data, "same");
		if (further ? !act_further(x, &s->rows.p[i], node, err) : (node && !act(x, node, err)))
			return false;
	}
	return true;
}

static bool compare(struct op *op, struct sheet *s, struct err *err)
{
	struct unit_index x = { .op = op, .s = s, .coded = s->at[UNIT_CODE] >= 0 };
	int64_t units;
	bool found;
	if (!db_int(op_db(op), SQL("SELECT count(*) FROM units"), V0, &units, &found, err))
		return false;
	size_t max = (size_t)units * 2 + s->rows.n * 3 + MAP_SPARE;
	CLEANUP(map_free_p) struct map *by_code = map_new(max);
	CLEANUP(map_free_p) struct map *by_uscc = map_new(max);
	CLEANUP(map_free_p) struct map *by_name = map_new(max);
	CLEANUP(map_free_p) struct map *by_short = map_new(max + (size_t)units * ALIASES_MAX);
	CLEANUP(map_free_p) struct map *by_core = map_new(max);
	CLEANUP(map_free_p) struct map *by_n = map_new(max);
	CLEANUP(map_free_p) struct map *divisions = map_new(max);
	CLEANUP(map_free_p) struct map *series = map_new(max);
	x.by_code = by_code;
	x.by_uscc = by_uscc;
	x.by_name = by_name;
	x.by_short = by_short;
	x.by_core = by_core;
	x.by_n = by_n;
	x.divisions = divisions;
	x.series = series;
	return unit_index_load(&x, err) && compare_all(&x, err);
}

static const struct sheet_kind unit_sheet = {
	.name = "units",
	.columns = columns,
	.n_columns = COUNT(columns),
	.compare = compare,
	.write = unit_sheet_write,
	.finish = unit_sheet_finish,
};

const struct import_kind unit_import_kind = {
	.name = "units",
	.zh = "单位和联系人",
	.en = "units and their contacts",
	.perm = PERM_UNIT_WRITE,
	.sheet = &unit_sheet,
};

bool unit_import(struct command_call *c, struct err *err)
{
	return sheet_command(c, &unit_sheet, err);
}
