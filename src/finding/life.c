#include <stdio.h>

#include "finding/life.h"
#include "finding/priority.h"
#include "people/people.h"

static const char *const states[] = {
	"new",
	"confirmed",
	"ordered",
	"fixed",
	"closed",
	"false_positive",
	"risk_accepted",
	"no_action",
	NULL,
};

/* What people do. */
static const struct transition rows[] = {
	{ "new", "confirm", "confirmed", PERM_FINDING_JUDGE },
	{ "new", "false_positive", "false_positive", PERM_FINDING_JUDGE, NEED_REASON },
	{ "new", "accept_risk", "risk_accepted", PERM_FINDING_JUDGE, NEED_REASON | NEED_UNTIL },
	{ "new", "no_action", "no_action", PERM_FINDING_JUDGE, NEED_REASON },
	{ "confirmed", "false_positive", "false_positive", PERM_FINDING_JUDGE, NEED_REASON },
	{ "confirmed", "accept_risk", "risk_accepted", PERM_FINDING_JUDGE, NEED_REASON | NEED_UNTIL },
	{ "confirmed", "no_action", "no_action", PERM_FINDING_JUDGE, NEED_REASON },
	{ "false_positive", "reopen", "confirmed", PERM_FINDING_JUDGE, NEED_REASON },
	{ "risk_accepted", "reopen", "confirmed", PERM_FINDING_JUDGE, NEED_REASON },
	{ "no_action", "reopen", "confirmed", PERM_FINDING_JUDGE, NEED_REASON },
	{ "closed", "reopen", "confirmed", PERM_FINDING_JUDGE, NEED_REASON },
};

const struct life finding_life = { .states = states, .rows = rows, .n_rows = COUNT(rows) };

/* What order/, the matcher and jobs do.  No permission: nobody reaches these by name. */
const struct transition finding_driven[] = {
	{ "confirmed", "order", "ordered", PERM_NONE },
	{ "ordered", "fix", "fixed", PERM_NONE }, /* the unit answered */
	{ "fixed", "return", "ordered", PERM_NONE },
	{ "fixed", "close", "closed", PERM_NONE }, /* verified */
	{ "ordered", "withdraw", "confirmed", PERM_NONE },
	{ "fixed", "withdraw", "confirmed", PERM_NONE },
	{ "ordered", "release", "confirmed", PERM_NONE }, /* not this unit's: back to the pool */
	{ "ordered", "dismiss", "false_positive", PERM_NONE }, /* dispute upheld */
	{ "ordered", "accept", "risk_accepted", PERM_NONE },
	{ "fixed", "dismiss", "false_positive", PERM_NONE }, /* "not affected" verified */
	{ "fixed", "accept", "risk_accepted",
		PERM_NONE }, /* "mitigated" verified: the risk stays, until a date */
	{ "ordered", "hand_over", "ordered", PERM_NONE },
	{ "fixed", "hand_over", "fixed", PERM_NONE },
	{ "new", "vanish", "closed", PERM_NONE },
	{ "confirmed", "vanish", "closed", PERM_NONE },
	{ "risk_accepted", "vanish", "closed", PERM_NONE },
	{ "closed", "recur", "new", PERM_NONE },
	{ "risk_accepted", "expire", "confirmed", PERM_NONE },
};
const size_t finding_driven_count = COUNT(finding_driven);

const struct transition *finding_transition(const char *from, const char *verb)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (strcmp(rows[i].from, from) == 0 && strcmp(rows[i].verb, verb) == 0)
			return &rows[i];
	for (size_t i = 0; i < COUNT(finding_driven); i++)
		if (strcmp(finding_driven[i].from, from) == 0 && strcmp(finding_driven[i].verb, verb) == 0)
			return &finding_driven[i];
	return NULL;
}

static struct arena *scratch(struct op *op)
{
	return op->tx ? store_tx_arena(op->tx) : op->arena;
}

bool finding_load(struct op *op, int64_t n, struct finding_row *ret, bool *ret_found, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	if (!db_query(op_db(op),
		    SQL("SELECT n, id, version, state, unit_n, asset_n, software_n, order_n, score, severity,"
			" kind, key, vuln_id, title FROM findings WHERE n=?"),
		    V(db_i(n)), &r, err) ||
		!db_next(r, &row, err))
		return false;
	*ret_found = row;
	if (!row)
		return true;
	*ret = (struct finding_row){ .n = db_col_int(r, 0),
		.version = db_col_int(r, 2),
		.unit_n = db_col_int(r, 4),
		.asset_n = db_col_int(r, 5),
		.software_n = db_col_int(r, 6),
		.order_n = db_col_int(r, 7),
		.score = db_col_null(r, 8) ? -1 : db_col_int(r, 8),
		.kind = arena_span(scratch(op), db_col_text(r, 10)),
		.key = arena_span(scratch(op), db_col_text(r, 11)),
		.vuln_id = arena_span(scratch(op), db_col_text(r, 12)),
		.title = arena_span(scratch(op), db_col_text(r, 13)) };
	snprintf(ret->id, sizeof ret->id, SPAN_FMT, SPAN_ARG(db_col_text(r, 1)));
	snprintf(ret->state, sizeof ret->state, SPAN_FMT, SPAN_ARG(db_col_text(r, 3)));
	snprintf(ret->severity, sizeof ret->severity, SPAN_FMT, SPAN_ARG(db_col_text(r, 9)));
	return true;
}

