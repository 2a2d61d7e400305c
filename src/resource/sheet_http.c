#include <inttypes.h>

#include "resource/sheet_room.h"

enum { ROWS_DEFAULT = 100, ROWS_MAX = 1000, OPTIONS_MAX = 6 << 20, MAPPING_MAX = 2 * SHEET_FILE_COLUMNS_MAX };

/* ---- saying something about a plan ---- */

static bool save_options(struct op *op, const struct import_plan *p, const json_t *options, struct err *err)
{
	struct str out = STR_IN(op->arena, OPTIONS_MAX);
	return json_write(options, &out, err) &&
		db_exec(op_db(op), SQL("UPDATE import_plans SET options = ? WHERE n = ?"),
			V(db_t(str_span(&out)), db_i(p->n)), err);
}

bool sheet_allow_apply(struct call *c, struct import_plan *p, struct err *err)
{
	CLEANUP(json_free) json_t *options = NULL;
	struct span rows = json_get_text(c->json, "rows");
	int64_t left = p->counts.refused + p->counts.asked;
	if (!rows.p)
		rows = SPAN("all");
	if (!span_is(rows, "all") && !span_is(rows, "clean"))
		return err_field(err, "rows", "rows 应为 all 或 clean", "rows is all or clean");
	if (span_is(rows, "all") && left > 0)
		return err_field(err, "rows", "还有 %" PRId64 " 行有误或待确认；请改正，或只导入无误的行（clean）",
			"%"
			PRId64 " rows are wrong or wait for a decision; put them right, or apply the clean "
			"rows only",
			left);
	if (!json_parse(p->options, 6, &options, err))
		return false;
	json_object_set_new(options, "rows", json_of_span(rows));
	return save_options(c->op, p, options, err);
}

static bool check_mapping(const struct sheet_kind *kind, json_t *mapping, struct err *err)
{
	const char *heading;
	json_t *field;
	if (!mapping)
		return true;
	if (!json_is_object(mapping))
		return err_field(err, "mapping", "mapping 应为 {\"列名\":\"字段\"}",
			"mapping is {\"column name\":\"field\"}");
	json_object_foreach (mapping, heading, field) {
		struct span name = json_text(field);
		if (json_is_null(field) || (name.p && (!name.n || sheet_column_find(kind, name) >= 0)))
			continue;
		name = name.p ? utf8_cut(name, 40) : SPAN("");
		return err_field(err, "mapping", "没有字段“" SPAN_FMT "”", "there is no field \"" SPAN_FMT "\"",
			SPAN_ARG(name));
	}
	return true;
}

static bool check_decide(json_t *decide, struct err *err)
{
	const char *line;
	json_t *what;
	if (!decide)
		return true;
	json_object_foreach (decide, line, what) {
		struct span text = json_text(what);
		int64_t n;
		if (!span_int(span_of(line), 1, INT64_MAX, &n) ||
			(!json_is_null(what) && !span_is(text, "new") && !span_starts(text, SPAN("same:"))))
			return err_field(err, "decide", "decide 应为 {\"行号\":\"new\" 或 \"same:编码\"}",
				"decide is {\"line\":\"new\" or \"same:CODE\"}");
	}
	return json_is_object(decide) || err_field(err, "decide", "decide 应为对象", "decide is an object");
}

static bool check_cells(json_t *cells, struct err *err)
{
	const char *line, *column;
	json_t *row, *value;
	int64_t n;
	if (!cells)
		return true;
	bool good = json_is_object(cells);
	json_object_foreach (cells, line, row) {
		good = good && span_int(span_of(line), 1, INT64_MAX, &n) &&
			(json_is_object(row) || json_is_null(row));
		json_object_foreach (row, column, value)
			good = good && (json_is_string(value) || json_is_null(value));
	}
	return good ||
		err_field(err, "cells", "cells 应为 {\"行号\":{\"字段\":\"内容\"}}",
		"cells is {\"line\":{\"field\":\"text\"}}");
}

/* Members of `from` over those of `to`; null takes one away; objects of objects likewise. */
static void merge(json_t *to, json_t *from)
{
	const char *key;
	json_t *value;
	json_object_foreach (from, key, value) {
		json_t *there = json_object_get(to, key);
		if (json_is_null(value))
			json_object_del(to, key);
		else if (json_is_object(value) && json_is_object(there))
			merge(there, value);
		else
			json_object_set(to, key, value);
	}
}

