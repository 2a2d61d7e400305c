#include "asset/address.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A canonical form is its own canonical form, of the same kind. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char first[ADDRESS_TEXT], second[ADDRESS_TEXT];
	enum address_kind kind = address_parse((struct span){ (const char *)data, size }, first);
	if (kind == ADDRESS_NONE)
		return 0;
	enum address_kind again = address_parse(span_of(first), second);
	assert(again == kind && span_is(span_of(first), second));
	return 0;
}
