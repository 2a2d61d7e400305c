/*
 * The test binary is its own role: "process_test ROLE FILE [FD]" appends its pid to FILE and then behaves as
 * ROLE says.
 */
#include "os/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/test.h"
#include "os/clock.h"
#include "os/file.h"

static struct err err;

static void append(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		_exit(99);
	close(fd);
}

static volatile sig_atomic_t asked;

static void on_term(int number)
{
	(void)number;
	asked = 1;
}

static int be_role(int argc, char **argv)
{
	const char *role = argv[1], *path = argv[2];
	char line[64];
	signal(SIGTERM, strcmp(role, "stubborn") == 0 ? SIG_IGN : on_term);
	snprintf(line, sizeof line, "%s %d %lld\n", role, (int)getpid(),
		(long long)(clock_mono_ns() / 1000000));
	append(path, line);
	if (argc > 3) {
		int wanted = -1;
		(void)sscanf(argv[3], "%d", &wanted);
		snprintf(line, sizeof line, "kept %d other %d\n", fcntl(wanted, F_GETFD) >= 0,
			 fcntl(wanted + 1, F_GETFD) >= 0);
		append(path, line);
	}
	if (strcmp(role, "crash") == 0)
		abort();
	for (int i = 0; i < 3000 && !asked; i++)
		usleep(10000);
	append(path, "clean\n");
	return 0;
}

static struct span contents(const char *path, struct arena *a)
{
	struct span s = SPAN("");
	struct err ignored;
	return file_read(path, 1 << 20, a, &s, &ignored) ? s : SPAN("");
}

static size_t count(const char *path, const char *line_start)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(1 << 20, 1 << 22);
	struct span rest = contents(path, a);
	size_t n = 0;
	while (rest.n)
		n += span_starts(span_split(&rest, '\n'), span_of(line_start));
	return n;
}

static bool wait_for(const char *path, const char *line_start, size_t n, int64_t ms)
{
	for (int64_t end = clock_mono_ns() + ms * 1000000; clock_mono_ns() < end; usleep(5000))
		if (count(path, line_start) >= n)
			return true;
	return false;
}

static pid_t supervise(const struct process_role *roles, size_t n, int64_t grace_ms)
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0)
		_exit(process_supervise(roles, n, grace_ms, &err) ? 0 : 1);
	return pid;
}

static bool gone(pid_t pid)
{
	for (int i = 0; i < 400 && kill(pid, 0) == 0; i++)
		usleep(5000);
	return kill(pid, 0) != 0;
}

static pid_t first_pid(const char *path, const char *role)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(1 << 20, 1 << 22);
	struct span rest = contents(path, a);
	int64_t pid = 0;
	while (rest.n) {
		struct span line = span_split(&rest, '\n');
		if (span_is(span_split(&line, ' '), role) &&
			span_int(span_split(&line, ' '), 1, INT32_MAX, &pid))
			break;
	}
	return (pid_t)pid;
}

