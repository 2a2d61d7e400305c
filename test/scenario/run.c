/*
 * Tells the stories of a folder, several at a time, each in a process and a data folder of its own, and
 * prints TAP: one case a step; a story ends at its first step that fails.  Usage: run PROGRAM FOLDER
 * [STORY...]
 *
 * SEAWALL_SHARED names the folder of shared data ({shared} in a story); a story that needs a file of it and
 * finds none is skipped.  JOBS limits how many are told at a time.  SCENARIO_KEEP=1 keeps what they wrote.
 */
#include <curl/curl.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "story.h"

enum { STORIES_MAX = 500, STORY_MAX_S = 120 };

struct telling {
	char *folder;
	FILE *out;                     /* what the story's process printed */
	pid_t pid;
};

static int cases, failed;

/* The whole program needs little memory and ends soon: paths are never freed. */
static char *join(const char *folder, const char *name)
{
	char *path;
	if (asprintf(&path, "%s/%s", folder, name) < 0)
		abort();
	return path;
}

static void free_text(char **text)
{
	free(*text);
}

/* May FOLDER/NAME be read? */
static bool can_read(const char *folder, const char *name)
{
	__attribute__((cleanup(free_text))) char *path = join(folder, name);
	return access(path, R_OK) == 0;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static const char *shared_folder(void)
{
	const char *folder = getenv("SEAWALL_SHARED");
	static char full[4096];
	struct stat st;
	folder = folder && *folder ? folder : "../shared";
	return stat(folder, &st) == 0 && realpath(folder, full) ? full : NULL;
}

static void make_work(struct story *s)
{
	char path[240];
	snprintf(s->work, sizeof s->work, "%s/seawall-story-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(s->work)) {
		perror(s->work);
		_exit(99);
	}
	snprintf(s->data, sizeof s->data, "%s/data", s->work);
	snprintf(path, sizeof path, "%s/clock", s->work);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, 2 * sizeof *s->clock) != 0)
		_exit(99);
	s->clock = mmap(NULL, 2 * sizeof *s->clock, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (s->clock == MAP_FAILED || setenv("SEAWALL_CLOCK", path, 1) != 0)
		_exit(99);
}

/* The steps; NULL with a reason when the story must be skipped or cannot be read. */
static const json_t *read_story(const struct story *s, const char *shared, const json_t **ret_story,
	char *why, size_t n)
{
	json_error_t e;
	__attribute__((cleanup(free_text))) char *path = join(s->folder, "story.json");
	const json_t *story = json_load_file(path, JSON_REJECT_DUPLICATES, &e);
	*ret_story = story;
	if (!story) {
		snprintf(why, n, "%s:%d: %s", path, e.line, e.text);
		return NULL;
	}
	const json_t *needs = json_object_get(story, "needs");
	for (size_t i = 0; i < json_array_size(needs); i++) {
		const char *file = json_string_value(json_array_get(needs, i));
		if (!shared || !file || !can_read(shared, file)) {
			snprintf(why, n, "%s is not in SEAWALL_SHARED", file ? file : "?");
			return NULL;
		}
	}
	return json_is_array(story) ? story : json_object_get(story, "steps");
}

static _Noreturn void tell(const char *program, const char *folder)
{
	const char *shared = shared_folder();
	struct story s = { .program = program, .folder = folder, .saved = json_object(),
		.accounts = json_object() };
	const json_t *story;
	char why[700] = "the story has no steps";
	const char *name = strrchr(folder, '/') + 1;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	const json_t *steps = read_story(&s, shared, &story, why, sizeof why);
	if (!steps) {
		printf(story && json_object_get(story, "needs") ? "ok - %s # SKIP %s\n" : "not ok - %s: %s\n",
			name, why);
		fflush(stdout);
		_exit(0);
	}
	make_work(&s);
	json_object_set_new(s.saved, "data", json_string(s.data));
	json_object_set_new(s.saved, "folder", json_string(folder));
	json_object_set_new(s.saved, "work", json_string(s.work));
	json_object_set_new(s.saved, "shared", json_string(shared ? shared : ""));
	story_tell(&s, steps);
	serve_end(&s);
	if (!getenv("SCENARIO_KEEP"))
		nftw(s.work, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	else
		printf("# %s is kept in %s\n", name, s.work);
	fflush(stdout);
	_exit(0);
}

static void start(struct telling *t, const char *program)
{
	t->out = tmpfile();
	if (!t->out) {
		perror("tmpfile");
		exit(99);
	}
	fflush(stdout);
	t->pid = fork();
	if (t->pid == 0) {
		alarm(STORY_MAX_S);
		if (dup2(fileno(t->out), 1) < 0)
			_exit(99);
		tell(program, t->folder);
	}
}

/* Prints what a story said, its cases numbered; how its process ended counts too. */
static void report(struct telling *t, int status)
{
	char line[8192];
	rewind(t->out);
	while (fgets(line, sizeof line, t->out)) {
		bool bad = strncmp(line, "not ok - ", 9) == 0;
		if (bad || strncmp(line, "ok - ", 5) == 0) {
			failed += bad;
			printf("%sok %d%s", bad ? "not " : "", ++cases, line + (bad ? 6 : 2));
		} else {
			fputs(line, stdout);
		}
	}
	fclose(t->out);
	if (status != 0) {
		failed++;
		printf("not ok %d - %s: the story's process ended with wait status %#x%s\n", ++cases,
			strrchr(t->folder, '/') + 1, (unsigned)status,
			WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? " (out of time)" : "");
	}
	fflush(stdout);
	t->pid = 0;
}

static void tell_all(struct telling *all, size_t n, const char *program)
{
	const char *jobs = getenv("JOBS");
	long most = jobs ? strtol(jobs, NULL, 10) : sysconf(_SC_NPROCESSORS_ONLN), running = 0;
	size_t next = 0, done = 0;
	while (done < n) {
		while (next < n && (running < most || running == 0)) {
			start(&all[next++], program);
			running++;
		}
		int status;
		pid_t pid = wait(&status);
		for (size_t i = 0; i < next; i++)
			if (all[i].pid == pid && pid > 0) {
				report(&all[i], status);
				running--;
				done++;
			}
		if (pid < 0)
			break;
	}
}

static bool wanted(const char *name, char **names, int n)
{
	bool yes = n == 0;
	for (int i = 0; i < n; i++)
		yes = yes || strcmp(names[i], name) == 0;
	return yes;
}

static size_t find_stories(const char *folder, char **names, int names_n, struct telling *all)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, NULL, alphasort);
	size_t n = 0;
	for (int i = 0; i < count; i++) {
		char *path = join(folder, entries[i]->d_name);
		if (n < STORIES_MAX && wanted(entries[i]->d_name, names, names_n) &&
			can_read(path, "story.json"))
			all[n++].folder = path;
		else
			free(path);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return n;
}

int main(int argc, char **argv)
{
	static struct telling all[STORIES_MAX];
	static char program[PATH_MAX], folder[PATH_MAX];
	if (argc < 3) {
		fprintf(stderr, "usage: %s PROGRAM FOLDER [STORY...]\n", argv[0]);
		return 2;
	}
	if (!realpath(argv[1], program) || !realpath(argv[2], folder)) {
		perror(argv[1]);
		return 2;
	}
	curl_global_init(CURL_GLOBAL_DEFAULT);
	size_t n = find_stories(folder, argv + 3, argc - 3, all);
	tell_all(all, n, program);
	if (n == 0) {
		printf("not ok 1 - no story in %s\n", folder);
		cases = failed = 1;
	}
	printf("1..%d\n", cases);
	return failed ? 1 : 0;
}
