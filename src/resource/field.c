/* From a value given from outside to a value of a field: kind, bounds, references; every message names the
 * field. */
#include <stdio.h>

#include "resource/internal.h"

static bool wrong(const struct field *f, struct err *err, const char *zh, const char *en)
{
	CLEANUP(str_done) struct str z = STR(300);
	CLEANUP(str_done) struct str e = STR(300);
	str_addf(&z, "“" SPAN_FMT "”%s", SPAN_ARG(field_label(f, true)), zh);
	str_addf(&e, "%s: %s", f->name, en);
	return err_texts(err, ERR_INVALID, f->name, str_z(&z), str_z(&e));
}

static bool parse_text(const struct field *f, const json_t *in, struct db_value *ret, struct err *err)
{
	if (!json_is_string(in))
		return wrong(f, err, "应为文字", "must be a text");
	struct span s = json_text(in);
	int64_t max = f->max ? f->max : f->kind == FIELD_LONG ? 20000 : 200;
	int64_t count = (int64_t)utf8_count(s);
	char zh[80], en[80];
	if (utf8_has_control(s) || (f->kind == FIELD_TEXT &&
	    (memchr(s.p, '\n', s.n) || memchr(s.p, '\r', s.n))))
		return wrong(f, err, "含有控制字符", "contains control characters");
	if (count < f->min || count > max) {
		snprintf(zh, sizeof zh, "应为 %lld 到 %lld 个字", (long long)f->min, (long long)max);
		snprintf(en, sizeof en, "must have %lld to %lld characters", (long long)f->min,
			(long long)max);
		return wrong(f, err, zh, en);
	}
	if ((f->flags & REQUIRED) && span_trim(s).n == 0)
		return wrong(f, err, "不能为空", "must not be empty");
	*ret = db_t(s);
	return true;
}

static bool parse_int(const struct field *f, const json_t *in, struct db_value *ret, struct err *err)
{
	int64_t v = json_is_integer(in) ? json_integer_value(in) : 0;
	bool bounded = f->min != 0 || f->max != 0;
	char zh[80], en[80];
	if (!json_is_integer(in) || (bounded && (v < f->min || v > f->max))) {
		if (!bounded)
			return wrong(f, err, "应为整数", "must be a whole number");
		snprintf(zh, sizeof zh, "应为 %lld 到 %lld 的整数", (long long)f->min, (long long)f->max);
		snprintf(en, sizeof en, "must be a whole number from %lld to %lld", (long long)f->min,
			(long long)f->max);
		return wrong(f, err, zh, en);
	}
	*ret = db_i(v);
	return true;
}

static bool parse_enum(const struct field *f, const json_t *in, struct db_value *ret, struct err *err)
{
	struct span s = json_text(in);
	for (const char *const *v = f->values; *v; v++) {
		if (s.p && span_is(s, *v)) {
			*ret = db_z(*v);
			return true;
		}
	}
	CLEANUP(str_done) struct str zh = STR(250);
	CLEANUP(str_done) struct str en = STR(250);
	str_addz(&zh, "应为其中之一：");
	str_addz(&en, "must be one of ");
	for (const char *const *v = f->values; *v; v++) {
		str_addf(&zh, "%s%s", v == f->values ? "" : "、", *v);
		str_addf(&en, "%s%s", v == f->values ? "" : ", ", *v);
	}
	return wrong(f, err, str_z(&zh), str_z(&en));
}

/* What one may not see does not exist for its writer either.  Units are named by everybody: operators and
 * supervisors stand outside one's own tree. */
static bool may_name(struct op *op, const struct resource *to, struct span s, bool *ret, struct err *err)
{
	struct record rec;
	struct err e = { 0 };
	bool own = to->unit_column && strcmp(to->unit_column, "t.n") == 0;
	*ret = !to->unit_column || own || actor_whole(op->actor, to->read) || resource_get(op, to, s,
			&rec, &e);
	if (*ret || e.code == ERR_NOT_FOUND || e.code == ERR_FORBIDDEN)
		return true;
	*err = e;
	return false;
}

