/* The office's judgement of answers: proof first, then a person. */
#include "order/behalf.h"
#include "order/room.h"
#include "order/rules.h"

/* Four eyes: who answered, or recorded an answer on a unit's behalf, does not verify it, and does not uphold
 * his own dispute.  A second account of the same person is the same person. */
bool order_four_eyes(struct op *op, const struct item *it, struct err *err)
{
	const struct store_actor *who = &op->actor->who;
	bool same = who->user_n != 0 && it->answered_by == who->user_n, found = false;
	int64_t person_n = 0;
	if (!same && it->answered_by && op->actor->who.person_n &&
		!db_int(op_db(op), SQL("SELECT COALESCE(person_n, 0) FROM users WHERE n=?"),
			V(db_i(it->answered_by)), &person_n, &found, err))
		return false;
	same = same || (found && person_n == op->actor->who.person_n);
	same = same || (op->actor->local && it->on_behalf.p && span_eq(it->answered_name, who->name));
	return !same ||
		err_set(err, ERR_FORBIDDEN, "事项“" SPAN_FMT "”由您代录，须由他人复核",
			"you recorded the answer to \"" SPAN_FMT "\": somebody else must verify it",
			SPAN_ARG(it->title));
}

/* Why the item cannot be accepted, {NULL,0} if nothing speaks against it; *ret_pending while a job is
 * testing. */
static bool prove(
	struct op *op, const struct item *it, struct span *ret_reason, bool *ret_pending, struct err *err)
{
	const struct finding_kind *kind = finding_kind_find(it->kind);
	struct finding_claim claim = { it->claim, it->text, it->version, it->patch, it->asset_n,
		it->software_n };
	struct finding_facts facts;
	struct span reason = { NULL, 0 };
	*ret_reason = (struct span){ NULL, 0 };
	*ret_pending = false;
	if (!kind || !kind->prove)
		return true;
	if (!item_facts(op, it, &facts, err))
		return false;
	if (facts.n == 0)
		return true;
	enum finding_proof *proofs = arena_array(op->arena, facts.n, sizeof *proofs);
	if (!kind->prove(op, &claim, &facts, proofs, &reason, err))
		return false;
	for (size_t i = 0; i < facts.n; i++) {
		*ret_pending = *ret_pending || proofs[i] == FINDING_PENDING;
		if (proofs[i] == FINDING_DISPROVEN)
			*ret_reason = reason.n
				? reason
				: arena_printf(op->arena,
					  op->zh ? "复测仍存在 " SPAN_FMT : "still found: " SPAN_FMT,
					  SPAN_ARG(facts.at[i].key));
	}
	return true;
}

/* What an accepted claim makes of the findings and of the inventory. */
static bool accept_claim(struct op *op, const struct item *it, struct span reason, struct err *err)
{
	struct finding_how how = { .reason = reason.n ? reason : it->text };
	if (span_is(it->claim, "mitigated")) {
		int64_t days;
		if (!rule_days(op, "mitigated_review_days", op_now(op), &days, err))
			return false;
		how.until = op_now(op) + days * TIME_DAY;
		return item_move_findings(op, it, "accept", &how, err);
	}
	if (span_is(it->claim, "not_affected"))
		return item_move_findings(op, it, "dismiss", &how, err);
	if (!item_move_findings(op, it, "close", &how, err))
		return false;
	return order_update_inventory(op, it, err);
}

/* What speaks against the answers, for the order as a whole: as many items as can be read, and how many there
 * are. Each item keeps its own reason. */
enum { PROPOSED_MAX = 16 * 1024, PROPOSED_TAIL = 64 };

struct proposal {
	struct str text;
	size_t n; /* items contradicted */
	bool cut;
};

static void propose(struct proposal *p, struct span title, struct span against)
{
	p->n++;
	p->cut = p->cut || p->text.n + title.n + against.n + PROPOSED_TAIL > PROPOSED_MAX;
	if (p->cut)
		return;
	str_addz(&p->text, p->text.n ? "；" : "");
	str_add(&p->text, title);
	str_addz(&p->text, "：");
	str_add(&p->text, against);
}

static struct db_value proposed_text(const struct op *op, struct proposal *p)
{
	if (p->cut)
		str_addf(&p->text, op->zh ? "… 等 %zu 项" : "… %zu items in all", p->n);
	return p->n ? db_t(str_span(&p->text)) : db_null();
}

static bool judge(struct op *op, const struct record *o, struct item *it, const json_t *args,
	struct proposal *proposed, struct err *err)
{
	bool override = json_get_bool(args, "override", false), pending = false;
	struct span reason = json_get_text(args, "reason"), against = { NULL, 0 };
	if (!order_four_eyes(op, it, err) || (!override && !prove(op, it, &against, &pending, err)))
		return false;
	if (pending && !against.n)
		return true;
	if (against.n) {
		it->contradiction = against;
		propose(proposed, it->title, against);
		return db_exec(op_db(op), SQL("UPDATE items SET contradiction=? WHERE n=?"),
			V(db_t(against), db_i(it->n)), err);
	}
	struct item_how how = { .text = reason, .unit_n = record_int(o, "unit_id") };
	return item_move(op, it, "verify", &how, err) && accept_claim(op, it, reason, err);
}

bool order_note_verified(
	struct op *op, struct record *o, const struct items *items, const char **ret_to, struct err *err)
{
	*ret_to = order_derive(items);
	if (strcmp(*ret_to, "verified") != 0)
		return true;
	record_set(o, "verified_at", db_i(op_now(op)));
	return clock_stop(op, "order", o->n, NULL, err);
}

