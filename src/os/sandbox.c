#include "os/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/file.h"

/*
 * Debian 12's header stops at ABI 2; the kernel is asked at run time which of these it knows (landlock(7)).
 */
enum { ABI_TRUNCATE = 3, ABI_NET = 4, ABI_IOCTL = 5, ABI_SCOPE = 6 };
#define FS_TRUNCATE (1ULL << 14)
#define FS_IOCTL_DEV (1ULL << 15)
#define NET_CONNECT_TCP (1ULL << 1)
#define SCOPE_ABSTRACT_UNIX 1ULL

struct ruleset {
	uint64_t fs, net, scoped;
};

#define FS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FS_WRITE \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | \
		LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | \
		LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER | \
		FS_TRUNCATE)
#define FS_ON_FILE (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE)
#define FS_NEVER (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK)

static struct ruleset ruleset_of(long abi, bool may_connect)
{
	struct ruleset r = { .fs = FS_READ | FS_WRITE | FS_NEVER };
	if (abi >= ABI_IOCTL)
		r.fs |= FS_IOCTL_DEV;
	if (abi < ABI_TRUNCATE)
		r.fs &= ~FS_TRUNCATE;
	if (abi < 2)
		r.fs &= ~(uint64_t)LANDLOCK_ACCESS_FS_REFER;
	if (abi >= ABI_NET && !may_connect)
		r.net = NET_CONNECT_TCP;
	if (abi >= ABI_SCOPE)
		r.scoped = SCOPE_ABSTRACT_UNIX;
	return r;
}

static bool allow(int ruleset, const char *path, uint64_t access, bool may_be_absent, struct err *err)
{
	CLEANUP(file_close) int fd = open(path, O_PATH | O_CLOEXEC);
	struct stat st;
	if (fd < 0 && errno == ENOENT && may_be_absent)
		return true;
	if (fd < 0 || fstat(fd, &st) != 0)
		return err_errno(err, errno, path);
	struct landlock_path_beneath_attr rule = { .allowed_access = access, .parent_fd = fd };
	if (!S_ISDIR(st.st_mode))
		rule.allowed_access &= FS_ON_FILE;
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
		return err_errno(err, errno, path);
	return true;
}

static bool enter_landlock(const struct sandbox *s, struct err *err)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (abi < 1)
		/* a kernel without landlock: seccomp and file modes remain */
		return true;
	struct ruleset r = ruleset_of(abi, s->may_connect);
	size_t size = abi >= ABI_SCOPE ? sizeof r : abi >= ABI_NET ? 2 * sizeof r.fs : sizeof r.fs;
	CLEANUP(file_close) int fd = (int)syscall(SYS_landlock_create_ruleset, &r, size, 0);
	if (fd < 0)
		return err_errno(err, errno, "landlock");
	for (const char *const *p = s->read_write; p && *p; p++)
		if (!allow(fd, *p, r.fs & (FS_READ | FS_WRITE), false, err))
			return false;
	for (const char *const *p = s->read_only; p && *p; p++)
		if (!allow(fd, *p, r.fs & FS_READ, true, err))
			return false;
	if (syscall(SYS_landlock_restrict_self, fd, 0) != 0)
		return err_errno(err, errno, "landlock");
	return true;
}

/* No role needs these; most are how a foothold becomes more. */
static const int forbidden[] = {
	SCMP_SYS(execve),
	SCMP_SYS(execveat),
	SCMP_SYS(ptrace),
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev),
	SCMP_SYS(pidfd_getfd),
	SCMP_SYS(kcmp),
	SCMP_SYS(mount),
	SCMP_SYS(umount2),
	SCMP_SYS(pivot_root),
	SCMP_SYS(chroot),
	SCMP_SYS(move_mount),
	SCMP_SYS(open_tree),
	SCMP_SYS(fsopen),
	SCMP_SYS(fsmount),
	SCMP_SYS(fsconfig),
	SCMP_SYS(fspick),
	SCMP_SYS(mount_setattr),
	SCMP_SYS(swapon),
	SCMP_SYS(swapoff),
	SCMP_SYS(quotactl),
	SCMP_SYS(acct),
	SCMP_SYS(init_module),
	SCMP_SYS(finit_module),
	SCMP_SYS(delete_module),
	SCMP_SYS(kexec_load),
	SCMP_SYS(kexec_file_load),
	SCMP_SYS(bpf),
	SCMP_SYS(perf_event_open),
	SCMP_SYS(userfaultfd),
	SCMP_SYS(io_uring_setup),
	SCMP_SYS(io_uring_enter),
	SCMP_SYS(io_uring_register),
	SCMP_SYS(add_key),
	SCMP_SYS(request_key),
	SCMP_SYS(keyctl),
	SCMP_SYS(unshare),
	SCMP_SYS(setns),
	SCMP_SYS(personality),
	SCMP_SYS(name_to_handle_at),
	SCMP_SYS(open_by_handle_at),
	SCMP_SYS(reboot),
	SCMP_SYS(sethostname),
	SCMP_SYS(setdomainname),
	SCMP_SYS(settimeofday),
	SCMP_SYS(clock_settime),
	SCMP_SYS(clock_adjtime),
	SCMP_SYS(adjtimex),
	SCMP_SYS(iopl),
	SCMP_SYS(ioperm),
	SCMP_SYS(syslog),
	SCMP_SYS(vhangup),
};

static const int connecting[] = { SCMP_SYS(socket), SCMP_SYS(connect) };

static int add_rules(scmp_filter_ctx ctx, const struct sandbox *s)
{
	int rc = 0;
	for (size_t i = 0; i < COUNT(forbidden) && rc == 0; i++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), forbidden[i], 0);
	for (size_t i = 0; i < COUNT(connecting) && rc == 0 && !s->may_connect; i++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES), connecting[i], 0);
	/*
	 * Threads yes, new namespaces no.  The flags of clone3 lie in memory, out of the filter's sight;
	 * glibc falls back.
	 */
	static const uint64_t namespaces[] = { CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET,
		CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP };
	for (size_t i = 0; i < COUNT(namespaces) && rc == 0; i++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
				      SCMP_A0(SCMP_CMP_MASKED_EQ, namespaces[i], namespaces[i]));
	if (rc == 0)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	return rc;
}

static bool enter_seccomp(const struct sandbox *s, struct err *err)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	if (!ctx)
		return err_errno(err, ENOMEM, "seccomp");
	int rc = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1);
	if (rc == 0)
		rc = add_rules(ctx, s);
	if (rc == 0)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	return rc == 0 || err_errno(err, rc < 0 ? -rc : EINVAL, "seccomp");
}

bool sandbox_enter(const struct sandbox *s, struct err *err)
{
	struct rlimit no_core = { 0, 0 };                 /* a core file would hold personal data */
	if (setrlimit(RLIMIT_CORE, &no_core) != 0)
		return err_errno(err, errno, "RLIMIT_CORE");
	/* A sanitizer maps its shadow of all memory, which no limit would leave room for. */
	struct rlimit data = { s->memory_max, s->memory_max };
	if (s->memory_max && !SANITIZED && setrlimit(RLIMIT_DATA, &data) != 0)
		return err_errno(err, errno, "RLIMIT_DATA");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_errno(err, errno, "no_new_privs");
	return enter_landlock(s, err) && enter_seccomp(s, err);
}
