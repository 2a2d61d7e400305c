/* The rows that did not go in, given back as they came, with a last column that says why. */
#include "codec/workbook.h"
#include "resource/sheet_room.h"

enum { CELL_TEXT_MAX = 30000 };

static struct span what_is_wrong(const struct sheet *s, const struct sheet_row *row, bool zh)
{
	struct str out = STR_IN(s->arena, CELL_TEXT_MAX);
	for (size_t i = 0; i < row->faults.n; i++) {
		const struct sheet_fault *f = &row->faults.p[i];
		const struct sheet_column *c = f->column < 0 ? NULL : &s->kind->columns[f->column];
		if (f->mark == REPAIR_REPAIRED)
			continue;
		str_addz(&out, out.n ? (zh ? "；" : "; ") : "");
		if (c)
			str_addf(&out, zh ? "%s：" : "%s: ", zh ? c->zh : c->en);
		str_add(&out, zh ? f->zh : f->en);
	}
	return out.n ? str_span(&out) : SPAN("");
}

/* The place of a row in the workbook, and how many cells were marked so far. */
struct place { size_t row, marks; bool zh; };

static bool mark_row(struct workbook *w, const struct sheet *s, const struct sheet_row *row, struct place *at,
	struct err *err)
{
	for (size_t i = 0; i < row->faults.n && at->marks < WORKBOOK_MARKS_MAX; i++) {
		const struct sheet_fault *f = &row->faults.p[i];
		int column = f->column < 0 ? -1 : s->at[f->column];
		if (f->mark == REPAIR_REPAIRED || column < 0)
			continue;
		struct span note = at->zh ? f->zh : f->en;
		if (f->proposal.p)
			note = arena_printf(s->arena,
				at->zh ? SPAN_FMT "\n建议：" SPAN_FMT : SPAN_FMT "\nproposed: " SPAN_FMT,
				SPAN_ARG(note), SPAN_ARG(f->proposal));
		at->marks++;
		if (!workbook_mark(w, at->row, (size_t)column, note, err))
			return false;
	}
	return true;
}

bool sheet_rest(struct op *op, const struct sheet *s, bool zh, struct span *ret, struct err *err)
{
	CLEANUP(workbook_free_p) struct workbook *w = NULL;
	char folder[4096];
	struct span *line = arena_array(s->arena, s->n_headings + 1, sizeof *line);
	int n = snprintf(folder, sizeof folder, "%s/store", store_folder(op->store));
	if (n < 0 || (size_t)n >= sizeof folder)
		return err_set(err, ERR_INVALID, "数据目录路径过长", "the path of the data folder is too long");
	if (!workbook_new(folder, &w, err) || !workbook_sheet(w, zh ? SPAN("未导入") : SPAN("rest"), err))
		return false;
	for (size_t i = 0; i < s->n_headings; i++)
		line[i] = s->headings[i];
	line[s->n_headings] = zh ? SPAN("未导入的原因") : SPAN("why not");
	if (!workbook_header(w, line, s->n_headings + 1, err))
		return false;
	struct place at = { .row = 1, .zh = zh };
	for (size_t r = 0; r < s->rows.n; r++) {
		const struct sheet_row *row = &s->rows.p[r];
		if (row->action != SHEET_REFUSED && row->action != SHEET_ASKED)
			continue;
		for (size_t i = 0; i < s->n_headings; i++)
			line[i] = i < row->n_cells ? row->cells[i] : SPAN("");
		line[s->n_headings] = what_is_wrong(s, row, zh);
		if (!workbook_row(w, line, s->n_headings + 1, err) || !mark_row(w, s, row, &at, err))
			return false;
		at.row++;
	}
	return workbook_finish(w, s->arena, ret, err);
}
