/* What a dispatch would send, in numbers and words, without sending it; and findings as the items that a unit
 * would see. */
#include <stdlib.h>

#include "order/dispatch.h"
#include "people/people.h"

enum { ORDERS_SHOWN = 500, GROUP_FINDINGS = LIST_MAX };

static bool has_liaison(struct op *op, int64_t unit_n, bool *ret, struct err *err)
{
	struct db_value today = db_t(people_today(op)), now = db_i(op_now(op)), unit = db_i(unit_n);
	int64_t one;
	return db_int(op_db(op),
		SQL("SELECT 1 FROM duties WHERE unit_n=? AND kind IN ('liaison_a', 'liaison_b') AND "
		"(from_date='' OR"
		    " from_date<=?) AND (to_date='' OR to_date>?) UNION SELECT 1 FROM grants g JOIN users u "
		    "ON"
		    " u.n=g.user_n WHERE g.unit_n=? AND g.role='unit_liaison' AND u.disabled=0 AND"
		    " (g.from_at IS NULL OR g.from_at<=?) AND (g.to_at IS NULL OR g.to_at>?) LIMIT 1"),
		V(unit, today, today, unit, now, now), &one, ret, err);
}

static bool add_name(struct op *op, struct str *out, const char *what, const char *table, int64_t n,
	struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct sql *q = sql_new(op->arena);
	bool row;
	sql_add(q, "SELECT id, name FROM ");
	sql_name(q, table);
	sql_add(q, " WHERE n=");
	sql_int(q, n);
	if (!db_query_sql(op_db(op), q, &r, err) || !db_next(r, &row, err))
		return false;
	str_addf(out, "\"%s_id\":", what);
	if (row)
		str_add_json(out, db_col_text(r, 0));
	else
		str_addz(out, "null");
	str_addf(out, ",\"%s_name\":", what);
	if (row)
		str_add_json(out, db_col_text(r, 1));
	else
		str_addz(out, "null");
	return true;
}

static const char *worst_of(const struct task *tasks, size_t n)
{
	int worst = 0;
	size_t at = 0;
	for (size_t i = 0; i < n; i++) {
		int rank = finding_severity_rank(span_of(tasks[i].f.severity));
		at = rank > worst ? i : at;
		worst = rank > worst ? rank : worst;
	}
	return tasks[at].f.severity;
}

static size_t item_end(const struct task *tasks, size_t from, size_t n)
{
	size_t end = from + 1;
	while (end < n && task_same_item(&tasks[from], &tasks[end]))
		end++;
	return end;
}

struct totals {
	int64_t orders, items, no_liaison, to_approve;
};

/* Where it would be born: sent, to_approve or draft. */
static bool born(struct issue *s, const char *severity, const char **ret, struct err *err)
{
	struct record o;
	if (!record_new(&order_resource, s->op->arena, &o))
		return false;
	record_set(&o, "kind", db_z("finding"));
	record_set(&o, "severity", db_z(severity));
	return order_birth(s->op, &o, order_intent(s->d->draft, s->d->approval), ret, err);
}

static bool add_order(struct issue *s, struct task *tasks, size_t n, struct totals *t, struct str *out,
	struct err *err)
{
	bool liaison, shown = t->orders < ORDERS_SHOWN;
	const char *state, *worst = worst_of(tasks, n);
	if (!has_liaison(s->op, tasks->f.unit_n, &liaison, err) || !born(s, worst, &state, err))
		return false;
	if (shown) {
		str_addz(out, t->orders ? ",{" : "{");
		if (!add_name(s->op, out, "unit", "units", tasks->f.unit_n, err))
			return false;
		str_addf(out,
			",\"liaison\":%s,\"severity\":\"%s\",\"state\":\"%s\",\"findings\":%zu,\"items\":[",
			liaison ? "true" : "false", worst, state, n);
	}
	t->orders++;
	t->no_liaison += !liaison;
	t->to_approve += strcmp(state, "to_approve") == 0;
	for (size_t from = 0, end; from < n; from = end) {
		struct span title;
		end = item_end(tasks, from, n);
		t->items++;
		if (!shown)
			continue;
		if (!issue_item_title(s->op, &tasks[from], end - from, &title, err))
			return false;
		str_addz(out, from ? "," : "");
		str_add_json(out, title);
	}
	str_addz(out, shown ? "]}" : "");
	return true;
}

/* What the first of them would say. */
static bool add_text(struct issue *s, struct task *tasks, size_t n, struct str *out, struct err *err)
{
	struct unit_tasks t = { tasks, 1 };
	struct record o;
	while (t.n < n && tasks[t.n].f.unit_n == tasks->f.unit_n)
		t.n++;
	const char *worst = worst_of(t.at, t.n);
	if (!record_new(&order_resource, s->op->arena, &o))
		return false;
	o.state = SPAN("sent");
	record_set(&o, "unit_id", db_i(tasks->f.unit_n));
	record_set(&o, "kind", db_z("finding"));
	record_set(&o, "severity", db_z(worst));
	record_set(&o, "text", db_t(s->d->text.p ? s->d->text : SPAN("")));
	record_set(&o, "source_number", db_t(s->d->source_number.p ? s->d->source_number : SPAN("")));
	if (!issue_words(s, &t, &s->terms[finding_severity_rank(span_of(worst))], &o, err))
		return false;
	str_addz(out, ",\"text\":");
	str_add_json(out, record_text(&o, "text"));
	return true;
}

