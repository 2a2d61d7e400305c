#pragma once
/*
 * Which files are taken as evidence, told by what they hold: pictures, documents, archives, logs as text.  A
 * name's extension must agree with the content; nothing that a browser or a machine would run is taken.
 */
#include "base/base.h"

enum { EVIDENCE_NAME_MAX = 200 };

/* The name without folders, at most EVIDENCE_NAME_MAX bytes, and with the extension of the content if it had
 * none; *ret_type lives for ever.  ERR_MEDIA_TYPE, field name, says what is accepted. */
struct evidence_kind {
	struct span name;
	const char *type;
};
NODISCARD bool evidence_check(
	struct span content, struct span name, struct arena *a, struct evidence_kind *ret, struct err *err);
/* RFC 6266 and 5987: attachment; filename="…"; filename*=UTF-8''… */
struct span evidence_disposition(struct span name, struct arena *a);
