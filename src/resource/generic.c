#include "resource/generic.h"

#include <inttypes.h>

#include "resource/internal.h"
#include "resource/screen.h"

enum { OUT_MAX = 16 * 1024 * 1024, CELL_MAX = 36 };

static void print(FILE *out, struct span s)
{
	fwrite(s.p ? s.p : "", 1, s.n, out);
}

static bool print_json(struct command_call *c, const struct record *rec, uint64_t fields, bool single,
	struct err *err)
{
	struct str out = STR_IN(c->op->arena, OUT_MAX);
	if (!record_json(c->op, rec, fields, single, &out, err))
		return false;
	print(c->out, str_span(&out));
	fputc('\n', c->out);
	return true;
}

/* ---- tables for people --------------------------------------------------------------------------------- */

static struct span short_cell(struct op *op, struct span s)
{
	size_t width = 0;
	struct span rest = s;
	while (rest.n && width <= CELL_MAX) {
		struct span before = rest;
		utf8_next(&rest);
		width += utf8_width((struct span){ before.p, before.n - rest.n });
	}
	return rest.n == 0 ? s : arena_printf(op->arena, "%.*s…", (int)(s.n - rest.n), s.p);
}

static struct span column_cell(struct op *op, const struct resource *r, const struct record *rec, int column)
{
	if (column == -2)
		return rec ? rec->id : SPAN("id");
	if (column == -1)
		return rec ? word_of(r, rec->state, op->zh) : op->zh ? SPAN("状态") : SPAN("state");
	return rec ? short_cell(op, screen_cell(op, rec, (size_t)column)) : field_label(&r->fields[column],
		op->zh);
}

static void print_table(struct command_call *c, const struct resource *r, const struct page *page)
{
	int columns[FIELDS_MAX + 2];
	size_t n = 0;
	columns[n++] = -2;
	if (r->life)
		columns[n++] = -1;
	for (size_t i = 0; i < r->n_fields; i++)
		if (r->fields[i].flags & LIST)
			columns[n++] = (int)i;
	size_t width[FIELDS_MAX + 2] = { 0 };
	for (size_t row = 0; row <= page->n; row++) {
		for (size_t i = 0; i < n; i++) {
			size_t w = utf8_width(column_cell(c->op, r, row ? &page->rows[row - 1] : NULL,
				columns[i]));
			width[i] = w > width[i] ? w : width[i];
		}
	}
	for (size_t row = 0; row <= page->n; row++) {
		for (size_t i = 0; i < n; i++) {
			struct span cell = column_cell(c->op, r, row ? &page->rows[row - 1] : NULL,
				columns[i]);
			print(c->out, cell);
			if (i + 1 < n)
				fprintf(c->out, "%*s", (int)(width[i] - utf8_width(cell) + 2), "");
		}
		fputc('\n', c->out);
	}
}

/* ---- options to members -------------------------------------------------------------------------------- */

static bool is_ours(const char *option)
{
	static const char *const ours[] = { "data", "json", "csv", "all", "lang", "if-version" };
	for (size_t i = 0; i < COUNT(ours); i++)
		if (strcmp(option, ours[i]) == 0)
			return true;
	return false;
}

static void member_name(const char *option, char name[64])
{
	size_t n = 0;
	for (; n < 63 && option[n]; n++)
		name[n] = option[n] == '-' ? '_' : option[n];
	name[n] = '\0';
}

/* --unit stands for unit_id where that is the field. */
static const struct field *option_field(const struct resource *r, char name[64])
{
	const struct field *f = resource_field(r, span_of(name));
	size_t n = strlen(name);
	if (f || n > 60)
		return f;
	memcpy(name + n, "_id", 4);
	f = resource_field(r, span_of(name));
	if (!f)
		name[n] = '\0';
	return f;
}

static bool members(const struct command_call *c, const struct resource *r, json_t *object, struct err *err)
{
	for (size_t i = 0; i < c->n_options; i++) {
		char name[64];
		if (is_ours(c->options[i].name))
			continue;
		member_name(c->options[i].name, name);
		const struct field *f = option_field(r, name);
		if (f && f->expr)        /* computed: what has its name is a verb's own argument */
			f = NULL;
		struct span text = c->options[i].n ? c->options[i].values[0] : SPAN("true");
		json_t *value = NULL;
		bool structured = text.n && (text.p[0] == '{' || text.p[0] == '[');
		if (!f && (c->options[i].n == 0 || span_is(text, "true") || span_is(text, "false")))
			value = json_boolean(!span_is(text, "false"));
		else if (f)
			value = field_from_text(f, text, err);
		else if (structured)
			(void)!json_parse(text, 0, &value, err);
		else
			value = json_of_span(text);
		if (!value)
			return false;
		json_object_set_new(object, name, value);
	}
	return true;
}

