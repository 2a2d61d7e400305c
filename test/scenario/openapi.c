/*
 * Is an answer as the served OpenAPI 3.1 document says?  The part of JSON Schema 2020-12 that documents of
 * ours use: $ref into the same document, type, enum, const, properties, required, additionalProperties,
 * items, allOf, anyOf, oneOf, bounds of numbers, texts and arrays, pattern, and the formats uuid, date and
 * date-time.
 */
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "story.h"

enum { DEPTH_MAX = 64 };

struct check {
	const json_t *api;
	char *why;
	size_t n;
	int depth;
};

static bool check(struct check *c, const json_t *schema, const json_t *v, const char *at);

static bool wrong(struct check *c, const char *at, const char *what, const json_t *v)
{
	char *text = v ? json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
	snprintf(c->why, c->n, "%s %s%s%.500s", *at ? at : "the body", what, text ? ": " : "",
		text ? text : "");
	free(text);
	return false;
}

static bool is_type(const char *type, const json_t *v)
{
	if (strcmp(type, "object") == 0)
		return json_is_object(v);
	if (strcmp(type, "array") == 0)
		return json_is_array(v);
	if (strcmp(type, "string") == 0)
		return json_is_string(v);
	if (strcmp(type, "integer") == 0)
		return json_is_integer(v);
	if (strcmp(type, "number") == 0)
		return json_is_number(v);
	if (strcmp(type, "boolean") == 0)
		return json_is_boolean(v);
	return strcmp(type, "null") == 0 && json_is_null(v);
}

static bool check_type(struct check *c, const json_t *type, const json_t *v, const char *at)
{
	bool fits = !type || (json_is_string(type) && is_type(json_string_value(type), v));
	for (size_t i = 0; i < json_array_size(type); i++)
		fits = fits || is_type(json_string_value(json_array_get(type, i)), v);
	return fits || wrong(c, at, "is of another type than documented", v);
}

static bool check_values(struct check *c, const json_t *schema, const json_t *v, const char *at)
{
	const json_t *list = json_object_get(schema, "enum"), *only = json_object_get(schema, "const");
	bool there = !list;
	for (size_t i = 0; i < json_array_size(list); i++)
		there = there || json_equal(json_array_get(list, i), v);
	if (!there)
		return wrong(c, at, "is none of the values of enum", v);
	return !only || json_equal(only, v) || wrong(c, at, "is not the documented constant", v);
}

static bool number_within(const json_t *schema, const char *low, const char *high, double n)
{
	const json_t *min = json_object_get(schema, low), *max = json_object_get(schema, high);
	return !(min && n < json_number_value(min)) && !(max && n > json_number_value(max));
}

static size_t characters(const json_t *v)
{
	size_t n = 0;
	for (const char *p = json_string_value(v); *p; p++)
		n += ((unsigned char)*p & 0xc0) != 0x80;
	return n;
}

static bool text_fits(const char *regex, const char *text)
{
	regex_t r;
	if (regcomp(&r, regex, REG_EXTENDED | REG_NOSUB) != 0)
		return true;                   /* an expression POSIX does not know is no reason to fail */
	bool yes = regexec(&r, text, 0, NULL, 0) == 0;
	regfree(&r);
	return yes;
}

