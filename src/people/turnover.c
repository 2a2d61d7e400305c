/*
 * Turnover of a liaison in one action: the old duty ends, the new one begins, the leaver's grant on this unit
 * is closed (the account too, if nothing is left), and the new one gets an account with a code.  What the
 * unit owes stays with the unit.
 */
#include "people/issue.h"

struct turnover {
	struct record unit;
	const char *duty;
	int64_t from_n;                        /* who leaves; 0: nobody did it before */
	int64_t to_n;                          /* who comes; 0: a new person */
	struct span name, phone, post;         /* of a new person */
	struct span date;                      /* from this day on */
	char code[CODE_TEXT], hash[CODE_HASH];
};

static bool end_duty(struct op *op, const struct turnover *t, int64_t duty_n, struct err *err)
{
	struct record before, after;
	bool found;
	if (!resource_load(op, &duty_resource, duty_n, &before, &found, err))
		return false;
	if (!found)
		return err_set(err, ERR_CONFLICT, "职责在办理时被删除，请重试",
			"the duty was deleted meanwhile, try again");
	after = record_copy(op, &before);
	record_set(&after, "to_date", db_t(t->date));
	return duty_check_dates(record_text(&before, "from_date"), t->date, err) &&
		record_update(op, &before, &after, "end", err);
}

/* Every duty of this kind that the leaver holds in the unit. */
static bool end_duties(struct op *op, const struct turnover *t, struct err *err)
{
	VEC(int64_t) duties = { .arena = op->arena };
	{
		CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
		bool row = true;
		if (!db_query(op_db(op),
			    SQL("SELECT n FROM duties WHERE unit_n=? AND kind=? AND person_n=?"
				" AND (to_date='' OR to_date>?)"),
			    V(db_i(t->unit.n), db_z(t->duty), db_i(t->from_n), db_t(t->date)), &rows, err))
			return false;
		for (;;) {
			if (!db_next(rows, &row, err))
				return false;
			if (!row)
				break;
			vec_push(&duties, db_col_int(rows, 0));
		}
	}
	if (duties.n == 0)
		return err_field(err, "from", "该人员现在不担任此职责", "this person does not have the duty now");
	for (size_t i = 0; i < duties.n; i++)
		if (!end_duty(op, t, duties.p[i], err))
			return false;
	return true;
}

static bool begin_duty(struct op *op, struct turnover *t, struct err *err)
{
	struct record person, duty;
	int64_t one;
	bool found;
	if (!t->to_n) {
		if (!record_new(&person_resource, op->arena, &person))
			return false;
		record_set(&person, "unit_id", db_i(t->unit.n));
		record_set(&person, "name", db_t(t->name));
		record_set(&person, "phone", db_t(t->phone));
		record_set(&person, "post", db_t(t->post));
		if (!person_resource.check(op, NULL, &person, err) || !record_insert(op, &person, err))
			return false;
		t->to_n = person.n;
	}
	if (!db_int(op_db(op),
		    SQL("SELECT 1 FROM duties WHERE person_n=? AND unit_n=? AND kind=? AND (to_date='' OR "
			"to_date>?)"),
		    V(db_i(t->to_n), db_i(t->unit.n), db_z(t->duty), db_t(t->date)), &one, &found, err))
		return false;
	if (found)
		return err_field(err, "to", "接任者已担任此职责", "the successor has the duty already");
	if (!record_new(&duty_resource, op->arena, &duty))
		return false;
	record_set(&duty, "person_id", db_i(t->to_n));
	record_set(&duty, "unit_id", db_i(t->unit.n));
	record_set(&duty, "kind", db_z(t->duty));
	record_set(&duty, "from_date", db_t(t->date));
	return record_insert(op, &duty, err);
}

/* The leaver is liaison of this unit by another duty still (A became B): then the grant stays. */
static bool still_liaison(struct op *op, const struct turnover *t, bool *ret, struct err *err)
{
	int64_t one;
	return db_int(op_db(op),
		SQL("SELECT 1 FROM duties WHERE person_n=? AND unit_n=? AND kind IN ('liaison_a', "
		"'liaison_b')"
		    " AND (to_date='' OR to_date>?)"),
		V(db_i(t->from_n), db_i(t->unit.n), db_t(t->date)), &one, ret, err);
}

static bool end_grant(struct op *op, int64_t n, int64_t at, struct err *err)
{
	struct record before, after;
	bool found;
	if (!resource_load(op, &grant_resource, n, &before, &found, err) || !found)
		return false;
	after = record_copy(op, &before);
	record_set(&after, "to_at", db_i(at));
	return record_update(op, &before, &after, "end", err);
}

