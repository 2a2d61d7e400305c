/* Lives: one transition is one row of a state table, applied with its step and its change in one
 * transaction. */
#include <assert.h>

#include "resource/behalf.h"
#include <stdio.h>

#include "resource/internal.h"

enum { VALUES_MAX = 2 << 20 };         /* of a step: no less than the largest body that a verb takes */

static const struct transition *find_row(const struct life *life, struct span from, struct span verb)
{
	for (size_t i = 0; i < life->n_rows; i++)
		if (span_is(verb, life->rows[i].verb) && span_is(from, life->rows[i].from))
			return &life->rows[i];
	return NULL;
}

/* Any row of the verb: what permission it asks for, whatever the state. */
static const struct transition *find_verb(const struct life *life, struct span verb)
{
	for (size_t i = 0; i < life->n_rows; i++)
		if (span_is(verb, life->rows[i].verb))
			return &life->rows[i];
	return NULL;
}

bool life_is_first(const struct life *life, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(life->rows[k].verb, life->rows[i].verb) == 0)
			return false;
	return true;
}

static bool given(const json_t *args, const char *name)
{
	return span_trim(json_get_text(args, name)).n > 0;
}

static bool need(struct op *op, const json_t *args, unsigned needs, enum need bit, const char *name,
	struct err *err)
{
	if (!(needs & bit) || given(args, name))
		return true;
	const char *zh = bit == NEED_REASON ? "原因" : bit == NEED_TEXT ? "内容" : bit == NEED_UNTIL ? "期限"
		: bit == NEED_UNIT ? "单位" : "方式";
	struct err e = { 0 };
	char text_zh[80], text_en[80];
	snprintf(text_zh, sizeof text_zh, "请写明%s（%s）", zh, name);
	snprintf(text_en, sizeof text_en, "\"%s\" must be given", name);
	err_texts(&e, ERR_INVALID, name, text_zh, text_en);
	return op_problem(op, &e, err);
}

static bool check_needs(struct op *op, const json_t *args, const struct transition *t, struct err *err)
{
	struct err first = { 0 };
	bool ok = need(op, args, t->needs, NEED_REASON, "reason", &first);
	ok = need(op, args, t->needs, NEED_TEXT, "text", &first) && ok;
	ok = need(op, args, t->needs, NEED_UNTIL, "until", &first) && ok;
	ok = need(op, args, t->needs, NEED_UNIT, "unit_id", &first) && ok;
	ok = need(op, args, t->needs, NEED_CHANNEL, "channel", &first) && ok;
	if (!ok)
		*err = first;
	return ok;
}

/* Recorded on behalf: whose word, by which channel, and when it was said. */
static bool on_behalf(struct op *op, const struct record *rec, const json_t *args, struct store_step *step,
	struct err *err)
{
	struct behalf b;
	int64_t since = rec->resource->said_since ? record_int(rec, rec->resource->said_since) : 0;
	if (!behalf_parse(op, args, since, &b, err))
		return false;
	if (!b.given)
		return true;
	step->happened_at = b.at;
	step->on_whose_word = b.whose_word;
	step->text = step->text.n ? step->text : b.text;
	return true;
}

/* What was given, and what apply() found worth keeping beside it. */
static bool step_values(struct op *op, const struct record *rec, const json_t *args, struct span *ret,
	struct err *err)
{
	struct str values = STR_IN(op->arena, VALUES_MAX), all = STR_IN(op->arena, VALUES_MAX);
	*ret = rec->noted;
	if (json_object_size(args) == 0)
		return true;
	if (!json_write(args, &values, err))
		return false;
	*ret = str_span(&values);
	if (!rec->noted.n)
		return true;
	str_add(&all, (struct span){ values.p, values.n - 1 });
	str_addc(&all, ',');
	str_add(&all, span_from(rec->noted, 1));
	*ret = str_span(&all);
	return str_check(&all, err);
}

static bool city_office(struct op *op, int64_t *ret, struct err *err)
{
	struct span text;
	*ret = 0;
	return db_text(op_db(op), SQL("SELECT value FROM settings WHERE key='office_unit'"), V0, op->arena,
		&text, err) &&
	       (!text.p || span_int(text, 0, INT64_MAX, ret) ||
		err_set(err, ERR_CORRUPT, "设置项 office_unit 不是整数",
		"setting office_unit is not a whole number"));
}

bool resource_county(struct op *op, int64_t unit_n, int64_t *ret_n, struct err *err)
{
	int64_t office, n = unit_n, is_office = 0;
	bool found;
	if (!city_office(op, &office, err))
		return false;
	for (int level = 0; n && n != office && level < 100; level++) {
		int64_t above = 0;
		if (!db_int(op_db(op), SQL("SELECT kind='office' FROM units WHERE n=?"), V(db_i(n)),
		    &is_office, &found, err) ||
		    !db_int(op_db(op), SQL("SELECT parent_n FROM units WHERE n=?"), V(db_i(n)), &above,
		    &found, err))
			return false;
		if (is_office)
			break;
		n = above;
	}
	*ret_n = is_office ? n : 0;
	return true;
}

static const char *severity_of(const struct record *rec)
{
	static const char *const known[] = { "critical", "high", "medium", "low", "none" };
	const struct field *f = resource_field(rec->resource, SPAN("severity"));
	for (size_t i = 0; f && i < COUNT(known); i++)
		if (span_is(rec->values[field_index(rec->resource, f)].s, known[i]))
			return known[i];
	return "";
}

