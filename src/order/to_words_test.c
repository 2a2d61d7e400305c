#include "base/test.h"
#include "order/send.h"

int main(void)
{
	static const struct {
		const char *words, *want;          /* NULL: refused */
	} cases[] = {
		{ "all", "{\"all\":true}" },
		{ "division=XS,CK tag=医疗", "{\"division\":[\"XS\",\"CK\"],\"tag\":[\"医疗\"]}" },
		{ "units=a, b", NULL },
		{ " units=a,b,  copies=c unit=d", "{\"units\":[\"a\",\"b\",\"d\"],\"copies\":[\"c\"]}" },
		{ "vuln=CVE-2021-26691", "{\"match\":{\"vuln_id\":\"CVE-2021-26691\"}}" },
		{ "product=nginx sector=government",
			"{\"match\":{\"product\":\"nginx\"},\"sector\":[\"government\"]}" },
		{ "match", "{\"match\":true}" },
		{ "", "{}" },
		{ "everybody", NULL },
		{ "all=x", NULL },
		{ "division", NULL },
		{ "division=", NULL },
		{ "=x", NULL },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { 0 };
		CLEANUP(str_done) struct str out = STR(4096);
		test_case("\"%s\"", cases[i].words);
		CLEANUP(json_free) json_t *to = order_to_words(span_of(cases[i].words), &err);
		if (!cases[i].want) {
			CHECK(!to && err.code == ERR_INVALID && strcmp(err.field, "to") == 0);
			continue;
		}
		CHECK_OK(to && json_write(to, &out, &err), err);
		CHECK_STR(str_z(&out), cases[i].want);
	}
	return test_end();
}
