/* One order: its row, items, findings, clocks and steps, whole or not at all. */
#include <stdio.h>

#include "order/dispatch.h"

static int compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Vulnerabilities go by what is upgraded; all else by its kind. */
static bool by_software(const struct task *t)
{
	return span_is(t->f.kind, "vulnerability");
}

int task_compare(const void *a, const void *b)
{
	const struct task *x = a, *y = b;
	int c = compare(x->f.unit_n, y->f.unit_n);
	c = c ? c : compare(x->f.asset_n, y->f.asset_n);
	c = c ? c : span_cmp(x->f.kind, y->f.kind);
	c = c ? c : by_software(x) ? compare(x->f.software_n, y->f.software_n) : 0;
	c = c ? c
	      : compare(finding_severity_rank(span_of(y->f.severity)),
			finding_severity_rank(span_of(x->f.severity)));
	return c ? c : compare(x->f.n, y->f.n);
}

bool task_same_item(const struct task *a, const struct task *b)
{
	return a->f.unit_n == b->f.unit_n && a->f.asset_n == b->f.asset_n && span_eq(a->f.kind, b->f.kind) &&
		a->f.asset_n != 0 && (!by_software(a) || a->f.software_n == b->f.software_n);
}

/* Read again what somebody else may have moved meanwhile; keeps those that can still be ordered in front. */
static bool refresh(struct issue *s, struct unit_tasks *t, struct err *err)
{
	size_t kept = 0;
	for (size_t i = 0; i < t->n; i++) {
		int64_t version, unit_n = t->at[i].f.unit_n;
		bool found;
		if (!db_int(op_db(s->op),
			    SQL("SELECT version FROM findings f WHERE n=? AND state IN ('new', 'confirmed') "
				"AND unit_n=? AND " ORDER_NOT_HELD),
			    V(db_i(t->at[i].f.n), db_i(unit_n)), &version, &found, err))
			return false;
		if (found && version != t->at[i].f.version &&
			!finding_load(s->op, t->at[i].f.n, &t->at[i].f, &found, err))
			return false;
		t->at[i].skipped = !found;
		if (!found)
			continue;
		struct task keep = t->at[i];
		t->at[i] = t->at[kept];
		t->at[kept++] = keep;
	}
	t->n = kept;
	return true;
}

static bool order_one_finding(struct issue *s, struct task *t, int64_t order_n, struct err *err)
{
	struct finding_how how = { .county = &s->county, .reason = s->d->text, .order_n = order_n };
	if (strcmp(t->f.state, "new") == 0 && !finding_move(s->op, &t->f, "confirm", &how, err))
		return false;
	return finding_move(s->op, &t->f, "order", &how, err);
}

static bool make_item(
	struct issue *s, const struct record *o, struct task *tasks, size_t n, struct err *err)
{
	struct op *op = s->op;
	struct item it = { .kind = tasks->f.kind,
		.asset_n = tasks->f.asset_n,
		.software_n = by_software(tasks) ? tasks->f.software_n : 0,
		.findings = (int64_t)n };
	int64_t item_n = 0;
	const char *severity = tasks->f.severity;
	for (size_t i = 1; i < n; i++)
		if (finding_severity_rank(span_of(tasks[i].f.severity)) >
			finding_severity_rank(span_of(severity)))
			severity = tasks[i].f.severity;
	snprintf(it.severity, sizeof it.severity, "%s", severity);
	if (!issue_item_title(op, tasks, n, &it.title, err) || !order_item_new(op, o, &it, &item_n, err))
		return false;
	bool sent = span_is(o->state, "sent");
	for (size_t i = 0; i < n; i++)
		if (!(sent ? order_one_finding(s, &tasks[i], o->n, err) : true) ||
			!db_exec(op_db(op),
			SQL("INSERT INTO item_findings (item_n, finding_n) VALUES (?, ?)"),
				V(db_i(item_n), db_i(tasks[i].f.n)), err))
			return false;
	return true;
}

static size_t count_items(const struct unit_tasks *t)
{
	size_t n = 0;
	for (size_t i = 0; i < t->n; i++)
		n += i == 0 || !task_same_item(&t->at[i - 1], &t->at[i]);
	return n;
}

/* The earliest date by which somebody above wants it: that of the dispatch, or of a finding. */
static int64_t source_due(const struct issue *s, const struct unit_tasks *t)
{
	int64_t due = s->d->source_due;
	for (size_t i = 0; i < t->n && !s->d->source_due; i++)
		if (t->at[i].source_due && (!due || t->at[i].source_due < due))
			due = t->at[i].source_due;
	return due;
}

