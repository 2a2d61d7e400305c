/* Instructions (批示): what a leader wants done about a record; the duty officers' list until it is done. */
#include "order/behalf.h"

static const char *const subjects[] = { "order", "finding", "notice", "incident", NULL };
static const char *const states[] = { "open", "done", NULL };
static const struct transition rows[] = {
	{ "open", "complete", "done", PERM_INSTRUCTION_COMPLETE, NEED_TEXT },
};
const struct life instruction_life = { .states = states, .rows = rows, .n_rows = COUNT(rows) };

static const struct field fields[] = {
	{ "subject", FIELD_ENUM, READ_ONLY | FILTER | LIST, .values = subjects, .zh = "对象类型",
		.en = "kind of record" },
	{ "subject_id", FIELD_TEXT, READ_ONLY | FILTER, 0, 36, .zh = "对象标识", .en = "record it is about" },
	{ "subject_name", FIELD_TEXT, READ_ONLY | LIST, 0, 300, .zh = "对象，编号或标题",
		.en = "record, its number or title" },
	{ "unit_id", FIELD_REF, READ_ONLY | FILTER | LIST, .ref = "unit", .zh = "责任单位",
		.en = "responsible unit" },
	{ "text", FIELD_LONG, READ_ONLY | LIST, 1, 2000, .zh = "批示内容", .en = "instruction" },
	{ "leader", FIELD_TEXT, READ_ONLY | FILTER | LIST, 0, 100, .zh = "批示人", .en = "given by" },
	{ "until_at", FIELD_TIME, READ_ONLY | FILTER | LIST, .zh = "办理时限", .en = "to be done by" },
	{ "result", FIELD_LONG, READ_ONLY, 0, 2000, .zh = "办理情况", .en = "what was done" },
	{ "done_by", FIELD_TEXT, READ_ONLY | FILTER, 0, 100, .zh = "办理人", .en = "done by" },
	{ "done_at", FIELD_TIME, READ_ONLY | FILTER, .zh = "办结时间", .en = "done" },
};

enum { TEXT_MAX = 2000 };

static const struct field *has_field(const struct record *r, const char *name)
{
	for (size_t i = 0; i < r->resource->n_fields; i++)
		if (strcmp(r->resource->fields[i].name, name) == 0)
			return &r->resource->fields[i];
	return NULL;
}

/* ---- a step on the subject's timeline ---- */

static bool remark_subject(struct op *op, const struct record *of, const char *verb, struct span text,
	struct span values, struct err *err)
{
	struct finding_county county = { 0 };
	const char *state = arena_copy(op->arena, of->state);
	struct store_step step = { .resource = of->resource->name,
		.record_n = of->n,
		.from = state,
		.verb = verb,
		.to = state,
		.text = text,
		.unit_n = has_field(of, "unit_id") ? record_int(of, "unit_id") : 0,
		.severity = has_field(of, "severity") ? arena_copy(op->arena, record_text(of, "severity"))
			: "",
		.values = values };
	if (of->resource->facts)
		of->resource->facts(of, &step);
	if (step.unit_n && !finding_county_of(op, step.unit_n, &county, err))
		return false;
	step.county_n = county.county_n;
	return store_add_step(op->tx, &step, NULL, err);
}

/* ---- giving one ---- */

static struct span name_of(const struct record *of)
{
	static const char *const names[] = { "number", "title", "name" };
	for (size_t i = 0; i < COUNT(names); i++)
		if (has_field(of, names[i]) && record_text(of, names[i]).n)
			return utf8_cut(record_text(of, names[i]), 300);
	return of->id;
}

static bool make(struct op *op, const struct record *of, const json_t *args, struct record *ret,
	struct err *err)
{
	struct span text = span_trim(json_get_text(args, "text"));
	int64_t until = 0, unit_n = has_field(of, "unit_id") ? record_int(of, "unit_id") : 0;
	if (!text.n || utf8_count(text) > TEXT_MAX)
		return err_field(err, "text", "批示内容应为 1 至 %d 个字", "text must have 1 to %d characters",
			TEXT_MAX);
	if (json_get_text(args, "until").n && !finding_parse_until(op, args, &until, err))
		return false;
	if (!record_new(&instruction_resource, op->arena, ret))
		return false;
	record_set(ret, "subject", db_z(of->resource->name));
	record_set(ret, "subject_id", db_t(of->id));
	record_set(ret, "subject_name", db_t(name_of(of)));
	record_set(ret, "unit_id", unit_n ? db_i(unit_n) : db_null());
	record_set(ret, "text", db_t(text));
	record_set(ret, "leader", db_t(op->actor->who.name));
	record_set(ret, "until_at", until ? db_i(until) : db_null());
	struct store_step step = { .resource = "instruction",
		.from = "",
		.verb = "instruct",
		.to = "open",
		.text = text,
		.unit_n = unit_n,
		.severity = "" };
	if (!record_insert(op, ret, err))
		return false;
	step.record_n = ret->n;
	return store_add_step(op->tx, &step, NULL, err);
}

