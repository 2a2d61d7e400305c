#pragma once
/*
 * Text split for searching: inside the room `store`.
 *
 * A word is what stands between white space, of any script, its characters folded by utf8_fold(); ASCII
 * punctuation becomes letters of a private range, so that 10.1.2.3 or a@b.example stay one word.  The
 * word c1 c2 … ck is indexed as the tokens c1c2 c2c3 … c(k-1)ck ck: a run of two or more characters is
 * found as the phrase of its pairs, a single one as the beginning of a token.  FTS5's `ascii` tokenizer
 * keeps every byte above 127, so that rare characters count too.
 */
#include "base/base.h"

enum { SEARCH_TEXT_MAX = 64 * 1024, SEARCH_QUERY_MAX = 1024, SEARCH_WORDS_MAX = 16 };

/* Tokens parted by single spaces; text must be valid UTF-8 of at most SEARCH_TEXT_MAX bytes. */
NODISCARD bool search_split(struct span text, struct str *to, struct err *err);
/* An expression for MATCH, words joined by AND; nothing is written for a query without a word. */
NODISCARD bool search_expression(struct span query, struct str *to, struct err *err);
