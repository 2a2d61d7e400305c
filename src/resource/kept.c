#include "resource/kept.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/hash.h"
#include "os/clock.h"

enum {
	SETS = 64, WAYS = 4,                           /* 256 answers of at most BODY_MAX: 16 MB */
	BODY_MAX = 60 * 1024, KEY_TEXT_MAX = 1 << 20, RESOURCES_MAX = 64, WORD_MAX = 32, BEHIND_MAX = 2000,
	WAIT_S = 5
};

struct key {
	unsigned char hash[HASH_SHA256];
};

struct answer {
	struct key key;
	char *body;                                    /* heap; NULL: none */
	size_t body_n;
	int64_t seq, wall, mono_ms, used;
	bool making;
};

struct last_change {
	char name[WORD_MAX];
	int64_t seq;
};

struct kept {
	pthread_mutex_t lock;
	pthread_cond_t made;
	struct answer answers[SETS][WAYS];
	struct last_change last[RESOURCES_MAX];        /* of each resource that has changed since `floor` */
	size_t n_last;
	int64_t known, floor;      /* changes up to known are looked at; to floor: all count */
	int64_t tick;
	uint64_t again, counted;
};

struct kept *kept_new(void)
{
	pthread_condattr_t monotonic;
	struct kept *k = calloc(1, sizeof *k);
	assert(k);
	pthread_mutex_init(&k->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&k->made, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return k;
}

void kept_free(struct kept *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < SETS; i++)
		for (size_t j = 0; j < WAYS; j++)
			free(k->answers[i][j].body);
	pthread_cond_destroy(&k->made);
	pthread_mutex_destroy(&k->lock);
	free(k);
}

void kept_figures(struct kept *k, uint64_t *ret_again, uint64_t *ret_counted)
{
	pthread_mutex_lock(&k->lock);
	*ret_again = k->again;
	*ret_counted = k->counted;
	pthread_mutex_unlock(&k->lock);
}

/* ---- what has changed ---- */

static void note_change(struct kept *k, struct span name, int64_t seq)
{
	size_t i = 0;
	while (i < k->n_last && !span_is(name, k->last[i].name))
		i++;
	if (i == RESOURCES_MAX || name.n >= WORD_MAX) {   /* not to be told apart: everything has changed */
		k->floor = seq > k->floor ? seq : k->floor;
		return;
	}
	if (i == k->n_last) {
		memcpy(k->last[i].name, name.p, name.n);
		k->last[i].name[name.n] = '\0';
		k->n_last++;
	}
	k->last[i].seq = seq > k->last[i].seq ? seq : k->last[i].seq;
}

/* Up to the newest change that this reader sees; *ret_seq is its number. */
static bool look(struct kept *k, struct op *op, int64_t *ret_seq, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	int64_t seq = store_change_seq(op->store);
	bool row = true;
	if (seq < 0)
		return err_set(err, ERR_IO, "读取变更序号失败", "the change sequence cannot be read");
	*ret_seq = seq;
	if (seq <= k->known)
		return true;
	if (seq - k->known > BEHIND_MAX) {
		k->known = k->floor = seq;
		return true;
	}
	if (!db_query(op_db(op),
		    SQL("SELECT resource, MAX(n) FROM changes WHERE n>? AND n<=? GROUP BY resource"),
		    V(db_i(k->known), db_i(seq)), &r, err))
		return false;
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		note_change(k, db_col_text(r, 0), db_col_int(r, 1));
	}
	k->known = seq;
	return true;
}

/* "order unit": the last change of any of these; "": of anything. */
static int64_t last_of(const struct kept *k, const char *counts)
{
	int64_t last = k->floor;
	if (!*counts)
		return k->known;
	for (struct span rest = span_of(counts); rest.p;) {
		struct span name = span_split(&rest, ' ');
		for (size_t i = 0; i < k->n_last; i++)
			if (span_is(name, k->last[i].name) && k->last[i].seq > last)
				last = k->last[i].seq;
	}
	return last;
}

/* ---- answers ---- */

static void add_pair(struct str *s, struct span name, struct span value)
{
	str_addf(s, "%zu:" SPAN_FMT "=%zu:" SPAN_FMT ";", name.n, SPAN_ARG(name), value.n, SPAN_ARG(value));
}

