#pragma once
/*
 * The encoded parts of a request (RFC 3986, RFC 6265, and the form encoding of the WHATWG URL standard for
 * queries).  All results are in the arena, or borrowed from the input where nothing had to be decoded.
 */
#include "base/base.h"

struct http_pair { struct span name, value; };

/*
 * A path in origin form, decoded once.  Refused: not beginning with '/', a malformed escape, NUL and other
 * controls, invalid UTF-8, a "." or ".." segment however written, '?' and '#'.
 */
NODISCARD bool http_decode_path(struct span raw, struct arena *a, struct span *ret);
/*
 * "a=1&b=x%20y+z", in order; empty pairs are passed over.  Refused: more than max pairs, a malformed escape,
 * controls but tab, LF and CR, invalid UTF-8.
 */
NODISCARD bool http_decode_query(
	struct span raw, size_t max, struct arena *a, struct http_pair **ret, size_t *ret_n);
/*
 * The first cookie of this name in a Cookie header, without double quotes around it; false if there is none.
 */
bool http_decode_cookie(struct span header, struct span name, struct span *ret);
