#include "people/uscc.h"

static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static int value_of(char c)
{
	const char *at = c ? strchr(alphabet, c) : NULL;
	return at ? (int)(at - alphabet) : -1;
}

char uscc_check_character(const char first[USCC_LENGTH - 1])
{
	int sum = 0, weight = 1;
	for (size_t i = 0; i < USCC_LENGTH - 1; i++) {
		int v = value_of(first[i]);
		if (v < 0)
			return 0;
		sum += v * weight;
		weight = weight * 3 % 31;
	}
	return alphabet[(31 - sum % 31) % 31];
}

bool uscc_check(struct span code, struct err *err)
{
	if (code.n != USCC_LENGTH)
		return err_field(err, "uscc", "统一社会信用代码应为 18 位",
			"a unified social credit code has 18 characters");
	for (size_t i = 0; i < code.n; i++) {
		bool digit = code.p[i] >= '0' && code.p[i] <= '9';
		if (value_of(code.p[i]) < 0 || (i >= 2 && i < 8 && !digit))
			return err_field(err, "uscc", "统一社会信用代码第 %zu 位的字符不对",
				"character %zu of the unified social"
				" credit code is not possible there",
				i + 1);
	}
	char want = uscc_check_character(code.p);
	if (code.p[USCC_LENGTH - 1] != want)
		return err_field(err, "uscc", "统一社会信用代码的校验位不对，请核对全码（按前 17 位应为 %c）",
			"the check character of the unified social credit code is wrong, please compare all "
			"of it (by"
			" the first 17 it would be %c)",
			want);
	return true;
}

struct span uscc_tidy(struct span text, struct arena *a)
{
	struct span folded = utf8_fold(a, span_trim(text));
	struct str out = STR_IN(a, 65536);
	for (size_t i = 0; i < folded.n; i++) {
		char c = folded.p[i];
		if (c == ' ' || c == '-' || c == '\t' || c == '\n' || c == '\r' || c == '\'')
			continue;
		str_addc(&out, c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
	}
	return out.n ? str_span(&out) : SPAN("");
}

bool uscc_propose(struct span code, struct arena *a, struct span *ret)
{
	static const char from[] = "OISZV", to[] = "0152U";
	struct err ignored = { 0 };
	char *copy = arena_copy(a, code);
	for (char *c = copy; *c; c++) {
		const char *at = strchr(from, *c);
		if (at)
			*c = to[at - from];
	}
	*ret = (struct span){ copy, code.n };
	return !span_eq(*ret, code) && uscc_check(*ret, &ignored);
}
