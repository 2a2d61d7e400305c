/* A name that was read is written canonically: reading that again gives the same bytes. */
#include <stdlib.h>

#include "codec/cpe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(1 << 20, 1 << 21);
	struct span text = { (const char *)data, size }, quoted;
	struct cpe c, again;
	struct err err = {0};
	if (cpe_quote(text, a, &quoted)) {
		struct span name = arena_printf(a, "cpe:2.3:a:v:" SPAN_FMT ":*:*:*:*:*:*:*:*",
			SPAN_ARG(quoted));
		if (!cpe_parse(name, a, &c, &err) || !span_eq(c.at[CPE_PRODUCT].text, quoted) ||
		    c.at[CPE_PRODUCT].wild)
			abort();
	}
	if (!cpe_parse_any(text, a, &c, &err)) {
		if (err.code == ERR_NONE || !err.zh[0] || !err.en[0])
			abort();
		return 0;
	}
	struct span out = cpe_format(&c, a);
	if (!cpe_parse(out, a, &again, &err) || !span_eq(cpe_format(&again, a), out))
		abort();
	for (int at = 0; at < CPE_ATTRIBUTES; at++)
		cpe_plain(&c, (enum cpe_attribute)at, a);
	return 0;
}
