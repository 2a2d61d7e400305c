/* From steps to what is known of an order: one walk along the index steps_order, in which the steps of an
 * order stand together, oldest first. */
#include <stdio.h>

#include "kpi/room.h"

enum { FEW_UNITS = 200 };

struct kpi_walk {
	const struct kpi_ask *q;
	struct db_rows *rows;
	bool row, begun;
};

struct one_step {
	int64_t order_n, at, unit_n, acknowledge_due, answer_due;
	struct span from, verb, to, subject, reply;
	bool on_behalf, refused;               /* a pre-review that did not pass */
};

static struct one_step read_step(const struct db_rows *r)
{
	return (struct one_step){ .order_n = db_col_int(r, 0), .at = db_col_int(r, 1),
		.from = db_col_text(r, 2),
		.verb = db_col_text(r, 3), .to = db_col_text(r, 4), .unit_n = db_col_int(r, 5),
		.subject = db_col_text(r, 6), .reply = db_col_text(r, 7), .acknowledge_due = db_col_int(r, 8),
		.answer_due = db_col_int(r, 9), .on_behalf = db_col_text(r, 10).n > 0,
		.refused = db_col_int(r, 11) != 0 };
}

static enum kpi_state state_of(struct span s)
{
	static const struct { const char *name; enum kpi_state state; } states[] = {
		{ "sent", KPI_SENT }, { "handling", KPI_OPEN }, { "partly_answered", KPI_OPEN },
		{ "answered", KPI_DONE }, { "disputed", KPI_PAUSED }, { "verified", KPI_DONE },
		{ "archived", KPI_DONE }, { "withdrawn", KPI_WITHDRAWN },
	};
	for (size_t i = 0; i < COUNT(states); i++)
		if (span_is(s, states[i].name))
			return states[i].state;
	return KPI_DONE;                 /* a state that this version does not know waits for nobody here */
}

static void note_sent(struct kpi_facts *f, const struct one_step *s)
{
	if (f->sent_at || !span_is(s->to, "sent") || span_is(s->from, "sent"))
		return;
	f->sent_at = s->at;
	f->finding = span_is(s->subject, "finding");
	f->reply = span_is(s->reply, "answer") ? KPI_ANSWER
		: span_is(s->reply, "acknowledge") ? KPI_ACKNOWLEDGE : KPI_NO_REPLY;
}

/* What the unit says.  The deadlines held against it are those before this step. */
static void note_said(struct kpi_facts *f, const struct one_step *s)
{
	bool answer = span_is(s->verb, "answer"), acknowledge = span_is(s->verb, "acknowledge");
	if (!answer && !acknowledge && !span_is(s->verb, "request_extension"))
		return;
	f->spoke = true;
	f->on_behalf = f->on_behalf || s->on_behalf;
	if ((answer || acknowledge) && !f->acknowledged_at) {
		f->acknowledged_at = s->at;
		f->due_when_acknowledged = f->acknowledge_due;
	}
}

/* Out of a dispute the unit has replied when it raised it: the clock did not run since. */
static void note_replied(struct kpi_facts *f, const struct one_step *s)
{
	bool disputed = span_is(s->from, "disputed");
	if (span_is(s->to, "answered") && !f->answered_at)
		f->answered_at = s->at;
	if (f->replied_at || !(span_is(s->to, "answered") || (disputed && span_is(s->to, "verified"))))
		return;
	f->replied_at = disputed && f->disputed_at ? f->disputed_at : s->at;
	f->due_when_replied = f->answer_due;
}

static void note_judged(struct kpi_facts *f, const struct one_step *s)
{
	bool back = span_is(s->to, "handling") || span_is(s->to, "partly_answered");
	if (span_is(s->to, "verified") && !f->verified_at)
		f->verified_at = s->at;
	if (!f->verified_at && (span_is(s->verb, "return") || s->refused ||
		(span_is(s->verb, "review") && back && !span_eq(s->from, s->to))))
		f->returned = true;
}

static void add_step(struct kpi_facts *f, const struct one_step *s)
{
	note_sent(f, s);
	if (f->sent_at) {
		note_said(f, s);
		note_replied(f, s);
		note_judged(f, s);
	}
	if (span_is(s->to, "disputed") && !span_is(s->from, "disputed"))
		f->disputed_at = s->at;
	if (s->acknowledge_due)
		f->acknowledge_due = s->acknowledge_due;
	if (s->answer_due)
		f->answer_due = s->answer_due;
	f->unit_n = s->unit_n;
	f->state = state_of(s->to);
	snprintf(f->state_name, sizeof f->state_name, SPAN_FMT, SPAN_ARG(s->to));
}

