/*
 * The situation: the city at a glance.  Each number comes with the list behind it, as the console and the API
 * name it, and is counted by that list's own filters, so that the list has exactly so many rows.  Numbers are
 * exact to COUNT_MAX, with "more" beyond.  Everything is counted in one snapshot.
 *
 * Open findings by division, severity and age are one walk over an index that has all of these; the rest are
 * counts of their own that end at COUNT_MAX.
 */
#include <stdlib.h>

#include "finding/life.h"
#include "order/order.h"
#include "people/people.h"
#include "role/role.h"

enum { COUNT_MAX = 10000, COUNT_MS = 5000, TILES_MAX = 40, MONTHS = 12, PAIRS_MAX = 6 };
#define OPEN_FINDINGS "state__in=new,confirmed,ordered,fixed"

static const char *const severities[] = { "critical", "high", "medium", "low", "none" };
/* Days of the city's calendar since first seen, up to. */
static const struct { const char *key; int days; } ages[] = {
	{ "week", 7 }, { "month", 30 }, { "quarter", 90 }, { "older", 0 }
};
enum { SEVERITIES = COUNT(severities), AGES = COUNT(ages) };

/* A county's office with all below it; the last one, if any, is the city's own: under no county. */
struct tile {
	int64_t n;                             /* of the office */
	struct span id, name, division;
	int64_t open[SEVERITIES];
};

struct place { int64_t unit_n; size_t tile; };

struct situation {
	struct op *op;
	struct str *out;
	struct tile tiles[TILES_MAX + 1];
	size_t n_tiles;
	bool own;                              /* the last tile is the city's own */
	struct place *places;                  /* ascending by unit_n */
	size_t n_places;
	int64_t open[SEVERITIES][AGES], unowned;
	struct span from[AGES];                /* first day of each age; of the last "" */
};

/* ---- numbers and their lists ---- */

static void add_number(struct str *out, int64_t n, struct span list)
{
	str_addf(out, "\"count\":%lld,\"more\":%s,\"list\":", (long long)(n > COUNT_MAX ? COUNT_MAX : n),
		n > COUNT_MAX ? "true" : "false");
	str_add_json(out, list);
}

/* Counted as the list would: of "findings?kev=true" the part behind the question mark. */
static bool add_count(struct situation *s, const struct resource *r, struct span query, struct err *err)
{
	struct query_pair pairs[PAIRS_MAX];
	struct query q;
	size_t n_pairs = 0;
	int64_t n;
	for (struct span rest = query; rest.p && n_pairs < PAIRS_MAX; n_pairs++) {
		struct span one = span_split(&rest, '&');
		pairs[n_pairs].name = span_split(&one, '=');
		pairs[n_pairs].value = one;
	}
	if (!query_parse(r, pairs, n_pairs, s->op->arena, &q, err) ||
		!resource_count(s->op, r, &q, COUNT_MAX, &n, err))
		return false;
	add_number(s->out, n, arena_printf(s->op->arena, "%s?" SPAN_FMT, r->path, SPAN_ARG(query)));
	return true;
}

/* ---- divisions ---- */

static bool find_tiles(struct situation *s, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct sql *q = sql_new(s->op->arena);
	struct arena *a = s->op->arena;
	int64_t office;
	bool row;
	if (!unit_office(s->op, &office, err))
		return false;
	sql_add(q, "SELECT u.n, u.id, COALESCE(d.name, u.name), COALESCE(d.gb_code, d.code, ''), u.n=");
	sql_int(q, office);
	sql_add(q, " FROM units u LEFT JOIN divisions d ON d.n=u.division_n WHERE u.kind='office' AND (u.n=");
	sql_int(q, office);
	sql_add(q, " OR u.parent_n=");
	sql_int(q, office);
	sql_add(q, ")");
	if (!actor_scope(s->op->actor, op_db(s->op), PERM_FINDING_READ, "u.n", q, err))
		return false;
	sql_add(q, " ORDER BY 5, u.sort_order, u.n LIMIT ");
	sql_int(q, TILES_MAX);
	if (!db_query_sql(op_db(s->op), q, &r, err))
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			return true;
		s->own = db_col_int(r, 4) != 0;
		s->tiles[s->n_tiles++] = (struct tile){ .n = db_col_int(r, 0),
			.id = arena_span(a, db_col_text(r, 1)), .name = arena_span(a, db_col_text(r, 2)),
			.division = arena_span(a, db_col_text(r, 3)) };
	}
}

