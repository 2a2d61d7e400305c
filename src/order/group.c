/*
 * Text to copy into a group of people: what kind of matter, how many units, until when, where to look.
 * Groups are read by anybody: no title, number, severity, asset, address, finding or evidence ever goes in;
 * the text is made of the orders' kind, deadlines and units' names only.
 */
#include <stdlib.h>

#include "order/behalf_lists.h"
#include "people/people.h"

static const char *const waiting[] = { "{'state':'sent'}", NULL };
static const char *const in_hand[] = { "{'state__in':'sent,handling,partly_answered'}", NULL };

static const struct {
	const char *kind, *zh;
} matters[] = {
	{ "finding", "网络安全隐患整改通知" },
	{ "notice", "网络安全通报" },
	{ "task", "网络安全工作任务" },
	{ "declaration", "网络资产申报" },
};

enum { TEXT_BYTES = 1 << 20 };

static bool link_of(struct op *op, struct span *ret, struct err *err)
{
	struct span base;
	if (!setting_text(op, "base_url", &base, err))
		return false;
	while (base.n && base.p[base.n - 1] == '/')
		base.n--;
	*ret = arena_printf(op->arena, SPAN_FMT "/orders", SPAN_ARG(base));
	return true;
}

/* The span of deadlines: one time, or the first of several. */
struct deadlines {
	int64_t first, last;
};

static void add_deadline(struct deadlines *d, int64_t at)
{
	if (!at)
		return;
	d->first = !d->first || at < d->first ? at : d->first;
	d->last = at > d->last ? at : d->last;
}

static void write_deadline(struct op *op, struct str *out, const struct deadlines *d, const char *what)
{
	if (!d->first)
		return;
	str_addz(out, d->first == d->last ? "请于" : "最早请于");
	str_add(out, order_when(op, d->first));
	str_addf(out, "前%s%s", what, d->first == d->last ? "；" : "（各单位时限以平台所示为准）；");
}

static int by_unit(const void *a, const void *b)
{
	const struct order_brief *x = a, *y = b;
	return (x->unit_n > y->unit_n) - (x->unit_n < y->unit_n);
}

static int64_t count_units(struct order_briefs *all)
{
	int64_t units = 0;
	if (all->n)
		qsort(all->at, all->n, sizeof *all->at, by_unit);
	for (size_t i = 0; i < all->n; i++)
		units += i == 0 || all->at[i].unit_n != all->at[i - 1].unit_n;
	return units;
}

static void write_matters(struct str *out, const struct order_briefs *all)
{
	bool any = false;
	for (size_t m = 0; m < COUNT(matters); m++) {
		bool there = false;
		for (size_t i = 0; i < all->n; i++)
			there = there || span_is(all->at[i].kind, matters[m].kind);
		if (!there)
			continue;
		str_addz(out, any ? "、" : "");
		str_addz(out, matters[m].zh);
		any = true;
	}
}

bool order_group_text(struct op *op, const struct order_wish *w, struct order_text *ret, struct err *err)
{
	struct order_wish wish = *w;
	struct selection s;
	struct order_briefs all;
	struct deadlines acknowledge = { 0 }, answer = { 0 };
	struct str out = STR_IN(op->arena, TEXT_BYTES);
	struct span link;
	wish.otherwise = in_hand;
	if (!order_wish_select(op, &wish, &s, err) || !order_briefs_load(op, &s, &all, err) ||
		!link_of(op, &link, err))
		return false;
	*ret = (struct order_text){ SPAN(""), count_units(&all), (int64_t)all.n };
	if (all.n == 0)
		return true;
	for (size_t i = 0; i < all.n; i++) {
		const struct order_brief *b = &all.at[i];
		add_deadline(&acknowledge, b->waits_acknowledge ? b->acknowledge_due : 0);
		bool answers = span_is(b->reply, "answer") && (b->waits_acknowledge || b->waits_answer);
		add_deadline(&answer, answers ? b->answer_due : 0);
	}
	str_addz(&out, "各有关单位：\n现发出");
	write_matters(&out, &all);
	str_addf(&out, "，涉及%lld家单位。", (long long)ret->units);
	write_deadline(op, &out, &acknowledge, "签收");
	write_deadline(op, &out, &answer, "反馈");
	str_addz(&out, "请登录查看本单位内容并办理：");
	str_add(&out, link);
	str_addz(&out, "\n具体内容只在平台内查看，请勿在群内讨论。");
	ret->text = str_span(&out);
	return str_check(&out, err);
}

/* ---- who has not acknowledged ---- */

struct name {
	struct span county, unit;
	int64_t unit_n;
};

static int by_county(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	if (!x->county.n != !y->county.n) /* the city's own units first */
		return x->county.n ? 1 : -1;
	int c = span_cmp(x->county, y->county);
	return c ? c : (x->unit_n > y->unit_n) - (x->unit_n < y->unit_n);
}

static void write_names(struct str *out, const struct name *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool first = i == 0 || !span_eq(names[i].county, names[i - 1].county);
		if (first) {
			str_addz(out, "\n");
			str_add(out, names[i].county.n ? names[i].county : SPAN("市直"));
			str_addz(out, "：");
		} else {
			str_addz(out, "、");
		}
		str_add(out, names[i].unit);
	}
}

bool order_unacknowledged_text(struct op *op, const struct order_wish *w, struct order_text *ret,
	struct err *err)
{
	struct order_wish wish = *w;
	struct selection s;
	struct order_briefs all;
	VEC(struct name) names = { .arena = op->arena };
	struct str out = STR_IN(op->arena, TEXT_BYTES);
	int64_t orders = 0;
	wish.otherwise = waiting;
	if (!order_wish_select(op, &wish, &s, err) || !order_briefs_load(op, &s, &all, err))
		return false;
	count_units(&all); /* sorts by unit */
	for (size_t i = 0; i < all.n; i++) {
		struct order_unit u;
		if (!all.at[i].waits_acknowledge)
			continue;
		orders++;
		if (names.n && names.p[names.n - 1].unit_n == all.at[i].unit_n)
			continue;
		if (!order_unit_load(op, all.at[i].unit_n, &u, err))
			return false;
		vec_push(&names, (struct name){ u.county, u.short_name, all.at[i].unit_n });
	}
	*ret = (struct order_text){ SPAN(""), (int64_t)names.n, orders };
	if (names.n == 0)
		return true;
	qsort(names.p, names.n, sizeof *names.p, by_county);
	str_addf(&out, "截至" SPAN_FMT "，尚未签收的单位（%zu家）：", SPAN_ARG(order_when(op, op_now(op))), names.n);
	write_names(&out, names.p, names.n);
	ret->text = str_span(&out);
	return str_check(&out, err);
}

/* ---- the routes ---- */

typedef bool text_fn(struct op *op, const struct order_wish *w, struct order_text *ret, struct err *err);

static bool answer_text(struct call *c, text_fn *make, struct err *err)
{
	const json_t *ids = json_object_get(c->json, "ids");
	struct order_wish w = { .query = c->query, .n_query = c->n_query, .ids = ids };
	struct order_text t;
	if (!make(c->op, &w, &t, err))
		return false;
	str_addz(c->out, "{\"text\":");
	str_add_json(c->out, t.text);
	str_addf(c->out, ",\"units\":%lld,\"orders\":%lld}", (long long)t.units, (long long)t.orders);
	return str_check(c->out, err);
}

bool order_group_text_route(struct call *c, struct err *err)
{
	return answer_text(c, order_group_text, err);
}

bool order_unacknowledged_route(struct call *c, struct err *err)
{
	return answer_text(c, order_unacknowledged_text, err);
}
