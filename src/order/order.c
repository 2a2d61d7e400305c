/* The order as a resource: its fields, what is shown beside them, and which function a verb leads to. */
#include "order/behalf.h"
#include "order/room.h"
#include "resource/behalf.h"

static const char *const kinds[] = { "finding", "notice", "task", "declaration", NULL };
static const char *const parts[] = { "main", "support", "copy", NULL };
static const char *const replies[] = { "none", "acknowledge", "answer", NULL };
static const char *const severities[] = { "none", "low", "medium", "high", "critical", NULL };

static const struct field fields[] = {
	{ "number", FIELD_TEXT, READ_ONLY | FILTER | SEARCH | LIST, 1, 100, .zh = "编号", .en = "number" },
	{ "unit_id", FIELD_REF, READ_ONLY | FILTER | LIST, .ref = "unit", .zh = "责任单位",
		.en = "responsible unit" },
	{ "issuer_id", FIELD_REF, READ_ONLY | FILTER, .ref = "unit", .zh = "交办单位",
		.en = "issuing office" },
	{ "kind", FIELD_ENUM, READ_ONLY | FILTER, .values = kinds, .zh = "事由",
		.en = "kind, what it is about" },
	{ "part", FIELD_ENUM, READ_ONLY | FILTER, .values = parts, .zh = "分工，主办、协办或抄送",
		.en = "part, main, support or copy" },
	{ "main_id", FIELD_REF, READ_ONLY | FILTER, .ref = "order", .zh = "主办单，协办和抄送所属",
		.en = "main order, that support and copy belong to" },
	{ "batch", FIELD_TEXT, READ_ONLY | FILTER, 0, 36, .zh = "批次，同一次发出的交办单相同",
		.en = "batch, the same for all orders sent by one action" },
	{ "reply", FIELD_ENUM, READ_ONLY | FILTER, .values = replies, .zh = "回复要求，不需、签收或反馈",
		.en = "reply, none, acknowledge or answer" },
	{ "title", FIELD_TEXT, READ_ONLY | SEARCH | LIST, 1, 300, .zh = "标题", .en = "title" },
	{ "text", FIELD_LONG, READ_ONLY, 0, 20000, .zh = "要求", .en = "text, what is asked" },
	{ "severity", FIELD_ENUM, READ_ONLY | FILTER | LIST, .values = severities, .zh = "最高等级",
		.en = "highest severity" },
	{ "source", FIELD_TEXT, READ_ONLY | FILTER, 0, 100, .zh = "来源，上级或公安等来文单位",
		.en = "source, who asked for it from above" },
	{ "source_number", FIELD_TEXT, READ_ONLY | FILTER | SEARCH, 0, 100, .zh = "来文编号",
		.en = "number of the source" },
	{ "source_due", FIELD_TIME, READ_ONLY | FILTER, .zh = "来文时限", .en = "due to the source" },
	{ "acknowledge_due", FIELD_TIME, READ_ONLY | FILTER | LIST, .zh = "签收时限",
		.en = "to be acknowledged by" },
	{ "answer_due", FIELD_TIME, READ_ONLY | FILTER | LIST, .zh = "反馈时限", .en = "to be answered by" },
	{ "next_due", FIELD_TIME, READ_ONLY | FILTER | SORT,
		.expr =
			"COALESCE(CASE t.state WHEN 'sent' THEN t.acknowledge_due WHEN 'handling' THEN "
			"t.answer_due"
			" WHEN 'partly_answered' THEN t.answer_due END, 253402300799999)",
		.zh = "下一时限，签收或反馈，没有的为 9999 年",
		.en = "due next, to be acknowledged or answered, in the year 9999 where nothing is" },
	{ "sent_at", FIELD_TIME, READ_ONLY | FILTER, .zh = "发出时间", .en = "sent" },
	{ "seen_at", FIELD_TIME, READ_ONLY | FILTER, .zh = "首次查看时间", .en = "first seen by the unit" },
	{ "acknowledged_at", FIELD_TIME, READ_ONLY | FILTER, .zh = "签收时间", .en = "acknowledged" },
	{ "answered_at", FIELD_TIME, READ_ONLY | FILTER, .zh = "反馈时间", .en = "answered" },
	{ "reviewed_at", FIELD_TIME, READ_ONLY | FILTER, .zh = "初审时间", .en = "pre-reviewed by the county" },
	{ "verified_at", FIELD_TIME, READ_ONLY | FILTER, .zh = "办结时间", .en = "verified" },
	{ "returned_proposed", FIELD_LONG, READ_ONLY, .zh = "建议退回，复测与反馈不符的理由",
		.en = "proposed return, why proof contradicts" },
	{ "returns", FIELD_INT, READ_ONLY | FILTER, .zh = "退回次数", .en = "times returned" },
	{ "urges", FIELD_INT, READ_ONLY | FILTER, .zh = "催办次数", .en = "times urged" },
	{ "level", FIELD_INT, READ_ONLY | FILTER, .zh = "提级次数", .en = "times escalated" },
	{ "escalated_id", FIELD_REF, READ_ONLY, .ref = "unit", .zh = "已提级至",
		.en = "unit it has risen to" },
	{ "extension_until", FIELD_TIME, READ_ONLY | FILTER, .zh = "申请延期至",
		.en = "extension asked until" },
	{ "extension_reason", FIELD_LONG, READ_ONLY, .zh = "延期理由", .en = "reason of the extension" },
	{ "findings", FIELD_INT, READ_ONLY | FILTER, .zh = "隐患数", .en = "findings" },
	{ "on_behalf", FIELD_BOOL, READ_ONLY | FILTER, .expr = "(t.on_behalf_count>0)", .zh = "有代录",
		.en = "recorded on behalf, some of it" },
	{ "on_behalf_count", FIELD_INT, READ_ONLY | FILTER, .zh = "代录次数",
		.en = "times recorded on behalf" },
	{ "calls", FIELD_INT, READ_ONLY | FILTER, .zh = "电话联系次数", .en = "times called" },
	{ "last_call", FIELD_TEXT, READ_ONLY | FILTER, 0, 20, .zh = "最近联系结果，reached 等",
		.en = "result of the last call" },
	{ "last_call_at", FIELD_TIME, READ_ONLY | FILTER, .zh = "最近联系时间", .en = "last called" },
	{ "last_call_text", FIELD_TEXT, READ_ONLY, 0, 200, .zh = "最近联系情况", .en = "what the call said" },
	{ "last_note", FIELD_LONG, READ_ONLY, 0, 2000, .zh = "最近进展", .en = "last progress note" },
	{ "last_note_at", FIELD_TIME, READ_ONLY | FILTER, .zh = "最近进展时间", .en = "time of that note" },
	{ "redirected_from_id", FIELD_REF, READ_ONLY | FILTER, .ref = "order", .zh = "改派自",
		.en = "order it was redirected from" },
	{ "topic", FIELD_TEXT, READ_ONLY | FILTER, 0, 40, .zh = "专题，答复后自动处理的事，如联络员核对",
		.en = "topic, what is done when it is answered, such as contact_check" },
	{ "number_wanted", FIELD_TEXT, READ_ONLY, 0, 100, .zh = "拟用编号，发出前",
		.en = "number wanted, before it is sent" },
	{ "due_wanted", FIELD_TIME, READ_ONLY, .zh = "拟定时限，由人指定", .en = "due as a person gave it" },
	{ "template", FIELD_TEXT, READ_ONLY, .zh = "时限模板", .en = "template of deadlines" },
	{ "template_version", FIELD_TEXT, READ_ONLY, .zh = "时限模板版本", .en = "version of the template" },
};

