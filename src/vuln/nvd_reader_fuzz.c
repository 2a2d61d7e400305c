#include "vuln/nvd_reader.h"
#include "vuln/config.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	uint64_t number;
	struct arena *arena;
};

/* What is read as a tree and written is read as the same tree again. */
static void round_trip(const json_t *configurations, struct arena *a)
{
	struct err err = { 0 };
	struct config_tree t, again;
	if (!config_read(configurations, a, &t, &err)) {
		if (!err.en[0] || !utf8_valid(span_of(err.zh)))
			abort();
		return;
	}
	CLEANUP(json_free) json_t *j = config_json(&t, a);
	if (!config_read(j, a, &again, &err))
		abort();
	CLEANUP(json_free) json_t *k = config_json(&again, a);
	if (!json_equal(j, k))
		abort();
}

static bool record(void *data, const struct nvd_record *r, struct err *err)
{
	struct seen *seen = data;
	(void)err;
	if (r->number != ++seen->number || r->line == 0 || !r->cve == !r->refused)
		abort();
	if (r->cve) {
		if (!nvd_id_valid(r->id))
			abort();
		nvd_rejected(r->cve);
		round_trip(json_object_get(r->cve, "configurations"), seen->arena);
		arena_reset(seen->arena);
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = { 0 };
	CLEANUP(arena_free_p) struct arena *a = arena_new(64u << 20, 256u << 20);
	CLEANUP(stream_close_p) struct stream *s = NULL;
	struct seen seen = { 0, a };
	if (!stream_open_span((struct span){ (const char *)data, size }, 1u << 20, &s, &err))
		abort();
	if (!nvd_read(s, record, &seen, &err) && (!err.en[0] || !utf8_valid(span_of(err.zh))))
		abort();
	return 0;
}
