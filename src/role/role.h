#pragma once
/*
 * The roof: what the house consists of, and one file per process.
 *
 * house.c lists every resource, route, command, kind of job and kind of finding.  serve.c is the parent;
 * api.c and jobs.c are the roles, each a process of this binary (`seawall serve --role api`).  Roles share
 * only the store.
 */
#include "resource/command.h"
#include "resource/job.h"
#include "resource/route.h"

void house_start(void);      /* registers everything; once, before anything else */
const struct command *house_command(size_t i);             /* NULL past the end */
const struct job_kind *house_job(struct span kind);        /* NULL if nobody does it */
const struct job_tick *house_tick(size_t i);               /* NULL past the end */

/* What a role needs to know; command line in, roles out. */
struct role_config {
	const char *folder;
	int listen_fd;                                     /* api */
};
NODISCARD bool role_api(const struct role_config *c, struct err *err);
NODISCARD bool role_jobs(const struct role_config *c, struct err *err);

extern const struct command role_commands[];
extern const size_t role_commands_count;
extern const struct route role_routes[];
extern const size_t role_routes_count;
extern const struct route admin_routes[];                  /* jobs, feeds, the audit chain, what runs here */
extern const size_t admin_routes_count;
extern const struct route situation_routes[];
extern const size_t situation_routes_count;
extern const struct job_tick role_ticks[];                 /* signs the audit chain each hour */
extern const size_t role_ticks_count;
