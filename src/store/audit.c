#include "store/audit.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "os/file.h"
#include "store/store_room.h"

enum {
	PUBLIC = crypto_sign_PUBLICKEYBYTES,
	SECRET = crypto_sign_SECRETKEYBYTES,
	SIGNATURE = crypto_sign_BYTES,
	KEY_FILE_MAX = 1024,
	KEY_ID_HEX = 16,
	ID_MAX = 64,
	MESSAGE_MAX = 256,
	CHUNK = 1000,                                      /* rows read at a time: no long snapshot */
	CHUNK_BYTES = 1024 * 1024 * 1024,
};

/* ---- keys ---- */

static bool write_key(
	const char *folder, const char *name, const unsigned char *key, size_t n, struct err *err)
{
	char path[STORE_PATH_MAX], hex[2 * SECRET + 2];
	hash_hex(key, n, hex);
	hex[2 * n] = '\n';
	bool ok = store_path(folder, name, path, err)
		&& file_replace(path, (struct span){ hex, 2 * n + 1 }, 0600, err);
	sodium_memzero(hex, sizeof hex);
	return ok;
}

bool audit_key_make(const char *folder, struct db *writer, struct err *err)
{
	char path[STORE_PATH_MAX], hex[2 * PUBLIC + 1];
	unsigned char public_key[PUBLIC], secret_key[SECRET];
	int64_t one;
	bool there = false;
	if (!db_int(writer, SQL("SELECT 1 FROM facts WHERE name = 'audit_key'"), V0, &one, &there, err)
	    || !store_path(folder, "keys/audit.key", path, err))
		return false;
	if (there)
		return true;
	crypto_sign_keypair(public_key, secret_key);
	hash_hex(public_key, sizeof public_key, hex);
	bool ok = write_key(folder, "keys/audit.key", secret_key, sizeof secret_key, err) &&
		write_key(folder, "keys/audit.pub", public_key, sizeof public_key, err) &&
		db_exec(writer, SQL("INSERT INTO facts (name, value) VALUES ('audit_key', ?)"), V(db_z(hex)),
			err);
	sodium_memzero(secret_key, sizeof secret_key);
	return ok;
}

static bool read_key(const char *folder, const char *name, unsigned char *ret, size_t n, struct err *err)
{
	char path[STORE_PATH_MAX];
	CLEANUP(arena_free_p) struct arena *a = arena_new(1 << 16, 1 << 20);
	struct span text;
	if (!store_path(folder, name, path, err) || !file_read(path, KEY_FILE_MAX, a, &text, err))
		return false;
	if (!hash_unhex(span_trim(text), ret, n))
		return err_set(err, ERR_CORRUPT, "密钥文件 %s 格式有误", "the key file %s is malformed", path);
	return true;
}

static void key_id(const unsigned char public_key[PUBLIC], char ret[KEY_ID_HEX + 1])
{
	unsigned char digest[HASH_SHA256];
	hash_sha256((struct span){ (const char *)public_key, PUBLIC }, digest);
	hash_hex(digest, KEY_ID_HEX / 2, ret);
}

/* What is signed; the folder's id keeps a checkpoint from being carried to another chain. */
static size_t message(
	struct span id, int64_t change_n, int64_t at, const char *hash_hex_text, char ret[MESSAGE_MAX])
{
	return (size_t)snprintf(ret, MESSAGE_MAX, "seawall checkpoint 1\n%.*s\n%lld\n%lld\n%.64s\n",
		(int)(id.n > ID_MAX ? ID_MAX : id.n), id.p ? id.p : "", (long long)change_n, (long long)at,
		hash_hex_text);
}

static bool folder_id(struct db *db, struct arena *a, struct span *ret, struct err *err)
{
	return db_text(db, SQL("SELECT value FROM facts WHERE name = 'id'"), V0, a, ret, err);
}

/* ---- signing ---- */

