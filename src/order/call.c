/* The call list, and what a call brought. */
#include <stdlib.h>

#include "codec/csv.h"
#include "order/behalf_lists.h"

/* ---- what a call brought ---- */

static const struct {
	const char *key, *zh;
} results[] = {
	{ "reached", "已接通" },
	{ "no_answer", "无人接听" },
	{ "promised", "已答应办理" },
	{ "refused", "拒绝" },
	{ "wrong_number", "号码有误" },
};

enum { PERSON_MAX = 100, TEXT_MAX = 200 };

static struct span result_zh(struct span key)
{
	for (size_t i = 0; i < COUNT(results); i++)
		if (span_is(key, results[i].key))
			return span_of(results[i].zh);
	return SPAN("");
}

static bool read_call(const json_t *in, struct span *ret_person, struct span *ret_text, struct err *err)
{
	*ret_person = span_trim(json_get_text(in, "person"));
	*ret_text = span_trim(json_get_text(in, "text"));
	if (!ret_person->n || utf8_count(*ret_person) > PERSON_MAX || utf8_has_control(*ret_person))
		return err_field(err, "person", "请写明给谁打的电话（person，最长 %d 个字）",
			"person must say who was called, in at most %d characters", PERSON_MAX);
	if (!result_zh(json_get_text(in, "result")).n)
		return err_field(err, "result",
			"“result”应为 reached（接通）、no_answer（无人接听）、promised（答应）、refused（拒绝）或 "
			"wrong_number（号码有误）",
			"result must be reached, no_answer, promised, refused or wrong_number");
	return (utf8_count(*ret_text) <= TEXT_MAX && !utf8_has_control(*ret_text)) ||
		err_field(err, "text", "通话情况为一行，最长 %d 个字",
			"text is one line of at most %d characters", TEXT_MAX);
}

/* The number on record is not this person's: marked, until the number changes. */
static bool doubt_number(struct op *op, int64_t unit_n, struct span name, struct err *err)
{
	const struct resource *person = resource_find(SPAN("person"));
	int64_t n = 0;
	bool found;
	struct record before, after;
	if (!db_int(op_db(op),
		    SQL("SELECT p.n FROM duties d JOIN persons p ON p.n=d.person_n WHERE d.unit_n=? AND "
		    "(p.name=? OR "
			"p.id=?) ORDER BY d.n DESC LIMIT 1"),
		    V(db_i(unit_n), db_t(name), db_t(name)), &n, &found, err))
		return false;
	if (!found || !person)
		return true;
	if (!resource_load(op, person, n, &before, &found, err))
		return false;
	after = record_copy(op, &before);
	record_set(&after, "phone_wrong_at", db_i(op_now(op)));
	return record_update(op, &before, &after, "doubt", err);
}

static bool may_call(struct op *op, const struct record *o, struct err *err)
{
	bool may;
	if (!actor_may(op->actor, op_db(op), PERM_ORDER_URGE, record_int(o, "unit_id"), &may, err))
		return false;
	return may || err_set(err, ERR_FORBIDDEN, "没有记录通话的权限", "not permitted to record calls");
}

