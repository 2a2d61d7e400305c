#include "base/test.h"
#include "people/totp.h"

/* RFC 6238 appendix B: SHA-1, eight digits, the secret "12345678901234567890". */
static const struct { int64_t seconds; uint32_t code; } vectors[] = {
	{ 59, 94287082 }, { 1111111109, 7081804 }, { 1111111111, 14050471 }, { 1234567890, 89005924 },
	{ 2000000000, 69279037 }, { 20000000000, 65353130 },
};
/* RFC 4226 appendix D: the first ten counters, six digits. */
static const uint32_t counters[] = { 755224, 287082, 359152, 969429, 338314, 254676, 287922, 162583, 399871,
	520489 };
/* RFC 4648 section 10, without padding. */
static const struct { const char *bytes, *text; } pairs[] = {
	{ "", "" }, { "f", "MY" }, { "fo", "MZXQ" }, { "foo", "MZXW6" }, { "foob", "MZXW6YQ" },
	{ "fooba", "MZXW6YTB" }, { "foobar", "MZXW6YTBOI" },
};

static const struct { const char *typed; int64_t seconds, last; bool right; int64_t step; } checks[] = {
	{ "287082", 59, -1, true, 1 },
	{ "287082", 29, -1, true, 1 },         /* one step early */
	{ "287082", 89, -1, true, 1 },         /* one step late */
	{ "287082", 90, -1, false, 0 },        /* two steps late */
	{ "287082", 59, 1, false, 0 },         /* used before */
	{ "287082", 59, 0, true, 1 },
	{ "359152", 59, 1, true, 2 },
	{ "287083", 59, -1, false, 0 },
	{ "28708", 59, -1, false, 0 },
	{ "-87082", 59, -1, false, 0 },
	{ "2870 2", 59, -1, false, 0 },
	{ "", 59, -1, false, 0 },
};

int main(void)
{
	static const char secret[] = "12345678901234567890";
	static const char text[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
	const unsigned char *bytes = (const unsigned char *)secret;
	for (size_t i = 0; i < COUNT(vectors); i++) {
		test_case("RFC 6238 at %" PRId64, vectors[i].seconds);
		CHECK_INT(totp_code(bytes, 20, vectors[i].seconds / TOTP_PERIOD, 8), vectors[i].code);
	}
	for (size_t i = 0; i < COUNT(counters); i++) {
		test_case("RFC 4226 counter %zu", i);
		CHECK_INT(totp_code(bytes, 20, (int64_t)i, 6), counters[i]);
	}
	for (size_t i = 0; i < COUNT(pairs); i++) {
		char out[40];
		unsigned char back[40];
		size_t n = 99;
		test_case("base32 of \"%s\"", pairs[i].bytes);
		totp_base32((const unsigned char *)pairs[i].bytes, strlen(pairs[i].bytes), out);
		CHECK_STR(out, pairs[i].text);
		CHECK(totp_unbase32(span_of(out), back, sizeof back, &n));
		CHECK_SPAN(((struct span){ (const char *)back, n }), pairs[i].bytes);
	}
	test_case("what is no base32 is refused");
	unsigned char back[4];
	size_t n;
	CHECK(!totp_unbase32(SPAN("MY1"), back, sizeof back, &n));
	CHECK(!totp_unbase32(SPAN("my"), back, sizeof back, &n));
	CHECK(!totp_unbase32(SPAN("MZXW6YTBOI"), back, sizeof back, &n));
	for (size_t i = 0; i < COUNT(checks); i++) {
		int64_t step = 0;
		test_case("\"%s\" at %" PRId64 " s after step %" PRId64, checks[i].typed, checks[i].seconds,
			checks[i].last);
		CHECK_INT(totp_check(span_of(text), span_of(checks[i].typed), checks[i].seconds * 1000,
				checks[i].last, &step), checks[i].right);
		CHECK_INT(step, checks[i].step);
	}
	return test_end();
}
