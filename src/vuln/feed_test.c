#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "codec/stream.h"
#include "vuln/feed_testing.h"
#include "vuln/matcher.h"

#define LEAF(product, end) \
	"{\"vulnerable\":true,\"criteria\":\"cpe:2.3:a:v:" product ":*:*:*:*:*:*:*:*\"," \
	"\"versionEndExcluding\":\"" end "\"}"
#define INSTALLED "cpe:2.3:a:v:p:1.0:*:*:*:*:*:*:*"

static struct corpus_house h;

static struct span lines(const struct span *records, size_t n)
{
	struct str s = STR_IN(h.arena, 64 << 20);
	for (size_t i = 0; i < n; i++) {
		str_add(&s, records[i]);
		str_addc(&s, '\n');
	}
	return str_span(&s);
}

static struct span envelope(const struct span *records, size_t n)
{
	struct str s = STR_IN(h.arena, 64 << 20);
	str_addz(&s,
		"{\"resultsPerPage\":2,\"format\":\"NVD_CVE\",\"version\":\"2.0\",\n \"vulnerabilities\": [");
	for (size_t i = 0; i < n; i++) {
		str_addz(&s, i ? ",\n{\"cve\": " : "\n{\"cve\": ");
		str_add(&s, records[i]);
		str_addz(&s, ",\"x\":1}");
	}
	str_addz(&s, "]}\n");
	return str_span(&s);
}

static struct span packed(enum stream_packing how, struct span s)
{
	return stream_pack(s, how, h.arena);
}

static const char *import_one(const char *kind, const char *name, struct span content)
{
	const char *path = corpus_file(&h, name, content);
	return corpus_import(&h, kind, &path, 1);
}

/* How many CVEs the index says INSTALLED has, -1 if there is no index of the stored state. */
static int64_t hits(void)
{
	struct err err = { 0 };
	CLEANUP(index_close_p) struct index *ix = NULL;
	CLEANUP(matcher_free_p) struct matcher *m = NULL;
	uint32_t name;
	if (!corpus_index_find(h.path, store_reader(h.store), &ix, &err) || !ix)
		return -1;
	m = matcher_new(ix, MATCH_STRICT);
	return matcher_name(m, SPAN(INSTALLED), &name, &err) ? (int64_t)matcher_ask(m, &name, 1).n : -1;
}

