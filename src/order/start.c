/* What happens to an order when it is sent, whichever way it came: its number, its clocks, the first steps of
 * its items. */
#include "order/room.h"
#include "people/people.h"

bool order_office(struct op *op, int64_t *ret, struct err *err)
{
	*ret = 0;
	for (size_t i = 0; i < op->actor->n_grants && !*ret; i++)
		if (role_has(op->actor->grants[i].role, PERM_ORDER_ISSUE) && !op->actor->grants[i].whole)
			*ret = op->actor->grants[i].unit_n;
	if (actor_whole(op->actor, PERM_ORDER_ISSUE))
		*ret = 0;
	return *ret || unit_office(op, ret, err);
}

bool order_terms_find(
	struct op *op, struct span template, struct span severity, struct order_terms *ret, struct err *err)
{
	return order_template_find(op, template, severity, &ret->template, err) &&
		calendar_load(op, ret->template.calendar, &ret->calendar, err);
}

bool order_terms_of(struct op *op, const struct record *o, struct order_terms *ret, struct err *err)
{
	return order_terms_find(op, record_text(o, "template"), record_text(o, "severity"), ret, err);
}

bool order_take_number(struct op *op, struct record *o, const struct order_terms *t, struct err *err)
{
	struct span number = record_text(o, "number_wanted");
	if (!number.n && !order_number_next(op, record_int(o, "issuer_id"), &t->calendar, &number, err))
		return false;
	record_set(o, "number", db_t(number));
	record_set(o, "sent_at", db_i(op_now(op)));
	return true;
}

bool order_number_taken(const struct record *o, struct err *err)
{
	if (err->code != ERR_DUPLICATE)
		return false;
	struct span number = record_text(o, "number");
	*err = (struct err){ 0 };
	err_field(err, "number", "编号“" SPAN_FMT "”已经用过", "the number \"" SPAN_FMT "\" is taken",
		SPAN_ARG(number));
	err->code = ERR_DUPLICATE;
	return false;
}

bool order_check_number(struct op *op, const struct record *o, struct err *err)
{
	int64_t n;
	bool taken;
	if (!db_int(op_db(op), SQL("SELECT n FROM orders WHERE issuer_n=? AND number=? AND n<>?"),
		    V(record_get(o, "issuer_id"), record_get(o, "number"), db_i(o->n)), &n, &taken, err))
		return false;
	if (!taken)
		return true;
	err->code = ERR_DUPLICATE;
	return order_number_taken(o, err);
}

static bool begin(
	struct op *op, struct record *o, const char *kind, const struct order_terms *t, struct err *err)
{
	const struct order_template *m = &t->template;
	bool answer = strcmp(kind, "answer") == 0;
	bool last = answer || span_is(record_text(o, "reply"), "acknowledge");
	int64_t due, given = record_int(o, "due_wanted");
	struct clock_start s = { "order", o->n, kind, arena_printf(op->arena, "%s/%s", m->name, m->version),
		answer ? m->answer : m->acknowledge, answer ? m->answer_unit : m->acknowledge_unit, 0, 0 };
	if (last)
		s.given = given;
	if (!clock_begin(op, &s, &t->calendar, &due, err))
		return false;
	/* Nobody acknowledges later than the answer is due. */
	if (!last && given && given < due) {
		due = given;
		if (!clock_move(op, "order", o->n, kind, due, err))
			return false;
	}
	record_set(o, answer ? "answer_due" : "acknowledge_due", db_i(due));
	return true;
}

bool order_begin_clocks(struct op *op, struct record *o, const struct order_terms *t, struct err *err)
{
	struct span reply = record_text(o, "reply");
	if (span_is(reply, "none"))
		return true;
	return begin(op, o, "acknowledge", t, err) &&
		(!span_is(reply, "answer") || begin(op, o, "answer", t, err));
}

bool order_begin_items(struct op *op, const struct record *o, int64_t county_n, struct err *err)
{
	struct items items;
	if (!items_load(op, o->n, &items, err))
		return false;
	for (size_t i = 0; i < items.n; i++) {
		const struct item *it = &items.at[i];
		struct store_step step = { .resource = "item",
			.record_n = it->n,
			.from = "",
			.verb = "send",
			.to = "open",
			.unit_n = record_int(o, "unit_id"),
			.county_n = county_n,
			.severity = it->severity };
		if (strcmp(it->state, "open") == 0 && !store_add_step(op->tx, &step, NULL, err))
			return false;
	}
	return true;
}

bool order_item_new(struct op *op, const struct record *o, const struct item *it, int64_t *ret,
	struct err *err)
{
	char id[UUID_TEXT];
	bool found;
	return db_int(op_db(op),
		SQL("INSERT INTO items (id, order_n, state, title, kind, severity, asset_n, software_n, "
		"findings)"
		    " VALUES (?, ?, 'open', ?, ?, ?, ?, ?, ?) RETURNING n"),
		V(db_z(uuid_make(op_now(op), id)), db_i(o->n), db_t(it->title), db_t(it->kind),
			db_z(it->severity), it->asset_n ? db_i(it->asset_n) : db_null(),
			it->software_n ? db_i(it->software_n) : db_null(), db_i(it->findings)),
		ret, &found, err);
}

/* Severities as the setting counts them: 1 none and above, that is always, … 5 critical only; 0: never. */
bool order_birth(struct op *op, const struct record *o, enum order_intent intent, const char **ret_state,
	struct err *err)
{
	int64_t from;
	if (!setting_int(op, "order_approval", 0, &from, err))
		return false;
	bool waits = intent == ORDER_APPROVAL;
	waits = waits || (from > 0 && !span_is(record_text(o, "kind"), "notice") &&
		finding_severity_rank(record_text(o, "severity")) + 1 >= from);
	*ret_state = intent == ORDER_DRAFT ? "draft" : waits ? "to_approve" : "sent";
	return true;
}

bool order_born(struct op *op, const struct record *o, struct span values, struct err *err)
{
	bool sent = span_is(o->state, "sent"), draft = span_is(o->state, "draft");
	struct store_step step = { .resource = "order",
		.record_n = o->n,
		.from = "",
		.verb = sent ? "send" : draft ? "draft" : "submit",
		.to = sent ? "sent" : draft ? "draft" : "to_approve",
		.text = record_text(o, "text"),
		.unit_n = record_int(o, "unit_id"),
		.severity = arena_copy(op->arena, record_text(o, "severity")),
		.values = values };
	order_facts(o, &step);
	return resource_county(op, step.unit_n, &step.county_n, err) &&
		store_add_step(op->tx, &step, NULL, err);
}

bool order_later_than_source(const struct record *o)
{
	int64_t source = record_int(o, "source_due"), ours = record_int(o, "answer_due");
	ours = ours ? ours : record_int(o, "acknowledge_due");
	ours = ours ? ours : record_int(o, "due_wanted");
	return source && ours > source;
}

struct span order_warning_late(struct op *op, int64_t n)
{
	return arena_printf(op->arena,
		op->zh ? "%lld 单的时限晚于来文要求的时限" : "%lld orders are due later than their source wants",
		(long long)n);
}