static const struct {
	const char *verb;
	order_verb_fn *run;
} verbs[] = {
	{ "acknowledge", order_acknowledge },
	{ "answer", order_answer },
	{ "verify", order_verify },
	{ "return", order_return },
	{ "uphold", order_uphold },
	{ "reject", order_reject },
	{ "request_extension", order_request_extension },
	{ "grant", order_grant },
	{ "refuse", order_refuse },
	{ "urge", order_urge },
	{ "escalate", order_escalate },
	{ "hand_over", order_hand_over },
	{ "withdraw", order_withdraw },
	{ "archive", order_archive },
	{ "note", order_note },
	{ "redirect", order_redirect },
	{ "instruct", order_instruct },
	{ "review", order_review },
	{ "submit", order_submit },
	{ "approve", order_approve },
	{ "send_back", order_send_back },
	{ "revise", order_revise },
};

static bool apply(struct op *op, struct record *o, const struct transition *t, const json_t *args,
	const char **ret_to, struct err *err)
{
	for (size_t i = 0; i < COUNT(verbs); i++) {
		if (strcmp(verbs[i].verb, t->verb) != 0)
			continue;
		if (!order_behalf_before(t->verb, args, err) || !verbs[i].run(op, o, args, ret_to, err))
			return false;
		order_behalf_after(o, args);
		return true;
	}
	return err_set(err, ERR_INTERNAL, "没有操作 %s", "no verb %s", t->verb);
}

