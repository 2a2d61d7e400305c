#include "vuln/feed_read.h"

#include "vuln/nvd_reader.h"

enum { KEV_DEPTH = 8, EPSS_LINE_MAX = 4096, LABEL_MAX = 64, KEV_TEXT_MAX = 20000 };

/* ---- KEV ---- */

static bool kev_text(const json_t *entry, const char *field, bool required, struct span *ret, struct err *err)
{
	const json_t *j = json_object_get(entry, field);
	*ret = SPAN("");
	if (!j && !required)
		return true;
	if (!json_is_string(j))
		return j ? err_field(err, field, "%s 不是文本", "%s is not text", field)
			 : err_field(err, field, "缺少 %s", "%s is missing", field);
	*ret = json_text(j);
	if (ret->n > KEV_TEXT_MAX)
		return err_field(
			err, field, "%s 超过 %d 字节", "%s is longer than %d bytes", field, KEV_TEXT_MAX);
	return true;
}

static bool kev_date(const json_t *entry, const char *field, struct span *ret, struct err *err)
{
	int64_t at;
	if (!kev_text(entry, field, true, ret, err))
		return false;
	return time_parse_date(*ret, 0, &at) ||
		err_field(err, field, "%s 不是有效日期（应为 YYYY-MM-DD）",
			"%s is not a valid date (YYYY-MM-DD)", field);
}

static bool kev_cwes(const json_t *entry, struct arena *a, struct span *ret, struct err *err)
{
	const json_t *list = json_object_get(entry, "cwes");
	struct str s = STR_IN(a, KEV_TEXT_MAX);
	if (list && !json_is_null(list) && !json_is_array(list))
		return err_field(err, "cwes", "cwes 不是数组", "cwes is not an array");
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct span cwe = json_text(json_array_get(list, i));
		if (!span_starts(cwe, SPAN("CWE-")) || cwe.n > 20 || cwe.n < 5)
			return err_field(
				err, "cwes", "cwes 第 %zu 项不是 CWE 编号", "cwes[%zu] is no CWE id", i + 1);
		if (s.n)
			str_addc(&s, ',');
		str_add(&s, cwe);
	}
	*ret = s.n ? str_span(&s) : SPAN("");
	return str_check(&s, err);
}

static bool kev_use(struct span use, bool *ret, struct err *err)
{
	*ret = span_eq_nocase(use, SPAN("Known"));
	return *ret || !use.n || span_eq_nocase(use, SPAN("Unknown")) ||
		err_field(err, "knownRansomwareCampaignUse",
			"knownRansomwareCampaignUse 应为 Known 或 Unknown",
			"knownRansomwareCampaignUse must be Known or Unknown");
}

static bool kev_entry_read(const json_t *j, struct arena *a, struct kev_entry *e, struct err *err)
{
	struct span use;
	if (!json_is_object(j))
		return err_set(err, ERR_INVALID, "不是对象", "is not an object");
	if (!kev_text(j, "cveID", true, &e->cve, err))
		return false;
	if (!nvd_id_valid(e->cve))
		return err_field(err, "cveID", "cveID 不是有效的 CVE 编号", "cveID is no valid CVE id");
	if (!kev_text(j, "vendorProject", true, &e->vendor, err) ||
		!kev_text(j, "product", true, &e->product, err) ||
		!kev_text(j, "vulnerabilityName", true, &e->name, err) ||
		!kev_date(j, "dateAdded", &e->added, err) ||
		!kev_text(j, "shortDescription", true, &e->description, err) ||
		!kev_text(j, "requiredAction", true, &e->action, err) ||
		!kev_date(j, "dueDate", &e->due, err) ||
		!kev_text(j, "knownRansomwareCampaignUse", false, &use, err) ||
		!kev_text(j, "notes", false, &e->notes, err))
		return false;
	return kev_use(use, &e->ransomware, err) && kev_cwes(j, a, &e->cwe, err);
}

bool kev_read(struct stream *s, struct arena *a, kev_fn *fn, void *data, struct err *err)
{
	CLEANUP(json_free) json_t *j = NULL;
	struct span text;
	if (!stream_rest(s, a, &text, err))
		return false;
	if (text.n >= 3 && memcmp(text.p, "\xEF\xBB\xBF", 3) == 0)
		text = span_from(text, 3);
	if (!json_parse(text, KEV_DEPTH, &j, err))
		return false;
	const json_t *list = json_object_get(j, "vulnerabilities");
	if (!json_is_array(list) || !json_get_text(j, "catalogVersion").p)
		return err_set(err, ERR_MALFORMED, "不是 KEV 目录：缺少 catalogVersion 或 vulnerabilities",
			"not a KEV catalogue: no catalogVersion or no vulnerabilities");
	size_t good = 0, n = json_array_size(list);
	for (size_t i = 0; i < n; i++) {
		struct kev_entry e = { 0 };
		struct err why = { 0 };
		const json_t *entry = json_array_get(list, i);
		bool ok = kev_entry_read(entry, a, &e, &why);
		good += ok;
		if (!ok)
			err_prefix(&why, "第 %zu 条 " SPAN_FMT "：", "record %zu " SPAN_FMT ": ", i + 1,
				SPAN_ARG(json_get_text(entry, "cveID")));
		if (!arena_check(a, err) || !fn(data, &e, ok ? NULL : &why, err))
			return false;
	}
	return good || !n ||
		err_set(err, ERR_MALFORMED, "没有一条可读的 KEV 记录", "no KEV record in it can be read");
}