bool order_call_route(struct call *c, struct err *err)
{
	struct op *op = c->op;
	struct record before, o;
	struct span person, text, result = json_get_text(c->json, "result");
	if (!resource_get(op, &order_resource, c->params[0], &before, err) || !may_call(op, &before, err) ||
		!read_call(c->json, &person, &text, err))
		return false;
	if (span_is(before.state, "draft") || record_get(&before, "sent_at").type == DB_NULL)
		return err_set(err, ERR_CONFLICT, "本单尚未发出", "the order has not been sent yet");
	o = record_copy(op, &before);
	record_set(&o, "calls", db_i(record_int(&before, "calls") + 1));
	record_set(&o, "last_call", db_t(result));
	record_set(&o, "last_call_at", db_i(op_now(op)));
	record_set(&o, "last_call_text", db_t(text.p ? text : SPAN("")));
	struct str values = STR_IN(op->arena, 4096);
	if (!json_write(c->json, &values, err) || !record_update(op, &before, &o, "call", err) ||
		!order_remark(op, &o,
			&(struct order_remark){ .verb = "call",
				.text = arena_printf(op->arena, SPAN_FMT "：" SPAN_FMT "%s" SPAN_FMT,
					SPAN_ARG(person), SPAN_ARG(result_zh(result)), text.n ? "，" : "",
					SPAN_ARG(text)),
				.values = str_span(&values) },
			err) ||
		(span_is(result, "wrong_number") &&
			!doubt_number(op, record_int(&o, "unit_id"), person, err)))
		return false;
	c->status = 201;
	return record_json(op, &o, 0, true, c->out, err);
}

/* ---- the list ---- */

static const char *const otherwise[] = { "{'state':'sent'}",
	"{'state__in':'handling,partly_answered','answer_due__lt':'$now'}", NULL };

static int64_t rank_of(struct op *op, const struct order_brief *b)
{
	int64_t due = order_brief_due(b);
	return b->waits_acknowledge ? 0 : due && due < op_now(op) ? 1 : 2;
}

static int by_unit(const void *a, const void *b)
{
	const struct order_brief *x = a, *y = b;
	return x->unit_n != y->unit_n ? (x->unit_n > y->unit_n) - (x->unit_n < y->unit_n) : (x->n > y->n) -
		(x->n < y->n);
}

static int compare_units(const struct order_call_unit *x, const struct order_call_unit *y)
{
	if (x->rank != y->rank)
		return x->rank > y->rank ? 1 : -1;
	if (x->due != y->due)
		return x->due > y->due ? 1 : -1;
	return (x->unit_n > y->unit_n) - (x->unit_n < y->unit_n);
}

static int by_rank(const void *a, const void *b)
{
	return compare_units(a, b);
}

bool order_call_list(struct op *op, const struct order_wish *w, struct order_calls *ret, struct err *err)
{
	struct order_wish wish = *w;
	struct selection s;
	struct order_briefs all;
	VEC(struct order_call_unit) units = { .arena = op->arena };
	wish.otherwise = otherwise;
	if (!order_wish_select(op, &wish, &s, err) || !order_briefs_load(op, &s, &all, err))
		return false;
	if (all.n)
		qsort(all.at, all.n, sizeof *all.at, by_unit);
	for (size_t i = 0; i < all.n; i++) {
		const struct order_brief *b = &all.at[i];
		int64_t rank = rank_of(op, b), due = order_brief_due(b);
		if (i == 0 || b->unit_n != all.at[i - 1].unit_n)
			vec_push(&units, (struct order_call_unit){ b->unit_n, rank, due ? due : INT64_MAX, b,
				0 });
		struct order_call_unit *u = &units.p[units.n - 1];
		u->n++;
		u->rank = rank < u->rank ? rank : u->rank;
		u->due = due && due < u->due ? due : u->due;
	}
	if (units.n)
		qsort(units.p, units.n, sizeof *units.p, by_rank);
	*ret = (struct order_calls){ units.p, units.n };
	return true;
}

/* ---- as JSON ---- */

static void add_text(struct str *out, const char *name, struct span text)
{
	str_addf(out, "\"%s\":", name);
	str_add_json(out, text.p ? text : SPAN(""));
}

static void add_time(struct str *out, const char *name, int64_t at)
{
	char text[TIME_TEXT];
	if (at && at != INT64_MAX)
		str_addf(out, ",\"%s\":\"%s\"", name, time_format(at, text));
	else
		str_addf(out, ",\"%s\":null", name);
}

