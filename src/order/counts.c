/* How much waits in each lane of the office's day: GET /api/v1/orders/counts.  A lane is a filter in the
 * words of the list of orders, given with its count, so that whoever opens it finds exactly as many rows. */
#include "order/behalf.h"
#include "order/filter.h"

enum { COUNT_MAX = 10000 };

/* Filters as in order/filter.h, $office for whoever asks.  A lane that names the office is left out where the
 * reader belongs to none. */
static const struct lane {
	const char *key, *filter;
} lanes[] = {
	{ "all", "{}" },
	{ "open", "{'state__in':'sent,handling,partly_answered,answered,disputed'}" },
	{ "late", "{'next_due__lt':'$now'}" },
	{ "due_day", "{'next_due__gte':'$now','next_due__lt':'$day'}" },
	{ "due_later", "{'next_due__gte':'$day','next_due__lt':'$later'}" },
	{ "to_verify", "{'state':'answered','issuer_id':'$office'}" },
	{ "disputes", "{'state':'disputed','issuer_id':'$office'}" },
	{ "extensions",
		"{'state__in':'sent,handling,partly_answered','extension_until__null':'false',"
		"'issuer_id':'$office'}" },
	{ "to_approve", "{'state__in':'draft,to_approve','issuer_id':'$office'}" },
	{ "to_review", "{'state':'answered','issuer_id__ne':'$office','reviewed_at__null':'true'}" },
	{ "inbox", "{'unit_id':'$office','state__in':'sent,handling,partly_answered'}" },
	{ "draft", "{'state':'draft'}" },
	{ "approving", "{'state':'to_approve'}" },
	{ "sent", "{'state':'sent'}" },
	{ "handling", "{'state':'handling'}" },
	{ "partly_answered", "{'state':'partly_answered'}" },
	{ "answered", "{'state':'answered'}" },
	{ "disputed", "{'state':'disputed'}" },
	{ "verified", "{'state':'verified'}" },
	{ "archived", "{'state':'archived'}" },
	{ "withdrawn", "{'state':'withdrawn'}" },
};

/* The office that somebody works for: where the first role that is no liaison's is bound. */
static bool office_of(struct op *op, struct span *ret, struct err *err)
{
	*ret = (struct span){ NULL, 0 };
	for (size_t i = 0; i < op->actor->n_grants; i++)
		if (op->actor->grants[i].role != ROLE_UNIT_LIAISON)
			return db_text(op_db(op), SQL("SELECT id FROM units WHERE n=?"),
				V(db_i(op->actor->grants[i].unit_n)), op->arena, ret, err);
	return true;
}

/* The reader's own filters narrow every lane. */
static bool add_given(struct op *op, const struct call *c, struct query *q, struct err *err)
{
	struct query given;
	struct query_pair *pairs = arena_array(op->arena, c->n_query + 1, sizeof *pairs);
	size_t n = 0;
	for (size_t i = 0; i < c->n_query; i++)
		if (!span_is(c->query[i].name, "sort") && !span_is(c->query[i].name, "limit") &&
			!span_is(c->query[i].name, "cursor"))
			pairs[n++] = c->query[i];
	if (!query_parse(&order_resource, pairs, n, op->arena, &given, err))
		return false;
	if (given.n_filters + q->n_filters > QUERY_FILTERS_MAX)
		return err_field(err, "filter", "筛选条件过多", "too many filters");
	for (size_t i = 0; i < given.n_filters; i++)
		q->filters[q->n_filters++] = given.filters[i];
	q->q = given.q;
	return true;
}

static bool count_lane(struct call *c, const struct lane *lane, struct span filter, bool first,
	struct err *err)
{
	CLEANUP(json_free) json_t *j = NULL;
	struct query q;
	int64_t n;
	if (!json_parse(filter, 4, &j, err) || !query_parse_json(&order_resource, j, c->op->arena, &q, err) ||
		!add_given(c->op, c, &q, err) ||
		!resource_count(c->op, &order_resource, &q, COUNT_MAX, &n, err))
		return false;
	str_addz(c->out, first ? "{\"key\":" : ",{\"key\":");
	str_add_json(c->out, span_of(lane->key));
	str_addz(c->out, ",\"filter\":");
	str_add(c->out, filter);
	str_addf(c->out, ",\"count\":%lld,\"more\":%s}", (long long)(n > COUNT_MAX ? COUNT_MAX : n),
		n > COUNT_MAX ? "true" : "false");
	return true;
}

bool order_counts_route(struct call *c, struct err *err)
{
	struct op *op = c->op;
	struct span office;
	bool first = true;
	if (!actor_has(op->actor, PERM_ORDER_READ))
		return err_set(err, ERR_FORBIDDEN, "没有查看的权限", "not permitted to see these");
	if (!office_of(op, &office, err))
		return false;
	str_addz(c->out, "{\"items\":[");
	for (size_t i = 0; i < COUNT(lanes); i++) {
		if (!office.n && strstr(lanes[i].filter, "$office"))
			continue;
		if (!count_lane(c, &lanes[i], order_filter(op, lanes[i].filter, office), first, err))
			return false;
		first = false;
	}
	str_addz(c->out, "],\"next\":null}");
	return str_check(c->out, err);
}
