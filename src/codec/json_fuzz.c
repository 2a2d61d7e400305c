#include "codec/json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is accepted can be written, and reading that gives the same value. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = { 0 };
	CLEANUP(json_free) json_t *j = NULL;
	if (!json_parse((struct span){ (const char *)data, size }, 32, &j, &err)) {
		if (!err.en[0] || !utf8_valid(span_of(err.zh)))
			abort();
		return 0;
	}
	CLEANUP(str_done) struct str text = STR(16u << 20);
	CLEANUP(json_free) json_t *again = NULL;
	if (!json_write(j, &text, &err) || !json_parse(str_span(&text), 32, &again, &err))
		abort();
	CLEANUP(str_done) struct str twice = STR(16u << 20);
	if (!json_write(again, &twice, &err) || !span_eq(str_span(&text), str_span(&twice)))
		abort();
	return 0;
}
