#include "asset/import_test.h"
#include "codec/workbook.h"

/* One after the other on the same folder: each says what the file changes and what is live afterwards. */
static const struct {
	const char *name, *text;
	int64_t read, fresh, changed, unchanged;
	int64_t hosts, live, removed;          /* in the store afterwards */
} imports[] = {
	{ "a first file: two hosts with software, one alone",
		HEADER "U1,OA,web1,192.0.2.1,internet,high,Apache HTTP "
		       "Server,Apache,2.4.46,cpe:2.3:a:apache:http_server:2.4.46:*:*:*:*:*:*:*\n"
		       "U1,OA,web1,192.0.2.1,internet,high,OpenSSL,OpenSSL,1.1.1,\n"
		       "U1,OA,db1,192.0.2.2,internal,high,,,,cpe:2.3:a:mysql:mysql:8.0.30:*:*:*:*:*:*:*\n"
		       "U2,,mail,mail.water.example,internet,,,,,\n",
		4, 4, 0, 0, 3, 3, 0 },
	{ "the same again: nothing changes",
		HEADER "U1,OA,web1,192.0.2.1,internet,high,Apache HTTP "
		       "Server,Apache,2.4.46,cpe:2.3:a:apache:http_server:2.4.46:*:*:*:*:*:*:*\n"
		       "U1,OA,web1,192.0.2.1,internet,high,OpenSSL,OpenSSL,1.1.1,\n"
		       "U1,OA,db1,192.0.2.2,internal,high,,,,cpe:2.3:a:mysql:mysql:8.0.30:*:*:*:*:*:*:*\n"
		       "U2,,mail,mail.water.example,internet,,,,,\n",
		4, 0, 0, 4, 3, 3, 0 },
	{ "columns in another order, more of them, letter case of the CPE name",
		"note,host,unit,system,cpe,version,vendor,software,"
		"importance,exposure,address\n"
		"x,db1,U1,OA,CPE:2.3:A:MySQL:mysql:8.0.30:*:*:*:*:*:*:*,,,,,,\n",
		1, 0, 0, 1, 3, 3, 0 },
	{ "a version changed, one instance new",
		HEADER "U1,OA,web1,192.0.2.1,internet,high,Apache HTTP "
		       "Server,Apache,2.4.58,cpe:2.3:a:apache:http_server:2.4.58:*:*:*:*:*:*:*\n"
		       "U1,OA,web1,192.0.2.1,internet,high,OpenSSL,OpenSSL,1.1.1,\n"
		       "U1,OA,web1,192.0.2.1,internet,high,PHP,PHP,8.1,\n",
		3, 1, 1, 1, 3, 4, 0 },
	{ "what vanished from a named host is removed, other hosts stay",
		HEADER "U1,OA,web1,192.0.2.1,internet,high,OpenSSL,OpenSSL,1.1.1,\n", 1, 0, 0, 1, 3, 2, 2 },
	{ "a host alone has no software left", HEADER "U1,OA,web1,192.0.2.1,internet,high,,,,\n", 1, 0, 1, 0,
		3, 1, 3 },
	{ "the same host in another unit is another host", HEADER "U2,OA,web1,192.0.2.9,internal,low,,,,\n",
		1, 1, 0, 0, 4, 1, 3 },
	{ "two versions of one product side by side",
		HEADER "U1,,db1,,,,PHP,PHP,7.4,\nU1,,db1,,,,PHP,PHP,8.1,\nU1,,db1,,,,,,,cpe:2.3:a:mysql:"
		       "mysql:8.0.30:*:*:*:*:*:*:*\n",
		3, 2, 0, 1, 4, 3, 3 },
	{ "one of the two changes and keeps its row",
		HEADER "U1,,db1,,,,PHP,PHP,8.3,\nU1,,db1,,,,PHP,PHP,8.1,\nU1,,db1,,,,,,,cpe:2.3:a:mysql:"
		       "mysql:8.0.30:*:*:*:*:*:*:*\n",
		3, 0, 1, 2, 4, 3, 3 },
	{ "a repeated row counts once",
		HEADER "U3,,a,,,,X,Y,1,\nU3,,a,,,,X,Y,1,\nU3,,a,,,,X,Y,1,\nU3,,b,,,,,,,\nU3,,b,,,,,,,\n", 5,
		2, 0, 3, 6, 4, 3 },
	{ "an empty address says nothing, another one changes the host",
		HEADER "U3,,a,,,,X,Y,1,\nU3,,b,192.0.2.77,,,,,,\n", 2, 0, 1, 1, 6, 4, 3 },
	{ "the host's own change counts at its first row",
		HEADER "U3,S,a,,internet,,X,Y,1,\nU3,S,a,,internet,,X,Y,2,\n", 2, 1, 1, 0, 6, 5, 3 },
	{ "a header alone", HEADER, 0, 0, 0, 0, 6, 5, 3 },
};

