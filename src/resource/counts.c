/*
 * Numbers beside lists: how many records each of several lists has, in one request of its own, so that no
 * list waits for them.  Each is counted as its list would be read (permission, rows that one may see,
 * filters), no further than COUNT_MAX; together they may take COUNTS_MS.  What one may not see, and what was
 * not reached in time, is null.
 */
#include "os/clock.h"
#include "resource/describe.h"
#include "resource/internal.h"

enum { COUNT_MAX = 10000, COUNTS_MS = 2000, LISTS_MAX = 100 };

/* *ret -1: not for this one, or not in time. */
static bool count(struct op *op, const struct resource *r, const struct query *q, int64_t ends_ns,
	int64_t *ret,
	struct err *err)
{
	int64_t left = (ends_ns - clock_mono_ns()) / 1000000;
	*ret = -1;
	if (left <= 0 || !actor_has(op->actor, r->read))
		return true;
	db_deadline(op_db(op), left);
	bool ok = resource_count(op, r, q, COUNT_MAX, ret, err);
	db_deadline(op_db(op), 0);
	if (ok || err->code != ERR_BUSY)
		return ok;
	*err = (struct err){ 0 };
	*ret = -1;
	return true;
}

static bool count_list(struct call *c, const json_t *list, int64_t ends_ns, int64_t *ret, struct err *err)
{
	struct span path = json_get_text(list, "of");
	const json_t *filter = json_object_get(list, "filter");
	const struct resource *r = path.p ? resource_find(path) : NULL;
	CLEANUP(json_free) json_t *none = json_object();
	struct query q;
	if (!r)
		return err_field(err, "of", "没有列表“" SPAN_FMT "”", "there is no list \"" SPAN_FMT "\"",
			SPAN_ARG(utf8_cut(path.p ? path : SPAN(""), 40)));
	return query_parse_json(r, filter ? filter : none, c->op->arena, &q, err) &&
		count(c->op, r, &q, ends_ns, ret, err);
}

/* POST /counts {"lists":[{"of":"findings","filter":{…}}…]} */
bool resource_counts(struct call *c, struct err *err)
{
	int64_t ends_ns = clock_mono_ns() + (int64_t)COUNTS_MS * 1000000;
	const json_t *lists = json_object_get(c->json, "lists");
	size_t n = json_array_size(lists);
	if (!json_is_array(lists) || n == 0 || n > LISTS_MAX)
		return err_field(err, "lists", "lists 应为 1 至 %d 个列表", "lists are 1 to %d lists",
			(int)LISTS_MAX);
	str_addz(c->out, "{\"items\":[");
	for (size_t i = 0; i < n; i++) {
		int64_t found = -1;
		if (!count_list(c, json_array_get(lists, i), ends_ns, &found, err))
			return false;
		str_addz(c->out, i ? "," : "");
		if (found < 0)
			str_addz(c->out, "{\"count\":null,\"more\":false}");
		else
			str_addf(c->out, "{\"count\":%lld,\"more\":%s}",
				(long long)(found > COUNT_MAX ? COUNT_MAX : found),
				found > COUNT_MAX ? "true" : "false");
	}
	str_addz(c->out, "]}");
	return str_check(c->out, err);
}
