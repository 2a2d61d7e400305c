#include "asset/asset.h"
#include "finding/finding.h"
#include "people/people.h"
#include "os/file.h"
#include "vuln/corpus.h"
#include "vuln/feed_testing.h"
#include "vuln/match_run.h"
#include "vuln/vuln.h"

#define LEAF(cpe, more) "{\"vulnerable\":true,\"criteria\":\"cpe:2.3:" cpe "\"" more "}"
#define ON(cpe) "{\"vulnerable\":false,\"criteria\":\"cpe:2.3:" cpe "\"}"
#define REST ":*:*:*:*:*:*:*"

static struct corpus_house h;
static int64_t now = INT64_C(1795395600000);

static void exec(struct sql_literal sql, struct db_values v)
{
	struct err err = { 0 };
	corpus_must(
		op_begin(&h.op, &err) && db_exec(op_db(&h.op), sql, v, &err) && op_commit(&h.op, &err), &err);
}

static void unit(int64_t n)
{
	char id[UUID_TEXT];
	exec(SQL("INSERT INTO units (n, id, version, created_at, updated_at, code, name, short_name, kind, "
		 "sector, uscc,"
		 " sort_order, aliases, phone, note) VALUES (?, ?, 1, 0, 0, ?, ?, '', 'office', "
		 "'government', '', 1, '[]', '', '')"),
		V(db_i(n), db_z(uuid_make(1, id)), db_t(arena_printf(h.arena, "U%lld", (long long)n)),
			db_t(arena_printf(h.arena, "unit %lld", (long long)n))));
}

static int64_t host(const char *name)
{
	char id[UUID_TEXT];
	exec(SQL("INSERT INTO assets (id, version, created_at, updated_at, unit_n, kind, name, address, "
		 "importance, exposure,"
		 " mlps_level, record_number, note, source, seen_first, seen_last) VALUES (?, 1, 0, 0, 1, "
		 "'host', ?, '',"
		 " 'high', 'internet', 0, '', '', 'csv', 0, 0)"),
		V(db_z(uuid_make(1, id)), db_z(name)));
	return corpus_int(&h, SQL("SELECT max(n) FROM assets"));
}

static int64_t software(
	int64_t host_n, const char *vendor, const char *product, const char *version, const char *cpe)
{
	char id[UUID_TEXT];
	exec(SQL("INSERT INTO software (id, version, created_at, updated_at, unit_n, asset_n, source, "
		 "identity, slot, part,"
		 " vendor, product, product_version, patch, cpe, confidence, seen_first, seen_last)"
		 " VALUES (?, 1, 0, 0, 1, ?, 'csv', ?, 0, '', ?, ?, ?, '', ?, 90, 0, ?)"),
		V(db_z(uuid_make(1, id)), db_i(host_n), db_z(product), db_z(vendor), db_z(product),
			db_z(version), db_z(cpe), db_i(now)));
	return corpus_int(&h, SQL("SELECT max(n) FROM software"));
}

static void feed(const struct span *records, size_t n)
{
	struct str s = STR_IN(h.arena, 1 << 20);
	for (size_t i = 0; i < n; i++) {
		str_add(&s, records[i]);
		str_addc(&s, '\n');
	}
	const char *path = corpus_file(&h, "match.json", str_span(&s));
	corpus_import(&h, "nvd", &path, 1);
}

/* "read new changed unchanged refused", a minute later than the last. */
static const char *run(struct match_counts *ret)
{
	struct err err = { 0 };
	struct match_counts c = { 0 };
	clock_fake(now += TIME_MINUTE);
	corpus_must(match_run(&h.op, NULL, &c, &err), &err);
	*ret = c;
	return arena_printf(h.arena, "%lld %lld %lld %lld %lld", (long long)c.pairs.read,
		(long long)c.pairs.fresh, (long long)c.pairs.changed, (long long)c.pairs.unchanged,
		(long long)c.pairs.refused)
		.p;
}

static struct span text(struct sql_literal sql)
{
	struct err err = { 0 };
	struct span s;
	corpus_must(db_text(store_reader(h.store), sql, V0, h.arena, &s, &err), &err);
	return s.p ? s : SPAN("");
}

