/* Shift notes (交接班): what is open when one goes and the next comes, and that the next one took it over. */
#include "order/behalf.h"
#include "order/filter.h"
#include "people/people.h"

static const char *const states[] = { "open", "acknowledged", NULL };
static const struct transition rows[] = {
	{ "open", "acknowledge", "acknowledged", PERM_SHIFT_WRITE },
};
const struct life shift_note_life = { .states = states, .rows = rows, .n_rows = COUNT(rows) };

static const struct field fields[] = {
	{ "unit_id", FIELD_REF, READ_ONLY | FILTER, .ref = "unit", .zh = "办公室，交班人所在",
		.en = "office of the writer" },
	{ "text", FIELD_LONG, REQUIRED | LIST, 1, 5000, .zh = "交班内容", .en = "what is handed over" },
	{ "writer", FIELD_TEXT, READ_ONLY | FILTER | LIST, 0, 100, .zh = "交班人", .en = "written by" },
	{ "writer_id", FIELD_REF, READ_ONLY | FILTER, .ref = "user", .zh = "交班账号",
		.en = "account of the writer" },
	{ "next_id", FIELD_REF, FILTER | LIST, .ref = "person", .zh = "接班人", .en = "who comes next" },
	{ "snapshot", FIELD_JSON, READ_ONLY, .zh = "交班时未办结的事，数量和标识",
		.en = "what was open at that moment, counts and ids" },
	{ "taken_by", FIELD_TEXT, READ_ONLY | FILTER | LIST, 0, 100, .zh = "实际接班人", .en = "taken over by" },
	{ "taken_at", FIELD_TIME, READ_ONLY | FILTER | LIST, .zh = "接班时间", .en = "taken over" },
};

/* ---- what is open: filters in the words of the API, with the writer's own sight ---- */

enum { IDS_MAX = 100 };

struct open_matter {
	const char *key, *resource;
	/* order/filter.h; a second one or NULL */
	const char *filters[2];
};

static const struct open_matter matters[] = {
	{ "late", "order",
		{ "{'state':'sent','acknowledge_due__lt':'$now'}",
			"{'state__in':'handling,partly_answered','answer_due__lt':'$now'}" } },
	{ "due_24h", "order",
		{ "{'state':'sent','acknowledge_due__gte':'$now','acknowledge_due__lt':'$day'}",
			"{'state__in':'handling,partly_answered','answer_due__gte':'$now',"
			"'answer_due__lt':'$day'}" } },
	{ "to_verify", "order", { "{'state':'answered'}", NULL } },
	{ "disputed", "order", { "{'state':'disputed'}", NULL } },
	{ "extensions", "order",
		{ "{'state__in':'sent,handling,partly_answered','extension_until__null':false}", NULL } },
	{ "instructions", "instruction", { "{'state':'open'}", NULL } },
	{ "notices", "notice", { "{'state__in':'draft,to_approve,approved'}", NULL } },
};

/* Ids of what one filter finds. */
static bool find_some(struct op *op, const struct resource *r, const char *pattern, json_t *ids,
	int64_t *count,
	struct err *err)
{
	struct selection some;
	if (!order_filter_select(op, r, pattern, &some, err))
		return false;
	*count += (int64_t)some.n;
	for (size_t i = 0; i < some.n && json_array_size(ids) < IDS_MAX; i++) {
		struct record one;
		bool found;
		if (!resource_load(op, r, some.ns[i], &one, &found, err))
			return false;
		if (found)
			json_array_append_new(ids, json_of_span(one.id));
	}
	return true;
}

static bool snapshot(struct op *op, struct span *ret, struct err *err)
{
	CLEANUP(json_free) json_t *all = json_object();
	char now[TIME_TEXT];
	json_object_set_new(all, "at", json_string(time_format(op_now(op), now)));
	for (size_t i = 0; i < COUNT(matters); i++) {
		const struct open_matter *m = &matters[i];
		const struct resource *r = resource_find(span_of(m->resource));
		json_t *one = json_object(), *ids = json_array();
		int64_t count = 0;
		json_object_set_new(all, m->key, one);
		json_object_set_new(one, "ids", ids);
		for (size_t k = 0; r && k < COUNT(m->filters) && m->filters[k]; k++)
			if (!find_some(op, r, m->filters[k], ids, &count, err))
				return false;
		json_object_set_new(one, "count", json_integer(count));
	}
	struct str text = STR_IN(op->arena, 1 << 18);
	if (!json_write(all, &text, err))
		return false;
	*ret = str_span(&text);
	return str_check(&text, err);
}

