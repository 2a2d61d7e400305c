#pragma once
/*
 * The room `base`: what every other room stands on.  No I/O, no logging, nothing of the product.
 *
 * err     how a failure travels: code, field, a text in each language
 * span    borrowed bytes, how outside text travels
 * arena   memory of one unit of work
 * str     a growing string with a maximum      vec  a typed growing array      map  bytes to a number
 * utf8    checking and measuring text          time int64 milliseconds UTC     uuid UUIDv7
 * hash    SHA-256, table hashes, random bytes  test TAP for the tests beside the code
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/span.h"
#include "base/str.h"
#include "base/time.h"
#include "base/utf8.h"
#include "base/uuid.h"
#include "base/vec.h"
