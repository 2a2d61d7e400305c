/* What the three administrators look at: jobs, feeds, the audit chain, what runs here. */
#include <stdatomic.h>

#include "people/people.h"
#include "role/role.h"
#include "role/version.h"

enum { JOBS_SHOWN = 200, FEEDS_SHOWN = 60, BODY_MAX = 1024 };

static void member(struct str *out, const char *name, struct span value)
{
	str_addf(out, "%s\"%s\":", out->n && out->p[out->n - 1] != '{' ? "," : "", name);
	str_add_json(out, value);
}

static void member_int(struct str *out, const char *name, int64_t value)
{
	str_addf(out, "%s\"%s\":%lld", out->n && out->p[out->n - 1] != '{' ? "," : "", name,
		(long long)value);
}

static void member_time(struct str *out, const char *name, int64_t at)
{
	char text[TIME_TEXT];
	str_addf(out, "%s\"%s\":", out->n && out->p[out->n - 1] != '{' ? "," : "", name);
	if (at)
		str_addf(out, "\"%s\"", time_format(at, text));
	else
		str_addz(out, "null");
}

static void member_label(struct str *out, const char *name, const char *zh, const char *en)
{
	str_addf(out, ",\"%s\":{", name);
	member(out, "zh", span_of(zh));
	member(out, "en", span_of(en));
	str_addc(out, '}');
}

/* ---- jobs -------------------------------------------------------------------------------------- */

static void show_job(const struct db_rows *r, struct str *out)
{
	struct span kind = db_col_text(r, 1);
	const struct job_kind *k = house_job(kind);
	str_addc(out, '{');
	member_int(out, "n", db_col_int(r, 0));
	member(out, "kind", kind);
	if (k)
		member_label(out, "label", k->zh, k->en);
	member(out, "key", db_col_text(r, 2));
	member(out, "lane", db_col_int(r, 3) == STORE_LONG ? SPAN("long") : SPAN("short"));
	member(out, "state", db_col_text(r, 4));
	member_int(out, "attempts", db_col_int(r, 5));
	member(out, "reason", db_col_text(r, 6));
	member_time(out, "run_at", db_col_int(r, 7));
	member_time(out, "created_at", db_col_int(r, 8));
	member_time(out, "ended_at", db_col_int(r, 9));
	str_addc(out, '}');
}

/* Failed ones first, then what runs, then what waits. */
static bool list_jobs(struct call *c, struct err *err)
{
	static const char *const states[] = { "failed", "running", "waiting" };
	struct span state = call_query(c, "state");
	bool known = !state.n, more = true;
	for (size_t i = 0; i < COUNT(states); i++)
		known = known || span_is(state, states[i]);
	if (!known)
		return err_field(err, "state", "state 应为 failed、running 或 waiting",
			"state must be failed, running or waiting");
	str_addz(c->out, "{\"counts\":{");
	for (size_t i = 0; i < COUNT(states); i++) {
		int64_t n = 0;
		bool found;
		if (!db_int(op_db(c->op), SQL("SELECT count(*) FROM jobs WHERE state=?"), V(db_z(states[i])),
		    &n,
			    &found, err))
			return false;
		member_int(c->out, states[i], n);
	}
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	if (!db_query(op_db(c->op),
		    SQL("SELECT n, kind, key, lane, state, attempts, reason, run_at, created_at, "
		    "coalesce(ended_at, 0)"
			" FROM jobs WHERE ?='' OR state=? ORDER BY state, n DESC LIMIT ?"),
		    V(db_t(state.p ? state : SPAN("")), db_t(state.p ? state : SPAN("")), db_i(JOBS_SHOWN)),
		    &rows,
		    err))
		return false;
	str_addz(c->out, "},\"items\":[");
	for (bool first = true;; first = false) {
		if (!db_next(rows, &more, err))
			return false;
		if (!more)
			break;
		str_addz(c->out, first ? "" : ",");
		show_job(rows, c->out);
	}
	str_addz(c->out, "],\"next\":null}");
	return str_check(c->out, err);
}

static bool retry_job(struct call *c, struct err *err)
{
	int64_t n;
	if (!span_int(c->params[0], 1, INT64_MAX, &n))
		return err_set(err, ERR_NOT_FOUND, "没有这个失败的任务", "there is no such failed job");
	c->status = 204;
	return store_job_retry(c->op->tx, n, err);
}

