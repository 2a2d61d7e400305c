/* The orders of an issued notice, and their withdrawal when it is recalled: in short transactions, each of
 * which leaves whole orders and says which recipients are done. */
#include "notice/room.h"

#include "os/clock.h"
#include "os/log.h"
#include "people/people.h"

enum { DELIVER_TX_NS = 30 * 1000 * 1000, DELIVER_BATCH = 50, UNTIL_JOB_MS = 5000 };

bool notice_queue(struct op *op, const char *kind, int64_t notice_n, struct err *err)
{
	struct store_work work = { .kind = kind,
		.key = arena_printf(op->arena, "%lld", (long long)notice_n),
		.argument = arena_printf(op->arena, "{\"notice\":%lld}", (long long)notice_n),
		.lane = STORE_SHORT,
		.run_at = op_now(op) + UNTIL_JOB_MS };
	return store_job_add(op->tx, &work, err);
}

/* ---- one recipient ---- */

struct waiting {
	int64_t n, unit_n;
	struct span name, part, reason, rows;
};

static bool next_waiting(struct op *op, const struct record *notice, struct waiting *ret, bool *ret_any,
	struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	if (!db_query(op_db(op),
		    SQL("SELECT r.n, r.unit_n, u.name, r.part, r.reason, r.own_rows FROM notice_recipients r "
		    "JOIN"
			" units u ON u.n=r.unit_n WHERE r.notice_n=? AND r.order_n IS NULL AND"
			" r.mark<>'removed' AND r.failure='' ORDER BY r.n LIMIT 1"),
		    V(db_i(notice->n)), &r, err) ||
		!db_next(r, ret_any, err))
		return false;
	if (!*ret_any)
		return true;
	*ret = (struct waiting){ db_col_int(r, 0), db_col_int(r, 1),
		arena_span(op->arena, db_col_text(r, 2)), arena_span(op->arena, db_col_text(r, 3)),
		arena_span(op->arena, db_col_text(r, 4)), arena_span(op->arena, db_col_text(r, 5)) };
	return true;
}

static struct template_words words_for(struct op *op, const struct record *notice, const struct waiting *w)
{
	int64_t due = record_int(notice, "due");
	return (struct template_words){ .unit = w->name,
		.due = due ? template_due(op->arena, due) : SPAN("规定期限"),
		.list = w->rows,
		.number = record_text(notice, "number"),
		.title = record_text(notice, "title"),
		.severity = span_of(finding_severity_zh(record_text(notice, "severity"))),
		.source = record_text(notice, "source_number") };
}

/* Where the text says where its list goes, the rows are there and not repeated below it. */
static bool has_place(struct span text, const char *place)
{
	size_t n = strlen(place);
	for (size_t i = 0; i + n <= text.n; i++)
		if (memcmp(text.p + i, place, n) == 0)
			return true;
	return false;
}

static const char *part_of(struct span part)
{
	return span_is(part, "support") ? "support" : span_is(part, "copy") ? "copy" : "main";
}

static const char *reply_of(const struct record *notice)
{
	struct span reply = record_text(notice, "reply");
	return span_is(reply, "none") ? "none" : span_is(reply, "acknowledge") ? "acknowledge" : "answer";
}

static const char *severity_of(const struct record *notice)
{
	static const char *const known[] = { "none", "low", "medium", "high", "critical" };
	return known[finding_severity_rank(record_text(notice, "severity"))];
}

static bool send_to(struct op *op, const struct record *notice, const struct waiting *w, struct err *err)
{
	struct template_words words = words_for(op, notice, w);
	struct str out = STR_IN(op->arena, 1 << 16);
	struct span text = record_text(notice, "text"), title, filled;
	struct order_recipient to = { .unit_n = w->unit_n, .part = part_of(w->part), .reason = w->reason,
		.rows = has_place(text, "{清单}") ? SPAN("") : w->rows };
	int64_t order_n = 0;
	bool found;
	if (!template_put(text, &words, op->arena, &filled, err) ||
		!template_put(record_text(notice, "title"), &words, op->arena, &title, err))
		return false;
	struct order_send s = { .kind = "notice",
		.title = title,
		.text = filled,
		.reply = reply_of(notice),
		.source = record_text(notice, "source"),
		.source_number = record_text(notice, "source_number"),
		.notice_n = notice->n,
		.due_at = record_int(notice, "due"),
		.batch = notice->id,
		.to = &to,
		.n = 1,
		.severity = severity_of(notice) };
	if (!order_send(op, &s, &out, err) ||
		!db_int(op_db(op),
			SQL("SELECT n FROM orders WHERE notice_n=? AND unit_n=? ORDER BY n DESC LIMIT 1"),
			V(db_i(notice->n), db_i(w->unit_n)), &order_n, &found, err))
		return false;
	return db_exec(op_db(op), SQL("UPDATE notice_recipients SET order_n=? WHERE n=?"),
		V(db_i(order_n), db_i(w->n)), err);
}