/* ---- writing and taking over ---- */

static bool office_of(struct op *op, int64_t *ret, struct err *err)
{
	for (size_t i = 0; i < op->actor->n_grants; i++)
		if (role_has(op->actor->grants[i].role, PERM_SHIFT_WRITE) && !op->actor->grants[i].whole) {
			*ret = op->actor->grants[i].unit_n;
			return true;
		}
	return unit_office(op, ret, err);
}

static bool same_writer(struct op *op, const struct record *note, bool *ret, struct err *err)
{
	int64_t writer_n = record_int(note, "writer_id"), person_n = 0;
	bool found = false;
	*ret = span_eq(record_text(note, "writer"), op->actor->who.name) ||
		(writer_n && writer_n == op->actor->who.user_n);
	if (*ret || !writer_n || !op->actor->who.person_n)
		return true;
	if (!db_int(op_db(op), SQL("SELECT COALESCE(person_n, 0) FROM users WHERE n=?"), V(db_i(writer_n)),
		    &person_n, &found, err))
		return false;
	*ret = found && person_n == op->actor->who.person_n;
	return true;
}

static bool check(struct op *op, const struct record *before, struct record *after, struct err *err)
{
	struct span open;
	int64_t office = 0;
	bool same;
	if (before) {
		if (!span_is(before->state, "open"))
			return err_set(err, ERR_CONFLICT, "已接班的交班记录不能修改",
				"a shift note that was acknowledged is not changed any more");
		if (!same_writer(op, before, &same, err))
			return false;
		return same ||
			err_set(err, ERR_FORBIDDEN, "交班记录只由交班人修改", "only its writer changes a shift note");
	}
	if (!snapshot(op, &open, err) || !office_of(op, &office, err))
		return false;
	record_set(after, "unit_id", office ? db_i(office) : db_null());
	record_set(after, "writer", db_t(op->actor->who.name));
	record_set(after, "writer_id", op->actor->who.user_n ? db_i(op->actor->who.user_n) : db_null());
	record_set(after, "snapshot", db_t(open));
	return true;
}

static bool after(struct op *op, const struct record *before, const struct record *note, struct err *err)
{
	if (before || !note)
		return true;
	struct store_step step = { .resource = "shift_note",
		.record_n = note->n,
		.from = "",
		.verb = "write",
		.to = "open",
		.text = record_text(note, "text"),
		.unit_n = record_int(note, "unit_id"),
		.severity = "" };
	return store_add_step(op->tx, &step, NULL, err);
}

static bool apply(struct op *op, struct record *note, const struct transition *t, const json_t *args,
	const char **ret_to, struct err *err)
{
	bool same;
	(void)t;
	(void)args;
	(void)ret_to;
	if (!same_writer(op, note, &same, err))
		return false;
	if (same)
		return err_set(err, ERR_FORBIDDEN, "交班人不能自己接班", "the writer cannot take over from himself");
	record_set(note, "taken_by", db_t(op->actor->who.name));
	record_set(note, "taken_at", db_i(op_now(op)));
	return true;
}

const struct resource shift_note_resource = {
	.name = "shift_note",
	.path = "shift_notes",
	.table = "shift_notes",
	.zh = "交班记录，值班的交接",
	.en = "shift note, handing over a shift",
	.fields = fields,
	.n_fields = COUNT(fields),
	.unit_column = "t.unit_n",
	.read = PERM_SHIFT_READ,
	.write = PERM_SHIFT_WRITE,
	.ops = RESOURCE_CREATE | RESOURCE_CHANGE,
	.life = &shift_note_life,
	.check = check,
	.after = after,
	.apply = apply,
};
