#include "base/test.h"
#include "people/uscc.h"

int main(void)
{
	/* Registered codes and a synthetic one, recomputed by hand from GB 32100-2015 (weights 3^i mod 31).
	 */
	static const struct { const char *code; bool good; } cases[] = {
		{ "9144030071526726XG", true },
		{ "91440300708461136T", true },
		{ "91110000802100433B", true },
		{ "114408000070812375", true },
		{ "114408000070812374", false },        /* check character */
		{ "9144030071526726XH", false },
		{ "9144030071526762XG", false },        /* two digits changed over */
		{ "9144030071526726xg", false },
		{ "9144030071526726IG", false },        /* I is not in the alphabet */
		{ "91440A0071526726XG", false },        /* division is digits */
		{ "9144030071526726X", false },
		{ "9144030071526726XG0", false },
		{ "", false },
		{ "统一社会信用代", false },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { 0 };
		test_case("uscc %s", cases[i].code);
		CHECK_INT(uscc_check(span_of(cases[i].code), &err), cases[i].good);
		CHECK(cases[i].good || (err.code == ERR_INVALID && strcmp(err.field, "uscc") == 0));
	}
	test_case("each wrong character at one place is found");
	const char *good = "9144030071526726XG";
	char code[USCC_LENGTH + 1];
	for (size_t i = 0; i < USCC_LENGTH; i++) {
		for (const char *c = "0123456789ABCDEFGHJKLMNPQRTUWXY"; *c; c++) {
			struct err err = { 0 };
			memcpy(code, good, sizeof code);
			code[i] = *c;
			CHECK_INT(uscc_check(span_of(code), &err), code[i] == good[i]);
		}
	}
	return test_end();
}
