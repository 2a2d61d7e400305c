#pragma once
/*
 * Time is int64 milliseconds since 1970 UTC inside, RFC 3339 at the borders, the city's zone on screens and
 * for calendars.  This file computes; what time it is now, os/clock.h says.  Proleptic Gregorian, years 0001
 * to 9999.
 */
#include <stdint.h>

#include "base/span.h"

enum { TIME_TEXT = 25, TIME_DATE_TEXT = 11 };             /* with the NUL */
#define TIME_SECOND INT64_C(1000)
#define TIME_MINUTE (60 * TIME_SECOND)
#define TIME_HOUR (60 * TIME_MINUTE)
#define TIME_DAY (24 * TIME_HOUR)
/* China Standard Time, ahead of UTC; the whole country, no summer time since 1992 */
#define TIME_CHINA (8 * TIME_HOUR)

struct time_date {
	int year, month, day;                             /* month and day from 1 */
};

/* "2026-11-23T02:20:37.123Z" */
const char *time_format(int64_t ms, char ret[TIME_TEXT]);
/*
 * RFC 3339 with Z or an offset, fraction optional; also without any zone, which then means UTC (NVD feeds).
 */
bool time_parse(struct span s, int64_t *ret_ms);
/* "2026-11-23" as local midnight in a zone that is offset_ms ahead of UTC. */
bool time_parse_date(struct span s, int64_t offset_ms, int64_t *ret_ms);
bool time_date_valid(struct time_date d);
int64_t time_days(struct time_date d);                    /* days since 1970-01-01 */
struct time_date time_date_of_days(int64_t days);
struct time_date time_date(int64_t ms, int64_t offset_ms);
const char *time_format_date(struct time_date d, char ret[TIME_DATE_TEXT]);
int time_weekday(int64_t days);                           /* 1 Monday … 7 Sunday */
