#include <inttypes.h>

#include "resource/sheet_room.h"

enum { NAMES_MAX = 1024, SHAPES_MAX = 500, FIELD_IGNORED = -2 };

/* How one heading is known: what it could be called, and which field that is. */
struct name { struct span key; int field; };

struct finder {
	struct op *op;
	struct sheet *s;
	struct name names[NAMES_MAX], near[NAMES_MAX];
	size_t n_names, n_near;
	json_t *said;                          /* heading to field, of this file */
	json_t *shapes;                        /* shape to mapping, as remembered */
};

/* One way to read the header: row i alone, or together with the next. */
struct candidate {
	struct span headings[SHEET_FILE_COLUMNS_MAX];
	int field_of[SHEET_FILE_COLUMNS_MAX];
	size_t n, rows;
	int fields;                            /* how many were recognised */
	bool complete;                         /* with all that must be there */
	int missing;                           /* the first that is not */
	char shape[HASH_SHA256_HEX + 1];
};

int sheet_column_find(const struct sheet_kind *kind, struct span name)
{
	for (size_t i = 0; i < kind->n_columns; i++)
		if (span_eq_nocase(name, span_of(kind->columns[i].name)))
			return (int)i;
	return -1;
}

struct span sheet_letters(size_t column, struct arena *a)
{
	char text[8];
	size_t at = sizeof text;
	for (column++; column && at; column = (column - 1) / 26)
		text[--at] = (char)('A' + (column - 1) % 26);
	return arena_span(a, (struct span){ text + at, sizeof text - at });
}

static void add_names(struct finder *f, struct name *list, size_t *n, const char *names, int field)
{
	struct span rest = span_of(names ? names : "");
	while (rest.p && rest.n && *n < NAMES_MAX) {
		struct span key = repair_key(span_split(&rest, '|'), f->s->arena);
		if (key.n)
			list[(*n)++] = (struct name){ key, field };
	}
}

static void collect_names(struct finder *f)
{
	const struct sheet_kind *kind = f->s->kind;
	for (size_t i = 0; i < kind->n_columns; i++) {
		const struct sheet_column *c = &kind->columns[i];
		add_names(f, f->names, &f->n_names, c->name, (int)i);
		add_names(f, f->names, &f->n_names, c->zh, (int)i);
		add_names(f, f->names, &f->n_names, c->aliases, (int)i);
		add_names(f, f->near, &f->n_near, c->near, (int)i);
	}
}

/* The text up to the first bracket: "手机号码（必填）". */
static struct span before_bracket(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '(' || span_starts(span_from(s, i), SPAN("（")))
			return (struct span){ s.p, i };
	return s;
}

/* What was said of this heading, in a mapping; -1: nothing. */
static int said_of(const struct finder *f, json_t *mapping, struct span heading, size_t column)
{
	const char *name;
	json_t *to;
	struct span key = repair_key(heading, f->s->arena), letters = sheet_letters(column, f->s->arena);
	json_object_foreach (mapping, name, to) {
		struct span field = json_text(to);
		bool this = span_is(heading, name) ||
			(key.n && span_eq(key, repair_key(span_of(name), f->s->arena))) ||
			span_is(letters, name);
		if (!this)
			continue;
		int at = sheet_column_find(f->s->kind, field);
		return at >= 0 ? at : FIELD_IGNORED;
	}
	return -1;
}

static int by_name(const struct name *list, size_t n, struct span key)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq(list[i].key, key))
			return list[i].field;
	return -1;
}

static bool taken(const struct candidate *c, size_t upto, int field)
{
	for (size_t i = 0; i < upto; i++)
		if (c->field_of[i] == field)
			return true;
	return false;
}

/* By its own name, or by what stands to its left. */
static int recognise(struct finder *f, const struct candidate *c, size_t column, struct span text,
	const char *group)
{
	struct span texts[] = { text, before_bracket(text) };
	const struct sheet_column *columns = f->s->kind->columns;
	for (size_t t = 0; t < COUNT(texts); t++) {
		struct span key = repair_key(texts[t], f->s->arena);
		if (!key.n)
			continue;
		for (size_t i = 0; group && i < f->n_near; i++)
			if (span_eq(f->near[i].key, key) &&
			    strcmp(columns[f->near[i].field].group, group) == 0 &&
				!taken(c, column, f->near[i].field))
				return f->near[i].field;
		int field = by_name(f->names, f->n_names, key);
		if (field >= 0 && !taken(c, column, field))
			return field;
	}
	return -1;
}

