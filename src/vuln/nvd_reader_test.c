#include "vuln/nvd_reader.h"
#include "base/test.h"

#define ONE "{\"id\":\"CVE-2020-0001\"}"
#define TWO "{\"id\":\"CVE-2020-0002\"}"
#define THREE "{\"id\":\"CVE-2020-0003\"}"

static const struct {
	const char *name, *in;
	const char *want;          /* ids by their last digit; x: refused; ! and the error's beginning */
} cases[] = {
	{ "NDJSON", ONE "\n" TWO "\n" THREE, "1 2 3" },
	{ "NDJSON with empty lines, CRLF and a byte order mark", "\xEF\xBB\xBF\r\n" ONE "\r\n\r\n" TWO "\r\n",
		"1 2" },
	{ "NDJSON of wrapped records", "{\"cve\":" ONE "}\n{\"cve\":" TWO "}\n", "1 2" },
	{ "the envelope on one line",
		"{\"format\":\"NVD_CVE\",\"vulnerabilities\":[{\"cve\":" ONE "},{\"cve\":" TWO "}],\"n\":2}",
		"1 2" },
	{ "the envelope on many lines",
		"{\n \"version\" : \"2.0\" ,\n \"vulnerabilities\" : [\n {\n \"cve\" :\n" ONE
		"\n} ,\n {\"cve\":" TWO "}\n ]\n}\n",
		"1 2" },
	{ "two envelopes",
		"{\"vulnerabilities\":[{\"cve\":" ONE "}]}\n{\"vulnerabilities\":[{\"cve\":" TWO "}]}\n",
		"1 2" },
	{ "an empty envelope", "{\"vulnerabilities\":[]}", "" },
	{ "one record on many lines", "{\n\"id\":\"CVE-2020-0001\",\n\"x\":[1,\n2]\n}\n" TWO "\n", "1 2" },
	{ "a broken line in the middle", ONE "\n{\"id\":\"CVE-2020-0002\",\"x\":[\n" THREE "\n", "1 x 3" },
	{ "a broken line at the front", "{\"id\":\"CVE-2020-0002\",\"x\":[\n" ONE "\n" THREE "\n", "x 1 3" },
	{ "an open quote in the middle", ONE "\n{\"id\":\"CVE-2020-\n" THREE "\n", "1 x 3" },
	{ "a stray bracket", ONE "\n{\"id\":\"CVE-2020-0002\"}}\n" THREE "\n", "1 2 x 3" },
	{ "a line that is no object", ONE "\n[1]\nx\n" THREE "\n", "1 x x 3" },
	{ "a record without id", "{\"a\":1}\n" ONE "\n", "x 1" },
	{ "ids that are none", "{\"id\":\"CVE-2020-1\"}\n{\"id\":\"CVE-20-00001\"}\n{\"id\":7}\n" ONE,
		"x x x 1" },
	{ "one broken element of an envelope",
		"{\"vulnerabilities\":[{\"cve\":{\"id\":\"CVE-2020-0001\",}},{\"cve\":" TWO "}]}", "x 2" },
	{ "duplicate keys", "{\"id\":\"CVE-2020-0001\",\"id\":\"CVE-2020-0002\"}\n" ONE, "x 1" },
	{ "nothing", "", "!no NVD record" },
	{ "nothing but refused ones", "<html>\n</html>\n", "x x!no NVD record" },
	{ "NDJSON cut off", ONE "\n{\"id\":\"CVE-20", "1!truncated: record 2 (line 2)" },
	{ "an envelope cut off in a record", "{\"vulnerabilities\":[{\"cve\":" ONE "},{\"cve\"",
		"1!truncated: record 2" },
	{ "an envelope cut off behind a record", "{\"vulnerabilities\":[{\"cve\":" ONE "},", "1!truncated" },
	{ "an envelope cut off at its end", "{\"vulnerabilities\":[{\"cve\":" ONE "}]", "1!truncated" },
	{ "an envelope with something else in it", "{\"vulnerabilities\":[{\"cve\":" ONE "},7]}",
		"1!broken: record 2" },
};

static bool record(void *data, const struct nvd_record *r, struct err *err)
{
	struct str *got = data;
	(void)err;
	if (got->n)
		str_addc(got, ' ');
	str_addc(got, r->cve ? r->id.p[r->id.n - 1] : 'x');
	CHECK(r->cve ? !r->refused : r->refused->en[0] != '\0' && strstr(r->refused->en, "(line ") != NULL);
	return true;
}

static bool stop(void *data, const struct nvd_record *r, struct err *err)
{
	(void)r;
	++*(int *)data;
	return err_set(err, ERR_CONFLICT, "停", "stop");
}

/* Lengths and lines: records long enough to cross the buffers, all found where they are. */
struct lines {
	uint64_t n;
	bool right;
};

static bool count_lines(void *data, const struct nvd_record *r, struct err *err)
{
	struct lines *l = data;
	(void)err;
	l->n++;
	l->right = l->right && r->cve && r->number == l->n && r->line == 2 * l->n;
	return true;
}

static void test_long(void)
{
	static const char *const heads[] = { "\n", "{\"vulnerabilities\":[\n" };
	for (size_t k = 0; k < COUNT(heads); k++) {
		test_case("%s", k ? "a long envelope" : "long NDJSON");
		struct err err = { 0 };
		CLEANUP(str_done) struct str text = STR(64u << 20);
		str_addz(&text, heads[k]);
		for (int i = 0; i < 200; i++) {
			str_addz(&text, "{\"id\":\"CVE-2020-0001\",\"x\":\"");
			for (int j = 0; j < (i * 7919) % 60000; j++)
				str_addz(&text, "\\\"{[");
			str_addf(&text, "\"}%s\n\n", k && i < 199 ? "," : "");
		}
		str_addz(&text, k ? "]}" : "");
		CLEANUP(stream_close_p) struct stream *s = NULL;
		struct lines l = { 0, true };
		CHECK_OK(stream_open_span(str_span(&text), 64u << 20, &s, &err), err);
		CHECK_OK(nvd_read(s, count_lines, &l, &err), err);
		CHECK_INT(l.n, 200);
		CHECK(l.right);
	}
}

int main(void)
{
	hash_start();
	for (size_t i = 0; i < COUNT(cases); i++) {
		test_case("%s", cases[i].name);
		struct err err = { 0 };
		CLEANUP(stream_close_p) struct stream *s = NULL;
		CLEANUP(str_done) struct str got = STR(1000);
		CHECK_OK(stream_open_span(span_of(cases[i].in), 10000, &s, &err), err);
		if (!nvd_read(s, record, &got, &err))
			str_addf(&got, "!%s", err.en);
		const char *bang = strchr(cases[i].want, '!');
		if (bang && got.n > strlen(cases[i].want))
			got.p[got.n = strlen(cases[i].want)] = '\0';
		CHECK_STR(str_z(&got), cases[i].want);
	}
	test_long();

	test_case("the caller stops the reading");
	struct err err = { 0 };
	CLEANUP(stream_close_p) struct stream *s = NULL;
	int calls = 0;
	CHECK_OK(stream_open_span(SPAN(ONE "\n" TWO "\n"), 10000, &s, &err), err);
	CHECK_ERR(nvd_read(s, stop, &calls, &err), err, ERR_CONFLICT);
	CHECK_INT(calls, 1);

	test_case("rejected");
	CLEANUP(json_free) json_t *j = json_pack("{s:s}", "vulnStatus", "Rejected");
	CHECK(nvd_rejected(j) && !nvd_rejected(NULL));
	return test_end();
}
