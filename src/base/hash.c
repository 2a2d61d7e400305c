#include "base/hash.h"

#include <sodium.h>
#include <stdlib.h>

static unsigned char table_key[crypto_shorthash_KEYBYTES];

void hash_start(void)
{
	if (sodium_init() < 0)
		abort();
	randombytes_buf(table_key, sizeof table_key);
}

void hash_sha256(struct span data, unsigned char ret[HASH_SHA256])
{
	crypto_hash_sha256(ret, (const unsigned char *)data.p, data.n);
}

_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(struct hash_sha256), "room for libsodium's state");

void hash_sha256_init(struct hash_sha256 *h)
{
	crypto_hash_sha256_init((crypto_hash_sha256_state *)(void *)h->state);
}

void hash_sha256_add(struct hash_sha256 *h, struct span data)
{
	crypto_hash_sha256_update(
		(crypto_hash_sha256_state *)(void *)h->state, (const unsigned char *)data.p, data.n);
}

void hash_sha256_done(struct hash_sha256 *h, unsigned char ret[HASH_SHA256])
{
	crypto_hash_sha256_final((crypto_hash_sha256_state *)(void *)h->state, ret);
}

void hash_hex(const unsigned char *bytes, size_t n, char *ret_hex)
{
	sodium_bin2hex(ret_hex, 2 * n + 1, bytes, n);
}

bool hash_unhex(struct span hex, unsigned char *ret, size_t n)
{
	size_t got = 0;
	if (hex.n != 2 * n)
		return false;
	return sodium_hex2bin(ret, n, hex.p, hex.n, NULL, &got, NULL) == 0 && got == n;
}

uint64_t hash_key(struct span s)
{
	uint64_t h;
	_Static_assert(sizeof h == crypto_shorthash_BYTES, "64 bits");
	crypto_shorthash((unsigned char *)&h, (const unsigned char *)s.p, s.n, table_key);
	return h;
}

void hash_random(void *ret, size_t n)
{
	randombytes_buf(ret, n);
}
