/* Orders of kind declaration: answered by rows (asset/declaration.h), which are decided one by one or with
 * the order; the order follows its rows. */
#include "asset/declaration.h"

#include "asset/declaration_sheet.h"
#include "order/room.h"

bool order_declares(const struct record *o)
{
	return span_is(record_text(o, "kind"), "declaration");
}

static struct declaration_order order_of(const struct record *o)
{
	return (struct declaration_order){ o->n, record_int(o, "unit_id") };
}

bool order_claim_of_declaration(const json_t *args, struct err *err)
{
	struct span claim = json_get_text(args, "claim");
	return span_is(claim, "not_ours") || span_is(claim, "cannot_fix") || span_is(claim, "affected") ||
		err_field(err, "claim", "资产申报请答 systems、none 或 unchanged",
			"a declaration is answered by systems, none or unchanged");
}

/* The rows have been dealt with already: the order only follows. */
static bool is_following(const json_t *args)
{
	return json_is_true(json_object_get(args, "follows"));
}

static bool answer_item(struct op *op, const struct record *o, struct item *it, const struct speaker *who,
	struct span text, struct err *err)
{
	it->claim = SPAN("declared");
	it->text = text;
	it->version = it->patch = it->contradiction = (struct span){ NULL, 0 };
	it->answered_by = op->actor->who.user_n;
	it->answered_name = op->actor->who.name;
	it->on_behalf = who->behalf;
	struct item_how how = { text, who->on_whose_word, who->at, record_int(o, "unit_id") };
	return item_write(op, it, err) && item_move(op, it, "answer", &how, err);
}

bool order_declare(struct op *op, struct record *o, const json_t *args, const char **ret_to, struct err *err)
{
	struct speaker who;
	struct items items;
	size_t n = 0;
	struct span text = json_get_text(args, "text");
	if (!order_speaker(op, o, args, &who, err) || !items_load(op, o->n, &items, err) ||
		!order_note_acknowledged(op, o, who.at, err) ||
		(!is_following(args) && !declaration_answer(op, order_of(o), args, err)))
		return false;
	for (size_t i = 0; i < items.n; i++) {
		if (!item_is_open(&items.at[i]))
			continue;
		n++;
		if (!answer_item(op, o, &items.at[i], &who, text, err))
			return false;
	}
	if (n == 0)
		return err_set(err, ERR_CONFLICT, "没有待反馈的事项", "no item waits for an answer");
	record_set(o, "returned_proposed", db_null());
	*ret_to = order_derive(&items);
	return order_settle_clocks(op, o, &items, who.at, err);
}

bool order_accept_rows(
	struct op *op, const struct record *o, const json_t *args, bool *ret_waits, struct err *err)
{
	struct declaration_tally t;
	*ret_waits = false;
	if (is_following(args))
		return true;
	if (!declaration_decide(op, order_of(o), "accept", args, err) ||
		!declaration_count(op, o->n, &t, err))
		return false;
	if (t.returned && !t.submitted)
		return err_set(err, ERR_CONFLICT, "本单有申报已退回，不能整单通过；请退回本单，或逐条采纳",
			"rows of this order were returned: return the order, or accept row by row");
	*ret_waits = t.submitted > 0;
	return true;
}

bool order_return_rows(struct op *op, const struct record *o, const json_t *args, struct err *err)
{
	return is_following(args) || declaration_decide(op, order_of(o), "return", args, err);
}

/* ---- the order follows its rows ---- */

static bool follow(struct op *op, struct record *o, const char *verb, json_t *args, struct err *err)
{
	json_object_set_new(args, "follows", json_true());
	return record_apply(op, o, verb, args, err);
}

static bool follow_submitted(
	struct op *op, struct record *o, const struct declaration_news *news, struct err *err)
{
	CLEANUP(json_free) json_t *args = json_object();
	const json_t *behalf = json_object_get(news->args, "on_behalf");
	bool open = span_is(o->state, "sent") || span_is(o->state, "handling") ||
		span_is(o->state, "partly_answered");
	if (behalf)
		json_object_set_new(args, "on_behalf", json_incref((json_t *)(uintptr_t)behalf));
	return !open || follow(op, o, "answer", args, err);
}

