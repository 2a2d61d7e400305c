/* Routes of this room beside the generic ones. */
#include "notice/room.h"

static bool answer(struct call *c, const struct record *r, struct err *err)
{
	call_add_header(c, "ETag", arena_printf(c->op->arena, "\"%lld\"", (long long)r->version));
	return record_json(c->op, r, 0, true, c->out, err);
}

static bool create(struct call *c, struct err *err)
{
	struct record r;
	CLEANUP(json_free) json_t *none = json_object();
	if (!notice_create(c->op, c->json ? c->json : none, &r, err))
		return false;
	c->status = 201;
	call_add_header(c, "Location",
		arena_printf(c->op->arena, "/api/v1/notices/" SPAN_FMT, SPAN_ARG(r.id)));
	return answer(c, &r, err);
}

/* If-Match was checked to be a tag of ours already. */
static int64_t wanted_version(const struct call *c)
{
	struct span tag = span_trim(call_header(c, "if-match"));
	int64_t version = 0;
	if (span_starts(tag, SPAN("W/")))
		tag = span_from(tag, 2);
	if (tag.n >= 2 && tag.p[0] == '"')
		tag = (struct span){ tag.p + 1, tag.n - 2 };
	return span_int(tag, 1, INT64_MAX, &version) ? version : 0;
}

typedef bool follow_fn(
	struct op *op, const struct resource_request *q, struct record *ret, struct err *err);

static bool verb(struct call *c, struct span name, follow_fn *run, struct err *err)
{
	struct record r;
	struct resource_request q = { c->params[0], name, c->json, wanted_version(c) };
	return run(c->op, &q, &r, err) && answer(c, &r, err);
}

static bool issue(struct call *c, struct err *err)
{
	return verb(c, SPAN("issue"), notice_issue, err);
}

static bool recall(struct call *c, struct err *err)
{
	return verb(c, SPAN("recall"), notice_recall, err);
}

static bool steps(struct call *c, struct err *err)
{
	struct record r;
	return resource_get(c->op, &notice_resource, c->params[0], &r, err) &&
		finding_timeline_json(c, &(struct finding_timeline){ "notice", r.n }, c->out, err);
}

static const struct attachment_place enclosures = { &notice_resource, PERM_NOTICE_WRITE, "issuer_id" };

static bool attach(struct call *c, struct err *err)
{
	return finding_attach(c, &enclosures, err);
}

static bool attachments(struct call *c, struct err *err)
{
	return finding_attachments(c, &enclosures, err);
}

static bool content(struct call *c, struct err *err)
{
	return finding_attachment_content(c, &enclosures, err);
}

#define NOTICE_SCHEMA "{\"$ref\":\"#/components/schemas/notice\"}"
#define TEXT_SCHEMA "{\"type\":\"string\"}"

const struct route notice_routes[] = {
	{ "POST", "/api/v1/notices", create, PERM_NOTICE_WRITE, 512 * 1024, ROUTE_TX,
		"起草通报，可由模板和漏洞生成", "draft a notice, from a template and a vulnerability if they are named",
		"{\"type\":\"object\",\"properties\":{\"kind\":" TEXT_SCHEMA ",\"title\":" TEXT_SCHEMA
		",\"text\":" TEXT_SCHEMA ",\"vulns\":{\"type\":\"array\"},\"severity\":" TEXT_SCHEMA
		",\"colour\":" TEXT_SCHEMA ",\"tlp\":" TEXT_SCHEMA ",\"reply\":" TEXT_SCHEMA ","
		"\"due\":" TEXT_SCHEMA
		",\"to\":{\"type\":\"object\"},\"number\":" TEXT_SCHEMA ",\"source\":" TEXT_SCHEMA
		",\"source_number\":" TEXT_SCHEMA ",\"template\":" TEXT_SCHEMA ","
		"\"vuln_id\":" TEXT_SCHEMA "}}",
		NOTICE_SCHEMA },
	{ "POST", "/api/v1/notices/{id}/issue", issue, PERM_NOTICE_ISSUE, 64 * 1024, 0,
		"签发通报，向每个主送单位发出一张交办单", "issue a notice, with an order for each recipient",
		"{\"type\":\"object\",\"properties\":{\"number\":" TEXT_SCHEMA "}}",
		NOTICE_SCHEMA },
	{ "POST", "/api/v1/notices/{id}/recall", recall, PERM_NOTICE_ISSUE, 64 * 1024, 0,
		"撤回通报，未办结的交办单随之撤回", "recall a notice, its orders that are not verified are withdrawn",
		"{\"type\":\"object\",\"required\":[\"reason\"],"
		"\"properties\":{\"reason\":" TEXT_SCHEMA "}}",
		NOTICE_SCHEMA },
	{ "GET", "/api/v1/notices/{id}/recipients", notice_recipients_get, PERM_NOTICE_READ, 0, ROUTE_CSV,
		"主送单位、理由和办理情况", "recipients, why, and how far each has come" },
	{ "POST", "/api/v1/notices/{id}/recipients", notice_recipients_post, PERM_NOTICE_WRITE, 512 * 1024,
		ROUTE_TX, "拟稿时增加或去掉主送单位", "add or remove recipients of a draft",
		"{\"type\":\"object\",\"required\":[\"reason\"],\"properties\":{\"add\":{\"type\":\"array\"},"
		"\"remove\":{\"type\":\"array\"},\"reason\":" TEXT_SCHEMA "}}" },
	{ "GET", "/api/v1/notices/{id}/print", notice_print, PERM_NOTICE_READ, 0, ROUTE_RAW,
		"打印通报，公文版式", "a notice for print, in official layout" },
	{ "GET", "/api/v1/orders/{id}/print", notice_order_print, PERM_ORDER_READ, 0, ROUTE_RAW,
		"打印交办单和签收回执", "an order for print, with its receipt" },
	{ "GET", "/api/v1/notices/{id}/steps", steps, PERM_NOTICE_READ, 0, 0, "通报的经过",
		"timeline of a notice" },
	{ "POST", "/api/v1/notices/{id}/attachments", attach, PERM_NOTICE_WRITE, 20 << 20, ROUTE_RAW,
		"添加附件", "add an attachment" },
	{ "GET", "/api/v1/notices/{id}/attachments", attachments, PERM_NOTICE_READ, 0, 0, "附件列表",
		"attachments" },
	{ "GET", "/api/v1/notices/{id}/attachments/{attachment}", content, PERM_NOTICE_READ, 0, ROUTE_RAW,
		"下载附件", "download an attachment" },
};
const size_t notice_routes_count = COUNT(notice_routes);
