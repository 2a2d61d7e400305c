#include "codec/csv.h"
#include "base/test.h"

#define BOM "\xEF\xBB\xBF"

static const struct {
	const char *name, *in;
	const char *want;          /* per row LINE:field|field; then ; — ! and the error's beginning */
} cases[] = {
	{ "nothing", "", "" },
	{ "LF", "a,b\n1,2\n", "1:a|b;2:1|2;" },
	{ "CRLF, no end on the last line", "a,b\r\n1,2", "1:a|b;2:1|2;" },
	{ "CR alone", "a\rb\r", "1:a;2:b;" },
	{ "empty fields and empty lines", "\n,\n\r\n,,x\n", "2:|;4:||x;" },
	{ "a quoted empty field is passed over like an empty line", "\"\"\nx\n", "2:x;" },
	{ "quotes", "\"a,\"\"b\"\"\",c\n", "1:a,\"b\"|c;" },
	{ "newlines inside quotes count as lines", "\"a\r\nb\nc\",d\ne\n", "1:a\r\nb\nc|d;4:e;" },
	{ "a quote inside an unquoted field", "5\" disk,x\n", "1:5\" disk|x;" },
	{ "byte order mark", BOM "a\n", "1:a;" },
	{ "byte order mark before a quote", BOM "\"a\",b\n", "1:a|b;" },
	{ "UTF-8", "\xE4\xB8\xAD,x\n", "1:\xE4\xB8\xAD|x;" },
	{ "GB18030, two bytes", "a,b\n\xD6\xD0,\xCE\xC4\n", "1:a|b;2:\xE4\xB8\xAD|\xE6\x96\x87;" },
	{ "GB18030, four bytes", "\x82\x35\x8F\x33,\xD6\xD0\n", "1:\xE9\xBE\xA6|\xE4\xB8\xAD;" },
	{ "GB18030 whose second bytes are ASCII", "\x81\x40,\x81\x5C\n", "1:\xE4\xB8\x82|\xE4\xB9\x97;" },
	{ "neither", "a\n\xFF\xFF,x\n", "1:a;!line 2, field 1: neither" },
	{ "GB18030 cut short", "a\nx,\xD6\n", "1:a;!line 2, field 2: neither" },
	{ "UTF-8 with a fault",
		"\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD\n\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD\xE4"
		"\xB8\xAD\n"
		"x,\xE4\xB8\n",
		"1:\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD;2:"
		"\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD;"
		"!line 3, field 2: not valid UTF-8" },
	{ "byte order mark and a fault", BOM "a\n\xD6\xD0\n", "1:a;!line 2, field 1: not valid UTF-8" },
	{ "UTF-16",
		"\xFF\xFE"
		"a",
		"!the file is UTF-16" },
	{ "open quote", "a\nb,\"c\nd\n", "1:a;!line 2, field 2: the quote" },
	{ "behind a quote", "a\n\"b\"c\n", "1:a;!line 2, field 1: something" },
};

static void read_all(struct span in, struct str *got)
{
	struct err err = { 0 };
	CLEANUP(stream_close_p) struct stream *s = NULL;
	CHECK_OK(stream_open_span(in, 64u << 20, &s, &err), err);
	CLEANUP(csv_free_p) struct csv *c = csv_new(s);
	struct csv_row row;
	bool more = true, ok;
	while ((ok = csv_next(c, &row, &more, &err)) && more) {
		str_addf(got, "%d:", (int)row.line);
		for (size_t i = 0; i < row.n; i++) {
			str_addz(got, i ? "|" : "");
			str_add(got, row.fields[i]);
		}
		str_addc(got, ';');
	}
	if (!ok)
		str_addf(got, "!%s", err.en);
}

static void test_header(void)
{
	struct err err = { 0 };
	CLEANUP(stream_close_p) struct stream *s = NULL;
	CLEANUP(stream_close_p) struct stream *twice = NULL;
	struct csv_row row;
	bool more;

	test_case("header, columns and positions");
	CHECK_OK(stream_open_span(SPAN(" unit , Host,address\nu1, h1 ,\nu2\n"), 1000, &s, &err), err);
	CLEANUP(csv_free_p) struct csv *c = csv_new(s);
	CHECK_OK(csv_header(c, &err), err);
	CHECK_INT(csv_find(c, "unit"), 0);
	CHECK_INT(csv_find(c, "host"), 1);
	CHECK_INT(csv_find(c, "nothing"), CSV_NONE);
	CHECK_INT(csv_columns(c), 3);
	CHECK_OK(csv_next(c, &row, &more, &err), err);
	CHECK_SPAN(csv_get(&row, 1), "h1");
	CHECK_SPAN(csv_get(&row, CSV_NONE), "");
	CHECK_OK(csv_check_width(c, &row, &err), err);
	CHECK_OK(csv_next(c, &row, &more, &err), err);
	CHECK_SPAN(csv_get(&row, 2), "");
	CHECK_ERR(csv_check_width(c, &row, &err), err, ERR_INVALID);
	CHECK(strstr(err.en, "line 3 has 1 fields") != NULL);
	err_field(&err, "host", "不能为空", "must not be empty");
	csv_at(c, &row, 1, &err);
	CHECK_STR(err.en, "line 3, column \"Host\": must not be empty");
	CHECK_STR(err.zh, "第 3 行“Host”列：不能为空");
	CHECK_OK(csv_next(c, &row, &more, &err), err);
	CHECK(!more);

	test_case("a name twice, or no header");
	CHECK_OK(stream_open_span(SPAN("a,b,A\n"), 1000, &twice, &err), err);
	CLEANUP(csv_free_p) struct csv *d = csv_new(twice);
	CHECK_ERR(csv_header(d, &err), err, ERR_MALFORMED);
	CLEANUP(csv_free_p) struct csv *e = csv_new(twice);
	CHECK_ERR(csv_header(e, &err), err, ERR_MALFORMED);
}

