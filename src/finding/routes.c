/* Routes of this room beside the generic ones. */
#include "finding/life.h"

static bool target(struct call *c, struct attachment_target *ret, struct err *err)
{
	struct record f;
	if (!resource_get(c->op, &finding_resource, c->params[0], &f, err))
		return false;
	*ret = (struct attachment_target){ "finding", f.n, f.id, record_int(&f, "unit_id") };
	return true;
}

static bool steps(struct call *c, struct err *err)
{
	struct attachment_target t;
	return target(c, &t, err) &&
		finding_timeline_json(
			c->op, &(struct finding_timeline){ "finding", t.record_n, NULL, 0 }, c->out, err);
}

static bool attach(struct call *c, struct err *err)
{
	struct attachment_target t;
	bool may;
	if (!target(c, &t, err) ||
		!actor_may(c->op->actor, op_db(c->op), PERM_FINDING_WRITE, t.unit_n, &may, err))
		return false;
	if (!may)
		return err_set(err, ERR_FORBIDDEN, "没有添加证据的权限", "not permitted to add evidence");
	return finding_attach(c, &t, err);
}

static bool attachments(struct call *c, struct err *err)
{
	struct attachment_target t;
	return target(c, &t, err) && finding_attachments_json(c->op, &t, c->out, err);
}

static bool content(struct call *c, struct err *err)
{
	struct attachment_target t;
	return target(c, &t, err) && finding_attachment_content(c, &t, c->params[1], err);
}

const struct route finding_routes[] = {
	{ "POST", "/api/v1/findings/bulk", finding_bulk, PERM_FINDING_JUDGE, 4 << 20, 0,
		"对许多隐患执行同一操作", "one verb on many findings",
		"{\"type\":\"object\",\"required\":[\"verb\"],\"properties\":{\"verb\":{\"type\":\"string\"},"
		"\"ids\":{\"type\":\"array\","
		"\"items\":{\"type\":\"string\"}},\"filter\":{\"type\":\"object\"},\"reason\":{\"type\":"
		"\"string\"},"
		"\"until\":{\"type\":\"string\"}}}",
		"{\"type\":\"object\",\"required\":[\"done\",\"skipped\"],\"properties\":{\"done\":{\"type\":"
		"\"integer\"},"
		"\"skipped\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"skipped_count\":{"
		"\"type\":\"integer\"}}}" },
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
