#pragma once
/*
 * Inside the room `vuln`: what is stored of the vulnerabilities, and the index file made of it.
 *
 * The corpus has a generation, which rises with every import that changed a record; the index names the
 * generation it was made from.  Where they differ (a crash between commit and swap, a restored backup, a
 * damaged file), the index is made anew from the records, under the lock of the feeds.
 */
#include "resource/op.h"
#include "vuln/index.h"

/* "FOLDER/store/corpus.idx" and "FOLDER/store/feed.lock", in the arena. */
const char *corpus_index_path(const char *folder, struct arena *a);
NODISCARD bool corpus_lock(const char *folder, int64_t wait_ms, int *ret_fd, struct err *err);
NODISCARD bool corpus_generation(struct db *db, int64_t *ret, struct err *err);
/* Packs JSON into what is stored: itself, or a zstd frame where that is shorter. */
struct span corpus_pack(struct span json, struct arena *a);
NODISCARD bool corpus_unpack(struct span stored, struct arena *a, struct span *ret, struct err *err);
/* The index of exactly the stored generation, if there is one: *ret NULL if not. */
NODISCARD bool corpus_index_find(const char *folder, struct db *db, struct index **ret, struct err *err);
/* Makes it from the stored records and swaps it in; the caller holds the lock. */
NODISCARD bool corpus_index_make(const char *folder, struct db *db, struct index **ret, struct err *err);
/* One of the two, taking the lock when needed. */
NODISCARD bool corpus_index_open(struct op *op, struct index **ret, struct err *err);
/* The configurations of one CVE; an empty tree for a rejected or unknown one (*ret_found false). */
NODISCARD bool corpus_tree(
	struct op *op, struct span cve, struct config_tree *ret, bool *ret_found, struct err *err);
