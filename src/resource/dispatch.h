#pragma once
/* Which route a method and path mean.  Shared by api.c and openapi.c. */
#include "resource/route.h"

enum generic { GENERIC_NONE, GENERIC_LIST, GENERIC_CREATE, GENERIC_GET, GENERIC_CHANGE, GENERIC_DELETE,
	GENERIC_VERB };

struct match {
	const struct route *route;             /* an ordinary route, or */
	const struct resource *resource;       /* a generic operation */
	enum generic generic;
	struct span params[4];
	bool path_known;                       /* the path exists, but not with this method */
};

enum { API_BODY_DEFAULT = 64 * 1024 };

bool dispatch_find(struct span method, struct span path, struct match *ret);
size_t dispatch_body_max(const struct match *m);
const struct route *dispatch_route(size_t i);  /* every ordinary route, NULL past the end */
