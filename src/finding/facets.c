/*
 * Facets: how many findings each value of a filter would leave, with all other filters as they are.  Each
 * number is counted on its own, no further than FACET_MAX, over an index; together they may take FACET_MS:
 * what is not counted by then is null, and `complete` false.  Nothing waits for them: lists are requests of
 * their own.
 */
#include <assert.h>

#include "os/clock.h"
#include "finding/life.h"
#include "people/people.h"

enum { FACET_MAX = 10000, FACET_MS = 1500, PAIRS_MAX = 40, KINDS_MAX = 30, OFFICES_MAX = 40 };

struct facets {
	struct call *c;
	struct query_pair pairs[PAIRS_MAX + 2];       /* those of the list; two more may stand behind */
	size_t n;
	int64_t ends_ns;
	bool cut;
	bool first;                                   /* value of its facet */
};

static bool is_paging(struct span name)
{
	return span_is(name, "limit") || span_is(name, "cursor") || span_is(name, "sort") ||
		span_is(name, "fields");
}

/* state, state__in, state__ne: all of the facet `state`. */
static bool is_of(struct span name, const char *facet)
{
	size_t n = strlen(facet);
	return n && span_starts(name, span_of(facet)) &&
		(name.n == n || span_starts(span_from(name, n), SPAN("__")));
}

static bool count(struct facets *f, const char *facet, const struct query_pair *more, size_t n_more,
	int64_t *ret, struct err *err)
{
	struct query_pair pairs[PAIRS_MAX + 2];
	struct query q;
	size_t n = 0;
	int64_t left = (f->ends_ns - clock_mono_ns()) / 1000000;
	*ret = -1;
	f->cut = f->cut || left <= 0;
	if (f->cut)
		return true;
	for (size_t i = 0; i < f->n; i++)
		if (!is_of(f->pairs[i].name, facet))
			pairs[n++] = f->pairs[i];
	for (size_t i = 0; i < n_more; i++)
		pairs[n++] = more[i];
	if (!query_parse(&finding_resource, pairs, n, f->c->op->arena, &q, err))
		return false;
	db_deadline(op_db(f->c->op), left);
	bool ok = resource_count(f->c->op, &finding_resource, &q, FACET_MAX, ret, err);
	db_deadline(op_db(f->c->op), 0);
	if (!ok && err->code == ERR_BUSY) {
		*err = (struct err){ 0 };
		f->cut = true;
		*ret = -1;
		return true;
	}
	return ok;
}

static void add_count(struct str *out, int64_t n)
{
	if (n < 0)
		str_addz(out, "\"count\":null,\"more\":false");
	else
		str_addf(out, "\"count\":%lld,\"more\":%s", (long long)(n > FACET_MAX ? FACET_MAX : n),
			n > FACET_MAX ? "true" : "false");
}

/* One value: its key, its words, the filter that it stands for, how many. */
struct value {
	const char *facet;
	struct span key, zh, en;
	const struct query_pair *filter;
	size_t n_filter;
	bool keep_empty;
};

static bool add_value(struct facets *f, const struct value *v, struct err *err)
{
	struct str *out = f->c->out;
	int64_t n;
	if (!count(f, v->facet, v->filter, v->n_filter, &n, err))
		return false;
	if (n == 0 && !v->keep_empty)
		return true;
	str_addz(out, f->first ? "{\"key\":" : ",{\"key\":");
	f->first = false;
	str_add_json(out, v->key);
	str_addz(out, ",\"zh\":");
	str_add_json(out, v->zh);
	str_addz(out, ",\"en\":");
	str_add_json(out, v->en);
	str_addz(out, ",\"filter\":{");
	for (size_t i = 0; i < v->n_filter; i++) {
		str_addz(out, i ? "," : "");
		str_add_json(out, v->filter[i].name);
		str_addc(out, ':');
		str_add_json(out, v->filter[i].value);
	}
	str_addz(out, "},");
	add_count(out, n);
	str_addc(out, '}');
	return true;
}

