#pragma once
/*
 * Between cvss.c, which reads vectors, and the files that know the equations of each version.
 *
 * A vector is an array of value numbers, one for each metric in the order of the enum of its version; the
 * number is the place in the list of values in cvss.c, severest first as in the 4.0 document where the
 * order matters.  A metric that may be left undefined has "not defined" as 0.
 */
#include <stdint.h>

#include "vuln/cvss.h"

enum { CVSS_METRICS = 32 };

enum cvss2_metric {
	CVSS2_AV, CVSS2_AC, CVSS2_AU, CVSS2_C, CVSS2_I, CVSS2_A, CVSS2_E, CVSS2_RL, CVSS2_RC, CVSS2_CDP,
	CVSS2_TD, CVSS2_CR, CVSS2_IR, CVSS2_AR, CVSS2_METRICS,
};

enum cvss3_metric {
	CVSS3_AV, CVSS3_AC, CVSS3_PR, CVSS3_UI, CVSS3_S, CVSS3_C, CVSS3_I, CVSS3_A, CVSS3_E, CVSS3_RL,
		CVSS3_RC,
	CVSS3_CR, CVSS3_IR, CVSS3_AR, CVSS3_MAV, CVSS3_MAC, CVSS3_MPR, CVSS3_MUI, CVSS3_MS, CVSS3_MC,
	CVSS3_MI,
	CVSS3_MA, CVSS3_METRICS,
};

enum cvss4_metric {
	CVSS4_AV, CVSS4_AC, CVSS4_AT, CVSS4_PR, CVSS4_UI, CVSS4_VC, CVSS4_VI, CVSS4_VA, CVSS4_SC, CVSS4_SI,
	CVSS4_SA, CVSS4_E, CVSS4_CR, CVSS4_IR, CVSS4_AR, CVSS4_MAV, CVSS4_MAC, CVSS4_MAT, CVSS4_MPR,
	CVSS4_MUI,
	CVSS4_MVC, CVSS4_MVI, CVSS4_MVA, CVSS4_MSC, CVSS4_MSI, CVSS4_MSA, CVSS4_S, CVSS4_AU, CVSS4_R, CVSS4_V,
	CVSS4_RE, CVSS4_U, CVSS4_METRICS,
};

/* Each fills base, temporal, environmental and score. */
void cvss2_score(const uint8_t *v, struct cvss *ret);
void cvss3_score(const uint8_t *v, struct cvss *ret);       /* by ret->version */
void cvss4_score(const uint8_t *v, struct cvss *ret);       /* and nomenclature */
bool cvss_any_defined(const uint8_t *v, int first, int last);
