#include "codec/table.h"
#include "base/test.h"

#include <zlib.h>

#include "codec/crc32.h"

/* ---- zip files by hand: local headers, then the central directory (APPNOTE 4.3) ---- */

struct zipping {
	struct str out, central;
	int n;
	int lie;                                 /* added to the sizes that are told */
	bool encrypted;
};

static void put16(struct str *s, unsigned v)
{
	str_addc(s, (char)(v & 0xff));
	str_addc(s, (char)(v >> 8 & 0xff));
}

static void put32(struct str *s, uint32_t v)
{
	put16(s, v & 0xffff);
	put16(s, v >> 16);
}

static void header(struct str *s, const struct zipping *z, uint32_t crc, struct span packed,
	struct span content)
{
	put16(s, 20);
	put16(s, z->encrypted ? 1 : 0);
	put16(s, packed.p == content.p ? 0 : 8);
	put32(s, 0);
	put32(s, crc);
	put32(s, (uint32_t)packed.n);
	put32(s, (uint32_t)(content.n + (size_t)z->lie));
}

static struct span deflated(struct arena *a, struct span in)
{
	char *out = arena_alloc(a, in.n + 1000);
	z_stream s = { 0 };
	deflateInit2(&s, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
	s.next_in = (z_const Bytef *)(uintptr_t)in.p;
	s.avail_in = (uInt)in.n;
	s.next_out = (Bytef *)out;
	s.avail_out = (uInt)in.n + 1000;
	deflate(&s, Z_FINISH);
	deflateEnd(&s);
	return (struct span){ out, in.n + 1000 - s.avail_out };
}

static void add(struct zipping *z, const char *name, struct span content, struct span packed)
{
	uint32_t crc = crc32_of(content), at = (uint32_t)z->out.n;
	str_add(&z->out, SPAN("PK\x03\x04"));
	header(&z->out, z, crc, packed, content);
	put16(&z->out, (unsigned)strlen(name));
	put16(&z->out, 0);
	str_addz(&z->out, name);
	str_add(&z->out, packed);
	str_add(&z->central, SPAN("PK\x01\x02\x14\x00"));
	header(&z->central, z, crc, packed, content);
	put16(&z->central, (unsigned)strlen(name));
	put32(&z->central, 0);
	put32(&z->central, 0);
	put32(&z->central, 0);
	put32(&z->central, at);
	str_addz(&z->central, name);
	z->n++;
}

static struct span finish(struct zipping *z)
{
	uint32_t at = (uint32_t)z->out.n;
	str_add(&z->out, str_span(&z->central));
	str_add(&z->out, SPAN("PK\x05\x06"));
	put32(&z->out, 0);
	put16(&z->out, (unsigned)z->n);
	put16(&z->out, (unsigned)z->n);
	put32(&z->out, (uint32_t)z->central.n);
	put32(&z->out, at);
	put16(&z->out, 0);
	return str_span(&z->out);
}

static struct zipping zipping(struct arena *a)
{
	return (struct zipping){ .out = STR_IN(a, 64u << 20), .central = STR_IN(a, 4u << 20) };
}

/* ---- workbooks ---- */

#define RELATION "<Relationship Id='%s' Type='http://x/relationships/%s' Target='%s'/>"
#define SHEET(rows) "<worksheet xmlns='m'><sheetData>" rows "</sheetData></worksheet>"

static const char strings[] =
	"<sst><si><t>甲</t></si><si><r><t>富</t></r><r><t xml:space='preserve'> 文本</t></r>"
	"<rPh><t>fu</t></rPh></si><si><t/></si></sst>";
static const char styles[] =
	"<styleSheet><numFmts><numFmt numFmtId='176' "
	"formatCode='yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@'/>"
	"<numFmt numFmtId='177' formatCode='[Red]#,##0.00&quot;day&quot;'/>"
	"<numFmt numFmtId='178' formatCode='[h]:mm'/></numFmts><cellStyleXfs><xf "
	"numFmtId='14'/></cellStyleXfs>"
	"<cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='176'/><xf numFmtId='177'/>"
	"<xf numFmtId='22'/><xf numFmtId='20'/><xf numFmtId='178'/></cellXfs></styleSheet>";

static void part(struct zipping *z, const char *name, const char *content)
{
	struct span s = span_of(content);
	add(z, name, s, s);
}

static struct span workbook(struct arena *a, const char *sheet, const char *sheet_attributes, bool from_1904)
{
	struct zipping z = zipping(a);
	char text[1000];
	snprintf(text, sizeof text, "<Relationships>" RELATION "</Relationships>", "r1", "officeDocument",
		"/book/workbook.xml");
	part(&z, "_rels/.rels", text);
	snprintf(text, sizeof text,
		"<x:workbook xmlns:x='m' xmlns:r='r'><x:workbookPr date1904='%d'/><x:sheets>"
		"<x:sheet name='隐藏' state='hidden' sheetId='9' r:id='h'/>"
		"<x:sheet name='表一' %s sheetId='1' r:id='s'/></x:sheets></x:workbook>",
		from_1904, sheet_attributes);
	part(&z, "book/workbook.xml", text);
	snprintf(text, sizeof text, "<Relationships>" RELATION RELATION RELATION RELATION "</Relationships>",
		"h",
		"worksheet", "hidden.xml", "s", "worksheet", "sheets/s.xml", "t", "styles", "../st.xml", "u",
		"sharedStrings", "/Strings.xml");
	part(&z, "book/_rels/workbook.xml.rels", text);
	part(&z, "book/sheets/s.xml", sheet);
	part(&z, "book/hidden.xml", SHEET("<row><c><v>666</v></c></row>"));
	part(&z, "st.xml", styles);
	part(&z, "strings.xml", strings);
	return finish(&z);
}

/* "row:cell|cell|…\n", a merged repeat with ^, the kind behind: no letter for text. */
static struct span drawn(struct arena *a, struct table *t, struct err *err)
{
	struct str out = STR_IN(a, 1 << 20);
	for (;;) {
		struct table_row row;
		bool more;
		if (!table_next(t, &row, &more, err))
			return (struct span){ NULL, 0 };
		if (!more)
			return (struct span){ str_z(&out), out.n };
		str_addf(&out, "%llu:", (unsigned long long)row.line);
		for (size_t i = 0; i < row.n; i++) {
			const struct table_cell *c = &row.cells[i];
			str_addf(&out, "%s%s" SPAN_FMT "%s", i ? "|" : "", c->merged ? "^" : "",
				SPAN_ARG(c->text), &"\0\0\0\0N\0D\0B"[c->kind ==
				TABLE_EMPTY ? 0 : c->kind * 2]);
		}
		str_addc(&out, '\n');
	}
}

static void rows_of_sheets(void)
{
	static const struct {
		const char *name, *sheet, *want;
		bool from_1904;
	} cases[] = {
		{ "text, rich text, inline, formula",
			SHEET("<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='s'><v>1</v></c></row>"
			      "<row r='2'><c r='A2' t='inlineStr'><is><t>内&amp;联</t></is></c>"
			      "<c r='C2' t='str'><f>1+1</f><v>=SUM</v></c></row>"),
			"1:甲|富 文本\n2:内&联||=SUM\n" },
		{ "numbers stay as they are",
			SHEET("<row "
			"r='1'><c><v>13800000000</v></c><c><v>1.38E+10</v></c>"
			"<c><v>1.1000000000000001</v></c>"
			      "<c><v>007</v></c><c t='n'><v>x</v></c><c s='3'><v>45000.5</v></c></row>"),
			"1:13800000000N|1.38E+10N|1.1N|007N|x|45000.5N\n" },
		{ "dates by style",
			SHEET("<row r='1'><c s='1'><v>46349</v></c><c s='2'><v>46349.0</v></c><c "
			"s='4'><v>46349.5</v></c>"
			      "<c s='5'><v>0.4375</v></c><c s='1'><v>60</v></c><c s='1'><v>1</v></c><c "
			      "s='1'><v>61</v></c>"
			      "<c s='1'><v>-3</v></c><c s='1'><v>99999999</v></c><c "
			      "s='99'><v>46349</v></c></row>"),
			"1:2026-11-23D|2026-11-23D|2026-11-23T12:00:00+08:00D|10:30:00|60N|1900-01-01D"
			"|1900-03-01D|-3N"
			"|99999999N|46349N\n" },
		{ "dates from 1904", SHEET("<row r='1'><c s='1'><v>44887</v></c><c s='1'><v>0</v></c></row>"),
			"1:2026-11-23D|1904-01-01D\n", true },
		{ "dates in ISO 8601",
			SHEET("<row r='1'><c t='d'><v>2026-11-23</v></c><c "
			"t='d'><v>2026-11-23T00:00:00</v></c>"
			      "<c t='d'><v>2026-11-23T08:30:00</v></c></row>"),
			"1:2026-11-23D|2026-11-23D|2026-11-23T08:30:00+08:00D\n" },
		{ "true, false, errors",
			SHEET("<row><c t='b'><v>1</v></c><c t='b'><v>0</v></c><c "
			"t='e'><v>#N/A</v></c></row>"),
			"1:TRUEB|FALSEB|#N/A\n" },
		{ "empty rows and cells are passed over, title rows are rows",
			SHEET("<row r='1'><c r='A1' t='inlineStr'><is><t>标题</t></is></c></row><row r='2'/>"
			      "<row r='5'><c r='XFD5' s='1'/><c r='B5'><v>1</v></c></row><row r='9'><c "
			      "r='A9'><v/></c></row>"),
			"1:标题\n5:|1N\n" },
		{ "merged areas repeat their first cell",
			"<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>0</v></c></row>"
			"<row r='2'><c r='B2'><v>7</v></c></row><row r='3'><c r='A3'><v>5</v></c><c "
			"r='B3'><v>8</v></c></row>"
			"<row r='4'><c r='A4'/><c r='B4'/></row>"
			"</sheetData><mergeCells><mergeCell ref='A1:A2'/><mergeCell ref='C1:D3'/><mergeCell "
			"ref='A3:A4'/>"
			"</mergeCells></worksheet>",
			"1:甲\n2:^甲|7N\n3:5N|8N\n" },
		{ "escaped characters",
			SHEET("<row><c t='inlineStr'><is><t>a_x000D_b_x0041__x00_</t></is></c></row>"),
			"1:a\rbA_x00_\n" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		CLEANUP(arena_free_p) struct arena *a = arena_new(64u << 20, 256u << 20);
		CLEANUP(table_close_p) struct table *t = NULL;
		struct err err = { 0 };
		test_case("%s", cases[i].name);
		struct span bytes = workbook(a, cases[i].sheet, "", cases[i].from_1904);
		CHECK_OK(table_open_span(bytes, 1 << 20, &t, &err), err);
		if (!t)
			continue;
		CHECK_INT(table_sheets(t), 1);
		CHECK_SPAN(table_sheet_name(t, 0), "表一");
		CHECK_SPAN(drawn(a, t, &err), cases[i].want);
		CHECK_OK(table_sheet(t, 0, &err), err);
		CHECK_SPAN(drawn(a, t, &err), cases[i].want);
		if (err.en[0])
			CHECK_FAIL(err.en);
	}
}

static void refused_sheets(void)
{
	static const struct {
		const char *name, *sheet, *attributes;
		enum err_code code;
		const char *says;
	} cases[] = {
		{ "a document type", "<!DOCTYPE a><worksheet/>", "", ERR_INVALID, "DTD" },
		{ "an entity bomb",
			"<!DOCTYPE a [<!ENTITY b 'bbbb'><!ENTITY c "
			"'&b;&b;&b;'>]><worksheet><sheetData><row><c>"
			"<v>&c;</v></c></row></sheetData></worksheet>", "", ERR_INVALID, "DTD" },
		{ "a file from disk",
			"<!DOCTYPE a [<!ENTITY b SYSTEM "
			"'file:///etc/passwd'>]><worksheet><a>&b;</a></worksheet>", "",
			ERR_INVALID, "DTD" },
		{ "an entity nobody declared", SHEET("<row><c><v>&x;</v></c></row>"), "", ERR_INVALID, "实体" },
		{ "broken XML", "<worksheet><sheetData><row><c><v>1</v></row>", "", ERR_MALFORMED, "XML" },
		{ "XML cut off", "<worksheet><sheetData><row><c><v>1</v></c></row>", "", ERR_MALFORMED,
			"XML" },
		{ "rows out of order",
			SHEET("<row r='2'><c><v>1</v></c></row><row r='2'><c><v>1</v></c></row>"), "",
			ERR_MALFORMED, "第 2 行" },
		{ "a row too far", SHEET("<row r='1048577'><c><v>1</v></c></row>"), "", ERR_MALFORMED, "行号" },
		{ "a cell of another row", SHEET("<row r='2'><c r='A3'><v>1</v></c></row>"), "",
			ERR_MALFORMED, "位置" },
		{ "a wide column", SHEET("<row r='1'><c r='XFD1'><v>1</v></c></row>"), "", ERR_TOO_LARGE,
			"512 列" },
		{ "no such text", SHEET("<row r='1'><c t='s'><v>3</v></c></row>"), "", ERR_MALFORMED,
			"文本不存在" },
		{ "a wrong merged area",
			"<worksheet><sheetData/><mergeCells><mergeCell "
			"ref='B1:A1'/></mergeCells></worksheet>", "",
			ERR_MALFORMED, "位置" },
		{ "merged areas over each other",
			"<worksheet><sheetData><row r='1'><c r='A1'><v>1</v></c></row><row r='2'><c r='A2'>"
			"<v>1</v></c></row></sheetData><mergeCells><mergeCell ref='A1:SR2'/><mergeCell "
			"ref='B1:SR3'/></mergeCells></worksheet>", "", ERR_MALFORMED, "重叠" },
		{ "all sheets hidden", SHEET(""), "state='veryHidden'", ERR_INVALID, "没有可见的工作表" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		CLEANUP(arena_free_p) struct arena *a = arena_new(64u << 20, 256u << 20);
		CLEANUP(table_close_p) struct table *t = NULL;
		struct err err = { 0 };
		test_case("refused: %s", cases[i].name);
		bool ok = table_open_span(workbook(a, cases[i].sheet, cases[i].attributes, false), 1 << 20,
			&t, &err)
			&& drawn(a, t, &err).p;
		CHECK_ERR(ok, err, cases[i].code);
		CHECK(strstr(err.zh, cases[i].says));
	}
}

/* One attribute costs little, each of many as much as there are; a merged text counts for each column. */
static void refused_amounts(void)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(64u << 20, 256u << 20);
	struct str tag = STR_IN(a, 4u << 20), wide = STR_IN(a, 1u << 20), large = STR_IN(a, 4u << 20);
	str_addz(&tag, "<worksheet long='");
	for (int i = 0; i < 200000; i++)
		str_addc(&tag, '=');
	str_addz(&tag, "'");
	for (int i = 0; i < 100000; i++)
		str_addf(&tag, " a%d=\"'\"", i);
	str_addz(&tag, "/>");
	str_addz(&wide, "<worksheet><sheetData><row r='1'><c r='A1' t='inlineStr'><is><t>");
	for (int i = 0; i < 100000; i++)
		str_addc(&wide, 'x');
	str_addz(&wide, "</t></is></c></row></sheetData><mergeCells><mergeCell ref='A1:L1'/></mergeCells>"
			"</worksheet>");
	str_addz(&large, "<worksheet a='");
	for (int i = 0; i < 1000000; i++)
		str_addc(&large, '"');
	str_addz(&large, "'><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>");
	const struct { const char *name, *sheet, *says; } cases[] = {
		{ "attributes without end", str_z(&tag), "属性超过 256 个" },
		{ "a merged row of 1.2 MB", str_z(&wide), "一行的内容过长" },
		{ "one large attribute: read", str_z(&large), NULL },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		CLEANUP(table_close_p) struct table *t = NULL;
		struct err err = { 0 };
		test_case("amounts: %s", cases[i].name);
		bool ok = table_open_span(workbook(a, cases[i].sheet, "", false), 8 << 20, &t, &err) &&
			drawn(a, t, &err).p;
		CHECK(ok == !cases[i].says);
		CHECK(!cases[i].says || (err.code == ERR_TOO_LARGE && strstr(err.zh, cases[i].says)));
	}
}

/* ---- what is no workbook, or a hostile one ---- */

static struct span one_file(struct arena *a, const char *name)
{
	struct zipping z = zipping(a);
	part(&z, name, "<x/>");
	return finish(&z);
}

/* A workbook whose sheet is so many spaces, deflated. */
static struct span bomb(struct arena *a, size_t bytes, int lie)
{
	struct zipping z = zipping(a);
	char *sheet = arena_alloc(a, bytes);
	struct span s = { sheet, bytes };
	static const char start[] = "<worksheet><sheetData>", end[] = "</sheetData></worksheet>";
	memset(sheet, ' ', bytes);
	memcpy(sheet, start, sizeof start - 1);
	memcpy(sheet + bytes - (sizeof end - 1), end, sizeof end - 1);
	part(&z, "xl/workbook.xml",
		"<workbook xmlns:r='r'><sheets><sheet name='a' r:id='s'/></sheets></workbook>");
	part(&z, "xl/_rels/workbook.xml.rels",
		"<Relationships><Relationship Id='s' Type='/worksheet' Target='s.xml'/>"
		"</Relationships>");
	z.lie = lie;
	add(&z, "xl/s.xml", s, deflated(a, s));
	return finish(&z);
}

static struct span many_entries(struct arena *a)
{
	struct zipping z = zipping(a);
	char name[20];
	for (int i = 0; i < 10001; i++) {
		snprintf(name, sizeof name, "f%d", i);
		part(&z, name, "");
	}
	return finish(&z);
}

static struct span encrypted(struct arena *a)
{
	struct zipping z = zipping(a);
	z.encrypted = true;
	part(&z, "xl/workbook.xml", "0123456789abcdef");
	return finish(&z);
}

static struct span ole2(struct arena *a, const char *name)
{
	struct str s = STR_IN(a, 10000);
	str_add(&s, SPAN("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"));
	for (; *name; name++) {
		str_addc(&s, *name);
		str_addc(&s, 0);
	}
	return str_span(&s);
}

static bool all_rows(struct span bytes, uint64_t max, struct arena *a, struct err *err)
{
	CLEANUP(table_close_p) struct table *t = NULL;
	return table_open_span(bytes, max, &t, err) && drawn(a, t, err).p;
}

static void refused_files(void)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(512u << 20, 1024u << 20);
	struct span good = workbook(a, SHEET("<row><c><v>1</v></c></row>"), "", false);
	struct span cut = { good.p, good.n - 30 };
	const struct {
		const char *name;
		struct span bytes;
		enum err_code code;
		const char *says;
	} cases[] = {
		{ ".xls", ole2(a, "Workbook"), ERR_MEDIA_TYPE, "请另存为 .xlsx" },
		{ "with a password", ole2(a, "EncryptedPackage"), ERR_MEDIA_TYPE, "密码" },
		{ ".doc", ole2(a, "WordDocument"), ERR_MEDIA_TYPE, "文字文档" },
		{ ".ods", one_file(a, "content.xml"), ERR_MEDIA_TYPE, ".ods" },
		{ ".docx", one_file(a, "word/document.xml"), ERR_MEDIA_TYPE, ".docx" },
		{ ".xlsb", one_file(a, "xl/workbook.bin"), ERR_MEDIA_TYPE, ".xlsb" },
		{ "a zip file with something else", one_file(a, "a.csv"), ERR_MEDIA_TYPE, "没有工作簿" },
		{ "a web page", SPAN("\n<HTML><body>"), ERR_MEDIA_TYPE, "网页" },
		{ "a PDF file", SPAN("%PDF-1.7"), ERR_MEDIA_TYPE, "PDF" },
		{ "an encrypted entry", encrypted(a), ERR_MEDIA_TYPE, "密码" },
		{ "cut off", cut, ERR_MALFORMED, "损坏" },
		{ "too many entries", many_entries(a), ERR_TOO_LARGE, "10000" },
		{ "a zip bomb", bomb(a, 30u << 20, 0), ERR_TOO_LARGE, "压缩炸弹" },
		{ "a size that lies", bomb(a, 100000, -50000), ERR_MALFORMED, "损坏" },
		{ "another size that lies", bomb(a, 100000, 50000), ERR_MALFORMED, "损坏" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { 0 };
		test_case("refused: %s", cases[i].name);
		CHECK_ERR(all_rows(cases[i].bytes, 64u << 20, a, &err), err, cases[i].code);
		CHECK(strstr(err.zh, cases[i].says));
	}
	struct err err = { 0 };
	test_case("refused: unpacked too large");
	CHECK_ERR(all_rows(bomb(a, 2u << 20, 0), 1u << 20, a, &err), err, ERR_TOO_LARGE);
	test_case("the same without a lie is read");
	CHECK_OK(all_rows(bomb(a, 2u << 20, 0), 4u << 20, a, &err), err);
}

static void csv(void)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(64u << 20, 256u << 20);
	static const char text[] = "标题\r\n\r\n单位,主机\r\na,\r\n\"x\r\ny\",=1\r\n";
	char path[300];
	snprintf(path, sizeof path, "%s/in.csv", test_folder());
	FILE *f = fopen(path, "wb");
	CHECK(f && fwrite(text, 1, sizeof text - 1, f) == sizeof text - 1);
	if (f)
		fclose(f);
	for (int by_path = 0; by_path < 2; by_path++) {
		CLEANUP(table_close_p) struct table *t = NULL;
		struct err err = { 0 };
		test_case("CSV as rows, from %s", by_path ? "a file" : "memory");
		CHECK_OK(by_path ? table_open(path, 1 << 20, &t, &err)
				 : table_open_span(span_of(text), 1 << 20, &t, &err),
			err);
		if (!t)
			continue;
		CHECK_SPAN(drawn(a, t, &err), "1:标题\n3:单位|主机\n4:a|\n5:x\r\ny|=1\n");
		CHECK_INT(table_sheets(t), 1);
		CHECK_OK(table_sheet(t, 0, &err), err);
		CHECK(drawn(a, t, &err).n > 0);
		CHECK_ERR(table_sheet(t, 1, &err), err, ERR_NOT_FOUND);
	}
}

int main(void)
{
	hash_start();
	rows_of_sheets();
	refused_sheets();
	refused_amounts();
	refused_files();
	csv();
	return test_end();
}
