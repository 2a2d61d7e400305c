/* From findings to orders: chosen and sorted outside, issued in short transactions, an order never cut in
 * two. */
#include <stdlib.h>
#include <stdio.h>

#include "order/dispatch.h"
#include "os/clock.h"
#include "os/log.h"
#include "people/people.h"

enum { DISPATCH_TX_NS = 30 * 1000 * 1000, SKIPPED_SHOWN = 10000, TEXT_MAX = 20000, NUMBER_MAX = 100 };

struct dispatching {
	struct issue issue;
	struct str *orders, *skips;
	int64_t skipped, began_ns, late;
	VEC(struct task) tasks;
	VEC(struct issued) fresh; /* of the open transaction: told only when it is committed */
	struct { /* as it was at the last commit */
		size_t next, skips_n; /* the first task not yet committed; the end of the list */
		int64_t skipped;
	} kept;
};

static void skip(struct dispatching *g, struct span id, struct span reason)
{
	if (g->skipped++ >= SKIPPED_SHOWN)
		return;
	str_addz(g->skips, g->skips->n ? ",{\"id\":" : "{\"id\":");
	str_add_json(g->skips, id);
	str_addz(g->skips, ",\"reason\":");
	str_add_json(g->skips, reason);
	str_addc(g->skips, '}');
}

bool issue_prepare(struct issue *s, struct err *err)
{
	static const char *const severities[] = { "none", "low", "medium", "high", "critical" };
	for (size_t i = 0; i < COUNT(severities); i++)
		if (!order_terms_find(s->op, s->d->template, span_of(severities[i]), &s->terms[i], err))
			return false;
	return order_office(s->op, &s->office_n, err);
}

/* Why it cannot be ordered; NULL with an error in err, or if nothing speaks against it. */
static const char *why_not(struct op *op, const struct finding_row *f, struct err *err)
{
	bool may = false, held;
	int64_t one;
	if (strcmp(f->state, "new") != 0 && strcmp(f->state, "confirmed") != 0)
		return op->zh ? "当前状态不能交办" : "its state does not allow it";
	if (f->unit_n == 0)
		return op->zh ? "没有责任单位，请先认领" : "no unit is responsible yet";
	if (!db_int(op_db(op), SQL("SELECT 1 FROM findings f WHERE n=? AND NOT " ORDER_NOT_HELD),
	    V(db_i(f->n)),
		    &one, &held, err))
		return NULL;
	if (held)
		return op->zh ? "已在待发出的交办单中" : "an order that is not sent yet holds it";
	if (!actor_may(op->actor, op_db(op), PERM_ORDER_ISSUE, f->unit_n, &may, err))
		return NULL;
	return may ? NULL : op->zh ? "没有向该单位交办的权限" : "not permitted to issue to this unit";
}

static bool load_tasks(struct dispatching *g, const struct finding_choice *choice, struct err *err)
{
	struct op *op = g->issue.op;
	for (size_t i = 0; i < choice->n_unknown; i++)
		skip(g, choice->unknown[i], op->zh ? SPAN("没有这条隐患") : SPAN("no such finding"));
	for (size_t i = 0; i < choice->n; i++) {
		struct task t = { .skipped = false };
		bool found, any;
		if (!finding_load(op, choice->ns[i], &t.f, &found, err) ||
			!db_int(op_db(op), SQL("SELECT COALESCE(source_due, 0) FROM findings WHERE n=?"),
				V(db_i(choice->ns[i])), &t.source_due, &any, err))
			return false;
		const char *reason = found ? why_not(op, &t.f, err) : "gone";
		if (err->code != ERR_NONE)
			return false;
		if (reason)
			skip(g, span_of(t.f.id), arena_span(op->arena, span_of(reason)));
		else
			vec_push(&g->tasks, t);
	}
	if (g->tasks.n)
		qsort(g->tasks.p, g->tasks.n, sizeof *g->tasks.p, task_compare);
	return true;
}

static void tell(struct dispatching *g)
{
	for (size_t i = 0; i < g->fresh.n; i++) {
		str_addz(g->orders, g->orders->n ? ",{\"id\":" : "{\"id\":");
		str_add_json(g->orders, g->fresh.p[i].id);
		str_addz(g->orders, ",\"number\":");
		str_add_json(g->orders, g->fresh.p[i].number);
		str_addz(g->orders, ",\"unit_id\":");
		str_add_json(g->orders, g->fresh.p[i].unit_id);
		str_addz(g->orders, ",\"state\":");
		str_add_json(g->orders, g->fresh.p[i].state);
		g->late += g->fresh.p[i].late;
		str_addc(g->orders, '}');
	}
	g->fresh.n = 0;
}

static bool commit(struct dispatching *g, size_t next, struct err *err)
{
	if (g->issue.op->tx && !op_commit(g->issue.op, err))
		return false;
	tell(g);
	g->kept.next = next;
	g->kept.skips_n = g->skips->n;
	g->kept.skipped = g->skipped;
	return true;
}

