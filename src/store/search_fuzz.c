/* The splitter: never fails on valid text within its limits, and what it writes is valid UTF-8 that FTS5
 * cannot misread. */
#include "store/search.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	struct err err;
	CLEANUP(str_done) struct str tokens = STR(16 * SEARCH_TEXT_MAX);
	CLEANUP(str_done) struct str match = STR(32 * SEARCH_QUERY_MAX);
	bool split = search_split(text, &tokens, &err);
	must(split == (size <= SEARCH_TEXT_MAX && utf8_valid(text)));
	if (split) {
		must(utf8_valid(str_span(&tokens)));
		must(strcspn(str_z(&tokens), "\"*()^:-+") == tokens.n);
		must(tokens.n == 0 || (tokens.p[0] != ' ' && tokens.p[tokens.n - 1] != ' '));
	}
	if (search_expression(text, &match, &err)) {
		must(utf8_valid(str_span(&match)));
		size_t quotes = 0;
		for (size_t i = 0; i < match.n; i++)
			quotes += match.p[i] == '"';
		must(quotes % 2 == 0);
		must((quotes == 0) == (tokens.n == 0));
	}
	return 0;
}
