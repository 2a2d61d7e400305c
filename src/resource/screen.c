/* A record as people read it on a screen: words instead of keys, the city's time, nested parts as lines.
 * Programs take --json. */
#include "resource/screen.h"

#include <inttypes.h>

#include "resource/internal.h"

enum { OUT_MAX = 16 * 1024 * 1024, LABEL_WIDTH = 16, DEPTH_MAX = 12 };

static void print(FILE *out, struct span s)
{
	fwrite(s.p ? s.p : "", 1, s.n, out);
}

struct span screen_time(struct op *op, int64_t ms)
{
	char date[TIME_DATE_TEXT];
	int64_t minutes = (ms + TIME_CHINA) / TIME_MINUTE % (24 * 60);
	time_format_date(time_date(ms, TIME_CHINA), date);
	return arena_printf(op->arena, "%s %02d:%02d", date, (int)(minutes / 60), (int)(minutes % 60));
}

/* "local:1000" is who sat at the machine itself, "local" the program on its own: its jobs and clocks. */
struct span screen_text(struct op *op, struct span s)
{
	int64_t uid;
	if (span_is(s, "local"))
		return op->zh ? SPAN("系统") : SPAN("the system");
	if (!span_starts(s, SPAN("local:")) || !span_int(span_from(s, 6), 0, UINT32_MAX, &uid))
		return s;
	return op->zh ? SPAN("本机管理员") : SPAN("local administrator");
}

/* A text that is one of a room's own keys ("weak_password", "order", "create") in words. */
static struct span screen_key(struct op *op, const struct field *f, struct span value)
{
	const struct resource *r = strcmp(f->name, "resource") == 0 ? resource_find(value) : NULL;
	if (r)
		return resource_label(r, op->zh);
	if (strcmp(f->name, "verb") == 0)
		return word_text(value, op->zh);
	if (value.n == 0 || value.n > 40)
		return value;
	struct span key = arena_printf(op->arena, "%s." SPAN_FMT, f->name, SPAN_ARG(value));
	struct span word = word_text(key, op->zh);
	return word.p != key.p ? word : screen_text(op, value);
}

/* Numbers that are kept whole: tenths, hundred-thousandths. */
static struct span screen_number(struct op *op, const struct field *f, int64_t v)
{
	if (f->flags & TENTHS)
		return v < 0 ? SPAN("") : arena_printf(op->arena, "%" PRId64 ".%" PRId64, v / 10, v % 10);
	return arena_printf(op->arena, "%" PRId64 ".%03" PRId64 " %%", v / 1000, v % 1000);
}

struct span screen_cell(struct op *op, const struct record *rec, size_t i)
{
	const struct field *f = &rec->resource->fields[i];
	struct db_value v = rec->values[i];
	if (v.type == DB_NULL)
		return SPAN("");
	if (f->kind == FIELD_TIME)
		return screen_time(op, v.i);
	if (f->kind == FIELD_ENUM)
		return word_of_value(rec->resource, f, record_cell(op, rec, i), op->zh);
	if (f->kind == FIELD_INT && (f->flags & (TENTHS | PERCENT)))
		return screen_number(op, f, v.i);
	return f->kind == FIELD_TEXT ? screen_key(op, f, record_cell(op, rec, i)) : record_cell(op, rec, i);
}

/* ---- what a member is called and what it says ---------------------------------------------------------- */

struct screen {
	struct op *op;
	const struct resource *resource;
	FILE *out;
	const char *in;      /* the part that is being shown, or "" */
};

/* The field that a member of this name shows: this resource's, or any other's that has one. */
static const struct field *field_named(const struct screen *s, struct span name,
	const struct resource **ret_of)
{
	const struct resource *r = s->resource;
	const struct field *f = resource_field(r, name);
	for (size_t i = 0; !f && (r = resource_at(i)); i++)
		f = resource_field(r, name);
	*ret_of = f ? r : s->resource;
	return f;
}

static struct span without_name(struct op *op, struct span name)
{
	return name.n > 5 && memcmp(name.p + name.n - 5, "_name", 5) == 0
		? arena_printf(op->arena, "%.*s_id", (int)(name.n - 5), name.p) : name;
}

