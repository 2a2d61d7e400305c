#pragma once
/*
 * Recording on behalf (代录): somebody in an office enters what a unit said by telephone or handed in on paper.
 * Every verb that allows it takes {"on_behalf": {"channel", "person", "at", "text", "phone"}} in this one
 * shape; the step then carries on whose word it is, when it was said, and when it was entered.
 */
#include "codec/json.h"
#include "resource/op.h"

struct behalf {
	bool given;
	int64_t at; /* when it was said: "at", else now */
	struct span channel; /* its key: phone wechat yuezhengyi paper visit */
	struct span person, text; /* text may be empty */
	struct span json; /* the object as it is kept; {NULL,0} if none was given */
	struct span whose_word; /* 「陈工（电话）」 or 「陈工（13800000000）」; "" if none was given */
};

struct behalf_ask {
	const char *name; /* the member that holds it: "on_behalf", "called" */
	int64_t since; /* nothing can have been said before: the order was sent; 0: at most a year ago */
	bool needed;
};

/*
 * Reads args.<name>; given false when there is none.  The channel may be its key or its word (电话), and may
 * be left out where the number that was called (phone) is given.  ERR_INVALID (field <name> or
 * <name>.<member>): a channel or person is missing or unknown, a member is unknown, `at` lies before `since`
 * or in the future.
 */
NODISCARD bool behalf_read(
	struct op *op, const json_t *args, const struct behalf_ask *ask, struct behalf *ret, struct err *err);
/* The same of args.on_behalf. */
NODISCARD bool behalf_parse(
	struct op *op, const json_t *args, int64_t since, struct behalf *ret, struct err *err);
/* The key of a channel by key or word, e.g. "phone" for 电话; NULL if there is no such one. */
const char *channel_find(struct span key_or_word);
const char *channel_text(const char *key, bool zh);
/* The object's schema for OpenAPI, and the member of a body: "\"on_behalf\":{…}". */
#define BEHALF_OBJECT \
	"{\"type\":\"object\",\"required\":[\"person\"],\"additionalProperties\":false,\"properties\":{" \
	"\"channel\":{\"type\":\"string\"},\"phone\":{\"type\":\"string\"}," \
	"\"person\":{\"type\":\"string\"},\"at\":{\"type\":\"string\"},\"text\":{\"type\":\"string\"}}}"
#define BEHALF_SCHEMA "\"on_behalf\":" BEHALF_OBJECT
