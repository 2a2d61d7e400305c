#include "os/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "os/clock.h"

enum { EVENTS_PER_TURN = 128, HOOKS_MAX = 8 };

struct watch {
	loop_fd_fn *fn;                                    /* NULL: not watched */
	void *user;
	/* tells an event of an earlier owner of this number */
	uint32_t generation;
};

struct loop_timer {
	struct loop *loop;
	int64_t due_ns, repeat_ns;
	uint64_t order;                                    /* equal dues fire in the order of making */
	size_t at;                                         /* place in the heap */
	loop_fn *fn;
	void *user;
};

struct hook {
	loop_fn *fn;
	void *user;
};

struct nest {
	loop_before_fn *before;
	loop_fn *after;
	void *user;
};

struct loop {
	int epoll_fd, wake_fd;
	bool ended, stopping;
	VEC(struct watch) watches;                         /* by descriptor */
	uint32_t generation;
	VEC(struct loop_timer *) heap;
	uint64_t order;
	/* NULL again if it was freed in its own callback */
	struct loop_timer *firing;
	struct hook wakes[HOOKS_MAX], stop;
	struct nest nests[HOOKS_MAX];
	size_t n_wakes, n_nests;
};

/* Signals belong to the process, so what their handler needs does too. */
static _Atomic int stop_fd = -1;
static volatile sig_atomic_t stop_asked;

static void on_signal(int number)
{
	(void)number;
	int kept = errno;
	uint64_t one = 1;
	stop_asked = 1;
	int fd = atomic_load(&stop_fd);
	if (fd >= 0 && write(fd, &one, sizeof one) < 0)
		stop_asked = 1;                            /* full: the loop wakes anyway */
	errno = kept;
}

bool loop_new(struct loop **ret, struct err *err)
{
	struct loop *l = calloc(1, sizeof *l);
	if (!l)
		abort();
	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	l->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	struct epoll_event e = { .events = EPOLLIN, .data.u64 = (uint64_t)(uint32_t)l->wake_fd };
	if (l->epoll_fd < 0 || l->wake_fd < 0 || epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, l->wake_fd, &e) != 0) {
		int why = errno;
		loop_free(l);
		return err_errno(err, why, "epoll");
	}
	/* a peer that went away is an error of write(), no more */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a limit on files is an error of the write, not the end of the process */
	*ret = l;
	return true;
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	int mine = l->wake_fd;
	if (mine >= 0 && atomic_compare_exchange_strong(&stop_fd, &mine, -1)) {
		signal(SIGTERM, SIG_DFL);
		signal(SIGINT, SIG_DFL);
	}
	if (l->epoll_fd >= 0)
		close(l->epoll_fd);
	if (l->wake_fd >= 0)
		close(l->wake_fd);
	for (size_t i = 0; i < l->heap.n; i++)
		free(l->heap.p[i]);
	vec_done(&l->heap);
	vec_done(&l->watches);
	free(l);
}

bool loop_watch(struct loop *l, int fd, uint32_t events, loop_fd_fn *fn, void *user, struct err *err)
{
	if (fd < 0)
		return err_errno(err, EBADF, "epoll");
	while (l->watches.n <= (size_t)fd)
		vec_push(&l->watches, (struct watch){ .fn = NULL });
	struct watch *w = &l->watches.p[fd];
	bool known = w->fn != NULL;
	uint32_t generation = known ? w->generation : ++l->generation;
	struct epoll_event e = { .events = events, .data.u64 = (uint64_t)generation << 32 | (uint32_t)fd };
	if (epoll_ctl(l->epoll_fd, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &e) != 0)
		return err_errno(err, errno, "epoll");
	*w = (struct watch){ fn, user, generation };
	return true;
}

