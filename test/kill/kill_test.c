/*
 * kill -9 at random moments, fifty times: the role api, the role jobs, the parent, or everything with a
 * running import, in the middle of orders and imports.  Whatever was answered with 2xx must be there
 * afterwards; a file is imported wholly or not at all; nothing is left running; numbers have no gap and no
 * twin; the audit verifies.
 *
 * SEAWALL_SEED repeats a run's random choices; SEAWALL_KILLS makes it longer.
 */
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../support/house.h"

enum { KILLS = 50, MOMENT_US = 60000, HOSTS = 60, UNITS = 25, RETRIES = 60, LIVES_MAX = 4000 };
enum target { KILL_API, KILL_JOBS, KILL_PARENT, KILL_ALL, TARGETS };
static const char *const target_names[] = { "api", "jobs", "the parent", "everything" };

static const struct house_account accounts[] = {
	{ "duty", "duty_officer", "CITY" },
	{ "liaison", "unit_liaison", "A1" },
};

/* One finding's way: how far it has come by answers with 2xx. */
enum stage { NOTHING, REPORTED, ORDERED, ACKNOWLEDGED, ANSWERED, VERIFIED };
struct life {
	char finding[40], order[40];
	enum stage stage;
};
static struct life lives[LIVES_MAX];
static size_t n_lives;
static int kills, requests, retries;

struct file_import {
	pid_t pid;
	bool units;
	int number;
};
enum { IMPORTS_MAX = 200 };
static struct {
	bool units, done; /* done: it ended with 0 */
} imports[IMPORTS_MAX];
static int n_imports;

/* splitmix64: the same rolls from the same seed */
static uint64_t dice;
static long roll(void)
{
	uint64_t z = dice += 0x9e3779b97f4a7c15;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (long)(z >> 33);
}

static void nap_us(long us)
{
	nanosleep(&(struct timespec){ us / 1000000, us % 1000000 * 1000 }, NULL);
}

/* ---- traffic ---- */

/* Starts the server again if its parent is gone. */
static void revive(struct story *s)
{
	int status;
	if (s->server && waitpid(s->server, &status, WNOHANG) == s->server) {
		kill(-s->server, SIGKILL);
		s->server = 0;
	}
	if (!s->server && !serve_start(s, NULL)) {
		printf("# %s\n", s->why);
		s->server = 0;
	}
}

/* The same request with the same key, until somebody answers. */
static long insist(struct story *s, struct ask a, struct answer *ret)
{
	char key[40];
	static int number;
	snprintf(key, sizeof key, "k-%d-%d", (int)getpid(), ++number);
	a.key = key;
	requests++;
	for (int i = 0; i < RETRIES; i++) {
		revive(s);
		long code = house_ask(s, &a, ret);
		if (code > 0 && code != 503)
			return code;
		retries++;
		answer_done(ret);
		nap_us(50000);
	}
	return -1;
}

static void expect(struct story *s, const struct ask *a, long want, struct answer *ret)
{
	long code = insist(s, *a, ret);
	if (code != want)
		printf("# %s %s: %ld, not %ld: %.500s\n", a->method, a->path, code, want,
			ret->body ? ret->body : s->why);
	CHECK(code == want);
}

static void copy_id(const json_t *from, const char *pointer, char to[40])
{
	const char *id = json_string_value(value_at(from, pointer));
	snprintf(to, 40, "%s", id ? id : "");
}

static void report(struct story *s, struct life *l)
{
	struct answer a = { 0 };
	json_object_set_new(s->saved, "title", json_sprintf("kill-%zu", n_lives));
	expect(s,
		&(struct ask){ "duty", "POST", "/api/v1/findings",
			.json = "{\"unit_id\":\"{a1}\",\"kind\":\"report\",\"severity\":\"high\",\"title\":"
				"\"{title}\"}" },
		201, &a);
	copy_id(a.json, "/id", l->finding);
	l->stage = REPORTED;
	answer_done(&a);
}

