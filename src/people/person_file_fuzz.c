#include <stdlib.h>

#include "people/person_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file either cannot be read, or its rows are whole, or what is wrong is named. */
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
	if (!person_file_read(&m, s, a, &err)) {
		if (!err.en[0])
			abort();
		return 0;
	}
	for (size_t i = 0; i < m.rows.n && m.errors.n == 0; i++) {
		const struct import_row *row = &m.rows.p[i];
		if (!row->at[PERSON_UNIT].n || !row->at[PERSON_NAME].n ||
			(row->at[PERSON_FROM].n && row->at[PERSON_FROM].n != 10) ||
			(row->at[PERSON_TO].n && row->at[PERSON_TO].n != 10))
			abort();
	}
	return 0;
}
