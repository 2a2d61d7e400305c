#include "base/test.h"
#include "codec/cpe.h"
#include "codec/stream.h"

static struct arena *arena;

static const struct {
	const char *in, *out;           /* out NULL: refused, naming the field */
	const char *field;
} cases[] = {
	{ "cpe:2.3:a:apache:http_server:2.4.46:*:*:*:*:*:*:*",
		"cpe:2.3:a:apache:http_server:2.4.46:*:*:*:*:*:*:*", "" },
	{ "CPE:2.3:A:Apache:HTTP_Server:2.4.46:-:*:*:*:*:*:*",
		"cpe:2.3:a:apache:http_server:2.4.46:-:*:*:*:*:*:*", "" },
	{ "cpe:2.3:a:a\\:b:c\\\\:1:*:*:*:*:*:*:*", "cpe:2.3:a:a\\:b:c\\\\:1:*:*:*:*:*:*:*", "" },
	{ "cpe:2.3:a:v:p:1\\.2\\-3\\_4:*:*:*:*:*:*:*", "cpe:2.3:a:v:p:1.2-3_4:*:*:*:*:*:*:*", "" },
	{ "cpe:2.3:a:v:notepad++:\\-:*:*:*:*:*:*:*", "cpe:2.3:a:v:notepad\\+\\+:\\-:*:*:*:*:*:*:*", "" },
	{ "cpe:2.3:a:v:p:8.*:sp?:*:*:*:*:*:*", "cpe:2.3:a:v:p:8.*:sp?:*:*:*:*:*:*", "" },
	{ "cpe:2.3:a:v:p:??8.0*:*:*:*:*:*:*:*", "cpe:2.3:a:v:p:??8.0*:*:*:*:*:*:*:*", "" },
	{ "cpe:2.3:a:v:p:8.*1:*:*:*:*:*:*:*", NULL, "version" },
	{ "cpe:2.3:a:v:p:8.?1:*:*:*:*:*:*:*", NULL, "version" },
	{ "cpe:2.3:a:v:p:**:*:*:*:*:*:*:*", NULL, "version" },
	{ "cpe:2.3:a:v:p:?*:*:*:*:*:*:*:*", NULL, "version" },
	{ "cpe:2.3:a::p:1:*:*:*:*:*:*:*", NULL, "vendor" },
	{ "cpe:2.3:a:v:p:1:*:*:*:*:*:*:", NULL, "other" },
	{ "cpe:2.3:a:v:p:1:*:*:*:*:*:*:\\", NULL, "other" },
	{ "cpe:2.3:a:v:p:1:*:*:*:*:*:*", NULL, "other" },
	{ "cpe:2.3:a:v:p:1:*:*:*:*:*:*:*:*", NULL, "" },
	{ "cpe:2.3:a:v:p:1:*:*:*:*:*:*:*:", NULL, "" },
	{ "cpe:2.3:*:v:p:1:*:*:*:*:*:*:*", NULL, "part" },
	{ "cpe:2.3:x:v:p:1:*:*:*:*:*:*:*", NULL, "part" },
	{ "cpe:2.3:a:v:\\p:1:*:*:*:*:*:*:*", NULL, "product" },
	{ "cpe:2.3:a:v:p q:1:*:*:*:*:*:*:*", NULL, "product" },
	{ "cpe:2.3:a:v:\xe6\xb5\xb7:1:*:*:*:*:*:*:*", NULL, "product" },
	{ "cpe:/a:apache:http_server:2.4.46", NULL, "" },
	{ "", NULL, "" },
};

static void test_names(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		test_case("name %s", cases[i].in);
		struct cpe c;
		struct err err = {0};
		bool ok = cpe_parse(span_of(cases[i].in), arena, &c, &err);
		CHECK(ok == (cases[i].out != NULL));
		if (ok && cases[i].out)
			CHECK_SPAN(cpe_format(&c, arena), cases[i].out);
		CHECK_STR(err.field, cases[i].field);
	}
}