static void test_imports(void)
{
	struct bench b;
	if (!bench_new(&b, "imports")) {
		test_case("a data folder");
		CHECK(false);
		return;
	}
	for (size_t i = 0; i < COUNT(imports); i++) {
		int64_t changes = bench_count(&b, SQL("SELECT COUNT(*) FROM changes"));
		test_case("%s: shown, not done", imports[i].name);
		bench_write(&b, span_of(imports[i].text));
		CHECK_OK(bench_run(&b, true), b.err);
		CHECK_COUNTS(
			&b, imports[i].read, imports[i].fresh, imports[i].changed, imports[i].unchanged, 0);
		CHECK_INT(bench_count(&b, SQL("SELECT COUNT(*) FROM changes")), changes);
		test_case("%s", imports[i].name);
		CHECK_OK(bench_run(&b, false), b.err);
		CHECK_COUNTS(
			&b, imports[i].read, imports[i].fresh, imports[i].changed, imports[i].unchanged, 0);
		CHECK_INT(bench_count(&b, SQL("SELECT COUNT(*) FROM assets WHERE kind = 'host'")),
			imports[i].hosts);
		CHECK_INT(bench_count(&b, SQL("SELECT COUNT(*) FROM software WHERE removed_at IS NULL")),
			imports[i].live);
		CHECK_INT(bench_count(&b, SQL("SELECT COUNT(*) FROM software WHERE removed_at IS NOT NULL")),
			imports[i].removed);
		if (imports[i].read == imports[i].unchanged && !strstr(imports[i].name, "vanished"))
			CHECK_INT(bench_count(&b, SQL("SELECT COUNT(*) FROM changes")), changes);
		test_case("%s: again changes nothing", imports[i].name);
		changes = bench_count(&b, SQL("SELECT COUNT(*) FROM changes"));
		CHECK_OK(bench_run(&b, false), b.err);
		CHECK_COUNTS(&b, imports[i].read, 0, 0, imports[i].read, 0);
		CHECK_INT(bench_count(&b, SQL("SELECT COUNT(*) FROM changes")), changes);
	}
	test_case("history, systems, plans and columns as they should be");
	CHECK_INT(bench_count(&b,
			  SQL("SELECT COUNT(*) FROM software_history WHERE product_version = '2.4.46' AND "
			      "verb = 'change'")),
		1);
	CHECK_INT(
		bench_count(&b, SQL("SELECT COUNT(*) FROM assets WHERE kind = 'system' AND name = 'OA'")), 2);
	CHECK_INT(bench_count(&b,
			  SQL("SELECT COUNT(*) FROM assets h JOIN assets s ON s.n = h.parent_n WHERE h.name "
			      "= 'web1'"
			      " AND s.name = 'OA'")),
		2);
	CHECK_INT(bench_count(&b, SQL("SELECT COUNT(*) FROM import_plans WHERE state <> 'applied'")), 0);
	CHECK_INT(bench_count(&b,
			  SQL("SELECT COUNT(*) FROM import_plans p WHERE p.version <> (SELECT COUNT(*) FROM "
			      "changes c WHERE c.resource = 'import' AND c.record_n = p.n)")),
		0);
	CHECK_INT(bench_count(&b,
			  SQL("SELECT COUNT(*) FROM assets WHERE name = 'mail' AND importance = 'medium'"
			      " AND exposure = 'internet'")),
		1);
	CHECK_INT(bench_count(&b,
			  SQL("SELECT COUNT(*) FROM software WHERE product = 'mysql' AND vendor = 'mysql'"
			      " AND product_version = '8.0.30' AND part = 'a'")),
		1);
	struct store_audit audit;
	CHECK_OK(store_audit_verify(b.store, &audit, &b.err), b.err);
	CHECK_INT(audit.broken_seq, 0);
	bench_done(&b);
}

