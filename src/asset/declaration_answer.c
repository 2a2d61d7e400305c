/* An order's answer as rows, and what is decided on them. */
#include "asset/declaration_room.h"

struct answering {
	struct op *op;
	struct declaration_order o;
	struct span unit_id;
	const json_t *args;
	json_t *how;           /* for the verb submit: on_behalf, and that the order itself does it */
	int64_t kept[DECLARATION_SYSTEMS_MAX];
	size_t n_kept;         /* rows of this order that this answer says */
};

static bool submit(struct answering *g, struct record *row, struct err *err)
{
	if (!db_exec(op_db(g->op), SQL("UPDATE declarations SET order_n=? WHERE n=?"),
		    V(db_i(g->o.n), db_i(row->n)), err))
		return false;
	record_set(row, "order_id", db_i(g->o.n));
	if (g->n_kept < COUNT(g->kept))
		g->kept[g->n_kept++] = row->n;
	return record_apply(g->op, row, "submit", g->how, err);
}

/* The row of this order that a system said anew replaces: by id, else by name; only those that were
 * returned. */
static bool find_returned(struct answering *g, const json_t *system, struct span *ret_id, struct err *err)
{
	struct span id = json_get_text(system, "id"), name = span_trim(json_get_text(system, "name"));
	if (id.n)
		return db_text(op_db(g->op),
			SQL("SELECT id FROM declarations WHERE order_n=? AND state='returned' AND id=?"),
			V(db_i(g->o.n), db_t(id)), g->op->arena, ret_id, err);
	return db_text(op_db(g->op),
		SQL("SELECT id FROM declarations WHERE order_n=? AND state='returned' AND says='system'"
		    " AND name=? ORDER BY n LIMIT 1"),
		V(db_i(g->o.n), db_t(name)), g->op->arena, ret_id, err);
}

/* Accepted on this order, or waiting, and said again by its id: it stays as it is. */
static bool find_standing(struct answering *g, const json_t *system, int64_t *ret_n, struct err *err)
{
	bool found = false;
	struct span id = json_get_text(system, "id");
	*ret_n = 0;
	return !id.n ||
		db_int(op_db(g->op),
			SQL("SELECT n FROM declarations WHERE order_n=? AND state IN ('accepted', "
			"'submitted') AND"
			    " id=?"),
			V(db_i(g->o.n), db_t(id)), ret_n, &found, err);
}

/* Waiting, and said anew under its name: the new word counts. */
static bool replace_waiting(struct answering *g, const json_t *system, struct err *err)
{
	int64_t n = 0;
	bool found;
	return db_int(op_db(g->op),
		       SQL("SELECT n FROM declarations WHERE order_n=? AND state='submitted' AND "
		       "says='system' AND"
			   " name=? ORDER BY n LIMIT 1"),
		       V(db_i(g->o.n), db_t(span_trim(json_get_text(system, "name")))), &n, &found, err) &&
		(!found || declaration_supersede(g->op, n, SPAN(""), err));
}

/* A row that was returned is said anew as a whole: what is left out now is not kept from before. */
static void say_wholly(json_t *in)
{
	for (size_t i = 0; i < declaration_resource.n_fields; i++) {
		const struct field *f = &declaration_resource.fields[i];
		bool kept = (f->flags & (READ_ONLY | REQUIRED)) || strcmp(f->name, "says") == 0;
		if (!kept && !json_object_get(in, f->name))
			json_object_set_new(in, f->name, json_null());
	}
}

static bool say_system(struct answering *g, const json_t *system, struct err *err)
{
	static const char *const told[] = { "id", "state", "reason", "confirmed_at", "source", "row" };
	struct op *op = g->op;
	struct record row;
	struct span returned = { NULL, 0 };
	int64_t standing;
	if (!json_is_object(system))
		return err_field(err, "systems", "应为对象", "must be an object");
	if (!find_standing(g, system, &standing, err))
		return false;
	if (standing)
		return true;
	if (!replace_waiting(g, system, err) || !find_returned(g, system, &returned, err))
		return false;
	CLEANUP(json_free) json_t *in = json_copy((json_t *)(uintptr_t)system);
	for (size_t i = 0; i < COUNT(told); i++)       /* what the form tells beside what it asks */
		json_object_del(in, told[i]);
	if (returned.p) {
		say_wholly(in);
		struct resource_request q = { .id = returned, .in = in };
		return resource_change(op, &declaration_resource, &q, &row, err) && submit(g, &row, err);
	}
	json_object_set_new(in, "unit_id", json_of_span(g->unit_id));
	return resource_create(op, &declaration_resource, in, &row, err) && submit(g, &row, err);
}

