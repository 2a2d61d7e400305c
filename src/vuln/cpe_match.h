#pragma once
/*
 * CPE name matching (NISTIR 7696 table 6-2): how a criterion (source) relates to an installed name (target).
 */
#include "codec/cpe.h"

enum cpe_relation {
	CPE_EQUAL = '=', CPE_SUPERSET = '>', CPE_SUBSET = '<', CPE_DISJOINT = '#', CPE_UNDEFINED = '?',
};

/* One attribute. */
enum cpe_relation cpe_relate(const struct cpe *source, const struct cpe *target, enum cpe_attribute at);
/* A value pattern with unquoted wildcards against a value without: does it match?  Both in escaped form. */
bool cpe_wild_match(struct span pattern, struct span value);
/* All eleven: fills signs (11 characters and a NUL); undefined where none of the other four holds. */
enum cpe_relation cpe_relate_names(const struct cpe *source, const struct cpe *target, char ret_signs[12]);
