#include "vuln/cpe_match.h"
#include "vuln/tools.h"

static const char *relation_word(enum cpe_relation r)
{
	switch (r) {
	case CPE_DISJOINT:
		return "disjoint";
	case CPE_EQUAL:
		return "equal";
	case CPE_SUBSET:
		return "subset";
	case CPE_SUPERSET:
		return "superset";
	case CPE_UNDEFINED:
		break;
	}
	return "none";
}

static bool compare(struct span line, bool whole, struct arena *a, struct str *out, struct err *err)
{
	struct span pair[2];
	struct cpe names[2];
	if (!tool_split_pair(line, whole, pair, err))
		return false;
	for (int i = 0; i < 2; i++)
		if (!cpe_parse(span_trim(pair[i]), a, &names[i], err)) {
			err_prefix(err, "%s：", "%s: ", i ? "target" : "source");
			return false;
		}
	char signs[CPE_ATTRIBUTES + 1];
	enum cpe_relation r = cpe_relate_names(&names[0], &names[1], signs);
	str_addz(out, signs);
	str_addc(out, '\t');
	str_addz(out, relation_word(r));
	return true;
}

static void answer(struct span line, bool whole, bool zh, struct arena *a, struct str *out)
{
	struct err err = {0};
	if (!compare(line, whole, a, out, &err))
		tool_refuse(&err, zh, out);
}

bool tool_cpe_compare(FILE *in, FILE *out, bool zh, struct err *err)
{
	return tool_each_line(in, out, zh, answer, err);
}
