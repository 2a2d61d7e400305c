/* Assets and software through the functions behind the API, changes from other rooms, and imports by upload.
 */
#include "asset/import_test.h"
#include "asset/room.h"
#include "people/people.h"

static const struct resource *const house[] = { &division_resource, &unit_resource, &asset_resource,
	&software_resource, &import_resource };

static json_t *object(const char *text)
{
	json_t *j = NULL;
	struct err err = { 0 };
	if (!json_parse(span_of(text), 0, &j, &err))
		printf("# %s: %s\n", text, err.en);
	return j;
}

/* Creates or (with an id) changes a record; its id is kept in ret_id. */
static bool put(struct bench *b, const struct resource *r, const char *id, const char *text, char ret_id[64])
{
	CLEANUP(json_free) json_t *in = object(text);
	struct record rec;
	b->err = (struct err){ 0 };
	if (!op_begin(&b->op, &b->err))
		return false;
	bool ok = id ? resource_change(&b->op, r, &(struct resource_request){ .id = span_of(id),
			.in = in }, &rec, &b->err)
		     : resource_create(&b->op, r, in, &rec, &b->err);
	if (ok && op_commit(&b->op, &b->err)) {
		snprintf(ret_id, 64, SPAN_FMT, SPAN_ARG(rec.id));
		return true;
	}
	op_rollback(&b->op);
	return false;
}

static const struct {
	const char *name, *text;
	enum err_code code;                    /* ERR_NONE: it is made */
	const char *field;
} assets[] = {
	{ "a host", "{\"kind\":\"host\",\"name\":\"h1\",\"unit_id\":\"U1\",\"address\":\"192.0.2.1\"}",
		ERR_NONE, "" },
	{ "a system", "{\"kind\":\"system\",\"name\":\"h1\",\"unit_id\":\"U1\",\"importance\":\"high\"}",
		ERR_NONE, "" },
	{ "an unclaimed site", "{\"kind\":\"site\",\"name\":\"www\",\"address\":\"WWW.Example\"}", ERR_NONE,
		"" },
	{ "the same host again", "{\"kind\":\"host\",\"name\":\"h1\",\"unit_id\":\"U1\"}", ERR_DUPLICATE,
		"name" },
	{ "the same name elsewhere", "{\"kind\":\"host\",\"name\":\"h1\",\"unit_id\":\"U2\"}", ERR_NONE, "" },
	{ "a bad address", "{\"kind\":\"host\",\"name\":\"h2\",\"address\":\"192.0.2.1/24\"}", ERR_INVALID,
		"address" },
	{ "a bad kind", "{\"kind\":\"planet\",\"name\":\"h2\"}", ERR_INVALID, "kind" },
	{ "no name", "{\"kind\":\"host\"}", ERR_INVALID, "name" },
	{ "a level out of range", "{\"kind\":\"host\",\"name\":\"h3\",\"mlps_level\":6}", ERR_INVALID,
		"mlps_level" },
	{ "an unknown unit", "{\"kind\":\"host\",\"name\":\"h3\",\"unit_id\":\"NO\"}", ERR_INVALID,
		"unit_id" },
};

static void test_assets(struct bench *b)
{
	char id[64];
	for (size_t i = 0; i < COUNT(assets); i++) {
		test_case("assets: %s", assets[i].name);
		bool ok = put(b, &asset_resource, NULL, assets[i].text, id);
		CHECK_STR(err_name(b->err.code), err_name(assets[i].code));
		CHECK(ok == (assets[i].code == ERR_NONE));
		CHECK_STR(b->err.field, assets[i].field);
	}
	test_case("assets: an address is kept in its canonical form");
	CHECK_INT(bench_count(b, SQL("SELECT COUNT(*) FROM assets WHERE address = 'www.example'")), 1);
}

