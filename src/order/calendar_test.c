#include "order/testing.h"

static int64_t at(const char *text)
{
	int64_t ms = 0;
	if (!time_parse(span_of(text), &ms))
		printf("Bail out! bad time %s\n", text);
	return ms;
}

int main(void)
{
	/* Local times; what is due follows from articles 201 and 203 of the Civil Code and the list of 2026.
	 */
	static const struct {
		const char *name, *from;
		int64_t amount;
		enum calendar_unit unit;
		const char *want;
		bool published;
	} ends[] = {
		{ "hours run through the night", "2026-11-23T20:00:00+08:00", 24, CALENDAR_HOUR,
			"2026-11-24T20:00:00+08:00", true },
		{ "working hours within a morning", "2026-11-23T09:00:00+08:00", 2, CALENDAR_WORKING_HOUR,
			"2026-11-23T11:00:00+08:00", true },
		{ "working hours over noon", "2026-11-23T11:00:00+08:00", 2, CALENDAR_WORKING_HOUR,
			"2026-11-23T15:30:00+08:00", true },
		{ "working hours over a weekend", "2026-11-27T16:30:00+08:00", 2, CALENDAR_WORKING_HOUR,
			"2026-11-30T09:30:00+08:00", true },
		{ "working hours that begin at night", "2026-11-23T22:00:00+08:00", 4, CALENDAR_WORKING_HOUR,
			"2026-11-24T15:00:00+08:00", true },
		{ "a working day from Friday is Monday", "2026-11-27T09:00:00+08:00", 1, CALENDAR_WORKING_DAY,
			"2026-11-30T17:30:00+08:00", true },
		{ "three working days over the National Day", "2026-09-30T10:00:00+08:00", 3,
			CALENDAR_WORKING_DAY, "2026-10-10T17:30:00+08:00", true },
		{ "a Saturday that is worked", "2026-02-13T10:00:00+08:00", 1, CALENDAR_WORKING_DAY,
			"2026-02-14T17:30:00+08:00", true },
		{ "over the whole Spring Festival", "2026-02-13T10:00:00+08:00", 2, CALENDAR_WORKING_DAY,
			"2026-02-24T17:30:00+08:00", true },
		{ "calendar days end on a working day", "2026-09-25T10:00:00+08:00", 7, CALENDAR_DAY,
			"2026-10-08T17:30:00+08:00", true },
		{ "calendar days that end on one stay", "2026-11-23T10:00:00+08:00", 3, CALENDAR_DAY,
			"2026-11-26T17:30:00+08:00", true },
		{ "into a year without a list", "2026-12-30T10:00:00+08:00", 3, CALENDAR_WORKING_DAY,
			"2027-01-04T17:30:00+08:00", false },
		{ "late evening UTC is the next local day", "2026-11-23T17:00:00Z", 1, CALENDAR_WORKING_DAY,
			"2026-11-25T17:30:00+08:00", true },
	};
	struct city c;
	struct calendar cn;
	struct err err = { 0 };
	char text[TIME_TEXT], want[TIME_TEXT];
	city_open(&c, "calendar");
	test_case("the calendar loads");
	CHECK_OK(calendar_load(&c.op, SPAN("cn"), &cn, &err), err);
	for (size_t i = 0; i < COUNT(ends); i++) {
		bool published;
		test_case("%s", ends[i].name);
		int64_t end = calendar_end(&cn, at(ends[i].from), ends[i].amount, ends[i].unit, &published);
		CHECK_STR(time_format(end, text), time_format(at(ends[i].want), want));
		CHECK(published == ends[i].published);
	}
	static const struct {
		const char *from, *to;
		int64_t hours;
	} spans[] = {
		{ "2026-11-23T08:00:00+08:00", "2026-11-23T18:00:00+08:00", 13 },
		{ "2026-11-27T16:30:00+08:00", "2026-11-30T09:30:00+08:00", 4 },
		{ "2026-10-01T00:00:00+08:00", "2026-10-08T08:30:00+08:00", 0 },
		{ "2026-11-23T18:00:00+08:00", "2026-11-23T08:00:00+08:00", 0 },
	};
	for (size_t i = 0; i < COUNT(spans); i++) {
		test_case("working time from %s to %s and back", spans[i].from, spans[i].to);
		int64_t ms = calendar_working_between(&cn, at(spans[i].from), at(spans[i].to));
		CHECK_INT(ms, spans[i].hours * TIME_HOUR / 2);
		if (ms)
			CHECK_INT(calendar_working_between(&cn, at(spans[i].from),
					  calendar_add_working(&cn, at(spans[i].from), ms)),
				ms);
	}
	city_close(&c);
	return test_end();
}
