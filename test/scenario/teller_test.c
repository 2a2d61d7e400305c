/* Tests of the story teller itself: what it compares and validates must be able to fail. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "story.h"

static int cases, failed;

static void result(const char *name, bool ok, const char *why)
{
	failed += !ok;
	if (!ok)
		printf("# why: %s\n", why);
	printf("%sok %d - %s\n", ok ? "" : "not ", ++cases, name);
}

static json_t *parse(const char *text)
{
	json_error_t e;
	json_t *v = json_loads(text, JSON_DECODE_ANY, &e);
	if (!v) {
		printf("Bail out! %s: %s\n", text, e.text);
		exit(99);
	}
	return v;
}

static const struct { const char *name, *want, *got, *why; } matching[] = {
	{ "equal", "{\"a\":1}", "{\"a\":1,\"b\":2}", NULL },
	{ "another number", "{\"a\":1}", "{\"a\":2}", "/a: is 2, not 1" },
	{ "a number is no text", "{\"a\":\"1\"}", "{\"a\":1}", "/a: is 1, not \"1\"" },
	{ "whole and real", "1", "1.0", NULL },
	{ "missing", "{\"a\":{\"b\":1}}", "{\"a\":{}}", "/a/b: is missing" },
	{ "null is not missing", "{\"a\":null}", "{}", "/a: is missing" },
	{ "absent", "{\"a\":\"(absent)\"}", "{}", NULL },
	{ "absent, but there", "{\"a\":\"(absent)\"}", "{\"a\":1}", "/a: is there" },
	{ "expression", "\"~^ab+$\"", "\"abb\"", NULL },
	{ "expression that does not match", "\"~^ab+$\"", "\"abc\"", "\"abc\" does not match ~^ab+$" },
	{ "expression on a number", "\"~^1\"", "12", NULL },
	{ "array", "[1,2]", "[1,2]", NULL },
	{ "longer array", "[1,2]", "[1,2,3]", "has 3 elements, not 2" },
	{ "element", "[1,{\"a\":2}]", "[1,{\"a\":3}]", "/1/a: is 3, not 2" },
	{ "some elements", "[\"...\",{\"a\":2},1]", "[1,{\"a\":2,\"b\":1},9]", NULL },
	{ "some elements, one is not there", "[\"...\",7]", "[1,2]", "none of 2 elements holds 7" },
	{ "object is no array", "{}", "[]", "is [], not {}" },
};

static void test_matching(void)
{
	for (size_t i = 0; i < sizeof matching / sizeof matching[0]; i++) {
		char why[2000] = "";
		json_t *want = parse(matching[i].want), *got = parse(matching[i].got);
		bool ok = value_matches(want, got, why, sizeof why);
		result(matching[i].name, ok == !matching[i].why &&
			(ok || strcmp(why, matching[i].why) == 0), why);
		json_decref(want);
		json_decref(got);
	}
}

#define API "{\"components\":{\"schemas\":{\"order\":{\"type\":\"object\",\"required\":[\"id\"]," \
	"\"properties\":{" \
	"\"id\":{\"type\":\"string\",\"format\":\"uuid\"},\"n\":{\"type\":[\"integer\",\"null\"]," \
	"\"maximum\":9}," \
	"\"state\":{\"enum\":[\"sent\",\"closed\"]}},\"additionalProperties\":false}}}}"
#define ID "\"id\":\"0190a0b0-0000-7000-8000-000000000001\""

static const struct { const char *name, *schema, *v, *why; } schemas[] = {
	{ "as documented", "{\"$ref\":\"#/components/schemas/order\"}", "{" ID ",\"n\":3,\"state\":\"sent\"}",
		NULL },
	{ "null allowed", "{\"$ref\":\"#/components/schemas/order\"}", "{" ID ",\"n\":null}", NULL },
	{ "another type", "{\"$ref\":\"#/components/schemas/order\"}", "{" ID ",\"n\":\"3\"}",
		"/n is of another type than documented: \"3\"" },
	{ "required", "{\"$ref\":\"#/components/schemas/order\"}", "{}", "/id is required and missing" },
	{ "not in enum", "{\"$ref\":\"#/components/schemas/order\"}", "{" ID ",\"state\":\"gone\"}",
		"/state is none of the values of enum: \"gone\"" },
	{ "not documented", "{\"$ref\":\"#/components/schemas/order\"}", "{" ID ",\"x\":1}",
		"/x is not documented: 1" },
	{ "maximum", "{\"$ref\":\"#/components/schemas/order\"}", "{" ID ",\"n\":10}",
		"/n is outside its documented bounds: 10" },
	{ "format", "{\"$ref\":\"#/components/schemas/order\"}", "{\"id\":\"1\"}",
		"/id is not of its documented format: \"1\"" },
	{ "in an array", "{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/order\"}}",
		"[{" ID "},{}]",
		"/1/id is required and missing" },
	{ "a reference to nothing", "{\"$ref\":\"#/components/schemas/none\"}", "1",
		"the body has a schema that refers to nothing: {\"$ref\":\"#/components/schemas/none\"}" },
	{ "anyOf", "{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}", "null", NULL },
	{ "allOf", "{\"allOf\":[{\"minimum\":1},{\"maximum\":5}]}", "6",
		"the body is outside its documented bounds: 6" },
	{ "oneOf", "{\"oneOf\":[{\"minimum\":1},{\"maximum\":5}]}", "3",
		"the body does not fit exactly one of oneOf: 3" },
	{ "characters, not bytes", "{\"maxLength\":2}", "\"海堤\"", NULL },
	{ "too long", "{\"maxLength\":2}", "\"abc\"",
		"the body is shorter or longer than documented: \"abc\"" },
	{ "pattern", "{\"pattern\":\"^[a-z]+$\"}", "\"a1\"", "the body does not fit its pattern: \"a1\"" },
	{ "the root of another schema", "{\"additionalProperties\":{\"type\":\"integer\"}}", "{\"a\":\"b\"}",
		"/a is of another type than documented: \"b\"" },
};

static void test_schemas(void)
{
	json_t *api = parse(API);
	for (size_t i = 0; i < sizeof schemas / sizeof schemas[0]; i++) {
		char why[2000] = "";
		json_t *schema = parse(schemas[i].schema), *v = parse(schemas[i].v);
		bool ok = schema_check(api, schema, v, "", why, sizeof why);
		const char *want = schemas[i].why;
		result(schemas[i].name, ok == !want && (ok || strcmp(why, want) == 0), why);
		json_decref(schema);
		json_decref(v);
	}
	json_decref(api);
}

static const char paths[] =
	"{\"paths\":{\"/api/v1/orders/{id}\":{\"get\":{\"responses\":{\"200\":{},\"4XX\":{}}}},"
	"\"/api/v1/orders/export\":{\"get\":{\"responses\":{\"404\":{}}}},"
	"\"/api/v1/orders\":{\"get\":{\"responses\":{\"200\":{\"content\":{\"application/json\":{\"schema\":"
	"{\"type\":\"array\"}}}}}}}}}";

static const struct { const char *name, *method, *path; long status; const char *type, *body; bool ok;
	} answers[] = {
	{ "a documented answer", "GET", "/api/v1/orders?limit=1", 200, "application/json; charset=utf-8",
		"[]", true },
	{ "another body", "GET", "/api/v1/orders", 200, "application/json", "{}", false },
	{ "another media type", "GET", "/api/v1/orders", 200, "text/csv", "\"\"", false },
	{ "a status not documented", "GET", "/api/v1/orders", 403, "application/json", "[]", false },
	{ "a parameter in the path", "GET", "/api/v1/orders/17", 200, "application/json", "{}", true },
	{ "a class of statuses", "GET", "/api/v1/orders/17", 409, "application/json", "{}", true },
	{ "the literal path wins", "GET", "/api/v1/orders/export", 200, "application/json", "{}", false },
	{ "a method not documented", "POST", "/api/v1/orders", 200, "application/json", "[]", false },
	{ "a method refused", "POST", "/api/v1/orders", 405, "application/json", "{}", true },
	{ "nothing there, and it says so", "GET", "/api/v1/nothing", 404, "application/json", "{}", true },
	{ "something undocumented there", "GET", "/api/v1/orders/1/more", 200, "application/json", "{}",
		false },
};

static void test_answers(void)
{
	json_t *api = parse(paths);
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		char why[2000] = "";
		struct answer a = {
			.status = answers[i].status,
			.n = strlen(answers[i].body),
			.headers = json_pack("{ss}", "content-type", answers[i].type),
			.json = parse(answers[i].body),
		};
		result(answers[i].name, openapi_check(api, answers[i].method, answers[i].path, &a, why,
			sizeof why) ==
			answers[i].ok, why);
		json_decref(a.headers);
		json_decref(a.json);
	}
	json_decref(api);
}

static void test_expanding(void)
{
	struct story s = { .saved = parse("{\"id\":\"x1\",\"n\":3}") };
	json_t *raw = parse("{\"a\":\"/o/{id}/{n}\",\"b\":\"{n}\",\"c\":[\"{\\\"k\\\":1}\",\"{Id}\"]}");
	json_t *want = parse("{\"a\":\"/o/x1/3\",\"b\":3,\"c\":[\"{\\\"k\\\":1}\",\"{Id}\"]}");
	json_t *got = value_expand(&s, raw), *bad = parse("\"{unknown}\"");
	result("names in braces are replaced", got && json_equal(got, want), "");
	result("a name that was not saved", !value_expand(&s, bad) &&
		strcmp(s.why, "nothing was saved as {unknown}") == 0, s.why);
	json_t *group = value_group("new ([0-9]+)", "read 3, new 12");
	result("a group is saved", group && strcmp(json_string_value(group), "12") == 0, "");
	result("a pointer", value_at(want, "/c/1") == json_array_get(json_object_get(want, "c"), 1), "");
	result("a pointer to nothing", !value_at(want, "/c/2") && !value_at(want, "/a/b"), "");
	json_decref(group);
	json_decref(bad);
	json_decref(got);
	json_decref(want);
	json_decref(raw);
	json_decref(s.saved);
}

int main(void)
{
	test_matching();
	test_schemas();
	test_answers();
	test_expanding();
	printf("1..%d\n", cases);
	return failed ? 1 : 0;
}