bool dispatch_preview(struct issue *s, struct task *tasks, size_t n, struct str *out, struct err *err)
{
	struct totals t = { 0 };
	str_addz(out, "{\"list\":[");
	for (size_t from = 0, end; from < n; from = end) {
		for (end = from + 1; end < n && tasks[end].f.unit_n == tasks[from].f.unit_n;)
			end++;
		if (!add_order(s, &tasks[from], end - from, &t, out, err))
			return false;
	}
	str_addf(out,
		"],\"orders\":%lld,\"units\":%lld,\"items\":%lld,\"findings\":%zu,\"no_liaison\":%lld,"
		"\"to_approve\":%lld",
		(long long)t.orders, (long long)t.orders, (long long)t.items, n, (long long)t.no_liaison,
		(long long)t.to_approve);
	if (n && !add_text(s, tasks, n, out, err))
		return false;
	str_addc(out, '}');
	return str_check(out, err);
}

/* ---- findings as items ---- */

struct ranked { /* a task first: compared as one */
	struct task t;
	size_t rank; /* in the list as asked for */
	int64_t priority;
};

struct group {
	size_t from, end, rank;
};

static int by_rank(const void *a, const void *b)
{
	const struct group *x = a, *y = b;
	return (x->rank > y->rank) - (x->rank < y->rank);
}

static bool add_group(struct op *op, const struct ranked *all, const struct group *g, struct str *out,
	struct err *err)
{
	size_t n = g->end - g->from;
	struct task *tasks = arena_array(op->arena, n, sizeof *tasks);
	int64_t priority = 0;
	struct span title;
	for (size_t i = 0; i < n; i++) {
		tasks[i] = all[g->from + i].t;
		if (all[g->from + i].priority > priority)
			priority = all[g->from + i].priority;
	}
	if (!issue_item_title(op, tasks, n, &title, err))
		return false;
	str_addz(out, "{\"title\":");
	str_add_json(out, title);
	str_addc(out, ',');
	if (!add_name(op, out, "unit", "units", tasks->f.unit_n, err))
		return false;
	str_addc(out, ',');
	if (!add_name(op, out, "asset", "assets", tasks->f.asset_n, err))
		return false;
	str_addz(out, ",\"kind\":");
	str_add_json(out, tasks->f.kind);
	str_addf(out, ",\"severity\":\"%s\",\"priority\":%lld,\"findings\":%zu,\"ids\":[", worst_of(tasks, n),
		(long long)priority, n);
	for (size_t i = 0; i < n; i++) {
		str_addz(out, i ? "," : "");
		str_add_json(out, span_of(tasks[i].f.id));
	}
	str_addz(out, "]}");
	return true;
}

static bool load_ranked(struct op *op, const struct page *page, struct ranked *ret, size_t *ret_n,
	struct err *err)
{
	*ret_n = 0;
	for (size_t i = 0; i < page->n; i++) {
		struct ranked *r = &ret[*ret_n];
		bool found;
		*r = (struct ranked){ .rank = i, .priority = record_int(&page->rows[i], "priority") };
		if (!finding_load(op, page->rows[i].n, &r->t.f, &found, err))
			return false;
		*ret_n += found;
	}
	if (*ret_n)
		qsort(ret, *ret_n, sizeof *ret, task_compare);
	return true;
}

static struct group group_at(const struct ranked *all, size_t from, size_t n)
{
	struct group g = { from, from + 1, all[from].rank };
	while (g.end < n && task_same_item(&all[from].t, &all[g.end].t)) {
		if (all[g.end].rank < g.rank)
			g.rank = all[g.end].rank;
		g.end++;
	}
	return g;
}

bool order_remedies(struct call *c, struct err *err)
{
	struct op *op = c->op;
	struct query q;
	struct page page;
	struct ranked *all = arena_array(op->arena, GROUP_FINDINGS, sizeof *all);
	VEC(struct group) groups = { .arena = op->arena };
	size_t n;
	if (!query_parse(&finding_resource, c->query, c->n_query, op->arena, &q, err))
		return false;
	q.limit = GROUP_FINDINGS;
	if (!resource_list(op, &finding_resource, &q, &page, err) || !load_ranked(op, &page, all, &n, err))
		return false;
	for (size_t from = 0; from < n;) {
		struct group g = group_at(all, from, n);
		vec_push(&groups, g);
		from = g.end;
	}
	if (groups.n)
		qsort(groups.p, groups.n, sizeof *groups.p, by_rank);
	str_addz(c->out, "{\"items\":[");
	for (size_t i = 0; i < groups.n; i++) {
		str_addz(c->out, i ? "," : "");
		if (!add_group(op, all, &groups.p[i], c->out, err))
			return false;
	}
	str_addf(c->out, "],\"findings\":%zu,\"more\":%s}", n, page.next.p ? "true" : "false");
	return str_check(c->out, err);
}