/* Orders sent in the period lie close together: their first and last number bound the walk. */
static bool find_bounds(struct op *op, const struct kpi_ask *q, int64_t ret[2], struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	if (!db_query(op_db(op),
		    SQL("SELECT COALESCE(min(record_n), 0), COALESCE(max(record_n), -1) FROM steps"
			" WHERE resource='order' AND to_state='sent' AND from_state<>'sent'"
			" AND happened_at>=? AND happened_at<? AND recorded_at<=?"),
		    V(db_i(q->from_at), db_i(q->to_at), db_i(q->asof)), &r, err) ||
		!db_next(r, &row, err))
		return false;
	ret[0] = db_col_int(r, 0);
	ret[1] = db_col_int(r, 1);
	return true;
}

static void add_few_units(const struct kpi_ask *q, struct sql *sql)
{
	sql_add(sql,
		" AND record_n IN (SELECT record_n FROM steps WHERE resource='order' AND unit_n IN (NULL");
	for (size_t i = 0; i < q->n_units; i++) {
		sql_add(sql, ",");
		sql_int(sql, q->units[i]);
	}
	sql_add(sql, "))");
}

bool kpi_walk_sql(struct op *op, const struct kpi_ask *q, int64_t after_n, struct sql *sql, struct err *err)
{
	int64_t bounds[2];
	if (!find_bounds(op, q, bounds, err))
		return false;
	/* Few units: their orders are looked up one by one, and the unary + keeps the bounds from being
	 * walked. */
	bool few = !q->all && q->n_units <= FEW_UNITS;
	sql_add(sql, "SELECT record_n, happened_at, from_state, verb, to_state, unit_n, subject, reply,"
		     " acknowledge_due, answer_due, on_whose_word,"
		     /* in partly_answered a return and a pass lead to the same state: what was said tells */
		     " CASE WHEN verb='review' AND from_state=to_state THEN (SELECT instr(b.body, "
		     	"'\"pass\":false')"
		     " FROM steps b WHERE b.n=steps.n) ELSE 0 END FROM steps"
		     " WHERE resource='order' AND exercise=0 AND ");
	sql_name(sql, few ? "+record_n>=" : "record_n>=");
	sql_int(sql, after_n >= bounds[0] ? after_n + 1 : bounds[0]);
	sql_name(sql, few ? " AND +record_n<=" : " AND record_n<=");
	sql_int(sql, bounds[1]);
	sql_add(sql, " AND recorded_at<=");
	sql_int(sql, q->asof);
	if (few)
		add_few_units(q, sql);
	sql_add(sql, " ORDER BY record_n, n");
	return true;
}

bool kpi_walk_open(struct op *op, const struct kpi_ask *q, int64_t after_n, struct kpi_walk **ret,
	struct err *err)
{
	struct kpi_walk *w = arena_alloc(op->arena, sizeof *w);
	struct sql *sql = sql_new(op->arena);
	*w = (struct kpi_walk){ .q = q };
	if (!kpi_walk_sql(op, q, after_n, sql, err) || !db_query_sql(op_db(op), sql, &w->rows, err))
		return false;
	*ret = w;
	return true;
}

void kpi_walk_close(struct kpi_walk **w)
{
	if (*w)
		db_rows_close((*w)->rows);
	*w = NULL;
}

/* All steps of the next order; *ret_more false at the end. */
static bool next_order(struct kpi_walk *w, struct kpi_facts *ret, bool *ret_more, struct err *err)
{
	struct kpi_facts f = { 0 };
	if (!w->begun && !db_next(w->rows, &w->row, err))
		return false;
	w->begun = true;
	*ret_more = w->row;
	if (w->row)
		f.order_n = db_col_int(w->rows, 0);
	while (w->row && db_col_int(w->rows, 0) == f.order_n) {
		struct one_step s = read_step(w->rows);
		add_step(&f, &s);
		if (!db_next(w->rows, &w->row, err))
			return false;
	}
	*ret = f;
	return true;
}

bool kpi_walk_next(struct kpi_walk *w, struct kpi_facts *ret, bool *ret_more, struct err *err)
{
	for (;;) {
		if (!next_order(w, ret, ret_more, err))
			return false;
		if (!*ret_more || (ret->sent_at && ret->sent_at >= w->q->from_at &&
		    ret->sent_at < w->q->to_at &&
			kpi_ask_has(w->q, ret->unit_n)))
			return true;
	}
}
