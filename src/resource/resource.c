#include "resource/resource.h"

#include <assert.h>
#include <stdio.h>

#include "resource/internal.h"

static const struct resource *const *all;
static size_t n_all;

void resource_register(const struct resource *const *list, size_t n)
{
	all = list;
	n_all = n;
	for (size_t i = 0; i < n; i++)
		assert(list[i]->n_fields <= FIELDS_MAX);
}

const struct resource *resource_find(struct span name_or_path)
{
	for (size_t i = 0; i < n_all; i++)
		if (span_is(name_or_path, all[i]->path) || span_is(name_or_path, all[i]->name))
			return all[i];
	return NULL;
}

const struct resource *resource_at(size_t i)
{
	return i < n_all ? all[i] : NULL;
}

const char *field_column(const struct field *f, char buffer[64])
{
	if (f->kind != FIELD_REF)
		return f->column ? f->column : f->name;
	size_t n = strlen(f->name);
	assert(n > 3 && n < 60 && strcmp(f->name + n - 3, "_id") == 0);
	snprintf(buffer, 64, "%.*s_n", (int)(n - 3), f->name);
	return buffer;
}

const struct field *resource_field(const struct resource *r, struct span name)
{
	for (size_t i = 0; i < r->n_fields; i++)
		if (span_is(name, r->fields[i].name))
			return &r->fields[i];
	return NULL;
}

size_t field_index(const struct resource *r, const struct field *f)
{
	assert(f >= r->fields && f < r->fields + r->n_fields);
	return (size_t)(f - r->fields);
}

const struct field *field_implied(const struct resource *r, struct span name)
{
	static const struct field fields[] = {
		{ "id", FIELD_TEXT, READ_ONLY | FILTER, .zh = "标识", .en = "identifier" },
		{ "created_at", FIELD_TIME, READ_ONLY | FILTER, .zh = "创建时间", .en = "created" },
		{ "updated_at", FIELD_TIME, READ_ONLY | FILTER, .zh = "修改时间", .en = "changed" },
		{ "state", FIELD_TEXT, READ_ONLY | FILTER, .zh = "状态", .en = "state" },
	};
	for (size_t i = 0; i < COUNT(fields); i++)
		if ((i < 3 || r->life) && span_is(name, fields[i].name))
			return &fields[i];
	return NULL;
}

static struct span label(const char *sentence, bool zh)
{
	struct span s = span_of(sentence);
	struct span comma = zh ? SPAN("，") : SPAN(",");
	for (size_t i = 0; i + comma.n <= s.n; i++)
		if (memcmp(s.p + i, comma.p, comma.n) == 0)
			return (struct span){ s.p, i };
	return s;
}

struct span field_label(const struct field *f, bool zh)
{
	return label(zh ? f->zh : f->en, zh);
}

struct span resource_label(const struct resource *r, bool zh)
{
	return label(zh ? r->zh : r->en, zh);
}

static const struct {
	const char *key, *zh, *en;
} words[] = {
#define WORD(key, zh, en) { key, zh, en },
#include "resource/words.def"
#undef WORD
#define ROLE(id, name, zh, en) { "role." name, zh, en },
#include "resource/role.def"
#undef ROLE
#define SECTOR(name, zh, en) { "sector." name, zh, en },
#include "resource/sector.def"
#undef SECTOR
};

struct span word_text(struct span key, bool zh)
{
	for (size_t i = 0; i < COUNT(words); i++)
		if (span_is(key, words[i].key))
			return span_of(zh ? words[i].zh : words[i].en);
	return key;
}

/* key is "prefix.rest" */
static bool is_of(const char *key, const char *prefix, struct span rest)
{
	size_t n = strlen(prefix);
	return strncmp(key, prefix, n) == 0 && key[n] == '.' && span_is(rest, key + n + 1);
}

struct span word_of(const struct resource *r, struct span key, bool zh)
{
	for (size_t i = 0; i < COUNT(words); i++)
		if (is_of(words[i].key, r->name, key))
			return span_of(zh ? words[i].zh : words[i].en);
	return word_text(key, zh);
}

struct span word_of_value(const struct resource *r, const struct field *f, struct span value, bool zh)
{
	for (size_t i = 0; i < COUNT(words); i++)
		if (is_of(words[i].key, f->name, value))
			return span_of(zh ? words[i].zh : words[i].en);
	return word_of(r, value, zh);
}
