#include "order/calendar.h"

#include <stdio.h>

#include "order/day_list.h"
#include "order/rules.h"

enum { DAYS_SEARCHED = 4000 }; /* no calendar is without a working day for ten years */

static const char *const units[] = { "hour", "working_hour", "day", "working_day" };

bool calendar_unit_find(struct span name, enum calendar_unit *ret)
{
	for (size_t i = 0; i < COUNT(units); i++) {
		if (!span_is(name, units[i]))
			continue;
		*ret = (enum calendar_unit)i;
		return true;
	}
	return false;
}

bool calendar_clock(struct span text, int64_t *ret)
{
	int64_t hour, minute;
	if (text.n != 5 || text.p[2] != ':' || !span_int((struct span){ text.p, 2 }, 0, 24, &hour) ||
		!span_int((struct span){ text.p + 3, 2 }, 0, 59, &minute) || hour * 60 + minute > 24 * 60)
		return false;
	*ret = hour * TIME_HOUR + minute * TIME_MINUTE;
	return true;
}

static bool load_head(struct op *op, struct span name, struct calendar *c, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	if (!db_query(op_db(op),
		    SQL("SELECT name, edition, zone, morning_start, morning_end, afternoon_start, "
		    "afternoon_end"
			" FROM calendars t WHERE name=? AND " RULE_USABLE("t") "?" RULE_ORDER("t")),
		    V(db_t(name), db_i(op_now(op))), &r, err) ||
		!db_next(r, &row, err))
		return false;
	if (!row)
		return err_set(err, ERR_NOT_FOUND, "没有日历“" SPAN_FMT "”", "no calendar \"" SPAN_FMT "\"",
			SPAN_ARG(name));
	snprintf(c->name, sizeof c->name, SPAN_FMT, SPAN_ARG(db_col_text(r, 0)));
	snprintf(c->version, sizeof c->version, SPAN_FMT, SPAN_ARG(db_col_text(r, 1)));
	int64_t *const to[] = { &c->offset, &c->open[0], &c->close[0], &c->open[1], &c->close[1] };
	for (size_t i = 0; i < COUNT(to); i++)
		if (!calendar_clock(span_from(db_col_text(r, (int)i + 2), i == 0), to[i]))
			return err_set(err, ERR_CORRUPT, "日历 %s 中有无效的时刻", "calendar %s holds a bad time",
				c->name);
	if (span_starts(db_col_text(r, 2), SPAN("-")))
		c->offset = -c->offset;
	return true;
}

struct loading {
	struct arena *arena;
	VEC(struct calendar_day) days;
	VEC(struct calendar_year) years;
};

static void add_year(struct loading *g, int64_t year, struct span edition, const struct day_list *l)
{
	struct calendar_year y = { .year = year };
	snprintf(y.edition, sizeof y.edition, SPAN_FMT, SPAN_ARG(edition));
	vec_push(&g->years, y);
	for (size_t i = 0; i < l->n; i++)
		vec_push(&g->days, (struct calendar_day){ l->at[i].day, l->at[i].working });
}

/* By years, ascending, and so by days. */
static bool load_years(struct op *op, struct calendar *c, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct loading g = { .arena = op->arena, .days = { .arena = op->arena },
		.years = { .arena = op->arena } };
	bool row;
	if (!db_query(op_db(op),
		    SQL("SELECT year, edition, days FROM calendar_years t WHERE calendar=? "
		    "AND " RULE_USABLE("t")
			"? AND NOT EXISTS (SELECT 1 FROM calendar_years o WHERE o.calendar=t.calendar AND"
			" o.year=t.year AND " RULE_USABLE("o") "? AND (COALESCE(o.effective_at,0)>"
			"COALESCE(t.effective_at,0) OR (COALESCE(o.effective_at,0)=COALESCE(t.effective_at,0)"
			" AND o.n>t.n))) ORDER BY year"),
		    V(db_z(c->name), db_i(op_now(op)), db_i(op_now(op))), &r, err))
		return false;
	for (;;) {
		struct day_list l;
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		if (!day_list_read(arena_span(op->arena, db_col_text(r, 2)), (int)db_col_int(r, 0), op->arena,
		    &l,
			    &(struct err){ 0 }))
			return err_set(err, ERR_CORRUPT, "日历 %s 中有无效的日期", "calendar %s holds a bad date",
				c->name);
		add_year(&g, db_col_int(r, 0), db_col_text(r, 1), &l);
	}
	c->days = g.days.p;
	c->n_days = g.days.n;
	c->years = g.years.p;
	c->n_years = g.years.n;
	return true;
}

bool calendar_load(struct op *op, struct span name, struct calendar *ret, struct err *err)
{
	struct calendar c = { 0 };
	if (!load_head(op, name, &c, err) || !load_years(op, &c, err))
		return false;
	*ret = c;
	return true;
}

