/* All orders of one batch at once: approving, sending back, withdrawing; the sender's attachment for each. */
#include "order/room.h"
#include "order/send.h"

enum { BATCH_TX = 25, BATCH_ID_MAX = 36, REASONS_SHOWN = 100 };

struct ns {
	int64_t *at;
	size_t n;
};

/* Orders of the batch in `state` ("": whatever), oldest first: the main one before those that refer to it. */
static bool orders_of(struct op *op, struct span batch, const char *state, struct ns *ret, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	VEC(int64_t) v = { .arena = op->arena };
	bool row;
	if (!db_query(op_db(op),
		    SQL("SELECT n FROM orders WHERE batch=? AND batch<>'' AND (?='' OR state=?) ORDER BY n "
		    "LIMIT ?"),
		    V(db_t(batch), db_z(state), db_z(state), db_i(ORDER_RECIPIENTS_MAX)), &r, err))
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		vec_push(&v, db_col_int(r, 0));
	}
	*ret = (struct ns){ v.p, v.n };
	return true;
}

/* ---- verbs ---- */

struct all {
	struct op *op;
	struct span verb;
	const json_t *args;
	struct str skipped;
	int64_t done, failed;
};

static void skip(struct all *g, struct span id, const struct err *why)
{
	if (why->code == ERR_NOT_FOUND) /* one that this actor does not see */
		return;
	if (g->failed++ >= REASONS_SHOWN)
		return;
	str_addz(&g->skipped, g->skipped.n ? ",{\"id\":" : "{\"id\":");
	str_add_json(&g->skipped, id);
	str_addz(&g->skipped, ",\"reason\":");
	str_add_json(&g->skipped, span_of(g->op->zh ? why->zh : why->en));
	str_addc(&g->skipped, '}');
}

static bool one(struct all *g, struct span id, struct err *err)
{
	struct record o;
	return resource_apply(g->op, &order_resource,
		&(struct resource_request){ .id = id, .verb = g->verb, .in = g->args }, &o, err);
}

/* One after the other where the many together failed: what fails spoils its own transaction only. */
static bool one_alone(struct all *g, int64_t n, struct err *err)
{
	struct err why = { 0 };
	struct span id;
	if (!db_text(op_db(g->op), SQL("SELECT id FROM orders WHERE n=?"), V(db_i(n)), g->op->arena, &id,
	    err))
		return false;
	bool ok = op_begin(g->op, &why) && one(g, id, &why) && op_commit(g->op, &why);
	op_rollback(g->op);
	g->done += ok;
	if (!ok)
		skip(g, id, &why);
	return true;
}

static bool many(struct all *g, const int64_t *ns, size_t n)
{
	struct err why = { 0 };
	bool ok = op_begin(g->op, &why);
	for (size_t i = 0; ok && i < n; i++) {
		struct span id;
		ok = db_text(op_db(g->op), SQL("SELECT id FROM orders WHERE n=?"), V(db_i(ns[i])),
			g->op->arena, &id,
			     &why) &&
			one(g, id, &why);
	}
	ok = ok && op_commit(g->op, &why);
	op_rollback(g->op);
	g->done += ok ? (int64_t)n : 0;
	return ok;
}

static bool apply_all(struct all *g, const struct ns *ns, struct err *err)
{
	for (size_t i = 0; i < ns->n; i += BATCH_TX) {
		size_t n = ns->n - i < BATCH_TX ? ns->n - i : BATCH_TX;
		if (many(g, &ns->at[i], n))
			continue;
		for (size_t k = 0; k < n; k++)
			if (!one_alone(g, ns->at[i + k], err))
				return false;
	}
	return true;
}

