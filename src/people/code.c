#include "people/code.h"

#include <sodium.h>

static const char alphabet[] = "34679ACDEFGHJKMNPQRTUVWXY";

enum { GROUP = 4, MEMORY = 8 << 20, PASSES = 1 };

_Static_assert((int)CODE_HASH >= (int)crypto_pwhash_STRBYTES, "the hash's text must fit");
_Static_assert(sizeof alphabet - 1 == 25, "25 to the 12th is more than 2 to the 55th");

/* Of random bytes that nobody kept: what accounts without a code are compared with. */
static const char nobody[] =
	"$argon2id$v=19$m=8192,t=1,p=1$zOBrVWKbGny/B2k2xA5s/g$rFk2Tvy6G/B8f10EKuxbWjQkpNGHYB1Br/ZoTDqKcr4";

void code_make(char ret[CODE_TEXT])
{
	size_t n = 0;
	for (int i = 0; i < CODE_CHARACTERS; i++) {
		if (i && i % GROUP == 0)
			ret[n++] = '-';
		ret[n++] = alphabet[randombytes_uniform(sizeof alphabet - 1)];
	}
	ret[n] = '\0';
}

bool code_normal(struct span typed, char ret[CODE_CHARACTERS + 1])
{
	size_t n = 0;
	for (size_t i = 0; i < typed.n; i++) {
		char c = typed.p[i];
		if (c == '-' || c == ' ')
			continue;
		c = c >= 'a' && c <= 'z' ? (char)(c - ('a' - 'A')) : c;
		if (n == CODE_CHARACTERS || !c || !strchr(alphabet, c))
			return false;
		ret[n++] = c;
	}
	ret[n] = '\0';
	return n == CODE_CHARACTERS;
}

bool code_hash(struct span code, char ret[CODE_HASH], struct err *err)
{
	char plain[CODE_CHARACTERS + 1];
	return (code_normal(code, plain) &&
		       crypto_pwhash_str_alg(ret, plain, CODE_CHARACTERS, PASSES, MEMORY,
			       crypto_pwhash_ALG_ARGON2ID13) == 0) ||
		err_set(err, ERR_BUSY, "内存不足，请稍后再试", "not enough memory, try again shortly");
}

bool code_verify(struct span hash, struct span typed)
{
	char plain[CODE_CHARACTERS + 1] = { 0 }, text[CODE_HASH] = { 0 };
	bool whole = code_normal(typed, plain), known = hash.n > 0 && hash.n < sizeof text;
	if (known)
		memcpy(text, hash.p, hash.n);
	else
		memcpy(text, nobody, sizeof nobody);
	return crypto_pwhash_str_verify(text, plain, whole ? CODE_CHARACTERS : 0) == 0 && whole && known;
}
