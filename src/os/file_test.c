#include "os/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/test.h"
#include "os/clock.h"

static struct err err;

static const char *in_folder(const char *name)
{
	static char paths[4][256];
	static unsigned at;
	char *p = paths[at++ % 4];
	snprintf(p, 256, "%s/%s", test_folder(), name);
	return p;
}

static void test_contents(struct arena *a)
{
	static char big[100000];
	memset(big, 'b', sizeof big);
	static const struct { const char *name; struct span content; size_t max; bool fits; } cases[] = {
		{ "empty", { "", 0 }, 10, true },
		{ "exactly the maximum", { "0123456789", 10 }, 10, true },
		{ "one byte over", { "01234567890", 11 }, 10, false },
		{ "bytes of all kinds", { "\0\xFF\n", 3 }, 10, true },
		{ "large", { big, sizeof big }, sizeof big, true },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span got = { NULL, 0 };
		test_case("replace and read: %s", cases[i].name);
		CHECK_OK(file_replace(in_folder("f"), cases[i].content, 0640, &err), err);
		if (cases[i].fits) {
			CHECK_OK(file_read(in_folder("f"), cases[i].max, a, &got, &err), err);
			CHECK(span_eq(got, cases[i].content));
		} else {
			CHECK_ERR(file_read(in_folder("f"), cases[i].max, a, &got, &err), err, ERR_TOO_LARGE);
			CHECK(got.p == NULL);
		}
	}
	test_case("replacement keeps mode and leaves nothing beside");
	struct stat st;
	CHECK(stat(in_folder("f"), &st) == 0 && (st.st_mode & 0777) == 0640);
	char command[300];
	snprintf(command, sizeof command, "ls %s | wc -l | grep -qx 1", test_folder());
	CHECK_INT(system(command), 0);

	test_case("a pipe is read to its end, within the maximum");
	int p[2];
	struct span got;
	CHECK(pipe(p) == 0 && write(p[1], "pipe", 4) == 4);
	close(p[1]);
	CHECK_OK(file_read_fd(p[0], "pipe", 4, a, &got, &err), err);
	CHECK_SPAN(got, "pipe");
	close(p[0]);
}

static void test_folders(struct arena *a)
{
	struct span got;
	test_case("folders with parents, twice");
	CHECK_OK(file_make_folder(in_folder("a/b/c/"), 0750, &err), err);
	CHECK_OK(file_make_folder(in_folder("a/b/c"), 0750, &err), err);
	CHECK(file_exists(in_folder("a/b/c")));
	test_case("a file in the way of a folder");
	CHECK_OK(file_replace(in_folder("file"), SPAN("x"), 0600, &err), err);
	CHECK_ERR(file_make_folder(in_folder("file"), 0750, &err), err, ERR_IO);
	CHECK_ERR(file_make_folder(in_folder("file/below"), 0750, &err), err, ERR_IO);
	test_case("what is not there");
	CHECK_ERR(file_read(in_folder("none"), 10, a, &got, &err), err, ERR_NOT_FOUND);
	CHECK_ERR(file_replace(in_folder("none/f"), SPAN("x"), 0600, &err), err, ERR_NOT_FOUND);
	CHECK(!file_exists(in_folder("none")));
}

static void test_locks(void)
{
	int first = -1, second = -1;
	test_case("a lock is exclusive between opens, and waits its time");
	CHECK_OK(file_lock(in_folder("lock"), 0, &first, &err), err);
	int64_t from = clock_mono_ns();
	CHECK_ERR(file_lock(in_folder("lock"), 100, &second, &err), err, ERR_BUSY);
	CHECK(clock_mono_ns() - from >= 100 * 1000000);
	CHECK_INT(second, -1);
	file_close(&first);
	CHECK_INT(first, -1);
	CHECK_OK(file_lock(in_folder("lock"), 0, &second, &err), err);
	file_close(&second);

	test_case("a lock ends with the process that held it");
	pid_t child = fork();
	if (child == 0) {
		int fd;
		_exit(file_lock(in_folder("lock"), 0, &fd, &err) ? 0 : 1);
	}
	int status = -1;
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	CHECK_OK(file_lock(in_folder("lock"), 1000, &first, &err), err);
	file_close(&first);
}

int main(void)
{
	hash_start();
	CLEANUP(arena_free_p) struct arena *a = arena_new(1 << 24, 1 << 25);
	test_contents(a);
	test_folders(a);
	test_locks();
	return test_end();
}
