/* The role `jobs`: two lanes of queued work, each a thread with its own store, and what must happen at
 * times. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/log.h"
#include "os/loop.h"
#include "os/sandbox.h"
#include "role/lease.h"
#include "role/role.h"

enum { LEASE_MS = 5 * 60 * 1000, RENEW_MS = 60 * 1000, IDLE_MS = 500, TICK_RETRY_MS = 60 * 1000,
	TICKS_MAX = 8 };
#define JOB_SOFT ((size_t)256 << 20)
#define JOB_HARD ((size_t)2 << 30)

struct lane {
	const struct role_config *config;
	enum store_lane lane;
	atomic_bool stop;
	pthread_t thread;
};

static struct actor actor_of(const char *name)
{
	return (struct actor){ .who = { .name = span_of(name) }, .local = true };
}

static bool end_job(struct op *op, const struct store_job *j, bool ok, const struct err *why, struct err *err)
{
	if (!op_begin(op, err))
		return false;
	if (ok ? store_job_done(op->tx, j, err) : store_job_failed(op->tx, j, span_of(why->en), err))
		return op_commit(op, err);
	op_rollback(op);
	return false;
}

/* The handler, under a lease that is renewed.  What it committed stands even if the lease was lost. */
static bool run_kept(const struct job_kind *kind, struct op *op, struct store_job *j, struct err *why)
{
	const struct lease_how how = { store_folder(op->store), LEASE_MS, RENEW_MS };
	struct lease *lease = NULL;
	struct err err = { 0 };
	if (!lease_begin(&how, j, &lease, &err))
		log_warn("job.renew", LOG_TEXT("kind", j->kind), LOG_Z("error", err.en));
	bool ok = kind->run(op, j, why);
	op_rollback(op);
	lease_end(lease);
	return ok;
}

static void run_job(struct store *store, struct store_job *j, struct arena *a)
{
	CLEANUP(str_done) struct str name = STR(200);
	struct err why = { 0 }, err = { 0 };
	str_addf(&name, "job:" SPAN_FMT, SPAN_ARG(j->kind));
	struct actor actor = actor_of(str_z(&name));
	struct op op = { .store = store, .actor = &actor, .arena = a, .zh = true };
	const struct job_kind *kind = house_job(j->kind);
	int64_t began = clock_mono_ns();
	bool ok = kind ? run_kept(kind, &op, j, &why) : err_set(&why, ERR_INTERNAL, "没有处理“" SPAN_FMT "”的程序",
							      "nobody handles \"" SPAN_FMT "\"",
							      SPAN_ARG(j->kind));
	if (!end_job(&op, j, ok, &why, &err))
		log_error("job.end", LOG_TEXT("kind", j->kind), LOG_Z("error", err.en));
	if (ok)
		log_info("job.done", LOG_TEXT("kind", j->kind),
			LOG_INT("ms", (clock_mono_ns() - began) / 1000000));
	else
		log_warn("job.failed", LOG_TEXT("kind", j->kind), LOG_Z("error", why.en));
}

/* Runs every tick that is due.  A tick names a moment of wall time; it is waited for by boot time, so that a
 * wall clock that was ahead and is set right does not silence the clocks until it is there again. */
static void run_ticks(struct store *store, struct arena *a, int64_t due[TICKS_MAX])
{
	struct actor actor = actor_of("job:tick");
	const struct job_tick *t;
	for (size_t i = 0; i < TICKS_MAX && (t = house_tick(i)); i++) {
		struct err err = { 0 };
		struct op op = { .store = store, .actor = &actor, .arena = a, .zh = true };
		int64_t next = clock_wall() + TICK_RETRY_MS;
		if (clock_boot() < due[i])
			continue;
		if (!t->run(&op, &next, &err))
			log_warn("tick.failed", LOG_Z("tick", t->name), LOG_Z("error", err.en));
		op_rollback(&op);
		due[i] = clock_boot() + (next - clock_wall());
	}
}

static bool checkpoint(struct op *op, int64_t *ret_next_at, struct err *err)
{
	*ret_next_at = clock_wall() + TIME_HOUR;
	return store_audit_checkpoint(op->store, &op->actor->who, err);
}

const struct job_tick role_ticks[] = { { "audit.checkpoint", checkpoint } };
const size_t role_ticks_count = COUNT(role_ticks);

static bool take_and_run(struct lane *l, struct store *store, struct arena *a)
{
	struct store_job j = { .n = 0 };
	struct err err = { 0 };
	if (!store_job_take(store, l->lane, LEASE_MS, a, &j, &err))
		log_warn("job.take", LOG_Z("error", err.en));
	if (j.n)
		run_job(store, &j, a);
	return j.n != 0;
}

static void *run_lane(void *user)
{
	struct lane *l = user;
	CLEANUP(store_close_p) struct store *store = NULL;
	CLEANUP(arena_free_p) struct arena *a = arena_new(JOB_SOFT, JOB_HARD);
	struct err err = { 0 };
	int64_t due[TICKS_MAX] = { 0 };
	if (!store_open(l->config->folder, STORE_OPEN, &store, &err)) {
		log_error("jobs.store", LOG_Z("error", err.en));
		_exit(err_exit(err.code));
	}
	while (!atomic_load(&l->stop)) {
		arena_reset(a);
		if (l->lane == STORE_SHORT)
			run_ticks(store, a, due);
		if (!take_and_run(l, store, a))
			store_wait(store, IDLE_MS);
	}
	return NULL;
}

static void on_stop(void *user)
{
	loop_end(user);
}

/* /usr/lib: iconv loads its modules when a file in GB18030 comes in. */
static bool enter_sandbox(const char *folder, struct err *err)
{
	const char *const read_write[] = { folder, NULL };
	const char *const read_only[] = { "/proc/self", "/etc", "/usr/share/zoneinfo", "/usr/lib", "/lib",
					    "/dev/urandom", NULL };
	struct sandbox s = { .read_write = read_write, .read_only = read_only };
	return sandbox_enter(&s, err);
}

bool role_jobs(const struct role_config *c, struct err *err)
{
	struct loop *loop;
	struct lane lanes[2] = { { .config = c, .lane = STORE_SHORT }, { .config = c, .lane = STORE_LONG } };
	if (!enter_sandbox(c->folder, err) || !loop_new(&loop, err))
		return false;
	loop_on_stop(loop, on_stop, loop);
	for (size_t i = 0; i < COUNT(lanes); i++)
		if (pthread_create(&lanes[i].thread, NULL, run_lane, &lanes[i]) != 0)
			_exit(err_exit(ERR_INTERNAL));
	log_info("jobs.ready", LOG_INT("lanes", COUNT(lanes)));
	bool ok = loop_run(loop, err);
	for (size_t i = 0; i < COUNT(lanes); i++)
		atomic_store(&lanes[i].stop, true);
	for (size_t i = 0; i < COUNT(lanes); i++)
		pthread_join(lanes[i].thread, NULL);
	loop_free(loop);
	return ok;
}
