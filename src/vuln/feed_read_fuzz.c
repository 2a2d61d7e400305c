#include "vuln/feed_read.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool take_kev(void *data, const struct kev_entry *e, const struct err *refused, struct err *err)
{
	(void)data, (void)err;
	if (refused ? !refused->en[0] : !e->cve.n || !e->added.n || !utf8_valid(e->name))
		abort();
	return true;
}

static bool take_epss(void *data, const struct epss_entry *e, const struct err *refused, struct err *err)
{
	(void)data, (void)err;
	if (refused ? !refused->en[0]
		    : e->score < 0 || e->score > EPSS_SCALE || e->percentile < 0 ||
				e->percentile > EPSS_SCALE)
		abort();
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int i = 0; i < 2; i++) {
		struct err err = { 0 };
		CLEANUP(arena_free_p) struct arena *a = arena_new(64u << 20, 256u << 20);
		CLEANUP(stream_close_p) struct stream *s = NULL;
		if (!stream_open_span((struct span){ (const char *)data, size }, 1u << 20, &s, &err))
			abort();
		if (!(i ? kev_read(s, a, take_kev, NULL, &err) : epss_read(s, take_epss, NULL, &err)) &&
			!err.en[0])
			abort();
	}
	return 0;
}