static void test_limits(void)
{
	CLEANUP(str_done) struct str in = STR(8u << 20);
	CLEANUP(str_done) struct str got = STR(8u << 20);
	test_case("a field at the limit, and over it");
	for (int i = 0; i < CSV_FIELD_MAX; i++)
		str_addc(&in, 'x');
	read_all(str_span(&in), &got);
	CHECK_INT(got.n, CSV_FIELD_MAX + 3);
	str_addc(&in, 'x');
	str_clear(&got);
	read_all(str_span(&in), &got);
	CHECK(span_starts(str_span(&got), SPAN("!line 1, field 1: too long")));

	test_case("columns at the limit, and over it");
	str_clear(&in);
	str_clear(&got);
	for (int i = 1; i < CSV_COLUMNS_MAX; i++)
		str_addc(&in, ',');
	read_all(str_span(&in), &got);
	CHECK_INT(got.n, 2 + CSV_COLUMNS_MAX - 1 + 1);
	str_addc(&in, ',');
	str_clear(&got);
	read_all(str_span(&in), &got);
	CHECK_STR(str_z(&got), "!line 1 has more than 256 columns");

	test_case("a NUL byte");
	str_clear(&got);
	read_all((struct span){ "a\0b", 3 }, &got);
	CHECK_STR(str_z(&got), "!line 1, field 1: holds a NUL byte");

	test_case("text that begins in the second megabyte, and a character across the border");
	str_clear(&in);
	for (int i = 0; i < 150000; i++)
		str_addz(&in, "ascii,a\n");
	str_addz(&in, "\xD6\xD0\n");
	str_clear(&got);
	read_all(str_span(&in), &got);
	CHECK(got.n > 8 && span_eq(span_from(str_span(&got), got.n - 4), SPAN("\xE4\xB8\xAD;")));
	for (size_t shift = 0; shift < 3; shift++) {
		str_clear(&in);
		str_clear(&got);
		for (size_t i = 0; i < shift; i++)
			str_addc(&in, 'x');
		for (int i = 0; i < 120000; i++)
			str_addz(&in, "\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD\n");
		read_all(str_span(&in), &got);
		CHECK(memchr(got.p, '!', got.n) == NULL);
	}
}

static const struct {
	const char *field, *want;
} writing[] = {
	{ "plain", "plain" },
	{ "", "\"\"" },
	{ "a,b", "\"a,b\"" },
	{ "say \"x\"", "\"say \"\"x\"\"\"" },
	{ "two\nlines", "\"two\nlines\"" },
	{ " x", "\" x\"" },
	{ "=1+1", "'=1+1" },
	{ "+SUM(A1)", "'+SUM(A1)" },
	{ "-x", "'-x" },
	{ "@cmd", "'@cmd" },
	{ "\tx", "'\tx" },
	{ "\rx", "\"'\rx\"" },
	{ "-", "'-" },
	{ "=\"a\",1", "\"'=\"\"a\"\",1\"" },
	{ "-5", "-5" },
	{ "+3.25", "+3.25" },
	{ "-0.5", "-0.5" },
	{ "-.5", "'-.5" },
	{ "-1.2.3", "'-1.2.3" },
	{ "-5+2", "'-5+2" },
	{ "-5.", "'-5." },
	{ "a=b", "a=b" },
	{ "-5\n", "\"'-5\n\"" },
	{ "\nx", "\"'\nx\"" },
	{ "＝1+1", "'＝1+1" },
	{ "'=1", "''=1" },
	{ "'-5", "''-5" },
	{ "'", "'" },
	{ "'tis", "'tis" },
};

/* What was written is read as what it was, whatever begins it. */
static void test_round_trip(void)
{
	for (size_t i = 0; i < COUNT(writing); i++) {
		struct err err = { 0 };
		CLEANUP(str_done) struct str text = STR(1000);
		CLEANUP(stream_close_p) struct stream *s = NULL;
		struct span fields[] = { span_of(writing[i].field), SPAN("behind it") };
		struct csv_row row = { 0 };
		bool more = false;
		test_case("written and read %zu", i);
		csv_write_start(&text);
		csv_write(&text, fields, COUNT(fields));
		CHECK_OK(stream_open_span(str_span(&text), 1 << 16, &s, &err), err);
		CLEANUP(csv_free_p) struct csv *c = csv_new(s);
		CHECK_OK(csv_next(c, &row, &more, &err), err);
		CHECK(more && row.n == COUNT(fields));
		CHECK_SPAN(row.n ? row.fields[0] : SPAN("no row"), writing[i].field);
	}
}

int main(void)
{
	hash_start();
	for (size_t i = 0; i < COUNT(cases); i++) {
		test_case("%s", cases[i].name);
		CLEANUP(str_done) struct str got = STR(1000);
		read_all(span_of(cases[i].in), &got);
		struct span head = str_span(&got);
		if (strchr(cases[i].want, '!') && head.n > strlen(cases[i].want))
			head.n = strlen(cases[i].want);
		CHECK_SPAN(head, cases[i].want);
	}
	test_header();
	test_limits();
	test_round_trip();
	for (size_t i = 0; i < COUNT(writing); i++) {
		test_case("writing %zu", i);
		CLEANUP(str_done) struct str got = STR(1000);
		struct span field = span_of(writing[i].field);
		csv_write(&got, &field, 1);
		CHECK(got.n > 2 && span_eq(span_from(str_span(&got), got.n - 2), SPAN("\r\n")));
		CHECK_SPAN(((struct span){ got.p, got.n - 2 }), writing[i].want);
	}
	return test_end();
}
