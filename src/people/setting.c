#include "people/account.h"

enum setting_kind { SETTING_INT, SETTING_TEXT };

static const struct {
	const char *key;
	enum setting_kind kind;
	int64_t min, max;
	const char *otherwise, *zh, *en;
} known[] = {
#define SETTING(key, kind, min, max, otherwise, zh, en) { key, SETTING_##kind, min, max, otherwise, zh, en },
#include "people/setting.def"
#undef SETTING
};

static bool read_text(struct op *op, const char *key, struct span *ret, struct err *err)
{
	return db_text(op_db(op), SQL("SELECT value FROM settings WHERE key=?"), V(db_z(key)), op->arena, ret,
		err);
}

static bool write_text(struct op *op, const char *key, struct span value, struct err *err)
{
	return db_exec(op_db(op),
		SQL("INSERT INTO settings (key, value) VALUES (?, ?)"
		    " ON CONFLICT (key) DO UPDATE SET value=excluded.value"),
		V(db_z(key), db_t(value)), err);
}

bool setting_int(struct op *op, const char *key, int64_t otherwise, int64_t *ret, struct err *err)
{
	struct span text;
	if (!read_text(op, key, &text, err))
		return false;
	*ret = otherwise;
	return !text.p || span_int(text, INT64_MIN, INT64_MAX, ret) ||
	       err_set(err, ERR_CORRUPT, "设置项 %s 不是整数", "setting %s is not a whole number", key);
}

bool setting_text(struct op *op, const char *key, struct span *ret, struct err *err)
{
	struct span text;
	if (!read_text(op, key, &text, err))
		return false;
	for (size_t i = 0; i < COUNT(known) && !text.p; i++)
		if (strcmp(known[i].key, key) == 0)
			text = span_of(known[i].otherwise);
	*ret = text.p ? text : SPAN("");
	return true;
}

bool setting_known(struct op *op, const char *key, int64_t *ret, struct err *err)
{
	for (size_t i = 0; i < COUNT(known); i++)
		if (strcmp(known[i].key, key) == 0 &&
		    span_int(span_of(known[i].otherwise), INT64_MIN, INT64_MAX,
							      ret))
			return setting_int(op, key, *ret, ret, err);
	return err_set(err, ERR_INTERNAL, "没有设置项 %s", "there is no setting %s", key);
}

bool setting_set(struct op *op, const char *key, int64_t value, struct err *err)
{
	return write_text(op, key, arena_printf(op->arena, "%lld", (long long)value), err);
}

/* ---- what people set --------------------------------------------------------------------------- */

static bool check_value(size_t i, struct span value, struct err *err)
{
	int64_t n;
	if (known[i].kind == SETTING_INT)
		return span_int(value, known[i].min, known[i].max, &n) ||
			err_field(err, known[i].key, "%s 应为 %lld 到 %lld 的整数",
				"%s must be a whole number from %lld to %lld", known[i].key,
				(long long)known[i].min, (long long)known[i].max);
	return (utf8_valid(value) && !utf8_has_control(value) && (int64_t)utf8_count(value) >= known[i].min &&
		       (int64_t)utf8_count(value) <= known[i].max) ||
		err_field(err, known[i].key, "%s 应为至多 %lld 个字的文字",
			"%s must be text of at most %lld characters", known[i].key, (long long)known[i].max);
}

static bool check_url(struct span *value, struct err *err)
{
	while (value->n && value->p[value->n - 1] == '/')
		value->n--;
	if (!span_starts(*value, SPAN("http://")) && !span_starts(*value, SPAN("https://")))
		return err_field(err, "base_url", "网址应以 http:// 或 https:// 开头",
			"the address must begin with http:// or https://");
	for (size_t i = 0; i < value->n; i++)
		if (value->p[i] <= ' ' || strchr("\"<>#?", value->p[i]))
			return err_field(err, "base_url", "网址不能含空格、引号、# 或 ?",
				"the address must not have spaces, quotes, # or ?");
	return true;
}

/* Checked, written and noted in one transaction: the caller's, or one of its own. */
static bool change_value(struct op *op, size_t i, struct span value, struct err *err)
{
	struct span old;
	if (!setting_text(op, known[i].key, &old, err))
		return false;
	if (span_eq(old, value))
		return true;
	struct str values = STR_IN(op->arena, 8192);
	str_addf(&values, "{\"before\":{\"%s\":", known[i].key);
	str_add_json(&values, old);
	str_addf(&values, "},\"after\":{\"%s\":", known[i].key);
	str_add_json(&values, value);
	str_addz(&values, "}}");
	struct store_change change = { .resource = "setting", .record_id = span_of(known[i].key),
		.verb = "change", .values = str_span(&values) };
	return write_text(op, known[i].key, value, err) && store_add_change(op->tx, &change, NULL, err);
}

