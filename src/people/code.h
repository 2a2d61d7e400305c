#pragma once
/*
 * One-time codes: 12 characters of 25 (55 bits), in groups of four to be read aloud: no 0 O, 1 I L, 2 Z, 5 S,
 * 8 B. Kept as argon2id with 8 MiB and one pass, a few milliseconds, so that 300 are made in a few seconds
 * and a stolen database gives none away within the days that a code is good.
 */
#include "base/base.h"

enum { CODE_CHARACTERS = 12, CODE_TEXT = 15, CODE_HASH = 128 };

void code_make(char ret[CODE_TEXT]);                       /* "K7QT-94XM-RHWE" */
/* What was typed, without hyphens and spaces, in capitals; false if it can be no code. */
bool code_normal(struct span typed, char ret[CODE_CHARACTERS + 1]);
NODISCARD bool code_hash(struct span code, char ret[CODE_HASH], struct err *err);
/* hash "" takes the same time and is never right. */
bool code_verify(struct span hash, struct span typed);