bool sheet_change(struct call *c, struct import_plan *p, struct err *err)
{
	static const char *const known[] = { "mapping", "decide", "cells", "accept", "new_all", "sheet",
		"source",
		"source_number", "unassigned" };
	const struct sheet_kind *kind = import_kind_find(p->kind)->sheet;
	CLEANUP(json_free) json_t *options = NULL;
	const char *key;
	json_t *value;
	if (!json_is_object(c->json))
		return err_set(err, ERR_MALFORMED, "请求应为 JSON 对象", "the request is a JSON object");
	CLEANUP(json_free) json_t *in = json_deep_copy(c->json);
	json_object_foreach (in, key, value) {
		bool ok = false;
		for (size_t i = 0; i < COUNT(known); i++)
			ok = ok || strcmp(key, known[i]) == 0;
		if (!ok)
			return err_field(err, key, "没有这一项", "there is no such member");
		bool object = strcmp(key, "mapping") == 0 || strcmp(key, "decide") == 0 ||
			strcmp(key, "cells") == 0;
		if (!object && (json_is_object(value) || json_is_array(value)))
			return err_field(err, key, "应为文字或真假", "a text, or true or false");
	}
	if (!check_mapping(kind, json_object_get(c->json, "mapping"), err) ||
		!check_decide(json_object_get(c->json, "decide"), err) ||
		!check_cells(json_object_get(c->json, "cells"), err) ||
		!json_parse(p->options, 6, &options, err))
		return false;
	merge(options, in);
	if (json_object_size(json_object_get(options, "mapping")) > MAPPING_MAX)
		return err_field(err, "mapping", "mapping 至多 %d 项", "mapping has at most %d members",
			(int)MAPPING_MAX);
	return save_options(c->op, p, options, err);
}

/* ---- the preview ---- */

struct wanted { struct span action, mark; int64_t after, limit; };

static bool wanted_of(struct call *c, struct wanted *w, struct err *err)
{
	struct span limit = call_query(c, "limit"), cursor = call_query(c, "cursor");
	*w = (struct wanted){ call_query(c, "action"), call_query(c, "mark"), 0, ROWS_DEFAULT };
	if (!w->mark.p)
		w->mark = call_query(c, "fault");
	if (limit.p && !span_int(limit, 1, ROWS_MAX, &w->limit))
		return err_field(err, "limit", "limit 应为 1 至 %d", "limit is 1 to %d", (int)ROWS_MAX);
	if (cursor.n && !span_int(cursor, 0, INT64_MAX, &w->after))
		return err_field(err, "cursor", "cursor 不对", "the cursor is not one of ours");
	return true;
}

static const struct sheet_column *column_of(const struct sheet_kind *kind, struct span name)
{
	int at = sheet_column_find(kind, name);
	return at < 0 ? NULL : &kind->columns[at];
}

/* {"name":{"read":"…","value":"…"},…} of every column of the file that is a field. */
static void add_cells(const struct sheet_kind *kind, const json_t *columns, const json_t *cells,
	const json_t *values, struct str *out)
{
	bool any = false;
	str_addz(out, ",\"cells\":{");
	for (size_t i = 0; i < kind->n_columns; i++) {
		const char *name = kind->columns[i].name;
		struct span value = json_get_text(values, name), read = { NULL, 0 };
		for (size_t k = 0; k < json_array_size(columns); k++)
			if (span_is(json_get_text(json_array_get(columns, k), "field"), name))
				read = json_text(json_array_get(cells, k));
		if (!value.p && !read.p)
			continue;
		str_addf(out, "%s\"%s\":{", any ? "," : "", name);
		any = true;
		if (read.p) {
			str_addz(out, "\"read\":");
			str_add_json(out, read);
		}
		if (value.p) {
			str_addz(out, read.p ? ",\"value\":" : "\"value\":");
			str_add_json(out, value);
		}
		str_addc(out, '}');
	}
	str_addc(out, '}');
}

static void add_faults(const struct sheet_kind *kind, const json_t *faults, bool zh, struct str *out)
{
	str_addz(out, ",\"faults\":[");
	for (size_t i = 0; i < json_array_size(faults); i++) {
		const json_t *f = json_array_get(faults, i);
		struct span column = json_get_text(f, "column"), proposal = json_get_text(f, "proposal");
		const struct sheet_column *c = column_of(kind, column);
		str_addz(out, i ? ",{\"column\":" : "{\"column\":");
		str_add_json(out, column);
		str_addz(out, ",\"label\":");
		str_add_json(out, span_of(c ? (zh ? c->zh : c->en) : ""));
		str_addz(out, ",\"mark\":");
		str_add_json(out, json_get_text(f, "mark"));
		str_addz(out, ",\"fault\":");
		str_add_json(out, json_get_text(f, zh ? "zh" : "en"));
		if (proposal.p) {
			str_addz(out, ",\"proposal\":");
			str_add_json(out, proposal);
		}
		str_addc(out, '}');
	}
	str_addc(out, ']');
}

