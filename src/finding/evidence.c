/*
 * What a file is, by its first bytes and, of a zip file, by the names in its directory.
 *
 * reads foreign bytes: fuzzed by evidence_fuzz.c
 */
#include "finding/evidence.h"

#define ACCEPTED "jpg png heic pdf ofd docx xlsx wps et doc xls zip txt csv"

enum holds {
	HOLDS_OTHER,
	HOLDS_JPEG = 1,
	HOLDS_PNG = 2,
	HOLDS_HEIC = 4,
	HOLDS_PDF = 8,
	HOLDS_OLE = 16, /* [MS-CFB]: doc, xls, and what WPS saves */
	HOLDS_WORD = 32,
	HOLDS_SHEET = 64,
	HOLDS_OFD = 128, /* GB/T 33190 */
	HOLDS_ZIP = 256,
	HOLDS_TEXT = 512,
};

static const struct {
	const char *ext, *type;
	unsigned holds; /* the first kind whose content this is names it */
} kinds[] = {
	{ "jpg", "image/jpeg", HOLDS_JPEG },
	{ "jpeg", "image/jpeg", HOLDS_JPEG },
	{ "png", "image/png", HOLDS_PNG },
	{ "heic", "image/heic", HOLDS_HEIC },
	{ "heif", "image/heif", HOLDS_HEIC },
	{ "pdf", "application/pdf", HOLDS_PDF },
	{ "ofd", "application/ofd", HOLDS_OFD },
	{ "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", HOLDS_WORD },
	{ "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", HOLDS_SHEET },
	{ "doc", "application/msword", HOLDS_OLE },
	{ "xls", "application/vnd.ms-excel", HOLDS_OLE },
	{ "wps", "application/wps-office.wps", HOLDS_OLE | HOLDS_WORD },
	{ "et", "application/wps-office.et", HOLDS_OLE | HOLDS_SHEET },
	{ "zip", "application/zip", HOLDS_ZIP },
	{ "txt", "text/plain; charset=utf-8", HOLDS_TEXT },
	{ "csv", "text/csv; charset=utf-8", HOLDS_TEXT },
};

static bool begins(struct span b, const char *magic, size_t n)
{
	return b.n >= n && memcmp(b.p, magic, n) == 0;
}

/* ---- zip: APPNOTE.TXT 4.3 ---- */

enum { ZIP_END = 22, ZIP_COMMENT_MAX = 65535, ZIP_ENTRY = 46, ZIP_ENTRIES_LOOKED_AT = 20000 };

static uint32_t le(struct span b, size_t at, size_t bytes)
{
	uint32_t v = 0;
	for (size_t i = 0; i < bytes; i++)
		v |= (uint32_t)(unsigned char)b.p[at + i] << (8 * i);
	return v;
}

static bool find_directory(struct span b, size_t *ret_at, size_t *ret_n)
{
	if (b.n < ZIP_END)
		return false;
	size_t last = b.n - ZIP_END, first = last > ZIP_COMMENT_MAX ? last - ZIP_COMMENT_MAX : 0;
	for (size_t at = last + 1; at-- > first;) {
		if (memcmp(b.p + at, "PK\005\006", 4) != 0)
			continue;
		*ret_at = le(b, at + 16, 4);
		*ret_n = le(b, at + 10, 2);
		return *ret_at <= at;
	}
	return false;
}

static enum holds zip_holds(struct span b)
{
	size_t at, entries;
	bool types = false, word = false, sheet = false, ofd = false;
	if (!find_directory(b, &at, &entries))
		return HOLDS_OTHER;
	for (size_t i = 0; i < entries && i < ZIP_ENTRIES_LOOKED_AT; i++) {
		if (at > b.n || b.n - at < ZIP_ENTRY || memcmp(b.p + at, "PK\001\002", 4) != 0)
			return HOLDS_OTHER;
		size_t name_n = le(b, at + 28, 2);
		size_t rest = name_n + le(b, at + 30, 2) + le(b, at + 32, 2);
		if (b.n - at - ZIP_ENTRY < rest)
			return HOLDS_OTHER;
		struct span name = { b.p + at + ZIP_ENTRY, name_n };
		types = types || span_is(name, "[Content_Types].xml");
		ofd = ofd || span_is(name, "OFD.xml");
		word = word || span_starts(name, SPAN("word/"));
		sheet = sheet || span_starts(name, SPAN("xl/"));
		at += ZIP_ENTRY + rest;
	}
	if (ofd)
		return HOLDS_OFD;
	if (!types)
		return HOLDS_ZIP;
	return word ? HOLDS_WORD : sheet ? HOLDS_SHEET : HOLDS_OTHER;
}

/* ---- text ---- */

static bool is_markup(struct span b)
{
	static const char *const begins_with[] =
		{ "<!doctype", "<html", "<svg", "<script", "<?xml", "<?php" };
	struct span s = span_trim(begins(b, "\xef\xbb\xbf", 3) ? span_from(b, 3) : b);
	for (size_t i = 0; i < COUNT(begins_with); i++) {
		size_t n = strlen(begins_with[i]);
		if (s.n >= n && span_eq_nocase((struct span){ s.p, n }, span_of(begins_with[i])))
			return true;
	}
	return false;
}

/* Logs are UTF-8 or, from Windows, GB18030: no byte of either is below space but for white space. */
static bool is_text(struct span b)
{
	for (size_t i = 0; i < b.n; i++)
		if ((unsigned char)b.p[i] < ' ' && !strchr("\t\n\r\f\033", b.p[i]))
			return false;
		else if (b.p[i] == '\0' || b.p[i] == 0x7f)
			return false;
	return b.n > 0 && !is_markup(b);
}