/* Orders that are committed must be told, whatever came after: what was not committed is listed with the
 * reason. False if nothing was: then the error is the answer. */
static bool tell_rest(struct dispatching *g, struct err *err)
{
	struct op *op = g->issue.op;
	struct span reason = arena_span(op->arena, span_of(op->zh ? err->zh : err->en));
	if (g->orders->n == 0)
		return false;
	log_error("order.dispatch_cut", LOG_INT("findings", g->tasks.n - g->kept.next),
		LOG_Z("reason", err->en));
	g->skips->n = g->kept.skips_n;
	g->skipped = g->kept.skipped;
	for (size_t i = g->kept.next; i < g->tasks.n; i++)
		skip(g, span_of(g->tasks.p[i].f.id), reason);
	*err = (struct err){ 0 };
	return true;
}

static bool issue_unit(struct dispatching *g, struct unit_tasks t, struct err *err)
{
	struct op *op = g->issue.op;
	struct issued one;
	size_t all = t.n;
	bool any;
	if (op->tx && clock_mono_ns() - g->began_ns > DISPATCH_TX_NS &&
		!commit(g, (size_t)(t.at - g->tasks.p), err))
		return false;
	if (!op->tx) {
		g->began_ns = clock_mono_ns();
		if (!op_begin(op, err))
			return false;
	}
	if (!issue_order(&g->issue, &t, &one, &any, err))
		return false;
	if (any)
		vec_push(&g->fresh, one);
	for (size_t i = t.n; i < all; i++)
		skip(g, span_of(t.at[i].f.id),
			op->zh ? SPAN("已被他人处理") : SPAN("somebody else has moved it"));
	return true;
}

static bool issue_all(struct dispatching *g, struct err *err)
{
	for (size_t i = 0, from = 0; i < g->tasks.n; i++) {
		if (i + 1 < g->tasks.n && g->tasks.p[i + 1].f.unit_n == g->tasks.p[from].f.unit_n)
			continue;
		if (!issue_unit(g, (struct unit_tasks){ &g->tasks.p[from], i + 1 - from }, err))
			return false;
		from = i + 1;
	}
	return commit(g, g->tasks.n, err);
}

static bool check_input(struct dispatching *g, struct err *err)
{
	const struct order_dispatch *d = g->issue.d;
	if (d->text.n > TEXT_MAX)
		return err_field(err, "text", "“text”过长", "text is too long");
	if (d->number.n > NUMBER_MAX || utf8_has_control(d->number))
		return err_field(err, "number", "“number”无效", "number is not valid");
	if (d->source.n > NUMBER_MAX || utf8_has_control(d->source))
		return err_field(err, "source", "“source”无效", "source is not valid");
	if (d->source_number.n > NUMBER_MAX || utf8_has_control(d->source_number))
		return err_field(err, "source_number", "“source_number”无效", "source_number is not valid");
	return true;
}

static bool one_unit_only(const struct dispatching *g, struct err *err)
{
	size_t n = g->tasks.n;
	if (!g->issue.d->number.n || n == 0 || g->tasks.p[0].f.unit_n == g->tasks.p[n - 1].f.unit_n)
		return true;
	return err_field(err, "number", "涉及多个单位，不能指定一个编号",
		"several units: one number cannot serve them");
}

bool order_dispatch(struct op *op, const struct order_dispatch *d, struct str *out, struct err *err)
{
	struct str orders = STR_IN(op->arena, 16 << 20), skips = STR_IN(op->arena, 8 << 20);
	struct dispatching g = { .issue = { .op = op, .d = d },
		.orders = &orders,
		.skips = &skips,
		.tasks = { .arena = op->arena },
		.fresh = { .arena = op->arena } };
	struct finding_choice choice;
	char batch[UUID_TEXT];
	g.issue.batch = span_of(uuid_make(op_now(op), batch));
	if (!check_input(&g, err) || !issue_prepare(&g.issue, err) ||
		!(d->ids || d->filter ? finding_choose(op, d->ids, d->filter, &choice, err)
				      : finding_choose_default(op, &choice, err)) ||
		!load_tasks(&g, &choice, err) || !one_unit_only(&g, err))
		return false;
	bool ok = d->preview || issue_all(&g, err);
	op_rollback(op);
	if (!ok && !tell_rest(&g, err))
		return false;
	str_addz(out, d->preview ? "{\"preview\":" : "{");
	if (d->preview && !dispatch_preview(&g.issue, g.tasks.p, g.tasks.n, out, err))
		return false;
	str_addz(out, d->preview ? ",\"orders\":[" : "\"orders\":[");
	str_add(out, str_span(&orders));
	str_addz(out, "],\"skipped\":[");
	str_add(out, str_span(&skips));
	str_addf(out, "],\"skipped_count\":%lld,\"warnings\":[", (long long)g.skipped);
	if (g.late)
		str_add_json(out, order_warning_late(op, g.late));
	str_addz(out, "]}");
	return str_check(&orders, err) && str_check(&skips, err) && str_check(out, err);
}
