#pragma once
/*
 * What a role may no longer do once it has started: landlock (where the kernel has it) limits which folders it sees,
 * seccomp forbids executing programs, tracing, mounting and loading modules, resource limits bound it.  Addresses are
 * not checked by the kernel: outgoing connections are checked in net/.
 */
#include "base/base.h"

struct sandbox {
	const char *const *read_write;                     /* folders, NULL-terminated */
	const char *const *read_only;
	bool may_connect;                                  /* outgoing sockets allowed */
	size_t memory_max;                                 /* RLIMIT_DATA bytes; 0: no limit */
};

NODISCARD bool sandbox_enter(const struct sandbox *s, struct err *err);
