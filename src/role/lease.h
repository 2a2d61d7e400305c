#pragma once
/*
 * Keeps a job ours while it runs, however long: a thread with a store of its own renews the lease.  A process
 * that is dead renews nothing, and its job is taken by another when the lease runs out.
 */
#include "store/store.h"

struct lease;

struct lease_how {
	const char *folder;
	int64_t lease_ms, every_ms;                        /* every_ms well below lease_ms */
};
/* The job and the folder's name must outlive the lease.  ERR_INTERNAL: no thread could be made. */
NODISCARD bool lease_begin(
	const struct lease_how *how, const struct store_job *j, struct lease **ret, struct err *err);
/* Stops renewing.  true: the lease was lost meanwhile, the job may run elsewhere.  NULL allowed: false. */
bool lease_end(struct lease *l);
