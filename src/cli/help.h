#pragma once
#include <stdio.h>

#include "resource/command.h"

void help_all(FILE *out, bool zh);
void help_command(FILE *out, const struct command *c, bool zh);
void help_resource(FILE *out, const struct resource *r, bool zh);
