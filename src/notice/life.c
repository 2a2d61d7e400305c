/* The life of a notice, on one page. */
#include "notice/room.h"

static const char *const states[] = {
	"draft", "to_approve", "approved", "issued", "recalled", "discarded", NULL,
};

static const struct transition rows[] = {
	{ "draft", "submit", "to_approve", PERM_NOTICE_WRITE },
	{ "draft", "discard", "discarded", PERM_NOTICE_WRITE },
	{ "to_approve", "send_back", "draft", PERM_NOTICE_APPROVE, NEED_REASON },
	{ "to_approve", "approve", "approved", PERM_NOTICE_APPROVE }, /* a second person, or on paper */
	{ "approved", "send_back", "draft", PERM_NOTICE_APPROVE, NEED_REASON },
	{ "approved", "issue", "issued", PERM_NOTICE_ISSUE },
	/* its open orders are withdrawn */
	{ "issued", "recall", "recalled", PERM_NOTICE_ISSUE, NEED_REASON },
};

const struct life notice_life = { .states = states, .rows = rows, .n_rows = COUNT(rows) };
