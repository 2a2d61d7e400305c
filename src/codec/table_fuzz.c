#include <stdlib.h>

#include "codec/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_row(const struct table_row *row, uint64_t before)
{
	if (row->line <= before || row->n == 0)
		abort();
	for (size_t i = 0; i < row->n; i++)
		if (!utf8_valid(row->cells[i].text) ||
			(row->cells[i].kind == TABLE_EMPTY) != (row->cells[i].text.n == 0))
			abort();
}

/* Whatever comes in: lines ascend, texts are UTF-8, an error has its words. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool started;
	if (!started)
		hash_start();
	started = true;
	struct err err = { 0 };
	CLEANUP(table_close_p) struct table *t = NULL;
	bool ok = table_open_span((struct span){ (const char *)data, size }, 1u << 20, &t, &err);
	for (size_t i = 0; ok && i < table_sheets(t); i++) {
		bool more = true;
		struct table_row row = { 0 };
		ok = table_sheet(t, i, &err);
		while (ok && more) {
			uint64_t before = row.line;
			ok = table_next(t, &row, &more, &err);
			if (ok && more)
				check_row(&row, before);
		}
	}
	if (!ok && (!err.en[0] || !utf8_valid(span_of(err.zh)) || !utf8_valid(span_of(err.en))))
		abort();
	return 0;
}
