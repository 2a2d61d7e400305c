/*
 * What may go wrong around the program: two servers on one folder, a newer database, a clock that jumps, a
 * full disk, a role that dies.  Each ends in an error that says so, or in nothing at all, and then all goes
 * on.
 */
#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "../support/house.h"

enum { DAY_MS = 86400000 };

static const struct house_account accounts[] = {
	{ "duty", "duty_officer", "CITY" },
	{ "liaison", "unit_liaison", "A1" },
};

static void nap(int ms)
{
	nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000L }, NULL);
}

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static long health(struct story *s)
{
	return house_ask(s, &(struct ask){ NULL, "GET", "/healthz" }, NULL);
}

static void two_servers(struct story *s)
{
	char *said = NULL;
	test_case("a second serve on the folder is refused after it waited, the first goes on");
	int64_t began = now_ms();
	int status = house_run(s, NULL, &said, "serve", "--listen", "127.0.0.1:0", NULL);
	CHECK_INT(status, 75);
	CHECK(now_ms() - began >= 4000 && now_ms() - began < 20000);
	CHECK(said && strstr(said, s->data));
	CHECK_INT(health(s), 200);
	free(said);

	test_case("a second serve takes over from one that is dying");
	struct story second = *s;
	second.server = 0;
	second.port = 0;
	second.why[0] = '\0';
	pid_t first = s->server, helper = fork();
	if (helper == 0) {
		nap(700);
		kill(-first, SIGTERM);
		_exit(0);
	}
	bool up = serve_start(&second, NULL);
	if (!up)
		printf("# %s\n", second.why);
	CHECK(up);
	CHECK(waitpid(helper, NULL, 0) == helper);
	int ended = -1;
	CHECK(waitpid(first, &ended, 0) == first && WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
	s->server = second.server;
	s->port = second.port;
	CHECK_INT(health(s), 200);
}

static bool run_sql(struct story *s, const char *sql)
{
	char path[300], *error = NULL;
	sqlite3 *db = NULL;
	snprintf(path, sizeof path, "%s/store/seawall.db", s->data);
	bool ok = sqlite3_open(path, &db) == SQLITE_OK && sqlite3_busy_timeout(db, 5000) == SQLITE_OK &&
		sqlite3_exec(db, sql, NULL, NULL, &error) == SQLITE_OK;
	if (!ok)
		printf("# %s: %s\n", sql, error ? error : "?");
	sqlite3_free(error);
	sqlite3_close(db);
	return ok;
}

static void newer_schema(struct story *s)
{
	char *said = NULL;
	test_case("data of a newer program is refused by every command, and untouched");
	CHECK(house_stop(s));
	CHECK(run_sql(s,
		"INSERT INTO migrations (version, name, checksum, applied_at) VALUES (9000, "
		"'9000_future.sql', 'x', 1)"));
	CHECK_INT(house_run(s, NULL, &said, "serve", "--listen", "127.0.0.1:0", NULL), 76);
	CHECK(said && strstr(said, "9000"));
	free(said);
	CHECK_INT(house_run(s, NULL, NULL, "unit", "list", NULL), 76);
	CHECK_INT(house_run(s, NULL, NULL, "init", NULL), 76);
	CHECK(run_sql(s, "DELETE FROM migrations WHERE version=9000"));
	CHECK_INT(house_run(s, NULL, NULL, "unit", "list", NULL), 0);
	house_serve(s);
}

/* ---- clocks ---- */

static long long level(struct story *s)
{
	char *said = NULL;
	HOUSE_NEED(house_run(s, NULL, &said, "order", "show", house_saved(s, "order"), "--json", NULL) == 0);
	json_t *order = json_loads(said ? said : "", 0, NULL);
	long long n = json_integer_value(json_object_get(order, "level"));
	json_decref(order);
	free(said);
	return n;
}

static void move_clock(struct story *s, int64_t wall, int64_t boot)
{
	__atomic_add_fetch(&s->clock[0], wall, __ATOMIC_SEQ_CST);
	__atomic_add_fetch(&s->clock[1], boot, __ATOMIC_SEQ_CST);
}

static void make_order(struct story *s)
{
	CHECK_INT(house_do(s,
			  &(struct ask){ "duty", "POST", "/api/v1/findings",
				  .json = "{\"unit_id\":\"{a1}\",\"kind\":\"report\",\"severity\":\"high\","
					  "\"title\":\"late\"}" },
			  "finding /id"),
		201);
	CHECK_INT(house_do(s,
			  &(struct ask){ "duty", "POST", "/api/v1/findings/order",
				  .json = "{\"ids\":[\"{finding}\"],\"text\":\"t\"}" },
			  "order /orders/0/id"),
		200);
}

static void jumping_clock(struct story *s)
{
	test_case("a wall clock that jumps a month escalates nothing");
	make_order(s);
	nap(1200); /* the clocks are looked at */
	move_clock(s, 30LL * DAY_MS, 0);
	nap(2500);
	CHECK_INT(level(s), 0);
	test_case("set right again, still nothing");
	move_clock(s, -30LL * DAY_MS, 0);
	nap(1500);
	CHECK_INT(level(s), 0);
	test_case("a month that truly passes escalates");
	move_clock(s, 30LL * DAY_MS, 30LL * DAY_MS);
	long long got = 0;
	for (int i = 0; i < 150 && got == 0; i++) {
		nap(100);
		got = level(s);
	}
	CHECK(got > 0);
	move_clock(s, -30LL * DAY_MS, -30LL * DAY_MS);
}

/* ---- roles ---- */

static pid_t role_pid(struct story *s, const char *role)
{
	char path[64], line[256] = "";
	snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)s->server, (int)s->server);
	FILE *f = fopen(path, "re");
	if (!f || !fgets(line, sizeof line, f))
		line[0] = '\0';
	if (f)
		fclose(f);
	char *p = line, *end;
	for (long pid = strtol(p, &end, 10); end != p; p = end, pid = strtol(p, &end, 10)) {
		char command[512] = "";
		snprintf(path, sizeof path, "/proc/%ld/cmdline", pid);
		FILE *c = fopen(path, "re");
		size_t n = c ? fread(command, 1, sizeof command - 1, c) : 0;
		if (c)
			fclose(c);
		for (char *a = command; a < command + n; a += strlen(a) + 1)
			if (strcmp(a, "--role") == 0 && strcmp(a + strlen(a) + 1, role) == 0)
				return (pid_t)pid;
	}
	return 0;
}

