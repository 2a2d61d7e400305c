/* The engine's own routes. */
#include "resource/api.h"
#include "resource/describe.h"
#include "resource/openapi.h"
#include "resource/stream.h"

static bool show_openapi(struct call *c, struct err *err)
{
	openapi_write(c->out);
	return str_check(c->out, err);
}

const struct route resource_routes[] = {
	{ "GET", "/api/v1/openapi.json", show_openapi, PERM_NONE, 0, 0, "接口说明",
		"this interface's description" },
	{ "GET", "/api/v1/resources", resources_describe, PERM_SIGNED_IN, 0, 0, "有哪些资源、字段、状态和操作",
		"what resources, fields, states and verbs there are" },
	{ "POST", "/api/v1/counts", resource_counts, PERM_SIGNED_IN, 256 << 10, 0,
		"若干列表各有多少条：10000 以内精确；无权查看的为 null",
		"how many records each of several lists has: exact to 10000; null what one may not see",
		"{\"type\":\"object\",\"required\":[\"lists\"],\"properties\":{\"lists\":{\"type\":\"array\","
		"\"items\":{\"type\":\"object\"}}}}",
		"{\"type\":\"object\",\"required\":[\"items\"],\"properties\":{\"items\":{\"type\":\"array\","
		"\"items\":{\"type\":\"object\",\"required\":[\"count\",\"more\"],"
		"\"properties\":{\"count\":{\"type\":["
		"\"integer\",\"null\"]},\"more\":{\"type\":\"boolean\"}}}}}}",
		.counts = "" },
	{ "GET", "/api/v1/changes/stream", stream_changes, PERM_SIGNED_IN, 0, 0, "变更的实时提示",
		"live hints of changes" },
};
const size_t resource_routes_count = COUNT(resource_routes);