/* A name twice would become one asset. */
static bool name_again(const json_t *list, size_t at, size_t *ret)
{
	struct span name = span_trim(json_get_text(json_array_get(list, at), "name"));
	for (*ret = 0; *ret < at; ++*ret)
		if (name.n && span_eq(name, span_trim(json_get_text(json_array_get(list, *ret), "name"))))
			return true;
	return false;
}

static bool say_systems(struct answering *g, const json_t *list, struct err *err)
{
	size_t n = json_array_size(list), first;
	if (!json_is_array(list) || n == 0)
		return err_field(err, "systems", "“systems”应为不空的列表；没有信息系统的，请答 none",
			"systems must be a list that is not empty; a unit without any answers none");
	if (n > DECLARATION_SYSTEMS_MAX)
		return err_field(err, "systems", "一次最多申报 %d 个系统", "at most %d systems at once",
			(int)DECLARATION_SYSTEMS_MAX);
	for (size_t i = 0; i < n; i++) {
		if (name_again(list, i, &first))
			return err_field(err, "systems", "第 %zu 个与第 %zu 个系统名称相同",
				"system %zu has the name of system %zu", i + 1, first + 1);
		int64_t row = json_get_int(json_array_get(list, i), "row", 0); /* of the sheet it came in */
		if (say_system(g, json_array_get(list, i), err))
			continue;
		return row ? err_prefix(err, "第 %lld 行：", "row %lld: ", (long long)row)
			   : err_prefix(err, "第 %zu 个系统：", "system %zu: ", i + 1);
	}
	return true;
}

static bool says_nothing_wrong(struct answering *g, const char *says, struct err *err)
{
	int64_t n = 0;
	bool found;
	if (strcmp(says, "unchanged") != 0)
		return true;
	if (!db_int(op_db(g->op),
		    SQL("SELECT (SELECT COUNT(*) FROM assets WHERE unit_n=? AND retired_at IS NULL)"
			" + (SELECT COUNT(*) FROM declarations WHERE unit_n=? AND state='accepted')"),
		    V(db_i(g->o.unit_n), db_i(g->o.unit_n)), &n, &found, err))
		return false;
	return n > 0 ||
		err_field(err, "unchanged", "本单位还没有登记过系统，请逐个填写，或答“本单位无信息系统”",
			"nothing is on record for this unit yet: give its systems, or answer none");
}

static bool say_one(struct answering *g, const char *says, struct err *err)
{
	struct record row;
	CLEANUP(json_free) json_t *in = json_object();
	if (!says_nothing_wrong(g, says, err))
		return false;
	json_object_set_new(in, "unit_id", json_of_span(g->unit_id));
	json_object_set_new(in, "says", json_string(says));
	return resource_create(g->op, &declaration_resource, in, &row, err) && submit(g, &row, err);
}

/* What was returned and is not said again is said no longer; what waits or was accepted stands, unless there
 * is nothing. */
static bool drop_others(struct answering *g, struct err *err)
{
	VEC(int64_t) others = { .arena = g->op->arena };
	{
		CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
		bool row;
		if (!db_query(op_db(g->op),
			    SQL("SELECT n FROM declarations WHERE order_n=? AND (state IN ('returned', "
			    "'draft') OR"
				" (? = 1 AND state='submitted'))"),
			    V(db_i(g->o.n), db_i(!json_object_get(g->args, "systems"))), &r, err))
			return false;
		for (;;) {
			if (!db_next(r, &row, err))
				return false;
			if (!row)
				break;
			vec_push(&others, db_col_int(r, 0));
		}
	}
	for (size_t i = 0; i < others.n; i++) {
		bool kept = false;
		for (size_t k = 0; k < g->n_kept && !kept; k++)
			kept = g->kept[k] == others.p[i];
		if (!kept && !declaration_supersede(g->op, others.p[i], SPAN(""), err))
			return false;
	}
	return true;
}

