#include <assert.h>
#include <stdlib.h>

#include "asset/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_file(const struct import_file *f)
{
	int64_t rows = f->repeated + f->bad_rows;
	for (size_t i = 0; i < f->n_hosts; i++) {
		const struct import_host *h = &f->hosts[i];
		assert(h->name.n > 0 && utf8_valid(h->name) && h->unit_n > 0);
		rows += (int64_t)h->n_software + h->first_alone;
		for (size_t k = 0; k < h->n_software; k++) {
			const struct import_software *s = &h->software[k];
			assert(s->host == i && s->identity.n > 0 && utf8_valid(s->product) &&
				utf8_valid(s->version));
			assert(k == 0 || plan_software_order(s - 1, s) < 0);
		}
	}
	assert(f->bad_rows > 0 || rows == f->rows);
	assert((f->bad_rows > 0) == (f->all_problems > 0) && f->n_problems <= IMPORT_PROBLEMS_SHOWN);
}

/* Whatever comes in: no two instances of a host alike, texts valid, every row of a good file accounted for.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool started;
	if (!started)
		hash_start();
	started = true;
	struct err err = { 0 };
	CLEANUP(table_close_p) struct table *t = NULL;
	CLEANUP(map_free_p) struct map *by_code = map_new(4);
	CLEANUP(arena_free_p) struct arena *a = arena_new(64u << 20, 512u << 20);
	struct import_file f = { .arena = a };
	struct import_units units = { by_code, SPAN("*") };
	map_put(by_code, SPAN("U1"), 1, NULL);
	map_put(by_code, SPAN("U2"), 2, NULL);
	if (!table_open_span((struct span){ (const char *)data, size }, 4u << 20, &t, &err))
		abort();
	if (plan_read(t, &units, &f, &err))
		check_file(&f);
	return 0;
}
