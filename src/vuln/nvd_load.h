#pragma once
/*
 * Files of NVD records straight into an index: what `seawall match` needs, and tests.  (The feed import goes
 * through the store and feeds index_add() itself.)
 */
#include <stdio.h>

#include "vuln/index.h"
#include "vuln/nvd_reader.h"

#define NVD_FILE_MAX (UINT64_C(16) << 30)            /* unpacked bytes of one file */

struct nvd_load {
	const char *const *paths; /* files, plain, .gz or .zst; of a folder all *.json* and *.ndjson* in it */
	size_t n;
	unsigned threads;                    /* 0: as many as there are processors, at most 8 */
	FILE *notes;                         /* one line per refused record; NULL: none */
	bool zh;                             /* the language of notes */
};

struct nvd_counts {
	uint64_t read, refused, rejected;    /* read: all records; rejected: by NVD, which never match */
};

/* Of two records with one id the later one counts, in the order of paths and places.  A file that is broken
 * as a whole is an error that names it. */
NODISCARD bool nvd_load(
	const struct nvd_load *l, struct index **ret, struct nvd_counts *ret_counts, struct err *err);
