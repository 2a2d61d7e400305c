/*
 * What a command costs.
 *
 *	measure FILE COMMAND [ARGUMENT]…
 *
 * Runs the command, writes "SECONDS CPU_SECONDS PEAK_KIB" (wall, user and system, resident set) to FILE and
 * ends with the command's status.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/clock.h"

static double seconds_of(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "measure FILE COMMAND [ARGUMENT]...\n");
		return 2;
	}
	int64_t start = clock_mono_ns();
	pid_t pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	int status;
	struct rusage used;
	if (pid < 0 || wait4(pid, &status, 0, &used) != pid) {
		perror("measure");
		return 1;
	}
	double seconds = (double)(clock_mono_ns() - start) / 1e9;
	FILE *out = fopen(argv[1], "w");
	if (!out || fprintf(out, "%.3f %.3f %ld\n", seconds,
	    seconds_of(used.ru_utime) + seconds_of(used.ru_stime),
			    used.ru_maxrss) < 0 || fclose(out) != 0) {
		perror(argv[1]);
		return 1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
