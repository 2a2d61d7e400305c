#pragma once
/*
 * Files: whole reads with a maximum, replacement that survives a crash, folder locks.
 */
#include "base/base.h"

void file_close(int *fd);                                  /* for CLEANUP(); -1 allowed */
NODISCARD bool file_read(const char *path, size_t max, struct arena *a, struct span *ret, struct err *err);
NODISCARD bool file_read_fd(
	int fd, const char *name, size_t max, struct arena *a, struct span *ret, struct err *err);
/* Writes beside, syncs file and folder, renames: the old or the new content, never half. */
NODISCARD bool file_replace(const char *path, struct span content, unsigned mode, struct err *err);
/* existing is fine; parents are made */
NODISCARD bool file_make_folder(const char *path, unsigned mode, struct err *err);
NODISCARD bool file_sync_folder(const char *path, struct err *err);
bool file_exists(const char *path);
/* The file counts as written now. */
NODISCARD bool file_touch(const char *path, struct err *err);
/* Removes it if it was written (or touched) at least so long ago, by the machine's own clock; what is not
 * there is gone. */
NODISCARD bool file_remove_old(const char *path, int64_t age_ms, bool *ret_gone, struct err *err);
/*
 * Exclusive flock() on the path (made if absent), waiting at most wait_ms; ERR_BUSY when somebody else holds
 * it.
 */
NODISCARD bool file_lock(const char *path, int64_t wait_ms, int *ret_fd, struct err *err);
