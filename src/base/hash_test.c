#include "base/hash.h"

#include "base/test.h"

/* FIPS 180-2 appendix B.1 and B.2, and the empty message of NIST's SHAVS vectors. */
static const struct { const char *text, *want; } vectors[] = {
	{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
};

int main(void)
{
	unsigned char h[HASH_SHA256], other[HASH_SHA256];
	char hex[HASH_SHA256_HEX + 1];
	hash_start();
	for (size_t i = 0; i < COUNT(vectors); i++) {
		test_case("SHA-256 of \"%s\"", vectors[i].text);
		hash_sha256(span_of(vectors[i].text), h);
		hash_hex(h, sizeof h, hex);
		CHECK_STR(hex, vectors[i].want);
	}
	test_case("SHA-256 of a million a (FIPS 180-2 appendix B.3), in pieces");
	struct hash_sha256 state;
	char block[997];
	memset(block, 'a', sizeof block);
	hash_sha256_init(&state);
	for (size_t left = 1000000; left > 0;) {
		size_t n = left < sizeof block ? left : sizeof block;
		hash_sha256_add(&state, (struct span){ block, n });
		left -= n;
	}
	hash_sha256_done(&state, h);
	hash_hex(h, sizeof h, hex);
	CHECK_STR(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");

	static const struct { const char *hex; bool ok;
	} unhex[] = {
		{ "00ff10", true },
		{ "00FF10", true },
		{ "00ff1", false },
		{ "00ff1000", false },
		{ "00fg10", false },
		{ "00 f10", false },
		{ "", false },
	};
	for (size_t i = 0; i < COUNT(unhex); i++) {
		unsigned char bytes[3] = { 0 };
		test_case("unhex \"%s\"", unhex[i].hex);
		CHECK_INT(hash_unhex(span_of(unhex[i].hex), bytes, 3), unhex[i].ok);
		if (unhex[i].ok)
			CHECK(bytes[0] == 0 && bytes[1] == 0xFF && bytes[2] == 0x10);
	}
	test_case("table hashes: equal for equal bytes, spread over others; random bytes differ");
	CHECK(hash_key(SPAN("abc")) == hash_key(SPAN("abc")) &&
		hash_key(SPAN("abc")) != hash_key(SPAN("abd")));
	hash_random(h, sizeof h);
	hash_random(other, sizeof other);
	CHECK(memcmp(h, other, sizeof h) != 0);
	return test_end();
}
