/* Tasks and declarations from outside: POST /api/v1/orders, its preview, seawall order send. */
#include "order/send.h"

#include "order/room.h"

enum { NO_LIAISON_SHOWN = 20, ANSWER_MAX = 16 << 20 };

/* A time, or a date: its end in the city. */
bool order_read_due(const json_t *body, const char *name, int64_t *ret, struct err *err)
{
	struct span text = json_get_text(body, name);
	*ret = 0;
	if (!text.n || time_parse(text, ret))
		return true;
	if (!time_parse_date(text, TIME_CHINA, ret))
		return err_field(err, name, "“%s”应为日期或时间，例如 2026-11-30",
			"%s must be a date or a time such as 2026-11-30", name);
	*ret += TIME_DAY - 1;
	return true;
}

static const char *word(struct op *op, const json_t *body, const char *name, const char *otherwise)
{
	struct span text = json_get_text(body, name);
	return text.p ? arena_copy(op->arena, text) : otherwise;
}

static bool read_send(struct op *op, const json_t *body, struct order_send *ret, struct err *err)
{
	struct order_send s = { .kind = word(op, body, "kind", ""),
		.title = json_get_text(body, "title"),
		.text = json_get_text(body, "text"),
		.reply = word(op, body, "reply", "answer"),
		.template = json_get_text(body, "template"),
		.words = json_get_text(body, "text_template"),
		.number = json_get_text(body, "number"),
		.source = json_get_text(body, "source"),
		.source_number = json_get_text(body, "source_number"),
		.severity = word(op, body, "severity", NULL),
		.topic = json_get_text(body, "topic"),
		.draft = json_get_bool(body, "draft", false),
		.approval = json_get_bool(body, "approval", false) };
	if (!json_is_object(body))
		return err_set(
			err, ERR_MALFORMED, "请求内容应为 JSON 对象", "the body must be a JSON object");
	if (strcmp(s.kind, "task") != 0 && strcmp(s.kind, "declaration") != 0)
		return err_field(err, "kind", "“kind”应为 task 或 declaration",
			"kind must be task or declaration");
	if (s.topic.n && !span_is(s.topic, "contact_check"))
		return err_field(err, "topic", "“topic”应为 contact_check", "topic must be contact_check");
	if (!order_read_due(body, "due", &s.due_at, err) ||
	    !order_read_due(body, "source_due", &s.source_due, err))
		return false;
	*ret = s;
	return true;
}

/* ---- what is answered ---- */

struct warnings {
	struct str *out;
	bool any;
};

static void warn(struct warnings *w, struct span text)
{
	str_addz(w->out, w->any ? "," : "");
	str_add_json(w->out, text);
	w->any = true;
}

static bool unit_of(struct op *op, int64_t n, struct span *ret_id, struct span *ret_name, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	if (!db_query(op_db(op), SQL("SELECT id, name FROM units WHERE n=?"), V(db_i(n)), &r, err) ||
		!db_next(r, &row, err))
		return false;
	*ret_id = row ? arena_span(op->arena, db_col_text(r, 0)) : SPAN("");
	*ret_name = row ? arena_span(op->arena, db_col_text(r, 1)) : SPAN("");
	return true;
}

/* Recipients as JSON; the first names of those without a liaison in `missing`. */
static bool add_recipients(struct op *op, const struct order_recipients *r, struct str *out,
	struct str *missing, struct err *err)
{
	int64_t named = 0;
	str_addc(out, '[');
	for (size_t i = 0; i < r->n; i++) {
		const struct order_recipient *to = &r->at[i];
		struct span id, name;
		if (!unit_of(op, to->unit_n, &id, &name, err))
			return false;
		str_addz(out, i ? ",{\"unit_id\":" : "{\"unit_id\":");
		str_add_json(out, id);
		str_addz(out, ",\"unit\":");
		str_add_json(out, name);
		str_addf(out, ",\"part\":\"%s\",\"reason\":", to->part);
		str_add_json(out, to->reason);
		str_addz(out, ",\"rows\":");
		str_add_json(out, to->rows);
		str_addf(out, ",\"liaison\":%s}", to->no_liaison ? "false" : "true");
		if (to->no_liaison && named++ < NO_LIAISON_SHOWN)
			str_addf(missing, "%s" SPAN_FMT, named > 1 ? "、" : "", SPAN_ARG(name));
	}
	str_addc(out, ']');
	return true;
}

static void warn_missing(
	struct op *op, const struct order_recipients *r, const struct str *missing, struct warnings *w)
{
	if (r->no_liaison)
		warn(w,
			arena_printf(op->arena,
				op->zh ? "%lld 个单位没有联络员：" SPAN_FMT "%s"
				: "%lld units have no liaison: " SPAN_FMT "%s",
				(long long)r->no_liaison, SPAN_ARG(str_span(missing)),
				r->no_liaison > NO_LIAISON_SHOWN ? "…" : ""));
}

