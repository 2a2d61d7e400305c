/* A time that was understood lies in the years it may have, and comes back from its own text. */
#include <stdlib.h>

#include "base/time.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span s = { (const char *)data, size };
	int64_t ms, back, day;
	char text[TIME_TEXT];
	if (time_parse(s, &ms)) {
		int64_t least = time_days((struct time_date){ 1, 1, 1 }) * TIME_DAY;
		int64_t most = time_days((struct time_date){ 9999, 12, 31 }) * TIME_DAY + 2 * TIME_DAY;
		if (ms < least - TIME_DAY || ms > most)
			abort();
		struct time_date d = time_date(ms, 0);     /* an offset may carry it a day beyond the years */
		if (d.year >= 1 && d.year <= 9999 &&
			(!time_parse(span_of(time_format(ms, text)), &back) || back != ms))
			abort();
	}
	if (time_parse_date(s, 0, &day) && (day % TIME_DAY != 0 || time_weekday(day / TIME_DAY) < 1))
		abort();
	return 0;
}