/* ---- all of them ---- */

/* Whose office sends: the person who issued it, also when a job goes on. */
static bool as_issuer(struct op *op, int64_t notice_n, struct actor *ret, struct err *err)
{
	int64_t user_n = 0;
	bool found;
	struct err gone = { 0 };
	*ret = *op->actor;
	if (!db_int(op_db(op), SQL("SELECT issued_by FROM notices WHERE n=?"), V(db_i(notice_n)), &user_n,
		    &found, err))
		return false;
	if (op->actor->who.user_n || !user_n || actor_load(op, user_n, ret, &gone))
		return true;
	*ret = *op->actor; /* the account is closed: the office sends */
	if (gone.code != ERR_UNAUTHENTICATED)
		*err = gone;
	return gone.code == ERR_UNAUTHENTICATED;
}

/* What a unit alone is to blame for is noted; what may pass is tried again. */
static bool is_passing(enum err_code code)
{
	return code == ERR_BUSY || code == ERR_NO_SPACE || code == ERR_IO || code == ERR_TOO_LARGE ||
		code == ERR_CORRUPT;
}

static bool note_failure(struct op *op, const struct waiting *w, const struct err *why, struct err *err)
{
	log_error("notice.not_sent", LOG_INT("unit", w->unit_n), LOG_Z("reason", why->en));
	bool ok = op_begin(op, err) &&
		db_exec(op_db(op), SQL("UPDATE notice_recipients SET failure=? WHERE n=?"),
			V(db_z(why->zh), db_i(w->n)), err) &&
		op_commit(op, err);
	op_rollback(op);
	return ok;
}

/* Some recipients in one transaction; *ret_more false when nobody is waiting. */
static bool deliver_some(struct op *op, int64_t notice_n, bool one_only, bool *ret_more, struct waiting *at,
	struct err *err)
{
	struct record notice;
	bool found;
	int64_t began_ns = clock_mono_ns();
	*ret_more = false;
	at->n = 0;
	if (!op_begin(op, err) || !resource_load(op, &notice_resource, notice_n, &notice, &found, err))
		return false;
	if (!found || !span_is(notice.state, "issued"))
		return op_commit(op, err);
	for (int i = 0; i < (one_only ? 1 : DELIVER_BATCH); i++) {
		at->n = 0;
		if (!next_waiting(op, &notice, at, ret_more, err))
			return false;
		if (!*ret_more)
			break;
		if (!send_to(op, &notice, at, err))
			return false;
		if (clock_mono_ns() - began_ns > DELIVER_TX_NS)
			break;
	}
	return op_commit(op, err);
}

static bool deliver_all(struct op *op, int64_t notice_n, struct err *err)
{
	struct arena *outer = op->arena;
	bool more = true, careful = false;
	while (more) {
		CLEANUP(arena_free_p) struct arena *a = arena_new(64u << 20, 256u << 20);
		struct err why = { 0 };
		struct waiting at = { .n = 0 };
		op->arena = a;
		bool ok = deliver_some(op, notice_n, careful, &more, &at, &why);
		op_rollback(op);
		/* After a failure one by one, so that what was good in the batch is kept. */
		bool again = !ok && at.n && !is_passing(why.code);
		bool noted = !again || !careful || note_failure(op, &at, &why, err);
		op->arena = outer;
		if (!ok && !again)
			*err = why;
		if ((!ok && !again) || !noted)
			return false;
		careful = careful || again;
		more = more || again;
	}
	return true;
}

bool notice_deliver(struct op *op, int64_t notice_n, struct err *err)
{
	const struct actor *before = op->actor;
	struct actor issuer;
	if (!as_issuer(op, notice_n, &issuer, err))
		return false;
	op->actor = &issuer;
	bool ok = deliver_all(op, notice_n, err);
	op->actor = before;
	return ok;
}