static void add_contact(struct str *out, const char *name, const struct order_contact *p)
{
	str_addf(out, ",\"%s\":", name);
	if (!p->name.n) {
		str_addz(out, "null");
		return;
	}
	str_addc(out, '{');
	add_text(out, "name", p->name);
	str_addc(out, ',');
	add_text(out, "phone", p->phone);
	str_addf(out, ",\"phone_wrong\":%s}", p->wrong ? "true" : "false");
}

static const char *wanted_of(const struct order_brief *b)
{
	return b->waits_acknowledge ? "acknowledge" : b->waits_answer ? "answer" : "none";
}

static void add_order(struct str *out, const struct order_brief *b)
{
	str_addc(out, '{');
	add_text(out, "id", b->id);
	str_addc(out, ',');
	add_text(out, "number", b->number);
	str_addf(out, ",\"wanted\":\"%s\"", wanted_of(b));
	add_time(out, "due", order_brief_due(b));
	str_addf(out, ",\"calls\":%lld,", (long long)b->calls);
	add_text(out, "last_call", b->last_call);
	str_addc(out, ',');
	add_text(out, "last_call_text", b->last_call_text);
	add_time(out, "last_call_at", b->last_call_at);
	str_addc(out, '}');
}

bool order_call_unit_json(struct op *op, const struct order_call_unit *u, struct str *out, struct err *err)
{
	struct order_unit unit;
	if (!order_unit_load(op, u->unit_n, &unit, err))
		return false;
	str_addc(out, '{');
	add_text(out, "unit_id", unit.id);
	str_addc(out, ',');
	add_text(out, "unit_name", unit.name);
	str_addc(out, ',');
	add_text(out, "county", unit.county);
	str_addc(out, ',');
	add_text(out, "phone", unit.phone);
	add_contact(out, "liaison_a", &unit.liaison_a);
	add_contact(out, "liaison_b", &unit.liaison_b);
	add_contact(out, "chief", &unit.chief);
	add_time(out, "due", u->due);
	str_addz(out, ",\"orders\":[");
	for (size_t i = 0; i < u->n; i++) {
		if (i)
			str_addc(out, ',');
		add_order(out, &u->orders[i]);
	}
	str_addz(out, "]}");
	return str_check(out, err);
}

/* ---- as CSV: one line a unit ---- */

static struct span contact_cell(struct op *op, const struct order_contact *p)
{
	if (!p->name.n)
		return SPAN("");
	return arena_printf(op->arena, SPAN_FMT "%s" SPAN_FMT "%s", SPAN_ARG(p->name), p->phone.n ? " " : "",
		SPAN_ARG(p->phone), p->wrong ? "（号码有误）" : "");
}

static void csv_unit(struct op *op, const struct order_call_unit *u, const struct order_unit *unit,
	struct str *out)
{
	struct str numbers = STR_IN(op->arena, 1 << 20), last = STR_IN(op->arena, 1 << 16);
	bool acknowledge = false, answer = false;
	int64_t calls = 0, latest = 0;
	for (size_t i = 0; i < u->n; i++) {
		const struct order_brief *b = &u->orders[i];
		str_addz(&numbers, i ? "、" : "");
		str_add(&numbers, b->number);
		acknowledge = acknowledge || b->waits_acknowledge;
		answer = answer || b->waits_answer;
		calls += b->calls;
		if (b->last_call_at > latest) {
			latest = b->last_call_at;
			str_clear(&last);
			str_addf(&last, SPAN_FMT " " SPAN_FMT " " SPAN_FMT, SPAN_ARG(order_when(op, latest)),
				SPAN_ARG(result_zh(b->last_call)), SPAN_ARG(b->last_call_text));
		}
	}
	struct span cells[] = { unit->name, unit->county, unit->phone, contact_cell(op, &unit->liaison_a),
		contact_cell(op, &unit->liaison_b), contact_cell(op, &unit->chief), str_span(&numbers),
		acknowledge && answer ? SPAN("签收、反馈")
			: acknowledge ? SPAN("签收")
			: answer      ? SPAN("反馈")
				      : SPAN(""),
		u->due != INT64_MAX ? order_when(op, u->due) : SPAN(""),
		arena_printf(op->arena, "%lld", (long long)calls), str_span(&last), SPAN("") };
	csv_write(out, cells, COUNT(cells));
}

