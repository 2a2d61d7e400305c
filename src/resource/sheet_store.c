#include <inttypes.h>

#include "resource/sheet_room.h"

enum { ROWS_BATCH = 500, ROW_TEXT_MAX = 4 << 20 };

/* ---- writing ---- */

static struct span cells_json(const struct sheet_row *row, struct arena *a)
{
	struct str out = STR_IN(a, ROW_TEXT_MAX);
	str_addc(&out, '[');
	for (size_t i = 0; i < row->n_cells; i++) {
		str_addz(&out, i ? "," : "");
		str_add_json(&out, row->cells[i]);
	}
	str_addc(&out, ']');
	return str_span(&out);
}

static struct span values_json(const struct sheet *s, const struct sheet_row *row, struct arena *a)
{
	struct str out = STR_IN(a, ROW_TEXT_MAX);
	str_addc(&out, '{');
	for (size_t i = 0; i < s->kind->n_columns; i++) {
		if (!row->value[i].p)
			continue;
		str_addf(&out, "%s\"%s\":", out.n > 1 ? "," : "", s->kind->columns[i].name);
		str_add_json(&out, row->value[i]);
	}
	str_addc(&out, '}');
	return str_span(&out);
}

static void fault_json(const struct sheet *s, const struct sheet_fault *f, struct str *out)
{
	str_addf(out, "{\"column\":\"%s\",\"mark\":\"%s\",\"zh\":",
		f->column < 0 ? "" : s->kind->columns[f->column].name, repair_marks[f->mark]);
	str_add_json(out, f->zh);
	str_addz(out, ",\"en\":");
	str_add_json(out, f->en);
	if (f->proposal.p) {
		str_addz(out, ",\"proposal\":");
		str_add_json(out, f->proposal);
	}
	str_addc(out, '}');
}

static struct span faults_json(const struct sheet *s, const struct sheet_row *row, struct arena *a)
{
	struct str out = STR_IN(a, ROW_TEXT_MAX);
	str_addc(&out, '[');
	for (size_t i = 0; i < row->faults.n; i++) {
		str_addz(&out, i ? "," : "");
		fault_json(s, &row->faults.p[i], &out);
	}
	str_addc(&out, ']');
	return str_span(&out);
}

static const char *gravest(const struct sheet_row *row)
{
	static const enum repair_mark order[] =
		{ REPAIR_FAULT, REPAIR_PROPOSED, REPAIR_QUESTION, REPAIR_REPAIRED };
	for (size_t o = 0; o < COUNT(order); o++)
		for (size_t i = 0; i < row->faults.n; i++)
			if (row->faults.p[i].mark == order[o])
				return repair_marks[order[o]];
	return "";
}

struct row_text { struct span cells, values, faults; };