bool order_post(struct op *op, const json_t *body, struct str *out, struct err *err)
{
	struct str sent = STR_IN(op->arena, ANSWER_MAX), missing = STR_IN(op->arena, 1 << 16);
	struct order_recipients r;
	struct order_send s;
	CLEANUP(json_free) json_t *answer = NULL;
	if (!read_send(op, body, &s, err) ||
		!order_recipients(op, json_object_get(body, "to"), &r, err))
		return false;
	s.to = r.at;
	s.n = r.n;
	if (!order_send(op, &s, &sent, err) || !json_parse(str_span(&sent), 0, &answer, err))
		return false;
	str_addz(out, "{\"orders\":");
	if (!json_write(json_object_get(answer, "orders"), out, err))
		return false;
	str_addz(out, ",\"recipients\":");
	if (!add_recipients(op, &r, out, &missing, err))
		return false;
	str_addz(out, ",\"warnings\":[");
	struct warnings w = { out, false };
	const json_t *list = json_object_get(answer, "warnings");
	for (size_t i = 0; i < json_array_size(list); i++)
		warn(&w, json_text(json_array_get(list, i)));
	warn_missing(op, &r, &missing, &w);
	str_addz(out, "]}");
	return str_check(out, err);
}

static bool post(struct call *c, struct err *err)
{
	c->status = 201;
	return order_post(c->op, c->json, c->out, err);
}

static bool preview(struct call *c, struct err *err)
{
	struct op *op = c->op;
	struct str missing = STR_IN(op->arena, 1 << 16);
	struct order_recipients r;
	struct order_send s;
	int64_t due;
	char text[TIME_TEXT];
	if (!read_send(op, c->json, &s, err) ||
		!order_recipients(op, json_object_get(c->json, "to"), &r, err))
		return false;
	s.to = r.at;
	s.n = r.n;
	struct span words;
	if (!order_send_due(op, &s, &due, err) || !order_send_text(op, &s, &words, err))
		return false;
	str_addf(c->out, "{\"count\":%zu,\"no_liaison\":%lld,\"due\":", r.n, (long long)r.no_liaison);
	if (due)
		str_addf(c->out, "\"%s\"", time_format(due, text));
	else
		str_addz(c->out, "null");
	str_addz(c->out, ",\"text\":");
	str_add_json(c->out, words.p ? words : SPAN(""));
	str_addz(c->out, ",\"recipients\":");
	if (!add_recipients(op, &r, c->out, &missing, err))
		return false;
	str_addz(c->out, ",\"warnings\":[");
	struct warnings w = { c->out, false };
	if (s.source_due && due > s.source_due)
		warn(&w, order_warning_late(op, (int64_t)r.n));
	warn_missing(op, &r, &missing, &w);
	str_addz(c->out, "]}");
	return str_check(c->out, err);
}

#define TEXT_SCHEMA(name) "\"" name "\":{\"type\":\"string\"}"
#define BODY \
	"{\"type\":\"object\",\"required\":[\"kind\",\"title\",\"to\"],\"properties\":{\"kind\":{\"type\":" \
	"\"string\",\"enum\":[\"task\",\"declaration\"]},\"reply\":{\"type\":\"string\",\"enum\":[\"none\"," \
	"\"acknowledge\",\"answer\"]},\"severity\":{\"type\":\"string\",\"enum\":[\"none\",\"low\"," \
	"\"medium\",\"high\",\"critical\"]},\"to\":{\"type\":\"object\"},\"draft\":{\"type\":\"boolean\"}," \
	"\"approval\":{\"type\":\"boolean\"}," \
	TEXT_SCHEMA("title") "," TEXT_SCHEMA("text") "," TEXT_SCHEMA("due") "," TEXT_SCHEMA("template") "," \
	TEXT_SCHEMA("text_template") "," \
	TEXT_SCHEMA("number") "," TEXT_SCHEMA("source") "," TEXT_SCHEMA("source_number") "," \
	TEXT_SCHEMA("source_due") "," TEXT_SCHEMA("topic") "}}"
#define RECIPIENTS \
	"\"recipients\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"unit_id\"," \
		"\"part\"," \
	"\"reason\",\"liaison\"],\"properties\":{" TEXT_SCHEMA("unit_id") "," TEXT_SCHEMA("unit") "," \
	TEXT_SCHEMA("part") "," TEXT_SCHEMA("reason") "," TEXT_SCHEMA("rows") \
	",\"liaison\":{\"type\":\"boolean\"}}}},\"warnings\":{\"type\":\"array\",\"items\":{\"type\":" \
	"\"string\"}}"

const struct route order_post_routes[] = {
	{ "POST", "/api/v1/orders", post, PERM_ORDER_ISSUE, 1 << 20, 0, "发出任务或资产申报，每个单位一张单",
		"send a task or a declaration, one order for each unit", BODY,
		"{\"type\":\"object\",\"required\":[\"orders\",\"recipients\",\"warnings\"],\"properties\":{"
		"\"orders\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\","
		"\"number\","
		"\"unit_id\",\"state\"]}}," RECIPIENTS "}}" },
	{ "POST", "/api/v1/orders/preview", preview, PERM_ORDER_ISSUE, 1 << 20, 0,
		"预览收件单位、理由和提醒，不发出", "preview of recipients, reasons and warnings, sends nothing", BODY,
		"{\"type\":\"object\",\"required\":[\"count\",\"recipients\",\"warnings\"],\"properties\":{"
		"\"count\":{\"type\":\"integer\"},\"no_liaison\":{\"type\":\"integer\"},\"due\":{\"type\":["
		"\"string\",\"null\"]},\"text\":{\"type\":\"string\"}," RECIPIENTS "}}" },
};
const size_t order_post_routes_count = COUNT(order_post_routes);