static struct span label_of(const struct screen *s, const char *name)
{
	const struct resource *r;
	struct span own = without_name(s->op, span_of(name));
	struct span inner = arena_printf(s->op->arena, "member.%s." SPAN_FMT, s->in, SPAN_ARG(own));
	struct span word = word_text(inner, s->op->zh);
	if (word.p != inner.p)
		return word;
	struct span member = arena_printf(s->op->arena, "member." SPAN_FMT, SPAN_ARG(own));
	word = word_text(member, s->op->zh);
	if (word.p != member.p)
		return word;
	const struct field *f = field_implied(s->resource, own);
	f = f ? f : field_named(s, own, &r);
	return f ? field_label(f, s->op->zh) : span_of(name);
}

/* A list of identifiers is read by the names of its records: orders by their numbers. */
static struct span named_of(struct op *op, struct span id)
{
	const struct resource *r;
	struct record rec;
	struct err e = { 0 };
	if (id.n != 36 || id.p[8] != '-' || id.p[13] != '-')
		return id;
	for (size_t i = 0; (r = resource_at(i)); i++) {
		if (!r->label || !resource_get(op, r, id, &rec, &e))
			continue;
		struct span name = record_text(&rec, r->label);
		if (!name.n && resource_field(r, SPAN("title")))      /* a draft has no number yet */
			name = record_text(&rec, "title");
		return name.n ? name : id;
	}
	return id;
}

static struct span string_of(const struct screen *s, const char *name, struct span text)
{
	const struct resource *r;
	int64_t ms;
	if (text.n >= 20 && text.p[text.n - 1] == 'Z' && time_parse(text, &ms))
		return screen_time(s->op, ms);
	struct span key = arena_printf(s->op->arena, "%s." SPAN_FMT, name, SPAN_ARG(text));
	struct span word = word_text(key, s->op->zh);
	if (word.p != key.p)
		return word;
	key = arena_printf(s->op->arena, "%s." SPAN_FMT, s->in, SPAN_ARG(text));
	bool of_list = strcmp(name, "state") == 0 || strcmp(name, "value") == 0;
	word = of_list ? word_text(key, s->op->zh) : key;
	if (word.p != key.p)
		return word;
	if (strcmp(name, "state") == 0 || strcmp(name, "verb") == 0)
		return word_of(s->resource, text, s->op->zh);
	const struct field *f = field_named(s, span_of(name), &r);
	if (f && f->kind == FIELD_ENUM)
		return word_of_value(r, f, text, s->op->zh);
	return screen_text(s->op, text);
}

static struct span scalar_of(const struct screen *s, const char *name, const json_t *v)
{
	if (json_is_string(v))
		return string_of(s, name, json_text(v));
	if (json_is_boolean(v))
		return s->op->zh ? (json_is_true(v) ? SPAN("是") : SPAN("否"))
			: json_is_true(v) ? SPAN("yes") : SPAN("no");
	if (json_is_integer(v))
		return arena_printf(s->op->arena, "%lld", (long long)json_integer_value(v));
	return json_is_real(v) ? arena_printf(s->op->arena, "%g", json_real_value(v)) : SPAN("");
}

static bool is_empty(const json_t *v)
{
	return json_is_null(v) || (json_is_string(v) && json_string_length(v) == 0) ||
		(json_is_array(v) && json_array_size(v) == 0) ||
		(json_is_object(v) && json_object_size(v) == 0);
}

static bool is_scalar(const json_t *v)
{
	return !json_is_array(v) && !json_is_object(v);
}

/* x_id says nothing beside x_name. */
static bool is_named_beside(struct op *op, const json_t *object, const char *name)
{
	size_t n = strlen(name);
	if (n < 4 || strcmp(name + n - 3, "_id") != 0)
		return false;
	struct span other = arena_printf(op->arena, "%.*s_name", (int)(n - 3), name);
	return json_string_length(json_object_get(object, arena_copy(op->arena, other))) > 0;
}

/* ---- nested parts as lines ----------------------------------------------------------------------------- */

static void put_value(const struct screen *s, const char *name, json_t *v, int depth);

static void indent(const struct screen *s, int depth)
{
	fprintf(s->out, "%*s", depth * 2, "");
}

static void put_pair(const struct screen *s, const char *name, struct span value, bool first)
{
	if (!first)
		print(s->out, s->op->zh ? SPAN("；") : SPAN("; "));
	print(s->out, label_of(s, name));
	print(s->out, s->op->zh ? SPAN("：") : SPAN(": "));
	print(s->out, value);
}