static bool add_row(struct op *op, const struct import_plan *p, const struct sheet_row *row,
	const struct row_text *text, int64_t ordinal, struct err *err)
{
	return db_exec(op_db(op),
		SQL("INSERT INTO import_sheet_rows (plan_n, ordinal, line, action, mark, target_n, cells, "
		"vals, faults,"
		    " decision, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
		V(db_i(p->n), db_i(ordinal), db_i((int64_t)row->line), db_z(sheet_actions[row->action]),
			db_z(gravest(row)), db_i(row->target_n), db_t(text->cells), db_t(text->values),
			db_t(text->faults), db_t(row->decision.p ? row->decision : SPAN("")),
			db_t(row->data.p ? row->data : SPAN(""))),
		err);
}

/* Texts are made before the transaction begins; of long rows fewer come together.  *ret_to: behind the
 * last. */
static bool add_batch(struct op *op, const struct import_plan *p, const struct sheet *s, size_t from,
	size_t *ret_to, struct err *err)
{
	size_t n = s->rows.n - from < ROWS_BATCH ? s->rows.n - from : ROWS_BATCH, to = from;
	CLEANUP(arena_free_p) struct arena *a = arena_new(128u << 20, 512u << 20);
	struct row_text *texts = arena_array(a, n, sizeof *texts);
	for (; to < from + n && !arena_over(a); to++)
		texts[to - from] = (struct row_text){ cells_json(&s->rows.p[to], a),
			values_json(s, &s->rows.p[to], a),
			faults_json(s, &s->rows.p[to], a) };
	if (!op_begin(op, err))
		return false;
	bool ok = true;
	for (size_t i = from; ok && i < to; i++)
		ok = add_row(op, p, &s->rows.p[i], &texts[i - from], (int64_t)i + 1, err);
	ok = ok && op_commit(op, err);
	if (!ok)
		op_rollback(op);
	*ret_to = to;
	return ok;
}

bool sheet_refuse(struct op *op, const struct import_plan *p, struct sheet *s, struct sheet_row *row,
	const struct err *why, struct err *err)
{
	bool fresh = row->action == SHEET_NEW;
	sheet_fault(s, row, -1, why);
	row->action = SHEET_REFUSED;
	return db_exec(op_db(op),
		       SQL("UPDATE import_sheet_rows SET action = ?, mark = ?, faults = ? WHERE plan_n = ? "
		       "AND"
			   " ordinal = ?"),
		       V(db_z(sheet_actions[SHEET_REFUSED]), db_z(gravest(row)),
			       db_t(faults_json(s, row, op->arena)), db_i(p->n), db_i(row->ordinal)),
		       err) &&
		db_exec(op_db(op),
			SQL("UPDATE import_plans SET rows_refused = rows_refused + 1, rows_new = rows_new - "
			"?,"
			    " rows_changed = rows_changed - ? WHERE n = ?"),
			V(db_i(fresh), db_i(!fresh), db_i(p->n)), err);
}

void sheet_problems_json(const struct sheet *s, struct str *out)
{
	size_t shown = 0;
	str_addc(out, '[');
	for (size_t i = 0; i < s->rows.n && shown < IMPORT_PROBLEMS_SHOWN; i++) {
		const struct sheet_row *row = &s->rows.p[i];
		for (size_t k = 0; k < row->faults.n && shown < IMPORT_PROBLEMS_SHOWN; k++) {
			const struct sheet_fault *f = &row->faults.p[k];
			if (f->mark == REPAIR_REPAIRED)
				continue;
			str_addf(out, "%s{\"line\":%" PRIu64 ",\"column\":\"%s\",\"zh\":", shown++ ? "," : "",
				row->line,
				f->column < 0 ? "" : s->kind->columns[f->column].name);
			str_add_json(out, f->zh);
			str_addz(out, ",\"en\":");
			str_add_json(out, f->en);
			str_addc(out, '}');
		}
	}
	str_addc(out, ']');
}

static struct span columns_json(const struct sheet *s, struct arena *a)
{
	struct str out = STR_IN(a, 1 << 20);
	str_addc(&out, '[');
	for (size_t i = 0; i < s->n_headings; i++) {
		struct span letters = sheet_letters(i, a);
		str_addf(&out, "%s{\"at\":\"" SPAN_FMT "\",\"name\":", i ? "," : "", SPAN_ARG(letters));
		str_add_json(&out, s->headings[i]);
		if (s->field_of[i] >= 0)
			str_addf(&out, ",\"field\":\"%s\"", s->kind->columns[s->field_of[i]].name);
		str_addc(&out, '}');
	}
	str_addc(&out, ']');
	return str_span(&out);
}

static bool keep_columns(struct op *op, const struct import_plan *p, const struct sheet *s, struct err *err)
{
	struct span columns = columns_json(s, s->arena);
	if (!op_begin(op, err))
		return false;
	bool ok = db_exec(op_db(op), SQL("UPDATE import_plans SET columns = ?, applied = 0 WHERE n = ?"),
			  V(db_t(columns), db_i(p->n)), err) &&
		sheet_remember(op, s, err) && op_commit(op, err);
	if (!ok)
		op_rollback(op);
	return ok;
}

bool sheet_store(struct op *op, struct import_plan *p, struct sheet *s, const char *state, struct err *err)
{
	struct str problems = STR_IN(s->arena, 1 << 20);
	sheet_problems_json(s, &problems);
	if (!str_check(&problems, err) || !keep_columns(op, p, s, err))
		return false;
	for (size_t i = 0; i < s->rows.n;)
		if (!add_batch(op, p, s, i, &i, err))
			return false;
	p->hosts = (int64_t)s->rows.n;
	p->applied = 0;
	p->counts = s->counts;
	if (!plan_finish(op, p, str_span(&problems), state, err))
		return false;
	p->state = span_of(state);
	return true;
}

/* ---- reading back ---- */

static bool take_headings(struct sheet *s, struct span text, struct err *err)
{
	CLEANUP(json_free) json_t *list = NULL;
	if (!json_parse(text, 4, &list, err))
		return false;
	size_t n = json_array_size(list);
	s->headings = arena_array(s->arena, n + 1, sizeof *s->headings);
	s->field_of = arena_array(s->arena, n + 1, sizeof *s->field_of);
	s->n_headings = n;
	for (size_t i = 0; i < s->kind->n_columns; i++)
		s->at[i] = -1;
	for (size_t i = 0; i < n; i++) {
		const json_t *one = json_array_get(list, i);
		s->headings[i] = arena_span(s->arena, json_get_text(one, "name"));
		s->field_of[i] = sheet_column_find(s->kind, json_get_text(one, "field"));
		if (s->field_of[i] >= 0)
			s->at[s->field_of[i]] = (int)i;
	}
	return true;
}

static bool take_cells(struct sheet *s, struct sheet_row *row, struct span text, struct err *err)
{
	CLEANUP(json_free) json_t *list = NULL;
	if (!json_parse(text, 2, &list, err))
		return false;
	row->n_cells = json_array_size(list);
	row->cells = arena_array(s->arena, row->n_cells + 1, sizeof *row->cells);
	for (size_t i = 0; i < row->n_cells; i++)
		row->cells[i] = arena_span(s->arena, json_text(json_array_get(list, i)));
	return true;
}

static bool take_values(struct sheet *s, struct sheet_row *row, struct span text, struct err *err)
{
	CLEANUP(json_free) json_t *values = NULL;
	if (!json_parse(text, 2, &values, err))
		return false;
	row->value = arena_array(s->arena, s->kind->n_columns, sizeof *row->value);
	for (size_t i = 0; i < s->kind->n_columns; i++) {
		struct span v = json_get_text(values, s->kind->columns[i].name);
		if (v.p)
			row->value[i] = arena_span(s->arena, v);
	}
	return true;
}

static enum repair_mark mark_of(struct span name)
{
	for (int i = 0; repair_marks[i]; i++)
		if (span_is(name, repair_marks[i]))
			return (enum repair_mark)i;
	return REPAIR_NONE;
}

static bool take_faults(struct sheet *s, struct sheet_row *row, struct span text, struct err *err)
{
	CLEANUP(json_free) json_t *list = NULL;
	row->faults.arena = s->arena;
	if (!json_parse(text, 3, &list, err))
		return false;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		struct span proposal = json_get_text(one, "proposal");
		vec_push(&row->faults, (struct sheet_fault){
			.column = sheet_column_find(s->kind, json_get_text(one, "column")),
			.mark = mark_of(json_get_text(one, "mark")),
			.zh = arena_span(s->arena, json_get_text(one, "zh")),
			.en = arena_span(s->arena, json_get_text(one, "en")),
			.proposal = proposal.p ? arena_span(s->arena, proposal) : proposal });
	}
	return true;
}