/* Which unit belongs to which tile: what is under a county is not the city's own. */
static bool find_places(struct situation *s, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	VEC(struct place) places = { .arena = s->op->arena };
	struct sql *q = sql_new(s->op->arena);
	bool row;
	sql_add(q, "SELECT descendant_n, ancestor_n FROM unit_tree WHERE relation=0 AND ancestor_n IN (NULL");
	for (size_t i = 0; i < s->n_tiles; i++) {
		sql_add(q, ",");
		sql_int(q, s->tiles[i].n);
	}
	sql_add(q, ") ORDER BY descendant_n");
	if (!db_query_sql(op_db(s->op), q, &r, err))
		return false;
	for (;;) {
		struct place one = { 0 };
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		one.unit_n = db_col_int(r, 0);
		while (one.tile < s->n_tiles && s->tiles[one.tile].n != db_col_int(r, 1))
			one.tile++;
		bool same = places.n && places.p[places.n - 1].unit_n == one.unit_n;
		if (!same)
			vec_push(&places, one);
		else if (one.tile < places.p[places.n - 1].tile)
			places.p[places.n - 1].tile = one.tile;      /* the city's own is the last */
	}
	s->places = places.p;
	s->n_places = places.n;
	return true;
}

static int by_unit(const void *a, const void *b)
{
	int64_t x = ((const struct place *)a)->unit_n, y = ((const struct place *)b)->unit_n;
	return (x > y) - (x < y);
}

/* ---- open findings ---- */

static void find_ages(struct situation *s)
{
	int64_t today = 0;
	char text[TIME_DATE_TEXT];
	if (!time_parse_date(people_today(s->op), TIME_CHINA, &today))
		return;
	for (size_t i = 0; i < AGES; i++) {
		time_format_date(time_date(today - (int64_t)(ages[i].days - 1) * TIME_DAY, TIME_CHINA), text);
		s->from[i] = ages[i].days ? arena_span(s->op->arena, span_of(text)) : SPAN("");
	}
}

static void add_open(struct situation *s, int64_t unit_n, size_t severity, size_t age, int64_t n)
{
	struct place key = { .unit_n = unit_n };
	const struct place *at = s->n_places
		? bsearch(&key, s->places, s->n_places, sizeof *s->places, by_unit) : NULL;
	s->open[severity][age] += n;
	if (at)
		s->tiles[at->tile].open[severity] += n;
	else if (unit_n == 0)
		s->unowned += n;
}

/* In the words of the index findings_open.  Of each unit and severity: all, and those first seen on or after
 * the first day of each age but the last. */
static bool write_walk(struct situation *s, struct sql *q, struct err *err)
{
	sql_add(q, "SELECT t.unit_n, t.severity, COUNT(*)");
	for (size_t i = 0; i + 1 < AGES; i++) {
		int64_t at = 0;
		if (!time_parse_date(s->from[i], TIME_CHINA, &at))
			return err_set(err, ERR_INTERNAL, "日期有误", "a wrong date");
		sql_add(q, ", SUM(t.first_seen>=");
		sql_int(q, at);
		sql_add(q, ")");
	}
	sql_add(q, " FROM findings t WHERE COALESCE(t.state, '') IN ('new','confirmed','ordered','fixed')");
	if (!actor_scope(s->op->actor, op_db(s->op), PERM_FINDING_READ, "t.unit_n", q, err))
		return false;
	sql_add(q, " GROUP BY t.unit_n, t.severity");
	return true;
}

static void take_open(struct situation *s, const struct db_rows *r)
{
	size_t severity = 0;
	int64_t younger = 0;
	while (severity + 1 < SEVERITIES && !span_is(db_col_text(r, 1), severities[severity]))
		severity++;
	for (size_t age = 0; age < AGES; age++) {
		int64_t up_to = db_col_int(r, age + 1 < AGES ? 3 + (int)age : 2);
		add_open(s, db_col_int(r, 0), severity, age, up_to - younger);
		younger = up_to;
	}
}

static bool walk_open(struct situation *s, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct sql *q = sql_new(s->op->arena);
	bool row;
	if (!write_walk(s, q, err) || !db_query_sql(op_db(s->op), q, &r, err))
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			return true;
		take_open(s, r);
	}
}

/* ---- writing ---- */

static struct span age_query(const struct situation *s, size_t age)
{
	struct arena *a = s->op->arena;
	struct span from = s->from[age], until = age ? s->from[age - 1] : SPAN("");
	struct span since = from.n ? arena_printf(a, "&first_seen__gte=" SPAN_FMT, SPAN_ARG(from)) : SPAN("");
	return until.n ? arena_printf(a, SPAN_FMT "&first_seen__lt=" SPAN_FMT, SPAN_ARG(since),
		SPAN_ARG(until))
		       : since;
}

static void write_ages(struct situation *s, size_t severity)
{
	for (size_t i = 0; i < AGES; i++) {
		str_addf(s->out, "%s{\"key\":\"%s\",", i ? "," : "", ages[i].key);
		add_number(s->out, s->open[severity][i],
			arena_printf(s->op->arena, "findings?" OPEN_FINDINGS "&severity=%s" SPAN_FMT,
				severities[severity], SPAN_ARG(age_query(s, i))));
		str_addc(s->out, '}');
	}
}

