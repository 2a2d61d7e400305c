#pragma once
/*
 * The room `store`: all that lasts.  A data folder holds
 *
 *	store/seawall.db   rows, steps, changes, jobs (SQLite, WAL, synchronous FULL)
 *	store/corpus.db    vulnerability records, with a lock of its own; read as schema `corpus`
 *	store/corpus.idx   the matching index, memory-mapped, replaced by rename
 *	blobs/ab/cdef…     evidence by SHA-256
 *	keys/              signing key of audit checkpoints (the role `api` cannot read it), and the key of
 *	                   what is kept sealed (seal.h; of keys/ the only file that `api` can read)
 *	lock               held by the serving process
 *
 * A `struct store` belongs to one thread: it has a reader connection, and opens its writer when it is
 * first needed. All writing goes through a transaction; one runs at a time (in-process mutex, then a file
 * lock for fairness, then BEGIN IMMEDIATE).  No I/O and no parsing inside a transaction, at most 50 ms:
 * bulk work goes in batches.
 */
#include "store/db.h"

struct store;

enum store_mode { STORE_CREATE, STORE_MIGRATE, STORE_OPEN };  /* init / serve and init / everybody else */

/* Opens the folder.  STORE_OPEN refuses an older or newer schema with ERR_SCHEMA and what to do;
 * STORE_MIGRATE brings an older one up to date; STORE_CREATE makes the folder if absent (existing content
 * is kept). */
NODISCARD bool store_open(const char *folder, enum store_mode mode, struct store **ret, struct err *err);
void store_close(struct store *s);                         /* NULL allowed */
void store_close_p(struct store **s);
const char *store_folder(const struct store *s);
/* snapshot per statement; inside store_read_begin/end one snapshot */
struct db *store_reader(struct store *s);
NODISCARD bool store_read_begin(struct store *s, struct err *err);
void store_read_end(struct store *s);
/* the last committed change's number; -1 on error */
int64_t store_change_seq(struct store *s);
/* Waits until another connection has committed something since the last call, at most timeout_ms. */
bool store_wait(struct store *s, int64_t timeout_ms);

/* ---- transactions ---------------------------------------------------------------------------- */

/* Who does it: a user through the API, the local administrator on the command line, or a job. */
struct store_actor {
	int64_t user_n;                                    /* 0: none */
	int64_t person_n;                                  /* behind the account now; 0: none */
	struct span name;                                  /* "zhang.w", "local:0", "job:match" */
	struct span address, request_id;                   /* may be empty */
};

struct store_tx;

/* ERR_BUSY after 10 s.  A statement that fails dooms the transaction: look first, do not try and catch. */
NODISCARD bool store_begin(struct store *s, const struct store_actor *who, struct store_tx **ret,
	struct err *err);
NODISCARD bool store_commit(struct store_tx **tx, struct err *err);  /* *tx becomes NULL either way */
void store_rollback(struct store_tx **tx);                 /* for CLEANUP(): NULL after commit */
struct db *store_tx_db(struct store_tx *tx);
/* one time for the whole transaction, milliseconds */
int64_t store_tx_now(const struct store_tx *tx);
struct arena *store_tx_arena(struct store_tx *tx);
const struct store_actor *store_tx_actor(const struct store_tx *tx);

/* Next number of a gapless series, made at 1: UPDATE counter … RETURNING inside the transaction. */
NODISCARD bool store_next_number(struct store_tx *tx, struct span series, int64_t *ret, struct err *err);

/* One row of the change log.  Every change of a scoped record has one; sensitive reads and exports have
 * one too. */
struct store_change {
	const char *resource;                              /* "order" */
	int64_t record_n;
	struct span record_id;
	int64_t version;                                   /* after the change */
	/* "create", "change", "delete", "acknowledge", "export" … */
	const char *verb;
	int64_t unit_before_n, unit_after_n;               /* 0: none */
	/* JSON {"before":{},"after":{}}, personal fields masked; may be {NULL,0} */
	struct span values;
};
NODISCARD bool store_add_change(struct store_tx *tx, const struct store_change *c, int64_t *ret_seq,
	struct err *err);

/* One transition of one life: append-only, the timeline and the only source of measures. */
struct store_step {
	const char *resource;                              /* "finding", "order", "item" */
	int64_t record_n;
	const char *from, *verb, *to;                      /* from "" at birth */
	int64_t happened_at;                               /* 0: now */
	/* recorded on behalf: person and channel; empty otherwise */
	struct span on_whose_word;
	struct span text;                                  /* reason or words; may be empty */
	/* responsible unit; its county office's unit, 0: none */
	int64_t unit_n, county_n;
	const char *severity;                              /* "" if it has none */
	bool exercise;
	/* what measures need to know of an order at this moment, from steps alone */
	const char *subject, *reply;                       /* NULL: none */
	int64_t issuer_n;
	int64_t acknowledge_due, answer_due;               /* in force after the step; 0: none */
	struct span values;                                /* JSON of what else was given; may be {NULL,0} */
};
NODISCARD bool store_add_step(struct store_tx *tx, const struct store_step *s, int64_t *ret_n,
	struct err *err);

