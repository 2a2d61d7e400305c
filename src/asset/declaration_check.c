/*
 * A declared row as it is kept: canonical texts, software of the pick list or by name, what is not known.
 * reads foreign bytes: fuzzed by declaration_sheet_fuzz.c
 */
#include <stdio.h>

#include "asset/address.h"
#include "asset/declaration_room.h"
#include "codec/cpe.h"

enum { VERSION_MAX = 100, NAME_MAX = 200 };

const char *const declaration_questions[] = { "url", "address", "mlps_level", "record_number", "hosting",
	"hosting_party", "operator", "importance", "exposure", "software", NULL };

static bool is_empty(const struct record *row, const char *name)
{
	struct span v = record_text(row, name);
	return v.n == 0 || span_is(v, "[]") || span_is(v, "null");
}

bool declaration_unknown(const struct record *row, const char *name)
{
	CLEANUP(str_done) struct str quoted = STR(64);
	struct span list = record_text(row, "unknown");
	str_addf(&quoted, "\"%s\"", name);
	return list.n && memmem(list.p, list.n, quoted.p, quoted.n) != NULL;
}

/* ---- what is not known ---- */

static bool known_question(struct span name)
{
	for (const char *const *q = declaration_questions; *q; q++)
		if (span_is(name, *q))
			return true;
	return false;
}

static bool is_listed(const json_t *list, const char *name)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (span_is(json_text(json_array_get(list, i)), name))
			return true;
	return false;
}

static const struct field *field_of(const struct record *row, const char *name)
{
	const struct field *f = row->resource->fields;
	while (strcmp(f->name, name) != 0)             /* questions are fields */
		f++;
	return f;
}

/* The word written where an answer was asked for is the same as naming the question. */
static bool take_word(struct op *op, struct record *row, const char *name)
{
	const struct field *f = field_of(row, name);
	if (f->kind != FIELD_TEXT || !says_unknown(record_text(row, name), op->arena))
		return false;
	record_set(row, name, db_t(SPAN("")));
	return true;
}

static bool both(struct err *err, const struct field *f)
{
	char zh[64];
	snprintf(zh, sizeof zh, SPAN_FMT, SPAN_ARG(field_label(f, true)));
	return err_field(err, f->name, "“%s”既填写了又答“不清楚”%.0s", "%.0s%s is both given and unknown", zh,
		f->name);
}

static bool check_unknown(struct op *op, struct record *row, struct err *err)
{
	CLEANUP(json_free) json_t *list = NULL;
	struct span text = record_text(row, "unknown");
	struct str out = STR_IN(op->arena, 1024);
	if (text.n && !json_parse(text, 2, &list, err))
		return false;
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct span one = json_text(json_array_get(list, i));
		if (!known_question(one))
			return err_field(err, "unknown", "“unknown”中没有项目“" SPAN_FMT "”",
				"unknown: there is no question \"" SPAN_FMT "\"",
				SPAN_ARG(utf8_cut(one, 40)));
	}
	if (list && !json_is_array(list) && !json_is_null(list))
		return err_field(err, "unknown", "“unknown”应为列表", "unknown must be a list");
	str_addc(&out, '[');
	for (const char *const *q = declaration_questions; *q; q++) {
		bool word = take_word(op, row, *q);
		if (!word && !is_listed(list, *q))
			continue;
		if (!is_empty(row, *q))
			return both(err, field_of(row, *q));
		str_addf(&out, "%s\"%s\"", out.n > 1 ? "," : "", *q);
	}
	str_addc(&out, ']');
	record_set(row, "unknown", db_t(str_span(&out)));
	return true;
}

/* ---- software ---- */

struct one_software {
	const struct software_choice *choice;
	struct span name, vendor, version;
	bool unknown;
};

static bool plain(struct span s, size_t max)
{
	return utf8_count(s) <= max && !utf8_has_control(s) && !memchr(s.p ? s.p : "", '\n', s.n);
}

