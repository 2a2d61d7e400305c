/* Routes of this room beside the generic ones. */
#include "finding/life.h"

static bool steps(struct call *c, struct err *err)
{
	struct record r;
	return resource_get(c->op, &finding_resource, c->params[0], &r, err) &&
		finding_timeline_json(c, &(struct finding_timeline){ "finding", r.n }, c->out, err);
}

static const struct attachment_place evidence = { &finding_resource, PERM_FINDING_WRITE };

static bool attach(struct call *c, struct err *err)
{
	return finding_attach(c, &evidence, err);
}

static bool attachments(struct call *c, struct err *err)
{
	return finding_attachments(c, &evidence, err);
}

static bool content(struct call *c, struct err *err)
{
	return finding_attachment_content(c, &evidence, err);
}

const struct route finding_routes[] = {
	{ "POST", "/api/v1/findings/bulk", finding_bulk, PERM_FINDING_JUDGE, 4 << 20, 0,
		"对许多隐患执行同一操作", "one verb on many findings",
		"{\"type\":\"object\",\"required\":[\"verb\"],\"properties\":{\"verb\":{\"type\":\"string\"},"
		"\"ids\":{\"type\":\"array\","
		"\"items\":{\"type\":\"string\"}},\"filter\":{\"type\":\"object\"},\"reason\":{\"type\":"
		"\"string\"},"
		"\"until\":{\"type\":\"string\"},\"preview\":{\"type\":\"boolean\"}}}",
		"{\"type\":\"object\",\"required\":[\"done\",\"skipped\"],\"properties\":{\"done\":{\"type\":"
		"\"integer\"},"
		"\"skipped\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"skipped_count\":{"
		"\"type\":\"integer\"},\"units\":{\"type\":\"integer\"}}}" },
	{ "GET", "/api/v1/findings/facets", finding_facets, PERM_FINDING_READ, 0, 0,
		"筛选条件各值下的隐患数，参数与列表相同",
		"how many findings each value of a filter has; parameters as of the list",
		NULL,
		"{\"type\":\"object\",\"required\":[\"total\",\"facets\",\"complete\"],"
		"\"properties\":{\"total\":{"
		"\"type\":[\"object\",\"null\"]},\"complete\":{\"type\":\"boolean\"},"
		"\"facets\":{\"type\":\"array\","
		"\"items\":{\"type\":\"object\",\"required\":[\"name\",\"values\"],"
		"\"properties\":{\"name\":{\"type\":"
		"\"string\"},\"values\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}}}}}}",
		.counts = "finding asset unit division" },
	{ "GET", "/api/v1/findings/{id}/steps", steps, PERM_FINDING_READ, 0, 0, "隐患的经过",
		"timeline of a finding" },
	{ "POST", "/api/v1/findings/{id}/attachments", attach, PERM_FINDING_WRITE, 20 << 20, ROUTE_RAW,
		"添加证据", "add evidence" },
	{ "GET", "/api/v1/findings/{id}/attachments", attachments, PERM_FINDING_READ, 0, 0, "证据列表",
		"evidence" },
	{ "GET", "/api/v1/findings/{id}/attachments/{attachment}", content, PERM_FINDING_READ, 0, ROUTE_RAW,
		"下载证据", "download evidence" },
};
const size_t finding_routes_count = COUNT(finding_routes);
