/* A notice, and the order of one recipient, as pages for print. */
#include "codec/qr.h"
#include "notice/page.h"
#include "notice/room.h"
#include "people/people.h"

enum { NAMED_MAX = 12, ITEMS_MAX = 500 };

static bool office_name(struct op *op, int64_t unit_n, struct span *ret, struct err *err)
{
	if (!db_text(op_db(op), SQL("SELECT name FROM units WHERE n=?"), V(db_i(unit_n)), op->arena, ret,
	    err))
		return false;
	if (!ret->p)
		*ret = SPAN("");
	return true;
}

/* ---- a notice ---- */

static struct span tlp_text(struct op *op, struct span tlp)
{
	static const struct {
		const char *tlp, *zh;
	} known[] = { { "red", "仅限收件人" }, { "amber+strict", "限本单位" }, { "amber", "限本单位及其下属、服务商" },
		{ "green", "限本行业、本地区" }, { "clear", "可以公开" } };
	for (size_t i = 0; i < COUNT(known); i++) {
		if (!span_is(tlp, known[i].tlp))
			continue;
		struct str upper = STR_IN(op->arena, 40);
		for (const char *c = known[i].tlp; *c; c++)
			str_addc(&upper, *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c);
		return arena_printf(op->arena, "知悉范围：%s（TLP:%s）", known[i].zh, str_z(&upper));
	}
	return SPAN("");
}

static struct span colour_text(struct op *op, struct span colour)
{
	static const char *const known[][2] = { { "blue", "蓝色" }, { "yellow", "黄色" }, { "orange", "橙色" },
		{ "red", "红色" } };
	for (size_t i = 0; i < COUNT(known); i++)
		if (span_is(colour, known[i][0]))
			return arena_printf(op->arena, "预警级别：%s", known[i][1]);
	return SPAN("");
}

struct names {
	struct span first; /* what stands after the title: 「甲、乙」 or 「各有关单位」 */
	struct span all; /* all of them, where the first does not say; "" */
	int64_t n;
};

static bool recipient_names(struct op *op, const struct record *notice, struct names *ret, struct err *err)
{
	struct notice_list list = { 0 };
	struct err none = { 0 };
	struct str all = STR_IN(op->arena, 1 << 20);
	*ret = (struct names){ SPAN("各有关单位"), SPAN(""), 0 };
	/* A draft may not have found anybody yet. */
	if (!notice_recipients(op, notice, &list, &none)) {
		if (none.code != ERR_INVALID)
			*err = none;
		return none.code == ERR_INVALID;
	}
	for (size_t i = 0; i < list.n; i++) {
		struct span name;
		if (span_is(list.at[i].mark, "removed") || strcmp(list.at[i].to.part, "copy") == 0)
			continue;
		if (!office_name(op, list.at[i].to.unit_n, &name, err))
			return false;
		str_addz(&all, ret->n++ ? "、" : "");
		str_add(&all, name);
	}
	if (ret->n > 0 && ret->n <= NAMED_MAX)
		ret->first = str_span(&all);
	else if (ret->n > NAMED_MAX)
		ret->all = str_span(&all);
	return str_check(&all, err);
}

static bool enclosures(struct op *op, const struct record *notice, struct str *out, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	if (!db_query(op_db(op),
		    SQL("SELECT name FROM attachments WHERE resource='notice' AND record_n=? ORDER BY n "
		    "LIMIT 100"),
		    V(db_i(notice->n)), &r, err))
		return false;
	for (int i = 1;; i++) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			return true;
		str_addf(out, i == 1 ? "<p class=\"enclosed\">附件：%d. " : "<p>　　　%d. ", i);
		page_text(out, db_col_text(r, 0));
		str_addz(out, "</p>\n");
	}
}

/* A text that greets its reader itself has no line of recipients above it. */
static struct span without_greeting(struct span text, struct span greeting)
{
	struct span rest = text, line = span_trim(span_split(&rest, '\n'));
	return span_eq(line, greeting) ? rest.p ? rest : SPAN("") : text;
}

static struct span mark_of(struct span state)
{
	if (span_is(state, "issued"))
		return SPAN("");
	return span_is(state, "recalled") ? SPAN("已撤回")
		: span_is(state, "discarded") ? SPAN("作废")
					      : SPAN("草稿");
}

static void imprint(struct str *out, const struct names *names, struct span office, struct span date)
{
	str_addz(out, "<div class=\"imprint\">");
	if (names->all.n) {
		str_addz(out, "<p>主送：");
		page_text(out, names->all);
		str_addz(out, "。</p>");
	}
	str_addz(out, "<p>");
	page_text(out, office);
	str_addz(out, "　　");
	page_text(out, date);
	str_addz(out, date.n ? "印发</p></div>\n" : "</p></div>\n");
}

