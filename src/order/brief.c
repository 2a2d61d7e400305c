/* Which orders a call list or a text is about, and whom to call. */
#include <stdlib.h>

#include "order/behalf_lists.h"
#include "order/filter.h"
#include "people/people.h"
#include "people/person.h"

/* ---- which orders ---- */

static bool is_ours(struct span name)
{
	static const char *const ours[] = { "limit", "cursor", "format", "sort", "notice" };
	for (size_t i = 0; i < COUNT(ours); i++)
		if (span_is(name, ours[i]))
			return true;
	return false;
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static bool by_ids(struct op *op, const json_t *ids, struct selection *ret, struct err *err)
{
	size_t n = json_array_size(ids);
	if (!json_is_array(ids) || n == 0 || n > QUERY_IN_MAX)
		return err_field(err, "ids", "“ids”应为 1 至 %d 个标识的数组",
			"ids must be an array of 1 to %d ids", QUERY_IN_MAX);
	int64_t *ns = arena_array(op->arena, n, sizeof *ns);
	for (size_t i = 0; i < n; i++) {
		struct record o;
		struct span id = json_text(json_array_get(ids, i));
		if (!resource_get(op, &order_resource, id, &o, err)) {
			if (err->code != ERR_NOT_FOUND)
				return false;
			*err = (struct err){ 0 };
			return err_field(err, "ids", "第 %zu 项：没有这张交办单", "entry %zu: there is no such order",
				i + 1);
		}
		ns[i] = o.n;
	}
	*ret = (struct selection){ ns, n };
	return true;
}

static bool by_default(struct op *op, const char *const *otherwise, struct selection *ret, struct err *err)
{
	VEC(int64_t) all = { .arena = op->arena };
	for (; *otherwise; otherwise++) {
		struct selection some;
		if (!order_filter_select(op, &order_resource, *otherwise, &some, err))
			return false;
		for (size_t i = 0; i < some.n; i++)
			vec_push(&all, some.ns[i]);
	}
	*ret = (struct selection){ all.p, all.n };
	return true;
}

bool order_wish_select(struct op *op, const struct order_wish *w, struct selection *ret, struct err *err)
{
	struct query q;
	struct query_pair *pairs = arena_array(op->arena, w->n_query + 1, sizeof *pairs);
	size_t n = 0;
	for (size_t i = 0; i < w->n_query; i++) {
		if (span_is(w->query[i].name, "notice")) /* the orders of a notice are its batch */
			pairs[n++] = (struct query_pair){ SPAN("batch"), w->query[i].value };
		else if (!is_ours(w->query[i].name))
			pairs[n++] = w->query[i];
	}
	if (!actor_has(op->actor, PERM_ORDER_READ))
		return err_set(err, ERR_FORBIDDEN, "没有查看的权限", "not permitted to see these");
	if (w->ids ? !by_ids(op, w->ids, ret, err)
		   : n == 0 ? !by_default(op, w->otherwise, ret, err)
			    : !query_parse(&order_resource, pairs, n, op->arena, &q, err) ||
					  !resource_select(op, &order_resource, &q, 0, ret, err))
		return false;
	size_t kept = 0;
	if (ret->n)
		qsort(ret->ns, ret->n, sizeof *ret->ns, by_number);
	for (size_t i = 0; i < ret->n; i++)
		if (i == 0 || ret->ns[i] != ret->ns[i - 1])
			ret->ns[kept++] = ret->ns[i];
	ret->n = kept;
	return true;
}

static bool load_brief(struct op *op, int64_t n, struct order_brief *b, bool *ret_found, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	if (!db_query(op_db(op),
		    SQL("SELECT unit_n, acknowledge_due, answer_due, calls, last_call_at, id, number, kind, "
		    "reply,"
			" last_call, last_call_text, state, part FROM orders WHERE n=?"),
		    V(db_i(n)), &r, err) ||
		!db_next(r, ret_found, err))
		return false;
	if (!*ret_found)
		return true;
	struct arena *a = op->arena;
	struct span state = db_col_text(r, 11);
	*b = (struct order_brief){ n, db_col_int(r, 0), db_col_int(r, 1), db_col_int(r, 2), db_col_int(r, 3),
		db_col_int(r, 4), arena_span(a, db_col_text(r, 5)), arena_span(a, db_col_text(r, 6)),
		arena_span(a, db_col_text(r, 7)), arena_span(a, db_col_text(r, 8)),
		arena_span(a, db_col_text(r, 9)), arena_span(a, db_col_text(r, 10)), false, false };
	bool wanted = !span_is(b->reply, "none") && !span_is(db_col_text(r, 12), "copy");
	b->waits_acknowledge = wanted && span_is(state, "sent");
	b->waits_answer = wanted && !span_is(b->reply, "acknowledge") &&
		(span_is(state, "handling") || span_is(state, "partly_answered"));
	return true;
}

bool order_briefs_load(struct op *op, const struct selection *s, struct order_briefs *ret, struct err *err)
{
	struct order_briefs all = { .at = arena_array(op->arena, s->n + 1, sizeof *all.at) };
	for (size_t i = 0; i < s->n; i++) {
		bool found;
		if (!load_brief(op, s->ns[i], &all.at[all.n], &found, err))
			return false;
		all.n += found;
	}
	*ret = all;
	return true;
}

int64_t order_brief_due(const struct order_brief *b)
{
	return b->waits_acknowledge ? b->acknowledge_due : b->waits_answer ? b->answer_due : 0;
}

/* ---- whom to call ---- */

static bool load_contacts(struct op *op, int64_t unit_n, struct order_unit *u, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct span today = people_today(op);
	bool row;
	if (!db_query(op_db(op),
		    SQL("SELECT d.kind, p.name, p.phone, p.phone_wrong_at FROM duties d JOIN persons p ON "
		    "p.n=d.person_n"
			" WHERE d.unit_n=? AND (d.from_date='' OR d.from_date<=?) AND (d.to_date='' OR "
			"d.to_date>?)"
			" ORDER BY d.n DESC"),
		    V(db_i(unit_n), db_t(today), db_t(today)), &r, err))
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			return true;
		struct span kind = db_col_text(r, 0);
		struct order_contact *to = span_is(kind, "liaison_a") ? &u->liaison_a
			: span_is(kind, "liaison_b")                  ? &u->liaison_b
			: span_is(kind, "chief")                      ? &u->chief
								      : NULL;
		if (to)
			*to = (struct order_contact){ arena_span(op->arena, db_col_text(r, 1)),
				arena_span(op->arena, db_col_text(r, 2)), !db_col_null(r, 3) };
	}
}

