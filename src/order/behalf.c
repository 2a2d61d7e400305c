/* What an office records of a unit: on whose word, when it was first seen, how far it is. */
#include "order/behalf.h"

#include "os/log.h"
#include "resource/behalf.h"

/* ---- recording on behalf ---- */

static const char *const spoken[] = { "acknowledge", "answer", "request_extension", "note" };

bool order_behalf_before(const char *verb, const json_t *args, struct err *err)
{
	const json_t *behalf = json_object_get(args, "on_behalf");
	if (!behalf || json_is_null(behalf))
		return true;
	for (size_t i = 0; i < COUNT(spoken); i++)
		if (strcmp(spoken[i], verb) == 0)
			return true;
	return err_field(err, "on_behalf", "只能代录签收、反馈、申请延期和进展，办公室自己的操作不能代录",
		"only acknowledging, answering, asking for an extension and notes are recorded on behalf");
}

void order_behalf_after(struct record *o, const json_t *args)
{
	const json_t *behalf = json_object_get(args, "on_behalf");
	if (behalf && !json_is_null(behalf))
		record_set(o, "on_behalf_count", db_i(record_int(o, "on_behalf_count") + 1));
}

enum { NOTE_MAX = 2000 };

bool order_note(struct op *op, struct record *o, const json_t *args, const char **ret_to, struct err *err)
{
	struct speaker who;
	struct span text = span_trim(json_get_text(args, "text"));
	(void)ret_to;
	if (!order_speaker(op, o, args, &who, err))
		return false;
	if (utf8_count(text) > NOTE_MAX)
		return err_field(err, "text", "进展最长 %d 个字", "a note has at most %d characters", NOTE_MAX);
	record_set(o, "last_note", db_t(text));
	record_set(o, "last_note_at", db_i(who.at));
	return true;
}

/* ---- steps that are no transitions ---- */

bool order_remark(struct op *op, const struct record *o, const struct order_remark *m, struct err *err)
{
	struct finding_county county = { 0 };
	const char *state = arena_copy(op->arena, o->state);
	struct store_step step = { .resource = "order",
		.record_n = o->n,
		.from = state,
		.verb = m->verb,
		.to = state,
		.happened_at = m->at,
		.text = m->text,
		.unit_n = record_int(o, "unit_id"),
		.severity = arena_copy(op->arena, record_text(o, "severity")),
		.values = m->values };
	order_facts(o, &step);
	if (!finding_county_of(op, step.unit_n, &county, err))
		return false;
	step.county_n = county.county_n;
	return store_add_step(op->tx, &step, NULL, err);
}

/* ---- first seen ---- */

/* Somebody who looks for the office, whatever else that one is. */
static bool looks_for_office(const struct actor *a)
{
	for (size_t i = 0; i < a->n_grants; i++)
		if (a->grants[i].role != ROLE_UNIT_LIAISON && role_has(a->grants[i].role, PERM_ORDER_READ))
			return true;
	return a->local;
}

static bool note_seen(struct op *op, struct record *o, struct err *err)
{
	bool ok = op_begin(op, err) &&
		db_exec(op_db(op), SQL("UPDATE orders SET seen_at=? WHERE n=? AND seen_at IS NULL"),
			V(db_i(op_now(op)), db_i(o->n)), err);
	int64_t now = ok ? op_now(op) : 0;
	ok = ok &&
		(db_changes(op_db(op)) == 0 ||
			order_remark(op, o, &(struct order_remark){ .verb = "see" }, err)) &&
		op_commit(op, err);
	op_rollback(op);
	if (ok)
		record_set(o, "seen_at", db_i(now));
	return ok;
}

void order_seen(struct op *op, struct record *o)
{
	struct err err = { 0 };
	bool liaison = false;
	if (record_get(o, "seen_at").type != DB_NULL || record_get(o, "sent_at").type == DB_NULL ||
		looks_for_office(op->actor))
		return;
	if (!actor_is_liaison(op->actor, op_db(op), record_int(o, "unit_id"), &liaison, &err) ||
		(liaison && !note_seen(op, o, &err)))
		log_error("order.seen", LOG_TEXT("order", o->id), LOG_Z("reason", err.en));
}

/* ---- what one order shows beside its fields ---- */

static void add_time(struct str *out, const char *name, const struct db_rows *r, int col)
{
	char text[TIME_TEXT];
	str_addf(out, ",\"%s\":", name);
	if (db_col_null(r, col))
		str_addz(out, "null");
	else
		str_addf(out, "\"%s\"", time_format(db_col_int(r, col), text));
}

/* A deadline that fired before the word was entered stays fired; met in time by what was said, it says so. */
static bool show_clocks(struct op *op, const struct record *o, struct str *out, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	if (!db_query(op_db(op),
		    SQL("SELECT kind, rule, start_at, due_at, met_at, missed_at, paused_at, ended_at FROM "
		    "clocks"
			" WHERE resource='order' AND record_n=? ORDER BY n LIMIT 100"),
		    V(db_i(o->n)), &r, err))
		return false;
	str_addz(out, ",\"clocks\":[");
	for (bool first = true;; first = false) {
		static const char *const times[] = { "start_at", "due_at", "met_at", "missed_at", "paused_at",
			"ended_at" };
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		str_addz(out, first ? "{\"kind\":" : ",{\"kind\":");
		str_add_json(out, db_col_text(r, 0));
		str_addz(out, ",\"rule\":");
		str_add_json(out, db_col_text(r, 1));
		for (int i = 0; i < (int)COUNT(times); i++)
			add_time(out, times[i], r, 2 + i);
		bool met = !db_col_null(r, 4), in_time = met && db_col_int(r, 4) <= db_col_int(r, 3);
		str_addf(out, ",\"met_in_time\":%s,\"entered_late\":%s}", in_time ? "true" : "false",
			in_time && !db_col_null(r, 5) ? "true" : "false");
	}
	str_addc(out, ']');
	return true;
}

static bool show_redirected(struct op *op, const struct record *o, struct str *out, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	if (!db_query(op_db(op),
	    SQL("SELECT id, number FROM orders WHERE redirected_from_n=? ORDER BY n LIMIT 100"),
		    V(db_i(o->n)), &r, err))
		return false;
	str_addz(out, ",\"redirected_to\":[");
	for (bool first = true;; first = false) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		str_addz(out, first ? "{\"id\":" : ",{\"id\":");
		str_add_json(out, db_col_text(r, 0));
		str_addz(out, ",\"number\":");
		str_add_json(out, db_col_text(r, 1));
		str_addc(out, '}');
	}
	str_addc(out, ']');
	return true;
}

bool order_show_single(struct op *op, const struct record *o, struct str *out, struct err *err)
{
	return show_clocks(op, o, out, err) && show_redirected(op, o, out, err);
}

void order_show_hint(struct op *op, const struct item *it, struct str *out)
{
	bool bare = strcmp(it->state, "answered") == 0 && span_is(it->claim, "fixed") &&
		!span_trim(it->version).n && !span_trim(it->patch).n && !span_trim(it->text).n;
	str_addz(out, ",\"hint\":");
	if (bare)
		str_add_json(out,
			op->zh ? SPAN("只反馈“已整改”，没有写明版本、补丁或情况说明，请先核实")
			       : SPAN("said to be fixed without a version, a patch or a word: ask first"));
	else
		str_addz(out, "null");
}