static void begin(struct facets *f, const char *name)
{
	str_addf(f->c->out, "%s{\"name\":\"%s\",\"values\":[", f->first ? "" : ",", name);
	f->first = true;
}

static void end(struct facets *f)
{
	str_addz(f->c->out, "]}");
	f->first = false;
}

static bool add_word(struct facets *f, const char *facet, struct span key, bool keep_empty, struct err *err)
{
	struct query_pair filter = { span_of(facet), key };
	struct value v = { facet, key, word_of(&finding_resource, key, true),
		word_of(&finding_resource, key, false),
		&filter, 1, keep_empty };
	const struct finding_kind *kind = finding_kind_find(key);
	if (kind) {
		v.zh = field_label(&(struct field){ .zh = kind->zh, .en = kind->en }, true);
		v.en = field_label(&(struct field){ .zh = kind->zh, .en = kind->en }, false);
	}
	return add_value(f, &v, err);
}

static bool add_states(struct facets *f, struct err *err)
{
	begin(f, "state");
	for (const char *const *s = finding_life.states; *s; s++)
		if (!add_word(f, "state", span_of(*s), true, err))
			return false;
	end(f);
	return true;
}

static bool add_severities(struct facets *f, struct err *err)
{
	static const char *const keys[] = { "critical", "high", "medium", "low", "none" };
	static const char *const en[] = { "critical", "high", "medium", "low", "not rated" };
	begin(f, "severity");
	for (size_t i = 0; i < COUNT(keys); i++) {
		struct query_pair filter = { SPAN("severity"), span_of(keys[i]) };
		if (!add_value(f, &(struct value){ "severity", span_of(keys[i]),
				span_of(finding_severity_zh(span_of(keys[i]))), span_of(en[i]), &filter, 1,
				i < 4 }, err))
			return false;
	}
	end(f);
	return true;
}

static bool add_kev(struct facets *f, struct err *err)
{
	struct query_pair filter = { SPAN("kev"), SPAN("true") };
	begin(f, "kev");
	if (!add_value(f, &(struct value){ "kev", SPAN("true"), SPAN("已知被利用"), SPAN("known exploited"),
	    &filter, 1,
			true }, err))
		return false;
	end(f);
	return true;
}

/* Vulnerabilities, and what else there is: those are few, and have an index of their own. */
static bool add_kinds(struct facets *f, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	VEC(struct span) kinds = { .arena = f->c->op->arena };
	bool row;
	if (!db_query(op_db(f->c->op),
		    SQL("SELECT DISTINCT kind FROM findings WHERE kind<>'vulnerability' ORDER BY kind LIMIT "
		    "?"),
		    V(db_i(KINDS_MAX)), &r, err))
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		vec_push(&kinds, arena_span(f->c->op->arena, db_col_text(r, 0)));
	}
	begin(f, "kind");
	if (!add_word(f, "kind", SPAN("vulnerability"), true, err))
		return false;
	for (size_t i = 0; i < kinds.n; i++)
		if (!add_word(f, "kind", kinds.p[i], false, err))
			return false;
	end(f);
	return true;
}

struct office {
	struct span id, name;
};

/* The county offices that this one may see, by the name of their division. */
static bool find_offices(struct op *op, struct office *ret, size_t *ret_n, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct sql *q = sql_new(op->arena);
	bool row;
	sql_add(q,
		"SELECT u.id, COALESCE(d.name, u.name) FROM units u LEFT JOIN divisions d ON d.n=u.division_n"
		" WHERE u.kind='office' AND u.parent_n IS NOT NULL");
	if (!actor_scope(op->actor, op_db(op), PERM_UNIT_READ, "u.n", q, err))
		return false;
	sql_add(q, " ORDER BY u.sort_order, u.n LIMIT ");
	sql_int(q, OFFICES_MAX);
	if (!db_query_sql(op_db(op), q, &r, err))
		return false;
	for (*ret_n = 0; *ret_n < OFFICES_MAX;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		ret[(*ret_n)++] = (struct office){ arena_span(op->arena, db_col_text(r, 0)),
			arena_span(op->arena, db_col_text(r, 1)) };
	}
	return true;
}

