#pragma once
/*
 * UUIDv7 (RFC 9562 section 5.7): 48 bits of milliseconds, then a counter and random bits, so that ids made by
 * one process within one millisecond still ascend.  Text form, lower case, 36 characters.
 */
#include <stdint.h>

#include "base/span.h"

enum { UUID_TEXT = 37 };                                  /* with the NUL */

const char *uuid_make(int64_t ms, char ret[UUID_TEXT]);   /* thread-safe */
bool uuid_valid(struct span s);                           /* 8-4-4-4-12 hex digits, either case */
