/*
 * CVSS 4.0 (FIRST, specification section 8): a vector belongs to a macrovector, whose score is lowered by
 * how far the vector stands below the severest one of that macrovector.  All as whole numbers: tenths over
 * a common denominator.
 */
#include "vuln/cvss_score.h"

enum { EQ1, EQ2, EQ36, EQ4, EQ5, EQS };   /* EQ3 and EQ6 are joint: (0,0) (0,1) (1,0) (1,1) (2,1) are 0 … 4 */

enum { LEVELS_MOST = 5, MAXIMA_MOST = 5, COMMON = 840 };          /* COMMON: a multiple of every depth */

static const uint8_t scores[3 * 2 * 5 * 3 * 3] = {
#include "vuln/cvss4_macrovectors.def"
};

/* Metrics at their effective values, severest 0; SI and SA start at S (safety), SC at H. */
struct effective {
	int8_t at[CVSS4_AR + 1];
};

/* For each equivalence class: its metrics, and for each level the depth and the severest vectors. */
static const struct {
	uint8_t levels, count;
	uint8_t metrics[6];
	uint8_t depth[LEVELS_MOST];
	const char *maxima[LEVELS_MOST][MAXIMA_MOST];
} classes[EQS] = {
	[EQ1] = { 3, 3, { CVSS4_AV, CVSS4_PR, CVSS4_UI }, { 1, 4, 5 },
		{ { "000" }, { "100", "010", "001" }, { "300", "111" } } },
	[EQ2] = { 2, 2, { CVSS4_AC, CVSS4_AT }, { 1, 2 }, { { "00" }, { "10", "01" } } },
	[EQ36] = { 5, 6, { CVSS4_VC, CVSS4_VI, CVSS4_VA, CVSS4_CR, CVSS4_IR, CVSS4_AR }, { 7, 6, 8, 8, 10 },
		{ { "000000" }, { "001110", "000111" }, { "100000", "010000" },
		{ "101010", "100011", "010101", "011100", "110001" }, { "111000" } } },
	[EQ4] = { 3, 3, { CVSS4_SC, CVSS4_SI, CVSS4_SA }, { 6, 5, 4 }, { { "000" }, { "011" }, { "122" } } },
	[EQ5] = { 3, 0, { 0 }, { 1, 1, 1 }, { { "" }, { "" }, { "" } } },
};

static void effective_values(const uint8_t *v, struct effective *e)
{
	for (int i = 0; i < CVSS4_E; i++) {
		/* the modified metric stands as far behind MAV as the base one behind AV */
		uint8_t m = v[CVSS4_MAV + i];
		bool safety = i == CVSS4_SI || i == CVSS4_SA;
		e->at[i] = (int8_t)(m ? m - 1 : v[i] + safety);
	}
	for (int i = CVSS4_E; i <= CVSS4_AR; i++)
		e->at[i] = (int8_t)(v[i] ? v[i] - 1 : 0);
}

static bool harmless(const int8_t *e)
{
	return e[CVSS4_VC] == 2 && e[CVSS4_VI] == 2 && e[CVSS4_VA] == 2 && e[CVSS4_SC] == 2 &&
		e[CVSS4_SI] == 3 &&
		e[CVSS4_SA] == 3;
}

static uint8_t level_eq1(const int8_t *e)
{
	int none = (e[CVSS4_AV] == 0) + (e[CVSS4_PR] == 0) + (e[CVSS4_UI] == 0);
	return none == 3 ? 0 : none && e[CVSS4_AV] != 3 ? 1 : 2;
}

static uint8_t level_eq36(const int8_t *e)
{
	bool vc = e[CVSS4_VC] == 0, vi = e[CVSS4_VI] == 0, va = e[CVSS4_VA] == 0;
	bool wanted = (vc && e[CVSS4_CR] == 0) || (vi && e[CVSS4_IR] == 0) || (va && e[CVSS4_AR] == 0);
	if (vc && vi)
		return wanted ? 0 : 1;
	if (vc || vi || va)
		return wanted ? 2 : 3;
	return 4;
}

static uint8_t level_eq4(const int8_t *e)
{
	if (e[CVSS4_SI] == 0 || e[CVSS4_SA] == 0)
		return 0;
	return e[CVSS4_SC] == 0 || e[CVSS4_SI] == 1 || e[CVSS4_SA] == 1 ? 1 : 2;
}

static int macrovector_score(const uint8_t level[EQS])
{
	int at = 0;
	for (int q = 0; q < EQS; q++)
		at = at * classes[q].levels + level[q];
	return scores[at];
}

/* The score one level down in class q; -1 where there is none. */
static int lower_score(const uint8_t level[EQS], int q)
{
	uint8_t l[EQS];
	memcpy(l, level, sizeof l);
	if (level[q] + 1 == classes[q].levels)
		return -1;
	l[q]++;
	if (q != EQ36 || level[q] == 2 || level[q] == 3)
		return macrovector_score(l);
	if (level[q] == 1) {
		l[q] = 3;                     /* (0,1) goes down to (1,1), not to (1,0) */
		return macrovector_score(l);
	}
	int one = macrovector_score(l);       /* (0,0) may go down either way: to the higher score */
	l[q] = 2;
	int other = macrovector_score(l);
	return one > other ? one : other;
}

/* How many steps the vector stands below the first of the level's severest ones that is nowhere below it. */
static int distance(const int8_t *e, int q, uint8_t level)
{
	for (int m = 0; m < MAXIMA_MOST && classes[q].maxima[level][m]; m++) {
		const char *most = classes[q].maxima[level][m];
		int sum = 0, below = 0;
		for (int i = 0; i < classes[q].count; i++) {
			int d = e[classes[q].metrics[i]] - (most[i] - '0');
			sum += d;
			below |= d < 0;
		}
		if (!below)
			return sum;
	}
	return 0;
}

static int score(const uint8_t *v)
{
	struct effective eff;
	effective_values(v, &eff);
	const int8_t *e = eff.at;
	if (harmless(e))
		return 0;
	const uint8_t level[EQS] = { level_eq1(e), e[CVSS4_AC] || e[CVSS4_AT], level_eq36(e), level_eq4(e),
		(uint8_t)e[CVSS4_E] };
	int value = macrovector_score(level), lowers = 0, down = 0;
	for (int q = 0; q < EQS; q++) {
		int lower = lower_score(level, q);
		if (lower < 0)
			continue;
		lowers++;
		down += (value - lower) * distance(e, q, level[q]) * (COMMON / classes[q].depth[level[q]]);
	}
	if (lowers == 0)
		return value;
	int scale = COMMON * lowers, exact = value * scale - down;
	int tenths = exact <= 0 ? 0 : (2 * exact + scale) / (2 * scale);
	return tenths > 100 ? 100 : tenths;
}

void cvss4_score(const uint8_t *v, struct cvss *ret)
{
	static const char *const names[2][2] = { { "CVSS-B", "CVSS-BE" }, { "CVSS-BT", "CVSS-BTE" } };
	uint8_t only_base[CVSS_METRICS] = {0};
	memcpy(only_base, v, CVSS4_E);
	ret->base = score(only_base);
	ret->temporal = ret->environmental = CVSS_NO_SCORE;
	ret->score = score(v);
	ret->nomenclature = names[v[CVSS4_E] != 0][cvss_any_defined(v, CVSS4_CR, CVSS4_MSA)];
}