static bool add_counties(struct facets *f, struct err *err)
{
	struct office offices[OFFICES_MAX];
	struct query_pair none = { SPAN("unit_id__null"), SPAN("true") };
	size_t n;
	if (!find_offices(f->c->op, offices, &n, err))
		return false;
	begin(f, "unit_id");
	for (size_t i = 0; i < n; i++) {
		struct query_pair filter = { SPAN("unit_id__under"), offices[i].id };
		if (!add_value(f, &(struct value){ "unit_id", offices[i].id, offices[i].name, offices[i].name,
		    &filter, 1,
				true }, err))
			return false;
	}
	if (actor_whole(f->c->op->actor, PERM_FINDING_READ) &&
		!add_value(f, &(struct value){ "unit_id", SPAN("none"), SPAN("待认领"), SPAN("nobody's yet"),
		&none, 1, false },
			err))
		return false;
	end(f);
	return true;
}

/* Days of the city's calendar since a finding was first seen: up to 7, 30, 90, 365, more. */
static bool add_ages(struct facets *f, struct err *err)
{
	static const struct {
		const char *key, *zh, *en;
		int days;
	} ages[] = {
		{ "week", "7 天以内", "7 days", 7 },
		{ "month", "8 至 30 天", "8 to 30 days", 30 },
		{ "quarter", "31 至 90 天", "31 to 90 days", 90 },
		{ "year", "91 至 365 天", "91 to 365 days", 365 },
		{ "older", "一年以上", "over a year", 0 },
	};
	struct op *op = f->c->op;
	struct span until = SPAN("");
	int64_t today;
	bool valid = time_parse_date(people_today(op), TIME_CHINA, &today);
	assert(valid);
	begin(f, "first_seen");
	for (size_t i = 0; i < COUNT(ages); i++) {
		struct query_pair filter[2];
		struct span from = SPAN("");
		size_t n = 0;
		if (ages[i].days) {
			char text[TIME_TEXT];
			int64_t at = today - (int64_t)(ages[i].days - 1) * TIME_DAY;
			from = arena_span(op->arena, utf8_cut(span_of(time_format(at + TIME_CHINA, text)),
				10));
			filter[n++] = (struct query_pair){ SPAN("first_seen__gte"), from };
		}
		if (until.n)
			filter[n++] = (struct query_pair){ SPAN("first_seen__lt"), until };
		if (!add_value(f, &(struct value){ "first_seen", span_of(ages[i].key), span_of(ages[i].zh),
				span_of(ages[i].en), filter, n, true }, err))
			return false;
		until = from;
	}
	end(f);
	return true;
}

bool finding_facets(struct call *c, struct err *err)
{
	struct facets f = { .c = c, .first = true, .ends_ns = clock_mono_ns() + (int64_t)FACET_MS * 1000000 };
	int64_t total;
	for (size_t i = 0; i < c->n_query; i++) {
		if (is_paging(c->query[i].name))
			continue;
		if (f.n == PAIRS_MAX)
			return err_set(err, ERR_INVALID, "筛选条件过多", "too many filters");
		f.pairs[f.n++] = c->query[i];
	}
	str_addz(c->out, "{\"total\":{");
	if (!count(&f, "", NULL, 0, &total, err))
		return false;
	add_count(c->out, total);
	str_addz(c->out, "},\"facets\":[");
	if (!add_states(&f, err) || !add_severities(&f, err) || !add_kev(&f, err) || !add_kinds(&f, err) ||
		!add_counties(&f, err) || !add_ages(&f, err))
		return false;
	str_addf(c->out, "],\"complete\":%s}", f.cut ? "false" : "true");
	return str_check(c->out, err);
}
