#include "base/utf8.h"

#include "base/test.h"

#define BYTES(literal) { "" literal "", sizeof(literal) - 1 }

static const struct { const char *name; struct span text; bool valid; size_t count, width; } cases[] = {
	{ "empty", BYTES(""), true, 0, 0 },
	{ "ASCII", BYTES("abc"), true, 3, 3 },
	{ "Chinese", BYTES("\xE6\xB5\xB7\xE5\xA0\xA4"), true, 2, 4 },
	{ "two bytes", BYTES("\xC3\xA9"), true, 1, 1 },
	{ "extension B, four bytes", BYTES("\xF0\xA0\x80\x80"), true, 1, 2 },
	{ "the last character", BYTES("\xF4\x8F\xBF\xBF"), true, 1, 1 },
	{ "NUL is a character", BYTES("a\0b"), true, 3, 3 },
	{ "full-width letters", BYTES("\xEF\xBC\xA1"), true, 1, 2 },
	{ "overlong slash, two bytes", BYTES("\xC0\xAF"), false, 0, 0 },
	{ "overlong, three bytes", BYTES("\xE0\x9F\xBF"), false, 0, 0 },
	{ "overlong, four bytes", BYTES("\xF0\x8F\xBF\xBF"), false, 0, 0 },
	{ "surrogate", BYTES("\xED\xA0\x80"), false, 0, 0 },
	{ "before the surrogates", BYTES("\xED\x9F\xBF"), true, 1, 1 },
	{ "above the last character", BYTES("\xF4\x90\x80\x80"), false, 0, 0 },
	{ "a head that never was", BYTES("\xF8\x88\x80\x80\x80"), false, 0, 0 },
	{ "a lone continuation", BYTES("\x80"), false, 0, 0 },
	{ "cut after one byte", BYTES("\xE6"), false, 0, 0 },
	{ "cut after two bytes", BYTES("a\xE6\xB5"), false, 0, 0 },
	{ "head after head", BYTES("\xE6\xE6\xB5"), false, 0, 0 },
	{ "latin-1", BYTES("caf\xE9"), false, 0, 0 },
};

static void test_every_character(void)
{
	bool ok = true;
	test_case("every character is put and taken back; every surrogate refused");
	for (uint32_t c = 0; c <= 0x10FFFF; c++) {
		char bytes[4];
		struct span s = { bytes, utf8_put(c, bytes) };
		bool surrogate = c >= 0xD800 && c <= 0xDFFF;
		ok = ok && utf8_valid(s) == !surrogate;
		if (!surrogate)
			ok = ok && utf8_next(&s) == c && s.n == 0;
	}
	CHECK(ok);
}

int main(void)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(1 << 20, 1 << 22);
	for (size_t i = 0; i < COUNT(cases); i++) {
		test_case("%s", cases[i].name);
		CHECK_INT(utf8_valid(cases[i].text), cases[i].valid);
		if (cases[i].valid) {
			CHECK_INT(utf8_count(cases[i].text), cases[i].count);
			CHECK_INT(utf8_width(cases[i].text), cases[i].width);
		}
	}
	test_every_character();

	static const struct { const char *in, *want;
	} folds[] = {
		{ "ABC xyz", "abc xyz" },
		{ "\xEF\xBC\xA1\xEF\xBC\xAD\xEF\xBC\x93", "am3" },
		{ "\xE3\x80\x80", " " },
		{ "海堤", "海堤" },
		{ "\xFF"
		  "a",
			"?a" },
		{ "", "" },
	};
	for (size_t i = 0; i < COUNT(folds); i++) {
		test_case("fold \"%s\"", folds[i].in);
		CHECK_SPAN(utf8_fold(a, span_of(folds[i].in)), folds[i].want);
	}
	test_case("cut keeps whole characters");
	CHECK_SPAN(utf8_cut(SPAN("海堤a"), 2), "海堤");
	CHECK_SPAN(utf8_cut(SPAN("海堤a"), 9), "海堤a");
	CHECK_SPAN(utf8_cut(SPAN("海堤a"), 0), "");
	test_case("controls");
	CHECK(!utf8_has_control(SPAN("a\t\r\n海")) && utf8_has_control(SPAN("a\0")) &&
		utf8_has_control(SPAN("\x7F")) && utf8_has_control(SPAN("\x1B[0m")));
	return test_end();
}