static const struct {
	const char *name, *text;
	enum err_code code;
	int64_t rows;                          /* -1: no line of counts */
	struct { uint64_t line; const char *column; } problems[4];
} bad[] = {
	{ "an unknown unit", HEADER "U1,,a,,,,,,,\nNO,,a,,,,,,,\n", ERR_INVALID, 2, { { 3, "unit" } } },
	{ "no unit and no host", HEADER ",,,,,,,,,\nU1,,,,,,,,,\n", ERR_INVALID, 2,
		{ { 2, "unit" }, { 2, "host" }, { 3, "host" } } },
	{ "a bad address", HEADER "U1,,a,192.0.2.300,,,,,,\n", ERR_INVALID, 1, { { 2, "address" } } },
	{ "bad words", HEADER "U1,,a,,moon,urgent,,,,\n", ERR_INVALID, 1,
		{ { 2, "exposure" }, { 2, "importance" } } },
	{ "a bad CPE name", HEADER "U1,,a,,,,,,,cpe:2.3:a:b\nU1,,b,,,,,,,cpe:/x:b:c\n", ERR_INVALID, 2,
		{ { 2, "cpe" }, { 3, "cpe" } } },
	{ "a version of nothing", HEADER "U1,,a,,,,,V,,\nU1,,b,,,,,,2,\n", ERR_INVALID, 2,
		{ { 2, "software" }, { 3, "software" } } },
	{ "control characters", HEADER "U1,,a\001b,,,,,,,\nU1,\"x\ny\",b,,,,,,,\n", ERR_INVALID, 2,
		{ { 2, "host" }, { 3, "system" } } },
	{ "a row too short, a row too long", HEADER "U1,,a\nU1,,b,,,,,,,,,\n", ERR_INVALID, 2,
		{ { 2, "" }, { 3, "" } } },
	{ "rows that contradict each other", HEADER "U1,,a,192.0.2.1,,,X,,,\nU1,,a,192.0.2.2,,,Z,,,\n",
		ERR_INVALID, 2, { { 3, "address" } } },
	{ "a missing column",
		"unit,system,host,address,exposure,importance,software,vendor,version\nU1,,a,,,,,,\n",
		ERR_INVALID, -1, { { 0 } } },
	{ "an empty file", "", ERR_MALFORMED, -1, { { 0 } } },
	{ "broken quoting", HEADER "U1,,a,,,,,,,\nU1,,\"b,,,,,,,\n", ERR_MALFORMED, -1, { { 0 } } },
};

