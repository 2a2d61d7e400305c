#include "vuln/version.h"

/*
 * A version is read as: numbers, a word, numbers, a word, …  Each group of numbers may be empty and is
 * filled up with zeros without end; the word behind the last group is `end`.  Two versions are compared
 * group by group and word by word: an order by first difference over ordered elements in fixed places,
 * hence total, and 1.0-rc1 = 1.0.0-rc1.
 */

enum rank {
	RANK_TILDE, RANK_DEV, RANK_ALPHA, RANK_BETA, RANK_MILESTONE, RANK_CANDIDATE, RANK_END, RANK_PATCH,
	RANK_OTHER,
};

struct word {
	enum rank rank;
	struct span text;
};

enum { WORD_LONGEST = 9 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Bytes of UTF-8 count as letters. */
static bool is_letter(char c)
{
	char l = lower(c);
	return (l >= 'a' && l <= 'z') || (unsigned char)c >= 0x80;
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static enum rank word_rank(struct span word, enum version_scheme scheme)
{
	static const struct { const char *text; enum rank rank; } words[] = {
		{ "a", RANK_ALPHA }, { "b", RANK_BETA }, { "p", RANK_PATCH }, { "u", RANK_PATCH },
		{ "c", RANK_CANDIDATE },
		{ "m", RANK_MILESTONE }, { "rc", RANK_CANDIDATE }, { "sp", RANK_PATCH }, { "pl", RANK_PATCH },
		{ "cr", RANK_CANDIDATE }, { "pre", RANK_MILESTONE }, { "dev", RANK_DEV },
		{ "beta", RANK_BETA },
		{ "post", RANK_PATCH }, { "alpha", RANK_ALPHA }, { "patch", RANK_PATCH },
		{ "update", RANK_PATCH },
		{ "hotfix", RANK_PATCH }, { "candidate", RANK_CANDIDATE }, { "milestone", RANK_MILESTONE },
	};
	if (word.n > WORD_LONGEST || (word.n == 1 && scheme == VERSION_LETTERS))
		return RANK_OTHER;
	for (size_t i = 0; i < COUNT(words); i++)
		if (span_eq_nocase(word, span_of(words[i].text)))
			return words[i].rank;
	return RANK_OTHER;
}

/*
 * Takes the next number, without leading zeros; {NULL, 0}, which is zero, where a word or the end comes
 * first.
 */
static bool take_number(struct span *s, struct span *ret)
{
	const char *p = s->p, *end = s->p + s->n;
	while (p < end && !is_digit(*p) && !is_letter(*p) && *p != '~')
		p++;
	*s = (struct span){ p, (size_t)(end - p) };
	*ret = (struct span){ NULL, 0 };
	if (p == end || !is_digit(*p))
		return false;
	while (p < end && *p == '0')
		p++;
	const char *start = p;
	while (p < end && is_digit(*p))
		p++;
	*ret = (struct span){ start, (size_t)(p - start) };
	*s = (struct span){ p, (size_t)(end - p) };
	return true;
}

/* To be called where take_number() found none: s is empty or starts with a letter or a tilde. */
static struct word take_word(struct span *s, enum version_scheme scheme)
{
	if (s->n == 0)
		return (struct word){ RANK_END, { NULL, 0 } };
	size_t n = 0;
	if (s->p[0] == '~') {
		*s = span_from(*s, 1);
		return (struct word){ RANK_TILDE, { NULL, 0 } };
	}
	while (n < s->n && is_letter(s->p[n]))
		n++;
	struct span text = { s->p, n };
	*s = span_from(*s, n);
	return (struct word){ word_rank(text, scheme), text };
}

static int compare_numbers(struct span a, struct span b)
{
	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	return a.n ? sign(memcmp(a.p, b.p, a.n)) : 0;
}

static int compare_words(struct word a, struct word b)
{
	if (a.rank != b.rank)
		return a.rank < b.rank ? -1 : 1;
	if (a.rank != RANK_OTHER)
		return 0;
	for (size_t i = 0; i < a.text.n && i < b.text.n; i++) {
		unsigned char x = (unsigned char)lower(a.text.p[i]), y = (unsigned char)lower(b.text.p[i]);
		if (x != y)
			return x < y ? -1 : 1;
	}
	return (a.text.n > b.text.n) - (a.text.n < b.text.n);
}

static int compare_any(struct span a, struct span b, enum version_scheme scheme)
{
	for (;;) {
		struct span x, y;
		bool more_a, more_b;
		do {
			more_a = take_number(&a, &x);
			more_b = take_number(&b, &y);
			int c = compare_numbers(x, y);
			if (c)
				return c;
		} while (more_a || more_b);
		struct word v = take_word(&a, scheme), w = take_word(&b, scheme);
		int c = compare_words(v, w);
		if (c || v.rank == RANK_END)
			return c;
	}
}

/* Reads a plain number and moves *p behind it.  False if it is too long, or empty though something
 * follows. */
static inline bool plain_number(const char **p, const char *end, uint64_t *ret)
{
	const char *start = *p, *at = start;
	uint64_t n = 0;
	for (; at < end && is_digit(*at); at++)
		n = n * 10 + (unsigned)(*at - '0');
	*p = at;
	*ret = n;
	return at - start <= 18 && (at > start || at == end);
}

/*
 * The common case: digits and single dots, numbers of at most 18 digits.  Returns false, having decided
 * nothing, when anything else is met before the first difference.
 */
static bool compare_plain(struct span a, struct span b, int *ret)
{
	const char *p = a.p, *pe = a.p + a.n, *q = b.p, *qe = b.p + b.n;
	while (p < pe || q < qe) {
		uint64_t x, y;
		if (!plain_number(&p, pe, &x) || !plain_number(&q, qe, &y))
			return false;
		if (x != y) {
			*ret = x < y ? -1 : 1;
			return true;
		}
		if ((p < pe && *p != '.') || (q < qe && *q != '.'))
			return false;
		p += p < pe;
		q += q < qe;
	}
	*ret = 0;
	return true;
}

enum version_scheme version_scheme_of(struct span vendor, struct span product)
{
	return span_is(vendor, "openssl") && span_is(product, "openssl") ? VERSION_LETTERS : VERSION_GENERIC;
}

int version_compare_as(enum version_scheme scheme, struct span a, struct span b)
{
	a = a.n ? a : SPAN("");
	b = b.n ? b : SPAN("");
	int r;
	return compare_plain(a, b, &r) ? r : compare_any(a, b, scheme);
}

int version_compare(struct span a, struct span b)
{
	return version_compare_as(VERSION_GENERIC, a, b);
}
