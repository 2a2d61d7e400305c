#include "store/lock.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/queue.h>
#include <time.h>
#include <unistd.h>

#include "os/clock.h"

struct waiter {
	TAILQ_ENTRY(waiter) link;
	pthread_cond_t turn;
	bool given;
};

struct lock {
	SLIST_ENTRY(lock) link;
	dev_t dev;
	ino_t ino;
	pid_t pid; /* a child after fork() shares descriptors, not the lock */
	size_t users;
	int fd, next_fd;
	bool held;                                         /* by a thread of this process */
	TAILQ_HEAD(, waiter) waiters;
	char path[];
};

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;  /* of the list and of every queue in it */
static SLIST_HEAD(, lock) locks = SLIST_HEAD_INITIALIZER(locks);

static int open_lock_file(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		err_errno(err, errno, path);
	return fd;
}

static struct lock *find_open(const struct stat *st)
{
	struct lock *l;
	SLIST_FOREACH(l, &locks, link)
		if (l->dev == st->st_dev && l->ino == st->st_ino && l->pid == getpid())
			return l;
	return NULL;
}

static struct lock *lock_new(const char *path, const struct stat *st, int fd, int next_fd)
{
	size_t n = strlen(path) + 1;
	struct lock *l = calloc(1, sizeof *l + n);
	if (!l)
		abort();
	memcpy(l->path, path, n);
	l->dev = st->st_dev;
	l->ino = st->st_ino;
	l->pid = getpid();
	l->fd = fd;
	l->next_fd = next_fd;
	TAILQ_INIT(&l->waiters);
	SLIST_INSERT_HEAD(&locks, l, link);
	return l;
}

static bool open_guarded(const char *path, const char *next, struct lock **ret, struct err *err)
{
	struct stat st;
	int fd = open_lock_file(path, err);
	if (fd < 0)
		return false;
	if (fstat(fd, &st) != 0) {
		err_errno(err, errno, path);
		close(fd);
		return false;
	}
	struct lock *l = find_open(&st);
	if (l) {
		close(fd);
	} else {
		int next_fd = open_lock_file(next, err);
		if (next_fd < 0) {
			close(fd);
			return false;
		}
		l = lock_new(path, &st, fd, next_fd);
	}
	l->users++;
	*ret = l;
	return true;
}

bool lock_open(const char *path, struct lock **ret, struct err *err)
{
	char next[4096];
	if ((size_t)snprintf(next, sizeof next, "%s.next", path) >= sizeof next)
		return err_set(err, ERR_TOO_LARGE, "路径过长：%s", "path too long: %s", path);
	pthread_mutex_lock(&guard);
	bool ok = open_guarded(path, next, ret, err);
	pthread_mutex_unlock(&guard);
	return ok;
}

void lock_close(struct lock *l)
{
	if (!l)
		return;
	pthread_mutex_lock(&guard);
	if (--l->users == 0) {
		assert(!l->held);
		SLIST_REMOVE(&locks, l, lock, link);
		close(l->fd);
		close(l->next_fd);
		free(l);
	}
	pthread_mutex_unlock(&guard);
}

static struct timespec at_ns(int64_t ns)
{
	return (struct timespec){ .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };
}

/* Waits in the process's queue: true when it is this thread's turn. */
static bool take_in_process(struct lock *l, int64_t until_ns)
{
	pthread_mutex_lock(&guard);
	bool mine = !l->held;
	if (mine) {
		l->held = true;
	} else {
		struct waiter w = { .turn = PTHREAD_COND_INITIALIZER };
		struct timespec until = at_ns(until_ns);
		TAILQ_INSERT_TAIL(&l->waiters, &w, link);
		while (!w.given &&
			pthread_cond_clockwait(&w.turn, &guard, CLOCK_MONOTONIC, &until) != ETIMEDOUT)
			;
		mine = w.given;
		if (!mine)
			TAILQ_REMOVE(&l->waiters, &w, link);
		pthread_cond_destroy(&w.turn);
	}
	pthread_mutex_unlock(&guard);
	return mine;
}

static void release_in_process(struct lock *l)
{
	pthread_mutex_lock(&guard);
	struct waiter *w = TAILQ_FIRST(&l->waiters);
	if (w) {
		TAILQ_REMOVE(&l->waiters, w, link);
		w->given = true;                           /* `held` passes on */
		pthread_cond_signal(&w->turn);
	} else {
		l->held = false;
	}
	pthread_mutex_unlock(&guard);
}

static bool flock_until(int fd, int64_t until_ns, int64_t pause_ns)
{
	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return false;
		if (clock_mono_ns() > until_ns) {
			errno = EWOULDBLOCK;
			return false;
		}
		struct timespec pause = at_ns(pause_ns);
		nanosleep(&pause, NULL);
	}
	return true;
}

static bool take_files(struct lock *l, int64_t until_ns)
{
	if (!flock_until(l->next_fd, until_ns, 500000))
		return false;
	bool ok = flock_until(l->fd, until_ns, 100000);
	int saved = errno;
	flock(l->next_fd, LOCK_UN);
	errno = saved;
	return ok;
}

bool lock_take(struct lock *l, int64_t wait_ms, struct err *err)
{
	int64_t until_ns = clock_mono_ns() + wait_ms * 1000000;
	errno = EWOULDBLOCK;
	if (take_in_process(l, until_ns)) {
		if (take_files(l, until_ns))
			return true;
		int saved = errno;
		release_in_process(l);
		errno = saved;
	}
	if (errno != EWOULDBLOCK)
		return err_errno(err, errno, l->path);
	return err_set(err, ERR_BUSY, "等待写入超过 %lld 毫秒，请稍后再试", "waited more than %lld ms to write: try again",
		       (long long)wait_ms);
}

void lock_release(struct lock *l)
{
	flock(l->fd, LOCK_UN);
	release_in_process(l);
}
