#include "resource/idempotency.h"

static void request_hash(const struct http_request *r, char ret[HASH_SHA256_HEX + 1])
{
	struct hash_sha256 h;
	unsigned char sum[HASH_SHA256];
	hash_sha256_init(&h);
	hash_sha256_add(&h, r->method);
	hash_sha256_add(&h, SPAN("\n"));
	hash_sha256_add(&h, r->path);
	hash_sha256_add(&h, SPAN("\n"));
	hash_sha256_add(&h, r->body);
	hash_sha256_done(&h, sum);
	hash_hex(sum, sizeof sum, ret);
}

bool idempotency_find(struct op *op, struct span key, const struct http_request *r, struct idempotent *ret,
		      struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	bool row;
	char hash[HASH_SHA256_HEX + 1];
	*ret = (struct idempotent){ .found = false };
	if (!db_query(op_db(op),
	    SQL("SELECT request_hash,status,body FROM idempotency WHERE actor=? AND key=? AND at>?"),
		      V(db_t(op->actor->who.name), db_t(key), db_i(op_now(op) - TIME_DAY)), &rows, err) ||
	    !db_next(rows, &row, err))
		return false;
	if (!row)
		return true;
	request_hash(r, hash);
	if (!span_is(db_col_text(rows, 0), hash))
		return err_field(err, "Idempotency-Key", "这个 Idempotency-Key 已用于另一个请求",
				 "this Idempotency-Key was used for another request");
	*ret = (struct idempotent){ true, (int)db_col_int(rows, 1), arena_span(op->arena,
			db_col_text(rows, 2)) };
	return true;
}

bool idempotency_keep(struct op *op, struct span key, const struct http_request *r, int status,
	struct span body,
		      struct err *err)
{
	char hash[HASH_SHA256_HEX + 1];
	request_hash(r, hash);
	return db_exec(op_db(op), SQL("DELETE FROM idempotency WHERE at<=?"), V(db_i(op_now(op) - TIME_DAY)),
		err) &&
	       db_exec(op_db(op),
	       SQL("INSERT INTO idempotency (actor,key,request_hash,status,body,at) VALUES (?,?,?,?,?,?) ON "
	       "CONFLICT DO NOTHING"),
		       V(db_t(op->actor->who.name), db_t(key), db_z(hash), db_i(status),
		       db_t(body.p ? body : SPAN("")),
			 db_i(op_now(op))), err);
}
