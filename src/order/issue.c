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
			    SQL("SELECT version FROM findings WHERE n=? AND state IN ('new', 'confirmed') "
				"AND unit_n=?"),
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

static bool order_one_finding(
	struct issue *s, struct task *t, int64_t order_n, int64_t item_n, struct err *err)
{
	struct finding_how how = { .county = &s->county, .reason = s->d->text, .order_n = order_n };
	if (strcmp(t->f.state, "new") == 0 && !finding_move(s->op, &t->f, "confirm", &how, err))
		return false;
	return finding_move(s->op, &t->f, "order", &how, err) &&
		db_exec(op_db(s->op), SQL("INSERT INTO item_findings (item_n, finding_n) VALUES (?, ?)"),
			V(db_i(item_n), db_i(t->f.n)), err);
}

static bool make_item(struct issue *s, struct task *tasks, size_t n, int64_t order_n, struct err *err)
{
	struct op *op = s->op;
	char id[UUID_TEXT];
	struct span title;
	int64_t item_n = 0;
	bool found;
	const char *severity = tasks->f.severity;
	for (size_t i = 1; i < n; i++)
		if (finding_severity_rank(span_of(tasks[i].f.severity)) >
			finding_severity_rank(span_of(severity)))
			severity = tasks[i].f.severity;
	if (!issue_item_title(op, tasks, n, &title, err) ||
		!db_int(op_db(op),
			SQL("INSERT INTO items (id, order_n, state, title, kind, severity, asset_n, "
			    "software_n, findings)"
			    " VALUES (?, ?, 'open', ?, ?, ?, ?, ?, ?) RETURNING n"),
			V(db_z(uuid_make(op_now(op), id)), db_i(order_n), db_t(title), db_t(tasks->f.kind),
				db_z(severity), tasks->f.asset_n ? db_i(tasks->f.asset_n) : db_null(),
				tasks->f.software_n && by_software(tasks) ? db_i(tasks->f.software_n)
									  : db_null(),
				db_i((int64_t)n)),
			&item_n, &found, err))
		return false;
	struct store_step step = { .resource = "item",
		.record_n = item_n,
		.from = "",
		.verb = "send",
		.to = "open",
		.unit_n = tasks->f.unit_n,
		.county_n = s->county.county_n,
		.severity = severity };
	if (!store_add_step(op->tx, &step, NULL, err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!order_one_finding(s, &tasks[i], order_n, item_n, err))
			return false;
	return true;
}

static bool start_clocks(struct issue *s, struct record *o, size_t rank, struct err *err)
{
	struct op *op = s->op;
	const struct order_template *t = &s->templates[rank];
	const struct calendar *c = &s->calendars[rank];
	int64_t acknowledge, answer;
	struct span rule = arena_printf(op->arena, "%s/%s", t->name, t->version);
	struct clock_start first = { "order", o->n, "acknowledge", rule, t->acknowledge, t->acknowledge_unit,
		0 };
	struct clock_start second = { "order", o->n, "answer", rule, t->answer, t->answer_unit, 0 };
	if (!clock_begin(op, &first, c, &acknowledge, err) || !clock_begin(op, &second, c, &answer, err))
		return false;
	record_set(o, "acknowledge_due", db_i(acknowledge));
	record_set(o, "answer_due", db_i(answer));
	return db_exec(op_db(op), SQL("UPDATE orders SET acknowledge_due=?, answer_due=? WHERE n=?"),
		V(db_i(acknowledge), db_i(answer), db_i(o->n)), err);
}

static size_t count_items(const struct unit_tasks *t)
{
	size_t n = 0;
	for (size_t i = 0; i < t->n; i++)
		n += i == 0 || !task_same_item(&t->at[i - 1], &t->at[i]);
	return n;
}

static bool make_row(
	struct issue *s, const struct unit_tasks *t, const char *severity, struct record *o, struct err *err)
{
	struct op *op = s->op;
	size_t rank = (size_t)finding_severity_rank(span_of(severity));
	const struct order_template *rule = &s->templates[rank];
	struct span number = s->d->number;
	if (!record_new(&order_resource, op->arena, o) ||
		(!number.n && !order_number_next(op, s->office_n, &s->calendars[rank], &number, err)))
		return false;
	record_set(o, "number", db_t(number));
	record_set(o, "unit_id", db_i(t->at[0].f.unit_n));
	record_set(o, "issuer_id", db_i(s->office_n));
	record_set(o, "kind", db_z("finding"));
	record_set(o, "part", db_z("main"));
	record_set(o, "reply", db_z("answer"));
	record_set(o, "batch", db_t(s->batch));
	record_set(o, "sent_at", db_i(op_now(op)));
	record_set(o, "title",
		db_t(arena_printf(op->arena, "网络安全隐患整改：%zu 个事项、%zu 条隐患，最高%s",
			count_items(t), t->n, finding_severity_zh(span_of(severity)))));
	record_set(o, "text", db_t(s->d->text.p ? s->d->text : SPAN("")));
	record_set(o, "severity", db_z(severity));
	record_set(o, "template", db_t(arena_span(op->arena, span_of(rule->name))));
	record_set(o, "template_version", db_t(arena_span(op->arena, span_of(rule->version))));
	record_set(o, "findings", db_i((int64_t)t->n));
	record_set(o, "returned_proposed", db_null());
	record_set(o, "extension_reason", db_null());
	if (record_insert(op, o, err))
		return true;
	if (err->code == ERR_DUPLICATE) {
		*err = (struct err){ 0 };
		err_field(err, "number", "编号“" SPAN_FMT "”已经用过", "the number \"" SPAN_FMT "\" is taken",
			SPAN_ARG(number));
		err->code = ERR_DUPLICATE;
	}
	return false;
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
		if (!make_item(s, &t->at[from], i + 1 - from, o.n, err))
			return false;
		from = i + 1;
	}
	struct span unit_id;
	if (!start_clocks(s, &o, (size_t)finding_severity_rank(span_of(severity)), err))
		return false;
	/* after the clocks: it says until when */
	struct store_step step = { .resource = "order",
		.record_n = o.n,
		.from = "",
		.verb = "send",
		.to = "sent",
		.text = s->d->text,
		.unit_n = t->at[0].f.unit_n,
		.county_n = s->county.county_n,
		.severity = severity };
	order_facts(&o, &step);
	if (!store_add_step(op->tx, &step, NULL, err))
		return false;
	if (!db_text(op_db(op), SQL("SELECT id FROM units WHERE n=?"), V(db_i(t->at[0].f.unit_n)), op->arena,
		    &unit_id, err))
		return false;
	*ret = (struct issued){ o.id, record_text(&o, "number"), unit_id };
	return true;
}