/* ---- EPSS ---- */

/* "0.12345" → 12345; 0 to 1, at most ten decimals. */
static bool parse_share(struct span s, int64_t *ret)
{
	int64_t whole, scaled = 0, unit = 10000000000;
	struct span rest = s, before = span_split(&rest, '.');
	if (!span_int(before, 0, 1, &whole) || before.n != 1 || (rest.p && (rest.n == 0 || rest.n > 10)))
		return false;
	for (size_t i = 0; i < rest.n; i++) {
		if (rest.p[i] < '0' || rest.p[i] > '9')
			return false;
		unit /= 10;
		scaled += (rest.p[i] - '0') * unit;
	}
	scaled += whole * 10000000000;
	*ret = (scaled + 50000) / 100000;
	return scaled <= 10000000000;
}

static bool epss_row(struct span line, struct epss_entry *e, struct err *err)
{
	struct span rest = line;
	e->cve = span_split(&rest, ',');
	struct span score = span_split(&rest, ','), percentile = span_split(&rest, ',');
	if (!percentile.p || rest.p)
		return err_set(err, ERR_INVALID, "应有三列", "three columns are needed");
	if (!nvd_id_valid(e->cve))
		return err_field(err, "cve", "cve 列不是有效的 CVE 编号", "column cve is no valid CVE id");
	if (!parse_share(score, &e->score))
		return err_field(
			err, "epss", "epss 列不是 0 到 1 的小数", "column epss is no number from 0 to 1");
	return parse_share(percentile, &e->percentile) ||
		err_field(err, "percentile", "percentile 列不是 0 到 1 的小数",
			"column percentile is no number from 0 to 1");
}

/* A value of the comment line; at most LABEL_MAX bytes of plain ASCII are kept. */
static void label(struct span line, const char *name, char ret[LABEL_MAX])
{
	struct span rest = span_from(line, 1), part;
	ret[0] = 0;
	while ((part = span_split(&rest, ',')).p) {
		part = span_trim(part);
		if (!span_starts(part, span_of(name)) || part.n <= strlen(name) ||
			part.p[strlen(name)] != ':')
			continue;
		part = span_trim(span_from(part, strlen(name) + 1));
		size_t n = 0;
		while (n < part.n && n + 1 < LABEL_MAX && part.p[n] > ' ' && part.p[n] < 0x7F) {
			ret[n] = part.p[n];
			n++;
		}
		ret[n] = 0;
	}
}

static bool epss_header(struct stream *s, char model[LABEL_MAX], char date[LABEL_MAX], struct err *err)
{
	struct span line = { NULL, 0 };
	bool more;
	model[0] = date[0] = 0;
	if (!stream_line(s, EPSS_LINE_MAX, &line, &more, err))
		return false;
	if (more && line.n >= 3 && memcmp(line.p, "\xEF\xBB\xBF", 3) == 0)
		line = span_from(line, 3);
	if (more && line.n && line.p[0] == '#') {
		label(line, "model_version", model);
		label(line, "score_date", date);
		if (!stream_line(s, EPSS_LINE_MAX, &line, &more, err))
			return false;
	}
	if (more && span_is(line, "cve,epss,percentile"))
		return true;
	struct span first = line;
	if (more && span_find(line, ';', &(size_t){ 0 }) && nvd_id_valid(span_split(&first, ';')))
		return err_set(err, ERR_MALFORMED,
			"不是 FIRST 的 EPSS 文件：用分号分隔且没有表头，请使用官方 CSV",
			"not FIRST's EPSS file: separated by semicolons and without a header; use the "
			"official CSV");
	return err_set(err, ERR_MALFORMED, "不是 EPSS 文件：缺少表头 cve,epss,percentile",
		"not an EPSS file: the header cve,epss,percentile is missing");
}

bool epss_read(struct stream *s, epss_fn *fn, void *data, struct err *err)
{
	char model[LABEL_MAX], date[LABEL_MAX];
	size_t good = 0, read = 0;
	if (!epss_header(s, model, date, err))
		return false;
	for (;;) {
		struct epss_entry e = { .model = span_of(model), .date = span_of(date) };
		struct err why = { 0 };
		struct span line;
		bool more;
		if (!stream_line(s, EPSS_LINE_MAX, &line, &more, err))
			return false;
		if (!more)
			break;
		if (!line.n)
			continue;
		bool ok = epss_row(line, &e, &why);
		read++;
		good += ok;
		if (!ok)
			err_prefix(&why, "第 %llu 行：",
				"line %llu: ", (unsigned long long)stream_line_number(s));
		if (!fn(data, &e, ok ? NULL : &why, err))
			return false;
	}
	return good || !read ||
		err_set(err, ERR_MALFORMED, "没有一行可读的 EPSS 记录", "no row of it can be read");
}
