/* The office leads: extensions, urging, escalating, handing over, withdrawing, archiving. */
#include "order/behalf.h"
#include "order/room.h"
#include "resource/behalf.h"

bool order_request_extension(
	struct op *op, struct record *o, const json_t *args, const char **ret_to, struct err *err)
{
	struct speaker who;
	int64_t until;
	(void)ret_to;
	if (!order_wants_answer(o, err) || !order_speaker(op, o, args, &who, err) ||
	    !finding_parse_until(op, args, &until, err))
		return false;
	if (until <= record_int(o, "answer_due"))
		return err_field(err, "until", "申请的时间应晚于现在的反馈时限",
			"until must be later than the present due time");
	record_set(o, "extension_until", db_i(until));
	record_set(o, "extension_reason", db_t(json_get_text(args, "reason")));
	return true;
}

static bool asked(const struct record *o, struct err *err)
{
	return record_get(o, "extension_until").type != DB_NULL ||
		err_set(err, ERR_CONFLICT, "没有待决定的延期申请", "no extension has been asked for");
}

/* Both ends stand in the step: the new one alone would hide how long it has been going on. */
static void note_extension(struct op *op, struct record *o, int64_t until)
{
	char old[TIME_TEXT], asked_for[TIME_TEXT], now[TIME_TEXT];
	int64_t wish = record_int(o, "extension_until");
	o->noted = arena_printf(op->arena, "{\"old_due\":\"%s\",\"asked\":\"%s\",\"new_due\":\"%s\"}",
		time_format(record_int(o, "answer_due"), old), time_format(wish, asked_for),
		time_format(until, now));
}

static void forget_request(struct record *o)
{
	record_set(o, "extension_until", db_null());
	record_set(o, "extension_reason", db_null());
}

bool order_grant(struct op *op, struct record *o, const json_t *args, const char **ret_to, struct err *err)
{
	int64_t until = record_int(o, "extension_until");
	(void)ret_to;
	if (!asked(o, err) || (json_object_get(args, "until") && !finding_parse_until(op, args, &until, err)))
		return false;
	if (until <= op_now(op))
		return err_field(err, "until", "申请的时间已过，请另给“until”",
			"the time asked for has passed: give until");
	note_extension(op, o, until);
	forget_request(o);
	record_set(o, "answer_due", db_i(until));
	return clock_move(op, "order", o->n, "answer", until, err) &&
		clock_stop(op, "order", o->n, "escalate", err);
}

bool order_refuse(struct op *op, struct record *o, const json_t *args, const char **ret_to, struct err *err)
{
	(void)args;
	(void)ret_to;
	if (!asked(o, err))
		return false;
	note_extension(op, o, record_int(o, "answer_due"));
	forget_request(o);
	return true;
}

bool order_urge(struct op *op, struct record *o, const json_t *args, const char **ret_to, struct err *err)
{
	/* person and result: in the step */
	(void)op;
	(void)ret_to;
	if (!channel_find(json_get_text(args, "channel")))
		return err_field(err, "channel",
			"催办方式（channel）应为 phone（电话）、wechat（微信）、yuezhengyi（粤政易）、paper（书面）或 "
			"visit（当面）",
			"channel must be phone, wechat, yuezhengyi, paper or visit");
	record_set(o, "urges", db_i(record_int(o, "urges") + 1));
	return true;
}

/* One level up: the parent of where it is now; at the top it stays with the issuing office. */
bool order_escalate(struct op *op, struct record *o, const json_t *args, const char **ret_to, struct err *err)
{
	int64_t at = record_int(o, "escalated_id") ? record_int(o, "escalated_id") : record_int(o, "unit_id"),
		up = 0;
	bool found = false;
	(void)args;
	(void)ret_to;
	if (!db_int(op_db(op), SQL("SELECT COALESCE(parent_n, supervisor_n, 0) FROM units WHERE n=?"),
		    V(db_i(at)), &up, &found, err))
		return false;
	if (!up)
		up = record_int(o, "issuer_id") ? record_int(o, "issuer_id") : at;
	record_set(o, "level", db_i(record_int(o, "level") + 1));
	record_set(o, "escalated_id", db_i(up));
	return true;
}

bool order_other_unit(
	struct op *op, const struct record *o, const json_t *args, int64_t *ret, struct err *err)
{
	int64_t unit_n;
	bool may;
	if (!resource_resolve(
		    op, resource_find(SPAN("unit")), json_get_text(args, "unit_id"), &unit_n, err)) {
		if (err->code != ERR_NOT_FOUND)
			return false;
		*err = (struct err){ 0 };
		return err_field(err, "unit_id", "没有这个单位", "there is no such unit");
	}
	if (unit_n == record_int(o, "unit_id"))
		return err_field(err, "unit_id", "本单已在该单位", "the order is with this unit already");
	if (!actor_may(op->actor, op_db(op), PERM_ORDER_ISSUE, unit_n, &may, err))
		return false;
	*ret = unit_n;
	return may ||
		err_set(err, ERR_FORBIDDEN, "没有向该单位交办的权限", "not permitted to issue to this unit");
}

bool order_hand_over(
	struct op *op, struct record *o, const json_t *args, const char **ret_to, struct err *err)
{
	struct items items;
	int64_t unit_n;
	(void)ret_to;
	if (!order_other_unit(op, o, args, &unit_n, err) || !items_load(op, o->n, &items, err))
		return false;
	struct finding_how how = { .reason = json_get_text(args, "reason"), .unit_n = unit_n };
	for (size_t i = 0; i < items.n; i++)
		if (!item_move_findings(op, &items.at[i], "hand_over", &how, err))
			return false;
	record_set(o, "unit_id", db_i(unit_n));
	return true;
}

bool order_withdraw(struct op *op, struct record *o, const json_t *args, const char **ret_to, struct err *err)
{
	struct items items;
	struct span reason = json_get_text(args, "reason");
	(void)ret_to;
	if (!items_load(op, o->n, &items, err))
		return false;
	for (size_t i = 0; i < items.n; i++) {
		struct item *it = &items.at[i];
		if (!item_transition(it->state, "withdraw"))
			continue;
		if (!item_move(op, it, "withdraw",
			    &(struct item_how){ .text = reason, .unit_n = record_int(o, "unit_id") }, err) ||
			!item_move_findings(
				op, it, "withdraw", &(struct finding_how){ .reason = reason }, err))
			return false;
	}
	forget_request(o);
	record_set(o, "returned_proposed", db_null());
	return clock_stop(op, "order", o->n, NULL, err);
}

bool order_archive(struct op *op, struct record *o, const json_t *args, const char **ret_to, struct err *err)
{
	(void)args;
	(void)ret_to;
	return clock_stop(op, "order", o->n, NULL, err);
}