static void test_lists(struct bench *b)
{
	static const struct { const char *name, *value; size_t want;
	} lists[] = {
		{ "kind", "host", 2 },
		{ "unit_id", "U1", 2 },
		{ "address", "192.0.2.1", 1 },
		{ "importance", "high", 1 },
		{ "exposure", "internal", 4 },
		{ "q", "www", 1 },
		{ "name", "h1", 3 },
		{ "unit_id__null", "true", 1 },
	};
	for (size_t i = 0; i < COUNT(lists); i++) {
		test_case("assets: listed by %s=%s", lists[i].name, lists[i].value);
		struct query_pair pair = { span_of(lists[i].name), span_of(lists[i].value) };
		struct query q;
		struct page page = { 0 };
		b->err = (struct err){ 0 };
		CHECK_OK(query_parse(&asset_resource, &pair, 1, b->arena, &q, &b->err), b->err);
		CHECK_OK(resource_list(&b->op, &asset_resource, &q, &page, &b->err), b->err);
		CHECK_INT(page.n, lists[i].want);
	}
}

static bool shown(struct bench *b, const struct resource *r, const char *id, const char *part)
{
	struct record rec;
	struct str out = STR_IN(b->arena, 1 << 20);
	b->err = (struct err){ 0 };
	if (!resource_get(&b->op, r, span_of(id), &rec, &b->err) ||
		!record_json(&b->op, &rec, 0, true, &out, &b->err)) {
		printf("# %s\n", b->err.en);
		return false;
	}
	CLEANUP(json_free) json_t *whole = object(str_z(&out));
	bool ok = whole && strstr(str_z(&out), part);
	if (!ok)
		printf("# %s\n", str_z(&out));
	return ok;
}

static int64_t software_n(struct bench *b, const char *id)
{
	int64_t n = 0;
	struct err err = { 0 };
	if (!resource_resolve(&b->op, &software_resource, span_of(id), &n, &err))
		printf("# %s\n", err.en);
	return n;
}

static bool set_version(struct bench *b, const char *id, const char *version, const char *patch)
{
	int64_t n = software_n(b, id);
	b->err = (struct err){ 0 };
	if (op_begin(&b->op, &b->err)
	    && asset_software_set_version(&b->op, n, span_of(version), span_of(patch), "answer", &b->err)
	    && op_commit(&b->op, &b->err))
		return true;
	op_rollback(&b->op);
	return false;
}

