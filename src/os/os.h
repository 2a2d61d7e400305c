#pragma once
/*
 * The room `os`: Linux in one place.  Above it nobody calls epoll, fork, flock or clock_gettime.
 *
 * clock    what time it is; the only source of "now", so that a test can move it
 * log      structured lines on standard error; only rooms from `store` on write them
 * file     whole reads with a maximum, replacement that survives a crash, folder locks
 * loop     one epoll loop per role: descriptors, timers, signals, wake-ups from threads
 * process  the parent that starts the roles and keeps them running
 * sandbox  what a role gives up once it has started
 *
 * In come system calls, out go results in our own terms: milliseconds, spans, struct err.
 */
#include "os/clock.h"
#include "os/file.h"
#include "os/log.h"
#include "os/loop.h"
#include "os/process.h"
#include "os/sandbox.h"