bool order_call_list_csv(struct op *op, const struct order_calls *calls, struct str *out, struct err *err)
{
	static const char *const head[] = { "单位", "县区", "值班电话", "联络员A", "联络员B", "主要负责人", "编号",
		"要求", "时限", "已联系次数", "最近联系", "本次结果" };
	struct span names[COUNT(head)];
	for (size_t i = 0; i < COUNT(head); i++)
		names[i] = span_of(head[i]);
	csv_write_start(out);
	csv_write(out, names, COUNT(names));
	for (size_t i = 0; i < calls->n; i++) {
		struct order_unit unit;
		if (!order_unit_load(op, calls->at[i].unit_n, &unit, err))
			return false;
		csv_unit(op, &calls->at[i], &unit, out);
	}
	return str_check(out, err) && arena_check(op->arena, err);
}

/* ---- the route ---- */

enum { PAGE_DEFAULT = 200, PAGE_MAX = 1000 };

/* Taking telephone numbers out is on record. */
static bool export(struct call *c, const struct order_calls *calls, struct err *err)
{
	struct store_change change = { .resource = "order", .record_id = SPAN(""), .verb = "export",
		.values = { NULL, 0 } };
	c->content_type = "text/csv; charset=utf-8";
	call_add_header(c, "Content-Disposition", SPAN("attachment; filename=\"call-list.csv\""));
	bool ok = order_call_list_csv(c->op, calls, c->out, err) && op_begin(c->op, err) &&
		store_add_change(c->op->tx, &change, NULL, err) && op_commit(c->op, err);
	op_rollback(c->op);
	return ok;
}

/* "rank.due.unit" of the last unit of the page before. */
static bool read_cursor(struct span text, struct order_call_unit *ret, struct err *err)
{
	struct span rest = text, rank = span_split(&rest, '.'), due = span_split(&rest, '.');
	return (span_int(rank, 0, 2, &ret->rank) && span_int(due, 0, INT64_MAX, &ret->due) &&
		       span_int(rest, 1, INT64_MAX, &ret->unit_n)) ||
		err_field(err, "cursor", "cursor 不是这个列表给出的", "cursor was not given by this list");
}

bool order_call_list_route(struct call *c, struct err *err)
{
	struct order_wish w = { .query = c->query, .n_query = c->n_query };
	struct order_calls calls;
	struct order_call_unit after = { .rank = -1 };
	struct span cursor = call_query(c, "cursor"), limit = call_query(c, "limit");
	int64_t max = PAGE_DEFAULT, n = 0;
	if (limit.n && !span_int(limit, 1, PAGE_MAX, &max))
		return err_field(err, "limit", "limit 应为 1 到 %d 的整数",
			"limit must be a whole number from 1 to %d", PAGE_MAX);
	if ((cursor.n && !read_cursor(cursor, &after, err)) || !order_call_list(c->op, &w, &calls, err))
		return false;
	if (span_is(call_query(c, "format"), "csv"))
		return export(c, &calls, err);
	str_addz(c->out, "{\"items\":[");
	const struct order_call_unit *last = NULL;
	for (size_t i = 0; i < calls.n; i++) {
		if (cursor.n && compare_units(&calls.at[i], &after) <= 0)
			continue;
		if (n == max) {
			str_addf(c->out, "],\"next\":\"%lld.%lld.%lld\"}", (long long)last->rank,
				(long long)last->due, (long long)last->unit_n);
			return str_check(c->out, err);
		}
		str_addz(c->out, n++ ? "," : "");
		last = &calls.at[i];
		if (!order_call_unit_json(c->op, last, c->out, err))
			return false;
	}
	str_addz(c->out, "],\"next\":null}");
	return str_check(c->out, err);
}
