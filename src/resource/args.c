/* What a verb takes from outside: the names that openapi.json lists, each of its type. */
#include <stdio.h>

#include "resource/internal.h"

enum { TEXT_MAX = 20000 };

static const char common[] =
	"\"reason\":{\"type\":\"string\"},\"text\":{\"type\":\"string\"},\"until\":{\"type\":\"string\"}";

static bool wrong(struct op *op, const char *name, const char *zh, const char *en, struct err *first)
{
	struct err e = { 0 };
	char field[60];
	snprintf(field, sizeof field, "%s", name);
	err_field(&e, field, "“%.0s%s”%s%.0s", "%s%.0s %.0s%s", field, field, zh, en);
	return op_problem(op, &e, first);
}

static bool type_fits(const json_t *value, struct span type)
{
	return (span_is(type, "string") && json_is_string(value)) ||
		(span_is(type, "boolean") && json_is_boolean(value)) ||
		(span_is(type, "array") && json_is_array(value)) ||
		(span_is(type, "object") && json_is_object(value)) ||
		(span_is(type, "integer") && json_is_integer(value));
}

static bool check_one(
	struct op *op, const char *name, const json_t *value, const json_t *schema, struct err *first)
{
	const json_t *list = json_object_get(schema, "enum");
	bool listed = !list;
	if (!schema)
		return wrong(op, name, "不是这个操作的字段", "is not known to this verb", first);
	if (json_is_null(value))
		return true;
	struct span type = json_get_text(schema, "type");
	if (type.p && !type_fits(value, type))         /* without one: judged by who reads it */
		return wrong(op, name, "类型不对", "is of the wrong type", first);
	for (size_t i = 0; i < json_array_size(list); i++)
		listed = listed || json_equal(json_array_get(list, i), value);
	if (!listed)
		return wrong(op, name, "不是可选的值", "is none of the possible values", first);
	if (json_is_string(value) && utf8_count(json_text(value)) > TEXT_MAX)
		return wrong(op, name, "最长 20000 个字", "has at most 20,000 characters", first);
	return true;
}

static bool check_all(
	struct op *op, const json_t *schemas, const json_t *args, bool known_only, struct err *err)
{
	struct err first = { 0 };
	const char *name;
	json_t *value;
	bool good = true;
	json_object_foreach((json_t *)(uintptr_t)args, name, value)
	{
		const json_t *schema = json_object_get(schemas, name);
		if (schema || known_only)
			good = check_one(op, name, value, schema, &first) && good;
	}
	if (!good)
		*err = first;
	return good;
}

bool args_check(struct op *op, const struct resource *r, const json_t *args, struct err *err)
{
	struct str text = STR_IN(op->arena, 65536);
	CLEANUP(json_free) json_t *schemas = NULL;
	if (json_object_size(args) == 0)
		return true;
	bool own = r->args_schema && strstr(r->args_schema, "\"on_behalf\":");
	str_addf(&text, "{%s%s%s%s}", common, own ? "" : ",\"on_behalf\":{\"type\":\"object\"}",
		r->args_schema ? "," : "", r->args_schema ? r->args_schema : "");
	return json_parse(str_span(&text), 0, &schemas, err) && check_all(op, schemas, args, true, err);
}

bool args_check_body(struct op *op, const char *body_schema, const json_t *body, struct err *err)
{
	CLEANUP(json_free) json_t *schema = NULL;
	if (body && !json_is_object(body))
		return err_set(
			err, ERR_MALFORMED, "请求内容应为 JSON 对象", "the body must be a JSON object");
	return json_object_size(body) == 0 ||
		(json_parse(span_of(body_schema), 0, &schema, err) &&
			check_all(op, json_object_get(schema, "properties"), body, false, err));
}
