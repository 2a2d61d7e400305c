/* The unit's side: acknowledging and answering, by itself or recorded on its behalf. */
#include <stdio.h>

#include "order/behalf.h"
#include "order/room.h"
#include "people/people.h"
#include "resource/behalf.h"

bool order_is_office(const struct actor *a)
{
	for (size_t i = 0; i < a->n_grants; i++)
		if (a->grants[i].role == ROLE_DUTY_OFFICER || a->grants[i].role == ROLE_COUNTY_OFFICER)
			return true;
	return a->local;
}

bool order_speaker(
	struct op *op, const struct record *o, const json_t *args, struct speaker *ret, struct err *err)
{
	const json_t *behalf = json_object_get(args, "on_behalf");
	bool liaison;
	*ret = (struct speaker){ .at = op_now(op) };
	if (!actor_is_liaison(op->actor, op_db(op), record_int(o, "unit_id"), &liaison, err))
		return false;
	if (!behalf || json_is_null(behalf))
		return liaison || op->actor->local ||
			err_field(err, "on_behalf",
				"代单位签收、反馈、申请延期或记录进展，须写明代录（on_behalf：方式 channel、何人 person）",
				"recording for a unit needs on_behalf (channel, person)");
	if (!order_is_office(op->actor))
		return err_set(err, ERR_FORBIDDEN, "只有网信办可以代录", "only an office records on behalf");
	struct behalf said;
	if (!behalf_parse(op, args, record_int(o, "sent_at"), &said, err))
		return false;
	ret->at = said.at;
	ret->behalf = said.json;
	ret->on_whose_word = said.whose_word;
	return true;
}

bool order_note_acknowledged(struct op *op, struct record *o, int64_t at, struct err *err)
{
	if (record_get(o, "acknowledged_at").type != DB_NULL)
		return true;
	record_set(o, "acknowledged_at", db_i(at));
	/* what rose for want of an acknowledgement rises no further; the answer has a deadline of its own */
	return clock_meet(op, "order", o->n, "acknowledge", at, err) &&
		(record_int(o, "answer_due") <= op_now(op) || clock_stop(op, "order", o->n, "escalate", err));
}

bool order_acknowledge(
	struct op *op, struct record *o, const json_t *args, const char **ret_to, struct err *err)
{
	struct speaker who;
	bool last = !span_is(record_text(o, "reply"), "answer");
	if (!order_speaker(op, o, args, &who, err) || !order_note_acknowledged(op, o, who.at, err))
		return false;
	*ret_to = last ? "verified" : "handling";
	if (!last)
		return true;
	/* nothing more is asked for: that was all */
	record_set(o, "verified_at", db_i(op_now(op)));
	return clock_stop(op, "order", o->n, NULL, err);
}

bool order_wants_answer(const struct record *o, struct err *err)
{
	return span_is(record_text(o, "reply"), "answer") ||
		err_set(err, ERR_CONFLICT, "本单不需反馈，签收即可",
			"this order asks for no answer, only to be acknowledged");
}

bool order_settle_clocks(
	struct op *op, struct record *o, const struct items *items, int64_t at, struct err *err)
{
	const char *state = order_derive(items);
	int64_t due = record_int(o, "answer_due");
	if (strcmp(state, "disputed") == 0)
		return clock_pause(op, "order", o->n, "answer", err) &&
			clock_pause(op, "order", o->n, "escalate", err);
	if (strcmp(state, "answered") == 0 || strcmp(state, "verified") == 0) {
		/* what was in dispute did not count: it is met with what was left */
		if (!clock_resume(op, "order", o->n, "answer", &due, err))
			return false;
		record_set(o, "answer_due", db_i(due));
		if (record_get(o, "answered_at").type == DB_NULL)
			record_set(o, "answered_at", db_i(at));
		return clock_meet(op, "order", o->n, "answer", at, err) &&
			clock_stop(op, "order", o->n, "escalate", err);
	}
	int64_t ignored;
	if (!clock_resume(op, "order", o->n, "answer", &due, err) ||
		!clock_resume(op, "order", o->n, "escalate", &ignored, err))
		return false;
	record_set(o, "answer_due", db_i(due));
	return true;
}

