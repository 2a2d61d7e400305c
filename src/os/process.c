#include "os/process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/clock.h"

enum {
	BACK_OFF_FIRST_MS = 1000,
	BACK_OFF_MAX_MS = 30000,
	STABLE_MS = 60000,
	ROLES_MAX = 16,
	FOREVER_MS = 3600000
};

struct child {
	const struct process_role *role;
	pid_t pid;                                         /* 0: not running */
	int64_t started_ms, start_ms;                      /* last start; next one */
	int64_t back_off_ms;
};

struct parent {
	struct child children[ROLES_MAX];
	size_t n;
	sigset_t handled, before;
	bool stopping;
	int64_t kill_ms;
};

static int64_t now_ms(void)
{
	return clock_mono_ns() / 1000000;
}

const char *process_self(void)
{
	static char path[4096];
	if (!path[0]) {
		ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
		if (n <= 0)
			abort();
		path[n] = '\0';
	}
	return path;
}

static void notice(const struct child *c, struct process_event e)
{
	e.role = c->role->name;
	if (c->role->notice)
		c->role->notice(&e);
}

/*
 * In the child: only what is safe after fork.  Ends with 71 (os error) or 69 (the binary cannot be executed).
 */
_Noreturn static void become(const struct process_role *role, pid_t parent, const sigset_t *before)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
		_exit(71);
	if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
		_exit(71);
	for (size_t i = 0; i < role->n_keep; i++)
		if (fcntl(role->keep_fds[i], F_SETFD, 0) != 0)
			_exit(71);
	sigprocmask(SIG_SETMASK, before, NULL);
	/* exec writes nothing there, its prototype is older than const */
	char *const *argv;
	memcpy(&argv, &role->argv, sizeof argv);
	execv(process_self(), argv);
	_exit(69);
}

static void schedule(struct child *c, int64_t now)
{
	if (c->back_off_ms == 0 || now - c->started_ms >= STABLE_MS)
		c->back_off_ms = BACK_OFF_FIRST_MS;
	else if ((c->back_off_ms *= 2) > BACK_OFF_MAX_MS)
		c->back_off_ms = BACK_OFF_MAX_MS;
	c->start_ms = now + c->back_off_ms;
}

static void start(struct parent *p, struct child *c)
{
	pid_t self = getpid(), pid = fork();
	c->started_ms = now_ms();
	if (pid == 0)
		become(c->role, self, &p->before);
	if (pid < 0) {
		schedule(c, c->started_ms);
		return;
	}
	c->pid = pid;
	notice(c, (struct process_event){ .pid = pid, .started = true, .restart_ms = -1 });
}

static void ended(struct parent *p, pid_t pid, int status)
{
	for (size_t i = 0; i < p->n; i++) {
		struct child *c = &p->children[i];
		if (c->pid != pid)
			continue;
		c->pid = 0;
		schedule(c, now_ms());
		notice(c, (struct process_event){ .pid = pid, .wait_status = status,
			.restart_ms = p->stopping ? -1 : c->back_off_ms });
	}
}

static void reap(struct parent *p)
{
	int status;
	for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
		ended(p, pid, status);
}

static size_t signal_all(const struct parent *p, int number)
{
	size_t running = 0;
	for (size_t i = 0; i < p->n; i++) {
		if (p->children[i].pid == 0)
			continue;
		running++;
		if (number)
			kill(p->children[i].pid, number);
	}
	return running;
}

/* Starts what is due, kills what outlived the grace; returns how long to wait for the next such moment. */
static int64_t act(struct parent *p)
{
	int64_t now = now_ms(), next = now + FOREVER_MS;
	if (p->stopping) {
		if (now >= p->kill_ms)
			signal_all(p, SIGKILL);
		else
			next = p->kill_ms;
	}
	for (size_t i = 0; i < p->n && !p->stopping; i++) {
		struct child *c = &p->children[i];
		if (c->pid == 0 && c->start_ms <= now)
			start(p, c);
		if (c->pid == 0 && c->start_ms < next)
			next = c->start_ms;
	}
	return next > now ? next - now : 0;
}

static void run(struct parent *p, int64_t grace_ms)
{
	while (!p->stopping || signal_all(p, 0) > 0) {
		int64_t ms = act(p);
		struct timespec wait = { ms / 1000, ms % 1000 * 1000000 };
		int number = sigtimedwait(&p->handled, NULL, &wait);
		if ((number == SIGTERM || number == SIGINT) && !p->stopping) {
			p->stopping = true;
			p->kill_ms = now_ms() + grace_ms;
			signal_all(p, SIGTERM);
		}
		reap(p);
	}
}

bool process_supervise(const struct process_role *roles, size_t n, int64_t grace_ms, struct err *err)
{
	struct parent p = { .n = n };
	if (n == 0 || n > ROLES_MAX)
		return err_set(err, ERR_USAGE, "角色数目应为 1 至 %d，收到 %zu", "1 to %d roles can be run, not %zu",
			       ROLES_MAX, n);
	process_self();
	for (size_t i = 0; i < n; i++)
		p.children[i].role = &roles[i];
	sigemptyset(&p.handled);
	sigaddset(&p.handled, SIGTERM);
	sigaddset(&p.handled, SIGINT);
	sigaddset(&p.handled, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &p.handled, &p.before) != 0)
		return err_errno(err, errno, "sigprocmask");
	run(&p, grace_ms);
	sigprocmask(SIG_SETMASK, &p.before, NULL);
	return true;
}
