#include "people/person_take.h"

#include "resource/import.h"

/* Persons of a name among those that may be touched; the last of them. */
static bool count_persons(struct op *op, const struct contact *c, bool by_phone, int64_t *ret_n,
	int64_t *ret_count,
	struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	bool ok = by_phone ? db_query(op_db(op),
		SQL("SELECT n, unit_n FROM persons WHERE name=? AND phone=?"),
				     V(db_t(c->name), db_t(c->phone)), &rows, err)
			   : db_query(op_db(op),
			   SQL("SELECT n, unit_n FROM persons WHERE name=? AND unit_n=?"),
				     V(db_t(c->name), db_i(c->unit_n)), &rows, err);
	*ret_count = 0;
	while (ok) {
		bool more;
		if (!db_next(rows, &more, err))
			return false;
		if (!more)
			return true;
		if (!plan_in_scope(c->scope, db_col_int(rows, 1)))
			continue;
		*ret_n = db_col_int(rows, 0);
		++*ret_count;
	}
	return false;
}

static bool find_person(struct op *op, const struct contact *c, int64_t *ret_n, int64_t *ret_count,
	struct err *err)
{
	*ret_count = 0;
	if (c->phone.n && !count_persons(op, c, true, ret_n, ret_count, err))
		return false;
	return *ret_count || c->unit_n == 0 || count_persons(op, c, false, ret_n, ret_count, err);
}

/* Overwrites a text field where the table says something; did that change it? */
static bool take(struct record *rec, const char *field, struct span value)
{
	if (!value.n || span_eq(record_text(rec, field), value))
		return false;
	record_set(rec, field, db_t(value));
	return true;
}

static bool take_person(struct record *rec, const struct contact *c)
{
	bool phone = take(rec, "phone", c->phone), mail = take(rec, "mail", c->mail);
	return take(rec, "post", c->post) || phone || mail;
}

/* A duty that has ended begins anew when the table names it without an end. */
static bool take_duty(struct op *op, struct record *rec, const struct contact *c)
{
	struct span today = people_today(op), ended = record_text(rec, "to_date");
	bool from = take(rec, "from_date", c->from), to = take(rec, "to_date", c->to);
	if (c->replace && !c->to.n && ended.n && span_cmp(ended, today) <= 0) {
		record_set(rec, "to_date", db_t(SPAN("")));
		to = true;
	}
	return from || to;
}

static bool find_duty(struct op *op, const struct contact *c, int64_t person_n, int64_t *ret_n,
	struct err *err)
{
	bool found;
	*ret_n = 0;
	return !person_n || !c->unit_n || !c->duty.n ||
		db_int(op_db(op),
		SQL("SELECT n FROM duties WHERE person_n=? AND unit_n=? AND kind=? ORDER BY n DESC"),
			V(db_i(person_n), db_i(c->unit_n), db_t(c->duty)), ret_n, &found, err);
}

static bool find_holder(struct op *op, const struct contact *c, int64_t person_n, struct span *ret,
	struct err *err)
{
	struct span today = people_today(op), name = { NULL, 0 };
	if (c->unit_n && c->duty.n &&
		!db_text(op_db(op),
			SQL("SELECT p.name FROM duties d JOIN persons p ON p.n=d.person_n WHERE d.unit_n=?"
			    " AND d.kind=? AND d.person_n<>? AND (d.to_date='' OR d.to_date>?)"
			    " AND d.from_date<=? ORDER BY d.n LIMIT 1"),
			V(db_i(c->unit_n), db_t(c->duty), db_i(person_n), db_t(today), db_t(today)),
			op->arena, &name, err))
		return false;
	*ret = name.p ? name : SPAN("");
	return true;
}

