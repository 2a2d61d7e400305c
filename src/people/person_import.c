/*
 * seawall import persons FILE: one row is one duty of one person, or a person alone.  A person is known by
 * name and telephone, else by name and unit.  Empty fields leave what is known.
 */
#include "people/person.h"
#include "people/person_file.h"
#include "people/unit.h"
#include "people/user.h"

struct who {
	struct record before, after;
	bool fresh, changed, counted;
};

struct item {
	const struct import_row *row;
	size_t who;
	int64_t unit_n;
	struct record before, after;           /* the duty */
	bool duty, fresh, changed;
};

struct plan {
	struct op *op;
	struct import *file;
	struct map *by_key, *duties;
	VEC(struct who) whos;
	VEC(struct item) items;
	int64_t stamp;
	struct command_counts counts;
};

static bool read_stamp(struct op *op, int64_t *ret, struct err *err)
{
	bool found;
	return db_int(op_db(op),
		SQL("SELECT (SELECT count(*)+coalesce(sum(version), 0) FROM persons)*1000003"
		    " + (SELECT count(*)+coalesce(sum(version), 0) FROM duties)"),
		V0, ret, &found, err);
}

static void refuse(struct plan *p, const struct import_row *row, int column, const char *zh, const char *en)
{
	struct err e = { .code = ERR_INVALID };
	snprintf(e.zh, sizeof e.zh, "%s", zh);
	snprintf(e.en, sizeof e.en, "%s", en);
	import_refuse(p->file, row->line, column, &e);
}

/* Overwrites a text field where the file says something; did that change it? */
static bool take(struct record *rec, const char *field, struct span value)
{
	if (!value.n || span_eq(record_text(rec, field), value))
		return false;
	record_set(rec, field, db_t(value));
	return true;
}

static bool find_person(
	struct plan *p, const struct item *item, int64_t *ret_n, int64_t *ret_count, struct err *err)
{
	struct db *db = op_db(p->op);
	struct db_value name = db_t(item->row->at[PERSON_NAME]), phone = db_t(item->row->at[PERSON_PHONE]);
	bool found;
	*ret_count = 0;
	if (phone.s.n &&
		(!db_int(db, SQL("SELECT count(*) FROM persons WHERE name=? AND phone=?"), V(name, phone),
			 ret_count, &found, err) ||
			!db_int(db, SQL("SELECT n FROM persons WHERE name=? AND phone=?"), V(name, phone),
				ret_n, &found, err)))
		return false;
	return *ret_count ||
		(db_int(db, SQL("SELECT count(*) FROM persons WHERE name=? AND unit_n=?"),
			 V(name, db_i(item->unit_n)), ret_count, &found, err) &&
			db_int(db, SQL("SELECT n FROM persons WHERE name=? AND unit_n=?"),
				V(name, db_i(item->unit_n)), ret_n, &found, err));
}

static bool new_who(struct plan *p, struct item *item, struct who *ret, struct err *err)
{
	int64_t n = 0, count;
	bool found = true;
	if (!find_person(p, item, &n, &count, err))
		return false;
	if (count > 1)
		refuse(p, item->row, PERSON_NAME, "已有多个同名人员，请先核对",
			"several persons have this name, please check them first");
	*ret = (struct who){ .fresh = count == 0 };
	if (ret->fresh ? !record_new(&person_resource, p->op->arena, &ret->before)
		       : !resource_load(p->op, &person_resource, n, &ret->before, &found, err))
		return false;
	if (!found)
		return err_set(err, ERR_CONFLICT, "人员在比对时发生变化，请重试",
			"the persons changed meanwhile, try again");
	ret->after = record_copy(p->op, &ret->before);
	if (ret->fresh) {
		record_set(&ret->after, "name", db_t(item->row->at[PERSON_NAME]));
		record_set(&ret->after, "unit_id", db_i(item->unit_n));
	}
	return true;
}

static bool find_who(struct plan *p, struct item *item, struct err *err)
{
	const struct span *at = item->row->at;
	struct str key = STR_IN(p->op->arena, 4096);
	struct who w;
	str_add(&key, at[PERSON_NAME]);
	if (at[PERSON_PHONE].n)
		str_addf(&key, "\np" SPAN_FMT, SPAN_ARG(at[PERSON_PHONE]));
	else
		str_addf(&key, "\nu%lld", (long long)item->unit_n);
	uint64_t *known = map_find(p->by_key, str_span(&key));
	if (known) {
		item->who = (size_t)*known;
	} else {
		if (!new_who(p, item, &w, err))
			return false;
		/* two keys may mean one person: with and without telephone */
		for (item->who = 0;
			item->who < p->whos.n && (w.fresh || p->whos.p[item->who].before.n != w.before.n);)
			item->who++;
		if (item->who == p->whos.n)
			vec_push(&p->whos, w);
		map_put(p->by_key, str_span(&key), item->who, NULL);
	}
	struct who *who = &p->whos.p[item->who];
	bool phone = take(&who->after, "phone", at[PERSON_PHONE]),
	     mail = take(&who->after, "mail", at[PERSON_MAIL]);
	bool post = take(&who->after, "post", at[PERSON_POST]);
	who->changed = who->changed || phone || mail || post;
	return true;
}

