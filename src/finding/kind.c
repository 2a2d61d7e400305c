#include "finding/finding.h"

static const struct finding_kind *const *kinds;
static size_t n_kinds;

void finding_register(const struct finding_kind *const *list, size_t n)
{
	kinds = list;
	n_kinds = n;
}

const struct finding_kind *finding_kind_find(struct span name)
{
	for (size_t i = 0; i < n_kinds; i++)
		if (span_is(name, kinds[i]->name))
			return kinds[i];
	return NULL;
}

static const struct {
	const char *name, *zh;
} severities[] = {
	{ "none", "未定级" },
	{ "low", "低危" },
	{ "medium", "中危" },
	{ "high", "高危" },
	{ "critical", "超危" },
};

int finding_severity_rank(struct span severity)
{
	for (size_t i = 0; i < COUNT(severities); i++)
		if (span_is(severity, severities[i].name))
			return (int)i;
	return 0;
}

const char *finding_severity_zh(struct span severity)
{
	return severities[finding_severity_rank(severity)].zh;
}
