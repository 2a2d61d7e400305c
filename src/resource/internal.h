#pragma once
/* Shared by the files of this room only. */
#include "resource/resource.h"

enum { FIELDS_MAX = 60, CURSOR_MAX = 2048 };

/* The column of a field: its name, and x_n for a reference x_id. */
const char *field_column(const struct field *f, char buffer[64]);
const struct field *resource_field(const struct resource *r, struct span name);
size_t field_index(const struct resource *r, const struct field *f);
/* created_at, updated_at, state as if they were in the table. */
const struct field *field_implied(const struct resource *r, struct span name);
/* SQL of a field's value over alias t. */
void sql_field(struct sql *q, const struct field *f);
/* "SELECT … FROM "; columns in the order that record_read() expects; the table must stand under alias t. */
void sql_select(struct sql *q, const struct resource *r);
/* " LEFT JOIN …" for each reference. */
void sql_joins(struct sql *q, const struct resource *r);
void record_read(const struct resource *r, const struct db_rows *rows, struct arena *a, struct record *ret);
int64_t record_unit(const struct record *rec);
/* " AND … " for every filter of the query, its search and the fixed WHERE; not scope, not cursor.  narrow: as
 * actor_scope_of() said, filters keep their hands off indexes. */
bool sql_filters(struct op *op, const struct resource *r, const struct query *q, bool narrow, struct sql *sql,
		 struct err *err);
/* The ranges of RANGED fields that a query has, by themselves; false if it has none. */
bool query_ranges(const struct query *q, struct query *ret_ranges, struct query *ret_rest);
/* " AND (…)" for what is veiled from the actor; nothing where nothing is. */
bool sql_veil(struct op *op, const struct resource *r, struct sql *sql, struct err *err);
/* The body of a verb: names, types, lengths; every wrong one is noted. */
bool args_check(struct op *op, const struct resource *r, const json_t *args, struct err *err);
/* The body of an ordinary route: what its schema knows is of the type it says; other names are left alone. */
bool args_check_body(struct op *op, const char *body_schema, const json_t *body, struct err *err);
/* What a field holds when nobody has said anything, or null. */
struct db_value field_default(const struct field *f);
/* A JSON value as the value of a field; checks kind, bounds and references. */
bool field_parse(struct op *op, const struct field *f, const json_t *in, struct db_value *ret,
	struct err *err);
/* Writes what SEARCH fields say to the search text; nothing for resources without any. */
bool record_index(struct op *op, const struct record *rec, struct err *err);
bool record_log(struct op *op, const struct record *before, const struct record *after, const char *verb,
	struct err *err);
