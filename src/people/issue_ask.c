/* Who is to get an account: from a request, from the command line. */
#include "people/issue.h"

#include "os/file.h"

enum { PAGE_MAX = 64 << 20 };

struct chosen { VEC(int64_t) units; };

static bool add_rows(struct op *op, struct sql *q, struct chosen *to, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	bool row = true;
	if (!db_query_sql(op_db(op), q, &rows, err))
		return false;
	for (;;) {
		if (!db_next(rows, &row, err))
			return false;
		if (!row)
			return true;
		vec_push(&to->units, db_col_int(rows, 0));
	}
}

/* All units at and below one (0: all) where the actor may open accounts, in order of protocol. */
static bool add_under(struct op *op, int64_t unit_n, struct chosen *to, struct err *err)
{
	struct sql *q = sql_new(op->arena);
	sql_add(q, "SELECT t.n FROM units t WHERE 1=1");
	if (unit_n) {
		sql_add(q,
			" AND t.n IN (SELECT descendant_n FROM unit_tree WHERE relation=0 AND ancestor_n=");
		sql_int(q, unit_n);
		sql_add(q, ")");
	}
	if (!actor_scope(op->actor, op_db(op), PERM_USER_ISSUE, "t.n", q, err))
		return false;
	sql_add(q, " ORDER BY t.sort_order, t.n LIMIT 5001");
	return add_rows(op, q, to, err);
}

static bool read_duties(const json_t *list, struct issue_wish *w, struct err *err)
{
	w->liaison_a = w->liaison_b = !list;
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct span duty = json_text(json_array_get(list, i));
		if (span_is(duty, "liaison_a"))
			w->liaison_a = true;
		else if (span_is(duty, "liaison_b"))
			w->liaison_b = true;
		else
			return err_field(err, "duties", "职责应为 liaison_a 或 liaison_b",
				"a duty is liaison_a or liaison_b");
	}
	return true;
}

static bool not_there(const char *field, struct span name, struct err *err)
{
	return err_field(err, field, "没有单位“" SPAN_FMT "”", "there is no unit \"" SPAN_FMT "\"",
		SPAN_ARG(name));
}

static bool read_units(struct call *c, struct chosen *to, struct err *err)
{
	const json_t *list = json_object_get(c->json, "units");
	struct span under = json_get_text(c->json, "under");
	struct record unit;
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct span name = json_text(json_array_get(list, i));
		if (i >= ISSUE_UNITS_MAX)
			break;
		if (!resource_get(c->op, &unit_resource, name.p ? name : SPAN(""), &unit, err))
			return err->code == ERR_NOT_FOUND ? not_there("units", name, err) : false;
		vec_push(&to->units, unit.n);
	}
	if (under.n) {
		if (!resource_get(c->op, &unit_resource, under, &unit, err))
			return err->code == ERR_NOT_FOUND ? not_there("under", under, err) : false;
		if (!add_under(c->op, unit.n, to, err))
			return false;
	}
	return to->units.n ||
		err_field(err, "units", "请写明单位（units）或上级单位（under）", "say which units, or under which");
}

bool issue_route(struct call *c, struct err *err)
{
	struct chosen chosen = { .units = { .arena = c->op->arena } };
	struct issue_wish w = { .again = json_get_bool(c->json, "again", false) };
	struct issued got;
	if (!read_duties(json_object_get(c->json, "duties"), &w, err) ||
		!behalf_read(c->op, c->json, &(struct behalf_ask){ .name = "called", .needed = w.again },
			&w.called, err) ||
		!read_units(c, &chosen, err))
		return false;
	w.units = chosen.units.p;
	w.n = chosen.units.n;
	if (!account_issue(c->op, &w, &got, err))
		return false;
	if (!span_is(call_query(c, "format"), "html"))
		return slip_json(c->op, &got, span_is(call_query(c, "qr"), "true"), c->out, err);
	c->content_type = "text/html; charset=utf-8";
	call_add_header(c, "Content-Security-Policy",
		SPAN("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"));
	return slip_html(c->op, &got, c->out, err);
}

/* ---- the command ------------------------------------------------------------------------------- */

static bool command_units(struct command_call *c, struct chosen *to, struct err *err)
{
	for (size_t i = 0; i < c->n_options; i++) {
		if (strcmp(c->options[i].name, "unit") != 0)
			continue;
		for (size_t k = 0; k < c->options[i].n; k++) {
			struct span name = c->options[i].values[k];
			int64_t n;
			bool found;
			if (!unit_find_typed(c->op, name, &n, &found, err))
				return false;
			if (!found)
				return not_there("unit", name, err);
			vec_push(&to->units, n);
		}
	}
	if (command_flag(c, "all") && !add_under(c->op, 0, to, err))
		return false;
	return to->units.n || err_set(err, ERR_USAGE, "请用 --unit 或 --all 写明单位",
		"say which units: --unit or --all");
}

/* "张三 13800000000": who, and by which number one was called back. */
static bool command_word(struct command_call *c, struct behalf *ret, struct err *err)
{
	struct span text = span_trim(command_option(c, "called-back"));
	struct str values = STR_IN(c->op->arena, 2000);
	*ret = (struct behalf){ .whose_word = SPAN("") };
	if (!text.n)
		return err_set(err, ERR_USAGE, "重发须写明回拨核实了何人（--called-back \"姓名 电话\"）",
			"say who was called back (--called-back \"NAME NUMBER\")");
	ret->whose_word = text;
	str_add_json(&values, text);
	ret->json = str_span(&values);
	return str_check(&values, err);
}

static bool print(struct command_call *c, const struct issued *got, struct err *err)
{
	struct span path = command_option(c, "out");
	struct str out = STR(PAGE_MAX);
	bool ok = true;
	if (c->json) {
		ok = slip_json(c->op, got, false, &out, err);
		fprintf(c->out, "%s\n", ok ? str_z(&out) : "");
		str_clear(&out);
	}
	if (ok && path.n) {
		ok = slip_html(c->op, got, &out, err) &&
			file_replace(arena_copy(c->op->arena, path), str_span(&out), 0600, err);
		if (ok && !c->json)
			fprintf(c->out, c->zh ? "开通 %zu，未开通 %zu：" SPAN_FMT "\n"
					      : "issued %zu, not issued %zu: " SPAN_FMT "\n",
				got->slips.n, got->left.n, SPAN_ARG(path));
	} else if (ok && !c->json) {
		ok = slip_text(c, got, command_flag(c, "qr"), err);
	}
	str_done(&out);
	return ok;
}

bool user_command_issue(struct command_call *c, struct err *err)
{
	struct chosen chosen = { .units = { .arena = c->op->arena } };
	struct issue_wish w = { .liaison_a = true, .liaison_b = true, .again = command_flag(c, "again") };
	struct issued got;
	c->op->zh = c->zh;
	if (!command_units(c, &chosen, err) || (w.again && !command_word(c, &w.called, err)))
		return false;
	w.units = chosen.units.p;
	w.n = chosen.units.n;
	if (!account_issue(c->op, &w, &got, err))
		return false;
	if (c->notes && got.slips.n && span_starts(got.base_url, SPAN("http://127.0.0.1")))
		fputs(c->zh ? "注意：单子上的网址是本机地址，请先设置：seawall setting set base_url https://…\n"
			    : "note: the address on the slips is this machine's own; set it: seawall setting "
			    "set "
			      "base_url https://…\n",
			c->notes);
	return print(c, &got, err);
}
