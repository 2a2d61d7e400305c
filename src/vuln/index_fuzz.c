#include "vuln/matcher.h"

#include <stdlib.h>

#include "vuln/index_format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Checksums and lengths are made right, so that the fuzzer gets at what lies behind them: whatever is then
 * accepted must be safe to ask. */
static char *repair(const uint8_t *data, size_t size)
{
	struct index_header h;
	char *copy = malloc(size ? size : 1);
	if (!copy)
		abort();
	if (size)
		memcpy(copy, data, size);
	if (size < sizeof h)
		return copy;
	memcpy(&h, copy, sizeof h);
	h.size = size;
	h.crc = index_crc(copy + sizeof h, size - sizeof h);
	h.header_crc = 0;
	h.header_crc = index_crc((const char *)&h, sizeof h);
	memcpy(copy, &h, sizeof h);
	return copy;
}

static void ask(const struct index *ix, enum match_mode mode, struct arena *a)
{
	static const char *const names[] = { "cpe:2.3:a:v:p:1:*:*:*:*:*:*:*", "cpe:2.3:a:v:q:*:*:*:*:*:*:*:*",
		"cpe:2.3:o:*:p:-:*:*:*:*:*:*:*", "cpe:2.3:a:v*:p:2.0:*:*:*:*:*:*:*" };
	struct err err = { 0 };
	uint32_t name[COUNT(names)];
	CLEANUP(matcher_free_p) struct matcher *m = matcher_new(ix, mode);
	for (size_t i = 0; i < COUNT(names); i++)
		if (!matcher_name(m, span_of(names[i]), &name[i], &err))
			abort();
	struct matcher_answer got = matcher_ask(m, name, COUNT(names));
	for (size_t i = 0; i < got.n && i < 3; i++) {
		struct eval_result r;
		index_id(ix, got.cves[i]);
		if (index_bytes(ix).n < 4096)
			matcher_explain(m, got.cves[i], name, COUNT(names), a, &r);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool started;
	if (!started)
		hash_start();
	started = true;
	struct err err = { 0 };
	CLEANUP(arena_free_p) struct arena *a = arena_new(64u << 20, 1u << 30);
	CLEANUP(index_close_p) struct index *ix = NULL;
	char *copy = repair(data, size);
	if (index_adopt(copy, size, false, &ix, &err))
		for (int mode = 0; mode < 3; mode++)
			ask(ix, (enum match_mode)mode, a);
	else if (!err.en[0])
		abort();
	return 0;
}
