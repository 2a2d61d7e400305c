/* Whatever the bytes: nothing is read past them, and what is called valid comes back from its characters. */
#include <stdlib.h>

#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span s = { (const char *)data, size };
	CLEANUP(arena_free_p) struct arena *a = arena_new(1 << 26, 1 << 28);
	bool valid = utf8_valid(s);
	size_t count = 0, at = 0;
	for (struct span rest = s; rest.n; count++) {
		char bytes[4];
		size_t n = utf8_put(utf8_next(&rest), bytes);
		if (valid && (at + n > size || memcmp(bytes, data + at, n) != 0))
			abort();
		at += n;
	}
	struct span folded = utf8_fold(a, s), cut = utf8_cut(s, size / 2);
	if (utf8_count(s) != count || !utf8_valid(folded) || folded.n > size || cut.n > size ||
		(valid && !utf8_valid(cut)))
		abort();
	return 0;
}
