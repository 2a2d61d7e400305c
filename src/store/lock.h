#pragma once
/*
 * The lock of a database's writers, in the order of arrival: a queue within the process, then two flock()
 * files between processes.  Who wants the second file waits for it while holding the first, so that a
 * writer of many batches, who lets go and comes back at once, finds somebody before him.  A process that
 * dies lets go.
 */
#include "base/base.h"

struct lock;

/* One lock per pair of files within a process: opening it again gives the same one.  Files PATH and
 * PATH.next. */
NODISCARD bool lock_open(const char *path, struct lock **ret, struct err *err);
void lock_close(struct lock *l);                           /* NULL allowed; not while held */
/* ERR_BUSY when the time has passed */
NODISCARD bool lock_take(struct lock *l, int64_t wait_ms, struct err *err);
void lock_release(struct lock *l);
