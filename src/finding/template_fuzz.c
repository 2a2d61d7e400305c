#include <stdlib.h>

#include "finding/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is accepted is filled wholly: no placeholder is left when each has a word. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	struct err err = { 0 };
	const struct template_words words = { SPAN("a"), SPAN("b"), SPAN("c"), SPAN("d"), SPAN("e"),
		SPAN("f"), SPAN("g") };
	const struct template_words none = { 0 };
	struct span filled;
	if (!utf8_valid(text) || size > TEMPLATE_TEXT_MAX)
		return 0;
	struct arena *a = arena_new(1 << 20, 4 << 20);
	if (!template_check(text, "text", &err)) {
		if (!err.en[0] || !utf8_valid(span_of(err.zh)))
			abort();
		if (!template_put(text, &words, a, &filled, &(struct err){ 0 }))
			abort();
	} else {
		size_t at;
		bool escaped = false;
		for (size_t i = 0; i + 1 < size; i++)
			escaped = escaped || (data[i] == '{' && data[i + 1] == '{');
		if (!template_put(text, &words, a, &filled, &err) || filled.n > size ||
			(!escaped && span_find(filled, '{', &at)))
			abort();
		if (!escaped && (!template_put(text, &none, a, &filled, &err) || !span_eq(filled, text)))
			abort();
	}
	arena_free(a);
	return 0;
}
