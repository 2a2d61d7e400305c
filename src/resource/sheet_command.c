#include <inttypes.h>

#include "codec/table.h"
#include "os/file.h"
#include "resource/sheet_room.h"

enum { LOCK_WAIT_MS = 60000, SHOWN = 100, LINES = 10 };

static bool path_of(struct span word, char ret[4096], struct err *err)
{
	int n = snprintf(ret, 4096, SPAN_FMT, SPAN_ARG(word));
	return (n >= 0 && n < 4096) || err_set(err, ERR_USAGE, "文件路径过长", "the path of the file is too long");
}

/* --map 列名=field … as {"mapping":{…}}. */
static bool add_mapping(const struct command_call *c, const struct sheet_kind *kind, json_t *options,
	struct err *err)
{
	json_t *mapping = json_object();
	json_object_set_new(options, "mapping", mapping);
	for (size_t i = 0; i < c->n_options; i++)
		for (size_t k = 0; strcmp(c->options[i].name, "map") == 0 && k < c->options[i].n; k++) {
			struct span field = c->options[i].values[k], heading = span_split(&field, '=');
			if (!field.p || (field.n && sheet_column_find(kind, field) < 0))
				return err_set(err, ERR_USAGE, "--map 应为 列名=字段，没有字段“" SPAN_FMT "”",
					"--map is NAME=FIELD, there is no field \"" SPAN_FMT "\"",
					SPAN_ARG(field));
			json_object_set_new(mapping, arena_copy(c->op->arena, heading), json_of_span(field));
		}
	return true;
}

/* --decide LINE=new … as {"decide":{…}}. */
static bool add_decisions(const struct command_call *c, json_t *options, struct err *err)
{
	json_t *decide = json_object();
	json_object_set_new(options, "decide", decide);
	for (size_t i = 0; i < c->n_options; i++)
		for (size_t k = 0; strcmp(c->options[i].name, "decide") == 0 && k < c->options[i].n; k++) {
			struct span what = c->options[i].values[k], line = span_split(&what, '=');
			int64_t n;
			if (!span_int(line, 1, INT64_MAX, &n) ||
			    (!span_is(what, "new") && !span_starts(what, SPAN("same:"))))
				return err_set(err, ERR_USAGE, "--decide 应为 行号=new 或 行号=same:编码",
					"--decide is LINE=new or LINE=same:CODE");
			json_object_set_new(decide, arena_copy(c->op->arena, line), json_of_span(what));
		}
	return true;
}

/* What only this kind of import takes: --source X is {"source":"X"}. */
static void add_others(const struct command_call *c, json_t *options)
{
	static const char *const ours[] = { "dry-run", "clean", "rest", "map", "decide", "accept-repairs",
		"new-all" };
	for (size_t i = 0; i < c->n_options; i++) {
		char *name = arena_copy(c->op->arena, span_of(c->options[i].name));
		bool known = false;
		for (size_t k = 0; k < COUNT(ours); k++)
			known = known || strcmp(name, ours[k]) == 0;
		for (char *at = name; *at; at++)
			*at = *at == '-' ? '_' : *at;
		if (!known)
			json_object_set_new(options, name,
				c->options[i].n ? json_of_span(c->options[i].values[0]) : json_true());
	}
}

static bool options_of(const struct command_call *c, const struct sheet_kind *kind, json_t *options,
	struct err *err)
{
	add_others(c, options);

	json_object_set_new(options, "accept", json_boolean(command_flag(c, "accept-repairs")));
	json_object_set_new(options, "new_all", json_boolean(command_flag(c, "new-all")));
	json_object_set_new(options, "rows", json_string(command_flag(c, "clean") ? "clean" : "all"));
	return add_mapping(c, kind, options, err) && add_decisions(c, options, err);
}

/* A fault and the rows that have it, the first of them by their lines. */
struct told {
	const struct sheet_fault *fault;
	uint64_t lines[LINES];
	size_t n;
};

static bool is_same_fault(const struct sheet_fault *a, const struct sheet_fault *b)
{
	return a->column == b->column && a->mark == b->mark && span_eq(a->zh, b->zh);
}

