/*
 * What people do in the story.  "do" is one of
 *
 *	import   {"what":"units","file":"units.csv"}          seawall import …
 *	rows     {"rows":["unit,system,…"]}                   the same for a few rows of assets
 *	feed     {"what":"nvd","file":"nvd.json"}             seawall feed import …
 *	match    {}                                           seawall match run
 *	users    {}                                           the accounts
 *	report   {"args":{…}}                                 a finding made by a person
 *	finding  {"verb","filter":{…},"max":N,"args":{…}}     a verb on the first N findings that it selects
 *	dispatch {"as":NAME,"filter":{…},"text":…}            an order; unit_id may be an array to choose from
 *	send     {"as":NAME,"body":{…}}                       a task, as POST /api/v1/orders takes it
 *	order    {"order":NAME,"verb","args":{…}}             a verb on it; in args.items items are told by
 *	                                                      place, from 1
 *	create   {"resource":NAME,"args":{…}}                 any other record
 *	notice   {"as":NAME,"body":{…}} or {"notice":NAME,"verb","args"}   a draft, and what becomes of it
 *
 * "who" is an account; "liaison" is whoever answers for the order's unit; without it the local administrator
 *acts.
 */
#include <unistd.h>

#include "asset/asset.h"
#include "notice/notice.h"
#include "order/order.h"
#include "order/send.h"
#include "people/people.h"
#include "role/demo.h"

static bool find_order(const struct demo *d, const json_t *step, struct record *ret, struct err *err)
{
	struct span name = json_get_text(step, "order");
	for (size_t i = 0; i < d->orders.n; i++)
		if (span_eq(d->orders.p[i].name, name))
			return resource_get(d->op, &order_resource, d->orders.p[i].id, ret, err);
	return err_set(err, ERR_NOT_FOUND, "情节里没有交办单“" SPAN_FMT "”",
		"the story has no order \"" SPAN_FMT "\"", SPAN_ARG(name));
}

/* The actor of a step, in the arena. */
static bool find_actor(struct demo *d, const json_t *step, const struct actor **ret, struct err *err)
{
	struct span who = json_get_text(step, "who");
	struct actor *a = ARENA_NEW(d->op->arena, struct actor);
	struct record order;
	int64_t n = 0;
	bool found;
	*ret = d->op->actor;
	if (!who.p)
		return true;
	if (span_is(who, "liaison") && json_object_get(step, "order") &&
		(!find_order(d, step, &order, err) ||
			!demo_liaison(d, record_int(&order, "unit_id"), &who, err)))
		return false;
	if (!db_int(op_db(d->op), SQL("SELECT n FROM users WHERE name=?"), V(db_t(who)), &n, &found, err))
		return false;
	if (!found)
		return err_set(err, ERR_NOT_FOUND, "没有账号“" SPAN_FMT "”",
			"there is no account \"" SPAN_FMT "\"", SPAN_ARG(who));
	*ret = a;
	return actor_load(d->op, n, a, err);
}

static const char *text_of(struct demo *d, const json_t *step, const char *key)
{
	return arena_copy(d->op->arena, json_get_text(step, key));
}

/* A command on a file that lies in the data folder for as long as it runs. */
static bool with_file(struct demo *d, const char *words, const char *kind, const char *name, struct span text,
	struct err *err)
{
	struct span path;
	if (!demo_put(d, name, text, &path, err))
		return false;
	const char *const arguments[] = { kind ? kind : path.p, kind ? path.p : NULL, NULL };
	bool ok = demo_command(d, &(struct demo_call){ .words = words, .arguments = arguments }, err);
	unlink(path.p);
	return ok;
}

static bool act_import(struct demo *d, const json_t *step, struct err *err)
{
	const char *name = text_of(d, step, "file");
	struct span text, words = arena_printf(d->op->arena, "import %s", text_of(d, step, "what"));
	return demo_find(name, &text, err) && with_file(d, words.p, NULL, name, text, err);
}

static bool act_feed(struct demo *d, const json_t *step, struct err *err)
{
	const char *name = text_of(d, step, "file");
	struct span text;
	return demo_find(name, &text, err) &&
		with_file(d, "feed import", text_of(d, step, "what"), name, text, err);
}

static bool act_match(struct demo *d, const json_t *step, struct err *err)
{
	(void)step;
	return demo_command(d, &(struct demo_call){ .words = "match run" }, err);
}

