/* The OpenAPI 3.1 document: derived from resources, lives and route tables, made anew for each request. */
#include "resource/openapi.h"

#include <stdio.h>

#include "resource/dispatch.h"

static void text(struct str *o, const char *s)
{
	str_add_json(o, span_of(s));
}

static void enum_schema(struct str *o, const struct field *f)
{
	str_addz(o, "{\"type\":\"string\",\"enum\":[");
	for (const char *const *v = f->values; *v; v++) {
		str_addz(o, v == f->values ? "" : ",");
		text(o, *v);
	}
	str_addz(o, "],");
}

static void field_schema(struct str *o, const struct field *f, bool input)
{
	bool nullable;
	switch (f->kind) {
	case FIELD_TEXT:
	case FIELD_LONG:
		nullable = !input && (f->expr || (f->kind == FIELD_LONG && (f->flags & READ_ONLY)));
		str_addz(o, nullable ? "{\"type\":[\"string\",\"null\"]," : "{\"type\":\"string\",");
		if (input)
			str_addf(o, "\"maxLength\":%lld,",
				(long long)(f->max ? f->max : f->kind == FIELD_LONG ? 20000 : 200));
		break;
	case FIELD_INT:
		str_addz(o, "{\"type\":[\"integer\",\"null\"],");
		if (input && (f->min || f->max))
			str_addf(o, "\"minimum\":%lld,\"maximum\":%lld,", (long long)f->min,
				(long long)f->max);
		break;
	case FIELD_BOOL:
		str_addz(o, "{\"type\":\"boolean\",");
		break;
	case FIELD_TIME:
		str_addz(o, "{\"type\":[\"string\",\"null\"],\"format\":\"date-time\",");
		break;
	case FIELD_DATE:
		str_addz(o, "{\"type\":[\"string\",\"null\"],\"format\":\"date\",");
		break;
	case FIELD_ENUM:
		enum_schema(o, f);
		break;
	case FIELD_REF:
		str_addz(o, "{\"type\":[\"string\",\"null\"],");
		break;
	case FIELD_JSON:
		str_addz(o, "{\"type\":[\"object\",\"array\",\"null\"],");
		break;
	}
	str_addz(o, "\"description\":");
	CLEANUP(str_done) struct str both = STR(1000);
	str_addf(&both, "%s / %s", f->zh, f->en);
	str_add_json(o, str_span(&both));
	str_addc(o, '}');
}

static void state_schema(struct str *o, const struct life *life)
{
	str_addz(o, "\"state\":{\"type\":\"string\",\"enum\":[");
	for (const char *const *s = life->states; *s; s++) {
		str_addz(o, s == life->states ? "" : ",");
		text(o, *s);
	}
	str_addz(o, "]}");
}

/* What an answer shows of a record. */
static void record_schema(struct str *o, const struct resource *r)
{
	str_addf(o, "\"%s\":{\"type\":\"object\",\"description\":", r->name);
	text(o, r->en);
	str_addz(o,
		",\"required\":[\"id\",\"version\",\"created_at\",\"updated_at\"],"
		"\"additionalProperties\":false,"
		    "\"properties\":{\"id\":{\"type\":\"string\"},\"version\":{\"type\":\"integer\"},"
		    "\"created_at\":{\"type\":\"string\",\"format\":\"date-time\"},"
		    "\"updated_at\":{\"type\":\"string\",\"format\":\"date-time\"}");
	if (r->life) {
		str_addc(o, ',');
		state_schema(o, r->life);
	}
	for (size_t i = 0; i < r->n_fields; i++) {
		const struct field *f = &r->fields[i];
		str_addf(o, ",\"%s\":", f->name);
		field_schema(o, f, false);
		if (f->kind == FIELD_REF && resource_find(span_of(f->ref))->label)
			str_addf(o, ",\"%.*s_name\":{\"type\":[\"string\",\"null\"]}",
				(int)(strlen(f->name) - 3), f->name);
	}
	if (r->show_schema)
		str_addf(o, ",%s", r->show_schema);
	str_addz(o, "}}");
}

