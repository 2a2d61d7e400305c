#pragma once
/*
 * Unified social credit code (统一社会信用代码), GB 32100-2015: 18 characters; registering authority, type,
 * division (6 digits), organisation code (9, GB 11714), check character by weights 3^i mod 31 over an
 * alphabet without I O S V Z.
 */
#include "base/base.h"

enum { USCC_LENGTH = 18 };

/* Right in length, alphabet, division digits and check character?  Upper case only. */
bool uscc_check(struct span code, struct err *err);
/* The check character for the first 17; 0 if one of them is not in the alphabet. */
char uscc_check_character(const char first[USCC_LENGTH - 1]);
/* As people write it: full width, blanks and hyphens gone, upper case. */
struct span uscc_tidy(struct span text, struct arena *a);
/* Letters that are not in the alphabet taken for the digits they look like (O 0, I 1, S 5, Z 2, V U): true if
 * the check character then fits. */
bool uscc_propose(struct span code, struct arena *a, struct span *ret);