static void make_shape(struct candidate *c, struct arena *a)
{
	struct hash_sha256 h;
	unsigned char sum[HASH_SHA256];
	hash_sha256_init(&h);
	for (size_t i = 0; i < c->n; i++) {
		hash_sha256_add(&h, repair_key(c->headings[i], a));
		hash_sha256_add(&h, SPAN("\n"));
	}
	hash_sha256_done(&h, sum);
	hash_hex(sum, sizeof sum, c->shape);
}

static void judge(struct finder *f, struct candidate *c)
{
	const struct sheet_kind *kind = f->s->kind;
	c->complete = true;
	c->missing = -1;
	for (size_t i = 0; i < c->n; i++)
		c->fields += c->field_of[i] >= 0;
	for (size_t i = 0; i < kind->n_columns; i++)
		if ((kind->columns[i].flags & SHEET_REQUIRED) && !taken(c, c->n, (int)i)) {
			c->complete = false;
			c->missing = c->missing < 0 ? (int)i : c->missing;
		}
}

static struct span joined_text(struct span top, struct span bottom, struct arena *a)
{
	if (!bottom.n || span_eq(top, bottom))
		return top;
	return top.n ? arena_printf(a, SPAN_FMT " " SPAN_FMT, SPAN_ARG(top), SPAN_ARG(bottom)) : bottom;
}

static void name_columns(struct finder *f, struct candidate *c, const struct span (*parts)[2])
{
	const char *group = NULL;
	json_t *kept = json_object_get(f->shapes, c->shape);
	for (size_t i = 0; i < c->n; i++) {
		int field = said_of(f, f->said, c->headings[i], i);
		if (field == -1)
			field = said_of(f, kept, c->headings[i], i);
		if (field == -1)
			field = recognise(f, c, i, c->headings[i], group);
		for (int p = 1; field == -1 && c->rows == 2 && p >= 0; p--)
			field = recognise(f, c, i, parts[i][p], group);
		c->field_of[i] = field >= 0 && !taken(c, i, field) ? field : -1;
		if (c->field_of[i] >= 0)
			group = f->s->kind->columns[c->field_of[i]].group;
	}
}

static void try_header(struct finder *f, const struct sheet_held *top, const struct sheet_held *bottom,
	struct candidate *c)
{
	struct arena *a = f->s->arena;
	struct span(*parts)[2] = arena_array(a, SHEET_FILE_COLUMNS_MAX, sizeof *parts), last = SPAN("");
	*c = (struct candidate){ .rows = bottom ? 2 : 1 };
	c->n = top->n > SHEET_FILE_COLUMNS_MAX ? SHEET_FILE_COLUMNS_MAX : top->n;
	if (bottom && bottom->n > c->n)
		c->n = bottom->n > SHEET_FILE_COLUMNS_MAX ? SHEET_FILE_COLUMNS_MAX : bottom->n;
	for (size_t i = 0; i < c->n; i++) {
		struct span over = i < top->n ? top->text[i] : SPAN("");
		struct span under = bottom && i < bottom->n ? bottom->text[i] : SPAN("");
		/* a heading over several columns stands in the first only, unless the file says merged */
		if (bottom && !over.n && under.n)
			over = last;
		else if (over.n)
			last = over;
		parts[i][0] = over;
		parts[i][1] = under;
		c->headings[i] = joined_text(over, under, a);
	}
	while (c->n && !c->headings[c->n - 1].n)
		c->n--;
	make_shape(c, a);
	name_columns(f, c, (const struct span(*)[2])parts);
	judge(f, c);
}

