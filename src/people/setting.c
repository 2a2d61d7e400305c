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

/* ---- commands ---------------------------------------------------------------------------------- */

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

bool setting_command_set(struct command_call *c, struct err *err)
{
	struct op *op = c->op;
	struct span value;
	size_t i = 0;
	while (i < COUNT(known) && !span_is(c->words[0], known[i].key))
		i++;
	if (c->n_words != 2)
		return err_set(err, ERR_USAGE, "用法：setting set KEY VALUE", "usage: setting set KEY VALUE");
	if (i == COUNT(known))
		return err_set(err, ERR_NOT_FOUND, "没有设置项“" SPAN_FMT "”（setting list 可查看）",
			"there is no setting \"" SPAN_FMT "\" (see setting list)", SPAN_ARG(c->words[0]));
	value = span_trim(c->words[1]);
	if (!check_value(i, value, err) || (strcmp(known[i].key, "base_url") == 0 &&
	    !check_url(&value, err)) ||
		!op_begin(op, err))
		return false;
	struct str values = STR_IN(op->arena, 8192);
	str_addf(&values, "{\"before\":{},\"after\":{\"%s\":", known[i].key);
	str_add_json(&values, value);
	str_addz(&values, "}}");
	struct store_change change = { .resource = "setting", .record_id = span_of(known[i].key),
		.verb = "change", .values = str_span(&values) };
	return op_finish(op,
		write_text(op, known[i].key, value, err) &&
		store_add_change(op->tx, &change, NULL, err), err);
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
