#pragma once
#include <stdio.h>

#include "resource/command.h"

void help_all(FILE *out, bool zh);
void help_command(FILE *out, const struct command *c, bool zh);
/* All that begins with this word: its commands and its records.  False: nothing does.  out may be NULL to ask
 * only that. */
bool help_about(FILE *out, struct span word, bool zh);
/* One verb of a record: what it takes. */
void help_verb(FILE *out, const struct resource *r, struct span verb, bool zh);
