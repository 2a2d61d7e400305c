#include "resource/command.h"

#include <inttypes.h>

bool command_flag(const struct command_call *c, const char *option)
{
	for (size_t i = 0; i < c->n_options; i++)
		if (strcmp(c->options[i].name, option) == 0)
			return true;
	return false;
}

struct span command_option(const struct command_call *c, const char *option)
{
	for (size_t i = 0; i < c->n_options; i++)
		if (strcmp(c->options[i].name, option) == 0 && c->options[i].n)
			return c->options[i].values[0];
	return (struct span){ NULL, 0 };
}

void command_print_counts(const struct command_call *c, const struct command_counts *n)
{
	fprintf(c->out, "read %" PRId64 ", new %" PRId64 ", changed %" PRId64 ", unchanged %"
		PRId64 ", refused %" PRId64 "\n",
		n->read, n->fresh, n->changed, n->unchanged, n->refused);
}
