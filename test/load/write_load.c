/*
 * Another writer, who commits small changes all the time.
 *
 *	write_load DIR COMMAND [ARGUMENT]…
 *
 * Runs the command and meanwhile commits one change row in the data folder DIR each 5 ms.  Then prints one
 * JSON line: how many, and how long a transaction took from its beginning to its commit.  Ends with the
 * command's status.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "os/clock.h"
#include "store/store.h"

static bool write_one(struct store *s, struct err *err)
{
	static const struct store_actor who = { .user_n = 1, .name = { "bench", 5 } };
	struct store_tx *tx = NULL;
	struct store_change c = { .resource = "bench", .record_n = 1, .record_id = SPAN("bench"),
		.version = 1,
				  .verb = "change", .values =
				  	SPAN("{\"before\":{},\"after\":{\"note\":\"x\"}}") };
	if (!store_begin(s, &who, &tx, err))
		return false;
	if (store_add_change(tx, &c, NULL, err))
		return store_commit(&tx, err);
	store_rollback(&tx);
	return false;
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

int main(int argc, char **argv)
{
	struct err err = { 0 };
	struct store *s = NULL;
	VEC(double) ms = { 0 };
	int status = 0;
	if (argc < 3)
		return 2;
	hash_start();
	clock_start();
	if (!store_open(argv[1], STORE_OPEN, &s, &err)) {
		fprintf(stderr, "write_load: %s\n", err.en);
		return 1;
	}
	pid_t pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, WNOHANG) == 0) {
		int64_t start = clock_mono_ns();
		if (!write_one(s, &err)) {
			fprintf(stderr, "write_load: %s\n", err.en);
			return 1;
		}
		double took = (double)(clock_mono_ns() - start) / 1e6;
		vec_push(&ms, took);
		usleep(5000);
	}
	store_close(s);
	if (ms.n == 0)
		return 1;
	qsort(ms.p, ms.n, sizeof *ms.p, by_size);
	printf("{\"commits\":%zu,\"p50_ms\":%.1f,\"p99_ms\":%.1f,\"max_ms\":%.1f}\n", ms.n, ms.p[ms.n / 2],
	       ms.p[ms.n * 99 / 100], ms.p[ms.n - 1]);
	vec_done(&ms);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
