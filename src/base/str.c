#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

void str_done(struct str *s)
{
	if (!s->arena)
		free(s->p);
	s->p = NULL;
	s->n = s->cap = 0;
}

void str_clear(struct str *s)
{
	s->n = 0;
	s->failed = false;
	if (s->p)
		s->p[0] = '\0';
}

static bool reserve(struct str *s, size_t more)
{
	if (s->failed || more > s->max - s->n) {
		s->failed = true;
		return false;
	}
	size_t need = s->n + more + 1;
	if (need <= s->cap)
		return true;
	size_t cap = s->cap ? s->cap * 2 : 64;
	while (cap < need)
		cap *= 2;
	if (s->arena) {
		char *p = arena_alloc(s->arena, cap);
		if (s->n)
			memcpy(p, s->p, s->n);
		s->p = p;
	} else {
		char *p = realloc(s->p, cap);
		if (!p)
			abort();
		s->p = p;
	}
	s->cap = cap;
	return true;
}

void str_add(struct str *s, struct span what)
{
	if (!reserve(s, what.n))
		return;
	if (what.n)
		memcpy(s->p + s->n, what.p, what.n);
	s->n += what.n;
	s->p[s->n] = '\0';
}

void str_addc(struct str *s, char c)
{
	str_add(s, (struct span){ &c, 1 });
}

void str_addz(struct str *s, const char *text)
{
	str_add(s, span_of(text));
}

void str_add_int(struct str *s, int64_t v)
{
	char digits[20];
	size_t n = sizeof digits;
	uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	do {
		digits[--n] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (v < 0)
		digits[--n] = '-';
	str_add(s, (struct span){ digits + n, sizeof digits - n });
}

void str_addvf(struct str *s, const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0 || !reserve(s, (size_t)n)) {
		s->failed = true;
		return;
	}
	vsnprintf(s->p + s->n, (size_t)n + 1, fmt, ap);
	s->n += (size_t)n;
}

void str_addf(struct str *s, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	str_addvf(s, fmt, ap);
	va_end(ap);
}

void str_add_json(struct str *s, struct span text)
{
	str_addc(s, '"');
	size_t from = 0;
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];
		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		str_add(s, (struct span){ text.p + from, i - from });
		from = i + 1;
		if (c == '"' || c == '\\')
			str_addf(s, "\\%c", c);
		else if (c == '\n')
			str_addz(s, "\\n");
		else
			str_addf(s, "\\u%04x", c);
	}
	str_add(s, (struct span){ text.p + from, text.n - from });
	str_addc(s, '"');
}

struct span str_span(const struct str *s)
{
	return (struct span){ s->p, s->n };
}

const char *str_z(const struct str *s)
{
	return s->p ? s->p : "";
}

bool str_check(const struct str *s, struct err *err)
{
	if (!s->failed)
		return true;
	return err_set(err, ERR_TOO_LARGE, "超出上限 %zu 字节", "over the limit of %zu bytes", s->max);
}
