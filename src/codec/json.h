#pragma once
/*
 * JSON by jansson: reading with limits (depth, bytes, no duplicate keys, no NUL in text), and short ways to
 * build and to look into values.  json_t handles are owned: CLEANUP(json_free) json_t *j.
 */
#include <jansson.h>

#include "base/base.h"

void json_free(json_t **j);                                /* for CLEANUP() */
/* One document, nothing behind it.  Errors name line and column.  At most max_depth levels (0: 64). */
NODISCARD bool json_parse(struct span text, size_t max_depth, json_t **ret, struct err *err);
struct span json_text(const json_t *j); /* of a string; {NULL,0} for anything else or NULL */
struct span json_get_text(const json_t *object, const char *key);
int64_t json_get_int(const json_t *object, const char *key, int64_t otherwise);
bool json_get_bool(const json_t *object, const char *key, bool otherwise);
json_t *json_of_span(struct span s); /* a string; JSON null for {NULL,0}; bytes that are not
					UTF-8 are replaced by U+FFFD */
/* Compact text, keys in insertion order. */
NODISCARD bool json_write(const json_t *j, struct str *ret, struct err *err);
