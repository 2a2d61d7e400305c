#pragma once
/*
 * What a role may no longer do once it has started: landlock (where the kernel has it) limits which folders
 * it sees, seccomp forbids executing programs, tracing, mounting and loading modules, resource limits bound
 * it.  Addresses are not checked by the kernel: outgoing connections are checked in net/.  A role that may
 * not connect cannot make sockets at all; it lives from the listening ones it was given.  To be entered once,
 * before the first thread is started.
 */
#include "base/base.h"

struct sandbox {
	/* folders (or files), NULL-terminated; must be there */
	const char *const *read_write;
	const char *const *read_only;                      /* those that are absent are passed over */
	bool may_connect;                                  /* outgoing sockets allowed */
	size_t memory_max;                                 /* RLIMIT_DATA bytes; 0: no limit */
};

NODISCARD bool sandbox_enter(const struct sandbox *s, struct err *err);
