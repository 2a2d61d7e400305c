#pragma once
/* Shared by the files of this room only. */
#include "finding/finding.h"

extern const struct life finding_life;
/* Step and change of a transition that was written. */
bool finding_log_move(struct op *op, const struct finding_row *f, const struct transition *t,
	int64_t unit_before_n, const struct finding_how *how, struct err *err);
bool finding_bulk(struct call *c, struct err *err);
/* One that somebody reports: unit, asset, kind, key, severity, title and more are set; it is born as `new`,
 * with its priority.  Inside a transaction. */
NODISCARD bool finding_add(struct op *op, struct record *f, struct err *err);
bool finding_facets(struct call *c, struct err *err);
bool finding_search(struct op *op, struct span text, struct sql *where, struct err *err);

/* ?step=ID or ?on_behalf=true: the step that evidence proves; n 0: none was asked for.  on_behalf without a
 * step is the last thing recorded on behalf; ERR_CONFLICT if there is none. */
struct attachment_step {
	int64_t n;
	struct span id;
	bool on_behalf;
};
bool attachment_find_step(
	struct call *c, const struct record *of, enum perm write, struct attachment_step *ret,
	struct err *err);