static void check_problems(struct bench *b, size_t i)
{
	CLEANUP(table_close_p) struct table *t = NULL;
	struct arena *a = arena_new(8u << 20, 64u << 20);
	struct import_file f = { .arena = a };
	CHECK_OK(table_open_span(span_of(bad[i].text), 1 << 20, &t, &b->err), b->err);
	CHECK_OK(plan_read_with(&b->op, t, SPAN("*"), &f, &b->err), b->err);
	size_t want = 0;
	while (want < COUNT(bad[i].problems) && bad[i].problems[want].line)
		want++;
	CHECK_INT(f.n_problems, want);
	for (size_t p = 0; p < want && p < f.n_problems; p++) {
		CHECK_INT(f.problems[p].line, bad[i].problems[p].line);
		CHECK_STR(f.problems[p].column, bad[i].problems[p].column);
		CHECK(f.problems[p].zh.n > 0 && f.problems[p].en.n > 0 &&
			!span_eq(f.problems[p].zh, f.problems[p].en));
	}
	arena_free(a);
}

static void test_bad(void)
{
	struct bench b;
	test_case("a data folder for bad files");
	CHECK(bench_new(&b, "bad"));
	for (size_t i = 0; i < COUNT(bad); i++) {
		test_case("%s: refused whole, by line and column", bad[i].name);
		CHECK_ERR(bench_import(&b, span_of(bad[i].text)), b.err, bad[i].code);
		if (bad[i].rows < 0)
			CHECK_INT(b.counts.read, -1);
		else
			CHECK_COUNTS(&b, bad[i].rows, 0, 0, 0, bad[i].rows);
		CHECK_INT(bench_count(&b, SQL("SELECT COUNT(*) FROM assets")), 0);
		CHECK_INT(bench_count(&b, SQL("SELECT COUNT(*) FROM changes")), 0);
		if (bad[i].rows >= 0)
			check_problems(&b, i);
	}
	test_case("a unit outside the scope of who imports");
	CLEANUP(table_close_p) struct table *t = NULL;
	struct arena *a = arena_new(8u << 20, 64u << 20);
	struct import_file f = { .arena = a };
	CHECK_OK(table_open_span(SPAN(HEADER "U1,,a,,,,,,,\nU2,,a,,,,,,,\n"), 1 << 20, &t, &b.err), b.err);
	CHECK_OK(plan_read_with(&b.op, t, SPAN(",2,3,"), &f, &b.err), b.err);
	CHECK_INT(f.bad_rows, 1);
	CHECK_INT(f.problems[0].line, 2);
	arena_free(a);
	bench_done(&b);
}

static void test_texts(void)
{
	struct bench b;
	test_case("UTF-8 with a byte order mark");
	CHECK(bench_new(&b, "texts"));
	CHECK_OK(bench_import(&b, SPAN("\xEF\xBB\xBF" HEADER "U1,办公系统,主机一,,,,达梦数据库,达梦,8.1,\n")), b.err);
	CHECK_COUNTS(&b, 1, 1, 0, 0, 0);
	test_case("the same in GB18030 is the same");
	CHECK_OK(bench_import(&b,
			 SPAN(HEADER "U1,\xB0\xEC\xB9\xAB\xCF\xB5\xCD\xB3,\xD6\xF7\xBB\xFA\xD2\xBB,,,,"
				     "\xB4\xEF\xC3\xCE\xCA\xFD\xBE\xDD\xBF\xE2,\xB4\xEF\xC3\xCE,8.1,\n")),
		b.err);
	CHECK_COUNTS(&b, 1, 0, 0, 1, 0);
	test_case("bytes that are neither are refused");
	CHECK(!bench_import(&b, SPAN(HEADER "U1,\xFF\xFE,h,,,,,,,\n")));
	CHECK_INT(bench_count(&b, SQL("SELECT COUNT(*) FROM assets")), 2);
	test_case("names are found by their words");
	struct store_found found = { 0 };
	CHECK_OK(store_search(b.store, "asset", SPAN("主机"), b.arena, &found, &b.err), b.err);
	CHECK_INT(found.count, 1);
	bench_done(&b);
}