static bool verb_needs(const struct resource *r, struct span verb, unsigned need)
{
	for (size_t i = 0; r->life && i < r->life->n_rows; i++)
		if (span_is(verb, r->life->rows[i].verb) && (r->life->rows[i].needs & need))
			return true;
	return false;
}

/* --channel phone --person 王工 [--at …] says on whose word a verb is recorded, unless they are the verb's own
 * arguments. */
static void fold_behalf(const struct resource *r, struct span verb, json_t *in)
{
	static const char *const parts[] = { "channel", "person", "at" };
	if (!r->life || span_is(verb, "add") || span_is(verb, "set") || verb_needs(r, verb, NEED_CHANNEL) ||
	    (!json_object_get(in, "channel") && !json_object_get(in, "person")) ||
	    json_object_get(in, "on_behalf"))
		return;
	json_t *behalf = json_object();
	for (size_t i = 0; i < COUNT(parts); i++) {
		json_t *value = json_object_get(in, parts[i]);
		if (value)
			json_object_set(behalf, parts[i], value);
		json_object_del(in, parts[i]);
	}
	json_object_set_new(in, "on_behalf", behalf);
}

static bool filters(struct command_call *c, const struct resource *r, struct query *q, struct err *err)
{
	struct query_pair *pairs = arena_array(c->op->arena, c->n_options + 1, sizeof *pairs);
	size_t n = 0;
	for (size_t i = 0; i < c->n_options; i++) {
		char name[64];
		if (is_ours(c->options[i].name))
			continue;
		member_name(c->options[i].name, name);
		option_field(r, name);
		pairs[n].name = arena_span(c->op->arena, span_of(name));
		pairs[n++].value = c->options[i].n ? c->options[i].values[0] : SPAN("true");
	}
	if (!query_parse(r, pairs, n, c->op->arena, q, err))
		return false;
	/* A mistyped unit would find nothing and look like good news.  By HTTP it may also be one that is not
	 * theirs to see. */
	for (size_t i = 0; i < q->n_filters; i++) {
		const struct field *f = q->filters[i].field;
		int64_t key;
		if (f->kind == FIELD_REF && (q->filters[i].op == QUERY_EQ ||
		    q->filters[i].op == QUERY_UNDER || q->filters[i].op == QUERY_DIRECT) &&
		    !resource_resolve(c->op, resource_find(span_of(f->ref)), q->filters[i].values[0].s, &key,
		    err))
			return false;
	}
	return true;
}

/* ---- the verbs ----------------------------------------------------------------------------------------- */

static bool print_page(struct command_call *c, const struct resource *r, const struct query *q,
	const struct page *page,
		       struct err *err)
{
	if (!c->json && !command_flag(c, "csv")) {
		print_table(c, r, page);
		return true;
	}
	for (size_t i = 0; i < page->n; i++) {
		struct str out = STR_IN(c->op->arena, OUT_MAX);
		if (c->json) {
			if (!print_json(c, &page->rows[i], q->fields, false, err))
				return false;
			continue;
		}
		if (!record_csv(c->op, &page->rows[i], q->fields, &out, err))
			return false;
		print(c->out, str_span(&out));
	}
	return true;
}

static bool run_list(struct command_call *c, const struct resource *r, struct err *err)
{
	struct query q;
	bool all = command_flag(c, "all") || command_flag(c, "csv");
	if (!filters(c, r, &q, err))
		return false;
	struct arena *outer = c->op->arena;
	if (all)
		q.limit = LIST_MAX;
	if (command_flag(c, "csv")) {
		struct str head = STR_IN(outer, 65536);
		if (!record_csv_header(c->op, r, q.fields, &head, err))
			return false;
		print(c->out, str_span(&head));
	}
	for (bool more = true; more;) {
		CLEANUP(arena_free_p) struct arena *page_arena = arena_new(64 << 20, 256 << 20);
		struct page page;
		c->op->arena = page_arena;
		bool ok = resource_list(c->op, r, &q, &page, err) && print_page(c, r, &q, &page, err);
		c->op->arena = outer;
		if (!ok)
			return false;
		more = all && page.next.p;
		q.cursor = page.next.p ? arena_span(outer, page.next) : (struct span){ NULL, 0 };
	}
	if (q.cursor.p && !c->json)
		fprintf(c->out, c->zh ? "……还有更多：--limit N 或 --all\n"
			: "… there are more: --limit N or --all\n");
	return true;
}

static bool print_one(struct command_call *c, const struct record *rec, struct err *err)
{
	return c->json ? print_json(c, rec, 0, true, err) : screen_record(c->op, rec, c->out, err);
}

