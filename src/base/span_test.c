#include "base/span.h"

#include "base/test.h"

static void test_int(void)
{
	static const struct { const char *text; int64_t min, max; bool ok; int64_t want;
	} cases[] = {
		{ "0", 0, 10, true, 0 },
		{ "10", 0, 10, true, 10 },
		{ "11", 0, 10, false, 0 },
		{ "-1", 0, 10, false, 0 },
		{ "-1", -5, 10, true, -1 },
		{ "007", 0, 10, true, 7 },
		{ "", 0, 10, false, 0 },
		{ "-", -5, 5, false, 0 },
		{ "+1", 0, 10, false, 0 },
		{ " 1", 0, 10, false, 0 },
		{ "1 ", 0, 10, false, 0 },
		{ "1x", 0, 10, false, 0 },
		{ "--1", -5, 5, false, 0 },
		{ "9223372036854775807", 0, INT64_MAX, true, INT64_MAX },
		{ "9223372036854775808", 0, INT64_MAX, false, 0 },
		{ "9999999999999999999", 0, INT64_MAX, false, 0 },
		{ "-9223372036854775807", INT64_MIN, 0, true, -INT64_MAX },
		{ "99999999999999999999", 0, INT64_MAX, false, 0 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t got = 77;
		test_case("int \"%s\"", cases[i].text);
		CHECK_INT(span_int(span_of(cases[i].text), cases[i].min, cases[i].max, &got), cases[i].ok);
		CHECK_INT(got, cases[i].ok ? cases[i].want : 77);
	}
}

static void test_split(void)
{
	static const struct { const char *text; const char *parts[5];
	} cases[] = {
		{ "", { "" } },
		{ "a", { "a" } },
		{ "a,b", { "a", "b" } },
		{ ",", { "", "" } },
		{ "a,,b", { "a", "", "b" } },
		{ "a,", { "a", "" } },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span rest = span_of(cases[i].text);
		size_t n = 0;
		test_case("split \"%s\"", cases[i].text);
		for (; rest.p && n < 5; n++) {
			struct span part = span_split(&rest, ',');
			CHECK(cases[i].parts[n] && span_is(part, cases[i].parts[n]));
		}
		CHECK(n == 5 || !cases[i].parts[n]);
	}
}

int main(void)
{
	static const struct { const char *a, *b; int want;
	} order[] = {
		{ "", "", 0 },
		{ "a", "a", 0 },
		{ "a", "b", -1 },
		{ "a", "ab", -1 },
		{ "b", "ab", 1 },
		{ "\xFF", "a", 1 },
	};
	for (size_t i = 0; i < COUNT(order); i++) {
		struct span a = span_of(order[i].a), b = span_of(order[i].b);
		test_case("cmp \"%s\" \"%s\"", order[i].a, order[i].b);
		CHECK_INT((span_cmp(a, b) > 0) - (span_cmp(a, b) < 0), order[i].want);
		CHECK_INT((span_cmp(b, a) > 0) - (span_cmp(b, a) < 0), -order[i].want);
		CHECK_INT(span_eq(a, b), order[i].want == 0);
	}
	test_int();
	test_split();

	test_case("nothing is a span too");
	struct span none = { NULL, 0 };
	CHECK(span_eq(none, SPAN("")) && span_is(none, "") && span_starts(none, none) &&
		span_cmp(none, none) == 0);
	CHECK(span_trim(none).n == 0 && span_eq_nocase(none, SPAN("")) && span_of(NULL).n == 0);
	size_t at = 99;
	CHECK(!span_find(none, 'a', &at) && at == 99);

	test_case("trim, case, find, from, starts");
	CHECK_SPAN(span_trim(SPAN(" \t\r\n a b \v")), "a b");
	CHECK_SPAN(span_trim(SPAN("   ")), "");
	CHECK(span_eq_nocase(SPAN("Content-LENGTH"), SPAN("content-length")));
	CHECK(!span_eq_nocase(SPAN("a["), SPAN("a{")) && !span_eq_nocase(SPAN("a"), SPAN("ab")));
	CHECK(span_find(SPAN("a\0b"), 'b', &at) && at == 2);
	CHECK_SPAN(span_from(SPAN("abc"), 1), "bc");
	CHECK_SPAN(span_from(SPAN("abc"), 9), "");
	CHECK(span_starts(SPAN("abc"), SPAN("ab")) && !span_starts(SPAN("a"), SPAN("ab")));
	return test_end();
}