/* Without a text of its own an order says what the template of its kind does. */
bool issue_words(struct issue *s, const struct unit_tasks *t, const struct order_terms *terms,
	struct record *o, struct err *err)
{
	struct op *op = s->op;
	struct span *titles = arena_array(op->arena, t->n + 1, sizeof *titles), text;
	size_t n = 0;
	if (s->d->text.n)
		return true;
	for (size_t i = 0, from = 0; i < t->n; i++) {
		if (i + 1 < t->n && task_same_item(&t->at[from], &t->at[i + 1]))
			continue;
		if (!issue_item_title(op, &t->at[from], i + 1 - from, &titles[n++], err))
			return false;
		from = i + 1;
	}
	struct order_words_of of = { order_listed(op, titles, n), s->d->words };
	if (!order_words(op, o, terms, &of, &text, err))
		return false;
	record_set(o, "text", db_t(text.p ? text : SPAN("")));
	return true;
}

static bool make_row(
	struct issue *s, const struct unit_tasks *t, const char *severity, struct record *o, struct err *err)
{
	struct op *op = s->op;
	const struct order_terms *terms = &s->terms[finding_severity_rank(span_of(severity))];
	const struct order_template *rule = &terms->template;
	const char *state;
	int64_t due = source_due(s, t);
	if (!record_new(&order_resource, op->arena, o))
		return false;
	record_set(o, "unit_id", db_i(t->at[0].f.unit_n));
	record_set(o, "issuer_id", db_i(s->office_n));
	record_set(o, "kind", db_z("finding"));
	record_set(o, "part", db_z("main"));
	record_set(o, "reply", db_z("answer"));
	record_set(o, "batch", db_t(s->batch));
	record_set(o, "number_wanted", db_t(s->d->number.p ? s->d->number : SPAN("")));
	record_set(o, "title",
		db_t(arena_printf(op->arena, "网络安全隐患整改：%zu 个事项、%zu 条隐患，最高%s",
			count_items(t), t->n, finding_severity_zh(span_of(severity)))));
	record_set(o, "text", db_t(s->d->text.p ? s->d->text : SPAN("")));
	record_set(o, "severity", db_z(severity));
	record_set(o, "source", db_t(s->d->source.p ? s->d->source : SPAN("")));
	record_set(o, "source_number", db_t(s->d->source_number.p ? s->d->source_number : SPAN("")));
	record_set(o, "source_due", due ? db_i(due) : db_null());
	record_set(o, "template", db_t(arena_span(op->arena, span_of(rule->name))));
	record_set(o, "template_version", db_t(arena_span(op->arena, span_of(rule->version))));
	record_set(o, "findings", db_i((int64_t)t->n));
	record_set(o, "returned_proposed", db_null());
	record_set(o, "extension_reason", db_null());
	if (!order_birth(op, o, order_intent(s->d->draft, s->d->approval), &state, err) ||
		(strcmp(state, "sent") == 0 && !order_take_number(op, o, terms, err)))
		return false;
	o->state = span_of(state);
	return issue_words(s, t, terms, o, err) && (record_insert(op, o, err) || order_number_taken(o, err));
}

/* Clocks, items and findings follow where it is sent at once; else they wait for its approval. */
static bool send_now(struct issue *s, struct record *o, const struct order_terms *t, struct err *err)
{
	return order_begin_clocks(s->op, o, t, err) &&
		db_exec(op_db(s->op), SQL("UPDATE orders SET acknowledge_due=?, answer_due=? WHERE n=?"),
			V(record_get(o, "acknowledge_due"), record_get(o, "answer_due"), db_i(o->n)), err) &&
		order_begin_items(s->op, o, s->county.county_n, err);
}

bool issue_order(struct issue *s, struct unit_tasks *t, struct issued *ret, bool *ret_any, struct err *err)
{
	struct op *op = s->op;
	struct record o;
	const char *severity = "none";
	if (!refresh(s, t, err))
		return false;
	*ret_any = t->n > 0;
	if (t->n == 0)
		return true;
	if (!finding_county_of(op, t->at[0].f.unit_n, &s->county, err))
		return false;
	for (size_t i = 0; i < t->n; i++)
		if (finding_severity_rank(span_of(t->at[i].f.severity)) >
			finding_severity_rank(span_of(severity)))
			severity = t->at[i].f.severity;
	severity = arena_copy(op->arena, span_of(severity));
	if (!make_row(s, t, severity, &o, err))
		return false;
	for (size_t i = 0, from = 0; i < t->n; i++) {
		if (i + 1 < t->n && task_same_item(&t->at[from], &t->at[i + 1]))
			continue;
		if (!make_item(s, &o, &t->at[from], i + 1 - from, err))
			return false;
		from = i + 1;
	}
	struct span unit_id;
	/* the step after the clocks: it says until when */
	if ((span_is(o.state, "sent") &&
		    !send_now(s, &o, &s->terms[finding_severity_rank(span_of(severity))], err)) ||
		!order_born(op, &o, (struct span){ NULL, 0 }, err) ||
		!db_text(op_db(op), SQL("SELECT id FROM units WHERE n=?"), V(db_i(t->at[0].f.unit_n)),
		op->arena,
			&unit_id, err))
		return false;
	*ret = (struct issued){ o.id, record_text(&o, "number"), unit_id, o.state };
	ret->late = order_later_than_source(&o);
	return true;
}