/* The first attempt may have issued the order and died before it said so: then the finding names it. */
static void dispatch(struct story *s, struct life *l)
{
	struct answer a = { 0 };
	json_object_set_new(s->saved, "finding", json_string(l->finding));
	expect(s,
		&(struct ask){ "duty", "POST", "/api/v1/findings/order",
			.json = "{\"ids\":[\"{finding}\"],\"text\":\"t\"}" },
		200, &a);
	copy_id(a.json, "/orders/0/id", l->order);
	answer_done(&a);
	if (!l->order[0]) {
		expect(s, &(struct ask){ "duty", "GET", "/api/v1/findings/{finding}" }, 200, &a);
		copy_id(a.json, "/order_id", l->order);
		answer_done(&a);
	}
	CHECK(l->order[0] != '\0');
	l->stage = ORDERED;
}

static void advance(struct story *s, struct life *l)
{
	static const struct {
		const char *as, *path, *json;
	} verbs[] = {
		[ORDERED] = { "liaison", "/api/v1/orders/{order}/acknowledge", "{}" },
		[ACKNOWLEDGED] = { "liaison", "/api/v1/orders/{order}/answer",
			"{\"text\":\"t\",\"claim\":\"mitigated\"}" },
		[ANSWERED] = { "duty", "/api/v1/orders/{order}/verify", "{}" },
	};
	struct answer a = { 0 };
	json_object_set_new(s->saved, "order", json_string(l->order));
	expect(s,
		&(struct ask){
			verbs[l->stage].as, "POST", verbs[l->stage].path, .json = verbs[l->stage].json },
		200, &a);
	answer_done(&a);
	l->stage++;
}

/* One step of some life: a new one, or one of the last few goes on. */
static void one_request(struct story *s)
{
	size_t back = (size_t)(roll() % 6);
	struct life *l = n_lives > back ? &lives[n_lives - 1 - back] : NULL;
	if (!l || l->stage == VERIFIED || roll() % 4 == 0) {
		l = &lives[n_lives < LIVES_MAX ? n_lives++ : LIVES_MAX - 1];
		*l = (struct life){ .stage = NOTHING };
	}
	if (l->stage == NOTHING)
		report(s, l);
	else if (l->stage == REPORTED)
		dispatch(s, l);
	else
		advance(s, l);
}

/* ---- imports ---- */

static void write_file(const char *path, int number, bool of_units)
{
	FILE *f = fopen(path, "we");
	if (!f)
		abort();
	fputs(of_units ? "code,name,parent,division,kind,sector,uscc\n"
		       : "unit,system,host,address,exposure,importance,software,vendor,version,cpe\n",
		f);
	for (int i = 0; i < (of_units ? UNITS : HOSTS); i++)
		if (of_units)
			fprintf(f, "F%d-%d,file %d unit %d,A2,440823,public_body,water,\n", number, i, number,
				i);
		else
			fprintf(f, "A2,,f%d-%d,,internal,low,nginx,f5,1.%d,\n", number, i, i);
	fclose(f);
}

static struct file_import start_import(struct story *s)
{
	struct file_import f = { .number = n_imports, .units = roll() % 2 };
	char path[260];
	snprintf(path, sizeof path, "%s/file-%d.csv", s->work, f.number);
	write_file(path, f.number, f.units);
	imports[n_imports < IMPORTS_MAX - 1 ? n_imports++ : n_imports].units = f.units;
	fflush(stdout);
	f.pid = fork();
	if (f.pid == 0) {
		FILE *nothing = freopen("/dev/null", "w", stdout);
		(void)nothing;
		execl(s->program, s->program, "import", f.units ? "units" : "assets", path, "--data", s->data,
			(char *)NULL);
		_exit(127);
	}
	return f;
}

static void end_import(struct file_import *f)
{
	int status = 0;
	if (f->pid <= 0)
		return;
	for (int i = 0; i < 3000 && waitpid(f->pid, &status, WNOHANG) == 0; i++)
		nap_us(10000);
	imports[f->number].done = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
		printf("# import %d ended with %d\n", f->number, WEXITSTATUS(status));
}

/* ---- killing ---- */

static pid_t role_of(struct story *s, const char *role)
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

