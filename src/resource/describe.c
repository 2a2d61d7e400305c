/* The house's resources described to a client that makes tables and forms of them. */
#include "resource/describe.h"

#include "resource/internal.h"

static const char *const kind_names[] = { [FIELD_TEXT] = "text", [FIELD_LONG] = "long", [FIELD_INT] = "int",
	[FIELD_BOOL] = "bool", [FIELD_TIME] = "time", [FIELD_DATE] = "date", [FIELD_ENUM] = "enum",
	[FIELD_REF] = "ref", [FIELD_JSON] = "json" };

static void add_texts(struct str *out, struct span zh, struct span en)
{
	str_addz(out, "\"zh\":");
	str_add_json(out, zh);
	str_addz(out, ",\"en\":");
	str_add_json(out, en);
}

static void add_word(struct str *out, const struct resource *r, const char *name, const char *key)
{
	str_addf(out, "{\"%s\":", name);
	str_add_json(out, span_of(key));
	str_addc(out, ',');
	add_texts(out, word_of(r, span_of(key), true), word_of(r, span_of(key), false));
}

static void add_value(struct str *out, const struct resource *r, const struct field *f, const char *value)
{
	struct span s = span_of(value);
	str_addz(out, "{\"key\":");
	str_add_json(out, s);
	str_addc(out, ',');
	add_texts(out, word_of_value(r, f, s, true), word_of_value(r, f, s, false));
	str_addc(out, '}');
}

static void add_flag(struct str *out, unsigned flags, unsigned bit, const char *name, bool *any)
{
	if (!(flags & bit))
		return;
	str_addf(out, "%s\"%s\"", *any ? "," : "", name);
	*any = true;
}

static void add_field(struct str *out, const struct resource *r, const struct field *f)
{
	static const struct { unsigned bit; const char *name; } flags[] = { { REQUIRED, "required" },
		{ READ_ONLY, "read_only" }, { FILTER, "filter" }, { SORT, "sort" }, { SEARCH, "search" },
		{ LIST, "list" }, { PERSONAL, "personal" } };
	bool any = false;
	str_addz(out, "{\"name\":");
	str_add_json(out, span_of(f->name));
	str_addf(out, ",\"kind\":\"%s\",\"flags\":[", kind_names[f->kind]);
	for (size_t i = 0; i < COUNT(flags); i++)
		add_flag(out, f->flags | (f->expr ? (unsigned)READ_ONLY : 0), flags[i].bit, flags[i].name,
			&any);
	str_addf(out, "],\"min\":%lld,\"max\":%lld", (long long)f->min, (long long)f->max);
	if (f->ref) {
		const struct resource *to = resource_find(span_of(f->ref));
		str_addf(out, ",\"ref\":\"%s\",\"ref_path\":\"%s\"", f->ref, to ? to->path : "");
	}
	for (size_t i = 0; f->values && f->values[i]; i++) {
		str_addz(out, i ? "," : ",\"values\":[");
		add_value(out, r, f, f->values[i]);
		str_addz(out, f->values[i + 1] ? "" : "]");
	}
	str_addz(out, ",\"label\":{");
	add_texts(out, field_label(f, true), field_label(f, false));
	str_addz(out, "},\"about\":{");
	add_texts(out, span_of(f->zh), span_of(f->en));
	str_addz(out, "}}");
}

static void add_verb(struct str *out, const struct resource *r, size_t at, const struct actor *who)
{
	const struct life *life = r->life;
	static const struct { unsigned bit; const char *name; } needs[] = {
		{ NEED_REASON, "reason" }, { NEED_TEXT, "text" },
		{ NEED_UNTIL, "until" }, { NEED_UNIT, "unit_id" }, { NEED_CHANNEL, "channel" } };
	const struct transition *t = &life->rows[at];
	bool any = false;
	add_word(out, r, "verb", t->verb);
	str_addz(out, ",\"from\":[");
	for (size_t i = 0; i < life->n_rows; i++) {
		const struct transition *other = &life->rows[i];
		bool again = i > 0 && strcmp(life->rows[i - 1].verb, other->verb) == 0 &&
			strcmp(life->rows[i - 1].from, other->from) == 0;
		if (strcmp(other->verb, t->verb) != 0 || again)
			continue;
		str_addf(out, "%s\"%s\"", any ? "," : "", other->from);
		any = true;
	}
	str_addz(out, "],\"needs\":[");
	any = false;
	for (size_t i = 0; i < COUNT(needs); i++)
		add_flag(out, t->needs, needs[i].bit, needs[i].name, &any);
	str_addf(out, "],\"allowed\":%s}", actor_has(who, t->perm) ? "true" : "false");
}

static void add_life(struct str *out, const struct resource *r, const struct actor *who)
{
	const struct life *life = r->life;
	str_addz(out, ",\"states\":[");
	for (size_t i = 0; life->states[i]; i++) {
		str_addz(out, i ? "," : "");
		add_word(out, r, "key", life->states[i]);
		str_addc(out, '}');
	}
	str_addz(out, "],\"verbs\":[");
	bool any = false;
	for (size_t i = 0; i < life->n_rows; i++) {
		if (!life_is_first(life, i))
			continue;
		str_addz(out, any ? "," : "");
		add_verb(out, r, i, who);
		any = true;
	}
	str_addc(out, ']');
}

static void add_resource(struct str *out, const struct resource *r, const struct actor *who)
{
	bool writes = actor_has(who, r->write);
	str_addf(out, "{\"name\":\"%s\",\"path\":\"%s\",\"label\":{", r->name, r->path);
	add_texts(out, resource_label(r, true), resource_label(r, false));
	str_addz(out, "},\"about\":{");
	add_texts(out, span_of(r->zh), span_of(r->en));
	str_addf(out, "},\"key\":\"%s\",\"title\":\"%s\",\"sort\":\"%s\"", r->key ? r->key : "id",
		r->label ? r->label : "id", r->sort ? r->sort : "");
	str_addf(out, ",\"create\":%s,\"change\":%s,\"delete\":%s",
		writes && (r->ops & RESOURCE_CREATE) ? "true" : "false",
		writes && (r->ops & RESOURCE_CHANGE) ? "true" : "false",
		writes && (r->ops & RESOURCE_DELETE) ? "true" : "false");
	str_addz(out, ",\"fields\":[");
	for (size_t i = 0; i < r->n_fields; i++) {
		str_addz(out, i ? "," : "");
		add_field(out, r, &r->fields[i]);
	}
	str_addc(out, ']');
	if (r->life)
		add_life(out, r, who);
	str_addc(out, '}');
}

bool resources_describe(struct call *c, struct err *err)
{
	const struct resource *r;
	bool any = false;
	str_addz(c->out, "{\"items\":[");
	for (size_t i = 0; (r = resource_at(i)); i++) {
		if (!actor_has(c->op->actor, r->read))
			continue;
		str_addz(c->out, any ? "," : "");
		add_resource(c->out, r, c->op->actor);
		any = true;
	}
	str_addz(c->out, "],\"next\":null}");
	return str_check(c->out, err);
}
