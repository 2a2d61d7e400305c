#include "base/test.h"
#include "vuln/tools.h"

#include <sys/stat.h>
#include <zlib.h>

#define C(product, version) "cpe:2.3:a:v:" product ":" version ":*:*:*:*:*:*:*"
#define LEAF(vulnerable, cpe) "{\"vulnerable\":" vulnerable ",\"criteria\":\"" cpe "\"}"
#define NODE(leaves) "{\"operator\":\"OR\",\"negate\":false,\"cpeMatch\":[" leaves "]}"
#define CVE(id, more) "{\"id\":\"" id "\"" more "}"
#define BASIC(cpe) ",\"configurations\":[{\"nodes\":[" NODE(LEAF("true", cpe)) "]}]"

/* Out of order; one rejected, one running on a platform, one record that cannot be used. */
static const char ndjson[] =
	CVE("CVE-2020-10000", BASIC(C("p", "1"))) "\n"
	CVE("CVE-2020-0002", BASIC(C("p", "1"))) "\n"
	CVE("CVE-2020-0003", ",\"vulnStatus\":\"Rejected\"" BASIC(C("p", "1"))) "\n"
	CVE("CVE-2020-0004", BASIC("cpe:2.3:a:broken")) "\n";

static const char envelope[] =
	"{\"resultsPerPage\":1,\"format\":\"NVD_CVE\",\n\"vulnerabilities\":[\n{\"cve\":"
	CVE("CVE-2020-0005", ",\"configurations\":[{\"operator\":\"AND\",\"nodes\":["
	    NODE(LEAF("true", C("p", "1"))) "," NODE(LEAF("false", C("platform", "-"))) "]}]") "}]}\n";

/* Replaces the first CVE of the first file: the later one counts. */
static const char later[] = CVE("CVE-2020-10000", BASIC(C("q", "1"))) "\n";

static const struct {
	const char *name, *mode, *in, *want;
} cases[] = {
	{ "sorted as text, in the order of the input", "strict",
		"{\"host\":7,\"cpes\":[\"" C("q", "1") "\",\"" C(
			"p", "1") "\"]}\n{\"cpes\":[],\"host\":\"b\"}\n",
		"{\"host\":7,\"cves\":[\"CVE-2020-0002\",\"CVE-2020-10000\"]}\n{\"host\":\"b\",\"cves\":[]}"
		"\n" },
	{ "strict: an open version matches nothing", "strict", "{\"host\":1,\"cpes\":[\"" C("p", "*") "\"]}",
		"{\"host\":1,\"cves\":[]}\n" },
	{ "lenient: it may be", "lenient", "{\"host\":1,\"cpes\":[\"" C("p", "*") "\"]}",
		"{\"host\":1,\"cves\":[\"CVE-2020-0002\"]}\n" },
	{ "platform unknown", "platform-unknown", "{\"host\":1,\"cpes\":[\"" C("p", "1") "\"]}\r\n",
		"{\"host\":1,\"cves\":[\"CVE-2020-0002\",\"CVE-2020-0005\"]}\n" },
	{ "platform there", "strict",
		"{\"host\":1,\"cpes\":[\"" C("platform", "-") "\",\"CPE:2.3:A:V:P:1:*:*:*:*:*:*:*\"]}",
		"{\"host\":1,\"cves\":[\"CVE-2020-0002\",\"CVE-2020-0005\"]}\n" },
	{ "bad lines are answered, and it goes on", "strict",
		"\nx\n[1]\n{\"cpes\":[]}\n{\"host\":1}\n{\"host\":null,\"cpes\":[7]}\n{\"host\":{\"a\":1},"
		"\"cpes\":[\"x\"]}\n"
		"{\"host\":2,\"cpes\":[]}\n",
		"{\"error\":\"?\n{\"error\":\"?\n{\"error\":\"?\n{\"error\":\"?\n{\"host\":1,\"error\":\"?\n"
		"{\"host\":null,\"error\":\"?\n{\"host\":{\"a\":1},\"error\":\"?\n{\"host\":2,\"cves\":[]}"
		"\n" },
	{ "nothing", "strict", "", "" },
};