static void test_inventory(void)
{
	struct bench b;
	struct asset_host *hosts = NULL;
	size_t n = 0;
	int64_t stamp = -1, later = -1;
	struct asset_place at;
	test_case("the inventory in ascending order, with live software");
	CHECK(bench_new(&b, "inventory"));
	CHECK_OK(asset_inventory_stamp(&b.op, &stamp, &b.err), b.err);
	CHECK_INT(stamp, 0);
	CHECK_OK(bench_import(&b,
			 SPAN(HEADER
				 "U1,,a,192.0.2.1,,,X,Y,1,\nU1,,b,192.0.2.2,,,,,,\nU2,,c,192.0.2.1,,,X,Y,1,\n"
				 "U2,,c,192.0.2.1,,,,,,cpe:2.3:o:linux:linux_kernel:5.10:*:*:*:*:*:*:*\n")),
		b.err);
	CHECK_OK(asset_inventory_next(&b.op, (struct asset_range){ .max = 100 }, &hosts, &n, &b.err), b.err);
	CHECK_INT(n, 3);
	if (n == 3) {
		CHECK(hosts[0].n < hosts[1].n && hosts[1].n < hosts[2].n);
		CHECK_INT(hosts[0].n_software, 1);
		CHECK_INT(hosts[1].n_software, 0);
		CHECK_INT(hosts[2].n_software, 2);
		CHECK_INT(hosts[2].unit_n, 2);
		CHECK_SPAN(hosts[2].name, "c");
	}
	test_case("only what changed since a stamp");
	CHECK_OK(asset_inventory_stamp(&b.op, &stamp, &b.err), b.err);
	CHECK(stamp > 0);
	CHECK_OK(asset_inventory_next(&b.op, (struct asset_range){ 0, stamp, 100 }, &hosts, &n, &b.err),
		b.err);
	CHECK_INT(n, 0);
	CHECK_OK(bench_import(&b, SPAN(HEADER "U1,,a,192.0.2.1,,,X,Y,2,\nU1,,b,192.0.2.2,,,,,,\n")), b.err);
	CHECK_OK(asset_inventory_stamp(&b.op, &later, &b.err), b.err);
	CHECK(later > stamp);
	CHECK_OK(asset_inventory_next(&b.op, (struct asset_range){ 0, stamp, 100 }, &hosts, &n, &b.err),
		b.err);
	CHECK_INT(n, 1);
	test_case("an address that two units use needs the unit");
	CHECK_OK(asset_find_by_address(&b.op, SPAN("192.0.2.1"), 0, &at, &b.err), b.err);
	CHECK(!at.found);
	CHECK_OK(asset_find_by_address(&b.op, SPAN("192.0.2.1"), 2, &at, &b.err), b.err);
	CHECK(at.found && at.unit_n == 2);
	CHECK_OK(asset_find_by_address(&b.op, SPAN(" 192.0.2.2 "), 0, &at, &b.err), b.err);
	CHECK(at.found && at.unit_n == 1);
	CHECK_OK(asset_find_by_address(&b.op, SPAN("not an address"), 0, &at, &b.err), b.err);
	CHECK(!at.found);
	bench_done(&b);
}

/* Hosts with thousands of programs each: what is read back at once is bounded by bytes too. */
static void test_read_back(void)
{
	enum { HOSTS = 20, PROGRAMS = 10000 };
	struct bench b;
	struct import_rows rows;
	test_case("a plan of fat hosts is read back piece by piece");
	CHECK(bench_new(&b, "fat"));
	struct str software = STR_IN(b.arena, 1 << 20);
	str_addc(&software, '[');
	for (size_t i = 0; i < PROGRAMS; i++)
		str_addf(&software, "%s[\"text:v:p\",\"a\",\"v\",\"p\",\"1\",\"\"]", i ? "," : "");
	str_addc(&software, ']');
	for (int64_t i = 1; i <= HOSTS; i++)
		CHECK(bench_exec(&b,
			SQL("INSERT INTO import_plan_rows (plan_n, ordinal, action, line, unit_n, name, "
			    "system_name, address, importance, exposure, software)"
			    " VALUES (1, ?, 'new', 2, 1, 'h', '', '', '', '', ?)"),
			V(db_i(i), db_t(str_span(&software)))));
	CHECK_OK(plan_rows(&b.op, 1, 0, HOSTS, &rows, &b.err), b.err);
	CHECK(rows.n >= 1 && rows.n < HOSTS);
	size_t first = rows.n;
	CHECK_OK(plan_rows(&b.op, 1, HOSTS - 1, HOSTS, &rows, &b.err), b.err);
	CHECK(rows.n == 1 && first > 1);
	bench_done(&b);
}