static bool write_open(struct situation *s, struct err *err)
{
	int64_t sums[SEVERITIES] = { 0 }, all = 0;
	for (size_t i = 0; i < SEVERITIES; i++)
		for (size_t k = 0; k < AGES; k++)
			sums[i] += s->open[i][k];
	for (size_t i = 0; i < SEVERITIES; i++)
		all += sums[i];
	str_addz(s->out, "\"open\":{");
	add_number(s->out, all, SPAN("findings?" OPEN_FINDINGS));
	str_addz(s->out, "},\"unowned\":{");
	add_number(s->out, s->unowned, SPAN("findings?" OPEN_FINDINGS "&unit_id__null=true"));
	str_addz(s->out, "},\"kev\":{");
	if (!add_count(s, &finding_resource, SPAN(OPEN_FINDINGS "&kev=true"), err))
		return false;
	str_addz(s->out, "},\"severities\":[");
	for (size_t i = 0; i < SEVERITIES; i++) {
		str_addf(s->out, "%s{\"key\":\"%s\",", i ? "," : "", severities[i]);
		add_number(s->out, sums[i], arena_printf(s->op->arena,
			"findings?" OPEN_FINDINGS "&severity=%s",
			severities[i]));
		str_addz(s->out, ",\"ages\":[");
		write_ages(s, i);
		str_addz(s->out, "]}");
	}
	str_addc(s->out, ']');
	return true;
}

static bool write_tile(struct situation *s, const struct tile *t, bool own, struct err *err)
{
	struct arena *a = s->op->arena;
	const char *of = own ? "direct" : "under";
	struct span list = arena_printf(a, "findings?" OPEN_FINDINGS "&unit_id__%s=" SPAN_FMT, of,
		SPAN_ARG(t->id));
	int64_t all = 0;
	for (size_t i = 0; i < SEVERITIES; i++)
		all += t->open[i];
	str_addz(s->out, "{\"unit_id\":");
	str_add_json(s->out, t->id);
	str_addz(s->out, ",\"name\":");
	str_add_json(s->out, t->name);
	str_addz(s->out, ",\"division\":");
	str_add_json(s->out, t->division);
	str_addf(s->out, ",\"own\":%s,\"open\":{", own ? "true" : "false");
	add_number(s->out, all, list);
	str_addz(s->out, "},\"severities\":[");
	for (size_t i = 0; i < SEVERITIES; i++) {
		str_addf(s->out, "%s{\"key\":\"%s\",", i ? "," : "", severities[i]);
		add_number(s->out, t->open[i],
			arena_printf(a, SPAN_FMT "&severity=%s", SPAN_ARG(list), severities[i]));
		str_addc(s->out, '}');
	}
	str_addz(s->out, "],\"silent\":{");
	if (!add_count(s, &unit_resource,
	    arena_printf(a, "silent=true&id__%s=" SPAN_FMT, of, SPAN_ARG(t->id)), err))
		return false;
	str_addz(s->out, "}}");
	return true;
}

static bool write_tiles(struct situation *s, struct err *err)
{
	str_addz(s->out, ",\"divisions\":[");
	for (size_t i = 0; i < s->n_tiles; i++) {
		str_addz(s->out, i ? "," : "");
		if (!write_tile(s, &s->tiles[i], s->own && i + 1 == s->n_tiles, err))
			return false;
	}
	str_addz(s->out, "],\"silent\":{");
	if (!add_count(s, &unit_resource, SPAN("silent=true"), err))
		return false;
	str_addc(s->out, '}');
	return true;
}

static bool write_orders(struct situation *s, struct err *err)
{
	struct arena *a = s->op->arena;
	char now[TIME_TEXT];
	time_format(op_now(s->op), now);
	str_addz(s->out, ",\"orders\":[");
	for (const char *const *state = order_resource.life->states; *state; state++) {
		str_addf(s->out, "%s{\"key\":\"%s\",", state == order_resource.life->states ? "" : ",",
			*state);
		if (!add_count(s, &order_resource, arena_printf(a, "state=%s", *state), err))
			return false;
		str_addc(s->out, '}');
	}
	str_addz(s->out, "],\"late\":{\"acknowledge\":{");
	if (!add_count(s, &order_resource, arena_printf(a, "state=sent&acknowledge_due__lt=%s", now), err))
		return false;
	str_addz(s->out, "},\"answer\":{");
	if (!add_count(s, &order_resource,
	    arena_printf(a, "state__in=handling,partly_answered&answer_due__lt=%s", now), err))
		return false;
	str_addz(s->out, "}}");
	return true;
}