static bool add_row(struct call *c, const struct sheet_kind *kind, const json_t *columns,
	const struct db_rows *r,
	struct err *err)
{
	CLEANUP(json_free) json_t *cells = NULL;
	CLEANUP(json_free) json_t *values = NULL;
	CLEANUP(json_free) json_t *faults = NULL;
	struct str *out = c->out;
	if (!json_parse(db_col_text(r, 3), 2, &cells, err) ||
	    !json_parse(db_col_text(r, 4), 2, &values, err) ||
		!json_parse(db_col_text(r, 5), 3, &faults, err))
		return false;
	str_addf(out, "{\"line\":%" PRId64 ",\"action\":", db_col_int(r, 1));
	str_add_json(out, db_col_text(r, 2));
	str_addz(out, ",\"decision\":");
	str_add_json(out, db_col_text(r, 6));
	add_cells(kind, columns, cells, values, out);
	add_faults(kind, faults, c->op->zh, out);
	str_addc(out, '}');
	return true;
}

static bool query_rows(struct call *c, const struct import_plan *p, const struct wanted *w,
	struct db_rows **ret,
	struct err *err)
{
	struct sql *q = sql_new(c->op->arena);
	sql_add(q,
		"SELECT ordinal, line, action, cells, vals, faults, decision FROM import_sheet_rows WHERE "
		"plan_n = ");
	sql_int(q, p->n);
	sql_add(q, " AND ordinal > ");
	sql_int(q, w->after);
	if (w->action.n) {
		sql_add(q, " AND action = ");
		sql_text(q, w->action);
	}
	if (w->mark.n) {
		sql_add(q, " AND mark = ");
		sql_text(q, w->mark);
	}
	sql_add(q, " ORDER BY ordinal LIMIT ");
	sql_int(q, w->limit + 1);
	return db_query_sql(op_db(c->op), q, ret, err);
}

static bool not_a_sheet(struct err *err)
{
	return err_set(err, ERR_NOT_FOUND, "这类导入没有逐行的预览", "imports of this kind have no rows to look at");
}

bool sheet_rows_route(struct call *c, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	CLEANUP(json_free) json_t *columns = NULL;
	const struct import_kind *kind;
	struct import_plan p;
	struct wanted w;
	struct span text;
	if (!import_of_call(c, &p, &kind, err) || !wanted_of(c, &w, err))
		return false;
	if (!kind->sheet)
		return not_a_sheet(err);
	if (!db_text(op_db(c->op), SQL("SELECT columns FROM import_plans WHERE n = ?"), V(db_i(p.n)),
	    c->op->arena,
		    &text, err) ||
		!json_parse(text, 4, &columns, err) || !query_rows(c, &p, &w, &r, err))
		return false;
	str_addz(c->out, "{\"items\":[");
	int64_t last = 0;
	for (int64_t i = 0;; i++) {
		bool more;
		if (!db_next(r, &more, err))
			return false;
		if (!more || i == w.limit) {
			if (more)
				str_addf(c->out, "],\"next\":\"%" PRId64 "\"}", last);
			else
				str_addz(c->out, "],\"next\":null}");
			return true;
		}
		str_addz(c->out, i ? "," : "");
		last = db_col_int(r, 0);
		if (!add_row(c, kind->sheet, columns, r, err))
			return false;
	}
}

bool sheet_rest_route(struct call *c, struct err *err)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(256u << 20, 512u << 20);
	const struct import_kind *kind;
	struct import_plan p;
	struct span bytes;
	if (!import_of_call(c, &p, &kind, err))
		return false;
	if (!kind->sheet)
		return not_a_sheet(err);
	struct sheet s = { .kind = kind->sheet, .arena = a, .scope = p.scope };
	if (!sheet_load(c->op, &p, &s, false, 0, err) || !sheet_rest(c->op, &s, c->op->zh, &bytes, err))
		return false;
	str_add(c->out, bytes);
	c->content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
	call_add_header(c, "Content-Disposition", SPAN("attachment; filename=\"rest.xlsx\""));
	return true;
}