/* A version that cannot stand in the CPE name could not be matched. */
static bool check_version(struct op *op, const struct one_software *s, size_t i, struct err *err)
{
	struct span cpe, whole = s->choice ? software_choice_cpe(s->choice, op->arena) : SPAN("");
	struct err e = { 0 };
	if (!whole.n || !s->version.n || cpe_with_version(whole, s->version, op->arena, &cpe, &e))
		return true;
	return err_field(err, "software", "第 %zu 个软件的版本“" SPAN_FMT "”应为字母和数字，或填“不清楚”",
		"software %zu: version \"" SPAN_FMT "\" must be letters and digits, or unknown", i + 1,
		SPAN_ARG(utf8_cut(s->version, 40)));
}

static bool read_software(
	struct op *op, const json_t *j, size_t i, struct one_software *ret, struct err *err)
{
	struct span product = span_trim(json_get_text(j, "product")),
		name = span_trim(json_get_text(j, "name"));
	struct one_software s = { .vendor = span_trim(json_get_text(j, "vendor")),
		.version = span_trim(json_get_text(j, "version")) };
	if (!json_is_object(j) || (!product.n && !name.n))
		return err_field(err, "software", "第 %zu 个软件应有 product（选自清单）或 name",
			"software %zu needs product (of the pick list) or name", i + 1);
	s.choice = product.n ? software_choice_find(product) : NULL;
	if (product.n && !s.choice)
		return err_field(err, "software", "第 %zu 个软件“" SPAN_FMT "”不在清单中，请填 name",
			"software %zu: \"" SPAN_FMT "\" is not in the pick list, give its name", i + 1,
			SPAN_ARG(utf8_cut(product, 40)));
	s.name = s.choice ? span_of(s.choice->name) : name;
	s.vendor = s.choice ? span_of(s.choice->vendor) : s.vendor;
	s.unknown = json_get_bool(j, "unknown", false) || says_unknown(s.version, op->arena);
	if (s.unknown)
		s.version = SPAN("");
	if (s.version.n > 1 && (s.version.p[0] | 0x20) == 'v' && s.version.p[1] >= '0' &&
	    s.version.p[1] <= '9')
		s.version = span_from(s.version, 1);   /* V8.1 is 8.1 */
	if (!plain(s.name, NAME_MAX) || !plain(s.vendor, NAME_MAX) || !plain(s.version, VERSION_MAX))
		return err_field(err, "software", "第 %zu 个软件的名称或版本过长，或含有换行、控制字符",
			"software %zu: name or version is too long or holds control characters", i + 1);
	if (!check_version(op, &s, i, err))
		return false;
	*ret = s;
	return true;
}

static void add_member(struct str *out, const char *name, struct span value)
{
	str_addf(out, ",\"%s\":", name);
	str_add_json(out, value.p ? value : SPAN(""));
}

static bool check_software(struct op *op, struct record *row, struct err *err)
{
	CLEANUP(json_free) json_t *list = NULL;
	struct span text = record_text(row, "software");
	struct str out = STR_IN(op->arena, 64 * 1024);
	if (text.n && !json_parse(text, 4, &list, err))
		return false;
	if (list && !json_is_array(list) && !json_is_null(list))
		return err_field(err, "software", "“software”应为列表", "software must be a list");
	if (json_array_size(list) > DECLARATION_SOFTWARE_MAX)
		return err_field(err, "software", "一个系统最多填 %d 个软件", "at most %d of a system",
			(int)DECLARATION_SOFTWARE_MAX);
	str_addc(&out, '[');
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct one_software s = { 0 };
		if (!read_software(op, json_array_get(list, i), i, &s, err))
			return false;
		str_addz(&out, i ? ",{\"product\":" : "{\"product\":");
		str_add_json(&out, s.choice ? span_of(s.choice->key) : SPAN(""));
		add_member(&out, "name", s.name);
		add_member(&out, "vendor", s.vendor);
		add_member(&out, "version", s.version);
		str_addf(&out, ",\"unknown\":%s}", s.unknown ? "true" : "false");
	}
	str_addc(&out, ']');
	record_set(row, "software", db_t(str_span(&out)));
	return str_check(&out, err);
}

/* ---- addresses ---- */

