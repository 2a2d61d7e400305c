#include "resource/stream.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "net/http_server.h"
#include "os/clock.h"
#include "resource/internal.h"

enum { STREAM_BATCH = 200, STREAM_READ = 2000, STREAM_LIFE_MS = 60 * 1000, VEIL_ARENA = 1 << 20 };

struct stream_seats {
	pthread_mutex_t lock;
	int64_t user_n[STREAM_SEATS];
	bool taken[STREAM_SEATS];
};

struct stream_user {
	struct stream_seats *seats;            /* NULL: not counted */
	size_t seat;
	struct store *store;                   /* the loop thread's */
	struct actor actor;
	struct grant grants[GRANTS_MAX];
	int64_t seq, since;
	int64_t begun;                         /* the last change when it was opened */
	bool over;                             /* what the reader may see has changed */
	int64_t version;                       /* of the store when last looked */
};

struct stream_seats *stream_seats_new(void)
{
	struct stream_seats *s = calloc(1, sizeof *s);
	assert(s);
	pthread_mutex_init(&s->lock, NULL);
	return s;
}

void stream_seats_free(struct stream_seats *s)
{
	if (!s)
		return;
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static bool take_seat(struct stream_seats *s, int64_t user_n, size_t *ret, struct err *err)
{
	size_t own = 0, seat = STREAM_SEATS;
	if (!s)
		return true;
	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < STREAM_SEATS; i++) {
		own += s->taken[i] && s->user_n[i] == user_n;
		seat = s->taken[i] ? seat : i;
	}
	bool ok = own < STREAMS_PER_USER && seat < STREAM_SEATS;
	if (ok) {
		s->taken[seat] = true;
		s->user_n[seat] = user_n;
		*ret = seat;
	}
	pthread_mutex_unlock(&s->lock);
	if (ok)
		return true;
	return own < STREAMS_PER_USER
		? err_set(err, ERR_BUSY, "打开的变更通知过多，请稍后再试", "too many change streams are open, try again")
		: err_set(err, ERR_RATE, "您已打开 %d 个变更通知，请关闭一些页面",
			  "you have %d change streams open: close some pages", (int)STREAMS_PER_USER);
}

static void stream_free(void *user)
{
	struct stream_user *u = user;
	if (u->seats) {
		pthread_mutex_lock(&u->seats->lock);
		u->seats->taken[u->seat] = false;
		pthread_mutex_unlock(&u->seats->lock);
	}
	free(u);
}

/* A draft is no news for the unit that it is not yet sent to. */
static bool unveiled(const struct stream_user *u, struct db *db, const struct resource *r, int64_t n,
	bool *ret,
	struct err *err)
{
	CLEANUP(arena_free_p) struct arena *a = NULL;
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	bool row;
	*ret = true;
	if (!r->veil || actor_whole(&u->actor, r->veil_perm))
		return true;
	a = arena_new(VEIL_ARENA, VEIL_ARENA);
	struct sql *q = sql_new(a);
	sql_add(q, "SELECT ");
	sql_name(q, r->veil_column);
	sql_add(q, " FROM ");
	sql_name(q, r->table);
	sql_add(q, " t WHERE t.n=");
	sql_int(q, n);
	sql_add(q, " AND (");
	sql_name(q, r->veil);
	sql_add(q, ")");
	if (!db_query_sql(db, q, &rows, err) || !db_next(rows, &row, err))
		return false;
	return !row || actor_may(&u->actor, db, r->veil_perm, db_col_int(rows, 0), ret, err);
}

static bool may_see(const struct stream_user *u, struct db *db, const struct db_rows *rows, bool *ret,
	struct err *err)
{
	const struct resource *r = resource_find(db_col_text(rows, 2));
	int64_t before = db_col_int(rows, 6), after = db_col_int(rows, 7);
	*ret = false;
	if (!r || db_col_int(rows, 8) == 0 || !actor_has(&u->actor, r->read))
		return true;
	if (!r->unit_column) {
		*ret = true;
		return true;
	}
	return actor_may(&u->actor, db, r->read, after, ret, err) &&
	       (*ret || before == 0 || actor_may(&u->actor, db, r->read, before, ret, err)) &&
	       (!*ret || unveiled(u, db, r, db_col_int(rows, 8), ret, err));
}

