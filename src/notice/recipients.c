/* Who is to get a notice: by its rule, with what was added and taken out by hand, each with the reason. */
#include "notice/room.h"

#include "base/map.h"
#include "people/people.h"

struct gathering {
	struct op *op;
	const struct record *notice;
	struct map *places; /* unit_n to place in v */
	VEC(struct notice_recipient) v;
};

static struct span key_of(const int64_t *n)
{
	return (struct span){ (const char *)n, sizeof *n };
}

static struct span join(struct op *op, struct span a, struct span b, const char *between)
{
	if (!a.n || !b.n || span_eq(a, b))
		return a.n ? a : b;
	return arena_printf(op->arena, SPAN_FMT "%s" SPAN_FMT, SPAN_ARG(a), between, SPAN_ARG(b));
}

static void add_all(struct gathering *g, const struct order_recipients *some)
{
	for (size_t i = 0; i < some->n; i++) {
		const struct order_recipient *r = &some->at[i];
		bool fresh;
		uint64_t *at = map_put(g->places, key_of(&r->unit_n), g->v.n, &fresh);
		if (fresh) {
			vec_push(&g->v, (struct notice_recipient){ *r, SPAN("") });
			continue;
		}
		struct order_recipient *have = &g->v.p[*at].to;
		have->reason = join(g->op, have->reason, r->reason, "；");
		have->rows = join(g->op, have->rows, r->rows, "\n");
	}
}

/* Nobody has one of several vulnerabilities: no fault, as long as somebody is left in the end. */
static bool choose(struct gathering *g, const json_t *to, bool may_be_none, struct err *err)
{
	struct order_recipients some = { 0 };
	struct err e = { 0 };
	if (order_recipients(g->op, to, &some, &e)) {
		add_all(g, &some);
		return true;
	}
	if (may_be_none && e.code == ERR_INVALID && strcmp(e.field, "to") == 0)
		return true;
	*err = e;
	return false;
}

/* "match":true: whoever has one of the vulnerabilities that the notice speaks of. */
static bool choose_by_vulns(struct gathering *g, struct err *err)
{
	CLEANUP(json_free) json_t *list = NULL;
	if (!json_parse(record_text(g->notice, "vulns"), 2, &list, err))
		return false;
	if (json_array_size(list) == 0)
		return err_field(err, "to", "通报没有写明漏洞编号，不能按漏洞选取单位",
			"the notice names no vulnerability by which to choose");
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct span id = json_text(json_array_get(list, i));
		CLEANUP(json_free)
		json_t *to = json_pack("{s:{s:s%}}", "match", "vuln_id", id.p, id.n);
		if (!choose(g, to, true, err))
			return false;
	}
	return true;
}

static bool choose_by_rule(struct gathering *g, struct err *err)
{
	CLEANUP(json_free) json_t *to = NULL;
	struct span rule = record_text(g->notice, "to");
	if (!rule.n || span_is(rule, "null"))
		return true;
	if (!json_parse(rule, 0, &to, err))
		return false;
	bool by_vulns = json_is_true(json_object_get(to, "match"));
	if (by_vulns) {
		if (!choose_by_vulns(g, err))
			return false;
		json_object_del(to, "match");
	}
	return (by_vulns && json_object_size(to) == 0) || json_object_size(to) == 0 ||
		choose(g, to, false, err);
}

/* ---- by hand ---- */

struct marked {
	int64_t unit_n;
	struct span unit_id, mark, reason;
};

static bool add_by_hand(struct gathering *g, const struct marked *m, struct err *err)
{
	CLEANUP(json_free) json_t *to = json_pack("{s:[s%]}", "units", m->unit_id.p, m->unit_id.n);
	struct op *op = g->op;
	uint64_t *at = map_find(g->places, key_of(&m->unit_n));
	struct span why = arena_printf(
		op->arena, op->zh ? "增加：" SPAN_FMT : "added: " SPAN_FMT, SPAN_ARG(m->reason));
	if (span_is(m->mark, "removed")) {
		if (at) {
			g->v.p[*at].mark = SPAN("removed");
			g->v.p[*at].to.reason = m->reason;
		}
		return true;
	}
	if (!at) {
		/* The unit or the permission may be gone since: then it is left out, as in a group. */
		if (!choose(g, to, true, err))
			return false;
		at = map_find(g->places, key_of(&m->unit_n));
		if (at)
			g->v.p[*at].to.reason = why;
	} else {
		g->v.p[*at].to.reason = join(op, g->v.p[*at].to.reason, why, "；");
	}
	if (at)
		g->v.p[*at].mark = SPAN("added");
	return true;
}

static bool choose_by_hand(struct gathering *g, struct err *err)
{
	struct op *op = g->op;
	VEC(struct marked) all = { .arena = op->arena };
	{
		CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
		bool row;
		if (!db_query(op_db(op),
			    SQL("SELECT r.unit_n, u.id, r.mark, r.reason FROM notice_recipients r JOIN units "
			    "u ON"
				" u.n=r.unit_n WHERE r.notice_n=? AND r.mark<>'' ORDER BY r.n"),
			    V(db_i(g->notice->n)), &r, err))
			return false;
		for (;;) {
			if (!db_next(r, &row, err))
				return false;
			if (!row)
				break;
			vec_push(&all,
				(struct marked){ db_col_int(r, 0), arena_span(op->arena, db_col_text(r, 1)),
					arena_span(op->arena, db_col_text(r, 2)),
					arena_span(op->arena, db_col_text(r, 3)) });
		}
	}
	for (size_t i = 0; i < all.n; i++)
		if (!add_by_hand(g, &all.p[i], err))
			return false;
	return true;
}

