/* Records for programs (JSON), for spreadsheets (CSV) and for people (cells). */
#include <stdio.h>

#include "codec/csv.h"
#include "resource/internal.h"

static bool wanted(uint64_t fields, size_t i)
{
	return fields == 0 || (fields & UINT64_C(1) << i);
}

static void add_name(struct str *out, const char *name)
{
	str_addz(out, ",\"");
	str_addz(out, name);
	str_addz(out, "\":");
}

static void add_text_or_null(struct str *out, struct span s)
{
	if (s.p)
		str_add_json(out, s);
	else
		str_addz(out, "null");
}

static void add_time(struct str *out, struct db_value v)
{
	char text[TIME_TEXT];
	if (v.type == DB_NULL) {
		str_addz(out, "null");
		return;
	}
	str_addc(out, '"');
	str_addz(out, time_format(v.i, text));
	str_addc(out, '"');
}

static void add_field(struct str *out, const struct record *rec, size_t i)
{
	const struct field *f = &rec->resource->fields[i];
	struct db_value v = rec->values[i];
	add_name(out, f->name);
	switch (f->kind) {
	case FIELD_INT:
		if (v.type == DB_NULL)
			str_addz(out, "null");
		else
			str_add_int(out, v.i);
		break;
	case FIELD_BOOL:
		str_addz(out, v.i ? "true" : "false");
		break;
	case FIELD_TIME:
		add_time(out, v);
		break;
	case FIELD_REF:
		add_text_or_null(out, rec->ref_ids[i]);
		if (resource_find(span_of(f->ref))->label) {
			str_addz(out, ",\"");
			str_add(out, (struct span){ f->name, strlen(f->name) - 3 });
			str_addz(out, "_name\":");
			add_text_or_null(out, rec->ref_names[i]);
		}
		break;
	case FIELD_JSON:
		str_add(out, v.s.n ? v.s : SPAN("null"));
		break;
	case FIELD_DATE:
		add_text_or_null(out, v.s.n ? v.s : (struct span){ NULL, 0 });
		break;
	case FIELD_TEXT:
	case FIELD_LONG:
	case FIELD_ENUM:
		add_text_or_null(out, v.s);
		break;
	}
}

bool record_json(struct op *op, const struct record *rec, uint64_t fields, bool single, struct str *out,
	struct err *err)
{
	const struct resource *r = rec->resource;
	str_addz(out, "{\"id\":");
	str_add_json(out, rec->id);
	add_name(out, "version");
	str_add_int(out, rec->version);
	add_name(out, "created_at");
	add_time(out, db_i(rec->created_at));
	add_name(out, "updated_at");
	add_time(out, db_i(rec->updated_at));
	if (r->life) {
		add_name(out, "state");
		str_add_json(out, rec->state);
	}
	for (size_t i = 0; i < r->n_fields; i++)
		if (wanted(fields, i))
			add_field(out, rec, i);
	if (r->show && fields == 0 && !r->show(op, rec, single, out, err))
		return false;
	str_addc(out, '}');
	return str_check(out, err) && arena_check(op->arena, err);
}

struct span record_cell(struct op *op, const struct record *rec, size_t i)
{
	const struct field *f = &rec->resource->fields[i];
	struct db_value v = rec->values[i];
	char text[TIME_TEXT];
	if (v.type == DB_NULL)
		return SPAN("");
	switch (f->kind) {
	case FIELD_INT:
		return arena_printf(op->arena, "%lld", (long long)v.i);
	case FIELD_BOOL:
		return v.i ? (op->zh ? SPAN("是") : SPAN("yes")) : (op->zh ? SPAN("否") : SPAN("no"));
	case FIELD_TIME:
		return arena_span(op->arena, span_of(time_format(v.i, text)));
	case FIELD_REF:
		return rec->ref_names[i].p ? rec->ref_names[i] : rec->ref_ids[i].p ? rec->ref_ids[i]
			: SPAN("");
	case FIELD_TEXT:
	case FIELD_LONG:
	case FIELD_DATE:
	case FIELD_ENUM:
	case FIELD_JSON:
		break;
	}
	return v.s.p ? v.s : SPAN("");
}

/* The columns of a CSV: id, state, then the wanted fields. */
static size_t csv_cells(struct op *op, const struct resource *r, const struct record *rec, uint64_t fields,
			struct span cells[FIELDS_MAX + 2])
{
	size_t n = 0;
	cells[n++] = rec ? rec->id : SPAN("id");
	if (r->life)
		cells[n++] = rec ? rec->state : SPAN("state");
	for (size_t i = 0; i < r->n_fields; i++)
		if (wanted(fields, i))
			cells[n++] = rec ? record_cell(op, rec, i) : span_of(r->fields[i].name);
	return n;
}

bool record_csv_header(struct op *op, const struct resource *r, uint64_t fields, struct str *out,
	struct err *err)
{
	struct span cells[FIELDS_MAX + 2];
	csv_write_start(out);
	csv_write(out, cells, csv_cells(op, r, NULL, fields, cells));
	return str_check(out, err);
}

bool record_csv(struct op *op, const struct record *rec, uint64_t fields, struct str *out, struct err *err)
{
	struct span cells[FIELDS_MAX + 2];
	csv_write(out, cells, csv_cells(op, rec->resource, rec, fields, cells));
	return str_check(out, err);
}
