/* What rows of a plan may still say once they went in: no word about a person. */
#include "resource/sheet_room.h"

enum { BATCH = 500, TEXT_MAX = 4 << 20 };

static bool is_personal(const struct sheet_kind *kind, struct span name)
{
	int at = sheet_column_find(kind, name);
	return at < 0 || (kind->columns[at].flags & SHEET_PERSONAL);
}

/* Only cells of columns that are known, and known not to be personal, stay. */
static void redact_cells(const struct sheet_kind *kind, const json_t *columns, json_t *cells)
{
	for (size_t i = 0; i < json_array_size(cells); i++)
		if (is_personal(kind, json_get_text(json_array_get(columns, i), "field")))
			json_array_set_new(cells, i, json_string(""));
}

static void redact_values(const struct sheet_kind *kind, json_t *values)
{
	for (size_t i = 0; i < kind->n_columns; i++)
		if (kind->columns[i].flags & SHEET_PERSONAL)
			json_object_del(values, kind->columns[i].name);
}

static void redact_faults(const struct sheet_kind *kind, json_t *faults)
{
	for (size_t i = json_array_size(faults); i > 0; i--)
		if (is_personal(kind, json_get_text(json_array_get(faults, i - 1), "column")))
			json_array_remove(faults, i - 1);
}

struct kept_row { int64_t ordinal; struct span cells, values, faults; };

static bool write_json(struct op *op, const json_t *j, struct span *ret, struct err *err)
{
	struct str out = STR_IN(op->arena, TEXT_MAX);
	if (!json_write(j, &out, err))
		return false;
	*ret = str_span(&out);
	return true;
}

static bool redact(struct op *op, const struct sheet_kind *kind, const json_t *columns,
	const struct db_rows *r, struct kept_row *ret, struct err *err)
{
	CLEANUP(json_free) json_t *cells = NULL;
	CLEANUP(json_free) json_t *values = NULL;
	CLEANUP(json_free) json_t *faults = NULL;
	if (!json_parse(db_col_text(r, 1), 2, &cells, err) ||
	    !json_parse(db_col_text(r, 2), 2, &values, err) ||
		!json_parse(db_col_text(r, 3), 3, &faults, err))
		return false;
	redact_cells(kind, columns, cells);
	redact_values(kind, values);
	redact_faults(kind, faults);
	ret->ordinal = db_col_int(r, 0);
	return write_json(op, cells, &ret->cells, err) && write_json(op, values, &ret->values, err) &&
		write_json(op, faults, &ret->faults, err);
}

static bool read_rows(struct op *op, const struct import_plan *p, int64_t after, struct kept_row *rows,
	size_t *ret_n, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	CLEANUP(json_free) json_t *columns = NULL;
	const struct sheet_kind *kind = import_kind_find(p->kind)->sheet;
	struct span text;
	if (!db_text(op_db(op), SQL("SELECT columns FROM import_plans WHERE n = ?"), V(db_i(p->n)), op->arena,
		    &text, err) ||
		!json_parse(text, 4, &columns, err) ||
		!db_query(op_db(op),
			SQL("SELECT ordinal, cells, vals, faults FROM import_sheet_rows WHERE plan_n = ? AND"
			    " ordinal > ? AND action IN ('new', 'changed', 'unchanged') ORDER BY ordinal "
			    "LIMIT ?"),
			V(db_i(p->n), db_i(after), db_i(BATCH)), &r, err))
		return false;
	for (*ret_n = 0;; ++*ret_n) {
		bool more;
		if (!db_next(r, &more, err))
			return false;
		if (!more)
			return true;
		if (!redact(op, kind, columns, r, &rows[*ret_n], err))
			return false;
	}
}

bool sheet_redact(struct op *op, const struct import_plan *p, int64_t *at, struct err *err)
{
	struct kept_row *rows = arena_array(op->arena, BATCH + 1, sizeof *rows);
	size_t n;
	if (!read_rows(op, p, *at, rows, &n, err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!db_exec(op_db(op),
			    SQL("UPDATE import_sheet_rows SET cells = ?, vals = ?, faults = ?, data = ''"
				" WHERE plan_n = ? AND ordinal = ?"),
			    V(db_t(rows[i].cells), db_t(rows[i].values), db_t(rows[i].faults), db_i(p->n),
				    db_i(rows[i].ordinal)),
			    err))
			return false;
	*at = n ? rows[n - 1].ordinal : 0;
	return true;
}