struct span finding_state_values(struct op *op, const char *from, const char *to)
{
	return arena_printf(
		scratch(op), "{\"before\":{\"state\":\"%s\"},\"after\":{\"state\":\"%s\"}}", from, to);
}

/* What a verb does to the columns beside the state. */
static bool write_row(struct op *op, const struct finding_row *f, const struct transition *t,
	const struct finding_how *how, struct err *err)
{
	int64_t now = op_now(op);
	bool closed = strcmp(t->to, "closed") == 0, accepted = strcmp(t->to, "risk_accepted") == 0;
	return db_exec(op_db(op),
		SQL("UPDATE findings SET state=?, version=?, updated_at=?, unit_n=?, order_n=?,"
		    " accepted_until=?, closed_at=CASE WHEN ?=1 THEN ? ELSE closed_at END,"
		    " recurrences=recurrences+? WHERE n=?"),
		V(db_z(t->to), db_i(f->version), db_i(now), f->unit_n ? db_i(f->unit_n) : db_null(),
			f->order_n ? db_i(f->order_n) : db_null(),
			accepted && how->until ? db_i(how->until) : db_null(), db_i(closed), db_i(now),
			db_i(strcmp(t->verb, "recur") == 0), db_i(f->n)),
		err);
}

bool finding_county_of(struct op *op, int64_t unit_n, struct finding_county *cache, struct err *err)
{
	if (cache->known && cache->unit_n == unit_n)
		return true;
	*cache = (struct finding_county){ .known = true, .unit_n = unit_n };
	return unit_n == 0 || resource_county(op, unit_n, &cache->county_n, err);
}

bool finding_log_move(struct op *op, const struct finding_row *f, const struct transition *t,
	int64_t unit_before_n, const struct finding_how *how, struct err *err)
{
	struct finding_county own = { 0 }, *county = how->county ? how->county : &own;
	if (!finding_county_of(op, f->unit_n, county, err))
		return false;
	struct store_step step = { .resource = "finding",
		.county_n = county->county_n,
		.record_n = f->n,
		.from = t->from,
		.verb = t->verb,
		.to = t->to,
		.text = how->reason,
		.unit_n = f->unit_n,
		.severity = f->severity,
		.values = how->values };
	struct store_change change = { .resource = "finding",
		.record_n = f->n,
		.record_id = span_of(f->id),
		.version = f->version,
		.verb = t->verb,
		.unit_before_n = unit_before_n,
		.unit_after_n = f->unit_n,
		.values = finding_state_values(op, t->from, t->to) };
	return store_add_step(op->tx, &step, NULL, err) && store_add_change(op->tx, &change, NULL, err);
}

bool finding_move(struct op *op, struct finding_row *f, const char *verb, const struct finding_how *how,
	struct err *err)
{
	static const char *const in_order[] = { "order", "fix", "return", "hand_over" };
	const struct transition *t = finding_transition(f->state, verb);
	int64_t unit_before_n = f->unit_n;
	bool keeps = false;
	if (!t)
		return err_set(err, ERR_CONFLICT, "隐患 %s 的状态为 %s，不能执行 %s",
			"finding %s is %s: %s is not possible", f->id, f->state, verb);
	for (size_t i = 0; i < COUNT(in_order); i++)
		keeps = keeps || strcmp(verb, in_order[i]) == 0;
	if (strcmp(verb, "order") == 0)
		f->order_n = how->order_n;
	else if (!keeps)
		f->order_n = 0;
	if (strcmp(verb, "release") == 0)
		f->unit_n = 0;
	if (strcmp(verb, "hand_over") == 0)
		f->unit_n = how->unit_n;
	f->version++;
	if (!write_row(op, f, t, how, err) || !finding_log_move(op, f, t, unit_before_n, how, err))
		return false;
	snprintf(f->state, sizeof f->state, "%s", t->to);
	return true;
}

bool finding_expire(struct op *op, size_t max, int64_t *ret_done, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	VEC(int64_t) ns = { .arena = op->arena };
	bool row;
	if (!db_query(op_db(op),
		    SQL("SELECT n FROM findings WHERE accepted_until<=? AND state='risk_accepted'"
			" ORDER BY accepted_until LIMIT ?"),
		    V(db_i(op_now(op)), db_i((int64_t)max)), &r, err))
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		vec_push(&ns, db_col_int(r, 0));
	}
	for (size_t i = 0; i < ns.n; i++) {
		struct finding_row f;
		if (!finding_load(op, ns.p[i], &f, &row, err) ||
			!finding_move(op, &f, "expire",
				&(struct finding_how){ .reason = SPAN("暂缓期限已到") }, err))
			return false;
	}
	*ret_done = (int64_t)ns.n;
	return true;
}