static bool check_text(struct check *c, const json_t *schema, const json_t *v, const char *at)
{
	static const struct { const char *name, *regex; } formats[] = {
		{ "uuid", "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$" },
		{ "date", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" },
		{ "date-time", "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?"
			"(Z|[+-][0-9]{2}:[0-9]{2})$" },
	};
	const char *text = json_string_value(v),
		*format = json_string_value(json_object_get(schema, "format"));
	const char *pattern = json_string_value(json_object_get(schema, "pattern"));
	if (!number_within(schema, "minLength", "maxLength", (double)characters(v)))
		return wrong(c, at, "is shorter or longer than documented", v);
	if (pattern && !text_fits(pattern, text))
		return wrong(c, at, "does not fit its pattern", v);
	for (size_t i = 0; format && i < sizeof formats / sizeof formats[0]; i++)
		if (strcmp(format, formats[i].name) == 0 && !text_fits(formats[i].regex, text))
			return wrong(c, at, "is not of its documented format", v);
	return true;
}

static bool check_member(struct check *c, const json_t *schema, const char *key, const json_t *v,
	const char *at)
{
	char there[400];
	const json_t *known = json_object_get(json_object_get(schema, "properties"), key);
	const json_t *others = json_object_get(schema, "additionalProperties");
	snprintf(there, sizeof there, "%s/%s", at, key);
	if (known)
		return check(c, known, v, there);
	if (json_is_false(others))
		return wrong(c, there, "is not documented", v);
	return !json_is_object(others) || check(c, others, v, there);
}

static bool check_object(struct check *c, const json_t *schema, const json_t *v, const char *at)
{
	const json_t *required = json_object_get(schema, "required");
	for (size_t i = 0; i < json_array_size(required); i++) {
		const char *key = json_string_value(json_array_get(required, i));
		char there[400];
		snprintf(there, sizeof there, "%s/%s", at, key ? key : "?");
		if (key && !json_object_get(v, key))
			return wrong(c, there, "is required and missing", NULL);
	}
	const char *key;
	json_t *one;
	json_object_foreach((json_t *)(uintptr_t)v, key, one)
		if (!check_member(c, schema, key, one, at))
			return false;
	return true;
}

static bool check_array(struct check *c, const json_t *schema, const json_t *v, const char *at)
{
	const json_t *items = json_object_get(schema, "items");
	if (!number_within(schema, "minItems", "maxItems", (double)json_array_size(v)))
		return wrong(c, at, "has fewer or more elements than documented", NULL);
	for (size_t i = 0; items && i < json_array_size(v); i++) {
		char there[400];
		snprintf(there, sizeof there, "%s/%zu", at, i);
		if (!check(c, items, json_array_get(v, i), there))
			return false;
	}
	return true;
}

static size_t how_many(struct check *c, const json_t *schemas, const json_t *v, const char *at)
{
	size_t fit = 0;
	for (size_t i = 0; i < json_array_size(schemas); i++)
		fit += check(c, json_array_get(schemas, i), v, at);
	return fit;
}

static bool check_combined(struct check *c, const json_t *schema, const json_t *v, const char *at)
{
	const json_t *all = json_object_get(schema, "allOf"), *any = json_object_get(schema, "anyOf");
	const json_t *one = json_object_get(schema, "oneOf");
	if (all && how_many(c, all, v, at) != json_array_size(all))
		return false;
	if (any && how_many(c, any, v, at) == 0)
		return false;
	if (one && how_many(c, one, v, at) != 1)
		return wrong(c, at, "does not fit exactly one of oneOf", v);
	return true;
}

/* Schemas and other parts may stand elsewhere in the document: {"$ref": "#/components/…"}. */
static const json_t *resolve(const json_t *api, const json_t *part)
{
	for (int i = 0; i < 8; i++) {
		const char *ref = json_string_value(json_object_get(part, "$ref"));
		if (!ref)
			break;
		part = ref[0] == '#' ? value_at(api, ref + 1) : NULL;
	}
	return part;
}

static bool check_all(struct check *c, const json_t *schema, const json_t *v, const char *at)
{
	if (!check_type(c, json_object_get(schema, "type"), v, at) || !check_values(c, schema, v, at) ||
	    !check_combined(c, schema, v, at))
		return false;
	if (json_is_number(v) && !number_within(schema, "minimum", "maximum", json_number_value(v)))
		return wrong(c, at, "is outside its documented bounds", v);
	if (json_is_string(v))
		return check_text(c, schema, v, at);
	if (json_is_object(v))
		return check_object(c, schema, v, at);
	return !json_is_array(v) || check_array(c, schema, v, at);
}

static bool check(struct check *c, const json_t *schema, const json_t *v, const char *at)
{
	const json_t *there = resolve(c->api, schema);
	if (!there)
		return wrong(c, at, "has a schema that refers to nothing", schema);
	if (json_is_boolean(there))
		return json_is_true(there) || wrong(c, at, "is documented as never there", v);
	if (++c->depth > DEPTH_MAX)
		return wrong(c, at, "is nested deeper than can be checked", NULL);
	bool ok = check_all(c, there, v, at);
	c->depth--;
	return ok;
}

bool schema_check(const json_t *api, const json_t *schema, const json_t *v, const char *at, char *why,
	size_t n)
{
	struct check c = { api, why, n, 0 };
	return check(&c, schema, v, at);
}

/* How many steps of the path are literal in the template; -1 when it does not fit. */
static int fits(const char *template, const char *path)
{
	int literal = 0;
	while (*template == '/' && *path == '/') {
		size_t t = strcspn(++template, "/"), p = strcspn(++path, "/?");
		if (template[0] == '{' && t && template[t - 1] == '}') {
			if (p == 0)
				return -1;
		} else if (t != p || strncmp(template, path, t) != 0) {
			return -1;
		} else {
			literal++;
		}
		template += t;
		path += p;
	}
	return *template == '\0' && (*path == '\0' || *path == '?') ? literal : -1;
}

/* Of several templates that fit, the one with most literal steps counts (OpenAPI 3.1, section 4.8.8.2). */
static const json_t *find_path(const json_t *api, const char *path)
{
	const char *template;
	json_t *item;
	const json_t *best = NULL;
	int most = -1;
	json_object_foreach(json_object_get(api, "paths"), template, item) {
		int literal = fits(template, path);
		if (literal > most) {
			most = literal;
			best = item;
		}
	}
	return best;
}

static const json_t *find_response(const json_t *operation, long status)
{
	const json_t *responses = json_object_get(operation, "responses"), *r;
	char name[32];
	snprintf(name, sizeof name, "%ld", status);
	r = json_object_get(responses, name);
	snprintf(name, sizeof name, "%ldXX", status / 100);
	if (!r)
		r = json_object_get(responses, name);
	return r ? r : json_object_get(responses, "default");
}

bool openapi_check(const json_t *api, const char *method, const char *path, const struct answer *a, char *why,
	size_t n)
{
	char verb[16] = "", type[80] = "";
	for (size_t i = 0; method[i] && i + 1 < sizeof verb; i++)
		verb[i] = (char)(method[i] | 0x20);
	const json_t *item = find_path(api, path), *operation = json_object_get(item, verb);
	bool refused = a->status == 400 || a->status == 401 || a->status == 404 || a->status == 405;
	if (!operation) {
		snprintf(why, n, "%s %s is not documented", method, path);
		return refused;                /* nothing is there, and the program says so */
	}
	const json_t *response = resolve(api, find_response(operation, a->status));
	if (!response) {
		snprintf(why, n, "status %ld of %s %s is not documented", a->status, method, path);
		return false;
	}
	const char *header = json_string_value(json_object_get(a->headers, "content-type"));
	snprintf(type, sizeof type, "%.*s", (int)strcspn(header ? header : "", "; "), header ? header : "");
	const json_t *content = json_object_get(response, "content"), *media = json_object_get(content, type);
	media = media ? media : json_object_get(content, "*/*");
	if (a->n && json_object_size(content) && !media) {
		snprintf(why, n, "the type %s of status %ld of %s %s is not documented", type, a->status,
			method, path);
		return false;
	}
	const json_t *schema = json_object_get(media, "schema");
	return !schema || !a->json || schema_check(api, schema, a->json, "", why, n);
}
