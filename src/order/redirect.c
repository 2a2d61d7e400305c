/* "Not ours", and the office agrees: the findings go to the unit whose they are, by an order of their own. */
#include <stdlib.h>

#include "order/behalf.h"
#include "order/dispatch.h"
#include "order/send.h"

struct redirect {
	struct op *op;
	const struct record *o; /* the order that is left */
	int64_t unit_n; /* to whom */
	struct span unit_name, reason;
	VEC(struct task) tasks;
};

static bool find_unit(struct redirect *r, const json_t *args, struct err *err)
{
	return order_other_unit(r->op, r->o, args, &r->unit_n, err) &&
		db_text(op_db(r->op), SQL("SELECT name FROM units WHERE n=?"), V(db_i(r->unit_n)),
		r->op->arena,
			&r->unit_name, err);
}

/* Only what is said not to be theirs; named items of another kind are refused, not passed over. */
static bool choose(struct redirect *r, struct items *items, const json_t *args, struct err *err)
{
	size_t n = 0;
	bool named = json_object_get(args, "items") != NULL;
	if (!items_choose(r->op, items, args, "disputed", err))
		return false;
	for (size_t i = 0; i < items->n; i++) {
		struct item *it = &items->at[i];
		if (!it->chosen)
			continue;
		/* tasks have one kind of dispute only */
		bool theirs = span_is(it->claim, "not_ours") || span_is(it->claim, "unable");
		if (!theirs && named)
			return err_field(err, "items", "事项“" SPAN_FMT "”的异议不是“不属于本单位”，不能改派",
				"item \"" SPAN_FMT "\" is not disputed as not_ours", SPAN_ARG(it->title));
		it->chosen = theirs;
		n += theirs;
	}
	return n > 0 ||
		err_set(err, ERR_CONFLICT, "没有以“不属于本单位”提出异议的事项",
			"no item is disputed as not_ours");
}

/* The findings leave the old order and stand with the new unit, ready to be ordered. */
static bool move_findings(struct redirect *r, const struct item *it, struct err *err)
{
	struct op *op = r->op;
	struct finding_facts facts;
	struct finding_how how = { .reason = r->reason, .unit_n = r->unit_n };
	if (!item_facts(op, it, &facts, err) || !item_move_findings(op, it, "hand_over", &how, err) ||
		!item_move_findings(op, it, "withdraw", &how, err))
		return false;
	for (size_t i = 0; i < facts.n; i++) {
		struct task t = { .skipped = false };
		bool found;
		if (!finding_load(op, facts.at[i].n, &t.f, &found, err))
			return false;
		if (found)
			vec_push(&r->tasks, t);
	}
	return true;
}

static bool notice_of(struct redirect *r, int64_t *ret, struct err *err)
{
	bool found;
	return db_int(op_db(r->op), SQL("SELECT COALESCE(notice_n, 0) FROM orders WHERE n=?"),
		V(db_i(r->o->n)), ret, &found, err);
}

/* A task, a notice, a declaration: sent as it was, to the other unit. */
static bool send_again(struct redirect *r, struct issued *ret, struct err *err)
{
	const struct record *o = r->o;
	struct order_recipient to = { .unit_n = r->unit_n, .part = "main", .reason = r->reason };
	struct str out = STR_IN(r->op->arena, 65536);
	CLEANUP(json_free) json_t *answer = NULL;
	struct order_send s = { .kind = arena_copy(r->op->arena, record_text(o, "kind")),
		.severity = arena_copy(r->op->arena, record_text(o, "severity")),
		.topic = record_text(o, "topic"),
		.title = record_text(o, "title"),
		.text = record_text(o, "text"),
		.reply = arena_copy(r->op->arena, record_text(o, "reply")),
		.template = record_text(o, "template"),
		.source = record_text(o, "source"),
		.source_number = record_text(o, "source_number"),
		.source_due = record_int(o, "source_due"),
		.to = &to,
		.n = 1 };
	if (span_is(record_text(o, "kind"), "finding"))
		return err_set(err, ERR_CONFLICT, "这些事项没有可以改派的隐患",
			"nothing in these items can be redirected");
	if (!notice_of(r, &s.notice_n, err) || !order_send(r->op, &s, &out, err) ||
		!json_parse(str_span(&out), 0, &answer, err))
		return false;
	const json_t *made = json_array_get(json_object_get(answer, "orders"), 0);
	*ret = (struct issued){ .id = arena_span(r->op->arena, json_get_text(made, "id")),
		.number = arena_span(r->op->arena, json_get_text(made, "number")) };
	return ret->id.n > 0 ||
		err_set(err, ERR_CONFLICT, "没有发出新的交办单", "no new order could be sent");
}