/* ---- feeds ------------------------------------------------------------------------------------- */

static const struct { const char *kind, *zh, *en; } feeds[] = {
	{ "nvd", "NVD 漏洞库", "NVD, the records of vulnerabilities" },
	{ "kev", "KEV 已遭利用漏洞目录", "KEV, the catalogue of those exploited" },
	{ "epss", "EPSS 利用概率", "EPSS, chances of being exploited" },
};

static void show_run(const struct db_rows *r, struct str *out)
{
	static const char *const names[] = { "read", "new", "changed", "unchanged", "refused" };
	str_addc(out, '{');
	member(out, "kind", db_col_text(r, 0));
	member(out, "file", db_col_text(r, 1));
	member(out, "sha256", db_col_text(r, 2));
	member_time(out, "imported_at", db_col_int(r, 3));
	for (int i = 0; i < (int)COUNT(names); i++)
		member_int(out, names[i], db_col_int(r, 4 + i));
	str_addc(out, '}');
}

/* "last": when this kind came in last, null before the first time. */
static bool show_feed(struct call *c, size_t i, struct err *err)
{
	int64_t records = 0, last = 0;
	bool found;
	if (!db_int(op_db(c->op),
		    SQL("SELECT CASE ? WHEN 'nvd' THEN (SELECT count(*) FROM corpus.vulns) WHEN 'kev' THEN"
			" (SELECT count(*) FROM corpus.kev) ELSE (SELECT count(*) FROM corpus.epss) END"),
		    V(db_z(feeds[i].kind)), &records, &found, err) ||
		!db_int(op_db(c->op),
		SQL("SELECT coalesce(max(imported_at), 0) FROM corpus.feeds WHERE kind=?"),
			V(db_z(feeds[i].kind)), &last, &found, err))
		return false;
	str_addz(c->out, i ? ",{" : "{");
	member(c->out, "kind", span_of(feeds[i].kind));
	member_label(c->out, "label", feeds[i].zh, feeds[i].en);
	member_int(c->out, "records", records);
	member_time(c->out, "imported_at", last);
	str_addf(c->out, ",\"age_hours\":");
	if (last)
		str_addf(c->out, "%lld}", (long long)((op_now(c->op) - last) / TIME_HOUR));
	else
		str_addz(c->out, "null}");
	return true;
}

static bool list_feeds(struct call *c, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	bool more = true;
	str_addz(c->out, "{\"items\":[");
	for (size_t i = 0; i < COUNT(feeds); i++)
		if (!show_feed(c, i, err))
			return false;
	if (!db_query(op_db(c->op),
		    SQL("SELECT kind, file, sha256, imported_at, rows_read, rows_new, rows_changed, "
		    "rows_unchanged,"
			" rows_refused FROM corpus.feeds ORDER BY n DESC LIMIT ?"),
		    V(db_i(FEEDS_SHOWN)), &rows, err))
		return false;
	str_addz(c->out, "],\"files\":[");
	for (bool first = true;; first = false) {
		if (!db_next(rows, &more, err))
			return false;
		if (!more)
			break;
		str_addz(c->out, first ? "" : ",");
		show_run(rows, c->out);
	}
	str_addz(c->out, "],\"next\":null}");
	return str_check(c->out, err);
}

/* ---- the audit chain --------------------------------------------------------------------------- */

/* One walk at a time: it reads the whole log. */
static atomic_flag walking = ATOMIC_FLAG_INIT;

static void show_audit(const struct call *c, const struct store_audit *a, int64_t took)
{
	str_addf(c->out, "{\"whole\":%s", a->broken_seq ? "false" : "true");
	member_int(c->out, "checked", a->checked);
	member_int(c->out, "checkpoints", a->checkpoints);
	if (a->broken_seq > 0)
		member_int(c->out, "broken", a->broken_seq);
	else
		str_addz(c->out, ",\"broken\":null");
	if (a->broken_seq)
		member(c->out, "reason", span_of(c->op->zh ? a->reason_zh : a->reason_en));
	else
		str_addz(c->out, ",\"reason\":null");
	member_time(c->out, "at", op_now(c->op));
	member_int(c->out, "milliseconds", took);
	str_addc(c->out, '}');
}

