#include "codec/csv.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every field that comes out is valid UTF-8; written and read again, a row is the same but for the formula guard. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = { 0 };
	CLEANUP(stream_close_p) struct stream *s = NULL;
	if (!stream_open_span((struct span){ (const char *)data, size }, 4u << 20, &s, &err))
		abort();
	CLEANUP(csv_free_p) struct csv *c = csv_new(s);
	struct csv_row row, again;
	bool more = true, ok = csv_header(c, &err);
	while (ok && (ok = csv_next(c, &row, &more, &err)) && more) {
		CLEANUP(str_done) struct str text = STR(8u << 20);
		csv_write_start(&text);
		csv_write(&text, row.fields, row.n);
		CLEANUP(stream_close_p) struct stream *t = NULL;
		if (!stream_open_span(str_span(&text), 8u << 20, &t, &err))
			abort();
		CLEANUP(csv_free_p) struct csv *d = csv_new(t);
		if (!csv_next(d, &again, &more, &err)) {
			if (err.code != ERR_TOO_LARGE)
				abort();
			continue;
		}
		bool blank = row.n == 1 && row.fields[0].n == 0;
		if (!blank && (!more || again.n != row.n))
			abort();
		for (size_t i = 0; i < row.n && more; i++) {
			struct span x = row.fields[i], y = again.fields[i];
			if (!utf8_valid(x) || !(span_eq(x, y) || (y.n == x.n + 1 && span_eq(x, span_from(y, 1)))))
				abort();
		}
	}
	if (!ok && (!err.en[0] || !utf8_valid(span_of(err.zh))))
		abort();
	return 0;
}