bool order_verify(struct op *op, struct record *o, const json_t *args, const char **ret_to, struct err *err)
{
	struct items items;
	struct proposal proposed = { .text = STR_IN(op->arena, PROPOSED_MAX) };
	if (json_get_bool(args, "override", false) && !span_trim(json_get_text(args, "reason")).n)
		return err_field(
			err, "reason", "不采纳复测结论须填写“reason”", "overriding the proof needs a reason");
	bool waits = false;
	if (!order_check_reviewed(op, o, args, err))
		return false;
	if (order_declares(o) && !order_accept_rows(op, o, args, &waits, err))
		return false;
	if (waits)
		return true;
	if (!items_load(op, o->n, &items, err) ||
		!items_choose(op, &items, args, "answered", err))
		return false;
	for (size_t i = 0; i < items.n; i++)
		if (items.at[i].chosen && !judge(op, o, &items.at[i], args, &proposed, err))
			return false;
	record_set(o, "returned_proposed", proposed_text(op, &proposed));
	return str_check(&proposed.text, err) && order_settle_clocks(op, o, &items, op_now(op), err) &&
		order_note_verified(op, o, &items, ret_to, err);
}

static bool begin_rework(struct op *op, struct record *o, struct err *err)
{
	struct order_template t;
	struct calendar c;
	int64_t due;
	struct span rule;
	if (!order_template_find(op, record_text(o, "template"), record_text(o, "severity"), &t, err) ||
		!calendar_load(op, t.calendar, &c, err))
		return false;
	rule = arena_printf(op->arena, "%s/%s rework", t.name, t.version);
	struct clock_start s = { "order", o->n, "answer", rule, t.rework, t.rework_unit,
		record_int(o, "answer_due"), 0 };
	if (!clock_begin(op, &s, &c, &due, err))
		return false;
	record_set(o, "answer_due", db_i(due));
	record_set(o, "answered_at", db_null());
	return true;
}

bool order_return(struct op *op, struct record *o, const json_t *args, const char **ret_to, struct err *err)
{
	struct items items;
	struct span reason = json_get_text(args, "reason");
	bool was_answered = span_is(o->state, "answered");
	if (order_declares(o) && !order_return_rows(op, o, args, err))
		return false;
	if (!items_load(op, o->n, &items, err))
		return false;
	/* Where proof spoke against some answers, those are meant. */
	bool some = false;
	for (size_t i = 0; i < items.n && !json_object_get(args, "items"); i++) {
		struct item *it = &items.at[i];
		it->chosen = strcmp(it->state, "answered") == 0 && it->contradiction.p;
		some = some || it->chosen;
	}
	if (!some && !items_choose(op, &items, args, "answered", err))
		return false;
	for (size_t i = 0; i < items.n; i++) {
		struct item *it = &items.at[i];
		if (it->chosen &&
			(!item_move(op, it, "return",
				 &(struct item_how){ .text = reason, .unit_n = record_int(o, "unit_id") },
				 err) ||
				!item_move_findings(
					op, it, "return", &(struct finding_how){ .reason = reason }, err)))
			return false;
	}
	record_set(o, "returns", db_i(record_int(o, "returns") + 1));
	record_set(o, "returned_proposed", db_null());
	*ret_to = order_derive(&items);
	return !was_answered || begin_rework(op, o, err);
}

/* ---- disputes ---- */

static bool uphold_one(
	struct op *op, const struct record *o, struct item *it, const json_t *args, struct err *err)
{
	struct finding_how how = { .reason = json_get_text(args, "reason") };
	if (!how.reason.n)
		how.reason = it->text;
	if (!order_four_eyes(op, it, err))
		return false;
	if (span_is(it->claim, "cannot_fix") && !finding_parse_until(op, args, &how.until, err))
		return false;
	if (!item_move(op, it, "uphold",
		    &(struct item_how){ .text = how.reason, .unit_n = record_int(o, "unit_id") }, err))
		return false;
	const char *verb = span_is(it->claim, "not_ours") ? "release"
		: span_is(it->claim, "cannot_fix")        ? "accept"
							  : "dismiss";
	return item_move_findings(op, it, verb, &how, err);
}

bool order_uphold(struct op *op, struct record *o, const json_t *args, const char **ret_to, struct err *err)
{
	struct items items;
	if (!items_load(op, o->n, &items, err) || !items_choose(op, &items, args, "disputed", err))
		return false;
	for (size_t i = 0; i < items.n; i++)
		if (items.at[i].chosen && !uphold_one(op, o, &items.at[i], args, err))
			return false;
	return order_settle_clocks(op, o, &items, op_now(op), err) &&
		order_note_verified(op, o, &items, ret_to, err);
}

bool order_reject(struct op *op, struct record *o, const json_t *args, const char **ret_to, struct err *err)
{
	struct items items;
	struct span reason = json_get_text(args, "reason");
	if (!items_load(op, o->n, &items, err) || !items_choose(op, &items, args, "disputed", err))
		return false;
	for (size_t i = 0; i < items.n; i++)
		if (items.at[i].chosen &&
			!item_move(op, &items.at[i], "reject",
				&(struct item_how){ .text = reason, .unit_n = record_int(o, "unit_id") },
				err))
			return false;
	*ret_to = order_derive(&items);
	return order_settle_clocks(op, o, &items, op_now(op), err);
}