/* What happened to a record and its parts, a line each. */
static void print_step(struct command_call *c, const struct resource *r, const struct db_rows *rows)
{
	struct span from = db_col_text(rows, 2), to = db_col_text(rows, 3), word = db_col_text(rows, 5);
	struct span text = db_col_text(rows, 6);
	print(c->out, screen_time(c->op, db_col_int(rows, 0)));
	fprintf(c->out, "  " SPAN_FMT, SPAN_ARG(word_of(r, db_col_text(rows, 1), c->zh)));
	if (!span_eq(from, to))
		fprintf(c->out, c->zh ? "（" SPAN_FMT "）" : " (" SPAN_FMT ")",
			SPAN_ARG(word_of(r, to, c->zh)));
	fprintf(c->out, "  " SPAN_FMT, SPAN_ARG(screen_text(c->op, db_col_text(rows, 4))));
	if (word.n)
		fprintf(c->out, c->zh ? "，代录：" SPAN_FMT : ", on the word of " SPAN_FMT, SPAN_ARG(word));
	if (text.n)
		fprintf(c->out, "  " SPAN_FMT, SPAN_ARG(text));
	fputc('\n', c->out);
}

static bool run_steps(struct command_call *c, const struct resource *r, struct span id, struct err *err)
{
	struct record rec;
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	bool more = true;
	if (!resource_get(c->op, r, id, &rec, err) ||
	    !db_query(op_db(c->op),
	    SQL("SELECT happened_at, verb, from_state, to_state, actor, on_whose_word, text"
		" FROM steps WHERE resource=? AND record_n=? ORDER BY n"), V(db_z(r->name), db_i(rec.n)),
		&rows, err))
		return false;
	while (true) {
		if (!db_next(rows, &more, err))
			return false;
		if (!more)
			return true;
		print_step(c, r, rows);
	}
}

static bool take_id(const struct command_call *c, struct span *ret, struct err *err)
{
	if (c->n_words != 1)
		return err_set(err, ERR_USAGE, "请给出一个标识", "give one identifier");
	*ret = c->words[0];
	return true;
}

static bool change(struct command_call *c, const struct resource *r, struct span verb, const json_t *in,
	struct record *ret,
		   struct err *err)
{
	struct span id = { NULL, 0 };
	if (span_is(verb, "add"))
		return resource_create(c->op, r, in, ret, err);
	if (!take_id(c, &id, err))
		return false;
	struct resource_request q = { .id = id, .verb = verb, .in = in };
	if (span_is(verb, "set"))
		return resource_change(c->op, r, &q, ret, err);
	if (span_is(verb, "rm"))
		return resource_delete(c->op, r, id, 0, err);
	return resource_apply(c->op, r, &q, ret, err);
}

bool generic_knows(const struct resource *r, struct span verb)
{
	static const struct { const char *verb; unsigned op; } known[] = {
		{ "list", 0 }, { "show", 0 }, { "add", RESOURCE_CREATE }, { "set", RESOURCE_CHANGE },
		{ "rm", RESOURCE_DELETE },
	};
	for (size_t i = 0; i < COUNT(known); i++)
		if (span_is(verb, known[i].verb))
			return known[i].op == 0 || (r->ops & known[i].op);
	for (size_t i = 0; r->life && i < r->life->n_rows; i++)
		if (span_is(verb, r->life->rows[i].verb))
			return true;
	return r->life && span_is(verb, "steps");
}

bool generic_run(struct command_call *c, const struct resource *r, struct span verb, struct err *err)
{
	struct record rec = { .resource = NULL };
	struct span id;
	if (span_is(verb, "list"))
		return run_list(c, r, err);
	if (span_is(verb, "show"))
		return take_id(c, &id, err) && resource_get(c->op, r, id, &rec, err) &&
			print_one(c, &rec, err);
	if (r->life && span_is(verb, "steps"))
		return take_id(c, &id, err) && run_steps(c, r, id, err);
	CLEANUP(json_free) json_t *in = json_object();
	if (!members(c, r, in, err) || !op_begin(c->op, err))
		return false;
	fold_behalf(r, verb, in);
	if (!change(c, r, verb, in, &rec, err)) {
		op_rollback(c->op);
		return false;
	}
	if (!op_commit(c->op, err))
		return false;
	bool moved = r->life && !c->json && !span_is(verb, "add") && !span_is(verb, "set");
	struct page page = { .rows = &rec, .n = 1 };
	if (moved)      /* what changed is the state: one line says it; `show` says the rest */
		print_table(c, r, &page);
	return moved || !rec.resource || print_one(c, &rec, err);
}