static enum holds holds(struct span b)
{
	static const char *const heic[] = { "heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1" };
	if (begins(b, "\xff\xd8\xff", 3))
		return HOLDS_JPEG;
	if (begins(b, "\x89PNG\r\n\x1a\n", 8))
		return HOLDS_PNG;
	if (begins(b, "%PDF-", 5))
		return HOLDS_PDF;
	if (begins(b, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8))
		return HOLDS_OLE;
	if (begins(b, "PK\003\004", 4) || begins(b, "PK\005\006", 4))
		return zip_holds(b);
	if (b.n >= 12 && memcmp(b.p + 4, "ftyp", 4) == 0)
		for (size_t i = 0; i < COUNT(heic); i++)
			if (memcmp(b.p + 8, heic[i], 4) == 0)
				return HOLDS_HEIC;
	return is_text(b) ? HOLDS_TEXT : HOLDS_OTHER;
}

/* ---- names ---- */

static struct span extension(struct span name)
{
	for (size_t i = name.n; i-- > 0;)
		if (name.p[i] == '.')
			return i == 0 ? (struct span){ NULL, 0 } : span_from(name, i + 1);
	return (struct span){ NULL, 0 };
}

/* U+202A to U+202E and U+2066 to U+2069 turn what follows around: "gpj.exe" would be read as "exe.jpg". */
static bool turns_around(struct span s)
{
	for (size_t i = 0; i + 3 <= s.n; i++) {
		unsigned char last = (unsigned char)s.p[i + 2];
		if (memcmp(s.p + i, "\xe2\x80", 2) == 0 && last >= 0xaa && last <= 0xae)
			return true;
		if (memcmp(s.p + i, "\xe2\x81", 2) == 0 && last >= 0xa6 && last <= 0xa9)
			return true;
	}
	return false;
}

/* What stands behind the last slash; a name that is none becomes "附件". */
static struct span base_name(struct span name)
{
	for (size_t i = name.n; i-- > 0;)
		if (name.p[i] == '/' || name.p[i] == '\\') {
			name = span_from(name, i + 1);
			break;
		}
	name = span_trim(name);
	if (!name.n || !utf8_valid(name) || utf8_has_control(name) || turns_around(name) ||
		memchr(name.p, '\n', name.n) ||
		memchr(name.p, '\r', name.n))
		return SPAN("附件");
	return name;
}

static struct span shortened(struct span name, struct span ext, struct arena *a)
{
	size_t room = EVIDENCE_NAME_MAX - ext.n - 1;
	struct span rest = { name.p, name.n - ext.n - 1 }, stem = { name.p, 0 };
	if (name.n <= EVIDENCE_NAME_MAX)
		return arena_span(a, name);
	while (utf8_next(&rest) && (size_t)(rest.p - name.p) <= room)
		stem.n = (size_t)(rest.p - name.p);
	return arena_printf(a, SPAN_FMT "." SPAN_FMT, SPAN_ARG(stem), SPAN_ARG(ext));
}

static bool refuse(struct err *err, struct span ext, const char *is, bool known)
{
	struct span shown = ext.n && ext.n <= 20 && utf8_valid(ext) ? ext : SPAN("?");
	if (known)
		err_field(err, "name", "文件名是 ." SPAN_FMT "，内容却是 %s，请按实际格式命名后再上传",
			"the name says ." SPAN_FMT ", the content is %s: name it by what it is",
			SPAN_ARG(shown), is);
	else
		err_field(err, "name", "不接受 ." SPAN_FMT " 文件（内容是 %s），可以上传：" ACCEPTED,
			"." SPAN_FMT " files (%s inside) are not accepted; these are: " ACCEPTED,
			SPAN_ARG(shown), is);
	err->code = ERR_MEDIA_TYPE;
	return false;
}

bool evidence_check(
	struct span content, struct span name, struct arena *a, struct evidence_kind *ret, struct err *err)
{
	enum holds what = holds(content);
	const char *is = NULL;
	name = base_name(name);
	struct span ext = extension(name);
	for (size_t i = 0; i < COUNT(kinds) && !is; i++)
		if (kinds[i].holds & (unsigned)what)
			is = kinds[i].ext;
	if (!is)
		return err_texts(err, ERR_MEDIA_TYPE, "name",
			"不接受这种文件，可以上传：" ACCEPTED,
			"files of this kind are not accepted; these are: " ACCEPTED);
	if (!ext.n) {
		name = arena_printf(a, SPAN_FMT ".%s", SPAN_ARG(name), is);
		ext = span_of(is);
	}
	bool known = false;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (!span_eq_nocase(ext, span_of(kinds[i].ext)))
			continue;
		known = true;
		if (!(kinds[i].holds & (unsigned)what))
			break;
		bool foreign = what == HOLDS_TEXT && !utf8_valid(content);
		ret->name = shortened(name, ext, a);
		ret->type = foreign ? "text/plain" : kinds[i].type;
		return true;
	}
	return refuse(err, ext, is, known);
}

struct span evidence_disposition(struct span name, struct arena *a)
{
	struct str out = STR_IN(a, 2048);
	struct span ext = extension(name);
	bool plain = ext.n > 0 && ext.n <= 5;
	for (size_t i = 0; i < ext.n; i++)
		plain = plain && strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", ext.p[i]);
	str_addz(&out, "attachment; filename=\"attachment");
	if (plain) {
		str_addc(&out, '.');
		str_add(&out, ext);
	}
	str_addz(&out, "\"; filename*=UTF-8''");
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool literal = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			(c && strchr("-._~", c));
		if (literal)
			str_addc(&out, c);
		else
			str_addf(&out, "%%%02X", (unsigned)(unsigned char)c);
	}
	return str_span(&out);
}