static bool take_row(struct sheet *s, const struct db_rows *r, struct err *err)
{
	struct sheet_row row = { .line = (uint64_t)db_col_int(r, 1),
		.target_n = db_col_int(r, 3),
		.decision = arena_span(s->arena, db_col_text(r, 7)),
		.data = arena_span(s->arena, db_col_text(r, 8)),
		.ordinal = db_col_int(r, 0) };
	for (int i = 0; sheet_actions[i]; i++)
		if (span_is(db_col_text(r, 2), sheet_actions[i]))
			row.action = (enum sheet_action)i;
	if (!take_cells(s, &row, db_col_text(r, 4), err) || !take_values(s, &row, db_col_text(r, 5), err) ||
		!take_faults(s, &row, db_col_text(r, 6), err))
		return false;
	vec_push(&s->rows, row);
	return arena_check(s->arena, err);
}

bool sheet_load(
	struct op *op, const struct import_plan *p, struct sheet *s, bool going_in, int64_t after,
	struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct span columns;
	s->rows.arena = s->arena;
	if (!db_text(op_db(op), SQL("SELECT columns FROM import_plans WHERE n = ?"), V(db_i(p->n)), s->arena,
	    &columns,
		    err) ||
		!take_headings(s, columns, err))
		return false;
	const char *one = going_in ? "new" : "refused", *two = going_in ? "changed" : "question";
	if (!db_query(op_db(op),
		    SQL("SELECT ordinal, line, action, target_n, cells, vals, faults, decision, data"
			" FROM import_sheet_rows WHERE plan_n = ? AND ordinal > ? AND action IN (?, ?) ORDER "
			"BY ordinal"),
		    V(db_i(p->n), db_i(after), db_z(one), db_z(two)), &r, err))
		return false;
	for (;;) {
		bool more;
		if (!db_next(r, &more, err))
			return false;
		if (!more)
			return true;
		if (!take_row(s, r, err) || !arena_check(s->arena, err))
			return false;
	}
}

bool sheet_drop(struct op *op, int64_t plan_n, bool *ret_more, struct err *err)
{
	if (!db_exec(op_db(op),
		    SQL("DELETE FROM import_sheet_rows WHERE plan_n = ? AND ordinal <="
			" (SELECT MIN(ordinal) + 1000 FROM import_sheet_rows WHERE plan_n = ?)"),
		    V(db_i(plan_n), db_i(plan_n)), err))
		return false;
	*ret_more = db_changes(op_db(op)) > 0;
	return true;
}