bool declaration_url_host(struct span url, char ret[ADDRESS_TEXT])
{
	static const char *const schemes[] = { "http://", "https://" };
	struct span s = span_trim(url);
	for (size_t i = 0; i < COUNT(schemes); i++) {
		size_t n = strlen(schemes[i]);
		if (s.n > n && span_eq_nocase((struct span){ s.p, n }, span_of(schemes[i]))) {
			s = span_from(s, n);
			break;
		}
	}
	size_t end = 0;
	if (s.n && s.p[0] == '[') {                    /* an IPv6 address in brackets */
		while (end < s.n && s.p[end] != ']')
			end++;
		return end < s.n && address_parse((struct span){ s.p + 1, end - 1 }, ret) == ADDRESS_IPV6;
	}
	while (end < s.n && !strchr("/?#:", s.p[end]))
		end++;
	return end > 0 && address_parse((struct span){ s.p, end }, ret) != ADDRESS_NONE;
}

static bool check_places(struct op *op, struct record *row, struct err *err)
{
	char canonical[ADDRESS_TEXT];
	struct span url = span_trim(utf8_fold(op->arena, record_text(row, "url")));
	struct span address = span_trim(utf8_fold(op->arena, record_text(row, "address")));
	/* folding lower-cases, which a path may not bear */
	if (span_eq_nocase(url, span_trim(record_text(row, "url"))))
		url = span_trim(record_text(row, "url"));
	if (url.n && (!declaration_url_host(url, canonical) || memchr(url.p, ' ', url.n)))
		return err_field(err, "url", "“" SPAN_FMT "”不是网址，应如 https://oa.example.gov.cn/",
			"\"" SPAN_FMT "\" is not a URL such as https://oa.example.gov.cn/",
			SPAN_ARG(utf8_cut(url, 60)));
	record_set(row, "url", db_t(url));
	if (address.n && address_parse(address, canonical) == ADDRESS_NONE)
		return err_field(err, "address", "“" SPAN_FMT "”不是一个 IP 地址或主机名；有多个的，其余写在备注中",
			"\"" SPAN_FMT "\" is not one IP address or host name; put further ones into the note",
			SPAN_ARG(utf8_cut(address, 60)));
	record_set(row, "address",
		db_t(address.n ? arena_span(op->arena, span_of(canonical)) : SPAN("")));
	return true;
}

/* ---- the row ---- */

static bool check_change(const struct record *before, const struct record *after, struct err *err)
{
	if (!before)
		return true;
	if (!span_is(before->state, "draft") && !span_is(before->state, "returned"))
		return err_set(err, ERR_CONFLICT, "已提交的申报不能修改；退回后可以修改，或重新申报",
			"what was submitted cannot be changed; it can when it is returned, or declare anew");
	if (record_int(before, "unit_id") != record_int(after, "unit_id") ||
		!span_eq(record_text(before, "says"), record_text(after, "says")))
		return err_field(err, "unit_id", "申报单位和申报内容的种类不能更改",
			"the unit, and what kind of statement it is, cannot be changed");
	return true;
}

static bool check_asset(struct op *op, const struct record *after, struct err *err)
{
	int64_t ignored;
	bool found;
	if (record_get(after, "asset_id").type == DB_NULL)
		return true;
	return db_int(op_db(op),
		       SQL("SELECT 1 FROM assets WHERE n=? AND unit_n=? AND kind IN ('system', 'site')"),
		       V(record_get(after, "asset_id"), record_get(after, "unit_id")), &ignored, &found,
		       err) &&
		(found ||
			err_field(err, "asset_id", "该资产不是本单位的系统或网站",
				"that asset is no system or site of this unit"));
}

bool declaration_check(struct op *op, const struct record *before, struct record *after, struct err *err)
{
	static const char *const texts[] = { "name", "record_number", "hosting_party", "operator" };
	if (!check_change(before, after, err))
		return false;
	if (span_is(record_text(after, "says"), "none"))
		record_set(after, "name", db_t(SPAN("本单位无信息系统")));
	if (span_is(record_text(after, "says"), "unchanged"))
		record_set(after, "name", db_t(SPAN("无变化")));
	for (size_t i = 0; i < COUNT(texts); i++)
		record_set(after, texts[i], db_t(span_trim(record_text(after, texts[i]))));
	struct span name = record_text(after, "name");
	if (!name.n || says_unknown(name, op->arena))
		return err_field(err, "name", "请填写系统名称", "the system's name must be given");
	return check_unknown(op, after, err) && check_software(op, after, err) &&
		check_places(op, after, err) && check_asset(op, after, err);
}
