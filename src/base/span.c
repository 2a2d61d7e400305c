#include "base/span.h"

int span_cmp(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;
	if (c != 0)
		return c;
	return (a.n > b.n) - (a.n < b.n);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool span_eq_nocase(struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct span span_trim(struct span s)
{
	while (s.n > 0 && is_space(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool span_find(struct span s, char c, size_t *ret_at)
{
	const char *hit = s.n ? memchr(s.p, c, s.n) : NULL;
	if (!hit)
		return false;
	*ret_at = (size_t)(hit - s.p);
	return true;
}

struct span span_split(struct span *rest, char sep)
{
	size_t at;
	struct span all = *rest;
	if (!span_find(all, sep, &at)) {
		*rest = (struct span){ NULL, 0 };
		return all;
	}
	*rest = (struct span){ all.p + at + 1, all.n - at - 1 };
	return (struct span){ all.p, at };
}

bool span_int(struct span s, int64_t min, int64_t max, int64_t *ret)
{
	bool negative = s.n > 0 && s.p[0] == '-';
	if (negative)
		s = span_from(s, 1);
	if (s.n == 0 || s.n > 19)
		return false;
	uint64_t v = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(s.p[i] - '0');
	}
	if (v > INT64_MAX)
		return false;
	int64_t value = negative ? -(int64_t)v : (int64_t)v;
	if (value < min || value > max)
		return false;
	*ret = value;
	return true;
}
