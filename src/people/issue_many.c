/* Opening accounts for many units: read, make codes, write in transactions of few persons. */
#include "people/issue.h"

enum { AT_ONCE = 20, NAMES_MAX = 4000 };

/* A person and the units that one is liaison of, in the order given. */
struct candidate {
	int64_t person_n;
	VEC(int64_t) units;
	char code[CODE_TEXT], hash[CODE_HASH];
};

struct many {
	struct op *op;
	const struct issue_wish *wish;
	struct issued *to;
	struct map *places;                    /* person to place in `people` */
	VEC(struct candidate) people;
};

static bool leave(struct many *m, int64_t unit_n, const char *zh, const char *en, struct err *err)
{
	struct record unit;
	bool found;
	if (!resource_load(m->op, &unit_resource, unit_n, &unit, &found, err))
		return false;
	if (found)
		vec_push(&m->to->left, (struct not_issued){ .unit_id = unit.id,
					       .unit = record_text(&unit, "name"), .person = SPAN(""),
					       .zh = span_of(zh), .en = span_of(en) });
	return true;
}

static void add_person(struct many *m, int64_t person_n, int64_t unit_n)
{
	bool fresh;
	struct span key = { (const char *)&person_n, sizeof person_n };
	uint64_t *place = map_put(m->places, key, m->people.n, &fresh);
	if (fresh)
		vec_push(&m->people, (struct candidate){ .person_n = person_n,
					     .units = { .arena = m->op->arena } });
	struct candidate *c = &m->people.p[*place];
	if (c->units.n == 0 || c->units.p[c->units.n - 1] != unit_n)
		vec_push(&c->units, unit_n);
}

static bool read_unit(struct many *m, int64_t unit_n, struct err *err)
{
	struct db_value today = db_t(people_today(m->op));
	size_t count = 0;
	{
		CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
		bool row = true;
		if (!db_query(op_db(m->op),
			    SQL("SELECT person_n FROM duties WHERE unit_n=? AND kind IN (?, ?)"
				" AND (from_date='' OR from_date<=?) AND (to_date='' OR to_date>?)"
				" ORDER BY kind, n LIMIT 50"),
			    V(db_i(unit_n), db_z(m->wish->liaison_a ? "liaison_a" : ""),
				    db_z(m->wish->liaison_b ? "liaison_b" : ""), today, today),
			    &rows, err))
			return false;
		for (;; count++) {
			if (!db_next(rows, &row, err))
				return false;
			if (!row)
				break;
			add_person(m, db_col_int(rows, 0), unit_n);
		}
	}
	return count || leave(m, unit_n, "没有联络员", "has no liaison", err);
}

static bool read_people(struct many *m, struct err *err)
{
	for (size_t i = 0; i < m->wish->n; i++) {
		bool may;
		if (!actor_may(m->op->actor, op_db(m->op), PERM_USER_ISSUE, m->wish->units[i], &may, err))
			return false;
		if (!may && !leave(m, m->wish->units[i], "不在您的范围内", "is out of your scope", err))
			return false;
		if (may && !read_unit(m, m->wish->units[i], err))
			return false;
	}
	return true;
}

static bool write_person(struct many *m, struct candidate *c, struct err *err)
{
	struct op *op = m->op;
	struct slip slip = { 0 };
	struct not_issued why;
	struct issue_one one = { .person_n = c->person_n, .unit_n = c->units.p[0], .code = c->code,
		.hash = c->hash, .again = m->wish->again, .called = &m->wish->called };
	struct str names = STR_IN(op->arena, NAMES_MAX);
	if (!account_issue_one(op, &one, &slip, &why, err))
		return false;
	str_add(&names, why.unit);
	for (size_t i = 1; i < c->units.n; i++) {
		struct span name;
		if (why.user_n && !account_add_unit(op, why.user_n, c->units.p[i], err))
			return false;
		if (!db_text(op_db(op), SQL("SELECT name FROM units WHERE n=?"), V(db_i(c->units.p[i])),
			    op->arena, &name, err))
			return false;
		str_addz(&names, "、");
		str_add(&names, name);
	}
	if (why.zh.n) {
		why.unit = str_span(&names);
		vec_push(&m->to->left, why);
		return true;
	}
	slip.units = str_span(&names);
	vec_push(&m->to->slips, slip);
	return str_check(&names, err);
}

static bool write_some(struct many *m, size_t from, size_t to, struct err *err)
{
	for (size_t i = from; i < to; i++) {
		code_make(m->people.p[i].code);
		if (!code_hash(span_of(m->people.p[i].code), m->people.p[i].hash, err))
			return false;
	}
	if (!op_begin(m->op, err))
		return false;
	bool ok = true;
	for (size_t i = from; i < to && ok; i++)
		ok = write_person(m, &m->people.p[i], err);
	return op_finish(m->op, ok, err);
}

bool account_issue(struct op *op, const struct issue_wish *w, struct issued *ret, struct err *err)
{
	struct issued got = { .slips = { .arena = op->arena }, .left = { .arena = op->arena } };
	struct many m = { .op = op, .wish = w, .to = &got, .people = { .arena = op->arena } };
	int64_t until;
	CLEANUP(map_free_p) struct map *places = map_new(w->n * 50 + 1);
	m.places = places;
	if (w->n > ISSUE_UNITS_MAX)
		return err_field(err, "units", "一次最多 %d 个单位", "at most %d units at once",
			(int)ISSUE_UNITS_MAX);
	if (!slip_settings(op, &got.base_url, &until, err) || !read_people(&m, err))
		return false;
	for (size_t i = 0; i < m.people.n; i += AT_ONCE)
		if (!write_some(&m, i, i + AT_ONCE < m.people.n ? i + AT_ONCE : m.people.n, err))
			return false;
	*ret = got;
	return true;
}
