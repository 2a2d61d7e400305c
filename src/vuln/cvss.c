#include "vuln/cvss.h"
#include "vuln/cvss_score.h"

struct metric {
	const char *name;
	const char *values;            /* separated by blanks; an optional metric starts with X or ND */
	bool mandatory;
};

static const struct metric metrics2[CVSS2_METRICS] = {
	{ "AV", "L A N", true }, { "AC", "H M L", true }, { "Au", "M S N", true }, { "C", "N P C", true },
	{ "I", "N P C", true }, { "A", "N P C", true }, { "E", "ND U POC F H" }, { "RL", "ND OF TF W U" },
	{ "RC", "ND UC UR C" }, { "CDP", "ND N L LM MH H" }, { "TD", "ND N L M H" }, { "CR", "ND L M H" },
	{ "IR", "ND L M H" }, { "AR", "ND L M H" },
};

static const struct metric metrics3[CVSS3_METRICS] = {
	{ "AV", "N A L P", true }, { "AC", "L H", true }, { "PR", "N L H", true }, { "UI", "N R", true },
	{ "S", "U C", true }, { "C", "N L H", true }, { "I", "N L H", true }, { "A", "N L H", true },
	{ "E", "X H F P U" }, { "RL", "X U W T O" }, { "RC", "X C R U" }, { "CR", "X L M H" },
	{ "IR", "X L M H" },
	{ "AR", "X L M H" }, { "MAV", "X N A L P" }, { "MAC", "X L H" }, { "MPR", "X N L H" },
	{ "MUI", "X N R" },
	{ "MS", "X U C" }, { "MC", "X N L H" }, { "MI", "X N L H" }, { "MA", "X N L H" },
};

static const struct metric metrics4[CVSS4_METRICS] = {
	{ "AV", "N A L P", true }, { "AC", "L H", true }, { "AT", "N P", true }, { "PR", "N L H", true },
	{ "UI", "N P A", true }, { "VC", "H L N", true }, { "VI", "H L N", true }, { "VA", "H L N", true },
	{ "SC", "H L N", true }, { "SI", "H L N", true }, { "SA", "H L N", true }, { "E", "X A P U" },
	{ "CR", "X H M L" }, { "IR", "X H M L" }, { "AR", "X H M L" }, { "MAV", "X N A L P" },
	{ "MAC", "X L H" },
	{ "MAT", "X N P" }, { "MPR", "X N L H" }, { "MUI", "X N P A" }, { "MVC", "X H L N" },
	{ "MVI", "X H L N" },
	{ "MVA", "X H L N" }, { "MSC", "X H L N" }, { "MSI", "X S H L N" }, { "MSA", "X S H L N" },
	{ "S", "X N P" },
	{ "AU", "X N Y" }, { "R", "X A U I" }, { "V", "X D C" }, { "RE", "X L M H" },
	{ "U", "X Clear Green Amber Red" },
};

static const struct {
	struct span prefix;
	const char *text;
	const struct metric *metrics;
	int count;
	void (*score)(const uint8_t *v, struct cvss *ret);
} versions[] = {
	[CVSS_20] = { { "", 0 }, "2.0", metrics2, CVSS2_METRICS, cvss2_score },
	[CVSS_30] = { { "CVSS:3.0/", 9 }, "3.0", metrics3, CVSS3_METRICS, cvss3_score },
	[CVSS_31] = { { "CVSS:3.1/", 9 }, "3.1", metrics3, CVSS3_METRICS, cvss3_score },
	[CVSS_40] = { { "CVSS:4.0/", 9 }, "4.0", metrics4, CVSS4_METRICS, cvss4_score },
};

const char *cvss_version_text(enum cvss_version v)
{
	return versions[v].text;
}

const char *cvss_severity_text(enum cvss_severity s)
{
	static const char *const texts[] = { "none", "low", "medium", "high", "critical" };
	return texts[s];
}

bool cvss_any_defined(const uint8_t *v, int first, int last)
{
	for (int i = first; i <= last; i++)
		if (v[i])
			return true;
	return false;
}

/* The place of a value in the metric's list, -1 if it is not there. */
static int find_value(const struct metric *m, struct span value)
{
	struct span rest = span_of(m->values);
	for (int i = 0; rest.n; i++)
		if (span_eq(span_split(&rest, ' '), value))
			return i;
	return -1;
}

static int find_metric(enum cvss_version version, struct span name)
{
	for (int i = 0; i < versions[version].count; i++)
		if (span_is(name, versions[version].metrics[i].name))
			return i;
	return -1;
}

