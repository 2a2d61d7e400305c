#pragma once
/*
 * Commands of the command line that are not the generic list|show|add|set|rm|<verb> of a resource.  Each room
 * declares its own; the roof puts them in one table, reads options, opens the store and prints errors.
 */
#include <stdio.h>

#include "resource/resource.h"

enum command_store { COMMAND_NO_STORE, COMMAND_OPEN, COMMAND_CREATE };
enum { COMMAND_OPTIONS_MAX = 32, COMMAND_WORDS_MAX = 4096 };

struct command_call {
	struct op *op;                         /* local administrator, reading; NULL with COMMAND_NO_STORE */
	const char *folder;                    /* --data DIR (default: $SEAWALL_DATA, else ./data) */
	struct span *words;                    /* what is no option, in order */
	size_t n_words;
	struct { const char *name; struct span *values; size_t n; } options[COMMAND_OPTIONS_MAX];
	size_t n_options;
	FILE *in, *out;
	FILE *notes;                           /* what is worth knowing on the side; NULL: nobody listens */
	bool json;                             /* --json: NDJSON for programs */
	bool zh;
};

struct command {
	const char *words;                     /* "import units", "user add", "match run" */
	/* "NAME", "FILE", "PATH…"; "" for none.  For --help and for checking counts */
	const char *arguments;
	const char *options;
		/* "role= unit= password-stdin dry-run nvd=*": = takes one value, =* all up to the
	                                          next option */
	enum command_store store;
	bool (*run)(struct command_call *c, struct err *err);
	const char *zh, *en;                   /* one sentence */
};

bool command_flag(const struct command_call *c, const char *option);               /* was it given? */
/* its (first) value or {NULL,0} */
struct span command_option(const struct command_call *c, const char *option);
/* The line every import ends with: "read N, new N, changed N, unchanged N, refused N". */
struct command_counts { int64_t read, fresh, changed, unchanged, refused; };
void command_print_counts(const struct command_call *c, const struct command_counts *n);