static struct span workbook_of(struct bench *b, const char *const *cells, size_t rows, size_t columns)
{
	CLEANUP(workbook_free_p) struct workbook *w = NULL;
	struct span *line = arena_array(b->arena, columns, sizeof *line), out = { NULL, 0 };
	CHECK_OK(workbook_new(b->folder, &w, &b->err), b->err);
	for (size_t r = 0; r < rows; r++) {
		for (size_t c = 0; c < columns; c++)
			line[c] = span_of(cells[r * columns + c]);
		CHECK_OK(workbook_row(w, line, columns, &b->err), b->err);
	}
	CHECK_OK(workbook_finish(w, b->arena, &out, &b->err), b->err);
	return out;
}

static void test_workbook(void)
{
	static const char *const good[] = {
		"信息资产清单", "", "", "", "", "", "填报日期：2026年11月", "", "", "", "", "",
		"所属单位", "主机名称*", "IP 地址", "所在网络", "软件名称", "版本号",
		"U1", "门户", "192.0.2.7", "互联网", "nginx", "1.20.1", "U2", "内部", "", "内网", "", "",
	};
	static const char *const twice[] = { "单位", "主机", "主机名", "U1", "a", "b" };
	static const char *const without[] = { "单位", "地址", "U1", "192.0.2.1" };
	struct bench b;
	test_case("a workbook with titles and headings in Chinese");
	CHECK(bench_new(&b, "workbooks"));
	CHECK_OK(bench_import(&b, workbook_of(&b, good, COUNT(good) / 6, 6)), b.err);
	CHECK_COUNTS(&b, 2, 2, 0, 0, 0);
	CHECK_INT(bench_count(&b,
			  SQL("SELECT COUNT(*) FROM assets a JOIN software s ON s.asset_n = a.n WHERE a.name "
			  "= '门户'"
			      " AND a.unit_n = 1 AND a.address = '192.0.2.7' AND a.exposure = 'internet'"
			      " AND s.product = 'nginx' AND s.product_version = '1.20.1'")),
		1);
	test_case("a column named twice");
	CHECK_ERR(bench_import(&b, workbook_of(&b, twice, 2, 3)), b.err, ERR_MALFORMED);
	test_case("no column of hosts");
	CHECK_ERR(bench_import(&b, workbook_of(&b, without, 2, 2)), b.err, ERR_INVALID);
	CHECK(strstr(b.err.zh, "host"));
	test_case("an old .xls");
	CHECK_ERR(bench_import(&b, SPAN("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1....")), b.err, ERR_MEDIA_TYPE);
	CHECK(strstr(b.err.zh, "请另存为 .xlsx"));
	test_case("a unit by its name, and a name that two units have");
	CHECK(bench_exec(&b, SQL("UPDATE units SET name = CASE code WHEN 'U1' THEN '甲局' ELSE '乙局' END"), V0));
	CHECK_OK(bench_import(&b, SPAN(HEADER "甲局,,x,,,,,,,\n")), b.err);
	CHECK_ERR(bench_import(&b, SPAN(HEADER "乙局,,x,,,,,,,\n")), b.err, ERR_INVALID);
	bench_done(&b);
}

int main(void)
{
	hash_start();
	clock_start();
	test_imports();
	test_bad();
	test_texts();
	test_inventory();
	test_workbook();
	test_read_back();
	return test_end();
}
