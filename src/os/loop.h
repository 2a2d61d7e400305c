#pragma once
/*
 * One epoll loop per role: descriptors, timers, signals and wake-ups from other threads.  Only loop_wake()
 * may be called from another thread.  Timers follow real monotonic time.
 */
#include "base/base.h"

struct loop;
struct loop_timer;
typedef void loop_fn(void *user);
typedef void loop_fd_fn(void *user, int fd, uint32_t events);

NODISCARD bool loop_new(struct loop **ret, struct err *err);
void loop_free(struct loop *l);
/* events as in epoll_ctl(2): EPOLLIN and others; the same fd again changes them. */
NODISCARD bool loop_watch(
	struct loop *l, int fd, uint32_t events, loop_fd_fn *fn, void *user, struct err *err);
void loop_unwatch(struct loop *l, int fd);
/* Calls fn after delay_ms, and then each repeat_ms if that is not 0. */
/* A timer that has fired for the last time is still its owner's to free. */
struct loop_timer *loop_timer_new(
	struct loop *l, int64_t delay_ms, int64_t repeat_ms, loop_fn *fn, void *user);
void loop_timer_free(struct loop_timer *t);                /* NULL allowed; also inside its own callback */
void loop_on_wake(struct loop *l, loop_fn *fn, void *user);  /* run on the loop after loop_wake() */
void loop_wake(struct loop *l);                            /* from any thread, and from a signal handler */
/*
 * Before each wait: may shorten the wait (milliseconds, -1 none).  After each turn: `after` runs.  For nested
 * loops.
 */
typedef int64_t loop_before_fn(void *user);
void loop_nest(struct loop *l, loop_before_fn *before, loop_fn *after, void *user);
/* ends the on_wake and nest registrations of this user */
void loop_forget(struct loop *l, const void *user);
/* SIGTERM and SIGINT stop the loop: on_stop is called once, then the loop runs until loop_end(). */
void loop_on_stop(struct loop *l, loop_fn *fn, void *user);
void loop_end(struct loop *l);
NODISCARD bool loop_run(struct loop *l, struct err *err);
