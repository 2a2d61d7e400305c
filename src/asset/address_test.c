#include "asset/address.h"
#include "base/test.h"

static const struct {
	const char *in;
	enum address_kind kind;
	const char *out;
} cases[] = {
	{ "192.0.2.1", ADDRESS_IPV4, "192.0.2.1" },
	{ "255.255.255.255", ADDRESS_IPV4, "255.255.255.255" },
	{ "192.0.2.256", ADDRESS_NONE, NULL },
	{ "192.0.2", ADDRESS_NONE, NULL },
	{ "192.0.02.1", ADDRESS_NONE, NULL },
	{ "192.0.2.1.5", ADDRESS_NONE, NULL },
	{ "192.0.2.1:80", ADDRESS_NONE, NULL },
	{ "192.0.2.0/24", ADDRESS_NONE, NULL },
	{ "192.0.2.1;192.0.2.2", ADDRESS_NONE, NULL },
	{ "2001:DB8:0:0:0:0:0:1", ADDRESS_IPV6, "2001:db8::1" },
	{ "::", ADDRESS_IPV6, "::" },
	{ "::ffff:192.0.2.1", ADDRESS_IPV6, "::ffff:192.0.2.1" },
	{ "2001:db8::1::2", ADDRESS_NONE, NULL },
	{ "fe80::1%eth0", ADDRESS_NONE, NULL },
	{ "[2001:db8::1]", ADDRESS_NONE, NULL },
	{ "WWW.Port.Example", ADDRESS_NAME, "www.port.example" },
	{ "db_1.water.example.", ADDRESS_NAME, "db_1.water.example" },
	{ "localhost", ADDRESS_NAME, "localhost" },
	{ "3com.example", ADDRESS_NAME, "3com.example" },
	{ "-a.example", ADDRESS_NONE, NULL },
	{ "a-.example", ADDRESS_NONE, NULL },
	{ "a..example", ADDRESS_NONE, NULL },
	{ ".", ADDRESS_NONE, NULL },
	{ "", ADDRESS_NONE, NULL },
	{ "a b", ADDRESS_NONE, NULL },
	{ "海堤.example", ADDRESS_NONE, NULL },
	{ "http://a.example/", ADDRESS_NONE, NULL },
	{ "12345", ADDRESS_NONE, NULL },
};

static void test_lengths(void)
{
	char long_name[300], out[ADDRESS_TEXT];
	memset(long_name, 'a', sizeof long_name);
	test_case("a label of 63 characters, not of 64");
	CHECK_INT(address_parse((struct span){ long_name, 63 }, out), ADDRESS_NAME);
	CHECK_INT(address_parse((struct span){ long_name, 64 }, out), ADDRESS_NONE);
	for (size_t i = 50; i < sizeof long_name; i += 51)
		long_name[i] = '.';
	test_case("a name of 253 characters, not of 254");
	CHECK_INT(address_parse((struct span){ long_name, 253 }, out), ADDRESS_NAME);
	CHECK_INT(address_parse((struct span){ long_name, 254 }, out), ADDRESS_NONE);
	test_case("a NUL inside");
	CHECK_INT(address_parse((struct span){ "192.0.2.1\0x", 11 }, out), ADDRESS_NONE);
}

int main(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		test_case("address \"%s\"", cases[i].in);
		char out[ADDRESS_TEXT] = "untouched";
		CHECK_INT(address_parse(span_of(cases[i].in), out), cases[i].kind);
		CHECK_STR(out, cases[i].out ? cases[i].out : "untouched");
	}
	test_lengths();
	return test_end();
}