/* A process of its own strikes while this one sends requests. */
static pid_t send_killer(struct story *s, enum target t, long after_us, pid_t import)
{
	pid_t victim = 0;
	for (int i = 0; i < 400 && victim <= 0; i++) {
		revive(s);                     /* the blow before this one may have been late */
		victim = t == KILL_API || t == KILL_JOBS ? role_of(s, target_names[t]) : s->server;
		if (victim <= 0)
			nap_us(5000);          /* it is about to start */
	}
	fflush(stdout);
	pid_t pid = victim > 0 ? fork() : -1;
	if (pid != 0)
		return pid;
	nap_us(after_us);
	if (t == KILL_ALL && import > 0)
		kill(import, SIGKILL);
	kill(t == KILL_ALL ? -victim : victim, SIGKILL);
	_exit(0);
}

static void one_round(struct story *s, enum target t)
{
	struct file_import f = { 0 };
	if (roll() % 10 < 7)
		f = start_import(s);
	pid_t killer = send_killer(s, t, roll() % MOMENT_US, f.pid);
	CHECK(killer > 0);
	while (killer > 0 && waitpid(killer, NULL, WNOHANG) == 0)
		one_request(s);
	kills += killer > 0;
	one_request(s);
	end_import(&f);
}

/* ---- afterwards ---- */

static sqlite3 *db;