/* What foreign text an error may repeat: a few bytes, printable ASCII only. */
static const char *shown(struct span s, char ret[17])
{
	size_t n = 0;
	for (; n < s.n && n < 16; n++)
		ret[n] = s.p[n] > 0x20 && s.p[n] < 0x7f ? s.p[n] : '?';
	ret[n] = '\0';
	return ret;
}

/* One "name:value". */
static bool read_metric(enum cvss_version version, struct span field, uint8_t *v, uint32_t *seen,
	struct err *err)
{
	char show[17];
	size_t colon;
	if (!span_find(field, ':', &colon))
		return err_set(err, ERR_MALFORMED, "CVSS 向量中“%s”不是“指标:取值”",
			"\"%s\" in the CVSS vector is not metric:value", shown(field, show));
	struct span name = { field.p, colon }, value = span_from(field, colon + 1);
	int at = find_metric(version, name);
	if (at < 0)
		return err_field(err, shown(name, show), "CVSS %s 没有指标 %s", "CVSS %s has no metric %s",
			versions[version].text, show);
	const struct metric *m = &versions[version].metrics[at];
	if (*seen & UINT32_C(1) << at)
		return err_field(err, m->name, "CVSS 指标 %s 重复出现", "CVSS metric %s is given twice", m->name);
	int number = find_value(m, value);
	if (number < 0)
		return err_field(err, m->name, "CVSS 指标 %s 没有取值“%s”", "CVSS metric %s has no value \"%s\"",
			m->name, shown(value, show));
	*seen |= UINT32_C(1) << at;
	v[at] = (uint8_t)number;
	return true;
}

static bool read_metrics(enum cvss_version version, struct span rest, uint8_t *v, struct err *err)
{
	uint32_t seen = 0;
	do {
		/* "a/" has an empty second field: span_split() alone would not tell */
		bool last = !memchr(rest.p, '/', rest.n);
		struct span field = last ? rest : span_split(&rest, '/');
		if (!read_metric(version, field, v, &seen, err))
			return false;
		if (last)
			break;
		rest.p = rest.p ? rest.p : "";
	} while (true);
	for (int i = 0; i < versions[version].count; i++) {
		const struct metric *m = &versions[version].metrics[i];
		if (m->mandatory && !(seen & UINT32_C(1) << i))
			return err_field(err, m->name, "CVSS 向量缺少必需的指标 %s",
				"CVSS vector lacks the mandatory metric %s",
				m->name);
	}
	return true;
}

static enum cvss_severity severity_of(enum cvss_version version, int score)
{
	if (version == CVSS_20)
		return score >= 70 ? CVSS_HIGH : score >= 40 ? CVSS_MEDIUM : CVSS_LOW;
	if (score == 0)
		return CVSS_NONE;
	return score >= 90 ? CVSS_CRITICAL : score >= 70 ? CVSS_HIGH : score >= 40 ? CVSS_MEDIUM : CVSS_LOW;
}

static bool find_version(struct span *vector, enum cvss_version *ret, struct err *err)
{
	for (size_t i = CVSS_30; i < COUNT(versions); i++)
		if (span_starts(*vector, versions[i].prefix)) {
			*vector = span_from(*vector, versions[i].prefix.n);
			*ret = (enum cvss_version)i;
			return true;
		}
	if (span_starts(*vector, SPAN("CVSS:"))) {
		char show[17];
		return err_field(err, "version", "不认识的 CVSS 版本：%s", "unknown CVSS version: %s",
			shown(*vector, show));
	}
	if (vector->n > 2 && vector->p[0] == '(' && vector->p[vector->n - 1] == ')')
		*vector = (struct span){ vector->p + 1, vector->n - 2 };
	*ret = CVSS_20;
	return true;
}

bool cvss_parse(struct span vector, struct cvss *ret, struct err *err)
{
	struct cvss c = {0};
	uint8_t v[CVSS_METRICS] = {0};
	vector = span_trim(vector);
	if (vector.n == 0)
		return err_set(err, ERR_MALFORMED, "CVSS 向量为空", "the CVSS vector is empty");
	if (vector.n > CVSS_TEXT_MAX)
		return err_set(err, ERR_TOO_LARGE, "CVSS 向量超过 %d 字节",
			"the CVSS vector is longer than %d bytes",
			CVSS_TEXT_MAX);
	if (!find_version(&vector, &c.version, err) || !read_metrics(c.version, vector, v, err))
		return false;
	versions[c.version].score(v, &c);
	c.severity = severity_of(c.version, c.score);
	*ret = c;
	return true;
}
