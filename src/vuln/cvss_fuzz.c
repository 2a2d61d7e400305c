/* Whatever a vector is, its scores are tenths from 0 to 100, and a refusal says why. */
#include <stdlib.h>

#include "vuln/cvss.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool in_range(int score)
{
	return score >= CVSS_NO_SCORE && score <= 100;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cvss c;
	struct err err = {0};
	if (!cvss_parse((struct span){ (const char *)data, size }, &c, &err)) {
		if (err.code == ERR_NONE || !err.zh[0] || !err.en[0])
			abort();
		return 0;
	}
	if (c.base < 0 || c.score < 0 || !in_range(c.base) || !in_range(c.temporal) ||
	    !in_range(c.environmental) ||
	    !in_range(c.score) || (c.nomenclature != NULL) != (c.version == CVSS_40))
		abort();
	return 0;
}