static bool batch_verb(struct call *c, struct err *err)
{
	static const struct {
		const char *verb, *from;
	} verbs[] = { { "submit", "draft" }, { "approve", "to_approve" }, { "send_back", "to_approve" },
		{ "withdraw", "" } };
	struct op *op = c->op;
	struct span batch = json_get_text(c->json, "batch"), verb = json_get_text(c->json, "verb");
	struct all g = { .op = op, .verb = verb, .args = json_object_get(c->json, "args"),
		.skipped = STR_IN(op->arena, 1 << 20) };
	const char *from = NULL;
	struct ns ns;
	for (size_t i = 0; i < COUNT(verbs); i++)
		if (span_is(verb, verbs[i].verb))
			from = verbs[i].from;
	if (!from)
		return err_field(err, "verb", "“verb”应为 submit、approve、send_back 或 withdraw",
			"verb must be submit, approve, send_back or withdraw");
	if (!batch.n || batch.n > BATCH_ID_MAX)
		return err_field(err, "batch", "请写明批次（batch）", "name the batch");
	if (!orders_of(op, batch, from, &ns, err))
		return false;
	if (ns.n == 0)
		return err_set(err, ERR_NOT_FOUND, "本批次没有可办理的交办单", "the batch has no such order");
	if (!apply_all(&g, &ns, err))
		return false;
	str_addf(c->out, "{\"done\":%lld,\"skipped_count\":%lld,\"skipped\":[", (long long)g.done,
		(long long)g.failed);
	str_add(c->out, str_span(&g.skipped));
	str_addz(c->out, "]}");
	return str_check(c->out, err);
}

/* ---- attachments ---- */

bool order_batch_may(struct op *op, const struct record *o, struct err *err)
{
	bool may;
	if (!actor_may(op->actor, op_db(op), PERM_ORDER_ISSUE, record_int(o, "issuer_id"), &may, err))
		return false;
	return may ||
		err_set(err, ERR_FORBIDDEN, "只有交办单位可以给整批交办单添加附件",
			"only the issuing office attaches to a whole batch");
}

static bool copy_to(struct op *op, int64_t order_n, struct span attachment, struct err *err)
{
	char id[UUID_TEXT];
	struct record o;
	bool found;
	if (!resource_load(op, &order_resource, order_n, &o, &found, err) || !found)
		return err->code == ERR_NONE;
	struct store_change change = { .resource = "order",
		.record_n = o.n,
		.record_id = o.id,
		.verb = "attach",
		.unit_before_n = record_int(&o, "unit_id"),
		.unit_after_n = record_int(&o, "unit_id") };
	return db_exec(op_db(op),
		       SQL("INSERT INTO attachments (id, resource, record_n, blob, name, type, size, at, "
		       "user_n, actor)"
			   " SELECT ?, resource, ?, blob, name, type, size, at, user_n, actor FROM "
			   "attachments WHERE"
			   " id=?"),
		       V(db_z(uuid_make(op_now(op), id)), db_i(order_n), db_t(attachment)), err) &&
		store_add_change(op->tx, &change, NULL, err);
}

bool order_batch_attach(struct op *op, const struct record *o, struct span attachment, struct err *err)
{
	struct ns ns;
	if (!orders_of(op, record_text(o, "batch"), "", &ns, err))
		return false;
	for (size_t i = 0; i < ns.n; i += BATCH_TX) {
		bool ok = op_begin(op, err);
		for (size_t k = i; ok && k < ns.n && k < i + BATCH_TX; k++)
			ok = ns.at[k] == o->n || copy_to(op, ns.at[k], attachment, err);
		ok = ok && op_commit(op, err);
		op_rollback(op);
		if (!ok)
			return false;
	}
	return true;
}

const struct route order_batch_routes[] = {
	{ "POST", "/api/v1/orders/batch", batch_verb, PERM_ORDER_DRAFT_READ, 64 << 10, 0,
		"同一批次的交办单一并送审、审批、退回或撤回",
		"submit, approve, send back or withdraw all orders of a batch",
		"{\"type\":\"object\",\"required\":[\"batch\",\"verb\"],"
		"\"properties\":{\"batch\":{\"type\":\"string\"},"
		"\"verb\":{\"type\":\"string\",\"enum\":[\"submit\",\"approve\",\"send_back\",\"withdraw\"]},"
		"\"args\":{"
		"\"type\":\"object\"}}}",
		"{\"type\":\"object\",\"required\":[\"done\",\"skipped\"],"
		"\"properties\":{\"done\":{\"type\":\"integer\"},"
		"\"skipped_count\":{\"type\":\"integer\"},\"skipped\":{\"type\":\"array\","
		"\"items\":{\"type\":"
		"\"object\"}}}}" },
};
const size_t order_batch_routes_count = COUNT(order_batch_routes);
