#include <stdlib.h>

#include "finding/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first line is the name, the rest the content.  Whatever is taken has a good name and a type, and is
 * taken again under the name that it was given; what is refused says so. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span content = { (const char *)data, size }, name = span_split(&content, '\n');
	struct arena *a = arena_new(1 << 20, 64 << 20);
	struct evidence_kind kind, again;
	struct err err = { 0 };
	if (!content.p)
		content = (struct span){ "", 0 };
	if (!evidence_check(content, name, a, &kind, &err)) {
		if (err.code != ERR_MEDIA_TYPE || !err.en[0] || !utf8_valid(span_of(err.zh)))
			abort();
	} else {
		struct span header = evidence_disposition(kind.name, a);
		if (!kind.type || !kind.name.n || kind.name.n > EVIDENCE_NAME_MAX || !utf8_valid(kind.name) ||
			!evidence_check(content, kind.name, a, &again, &err) ||
			strcmp(again.type, kind.type) != 0)
			abort();
		for (size_t i = 0; i < header.n; i++)
			if (header.p[i] < ' ' || header.p[i] > '~')
				abort();
	}
	arena_free(a);
	return 0;
}
