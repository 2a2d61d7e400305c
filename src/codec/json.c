#include "codec/json.h"

#include <stdio.h>

/* What jansson makes of a text takes up to 300 bytes for an object of two characters, 40 for another value:
 * `heavy` counts in units of those 40. */
enum { DEPTH_DEFAULT = 64, HEAVY_CONTAINER = 8, HEAVY_MAX = 2000000 };

void json_free(json_t **j)
{
	json_decref(*j);
	*j = NULL;
}

/* jansson's own limit of 2,048 levels is fixed; ours is looked for before it parses. */
static bool depth_check(struct span text, size_t max_depth, struct err *err)
{
	size_t depth = 0, line = 1, line_start = 0, heavy = 0;
	bool in_text = false;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (in_text) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_text = false;
			continue;
		}
		if (c == '\n') {
			line++;
			line_start = i + 1;
		} else if (c == '"') {
			in_text = true;
		} else if (c == ',') {
			heavy++;
		} else if (c == '{' || c == '[') {
			heavy += HEAVY_CONTAINER;
			if (++depth > max_depth)
				return err_set(err, ERR_MALFORMED, "JSON 第 %zu 行第 %zu 列：嵌套超过 %zu 层",
					"JSON line %zu column %zu: more than %zu levels", line,
					i - line_start + 1, max_depth);
		} else if ((c == '}' || c == ']') && depth) {
			depth--;
		}
	}
	if (heavy > HEAVY_MAX)
		return err_set(err, ERR_TOO_LARGE, "JSON 含有过多的对象和值", "JSON: too many objects and values");
	return true;
}

static const struct {
	enum json_error_code code;
	const char *zh;
} reasons[] = {
	{ json_error_premature_end_of_input, "内容不完整" },
	{ json_error_end_of_input_expected, "结尾之后还有多余内容" },
	{ json_error_invalid_syntax, "语法错误" },
	{ json_error_invalid_utf8, "不是有效的 UTF-8 文本" },
	{ json_error_duplicate_key, "同一对象中有重复的键" },
	{ json_error_numeric_overflow, "数值超出范围" },
	{ json_error_null_character, "文本中含有空字符" },
	{ json_error_null_byte_in_key, "键中含有空字符" },
};

static const char *reason_zh(enum json_error_code code)
{
	for (size_t i = 0; i < COUNT(reasons); i++)
		if (reasons[i].code == code)
			return reasons[i].zh;
	return "无法解析";
}

bool json_parse(struct span text, size_t max_depth, json_t **ret, struct err *err)
{
	if (!depth_check(text, max_depth ? max_depth : DEPTH_DEFAULT, err))
		return false;
	json_error_t why;
	json_t *j = json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
	if (!j) {
		err_set(err, ERR_MALFORMED, "JSON 第 %d 行第 %d 列", "JSON line %d column %d", why.line,
			why.column);
		size_t nz = strlen(err->zh), ne = strlen(err->en);
		snprintf(err->zh + nz, sizeof err->zh - nz, "：%s", reason_zh(json_error_code(&why)));
		snprintf(err->en + ne, sizeof err->en - ne, ": %s", why.text);
		return false;
	}
	*ret = j;
	return true;
}

struct span json_text(const json_t *j)
{
	if (!json_is_string(j))
		return (struct span){ NULL, 0 };
	return (struct span){ json_string_value(j), json_string_length(j) };
}

struct span json_get_text(const json_t *object, const char *key)
{
	return json_text(json_object_get(object, key));
}

int64_t json_get_int(const json_t *object, const char *key, int64_t otherwise)
{
	const json_t *j = json_object_get(object, key);
	return json_is_integer(j) ? json_integer_value(j) : otherwise;
}

bool json_get_bool(const json_t *object, const char *key, bool otherwise)
{
	const json_t *j = json_object_get(object, key);
	return json_is_boolean(j) ? json_is_true(j) : otherwise;
}

/* The bytes of the valid character at the front, 0 if there is none. */
static size_t valid_length(struct span s)
{
	for (size_t n = 1; n <= 4 && n <= s.n; n++)
		if (utf8_valid((struct span){ s.p, n }))
			return n;
	return 0;
}

json_t *json_of_span(struct span s)
{
	if (!s.p)
		return json_null();
	if (utf8_valid(s))
		return json_stringn_nocheck(s.p, s.n);
	CLEANUP(str_done) struct str clean = STR(s.n * 3 + 1);
	while (s.n) {
		size_t n = valid_length(s);
		if (n)
			str_add(&clean, (struct span){ s.p, n });
		else
			str_add(&clean, SPAN("\xEF\xBF\xBD"));
		s = span_from(s, n ? n : 1);
	}
	return json_stringn_nocheck(clean.p, clean.n);
}

static int append(const char *bytes, size_t n, void *data)
{
	struct str *to = data;
	str_add(to, (struct span){ bytes, n });
	return to->failed ? -1 : 0;
}

bool json_write(const json_t *j, struct str *ret, struct err *err)
{
	/* 15 digits: each decimal of that many comes back as it was written (0.1, 9.8, EPSS), which 17 would
	 * not. */
	if (json_dump_callback(j, append, ret, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15)) == 0)
		return true;
	if (!str_check(ret, err))
		return false;
	return err_set(err, ERR_INTERNAL, "无法生成 JSON", "cannot write JSON");
}