static bool note_walk(struct op *op, const struct store_audit *a, struct err *err)
{
	struct str values = STR_IN(op->arena, 200);
	str_addf(&values, "{\"after\":{\"checked\":%lld,\"broken\":%lld}}", (long long)a->checked,
		(long long)a->broken_seq);
	struct store_change change = { .resource = "audit", .record_id = SPAN(""), .verb = "verify",
		.values = str_span(&values) };
	bool ok = op_begin(op, err) && store_add_change(op->tx, &change, NULL, err) && op_commit(op, err);
	op_rollback(op);
	return ok;
}

static bool verify_audit(struct call *c, struct err *err)
{
	struct store_audit a = { 0 };
	if (atomic_flag_test_and_set(&walking))
		return err_set(err, ERR_BUSY, "另一次核对正在进行，请稍候", "another verification is running, wait");
	int64_t began = op_now(c->op);
	bool ok = store_audit_verify(c->op->store, &a, err);
	atomic_flag_clear(&walking);
	if (!ok || !note_walk(c->op, &a, err))
		return false;
	show_audit(c, &a, op_now(c->op) - began);
	return str_check(c->out, err);
}

/* ---- about ------------------------------------------------------------------------------------- */

static bool show_about(struct call *c, struct err *err)
{
	int64_t megabytes, vulns = 0;
	bool found;
	if (!setting_known(c->op, "attachments_megabytes", &megabytes, err) ||
		!db_int(op_db(c->op), SQL("SELECT coalesce(max(imported_at), 0) FROM corpus.feeds"), V0,
		&vulns,
			&found, err))
		return false;
	str_addc(c->out, '{');
	member(c->out, "version", SPAN(SEAWALL_VERSION));
	member_int(c->out, "schema", store_schema_version);
	member_time(c->out, "now", op_now(c->op));
	member(c->out, "zone", SPAN("Asia/Shanghai"));
	member_int(c->out, "changes", store_change_seq(c->op->store));
	member_time(c->out, "data_at", vulns);
	str_addf(c->out, ",\"limits\":{\"attachment_megabytes\":20,\"attachments_megabytes\":%lld,"
			 "\"counted_to\":10000}}",
		(long long)megabytes);
	return str_check(c->out, err);
}

#define ITEMS "\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}," \
	"\"next\":{\"type\":[\"string\",\"null\"]}"

const struct route admin_routes[] = {
	{ "GET", "/api/v1/about", show_about, PERM_SIGNED_IN, 0, 0, "版本、数据结构、上限和数据的时间",
		"version, schema, limits and age of the data", NULL,
		"{\"type\":\"object\",\"required\":[\"version\",\"schema\",\"now\",\"data_at\","
		"\"limits\"]}" },
	{ "GET", "/api/v1/jobs", list_jobs, PERM_JOB_READ, 0, 0, "后台任务：失败、运行中、等待的（?state=）",
		"jobs that failed, run or wait (?state=)", NULL,
		"{\"type\":\"object\",\"required\":[\"counts\",\"items\",\"next\"],"
		"\"properties\":{\"counts\":{"
		"\"type\":\"object\"}," ITEMS "}}" },
	{ "POST", "/api/v1/jobs/{n}/retry", retry_job, PERM_JOB_WRITE, BODY_MAX, ROUTE_TX, "再试一个失败的任务",
		"try a failed job again", NULL, NULL },
	{ "GET", "/api/v1/feeds", list_feeds, PERM_FEED_READ, 0, 0, "漏洞数据源：数据量、多久以前导入、每个文件的行数",
		"feeds of vulnerabilities: how much, how old, the lines of each file", NULL,
		"{\"type\":\"object\",\"required\":[\"items\",\"files\",\"next\"],\"properties\":{\"files\":{"
		"\"type\":\"array\",\"items\":{\"type\":\"object\"}}," ITEMS "}}" },
	{ "POST", "/api/v1/audit/verify", verify_audit, PERM_CHANGE_READ, BODY_MAX, ROUTE_SLOW,
		"核对变更日志的校验链和签名", "verify the chain and the signatures of the change log", NULL,
		"{\"type\":\"object\",\"required\":[\"whole\",\"checked\",\"checkpoints\",\"broken\","
		"\"reason\"]}" },
};
const size_t admin_routes_count = COUNT(admin_routes);