void loop_unwatch(struct loop *l, int fd)
{
	if (fd < 0 || (size_t)fd >= l->watches.n || !l->watches.p[fd].fn)
		return;
	l->watches.p[fd].fn = NULL;
	/* fails when it was closed first: then it is gone too */
	(void)epoll_ctl(l->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

static bool before(const struct loop_timer *a, const struct loop_timer *b)
{
	return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->order < b->order;
}

static void place(struct loop *l, size_t at, struct loop_timer *t)
{
	l->heap.p[at] = t;
	t->at = at;
}

static void sift_up(struct loop *l, size_t at)
{
	struct loop_timer *t = l->heap.p[at];
	while (at > 0 && before(t, l->heap.p[(at - 1) / 2])) {
		place(l, at, l->heap.p[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	place(l, at, t);
}

static void sift_down(struct loop *l, size_t at)
{
	struct loop_timer *t = l->heap.p[at];
	for (size_t child; (child = 2 * at + 1) < l->heap.n; at = child) {
		if (child + 1 < l->heap.n && before(l->heap.p[child + 1], l->heap.p[child]))
			child++;
		if (!before(l->heap.p[child], t))
			break;
		place(l, at, l->heap.p[child]);
	}
	place(l, at, t);
}

static void heap_add(struct loop *l, struct loop_timer *t)
{
	vec_push(&l->heap, t);
	t->at = l->heap.n - 1;
	t->order = ++l->order;
	sift_up(l, t->at);
}

static void heap_remove(struct loop *l, const struct loop_timer *t)
{
	size_t at = t->at;
	struct loop_timer *last = l->heap.p[--l->heap.n];
	if (last == t)
		return;
	place(l, at, last);
	sift_down(l, at);
	sift_up(l, last->at);
}

struct loop_timer *loop_timer_new(
	struct loop *l, int64_t delay_ms, int64_t repeat_ms, loop_fn *fn, void *user)
{
	struct loop_timer *t = calloc(1, sizeof *t);
	if (!t)
		abort();
	*t = (struct loop_timer){ .loop = l,
		.due_ns = clock_mono_ns() + (delay_ms > 0 ? delay_ms : 0) * 1000000,
		.repeat_ns = (repeat_ms > 0 ? repeat_ms : 0) * 1000000,
		.fn = fn,
		.user = user };
	heap_add(l, t);
	return t;
}

void loop_timer_free(struct loop_timer *t)
{
	if (!t)
		return;
	if (t->loop->firing == t)
		t->loop->firing = NULL;                    /* it is not in the heap while it fires */
	else if (t->at < t->loop->heap.n && t->loop->heap.p[t->at] == t)
		heap_remove(t->loop, t);
	free(t);
}

/*
 * Fires what is due now.  What a callback adds waits for the next turn, so that timers cannot starve
 * descriptors.
 */
static void run_timers(struct loop *l)
{
	int64_t now = clock_mono_ns();
	uint64_t last = l->order;
	while (l->heap.n > 0 && l->heap.p[0]->due_ns <= now && l->heap.p[0]->order <= last) {
		struct loop_timer *t = l->heap.p[0];
		heap_remove(l, t);
		l->firing = t;
		t->fn(t->user);
		if (l->firing != t)
			continue;
		l->firing = NULL;
		if (t->repeat_ns) {
			t->due_ns += t->repeat_ns;
			if (t->due_ns <= now)              /* late by whole periods: they are not made up */
				t->due_ns = now + t->repeat_ns;
			heap_add(l, t);
		} else {
			t->at = SIZE_MAX;                  /* spent; still its owner's to free */
		}
	}
}

void loop_on_wake(struct loop *l, loop_fn *fn, void *user)
{
	if (l->n_wakes == HOOKS_MAX)
		abort();
	l->wakes[l->n_wakes++] = (struct hook){ fn, user };
}

void loop_wake(struct loop *l)
{
	uint64_t one = 1;
	int kept = errno;
	if (write(l->wake_fd, &one, sizeof one) < 0)
		/* the counter is full: a wake-up is pending already */
		errno = kept;
}

void loop_nest(struct loop *l, loop_before_fn *before_fn, loop_fn *after, void *user)
{
	if (l->n_nests == HOOKS_MAX)
		abort();
	l->nests[l->n_nests++] = (struct nest){ before_fn, after, user };
}

void loop_forget(struct loop *l, const void *user)
{
	for (size_t i = l->n_wakes; i-- > 0;)
		if (l->wakes[i].user == user)
			l->wakes[i] = l->wakes[--l->n_wakes];
	for (size_t i = l->n_nests; i-- > 0;)
		if (l->nests[i].user == user)
			l->nests[i] = l->nests[--l->n_nests];
}

void loop_on_stop(struct loop *l, loop_fn *fn, void *user)
{
	l->stop = (struct hook){ fn, user };
	atomic_store(&stop_fd, l->wake_fd);
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	sigemptyset(&sa.sa_mask);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
}

void loop_end(struct loop *l)
{
	l->ended = true;
}

static int wait_ms(struct loop *l)
{
	int64_t ms = -1;
	for (size_t i = 0; i < l->n_nests; i++) {
		int64_t wish = l->nests[i].before ? l->nests[i].before(l->nests[i].user) : -1;
		if (wish >= 0 && (ms < 0 || wish < ms))
			ms = wish;
	}
	if (l->heap.n > 0) {
		int64_t left = (l->heap.p[0]->due_ns - clock_mono_ns() + 999999) / 1000000;
		if (left < 0)
			left = 0;
		if (ms < 0 || left < ms)
			ms = left;
	}
	return ms > 60000 ? 60000 : (int)ms;
}

static void run_wakes(struct loop *l)
{
	uint64_t count;
	if (read(l->wake_fd, &count, sizeof count) < 0)
		count = 0;
	for (size_t i = 0; i < l->n_wakes; i++)
		l->wakes[i].fn(l->wakes[i].user);
}

static void dispatch(struct loop *l, const struct epoll_event *e)
{
	int fd = (int)(uint32_t)e->data.u64;
	if (fd == l->wake_fd) {
		run_wakes(l);
		return;
	}
	const struct watch *w = (size_t)fd < l->watches.n ? &l->watches.p[fd] : NULL;
	if (w && w->fn && w->generation == (uint32_t)(e->data.u64 >> 32))
		w->fn(w->user, fd, e->events);
}

bool loop_run(struct loop *l, struct err *err)
{
	struct epoll_event events[EVENTS_PER_TURN];
	while (!l->ended) {
		int n = epoll_wait(l->epoll_fd, events, EVENTS_PER_TURN, wait_ms(l));
		if (n < 0 && errno != EINTR)
			return err_errno(err, errno, "epoll");
		if (stop_asked && l->stop.fn && !l->stopping) {
			l->stopping = true;
			l->stop.fn(l->stop.user);
		}
		for (int i = 0; i < n; i++)
			dispatch(l, &events[i]);
		run_timers(l);
		for (size_t i = 0; i < l->n_nests; i++)
			l->nests[i].after(l->nests[i].user);
	}
	l->ended = false;
	return true;
}