static bool act_users(struct demo *d, const json_t *step, struct err *err)
{
	(void)step;
	return demo_users(d, err);
}

static bool act_rows(struct demo *d, const json_t *step, struct err *err)
{
	struct str csv = STR_IN(d->op->arena, 1 << 16);
	const json_t *rows = json_object_get(step, "rows");
	str_addz(&csv, "unit,system,host,address,exposure,importance,software,vendor,version,cpe\n");
	for (size_t i = 0; i < json_array_size(rows); i++) {
		str_add(&csv, json_text(json_array_get(rows, i)));
		str_addc(&csv, '\n');
	}
	return str_check(&csv, err) && with_file(d, "import assets", NULL, "rows.csv", str_span(&csv), err);
}

static bool end(struct op *op, bool ok, struct err *err)
{
	ok = ok && op_commit(op, err);
	op_rollback(op);
	return ok;
}

static bool act_report(struct demo *d, const json_t *step, struct err *err)
{
	CLEANUP(json_free) json_t *args = demo_times(d, json_object_get(step, "args"));
	struct record made;
	return op_begin(d->op, err) &&
		end(d->op, resource_create(d->op, &finding_resource, args, &made, err), err);
}

static bool act_finding(struct demo *d, const json_t *step, struct err *err)
{
	CLEANUP(json_free) json_t *args = demo_times(d, json_object_get(step, "args"));
	struct span verb = json_get_text(step, "verb");
	struct query q;
	struct page page;
	struct record made;
	int64_t max = json_get_int(step, "max", 1);
	if (!query_parse_json(&finding_resource, json_object_get(step, "filter"), d->op->arena, &q, err))
		return false;
	q.limit = (size_t)max;
	if (!resource_list(d->op, &finding_resource, &q, &page, err))
		return false;
	if (page.n == 0)
		return err_set(err, ERR_NOT_FOUND, "没有符合条件的隐患", "the filter selects no finding");
	for (size_t i = 0; i < page.n; i++)
		if (!op_begin(d->op, err) ||
			!end(d->op,
				resource_apply(d->op, &finding_resource,
					&(struct resource_request){ .id = page.rows[i].id, .verb = verb,
							.in = args },
					&made, err),
				err))
			return false;
	return true;
}

/* The filter, with one of the units to choose from. */
static json_t *chosen_filter(const struct demo *d, const json_t *step)
{
	json_t *filter = json_deep_copy(json_object_get(step, "filter"));
	const json_t *units = json_object_get(filter, "unit_id");
	size_t n = json_array_size(units);
	if (n > 0)
		json_object_set_new(filter, "unit_id",
			json_deep_copy(json_array_get(units, (size_t)demo_pick(d, d->orders.n + 1000, n))));
	return filter;
}

/* The first order made is the one that the story speaks of. */
static bool name_first(struct demo *d, const json_t *step, const struct str *out, struct err *err)
{
	CLEANUP(json_free) json_t *answer = NULL;
	if (!json_parse(str_span(out), 0, &answer, err))
		return false;
	struct span id = json_get_text(json_array_get(json_object_get(answer, "orders"), 0), "id");
	if (!id.n)
		return err_set(err, ERR_NOT_FOUND, "没有可交办的隐患：" SPAN_FMT,
			"nothing to order: " SPAN_FMT, SPAN_ARG(str_span(out)));
	vec_push(&d->orders,
		(struct demo_name){
			arena_span(d->op->arena, json_get_text(step, "as")), arena_span(d->op->arena, id) });
	return true;
}

static bool act_send(struct demo *d, const json_t *step, struct err *err)
{
	struct str out = STR_IN(d->op->arena, 4 << 20);
	return order_post(d->op, json_object_get(step, "body"), &out, err) && name_first(d, step, &out, err);
}

static bool act_dispatch(struct demo *d, const json_t *step, struct err *err)
{
	CLEANUP(json_free) json_t *filter = chosen_filter(d, step);
	struct str out = STR_IN(d->op->arena, 4 << 20);
	struct order_dispatch o = {
		.filter = filter, .text = json_get_text(step, "text"), .number = json_get_text(step, "number")
	};
	return order_dispatch(d->op, &o, &out, err) && name_first(d, step, &out, err);
}

