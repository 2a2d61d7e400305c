#include "vuln/cpe_match.h"

/* Takes one character off the front of an escaped value: a quoted one is one (NISTIR 7696 section 6.3.2). */
static char next_char(struct span *s)
{
	size_t n = s->p[0] == '\\' && s->n > 1 ? 2 : 1;
	char c = s->p[n - 1];
	*s = (struct span){ s->p + n, s->n - n };
	return c;
}

static size_t count_chars(struct span s)
{
	size_t n = 0;
	for (; s.n; n++)
		next_char(&s);
	return n;
}

/* Takes the unquoted wildcards off the front: how many characters they may stand for. */
static size_t take_front(struct span *s)
{
	if (s->n && s->p[0] == '*') {
		*s = span_from(*s, 1);
		return SIZE_MAX;
	}
	size_t n = 0;
	while (n < s->n && s->p[n] == '?')
		n++;
	*s = span_from(*s, n);
	return n;
}

static size_t take_back(struct span *s)
{
	size_t end = s->n, n = 0;
	while (end && s->p[end - 1] == '?') {
		end--;
		n++;
	}
	if (n == 0 && end && s->p[end - 1] == '*') {
		end--;
		n = SIZE_MAX;
	}
	size_t slashes = 0;
	while (slashes < end && s->p[end - 1 - slashes] == '\\')
		slashes++;
	if (n && slashes % 2) {        /* the first of them is quoted: a character, not a wildcard */
		end++;
		n = n == SIZE_MAX ? 0 : n - 1;
	}
	s->n = end;
	return n;
}

static bool starts_with_body(struct span value, struct span body)
{
	while (body.n && value.n)
		if (next_char(&body) != next_char(&value))
			return false;
	return body.n == 0;
}

bool cpe_wild_match(struct span pattern, struct span value)
{
	size_t front = take_front(&pattern);
	size_t back = take_back(&pattern);
	size_t body = count_chars(pattern), chars = count_chars(value);
	for (size_t at = 0; at <= front && at + body <= chars; at++) {
		if (chars - at - body <= back && starts_with_body(value, pattern))
			return true;
		if (value.n)
			next_char(&value);
	}
	return false;
}

enum cpe_relation cpe_relate(const struct cpe *source, const struct cpe *target, enum cpe_attribute at)
{
	enum cpe_kind s = source->at[at].kind, t = target->at[at].kind;
	if (t == CPE_VALUE && target->at[at].wild)
		return CPE_UNDEFINED;
	if (s == t && (s != CPE_VALUE || span_eq(source->at[at].text, target->at[at].text)))
		return CPE_EQUAL;
	if (s == CPE_ANY)
		return CPE_SUPERSET;
	if (t == CPE_ANY)
		return CPE_SUBSET;
	if (s == CPE_VALUE && t == CPE_VALUE && source->at[at].wild &&
	    cpe_wild_match(source->at[at].text, target->at[at].text))
		return CPE_SUPERSET;
	return CPE_DISJOINT;
}

enum cpe_relation cpe_relate_names(const struct cpe *source, const struct cpe *target, char ret_signs[12])
{
	unsigned equal = 0, subset = 0, superset = 0, disjoint = 0;
	for (int at = 0; at < CPE_ATTRIBUTES; at++) {
		enum cpe_relation r = cpe_relate(source, target, (enum cpe_attribute)at);
		ret_signs[at] = (char)r;
		equal += r == CPE_EQUAL;
		subset += r == CPE_SUBSET;
		superset += r == CPE_SUPERSET;
		disjoint += r == CPE_DISJOINT;
	}
	ret_signs[CPE_ATTRIBUTES] = '\0';
	if (disjoint)
		return CPE_DISJOINT;
	if (equal == CPE_ATTRIBUTES)
		return CPE_EQUAL;
	if (equal + subset == CPE_ATTRIBUTES)
		return CPE_SUBSET;
	if (equal + superset == CPE_ATTRIBUTES)
		return CPE_SUPERSET;
	return CPE_UNDEFINED;
}