/* An account without any grant is disabled at once; one whose grant ends later ends with the grant. */
static bool settle_account(struct op *op, int64_t user_n, struct err *err)
{
	struct record before, after;
	int64_t left = 0;
	bool found;
	if (!db_int(op_db(op),
	    SQL("SELECT count(*) FROM grants WHERE user_n=? AND (to_at IS NULL OR to_at>?)"),
		    V(db_i(user_n), db_i(op_now(op))), &left, &found, err) ||
		!resource_load(op, &user_resource, user_n, &before, &found, err))
		return false;
	if (left || record_int(&before, "disabled"))
		return true;
	after = record_copy(op, &before);
	record_set(&after, "disabled", db_i(1));
	return record_update(op, &before, &after, "turnover", err) &&
		db_exec(op_db(op), SQL("UPDATE users SET code_hash='' WHERE n=?"), V(db_i(user_n)), err) &&
		user_end_access(op, user_n, 0, true, err);
}

struct held { int64_t grant_n, user_n; };

static bool close_access(struct op *op, const struct turnover *t, struct err *err)
{
	VEC(struct held) held = { .arena = op->arena };
	int64_t at;
	bool still;
	if (!still_liaison(op, t, &still, err))
		return false;
	if (still)
		return true;
	(void)time_parse_date(t->date, TIME_CHINA, &at);
	at = at < op_now(op) ? op_now(op) : at;
	{
		CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
		bool row = true;
		if (!db_query(op_db(op),
			    SQL("SELECT g.n, g.user_n FROM grants g JOIN users u ON u.n=g.user_n"
				" WHERE u.person_n=? AND g.unit_n=? AND g.role='unit_liaison'"
				" AND (g.to_at IS NULL OR g.to_at>?)"),
			    V(db_i(t->from_n), db_i(t->unit.n), db_i(op_now(op))), &rows, err))
			return false;
		for (;;) {
			if (!db_next(rows, &row, err))
				return false;
			if (!row)
				break;
			vec_push(&held, (struct held){ db_col_int(rows, 0), db_col_int(rows, 1) });
		}
	}
	for (size_t i = 0; i < held.n; i++)
		if (!end_grant(op, held.p[i].grant_n, at, err) || !settle_account(op, held.p[i].user_n, err))
			return false;
	return true;
}

static bool turn_over(
	struct op *op, struct turnover *t, struct slip *slip, struct not_issued *why, struct err *err)
{
	if ((t->from_n && (!end_duties(op, t, err) || !close_access(op, t, err))) || !begin_duty(op, t, err))
		return false;
	struct issue_one one = { .person_n = t->to_n, .unit_n = t->unit.n, .code = t->code, .hash = t->hash };
	(void)time_parse_date(t->date, TIME_CHINA, &one.from_at);
	return account_issue_one(op, &one, slip, why, err);
}

static bool run(struct op *op, struct turnover *t, struct slip *slip, struct not_issued *why, struct err *err)
{
	code_make(t->code);
	return code_hash(span_of(t->code), t->hash, err) && op_begin(op, err) &&
		op_finish(op, turn_over(op, t, slip, why, err), err);
}

/* ---- asking ------------------------------------------------------------------------------------ */

static bool check_unit(struct op *op, const struct turnover *t, struct err *err)
{
	bool may, write;
	if (!actor_may(op->actor, op_db(op), PERM_USER_ISSUE, t->unit.n, &may, err) ||
		!actor_may(op->actor, op_db(op), PERM_PERSON_WRITE, t->unit.n, &write, err))
		return false;
	return (may && write) ||
		err_set(err, ERR_FORBIDDEN, "没有为该单位办理交接的权限",
			"not permitted to change the liaisons of this unit");
}

static bool set_duty(struct turnover *t, struct span duty, struct err *err)
{
	t->duty = span_is(duty, "liaison_a") ? "liaison_a" : span_is(duty, "liaison_b") ? "liaison_b" : NULL;
	return t->duty ||
		err_field(err, "duty", "职责应为 liaison_a 或 liaison_b", "the duty is liaison_a or liaison_b");
}

static bool set_date(struct op *op, struct turnover *t, struct span date, struct err *err)
{
	int64_t ms;
	t->date = date.n ? date : people_today(op);
	return time_parse_date(t->date, 0, &ms) ||
		err_field(err, "date", "日期应如 2026-11-23", "date must be a date such as 2026-11-23");
}

static bool find_person(struct op *op, const char *field, struct span id, int64_t *ret_n, struct err *err)
{
	struct record person;
	if (resource_get(op, &person_resource, id, &person, err)) {
		*ret_n = person.n;
		return true;
	}
	return err->code == ERR_NOT_FOUND ? err_field(err, field, "没有这个人员", "there is no such person")
		: false;
}

static bool set_new(struct turnover *t, struct err *err)
{
	const struct span all[] = { t->name, t->phone, t->post };
	static const char *const names[] = { "to.name", "to.phone", "to.post" };
	if (!t->name.n)
		return err_field(err, "to", "请写明接任者（to：person_id 或 name、phone）",
			"say who takes over (to: person_id, or name and phone)");
	for (size_t i = 0; i < COUNT(all); i++)
		if (utf8_count(all[i]) > (i == 1 ? 40 : 60) || utf8_has_control(all[i]))
			return err_field(err, names[i], "内容过长或含控制字符", "too long, or has control characters");
	return true;
}