bool contact_find(struct op *op, const struct contact *c, struct contact_found *ret, struct err *err)
{
	struct record rec;
	int64_t count;
	bool found = true;
	*ret = (struct contact_found){ .holder = SPAN("") };
	if (!find_person(op, c, &ret->person_n, &count, err))
		return false;
	ret->several = count > 1;
	if (count != 1)
		ret->person_n = 0;
	if (ret->person_n) {
		if (!resource_load(op, &person_resource, ret->person_n, &rec, &found, err))
			return false;
		ret->changed = found && take_person(&rec, c);
	}
	if (!find_duty(op, c, ret->person_n, &ret->duty_n, err) ||
		!find_holder(op, c, ret->person_n, &ret->holder, err))
		return false;
	if (ret->duty_n) {
		if (!resource_load(op, &duty_resource, ret->duty_n, &rec, &found, err))
			return false;
		ret->changed = take_duty(op, &rec, c) || ret->changed;
	}
	return true;
}

/* ---- writing ---- */

static bool write_person(struct op *op, const struct contact *c, int64_t n, int64_t *ret_n, struct err *err)
{
	struct record before, after;
	bool found = true;
	if (n ? !resource_load(op, &person_resource, n, &before, &found, err)
	      : !record_new(&person_resource, op->arena, &before))
		return false;
	if (!found)
		return err_set(err, ERR_CONFLICT, "人员在导入时被删除，请重试",
			"a person was deleted meanwhile, try again");
	after = record_copy(op, &before);
	bool changed = take_person(&after, c);
	if (!n) {
		record_set(&after, "name", db_t(c->name));
		record_set(&after, "unit_id", db_i(c->unit_n));
		if (!record_insert(op, &after, err))
			return false;
	} else if (changed && !record_update(op, &before, &after, "change", err)) {
		return false;
	}
	*ret_n = after.n;
	return true;
}

static bool write_duty(struct op *op, const struct contact *c, int64_t person_n, struct err *err)
{
	struct record before, after;
	int64_t n;
	bool found = true;
	if (!find_duty(op, c, person_n, &n, err))
		return false;
	if (n ? !resource_load(op, &duty_resource, n, &before, &found, err)
	      : !record_new(&duty_resource, op->arena, &before))
		return false;
	after = record_copy(op, &before);
	bool changed = take_duty(op, &after, c);
	if (n && found)
		return !changed || record_update(op, &before, &after, "change", err);
	record_set(&after, "person_id", db_i(person_n));
	record_set(&after, "unit_id", db_i(c->unit_n));
	record_set(&after, "kind", db_t(c->duty));
	return record_insert(op, &after, err);
}

/* Who else has the duty has it until today. */
static bool end_others(struct op *op, const struct contact *c, int64_t person_n, struct err *err)
{
	enum { OTHERS_MAX = 20 };
	struct span today = people_today(op);
	for (int i = 0; i < OTHERS_MAX; i++) {
		struct record before, after;
		int64_t n;
		bool found;
		if (!db_int(op_db(op),
			    SQL("SELECT n FROM duties WHERE unit_n=? AND kind=? AND person_n<>?"
				" AND (to_date='' OR to_date>?) AND from_date<=? LIMIT 1"),
			    V(db_i(c->unit_n), db_t(c->duty), db_i(person_n), db_t(today), db_t(today)), &n,
			    &found, err))
			return false;
		if (!found)
			return true;
		if (!resource_load(op, &duty_resource, n, &before, &found, err))
			return false;
		after = record_copy(op, &before);
		record_set(&after, "to_date", db_t(today));
		if (!record_update(op, &before, &after, "change", err))
			return false;
	}
	return true;
}

bool contact_write(struct op *op, const struct contact *c, struct err *err)
{
	int64_t n = 0, count;
	if (!find_person(op, c, &n, &count, err))
		return false;
	if (!write_person(op, c, count == 1 ? n : 0, &n, err))
		return false;
	return !c->duty.n ||
		((!c->replace || end_others(op, c, n, err)) && write_duty(op, c, n, err));
}
