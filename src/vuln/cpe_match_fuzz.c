/* Two names, split at a line end: the quick wildcard match agrees with a slow one that tries every way. */
#include <stdlib.h>

#include "vuln/cpe_match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SLOW_MOST = 24 }; /* bytes: the slow one takes exponential time */

static size_t unit(struct span s)
{
	return s.p[0] == '\\' && s.n > 1 ? 2 : 1;
}

static bool slow_match(struct span pattern, struct span value)
{
	if (pattern.n == 0)
		return value.n == 0;
	if (pattern.p[0] == '*' || pattern.p[0] == '?') {
		struct span rest = span_from(pattern, 1),
			after = value.n ? span_from(value, unit(value)) : value;
		return slow_match(rest, value) ||
			(value.n && slow_match(pattern.p[0] == '*' ? pattern : rest, after));
	}
	size_t p = unit(pattern), v = value.n ? unit(value) : 0;
	return v && pattern.p[p - 1] == value.p[v - 1] &&
		slow_match(span_from(pattern, p), span_from(value, v));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(1 << 20, 1 << 21);
	struct span rest = { (const char *)data, size }, first = span_split(&rest, '\n');
	struct cpe s, t;
	struct err err = {0};
	char signs[12], back[12];
	if (!cpe_parse(first, a, &s, &err) || !cpe_parse(rest, a, &t, &err))
		return 0;
	enum cpe_relation r = cpe_relate_names(&s, &t, signs), inverse = cpe_relate_names(&t, &s, back);
	if ((r == CPE_EQUAL) != (inverse == CPE_EQUAL) || strlen(signs) != CPE_ATTRIBUTES)
		abort();
	for (int i = 0; i < CPE_ATTRIBUTES; i++) {
		struct span pattern = s.at[i].text, value = t.at[i].text;
		if (!s.at[i].wild || t.at[i].kind != CPE_VALUE || t.at[i].wild ||
		    pattern.n + value.n > SLOW_MOST)
			continue;
		if (cpe_wild_match(pattern, value) != slow_match(pattern, value))
			abort();
	}
	return 0;
}
