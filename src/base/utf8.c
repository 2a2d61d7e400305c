#include "base/utf8.h"

/* Decodes one character; returns its length, or 0 if the bytes are not valid UTF-8. */
static size_t decode(const unsigned char *p, size_t n, uint32_t *ret)
{
	if (p[0] < 0x80) {
		*ret = p[0];
		return 1;
	}
	size_t len = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
	if (p[0] < 0xC2 || p[0] > 0xF4 || n < len)
		return 0;
	uint32_t c = p[0] & (0xFFu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3Fu);
	}
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	if (c < least[len] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		return 0;
	*ret = c;
	return len;
}

bool utf8_valid(struct span s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	for (size_t i = 0; i < s.n;) {
		uint32_t c;
		size_t len = decode(p + i, s.n - i, &c);
		if (len == 0)
			return false;
		i += len;
	}
	return true;
}

uint32_t utf8_next(struct span *s)
{
	uint32_t c = 0;
	if (s->n == 0)
		return 0;
	size_t len = decode((const unsigned char *)s->p, s->n, &c);
	if (len == 0) {
		c = 0xFFFD;
		len = 1;
	}
	*s = span_from(*s, len);
	return c;
}

size_t utf8_count(struct span s)
{
	size_t n = 0;
	for (; s.n; n++)
		utf8_next(&s);
	return n;
}

static bool is_wide(uint32_t c)
{
	return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
	       (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
	       (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x20000 && c <= 0x3FFFD);
}

size_t utf8_width(struct span s)
{
	size_t n = 0;
	while (s.n)
		n += is_wide(utf8_next(&s)) ? 2 : 1;
	return n;
}

struct span utf8_cut(struct span s, size_t characters)
{
	struct span rest = s;
	while (characters-- > 0 && rest.n)
		utf8_next(&rest);
	return (struct span){ s.p, s.n - rest.n };
}

size_t utf8_put(uint32_t c, char ret[4])
{
	if (c < 0x80) {
		ret[0] = (char)c;
		return 1;
	}
	size_t len = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char head[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
	for (size_t i = len - 1; i > 0; i--) {
		ret[i] = (char)(0x80 | (c & 0x3F));
		c >>= 6;
	}
	ret[0] = (char)(head[len] | c);
	return len;
}

struct span utf8_fold(struct arena *a, struct span s)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;
	while (s.n) {
		uint32_t c = utf8_next(&s);
		if (c >= 0xFF01 && c <= 0xFF5E)
			c -= 0xFEE0;
		if (c == 0x3000 || c == 0xA0)
			c = ' ';
		if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		char bytes[4];
		size_t len = utf8_put(c == 0xFFFD ? '?' : c, bytes);
		memcpy(p + n, bytes, len);
		n += len;
	}
	return (struct span){ p, n };
}

bool utf8_has_control(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F)
			return true;
	}
	return false;
}
