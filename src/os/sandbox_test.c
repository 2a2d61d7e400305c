/*
 * Each case runs in a forked child, which enters the sandbox, tries one thing and tells by its exit status.
 */
#include "os/sandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <pthread.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/test.h"
#include "os/file.h"

enum { WORKED = 0, EXIT_NOT_ENTERED = 200 };

static char inside[128], outside[128], readable[128];
static int listener;
static struct sockaddr_in where;

static int status_of(bool worked)
{
	return worked ? WORKED : errno;
}

static int can_open(const char *folder, int flags)
{
	char path[160];
	snprintf(path, sizeof path, "%s/f", folder);
	int fd = open(path, flags | O_CLOEXEC, 0600);
	return status_of(fd >= 0);
}

static int write_inside(void) { return can_open(inside, O_RDWR | O_CREAT | O_TRUNC); }
static int read_outside(void) { return can_open(outside, O_RDONLY); }
static int write_outside(void) { return can_open(outside, O_WRONLY | O_CREAT); }
static int read_readable(void) { return can_open(readable, O_RDONLY); }
static int write_readable(void) { return can_open(readable, O_WRONLY); }

static int rename_inside(void)
{
	struct err err;
	char path[160];
	snprintf(path, sizeof path, "%s/replaced", inside);
	return file_replace(path, SPAN("x"), 0600, &err) ? WORKED : err.os_errno;
}

static int run_program(void)
{
	execl("/bin/true", "true", (char *)NULL);
	return errno;
}

static int trace(void) { return status_of(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0); }
static int new_user_namespace(void) { return status_of(syscall(SYS_unshare, 0x10000000) == 0); }
static int make_socket(void) { return status_of(socket(AF_INET, SOCK_DGRAM, 0) >= 0); }

static int connect_out(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0)
		return errno;
	return status_of(connect(fd, (const struct sockaddr *)&where, sizeof where) == 0);
}

static int accept_one(void)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	return status_of(fd >= 0 && write(fd, "hi", 2) == 2);
}

static void *nothing(void *user) { return user; }

static int start_thread(void)
{
	pthread_t t;
	int rc = pthread_create(&t, NULL, nothing, NULL);
	if (rc == 0)
		rc = pthread_join(t, NULL);
	return rc;
}

static int allocate_much(void)
{
	char *volatile p = malloc((size_t)512 << 20);
	return p ? WORKED : ENOMEM;
}

static int try_in_child(int (*what)(void), bool may_connect)
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		const char *const read_write[] = { inside, NULL },
				  *const read_only[] = { readable, "/no/such/folder", NULL };
		struct sandbox s = { read_write, read_only, may_connect, (size_t)256 << 20 };
		struct err err;
		_exit(sandbox_enter(&s, &err) ? what() : EXIT_NOT_ENTERED);
	}
	int status = 0;
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void make(char path[128], const char *name)
{
	struct err err;
	char file[160];
	snprintf(path, 128, "%s/%s", test_folder(), name);
	snprintf(file, sizeof file, "%s/f", path);
	if (!file_make_folder(path, 0700, &err) || !file_replace(file, SPAN("x"), 0600, &err))
		exit(99);
}

/* A listener with one connection waiting in it. */
static int listen_and_knock(void)
{
	socklen_t n = sizeof where;
	where = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(listener, (const struct sockaddr *)&where, n) != 0 || listen(listener, 8) != 0 ||
	    getsockname(listener, (struct sockaddr *)&where, &n) != 0 ||
	    connect(client, (const struct sockaddr *)&where, n) != 0)
		exit(99);
	return client;
}

int main(void)
{
	hash_start();
	make(inside, "inside");
	make(outside, "outside");
	make(readable, "readable");
	int client = listen_and_knock();
	bool landlock = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) >= 1;
	static const struct {
		const char *name;
		int (*what)(void);
		bool may_connect, needs_landlock;
		int want;
	} cases[] = {
		{ "its own folder can be written", write_inside, false, false, WORKED },
		{ "files can be replaced in it", rename_inside, false, false, WORKED },
		{ "a forbidden folder cannot be read", read_outside, false, true, EACCES },
		{ "a forbidden folder cannot be written", write_outside, false, true, EACCES },
		{ "a read-only folder can be read", read_readable, false, false, WORKED },
		{ "a read-only folder cannot be written", write_readable, false, true, EACCES },
		{ "no program can be executed", run_program, true, false, EPERM },
		{ "no tracing", trace, true, false, EPERM },
		{ "no new user namespace", new_user_namespace, true, false, EPERM },
		{ "threads can be started", start_thread, false, false, WORKED },
		{ "memory is bounded", allocate_much, false, false, ENOMEM },
		{ "without leave no socket", make_socket, false, false, EACCES },
		{ "without leave no connection", connect_out, false, false, EACCES },
		{ "with leave a connection", connect_out, true, false, WORKED },
		{ "what it was given can be accepted from", accept_one, false, false, WORKED },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (cases[i].needs_landlock && !landlock) {
			test_skip(cases[i].name, "this kernel has no landlock");
			continue;
		}
		if (SANITIZED && cases[i].want == ENOMEM) {
			test_skip(cases[i].name, "a sanitizer needs memory without limit");
			continue;
		}
		test_case("%s", cases[i].name);
		CHECK_INT(try_in_child(cases[i].what, cases[i].may_connect), cases[i].want);
	}
	test_case("a writable folder that is absent is an error");
	const char *const absent[] = { "/no/such/folder", NULL };
	struct err err;
	if (landlock)
		CHECK_ERR(sandbox_enter(&(struct sandbox){ .read_write = absent }, &err), err, ERR_NOT_FOUND);
	close(client);
	return test_end();
}