/* ---- seawall order send ---- */

/* --to "division=XS tag=医疗", and each of its words as an option of its own; --unit says where one stands, so
 * a unit is --to-unit. */
static bool read_to(struct command_call *c, json_t **ret, struct err *err)
{
	static const char *const words[] = { "support", "copy", "division", "sector", "tag", "product",
		"vuln" };
	CLEANUP(json_free) json_t *to = order_to_words(command_option(c, "to"), err);
	if (!to)
		return false;
	for (size_t o = 0; o < c->n_options; o++) {
		struct span name = span_of(c->options[o].name);
		bool known = span_is(name, "to-unit");
		for (size_t i = 0; i < COUNT(words); i++)
			known = known || span_is(name, words[i]);
		for (size_t i = 0; known && i < c->options[o].n; i++)
			order_to_add(to, span_is(name, "to-unit") ? SPAN("units") : name,
				c->options[o].values[i]);
	}
	if (command_flag(c, "all"))
		order_to_add(to, SPAN("all"), SPAN(""));
	*ret = to;
	to = NULL;
	return true;
}

static bool read_body(struct command_call *c, json_t **ret, struct err *err)
{
	static const char *const names[] = { "kind", "title", "text", "reply", "due", "template",
		"text-template", "number", "source", "source-number", "source-due", "severity", "topic" };
	json_t *to;
	if (!read_to(c, &to, err))
		return false;
	json_t *body = json_object();
	for (size_t i = 0; i < COUNT(names); i++) {
		struct span value = command_option(c, names[i]);
		char name[32] = { 0 };
		for (size_t k = 0; names[i][k] && k < sizeof name - 1; k++)
			name[k] = names[i][k] == '-' ? '_' : names[i][k];
		if (value.p)
			json_object_set_new(body, name, json_of_span(value));
	}
	if (command_flag(c, "draft"))
		json_object_set_new(body, "draft", json_true());
	if (command_flag(c, "approval"))
		json_object_set_new(body, "approval", json_true());
	json_object_set_new(body, "to", to);
	*ret = body;
	return true;
}

static void print_list(struct command_call *c, const json_t *answer, bool dry)
{
	const json_t *recipients = json_object_get(answer, "recipients");
	const json_t *orders = json_object_get(answer, "orders"),
		*notes = json_object_get(answer, "warnings");
	for (size_t i = 0; i < json_array_size(recipients); i++) {
		const json_t *r = json_array_get(recipients, i);
		struct span number = json_get_text(json_array_get(orders, i), "number");
		fprintf(c->out, SPAN_FMT "%s" SPAN_FMT "  " SPAN_FMT "\n", SPAN_ARG(number),
			number.n ? "  " : "",
			SPAN_ARG(json_get_text(r, "unit")), SPAN_ARG(json_get_text(r, "reason")));
	}
	for (size_t i = 0; i < json_array_size(notes); i++)
		fprintf(c->notes, SPAN_FMT "\n", SPAN_ARG(json_text(json_array_get(notes, i))));
	if (dry)
		fprintf(c->out, c->zh ? "将发给 %zu 个单位\n" : "would go to %zu units\n",
			json_array_size(recipients));
	else
		fprintf(c->out, c->zh ? "已生成 %zu 单\n" : "%zu orders\n", json_array_size(orders));
}

static bool run_send(struct command_call *c, struct err *err)
{
	CLEANUP(json_free) json_t *body = NULL;
	CLEANUP(json_free) json_t *answer = NULL;
	struct str out = STR_IN(c->op->arena, ANSWER_MAX);
	struct call call = { .op = c->op, .out = &out };
	bool dry = command_flag(c, "dry-run");
	if (!read_body(c, &body, err))
		return false;
	call.json = body;
	if (!(dry ? preview(&call, err) : post(&call, err)))
		return false;
	if (c->json) {
		fprintf(c->out, "%s\n", str_z(&out));
		return true;
	}
	if (!json_parse(str_span(&out), 0, &answer, err))
		return false;
	print_list(c, answer, dry);
	return true;
}

const struct command order_post_commands[] = {
	{ "order send", "",
		"kind= title= text= reply= due= template= text-template= number= source= source-number= "
		"source-due= "
		"severity= topic="
		" to= to-unit=* support=* copy=* division=* sector=* tag=* product= vuln= all draft approval "
		"dry-run",
		COMMAND_OPEN, run_send, "发出任务或资产申报：单位可指名，也可按区划、行业、标签、产品或漏洞",
		"send a task or a declaration to units by name, division, sector, tag, product or "
		"vulnerability" },
};
const size_t order_post_commands_count = COUNT(order_post_commands);