/* All that the answer follows from, beside the store and the time. */
static bool key_of(const struct route *route, const struct call *c, struct key *ret)
{
	const struct actor *a = c->op->actor;
	struct str text = STR_IN(c->op->arena, KEY_TEXT_MAX), *s = &text;
	str_addf(s, "%s %s %d %d %llx", route->method, route->path, c->op->zh, a->local,
		(unsigned long long)a->denied);
	for (size_t i = 0; i < a->n_grants; i++)
		str_addf(s, " %d,%lld,%d,%d", (int)a->grants[i].role, (long long)a->grants[i].unit_n,
			(int)a->grants[i].tree, a->grants[i].whole);
	str_addc(s, '\n');
	for (size_t i = 0; i < c->n_query; i++)
		add_pair(s, c->query[i].name, c->query[i].value);
	add_pair(s, SPAN("body"), c->body.p ? c->body : SPAN(""));
	hash_sha256(str_span(s), ret->hash);
	return !s->failed;
}

static bool is_of(const struct answer *a, const struct key *key)
{
	return memcmp(a->key.hash, key->hash, sizeof key->hash) == 0;
}

/* The place of this key: its answer's, or the one that has not been used for longest; NULL if all of them are
 * being made. */
static struct answer *place_of(struct kept *k, const struct key *key)
{
	struct answer *set = k->answers[key->hash[0] % SETS], *oldest = NULL;
	for (size_t i = 0; i < WAYS; i++) {
		if (is_of(&set[i], key))
			return &set[i];
		if (!set[i].making && (!oldest || set[i].used < oldest->used))
			oldest = &set[i];
	}
	return oldest;
}

static bool is_good(const struct kept *k, const struct answer *a, const char *counts)
{
	int64_t wall = clock_wall() - a->wall, mono = clock_mono_ns() / 1000000 - a->mono_ms;
	return a->body && last_of(k, counts) <= a->seq && wall >= 0 && wall < KEPT_MS && mono < KEPT_MS;
}

static void clear(struct answer *a)
{
	free(a->body);
	a->body = NULL;
	a->body_n = 0;
}

/* Holds the place for whoever counts now. */
static void claim(struct kept *k, struct answer *a, const struct key *key, int64_t seq)
{
	clear(a);
	a->key = *key;
	a->seq = seq;
	a->wall = clock_wall();
	a->mono_ms = clock_mono_ns() / 1000000;
	a->making = true;
	k->counted++;
}

/* Writes a kept answer, or gives a place to count for, or neither: count without one. */
static bool ask(struct kept *k, const struct route *route, struct call *c, const struct key *key,
	struct answer **ret_place, struct err *err)
{
	struct timespec until;
	int64_t seq;
	bool waited = false;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += WAIT_S;
	*ret_place = NULL;
	if (!look(k, c->op, &seq, err))
		return false;
	for (;;) {
		struct answer *a = place_of(k, key);
		bool same = a && is_of(a, key);
		if (!a)
			return true;
		a->used = ++k->tick;
		if (same && !a->making && is_good(k, a, route->counts)) {
			str_add(c->out, (struct span){ a->body, a->body_n });
			k->again++;
			return true;
		}
		bool counted_in_vain = waited && same && !a->making && !a->body;
		if (counted_in_vain)                   /* too long to be kept: nobody waits for another one */
			return true;
		if (!same || !a->making) {
			claim(k, a, key, seq);
			*ret_place = a;
			return true;
		}
		if (pthread_cond_timedwait(&k->made, &k->lock, &until) != 0)
			return true;
		waited = true;
	}
}

static void put(struct kept *k, struct answer *a, struct span body)
{
	pthread_mutex_lock(&k->lock);
	if (body.p && body.n <= BODY_MAX && (a->body = malloc(body.n + 1))) {
		memcpy(a->body, body.p, body.n);
		a->body_n = body.n;
	}
	a->making = false;
	pthread_cond_broadcast(&k->made);
	pthread_mutex_unlock(&k->lock);
}

/* Only a plain answer is kept: nothing beside its text. */
static struct span keepable(const struct call *c)
{
	bool plain = c->status == 200 && !c->content_type && c->n_answer_headers == 0 && c->out->n > 0;
	return plain ? str_span(c->out) : (struct span){ NULL, 0 };
}

bool kept_answer(struct kept *k, const struct route *route, struct call *c, struct err *err)
{
	struct key key;
	struct answer *place;
	if (!key_of(route, c, &key))                   /* too long a question */
		return route->handler(c, err);
	pthread_mutex_lock(&k->lock);
	bool ok = ask(k, route, c, &key, &place, err);
	pthread_mutex_unlock(&k->lock);
	if (!ok)
		return false;
	if (c->out->n > 0)
		return str_check(c->out, err);
	ok = route->handler(c, err);
	if (place)
		put(k, place, ok ? keepable(c) : (struct span){ NULL, 0 });
	return ok;
}