/* NISTIR 7695 section 6.1.3.2 and its examples. */
static void test_uris(void)
{
	static const struct {
		const char *in, *out, *field;
	} uris[] = {
		{ "cpe:/a:apache:http_server:2.4.46", "cpe:2.3:a:apache:http_server:2.4.46:*:*:*:*:*:*:*",
			"" },
		{ "CPE:/O:Linux:Linux_Kernel", "cpe:2.3:o:linux:linux_kernel:*:*:*:*:*:*:*:*", "" },
		{ "cpe:/a:microsoft:internet_explorer:8.%02:sp%01",
			"cpe:2.3:a:microsoft:internet_explorer:8.*:sp?:*:*:*:*:*:*", "" },
		{ "cpe:/a:hp:insight_diagnostics:7.4.0.1570::~~online~win2003~x64~",
			"cpe:2.3:a:hp:insight_diagnostics:7.4.0.1570:*:*:*:online:win2003:x64:*", "" },
		{ "cpe:/a:hp:openview_network_manager:7.51:-:~~~linux~~",
			"cpe:2.3:a:hp:openview_network_manager:7.51:-:*:*:*:linux:*:*", "" },
		{ "cpe:/a:foo%5cbar:big%24money_2010%07:::~~special~ipod_touch~80gb~", NULL, "product" },
		{ "cpe:/a:foo~bar:big%7emoney_2010", "cpe:2.3:a:foo\\~bar:big\\~money_2010:*:*:*:*:*:*:*:*",
			"" },
		{ "cpe:/a:foo:bar:12.%02.1234", NULL, "version" },
		{ "cpe:/a:v:c++:%2d", "cpe:2.3:a:v:c\\+\\+:\\-:*:*:*:*:*:*:*", "" },
		{ "cpe:/a:v:p:-::", "cpe:2.3:a:v:p:-:*:*:*:*:*:*:*", "" },
		{ "cpe:/a:v:p:1:2:3:zh", "cpe:2.3:a:v:p:1:2:3:zh:*:*:*:*", "" },
		{ "cpe:/a:v:p:1:2:3:zh:x", NULL, "" },
		{ "cpe:/a:v:p:1:2:~a~b~c~d~e~f", NULL, "edition" },
		{ "cpe:/a:v:p%4", NULL, "product" },
		{ "cpe:/a:v:p%zz", NULL, "product" },
		{ "cpe:/", NULL, "part" },
		{ "cpe:2.3:a:v:p:1:*:*:*:*:*:*:*", "cpe:2.3:a:v:p:1:*:*:*:*:*:*:*", "" },
		{ "apache", NULL, "" },
	};
	for (size_t i = 0; i < COUNT(uris); i++) {
		test_case("URI %s", uris[i].in);
		struct cpe c;
		struct err err = { 0 };
		bool ok = cpe_parse_any(span_of(uris[i].in), arena, &c, &err);
		CHECK(ok == (uris[i].out != NULL));
		if (ok && uris[i].out)
			CHECK_SPAN(cpe_format(&c, arena), uris[i].out);
		CHECK_STR(err.field, uris[i].field);
	}
}

static void test_attributes(void)
{
	test_case("kinds and wildcards of attributes");
	struct cpe c;
	struct err err = {0};
	CHECK_OK(cpe_parse(SPAN("cpe:2.3:o:v\\*:p*:-:\\?:*:*:*:*:*:*"), arena, &c, &err), err);
	CHECK(c.at[CPE_PART].kind == CPE_VALUE && !c.at[CPE_PART].wild);
	CHECK(c.at[CPE_VENDOR].kind == CPE_VALUE && !c.at[CPE_VENDOR].wild);
	CHECK(c.at[CPE_PRODUCT].wild);
	CHECK(c.at[CPE_VERSION].kind == CPE_NA);
	CHECK(!c.at[CPE_UPDATE].wild && c.at[CPE_EDITION].kind == CPE_ANY);
	CHECK_SPAN(cpe_plain(&c, CPE_VENDOR, arena), "v*");
	CHECK_SPAN(cpe_plain(&c, CPE_VERSION, arena), "-");
	CHECK_SPAN(cpe_plain(&c, CPE_UPDATE, arena), "?");
	CHECK_SPAN(cpe_plain(&c, CPE_EDITION, arena), "*");
}

static void test_quote(void)
{
	static const struct { const char *plain, *quoted; } quotes[] = {
		{ "Apache HTTP Server", "apache_http_server" }, { "12.2(33)SRE5", "12.2\\(33\\)sre5" },
		{ "-", "\\-" },
		{ "*", "\\*" }, { "a-b.c_d", "a-b.c_d" }, { "\xe7\x94\xa8\xe5\x8f\x8b", NULL }, { "", NULL },
		{ "a\x01", NULL },
	};
	for (size_t i = 0; i < COUNT(quotes); i++) {
		test_case("quote %zu", i);
		struct span q;
		bool ok = cpe_quote(span_of(quotes[i].plain), arena, &q);
		CHECK(ok == (quotes[i].quoted != NULL));
		if (ok && quotes[i].quoted)
			CHECK_SPAN(q, quotes[i].quoted);
	}
}

enum { FRAME = sizeof "cpe:2.3:a:v::1:*:*:*:*:*:*:*" - 1 };

static struct span product_name(const char *product, size_t n)
{
	return arena_printf(arena, "cpe:2.3:a:v:%.*s:1:*:*:*:*:*:*:*", (int)n, product);
}

static void test_limits(void)
{
	test_case("too long a name, also once its signs are quoted");
	struct cpe c;
	struct err err = {0};
	char signs[600], letters[CPE_TEXT_MAX + 1];
	memset(signs, '+', sizeof signs);
	memset(letters, 'a', sizeof letters);
	CHECK_ERR(cpe_parse(product_name(signs, sizeof signs), arena, &c, &err), err, ERR_TOO_LARGE);
	struct span name = product_name(letters, CPE_TEXT_MAX - FRAME);
	CHECK_INT(name.n, CPE_TEXT_MAX);
	CHECK_OK(cpe_parse(name, arena, &c, &err), err);
	name = product_name(letters, CPE_TEXT_MAX - FRAME + 1);
	CHECK_ERR(cpe_parse(name, arena, &c, &err), err, ERR_TOO_LARGE);
	struct span q;
	CHECK(!cpe_quote((struct span){ signs, CPE_VALUE_MAX / 2 + 1 }, arena, &q));
	CHECK(cpe_quote((struct span){ signs, CPE_VALUE_MAX / 2 }, arena, &q));
}

