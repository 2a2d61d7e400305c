#include "base/test.h"
#include "codec/stream.h"
#include "vuln/cpe_match.h"

static struct arena *arena;

static const struct {
	const char *pattern, *value;
	bool want;
} wild[] = {
	{ "8.*", "8.0.6001", true }, { "8.*", "8.", true }, { "8.*", "9.0", false }, { "sp?", "sp1", true },
	{ "sp?", "sp", true }, { "sp?", "sp12", false }, { "??8.0*", "8.0", true },
	{ "??8.0*", "108.0.1", true },
	{ "??8.0*", "1108.0", false }, { "*ab", "aab", true }, { "*ab", "aba", false },
	{ "*aba*", "ababab", true },
	{ "a?", "a\\+", true }, { "a?", "a\\+\\+", false }, { "a\\*", "ab", false },
	{ "a\\?*", "a\\?b", true },
	{ "a\\\\*", "a\\\\b", true }, { "?", "\\-", true }, { "*-", "\\-", true }, { "?", "ab", false },
	{ "a\\??", "a\\?", true }, { "a\\??", "a", false },
};

static void test_wild(void)
{
	for (size_t i = 0; i < COUNT(wild); i++) {
		test_case("%s against %s", wild[i].pattern, wild[i].value);
		CHECK(cpe_wild_match(span_of(wild[i].pattern), span_of(wild[i].value)) == wild[i].want);
	}
}

/* NISTIR 7696 table 6-2, row by row, on the version. */
static const struct {
	const char *source, *target;
	char want;
} table[] = {
	{ "*", "*", '=' }, { "*", "-", '>' }, { "*", "1", '>' }, { "*", "1*", '?' }, { "-", "*", '<' },
	{ "-", "-", '=' },
	{ "-", "1", '#' }, { "-", "1*", '?' }, { "1", "1", '=' }, { "1", "2", '#' }, { "1", "1*", '?' },
	{ "1", "-", '#' },
	{ "1", "*", '<' }, { "1*", "12", '>' }, { "1*", "2", '#' }, { "1*", "*", '<' }, { "1*", "-", '#' },
	{ "1*", "1*", '?' },
};

static struct cpe parse(struct span text)
{
	struct cpe c = {0};
	struct err err = {0};
	CHECK_OK(cpe_parse(text, arena, &c, &err), err);
	return c;
}

static struct cpe version_name(const char *version)
{
	return parse(arena_printf(arena, "cpe:2.3:a:v:p:%s:*:*:*:*:*:*:*", version));
}

static void test_table(void)
{
	for (size_t i = 0; i < COUNT(table); i++) {
		test_case("version %s to %s", table[i].source, table[i].target);
		struct cpe s = version_name(table[i].source);
		struct cpe t = version_name(table[i].target);
		char sign[2] = { (char)cpe_relate(&s, &t, CPE_VERSION), '\0' },
			want[2] = { table[i].want, '\0' };
		CHECK_STR(sign, want);
	}
}

/* Columns: source, target, the 11 relations, then 0 or 1 for disjoint, equal, subset, superset. */
static bool pair_agrees(struct span line)
{
	struct span rest = line;
	struct cpe s = parse(span_split(&rest, '\t')), t = parse(span_split(&rest, '\t'));
	struct span signs = span_split(&rest, '\t');
	char got[12];
	enum cpe_relation r = cpe_relate_names(&s, &t, got);
	char flags[8];
	snprintf(flags, sizeof flags, "%d\t%d\t%d\t%d", r == CPE_DISJOINT, r == CPE_EQUAL,
		r == CPE_SUBSET || r == CPE_EQUAL, r == CPE_SUPERSET || r == CPE_EQUAL);
	bool ok = span_is(signs, got) && span_is(rest, flags);
	if (!ok)
		printf("# " SPAN_FMT ": got %s\n", SPAN_ARG(line), got);
	return ok;
}

static void test_reference(void)
{
	const char *shared = test_shared();
	if (!shared) {
		test_skip("name matching as the reference", "no shared test data");
		return;
	}
	char path[4096];
	snprintf(path, sizeof path, "%s/data/vuln/cpe-golden/cpe23_name_matching_mitre_reference.tsv.gz",
		shared);
	test_case("13885 name pairs related as by the reference implementation");
	CLEANUP(stream_close_p) struct stream *f = NULL;
	struct err err = {0};
	CHECK_OK(stream_open(path, 1 << 24, &f, &err), err);
	struct span line;
	bool more = f != NULL;
	int rows = 0, agree = 0;
	while (more && stream_line(f, 8192, &line, &more, &err)) {
		if (!more || span_starts(line, SPAN("#")))
			continue;
		agree += pair_agrees(line);
		arena_reset(arena);
		rows++;
	}
	CHECK_INT(rows, 13885);
	CHECK_INT(agree, rows);
}

int main(void)
{
	hash_start();
	arena = arena_new(1 << 20, 1 << 24);
	test_wild();
	test_table();
	test_reference();
	arena_free(arena);
	return test_end();
}