static void test_restart(void)
{
	char path[256], fd_text[16];
	snprintf(path, sizeof path, "%s/restart", test_folder());
	int keep = open("/dev/null", O_RDONLY | O_CLOEXEC), other = fcntl(keep, F_DUPFD, keep + 1);
	snprintf(fd_text, sizeof fd_text, "%d", keep);
	const char *crash[] = { "seawall", "crash", path, NULL },
		   *good[] = { "seawall", "good", path, fd_text, NULL };
	struct process_role roles[] = { { .name = "crash", .argv = crash },
		{ .name = "good", .argv = good, .keep_fds = &keep, .n_keep = 1 } };
	pid_t parent = supervise(roles, 2, 5000);

	test_case("roles start, in the parent's group, with the descriptors they name and no others");
	CHECK(wait_for(path, "kept", 1, 3000));
	CHECK_INT(count(path, "kept 1 other 0"), other == keep + 1 ? 1 : 0);
	CHECK_INT(getpgid(first_pid(path, "good")), getpgid(parent));

	test_case("a role that dies is started again, after a second and then two");
	CHECK(wait_for(path, "crash", 3, 6000));
	CHECK_INT(count(path, "good"), 1);
	CLEANUP(arena_free_p) struct arena *a = arena_new(1 << 20, 1 << 22);
	struct span rest = contents(path, a);
	int64_t at[3] = { 0 };
	for (size_t n = 0; rest.n && n < 3;) {
		struct span line = span_split(&rest, '\n');
		if (!span_is(span_split(&line, ' '), "crash"))
			continue;
		span_split(&line, ' ');
		CHECK(span_int(line, 0, INT64_MAX, &at[n++]));
	}
	CHECK(at[1] - at[0] >= 1000 && at[2] - at[1] >= 2000);

	test_case("a role that is killed comes back");
	CHECK_INT(kill(first_pid(path, "good"), SIGKILL), 0);
	CHECK(wait_for(path, "good", 2, 3000));

	test_case("SIGTERM stops all cleanly and the parent returns");
	int status = -1;
	CHECK_INT(kill(parent, SIGTERM), 0);
	CHECK(waitpid(parent, &status, 0) == parent && status == 0);
	CHECK_INT(count(path, "clean"), 1);
	close(keep);
	close(other);
}

static void test_grace(void)
{
	char path[256];
	snprintf(path, sizeof path, "%s/grace", test_folder());
	const char *stubborn[] = { "seawall", "stubborn", path, NULL },
		   *good[] = { "seawall", "good", path, NULL };
	struct process_role roles[] = { { .name = "stubborn", .argv = stubborn },
		{ .name = "good", .argv = good } };
	pid_t parent = supervise(roles, 2, 300);

	test_case("a role that does not heed SIGTERM is killed after the grace");
	CHECK(wait_for(path, "stubborn", 1, 3000) && wait_for(path, "good", 1, 3000));
	int64_t from = clock_mono_ns();
	int status = -1;
	kill(parent, SIGTERM);
	CHECK(waitpid(parent, &status, 0) == parent && status == 0);
	int64_t took = (clock_mono_ns() - from) / 1000000;
	CHECK(took >= 290 && took < 3000);
	CHECK_INT(count(path, "clean"), 1);
	CHECK(gone(first_pid(path, "stubborn")));
}

static void test_parent_killed(void)
{
	char path[256];
	snprintf(path, sizeof path, "%s/orphan", test_folder());
	const char *stubborn[] = { "seawall", "stubborn", path, NULL };
	struct process_role role = { .name = "stubborn", .argv = stubborn };
	pid_t parent = supervise(&role, 1, 300);

	test_case("when the parent is killed its roles die with it");
	CHECK(wait_for(path, "stubborn", 1, 3000));
	kill(parent, SIGKILL);
	waitpid(parent, NULL, 0);
	/*
	 * As an orphan it may stay a zombie where process 1 does not reap: what counts is that it does not
	 * run.
	 */
	char stat_path[64];
	CLEANUP(arena_free_p) struct arena *a = arena_new(1 << 20, 1 << 22);
	snprintf(stat_path, sizeof stat_path, "/proc/%d/stat", (int)first_pid(path, "stubborn"));
	bool dead = false;
	for (int i = 0; i < 200 && !dead; i++, usleep(5000)) {
		struct span s = contents(stat_path, a);
		dead = s.n == 0 || memmem(s.p, s.n, ") Z ", 4) != NULL;
	}
	CHECK(dead);
}

int main(int argc, char **argv)
{
	if (argc > 2)
		return be_role(argc, argv);
	test_case("no roles is an error");
	CHECK_ERR(process_supervise(NULL, 0, 1, &err), err, ERR_USAGE);
	test_restart();
	test_grace();
	test_parent_killed();
	return test_end();
}