/* {"items":[1,2]} and {"items":[{"item":1,…}]}: places become ids. */
static bool name_items(struct demo *d, const struct record *order, json_t *args, struct err *err)
{
	CLEANUP(json_free) json_t *shown = NULL;
	struct str out = STR_IN(d->op->arena, 4 << 20);
	json_t *items = json_object_get(args, "items");
	if (!items)
		return true;
	if (!record_json(d->op, order, 0, true, &out, err) || !json_parse(str_span(&out), 0, &shown, err))
		return false;
	for (size_t i = 0; i < json_array_size(items); i++) {
		json_t *one = json_array_get(items, i);
		const json_t *place = json_is_object(one) ? json_object_get(one, "item") : one;
		const json_t *item = json_array_get(
			json_object_get(shown, "items"), (size_t)json_integer_value(place) - 1);
		json_t *id = json_deep_copy(json_object_get(item, "id"));
		if (!id)
			return err_set(err, ERR_NOT_FOUND, "没有第 %lld 个事项", "there is no item %lld",
				(long long)json_integer_value(place));
		if (json_is_object(one))
			json_object_set_new(one, "item", id);
		else
			json_array_set_new(items, i, id);
	}
	return true;
}

static bool act_order(struct demo *d, const json_t *step, struct err *err)
{
	CLEANUP(json_free) json_t *args = demo_times(d, json_object_get(step, "args"));
	struct span verb = json_get_text(step, "verb");
	struct record o, made;
	if (!find_order(d, step, &o, err) || !name_items(d, &o, args, err) || !op_begin(d->op, err))
		return false;
	struct resource_request q = { .id = o.id, .verb = verb, .in = args };
	return end(d->op, resource_apply(d->op, &order_resource, &q, &made, err), err);
}

static bool act_create(struct demo *d, const json_t *step, struct err *err)
{
	CLEANUP(json_free) json_t *args = demo_times(d, json_object_get(step, "args"));
	const struct resource *r = resource_find(json_get_text(step, "resource"));
	struct record made;
	if (!r)
		return err_set(err, ERR_MALFORMED, "没有这种记录", "there is no such resource");
	return op_begin(d->op, err) && end(d->op, resource_create(d->op, r, args, &made, err), err);
}

static bool draft_notice(struct demo *d, const json_t *step, struct err *err)
{
	CLEANUP(json_free) json_t *body = demo_times(d, json_object_get(step, "body"));
	struct record made;
	if (!op_begin(d->op, err) || !end(d->op, notice_create(d->op, body, &made, err), err))
		return false;
	vec_push(&d->notices,
		(struct demo_name){ arena_span(d->op->arena, json_get_text(step, "as")),
			arena_span(d->op->arena, made.id) });
	return true;
}

static bool act_notice(struct demo *d, const json_t *step, struct err *err)
{
	CLEANUP(json_free) json_t *args = demo_times(d, json_object_get(step, "args"));
	struct span name = json_get_text(step, "notice");
	struct resource_request q = { .verb = json_get_text(step, "verb"), .in = args };
	struct record made;
	if (json_object_get(step, "body"))
		return draft_notice(d, step, err);
	for (size_t i = 0; i < d->notices.n; i++)
		if (span_eq(d->notices.p[i].name, name))
			q.id = d->notices.p[i].id;
	if (span_is(q.verb, "issue"))
		return notice_issue(d->op, &q, &made, err);
	return op_begin(d->op, err) &&
		end(d->op, resource_apply(d->op, &notice_resource, &q, &made, err), err);
}

static const struct {
	const char *name;
	bool (*run)(struct demo *d, const json_t *step, struct err *err);
} acts[] = {
	{ "import", act_import },
	{ "rows", act_rows },
	{ "feed", act_feed },
	{ "match", act_match },
	{ "users", act_users },
	{ "report", act_report },
	{ "finding", act_finding },
	{ "dispatch", act_dispatch },
	{ "send", act_send },
	{ "order", act_order },
	{ "create", act_create },
	{ "notice", act_notice },
};

bool demo_act(struct demo *d, const json_t *step, struct err *err)
{
	struct span what = json_get_text(step, "do");
	const struct actor *before = d->op->actor, *who;
	for (size_t i = 0; i < COUNT(acts); i++) {
		if (!span_is(what, acts[i].name))
			continue;
		if (!find_actor(d, step, &who, err))
			return false;
		d->op->actor = who;
		bool ok = acts[i].run(d, step, err);
		op_rollback(d->op);
		d->op->actor = before;
		return ok;
	}
	return err_set(err, ERR_MALFORMED, "没有动作“" SPAN_FMT "”", "there is no act \"" SPAN_FMT "\"",
		SPAN_ARG(what));
}