static bool notice_body(struct op *op, const struct record *notice, const struct names *names,
	struct str *out,
	struct err *err)
{
	int64_t due = record_int(notice, "due");
	struct template_words words = { .unit = names->first,
		.due = due ? template_due(op->arena, due) : SPAN("规定期限"),
		.list = SPAN("（涉及各单位的清单见各自的交办单）"),
		.number = record_text(notice, "number"),
		.title = record_text(notice, "title"),
		.severity = span_of(finding_severity_zh(record_text(notice, "severity"))),
		.source = record_text(notice, "source_number") };
	struct span text = without_greeting(record_text(notice, "text"), SPAN("{单位}：")), filled;
	if (!template_put(text, &words, op->arena, &filled, err))
		return false;
	str_addz(out, "<p class=\"to\">");
	page_text(out, names->first);
	str_addz(out, "：</p>\n");
	page_paragraphs(out, filled);
	return true;
}

bool notice_print(struct call *c, struct err *err)
{
	struct op *op = c->op;
	struct record notice;
	struct names names;
	struct span office, title;
	if (!resource_get(op, &notice_resource, c->params[0], &notice, err) ||
		!office_name(op, record_int(&notice, "issuer_id"), &office, err) ||
		!recipient_names(op, &notice, &names, err) ||
		!template_put(record_text(&notice, "title"), &(struct template_words){ .unit = names.first },
			op->arena, &title, err))
		return false;
	struct span number = record_text(&notice, "number");
	int64_t issued_at = record_int(&notice, "issued_at");
	struct page_head head = { .office = office, .number = number.n ? number : SPAN("（签发时编号）"),
		.title = title, .mark = mark_of(notice.state),
		.notes = { tlp_text(op, record_text(&notice, "tlp")),
			colour_text(op, record_text(&notice, "colour")) } };
	page_begin(c->out, &head);
	if (!notice_body(op, &notice, &names, c->out, err) || !enclosures(op, &notice, c->out, err))
		return false;
	page_sign(c->out, office, issued_at);
	imprint(c->out, &names, office, issued_at ? page_date(op->arena, issued_at) : SPAN(""));
	page_end(c->out);
	return page_answer(c, err);
}

/* ---- the order of one recipient ---- */

static bool heading_of(struct op *op, const struct record *o, struct span *ret, struct err *err)
{
	struct span kind = record_text(o, "kind"), notice_kind;
	*ret = span_is(kind, "task")        ? SPAN("工作任务单")
		: span_is(kind, "declaration") ? SPAN("信息资产申报通知")
					       : SPAN("网络安全隐患整改通知");
	if (record_int(o, "level") > 0)
		*ret = SPAN("督办函");
	if (!span_is(kind, "notice"))
		return true;
	if (!db_text(op_db(op),
	    SQL("SELECT kind FROM notices WHERE n=(SELECT notice_n FROM orders WHERE n=?)"),
		    V(db_i(o->n)), op->arena, &notice_kind, err))
		return false;
	if (record_int(o, "level") == 0)
		*ret = notice_kind.p ? word_text(notice_kind, true) : SPAN("通报");
	return true;
}

static bool advice_text(struct op *op, struct span kind, struct span title, struct span *ret, struct err *err)
{
	struct template_words words = { .title = title };
	return template_fill(op, "finding", kind, &words, ret, err);
}

static bool items(struct op *op, const struct record *o, struct str *out, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row, any = false;
	if (!span_is(record_text(o, "kind"), "finding"))
		return true;
	if (!db_query(op_db(op),
		    SQL("SELECT i.title, i.severity, i.kind, COALESCE(a.name, ''), COALESCE(a.address, '') "
		    "FROM items"
			" i LEFT JOIN assets a ON a.n=i.asset_n WHERE i.order_n=? ORDER BY i.n LIMIT ?"),
		    V(db_i(o->n), db_i(ITEMS_MAX)), &r, err))
		return false;
	for (int i = 1;; i++) {
		struct span advice;
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		struct span title = arena_span(op->arena, db_col_text(r, 0));
		if (!advice_text(op, arena_span(op->arena, db_col_text(r, 2)), title, &advice, err))
			return false;
		if (!any)
			str_addz(out, "<table><tr><th>序号</th><th>事项</th><th>资产</th><th>等级</th>"
				      "<th>整改要求</th></tr>\n");
		any = true;
		str_addf(out, "<tr><td>%d</td><td>", i);
		page_text(out, title);
		str_addz(out, "</td><td>");
		page_text(out, db_col_text(r, 3));
		if (!span_eq(db_col_text(r, 3), db_col_text(r, 4))) {
			str_addc(out, ' ');
			page_text(out, db_col_text(r, 4));
		}
		str_addf(out, "</td><td>%s</td><td>", finding_severity_zh(db_col_text(r, 1)));
		page_text(out, advice);
		str_addz(out, "</td></tr>\n");
	}
	str_addz(out, any ? "</table>\n" : "");
	return true;
}

