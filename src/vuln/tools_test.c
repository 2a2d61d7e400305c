#include "base/test.h"
#include "vuln/tools.h"

typedef bool (*tool_fn)(FILE *in, FILE *out, bool zh, struct err *err);

/* Runs a tool over `in`; the answer is borrowed until the next call. */
static struct span run(tool_fn tool, struct span in)
{
	static char *text;
	static size_t n;
	struct err err = {0};
	free(text);
	FILE *from = fmemopen((void *)(uintptr_t)in.p, in.n, "r"), *to = open_memstream(&text, &n);
	CHECK(from && to);
	if (!from || !to)
		exit(1);
	CHECK_OK(tool(from, to, false, &err), err);
	fclose(from);
	fclose(to);
	return (struct span){ text, n };
}

static const struct {
	tool_fn tool;
	const char *name, *in, *out;
} cases[] = {
	{ tool_cvss, "cvss 3.1", "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N\n",
		"{\"vector\":\"CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N\",\"version\":\"3.1\","
		"\"base\":6.1,"
		"\"temporal\":6.1,\"environmental\":6.1,\"score\":6.1,\"severity\":\"medium\"}\n" },
	{ tool_cvss, "cvss 2.0 without line end", "AV:N/AC:L/Au:N/C:C/I:C/A:C/E:ND",
		"{\"vector\":\"AV:N/AC:L/Au:N/C:C/I:C/A:C/E:ND\",\"version\":\"2.0\",\"base\":10.0,"
		"\"temporal\":null,"
		"\"environmental\":null,\"score\":10.0,\"severity\":\"high\"}\n" },
	{ tool_cvss, "cvss 4.0, CRLF", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:P/VC:H/VI:L/VA:N/SC:H/SI:H/SA:H\r\n",
		"{\"vector\":\"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:P/VC:H/VI:L/VA:N/SC:H/SI:H/SA:H\","
		"\"version\":\"4.0\","
		"\"base\":8.6,\"temporal\":null,\"environmental\":null,\"score\":8.6,\"severity\":\"high\","
		"\"nomenclature\":\"CVSS-B\"}\n" },
	{ tool_cvss, "cvss: an empty line and one with signs of JSON", "\n\"\\\t\xff\n",
		"{\"vector\":\"\",\"error\":\"the CVSS vector is empty\"}\n"
		"{\"vector\":\"\\\"\\\\\\u0009\xef\xbf\xbd\","
		"\"error\":\"\\\"\\\"\\\\??\\\" in the CVSS vector is not metric:value\"}\n" },
	{ tool_cpe_compare, "cpe compare",
		"cpe:2.3:a:*:p:1:*:*:*:*:*:*:*\tcpe:2.3:a:v:p:1:*:*:*:*:*:*:*\n"
		"cpe:2.3:a:v:p:1:*:*:*:*:*:*:*\tcpe:2.3:A:V:P:1:*:*:*:*:*:*:*\n"
		"cpe:2.3:a:v:p:1:*:*:*:*:*:*:*\tcpe:2.3:a:v:p:*:*:*:*:*:*:*:*\n"
		"cpe:2.3:a:v:p:-:*:*:*:*:*:*:*\tcpe:2.3:a:v:p:1:*:*:*:*:*:*:*\n"
		"cpe:2.3:a:v:*:1:*:*:*:*:*:*:*\tcpe:2.3:a:v:p:*:*:*:*:*:*:*:*\n",
		"=>=========\tsuperset\n===========\tequal\n===<=======\tsubset\n===#=======\tdisjoint\n"
		"==><=======\tnone\n" },
	{ tool_cpe_compare, "cpe compare: wrong lines", "cpe:2.3:a:v:p:1:*:*:*:*:*:*:*\n"
		"cpe:2.3:a:v:p:1:*:*:*:*:*:*:*\tcpe:2.3:a:v::1:*:*:*:*:*:*:*\n",
		"error\tthe line must be two fields separated by a tab\nerror\ttarget: CPE attribute product "
		"is empty\n" },
	{ tool_version_compare, "version compare", "1.0\t1.0.0\n1.9\t1.10\n2\t1rc1\n\t\n", "0\n-1\n1\n0\n" },
	{ tool_version_compare, "version compare: wrong lines", "1.0\n1\t2\t3\n1\t2",
		"error\tthe line must be two fields separated by a tab\n"
		"error\tthe line must be two fields separated by a tab\n-1\n" },
};

/* Lines around the maximum: each still gets one answer, and what follows is read from its start. */
static void test_long_lines(void)
{
	static char in[3 * TOOL_LINE_MAX];
	static const struct { size_t n; const char *out; } lengths[] = {
		{ TOOL_LINE_MAX, "1\n0\n" }, { TOOL_LINE_MAX + 1,
			"error\tthe line is longer than 65536 bytes\n0\n" },
		{ 2 * TOOL_LINE_MAX, "error\tthe line is longer than 65536 bytes\n0\n" },
	};
	for (size_t i = 0; i < COUNT(lengths); i++) {
		for (int cr = 0; cr < 2; cr++) {
			test_case("a line of %zu bytes%s", lengths[i].n, cr ? " and CRLF" : "");
			size_t n = lengths[i].n;
			memset(in, '1', n);
			in[n - 2] = '\t';
			n += (size_t)snprintf(in + n, 20, "%s\n1\t1\n", cr ? "\r" : "");
			CHECK_SPAN(run(tool_version_compare, (struct span){ in, n }), lengths[i].out);
		}
	}
	test_case("cvss repeats only the start of a line that is too long");
	memset(in, 'a', sizeof in);
	struct span out = run(tool_cvss, (struct span){ in, sizeof in });
	CHECK(out.n < 400 && out.p[out.n - 1] == '\n' && span_starts(out, SPAN("{\"vector\":\"aaa")));
}

static void test_failures(void)
{
	test_case("a folder cannot be read");
	struct err err = {0};
	FILE *in = fopen("/", "r"), *out = fopen("/dev/null", "w");
	CHECK(in && out);
	if (in && out)
		CHECK_ERR(tool_cvss(in, out, true, &err), err, ERR_IO);
	if (in)
		fclose(in);
	if (out)
		fclose(out);
	test_case("a full disk");
	in = fmemopen((void *)(uintptr_t)"1\t2\n", 4, "r");
	out = fopen("/dev/full", "w");
	if (in && out)
		CHECK_ERR(tool_version_compare(in, out, true, &err), err, ERR_NO_SPACE);
	if (in)
		fclose(in);
	if (out)
		fclose(out);
}

int main(void)
{
	hash_start();
	for (size_t i = 0; i < COUNT(cases); i++) {
		test_case("%s", cases[i].name);
		CHECK_SPAN(run(cases[i].tool, span_of(cases[i].in)), cases[i].out);
	}
	test_long_lines();
	test_failures();
	return test_end();
}
