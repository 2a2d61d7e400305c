#pragma once
/*
 * A growing byte string with a maximum.  Going past the maximum sets `failed`, which sticks: append as often
 * as needed and look once at the end.  Memory is the arena's if one is given, else the heap's (str_done()).
 * What p points to is always NUL-terminated once something was appended.
 */
#include <stdarg.h>

#include "base/arena.h"

struct str {
	char *p;
	size_t n, cap, max;
	bool failed;
	struct arena *arena;
};

#define STR(maximum) ((struct str){ .max = (maximum) })
#define STR_IN(a, maximum) ((struct str){ .max = (maximum), .arena = (a) })

void str_done(struct str *s);                   /* for CLEANUP(); frees heap storage */
void str_clear(struct str *s);                  /* empties it, keeps the storage */
void str_add(struct str *s, struct span what);
void str_addc(struct str *s, char c);
void str_addz(struct str *s, const char *text);
void str_add_int(struct str *s, int64_t v);     /* decimal, without the cost of a format */
void str_addf(struct str *s, const char *fmt, ...) PRINTF(2, 3);
void str_addvf(struct str *s, const char *fmt, va_list ap) PRINTF(2, 0);
void str_add_json(struct str *s, struct span text);   /* a quoted JSON string; text must be valid UTF-8 */
struct span str_span(const struct str *s);
const char *str_z(const struct str *s);         /* "" when empty */
bool str_check(const struct str *s, struct err *err); /* false with ERR_TOO_LARGE if it failed */
