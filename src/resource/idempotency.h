#pragma once
/*
 * Idempotency-Key: the same actor, key and request are answered again as they were the first time; the same
 * key with another request is refused.  Kept a day, in the transaction of the change itself where there is
 * one.
 */
#include "net/http_server.h"
#include "resource/op.h"

struct idempotent { bool found; int status; struct span body; };

NODISCARD bool idempotency_find(struct op *op, struct span key, const struct http_request *r,
	struct idempotent *ret,
				struct err *err);
NODISCARD bool idempotency_keep(struct op *op, struct span key, const struct http_request *r, int status,
	struct span body,
				struct err *err);
