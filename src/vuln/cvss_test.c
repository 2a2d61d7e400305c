#include "base/test.h"
#include "codec/stream.h"
#include "vuln/cvss.h"

enum { NO = CVSS_NO_SCORE };

static const struct {
	const char *vector;
	int base, temporal, environmental, score;
	const char *severity, *nomenclature;
} cases[] = {
	{ "AV:N/AC:L/Au:N/C:P/I:P/A:P", 75, NO, NO, 75, "high" },
	{ "(AV:N/AC:L/Au:N/C:N/I:N/A:C)", 78, NO, NO, 78, "high" },
	/* the three examples of the guide to version 2.0, section 3.3 */
	{ "AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:H", 78, 64, 92, 92, "high" },
	{ "AV:N/AC:L/Au:N/C:C/I:C/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:L", 100, 83, 90, 90, "high" },
	{ "AV:L/AC:H/Au:N/C:C/I:C/A:C/E:POC/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:M", 62, 49, 75, 75, "high" },
	{ "AV:N/AC:L/Au:N/C:P/I:P/A:P/E:ND/RL:ND/RC:ND/CDP:ND/TD:ND", 75, NO, NO, 75, "high" },
	{ "AV:L/AC:H/Au:M/C:P/I:N/A:N/CR:L", 8, NO, 0, 0, "low" },
	{ "AV:N/AC:L/Au:N/C:N/I:N/A:N", 0, NO, NO, 0, "low" },
	{ "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0, 0, 0, 0, "none" },
	{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 98, 98, 98, 98, "critical" },
	{ "CVSS:3.1/A:H/I:H/C:H/S:U/UI:N/PR:N/AC:L/AV:N/E:X", 98, 98, 98, 98, "critical" },
	{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:U", 98, 78, 78, 78, "high" },
	{ "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H/MAV:P", 100, 100, 76, 76, "high" },
	/* the modified impact differs between 3.0 and 3.1; expected values computed apart, with exact
	 * fractions */
	{ "CVSS:3.0/AV:L/AC:H/PR:H/UI:R/S:C/C:H/I:L/A:H/E:P/RL:T/RC:C/AR:H", 72, 65, 65, 65, "medium" },
	{ "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:C/C:H/I:L/A:H/E:P/RL:T/RC:C/AR:H", 72, 65, 66, 66, "medium" },
	{ "CVSS:3.0/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:L/A:H/RL:U/CR:M/IR:L/MS:C", 55, 55, 64, 64, "medium" },
	{ "CVSS:3.1/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:L/A:H/RL:U/CR:M/IR:L/MS:C", 55, 55, 63, 63, "medium" },
	{ "CVSS:3.0/AV:L/AC:H/PR:L/UI:N/S:U/C:H/I:L/A:L/RC:U/CR:H/IR:L/AR:H/MS:C", 58, 54, 72, 72, "high" },
	{ "CVSS:3.1/AV:L/AC:H/PR:L/UI:N/S:U/C:H/I:L/A:L/RC:U/CR:H/IR:L/AR:H/MS:C", 58, 54, 73, 73, "high" },
	{ "CVSS:3.0/AV:P/AC:L/PR:L/UI:N/S:U/C:N/I:H/A:H/E:U/AR:M/MS:C", 59, 54, 65, 65, "medium" },
	{ "CVSS:3.1/AV:P/AC:L/PR:L/UI:N/S:U/C:N/I:H/A:H/E:U/AR:M/MS:C", 59, 54, 64, 64, "medium" },
	{ "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:P/VC:H/VI:L/VA:N/SC:H/SI:H/SA:H", 86, NO, NO, 86, "high",
		"CVSS-B" },
	{ "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U", 93, NO, NO, 81, "high",
		"CVSS-BT" },
	{ "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/MSI:S",
		93, NO, NO, 100, "critical", "CVSS-BE" },
	{ "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N/E:A/CR:H/U:Red",
		0, NO, NO, 0, "none", "CVSS-BTE" },
};

static void test_scores(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		test_case("%s", cases[i].vector);
		struct cvss c = {0};
		struct err err = {0};
		CHECK_OK(cvss_parse(span_of(cases[i].vector), &c, &err), err);
		CHECK_INT(c.base, cases[i].base);
		CHECK_INT(c.temporal, cases[i].temporal);
		CHECK_INT(c.environmental, cases[i].environmental);
		CHECK_INT(c.score, cases[i].score);
		CHECK_STR(cvss_severity_text(c.severity), cases[i].severity);
		CHECK_STR(c.nomenclature ? c.nomenclature : "",
			cases[i].nomenclature ? cases[i].nomenclature : "");
	}
}

static void test_refused(void)
{
	static const struct { const char *vector, *field; } bad[] = {
		{ "", "" }, { "   ", "" }, { "CVSS:3.1/", "" }, { "CVSS:3.1", "version" },
		{ "CVSS:3.2/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "version" },
		{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H", "A" },
		{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/AV:N", "AV" },
		{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:X/E:H", "E" },
		{ "CVSS:3.1/AV:Z/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "AV" },
		{ "CVSS:3.1/AV:/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "AV" },
		{ "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "AV" },
		{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/ZZ:H", "ZZ" },
		{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/", "" },
		{ "CVSS:3.1/AV:N//AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "" },
		{ "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:S/VI:H/VA:H/SC:N/SI:N/SA:N", "VC" },
		{ "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:S/SA:N", "SI" },
		{ "AV:N/AC:L/Au:N/C:P/I:P", "A" }, { "AV:N/AC:L/Au:N/C:P/I:P/A:H", "A" }, { "hello", "" },
		{ "()", "" },
	};
	for (size_t i = 0; i < COUNT(bad); i++) {
		test_case("refused: %s", bad[i].vector);
		struct cvss c;
		struct err err = {0};
		CHECK(!cvss_parse(span_of(bad[i].vector), &c, &err));
		CHECK_STR(err.field, bad[i].field);
		CHECK(err.en[0] && err.zh[0]);
	}
	test_case("refused: too long");
	static char longer[CVSS_TEXT_MAX + 1];
	memset(longer, 'A', sizeof longer);
	struct cvss c;
	struct err err = {0};
	CHECK_ERR(cvss_parse((struct span){ longer, sizeof longer }, &c, &err), err, ERR_TOO_LARGE);
}

/* Reads n bytes; false at the end or on an error. */
static bool read_full(struct stream *s, char *p, size_t n)
{
	struct err err = {0};
	for (size_t got; n; p += got, n -= got)
		if (!stream_read(s, p, n, &got, &err) || got == 0)
			return false;
	return true;
}

/* Unpacks a tar archive's plain files (POSIX ustar headers) into test_folder(), by their last name. */
static int unpack(const char *path)
{
	CLEANUP(stream_close_p) struct stream *s = NULL;
	struct err err = {0};
	if (!stream_open(path, 1 << 26, &s, &err))
		return 0;
	static char block[512];
	int files = 0;
	while (read_full(s, block, sizeof block) && block[0]) {
		char name[4096];
		const char *last = strrchr(block, '/');
		long size = strtol(block + 124, NULL, 8);
		snprintf(name, sizeof name, "%s/%.100s", test_folder(), last ? last + 1 : block);
		FILE *f = block[156] == '0' ? fopen(name, "wb") : NULL;
		files += f != NULL;
		for (; size > 0 && read_full(s, block, sizeof block); size -= (long)sizeof block)
			if (f)
				fwrite(block, 1, size < 512 ? (size_t)size : sizeof block, f);
		if (f)
			fclose(f);
	}
	return files;
}

/* "9.8", "9", "-0.0" or "None" in tenths. */
static int tenths(struct span s)
{
	s = span_trim(s);
	if (span_is(s, "None"))
		return NO;
	if (span_starts(s, SPAN("-")))
		s = span_from(s, 1);
	struct span rest = s, whole = span_split(&rest, '.');
	int64_t n = -1000, fraction = 0;
	if (!span_int(whole, 0, 10, &n) || (rest.n && !span_int(rest, 0, 9, &fraction)))
		return -1000;
	return (int)(n * 10 + fraction);
}

/* "VECTOR - (base, temporal, environmental)", "VECTOR - (score,)" or "VECTOR - score". */
static bool text_line(struct span line, struct span *ret_vector, struct span ret_want[3])
{
	size_t dash;
	if (!span_find(line, ' ', &dash))
		return false;
	*ret_vector = (struct span){ line.p, dash };
	struct span rest = span_from(line, dash + 3);
	if (rest.n > 2 && rest.p[0] == '(')
		rest = (struct span){ rest.p + 1, rest.n - 2 };
	for (int i = 0; i < 3; i++)
		ret_want[i] = span_trim(span_split(&rest, ','));
	return true;
}

static bool table_line(struct span line, int column, struct span *ret_vector, struct span ret_want[3])
{
	*ret_vector = span_split(&line, '\t');
	for (int i = 0; i < column; i++)
		ret_want[0] = span_split(&line, '\t');
	ret_want[1] = ret_want[2] = (struct span){ NULL, 0 };
	return true;
}

static bool agrees(struct span vector, struct span want[3])
{
	struct cvss c = {0};
	struct err err = {0};
	bool ok = cvss_parse(vector, &c, &err);
	ok = ok && (c.version == CVSS_40 ? c.score : c.base) == tenths(want[0]);
	if (ok && want[1].n)
		ok = c.temporal == tenths(want[1]);
	if (ok && want[2].n)
		ok = c.environmental == tenths(want[2]);
	if (!ok)
		printf("# " SPAN_FMT ": %d %d %d %d, not " SPAN_FMT " " SPAN_FMT " " SPAN_FMT " %s\n",
			SPAN_ARG(vector),
			c.base, c.temporal, c.environmental, c.score, SPAN_ARG(want[0]), SPAN_ARG(want[1]),
			SPAN_ARG(want[2]),
			err.en);
	return ok;
}

static const struct {
	const char *name;
	int column;                      /* of the score, from 1; 0 for the text form */
	int rows;
} files[] = {
	{ "cvss40_base_all_104976.tsv.gz", 1, 104976 }, { "cvss31_base_all_2592.tsv.gz", 1, 2592 },
	{ "cvss30_base_all_2592.tsv.gz", 1, 2592 }, { "cvssMetricV2.tsv.gz", 3, 360 },
	{ "cvssMetricV30.tsv.gz", 3, 711 },
	{ "cvssMetricV31.tsv.gz", 3, 976 }, { "cvssMetricV40.tsv.gz", 3, 855 },
	{ "cna_cvssV2_0.tsv.gz", 3, 70 },
	{ "cna_cvssV3_0.tsv.gz", 3, 352 }, { "cna_cvssV3_1.tsv.gz", 3, 1882 },
	{ "cna_cvssV4_0.tsv.gz", 3, 564 },
	{ "vectors_calculator2", 0, 5 }, { "vectors_calculator3", 0, 2 }, { "vectors_cvsslib2", 0, 24 },
	{ "vectors_cvsslib3", 0, 29 }, { "vectors_security4", 0, 54 }, { "vectors_simple2", 0, 729 },
	{ "vectors_simple3", 0, 2592 }, { "vectors_simple31", 0, 2592 }, { "vectors_simple4", 0, 1058 },
	{ "vectors_supplemental4", 0, 576 }, { "vectors_threat4", 0, 6 },
};

static void test_file(size_t i)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", test_folder(), files[i].name);
	test_case("%d vectors of %s", files[i].rows, files[i].name);
	CLEANUP(stream_close_p) struct stream *s = NULL;
	struct err err = {0};
	CHECK_OK(stream_open(path, 1 << 26, &s, &err), err);
	struct span line, vector, want[3];
	bool more = s != NULL;
	int rows = 0, agree = 0;
	while (more && stream_line(s, 4096, &line, &more, &err)) {
		if (!more || line.n == 0 || line.p[0] == '#')
			continue;
		rows++;
		bool read = files[i].column ? table_line(line, files[i].column, &vector, want)
			: text_line(line, &vector, want);
		agree += read && agrees(vector, want);
	}
	CHECK_INT(rows, files[i].rows);
	CHECK_INT(agree, rows);
}

int main(void)
{
	hash_start();
	test_scores();
	test_refused();
	const char *shared = test_shared();
	if (!shared) {
		test_skip("vectors of FIRST, Red Hat, NVD and CNAs", "no shared test data");
		return test_end();
	}
	char path[4096];
	snprintf(path, sizeof path, "%s/data/vuln/cvss.tar.zst", shared);
	test_case("the archive of vectors unpacks");
	CHECK(unpack(path) >= (int)COUNT(files));
	for (size_t i = 0; i < COUNT(files); i++)
		test_file(i);
	return test_end();
}
