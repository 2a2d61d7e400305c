#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "os/clock.h"

enum { PATH_BYTES = 4096, LOCK_POLL_MS = 20 };

void file_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

bool file_read_fd(int fd, const char *name, size_t max, struct arena *a, struct span *ret, struct err *err)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return err_errno(err, errno, name);
	size_t guess = S_ISREG(st.st_mode) && st.st_size > 0 ? (size_t)st.st_size : 0;
	CLEANUP(str_done) struct str s = STR(max);
	char block[8192];
	if (guess > max)
		return err_set(err, ERR_TOO_LARGE, "%s 超出上限 %zu 字节",
			"%s is over the limit of %zu bytes", name, max);
	if (guess) {                                      /* of known size: straight into the arena */
		char *p = arena_alloc(a, guess + 1);
		size_t n = 0;
		while (n < guess) {
			ssize_t got = read(fd, p + n, guess - n);
			if (got < 0 && errno == EINTR)
				continue;
			if (got < 0)
				return err_errno(err, errno, name);
			if (got == 0)
				break;
			n += (size_t)got;
		}
		s.p = p;
		s.n = n;
		s.cap = guess + 1;
		s.arena = a;
	} else {
		s.arena = a;
	}
	/* what has no size (pipes, /proc) or has grown meanwhile */
	for (;;) {
		ssize_t got = read(fd, block, sizeof block);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(err, errno, name);
		if (got == 0)
			break;
		str_add(&s, (struct span){ block, (size_t)got });
		if (s.failed)
			return err_set(err, ERR_TOO_LARGE, "%s 超出上限 %zu 字节",
				"%s is over the limit of %zu bytes", name, max);
	}
	*ret = s.p ? str_span(&s) : SPAN("");
	return true;
}

bool file_read(const char *path, size_t max, struct arena *a, struct span *ret, struct err *err)
{
	CLEANUP(file_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_errno(err, errno, path);
	return file_read_fd(fd, path, max, a, ret, err);
}

static bool write_all(int fd, struct span content)
{
	while (content.n > 0) {
		ssize_t n = write(fd, content.p, content.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		content = span_from(content, (size_t)n);
	}
	return true;
}

/* The folder part of a path, "." if it has none. */
static bool folder_of(const char *path, char ret[PATH_BYTES])
{
	size_t n = strlen(path);
	while (n > 0 && path[n - 1] != '/')
		n--;
	while (n > 1 && path[n - 1] == '/')
		n--;
	if (n >= PATH_BYTES)
		return false;
	if (n == 0) {
		memcpy(ret, ".", 2);
		return true;
	}
	memcpy(ret, path, n);
	ret[n] = '\0';
	return true;
}

bool file_replace(const char *path, struct span content, unsigned mode, struct err *err)
{
	char beside[PATH_BYTES], folder[PATH_BYTES];
	unsigned char r[8];
	char tag[2 * sizeof r + 1];
	hash_random(r, sizeof r);
	hash_hex(r, sizeof r, tag);
	if (snprintf(beside, sizeof beside, "%s.%s.new", path, tag) >= PATH_BYTES || !folder_of(path, folder))
		return err_errno(err, ENAMETOOLONG, path);
	CLEANUP(file_close)
	int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, (mode_t)mode);
	if (fd < 0)
		return err_errno(err, errno, path);
	if (!write_all(fd, content) || fsync(fd) != 0 || rename(beside, path) != 0) {
		int why = errno;
		unlink(beside);
		return err_errno(err, why, path);
	}
	return file_sync_folder(folder, err);
}

bool file_make_folder(const char *path, unsigned mode, struct err *err)
{
	char part[PATH_BYTES];
	size_t n = strlen(path);
	if (n == 0 || n >= sizeof part)
		return err_errno(err, n ? ENAMETOOLONG : ENOENT, path);
	memcpy(part, path, n + 1);
	for (size_t i = 1; i <= n; i++) {
		if (part[i] != '/' && part[i] != '\0')
			continue;
		char kept = part[i];
		part[i] = '\0';
		if (mkdir(part, (mode_t)mode) != 0 && errno != EEXIST)
			return err_errno(err, errno, part);
		part[i] = kept;
	}
	struct stat st;
	if (stat(path, &st) != 0)
		return err_errno(err, errno, path);
	return S_ISDIR(st.st_mode) || err_errno(err, ENOTDIR, path);
}

bool file_sync_folder(const char *path, struct err *err)
{
	CLEANUP(file_close) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		return err_errno(err, errno, path);
	return true;
}

bool file_exists(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0;
}

bool file_touch(const char *path, struct err *err)
{
	return utimensat(AT_FDCWD, path, NULL, 0) == 0 || err_errno(err, errno, path);
}

bool file_remove_old(const char *path, int64_t age_ms, bool *ret_gone, struct err *err)
{
	struct stat st;
	struct timespec now;
	bool there = stat(path, &st) == 0;
	if (!there && errno != ENOENT)
		return err_errno(err, errno, path);
	clock_gettime(CLOCK_REALTIME, &now);
	int64_t age = there ? ((int64_t)now.tv_sec - (int64_t)st.st_mtim.tv_sec) * 1000 : age_ms;
	*ret_gone = age >= age_ms;
	return !there || !*ret_gone || unlink(path) == 0 || err_errno(err, errno, path);
}

bool file_lock(const char *path, int64_t wait_ms, int *ret_fd, struct err *err)
{
	CLEANUP(file_close) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_errno(err, errno, path);
	int64_t until = clock_mono_ns() / 1000000 + wait_ms;
	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return err_errno(err, errno, path);
		if (clock_mono_ns() / 1000000 >= until)
			return err_set(err, ERR_BUSY, "%s 正被另一个进程占用",
				"%s is in use by another process", path);
		nanosleep(&(struct timespec){ 0, LOCK_POLL_MS * 1000000 }, NULL);
	}
	*ret_fd = fd;
	fd = -1;
	return true;
}
