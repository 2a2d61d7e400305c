/* Commands: running the program with arguments and input, and what it must answer. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "story.h"

enum { ARGS_MAX = 64, OUTPUT_MAX = 16 << 20, RUN_MAX_S = 120 };

void output_done(struct output *o)
{
	free(o->out);
	free(o->err);
	*o = (struct output){ 0 };
}

/* The child's side: never returns. */
static _Noreturn void run_child(struct story *s, char *const *argv, const int fds[3])
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int i = 0; i < 3; i++)
		if (dup2(fds[i], i) < 0)
			_exit(126);
	if (chdir(s->folder) != 0)
		_exit(126);
	signal(SIGPIPE, SIG_DFL);
	execv(s->program, argv);
	_exit(127);
}

/* A file without a name that holds the input, at its start. */
static int input_file(struct story *s, const char *bytes, size_t n)
{
	char path[240];
	snprintf(path, sizeof path, "%s/stdin-XXXXXX", s->work);
	int fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0 || unlink(path) != 0 || write(fd, bytes, n) != (ssize_t)n || lseek(fd, 0, SEEK_SET) != 0) {
		perror(path);
		_exit(99);
	}
	return fd;
}

static char *slurp(int fd, size_t *ret_n)
{
	off_t size = lseek(fd, 0, SEEK_END);
	size_t n = size > OUTPUT_MAX ? OUTPUT_MAX : (size_t)size;
	char *p = calloc(1, n + 1);
	if (!p || pread(fd, p, n, 0) != (ssize_t)n)
		_exit(99);
	*ret_n = n;
	return p;
}

/* Waits, at most RUN_MAX_S; a command that hangs is ended. */
static int wait_for(pid_t pid)
{
	int status = 0;
	for (int i = 0; waitpid(pid, &status, WNOHANG) == 0; i++) {
		if (i > RUN_MAX_S * 200)
			kill(pid, SIGKILL);
		nanosleep(&(struct timespec){ 0, i < 100 ? 1000000 : 5000000 }, NULL);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

bool command_run(struct story *s, const json_t *args, const json_t *input, struct output *ret)
{
	char *argv[ARGS_MAX + 4];
	size_t n = json_array_size(args);
	if (n == 0 || n > ARGS_MAX)
		return story_fail(s, "a command has 1 to %d arguments", ARGS_MAX);
	argv[0] = (char *)(uintptr_t)s->program;
	for (size_t i = 0; i < n; i++) {
		const char *text = json_string_value(json_array_get(args, i));
		if (!text)
			return story_fail(s, "argument %zu is no text", i);
		argv[i + 1] = (char *)(uintptr_t)text;
	}
	argv[n + 1] = NULL;
	int fds[3] = {
		input_file(s, json_is_string(input) ? json_string_value(input) : "",
			json_string_length(input)),
		input_file(s, "", 0),
		input_file(s, "", 0),
	};
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0)
		run_child(s, argv, fds);
	ret->status = pid < 0 ? 999 : wait_for(pid);
	ret->out = slurp(fds[1], &ret->out_n);
	ret->err = slurp(fds[2], &ret->err_n);
	for (int i = 0; i < 3; i++)
		close(fds[i]);
	return true;
}

static bool check_output(struct story *s, const json_t *step, const struct output *o)
{
	char why[3000];
	json_int_t want = json_integer_value(json_object_get(step, "exit"));
	if (o->status != want)
		return story_fail(s, "exit status %d, not %d; it said: %.1500s%.1500s", o->status, (int)want,
			o->out, o->err);
	const json_t *out = json_object_get(step, "out"), *err = json_object_get(step, "err_has");
	if (out && !value_in_text(out, o->out, why, sizeof why))
		return story_fail(s, "standard output %s", why);
	if (err && !value_in_text(err, o->err, why, sizeof why))
		return story_fail(s, "standard error %s", why);
	const char *name;
	json_t *regex;
	json_object_foreach(json_object_get(step, "save"), name, regex) {
		json_t *v = value_group(json_string_value(regex), o->out);
		if (!v)
			return story_fail(s, "no \"%s\" to save as %s in: %.2000s", json_string_value(regex),
				name, o->out);
		json_object_set_new(s->saved, name, v);
	}
	return true;
}

/* {"cli": […], "exit": 0, "out": …, "err_has": …, "stdin": …, "save": {name: regex}, "data": false}; step is
 * expanded. */
bool command_step(struct story *s, const json_t *step)
{
	json_t *args = json_copy(json_object_get(step, "cli"));
	if (!json_is_false(json_object_get(step, "data"))) {
		json_array_append_new(args, json_string("--data"));
		json_array_append_new(args, json_string(s->data));
	}
	struct output o = { 0 };
	bool ok = command_run(s, args, json_object_get(step, "stdin"), &o) && check_output(s, step, &o);
	output_done(&o);
	json_decref(args);
	return ok;
}

static json_t *make_password(void)
{
	uint64_t r[2];
	char text[48];
	if (getrandom(r, sizeof r, 0) != sizeof r)
		abort();
	snprintf(text, sizeof text, "Sw-%016llx-%016llx", (unsigned long long)r[0], (unsigned long long)r[1]);
	return json_string(text);
}

/* {"account": NAME, "role": …, "unit": …} makes an account; {"account": NAME, "password": …} knows one that
 * exists. */
bool account_step(struct story *s, const json_t *step)
{
	const char *name = json_string_value(json_object_get(step, "account"));
	json_t *password = json_object_get(step, "password");
	json_t *account = json_object();
	json_object_set_new(s->accounts, name, account);
	if (password) {
		json_object_set(account, "password", password);
		return true;
	}
	password = make_password();
	json_object_set_new(account, "password", password);
	json_t *args = json_pack("[ssssssssss]", "user", "add", name, "--role",
		json_string_value(json_object_get(step, "role")), "--unit",
		json_string_value(json_object_get(step, "unit")), "--password-stdin", "--data", s->data);
	if (!args)
		return story_fail(s, "an account needs a role and a unit");
	struct output o = { 0 };
	bool ok = command_run(s, args, password, &o);
	if (ok && o.status != 0)
		ok = story_fail(s, "user add ended with %d: %s%s", o.status, o.out, o.err);
	output_done(&o);
	json_decref(args);
	return ok;
}