/* An attribute as the reference writes it in a well-formed name: in quotes, with . and - quoted too. */
static struct span well_formed(const struct cpe *c, size_t at)
{
	if (c->at[at].kind != CPE_VALUE)
		return c->at[at].kind == CPE_ANY ? SPAN("ANY") : SPAN("NA");
	struct str s = STR_IN(arena, 4096);
	struct span t = c->at[at].text;
	str_addc(&s, '"');
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] == '\\')
			str_addc(&s, t.p[i++]);
		else if (t.p[i] == '.' || t.p[i] == '-')
			str_addc(&s, '\\');
		str_addc(&s, t.p[i]);
	}
	str_addc(&s, '"');
	return str_span(&s);
}

/* Columns: input, 11 attributes of the well-formed name, bound URI, bound formatted string. */
static void check_binding(struct span line)
{
	struct span rest = line, input = span_split(&rest, '\t'), column = span_split(&rest, '\t');
	struct cpe c;
	struct err err = {0};
	if (span_is(column, "ERROR")) {
		CHECK(!cpe_parse(input, arena, &c, &err));
		return;
	}
	size_t attribute = 0, at = line.n;
	while (at && line.p[at - 1] != '\t')
		at--;
	struct span bound = span_from(line, at);
	if (!span_starts(input, SPAN("cpe:2.3:")))
		input = bound;
	CHECK_OK(cpe_parse(input, arena, &c, &err), err);
	for (; attribute < CPE_ATTRIBUTES; attribute++, column = span_split(&rest, '\t'))
		if (!span_eq_nocase(well_formed(&c, attribute), column))
			CHECK_SPAN(column, arena_copy(arena, well_formed(&c, attribute)));
	CHECK(span_eq_nocase(cpe_format(&c, arena), bound));     /* the reference keeps upper case */
	/* the URI says the same; a ~ in it the reference writes wrongly, as %7d */
	size_t end = --at, tilde;
	while (at && line.p[at - 1] != '\t')
		at--;
	if (span_find(bound, '~', &tilde))
		return;
	CHECK_OK(cpe_parse_any((struct span){ line.p + at, end - at }, arena, &c, &err), err);
	CHECK(span_eq_nocase(cpe_format(&c, arena), bound));
}

static void test_version(void)
{
	static const struct {
		const char *cpe, *version, *want;
	} rows[] = {
		{ "cpe:2.3:a:v:p:1.0:beta:*:*:*:*:*:*", "2.0 RC", "cpe:2.3:a:v:p:2.0_rc:*:*:*:*:*:*:*" },
		{ "cpe:2.3:a:v:p:*:*:*:*:*:linux:*:*", "1.1*", "cpe:2.3:a:v:p:1.1\\*:*:*:*:*:linux:*:*" },
		{ "cpe:2.3:a:v:p:-:*:*:*:*:*:*:*", "3", "cpe:2.3:a:v:p:3:*:*:*:*:*:*:*" },
		{ "cpe:2.3:a:v:p:1.0:*:*:*:*:*:*:*", "一", NULL },
		{ "cpe:2.3:a:v:p:1.0:*:*:*:*:*:*:*", "", NULL },
		{ "cpe:2.3:a", "2.0", NULL },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err err = { 0 };
		struct span got = SPAN("untouched");
		test_case("version \"%s\" into %s", rows[i].version, rows[i].cpe);
		bool ok = cpe_with_version(span_of(rows[i].cpe), span_of(rows[i].version), arena, &got, &err);
		CHECK(ok == (rows[i].want != NULL));
		CHECK_SPAN(got, rows[i].want ? rows[i].want : "untouched");
	}
}

static void test_reference(void)
{
	const char *shared = test_shared();
	if (!shared) {
		test_skip("binding as the reference", "no shared test data");
		return;
	}
	char path[4096];
	snprintf(path, sizeof path, "%s/data/vuln/cpe-golden/cpe_binding_mitre_reference.tsv.gz", shared);
	test_case("5461 names bound as by the reference implementation");
	CLEANUP(stream_close_p) struct stream *f = NULL;
	struct err err = {0};
	CHECK_OK(stream_open(path, 1 << 24, &f, &err), err);
	struct span line;
	bool more = f != NULL;
	int rows = 0;
	while (more && stream_line(f, 8192, &line, &more, &err)) {
		if (!more || span_starts(line, SPAN("#")))
			continue;
		check_binding(line);
		arena_reset(arena);
		rows++;
	}
	CHECK_INT(rows, 5461);
}

int main(void)
{
	hash_start();
	arena = arena_new(1 << 20, 1 << 24);
	test_names();
	test_uris();
	test_attributes();
	test_quote();
	test_limits();
	test_version();
	test_reference();
	arena_free(arena);
	return test_end();
}