void calendar_with_year(struct calendar *c, int64_t year, const struct day_list *l, struct arena *a)
{
	struct loading g = { .arena = a, .days = { .arena = a }, .years = { .arena = a } };
	bool done = false;
	for (size_t i = 0; i < c->n_years; i++)
		if (c->years[i].year != year)
			vec_push(&g.years, c->years[i]);
	vec_push(&g.years, ((struct calendar_year){ .year = year, .edition = "*" }));
	for (size_t i = 0; i <= c->n_days; i++) {
		int64_t of = i < c->n_days ? time_date_of_days(c->days[i].day).year : INT64_MAX;
		for (size_t k = 0; !done && of >= year && k < l->n; k++)
			vec_push(&g.days, (struct calendar_day){ l->at[k].day, l->at[k].working });
		done = done || of >= year;
		if (i < c->n_days && of != year)
			vec_push(&g.days, c->days[i]);
	}
	c->days = g.days.p;
	c->n_days = g.days.n;
	c->years = g.years.p;
	c->n_years = g.years.n;
}

int64_t calendar_day_of(const struct calendar *c, int64_t at)
{
	int64_t local = at + c->offset;
	return local >= 0 ? local / TIME_DAY : -((-local + TIME_DAY - 1) / TIME_DAY);
}

bool calendar_is_working(const struct calendar *c, int64_t day)
{
	size_t low = 0, high = c->n_days;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (c->days[middle].day < day)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < c->n_days && c->days[low].day == day)
		return c->days[low].working;
	return time_weekday(day) <= 5;
}

static const struct calendar_year *year_of(const struct calendar *c, int64_t year)
{
	for (size_t i = 0; i < c->n_years; i++)
		if (c->years[i].year == year)
			return &c->years[i];
	return NULL;
}

static bool published(const struct calendar *c, int64_t from_day, int64_t to_day)
{
	int first = time_date_of_days(from_day).year, last = time_date_of_days(to_day).year;
	for (int year = first; year <= last; year++)
		if (!year_of(c, year))
			return false;
	return true;
}

struct span calendar_editions(const struct calendar *c, int64_t from, int64_t to, struct arena *a)
{
	struct str out = STR_IN(a, 400);
	int first = time_date_of_days(calendar_day_of(c, from)).year,
	    last = time_date_of_days(calendar_day_of(c, to)).year;
	str_addf(&out, "%s/%s", c->name, c->version);
	for (int year = first; year <= last && year < first + 5; year++) {
		const struct calendar_year *y = year_of(c, year);
		if (y)
			str_addf(&out, " %s", y->edition);
		else
			str_addf(&out, " %d?", year);
	}
	return str_span(&out);
}

static int64_t close_of(const struct calendar *c, int64_t day)
{
	return day * TIME_DAY + c->close[1] - c->offset;
}

static int64_t next_working(const struct calendar *c, int64_t day)
{
	for (int i = 0; i < DAYS_SEARCHED && !calendar_is_working(c, day); i++)
		day++;
	return day;
}

int64_t calendar_end(
	const struct calendar *c, int64_t at, int64_t amount, enum calendar_unit unit, bool *ret_published)
{
	int64_t first = calendar_day_of(c, at), day = first, end = at;
	switch (unit) {
	case CALENDAR_HOUR: *ret_published = true; return at + amount * TIME_HOUR;
	case CALENDAR_WORKING_HOUR: end = calendar_add_working(c, at, amount * TIME_HOUR); break;
	case CALENDAR_DAY: end = close_of(c, next_working(c, first + amount)); break;
	case CALENDAR_WORKING_DAY:
		for (int64_t i = 0; i < amount; i++)
			day = next_working(c, day + 1);
		end = close_of(c, day);
		break;
	}
	*ret_published = published(c, first, calendar_day_of(c, end));
	return end;
}

int64_t calendar_working_between(const struct calendar *c, int64_t from, int64_t to)
{
	int64_t sum = 0;
	for (int64_t day = calendar_day_of(c, from); to > from && day <= calendar_day_of(c, to); day++) {
		int64_t midnight = day * TIME_DAY - c->offset;
		for (size_t half = 0; half < 2 && calendar_is_working(c, day); half++) {
			int64_t open = midnight + c->open[half], close = midnight + c->close[half];
			int64_t begin = open > from ? open : from, end = close < to ? close : to;
			sum += end > begin ? end - begin : 0;
		}
	}
	return sum;
}

int64_t calendar_add_working(const struct calendar *c, int64_t from, int64_t ms)
{
	int64_t day = calendar_day_of(c, from), at = from;
	for (int i = 0; i < DAYS_SEARCHED; i++, day++) {
		int64_t midnight = day * TIME_DAY - c->offset;
		for (size_t half = 0; half < 2 && calendar_is_working(c, day); half++) {
			int64_t open = midnight + c->open[half], close = midnight + c->close[half];
			int64_t begin = open > from ? open : from;
			if (begin > close || begin == close)
				continue;
			if (close - begin >= ms)
				return begin + ms;
			ms -= close - begin;
			at = close;
		}
	}
	return at;
}
