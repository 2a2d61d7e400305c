/*
 * Three versions, split at line ends: the order is antisymmetric, transitive, and equal ones are
 * interchangeable.
 */
#include <stdlib.h>

#include "vuln/version.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = { (const char *)data, size }, v[3];
	for (int i = 0; i < 3; i++)
		v[i] = span_split(&rest, '\n');
	int ab = version_compare(v[0], v[1]), bc = version_compare(v[1], v[2]),
			ac = version_compare(v[0], v[2]);
	if (version_compare(v[0], v[0]) != 0 || version_compare(v[1], v[0]) != -ab)
		abort();
	if (ab == 0 && ac != bc)
		abort();
	if (ab <= 0 && bc <= 0 && ac > 0)
		abort();
	if (ab >= 0 && bc >= 0 && ac < 0)
		abort();
	return 0;
}