static long long one_number(const char *query)
{
	sqlite3_stmt *st = NULL;
	long long n = -1;
	if (sqlite3_prepare_v2(db, query, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	else
		printf("# %s: %s\n", query, sqlite3_errmsg(db));
	sqlite3_finalize(st);
	return n;
}

static long long count(const char *fmt, ...) FORMAT(1, 2);
static long long count(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *text = sqlite3_vmprintf(fmt, ap);
	va_end(ap);
	long long n = one_number(text);
	sqlite3_free(text);
	return n;
}

/* Leases of dead workers run out (the clock is moved), the others take their work. */
static void settle(struct story *s)
{
	test_case("nothing is left half done or running");
	for (int i = 0; i < 2; i++)
		__atomic_add_fetch(&s->clock[i], 15 * 60 * 1000, __ATOMIC_SEQ_CST);
	long long left = -1;
	for (int i = 0; i < 200 && left != 0; i++) {
		left = one_number("SELECT (SELECT count(*) FROM import_plans WHERE state IN ('received', "
				  "'building', 'applying'))"
				  " + (SELECT count(*) FROM jobs WHERE state='running' OR (state='waiting' "
				  "AND kind LIKE 'import%'))");
		nap_us(100000);
	}
	if (left != 0)
		printf("# plans building or applying %lld, jobs %lld\n",
			one_number("SELECT count(*) FROM import_plans WHERE state IN ('received', "
				   "'building', 'applying')"),
			one_number("SELECT count(*) FROM jobs"));
	CHECK_INT(left, 0);
	CHECK_INT(one_number("SELECT count(*) FROM jobs WHERE state='failed'"), 0);
}

static void check_imports(void)
{
	int whole = 0;
	test_case("files are imported wholly or not at all");
	for (int i = 0; i < n_imports; i++) {
		bool units = imports[i].units;
		long long want = units ? UNITS : HOSTS,
			  got = units ? count("SELECT count(*) FROM units WHERE code LIKE 'F%d-%%'", i)
				      : count("SELECT count(*) FROM assets WHERE name LIKE 'f%d-%%'", i);
		long long software = units
			? got
			: count("SELECT count(*) FROM software w JOIN assets a ON a.n=w.asset_n"
				" WHERE a.name LIKE 'f%d-%%' AND w.removed_at IS NULL",
				  i);
		if ((got != 0 && got != want) || software != got || (imports[i].done && got != want))
			printf("# file %d (%s): %lld of %lld rows, %lld software, the command %s\n", i,
				units ? "units" : "assets", got, want, software,
				imports[i].done ? "said it was done" : "was killed");
		CHECK(got == 0 || got == want);
		CHECK(software == got);
		CHECK(!imports[i].done || got == want);
		whole += got == want;
	}
	printf("# %d files, %d of them wholly in\n", n_imports, whole);
}

static void check_lives(void)
{
	static const char *const states[] = { [ORDERED] = "sent",
		[ACKNOWLEDGED] = "handling",
		[ANSWERED] = "answered",
		[VERIFIED] = "verified" };
	size_t by_stage[VERIFIED + 1] = { 0 };
	test_case("every write that was answered is there, once");
	for (size_t i = 0; i < n_lives; i++) {
		const struct life *l = &lives[i];
		by_stage[l->stage]++;
		CHECK(l->stage < REPORTED ||
			count("SELECT count(*) FROM findings WHERE id='%s'", l->finding) == 1);
		bool there = l->stage < ORDERED ||
			count("SELECT count(*) FROM orders WHERE id='%s' AND state='%s'", l->order,
				states[l->stage]) == 1;
		if (!there)
			printf("# order %s is not %s\n", l->order, states[l->stage]);
		CHECK(there);
	}
	CHECK_INT(one_number("SELECT count(*) FROM findings"), n_lives);
	CHECK_INT(one_number("SELECT count(*) FROM orders"),
		by_stage[ORDERED] + by_stage[ACKNOWLEDGED] + by_stage[ANSWERED] + by_stage[VERIFIED]);
	CHECK_INT(one_number("SELECT count(*) FROM (SELECT title FROM findings GROUP BY title HAVING "
			     "count(*) > 1)"),
		0);
	printf("# %zu findings, %zu of them verified; %d requests, %d sent again\n", n_lives,
		by_stage[VERIFIED], requests, retries);
}

static void check_store(struct story *s)
{
	test_case("numbers have no gap and no twin");
	CHECK_INT(one_number("SELECT count(DISTINCT number) FROM orders"),
		one_number("SELECT count(*) FROM orders"));
	CHECK_INT(one_number(
			  "SELECT max(CAST(substr(number, instr(number, '〕') + 1) AS INTEGER)) FROM orders"),
		one_number("SELECT count(*) FROM orders"));
	test_case("the database is sound, steps fit the states");
	CHECK_INT(one_number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"), 0);
	CHECK_INT(one_number("SELECT count(*) FROM orders o WHERE o.state <> (SELECT to_state FROM steps t "
			     "WHERE t.resource='order'"
			     " AND t.record_n=o.n ORDER BY t.n DESC LIMIT 1)"),
		0);
	test_case("the audit verifies");
	int status = house_run(s, NULL, NULL, "audit", "verify", NULL);
	if (status != 0)
		printf("# %s\n", house_note(s));
	CHECK_INT(status, 0);
}

int main(int argc, char **argv)
{
	static struct story s;
	char path[300];
	const char *seed_text = getenv("SEAWALL_SEED"), *more = getenv("SEAWALL_KILLS");
	unsigned seed = seed_text ? (unsigned)strtoul(seed_text, NULL, 10)
				  : (unsigned)time(NULL) ^ (unsigned)getpid();
	int want = more ? (int)strtol(more, NULL, 10) : KILLS;
	if (argc < 2) {
		fprintf(stderr, "usage: %s PROGRAM\n", argv[0]);
		return 2;
	}
	printf("# SEAWALL_SEED=%u\n", seed);
	dice = seed;
	house_make(&s, argv[1], accounts, COUNT(accounts));
	snprintf(path, sizeof path, "%s/store/seawall.db", s.data);
	house_serve(&s);
	/* A role comes back after a second, and later at each further death: it dies once in the life of a
	 * parent. */
	for (int i = 0; kills < want && i < 2 * want; i++) {
		static const enum target order[] = { KILL_ALL, KILL_API, KILL_ALL, KILL_JOBS, KILL_PARENT,
			KILL_JOBS, KILL_ALL, KILL_PARENT };
		enum target t = order[i % (int)COUNT(order)];
		test_case("kill -9 number %d: %s", kills + 1, target_names[t]);
		one_round(&s, t);
	}
	test_case("as many kills as wanted");
	CHECK(kills >= want);
	CHECK(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	one_request(&s);
	settle(&s);
	check_imports();
	check_lives();
	check_store(&s);
	sqlite3_close(db);
	HOUSE_END(&s);
	return test_end();
}
