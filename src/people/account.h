#pragma once
/* Shared by the files of this room: opening accounts, turnover, contacts, second factors. */
#include "people/user.h"

/* On whose word an office records something: {"person","channel" or "phone","at"} of a request. */
struct word {
	struct span whose;                     /* "张三（电话）"; "" for one's own word */
	int64_t at;                            /* when it was said; 0: now */
	struct span values;                    /* the JSON as given; {NULL,0} without */
};
/* Reads the member `name` of a body.  `needed`: absent is an error; else *ret is one's own word. */
NODISCARD bool word_read(
	struct op *op, const json_t *body, const char *name, bool needed, struct word *ret, struct err *err);
/* Is the actor a liaison in charge of this unit? */
NODISCARD bool actor_is_liaison(struct op *op, int64_t unit_n, bool *ret, struct err *err);

/* The routes (account_routes.c). */
bool contact_route(struct call *c, struct err *err);

/* Commands. */
bool setting_command_set(struct command_call *c, struct err *err);
bool setting_command_list(struct command_call *c, struct err *err);