static bool follow_decided(struct op *op, struct record *o, const struct declaration_tally *t,
	const struct declaration_news *news, struct err *err)
{
	CLEANUP(json_free) json_t *args = json_object();
	struct span reason = json_get_text(news->args, "reason");
	if (!span_is(o->state, "answered"))
		return true;
	if (!t->returned)
		return follow(op, o, "verify", args, err);
	if (t->reasons.n && reason.n && strcmp(news->to, "returned") == 0)
		reason = arena_printf(op->arena, SPAN_FMT "；" SPAN_FMT, SPAN_ARG(t->reasons),
			SPAN_ARG(reason));
	else if (t->reasons.n)
		reason = t->reasons;
	json_object_set_new(args, "reason", json_of_span(reason));
	return follow(op, o, "return", args, err);
}

bool order_follow_declaration(struct op *op, const struct declaration_news *news, struct err *err)
{
	struct declaration_tally t;
	struct record o;
	struct span was;
	bool found;
	if (!resource_load(op, &order_resource, news->order_n, &o, &found, err) || !found)
		return err->code == ERR_NONE;
	if (!declaration_count(op, news->order_n, &t, err) ||
		!db_text(op_db(op), SQL("SELECT state FROM declarations WHERE n=?"), V(db_i(news->row_n)),
			op->arena, &was, err))
		return false;
	/* the row itself is written after this */
	t.submitted += (strcmp(news->to, "submitted") == 0) - span_is(was, "submitted");
	t.returned += (strcmp(news->to, "returned") == 0) - span_is(was, "returned");
	if (strcmp(news->to, "submitted") == 0)
		return t.returned > 0 || follow_submitted(op, &o, news, err);
	return t.submitted > 0 || follow_decided(op, &o, &t, news, err);
}

/* ---- the form ---- */

static bool get_order(struct call *c, struct record *o, struct err *err)
{
	if (!resource_get(c->op, &order_resource, c->params[0], o, err))
		return false;
	return order_declares(o) ||
		err_set(err, ERR_NOT_FOUND, "这不是资产申报的交办单", "this order asks for no declaration");
}

static void add_text(struct str *out, const char *name, struct span text)
{
	str_addf(out, ",\"%s\":", name);
	str_add_json(out, text.p ? text : SPAN(""));
}

static bool form(struct call *c, struct err *err)
{
	struct record o;
	size_t unit = 0;
	if (!get_order(c, &o, err))
		return false;
	while (strcmp(o.resource->fields[unit].name, "unit_id") != 0)
		unit++;
	str_addz(c->out, "{\"order_id\":");
	str_add_json(c->out, o.id);
	add_text(c->out, "number", record_text(&o, "number"));
	add_text(c->out, "state", o.state);
	add_text(c->out, "unit_id", o.ref_ids[unit]);
	add_text(c->out, "unit_name", o.ref_names[unit]);
	if (!declaration_form(c->op, order_of(&o), c->out, err))
		return false;
	str_addc(c->out, '}');
	return true;
}

static bool workbook(struct call *c, struct err *err)
{
	struct record o;
	struct span bytes;
	struct declaration_order order;
	if (!get_order(c, &o, err))
		return false;
	order = order_of(&o);
	if (!declaration_sheet_write(c->op, &order, &bytes, err))
		return false;
	c->content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
	call_add_header(c, "Content-Disposition", SPAN("attachment; filename=\"declaration.xlsx\""));
	str_add(c->out, bytes);
	return str_check(c->out, err);
}

/* ---- a sheet as the answer ---- */

