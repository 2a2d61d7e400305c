#include "codec/csv.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same(const struct csv_row *row, const struct csv_row *again)
{
	bool ok = again->n == row->n;
	for (size_t i = 0; i < row->n && ok; i++) {
		struct span x = row->fields[i], y = again->fields[i];
		ok = utf8_valid(x) && span_eq(x, y);
	}
	return ok;
}

static void round_trip(const struct csv_row *row)
{
	struct err err = { 0 };
	struct csv_row again;
	bool more;
	CLEANUP(str_done) struct str text = STR(8u << 20);
	CLEANUP(stream_close_p) struct stream *t = NULL;
	csv_write_start(&text);
	csv_write(&text, row->fields, row->n);
	if (!stream_open_span(str_span(&text), 8u << 20, &t, &err))
		abort();
	CLEANUP(csv_free_p) struct csv *c = csv_new(t);
	if (!csv_next(c, &again, &more, &err)) {
		if (err.code != ERR_TOO_LARGE)     /* quoting and the guard make it longer */
			abort();
		return;
	}
	bool blank = row->n == 1 && row->fields[0].n == 0;
	if (!blank && (!more || !same(row, &again)))
		abort();
}

/* Every field that comes out is valid UTF-8; written and read again, a row is the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = { 0 };
	CLEANUP(stream_close_p) struct stream *s = NULL;
	if (!stream_open_span((struct span){ (const char *)data, size }, 4u << 20, &s, &err))
		abort();
	CLEANUP(csv_free_p) struct csv *c = csv_new(s);
	struct csv_row row;
	bool more = true, ok = csv_header(c, &err);
	while (ok && (ok = csv_next(c, &row, &more, &err)) && more)
		round_trip(&row);
	if (!ok && (!err.en[0] || !utf8_valid(span_of(err.zh))))
		abort();
	return 0;
}