static void test_run(void)
{
	struct match_counts c;
	struct span records[] = {
		corpus_cve(&h, "CVE-2026-0001", "Analyzed",
			LEAF("a:apache:http_server:*" REST,
				",\"versionStartIncluding\":\"2.4.0\","
				"\"versionEndExcluding\":\"2.4.50\"")),
		corpus_cve(&h, "CVE-2026-0002", "Analyzed",
			LEAF("a:nginx:nginx:1.0" REST, "") "," ON("o:linux:linux_kernel:-" REST)),
		corpus_cve(&h, "CVE-2026-0003", "Analyzed", LEAF("o:my_vendor:my_os:*" REST, "")),
		corpus_cve(&h, "CVE-2026-0004", "Rejected", LEAF("a:apache:http_server:*" REST, "")),
	};
	feed(records, COUNT(records));
	int64_t a = host("a"), b = host("b");
	int64_t apache =
		software(a, "apache", "http_server", "2.4.49", "cpe:2.3:a:apache:http_server:2.4.49" REST);
	software(a, "nobody", "knows this", "1", "");
	software(b, "My Vendor", "My OS", "7 beta", "");
	software(b, "", "nothing", "", "");

	test_case("a name, a text that the corpus names as an operating system, and texts it does not know");
	CHECK_STR(run(&c), "2 2 0 0 0");
	CHECK_INT(c.hosts, 2);
	CHECK_INT(c.software, 4);
	CHECK_INT(c.assumed, 1);
	CHECK_INT(c.unmatchable, 2);
	test_case("the finding names its CVE, host, unit, software and terms");
	CHECK_INT(corpus_int(&h,
			  SQL("SELECT software_n FROM findings WHERE vuln_id='CVE-2026-0001' AND key=vuln_id "
			      "AND"
			      " kind='vulnerability' AND state='new' AND severity='critical' AND score=98 "
			      "AND unit_n=1")),
		apache);
	test_case("the explanation names configuration, criteria, range, installed name and software");
	CHECK_SPAN(text(SQL("SELECT explanation FROM findings WHERE vuln_id='CVE-2026-0001'")),
		"{\"mode\":\"strict\",\"software\":[{\"as\":\"vulnerable\",\"vendor\":\"apache\",\"product\":"
		"\"http_server\","
		"\"version\":\"2.4.49\",\"cpe\":\"cpe:2.3:a:apache:http_server:2.4.49" REST
		"\",\"assumed\":false,\"confidence\":90}],"
		"\"configurations\":[{\"configuration\":0,\"vulnerable\":[{\"criteria\":\"cpe:2.3:a:apache:"
		"http_server:*" REST "\","
		"\"versionStartIncluding\":\"2.4.0\",\"versionEndExcluding\":\"2.4.50\",\"installed\":"
		"\"cpe:2.3:a:apache:http_server:2.4.49" REST "\"}],\"platform\":[]}]}");
	CHECK_INT(
		corpus_int(&h,
			SQL("SELECT count(*) FROM findings WHERE vuln_id='CVE-2026-0003' AND explanation LIKE"
			    " '%\"cpe\":\"cpe:2.3:o:my_vendor:my_os:7_beta:%\"assumed\":true%'")),
		1);

	test_case("found again: the same findings, no change and no step");
	int64_t seq = store_change_seq(h.store), steps = corpus_int(&h, SQL("SELECT count(*) FROM steps"));
	CHECK_STR(run(&c), "2 0 0 2 0");
	CHECK_INT(store_change_seq(h.store), seq);
	CHECK_INT(corpus_int(&h, SQL("SELECT count(*) FROM steps")), steps);

	test_case("KEV and EPSS raise the priority without a change row of the finding");
	const char *kev = corpus_file(&h, "k.json",
		SPAN("{\"catalogVersion\":\"1\",\"vulnerabilities\":[{\"cveID\":\"CVE-2026-0001\","
		     "\"vendorProject\":\"V\",\"product\":\"P\",\"vulnerabilityName\":\"N\",\"dateAdded\":"
		     "\"2026-01-01\",\"shortDescription\":\"S\","
		     "\"requiredAction\":\"A\",\"dueDate\":\"2026-01-09\"}]}"));
	CHECK_STR(corpus_import(&h, "kev", &kev, 1), "1 1 0 0 0");
	int64_t before = corpus_int(&h, SQL("SELECT priority FROM findings WHERE vuln_id='CVE-2026-0001'"));
	CHECK_STR(run(&c), "2 0 0 2 0");
	CHECK_INT(
		corpus_int(&h, SQL("SELECT priority FROM findings WHERE vuln_id='CVE-2026-0001' AND kev=1")),
		before + 300);
	CHECK_INT(corpus_int(&h,
			  SQL("SELECT count(*) FROM changes WHERE resource='finding' AND verb<>'create'")),
		0);

	test_case("the record changes and the host is hit no more: closed by vanish");
	records[0] = corpus_cve(&h, "CVE-2026-0001", "Modified",
		LEAF("a:apache:http_server:*" REST, ",\"versionEndExcluding\":\"2.4.49\""));
	feed(records, 1);
	CHECK_STR(run(&c), "2 0 1 1 0");
	CHECK_INT(c.gone, 1);
	CHECK_SPAN(text(SQL("SELECT state FROM findings WHERE vuln_id='CVE-2026-0001'")), "closed");
	CHECK_STR(run(&c), "1 0 0 1 0");

	test_case("and back again: it recurs, although the software is as old as it was");
	records[0] = corpus_cve(&h, "CVE-2026-0001", "Analyzed",
		LEAF("a:apache:http_server:*" REST, ",\"versionEndExcluding\":\"2.4.50\""));
	feed(records, 1);
	CHECK_STR(run(&c), "2 0 1 1 0");
	CHECK_SPAN(text(SQL("SELECT state FROM findings WHERE vuln_id='CVE-2026-0001'")), "new");

	test_case("the host is retired: its findings vanish");
	struct err err = { 0 };
	CHECK_OK(op_begin(&h.op, &err) && asset_retire(&h.op, b, &err) && op_commit(&h.op, &err), err);
	CHECK_STR(run(&c), "2 0 1 1 0");
	CHECK_SPAN(text(SQL("SELECT state FROM findings WHERE vuln_id='CVE-2026-0003'")), "closed");
}

