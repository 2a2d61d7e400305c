#pragma once
/*
 * Addresses of assets: one IPv4 address (dotted quad, no leading zeros), one IPv6 address (RFC 4291, no
 * zone), or one host name (RFC 1123: labels of letters, digits, hyphens and underscores, at most 253
 * characters).  No ports, no prefixes, no lists.  What looks like an IPv4 address (last label all digits)
 * must be one.
 */
#include "base/base.h"

enum { ADDRESS_TEXT = 256 };                               /* with the NUL */
enum address_kind { ADDRESS_NONE, ADDRESS_IPV4, ADDRESS_IPV6, ADDRESS_NAME };

/* The canonical form (IPv6 as in RFC 5952, names in lower case without the last dot) in ret; ADDRESS_NONE,
 * with ret untouched, if it is no address. */
enum address_kind address_parse(struct span text, char ret[ADDRESS_TEXT]);
