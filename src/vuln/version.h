#pragma once
/*
 * Which of two versions is newer (vulnerability.md 2.4).
 *
 * Versions are digit runs and letter runs, letter case ignored; . - _ + ~ : space and any other sign end a
 * token, ~ sorts before the end.  Digits compare by value without overflow; missing numbers count as 0 (1.0
 * = 1.0.0, 1rc1 = 1.0rc1); pre-release words sort before the end (dev < alpha/a < beta/b < milestone/m/pre
 * < rc/cr/candidate/c < end < sp/p/pl/patch/u/update/hotfix/post < other letters, which compare as bytes);
 * a number above 0 is newer than letters in the same place.  A total order: what is equal is
 * interchangeable.
 */
#include "base/base.h"

int version_compare(struct span a, struct span b);  /* -1, 0, 1; any bytes, any length, no allocation */

/* Some products count releases by letters: OpenSSL 1.0.2 < 1.0.2a < 1.0.2zf < 1.0.3, where the generic rule
 * takes a single a, b or c for a pre-release.  Words of two letters and more keep their meaning (3.0.0-alpha1
 * < 3.0.0). */
enum version_scheme { VERSION_GENERIC, VERSION_LETTERS };
enum version_scheme version_scheme_of(struct span vendor, struct span product);  /* as in CPE names */
int version_compare_as(enum version_scheme scheme, struct span a, struct span b);
