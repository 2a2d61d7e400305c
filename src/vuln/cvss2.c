/*
 * "A Complete Guide to the Common Vulnerability Scoring System Version 2.0" (FIRST, 2007), section 3.2.
 * The weights are whole numbers at the scale given beside them; 128 bits hold every product exactly.
 */
#include "vuln/cvss_score.h"

__extension__ typedef __int128 wide;

static const int access_vector[] = { 395, 646, 1000 };           /* thousandths */
static const int access_complexity[] = { 35, 61, 71 };           /* hundredths */
static const int authentication[] = { 450, 560, 704 };           /* thousandths */
static const int impact[] = { 0, 275, 660 };                     /* thousandths */
static const int exploitability[] = { 100, 85, 90, 95, 100 }; /* hundredths, as below; first: not defined */
static const int remediation[] = { 100, 87, 90, 95, 100 };
static const int confidence[] = { 100, 90, 95, 100 };
static const int damage[] = { 0, 0, 10, 30, 40, 50 };
static const int distribution[] = { 100, 0, 25, 75, 100 };
static const int requirement[] = { 100, 50, 100, 151 };

/* value / scale to the nearest tenth, half up, in tenths. */
static int round_tenths(wide value, wide scale)
{
	wide n = 20 * value + scale, d = 2 * scale;
	return (int)(n / d - (n % d < 0));
}

/* One factor 1 - impact · requirement, at 10^5. */
static wide spared(const uint8_t *v, int metric, int required)
{
	return 100000 - (wide)impact[v[metric]] * required;
}

/* The base equation; `adjusted` weighs the impacts by the security requirements. */
static int base(const uint8_t *v, bool adjusted)
{
	static const int needs[] = { CVSS2_CR, CVSS2_IR, CVSS2_AR };
	const wide one = (wide)1000000000 * 1000000000;          /* 10^18 */
	wide left = 1;
	for (int i = 0; i < 3; i++)
		left *= spared(v, CVSS2_C + i, adjusted ? requirement[v[needs[i]]] : 100);
	wide hit = 1041 * (one / 1000 - left) * 10;              /* 10.41 · (1 - …) at 10^18 */
	if (adjusted && hit > 10 * one)
		hit = 10 * one;
	if (hit == 0)
		return 0;
	wide exploit = (wide)20 * access_vector[v[CVSS2_AV]] * access_complexity[v[CVSS2_AC]] *
		authentication[v[CVSS2_AU]] * (one / 100000000);
	wide sum = 6 * hit + 4 * exploit - 15 * one;             /* at 10^19 */
	return round_tenths(sum * 1176, one * 10 * 1000);
}

static int temporal(const uint8_t *v, int base_tenths)
{
	wide n =
		(wide)base_tenths * exploitability[v[CVSS2_E]] * remediation[v[CVSS2_RL]] *
				confidence[v[CVSS2_RC]];
	return round_tenths(n, 10000000);
}

static int environmental(const uint8_t *v)
{
	int t = temporal(v, base(v, true));
	wide n = (wide)(100 * t + (100 - t) * damage[v[CVSS2_CDP]]) * distribution[v[CVSS2_TD]];
	return round_tenths(n, 100000);
}

void cvss2_score(const uint8_t *v, struct cvss *ret)
{
	ret->base = base(v, false);
	ret->temporal = ret->environmental = CVSS_NO_SCORE;
	ret->score = ret->base;
	if (cvss_any_defined(v, CVSS2_E, CVSS2_RC))
		ret->score = ret->temporal = temporal(v, ret->base);
	if (cvss_any_defined(v, CVSS2_CDP, CVSS2_AR)) {
		/* small impacts that are hardly required make the equation negative */
		int e = environmental(v);
		ret->score = ret->environmental = e < 0 ? 0 : e;
	}
}