static const char *known_word(const struct record *o, const char *field, const char *const *values)
{
	for (; *values; values++)
		if (span_is(record_text(o, field), *values))
			return *values;
	return "";
}

void order_facts(const struct record *o, struct store_step *step)
{
	bool own = !span_is(record_text(o, "part"), "copy"); /* a support answers its own */
	step->subject = known_word(o, "kind", kinds);
	step->reply = own ? known_word(o, "reply", replies) : "none";
	step->issuer_n = record_int(o, "issuer_id");
	step->acknowledge_due = record_int(o, "acknowledge_due");
	step->answer_due = record_int(o, "answer_due");
}

const struct resource order_resource = {
	.name = "order",
	.path = "orders",
	.table = "orders",
	.zh = "交办单，一个单位应当完成的事",
	.en = "order, what one unit owes another",
	.fields = fields,
	.n_fields = COUNT(fields),
	.unit_column = "t.unit_n",
	.said_since = "sent_at",
	.veil = "t.sent_at IS NULL",
	.veil_column = "t.issuer_n",
	.veil_perm = PERM_ORDER_DRAFT_READ,
	.key = "number",
	.label = "number",
	.read = PERM_ORDER_READ,
	.write = PERM_ORDER_ISSUE,
	.body_max = 1 << 20,
	.life = &order_life,
	.show = order_show,
	.may = order_check_issuer,
	.apply = apply,
	.facts = order_facts,
	.seen = order_seen,
	.show_schema =
		ORDER_SINGLE_SCHEMA ",\"overdue\":{\"type\":\"boolean\"},\"warnings\":{\"type\":\"array\","
		"\"items\":{\"type\":\"string\"}},\"items\":{\"type\":\"array\","
		"\"items\":{\"type\":"
		"\"object\","
		"\"required\":[\"id\",\"title\",\"state\",\"findings\"],\"properties\":{\"id\":{\"type\":"
		"\"string\"},"
		"\"title\":{\"type\":\"string\"},\"state\":{\"type\":\"string\"},\"claim\":{\"type\":["
		"\"string\",\"null\"]},"
		"\"advice\":{\"type\":[\"object\",\"null\"]},"
		"\"text\":{\"type\":[\"string\",\"null\"]},\"version\":{\"type\":[\"string\",\"null\"]},"
		"\"findings\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}}",
	.args_schema = "\"claim\":{\"type\":\"string\",\"enum\":[\"fixed\",\"mitigated\",\"not_affected\","
		       "\"affected\","
		       "\"decommissioned\",\"not_ours\",\"false_positive\",\"cannot_fix\",\"done\","
		       "\"progress\",\"unable\"]},\"version\":{"
		       "\"type\":\"string\"},"
		       "\"patch\":{\"type\":\"string\"},\"items\":{\"type\":\"array\"},"
		       "\"evidence\":{\"type\":\"array\"},\"override\":{"
		       "\"type\":\"boolean\"},\"pass\":{\"type\":\"boolean\"},"
		       "\"approval\":{\"type\":\"boolean\"},\"paper\":{\"type\":\"object\"},"
		       "\"title\":{\"type\":\"string\"},\"due\":{\"type\":\"string\"},\"number\":{\"type\":"
		       "\"string\"},"
		       "\"unit_id\":{\"type\":\"string\"},\"channel\":{\"type\":\"string\"},\"person\":{"
		       "\"type\":\"string\"},"
		       "\"result\":{\"type\":\"string\"},\"systems\":{\"type\":\"array\"},"
		       "\"none\":{\"type\":\"boolean\"},\"unchanged\":{\"type\":\"boolean\"},"
		       "\"rows\":{\"type\":\"array\"}," BEHALF_SCHEMA,
};
