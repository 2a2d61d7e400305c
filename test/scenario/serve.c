/* The server of a story: the real one, on a free loopback port, in a process group of its own. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "story.h"

enum { START_MAX_MS = 15000, STOP_MAX_MS = 12000, ARGS_MAX = 32 };

static void nap(int ms)
{
	nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000L }, NULL);
}

static int free_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&a, n) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &n) != 0)
		_exit(99);
	close(fd);
	return ntohs(a.sin_port);
}

static _Noreturn void serve_child(struct story *s, char *const *argv)
{
	char path[240];
	snprintf(path, sizeof path, "%s/serve.log", s->work);
	int log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	if (dup2(nothing, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0)
		_exit(126);
	execv(s->program, argv);
	_exit(127);
}

static bool ended(struct story *s)
{
	int status;
	if (s->server && waitpid(s->server, &status, WNOHANG) == s->server) {
		kill(-s->server, SIGKILL);
		s->server = 0;
		return true;
	}
	return s->server == 0;
}

static bool wait_answer(struct story *s)
{
	static const char path[] = "/healthz";
	for (int ms = 0; ms < START_MAX_MS; ms += 20) {
		struct answer a = { 0 };
		bool up = request_send(s, "GET", path, NULL, &a) && a.status == 200;
		answer_done(&a);
		if (up)
			return true;
		if (ended(s))
			return story_fail(s, "the server ended before it answered");
		nap(20);
	}
	return story_fail(s, "no answer 200 to %s within %d s", path, START_MAX_MS / 1000);
}

/* {"serve": true} or {"serve": ["--more", "options"]} */
bool serve_start(struct story *s, const json_t *options)
{
	if (s->server)
		return story_fail(s, "the server is running already");
	char listen[32];
	char *argv[ARGS_MAX + 8] = { NULL };
	const char *fixed[] = { s->program, "serve", "--data", s->data, "--listen", listen };
	size_t n = 0;
	s->port = s->port ? s->port : free_port();
	snprintf(listen, sizeof listen, "127.0.0.1:%d", s->port);
	while (n < sizeof fixed / sizeof fixed[0]) {
		argv[n] = (char *)(uintptr_t)fixed[n];
		n++;
	}
	for (size_t i = 0; i < json_array_size(options) && i < ARGS_MAX; i++)
		argv[n++] = (char *)(uintptr_t)json_string_value(json_array_get(options, i));
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0)
		serve_child(s, argv);
	setpgid(pid, pid);
	s->server = pid;
	json_object_set_new(s->saved, "port", json_integer(s->port));
	return wait_answer(s);
}

/* {"stop": "TERM"} ends the group cleanly, within STOP_MAX_MS and with status 0; {"stop": "KILL"} at once. */
bool serve_stop(struct story *s, const char *signal_name)
{
	bool hard = signal_name && strcmp(signal_name, "KILL") == 0;
	int status = 0;
	if (!s->server)
		return story_fail(s, "no server is running");
	pid_t group = s->server;
	kill(-group, hard ? SIGKILL : SIGTERM);
	for (int ms = 0; ms < STOP_MAX_MS; ms += 10) {
		if (waitpid(group, &status, WNOHANG) == group) {
			bool left = kill(-group, 0) == 0;
			kill(-group, SIGKILL);
			s->server = 0;
			if (!hard && left)
				return story_fail(s, "a role outlived its parent");
			if (!hard && !(WIFEXITED(status) && WEXITSTATUS(status) == 0))
				return story_fail(s, "the server ended with wait status %#x, not cleanly",
					(unsigned)status);
			return true;
		}
		nap(10);
	}
	return story_fail(s, "the server did not end within %d s", STOP_MAX_MS / 1000);
}

/* The process of a role: its command line holds "--role" and then the name. */
static pid_t find_role(pid_t group, const char *role)
{
	char path[64], line[4096];
	FILE *f;
	snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)group, (int)group);
	f = fopen(path, "re");
	if (!f)
		return 0;
	pid_t found = 0;
	while (!found && fgets(line, sizeof line, f)) {
		char *p = line, *end;
		for (long pid = strtol(p, &end, 10); !found && end != p; p = end, pid = strtol(p, &end, 10)) {
			char command[4096] = "";
			snprintf(path, sizeof path, "/proc/%ld/cmdline", pid);
			FILE *c = fopen(path, "re");
			size_t n = c ? fread(command, 1, sizeof command - 1, c) : 0;
			if (c)
				fclose(c);
			for (char *a = command; a < command + n; a += strlen(a) + 1)
				if (strcmp(a, "--role") == 0 && strcmp(a + strlen(a) + 1, role) == 0)
					found = (pid_t)pid;
		}
	}
	fclose(f);
	return found;
}

/* {"kill": "api"}: the role dies at once; its parent starts it again. */
bool serve_kill_role(struct story *s, const char *role)
{
	pid_t pid = s->server ? find_role(s->server, role) : 0;
	if (!pid)
		return story_fail(s, "no process of the role %s", role);
	return kill(pid, SIGKILL) == 0 || story_fail(s, "the role %s cannot be killed", role);
}

void serve_end(struct story *s)
{
	if (!s->server)
		return;
	kill(-s->server, SIGKILL);
	waitpid(s->server, NULL, 0);
	s->server = 0;
}