static bool add_checkpoint(struct store_tx *tx, const unsigned char secret_key[SECRET], struct err *err)
{
	struct db *db = store_tx_db(tx);
	int64_t n = 0, last = 0;
	bool found;
	/* Nothing has happened since the last one. */
	if (!db_int(db,
		    SQL("SELECT change_n FROM checkpoints WHERE change_n = (SELECT change_n FROM "
			"change_head)"),
		    V0, &last, &found, err))
		return false;
	if (found)
		return true;
	struct store_change c = { .resource = "audit", .record_id = SPAN(""), .verb = "checkpoint" };
	struct span id;
	char hex[HASH_SHA256_HEX + 1], kid[KEY_ID_HEX + 1], text[MESSAGE_MAX],
		signature_hex[2 * SIGNATURE + 1];
	unsigned char signature[SIGNATURE];
	if (!folder_id(db, store_tx_arena(tx), &id, err) || !store_add_change(tx, &c, &n, err))
		return false;
	hash_hex(tx->head, sizeof tx->head, hex);
	size_t size = message(id, n, store_tx_now(tx), hex, text);
	crypto_sign_detached(signature, NULL, (const unsigned char *)text, size, secret_key);
	hash_hex(signature, sizeof signature, signature_hex);
	key_id(secret_key + SECRET - PUBLIC, kid); /* libsodium keeps the public key behind the seed */
	return db_exec(db,
		SQL("INSERT INTO checkpoints (at, change_n, hash, key_id, signature) VALUES (?, ?, ?, ?, ?)"),
		V(db_i(store_tx_now(tx)), db_i(n), db_z(hex), db_z(kid), db_z(signature_hex)), err);
}

bool store_audit_checkpoint(struct store *s, const struct store_actor *who, struct err *err)
{
	unsigned char secret_key[SECRET];
	if (!read_key(s->folder, "keys/audit.key", secret_key, sizeof secret_key, err))
		return false;
	CLEANUP(store_rollback) struct store_tx *tx = NULL;
	bool ok = store_begin(s, who, &tx, err) && add_checkpoint(tx, secret_key, err);
	sodium_memzero(secret_key, sizeof secret_key);
	return ok && store_commit(&tx, err);
}

bool store_change_purge(struct store_tx *tx, int64_t change_n, struct err *err)
{
	struct db *db = store_tx_db(tx);
	if (!db_exec(db,
		    SQL("UPDATE change_values SET body = '', purged_at = ? WHERE change_n = ? AND purged_at "
			"IS NULL"),
		    V(db_i(store_tx_now(tx)), db_i(change_n)), err))
		return false;
	if (db_changes(db) != 1)
		return err_set(err, ERR_NOT_FOUND, "变更 %lld 没有可清除的内容", "change %lld has nothing to purge",
			       (long long)change_n);
	struct store_change c = { .resource = "change", .record_n = change_n, .verb = "purge" };
	return store_add_change(tx, &c, NULL, err);
}

/* ---- verifying ---- */

struct walk {
	struct db *db;
	struct store_audit *audit;
	struct arena *arena;                               /* of one chunk */
	struct span id;
	unsigned char public_key[PUBLIC];
	char key_id[KEY_ID_HEX + 1];
	int64_t at;                                        /* the last row proved */
	unsigned char hash[HASH_SHA256];                   /* and its hash */
	int64_t unrecorded; /* purged without a record, unless that is what is missing */
	int64_t first;                                     /* of the chunk */
	unsigned char hashes[CHUNK][HASH_SHA256];
	bool signs[CHUNK];                                 /* says that it made a checkpoint */
};

/* Notes the first broken row and ends the walk: false, without an error. */
static bool broken(struct walk *w, int64_t n, const char *zh, const char *en)
{
	w->audit->broken_seq = n;
	snprintf(w->audit->reason_zh, sizeof w->audit->reason_zh, "%s", zh);
	snprintf(w->audit->reason_en, sizeof w->audit->reason_en, "%s", en);
	return false;
}

static bool check_purged(struct walk *w, int64_t n, bool *ret_ok, struct err *err)
{
	int64_t one;
	return db_int(w->db,
		SQL("SELECT 1 FROM changes WHERE resource = 'change' AND record_n = ? AND verb = 'purge' AND "
		    "n > ?"),
		V(db_i(n), db_i(n)), &one, ret_ok, err);
}

enum { COL_HASH = CHANGE_FIELDS, COL_BODY, COL_PURGED, COL_HAS };