/* ---- claims ---- */

enum claim_kind { CLAIM_ANSWER, CLAIM_PROGRESS, CLAIM_DISPUTE };

static const struct {
	const char *name;
	enum claim_kind kind;
	const char *verb;
	bool task; /* of a task or a notice; the others of findings and declarations */
} claims[] = {
	{ "fixed", CLAIM_ANSWER, "answer", false },
	{ "mitigated", CLAIM_ANSWER, "answer", false },
	{ "not_affected", CLAIM_ANSWER, "answer", false },
	{ "decommissioned", CLAIM_ANSWER, "answer", false },
	{ "affected", CLAIM_PROGRESS, "progress", false },
	{ "not_ours", CLAIM_DISPUTE, "dispute", false },
	{ "false_positive", CLAIM_DISPUTE, "dispute", false },
	{ "cannot_fix", CLAIM_DISPUTE, "dispute", false },
	{ "done", CLAIM_ANSWER, "answer", true },
	{ "progress", CLAIM_PROGRESS, "progress", true },
	{ "unable", CLAIM_DISPUTE, "dispute", true },
};

enum { TEXT_MAX = 20000, VERSION_MAX = 200 };

struct saying {
	struct span claim, text, version, patch;
	size_t at;
};

static bool read_saying(const struct record *o, const json_t *j, struct saying *ret, struct err *err)
{
	bool task = span_is(record_text(o, "kind"), "task") || span_is(record_text(o, "kind"), "notice");
	*ret = (struct saying){ json_get_text(j, "claim"), json_get_text(j, "text"),
		json_get_text(j, "version"), json_get_text(j, "patch"), COUNT(claims) };
	for (size_t i = 0; i < COUNT(claims); i++)
		if (claims[i].task == task && span_is(ret->claim, claims[i].name))
			ret->at = i;
	if (ret->at == COUNT(claims) && task)
		return err_field(err, "claim", "“claim”应为 done、progress 或 unable",
			"claim must be done, progress or unable");
	if (ret->at == COUNT(claims))
		return err_field(err, "claim",
			"“claim”应为 fixed、mitigated、not_affected、affected、decommissioned、not_ours、"
			"false_positive 或 cannot_fix",
			"claim must be fixed, mitigated, not_affected, affected,"
			" decommissioned, not_ours, false_positive or cannot_fix");
	if (ret->text.n > TEXT_MAX)
		return err_field(err, "text", "“text”过长", "text is too long");
	if (ret->version.n > VERSION_MAX || utf8_has_control(ret->version))
		return err_field(err, "version", "“version”无效", "version is not valid");
	if (ret->patch.n > VERSION_MAX || utf8_has_control(ret->patch))
		return err_field(err, "patch", "“patch”无效", "patch is not valid");
	if (claims[ret->at].kind == CLAIM_DISPUTE && !span_trim(ret->text).n)
		return err_field(
			err, "text", "提出异议请在“text”中写明理由", "a dispute needs its reason in text");
	return true;
}

static struct span some(struct span s)
{
	return span_trim(s).n ? s : (struct span){ NULL, 0 };
}

/* What an answer does by itself; on whose word it was entered is said there too. */
static bool note_topic(struct op *op, const struct record *o, struct span text, const struct speaker *who,
	struct err *err)
{
	struct behalf word = { .whose_word = who->on_whose_word.p ? who->on_whose_word : SPAN(""),
		.at = who->at, .json = who->behalf };
	return !span_is(record_text(o, "topic"), "contact_check") ||
		unit_check_contacts(op, record_int(o, "unit_id"), text, &word, err);
}

