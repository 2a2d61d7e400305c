#pragma once
/*
 * What the files of this room know about each other; no other room includes it.
 */
#include "store/lock.h"
#include "store/store.h"

enum { STORE_PATH_MAX = 4096 };

struct store_tx {
	struct store *store;
	struct arena *arena;
	struct store_actor who;
	int64_t now;
	bool open, head_read, head_moved;
	int64_t head_n;                                    /* the newest change, in this transaction */
	unsigned char head[HASH_SHA256];
};

struct store {
	char *folder;
	struct db *reader, *writer;
	struct lock *lock;
	int64_t seen_version;                              /* of store_wait() */
	struct store_tx tx;                                /* one at a time */
};

/* FOLDER/NAME; false with ERR_TOO_LARGE if it does not fit. */
NODISCARD bool store_path(const char *folder, const char *name, char ret[STORE_PATH_MAX], struct err *err);

/* One change row in the order of its columns, without `hash`: what is hashed and what is written. */
enum { CHANGE_FIELDS = 15 };
/* SHA-256 (FIPS 180-4) over the hash before it and every field as type, length and bytes: no two rows look
 * alike. */
void change_hash(const unsigned char before[HASH_SHA256], const struct db_value fields[CHANGE_FIELDS],
		 unsigned char ret[HASH_SHA256]);
/* '' is the head of an empty chain: 32 zero bytes. */
NODISCARD bool change_head_get(struct db *db, int64_t *ret_n, unsigned char ret[HASH_SHA256],
	struct err *err);