static void test_software(struct bench *b)
{
	char host[64], id[64], other[64], text[300];
	int64_t before = -1, after = -1;
	test_case("software: by CPE name, on a host");
	CHECK_OK(
		put(b, &asset_resource, NULL, "{\"kind\":\"host\",\"name\":\"s1\",\"unit_id\":\"U1\"}", host),
		b->err);
	snprintf(text, sizeof text,
		"{\"asset_id\":\"%s\",\"cpe\":\"cpe:2.3:a:Apache:http_server:2.4.46:sp1:*:*:*:*:*:*\"}",
		host);
	CHECK_OK(put(b, &software_resource, NULL, text, id), b->err);
	CHECK(shown(b, &asset_resource, host,
		"\"vendor\":\"apache\",\"product\":\"http_server\",\"version\":\"2.4.46\""));
	test_case("software: by text; neither is refused");
	snprintf(text, sizeof text, "{\"asset_id\":\"%s\",\"vendor\":\"达梦\",\"product\":\"DM8\"}", host);
	CHECK_OK(put(b, &software_resource, NULL, text, other), b->err);
	snprintf(text, sizeof text, "{\"asset_id\":\"%s\",\"vendor\":\"V\"}", host);
	CHECK_ERR(put(b, &software_resource, NULL, text, other), b->err, ERR_INVALID);
	test_case("software: an accepted answer sets version and patch, keeps history, marks the host");
	CHECK_OK(asset_inventory_stamp(&b->op, &before, &b->err), b->err);
	CHECK_OK(set_version(b, id, "2.4.58", NULL), b->err);
	CHECK_OK(asset_inventory_stamp(&b->op, &after, &b->err), b->err);
	CHECK(after > before);
	CHECK(shown(b, &software_resource, id, "cpe:2.3:a:apache:http_server:2.4.58:*:*:*:*:*:*:*"));
	CHECK(shown(b, &asset_resource, host,
		"\"verb\":\"change\",\"source\":\"answer\",\"vendor\":\"apache\","
		"\"product\":\"http_server\",\"version\":\"2.4.46\""));
	CHECK_OK(set_version(b, id, NULL, "KB5041773"), b->err);
	CHECK(shown(b, &software_resource, id, "KB5041773"));
	test_case("software: the same answer again writes nothing");
	int64_t changes = bench_count(b, SQL("SELECT COUNT(*) FROM changes"));
	CHECK_OK(set_version(b, id, "2.4.58", "KB5041773"), b->err);
	CHECK_INT(bench_count(b, SQL("SELECT COUNT(*) FROM changes")), changes);
	test_case("software: a version that no CPE name can hold");
	CHECK_ERR(set_version(b, id, "二点四", NULL), b->err, ERR_INVALID);
	test_case("software: a host retired has none left to match");
	int64_t n = 0;
	struct asset_host h;
	bool found = false;
	CHECK_OK(resource_resolve(&b->op, &asset_resource, span_of(host), &n, &b->err), b->err);
	CHECK_OK(asset_inventory_find(&b->op, n, &h, &found, &b->err), b->err);
	CHECK(found && h.n_software == 2 && !h.retired);
	CHECK(op_begin(&b->op, &b->err) && asset_retire(&b->op, n, &b->err) && op_commit(&b->op, &b->err));
	CHECK_OK(asset_inventory_find(&b->op, n, &h, &found, &b->err), b->err);
	CHECK(found && h.n_software == 0 && h.retired);
}

/* ---- imports by upload ---- */

static bool call_route(
	struct bench *b, const char *path, struct span param, struct span body, struct str *out)
{
	b->err = (struct err){ 0 };
	for (size_t i = 0; i < asset_routes_count + import_routes_count; i++) {
		const struct route *r = i < asset_routes_count ? &asset_routes[i]
			: &import_routes[i - asset_routes_count];
		if (strcmp(r->path, path) != 0)
			continue;
		struct call c = { .op = &b->op, .params = { param }, .body = body, .out = out };
		bool tx = r->flags & ROUTE_TX;
		if (tx && !op_begin(&b->op, &b->err))
			return false;
		bool ok = r->handler(&c, &b->err) && (!tx || op_commit(&b->op, &b->err));
		if (!ok)
			op_rollback(&b->op);
		return ok;
	}
	return false;
}

/* Runs what waits in the long lane, as the role `jobs` does. */
static size_t run_jobs(struct bench *b)
{
	size_t n = 0;
	for (;; n++) {
		struct store_job job = { 0 };
		b->err = (struct err){ 0 };
		if (!store_job_take(b->store, STORE_LONG, 60000, b->arena, &job, &b->err) || job.n == 0)
			return n;
		for (size_t i = 0; i < import_jobs_count; i++)
			if (span_is(job.kind, import_jobs[i].kind))
				CHECK_OK(import_jobs[i].run(&b->op, &job, &b->err), b->err);
		CHECK(op_begin(&b->op, &b->err) && store_job_done(b->op.tx, &job, &b->err) &&
			op_commit(&b->op, &b->err));
	}
}

static bool upload(struct bench *b, struct span body, char ret_id[64])
{
	struct str out = STR_IN(b->arena, 1 << 20);
	if (!call_route(b, "/api/v1/imports", SPAN(""), body, &out))
		return false;
	CLEANUP(json_free) json_t *j = object(str_z(&out));
	snprintf(ret_id, 64, SPAN_FMT, SPAN_ARG(json_get_text(j, "id")));
	return span_is(json_get_text(j, "state"), "received");
}

