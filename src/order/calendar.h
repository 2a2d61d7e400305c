#pragma once
/*
 * Working time: which local days the offices work, from when to when, as rule data (resources calendar and
 * calendar_year).  Periods are counted as the Civil Code does (民法典 articles 201 and 203):
 * by hours from the moment; by days without the first day, ending at the close of business of the last one,
 * which moves to the next working day if it is a holiday.
 */
#include "resource/op.h"

enum calendar_unit { CALENDAR_HOUR, CALENDAR_WORKING_HOUR, CALENDAR_DAY, CALENDAR_WORKING_DAY };

struct calendar {
	char name[16 * 4 + 1], version[20]; /* the longest name, at four bytes a character */
	int64_t offset; /* the zone, milliseconds ahead of UTC */
	int64_t open[2], close[2]; /* morning and afternoon, milliseconds of the local day */
	const struct calendar_day {
		int64_t day;
		bool working;
	} * days; /* ascending; what differs from Monday to Friday */
	size_t n_days;
	const struct calendar_year {
		int64_t year;
		char edition[20];
	} * years; /* whose list is published */
	size_t n_years;
};

/* Into the operation's arena; ERR_NOT_FOUND. */
NODISCARD bool calendar_load(struct op *op, struct span name, struct calendar *ret, struct err *err);
/* The same with another list for one year, as if it were published. */
struct day_list;
void calendar_with_year(struct calendar *c, int64_t year, const struct day_list *l, struct arena *a);
/* The editions that a period goes by: "cn/2026.1 2026.1 2027?"; "?" where no list is known. */
struct span calendar_editions(const struct calendar *c, int64_t from, int64_t to, struct arena *a);
/* "08:30" in milliseconds; 24:00 is the last. */
bool calendar_clock(struct span text, int64_t *ret);
bool calendar_unit_find(struct span name, enum calendar_unit *ret);
int64_t calendar_day_of(const struct calendar *c, int64_t at); /* local day number since 1970-01-01 */
bool calendar_is_working(const struct calendar *c, int64_t day);
/* When a period of so many units that starts at `at` ends.  *ret_published false when a day of it lies in a
 * year whose list is not known. */
int64_t calendar_end(
	const struct calendar *c, int64_t at, int64_t amount, enum calendar_unit unit, bool *ret_published);
int64_t calendar_working_between(
	const struct calendar *c, int64_t from, int64_t to); /* milliseconds; 0 if to <= from */
int64_t calendar_add_working(const struct calendar *c, int64_t from, int64_t ms);
