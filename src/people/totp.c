#include "people/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

enum { SECRET_BYTES = 20, SECRET_MAX = 64 };

static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

_Static_assert((int)TOTP_SECRET == (SECRET_BYTES * 8 + 4) / 5 + 1, "the secret's text must fit");

void totp_base32(const unsigned char *bytes, size_t n, char *ret)
{
	uint32_t held = 0;
	int bits = 0;
	for (size_t i = 0; i < n; i++) {
		held = (held << 8 | bytes[i]) & 0xFFFF;
		for (bits += 8; bits >= 5; bits -= 5)
			*ret++ = base32[held >> (bits - 5) & 31];
	}
	if (bits)
		*ret++ = base32[held << (5 - bits) & 31];
	*ret = '\0';
}

bool totp_unbase32(struct span text, unsigned char *ret, size_t max, size_t *ret_n)
{
	uint32_t held = 0;
	int bits = 0;
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++) {
		const char *at = text.p[i] ? strchr(base32, text.p[i]) : NULL;
		if (!at || n == max)
			return false;
		held = (held << 5 | (uint32_t)(at - base32)) & 0xFFFF;
		bits += 5;
		if (bits >= 8) {
			bits -= 8;
			ret[n++] = (unsigned char)(held >> bits);
		}
	}
	*ret_n = n;
	return true;
}

void totp_secret(char ret[TOTP_SECRET])
{
	unsigned char bytes[SECRET_BYTES];
	hash_random(bytes, sizeof bytes);
	totp_base32(bytes, sizeof bytes, ret);
}

/* RFC 4226 section 5.3: dynamic truncation. */
uint32_t totp_code(const unsigned char *secret, size_t n, int64_t step, int digits)
{
	unsigned char counter[8], mac[EVP_MAX_MD_SIZE] = { 0 };
	unsigned int size = sizeof mac;
	uint32_t modulus = 1;
	for (int i = 7; i >= 0; i--, step >>= 8)
		counter[i] = (unsigned char)(step & 0xFF);
	if (!HMAC(EVP_sha1(), secret, (int)n, counter, sizeof counter, mac, &size))
		abort();
	size_t at = mac[size - 1] & 15;
	uint32_t value = (uint32_t)(mac[at] & 0x7F) << 24 | (uint32_t)mac[at + 1] << 16 |
		(uint32_t)mac[at + 2] << 8 | mac[at + 3];
	for (int i = 0; i < digits; i++)
		modulus *= 10;
	return value % modulus;
}

bool totp_check(struct span secret, struct span typed, int64_t ms, int64_t last, int64_t *ret_step)
{
	unsigned char bytes[SECRET_MAX];
	size_t n;
	int64_t code, now = ms / TIME_SECOND / TOTP_PERIOD;
	bool right = false;
	if (typed.n != TOTP_DIGITS || !span_int(typed, 0, 999999, &code) || typed.p[0] == '-' ||
		!totp_unbase32(secret, bytes, sizeof bytes, &n) || n == 0)
		return false;
	for (int64_t step = now - TOTP_WINDOW; step <= now + TOTP_WINDOW; step++)
		if (step > last && !right && totp_code(bytes, n, step, TOTP_DIGITS) == (uint32_t)code) {
			right = true;
			*ret_step = step;
		}
	return right;
}
