/*
 * A fixed set of threads and two lists under one lock: what waits for a worker (bounded), and what waits for
 * the loop.
 */
#include "net/http_impl.h"

#include <stdlib.h>

enum { WORKERS_MAX = 16, QUEUE_PER_WORKER = 64 };

struct list {
	struct http_task *first, **end;
	size_t n;
};

struct http_workers {
	struct http_server *server;
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct list waiting, slow, done;
	size_t max, n_threads, at_slow;                   /* at_slow: threads that work on slow requests */
	bool ending;
	pthread_t threads[WORKERS_MAX];
};

static void list_init(struct list *l)
{
	*l = (struct list){ .end = &l->first };
}

static void list_add(struct list *l, struct http_task *t)
{
	t->next = NULL;
	*l->end = t;
	l->end = &t->next;
	l->n++;
}

static struct http_task *list_take_all(struct list *l)
{
	struct http_task *first = l->first;
	list_init(l);
	return first;
}

static struct http_task *list_take(struct list *l)
{
	struct http_task *t = l->first;
	if (t && !(l->first = t->next))
		l->end = &l->first;
	l->n -= t != NULL;
	return t;
}

/* Slow ones first: they are kept to a few threads, and the others are there for all else. */
static struct http_task *choose(struct http_workers *w)
{
	size_t most = w->server->config.slow_workers ? w->server->config.slow_workers : 1;
	if (w->slow.first && w->at_slow < most) {
		w->at_slow++;
		return list_take(&w->slow);
	}
	return list_take(&w->waiting);
}

static void *work(void *user)
{
	struct http_workers *w = user;
	const struct http_config *c = &w->server->config;
	void *worker = c->worker_start ? c->worker_start(c->user) : NULL;
	pthread_mutex_lock(&w->lock);
	for (;;) {
		struct http_task *t = NULL;
		while (!w->ending && !(t = choose(w)))
			pthread_cond_wait(&w->work, &w->lock);
		if (!t)
			break;
		pthread_mutex_unlock(&w->lock);
		t->request.worker = worker;
		c->handle(c->user, &t->request, &t->answer);
		if (!t->answer.stream)
			t->response = http_answer_build(t);
		pthread_mutex_lock(&w->lock);
		w->at_slow -= t->slow;
		bool wake = !w->done.first;
		list_add(&w->done, t);
		if (wake)
			loop_wake(w->server->loop);
	}
	pthread_mutex_unlock(&w->lock);
	if (c->worker_stop)
		c->worker_stop(c->user, worker);
	return NULL;
}

struct http_workers *http_workers_new(struct http_server *s)
{
	struct http_workers *w = calloc(1, sizeof *w);
	size_t wanted = s->config.workers < 1     ? 1
		: s->config.workers > WORKERS_MAX ? WORKERS_MAX
						  : s->config.workers;
	if (!w)
		abort();
	w->server = s;
	w->max = s->config.queue_max ? s->config.queue_max : wanted * QUEUE_PER_WORKER;
	list_init(&w->waiting);
	list_init(&w->slow);
	list_init(&w->done);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->work, NULL);
	while (w->n_threads < wanted && pthread_create(&w->threads[w->n_threads], NULL, work, w) == 0)
		w->n_threads++;
	if (w->n_threads == 0) {
		http_workers_free(w, &(struct http_task *){ NULL });
		return NULL;
	}
	return w;
}

bool http_workers_give(struct http_workers *w, struct http_task *t)
{
	pthread_mutex_lock(&w->lock);
	struct list *queue = t->slow ? &w->slow : &w->waiting;
	bool room = queue->n < w->max && !w->ending;
	if (room)
		list_add(queue, t);
	pthread_mutex_unlock(&w->lock);
	if (room)
		pthread_cond_signal(&w->work);
	return room;
}

struct http_task *http_workers_collect(struct http_workers *w)
{
	pthread_mutex_lock(&w->lock);
	struct http_task *all = list_take_all(&w->done);
	pthread_mutex_unlock(&w->lock);
	return all;
}

void http_workers_free(struct http_workers *w, struct http_task **ret_undone)
{
	pthread_mutex_lock(&w->lock);
	w->ending = true;
	pthread_mutex_unlock(&w->lock);
	pthread_cond_broadcast(&w->work);
	for (size_t i = 0; i < w->n_threads; i++)
		pthread_join(w->threads[i], NULL);
	*w->waiting.end = w->slow.first;
	*w->done.end = w->waiting.first;                  /* one list: the waiting ones have no answer yet */
	*ret_undone = w->done.first;
	pthread_cond_destroy(&w->work);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