/* What creating and changing take. */
static void input_schema(struct str *o, const struct resource *r)
{
	bool any = false;
	str_addf(o, "\"%s_input\":{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{",
		r->name);
	for (size_t i = 0; i < r->n_fields; i++) {
		const struct field *f = &r->fields[i];
		if ((f->flags & READ_ONLY) || f->expr)
			continue;
		str_addf(o, "%s\"%s\":", any ? "," : "", f->name);
		field_schema(o, f, true);
		any = true;
	}
	str_addz(o, "}}");
}

static void answer(struct str *o, const char *status, const char *what, const char *schema)
{
	str_addf(o, "\"%s\":{\"description\":\"%s\",\"content\":{\"application/json\":{\"schema\":%s}}},",
		status, what, schema);
}

/* The answers every route may give, and the end of the operation. */
static void problems(struct str *o)
{
	str_addz(o,
		"\"default\":{\"description\":\"problem\","
		"\"content\":{\"application/problem+json\":{\"schema\":"
		    "{\"$ref\":\"#/components/schemas/problem\"}}}}}}");
}

static void path_params(struct str *o, const char *path)
{
	struct span rest = span_of(path);
	bool any = false;
	size_t at;
	str_addz(o, "\"parameters\":[");
	while (span_find(rest, '{', &at)) {
		rest = span_from(rest, at + 1);
		struct span name = span_split(&rest, '}');
		str_addf(o,
			"%s{\"name\":\"" SPAN_FMT "\",\"in\":\"path\",\"required\":true,"
			"\"schema\":{\"type\":\"string\"}}",
			 any ? "," : "", SPAN_ARG(name));
		any = true;
		if (!rest.p)
			break;
	}
	str_addz(o, "],");
}

static void list_params(struct str *o, const struct resource *r)
{
	str_addz(o,
		"\"parameters\":[{\"name\":\"limit\",\"in\":\"query\",\"schema\":{\"type\":\"integer\","
		"\"minimum\":1,"
		    "\"maximum\":1000,\"default\":50}},{\"name\":\"cursor\",\"in\":\"query\","
		    "\"schema\":{\"type\":\"string\"}},"
		    "{\"name\":\"sort\",\"in\":\"query\",\"schema\":{\"type\":\"string\"}},"
		    "{\"name\":\"fields\",\"in\":\"query\",\"schema\":{\"type\":\"string\"}},"
		    "{\"name\":\"format\",\"in\":\"query\",\"schema\":{\"enum\":[\"json\",\"csv\"]}}");
	for (size_t i = 0; i < r->n_fields; i++)
		if (r->fields[i].flags & FILTER)
			str_addf(o, ",{\"name\":\"%s\",\"in\":\"query\",\"schema\":{\"type\":\"string\"}}",
				r->fields[i].name);
	str_addz(o, "],");
}

static void body(struct str *o, const char *schema)
{
	str_addf(o, "\"requestBody\":{\"content\":{\"application/json\":{\"schema\":%s}}},", schema);
}

static void operation(struct str *o, const char *method, const char *id_verb, const struct resource *r)
{
	str_addf(o, "\"%s\":{\"operationId\":\"%s_%s\",\"tags\":[\"%s\"],", method, r->name, id_verb,
		r->name);
}

static void lower(struct str *o, const char *method)
{
	for (; *method; method++)
		str_addc(o, (char)(*method | 0x20));
}

static void ordinary(struct str *o, const struct route *r)
{
	str_addc(o, '"');
	lower(o, r->method);
	str_addz(o, "\":{\"summary\":");
	text(o, r->en);
	str_addz(o, ",\"description\":");
	text(o, r->zh);
	str_addc(o, ',');
	path_params(o, r->path);
	if (r->body_schema)
		body(o, r->body_schema);
	else if ((r->flags & ROUTE_RAW) && r->body_max)
		str_addz(o, "\"requestBody\":{\"content\":{\"*/*\":{}}},");
	str_addz(o, "\"responses\":{");
	const char *schema = r->answer_schema ? r->answer_schema : "{}";
	bool bytes = (r->flags & ROUTE_RAW) && r->body_max == 0; /* content as it was handed in */
	if (bytes)
		str_addz(o, "\"200\":{\"description\":\"the content\",\"content\":{\"*/*\":{}}},");
	else if (r->flags & ROUTE_CSV)
		str_addf(o,
			"\"200\":{\"description\":\"done\",\"content\":{\"application/json\":{\"schema\":%s},"
			    "\"text/csv\":{}}},", schema);
	else
		answer(o, "200", "done", schema);
	answer(o, "201", "made", schema);
	answer(o, "202", "accepted", schema);
	str_addz(o, "\"204\":{\"description\":\"done\"},");
	problems(o);
}

