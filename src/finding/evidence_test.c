#include "finding/evidence.h"

#include "base/test.h"

/* A zip file of empty entries: local headers are not looked at, the directory is. */
static struct span zip_of(struct arena *a, const char *const *names)
{
	struct str out = STR_IN(a, 65536);
	size_t n = 0;
	str_add(&out, (struct span){ "PK\003\004", 4 });
	size_t at = out.n;
	for (; names[n]; n++) {
		size_t length = strlen(names[n]);
		str_add(&out, (struct span){ "PK\001\002", 4 });
		for (size_t i = 4; i < 46; i++)
			str_addc(&out, i == 28 ? (char)length : '\0');
		str_addz(&out, names[n]);
	}
	size_t end = out.n;
	str_add(&out, (struct span){ "PK\005\006", 4 });
	for (size_t i = 4; i < 22; i++)
		str_addc(&out,
			i == 8 || i == 10 ? (char)n : i == 12 ? (char)(end - at) : i == 16 ? (char)at : '\0');
	return str_span(&out);
}

#define BYTES(literal) { literal, sizeof(literal) - 1 }
#define OLE "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

static const struct {
	const char *name, *want, *kept; /* kept NULL: as it was */
	struct span content;
} by_bytes[] = {
	{ "现场照片.jpg", "image/jpeg", NULL, BYTES("\xff\xd8\xff\xe0") },
	{ "现场照片.JPEG", "image/jpeg", NULL, BYTES("\xff\xd8\xff\xe0") },
	{ "截图.png", "image/png", NULL, BYTES("\x89PNG\r\n\x1a\n....") },
	{ "IMG_1.HEIC", "image/heic", NULL, BYTES("\0\0\0\x18" "ftypheic\0\0\0\0") },
	{ "IMG_1.heic", "image/heic", NULL, BYTES("\0\0\0\x18" "ftypmif1\0\0\0\0") },
	{ "a.pdf", "application/pdf", NULL, BYTES("%PDF-1.7") },
	{ "回执.wps", "application/wps-office.wps", NULL, BYTES(OLE) },
	{ "台账.et", "application/wps-office.et", NULL, BYTES(OLE) },
	{ "a.doc", "application/msword", NULL, BYTES(OLE) },
	{ "a.xls", "application/vnd.ms-excel", NULL, BYTES(OLE) },
	{ "日志.txt", "text/plain; charset=utf-8", NULL, BYTES("10:00 登录失败\n") },
	{ "日志.txt", "text/plain", NULL, BYTES("10:00 \xb5\xc7\xc2\xbc\n") }, /* GB18030 */
	{ "a.csv", "text/csv; charset=utf-8", NULL, BYTES("a,b\n1,2\n") },
	{ "C:\\fakepath\\a.pdf", "application/pdf", "a.pdf", BYTES("%PDF-1.7") },
	{ "../../etc/a.pdf", "application/pdf", "a.pdf", BYTES("%PDF-1.7") },
	{ "", "application/pdf", "附件.pdf", BYTES("%PDF-1.7") },
	{ "\xe2\x80\xaegnp.docx.png", "image/png", "附件.png", BYTES("\x89PNG\r\n\x1a\n....") },
	{ "\xe2\x81\xa7" "a.png", "image/png", "附件.png", BYTES("\x89PNG\r\n\x1a\n....") },
	{ "没有后缀", "text/plain; charset=utf-8", "没有后缀.txt", BYTES("x") },
	/* refused */
	{ "a.exe", NULL, NULL, BYTES("MZ\x90\0\x03\0") },
	{ "a.pdf", NULL, NULL, BYTES("MZ\x90\0\x03\0") },
	{ "a.jpg", NULL, NULL, BYTES("%PDF-1.7") },
	{ "a.js", NULL, NULL, BYTES("alert(1)") },
	{ "a.html", NULL, NULL, BYTES("<!DOCTYPE html>") },
	{ "a.txt", NULL, NULL, BYTES(" <HTML>") },
	{ "a.svg", NULL, NULL, BYTES("<svg xmlns=''/>") },
	{ "a.txt", NULL, NULL, BYTES("\xef\xbb\xbf<?xml version='1.0'?>") },
	{ "a.txt", NULL, NULL, BYTES("a\0b") },
	{ "a.zip", NULL, NULL, BYTES("PK\003\004 cut off") },
	{ "a.zip", NULL, NULL, BYTES("PK\005\006\0\0\0\0\xff\xff\xff\xff\0\0\0\0\xff\xff\0\0\0\0") },
	{ "a.mp4", NULL, NULL, BYTES("\0\0\0\x18" "ftypisom\0\0\0\0") },
	{ "a.txt", NULL, NULL, BYTES("") },
};

