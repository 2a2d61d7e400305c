#pragma once
/*
 * Hashes and random bytes, all from libsodium: SHA-256 (FIPS 180-4) for content and the audit chain,
 * SipHash-2-4 with a key made at start for tables in memory.
 */
#include <stdint.h>

#include "base/span.h"

enum { HASH_SHA256 = 32, HASH_SHA256_HEX = 64 };

struct hash_sha256 {
	_Alignas(16) unsigned char state[112];
};

void hash_start(void);                                   /* once at process start, before any thread */
void hash_sha256(struct span data, unsigned char ret[HASH_SHA256]);
void hash_sha256_init(struct hash_sha256 *h);
void hash_sha256_add(struct hash_sha256 *h, struct span data);
void hash_sha256_done(struct hash_sha256 *h, unsigned char ret[HASH_SHA256]);
/* 2n characters and a NUL, lower case */
void hash_hex(const unsigned char *bytes, size_t n, char *ret_hex);
bool hash_unhex(struct span hex, unsigned char *ret, size_t n);       /* exactly 2n hex digits */
uint64_t hash_key(struct span s);                        /* differs from process to process: never store it */
void hash_random(void *ret, size_t n);                   /* cryptographically strong */
