#include "role/lease.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "os/log.h"

struct lease {
	struct lease_how how;
	struct store_job job;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t moved;
	bool stop, lost;                                   /* under the lock */
};

/* Waits until the next time to renew; false: it is over. */
static bool wait_turn(struct lease *l)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	int64_t ns = until.tv_nsec + l->how.every_ms % 1000 * 1000000;
	until.tv_sec += (time_t)(l->how.every_ms / 1000 + ns / 1000000000);
	until.tv_nsec = (long)(ns % 1000000000);
	pthread_mutex_lock(&l->lock);
	for (int rc = 0; !l->stop && rc == 0;)
		rc = pthread_cond_timedwait(&l->moved, &l->lock, &until);
	bool stop = l->stop;
	pthread_mutex_unlock(&l->lock);
	return !stop;
}

/* The store is opened when it is first needed: most jobs end long before.  Whatever fails is tried again next
 * time, but a lost lease does not come back. */
static void *renew(void *user)
{
	struct lease *l = user;
	CLEANUP(store_close_p) struct store *store = NULL;
	while (wait_turn(l)) {
		struct err err = { 0 };
		if ((store || store_open(l->how.folder, STORE_OPEN, &store, &err)) &&
			store_job_renew(store, &l->job, l->how.lease_ms, &err))
			continue;
		if (err.code != ERR_CONFLICT) {
			log_warn("job.renew", LOG_TEXT("kind", l->job.kind), LOG_Z("error", err.en));
			continue;
		}
		log_error("job.lease_lost", LOG_TEXT("kind", l->job.kind),
			LOG_INT("attempt", l->job.attempts));
		pthread_mutex_lock(&l->lock);
		l->lost = true;
		pthread_mutex_unlock(&l->lock);
		break;
	}
	return NULL;
}

bool lease_begin(const struct lease_how *how, const struct store_job *j, struct lease **ret, struct err *err)
{
	struct lease *l = calloc(1, sizeof *l);
	pthread_condattr_t monotonic;
	if (!l)
		abort();
	l->how = *how;
	l->job = *j;
	pthread_mutex_init(&l->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&l->moved, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (pthread_create(&l->thread, NULL, renew, l) == 0) {
		*ret = l;
		return true;
	}
	pthread_cond_destroy(&l->moved);
	pthread_mutex_destroy(&l->lock);
	free(l);
	return err_set(err, ERR_INTERNAL, "无法建立续租线程", "no thread could be made to renew the lease");
}

bool lease_end(struct lease *l)
{
	if (!l)
		return false;
	pthread_mutex_lock(&l->lock);
	l->stop = true;
	pthread_cond_signal(&l->moved);
	pthread_mutex_unlock(&l->lock);
	pthread_join(l->thread, NULL);
	bool lost = l->lost;
	pthread_cond_destroy(&l->moved);
	pthread_mutex_destroy(&l->lock);
	free(l);
	return lost;
}
