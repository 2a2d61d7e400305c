#pragma once
/*
 * CVSS 2.0, 3.0, 3.1 and 4.0 (FIRST): scores computed from the vector, exactly, in whole numbers.
 *
 * All scores are in tenths (98 is 9.8).  CVSS_NO_SCORE says that the group does not apply: in 2.0 one that
 * has no metric or only ND; in 4.0 temporal and environmental, for it has one score only.  Version 3 always
 * has all three.
 */
#include "base/base.h"

enum { CVSS_NO_SCORE = -1, CVSS_TEXT_MAX = 1024 };

enum cvss_version { CVSS_20, CVSS_30, CVSS_31, CVSS_40 };

enum cvss_severity { CVSS_NONE, CVSS_LOW, CVSS_MEDIUM, CVSS_HIGH, CVSS_CRITICAL };

struct cvss {
	enum cvss_version version;
	int base;      /* of 4.0: from the base metrics alone (CVSS-B), as the NVD's baseScore */
	int temporal;
	int environmental;
	int score;
		/* environmental if a metric of that group is defined, else temporal likewise,
	                                else base; of 4.0: from all metrics */
	enum cvss_severity severity; /* of score; 2.0 (as the NVD): low to 3.9, medium to 6.9, high above */
	const char *nomenclature;    /* of 4.0: "CVSS-B", "CVSS-BT", "CVSS-BE" or "CVSS-BTE"; else NULL */
};

/*
 * Reads a vector and computes its scores.  Metrics in any order, undefined ones (:X, :ND) may be listed; of
 * 2.0 also in parentheses.  Refused, the error naming the metric: one that is unknown, repeated, has an
 * unknown value, or is mandatory and missing.
 */
NODISCARD bool cvss_parse(struct span vector, struct cvss *ret, struct err *err);

const char *cvss_version_text(enum cvss_version v);         /* "3.1" */
const char *cvss_severity_text(enum cvss_severity s);       /* "high" */
