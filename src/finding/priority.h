#pragma once
/* Shared by the files of this room only: the weights of the priority. */
#include "finding/finding.h"

struct finding_weights {
	char version[32];
	int64_t kev, epss, exposure, importance, score;
};

/* The newest version in effect at `at`. */
bool finding_weights_load(struct db *db, int64_t at, struct finding_weights *ret, struct err *err);
/* The sum, 0 … 1000, and its terms as a JSON object that names the rule's version.  Without a CVSS score the
 * severity stands in for it (95, 80, 55, 20, 0 tenths), and the terms say so. */
int64_t finding_priority(const struct finding_weights *w, const struct finding_terms *t, const char *severity,
	struct str *ret_terms);
/* What a run of many keeps between them. */
struct finding_run {
	const struct finding_weights *weights;
	struct finding_county *county;
};
bool finding_found_with(struct op *op, const struct finding_run *run, const struct finding_seen *s,
	enum finding_outcome *ret, struct err *err);
/* Values of a change row that only moves the state. */
struct span finding_state_values(struct op *op, const char *from, const char *to);