/* ---- recalled ---- */

static bool can_withdraw(struct span state)
{
	const struct life *life = order_resource.life;
	for (size_t i = 0; i < life->n_rows; i++)
		if (span_is(state, life->rows[i].from) && strcmp(life->rows[i].verb, "withdraw") == 0)
			return true;
	return false;
}

static bool reason_of(struct op *op, int64_t notice_n, struct span *ret, struct err *err)
{
	struct span said;
	if (!db_text(op_db(op),
		    SQL("SELECT text FROM steps WHERE resource='notice' AND record_n=? AND verb='recall' "
		    "ORDER BY"
			" n DESC LIMIT 1"),
		    V(db_i(notice_n)), op->arena, &said, err))
		return false;
	*ret = arena_printf(op->arena, "通报已撤回：" SPAN_FMT, SPAN_ARG(said));
	return true;
}

/* Orders with n above *after_n, in one transaction; *after_n 0 at the end. */
static bool withdraw_some(struct op *op, int64_t notice_n, int64_t *after_n, struct err *err)
{
	struct span reason;
	int64_t began_ns = clock_mono_ns(), n = *after_n;
	bool found = true;
	if (!op_begin(op, err) || !reason_of(op, notice_n, &reason, err))
		return false;
	CLEANUP(json_free) json_t *args = json_object();
	json_object_set_new(args, "reason", json_of_span(reason));
	while (found && clock_mono_ns() - began_ns < DELIVER_TX_NS) {
		struct record o;
		bool there;
		if (!db_int(op_db(op),
			    SQL("SELECT n FROM orders WHERE notice_n=? AND n>? ORDER BY n LIMIT 1"),
			    V(db_i(notice_n), db_i(n)), &n, &found, err))
			return false;
		if (!found)
			break;
		if (!resource_load(op, &order_resource, n, &o, &there, err) ||
			(there && can_withdraw(o.state) && !record_apply(op, &o, "withdraw", args, err)))
			return false;
	}
	*after_n = found ? n : 0;
	return op_commit(op, err);
}

bool notice_withdraw(struct op *op, int64_t notice_n, struct err *err)
{
	struct arena *outer = op->arena;
	int64_t after_n = 0;
	bool ok;
	do {
		CLEANUP(arena_free_p) struct arena *a = arena_new(64u << 20, 256u << 20);
		op->arena = a;
		ok = withdraw_some(op, notice_n, &after_n, err);
		op_rollback(op);
		op->arena = outer;
	} while (ok && after_n);
	return ok;
}

/* ---- as whoever asked, and as a job ---- */

typedef bool follow_fn(struct op *op, int64_t notice_n, struct err *err);

static bool apply_and_follow(struct op *op, const struct resource_request *q, follow_fn *follow,
	struct record *ret, struct err *err)
{
	struct record r;
	bool found;
	bool ok = op_begin(op, err) && resource_apply(op, &notice_resource, q, &r, err) && op_commit(op, err);
	op_rollback(op);
	return ok && follow(op, r.n, err) && resource_load(op, &notice_resource, r.n, ret, &found, err);
}

bool notice_issue(struct op *op, const struct resource_request *q, struct record *ret, struct err *err)
{
	return apply_and_follow(op, q, notice_deliver, ret, err);
}

bool notice_recall(struct op *op, const struct resource_request *q, struct record *ret, struct err *err)
{
	return apply_and_follow(op, q, notice_withdraw, ret, err);
}

static bool run(struct op *op, struct store_job *j, follow_fn *follow, struct err *err)
{
	CLEANUP(json_free) json_t *argument = NULL;
	return json_parse(j->argument, 4, &argument, err) &&
		follow(op, json_get_int(argument, "notice", 0), err);
}

static bool run_issue(struct op *op, struct store_job *j, struct err *err)
{
	return run(op, j, notice_deliver, err);
}

static bool run_recall(struct op *op, struct store_job *j, struct err *err)
{
	return run(op, j, notice_withdraw, err);
}

const struct job_kind notice_jobs[] = {
	{ "notice.issue", STORE_SHORT, run_issue, "发出通报的交办单", "send the orders of a notice" },
	{ "notice.recall", STORE_SHORT, run_recall, "撤回通报的交办单", "withdraw the orders of a notice" },
};
const size_t notice_jobs_count = COUNT(notice_jobs);