/* ---- what concerns each alone ---- */

static void add_row(struct str *out, const struct db_rows *r)
{
	str_addz(out, out->n ? "\n" : "");
	for (int i = 1; i <= 4; i++) {
		struct span cell = db_col_text(r, i);
		if (!cell.n)
			continue;
		str_addz(out, i > 1 ? " " : "");
		str_add(out, cell);
	}
}

/* Findings of the notice's vulnerabilities with units that the rule chose for another reason. */
static bool add_own_rows(struct gathering *g, struct err *err)
{
	struct op *op = g->op;
	CLEANUP(json_free) json_t *list = NULL;
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct sql *q = sql_new(op->arena);
	bool row;
	if (!json_parse(record_text(g->notice, "vulns"), 2, &list, err))
		return false;
	if (json_array_size(list) == 0)
		return true;
	sql_add(q,
		"SELECT f.unit_n, COALESCE(a.name, f.title), COALESCE(a.address, ''), COALESCE(s.product, "
		"''),"
		   " COALESCE(s.product_version, '') FROM findings f LEFT JOIN assets a ON a.n=f.asset_n"
		   " LEFT JOIN software s ON s.n=f.software_n WHERE f.unit_n IS NOT NULL AND f.state IN"
		   " ('new', 'confirmed', 'ordered', 'fixed') AND f.vuln_id IN (''");
	for (size_t i = 0; i < json_array_size(list); i++) {
		sql_add(q, ",");
		sql_text(q, arena_span(op->arena, json_text(json_array_get(list, i))));
	}
	sql_add(q, ") ORDER BY f.unit_n, f.n");
	if (!db_query_sql(op_db(op), q, &r, err))
		return false;
	struct str text = STR_IN(op->arena, 1 << 16);
	int64_t unit_n = 0;
	size_t rows = 0;
	struct order_recipient *to = NULL;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		int64_t next_n = row ? db_col_int(r, 0) : 0;
		if (next_n != unit_n) {
			if (to && text.n)
				to->rows = arena_span(op->arena, str_span(&text));
			const uint64_t *at = next_n ? map_find(g->places, key_of(&next_n)) : NULL;
			to = at && !g->v.p[*at].to.rows.n ? &g->v.p[*at].to : NULL;
			unit_n = next_n;
			rows = 0;
			str_clear(&text);
		}
		if (!row)
			return str_check(&text, err);
		if (to && rows++ < NOTICE_ROWS_MAX)
			add_row(&text, r);
	}
}

bool notice_as_office(
	struct op *op, const struct record *notice, struct notice_office *ret, struct err *err)
{
	int64_t city_n, issuer_n = record_int(notice, "issuer_id");
	if (!unit_office(op, &city_n, err))
		return false;
	*ret = (struct notice_office){ .grant = { .role = ROLE_DUTY_OFFICER, .unit_n = issuer_n,
						.tree = UNIT_PARENT, .whole = issuer_n == city_n },
		.actor = { .who = op->actor->who } };
	ret->actor.grants = &ret->grant;
	ret->actor.n_grants = issuer_n != 0;
	ret->actor.local = issuer_n == 0;
	return true;
}

static bool gather(struct op *op, const struct record *notice, struct notice_list *ret, struct err *err)
{
	CLEANUP(map_free_p) struct map *places = map_new(ORDER_RECIPIENTS_MAX + 1);
	struct gathering g = { .op = op, .notice = notice, .places = places, .v = { .arena = op->arena } };
	struct notice_list list = { 0 };
	if (!choose_by_rule(&g, err) || !choose_by_hand(&g, err) || !add_own_rows(&g, err))
		return false;
	list.at = g.v.p;
	list.n = g.v.n;
	for (size_t i = 0; i < g.v.n; i++) {
		bool removed = span_is(g.v.p[i].mark, "removed");
		list.removed += removed;
		list.no_liaison += !removed && g.v.p[i].to.no_liaison;
	}
	*ret = list;
	return true;
}

bool notice_recipients(struct op *op, const struct record *notice, struct notice_list *ret, struct err *err)
{
	const struct actor *before = op->actor;
	struct notice_office office;
	if (!notice_as_office(op, notice, &office, err))
		return false;
	op->actor = &office.actor;
	bool ok = gather(op, notice, ret, err);
	op->actor = before;
	return ok;
}

bool notice_fix_recipients(struct op *op, const struct record *notice, struct err *err)
{
	struct notice_list list;
	if (!notice_recipients(op, notice, &list, err))
		return false;
	if (list.n <= (size_t)list.removed)
		return err_field(err, "to", "没有主送单位", "there is nobody to send it to");
	for (size_t i = 0; i < list.n; i++) {
		const struct notice_recipient *r = &list.at[i];
		if (!db_exec(op_db(op),
			    SQL("INSERT INTO notice_recipients (notice_n, unit_n, mark, part, reason, "
			    "own_rows,"
				" failure, at, actor) VALUES (?, ?, ?, ?, ?, ?, '', ?, ?) ON CONFLICT "
				"(notice_n,"
				" unit_n) DO UPDATE SET part=excluded.part, reason=excluded.reason,"
				" own_rows=excluded.own_rows"),
			    V(db_i(notice->n), db_i(r->to.unit_n), db_t(r->mark), db_z(r->to.part),
				    db_t(r->to.reason), db_t(r->to.rows.p ? r->to.rows : SPAN("")),
				    db_i(op_now(op)), db_t(op->actor->who.name)),
			    err))
			return false;
	}
	return true;
}