/* Was this change, made since the stream was opened, one of the reader's own rights? */
static bool note_rights(struct stream_user *u, struct db *db, const struct db_rows *rows, struct err *err)
{
	const struct resource *r = resource_find(db_col_text(rows, 2));
	return !r || !r->guards || db_col_int(rows, 0) <= u->begun ||
		r->guards(db, &u->actor, db_col_int(rows, 8), &u->over, err);
}

static void add_event(struct str *out, const struct db_rows *rows)
{
	char at[TIME_TEXT];
	str_addf(out, "id: %lld\nevent: change\ndata: {\"seq\":%lld,\"resource\":",
		(long long)db_col_int(rows, 0),
		 (long long)db_col_int(rows, 0));
	str_add_json(out, db_col_text(rows, 2));
	str_addz(out, ",\"id\":");
	str_add_json(out, db_col_text(rows, 3));
	str_addz(out, ",\"verb\":");
	str_add_json(out, db_col_text(rows, 4));
	str_addf(out, ",\"version\":%lld,\"at\":\"%s\"}\n\n", (long long)db_col_int(rows, 5),
		 time_format(db_col_int(rows, 1), at));
}

/* At most STREAM_READ changes and half of `out`: the loop thread has others to serve.  *ret_more: there may
 * be more. */
static bool read_changes(struct stream_user *u, struct str *out, bool *ret_more, struct err *err)
{
	struct db *db = store_reader(u->store);
	size_t all = 0, n = STREAM_BATCH;
	for (; n == STREAM_BATCH && all < STREAM_READ && out->n < out->max / 2; all += n) {
		CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
		bool more, see;
		if (!db_query(db,
		    SQL("SELECT n,at,resource,record_id,verb,version,unit_before_n,unit_after_n,record_n "
				      "FROM changes WHERE n>? ORDER BY n LIMIT 200"), V(db_i(u->seq)), &rows,
				      err))
			return false;
		for (n = 0; n < STREAM_BATCH; n++) {
			if (!db_next(rows, &more, err))
				return false;
			if (!more)
				break;
			if (!note_rights(u, db, rows, err))
				return false;
			if (u->over)
				return true;
			if (!may_see(u, db, rows, &see, err))
				return false;
			if (see)
				add_event(out, rows);
			u->seq = db_col_int(rows, 0);
		}
	}
	*ret_more = n == STREAM_BATCH;
	return true;
}

static bool stream_next(void *user, struct str *out)
{
	struct stream_user *u = user;
	struct err err = { 0 };
	bool more = false;
	if (u->over || clock_mono_ns() / 1000000 - u->since > STREAM_LIFE_MS)
		return false;
	int64_t version = db_data_version(store_reader(u->store));
	if (version == u->version)
		return true;
	if (!read_changes(u, out, &more, &err))
		return false;
	/* what was left out is told at the next tick, commit or not */
	u->version = more || u->over ? -1 : version;
	return !u->over;
}

bool stream_changes(struct call *c, struct err *err)
{
	struct span last = call_header(c, "last-event-id");
	int64_t begun = store_change_seq(c->op->store), seq = begun;
	if (!last.p)
		last = call_query(c, "after");
	if (seq < 0)
		return err_set(err, ERR_IO, "无法读取变更日志", "cannot read the change log");
	if (last.n && !span_int(last, 0, INT64_MAX, &seq))
		return err_field(err, "Last-Event-ID", "Last-Event-ID 应为序号",
			"Last-Event-ID must be a number");
	const struct actor *a = c->op->actor;
	size_t seat = 0;
	if (!take_seat(c->streams, a->who.user_n, &seat, err))
		return false;
	struct stream_user *u = calloc(1, sizeof *u);
	if (!u)
		abort();
	u->seats = c->streams;
	u->seat = seat;
	u->store = c->loop_store;
	u->actor = (struct actor){ .who = { .user_n = a->who.user_n, .person_n = a->who.person_n },
		.local = a->local, .n_grants = a->n_grants, .denied = a->denied };
	if (a->n_grants)
		memcpy(u->grants, a->grants, a->n_grants * sizeof *a->grants);
	u->actor.grants = u->grants;
	u->seq = seq;
	u->begun = begun;
	u->version = -1;
	u->since = clock_mono_ns() / 1000000;
	c->http->stream = stream_next;
	c->http->stream_free = stream_free;
	c->http->stream_user = u;
	call_add_header(c, "Content-Type", SPAN("text/event-stream"));
	return true;
}