static void dying_roles(struct story *s)
{
	static const char *const roles[] = { "api", "jobs" };
	for (size_t i = 0; i < COUNT(roles); i++) {
		test_case("the role %s dies and is started again with another process id", roles[i]);
		pid_t before = role_pid(s, roles[i]), after = before;
		CHECK(before > 0 && kill(before, SIGKILL) == 0);
		for (int k = 0; k < 500 && (after == 0 || after == before); k++) {
			nap(20);
			after = role_pid(s, roles[i]);
		}
		CHECK(after > 0 && after != before);
		CHECK(getpgid(after) == s->server);
		long status = -1;
		for (int k = 0; k < 250 && status != 200; k++, nap(20))
			status = health(s);
		CHECK_INT(status, 200);
	}
}

/* ---- a full disk ---- */

static bool fill(const char *folder, char *name, size_t n)
{
	static const char block[65536];
	snprintf(name, n, "%s/filler", folder);
	int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	for (size_t size = sizeof block; size > 0; size /= 2)
		while (write(fd, block, size) == (ssize_t)size)
			continue;
	bool full = errno == ENOSPC;
	close(fd);
	return full;
}

static long report(struct story *s, struct answer *ret)
{
	return house_ask(s,
		&(struct ask){ "duty", "POST", "/api/v1/findings",
			.json = "{\"unit_id\":\"{a1}\",\"kind\":\"report\",\"severity\":\"high\",\"title\":"
				"\"on a full disk\"}" },
		ret);
}

static void full_disk(struct story *s, const char *folder)
{
	char filler[300];
	test_case("a full disk is an error that says so; nobody dies of it");
	house_serve(s);
	struct answer a = { 0 };
	long status = report(s, NULL);
	pid_t api = role_pid(s, "api"), jobs = role_pid(s, "jobs");
	CHECK_INT(status, 201);
	CHECK(fill(folder, filler, sizeof filler));
	int written = 0;
	for (status = 201; status == 201 && written < 2000; written++) {
		answer_done(&a);
		status = report(s, &a);
	}
	if (status != 507)
		printf("# %ld %s\n", status, a.body ? a.body : "");
	CHECK_INT(status, 507);
	answer_done(&a);
	CHECK(house_ask(s, &(struct ask){ "duty", "GET", "/api/v1/findings" }, NULL) == 200);
	CHECK(role_pid(s, "api") == api && role_pid(s, "jobs") == jobs);
	test_case("with room again all goes on");
	CHECK(unlink(filler) == 0);
	status = report(s, NULL);
	CHECK_INT(status, 201);
	CHECK(role_pid(s, "api") == api);
	CHECK(house_stop(s));
	status = house_run(s, NULL, NULL, "audit", "verify", NULL);
	if (status != 0)
		printf("# %s\n", house_note(s));
	CHECK_INT(status, 0);
}

/* A small file system of our own, where this process may make one. */
static void small_disk(struct story *s)
{
	char folder[216];
	snprintf(folder, sizeof folder, "%s/small", s->work);
	if (strlen(folder) > sizeof folder - 8 || mkdir(folder, 0700) != 0 ||
		mount("tmpfs", folder, "tmpfs", 0, "size=24m") != 0) {
		test_skip("a full disk", "this process may not mount a small file system");
		return;
	}
	snprintf(s->data, sizeof s->data, "%s/data", folder);
	house_fill(s, accounts, COUNT(accounts));
	full_disk(s, folder);
	serve_end(s);
	test_case("the small file system is given back");
	CHECK(umount2(folder, MNT_DETACH) == 0);
}

static void stops_in_time(struct story *s)
{
	test_case("SIGTERM to the group ends all of it within 10 s");
	int64_t began = now_ms();
	pid_t group = s->server;
	CHECK(house_stop(s));
	CHECK(now_ms() - began < 10000);
	CHECK(kill(-group, 0) != 0);
}

int main(int argc, char **argv)
{
	static struct story s;
	if (argc < 2) {
		fprintf(stderr, "usage: %s PROGRAM\n", argv[0]);
		return 2;
	}
	house_make(&s, argv[1], accounts, COUNT(accounts));
	house_serve(&s);
	two_servers(&s);
	newer_schema(&s);
	jumping_clock(&s);
	dying_roles(&s);
	stops_in_time(&s);
	small_disk(&s);
	test_case("every answer is as openapi.json says, all that the test stands on was there");
	CHECK_INT(house_undocumented, 0);
	CHECK_INT(house_broken, 0);
	return test_end();
}
