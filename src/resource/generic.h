#pragma once
/*
 * `seawall <resource> list|show|add|set|rm|<verb>`: the same functions as the API calls, for the local
 * administrator.
 *
 *	list  [--FILTER VALUE]… [--sort F] [--limit N] [--all] [--json] [--csv]
 *	show  ID           add  --FIELD VALUE…       set  ID --FIELD VALUE…       rm  ID
 *	VERB  ID [--reason T] [--text T] [--until T] …   every other option becomes a member of the request
 */
#include "resource/command.h"

NODISCARD bool generic_run(struct command_call *c, const struct resource *r, struct span verb,
	struct err *err);
bool generic_knows(const struct resource *r, struct span verb);