static bool parse_ref(struct op *op, const struct field *f, const json_t *in, struct db_value *ret,
	struct err *err)
{
	const struct resource *to = resource_find(span_of(f->ref));
	struct span s = json_text(in);
	int64_t n = 0;
	struct err e = { 0 };
	if (!s.p)
		return wrong(f, err, "应为标识", "must be an identifier");
	if (s.n == 0 || s.n > 200 || !resource_resolve(op, to, s, &n, &e)) {
		if (e.code != ERR_NONE && e.code != ERR_NOT_FOUND) {
			*err = e;
			return false;
		}
		return wrong(f, err, "不存在", "does not exist");
	}
	bool may;
	if (!may_name(op, to, s, &may, err))
		return false;
	if (!may)
		return wrong(f, err, "不存在", "does not exist");
	*ret = db_i(n);
	return true;
}

static bool parse_time(const struct field *f, const json_t *in, struct db_value *ret, struct err *err)
{
	int64_t ms;
	struct span s = json_text(in);
	if (f->kind == FIELD_DATE) {
		if (!s.p || (s.n && !time_parse_date(s, 0, &ms)))
			return wrong(f, err, "应为日期，例如 2026-11-23", "must be a date such as 2026-11-23");
		*ret = db_t(s.p ? s : SPAN(""));
		return true;
	}
	if (!s.p || (!time_parse(s, &ms) && !time_parse_date(s, TIME_CHINA, &ms)))
		return wrong(f, err, "应为时间，例如 2026-11-23T08:00:00Z",
			"must be a time such as 2026-11-23T08:00:00Z");
	*ret = db_i(ms);
	return true;
}

static bool parse_json(struct op *op, const struct field *f, const json_t *in, struct db_value *ret,
	struct err *err)
{
	struct str text = STR_IN(op->arena, 256 * 1024);
	if (!json_is_object(in) && !json_is_array(in))
		return wrong(f, err, "应为对象或列表", "must be an object or a list");
	if (!json_write(in, &text, err))
		return false;
	*ret = db_t(str_span(&text));
	return true;
}

struct db_value field_default(const struct field *f)
{
	switch (f->kind) {
	case FIELD_TEXT:
	case FIELD_LONG:
	case FIELD_DATE:
		return db_t(SPAN(""));
	case FIELD_ENUM:
		return db_z(f->values[0]);
	case FIELD_INT:
	case FIELD_BOOL:
		return db_i(0);
	case FIELD_JSON:
		return db_t(SPAN("null"));
	case FIELD_TIME:
	case FIELD_REF:
		break;
	}
	return db_null();
}

bool field_parse(struct op *op, const struct field *f, const json_t *in, struct db_value *ret,
	struct err *err)
{
	if (json_is_null(in)) {
		if (f->flags & REQUIRED)
			return wrong(f, err, "不能为空", "must not be empty");
		*ret = field_default(f);
		return true;
	}
	switch (f->kind) {
	case FIELD_TEXT:
	case FIELD_LONG: return parse_text(f, in, ret, err);
	case FIELD_INT: return parse_int(f, in, ret, err);
	case FIELD_ENUM: return parse_enum(f, in, ret, err);
	case FIELD_REF: return parse_ref(op, f, in, ret, err);
	case FIELD_DATE:
	case FIELD_TIME: return parse_time(f, in, ret, err);
	case FIELD_JSON: return parse_json(op, f, in, ret, err);
	case FIELD_BOOL: break;
	}
	if (!json_is_boolean(in))
		return wrong(f, err, "应为 true 或 false", "must be true or false");
	*ret = db_i(json_is_true(in));
	return true;
}

json_t *field_from_text(const struct field *f, struct span text, struct err *err)
{
	int64_t i;
	if (f->kind == FIELD_INT && span_int(text, INT64_MIN + 1, INT64_MAX, &i))
		return json_integer(i);
	if (f->kind == FIELD_BOOL && (span_is(text, "true") || span_is(text, "false")))
		return json_boolean(span_is(text, "true"));
	if (f->kind == FIELD_JSON) {
		json_t *j = NULL;
		bool json = text.n && (*text.p == '{' || *text.p == '[');
		if (f->from_words && !json)
			return f->from_words(text, err);
		return json_parse(text, 0, &j, err) ? j : NULL;
	}
	if (text.n == 0 && f->kind != FIELD_TEXT && f->kind != FIELD_LONG)
		return json_null();
	return json_of_span(text);
}
