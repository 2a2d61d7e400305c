#include "people/people.h"

bool setting_int(struct op *op, const char *key, int64_t otherwise, int64_t *ret, struct err *err)
{
	struct span text;
	if (!db_text(op_db(op), SQL("SELECT value FROM settings WHERE key=?"), V(db_z(key)), op->arena, &text,
		    err))
		return false;
	*ret = otherwise;
	return !text.p || span_int(text, INT64_MIN, INT64_MAX, ret) ||
	       err_set(err, ERR_CORRUPT, "设置项 %s 不是整数", "setting %s is not a whole number", key);
}

bool setting_set(struct op *op, const char *key, int64_t value, struct err *err)
{
	return db_exec(op_db(op), SQL("INSERT INTO settings (key, value) VALUES (?, ?)"
				      " ON CONFLICT (key) DO UPDATE SET value=excluded.value"),
		       V(db_z(key), db_t(arena_printf(op->arena, "%lld", (long long)value))), err);
}
