/* Items: the findings of one remedy, answered and verified by themselves. */
#include <stdio.h>

#include "order/room.h"

/* The life of an item.  No permission: the verbs of the order lead here. */
const struct transition item_rows[] = {
	{ "open", "answer", "answered", PERM_NONE },
	{ "open", "progress", "open", PERM_NONE }, /* claim "affected": being handled */
	{ "open", "dispute", "disputed", PERM_NONE },
	{ "open", "withdraw", "withdrawn", PERM_NONE },
	{ "returned", "answer", "answered", PERM_NONE },
	{ "returned", "progress", "returned", PERM_NONE },
	{ "returned", "dispute", "disputed", PERM_NONE },
	{ "returned", "withdraw", "withdrawn", PERM_NONE },
	{ "answered", "verify", "verified", PERM_NONE },
	{ "answered", "return", "returned", PERM_NONE },
	{ "answered", "withdraw", "withdrawn", PERM_NONE },
	{ "disputed", "uphold", "upheld", PERM_NONE },
	{ "disputed", "reject", "returned", PERM_NONE },
	{ "disputed", "withdraw", "withdrawn", PERM_NONE },
};
const size_t item_rows_count = COUNT(item_rows);

const struct transition *item_transition(const char *from, const char *verb)
{
	for (size_t i = 0; i < COUNT(item_rows); i++)
		if (strcmp(item_rows[i].from, from) == 0 && strcmp(item_rows[i].verb, verb) == 0)
			return &item_rows[i];
	return NULL;
}

static void read_item(struct op *op, const struct db_rows *r, struct item *it)
{
	struct arena *a = op->arena;
	*it = (struct item){ .n = db_col_int(r, 0),
		.order_n = db_col_int(r, 4),
		.asset_n = db_col_int(r, 5),
		.software_n = db_col_int(r, 6),
		.findings = db_col_int(r, 7),
		.answered_by = db_col_int(r, 8),
		.kind = arena_span(a, db_col_text(r, 9)),
		.title = arena_span(a, db_col_text(r, 10)) };
	snprintf(it->id, sizeof it->id, SPAN_FMT, SPAN_ARG(db_col_text(r, 1)));
	snprintf(it->state, sizeof it->state, SPAN_FMT, SPAN_ARG(db_col_text(r, 2)));
	snprintf(it->severity, sizeof it->severity, SPAN_FMT, SPAN_ARG(db_col_text(r, 3)));
	struct span *texts[] = { &it->claim, &it->text, &it->version, &it->patch, &it->answered_name,
		&it->on_behalf, &it->contradiction };
	for (size_t i = 0; i < COUNT(texts); i++)
		if (!db_col_null(r, 11 + (int)i))
			*texts[i] = arena_span(a, db_col_text(r, 11 + (int)i));
}

bool items_load(struct op *op, int64_t order_n, struct items *ret, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	VEC(struct item) v = { .arena = op->arena };
	bool row;
	if (!db_query(op_db(op),
		    SQL("SELECT n, id, state, severity, order_n, asset_n, software_n, findings, answered_by, "
			"kind,"
			" title, claim, text, new_version, patch, answered_name, on_behalf, contradiction "
			"FROM items"
			" WHERE order_n=? ORDER BY n"),
		    V(db_i(order_n)), &r, err))
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		struct item it;
		read_item(op, r, &it);
		vec_push(&v, it);
	}
	*ret = (struct items){ v.p, v.n };
	return true;
}

bool item_move(struct op *op, struct item *it, const char *verb, const struct item_how *how, struct err *err)
{
	struct finding_county county = { 0 };
	const struct transition *t = item_transition(it->state, verb);
	if (!t)
		return err_set(err, ERR_CONFLICT, "事项“" SPAN_FMT "”的状态为 %s，不能执行 %s",
			"item \"" SPAN_FMT "\" is %s: %s is not possible", SPAN_ARG(it->title), it->state,
			verb);
	if (!finding_county_of(op, how->unit_n, &county, err))
		return false;
	struct store_step step = { .resource = "item",
		.record_n = it->n,
		.from = t->from,
		.verb = verb,
		.to = t->to,
		.happened_at = how->happened_at,
		.on_whose_word = how->on_whose_word,
		.text = how->text,
		.unit_n = how->unit_n,
		.county_n = county.county_n,
		.severity = it->severity };
	if (it->claim.n) {
		struct str values = STR_IN(op->arena, 1024);
		str_addz(&values, "{\"claim\":");
		str_add_json(&values, it->claim);
		str_addc(&values, '}');
		step.values = str_span(&values);
	}
	if (!db_exec(
		    op_db(op), SQL("UPDATE items SET state=? WHERE n=?"), V(db_z(t->to), db_i(it->n)), err) ||
		!store_add_step(op->tx, &step, NULL, err))
		return false;
	snprintf(it->state, sizeof it->state, "%s", t->to);
	return true;
}

