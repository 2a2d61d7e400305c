#include "os/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct clock_file {
	_Atomic int64_t wall_ms, boot_ms;
};

static struct clock_file no_file;
static const struct clock_file *file = &no_file;
static _Atomic int64_t fake_wall, fake_boot;

static int64_t read_ns(clockid_t id)
{
	struct timespec t;
	if (clock_gettime(id, &t) != 0)
		abort();
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/*
 * Running on the real clock although a test asked for another one would make the test lie: so that ends the
 * process.
 */
static void refuse(const char *path, const char *why)
{
	fprintf(stderr, "seawall: SEAWALL_CLOCK %s: %s\n", path, why);
	exit(78);
}

void clock_start(void)
{
	const char *path = getenv("SEAWALL_CLOCK");
	if (!path || !*path)
		return;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) != 0) {
		refuse(path, "cannot be opened");
		return;
	}
	if (st.st_size < (off_t)sizeof(struct clock_file))
		refuse(path, "is shorter than two int64");
	void *p = mmap(NULL, sizeof(struct clock_file), PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		refuse(path, "cannot be mapped");
	close(fd);
	file = p;
}

static int64_t file_wall(void)
{
	return atomic_load_explicit(&file->wall_ms, memory_order_relaxed);
}

static int64_t file_boot(void)
{
	return atomic_load_explicit(&file->boot_ms, memory_order_relaxed);
}

int64_t clock_wall(void)
{
	int64_t fake = atomic_load(&fake_wall);
	return fake ? fake : read_ns(CLOCK_REALTIME) / 1000000 + file_wall();
}

int64_t clock_boot(void)
{
	if (atomic_load(&fake_wall))
		return atomic_load(&fake_boot);
	return read_ns(CLOCK_BOOTTIME) / 1000000 + file_boot();
}

int64_t clock_mono_ns(void)
{
	return read_ns(CLOCK_MONOTONIC);
}

void clock_fake(int64_t wall_ms)
{
	int64_t apart = clock_wall() - clock_boot();
	atomic_store(&fake_boot, wall_ms - apart);
	atomic_store(&fake_wall, wall_ms);
}