static bool check_attachment(
	struct walk *w, const struct db_rows *r, int64_t n, struct span values_hash, struct err *err)
{
	bool has = !db_col_null(r, COL_HAS);
	struct db_value body = db_col(r, COL_BODY, w->arena);
	if (values_hash.n == 0)
		return !has || broken(w, n, "变更内容是后来添加的", "its values were added later");
	if (!has)
		return broken(w, n, "变更内容已被删除", "its values were deleted");
	if (!db_col_null(r, COL_PURGED)) {
		bool ok = false;
		if (!check_purged(w, n, &ok, err))
			return false;
		if (body.s.n != 0)
			return broken(w, n, "变更内容被改动", "its values were altered");
		if (!ok && w->unrecorded == 0)
			w->unrecorded = n;
		return true;
	}
	unsigned char digest[HASH_SHA256];
	char hex[HASH_SHA256_HEX + 1];
	hash_sha256(body.s, digest);
	hash_hex(digest, sizeof digest, hex);
	return (body.type == DB_TEXT && span_is(values_hash, hex))
		|| broken(w, n, "变更内容被改动", "its values were altered");
}

static bool check_change(struct walk *w, const struct db_rows *r, struct err *err)
{
	struct db_value v[CHANGE_FIELDS];
	char hex[HASH_SHA256_HEX + 1];
	for (int i = 0; i < CHANGE_FIELDS; i++)
		v[i] = db_col(r, i, w->arena);
	int64_t n = w->at + 1;
	if (v[0].i != n)
		return broken(w, n, "该条变更缺失", "the row is missing");
	change_hash(w->hash, v, w->hash);
	hash_hex(w->hash, sizeof w->hash, hex);
	struct db_value stored = db_col(r, COL_HASH, w->arena);
	if (stored.type != DB_TEXT || !span_is(stored.s, hex))
		return broken(w, n, "该条变更被改动", "the row was altered");
	if (!check_attachment(w, r, n, v[14].s, err))
		return false;
	memcpy(w->hashes[n - w->first], w->hash, sizeof w->hash);
	w->signs[n - w->first] = span_is(v[3].s, "audit") && span_is(v[7].s, "checkpoint");
	w->at = n;
	w->audit->checked++;
	return true;
}

static bool check_signature(const struct walk *w, const struct db_rows *r, const char *hex)
{
	unsigned char signature[SIGNATURE];
	char text[MESSAGE_MAX];
	size_t size = message(w->id, db_col_int(r, 0), db_col_int(r, 1), hex, text);
	return span_is(db_col_text(r, 2), hex) && span_is(db_col_text(r, 3), w->key_id) &&
		hash_unhex(db_col_text(r, 4), signature, sizeof signature) &&
		crypto_sign_verify_detached(signature, (const unsigned char *)text, size, w->public_key) == 0;
}

/* Every row that says so has its checkpoint, and no other row has one. */
static bool check_checkpoints(struct walk *w, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	if (!db_query(w->db,
		    SQL("SELECT change_n, at, hash, key_id, signature FROM checkpoints WHERE change_n >= ?"
			" AND change_n <= ? ORDER BY change_n"),
		    V(db_i(w->first), db_i(w->at)), &r, err))
		return false;
	for (bool row = true; ; ) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		int64_t n = db_col_int(r, 0);
		char hex[HASH_SHA256_HEX + 1];
		hash_hex(w->hashes[n - w->first], HASH_SHA256, hex);
		if (!w->signs[n - w->first] || !check_signature(w, r, hex))
			return broken(w, n, "检查点的签名不符", "the signature of its checkpoint does not fit");
		w->signs[n - w->first] = false;
		w->audit->checkpoints++;
	}
	for (int64_t n = w->first; n <= w->at; n++)
		if (w->signs[n - w->first])
			return broken(w, n, "检查点缺失", "its checkpoint is missing");
	return true;
}

static bool check_chunk(struct walk *w, int64_t last, struct err *err)
{
	w->first = w->at + 1;
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	if (!db_query(w->db,
		    SQL("SELECT c.n, c.id, c.at, c.resource, c.record_n, c.record_id, c.version, c.verb, "
			"c.unit_before_n,"
			" c.unit_after_n, c.actor_user_n, c.actor, c.address, c.request, c.values_hash, "
			"c.hash, v.body, v.purged_at,"
			" v.change_n FROM changes AS c LEFT JOIN change_values AS v ON v.change_n = c.n"
			" WHERE c.n > ? AND c.n <= ? ORDER BY c.n LIMIT 1000"),
		    V(db_i(w->at), db_i(last)), &r, err))
		return false;
	for (bool row = true; ; ) {
		if (!db_next(r, &row, err))
			return false;
		if (!row)
			break;
		if (!check_change(w, r, err))
			return false;
	}
	if (w->at < w->first)
		return broken(w, w->first, "该条变更缺失", "the row is missing");
	return check_checkpoints(w, err);
}

