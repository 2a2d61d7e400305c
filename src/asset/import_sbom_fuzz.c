#include <assert.h>
#include <stdlib.h>

#include "asset/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One host with at least one program, no two alike, or a reason. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool started;
	if (!started)
		hash_start();
	started = true;
	struct err err = { 0 };
	CLEANUP(arena_free_p) struct arena *a = arena_new(64u << 20, 512u << 20);
	struct import_file f = { .arena = a };
	const struct import_sbom into = { 1, SPAN("U1"), SPAN("系统") };
	if (!plan_read_sbom((struct span){ (const char *)data, size }, &into, &f, &err)) {
		assert(err.zh[0] && err.en[0] && utf8_valid(span_of(err.zh)));
		return 0;
	}
	assert(f.n_hosts == 1 && utf8_valid(f.hosts[0].name));
	const struct import_host *h = &f.hosts[0];
	assert((int64_t)h->n_software + f.repeated + f.bad_rows == f.rows && f.rows > 0);
	for (size_t k = 0; k < h->n_software; k++) {
		const struct import_software *s = &h->software[k];
		assert(s->identity.n > 0 && utf8_valid(s->identity) && utf8_valid(s->product) &&
			utf8_valid(s->version));
		assert(k == 0 || plan_software_order(s - 1, s) < 0);
	}
	return 0;
}