bool declaration_answer(struct op *op, struct declaration_order o, const json_t *args, struct err *err)
{
	const json_t *systems = json_object_get(args, "systems"),
		*behalf = json_object_get(args, "on_behalf");
	bool none = json_get_bool(args, "none", false), unchanged = json_get_bool(args, "unchanged", false);
	struct answering g = { .op = op, .o = o, .args = args };
	if ((systems != NULL) + none + unchanged != 1)
		return err_field(err, "systems",
			"请答其中之一：systems（逐个系统）、none（本单位无信息系统）或 unchanged（无变化）",
			"answer one of systems, none (there are none) or unchanged");
	if (!db_text(op_db(op), SQL("SELECT id FROM units WHERE n=?"), V(db_i(o.unit_n)), op->arena,
	    &g.unit_id,
		    err))
		return false;
	CLEANUP(json_free) json_t *how = json_object();
	json_object_set_new(how, "order", json_true());
	if (behalf)
		json_object_set_new(how, "on_behalf", json_incref((json_t *)(uintptr_t)behalf));
	g.how = how;
	bool ok = systems ? say_systems(&g, systems, err) : say_one(&g, none ? "none" : "unchanged", err);
	return ok && drop_others(&g, err);
}

/* ---- deciding ---- */

static bool chosen(const json_t *ids, struct span id)
{
	for (size_t i = 0; i < json_array_size(ids); i++)
		if (span_eq(json_text(json_array_get(ids, i)), id))
			return true;
	return !ids;
}

struct waiting { int64_t n; struct span id; bool chosen; };

static bool load_waiting(
	struct op *op, int64_t order_n, struct waiting **ret, size_t *ret_n, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	VEC(struct waiting) list = { .arena = op->arena };
	bool row;
	if (!db_query(op_db(op),
	    SQL("SELECT n, id FROM declarations WHERE order_n=? AND state='submitted' ORDER BY n"),
		    V(db_i(order_n)), &r, err))
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		vec_push(&list, (struct waiting){ db_col_int(r, 0), arena_span(op->arena, db_col_text(r, 1)),
			false });
	}
	*ret = list.p;
	*ret_n = list.n;
	return true;
}

static bool choose(struct waiting *rows, size_t n, const json_t *ids, struct err *err)
{
	size_t count = 0;
	if (ids && !json_is_array(ids))
		return err_field(err, "rows", "“rows”应为申报标识的列表", "rows must be a list of ids");
	for (size_t i = 0; i < n; i++) {
		rows[i].chosen = chosen(ids, rows[i].id);
		count += rows[i].chosen;
	}
	return count == (ids ? json_array_size(ids) : n) ||
		err_field(err, "rows", "“rows”中有的申报不在本单，或不在待审核状态",
			"some of rows are not of this order, or do not wait for a decision");
}

bool declaration_decide(struct op *op, struct declaration_order o, const char *verb, const json_t *args,
	struct err *err)
{
	struct waiting *rows;
	size_t n;
	struct record row;
	bool found;
	struct span reason = json_get_text(args, "reason");
	CLEANUP(json_free) json_t *how = json_object();
	json_object_set_new(how, "order", json_true());
	if (reason.n)
		json_object_set_new(how, "reason", json_of_span(reason));
	if (!load_waiting(op, o.n, &rows, &n, err) || !choose(rows, n, json_object_get(args, "rows"), err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (rows[i].chosen &&
			(!resource_load(op, &declaration_resource, rows[i].n, &row, &found, err) ||
				!record_apply(op, &row, verb, how, err)))
			return false;
	return true;
}

bool declaration_count(struct op *op, int64_t order_n, struct declaration_tally *ret, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct declaration_tally t = { 0 };
	struct str reasons = STR_IN(op->arena, 16 * 1024);
	bool row;
	if (!db_query(op_db(op),
	    SQL("SELECT state, name, COALESCE(reason, '') FROM declarations WHERE order_n=? ORDER BY n"),
		    V(db_i(order_n)), &r, err))
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		struct span state = db_col_text(r, 0), reason = db_col_text(r, 2);
		t.submitted += span_is(state, "submitted");
		t.accepted += span_is(state, "accepted");
		t.returned += span_is(state, "returned");
		if (!span_is(state, "returned") || reasons.n + reason.n > 15 * 1024)
			continue;
		str_addz(&reasons, reasons.n ? "；" : "");
		str_add(&reasons, db_col_text(r, 1));
		str_addz(&reasons, "：");
		str_add(&reasons, reason);
	}
	t.reasons = reasons.n ? str_span(&reasons) : SPAN("");
	*ret = t;
	return true;
}