static void test_proof(void)
{
	static const struct {
		const char *claim, *version;
		enum finding_proof want;
	} rows[] = {
		{ "fixed", "2.4.62", FINDING_PROVEN },
		{ "fixed", "2.4.50", FINDING_PROVEN },
		{ "fixed", " 2.4.49 ", FINDING_DISPROVEN },
		{ "fixed", "2.4.5", FINDING_DISPROVEN },
		{ "fixed", "", FINDING_UNPROVEN },
		{ "not_affected", "2.4.10", FINDING_DISPROVEN },
		{ "not_affected", "", FINDING_UNPROVEN },
		{ "mitigated", "2.4.62", FINDING_UNPROVEN },
	};
	struct finding_fact fact = { .vuln_id = SPAN("CVE-2026-0001") };
	struct finding_facts facts = { &fact, 1 };
	fact.n = corpus_int(&h, SQL("SELECT n FROM findings WHERE vuln_id='CVE-2026-0001'"));
	fact.asset_n = corpus_int(&h, SQL("SELECT asset_n FROM findings WHERE vuln_id='CVE-2026-0001'"));
	fact.software_n =
		corpus_int(&h, SQL("SELECT software_n FROM findings WHERE vuln_id='CVE-2026-0001'"));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct finding_claim claim = { .claim = span_of(rows[i].claim),
			.version = span_of(rows[i].version),
			.asset_n = fact.asset_n,
			.software_n = fact.software_n };
		struct err err = { 0 };
		enum finding_proof got = FINDING_PENDING;
		struct span reason;
		test_case("%s with version \"%s\"", rows[i].claim, rows[i].version);
		CHECK_OK(vuln_finding_kind.prove(&h.op, &claim, &facts, &got, &reason, &err), err);
		CHECK_INT(got, rows[i].want);
		CHECK_INT(reason.n > 0, rows[i].want == FINDING_DISPROVEN);
		CHECK(rows[i].want != FINDING_DISPROVEN ||
			(strstr(reason.p, "CVE-2026-0001") && strstr(reason.p, "< 2.4.50") &&
				strstr(reason.p, "cpe:2.3:a:apache:http_server:*")));
	}
	struct err err = { 0 };
	struct str out = STR_IN(h.arena, 4096);
	test_case("the remedy in words");
	CHECK_OK(vuln_finding_kind.advise(&h.op, &facts, &out, &err), err);
	CHECK_SPAN(str_span(&out), "升级到 2.4.50 或更高版本");
}

/* A verification holds the write lock: without an index it must not wait for one, and proves nothing. */
static void test_proof_without_index(void)
{
	struct finding_fact fact = { .vuln_id = SPAN("CVE-2026-0001") };
	struct finding_facts facts = { &fact, 1 };
	struct err err = { 0 };
	enum finding_proof got = FINDING_PENDING;
	struct span reason;
	char path[400], aside[420];
	int feed_lock = -1;
	fact.asset_n = host("named by hand");
	fact.software_n = software(fact.asset_n, "nobody", "nothing", "1", "");
	struct finding_claim claim = { .claim = SPAN("fixed"), .version = SPAN("2"), .asset_n = fact.asset_n,
		.software_n = fact.software_n };
	snprintf(path, sizeof path, "%s", corpus_index_path(store_folder(h.op.store), h.arena));
	snprintf(aside, sizeof aside, "%s.aside", path);
	test_case("a name to be assumed: with the index it is proof");
	CHECK_OK(vuln_finding_kind.prove(&h.op, &claim, &facts, &got, &reason, &err), err);
	CHECK_INT(got, FINDING_PROVEN);
	test_case("without it, while a feed is read, a person judges at once");
	CHECK_INT(rename(path, aside), 0);
	CHECK_OK(corpus_lock(store_folder(h.op.store), 0, &feed_lock, &err), err);
	CHECK_OK(vuln_finding_kind.prove(&h.op, &claim, &facts, &got, &reason, &err), err);
	CHECK_INT(got, FINDING_UNPROVEN);
	CHECK(!file_exists(path));
	CHECK_INT(rename(aside, path), 0);
	file_close(&feed_lock);
}

int main(void)
{
	static const struct resource *const all[] = { &unit_resource, &asset_resource, &software_resource,
		&finding_resource, &vuln_resource };
	corpus_open(&h, "match");
	resource_register(all, COUNT(all));
	clock_fake(now);
	unit(1);
	test_run();
	test_proof();
	test_proof_without_index();
	corpus_close(&h);
	return test_end();
}
