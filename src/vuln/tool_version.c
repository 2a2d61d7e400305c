#include "vuln/tools.h"
#include "vuln/version.h"

static void answer(struct span line, bool whole, bool zh, struct arena *a, struct str *out)
{
	static const char *const signs[] = { "-1", "0", "1" };
	struct span pair[2];
	struct err err = {0};
	(void)a;
	if (tool_split_pair(line, whole, pair, &err))
		str_addz(out, signs[1 + version_compare(pair[0], pair[1])]);
	else
		tool_refuse(&err, zh, out);
}

bool tool_version_compare(FILE *in, FILE *out, bool zh, struct err *err)
{
	return tool_each_line(in, out, zh, answer, err);
}
