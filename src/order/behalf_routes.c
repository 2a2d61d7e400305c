/* Routes and commands for units that are reached by telephone, and for what leaders and shifts leave to do. */
#include "order/behalf.h"

const struct route order_behalf_routes[] = {
	{ "POST", "/api/v1/instructions", order_instruction_route, PERM_ORDER_INSTRUCT, 64 << 10, ROUTE_TX,
		"对一条记录作出批示", "instruct about a record",
		"{\"type\":\"object\",\"required\":[\"resource\",\"id\",\"text\"],\"properties\":{\"resource\":{"
		"\"type\":\"string\",\"enum\":[\"order\",\"finding\",\"notice\",\"incident\"]},\"id\":{\"type\":"
		"\"string\"},\"text\":{\"type\":\"string\"},\"until\":{\"type\":\"string\"}}}" },
};
const size_t order_behalf_routes_count = COUNT(order_behalf_routes);