bool order_unit_load(struct op *op, int64_t unit_n, struct order_unit *ret, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct order_unit u = { 0 };
	struct span county = { NULL, 0 };
	int64_t county_n = 0;
	bool row;
	if (!db_query(op_db(op), SQL("SELECT id, name, short_name, phone FROM units WHERE n=?"),
	    V(db_i(unit_n)),
		    &r, err) ||
		!db_next(r, &row, err))
		return false;
	if (row) {
		u.id = arena_span(op->arena, db_col_text(r, 0));
		u.name = arena_span(op->arena, db_col_text(r, 1));
		u.short_name = db_col_text(r, 2).n ? arena_span(op->arena, db_col_text(r, 2)) : u.name;
		u.phone = arena_span(op->arena, db_col_text(r, 3));
	}
	if (!load_contacts(op, unit_n, &u, err) || !resource_county(op, unit_n, &county_n, err) ||
		!db_text(op_db(op),
			SQL("SELECT CASE short_name WHEN '' THEN name ELSE short_name END FROM units WHERE "
			"n=?"),
			V(db_i(county_n)), op->arena, &county, err))
		return false;
	u.county = county.p ? county : SPAN("");
	*ret = u;
	return true;
}

struct span order_when(struct op *op, int64_t at)
{
	int64_t minutes = (at + TIME_CHINA) / TIME_MINUTE % (24 * 60);
	struct time_date d = time_date(at, TIME_CHINA);
	return arena_printf(op->arena, "%d月%d日%02d:%02d", (int)d.month, (int)d.day, (int)(minutes / 60),
		(int)(minutes % 60));
}
