#include "base/time.h"

#include "base/test.h"

static const struct { const char *text; bool ok; int64_t want; } parses[] = {
	{ "1970-01-01T00:00:00Z", true, 0 },
	{ "2026-11-23T02:20:37.123Z", true, INT64_C(1795400437123) },
	{ "2026-11-23T10:20:37.123+08:00", true, INT64_C(1795400437123) },
	{ "2026-11-22T16:20:37.123-1000", true, INT64_C(1795400437123) },
	{ "2026-11-23t02:20:37.123z", true, INT64_C(1795400437123) },
	{ "2026-11-23 02:20:37.123", true, INT64_C(1795400437123) },
	{ "2026-11-23T02:20:37.1239999Z", true, INT64_C(1795400437123) },
	{ "2026-11-23T02:20:37.1Z", true, INT64_C(1795400437100) },
	{ "1969-12-31T23:59:59.999Z", true, -1 },
	{ "2000-02-29T00:00:00Z", true, INT64_C(951782400000) },
	{ "2016-12-31T23:59:60Z", true, INT64_C(1483228800000) },
	{ "1900-02-29T00:00:00Z", false, 0 },
	{ "2026-02-30T00:00:00Z", false, 0 },
	{ "2026-13-01T00:00:00Z", false, 0 },
	{ "2026-00-01T00:00:00Z", false, 0 },
	{ "0000-01-01T00:00:00Z", false, 0 },
	{ "2026-11-23T24:00:00Z", false, 0 },
	{ "2026-11-23T02:60:00Z", false, 0 },
	{ "2026-11-23T02:20:61Z", false, 0 },
	{ "2026-11-23T02:20:37.Z", false, 0 },
	{ "2026-11-23T02:20:37+24:00", false, 0 },
	{ "2026-11-23T02:20:37+08", false, 0 },
	{ "2026-11-23T02:20:37Zx", false, 0 },
	{ "2026-11-23T02:20", false, 0 },
	{ "2026-11-23", false, 0 },
	{ "-026-11-23T02:20:37Z", false, 0 },
	{ "2026-11--1T02:20:37Z", false, 0 },
	{ "", false, 0 },
};

static void test_many_days(void)
{
	bool ok = true;
	int64_t last = time_days((struct time_date){ 9999, 12, 31 }),
		first = time_days((struct time_date){ 1, 1, 1 });
	struct time_date before = { 0, 12, 31 };
	int weekday = 7;
	test_case("every day from 0001 to 9999 follows the one before it, and comes back from its text");
	for (int64_t day = first; day <= last; day++) {
		struct time_date d = time_date_of_days(day);
		bool month_over = d.day == 1, year_over = month_over && d.month == 1;
		bool follows = year_over ? d.year == before.year + 1 && before.month == 12 && before.day == 31
			: month_over
			? d.year == before.year && d.month == before.month + 1 && before.day >= 28
			: d.year == before.year && d.month == before.month && d.day == before.day + 1;
		ok = ok && follows && time_date_valid(d) && time_days(d) == day;
		weekday = weekday % 7 + 1;                 /* 0001-01-01 was a Monday */
		ok = ok && time_weekday(day) == weekday;
		if (day % 97 == 0) {
			char text[TIME_DATE_TEXT];
			int64_t ms = -1;
			ok = ok && time_parse_date(span_of(time_format_date(d, text)), 0, &ms) &&
				ms == day * TIME_DAY;
		}
		before = d;
	}
	CHECK(ok);
	CHECK_INT(last - first + 1, 3652059);             /* 9999 years of 365 days and 2424 leap days */
}

static void test_round_trip(void)
{
	bool ok = true;
	test_case("instants come back from their text");
	for (int64_t ms = -INT64_C(62135596800000); ms < INT64_C(253402300800000);
		ms += INT64_C(7919000123)) {
		char text[TIME_TEXT];
		int64_t back = 0;
		ok = ok && time_parse(span_of(time_format(ms, text)), &back) && back == ms &&
			strlen(text) == 24;
	}
	CHECK(ok);
}

int main(void)
{
	for (size_t i = 0; i < COUNT(parses); i++) {
		int64_t got = 77;
		test_case("parse \"%s\"", parses[i].text);
		CHECK_INT(time_parse(span_of(parses[i].text), &got), parses[i].ok);
		CHECK_INT(got, parses[i].ok ? parses[i].want : 77);
	}
	test_many_days();
	test_round_trip();

	test_case("dates in a zone");
	int64_t ms;
	CHECK(time_parse_date(SPAN("2026-11-23"), 8 * TIME_HOUR, &ms) && ms == INT64_C(1795363200000));
	struct time_date d = time_date(ms, 8 * TIME_HOUR), utc = time_date(ms, 0);
	CHECK(d.year == 2026 && d.month == 11 && d.day == 23 && utc.day == 22);
	CHECK(!time_parse_date(SPAN("2026-11-23T00:00:00Z"), 0, &ms) &&
		!time_parse_date(SPAN("2026-02-29"), 0, &ms));
	CHECK_INT(time_weekday(time_days((struct time_date){ 2026, 11, 23 })), 1);
	CHECK_INT(time_weekday(-1), 3);
	return test_end();
}