struct head {
	int64_t n, last, last_values, last_checkpoint, first;
	unsigned char hash[HASH_SHA256];
};

static bool read_head(struct db *db, struct head *ret, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	bool row = false;
	if (!db_query(db,
		    SQL("SELECT coalesce(max(n), 0), coalesce(min(n), 1), (SELECT coalesce(max(change_n), 0)"
			" FROM change_values), (SELECT coalesce(max(change_n), 0) FROM checkpoints) FROM "
			"changes"),
		    V0, &r, err) ||
		!db_next(r, &row, err))
		return false;
	ret->last = db_col_int(r, 0);
	ret->first = db_col_int(r, 1);
	ret->last_values = db_col_int(r, 2);
	ret->last_checkpoint = db_col_int(r, 3);
	return change_head_get(db, &ret->n, ret->hash, err);
}

/* The rows up to the head are proved: does the head fit, and is there nothing behind it? */
static bool check_head(struct walk *w, const struct head *h)
{
	if (h->first < 1)
		return broken(w, -1, "第一条之前有多余的变更", "there is a row before the first");
	if (memcmp(h->hash, w->hash, sizeof w->hash) != 0)
		return broken(w, h->n, "链首记录与该条变更不符", "the head of the chain does not fit this row");
	if (w->unrecorded != 0)
		return broken(w, w->unrecorded, "变更内容的清除没有记录", "its values were purged without a record");
	if (h->last > h->n || h->last_values > h->n || h->last_checkpoint > h->n)
		return broken(w, h->n + 1, "链首之后有多余的记录", "there are rows behind the head of the chain");
	return true;
}

/* The key beside the store is believed before the one in it. */
static bool read_public_key(struct walk *w, const char *folder, struct err *err)
{
	struct span hex;
	unsigned char inside[PUBLIC];
	struct err ignored;
	if (!db_text(w->db, SQL("SELECT value FROM facts WHERE name = 'audit_key'"), V0, w->arena, &hex, err))
		return false;
	bool has_inside = hash_unhex(hex, inside, sizeof inside);
	bool has_beside = read_key(folder, "keys/audit.pub", w->public_key, sizeof w->public_key, &ignored);
	if (!has_beside && !has_inside)
		return broken(w, -1, "没有检查点公钥", "there is no public key for the checkpoints");
	if (!has_beside)
		memcpy(w->public_key, inside, sizeof inside);
	else if (!has_inside || memcmp(inside, w->public_key, sizeof inside) != 0)
		return broken(w, -1, "库内公钥与 keys/audit.pub 不一致",
			"the key in the store is not the one in keys/audit.pub");
	key_id(w->public_key, w->key_id);
	return true;
}

/* Head and ends of the tables as of one moment; what is written later is not looked at. */
static bool read_head_at_once(struct db *db, struct head *ret, struct err *err)
{
	if (!db_begin(db, DB_READ, err))
		return false;
	bool ok = read_head(db, ret, err);
	db_rollback(db);
	return ok;
}

static bool walk_all(struct walk *w, const char *folder, struct arena *a, struct err *err)
{
	struct head h = { 0 };
	if (!read_head_at_once(w->db, &h, err) || !folder_id(w->db, a, &w->id, err) ||
		!read_public_key(w, folder, err))
		return false;
	while (w->at < h.n) {
		if (!check_chunk(w, h.n, err))
			return false;
		arena_reset(w->arena);
	}
	return check_head(w, &h);
}

bool store_audit_verify(struct store *s, struct store_audit *ret, struct err *err)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(1 << 16, 1 << 20);
	struct store_audit audit = { 0 };
	struct walk *w = calloc(1, sizeof *w);
	if (!w)
		abort();
	w->db = s->reader;
	w->audit = &audit;
	w->arena = arena_new(CHUNK_BYTES, CHUNK_BYTES);
	bool ok = walk_all(w, s->folder, a, err) || audit.broken_seq != 0;
	arena_free(w->arena);
	free(w);
	if (ok)
		*ret = audit;
	return ok;
}
