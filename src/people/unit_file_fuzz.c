#include <stdlib.h>

#include "people/unit_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file either cannot be read, or each of its rows is whole, or it is named among the errors. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool started;
	if (!started)
		hash_start();
	started = true;
	struct err err = { 0 };
	CLEANUP(arena_free_p) struct arena *a = arena_new(64u << 20, 512u << 20);
	CLEANUP(stream_close_p) struct stream *s = NULL;
	struct import m;
	if (!stream_open_span((struct span){ (const char *)data, size }, 4u << 20, &s, &err))
		abort();
	if (!unit_file_read(&m, s, a, &err)) {
		if (!err.en[0])
			abort();
		return 0;
	}
	for (size_t i = 0; i < m.rows.n && m.errors.n == 0; i++) {
		const struct import_row *row = &m.rows.p[i];
		CLEANUP(json_free) json_t *aliases = NULL;
		if (!row->at[UNIT_CODE].n || !row->at[UNIT_NAME].n || !row->at[UNIT_KIND].n ||
			!row->at[UNIT_SECTOR].n || (row->at[UNIT_USCC].n && row->at[UNIT_USCC].n != 18) ||
			!json_parse(row->at[UNIT_ALIASES], 2, &aliases, &err))
			abort();
	}
	return 0;
}