static struct span rows_of(const struct command_call *c, const struct told *t)
{
	struct str s = STR_IN(c->op->arena, 1024);
	str_addz(&s, c->zh ? "第 " : t->n > 1 ? "lines " : "line ");
	for (size_t i = 0; i < t->n && i < LINES; i++)
		str_addf(&s, "%s%" PRIu64, i == 0 ? "" : c->zh ? "、" : ", ", t->lines[i]);
	if (t->n > LINES)
		str_addf(&s, c->zh ? " 等 %zu" : " and more, %zu of them", t->n);
	str_addz(&s, c->zh ? " 行" : "");
	return str_span(&s);
}

static void print_fault(const struct command_call *c, const struct sheet *s, const struct told *t, FILE *out)
{
	const struct sheet_fault *f = t->fault;
	static const char *const zh[] = { "", "", "建议：", "", "待确认：" };
	static const char *const en[] = { "", "", "proposed: ", "", "question: " };
	struct span text = c->zh ? f->zh : f->en;
	struct span rows = rows_of(c, t);
	if (f->column < 0)
		fprintf(out, c->zh ? SPAN_FMT "：%s" SPAN_FMT "\n" : SPAN_FMT ": %s" SPAN_FMT "\n",
			SPAN_ARG(rows),
			(c->zh ? zh : en)[f->mark], SPAN_ARG(text));
	else
		fprintf(out,
			c->zh ? SPAN_FMT "，%s 列：%s" SPAN_FMT "\n" : SPAN_FMT ", column %s: %s" SPAN_FMT "\n",
			SPAN_ARG(rows), c->zh ? s->kind->columns[f->column].zh
			: s->kind->columns[f->column].name,
			(c->zh ? zh : en)[f->mark], SPAN_ARG(text));
}

/* The same word about three hundred rows is said once.  *n_told at most SHOWN; false: no room for another. */
static bool tell(struct told told[SHOWN], size_t *n_told, const struct sheet_fault *f, uint64_t line)
{
	for (size_t i = 0; i < *n_told; i++) {
		if (is_same_fault(told[i].fault, f)) {
			if (told[i].n < LINES)
				told[i].lines[told[i].n] = line;
			told[i].n++;
			return true;
		}
	}
	if (*n_told == SHOWN)
		return false;
	told[(*n_told)++] = (struct told){ .fault = f, .lines = { line }, .n = 1 };
	return true;
}

/* What is wrong goes to standard error; a preview tells what was put right too, on standard output. */
static void print_faults(const struct command_call *c, const struct sheet *s, bool repairs, FILE *out)
{
	struct told told[SHOWN];
	size_t n_told = 0, more = 0;
	for (size_t i = 0; i < s->rows.n; i++)
		for (size_t k = 0; k < s->rows.p[i].faults.n; k++) {
			const struct sheet_fault *f = &s->rows.p[i].faults.p[k];
			if ((f->mark == REPAIR_REPAIRED) == repairs &&
			    !tell(told, &n_told, f, s->rows.p[i].line))
				more++;
		}
	for (size_t i = 0; i < n_told; i++)
		print_fault(c, s, &told[i], out);
	if (more)
		fprintf(out, c->zh ? "……另有 %zu 处\n" : "… and %zu more\n", more);
}

/* Columns that no field was found for: nothing of them goes in. */
static void print_unread(const struct command_call *c, const struct sheet *s)
{
	for (size_t i = 0; i < s->n_headings; i++)
		if (s->field_of[i] < 0 && s->headings[i].n)
			fprintf(stderr,
				c->zh ? "未采用的列：" SPAN_FMT "（可用 --map 列名=字段 指明）\n"
				      : "column not read: " SPAN_FMT " (--map NAME=FIELD says what it is)\n",
				SPAN_ARG(s->headings[i]));
}

static void print_counts(const struct command_call *c, const struct sheet *s)
{
	const struct import_counts *n = &s->counts;
	if (n->asked > 0 && c->notes)
		fprintf(c->notes, c->zh ? "其中 %" PRId64 " 行待确认\n" : "%" PRId64 " rows wait for a decision\n",
			n->asked);
	command_print_counts(
		c, &(struct command_counts){ n->read, n->fresh, n->changed, n->unchanged,
		n->refused + n->asked });
}

