#include "net/http_decode.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Resolves %XX, and '+' as a space where plus_is_space. */
static bool unescape(struct span raw, bool plus_is_space, struct arena *a, struct span *ret)
{
	size_t at;
	if (!span_find(raw, '%', &at) && !(plus_is_space && span_find(raw, '+', &at))) {
		*ret = raw;
		return true;
	}
	char *p = arena_alloc(a, raw.n);
	size_t n = 0;
	for (size_t i = 0; i < raw.n; i++) {
		char c = raw.p[i];
		if (c == '%') {
			int high = i + 2 < raw.n ? hex_digit(raw.p[i + 1]) : -1;
			int low = i + 2 < raw.n ? hex_digit(raw.p[i + 2]) : -1;
			if (high < 0 || low < 0)
				return false;
			c = (char)(high << 4 | low);
			i += 2;
		} else if (c == '+' && plus_is_space) {
			c = ' ';
		}
		p[n++] = c;
	}
	*ret = (struct span){ p, n };
	return true;
}

/* C0, DEL and C1 (which begin with 0xC2 in UTF-8): none of them belongs in a path. */
static bool has_any_control(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c < 0x20 || c == 0x7F)
			return true;
		if (c == 0xC2 && i + 1 < s.n && (unsigned char)s.p[i + 1] < 0xA0)
			return true;
	}
	return false;
}

bool http_decode_path(struct span raw, struct arena *a, struct span *ret)
{
	struct span path;
	size_t at;
	if (raw.n == 0 || raw.p[0] != '/' || span_find(raw, '?', &at) || span_find(raw, '#', &at))
		return false;
	if (!unescape(raw, false, a, &path) || has_any_control(path) || !utf8_valid(path))
		return false;
	for (struct span rest = path; rest.p;) {
		struct span segment = span_split(&rest, '/');
		if (span_is(segment, ".") || span_is(segment, ".."))
			return false;
	}
	*ret = path;
	return true;
}

static bool decode_part(struct span raw, struct arena *a, struct span *ret)
{
	struct span s;
	if (!unescape(raw, true, a, &s) || utf8_has_control(s) || !utf8_valid(s))
		return false;
	*ret = s;
	return true;
}

bool http_decode_query(struct span raw, size_t max, struct arena *a, struct http_pair **ret, size_t *ret_n)
{
	size_t n = 0, pairs = 0;
	for (size_t i = 0; i < raw.n; i++)
		pairs += raw.p[i] == '&';
	pairs = raw.n == 0 ? 0 : pairs + 1;
	if (pairs > max)
		pairs = max;
	struct http_pair *list = arena_array(a, pairs ? pairs : 1, sizeof *list);
	for (struct span rest = raw; rest.n > 0;) {
		struct span value = span_split(&rest, '&');
		if (value.n == 0)
			continue;
		struct span name = span_split(&value, '=');
		if (!value.p)
			value = SPAN("");                 /* "a" is there, and empty */
		if (n == max || !decode_part(name, a, &list[n].name) ||
			!decode_part(value, a, &list[n].value))
			return false;
		n++;
	}
	*ret = list;
	*ret_n = n;
	return true;
}

bool http_decode_cookie(struct span header, struct span name, struct span *ret)
{
	for (struct span rest = header; rest.p;) {
		struct span value = span_trim(span_split(&rest, ';'));
		struct span key = span_split(&value, '=');
		if (!value.p || !span_eq(key, name))
			continue;
		if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
			value = (struct span){ value.p + 1, value.n - 2 };
		*ret = value;
		return true;
	}
	return false;
}
