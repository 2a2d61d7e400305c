#include "codec/json.h"
#include "base/test.h"

static const struct {
	const char *name, *in, *want;              /* want NULL: refused, naming `where` */
	const char *where;
} cases[] = {
	{ "object", " {\"a\":[1,2.5,null,true],\"\xE4\xB8\xAD\":\"x\"} ",
		"{\"a\":[1,2.5,null,true],\"\xE4\xB8\xAD\":\"x\"}", NULL },
	{ "order of keys is kept", "{\"z\":1,\"a\":2,\"m\":3}", "{\"z\":1,\"a\":2,\"m\":3}", NULL },
	{ "tenths", "[0.1,9.8,0.00043]", "[0.1,9.8,0.00043]", NULL },
	{ "a text alone", "\"x\"", "\"x\"", NULL },
	{ "brackets in text do not nest", "\"[[[[[[[[[[[[\\\"[[\"", "\"[[[[[[[[[[[[\\\"[[\"", NULL },
	{ "four levels", "[[[[1]]]]", "[[[[1]]]]", NULL },
	{ "five levels", "[[\n[[[1]]]]]", NULL, "line 2 column 3" },
	{ "duplicate key", "{\"a\":1,\n\"a\":2}", NULL, "line 2 column" },
	{ "something behind", "{} x", NULL, "line 1 column 4" },
	{ "truncated", "{\"a\":", NULL, "line 1" },
	{ "empty", "", NULL, "line 1" },
	{ "NUL in text", "\"a\\u0000\"", NULL, "line 1" },
	{ "not UTF-8", "\"\xFF\"", NULL, "line 1" },
	{ "number too great", "123456789012345678901234567890", NULL, "line 1" },
	{ "comment", "{/**/}", NULL, "line 1" },
};

static void test_values(void)
{
	struct err err = { 0 };
	CLEANUP(json_free) json_t *j = NULL;
	test_case("looking into values");
	CHECK_OK(json_parse(SPAN("{\"t\":\"x\",\"n\":-5,\"b\":true,\"r\":1.5}"), 0, &j, &err), err);
	CHECK_SPAN(json_get_text(j, "t"), "x");
	CHECK(json_get_text(j, "n").p == NULL);
	CHECK(json_get_text(NULL, "n").p == NULL);
	CHECK_INT(json_get_int(j, "n", 7), -5);
	CHECK_INT(json_get_int(j, "r", 7), 7);
	CHECK_INT(json_get_int(j, "none", 7), 7);
	CHECK(json_get_bool(j, "b", false));
	CHECK(json_get_bool(j, "t", true));

	test_case("text from bytes");
	CLEANUP(json_free) json_t *bad = json_of_span(SPAN("a\xC3(\xE4\xB8\xAD\xFF"));
	CHECK_SPAN(json_text(bad), "a\xEF\xBF\xBD(\xE4\xB8\xAD\xEF\xBF\xBD");
	CLEANUP(json_free) json_t *none = json_of_span((struct span){ NULL, 0 });
	CHECK(json_is_null(none));
	CLEANUP(json_free) json_t *empty = json_of_span(SPAN(""));
	CHECK(json_is_string(empty));

	test_case("writing stops at the maximum");
	CLEANUP(str_done) struct str small = STR(3);
	CHECK_ERR(json_write(j, &small, &err), err, ERR_TOO_LARGE);
}

int main(void)
{
	hash_start();
	for (size_t i = 0; i < COUNT(cases); i++) {
		test_case("%s", cases[i].name);
		struct err err = { 0 };
		CLEANUP(json_free) json_t *j = NULL;
		CLEANUP(str_done) struct str out = STR(1000);
		if (cases[i].want) {
			CHECK_OK(json_parse(span_of(cases[i].in), 4, &j, &err), err);
			CHECK_OK(json_write(j, &out, &err), err);
			CHECK_SPAN(str_span(&out), cases[i].want);
			continue;
		}
		CHECK_ERR(json_parse(span_of(cases[i].in), 4, &j, &err), err, ERR_MALFORMED);
		CHECK(strstr(err.en, cases[i].where) != NULL);
		CHECK(err.zh[0] != '\0' && utf8_valid(span_of(err.zh)));
	}
	test_case("a text that would become far more than it is");
	enum { BOMB = 3 * 300000 };
	CLEANUP(str_done) struct str bomb = STR(BOMB + 10);
	struct err err = { 0 };
	CLEANUP(json_free) json_t *j = NULL;
	str_addc(&bomb, '[');
	while (bomb.n < BOMB)
		str_addz(&bomb, "{},");
	str_addz(&bomb, "{}]");
	CHECK_ERR(json_parse(str_span(&bomb), 0, &j, &err), err, ERR_TOO_LARGE);
	test_values();
	return test_end();
}
