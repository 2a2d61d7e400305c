#include <assert.h>

#include "os/clock.h"
#include "store/store_room.h"

enum { LOCK_WAIT_MS = 10000, BUSY_MS = 5000 };
enum { TX_ARENA_SOFT = 64 * 1024 * 1024, TX_ARENA_HARD = 256 * 1024 * 1024 };

static bool open_writer(struct store *s, struct err *err)
{
	char path[STORE_PATH_MAX], corpus[STORE_PATH_MAX];
	if (s->writer)
		return true;
	if (!store_path(s->folder, "store/seawall.db", path, err) ||
		!store_path(s->folder, "store/corpus.db", corpus, err))
		return false;
	struct db_open o = {
		.path = path, .corpus_path = corpus, .corpus_read_only = true, .busy_ms = BUSY_MS
	};
	return db_open(&o, &s->writer, err);
}

bool store_begin(struct store *s, const struct store_actor *who, struct store_tx **ret, struct err *err)
{
	struct store_tx *tx = &s->tx;
	assert(!tx->open);
	if (!open_writer(s, err) || !lock_take(s->lock, LOCK_WAIT_MS, err))
		return false;
	if (!db_begin(s->writer, DB_WRITE, err)) {
		lock_release(s->lock);
		return false;
	}
	struct arena *a = tx->arena ? tx->arena : arena_new(TX_ARENA_SOFT, TX_ARENA_HARD);
	*tx = (struct store_tx){ .store = s, .arena = a, .now = clock_wall(), .open = true };
	tx->who = (struct store_actor){ .user_n = who->user_n, .person_n = who->person_n,
					.name = arena_span(a, who->name),
					.address = arena_span(a, who->address),
					.request_id = arena_span(a, who->request_id) };
	*ret = tx;
	return true;
}

static void end(struct store_tx *tx)
{
	tx->open = false;
	lock_release(tx->store->lock);
	arena_reset(tx->arena);
}

static bool write_head(struct store_tx *tx, struct err *err)
{
	char hex[HASH_SHA256_HEX + 1];
	if (!tx->head_moved)
		return true;
	hash_hex(tx->head, sizeof tx->head, hex);
	return db_exec(tx->store->writer, SQL("UPDATE change_head SET change_n = ?, hash = ? WHERE n = 1"),
		       V(db_i(tx->head_n), db_z(hex)), err);
}

bool store_commit(struct store_tx **tx, struct err *err)
{
	struct store_tx *t = *tx;
	*tx = NULL;
	assert(t->open);
	bool ok = arena_check(t->arena, err) && write_head(t, err);
	if (ok)
		ok = db_commit(t->store->writer, err);
	else
		db_rollback(t->store->writer);
	end(t);
	return ok;
}

void store_rollback(struct store_tx **tx)
{
	struct store_tx *t = *tx;
	*tx = NULL;
	if (!t)
		return;
	assert(t->open);
	db_rollback(t->store->writer);
	end(t);
}

struct db *store_tx_db(struct store_tx *tx)
{
	return tx->store->writer;
}

int64_t store_tx_now(const struct store_tx *tx)
{
	return tx->now;
}

struct arena *store_tx_arena(struct store_tx *tx)
{
	return tx->arena;
}

const struct store_actor *store_tx_actor(const struct store_tx *tx)
{
	return &tx->who;
}

bool store_next_number(struct store_tx *tx, struct span series, int64_t *ret, struct err *err)
{
	bool found;
	return db_int(tx->store->writer,
		SQL("INSERT INTO counters (series, value) VALUES (?, 1)"
		    " ON CONFLICT (series) DO UPDATE SET value = counters.value + 1 RETURNING value"),
		V(db_t(series)), ret, &found, err);
}

/* ---- the chain of changes ---- */

static void put_be64(unsigned char *p, uint64_t v)
{
	for (int i = 7; i >= 0; i--, v >>= 8)
		p[i] = (unsigned char)v;
}

void change_hash(const unsigned char before[HASH_SHA256], const struct db_value fields[CHANGE_FIELDS],
		 unsigned char ret[HASH_SHA256])
{
	static const char kinds[] = {
		[DB_NULL] = 'n', [DB_INT] = 'i', [DB_TEXT] = 't', [DB_BLOB] = 'b', [DB_REAL] = 'r'
	};
	struct hash_sha256 h;
	hash_sha256_init(&h);
	hash_sha256_add(&h, (struct span){ (const char *)before, HASH_SHA256 });
	for (size_t i = 0; i < CHANGE_FIELDS; i++) {
		const struct db_value *v = &fields[i];
		unsigned char head[17] = { (unsigned char)kinds[v->type] };
		uint64_t number = (uint64_t)v->i;
		if (v->type == DB_REAL)
			memcpy(&number, &v->real, sizeof number);
		bool bytes = v->type == DB_TEXT || v->type == DB_BLOB;
		put_be64(head + 1, bytes ? v->s.n : 8);
		put_be64(head + 9, number);
		hash_sha256_add(&h, (struct span){ (const char *)head, bytes ? 9 : 17 });
		if (bytes)
			hash_sha256_add(&h, v->s);
	}
	hash_sha256_done(&h, ret);
}