static bool issue(struct redirect *r, struct issued *ret, struct err *err)
{
	struct op *op = r->op;
	char batch[UUID_TEXT];
	struct order_dispatch d = { .text = record_text(r->o, "text"),
		.template = record_text(r->o, "template") };
	if (r->tasks.n == 0)
		return send_again(r, ret, err);
	struct issue s = { .op = op, .d = &d, .batch = span_of(uuid_make(op_now(op), batch)) };
	bool any = false;
	if (!issue_prepare(&s, err))
		return false;
	qsort(r->tasks.p, r->tasks.n, sizeof *r->tasks.p, task_compare);
	if (!issue_order(&s, &(struct unit_tasks){ r->tasks.p, r->tasks.n }, ret, &any, err))
		return false;
	return any || err_set(err, ERR_CONFLICT, "这些事项没有可以改派的隐患", "nothing in these items can be redirected");
}

/* Both timelines say where it came from and where it went. */
static bool link_orders(struct redirect *r, const struct issued *fresh, struct err *err)
{
	struct op *op = r->op;
	struct record made;
	struct str values = STR_IN(op->arena, 1024);
	if (!resource_get(op, &order_resource, fresh->id, &made, err) ||
		!db_exec(op_db(op), SQL("UPDATE orders SET redirected_from_n=? WHERE n=?"),
			V(db_i(r->o->n), db_i(made.n)), err))
		return false;
	str_addz(&values, "{\"redirected_from\":");
	str_add_json(&values, record_text(r->o, "number"));
	str_addz(&values, ",\"redirected_from_id\":");
	str_add_json(&values, r->o->id);
	str_addc(&values, '}');
	return order_remark(op, &made,
		&(struct order_remark){ .verb = "redirect", .text = r->reason, .values = str_span(&values) },
		err);
}

static bool uphold_chosen(struct redirect *r, struct items *items, const struct issued *fresh,
	struct err *err)
{
	struct item_how how = { .text = arena_printf(r->op->arena,
					SPAN_FMT "（改派至" SPAN_FMT "，" SPAN_FMT "）", SPAN_ARG(r->reason),
					SPAN_ARG(r->unit_name), SPAN_ARG(fresh->number)),
		.unit_n = record_int(r->o, "unit_id") };
	for (size_t i = 0; i < items->n; i++)
		if (items->at[i].chosen && !item_move(r->op, &items->at[i], "uphold", &how, err))
			return false;
	return true;
}

bool order_redirect(struct op *op, struct record *o, const json_t *args, const char **ret_to, struct err *err)
{
	struct redirect r = { .op = op,
		.o = o,
		.reason = json_get_text(args, "reason"),
		.tasks = { .arena = op->arena } };
	struct items items;
	struct issued fresh;
	if (!find_unit(&r, args, err) || !items_load(op, o->n, &items, err) || !choose(&r, &items, args, err))
		return false;
	for (size_t i = 0; i < items.n; i++)
		if (items.at[i].chosen &&
			(!order_four_eyes(op, &items.at[i], err) || !move_findings(&r, &items.at[i], err)))
			return false;
	if (!issue(&r, &fresh, err) || !link_orders(&r, &fresh, err) ||
		!uphold_chosen(&r, &items, &fresh, err))
		return false;
	o->noted =
		arena_printf(op->arena,
		"{\"redirected_to\":\"" SPAN_FMT "\",\"redirected_to_id\":\"" SPAN_FMT "\"}",
		SPAN_ARG(fresh.number), SPAN_ARG(fresh.id));
	return order_settle_clocks(op, o, &items, op_now(op), err) &&
		order_note_verified(op, o, &items, ret_to, err);
}