static void write_file(const char *name, const char *text, bool gz, char path[300])
{
	snprintf(path, 300, "%s/nvd/%s", test_folder(), name);
	gzFile f = gzopen(path, gz ? "wb" : "wbT");
	CHECK(f && gzputs(f, text) == (int)strlen(text) && gzclose(f) == Z_OK);
}

/* Shortens each reason to a question mark. */
static void without_reasons(const char *got, struct str *ret)
{
	while (*got) {
		const char *end = strchr(got, '\n'), *reason = strstr(got, "\"error\":\"");
		if (reason && reason < end) {
			str_add(ret, (struct span){ got, (size_t)(reason - got) + 9 });
			str_addz(ret, "?\n");
		} else {
			str_add(ret, (struct span){ got, (size_t)(end - got) + 1 });
		}
		got = end + 1;
	}
}

static bool run(
	const struct tool_match *t, const char *in, struct str *ret, struct str *ret_notes, struct err *err)
{
	char *out = NULL, *notes = NULL;
	size_t n_out, n_notes;
	FILE *i = fmemopen((void *)(uintptr_t)(*in ? in : "\n"), *in ? strlen(in) : 1, "r");
	FILE *o = open_memstream(&out, &n_out), *n = open_memstream(&notes, &n_notes);
	if (!*in)
		fgetc(i);
	bool ok = tool_match(t, i, o, n, err);
	fclose(i);
	fclose(o);
	fclose(n);
	without_reasons(out, ret);
	str_addz(ret_notes, notes);
	free(out);
	free(notes);
	return ok;
}

static void test_files(void)
{
	char first[300], path[300];
	struct err err = { 0 };
	CLEANUP(str_done) struct str got = STR(10000);
	CLEANUP(str_done) struct str notes = STR(10000);
	const char *paths[] = { first };
	struct tool_match t = { paths, 1, SPAN("strict"), false };

	test_case("a refused record is noted with file, record, line and place");
	write_file("a.ndjson.gz", ndjson, true, first);
	CHECK_OK(run(&t, "{\"host\":1,\"cpes\":[\"" C("p", "1") "\"]}\n", &got, &notes, &err), err);
	CHECK_STR(str_z(&got), "{\"host\":1,\"cves\":[\"CVE-2020-0002\",\"CVE-2020-10000\"]}\n");
	CHECK(span_starts(str_span(&notes), span_of(first)));
	CHECK(strstr(str_z(&notes), ": record 4 (line 4) CVE-2020-0004: "
				    "configurations[0].nodes[0].cpeMatch[0].criteria: "));

	test_case("a truncated file is an error that names it");
	write_file("cut", "{\"vulnerabilities\":[{\"cve\":{\"id\":\"CVE-2020-0001\"}},", false, path);
	paths[0] = path;
	CHECK_ERR(run(&t, "", &got, &notes, &err), err, ERR_MALFORMED);
	CHECK(span_starts(span_of(err.en), span_of(path)));

	test_case("no such file, no such mode, no file");
	paths[0] = "/nonexistent";
	CHECK_ERR(run(&t, "", &got, &notes, &err), err, ERR_NOT_FOUND);
	t.mode = SPAN("loose");
	CHECK_ERR(run(&t, "", &got, &notes, &err), err, ERR_USAGE);
	t = (struct tool_match){ NULL, 0, SPAN("strict"), false };
	CHECK_ERR(run(&t, "", &got, &notes, &err), err, ERR_USAGE);
}

int main(void)
{
	char folder[300], path[300];
	hash_start();
	snprintf(folder, sizeof folder, "%s/nvd", test_folder());
	CHECK(mkdir(folder, 0700) == 0);
	write_file("a.ndjson.gz", ndjson, true, path);
	write_file("b.json", envelope, false, path);
	write_file("c.json", later, false, path);
	for (size_t i = 0; i < COUNT(cases); i++) {
		test_case("%s", cases[i].name);
		struct err err = { 0 };
		CLEANUP(str_done) struct str got = STR(10000);
		CLEANUP(str_done) struct str notes = STR(10000);
		const char *paths[] = { folder };
		struct tool_match t = { paths, 1, span_of(cases[i].mode), i % 2 == 1 };
		CHECK_OK(run(&t, cases[i].in, &got, &notes, &err), err);
		CHECK_STR(str_z(&got), cases[i].want);
	}
	test_files();
	return test_end();
}
