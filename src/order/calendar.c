#include "order/calendar.h"

#include <stdio.h>

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

static bool load_head(struct op *op, struct span name, struct calendar *c, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row;
	if (!db_query(op_db(op),
		    SQL("SELECT name, version, offset_ms, morning_start, morning_end, afternoon_start, "
			"afternoon_end"
			" FROM calendars WHERE name=?"),
		    V(db_t(name)), &r, err) ||
		!db_next(r, &row, err))
		return false;
	if (!row)
		return err_set(err, ERR_NOT_FOUND, "没有日历“" SPAN_FMT "”", "no calendar \"" SPAN_FMT "\"",
			SPAN_ARG(name));
	snprintf(c->name, sizeof c->name, SPAN_FMT, SPAN_ARG(db_col_text(r, 0)));
	snprintf(c->version, sizeof c->version, SPAN_FMT, SPAN_ARG(db_col_text(r, 1)));
	c->offset = db_col_int(r, 2);
	c->open[0] = db_col_int(r, 3) * TIME_MINUTE;
	c->close[0] = db_col_int(r, 4) * TIME_MINUTE;
	c->open[1] = db_col_int(r, 5) * TIME_MINUTE;
	c->close[1] = db_col_int(r, 6) * TIME_MINUTE;
	return true;
}

static bool load_days(struct op *op, struct calendar *c, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	VEC(struct calendar_day) days = { .arena = op->arena };
	bool row;
	int64_t at;
	if (!db_query(op_db(op), SQL("SELECT day, working FROM calendar_days WHERE calendar=? ORDER BY day"),
		    V(db_z(c->name)), &r, err))
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		if (!time_parse_date(db_col_text(r, 0), 0, &at))
			return err_set(err, ERR_CORRUPT, "日历 %s 中有无效的日期",
				"calendar %s holds a bad date", c->name);
		vec_push(&days, (struct calendar_day){ at / TIME_DAY, db_col_int(r, 1) != 0 });
	}
	c->days = days.p;
	c->n_days = days.n;
	return true;
}

static bool load_years(struct op *op, struct calendar *c, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	VEC(int64_t) years = { .arena = op->arena };
	bool row;
	if (!db_query(op_db(op), SQL("SELECT year FROM calendar_years WHERE calendar=?"), V(db_z(c->name)),
		    &r, err))
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		vec_push(&years, db_col_int(r, 0));
	}
	c->years = years.p;
	c->n_years = years.n;
	return true;
}

bool calendar_load(struct op *op, struct span name, struct calendar *ret, struct err *err)
{
	struct calendar c = { 0 };
	if (!load_head(op, name, &c, err) || !load_days(op, &c, err) || !load_years(op, &c, err))
		return false;
	*ret = c;
	return true;
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

static bool published(const struct calendar *c, int64_t from_day, int64_t to_day)
{
	int first = time_date_of_days(from_day).year, last = time_date_of_days(to_day).year;
	for (int year = first; year <= last; year++) {
		bool known = false;
		for (size_t i = 0; i < c->n_years; i++)
			known = known || c->years[i] == year;
		if (!known)
			return false;
	}
	return true;
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
