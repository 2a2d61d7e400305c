#pragma once
/*
 * The index: every CVE's configurations in one contiguous, position-independent block, in memory or in a file
 * that all processes map read-only.  The same set of records gives the same bytes, whatever order they came
 * in.
 *
 * A builder takes the records and is finished into a block; the block is written beside and swapped in by
 * rename (index_write); index_open() maps it.  Checksum and every number in it are verified on opening: a
 * file that was cut or altered is refused (ERR_CORRUPT), never crashed on.  An index is read-only and may be
 * shared by threads; each thread asks through a matcher of its own (vuln/matcher.h).
 *
 * reads foreign bytes
 */
#include "vuln/eval.h"

struct index;
struct index_builder;

struct index_builder *index_builder_new(void);
void index_builder_free(struct index_builder *b);          /* NULL allowed */
void index_builder_free_p(struct index_builder **b);
/* Takes one CVE.  Of several records with the same id the one with the highest rank counts, also if it has an
 * empty tree (rejected, or its configurations were taken away).  Not thread-safe. */
NODISCARD bool index_add(struct index_builder *b, struct span cve_id, uint64_t rank,
	const struct config_tree *t, struct err *err);
/* What the records are the state of (a version of the corpus; 0 until this is called): part of the bytes. */
void index_set_origin(struct index_builder *b, uint64_t origin);
/* Makes the index in memory; the builder is used up (free it all the same). */
NODISCARD bool index_finish(struct index_builder *b, struct index **ret, struct err *err);

NODISCARD bool index_open(const char *path, struct index **ret, struct err *err);
NODISCARD bool index_write(const struct index *ix, const char *path, struct err *err);
/* Verifies a block of memory, which is copied.  For tests and fuzzing. */
NODISCARD bool index_of_bytes(struct span bytes, struct index **ret, struct err *err);
void index_close(struct index *ix);                        /* NULL allowed */
void index_close_p(struct index **ix);

struct span index_bytes(const struct index *ix);
uint64_t index_origin(const struct index *ix);
/* Do any criteria name this product?  Texts in the escaped form of CPE; part "a", "o" or "h". */
bool index_has_product(const struct index *ix, struct span part, struct span vendor, struct span product);
/* CVEs with at least one configuration that could be true, numbered from 0 in the order of their ids as text.
 */
uint32_t index_count(const struct index *ix);
struct span index_id(const struct index *ix, uint32_t cve);
bool index_find(const struct index *ix, struct span id, uint32_t *ret_cve);
/* The tree of one CVE back again: for explanations, and to carry a CVE over into the next index. */
void index_tree(const struct index *ix, uint32_t cve, struct arena *a, struct config_tree *ret);
