#pragma once
/*
 * Imports: a file from outside becomes a plan that people look at, and the plan becomes rows.
 *
 * POST /api/v1/imports?kind=… keeps the file as a blob and a row of import_plans (received); the role `jobs`
 * reads and compares it (building, then ready, or refused when nothing of it can be taken); people look at it
 * and ask for it to be applied (applying, applied).  Rooms give a `const struct import_kind` for each kind of
 * file they take; the roof lists them once.  Most kinds are tables of cells (resource/sheet.h): the mechanism
 * does everything but knowing what the cells mean.  A kind with rows of its own (assets, by the hundred
 * thousand) brings plan(), apply() and drop().
 *
 * What is uploaded is not kept for ever (import_keep.c): personal data of the rows that went in is forgotten
 * at once, what waits for somebody or did not go in after the days of the setting import_keep_days; nobody
 * has more waiting than imports_pending and imports_pending_megabytes allow.
 *
 * The plan is a function of the file, the options (what was said about it: mapping, decisions, changed cells)
 * and the store, so it can be made again at any time.  One import at a time per folder.
 */
#include "resource/job.h"
#include "resource/route.h"

struct sheet_kind;

struct import_counts { int64_t read, fresh, changed, unchanged, refused, removed, asked; };

struct import_plan {
	int64_t n, user_n, unit_n, hosts, applied;     /* hosts: rows of the plan; applied: of them, so far */
	struct span id, kind, state, actor, scope, file;
	struct span name;         /* of the file, "" */
	int64_t bytes;            /* of the file */
	struct span options;      /* JSON object: query of the upload, what was said since */
	struct import_counts counts;
};

struct import_kind {
	const char *name, *zh, *en;
	enum perm perm;                        /* to upload one, to look at its rows, to apply it */
	const struct sheet_kind *sheet;        /* a table of cells: nothing below is needed */
	/* Is what was asked for in the query possible at all?  Before the file is kept; NULL: always. */
	bool (*check)(struct op *op, const struct import_plan *p, struct err *err);
	/* Reads the uploaded bytes, compares, and leaves the plan `ready` or `refused` with counts, problems
	 * and rows.  What is wrong with the file is no failure.  Outside a transaction. */
	bool (*plan)(struct op *op, struct import_plan *p, struct span bytes, struct err *err);
	/* Brings the plan from `applying` to `applied`, in short transactions; may be cut off and called
	 * again. */
	bool (*apply)(struct op *op, struct import_plan *p, struct err *err);
	/* Forgets some rows of a plan, inside a transaction; *ret_more false when none were left. */
	bool (*drop)(struct op *op, int64_t plan_n, bool *ret_more, struct err *err);
	/* Appends members to the answer about one plan (",\"preview\":[…]"); may be NULL. */
	bool (*show)(struct op *op, int64_t plan_n, struct str *out, struct err *err);
};

void import_register(const struct import_kind *const *list, size_t n);
const struct import_kind *import_kind_find(struct span name);          /* NULL if nobody gave it */

extern const struct resource import_resource;
extern const struct route import_routes[];
extern const size_t import_routes_count;
extern const struct job_kind import_jobs[];
extern const size_t import_jobs_count;
extern const struct job_tick import_ticks[];
extern const size_t import_ticks_count;

/* ---- plans ------------------------------------------------------------------------------------- */

enum { IMPORT_UPLOAD_MAX = 64 << 20, IMPORT_PROBLEMS_SHOWN = 100,
	IMPORT_FILE_NAME_MAX = 200 };

/* Which units a file may name: '*' all, else their numbers with commas around (",3,17,"). */
bool plan_in_scope(struct span scope, int64_t unit_n);
/* The scope of op's actor for one permission; *ret_unit_n the unit of the first grant that gives it, 0:
 * city. */
NODISCARD bool plan_scope(struct op *op, enum perm perm, struct span *ret, int64_t *ret_unit_n,
	struct err *err);
NODISCARD bool plan_load(struct op *op, int64_t n, struct import_plan *ret, bool *ret_found, struct err *err);
/* A new plan of op's actor with p's kind, state, scope, file, options and unit_n; fills in the rest.  In a
 * transaction of its own unless one is open. */
NODISCARD bool plan_new(struct op *op, struct import_plan *p, struct err *err);
/* Counts, number of rows and problems (JSON array); then into `state`, and when that is `applying` the job
 * that completes it if this process does not.  In a transaction of its own. */
NODISCARD bool plan_finish(struct op *op, const struct import_plan *p, struct span problems,
	const char *state,
	struct err *err);
/* A job that works on the plan ("import.plan", "import.apply"), delay_ms from now; inside a transaction. */
NODISCARD bool plan_queue(
	struct op *op, const struct import_plan *p, const char *kind, int64_t delay_ms, struct err *err);
/* Into a state, with its change row; inside a transaction. */
NODISCARD bool plan_state(struct op *op, const struct import_plan *p, const char *state, struct err *err);
/* One import at a time per folder, across processes, held until closed or dead; ERR_BUSY after wait_ms. */
NODISCARD bool plan_lock(struct op *op, int64_t wait_ms, int *ret_fd, struct err *err);
/* Brings a plan in state `applying` to `applied`, in the name of whoever asked for it; the caller holds the
 * lock. */
NODISCARD bool plan_apply(struct op *op, int64_t plan_n, struct err *err);
/* Completes or drops whatever was cut off; the caller holds the lock. */
NODISCARD bool plan_resume_locked(struct op *op, struct err *err);
/* Forgets the rows of a plan that was cut off while it was made: it is cancelled, or read again from its
 * uploaded file. */
NODISCARD bool plan_drop_rows(struct op *op, int64_t plan_n, struct err *err);
/* The same as plan_resume_locked() unless somebody imports right now: at the start of the role `jobs`. */
NODISCARD bool import_resume(struct op *op, struct err *err);
