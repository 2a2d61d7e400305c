#pragma once
/*
 * UTF-8 (RFC 3629): checking, stepping, and how wide text is on a terminal.
 */
#include <stdint.h>

#include "base/arena.h"

/* no overlong forms, no surrogates, at most U+10FFFF */
bool utf8_valid(struct span s);
/* Takes one character off the front of valid UTF-8; 0 at the end. */
uint32_t utf8_next(struct span *s);
size_t utf8_count(struct span s);                         /* characters, of valid UTF-8 */
size_t utf8_width(struct span s);                         /* columns: CJK and full-width count two */
struct span utf8_cut(struct span s, size_t characters);   /* at most so many characters */
size_t utf8_put(uint32_t c, char ret[4]);                 /* bytes written */
/* Lower-cases ASCII, folds full-width ASCII (U+FF01..FF5E) and the ideographic space to plain ASCII. */
struct span utf8_fold(struct arena *a, struct span s);
bool utf8_has_control(struct span s);                     /* any C0 control but tab, LF, CR; or DEL */