/* ---- jobs: work handed over as rows ---------------------------------------------------------- */

enum store_lane { STORE_SHORT, STORE_LONG };

struct store_job {
	int64_t n;
	struct span kind, key, argument;                   /* argument: JSON */
	int attempts;
	int64_t lease;                                     /* proves that the job is still ours */
};
struct store_work {
	const char *kind;
	struct span key, argument;                         /* may be {NULL,0}: empty */
	enum store_lane lane;
	int64_t run_at;                                    /* 0: at once */
};
/* The same (kind, key) waiting is not queued twice: run_at moves to the earlier of the two, the argument
 * is the newer. */
NODISCARD bool store_job_add(struct store_tx *tx, const struct store_work *w, struct err *err);
/* Takes a due job for lease_ms; ret->n is 0 if there is none.  Of one (kind, key) only one runs at a time. */
NODISCARD bool store_job_take(struct store *s, enum store_lane lane, int64_t lease_ms, struct arena *a,
			      struct store_job *ret, struct err *err);
/* The role `jobs` renews each minute while a job runs.  ERR_CONFLICT: lost. */
NODISCARD bool store_job_renew(struct store *s, struct store_job *j, int64_t lease_ms, struct err *err);
/* Ends it: done, or failed with a reason (tried again after 1, 2, 4 … minutes, at most 8 times, then kept as
 * failed).  The role `jobs` does so in a transaction of its own, after the handler has returned and its work
 * is committed; a process that dies between the two leaves the job to be run again, which is why handlers
 * must bear that.  ERR_CONFLICT when the lease was lost: the row is another worker's, roll back. */
NODISCARD bool store_job_done(struct store_tx *tx, const struct store_job *j, struct err *err);
NODISCARD bool store_job_failed(struct store_tx *tx, const struct store_job *j, struct span reason,
	struct err *err);
/* One that was given up is tried again from the beginning; ERR_NOT_FOUND: no such job has failed,
 * ERR_CONFLICT: the same work waits already.  A change of its own (resource job, verb retry). */
NODISCARD bool store_job_retry(struct store_tx *tx, int64_t n, struct err *err);
NODISCARD bool store_job_next_due(struct store *s, enum store_lane lane, int64_t *ret_at, bool *ret_found,
	struct err *err);

/* ---- audit ----------------------------------------------------------------------------------- */

struct store_audit {
	int64_t checked, checkpoints;
	/* the first broken row; 0: none; -1: not a row, see the reason */
	int64_t broken_seq;
	char reason_zh[160], reason_en[160];
};
/* Walks the whole chain and every checkpoint's signature.  true if it could be walked; look at broken_seq. */
NODISCARD bool store_audit_verify(struct store *s, struct store_audit *ret, struct err *err);
/* Signs the chain's head with keys/audit.key (Ed25519; made by init).  Hourly by `jobs`. */
NODISCARD bool store_audit_checkpoint(struct store *s, const struct store_actor *who, struct err *err);

/* Removes the values of a change for good, as law may ask; a change of its own records it and the chain
 * stays whole. */
NODISCARD bool store_change_purge(struct store_tx *tx, int64_t change_n, struct err *err);

/* ---- blobs: content by hash ------------------------------------------------------------------ */

enum { STORE_BLOB_HEX = 65 };
/* Written and synced before its row is: call it outside a transaction.  The same content is kept once. */
NODISCARD bool store_blob_put(struct store *s, struct span content, char ret_hash[STORE_BLOB_HEX],
	struct err *err);
NODISCARD bool store_blob_get(struct store *s, struct span hash, size_t max, struct arena *a,
	struct span *ret, struct err *err);
/* Forgets content that no row names, unless it was put within the last hour: who put it may be about to write
 * its row.  Call it inside the transaction that found no such row.  *ret_gone false: ask again later. */
NODISCARD bool store_blob_drop(struct store *s, struct span hash, bool *ret_gone, struct err *err);

/* ---- search over names: bigram text ---------------------------------------------------------- */

/* Replaces the words under which a record is found. */
NODISCARD bool store_search_set(struct store_tx *tx, const char *resource, int64_t record_n, struct span text,
	struct err *err);
enum { STORE_SEARCH_MAX = 1000 };
struct store_found {
	int64_t *ns;
	size_t count;
	bool capped;                                       /* there were more */
};
/* Records whose text holds all the words of the query, in any order; at most STORE_SEARCH_MAX. */
NODISCARD bool store_search(struct store *s, const char *resource, struct span query, struct arena *a,
			    struct store_found *ret, struct err *err);

/* ---- the corpus: written by feeds only, under a lock of its own ------------------------------ */

/* A connection whose schema `corpus` can be written; BEGIN/COMMIT by corpus_begin/commit.  One feed at a
 * time. */
NODISCARD bool store_corpus_open(const char *folder, struct db **ret, struct err *err);
NODISCARD bool store_corpus_begin(struct db *corpus, struct err *err);
NODISCARD bool store_corpus_commit(struct db *corpus, struct err *err);
void store_corpus_rollback(struct db *corpus);

extern const int store_schema_version;                     /* the newest migration this binary knows */
