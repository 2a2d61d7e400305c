#pragma once
/*
 * The parent of a running Seawall: starts one process per role by re-executing this binary, restarts what
 * dies with back-off (1 s doubling to 30 s, reset after a minute of life), passes SIGTERM on and waits.
 * Roles stay in the parent's process group and die with it (PR_SET_PDEATHSIG, SIGKILL: a role must survive
 * that at any moment anyway).  Of the parent's descriptors a role inherits the standard three and those it
 * names.
 */
#include "base/base.h"

/* Something the parent noticed, for its caller to log. */
struct process_event {
	const char *role;
	int pid;
	/* else it ended, as wait_status says (waitpid(2)) */
	bool started;
	int wait_status;
	int64_t restart_ms;                                /* until it is started again; -1: it is not */
};

struct process_role {
	const char *name;
	const char *const *argv;                           /* NULL-terminated; argv[0] is this binary */
	/* inherited descriptors, each kept under its number */
	const int *keep_fds;
	size_t n_keep;
	void (*notice)(const struct process_event *e);     /* NULL allowed */
};

/*
 * Returns when all roles have ended after SIGTERM or SIGINT (those that do not end within grace_ms are
 * killed).
 */
NODISCARD bool process_supervise(
	const struct process_role *roles, size_t n, int64_t grace_ms, struct err *err);
/* path for re-execution: /proc/self/exe resolved at start */
const char *process_self(void);