static bool find_known(struct span key, size_t *ret, struct err *err)
{
	size_t i = 0;
	while (i < COUNT(known) && !span_is(key, known[i].key))
		i++;
	*ret = i;
	return i < COUNT(known) ||
		err_set(err, ERR_NOT_FOUND, "没有设置项“" SPAN_FMT "”（setting list 可查看）",
			"there is no setting \"" SPAN_FMT "\" (see setting list)", SPAN_ARG(key));
}

static bool check_known(size_t i, struct span *value, struct err *err)
{
	*value = span_trim(*value);
	return check_value(i, *value, err) &&
		(strcmp(known[i].key, "base_url") != 0 || check_url(value, err));
}

bool setting_command_set(struct command_call *c, struct err *err)
{
	struct op *op = c->op;
	size_t i;
	if (c->n_words != 2)
		return err_set(err, ERR_USAGE, "用法：setting set KEY VALUE", "usage: setting set KEY VALUE");
	struct span value = c->words[1];
	return find_known(c->words[0], &i, err) && check_known(i, &value, err) && op_begin(op, err) &&
		op_finish(op, change_value(op, i, value, err), err);
}

/* ---- routes ------------------------------------------------------------------------------------ */

static bool show_one(struct call *c, size_t i, struct err *err)
{
	struct span value;
	int64_t n;
	if (!setting_text(c->op, known[i].key, &value, err))
		return false;
	bool number = known[i].kind == SETTING_INT && span_int(value, INT64_MIN, INT64_MAX, &n);
	str_addf(c->out, "{\"key\":\"%s\",\"kind\":\"%s\",\"min\":%lld,\"max\":%lld,\"value\":", known[i].key,
		known[i].kind == SETTING_INT ? "int" : "text", (long long)known[i].min,
		(long long)known[i].max);
	if (number)
		str_addf(c->out, "%lld", (long long)n);
	else
		str_add_json(c->out, value);
	str_addz(c->out, ",\"otherwise\":");
	if (number)
		str_addz(c->out, known[i].otherwise);
	else
		str_add_json(c->out, span_of(known[i].otherwise));
	str_addz(c->out, ",\"label\":{\"zh\":");
	str_add_json(c->out, span_of(known[i].zh));
	str_addz(c->out, ",\"en\":");
	str_add_json(c->out, span_of(known[i].en));
	str_addz(c->out, "}}");
	return str_check(c->out, err);
}

bool setting_list_route(struct call *c, struct err *err)
{
	str_addz(c->out, "{\"items\":[");
	for (size_t i = 0; i < COUNT(known); i++) {
		str_addz(c->out, i ? "," : "");
		if (!show_one(c, i, err))
			return false;
	}
	str_addz(c->out, "],\"next\":null}");
	return str_check(c->out, err);
}

/* PATCH /settings/{key} {"value": a number or a text} */
bool setting_change_route(struct call *c, struct err *err)
{
	const json_t *given = json_object_get(c->json, "value");
	struct span value = json_text(given);
	size_t i;
	if (!find_known(c->params[0], &i, err))
		return false;
	if (json_is_integer(given))
		value = arena_printf(c->op->arena, "%lld", (long long)json_integer_value(given));
	if (!value.p)
		return err_field(err, "value", "请给出 value，数字或文字", "give the value, a number or a text");
	return check_known(i, &value, err) && change_value(c->op, i, value, err) && show_one(c, i, err);
}

bool setting_command_list(struct command_call *c, struct err *err)
{
	for (size_t i = 0; i < COUNT(known); i++) {
		struct span value;
		if (!setting_text(c->op, known[i].key, &value, err))
			return false;
		if (c->json) {
			struct str line = STR_IN(c->op->arena, 8192);
			str_addf(&line, "{\"key\":\"%s\",\"value\":", known[i].key);
			str_add_json(&line, value);
			fprintf(c->out, "%s}\n", str_z(&line));
		} else {
			fprintf(c->out, "%-26s " SPAN_FMT "    %s\n", known[i].key, SPAN_ARG(value),
				c->zh ? known[i].zh : known[i].en);
		}
	}
	return true;
}