static void test_upload(struct bench *b)
{
	char id[64] = "";
	struct str out = STR_IN(b->arena, 1 << 20);
	test_case("upload: compared by a job, shown, not yet done");
	CHECK_OK(upload(b, SPAN(HEADER "U3,Mail,m1,192.0.2.50,internet,high,Postfix,Postfix,3.7,\n"), id),
		b->err);
	CHECK_ERR(call_route(b, "/api/v1/imports/{id}/apply", span_of(id), SPAN(""), &out), b->err,
		ERR_CONFLICT);
	CHECK_INT(run_jobs(b), 1);
	CHECK(shown(b, &import_resource, id, "\"state\":\"ready\""));
	CHECK(shown(b, &import_resource, id, "\"rows_new\":1"));
	CHECK(shown(b, &import_resource, id, "\"preview\":[{\"line\":2,\"action\":\"new\",\"host\":\"m1\""));
	CHECK_INT(bench_count(b, SQL("SELECT COUNT(*) FROM assets WHERE name = 'm1'")), 0);
	test_case("upload: applied by a job, once");
	CHECK_OK(call_route(b, "/api/v1/imports/{id}/apply", span_of(id), SPAN(""), &out), b->err);
	CHECK_ERR(call_route(b, "/api/v1/imports/{id}/apply", span_of(id), SPAN(""), &out), b->err,
		ERR_CONFLICT);
	CHECK_INT(run_jobs(b), 2); /* applying, and forgetting what need not be kept */
	CHECK(shown(b, &import_resource, id, "\"state\":\"applied\""));
	CHECK_INT(bench_count(b, SQL("SELECT COUNT(*) FROM assets WHERE name = 'm1'")), 1);
	test_case("upload: a bad file is refused with line and column");
	CHECK_OK(upload(b, SPAN(HEADER "U3,,m2,nowhere at all,,,,,,\n"), id), b->err);
	CHECK_INT(run_jobs(b), 1);
	CHECK(shown(b, &import_resource, id, "\"state\":\"refused\""));
	CHECK(shown(b, &import_resource, id, "\"line\":2,\"column\":\"address\""));
	test_case("upload: what is no CSV of assets is refused with the reason");
	CHECK_OK(upload(b, SPAN("a,b\n1,2\n"), id), b->err);
	CHECK_INT(run_jobs(b), 1);
	CHECK(shown(b, &import_resource, id, "\"state\":\"refused\""));
	test_case("upload: nothing is refused at once");
	CHECK_ERR(call_route(b, "/api/v1/imports", SPAN(""), SPAN(""), &out), b->err, ERR_INVALID);
	test_case("upload: a plan made once more after its maker died");
	CHECK_OK(upload(b, SPAN(HEADER "U3,,m3,,,,,,,\n"), id), b->err);
	CHECK(bench_exec(b, SQL("UPDATE import_plans SET state = 'building' WHERE state = 'received'"), V0));
	CHECK(bench_exec(b,
		SQL("INSERT INTO import_plan_rows (plan_n, ordinal, action, line, unit_n, name, system_name,"
		    " address, importance, exposure, software) SELECT n, 1, 'new', 2, 3, 'm3', '', '', '', "
		    "'', '[]'"
		    " FROM import_plans WHERE state = 'building'"),
		V0));
	CHECK_INT(run_jobs(b), 1);
	CHECK(shown(b, &import_resource, id, "\"state\":\"ready\""));
	CHECK(shown(b, &import_resource, id, "\"hosts\":1"));
}

int main(void)
{
	static struct bench b;
	hash_start();
	clock_start();
	resource_register(house, COUNT(house));
	test_case("a data folder");
	CHECK(bench_new(&b, "assets"));
	test_assets(&b);
	test_lists(&b);
	test_software(&b);
	test_upload(&b);
	test_case("the chain of changes is whole");
	struct store_audit audit = { 0 };
	CHECK_OK(store_audit_verify(b.store, &audit, &b.err), b.err);
	CHECK_INT(audit.broken_seq, 0);
	bench_done(&b);
	return test_end();
}