/* Is this the path of a resource's list, or with `one` of its records? */
static bool is_path_of(const struct resource *r, const char *path, bool one)
{
	static const char prefix[] = "/api/v1/";
	size_t n = strlen(r->path);
	return strncmp(path, prefix, sizeof prefix - 1) == 0 &&
		strncmp(path + sizeof prefix - 1, r->path, n) == 0 &&
		strcmp(path + sizeof prefix - 1 + n, one ? "/{id}" : "") == 0;
}

/* A path is one member of the document: routes that share a resource's path are written with it. */
static void shared_path(struct str *o, const struct resource *r, bool one)
{
	const struct route *route;
	for (size_t i = 0; (route = dispatch_route(i)); i++) {
		if (!is_path_of(r, route->path, one))
			continue;
		str_addc(o, ',');
		ordinary(o, route);
	}
}

static bool is_resource_path(const char *path)
{
	const struct resource *r;
	for (size_t i = 0; (r = resource_at(i)); i++)
		if (is_path_of(r, path, false) || is_path_of(r, path, true))
			return true;
	return false;
}

/* Does an ordinary route answer what the generic one would?  Then it alone is written. */
static bool is_taken(const char *method, const struct resource *r, const char *rest)
{
	const struct route *route;
	for (size_t i = 0; (route = dispatch_route(i)); i++) {
		size_t n = strlen("/api/v1/"), m = strlen(r->path);
		if (strcmp(route->method, method) == 0 && strncmp(route->path + n, r->path, m) == 0 &&
			strcmp(route->path + n + m, rest) == 0)
			return true;
	}
	return false;
}

static void collection(struct str *o, const struct resource *r)
{
	CLEANUP(str_done) struct str ref = STR(500);
	str_addf(o, "\"/api/v1/%s\":{", r->path);
	operation(o, "get", "list", r);
	list_params(o, r);
	str_addz(o, "\"responses\":{");
	str_addf(&ref,
		"{\"type\":\"object\",\"required\":[\"items\",\"next\"],"
		"\"properties\":{\"items\":{\"type\":\"array\",\"items\":"
		 "{\"$ref\":\"#/components/schemas/%s\"}},\"next\":{\"type\":[\"string\",\"null\"]}}}",
		 r->name);
	str_addf(o,
		"\"200\":{\"description\":\"a page\",\"content\":{\"application/json\":{\"schema\":%s},"
		"\"text/csv\":{}}},",
		str_z(&ref));
	problems(o);
	if ((r->ops & RESOURCE_CREATE) && !is_taken("POST", r, "")) {
		str_addc(o, ',');
		operation(o, "post", "create", r);
		str_clear(&ref);
		str_addf(&ref, "{\"$ref\":\"#/components/schemas/%s_input\"}", r->name);
		body(o, str_z(&ref));
		str_addz(o, "\"responses\":{");
		str_clear(&ref);
		str_addf(&ref, "{\"$ref\":\"#/components/schemas/%s\"}", r->name);
		answer(o, "201", "made", str_z(&ref));
		problems(o);
	}
	shared_path(o, r, false);
	str_addz(o, "},");
}

static void single(struct str *o, const struct resource *r)
{
	CLEANUP(str_done) struct str ref = STR(500);
	CLEANUP(str_done) struct str input = STR(500);
	str_addf(&ref, "{\"$ref\":\"#/components/schemas/%s\"}", r->name);
	str_addf(&input, "{\"$ref\":\"#/components/schemas/%s_input\"}", r->name);
	str_addf(o, "\"/api/v1/%s/{id}\":{", r->path);
	path_params(o, "{id}");
	operation(o, "get", "get", r);
	str_addz(o, "\"responses\":{\"304\":{\"description\":\"not modified\"},");
	answer(o, "200", "the record", str_z(&ref));
	problems(o);
	if (r->ops & RESOURCE_CHANGE) {
		str_addc(o, ',');
		operation(o, "patch", "change", r);
		body(o, str_z(&input));
		str_addz(o, "\"responses\":{");
		answer(o, "200", "changed", str_z(&ref));
		problems(o);
	}
	if (r->ops & RESOURCE_DELETE) {
		str_addc(o, ',');
		operation(o, "delete", "delete", r);
		str_addz(o, "\"responses\":{\"204\":{\"description\":\"gone\"},");
		problems(o);
	}
	shared_path(o, r, true);
	str_addz(o, "},");
}

