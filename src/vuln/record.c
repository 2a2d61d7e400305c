#include "vuln/record.h"

#include <stdio.h>

#include "vuln/nvd_reader.h"

static bool must_list(const json_t *cve, const char *field, const json_t **ret, struct err *err)
{
	const json_t *j = json_object_get(cve, field);
	if (j && !json_is_null(j) && !json_is_array(j))
		return err_field(err, field, "不是数组", "is not an array");
	*ret = json_is_array(j) ? j : NULL;
	return true;
}

static bool read_text(const json_t *cve, const char *field, struct span *ret, struct err *err)
{
	const json_t *j = json_object_get(cve, field);
	if (j && !json_is_null(j) && !json_is_string(j))
		return err_field(err, field, "不是文本", "is not text");
	*ret = json_is_string(j) ? json_text(j) : SPAN("");
	return true;
}

static bool read_time(const json_t *cve, const char *field, int64_t *ret, struct err *err)
{
	struct span text;
	*ret = 0;
	if (!read_text(cve, field, &text, err))
		return false;
	if (text.n && !time_parse(text, ret))
		return err_field(err, field, "不是有效的时间", "is not a valid time");
	return true;
}

static bool read_description(const json_t *cve, struct span *ret, struct err *err)
{
	const json_t *list;
	if (!must_list(cve, "descriptions", &list, err))
		return false;
	*ret = SPAN("");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *d = json_array_get(list, i);
		if (!span_is(json_get_text(d, "lang"), "en"))
			continue;
		*ret = json_get_text(d, "value");
		if (!ret->p)
			return err_field(err, "descriptions", "缺少文字", "has no text");
		return ret->n <= RECORD_DESCRIPTION_MAX ||
			err_field(err, "descriptions", "超过 %d 字节", "is longer than %d bytes",
				RECORD_DESCRIPTION_MAX);
	}
	return true;
}

/* 0: the NVD itself, 1: the CNA, 2: anybody else. */
static int tier_of(const json_t *metric, struct span cna)
{
	struct span source = json_get_text(metric, "source");
	return span_is(source, "nvd@nist.gov") ? 0 : cna.n && span_eq(source, cna) ? 1 : 2;
}

static bool read_metrics(const json_t *cve, struct vuln_record *r, struct err *err)
{
	static const char *const lists[] = { "cvssMetricV40", "cvssMetricV31", "cvssMetricV30",
		"cvssMetricV2" };
	const json_t *metrics = json_object_get(cve, "metrics");
	struct span cna = json_get_text(cve, "sourceIdentifier");
	int best = 3;
	if (metrics && !json_is_null(metrics) && !json_is_object(metrics))
		return err_field(err, "metrics", "不是对象", "is not an object");
	for (size_t i = 0; i < COUNT(lists); i++) {
		const json_t *list;
		if (!must_list(metrics, lists[i], &list, err))
			return false;
		for (size_t k = 0; k < json_array_size(list); k++) {
			const json_t *metric = json_array_get(list, k);
			struct span vector =
				json_get_text(json_object_get(metric, "cvssData"), "vectorString");
			struct cvss c;
			struct err ignored = { 0 };
			int tier = tier_of(metric, cna);
			if (tier >= best || !vector.n || !cvss_parse(vector, &c, &ignored))
				continue;
			best = tier;
			r->vector = vector;
			r->score = c.score;
			r->severity = cvss_severity_text(c.severity);
			r->cvss_version = cvss_version_text(c.version);
		}
	}
	return true;
}

static bool add_cwe(struct str *to, struct span value)
{
	if (!span_starts(value, SPAN("CWE-")) || value.n > 20 || value.n < 5)
		return false;
	for (size_t i = 4; i < value.n; i++)
		if (value.p[i] < '0' || value.p[i] > '9')
			return false;
	struct span rest = str_span(to);
	while (rest.p && rest.n)
		if (span_eq(span_split(&rest, ','), value))
			return false;
	if (to->n)
		str_addc(to, ',');
	str_add(to, value);
	return true;
}

static bool read_weaknesses(const json_t *cve, struct arena *a, struct span *ret, struct err *err)
{
	const json_t *list;
	struct str s = STR_IN(a, 4096);
	if (!must_list(cve, "weaknesses", &list, err))
		return false;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *texts = json_object_get(json_array_get(list, i), "description");
		for (size_t k = 0; k < json_array_size(texts); k++)
			add_cwe(&s, json_get_text(json_array_get(texts, k), "value"));
	}
	*ret = s.n ? str_span(&s) : SPAN("");
	return str_check(&s, err);
}

/* ---- configurations and references as text ---- */

static void add_operator(struct str *s, const json_t *j)
{
	struct span op = json_get_text(j, "operator");
	str_addc(s, '{');
	if (op.n)
		str_addf(s, "\"operator\":\"%s\",", span_eq_nocase(op, SPAN("AND")) ? "AND" : "OR");
	if (json_get_bool(j, "negate", false))
		str_addz(s, "\"negate\":true,");
}