static const struct {
	const char *name, *want;
	const char *entries[4];
} by_entries[] = {
	{ "a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		{ "[Content_Types].xml", "word/document.xml" } },
	{ "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		{ "[Content_Types].xml", "xl/workbook.xml" } },
	{ "a.wps", "application/wps-office.wps", { "[Content_Types].xml", "word/document.xml" } },
	{ "a.ofd", "application/ofd", { "OFD.xml", "Doc_0/Document.xml" } },
	{ "a.zip", "application/zip", { "1.png", "2.png" } },
	{ "a.zip", "application/zip", { NULL } },
	{ "a.zip", NULL, { "[Content_Types].xml", "xl/workbook.xml" } },
	{ "a.docx", NULL, { "[Content_Types].xml", "xl/workbook.xml" } },
	{ "a.pptx", NULL, { "[Content_Types].xml", "ppt/presentation.xml" } },
	{ "a.ofd", NULL, { "1.png" } },
};

static void check(struct arena *a, struct span content, const char *name, const char *want, const char *kept)
{
	struct evidence_kind kind = { .type = "" };
	struct err err = { 0 };
	bool ok = evidence_check(content, span_of(name), a, &kind, &err);
	CHECK(ok == !!want);
	CHECK(!want || strcmp(kind.type, want) == 0);
	CHECK(!want || span_is(kind.name, kept ? kept : name));
	CHECK(want || (err.code == ERR_MEDIA_TYPE && strcmp(err.field, "name") == 0));
}

int main(void)
{
	struct arena *a = arena_new(1 << 20, 8 << 20);
	for (size_t i = 0; i < COUNT(by_bytes); i++) {
		test_case("%zu: %s is %s", i, by_bytes[i].name,
			by_bytes[i].want ? by_bytes[i].want : "refused");
		check(a, by_bytes[i].content, by_bytes[i].name, by_bytes[i].want, by_bytes[i].kept);
	}
	for (size_t i = 0; i < COUNT(by_entries); i++) {
		test_case("%s with %s is %s", by_entries[i].name,
			by_entries[i].entries[1] ? by_entries[i].entries[1] : "little",
			by_entries[i].want ? by_entries[i].want : "refused");
		check(a, zip_of(a, by_entries[i].entries), by_entries[i].name, by_entries[i].want, NULL);
	}
	struct err err = { 0 };
	struct evidence_kind kind;
	test_case("what is refused is told with what is accepted");
	CHECK(!evidence_check(SPAN("alert(1)"), SPAN("a.js"), a, &kind, &err) &&
		strstr(err.zh, "jpg png heic") &&
		strstr(err.zh, ".js"));
	CHECK(!evidence_check(SPAN("%PDF-1"), SPAN("a.jpg"), a, &kind, &err) && strstr(err.zh, "pdf"));
	test_case("a long name keeps its extension");
	char longest[700] = "";
	for (size_t i = 0; i < 200; i++)
		memcpy(longest + 3 * i, "长", 4);
	memcpy(longest + 600, ".pdf", 5);
	CHECK_OK(evidence_check(SPAN("%PDF-1"), span_of(longest), a, &kind, &err), err);
	CHECK(kind.name.n <= EVIDENCE_NAME_MAX && kind.name.n > EVIDENCE_NAME_MAX - 6 &&
		utf8_valid(kind.name) &&
		strcmp(kind.name.p + kind.name.n - 4, ".pdf") == 0);
	test_case("its name travels as RFC 5987 has it");
	CHECK_SPAN(evidence_disposition(SPAN("照 1.jpg"), a),
		"attachment; filename=\"attachment.jpg\"; filename*=UTF-8''%E7%85%A7%201.jpg");
	CHECK_SPAN(evidence_disposition(SPAN("a\"b.x\"y"), a),
		"attachment; filename=\"attachment\"; filename*=UTF-8''a%22b.x%22y");
	arena_free(a);
	return test_end();
}