static bool load_shapes(struct finder *f, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	f->shapes = json_object();
	if (!db_query(op_db(f->op),
		    SQL("SELECT shape, mapping FROM import_shapes WHERE kind = ? AND unit_n IN (0, ?)"
			" ORDER BY (unit_n = 0), updated_at DESC LIMIT ?"),
		    V(db_z(f->s->kind->name), db_i(f->s->unit_n), db_i(SHAPES_MAX)), &r, err))
		return false;
	for (;;) {
		bool more;
		json_t *mapping = NULL;
		if (!db_next(r, &more, err))
			return false;
		if (!more)
			return true;
		const char *shape = arena_copy(f->s->arena, db_col_text(r, 0));
		if (!json_object_get(f->shapes, shape) && json_parse(db_col_text(r, 1), 3, &mapping, err))
			json_object_set_new(f->shapes, shape, mapping);
	}
}

static void adopt(struct sheet *s, const struct candidate *c, uint64_t line)
{
	s->headings = arena_array(s->arena, c->n + 1, sizeof *s->headings);
	s->field_of = arena_array(s->arena, c->n + 1, sizeof *s->field_of);
	s->n_headings = c->n;
	s->header_line = line;
	memcpy(s->shape, c->shape, sizeof s->shape);
	for (size_t i = 0; i < s->kind->n_columns; i++)
		s->at[i] = -1;
	for (size_t i = 0; i < c->n; i++) {
		s->headings[i] = c->headings[i];
		s->field_of[i] = c->field_of[i];
		if (c->field_of[i] >= 0)
			s->at[c->field_of[i]] = (int)i;
	}
}

static bool missing(const struct sheet *s, int column, struct err *err)
{
	const struct sheet_column *c = &s->kind->columns[column];
	return err_set(err, ERR_INVALID,
		"没有找到标题行，或标题行缺少“%s”列（%s）；叫法不同时请指明：--map 列名=%s",
		"no header was found, or it has no column %s (%s); if it is called otherwise, say so: --map "
		"NAME=%s",
		c->name, c->zh, c->name);
}

static bool choose(struct finder *f, const struct sheet_held *rows, size_t n, size_t *ret_next,
	struct err *err)
{
	struct candidate *best = ARENA_NEW(f->s->arena, struct candidate);
	struct candidate *c = ARENA_NEW(f->s->arena, struct candidate);
	size_t at = 0;
	/* one row first: two must say more, else a title above counts as a header */
	for (size_t height = 1; height <= 2; height++)
		for (size_t i = 0; i + height <= n; i++) {
			if (!arena_check(f->s->arena, err))
				return false;
			try_header(f, &rows[i], height == 2 ? &rows[i + 1] : NULL, c);
			if (c->complete < best->complete ||
				(c->complete == best->complete && c->fields <= best->fields))
				continue;
			*best = *c;
			at = i;
		}
	if (!best->complete) {
		int column = best->fields ? best->missing : 0;
		for (size_t i = 0; !best->fields && i < f->s->kind->n_columns; i++)
			if (f->s->kind->columns[i].flags & SHEET_REQUIRED) {
				column = (int)i;
				break;
			}
		return missing(f->s, column, err);
	}
	adopt(f->s, best, rows[at].line);
	*ret_next = at + best->rows;
	return true;
}

bool sheet_find_header(
	struct op *op, struct sheet *s, const struct sheet_held *rows, size_t n, size_t *ret_next,
	struct err *err)
{
	struct finder *f = ARENA_NEW(s->arena, struct finder);
	f->op = op;
	f->s = s;
	f->said = json_object_get(s->options, "mapping");
	collect_names(f);
	bool ok = load_shapes(f, err) && choose(f, rows, n, ret_next, err);
	json_free(&f->shapes);
	return ok;
}

bool sheet_remember(struct op *op, const struct sheet *s, struct err *err)
{
	struct str out = STR_IN(op->arena, 1 << 20);
	const json_t *said = json_object_get(s->options, "mapping");
	if (!json_is_object(said) || json_object_size(said) == 0)
		return true;
	return json_write(said, &out, err) &&
		db_exec(op_db(op),
			SQL("INSERT INTO import_shapes (kind, shape, unit_n, mapping, updated_at)"
			    " VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, shape, unit_n)"
			    " DO UPDATE SET mapping = excluded.mapping, updated_at = excluded.updated_at"),
			V(db_z(s->kind->name), db_z(s->shape), db_i(s->unit_n), db_t(str_span(&out)),
				db_i(op_now(op))),
			err);
}
