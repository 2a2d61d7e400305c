#include <stdlib.h>

#include "base/time.h"
#include "base/utf8.h"
#include "order/day_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is accepted lies in the year, ascending, and is read again as it was written. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	struct arena *a = arena_new(8 << 20, 16 << 20);
	struct str out = STR_IN(a, 1 << 20);
	struct day_list l, again;
	struct err err = { 0 };
	if (day_list_read(text, 2027, a, &l, &err)) {
		if (l.n == 0 || l.n > DAY_LIST_MAX)
			abort();
		for (size_t i = 0; i < l.n; i++)
			if (time_date_of_days(l.at[i].day).year != 2027 ||
			    (i && l.at[i].day <= l.at[i - 1].day))
				abort();
		day_list_write(&l, &out);
		if (!day_list_read(str_span(&out), 2027, a, &again, &err) || again.n != l.n)
			abort();
		for (size_t i = 0; i < l.n; i++)
			if (again.at[i].day != l.at[i].day || again.at[i].working != l.at[i].working)
				abort();
	} else if (!err.en[0] || !utf8_valid(span_of(err.zh)))
		abort();
	arena_free(a);
	return 0;
}