static void deadlines(struct op *op, const struct record *o, struct str *out)
{
	int64_t acknowledge = record_int(o, "acknowledge_due"), answer = record_int(o, "answer_due");
	bool wanted = !span_is(record_text(o, "reply"), "none");
	if (!wanted || (!acknowledge && !answer))
		return;
	str_addz(out, "<p>请");
	if (acknowledge)
		str_addf(out, "于%s前签收", template_due(op->arena, acknowledge).p);
	if (answer && span_is(record_text(o, "reply"), "answer"))
		str_addf(out, "%s于%s前反馈", acknowledge ? "，" : "", template_due(op->arena, answer).p);
	str_addz(out, "。</p>\n");
}

/* The form that comes back on paper, for whoever has no account yet. */
static void receipt(const struct record *o, struct span unit, struct str *out)
{
	static const char *const lines[][2] = { { "签收人", "职务" }, { "联系电话", "签收时间" } };
	if (span_is(record_text(o, "reply"), "none"))
		return;
	str_addz(out, "<section class=\"receipt\"><h1>签收回执</h1>\n<table><tr><th>文号</th><td>");
	page_text(out, record_text(o, "number"));
	str_addz(out, "</td><th>单位</th><td>");
	page_text(out, unit);
	str_addz(out, "</td></tr>\n<tr><th>标题</th><td colspan=\"3\">");
	page_text(out, record_text(o, "title"));
	str_addz(out, "</td></tr>\n");
	for (size_t i = 0; i < COUNT(lines); i++)
		str_addf(out, "<tr><th>%s</th><td></td><th>%s</th><td></td></tr>\n", lines[i][0],
			lines[i][1]);
	str_addz(out, "<tr><th>办理情况</th><td class=\"tall\" colspan=\"3\"></td></tr>\n<tr><th>单位盖章</th>"
		      "<td class=\"tall\" colspan=\"3\">（印章）　　　　　　年　　月　　日</td></tr></table></section>\n");
}

static bool qr(struct op *op, const struct record *o, struct str *out, struct err *err)
{
	struct span base;
	struct err e = { 0 };
	if (!setting_text(op, "base_url", &base, err))
		return false;
	while (base.n && base.p[base.n - 1] == '/')
		base.n--;
	/* An address that is too long for a code is no reason to print nothing. */
	size_t before = out->n;
	if (base.n &&
		!qr_svg(arena_printf(op->arena, SPAN_FMT "/orders/" SPAN_FMT, SPAN_ARG(base),
		SPAN_ARG(o->id)),
			out, &e))
		out->n = before;
	return true;
}

static bool order_names(struct op *op, const struct record *o, struct span *ret_unit, struct span *ret_office,
	struct err *err)
{
	return office_name(op, record_int(o, "unit_id"), ret_unit, err) &&
		office_name(op, record_int(o, "issuer_id"), ret_office, err);
}

bool notice_order_print(struct call *c, struct err *err)
{
	struct op *op = c->op;
	struct record o;
	struct span unit, office, heading;
	if (!resource_get(op, &order_resource, c->params[0], &o, err) ||
		!order_names(op, &o, &unit, &office, err) || !heading_of(op, &o, &heading, err))
		return false;
	struct span number = record_text(&o, "number");
	int64_t sent_at = record_int(&o, "sent_at");
	struct page_head head = { .office = office, .number = number.n ? number : SPAN("（发出时编号）"),
		.title = heading,
		.mark = span_is(o.state, "withdrawn") ? SPAN("已撤回") : sent_at ? SPAN("") : SPAN("草稿") };
	page_begin(c->out, &head);
	if (!qr(op, &o, c->out, err))
		return false;
	str_addz(c->out, "<p class=\"to\">");
	page_text(c->out, unit);
	str_addz(c->out, "：</p>\n<p>");
	page_text(c->out, record_text(&o, "title"));
	str_addz(c->out, "</p>\n");
	page_paragraphs(c->out,
		without_greeting(record_text(&o, "text"),
		arena_printf(op->arena, SPAN_FMT "：", SPAN_ARG(unit))));
	if (!items(op, &o, c->out, err))
		return false;
	deadlines(op, &o, c->out);
	page_sign(c->out, office, sent_at);
	receipt(&o, unit, c->out);
	page_end(c->out);
	return page_answer(c, err);
}