static struct span text_of(const json_t *object, const char *name)
{
	struct span text = span_trim(json_get_text(object, name));
	return text.p ? text : SPAN("");
}

/* POST /units/{id}/turnover {"duty","from","to":{"person_id"}|{"name","phone","post"},"date"} */
bool turnover_route(struct call *c, struct err *err)
{
	const json_t *to = json_object_get(c->json, "to");
	struct span from = json_get_text(c->json, "from"), id = json_get_text(to, "person_id");
	struct turnover t = { .name = text_of(to, "name"), .phone = text_of(to, "phone"),
		.post = text_of(to, "post") };
	struct slip slip = { 0 };
	struct not_issued why;
	if (!resource_get(c->op, &unit_resource, c->params[0], &t.unit, err) || !check_unit(c->op, &t, err) ||
		!set_duty(&t, json_get_text(c->json, "duty"), err) ||
		!set_date(c->op, &t, text_of(c->json, "date"), err) ||
		(from.n && !find_person(c->op, "from", from, &t.from_n, err)) ||
		(id.n ? !find_person(c->op, "to", id, &t.to_n, err) : !set_new(&t, err)) ||
		!run(c->op, &t, &slip, &why, err))
		return false;
	str_addz(c->out, "{\"slip\":");
	if (why.zh.n)
		str_addz(c->out, "null");
	else if (!slip_one_json(c->op, &slip, true, c->out, err))
		return false;
	str_addz(c->out, ",\"reason\":");
	if (why.zh.n)
		str_add_json(c->out, c->op->zh ? why.zh : why.en);
	else
		str_addz(c->out, "null");
	str_addc(c->out, '}');
	return str_check(c->out, err);
}

/* Somebody by id, or by name among the unit's persons and those with a duty in it. */
static bool person_of(
	struct command_call *c, const struct turnover *t, const char *option, int64_t *ret_n, struct err *err)
{
	struct span text = command_option(c, option);
	int64_t count = 0;
	bool found;
	if (!text.n)
		return true;
	if (!db_int(op_db(c->op),
		    SQL("SELECT count(*) FROM persons p WHERE p.id=? OR (p.name=? AND (p.unit_n=? OR EXISTS"
			" (SELECT 1 FROM duties d WHERE d.person_n=p.n AND d.unit_n=?)))"),
		    V(db_t(text), db_t(text), db_i(t->unit.n), db_i(t->unit.n)), &count, &found, err) ||
		!db_int(op_db(c->op),
			SQL("SELECT p.n FROM persons p WHERE p.id=? OR (p.name=? AND (p.unit_n=? OR EXISTS"
			    " (SELECT 1 FROM duties d WHERE d.person_n=p.n AND d.unit_n=?)))"),
			V(db_t(text), db_t(text), db_i(t->unit.n), db_i(t->unit.n)), ret_n, &found, err))
		return false;
	return count == 1 ||
		err_set(err, ERR_NOT_FOUND, "该单位有 %lld 个人员叫“" SPAN_FMT "”，请给出编号（id）",
			"%lld persons of this unit are named \"" SPAN_FMT "\", please give the id",
			(long long)count, SPAN_ARG(text));
}

/* "" where it was not given: no column of a person is NULL. */
static struct span option_of(const struct command_call *c, const char *name)
{
	struct span text = span_trim(command_option(c, name));
	return text.p ? text : SPAN("");
}

bool unit_command_turnover(struct command_call *c, struct err *err)
{
	struct turnover t = { .name = option_of(c, "name"), .phone = option_of(c, "phone"),
		.post = option_of(c, "post") };
	struct issued got = { .slips = { .arena = c->op->arena }, .left = { .arena = c->op->arena } };
	struct slip slip = { 0 };
	struct not_issued why;
	int64_t n, until;
	bool found;
	if (!unit_find_typed(c->op, c->words[0], &n, &found, err))
		return false;
	if (!found)
		return err_set(err, ERR_NOT_FOUND, "没有单位“" SPAN_FMT "”", "there is no unit \"" SPAN_FMT "\"",
			SPAN_ARG(c->words[0]));
	if (!resource_load(c->op, &unit_resource, n, &t.unit, &found, err) ||
		!set_duty(&t, command_option(c, "duty"), err) ||
		!set_date(c->op, &t, command_option(c, "date"), err) ||
		!person_of(c, &t, "from", &t.from_n, err) ||
		!person_of(c, &t, "to", &t.to_n, err) || (!t.to_n && !set_new(&t, err)) ||
		!slip_settings(c->op, &got.base_url, &until, err) || !run(c->op, &t, &slip, &why, err))
		return false;
	if (why.zh.n)
		vec_push(&got.left, why);
	else
		vec_push(&got.slips, slip);
	return slip_text(c, &got, command_flag(c, "qr"), err);
}
