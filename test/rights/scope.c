#include "rights/rights.h"

void scope_tests(struct story *s)
{
	(void)s;
}