static void verbs(struct str *o, const struct resource *r)
{
	CLEANUP(str_done) struct str ref = STR(500);
	CLEANUP(str_done) struct str args = STR(8000);
	str_addf(&ref, "{\"$ref\":\"#/components/schemas/%s\"}", r->name);
	/* A resource that says more exactly what on_behalf holds says it alone. */
	bool own = r->args_schema && strstr(r->args_schema, "\"on_behalf\":");
	str_addf(&args, "{\"type\":\"object\",\"additionalProperties\":false,"
		"\"properties\":{\"reason\":{\"type\":\"string\"},"
		"\"text\":{\"type\":\"string\"},\"until\":{\"type\":\"string\"}%s%s%s}}",
		own ? "" : ",\"on_behalf\":{\"type\":\"object\",\"required\":[\"channel\",\"person\"]}",
		r->args_schema ? "," : "", r->args_schema ? r->args_schema : "");
	for (size_t i = 0; r->life && i < r->life->n_rows; i++) {
		const char *verb = r->life->rows[i].verb;
		char rest[80];
		snprintf(rest, sizeof rest, "/{id}/%s", verb);
		if (!life_is_first(r->life, i) || is_taken("POST", r, rest))
			continue;
		str_addf(o, "\"/api/v1/%s/{id}/%s\":{", r->path, verb);
		path_params(o, "{id}");
		operation(o, "post", verb, r);
		body(o, str_z(&args));
		str_addz(o, "\"responses\":{");
		answer(o, "200", "done", str_z(&ref));
		problems(o);
		str_addz(o, "},");
	}
}

/* Routes of one path stand together in the document, wherever they stand in the tables. */
static void ordinary_paths(struct str *o)
{
	const struct route *r, *other;
	for (size_t i = 0; (r = dispatch_route(i)); i++) {
		bool seen = is_resource_path(r->path);
		for (size_t j = 0; j < i && !seen; j++)
			seen = strcmp(dispatch_route(j)->path, r->path) == 0;
		if (seen)
			continue;
		text(o, r->path);
		str_addz(o, ":{");
		ordinary(o, r);
		for (size_t j = i + 1; (other = dispatch_route(j)); j++) {
			if (strcmp(other->path, r->path) != 0)
				continue;
			str_addc(o, ',');
			ordinary(o, other);
		}
		str_addz(o, "},");
	}
}

static const char problem_schema[] =
	"\"problem\":{\"type\":\"object\",\"required\":[\"type\",\"title\",\"status\",\"detail\"],"
	"\"properties\":{"
	"\"type\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},\"status\":{\"type\":\"integer\"},"
	"\"detail\":{\"type\":\"string\"},\"instance\":{\"type\":\"string\"},\"errors\":{\"type\":\"array\","
	"\"items\":"
	"{\"type\":\"object\",\"required\":[\"field\",\"detail\"],"
	"\"properties\":{\"field\":{\"type\":\"string\"},"
	"\"detail\":{\"type\":\"string\"}}}}}}";

void openapi_write(struct str *o)
{
	const struct resource *r;
	str_addz(o,
		"{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Seawall 海堤\",\"version\":\"1\"},\"paths\":{");
	for (size_t i = 0; (r = resource_at(i)); i++) {
		collection(o, r);
		single(o, r);
		verbs(o, r);
	}
	ordinary_paths(o);
	o->n -= o->p[o->n - 1] == ',';
	str_addz(o,
		"},\"components\":{\"securitySchemes\":{\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\","
		"\"name\":\"seawall\"},"
		    "\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"}},\"schemas\":{");
	str_addz(o, problem_schema);
	for (size_t i = 0; (r = resource_at(i)); i++) {
		str_addc(o, ',');
		record_schema(o, r);
		str_addc(o, ',');
		input_schema(o, r);
	}
	str_addz(o, "}},\"security\":[{\"session\":[]},{\"token\":[]}]}");
}
