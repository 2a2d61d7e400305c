/* Routes of this room beside the generic ones, and its commands. */
#include "order/behalf.h"
#include "order/dispatch.h"

static bool dispatch(struct call *c, struct err *err)
{
	const json_t *ids = json_object_get(c->json, "ids"), *filter = json_object_get(c->json, "filter");
	struct order_dispatch d = { .ids = ids,
		.filter = filter,
		.text = json_get_text(c->json, "text"),
		.template = json_get_text(c->json, "template"),
		.words = json_get_text(c->json, "text_template"),
		.number = json_get_text(c->json, "number"),
		.source = json_get_text(c->json, "source"),
		.source_number = json_get_text(c->json, "source_number"),
		.draft = json_get_bool(c->json, "draft", false),
		.approval = json_get_bool(c->json, "approval", false),
		.preview = json_get_bool(c->json, "preview", false) };
	if (c->json && !json_is_object(c->json))
		return err_set(
			err, ERR_MALFORMED, "请求内容应为 JSON 对象", "the body must be a JSON object");
	if (!ids && !filter && !d.text.n) /* an empty body by mistake would order half the city */
		return err_field(err, "ids", "请给出 ids 或 filter；要按缺省范围（已知被利用、超危和高危）交办，请写明 text",
			"give ids or filter; for the default (KEV-listed, critical and high) give a text");
	return order_read_due(c->json, "source_due", &d.source_due, err) &&
		order_dispatch(c->op, &d, c->out, err);
}

static bool steps(struct call *c, struct err *err)
{
	struct record r;
	return resource_get(c->op, &order_resource, c->params[0], &r, err) &&
		finding_timeline_json(c, &(struct finding_timeline){ "order", r.n }, c->out, err);
}

static const struct attachment_place evidence = { &order_resource, PERM_ORDER_ANSWER };

/* ?batch=true: the sender's attachment, for each order of the batch. */
static bool attach(struct call *c, struct err *err)
{
	CLEANUP(json_free) json_t *made = NULL;
	struct record o;
	if (!span_is(call_query(c, "batch"), "true"))
		return finding_attach(c, &evidence, err);
	return resource_get(c->op, &order_resource, c->params[0], &o, err) &&
		order_batch_may(c->op, &o, err) &&
		finding_attach(c, &evidence, err) && json_parse(str_span(c->out), 0, &made, err) &&
		order_batch_attach(c->op, &o, json_get_text(made, "id"), err);
}

static bool attachments(struct call *c, struct err *err)
{
	return finding_attachments(c, &evidence, err);
}

static bool content(struct call *c, struct err *err)
{
	return finding_attachment_content(c, &evidence, err);
}

const struct route order_routes[] = {
	{ "POST", "/api/v1/findings/order", dispatch, PERM_ORDER_ISSUE, 8 << 20, 0,
		"交办隐患，每个责任单位一张单", "order findings, one order per responsible unit",
		"{\"type\":\"object\",\"properties\":{\"ids\":{\"type\":\"array\",\"items\":{\"type\":"
		"\"string\"}},"
		"\"filter\":{\"type\":\"object\"},\"text\":{\"type\":\"string\"},\"text_template\":{\"type\":"
		"\"string\"},\"template\":{\"type\":"
		"\"string\"},"
		"\"number\":{\"type\":\"string\"},\"source\":{\"type\":\"string\"},"
		"\"source_number\":{\"type\":"
		"\"string\"},\"source_due\":{\"type\":\"string\"},\"draft\":{\"type\":\"boolean\"},"
		"\"approval\":{"
		"\"type\":\"boolean\"},\"preview\":{\"type\":\"boolean\"}}}",
		"{\"type\":\"object\",\"required\":[\"orders\",\"skipped\"],\"properties\":{\"orders\":{"
		"\"type\":\"array\",\"items\":"
		"{\"type\":\"object\",\"required\":[\"id\",\"number\",\"unit_id\"],\"properties\":{\"id\":{"
		"\"type\":\"string\"},"
		"\"number\":{\"type\":\"string\"},\"unit_id\":{\"type\":\"string\"}}}},\"skipped\":{\"type\":"
		"\"array\",\"items\":"
		"{\"type\":\"object\"}},\"skipped_count\":{\"type\":\"integer\"},\"warnings\":{"
		"\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"preview\":{\"type\":\"object\"}}}" },
	{ "GET", "/api/v1/findings/remedies", order_remedies, PERM_FINDING_READ, 0, 0,
		"列表的前 1000 条隐患按整改事项合并，与单位看到的一样",
		"the first 1,000 of a list as the items that their units would see", NULL,
		"{\"type\":\"object\",\"required\":[\"items\",\"findings\",\"more\"],"
		"\"properties\":{\"items\":{"
		"\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"findings\":{\"type\":\"integer\"},"
		"\"more\":{"
		"\"type\":\"boolean\"}}}" },
	{ "GET", "/api/v1/orders/counts", order_counts_route, PERM_ORDER_READ, 0, 0,
		"各类待办的数量和对应的筛选，超过 10000 的只说明更多",
		"how much waits in each lane, with its filter; exact up to 10,000",
		NULL,
		"{\"type\":\"object\",\"required\":[\"items\",\"next\"],"
		"\"properties\":{\"items\":{\"type\":\"array\","
		"\"items\":{\"type\":\"object\",\"required\":[\"key\",\"filter\",\"count\",\"more\"],"
		"\"properties\":{\"key\":{\"type\":\"string\"},\"filter\":{\"type\":\"object\"},"
		"\"count\":{\"type\":"
		"\"integer\"},\"more\":{\"type\":\"boolean\"}}}},\"next\":{\"type\":[\"string\","
		"\"null\"]}}}",
		.counts = "order unit" },
	{ "GET", "/api/v1/orders/{id}/steps", steps, PERM_ORDER_READ, 0, 0, "交办单的经过",
		"timeline of an order" },
	{ "POST", "/api/v1/orders/{id}/attachments", attach, PERM_ORDER_ANSWER, 20 << 20, ROUTE_RAW,
		"添加附件", "add an attachment" },
	{ "GET", "/api/v1/orders/{id}/attachments", attachments, PERM_ORDER_READ, 0, 0, "附件列表",
		"attachments" },
	{ "GET", "/api/v1/orders/{id}/attachments/{attachment}", content, PERM_ORDER_READ, 0, ROUTE_RAW,
		"下载附件", "download an attachment" },
};
const size_t order_routes_count = COUNT(order_routes);
