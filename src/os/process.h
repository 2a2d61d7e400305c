#pragma once
/*
 * The parent of a running Seawall: starts one process per role by re-executing this binary, restarts what dies with
 * back-off (1 s doubling to 30 s, reset after a minute of life), passes SIGTERM on and waits.  Roles stay in the
 * parent's process group and die with it (PR_SET_PDEATHSIG).
 */
#include "base/base.h"

struct process_role {
	const char *name;
	char *const *argv;                                 /* NULL-terminated; argv[0] is this binary */
	const int *keep_fds;                               /* inherited descriptors, each kept under its number */
	size_t n_keep;
};

/* Returns when all roles have ended after SIGTERM or SIGINT (those that do not end within grace_ms are killed). */
NODISCARD bool process_supervise(const struct process_role *roles, size_t n, int64_t grace_ms, struct err *err);
const char *process_self(void);                            /* path for re-execution: /proc/self/exe resolved at start */
