#pragma once
/* Shared by the files of this room only. */
#include "finding/finding.h"

extern const struct life finding_life;
/* Step and change of a transition that was written. */
bool finding_log_move(struct op *op, const struct finding_row *f, const struct transition *t,
	int64_t unit_before_n, const struct finding_how *how, struct err *err);
bool finding_bulk(struct call *c, struct err *err);