static void add_leaf(struct str *s, const json_t *leaf)
{
	str_addz(s,
		json_get_bool(leaf, "vulnerable", false) ? "{\"vulnerable\":true,\"criteria\":"
							 : "{\"vulnerable\":false,\"criteria\":");
	str_add_json(s, json_get_text(leaf, "criteria"));
	for (int b = 0; b < CONFIG_BOUNDS; b++) {
		struct span bound = json_get_text(leaf, config_bound_name((enum config_bound)b));
		if (!bound.n)
			continue;
		str_addf(s, ",\"%s\":", config_bound_name((enum config_bound)b));
		str_add_json(s, bound);
	}
	str_addc(s, '}');
}

static void add_node(struct str *s, const json_t *node)
{
	const json_t *leaves = json_object_get(node, "cpeMatch");
	add_operator(s, node);
	str_addz(s, "\"cpeMatch\":[");
	for (size_t i = 0; i < json_array_size(leaves); i++) {
		if (i)
			str_addc(s, ',');
		add_leaf(s, json_array_get(leaves, i));
	}
	str_addz(s, "]}");
}

static void add_configuration(struct str *s, const json_t *configuration)
{
	const json_t *nodes = json_object_get(configuration, "nodes");
	add_operator(s, configuration);
	str_addz(s, "\"nodes\":[");
	for (size_t i = 0; i < json_array_size(nodes); i++) {
		if (i)
			str_addc(s, ',');
		add_node(s, json_array_get(nodes, i));
	}
	str_addz(s, "]}");
}

/* Has been read as a tree before: the types are right. */
static bool write_configurations(const json_t *list, struct arena *a, struct span *ret, struct err *err)
{
	struct str s = STR_IN(a, RECORD_JSON_MAX);
	str_addc(&s, '[');
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (i)
			str_addc(&s, ',');
		add_configuration(&s, json_array_get(list, i));
	}
	str_addc(&s, ']');
	*ret = str_span(&s);
	return str_check(&s, err);
}

static void add_tags(struct str *s, const json_t *tags)
{
	size_t n = 0;
	for (size_t i = 0; i < json_array_size(tags); i++) {
		struct span tag = json_text(json_array_get(tags, i));
		if (!tag.n)
			continue;
		str_addz(s, n++ ? "," : ",\"tags\":[");
		str_add_json(s, tag);
	}
	if (n)
		str_addc(s, ']');
}

static bool write_refs(const json_t *cve, struct arena *a, struct span *ret, struct err *err)
{
	const json_t *list;
	struct str s = STR_IN(a, RECORD_JSON_MAX);
	if (!must_list(cve, "references", &list, err))
		return false;
	str_addc(&s, '[');
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *ref = json_array_get(list, i);
		struct span url = json_get_text(ref, "url");
		if (!url.n)
			continue;
		str_addz(&s, s.n > 1 ? ",{\"url\":" : "{\"url\":");
		str_add_json(&s, url);
		add_tags(&s, json_object_get(ref, "tags"));
		str_addc(&s, '}');
	}
	str_addc(&s, ']');
	*ret = str_span(&s);
	return str_check(&s, err);
}

static void hash_record(struct vuln_record *r)
{
	struct hash_sha256 h;
	unsigned char digest[HASH_SHA256];
	char numbers[96];
	int n = snprintf(numbers, sizeof numbers, "%lld,%lld,%d,%s,%s", (long long)r->published,
		(long long)r->modified, r->score, r->severity, r->cvss_version);
	struct span parts[] = { { numbers, (size_t)n }, r->status, r->vector, r->cwe, r->description,
		r->configurations, r->refs };
	hash_sha256_init(&h);
	for (size_t i = 0; i < COUNT(parts); i++) {
		uint64_t size = parts[i].n;
		hash_sha256_add(&h, (struct span){ (const char *)&size, sizeof size });
		hash_sha256_add(&h, parts[i]);
	}
	hash_sha256_done(&h, digest);
	hash_hex(digest, (RECORD_HASH_TEXT - 1) / 2, r->hash);
}

bool vuln_record_read(const json_t *cve, struct arena *a, struct vuln_record *ret, struct err *err)
{
	struct vuln_record r = { .score = -1, .severity = "none", .cvss_version = "", .vector = SPAN("") };
	const json_t *configurations = json_object_get(cve, "configurations");
	if (!read_time(cve, "published", &r.published, err) ||
		!read_time(cve, "lastModified", &r.modified, err) ||
		!read_text(cve, "vulnStatus", &r.status, err) ||
		!read_description(cve, &r.description, err) || !read_metrics(cve, &r, err) ||
		!read_weaknesses(cve, a, &r.cwe, err) || !config_read(configurations, a, &r.tree, err) ||
		!write_configurations(configurations, a, &r.configurations, err) ||
		!write_refs(cve, a, &r.refs, err))
		return false;
	r.rejected = nvd_rejected(cve);
	if (r.rejected)
		r.tree = (struct config_tree){ 0 };
	if (r.status.n > 40 || r.vector.n > CVSS_TEXT_MAX)
		return err_field(err, "vulnStatus", "过长", "is too long");
	hash_record(&r);
	*ret = r;
	return true;
}
