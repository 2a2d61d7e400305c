#include <inttypes.h>

#include "asset/import.h"
#include "os/file.h"

enum { UPLOAD_MAX = 64 << 20, RETRY_MS = 5000 };

static bool plan_of(
	struct op *op, const struct store_job *job, struct import_plan *ret, bool *ret_found, struct err *err)
{
	CLEANUP(json_free) json_t *argument = NULL;
	return json_parse(job->argument, 4, &argument, err)
		&& plan_load(op, json_get_int(argument, "plan", 0), ret, ret_found, err);
}

/* Somebody else imports: the same again in a while. */
static bool queue_again(struct op *op, const struct import_plan *p, const char *kind, struct err *err)
{
	if (!op_begin(op, err))
		return false;
	if (plan_queue(op, p, kind, RETRY_MS, err) && op_commit(op, err))
		return true;
	op_rollback(op);
	return false;
}

/* *ret_locked false: the lock is somebody else's. */
static bool try_lock(struct op *op, int *ret_fd, bool *ret_locked, struct err *err)
{
	struct err busy = { 0 };
	*ret_locked = plan_lock(op, 0, ret_fd, &busy);
	if (!*ret_locked && busy.code != ERR_BUSY) {
		*err = busy;
		return false;
	}
	return true;
}

/* What is wrong with the file as a whole is the one problem shown. */
static void refuse_file(struct import_file *f, const struct err *why)
{
	f->n_problems = 1;
	f->problems[0] = (struct import_problem){ .line = 0,
		.column = "",
		.zh = arena_span(f->arena, span_of(why->zh)),
		.en = arena_span(f->arena, span_of(why->en)) };
	f->bad_rows = 1;
}

static bool about_file(enum err_code code)
{
	return code == ERR_MALFORMED || code == ERR_INVALID || code == ERR_TOO_LARGE ||
		code == ERR_MEDIA_TYPE;
}

static bool read_and_compare(
	struct op *op, const struct import_plan *p, struct import_file *f, struct err *err)
{
	CLEANUP(table_close_p) struct table *t = NULL;
	struct span body;
	struct err why = { 0 };
	if (!store_blob_get(op->store, p->file, UPLOAD_MAX, f->arena, &body, err))
		return false;
	if (!table_open_span(body, IMPORT_BYTES_MAX, &t, &why) ||
		!plan_read_with(op, t, p->scope, f, &why)) {
		if (!about_file(why.code)) {
			*err = why;
			return false;
		}
		refuse_file(f, &why);
	}
	if (f->bad_rows == 0)
		return plan_compare(op, f, err);
	f->counts = (struct import_counts){ .read = f->rows, .refused = f->rows };
	return true;
}

static bool mark_building(struct op *op, const struct import_plan *p, struct err *err)
{
	if (!op_begin(op, err))
		return false;
	if (plan_state(op, p, "building", err) && op_commit(op, err))
		return true;
	op_rollback(op);
	return false;
}

static bool run_plan(struct op *op, struct store_job *job, struct err *err)
{
	CLEANUP(file_close) int lock = -1;
	CLEANUP(arena_free_p) struct arena *a = arena_new(512u << 20, 1024u << 20);
	struct import_file f = { .arena = a };
	struct import_plan p;
	bool found, locked;
	if (!plan_of(op, job, &p, &found, err))
		return false;
	if (!found || (!span_is(p.state, "received") && !span_is(p.state, "building")))
		return true;
	if (!try_lock(op, &lock, &locked, err))
		return false;
	if (!locked)
		return queue_again(op, &p, "import.plan", err);
	if (span_is(p.state, "building") && !plan_drop_rows(op, p.n, err))
		return false;
	return mark_building(op, &p, err) && read_and_compare(op, &p, &f, err)
		&& plan_fill(op, &p, &f, f.bad_rows > 0 ? "refused" : "ready", err);
}

static bool run_apply(struct op *op, struct store_job *job, struct err *err)
{
	CLEANUP(file_close) int lock = -1;
	struct import_plan p;
	bool found, locked;
	if (!plan_of(op, job, &p, &found, err))
		return false;
	if (!found || !span_is(p.state, "applying"))
		return true;
	if (!try_lock(op, &lock, &locked, err))
		return false;
	return locked ? plan_apply(op, p.n, err) : queue_again(op, &p, "import.apply", err);
}

const struct job_kind asset_jobs[] = {
	{ "import.plan", STORE_LONG, run_plan, "比对上传的资产文件", "compares an uploaded file of assets" },
	{ "import.apply", STORE_LONG, run_apply, "应用资产导入", "applies an import of assets" },
};
const size_t asset_jobs_count = COUNT(asset_jobs);
