/* seawall order dispatch, seawall finding order, seawall clock accept. */
#include "order/room.h"
#include "people/people.h"

enum { SKIPPED_SHOWN = 20 };

static bool unit_name(struct op *op, struct span id, struct span *ret, struct err *err)
{
	return db_text(op_db(op), SQL("SELECT name FROM units WHERE id=?"), V(db_t(id)), op->arena, ret, err);
}

static bool print(struct command_call *c, const struct str *out, struct err *err)
{
	CLEANUP(json_free) json_t *answer = NULL;
	if (c->json) {
		fprintf(c->out, "%s\n", str_z(out));
		return true;
	}
	if (!json_parse(str_span(out), 8, &answer, err))
		return false;
	const json_t *orders = json_object_get(answer, "orders");
	for (size_t i = 0; i < json_array_size(orders); i++) {
		const json_t *o = json_array_get(orders, i);
		struct span unit;
		if (!unit_name(c->op, json_get_text(o, "unit_id"), &unit, err))
			return false;
		fprintf(c->out, SPAN_FMT "  " SPAN_FMT "\n", SPAN_ARG(json_get_text(o, "number")),
			SPAN_ARG(unit));
	}
	const json_t *skipped = json_object_get(answer, "skipped");
	for (size_t i = 0; i < json_array_size(skipped) && i < SKIPPED_SHOWN; i++) {
		const json_t *s = json_array_get(skipped, i);
		fprintf(c->notes,
			c->zh ? "跳过 " SPAN_FMT "：" SPAN_FMT "\n" : "skipped " SPAN_FMT ": " SPAN_FMT "\n",
			SPAN_ARG(json_get_text(s, "id")), SPAN_ARG(json_get_text(s, "reason")));
	}
	fprintf(c->out, c->zh ? "交办 %zu 单，跳过 %lld 条\n" : "%zu orders, %lld skipped\n",
		json_array_size(orders), (long long)json_get_int(answer, "skipped_count", 0));
	return true;
}

static bool issue(struct command_call *c, const json_t *ids, const json_t *filter, struct err *err)
{
	struct str out = STR_IN(c->op->arena, 32 << 20);
	struct order_dispatch d = { .ids = ids,
		.filter = filter,
		.text = command_option(c, "text"),
		.template = command_option(c, "template"),
		.words = command_option(c, "text-template"),
		.number = command_option(c, "number") };
	return order_dispatch(c->op, &d, &out, err) && print(c, &out, err);
}

/* A mistyped unit would order nothing and look as if there were nothing to order. */
static bool unit_there(struct command_call *c, struct span name, struct span value, struct err *err)
{
	int64_t n;
	return !(span_is(name, "unit_id") || span_is(name, "unit_id__under")) ||
		resource_resolve(c->op, resource_find(SPAN("unit")), value, &n, err);
}

/* --filter severity__in=critical,high state=new … */
static bool run_dispatch(struct command_call *c, struct err *err)
{
	CLEANUP(json_free) json_t *filter = NULL;
	for (size_t o = 0; o < c->n_options; o++) {
		if (strcmp(c->options[o].name, "filter") != 0)
			continue;
		filter = filter ? filter : json_object();
		for (size_t i = 0; i < c->options[o].n; i++) {
			struct span value = c->options[o].values[i], name = span_split(&value, '=');
			if (!value.p)
				return err_set(
					err, ERR_USAGE, "--filter 应为 名称=值", "--filter takes NAME=VALUE");
			if (!unit_there(c, name, value, err))
				return false;
			json_object_set_new(filter, arena_copy(c->op->arena, name), json_of_span(value));
		}
	}
	return issue(c, NULL, filter, err);
}

static bool run_order(struct command_call *c, struct err *err)
{
	CLEANUP(json_free) json_t *ids = json_array();
	for (size_t i = 0; i < c->n_words; i++)
		json_array_append_new(ids, json_of_span(c->words[i]));
	return issue(c, ids, NULL, err);
}

static bool run_accept(struct command_call *c, struct err *err)
{
	return order_clock_accept(c->op, err);
}

const struct command order_commands[] = {
	{ "order dispatch", "", "filter=* text= text-template= template= number=", COMMAND_OPEN, run_dispatch,
		"交办隐患：缺省为已知被利用或高危以上的",
		"order findings: by default the KEV-listed and those high and above" },
	{ "finding order", "ID…", "text= text-template= template= number=", COMMAND_OPEN, run_order, "交办这些隐患",
		"order these findings" },
	{ "clock accept", "", "", COMMAND_OPEN, run_accept, "确认现在的系统时间正确，恢复时限计时",
		"the present system time is right: deadlines fire again" },
};
const size_t order_commands_count = COUNT(order_commands);