/* On whose word, where an office enters it: channel, person, at, text. */
static void add_behalf(json_t *args, const struct span said[4])
{
	static const char *const names[] = { "channel", "person", "at", "text" };
	json_t *behalf = json_object();
	for (size_t i = 0; i < COUNT(names); i++)
		if (said[i].n)
			json_object_set_new(behalf, names[i], json_of_span(said[i]));
	if (json_object_size(behalf))
		json_object_set_new(args, "on_behalf", behalf);
	else
		json_decref(behalf);
}

/* Read outside the transaction, answered inside one. */
static bool answer_by_sheet(struct op *op, struct span id, struct table *t, const struct span said[4],
	struct record *ret, struct err *err)
{
	CLEANUP(json_free) json_t *args = NULL;
	if (!declaration_sheet_read(op, t, &args, err))
		return false;
	add_behalf(args, said);
	struct resource_request q = { .id = id, .verb = SPAN("answer"), .in = args };
	if (!op_begin(op, err))
		return false;
	if (resource_apply(op, &order_resource, &q, ret, err) && op_commit(op, err))
		return true;
	op_rollback(op);
	return false;
}

static bool upload(struct call *c, struct err *err)
{
	struct record o;
	CLEANUP(table_close_p) struct table *t = NULL;
	struct span said[4] = { call_query(c, "channel"), call_query(c, "person"), call_query(c, "at"),
		call_query(c, "text") };
	return get_order(c, &o, err) && table_open_span(c->body, DECLARATION_SHEET_BYTES, &t, err) &&
		answer_by_sheet(c->op, o.id, t, said, &o, err) &&
		record_json(c->op, &o, 0, true, c->out, err);
}

static bool run_declare(struct command_call *c, struct err *err)
{
	struct record o;
	CLEANUP(table_close_p) struct table *t = NULL;
	struct span said[4] = { command_option(c, "channel"), command_option(c, "person"),
		command_option(c, "at"), command_option(c, "text") };
	const char *path = arena_copy(c->op->arena, c->words[1]);
	struct str out = STR_IN(c->op->arena, 4 << 20);
	if (!table_open(path, DECLARATION_SHEET_BYTES, &t, err) ||
		!answer_by_sheet(c->op, c->words[0], t, said, &o, err))
		return false;
	if (c->json) {
		if (!record_json(c->op, &o, 0, true, &out, err))
			return false;
		fprintf(c->out, "%s\n", str_z(&out));
		return true;
	}
	fprintf(c->out, SPAN_FMT "  " SPAN_FMT "\n", SPAN_ARG(record_text(&o, "number")),
		SPAN_ARG(word_text(o.state, c->zh)));
	return true;
}

const struct command order_declaration_commands[] = {
	{ "order declare", "ORDER FILE", "channel= person= at= text=", COMMAND_OPEN, run_declare,
		"用申报表（XLSX 或 CSV）答复资产申报，代录时写明方式和何人",
		"answer a declaration with its sheet (XLSX or CSV); on whose word where it is on behalf" },
};
const size_t order_declaration_commands_count = COUNT(order_declaration_commands);

const struct route order_declaration_routes[] = {
	{ "GET", "/api/v1/orders/{id}/declaration", form, PERM_ORDER_READ, 0, 0,
		"资产申报表：已知的系统及其内容，可选的软件",
		"form of a declaration: the systems known with their values, and what may be picked" },
	{ "GET", "/api/v1/orders/{id}/declaration.xlsx", workbook, PERM_ORDER_READ, 0, ROUTE_RAW,
		"资产申报表，可填写的工作簿", "form of a declaration as a workbook to be filled in" },
	{ "POST", "/api/v1/orders/{id}/declaration", upload, PERM_ORDER_ANSWER, DECLARATION_SHEET_BYTES,
		ROUTE_RAW, "用填好的申报表（XLSX 或 CSV）答复；代录时加 channel、person",
		"answer with the filled-in sheet (XLSX or CSV); on behalf with channel and person" },
};
const size_t order_declaration_routes_count = COUNT(order_declaration_routes);
