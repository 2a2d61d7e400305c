#include "base/arena.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/test.h"

static bool zeroed(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

static void over_the_hard_limit(void)
{
	struct arena *a = arena_new(100, 1000);
	memset(arena_alloc(a, 900), 1, 900);
	arena_alloc(a, 900);
}

static void impossible_product(void)
{
	struct arena *a = arena_new(100, SIZE_MAX);
	arena_array(a, SIZE_MAX / 2, 4);
}

static bool aborts(void (*what)(void))
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		struct rlimit no_core = { 0, 0 };
		setrlimit(RLIMIT_CORE, &no_core);
		signal(SIGABRT, SIG_DFL);
		what();
		_exit(0);
	}
	int status = 0;
	return waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

int main(void)
{
	enum { N = 2000 };
	static char *p[N];
	CLEANUP(arena_free_p) struct arena *a = arena_new(1 << 24, 1 << 25);
	test_case("allocations are aligned, zeroed and apart, before and after a reset");
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < N; i++) {
			size_t n = i * 37 % 977;
			p[i] = arena_alloc(a, n);
			CHECK((uintptr_t)p[i] % 16 == 0 && zeroed(p[i], n));
			memset(p[i], (int)(i % 255 + 1), n);
		}
		for (size_t i = 0; i < N; i++)
			for (size_t k = 0; k < i * 37 % 977; k++)
				if (p[i][k] != (char)(i % 255 + 1))
					CHECK_FAIL("overwritten by another one");
		arena_reset(a);
		CHECK_INT(arena_used(a), 0);
	}
	test_case("one allocation larger than any block");
	char *big = arena_alloc(a, 5 << 20);
	memset(big, 1, 5 << 20);
	CHECK(arena_used(a) >= 5 << 20);

	test_case("the soft limit is a flag that sticks until the reset");
	struct err err = { 0 };
	CLEANUP(arena_free_p) struct arena *small = arena_new(1000, 100000);
	arena_alloc(small, 900);
	CHECK(!arena_over(small) && arena_check(small, &err));
	arena_alloc(small, 900);
	CHECK(arena_over(small));
	CHECK_ERR(arena_check(small, &err), err, ERR_TOO_LARGE);
	arena_reset(small);
	CHECK(!arena_over(small));

	test_case("past the hard limit, or of an impossible size, the process ends");
	CHECK(aborts(over_the_hard_limit));
	CHECK(aborts(impossible_product));

	test_case("copies and formatted text end in NUL");
	CHECK_STR(arena_copy(a, (struct span){ "abcdef", 3 }), "abc");
	CHECK_STR(arena_copy(a, (struct span){ NULL, 0 }), "");
	struct span s = arena_printf(a, "%s-%05d", "海", 42);
	CHECK_SPAN(s, "海-00042");
	CHECK_STR(s.p, "海-00042");
	return test_end();
}
