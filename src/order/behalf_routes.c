/* Routes and commands for units that are reached by telephone, and for what leaders and shifts leave to
 * do. */
#include "order/behalf_lists.h"

#define TEXT_ANSWER \
	"{\"type\":\"object\",\"required\":[\"text\",\"units\",\"orders\"]," \
		"\"properties\":{\"text\":{\"type\":" \
	"\"string\"},\"units\":{\"type\":\"integer\"},\"orders\":{\"type\":\"integer\"}}}"

const struct route order_behalf_routes[] = {
	{ "POST", "/api/v1/instructions", order_instruction_route, PERM_ORDER_INSTRUCT, 64 << 10, ROUTE_TX,
		"对一条记录作出批示", "instruct about a record",
		"{\"type\":\"object\",\"required\":[\"resource\",\"id\",\"text\"],"
		"\"properties\":{\"resource\":{"
		"\"type\":\"string\",\"enum\":[\"order\",\"finding\",\"notice\",\"incident\"]},"
		"\"id\":{\"type\":"
		"\"string\"},\"text\":{\"type\":\"string\"},\"until\":{\"type\":\"string\"}}}" },
	{ "POST", "/api/v1/orders/{id}/calls", order_call_route, PERM_ORDER_URGE, 64 << 10, ROUTE_TX,
		"记录一次电话联系", "record a call",
		"{\"type\":\"object\",\"required\":[\"person\",\"result\"],"
		"\"properties\":{\"person\":{\"type\":"
		"\"string\"},\"result\":{\"type\":\"string\",\"enum\":[\"reached\",\"no_answer\","
		"\"promised\","
		"\"refused\",\"wrong_number\"]},\"text\":{\"type\":\"string\"}}}" },
	{ "GET", "/api/v1/orders/call-list", order_call_list_route, PERM_ORDER_URGE, 0, ROUTE_CSV,
		"电话联系单：缺省为未签收和逾期的", "call list, by default what is not acknowledged or late", NULL,
		"{\"type\":\"object\",\"required\":[\"items\",\"next\"],"
		"\"properties\":{\"items\":{\"type\":\"array\","
		"\"items\":{\"type\":\"object\",\"required\":[\"unit_id\",\"unit_name\",\"orders\","
		"\"due\"]}},"
		"\"next\":{\"type\":[\"string\",\"null\"]}}}" },
	{ "GET", "/api/v1/orders/group-text", order_group_text_route, PERM_ORDER_URGE, 0, 0,
		"供复制到工作群的通知，不含隐患内容", "text to copy to a group, without any content", NULL, TEXT_ANSWER },
	{ "POST", "/api/v1/orders/group-text", order_group_text_route, PERM_ORDER_URGE, 1 << 20, 0,
		"供复制到工作群的通知，按标识", "text to copy to a group, of these orders",
		"{\"type\":\"object\",\"properties\":{\"ids\":{\"type\":\"array\","
		"\"items\":{\"type\":\"string\"}}}}",
		TEXT_ANSWER },
	{ "GET", "/api/v1/orders/unacknowledged-text", order_unacknowledged_route, PERM_ORDER_URGE, 0, 0,
		"尚未签收的单位名单，供复制", "units that have not acknowledged, to copy", NULL, TEXT_ANSWER },
};
const size_t order_behalf_routes_count = COUNT(order_behalf_routes);

/* ---- commands ---- */

/* --filter unit_id=… batch=…, as `order dispatch` has it. */
static bool read_wish(struct command_call *c, struct order_wish *ret, struct err *err)
{
	struct query_pair *pairs = NULL;
	size_t n = 0;
	for (size_t o = 0; o < c->n_options; o++) {
		if (strcmp(c->options[o].name, "filter") != 0)
			continue;
		pairs = arena_array(c->op->arena, c->options[o].n + 1, sizeof *pairs);
		for (size_t i = 0; i < c->options[o].n; i++) {
			struct span value = c->options[o].values[i], name = span_split(&value, '=');
			if (!value.p)
				return err_set(
					err, ERR_USAGE, "--filter 应为 名称=值", "--filter takes NAME=VALUE");
			pairs[n++] = (struct query_pair){ name, value };
		}
	}
	*ret = (struct order_wish){ .query = pairs, .n_query = n };
	return true;
}

static bool run_call_list(struct command_call *c, struct err *err)
{
	struct order_wish w;
	struct order_calls calls;
	if (!read_wish(c, &w, err) || !order_call_list(c->op, &w, &calls, err))
		return false;
	struct str out = STR_IN(c->op->arena, 64 << 20);
	if (!c->json && !order_call_list_csv(c->op, &calls, &out, err))
		return false;
	for (size_t i = 0; c->json && i < calls.n; i++) {
		if (!order_call_unit_json(c->op, &calls.at[i], &out, err))
			return false;
		str_addc(&out, '\n');
	}
	fwrite(str_z(&out), 1, out.n, c->out);
	return str_check(&out, err);
}

typedef bool text_fn(struct op *op, const struct order_wish *w, struct order_text *ret, struct err *err);

static bool print_text(struct command_call *c, text_fn *make, struct err *err)
{
	struct order_wish w;
	struct order_text t;
	if (!read_wish(c, &w, err) || !make(c->op, &w, &t, err))
		return false;
	if (c->json) {
		struct str out = STR_IN(c->op->arena, 4 << 20);
		str_addz(&out, "{\"text\":");
		str_add_json(&out, t.text);
		str_addf(&out, ",\"units\":%lld,\"orders\":%lld}\n", (long long)t.units, (long long)t.orders);
		fwrite(str_z(&out), 1, out.n, c->out);
		return str_check(&out, err);
	}
	if (t.text.n)
		fprintf(c->out, "%s\n", arena_copy(c->op->arena, t.text));
	return true;
}

static bool run_group_text(struct command_call *c, struct err *err)
{
	return print_text(c, order_group_text, err);
}

static bool run_unacknowledged(struct command_call *c, struct err *err)
{
	return print_text(c, order_unacknowledged_text, err);
}

const struct command order_behalf_commands[] = {
	{ "order call-list", "", "filter=*", COMMAND_OPEN, run_call_list,
		"电话联系单（CSV）：缺省为未签收和逾期的", "call list as CSV: by default what is not acknowledged or late" },
	{ "order group-text", "", "filter=*", COMMAND_OPEN, run_group_text, "供复制到工作群的通知，不含隐患内容",
		"text to copy to a group, without any content" },
	{ "order unacknowledged-text", "", "filter=*", COMMAND_OPEN, run_unacknowledged,
		"尚未签收的单位名单，供复制", "units that have not acknowledged, to copy" },
};
const size_t order_behalf_commands_count = COUNT(order_behalf_commands);
