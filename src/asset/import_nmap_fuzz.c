#include <assert.h>
#include <stdlib.h>

#include "asset/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Hosts have an address and a name of their own; every program is accounted for. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool started;
	if (!started)
		hash_start();
	started = true;
	struct err err = { 0 };
	CLEANUP(stream_close_p) struct stream *s = NULL;
	CLEANUP(arena_free_p) struct arena *a = arena_new(64u << 20, 512u << 20);
	struct import_file f = { .arena = a };
	const struct import_nmap into = { 1, SPAN("U1") };
	if (!stream_open_span((struct span){ (const char *)data, size }, 4u << 20, &s, &err))
		abort();
	if (!plan_read_nmap(s, &into, &f, &err)) {
		assert(err.zh[0] && err.en[0] && utf8_valid(span_of(err.zh)));
		return 0;
	}
	int64_t rows = f.repeated;
	assert(f.n_hosts > 0);
	for (size_t i = 0; i < f.n_hosts; i++) {
		const struct import_host *h = &f.hosts[i];
		assert(h->name.n > 0 && h->address.n > 0 && utf8_valid(h->name));
		rows += (int64_t)h->n_software + h->first_alone;
		for (size_t k = 0; k < h->n_software; k++)
			assert(h->software[k].host == i && h->software[k].identity.n > 0 &&
				utf8_valid(h->software[k].product) && utf8_valid(h->software[k].version));
	}
	assert(rows == f.rows);
	return 0;
}