static bool find_duty(struct plan *p, struct item *item, struct err *err)
{
	const struct span *at = item->row->at;
	int64_t n = 0, person = p->whos.p[item->who].before.n;
	bool found = false, first;
	item->duty = at[PERSON_DUTY].n > 0;
	if (!item->duty)
		return true;
	struct span key = arena_printf(p->op->arena, "%zu %lld " SPAN_FMT, item->who, (long long)item->unit_n,
				       SPAN_ARG(at[PERSON_DUTY]));
	map_put(p->duties, key, item->row->line, &first);
	if (!first) {
		refuse(p, item->row, PERSON_DUTY, "同一人在同一单位的这项职责重复",
			"this duty of this person in this unit stands twice");
		return true;
	}
	if (person &&
		!db_int(op_db(p->op),
			SQL("SELECT n FROM duties WHERE person_n=? AND unit_n=? AND kind=? ORDER BY n DESC"),
			V(db_i(person), db_i(item->unit_n), db_t(at[PERSON_DUTY])), &n, &found, err))
		return false;
	item->fresh = !found;
	if (found ? !resource_load(p->op, &duty_resource, n, &item->before, &found, err)
		  : !record_new(&duty_resource, p->op->arena, &item->before))
		return false;
	item->after = record_copy(p->op, &item->before);
	record_set(&item->after, "unit_id", db_i(item->unit_n));
	record_set(&item->after, "kind", db_t(at[PERSON_DUTY]));
	bool from = take(&item->after, "from_date", at[PERSON_FROM]),
	     to = take(&item->after, "to_date", at[PERSON_TO]);
	item->changed = !item->fresh && (from || to);
	return true;
}

/* A row is new if its duty is, or its person, in the first row about that one. */
static void count(struct plan *p)
{
	for (size_t i = 0; i < p->items.n; i++) {
		const struct item *item = &p->items.p[i];
		struct who *who = &p->whos.p[item->who];
		bool fresh = item->fresh || (who->fresh && !who->counted);
		bool changed = !fresh && (item->changed || (who->changed && !who->fresh && !who->counted));
		who->counted = true;
		p->counts.fresh += fresh;
		p->counts.changed += changed;
		p->counts.unchanged += !fresh && !changed;
	}
}

static bool make_plan(struct plan *p, struct err *err)
{
	p->whos.arena = p->items.arena = p->op->arena;
	p->counts.read = (int64_t)p->file->rows.n;
	if (!read_stamp(p->op, &p->stamp, err))
		return false;
	for (size_t i = 0; i < p->file->rows.n; i++) {
		struct item item = { .row = &p->file->rows.p[i] };
		bool found;
		if (!item.row->at[PERSON_UNIT].n)
			continue;
		if (!unit_find(p->op, item.row->at[PERSON_UNIT], &item.unit_n, &found, err))
			return false;
		if (!found) {
			refuse(p, item.row, PERSON_UNIT,
				"没有这个单位（编码、名称、简称、别名都不是，或不唯一）",
				"there is no such unit (by code, name, short name or alias, or more than "
				"one)");
			continue;
		}
		if (!find_who(p, &item, err) || !find_duty(p, &item, err))
			return false;
		vec_push(&p->items, item);
	}
	count(p);
	return true;
}

static bool write_who(struct op *op, struct who *who, struct err *err)
{
	bool fresh = who->fresh, changed = who->changed;
	who->fresh = who->changed = false;
	if (fresh)
		return record_insert(op, &who->after, err);
	return !changed || record_update(op, &who->before, &who->after, "change", err);
}

static bool write_plan(struct plan *p, struct err *err)
{
	int64_t stamp;
	if (!read_stamp(p->op, &stamp, err))
		return false;
	if (stamp != p->stamp)
		return err_set(err, ERR_CONFLICT, "人员在比对后被他人修改，请重试",
			"somebody changed the persons meanwhile, try again");
	for (size_t i = 0; i < p->items.n; i++) {
		struct item *item = &p->items.p[i];
		struct who *who = &p->whos.p[item->who];
		if (!write_who(p->op, who, err))
			return false;
		if (item->fresh)
			record_set(&item->after, "person_id", db_i(who->after.n));
		if ((item->fresh && !record_insert(p->op, &item->after, err)) ||
		    (item->changed && !record_update(p->op, &item->before, &item->after, "change", err)))
			return false;
	}
	return true;
}

bool person_import(struct command_call *c, struct err *err)
{
	CLEANUP(stream_close_p) struct stream *s = NULL;
	struct import file;
	if (!stream_open(arena_copy(c->op->arena, c->words[0]), IMPORT_BYTES_MAX, &s, err) ||
	    !person_file_read(&file, s, c->op->arena, err))
		return false;
	CLEANUP(map_free_p) struct map *by_key = map_new(IMPORT_ROWS_MAX + 1);
	CLEANUP(map_free_p) struct map *duties = map_new(IMPORT_ROWS_MAX + 1);
	struct plan p = { .op = c->op, .file = &file, .by_key = by_key, .duties = duties };
	if (!make_plan(&p, err))
		return false;
	if (file.errors.n)
		return import_report(&file, c, err);
	if (!command_flag(c, "dry-run") && p.counts.fresh + p.counts.changed > 0 &&
	    (!op_begin(c->op, err) || !op_finish(c->op, write_plan(&p, err), err)))
		return false;
	command_print_counts(c, &p.counts);
	return true;
}