static bool refuse(const struct command_call *c, const struct sheet *s, struct err *err)
{
	size_t rows = s->rows.n;
	print_faults(c, s, false, stderr);
	if (s->broken.code)
		fprintf(stderr, "%s\n", c->zh ? s->broken.zh : s->broken.en);
	command_print_counts(c, &(struct command_counts){ .read = (int64_t)rows, .refused = (int64_t)rows });
	return err_set(err, ERR_INVALID, "共 %zu 行，其中 %" PRId64 " 行有误，未导入任何内容",
		"of %zu rows %" PRId64 " are wrong; nothing was imported", rows, sheet_left(s));
}

static bool write_rest(const struct command_call *c, const struct sheet *s, struct err *err)
{
	struct span to = command_option(c, "rest"), bytes;
	char path[4096];
	if (!to.p || sheet_left(s) == 0)
		return true;
	return path_of(to, path, err) && sheet_rest(c->op, s, c->zh, &bytes, err) &&
		file_replace(path, bytes, 0600, err);
}

/* Others write beside an import: what they changed under it did not go in. */
static bool all_went_in(struct command_call *c, const struct import_plan *made, struct err *err)
{
	struct import_plan p;
	bool found;
	if (!plan_load(c->op, made->n, &p, &found, err))
		return false;
	int64_t left = found ? p.counts.refused - made->counts.refused : 0;
	return left == 0 ||
		err_set(err, ERR_CONFLICT, "有 %" PRId64 " 行在导入时被他人改动，未导入；其余已导入，请再导入一次",
			"%"
			PRId64 " rows were changed by others meanwhile and left out, the others are in: "
			"import "
			"once more", left);
}

static bool apply_now(struct command_call *c, struct sheet *s, struct err *err)
{
	struct str options = STR_IN(s->arena, 1 << 20);
	struct import_plan p = { .kind = span_of(s->kind->name), .state = SPAN("building"),
		.scope = SPAN("*"),
		.file = SPAN("") };
	if (s->counts.fresh + s->counts.changed == 0)
		return true;
	if (!json_write(s->options, &options, err))
		return false;
	p.options = str_span(&options);
	return plan_new(c->op, &p, err) && sheet_store(c->op, &p, s, "applying", err) &&
		plan_apply(c->op, p.n, err) && all_went_in(c, &p, err);
}

static bool import(struct command_call *c, struct sheet *s, struct table *t, struct err *err)
{
	bool dry = command_flag(c, "dry-run"), some = command_flag(c, "clean");
	CLEANUP(file_close) int lock = -1;
	if (!dry && (!plan_lock(c->op, LOCK_WAIT_MS, &lock, err) || !plan_resume_locked(c->op, err)))
		return false;
	if (!sheet_read(c->op, s, t, err))
		return false;
	if (dry) {
		print_unread(c, s);
		print_faults(c, s, true, c->out);
	}
	if (s->broken.code || (sheet_left(s) > 0 && !some)) {
		struct err ignored = { 0 };
		if (!s->broken.code && !write_rest(c, s, &ignored))
			fprintf(stderr, "%s\n", c->zh ? ignored.zh : ignored.en);
		return refuse(c, s, err);
	}
	print_faults(c, s, false, stderr);
	if ((!dry && !apply_now(c, s, err)) || !write_rest(c, s, err))
		return false;
	print_counts(c, s);
	return true;
}

bool sheet_command(struct command_call *c, const struct sheet_kind *kind, struct err *err)
{
	CLEANUP(table_close_p) struct table *t = NULL;
	CLEANUP(arena_free_p) struct arena *a = arena_new(512u << 20, 1024u << 20);
	CLEANUP(json_free) json_t *options = json_object();
	struct sheet s = { .kind = kind, .arena = a, .scope = SPAN("*"), .options = options };
	char path[4096], magic[4] = "";
	if (!options_of(c, kind, options, err) || !path_of(c->words[0], path, err))
		return false;
	FILE *f = fopen(path, "rb");
	size_t got = f ? fread(magic, 1, sizeof magic, f) : 0;
	if (f)
		(void)fclose(f);
	s.csv = got < sizeof magic || memcmp(magic, "PK\x03\x04", sizeof magic) != 0;
	return table_open(path, IMPORT_UPLOAD_MAX * UINT64_C(8), &t, err) && import(c, &s, t, err);
}
