#pragma once
/*
 * Recording on behalf (代录): somebody in an office enters what a unit said by telephone or handed in on paper.
 * Every verb that allows it takes {"on_behalf": {"channel", "person", "at", "text"}} in this one shape; the
 * step then carries on whose word it is, when it was said, and when it was entered.
 */
#include "codec/json.h"
#include "resource/op.h"

struct behalf {
	bool given;
	int64_t at; /* when it was said: "at", else now */
	struct span channel; /* its key: phone wechat yuezhengyi paper visit */
	struct span person, text; /* text may be empty */
	struct span json; /* the object as it is kept */
	struct span whose_word; /* 「陈工（电话）」 */
};

/* Reads args.on_behalf; given false when there is none.  The channel may be its key or its word (电话).
 * ERR_INVALID (field on_behalf): a channel or person is missing or unknown, `at` lies in the future. */
NODISCARD bool behalf_parse(struct op *op, const json_t *args, struct behalf *ret, struct err *err);
/* The key of a channel by key or word, e.g. "phone" for 电话; NULL if there is no such one. */
const char *channel_find(struct span key_or_word);
const char *channel_text(const char *key, bool zh);
/* The body's schema for OpenAPI: "\"on_behalf\":{…}". */
#define BEHALF_SCHEMA \
	"\"on_behalf\":{\"type\":\"object\",\"required\":[\"channel\",\"person\"]," \
		"\"properties\":{\"channel\":{" \
	"\"type\":\"string\"},\"person\":{\"type\":\"string\"},\"at\":{\"type\":\"string\"},\"text\":{" \
	"\"type\":\"string\"}}}"
