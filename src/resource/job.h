#pragma once
/*
 * Jobs: what the role `jobs` runs for the rooms.  A handler gets an op without a transaction and opens its
 * own; it may be run twice (its process can die after the work, before the job's row is ended), and must do
 * no harm then.  The role renews the lease while the handler runs, and ends the job's row in a transaction
 * of its own when it returns.
 */
#include "resource/op.h"

struct job_kind {
	const char *kind;
	enum store_lane lane;
	bool (*run)(struct op *op, struct store_job *j, struct err *err);
	const char *zh, *en;
};

/* What must happen at times rather than on request: called by the short lane, answers when it wants to be
 * called next. */
struct job_tick {
	const char *name;
	bool (*run)(struct op *op, int64_t *ret_next_at, struct err *err);
};
