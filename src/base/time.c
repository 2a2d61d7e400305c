#include "base/time.h"

#include <stdio.h>

/*
 * Days from civil and back: the era arithmetic of Howard Hinnant, "chrono-Compatible Low-Level Date
 * Algorithms".
 */
int64_t time_days(struct time_date d)
{
	int64_t y = d.year - (d.month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

struct time_date time_date_of_days(int64_t days)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	int64_t month = mp + (mp < 10 ? 3 : -9);
	int64_t year = yoe + era * 400 + (month <= 2);
	return (struct time_date){ (int)year, (int)month, (int)(doy - (153 * mp + 2) / 5 + 1) };
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

struct time_date time_date(int64_t ms, int64_t offset_ms)
{
	return time_date_of_days(floor_div(ms + offset_ms, TIME_DAY));
}

int time_weekday(int64_t days)
{
	int64_t w = (days + 3) % 7;                       /* 1970-01-01 was a Thursday */
	return (int)(w < 0 ? w + 7 : w) + 1;
}

bool time_date_valid(struct time_date d)
{
	if (d.year < 1 || d.year > 9999 || d.month < 1 || d.month > 12 || d.day < 1)
		return false;
	struct time_date back = time_date_of_days(time_days(d));
	return back.year == d.year && back.month == d.month && back.day == d.day;
}

/* Writes v with that many digits and what follows them; answers where to go on. */
static char *put(char *to, int64_t v, int width, char after)
{
	for (int i = width - 1; i >= 0; i--, v /= 10)
		to[i] = (char)('0' + v % 10);
	to[width] = after;
	return to + width + 1;
}

/* By hand: lists format two or three times a row, and snprintf was a third of their cost. */
const char *time_format(int64_t ms, char ret[TIME_TEXT])
{
	struct time_date d = time_date(ms, 0);
	int64_t in_day = ms - floor_div(ms, TIME_DAY) * TIME_DAY;
	char *p = put(ret, d.year < 0 ? 0 : d.year % 10000, 4, '-');
	p = put(p, d.month, 2, '-');
	p = put(p, d.day, 2, 'T');
	p = put(p, in_day / TIME_HOUR, 2, ':');
	p = put(p, in_day / TIME_MINUTE % 60, 2, ':');
	p = put(p, in_day / TIME_SECOND % 60, 2, '.');
	p = put(p, in_day % TIME_SECOND, 3, 'Z');
	*p = '\0';
	return ret;
}

const char *time_format_date(struct time_date d, char ret[TIME_DATE_TEXT])
{
	snprintf(ret, TIME_DATE_TEXT, "%04u-%02u-%02u", (unsigned)d.year % 10000, (unsigned)d.month % 100,
		 (unsigned)d.day % 100);
	return ret;
}

/* Takes exactly `digits` digits off the front. */
static bool digits(struct span *s, size_t count, int *ret)
{
	int64_t v;
	if (s->n < count || !span_int((struct span){ s->p, count }, 0, 9999, &v))
		return false;
	*s = span_from(*s, count);
	*ret = (int)v;
	return true;
}

static bool literal(struct span *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = span_from(*s, 1);
	return true;
}

static bool date_part(struct span *s, struct time_date *ret)
{
	return digits(s, 4, &ret->year) && literal(s, '-') && digits(s, 2, &ret->month) && literal(s, '-') &&
	       digits(s, 2, &ret->day) && time_date_valid(*ret);
}

static bool zone_part(struct span *s, int64_t *ret_offset)
{
	int hours, minutes;
	*ret_offset = 0;
	if (s->n == 0 || literal(s, 'Z') || literal(s, 'z'))
		return true;
	int64_t sign = literal(s, '-') ? -1 : literal(s, '+') ? 1 : 0;
	if (sign == 0 || !digits(s, 2, &hours))
		return false;
	literal(s, ':');
	if (!digits(s, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*ret_offset = sign * (hours * TIME_HOUR + minutes * TIME_MINUTE);
	return true;
}

bool time_parse(struct span s, int64_t *ret_ms)
{
	struct time_date d;
	int h, m, sec;
	int64_t fraction = 0, offset;
	if (!date_part(&s, &d) || !(literal(&s, 'T') || literal(&s, 't') || literal(&s, ' ')) ||
		!digits(&s, 2, &h) || !literal(&s, ':') || !digits(&s, 2, &m) || !literal(&s, ':') ||
		!digits(&s, 2, &sec))
		return false;
	if (h > 23 || m > 59 || sec > 60)
		return false;
	if (literal(&s, '.')) {
		int64_t scale = 100;
		size_t n = 0;
		for (; n < s.n && s.p[n] >= '0' && s.p[n] <= '9'; n++, scale /= 10)
			fraction += (s.p[n] - '0') * scale;
		if (n == 0)
			return false;
		s = span_from(s, n);
	}
	if (!zone_part(&s, &offset) || s.n != 0)
		return false;
	*ret_ms = time_days(d) * TIME_DAY + h * TIME_HOUR + m * TIME_MINUTE + sec * TIME_SECOND + fraction -
		offset;
	return true;
}

bool time_parse_date(struct span s, int64_t offset_ms, int64_t *ret_ms)
{
	struct time_date d;
	if (!date_part(&s, &d) || s.n != 0)
		return false;
	*ret_ms = time_days(d) * TIME_DAY - offset_ms;
	return true;
}
