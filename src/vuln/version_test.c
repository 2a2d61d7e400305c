#include "base/test.h"
#include "vuln/version.h"

static const struct {
	const char *a, *b;
	int want;
} cases[] = {
	{ "1.0", "1.0.0", 0 }, { "1", "1.0.0.0", 0 }, { "", "0", 0 }, { "", "", 0 }, { "", "1", -1 },
	{ "1.9", "1.10", -1 }, { "2023.7.22", "2023.07.22", 0 }, { "14.1", "0.14.1", 1 },
	{ "99999999999999999999999999", "100000000000000000000000000", -1 },
	{ "18446744073709551617", "1", 1 }, { "00000000000000000000001", "1", 0 },
	{ "1.18446744073709551617", "1.18446744073709551616", 1 },
	{ "2.8.123e", "2.8.123", 1 }, { "1.0rc1", "1.0", -1 }, { "1.0-rc1", "1.0.0-RC1", 0 },
	{ "1rc1", "1.0rc1", 0 },
	{ "1.0~rc1", "1.0rc1", -1 }, { "1.0~~", "1.0~", -1 }, { "1.0~", "1.0", -1 }, { "1.0~1", "1.0", -1 },
	{ "1.0dev", "1.0a1", -1 }, { "1.0a1", "1.0alpha1", 0 }, { "1.0alpha2", "1.0beta1", -1 },
	{ "1.0b", "1.0m1", -1 }, { "1.0.pre", "1.0milestone", 0 }, { "1.0m1", "1.0rc", -1 },
	{ "1.0cr1", "1.0candidate1", 0 }, { "1.0c9", "1.0", -1 }, { "1.0", "1.0sp1", -1 },
	{ "1.0sp1", "1.0-p1", 0 },
	{ "1.0hotfix", "1.0post", 0 }, { "1.0u9", "1.0x", -1 }, { "1.0sp1", "1.0.1", -1 },
	{ "1.0x", "1.0.1", -1 },
	{ "1.0foo", "1.0.1foo", -1 }, { "8.0.352", "8u352", 1 }, { "7.4p1", "7.4", 1 },
	{ "9.2p1", "9.3p1", -1 },
	{ "1.1.1t", "1.1.1w", -1 }, { "r2", "r10", -1 }, { "r2", "1", -1 }, { "v2.0", "v2.0.0", 0 },
	{ "12.2(33)sre5", "12.2(33)sre10", -1 }, { "12.2\\(33\\)sre5", "12.2(33)sre5", 0 },
	{ "1:2.0", "1:2.0-1", -1 },
	{ "1.2.3", "1.2.3.4.5.6", -1 }, { "1..2", "1.2", 0 }, { "1.", "1", 0 },
	{ "10.0.17763.1", "10.0.17763", 1 },
	{ "2.0\xe7\x89\x88", "2.0", 1 }, { "1.0+5", "1.0.5", 0 }, { "1_2", "1.2", 0 }, { "1.0zz", "1.0z", 1 },
};

/* Real shapes; crossed with the endings below they make the list on which the order is tried. */
static const char *const stems[] = {
	"0", "1", "1.0", "1.0.0", "2.4.46", "2.4.7", "10.0.17763", "r2", "2008 r2", "v3.1", "1:2.3",
	"20230722", "2023.07.22", "4.2.8p15", "1.1.1w", "12.2(33)sre5", "15.0(2)SE", "8u352", "v200r001c00",
	"7.4p1", "5.4.0-42-generic", "", "-", "~", "1.8.0_212", "3.0.0-M3", "9.0.0.M17",
	"abc", "18446744073709551617", "0.0", "6.0.6001.18000",
};
static const char *const endings[] = {
	"", ".0", "-1", "rc1", "-RC2", "~rc1", "a", ".alpha", "beta2", "dev", "sp1", ".Final", "-p2",
	"\xe7\x89\x88", "~", "+b5", ".0.1", "x",
};

enum { TEXTS = COUNT(stems) * COUNT(endings) };

static char texts[TEXTS][64];
static struct span sorted[TEXTS];

static int by_version(const void *a, const void *b)
{
	return version_compare(*(const struct span *)a, *(const struct span *)b);
}

static size_t pairs_out_of_order(void)
{
	size_t wrong = 0;
	for (size_t i = 0; i < TEXTS; i++)
		for (size_t j = i + 1; j < TEXTS; j++) {
			int r = version_compare(sorted[i], sorted[j]);
			wrong += r > 0 || version_compare(sorted[j], sorted[i]) != -r;
			/* equal over a distance only if equal at each step between, and different stays
			 * different */
			bool steps_equal = version_compare(sorted[i], sorted[j - 1]) == 0 &&
				version_compare(sorted[j - 1], sorted[j]) == 0;
			wrong += (r == 0) != steps_equal;
		}
	return wrong;
}

/*
 * Sorted, no pair may contradict its places: that is antisymmetry and transitivity over all triples at
 * once.
 */
static void test_total_order(void)
{
	for (size_t i = 0; i < TEXTS; i++) {
		snprintf(texts[i], sizeof texts[i], "%s%s", stems[i / COUNT(endings)],
			endings[i % COUNT(endings)]);
		sorted[i] = span_of(texts[i]);
	}
	qsort(sorted, TEXTS, sizeof sorted[0], by_version);
	test_case("a total order on %d versions", (int)TEXTS);
	CHECK_INT(pairs_out_of_order(), 0);
	test_case("equal versions are interchangeable");
	size_t wrong = 0, equal = 0;
	for (size_t i = 0; i + 1 < TEXTS; i++) {
		if (version_compare(sorted[i], sorted[i + 1]) != 0)
			continue;
		equal++;
		for (size_t k = 0; k < TEXTS; k++)
			wrong += version_compare(sorted[i], sorted[k]) != version_compare(sorted[i + 1],
				sorted[k]);
	}
	CHECK(equal > 50);
	CHECK_INT(wrong, 0);
}

/* Releases counted by letters, as OpenSSL did up to 1.1.1; each older than the next. */
static void test_letters(void)
{
	static const char *const order[] = { "1.0.2-beta1", "1.0.2", "1.0.2a", "1.0.2b", "1.0.2k", "1.0.2u",
		"1.0.2zf", "1.1.0-pre2",
					     "1.1.0", "1.1.1w", "3.0.0-alpha1", "3.0.0", "3.0.7" };
	for (size_t i = 0; i + 1 < COUNT(order); i++) {
		test_case("OpenSSL %s before %s", order[i], order[i + 1]);
		CHECK_INT(version_compare_as(VERSION_LETTERS, span_of(order[i]), span_of(order[i + 1])), -1);
		CHECK_INT(version_compare_as(VERSION_LETTERS, span_of(order[i + 1]), span_of(order[i])), 1);
	}
	test_case("which products count by letters");
	CHECK_INT(version_scheme_of(SPAN("openssl"), SPAN("openssl")), VERSION_LETTERS);
	CHECK_INT(version_scheme_of(SPAN("openbsd"), SPAN("openssh")), VERSION_GENERIC);
}

int main(void)
{
	test_letters();
	for (size_t i = 0; i < COUNT(cases); i++) {
		test_case("%s to %s", cases[i].a, cases[i].b);
		CHECK_INT(version_compare(span_of(cases[i].a), span_of(cases[i].b)), cases[i].want);
		CHECK_INT(version_compare(span_of(cases[i].b), span_of(cases[i].a)), -cases[i].want);
	}
	test_total_order();
	return test_end();
}