/* Findings by the month in which they were first seen, this one last. */
static bool write_months(struct situation *s, struct err *err)
{
	struct time_date d = time_date(op_now(s->op), TIME_CHINA);
	int64_t month = (int64_t)d.year * 12 + d.month - 1 - (MONTHS - 1);
	str_addz(s->out, ",\"months\":[");
	for (int i = 0; i < MONTHS; i++, month++) {
		int64_t next = month + 1;
		str_addf(s->out, "%s{\"key\":\"%04d-%02d\",", i ? "," : "", (int)(month / 12),
			(int)(month % 12) + 1);
		if (!add_count(s, &finding_resource,
		    arena_printf(s->op->arena, "first_seen__gte=%04d-%02d-01&first_seen__lt=%04d-%02d-01",
		    (int)(month / 12), (int)(month % 12) + 1, (int)(next / 12), (int)(next % 12) + 1), err))
			return false;
		str_addc(s->out, '}');
	}
	str_addc(s->out, ']');
	return true;
}

static bool count_all(struct situation *s, struct err *err)
{
	char now[TIME_TEXT];
	find_ages(s);
	if (!find_tiles(s, err) || !find_places(s, err) || !walk_open(s, err))
		return false;
	str_addf(s->out, "{\"at\":\"%s\",", time_format(op_now(s->op), now));
	if (!write_open(s, err) || !write_tiles(s, err) || !write_orders(s, err) || !write_months(s, err))
		return false;
	str_addc(s->out, '}');
	return str_check(s->out, err);
}

static bool show_situation(struct call *c, struct err *err)
{
	struct situation *s = arena_alloc(c->op->arena, sizeof *s);
	*s = (struct situation){ .op = c->op, .out = c->out };
	if (!store_read_begin(c->op->store, err))
		return false;
	db_deadline(op_db(c->op), COUNT_MS);
	bool ok = count_all(s, err);
	db_deadline(op_db(c->op), 0);
	store_read_end(c->op->store);
	if (!ok && err->code == ERR_BUSY)
		return err_set(err, ERR_BUSY, "统计时间过长，请稍后再试",
			"counting takes too long, please try again later");
	return ok;
}

#define NUMBER_SCHEMA(key) \
	"{\"type\":\"object\",\"required\":[" key "\"count\",\"more\",\"list\"],\"properties\":{\"key\":{" \
	"\"type\":\"string\"},\"count\":{\"type\":\"integer\"},\"more\":{\"type\":\"boolean\"},\"list\":{" \
	"\"type\":\"string\"}}}"
#define KEYED_SCHEMA "{\"type\":\"array\",\"items\":" NUMBER_SCHEMA("\"key\",") "}"

const struct route situation_routes[] = {
	{ "GET", "/api/v1/situation", show_situation, PERM_FINDING_READ, 0, 0,
		"态势：各县区、等级、时长、状态的数量，每个数量附其列表，超过 1 万的以 more 表示",
		"the situation: counts by division, severity, age and state, each with its list; beyond 10,"
		"000 "
		"more is true", NULL,
		"{\"type\":\"object\",\"required\":[\"at\",\"open\",\"unowned\",\"kev\",\"severities\","
		"\"divisions\",\"silent\",\"orders\",\"late\",\"months\"],\"properties\":{\"at\":{\"type\":"
		"\"string\"},\"open\":" NUMBER_SCHEMA("") ",\"unowned\":" NUMBER_SCHEMA("") ",\"kev\":"
		NUMBER_SCHEMA("") ",\"silent\":" NUMBER_SCHEMA("") ",\"orders\":" KEYED_SCHEMA ",\"months\":"
		KEYED_SCHEMA ",\"late\":{\"type\":\"object\",\"required\":[\"acknowledge\",\"answer\"],"
		"\"properties\":{\"acknowledge\":" NUMBER_SCHEMA("") ",\"answer\":" NUMBER_SCHEMA("") "}},"
		"\"severities\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"key\","
		"\"count\",\"more\",\"list\",\"ages\"],\"properties\":{\"key\":{\"type\":\"string\"},"
		"\"count\":{\"type\":\"integer\"},\"more\":{\"type\":\"boolean\"},\"list\":{\"type\":"
		"\"string\"},\"ages\":" KEYED_SCHEMA "}}},"
		"\"divisions\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"unit_id\","
		"\"name\",\"division\",\"own\",\"open\",\"severities\",\"silent\"],\"properties\":{"
		"\"unit_id\":{\"type\":\"string\"},\"name\":{\"type\":\"string\"},\"division\":{\"type\":"
		"\"string\"},\"own\":{\"type\":\"boolean\"},\"open\":" NUMBER_SCHEMA("") ",\"severities\":"
		KEYED_SCHEMA ",\"silent\":" NUMBER_SCHEMA("") "}}}}}",
		.counts = "finding order unit division setting" },
};
const size_t situation_routes_count = COUNT(situation_routes);