static bool write_step(struct op *op, const struct record *rec, const struct transition *t, const char *to,
		       const json_t *args, struct err *err)
{
	struct store_step step = {
		.resource = rec->resource->name, .record_n = rec->n, .from = t->from, .verb = t->verb,
			.to = to,
		.unit_n = record_unit(rec), .severity = severity_of(rec),
	};
	struct span reason = json_get_text(args, "reason"), text = json_get_text(args, "text");
	step.text = reason.n ? reason : text;
	int64_t n;
	if (!step_values(op, rec, args, &step.values, err))
		return false;
	if (rec->resource->facts)
		rec->resource->facts(rec, &step);
	return on_behalf(op, rec, args, &step, err) &&
		resource_county(op, step.unit_n, &step.county_n, err) &&
	       store_add_step(op->tx, &step, &n, err);
}

static bool transit(struct op *op, struct record *rec, const struct transition *t, const json_t *args,
	struct err *err)
{
	const struct resource *r = rec->resource;
	const char *to = t->to;
	struct record before = record_copy(op, rec);
	if (!check_needs(op, args, t, err))
		return false;
	if (r->apply && !r->apply(op, rec, t, args, &to, err))
		return false;
	bool listed = false;
	for (size_t i = 0; i < r->life->n_rows && !listed; i++)
		listed = strcmp(r->life->rows[i].from, t->from) == 0 &&
			strcmp(r->life->rows[i].verb, t->verb) == 0 &&
			 strcmp(r->life->rows[i].to, to) == 0;
	assert(listed);                          /* apply() may only choose what the state table says */
	rec->state = span_of(to);
	int64_t version = before.version;
	if (!record_update(op, &before, rec, t->verb, err))
		return false;
	if (rec->version == version) {   /* a step that changed no column is still a change of the record */
		rec->version = version + 1;
		rec->updated_at = op_now(op);
		struct sql *sql = sql_new(op->arena);
		sql_add(sql, "UPDATE ");
		sql_name(sql, r->table);
		sql_add(sql, " SET version=version+1,updated_at=");
		sql_int(sql, rec->updated_at);
		sql_add(sql, " WHERE n=");
		sql_int(sql, rec->n);
		if (!db_exec_sql(op_db(op), sql, err) || !record_log(op, &before, rec, t->verb, err))
			return false;
	}
	return write_step(op, rec, t, to, args, err);
}

static bool wrong_state(const struct record *rec, struct span verb, struct err *err)
{
	CLEANUP(str_done) struct str zh = STR(300);
	CLEANUP(str_done) struct str en = STR(300);
	str_addf(&zh, "当前状态“" SPAN_FMT "”，不能执行“" SPAN_FMT "”",
		SPAN_ARG(word_of(rec->resource, rec->state, true)),
		 SPAN_ARG(word_text(verb, true)));
	str_addf(&en, "in state \"" SPAN_FMT "\" it is not possible to " SPAN_FMT,
		SPAN_ARG(word_of(rec->resource, rec->state, false)),
		 SPAN_ARG(word_text(verb, false)));
	return err_texts(err, ERR_CONFLICT, "", str_z(&zh), str_z(&en));
}

static bool not_permitted(struct span verb, struct err *err)
{
	CLEANUP(str_done) struct str zh = STR(200);
	CLEANUP(str_done) struct str en = STR(200);
	str_addf(&zh, "没有“" SPAN_FMT "”的权限", SPAN_ARG(word_text(verb, true)));
	str_addf(&en, "not permitted to " SPAN_FMT, SPAN_ARG(word_text(verb, false)));
	return err_texts(err, ERR_FORBIDDEN, "", str_z(&zh), str_z(&en));
}

bool record_apply(struct op *op, struct record *rec, const char *verb, const json_t *args, struct err *err)
{
	const struct transition *t = find_row(rec->resource->life, rec->state, span_of(verb));
	return t ? transit(op, rec, t, args, err) : wrong_state(rec, span_of(verb), err);
}

bool resource_apply(struct op *op, const struct resource *r, const struct resource_request *q,
	struct record *ret,
		    struct err *err)
{
	struct record rec;
	bool may, found;
	struct span verb = q->verb;
	const json_t *args = q->in;
	const struct transition *any = r->life ? find_verb(r->life, verb) : NULL;
	if (!any)
		return err_set(err, ERR_NOT_FOUND, "没有这个操作", "there is no such verb");
	if (args && !json_is_object(args))
		return err_set(err, ERR_MALFORMED, "请求内容应为 JSON 对象", "the body must be a JSON object");
	if (!resource_get(op, r, q->id, &rec, err))
		return false;
	const struct transition *t = find_row(r->life, rec.state, verb);
	if (!actor_may(op->actor, op_db(op), t ? t->perm : any->perm, record_unit(&rec), &may, err))
		return false;
	if (!may)
		return not_permitted(verb, err);
	if (q->if_version && q->if_version != rec.version)
		return err_set(err, ERR_PRECONDITION, "记录已被他人修改，请重新打开",
			"changed by someone else, open it again");
	if (!args_check(op, r, args, err))
		return false;
	if (!t)
		return wrong_state(&rec, verb, err);
	if (r->may && !r->may(op, &rec, t, err))
		return false;
	if (!transit(op, &rec, t, args, err) || !resource_load(op, r, rec.n, &rec, &found, err))
		return false;
	*ret = rec;
	return true;
}