static bool say(struct op *op, const struct record *o, struct item *it, const struct saying *s,
	const struct speaker *who, struct err *err)
{
	if (!item_is_open(it))
		return err_set(err, ERR_CONFLICT, "事项“" SPAN_FMT "”的状态为 %s，不能反馈",
			"item \"" SPAN_FMT "\" is %s and takes no answer", SPAN_ARG(it->title), it->state);
	it->claim = s->claim;
	it->text = some(s->text);
	it->version = some(s->version);
	it->patch = some(s->patch);
	it->answered_by = op->actor->who.user_n;
	it->answered_name = op->actor->who.name;
	it->on_behalf = who->behalf;
	it->contradiction = (struct span){ NULL, 0 };
	struct item_how how = { s->text, who->on_whose_word, who->at, record_int(o, "unit_id") };
	if (!item_write(op, it, err) || !item_move(op, it, claims[s->at].verb, &how, err))
		return false;
	return claims[s->at].kind != CLAIM_ANSWER ||
		(item_move_findings(op, it, "fix", &(struct finding_how){ .reason = s->text }, err) &&
			note_topic(op, o, s->text, who, err));
}

static bool say_each(struct op *op, const struct record *o, struct items *items, const json_t *list,
	const struct speaker *who, struct err *err)
{
	struct saying s;
	if (!json_is_array(list) || json_array_size(list) == 0)
		return err_field(
			err, "items", "“items”应为不空的数组", "items must be an array that is not empty");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		struct span id = json_get_text(one, "item");
		struct item *it = NULL;
		for (size_t k = 0; k < items->n && id.p; k++)
			if (span_is(id, items->at[k].id))
				it = &items->at[k];
		if (!id.p)
			return err_field(err, "items", "第 %zu 项应为 {\"item\":事项标识,\"claim\":…} 的样子",
				"entry %zu must look like {\"item\":ID,\"claim\":…}", i + 1);
		if (!it)
			return err_field(err, "items", "第 %zu 项：本单没有事项“" SPAN_FMT "”",
				"entry %zu: no item \"" SPAN_FMT "\" in this order", i + 1, SPAN_ARG(id));
		if (it->chosen)
			return err_field(err, "items", "第 %zu 项：事项重复",
				"entry %zu: the item is named twice", i + 1);
		it->chosen = true;
		if (!read_saying(o, one, &s, err) || !say(op, o, it, &s, who, err))
			return false;
	}
	return true;
}

static bool say_all(struct op *op, const struct record *o, struct items *items, const json_t *args,
	const struct speaker *who, struct err *err)
{
	struct saying s;
	size_t n = 0;
	if (!read_saying(o, args, &s, err))
		return false;
	for (size_t i = 0; i < items->n; i++) {
		if (!item_is_open(&items->at[i]))
			continue;
		n++;
		if (!say(op, o, &items->at[i], &s, who, err))
			return false;
	}
	return n > 0 || err_set(err, ERR_CONFLICT, "没有待反馈的事项", "no item waits for an answer");
}

bool order_answer(struct op *op, struct record *o, const json_t *args, const char **ret_to, struct err *err)
{
	const json_t *list = json_object_get(args, "items");
	struct speaker who;
	struct items items;
	if (!order_wants_answer(o, err))
		return false;
	if (order_declares(o) && !json_object_get(args, "claim"))
		return order_declare(op, o, args, ret_to, err);
	if (order_declares(o) && !order_claim_of_declaration(args, err))
		return false;
	if (!order_speaker(op, o, args, &who, err) ||
		!items_load(op, o->n, &items, err) || !order_note_acknowledged(op, o, who.at, err) ||
		!(list ? say_each(op, o, &items, list, &who, err) : say_all(op, o, &items, args, &who, err)))
		return false;
	record_set(o, "returned_proposed", db_null());
	record_set(o, "reviewed_at", db_null()); /* what is said anew is reviewed anew */
	*ret_to = order_derive(&items);
	return order_settle_clocks(op, o, &items, who.at, err);
}
