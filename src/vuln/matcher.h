#pragma once
/*
 * The fast engine over an index: which CVEs apply to a host with these installed names?  Always the answer of
 * eval_applies(), found through the index.  A matcher belongs to one thread; it remembers what it found out
 * about each name and each set of names, so that a whole inventory costs little more than its distinct sets.
 */
#include "vuln/index.h"

struct matcher;

struct matcher_answer {
	size_t n;
	const uint32_t *cves;        /* ascending, so by id as text; borrowed until the next matcher_ask() */
};

struct matcher *matcher_new(const struct index *ix, enum match_mode mode);   /* the index must outlive it */
void matcher_free(struct matcher *m);                       /* NULL allowed */
void matcher_free_p(struct matcher **m);
/* The number of an installed name (the formatted string), the same for the same text. */
NODISCARD bool matcher_name(struct matcher *m, struct span cpe, uint32_t *ret_name, struct err *err);
const struct cpe *matcher_cpe(const struct matcher *m, uint32_t name);
/* All names are installed together on one host; their order and repetitions do not matter. */
struct matcher_answer matcher_ask(struct matcher *m, const uint32_t *names, size_t n);
/* Why a CVE applies, false if it does not: what eval_explain() says of index_tree(), found through the index.
 * The hits' `installed` is an index into names; texts point into the index, the rest is the arena's. Cheapest
 * when all CVEs of one set of names are asked for one after the other. */
bool matcher_explain(struct matcher *m, uint32_t cve, const uint32_t *names, size_t n, struct arena *a,
		     struct eval_result *ret);