bool change_head_get(struct db *db, int64_t *ret_n, unsigned char ret[HASH_SHA256], struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row = false;
	if (!db_query(db, SQL("SELECT change_n, hash FROM change_head"), V0, &r, err) ||
		!db_next(r, &row, err))
		return false;
	unsigned char head[HASH_SHA256] = { 0 };
	struct span hex = row ? db_col_text(r, 1) : (struct span){ NULL, 0 };
	if (!row || (hex.n > 0 && !hash_unhex(hex, head, sizeof head)))
		return err_set(err, ERR_CORRUPT, "变更日志的链首记录已损坏", "the head of the change log is damaged");
	*ret_n = db_col_int(r, 0);
	memcpy(ret, head, sizeof head);
	return true;
}

/* NOT NULL columns hold '' where nothing was given. */
static struct db_value text_or_empty(struct span s)
{
	return db_t(s.p ? s : SPAN(""));
}

static struct db_value z_or_empty(const char *s)
{
	return db_z(s ? s : "");
}

static bool add_values(struct db *db, int64_t n, struct span values, struct err *err)
{
	return !values.p || db_exec(db, SQL("INSERT INTO change_values (change_n, body) VALUES (?, ?)"),
				    V(db_i(n), db_t(values)), err);
}

bool store_add_change(struct store_tx *tx, const struct store_change *c, int64_t *ret_seq, struct err *err)
{
	struct db *db = tx->store->writer;
	char id[UUID_TEXT], hex[HASH_SHA256_HEX + 1], values_hex[HASH_SHA256_HEX + 1] = "";
	if (!tx->head_read && !change_head_get(db, &tx->head_n, tx->head, err))
		return false;
	tx->head_read = true;
	if (c->values.p) {
		unsigned char digest[HASH_SHA256];
		hash_sha256(c->values, digest);
		hash_hex(digest, sizeof digest, values_hex);
	}
	int64_t n = tx->head_n + 1;
	struct db_value v[CHANGE_FIELDS + 1] = {
		db_i(n),
		db_z(uuid_make(tx->now, id)),
		db_i(tx->now),
		z_or_empty(c->resource),
		db_i(c->record_n),
		text_or_empty(c->record_id),
		db_i(c->version),
		z_or_empty(c->verb),
		db_i(c->unit_before_n),
		db_i(c->unit_after_n),
		db_i(tx->who.user_n),
		text_or_empty(tx->who.name),
		text_or_empty(tx->who.address),
		text_or_empty(tx->who.request_id),
		db_z(values_hex),
	};
	unsigned char hash[HASH_SHA256];
	change_hash(tx->head, v, hash);
	hash_hex(hash, sizeof hash, hex);
	v[CHANGE_FIELDS] = db_z(hex);
	if (!db_exec(db,
		    SQL("INSERT INTO changes (n, id, at, resource, record_n, record_id, version, verb, "
			"unit_before_n,"
			" unit_after_n, actor_user_n, actor, address, request, values_hash, hash)"
			" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
		    (struct db_values){ v, COUNT(v) }, err) ||
		!add_values(db, n, c->values, err))
		return false;
	tx->head_n = n;
	memcpy(tx->head, hash, sizeof hash);
	tx->head_moved = true;
	if (ret_seq)
		*ret_seq = n;
	return true;
}

static struct db_value due_or_null(int64_t at)
{
	return at ? db_i(at) : db_null();
}

bool store_add_step(struct store_tx *tx, const struct store_step *s, int64_t *ret_n, struct err *err)
{
	char id[UUID_TEXT];
	int64_t n = 0;
	bool found;
	if (!db_int(tx->store->writer,
		    SQL("INSERT INTO steps (id, resource, record_n, from_state, verb, to_state, happened_at,"
			" recorded_at, actor_user_n, actor_person_n, actor, on_whose_word, text, unit_n,"
			" county_n, severity, exercise, body, subject, issuer_n, reply, acknowledge_due,"
			" answer_due)"
			" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
			" RETURNING n"),
		    V(db_z(uuid_make(tx->now, id)), z_or_empty(s->resource), db_i(s->record_n),
			    z_or_empty(s->from), z_or_empty(s->verb), z_or_empty(s->to),
			    db_i(s->happened_at ? s->happened_at : tx->now), db_i(tx->now),
			    db_i(tx->who.user_n), db_i(tx->who.person_n), text_or_empty(tx->who.name),
			    text_or_empty(s->on_whose_word), text_or_empty(s->text), db_i(s->unit_n),
			    db_i(s->county_n), z_or_empty(s->severity), db_i(s->exercise),
			    text_or_empty(s->values), z_or_empty(s->subject), db_i(s->issuer_n),
			    z_or_empty(s->reply), due_or_null(s->acknowledge_due),
			    due_or_null(s->answer_due)),
		    &n, &found, err))
		return false;
	if (ret_n)
		*ret_n = n;
	return true;
}