bool item_write(struct op *op, const struct item *it, struct err *err)
{
	return db_exec(op_db(op),
		SQL("UPDATE items SET claim=?, text=?, new_version=?, patch=?, answered_by=?, "
		    "answered_name=?,"
		    " on_behalf=?, contradiction=?, answered_at=? WHERE n=?"),
		V(db_t(it->claim), db_t(it->text), db_t(it->version), db_t(it->patch), db_i(it->answered_by),
			db_t(it->answered_name), db_t(it->on_behalf), db_t(it->contradiction),
			db_i(op_now(op)), db_i(it->n)),
		err);
}

static bool finding_ns(struct op *op, const struct item *it, int64_t **ret, size_t *ret_n, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	VEC(int64_t) ns = { .arena = op->arena };
	bool row;
	if (!db_query(op_db(op),
		    SQL("SELECT f.n FROM item_findings i JOIN findings f ON f.n=i.finding_n WHERE i.item_n=?"
			" AND f.order_n=? ORDER BY f.n"),
		    V(db_i(it->n), db_i(it->order_n)), &r, err))
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		vec_push(&ns, db_col_int(r, 0));
	}
	*ret = ns.p;
	*ret_n = ns.n;
	return true;
}

bool item_move_findings(struct op *op, const struct item *it, const char *verb, const struct finding_how *how,
	struct err *err)
{
	int64_t *ns;
	size_t n;
	struct finding_row f;
	struct finding_county county = { 0 };
	struct finding_how each = *how;
	bool found;
	each.county = &county;
	if (!finding_ns(op, it, &ns, &n, err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!finding_load(op, ns[i], &f, &found, err) || !finding_move(op, &f, verb, &each, err))
			return false;
	return true;
}

bool item_facts(struct op *op, const struct item *it, struct finding_facts *ret, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	VEC(struct finding_fact) v = { .arena = op->arena };
	bool row;
	if (!db_query(op_db(op),
		    SQL("SELECT f.n, f.asset_n, f.software_n, f.unit_n, f.id, f.key, f.vuln_id FROM "
			"item_findings i"
			" JOIN findings f ON f.n=i.finding_n WHERE i.item_n=? AND f.order_n=? ORDER BY f.n"),
		    V(db_i(it->n), db_i(it->order_n)), &r, err))
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		vec_push(&v,
			(struct finding_fact){ db_col_int(r, 0), db_col_int(r, 1), db_col_int(r, 2),
				db_col_int(r, 3), arena_span(op->arena, db_col_text(r, 4)),
				arena_span(op->arena, db_col_text(r, 5)),
				arena_span(op->arena, db_col_text(r, 6)) });
	}
	*ret = (struct finding_facts){ v.p, v.n };
	return true;
}

bool item_is_open(const struct item *it)
{
	return strcmp(it->state, "open") == 0 || strcmp(it->state, "returned") == 0;
}

static struct item *find_item(struct items *items, struct span id)
{
	for (size_t i = 0; i < items->n; i++)
		if (span_is(id, items->at[i].id))
			return &items->at[i];
	return NULL;
}

bool items_choose(struct op *op, struct items *items, const json_t *args, const char *state, struct err *err)
{
	const json_t *ids = json_object_get(args, "items");
	size_t chosen = 0;
	(void)op;
	if (ids && !json_is_array(ids))
		return err_field(
			err, "items", "“items”应为事项标识的数组", "items must be an array of item ids");
	for (size_t i = 0; i < json_array_size(ids); i++) {
		struct span id = json_text(json_array_get(ids, i));
		struct item *it = find_item(items, id);
		if (!it)
			return err_field(err, "items", "本单没有事项 " SPAN_FMT,
				"no item " SPAN_FMT " in this order", SPAN_ARG(id));
		if (strcmp(it->state, state) != 0)
			return err_set(err, ERR_CONFLICT, "事项“" SPAN_FMT "”的状态为 %s",
				"item \"" SPAN_FMT "\" is %s", SPAN_ARG(it->title), it->state);
		chosen += !it->chosen;
		it->chosen = true;
	}
	for (size_t i = 0; !ids && i < items->n; i++) {
		items->at[i].chosen = strcmp(items->at[i].state, state) == 0;
		chosen += items->at[i].chosen;
	}
	return chosen > 0 || err_set(err, ERR_CONFLICT, "没有状态为 %s 的事项", "no item is %s", state);
}

const char *order_derive(const struct items *items)
{
	size_t open = 0, answered = 0, disputed = 0;
	for (size_t i = 0; i < items->n; i++) {
		const struct item *it = &items->at[i];
		open += item_is_open(it);
		answered += strcmp(it->state, "answered") == 0;
		disputed += strcmp(it->state, "disputed") == 0;
	}
	if (disputed)
		return "disputed";
	if (open == 0)
		return answered ? "answered" : "verified";
	return open < items->n ? "partly_answered" : "handling";
}
