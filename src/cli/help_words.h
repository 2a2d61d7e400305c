#pragma once
/* What the verbs of a life take on the command line, in words: --help cannot make that from the tables. */
#include "base/span.h"

struct help_words {
	const char *resource, *verb;
	const char *options;
	const char *zh, *en;
};

const struct help_words *help_words_find(struct span resource, struct span verb); /* NULL: nothing to add */
