#include "base/str.h"

#include "base/test.h"

static void test_model(struct arena *in)
{
	static char model[5000];
	size_t n = 0;
	uint32_t seed = 12345;
	struct str s = in ? STR_IN(in, sizeof model) : STR(sizeof model);
	for (int i = 0; i < 2000; i++) {
		char piece[64];
		seed = seed * 1103515245u + 12345u;
		size_t len = seed >> 16 & 31;
		memset(piece, 'a' + i % 26, len);
		if (n + len > sizeof model)
			break;
		str_add(&s, (struct span){ piece, len });
		memcpy(model + n, piece, len);
		n += len;
		if (s.n != n || (n && s.p[n] != '\0') || (n && memcmp(s.p, model, n) != 0))
			CHECK_FAIL("differs from the model");
	}
	CHECK(!s.failed && n > 4000);
	str_done(&s);
	CHECK(s.n == 0 && *str_z(&s) == '\0');
}

int main(void)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(1 << 20, 1 << 22);
	struct err err;
	test_case("many appends equal a plain copy, on the heap");
	test_model(NULL);
	test_case("many appends equal a plain copy, in an arena");
	test_model(a);

	test_case("the maximum is exact, and its failure sticks until cleared");
	CLEANUP(str_done) struct str s = STR(5);
	str_addz(&s, "12345");
	CHECK(str_check(&s, &err));
	str_addc(&s, '6');
	str_clear(&s);
	str_addz(&s, "123");
	str_addf(&s, "%d", 456);
	CHECK_ERR(str_check(&s, &err), err, ERR_TOO_LARGE);
	CHECK_STR(str_z(&s), "123");
	str_addc(&s, 'x');
	CHECK_STR(str_z(&s), "123");
	str_clear(&s);
	str_addf(&s, "%05d", 42);
	CHECK(!s.failed);
	CHECK_SPAN(str_span(&s), "00042");

	static const struct { struct span text; const char *want;
	} json[] = {
		{ { "", 0 }, "\"\"" },
		{ { "a\"b\\c", 5 }, "\"a\\\"b\\\\c\"" },
		{ { "\n\t\x01", 3 }, "\"\\n\\u0009\\u0001\"" },
		{ { "海\x7F", 4 }, "\"海\x7F\"" },
		{ { "a\0b", 3 }, "\"a\\u0000b\"" },
	};
	for (size_t i = 0; i < COUNT(json); i++) {
		struct str j = STR_IN(a, 100);
		test_case("json string %zu", i);
		str_add_json(&j, json[i].text);
		CHECK_SPAN(str_span(&j), json[i].want);
	}
	return test_end();
}