bool order_instruct(struct op *op, struct record *o, const json_t *args, const char **ret_to, struct err *err)
{
	struct record made;
	(void)ret_to;
	if (!make(op, o, args, &made, err))
		return false;
	o->noted = arena_printf(op->arena, "{\"instruction_id\":\"" SPAN_FMT "\"}", SPAN_ARG(made.id));
	return true;
}

/* Records without that verb in their life: a step, the record itself stays as it is. */
static bool instruct_other(struct call *c, const struct resource *r, struct record *ret, struct err *err)
{
	struct op *op = c->op;
	struct record of;
	bool may;
	if (!resource_get(op, r, json_get_text(c->json, "id"), &of, err) ||
		!actor_may(op->actor, op_db(op), PERM_ORDER_INSTRUCT,
			has_field(&of, "unit_id") ? record_int(&of, "unit_id") : 0, &may, err))
		return false;
	if (!may)
		return err_set(err, ERR_FORBIDDEN, "没有批示的权限", "not permitted to instruct");
	if (!make(op, &of, c->json, ret, err))
		return false;
	struct span values = arena_printf(op->arena, "{\"instruction_id\":\"" SPAN_FMT "\"}",
		SPAN_ARG(ret->id));
	return remark_subject(op, &of, "instruct", record_text(ret, "text"), values, err);
}

static bool instruct_order(struct call *c, struct record *ret, struct err *err)
{
	struct op *op = c->op;
	struct record o;
	struct span id;
	json_t *until = json_object_get(c->json, "until");
	CLEANUP(json_free) json_t *args = json_object();
	json_object_set(args, "text", json_object_get(c->json, "text"));
	if (until)
		json_object_set(args, "until", until);
	struct resource_request q = { .id = json_get_text(c->json, "id"), .verb = SPAN("instruct"),
		.in = args };
	return resource_apply(op, &order_resource, &q, &o, err) &&
		db_text(op_db(op),
			SQL("SELECT id FROM instructions WHERE subject='order' AND subject_id=? ORDER BY n "
			"DESC LIMIT 1"),
			V(db_t(o.id)), op->arena, &id, err) &&
		resource_get(op, &instruction_resource, id, ret, err);
}

bool order_instruction_route(struct call *c, struct err *err)
{
	struct span name = json_get_text(c->json, "resource");
	const struct resource *r = resource_find(name);
	struct record made;
	bool known = false;
	for (size_t i = 0; subjects[i]; i++)
		known = known || span_is(name, subjects[i]);
	if (!known || !r)
		return err_field(err, "resource", "“resource”应为 order、finding 或 notice",
			"resource must be order, finding or notice");
	if (!resource_get(c->op, r, json_get_text(c->json, "id"), &made, err)) {
		if (err->code != ERR_NOT_FOUND)
			return false;
		*err = (struct err){ 0 };
		return err_field(err, "id", "没有这条记录", "there is no such record");
	}
	if (!(r == &order_resource ? instruct_order(c, &made, err) : instruct_other(c, r, &made, err)))
		return false;
	c->status = 201;
	call_add_header(c, "Location",
		arena_printf(c->op->arena, "/api/v1/instructions/" SPAN_FMT, SPAN_ARG(made.id)));
	return record_json(c->op, &made, 0, true, c->out, err);
}

/* ---- done ---- */

static bool apply(struct op *op, struct record *i, const struct transition *t, const json_t *args,
	const char **ret_to, struct err *err)
{
	struct span text = span_trim(json_get_text(args, "text"));
	const struct resource *r = resource_find(record_text(i, "subject"));
	struct record of;
	int64_t n;
	bool found = false;
	(void)t;
	(void)ret_to;
	if (utf8_count(text) > TEXT_MAX)
		return err_field(err, "text", "办理情况最长 %d 个字", "text has at most %d characters", TEXT_MAX);
	record_set(i, "result", db_t(text));
	record_set(i, "done_by", db_t(op->actor->who.name));
	record_set(i, "done_at", db_i(op_now(op)));
	if (!r)
		return true;
	if (!resource_resolve(op, r, record_text(i, "subject_id"), &n, err)) {
		/* the list must not keep what nobody can find any more */
		bool gone = err->code == ERR_NOT_FOUND;
		*err = gone ? (struct err){ 0 } : *err;
		return gone;
	}
	if (!resource_load(op, r, n, &of, &found, err))
		return false;
	struct span values = arena_printf(op->arena, "{\"instruction_id\":\"" SPAN_FMT "\"}",
		SPAN_ARG(i->id));
	return !found || remark_subject(op, &of, "complete", text, values, err);
}

const struct resource instruction_resource = {
	.name = "instruction",
	.path = "instructions",
	.table = "instructions",
	.zh = "批示，领导对一条记录的要求，值班员的待办",
	.en = "instruction, what a leader wants done about a record",
	.fields = fields,
	.n_fields = COUNT(fields),
	.unit_column = "t.unit_n",
	.read = PERM_INSTRUCTION_READ,
	.write = PERM_INSTRUCTION_COMPLETE,
	.life = &instruction_life,
	.apply = apply,
};
