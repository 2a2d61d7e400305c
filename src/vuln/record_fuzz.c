#include "vuln/record.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is kept of a record is JSON again, and reads as the same tree. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = { 0 };
	struct vuln_record r;
	struct config_tree again;
	CLEANUP(json_free) json_t *j = NULL, *k = NULL, *refs = NULL;
	CLEANUP(arena_free_p) struct arena *a = arena_new(64u << 20, 256u << 20);
	if (!json_parse((struct span){ (const char *)data, size }, 0, &j, &err))
		return 0;
	if (!vuln_record_read(j, a, &r, &err)) {
		if (!err.en[0])
			abort();
		return 0;
	}
	if (!json_parse(r.configurations, 0, &k, &err) || !json_parse(r.refs, 0, &refs, &err) ||
		!config_read(k, a, &again, &err) || (!r.rejected && again.n != r.tree.n) || r.score < -1 ||
		r.score > 100)
		abort();
	return 0;
}
