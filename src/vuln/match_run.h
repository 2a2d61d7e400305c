#pragma once
/*
 * Inside the room `vuln`: the inventory matched against the corpus, strictly, and stored as findings of kind
 * vulnerability.  Beside other writers: transactions of some 40 ms.
 *
 * Counts are of (host, CVE) pairs: new (born), changed (back after it was closed; severity or unit differs;
 * closed because it no longer matches), unchanged; refused are software instances whose CPE name cannot be
 * read; read is their sum.  Software that has no name and to which none can be ascribed is not counted there
 * but in `unmatchable`.
 */
#include "resource/command.h"
#include "resource/job.h"

enum { MATCH_SHOWN = 20 };

struct match_counts {
	struct command_counts pairs;
	int64_t hosts, software, assumed, unmatchable, gone;
	int64_t match_ns; /* spent in matching alone */
};

/* notes (NULL: none): products that cannot be matched, the first MATCH_SHOWN. */
NODISCARD bool match_run(struct op *op, FILE *notes, struct match_counts *ret, struct err *err);