/* What is simple stands on one line, what is not below it. */
static void put_object(const struct screen *s, json_t *object, int depth)
{
	const char *name;
	json_t *v;
	bool first = true;
	json_object_foreach(object, name, v) {
		if (is_empty(v) || !is_scalar(v) || json_is_false(v) || is_named_beside(s->op, object, name))
			continue;
		put_pair(s, name, scalar_of(s, name, v), first);
		first = false;
	}
	fputc('\n', s->out);
	json_object_foreach(object, name, v) {
		if (is_empty(v) || is_scalar(v))
			continue;
		indent(s, depth);
		print(s->out, label_of(s, name));
		print(s->out, s->op->zh ? SPAN("：") : SPAN(": "));
		struct screen inner = { s->op, s->resource, s->out, name };
		put_value(&inner, name, v, depth);
	}
}

static void put_list(const struct screen *s, const char *name, const json_t *list, int depth)
{
	bool simple = true;
	for (size_t i = 0; i < json_array_size(list); i++)
		simple = simple && is_scalar(json_array_get(list, i));
	for (size_t i = 0; simple && i < json_array_size(list); i++) {
		if (i)
			print(s->out, s->op->zh ? SPAN("、") : SPAN(", "));
		print(s->out, named_of(s->op, scalar_of(s, name, json_array_get(list, i))));
	}
	fputc('\n', s->out);
	for (size_t i = 0; !simple && i < json_array_size(list); i++) {
		indent(s, depth + 1);
		fprintf(s->out, "%zu. ", i + 1);
		struct screen inner = { s->op, s->resource, s->out, name };
		put_value(&inner, name, json_array_get(list, i), depth + 2);
	}
}

static void put_value(const struct screen *s, const char *name, json_t *v, int depth)
{
	if (depth > DEPTH_MAX) {
		json_dumpf(v, s->out, JSON_COMPACT | JSON_ENCODE_ANY);
		fputc('\n', s->out);
	} else if (json_is_object(v)) {
		put_object(s, v, depth + 1);
	} else if (json_is_array(v)) {
		put_list(s, name, v, depth);
	} else {
		print(s->out, scalar_of(s, name, v));
		fputc('\n', s->out);
	}
}

/* ---- one record ---------------------------------------------------------------------------------------- */

static void put_label(const struct screen *s, const char *name)
{
	struct span label = label_of(s, name);
	size_t width = utf8_width(label);
	print(s->out, label);
	fprintf(s->out, "%*s", width < LABEL_WIDTH ? (int)(LABEL_WIDTH - width) : 1, "");
}

/* The lines of a long text stand under one another. */
static void put_text(const struct screen *s, struct span text)
{
	for (bool first = true; first || text.p; first = false) {
		if (!first)
			fprintf(s->out, "%*s", LABEL_WIDTH, "");
		print(s->out, span_split(&text, '\n'));
		fputc('\n', s->out);
	}
}

static void put_member(const struct screen *s, const struct record *rec, const char *name, json_t *v)
{
	const struct field *f = resource_field(rec->resource, span_of(name));
	bool nested = !f || f->kind == FIELD_JSON;
	struct span cell = nested ? SPAN("") : screen_cell(s->op, rec, field_index(rec->resource, f));
	if (nested ? is_empty(v) : cell.n == 0)
		return;
	put_label(s, name);
	if (nested)
		put_value(s, name, v, 0);
	else
		put_text(s, cell);
}

/* The name of a reference is shown in the place of its identifier. */
static bool is_said(const struct record *rec, const char *name)
{
	size_t n = strlen(name);
	char field[64];
	if (n < 6 || n > 60 || strcmp(name + n - 5, "_name") != 0)
		return false;
	snprintf(field, sizeof field, "%.*s_id", (int)(n - 5), name);
	return resource_field(rec->resource, span_of(field)) != NULL;
}

bool screen_record(struct op *op, const struct record *rec, FILE *out, struct err *err)
{
	struct str text = STR_IN(op->arena, OUT_MAX);
	if (!record_json(op, rec, 0, true, &text, err))
		return false;
	CLEANUP(json_free) json_t *j = NULL;
	if (!json_parse(str_span(&text), 0, &j, err))
		return false;
	struct screen s = { .op = op, .resource = rec->resource, .out = out, .in = "" };
	const char *name;
	json_t *value;
	json_object_foreach(j, name, value) {
		if (!is_said(rec, name))
			put_member(&s, rec, name, value);
	}
	return arena_check(op->arena, err);
}