static void test_counts(void)
{
	struct span one = corpus_cve(&h, "CVE-2026-0001", "Analyzed", LEAF("p", "2.0"));
	struct span two = corpus_cve(&h, "CVE-2026-0002", "Analyzed", LEAF("p", "0.5"));
	struct span three = corpus_cve(&h, "CVE-2026-0003", "Rejected", LEAF("p", "2.0"));
	struct span changed = corpus_cve(&h, "CVE-2026-0002", "Modified", LEAF("p", "3.0"));
	struct span bad = corpus_cve(
		&h, "CVE-2026-0004", "Analyzed", "{\"vulnerable\":true,\"criteria\":\"cpe:2.3:z:v\"}");
	struct span no_id = SPAN("{\"id\":\"CVE-X\",\"published\":\"2026-01-01T00:00:00.000\"}");
	struct span bad_time = SPAN("{\"id\":\"CVE-2026-0005\",\"published\":\"yesterday\"}");
	const struct span first[] = { one, two, three }, second[] = { one, changed, bad, no_id, bad_time };
	const struct span twice[] = { two, changed, two }, both[] = { one, changed };
	const struct {
		const char *name, *file;
		struct span content;
		const char *want;
		int64_t hits;
	} rows[] = {
		{ "three new records, one of them rejected", "a.json", lines(first, 3), "3 3 0 0 0", 1 },
		{ "the same in the API's envelope", "b.json", envelope(first, 3), "3 0 0 3 0", 1 },
		{ "the same as gzip", "b.json.gz", packed(STREAM_GZIP, lines(first, 3)), "3 0 0 3 0", 1 },
		{ "the same as zstd", "b.json.zst", packed(STREAM_ZSTD, envelope(first, 3)), "3 0 0 3 0", 1 },
		{ "one changed, three refused one by one", "c.json", lines(second, 5), "5 0 1 1 3", 2 },
		{ "of one CVE in one file the last counts", "d.json", lines(twice, 3), "3 0 3 0 0", 1 },
		{ "and back", "e.json", lines(both, 2), "2 0 1 1 0", 2 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		test_case("%s", rows[i].name);
		CHECK_STR(import_one("nvd", rows[i].file, rows[i].content), rows[i].want);
		CHECK_INT(hits(), rows[i].hits);
	}
	test_case("a refused record is named with file, line and field");
	import_one("nvd", "c.json", lines(second, 5));
	CHECK(strstr(h.said, "c.json: record 3 (line 3) CVE-2026-0004") &&
		strstr(h.said, "record 4 (line 4)") && strstr(h.said, "CVE-2026-0005: is not a valid time"));
	test_case("score and severity come from the vector, the text is the English one, rejected ones are "
		  "kept");
	CHECK_INT(corpus_int(&h,
			  SQL("SELECT score FROM corpus.vulns WHERE id='CVE-2026-0001' AND "
			      "severity='critical' AND"
			      " cvss_version='3.1' AND description='about CVE-2026-0001' AND "
			      "published=1767323045678")),
		98);
	CHECK_INT(corpus_int(&h, SQL("SELECT count(*) FROM corpus.vulns WHERE status='Rejected'")), 1);
	test_case("each import is one change");
	CHECK_INT(corpus_int(&h, SQL("SELECT count(*) FROM changes WHERE resource='feed' AND verb='import'")),
		8);
}

static void test_refused(void)
{
	struct span good = corpus_cve(&h, "CVE-2026-0009", "Analyzed", LEAF("p", "2.0"));
	struct span gz = packed(STREAM_GZIP, lines(&good, 1)), whole = envelope(&good, 1);
	const struct {
		const char *name;
		struct span content;
		const char *want;
	} rows[] = {
		{ "not JSON at all", SPAN("<html>\n<body>\n"), "malformed" },
		{ "an empty file", SPAN(""), "malformed" },
		{ "a truncated gzip file", { gz.p, gz.n - 10 }, "" },
		{ "an envelope cut off", { whole.p, whole.n - 5 }, "malformed" },
		{ "another kind of file",
			SPAN("{\"catalogVersion\":\"1\",\"vulnerabilities\":[{\"cveID\":\"CVE-2026-0001\"}]"
			     "}"),
			"malformed" },
	};
	int64_t before = corpus_int(&h, SQL("SELECT count(*) FROM corpus.vulns"));
	int64_t generation = corpus_int(&h, SQL("SELECT value FROM corpus.facts"));
	for (size_t i = 0; i < COUNT(rows); i++) {
		test_case("refused as a whole, with the good file before it: %s", rows[i].name);
		const char *paths[] = { corpus_file(&h, "good.json", lines(&good, 1)),
			corpus_file(&h, "broken.json", rows[i].content) };
		const char *said = corpus_import(&h, "nvd", paths, 2);
		CHECK(strstr(said, "broken.json") != NULL);
		CHECK(span_starts(span_of(said), span_of(rows[i].want)));
		CHECK_INT(corpus_int(&h, SQL("SELECT count(*) FROM corpus.vulns")), before);
		CHECK_INT(corpus_int(&h, SQL("SELECT value FROM corpus.facts")), generation);
		CHECK_INT(hits(), 2);
	}
}

#define KEV(cve, due) \
	"{\"cveID\":\"" cve "\",\"vendorProject\":\"V\",\"product\":\"P\",\"vulnerabilityName\":\"N\"," \
	"\"dateAdded\":\"2026-01-01\",\"shortDescription\":\"S\",\"requiredAction\":\"A\",\"dueDate\":" \
	"\"" due "\"," \
	"\"knownRansomwareCampaignUse\":\"Known\",\"notes\":\"\",\"cwes\":[\"CWE-1\"]}"
#define KEV_FILE(list) \
	"{\"title\":\"t\",\"catalogVersion\":\"2026.01.01\",\"dateReleased\":\"x\",\"count\":1," \
	"\"vulnerabilities\":[" list "]}"
#define EPSS_HEAD "#model_version:v2026.03.01,score_date:2026-04-01T00:00:00+0000\ncve,epss,percentile\n"

static void test_small(void)
{
	static const struct {
		const char *name, *kind, *content, *want;
	} rows[] = {
		{ "KEV before the CVE is known", "kev", KEV_FILE(KEV("CVE-2025-9999", "2026-01-09")),
			"1 1 0 0 0" },
		{ "the same again", "kev", KEV_FILE(KEV("CVE-2025-9999", "2026-01-09")), "1 0 0 1 0" },
		{ "a new due date, a bad one, a number for a text", "kev",
			KEV_FILE(KEV("CVE-2025-9999", "2026-02-09") "," KEV(
				"CVE-2025-1111", "2026-13-01") ",{\"cveID\":5}"),
			"3 0 1 0 2" },
		{ "KEV of nothing", "kev", "{}", NULL },
		{ "an NVD file as KEV", "kev",
			"{\"format\":\"NVD_CVE\",\"vulnerabilities\":[{\"cve\":{\"id\":\"CVE-2026-0001\"}}]}",
			NULL },
		{ "EPSS of known and unknown CVEs", "epss",
			EPSS_HEAD "CVE-2026-0001,0.97565,1.00000\nCVE-1999-0001,0.00001,0\n", "2 2 0 0 0" },
		{ "the same again, and rows that are none", "epss",
			EPSS_HEAD "CVE-2026-0001,0.97565,1.00000\nCVE-2026-1,1.5,0\nCVE-1999-0001,1.5,0\n"
				  "CVE-1999-0001,0.1\nCVE-1999-0001,0.00002,0.5\n",
			"5 0 1 1 3" },
		{ "EPSS with semicolons and no header", "epss", "CVE-2026-0001;0.97565;1.00000;2026-04-01\n",
			NULL },
		{ "EPSS without rows that can be read", "epss", EPSS_HEAD "x\n", NULL },
		{ "KEV as EPSS", "epss", KEV_FILE(KEV("CVE-2025-9999", "2026-01-09")), NULL },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		test_case("%s", rows[i].name);
		const char *said = import_one(rows[i].kind, "small.csv", span_of(rows[i].content));
		if (rows[i].want)
			CHECK_STR(said, rows[i].want);
		else
			CHECK(strstr(said, "malformed: ") == said && strstr(said, "small.csv"));
	}
	test_case("what is kept of them");
	CHECK_INT(corpus_int(&h,
			  SQL("SELECT count(*) FROM corpus.kev WHERE cve='CVE-2025-9999' AND "
			      "due='2026-02-09' AND ransomware=1")),
		1);
	CHECK_INT(corpus_int(&h,
			  SQL("SELECT score FROM corpus.epss WHERE cve='CVE-2026-0001' AND percentile=100000 "
			      "AND"
			      " model='v2026.03.01' AND date='2026-04-01T00:00:00+0000'")),
		97565);
}

static void test_healing(void)
{
	struct err err = { 0 };
	struct index *ix = NULL;
	const char *path = corpus_index_path(h.path, h.arena);
	static const struct {
		const char *name, *content;
	} rows[] = { { "no index file", NULL }, { "a damaged index file", "damaged" },
		{ "an empty index file", "" } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		test_case("%s: it is made again from the records", rows[i].name);
		if (rows[i].content)
			CHECK_OK(file_replace(path, span_of(rows[i].content), 0600, &err), err);
		else
			unlink(path);
		CHECK_INT(hits(), -1);
		CHECK_OK(corpus_index_open(&h.op, &ix, &err), err);
		index_close(ix);
		CHECK_INT(hits(), 2);
	}
	test_case("an import over a missing index makes a whole one");
	struct span more = corpus_cve(&h, "CVE-2026-0020", "Analyzed", LEAF("p", "2.0"));
	unlink(path);
	CHECK_STR(import_one("nvd", "more.json", lines(&more, 1)), "1 1 0 0 0");
	CHECK_INT(hits(), 3);
	test_case("an import that changes nothing over a missing index makes it too");
	unlink(path);
	CHECK_STR(import_one("nvd", "more.json", lines(&more, 1)), "1 0 0 1 0");
	CHECK_INT(hits(), 3);
}

/* Nothing can be renamed over a folder that is not empty. */
static void test_no_index(void)
{
	struct err err = { 0 };
	struct span one = corpus_cve(&h, "CVE-2026-0030", "Analyzed", LEAF("other", "2.0"));
	const char *path = corpus_index_path(h.path, h.arena);
	const char *inside = arena_printf(h.arena, "%s/x", path).p;
	int64_t vulns = corpus_int(&h, SQL("SELECT count(*) FROM corpus.vulns"));
	int64_t changes = corpus_int(&h, SQL("SELECT count(*) FROM changes WHERE resource='feed'"));
	test_case("an import whose index cannot be written fails, and its change is in the log all the same");
	unlink(path);
	CHECK_INT(mkdir(path, 0700), 0);
	CHECK_OK(file_replace(inside, SPAN("x"), 0600, &err), err);
	CHECK(strstr(import_one("nvd", "unindexed.json", lines(&one, 1)), "1 1 0 0 0") == NULL);
	CHECK_INT(corpus_int(&h, SQL("SELECT count(*) FROM corpus.vulns")), vulns + 1);
	CHECK_INT(corpus_int(&h, SQL("SELECT count(*) FROM changes WHERE resource='feed'")), changes + 1);
	unlink(inside);
	rmdir(path);
	test_case("and the next one heals the index");
	CHECK_STR(import_one("nvd", "unindexed.json", lines(&one, 1)), "1 0 0 1 0");
	CHECK_INT(hits(), 3);
}

/* Killed at some moment of an import of many records: the old state or the new one, and the index heals. */
static void test_killed(void)
{
	enum { MANY = 20000, TIMES = 8 };
	struct span *many = arena_array(h.arena, MANY, sizeof *many);
	for (size_t i = 0; i < MANY; i++)
		many[i] = corpus_cve(
			&h, arena_printf(h.arena, "CVE-2025-%05zu", i).p, "Analyzed", LEAF("q", "2.0"));
	const char *path = corpus_file(&h, "many.json", lines(many, MANY));
	int64_t before = corpus_int(&h, SQL("SELECT count(*) FROM corpus.vulns"));
	for (int i = 0; i < TIMES; i++) {
		struct err err = { 0 };
		struct index *ix = NULL;
		test_case("killed %d ms into an import", 40 + i * 120);
		fflush(stdout);
		pid_t child = fork();
		if (child == 0) {
			struct corpus_house c = { .arena = arena_new((size_t)1 << 28, (size_t)1 << 29) };
			memcpy(c.path, h.path, sizeof c.path);
			if (!store_open(c.path, STORE_OPEN, &c.store, &err))
				_exit(1);
			c.op = (struct op){ .store = c.store, .actor = &actor_local, .arena = c.arena };
			corpus_import(&c, "nvd", &path, 1);
			_exit(0);
		}
		usleep((useconds_t)(40 + i * 120) * 1000);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		int64_t after = corpus_int(&h, SQL("SELECT count(*) FROM corpus.vulns"));
		CHECK(after == before || after == before + MANY);
		CHECK_OK(corpus_index_open(&h.op, &ix, &err), err);
		CHECK(ix && index_count(ix) + 1 == (uint32_t)after); /* one is rejected */
		index_close(ix);
	}
	test_case("and then it goes through");
	const char *said = corpus_import(&h, "nvd", &path, 1);
	CHECK(strcmp(said, "20000 20000 0 0 0") == 0 || strcmp(said, "20000 0 0 20000 0") == 0);
	CHECK_INT(hits(), 3);
}

int main(void)
{
	corpus_open(&h, "feed");
	test_counts();
	test_refused();
	test_small();
	test_healing();
	test_no_index();
	test_killed();
	corpus_close(&h);
	return test_end();
}
