/*
 * CVSS 3.0 and 3.1 (FIRST, specification sections 7.1 to 7.4 and, for 3.1, appendix A).
 *
 * The equations hold powers of 13 and 15, so a score before rounding is a decimal fraction of some 130
 * digits: it is computed as one large whole number over a power of ten, and only then rounded.  Nothing
 * here is negative.
 */
#include <stdlib.h>

#include "vuln/cvss_score.h"

enum { LIMBS = 16 };                      /* 512 bits; the largest number met has 470 */

struct big {
	uint32_t limb[LIMBS];                 /* least significant first */
};

static struct big big_of(uint32_t n)
{
	return (struct big){ .limb = { n } };
}

static struct big times(struct big a, uint32_t by)
{
	uint64_t carry = 0;
	for (int i = 0; i < LIMBS; i++) {
		carry += (uint64_t)a.limb[i] * by;
		a.limb[i] = (uint32_t)carry;
		carry >>= 32;
	}
	if (carry)
		abort();
	return a;
}

static struct big times_ten(struct big a, int power)
{
	for (; power >= 9; power -= 9)
		a = times(a, 1000000000);
	for (; power > 0; power--)
		a = times(a, 10);
	return a;
}

static struct big plus(struct big a, struct big b)
{
	uint64_t carry = 0;
	for (int i = 0; i < LIMBS; i++) {
		carry += (uint64_t)a.limb[i] + b.limb[i];
		a.limb[i] = (uint32_t)carry;
		carry >>= 32;
	}
	if (carry)
		abort();
	return a;
}

static struct big minus(struct big a, struct big b)
{
	uint64_t borrow = 0;
	for (int i = 0; i < LIMBS; i++) {
		uint64_t d = (uint64_t)a.limb[i] - b.limb[i] - borrow;
		a.limb[i] = (uint32_t)d;
		borrow = d >> 63;
	}
	if (borrow)
		abort();
	return a;
}

static bool less(const struct big *a, const struct big *b)
{
	for (int i = LIMBS - 1; i >= 0; i--)
		if (a->limb[i] != b->limb[i])
			return a->limb[i] < b->limb[i];
	return false;
}

/* The smallest n up to `max` with n · scale ≥ value; max if there is none. */
static uint32_t ceiling(struct big value, struct big scale, uint32_t max)
{
	uint32_t low = 0, high = max;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		struct big product = times(scale, middle);
		if (less(&product, &value))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * Roundup, in tenths.  3.0: the smallest tenth not below the value.  3.1: appendix A, which first rounds to
 * the nearest hundred-thousandth, half up, and then takes the smallest tenth not below that.  Also the cap
 * at 10 (100 tenths).
 */
static int round_up(enum cvss_version version, struct big value, struct big scale)
{
	if (version == CVSS_30)
		return (int)ceiling(times(value, 10), scale, 100);
	/* value · 10^5 rounded half up is at most 10^4 · t  iff  2 · 10^5 · value < 2 · 10^4 · t + 1 */
	struct big twice = times(value, 200000);
	for (uint32_t t = 0; t < 100; t++) {
		struct big bound = times(scale, 20000 * t + 1);
		if (less(&twice, &bound))
			return (int)t;
	}
	return 100;
}

/* Weights in hundredths. */
static const uint32_t attack_vector[] = { 85, 62, 55, 20 };
static const uint32_t attack_complexity[] = { 77, 44 };
static const uint32_t privileges[2][3] = { { 85, 62, 27 }, { 85, 68, 50 } };      /* by scope changed */
static const uint32_t interaction[] = { 85, 62 };
static const uint32_t impact[] = { 0, 22, 56 };
static const uint32_t exploit_maturity[] = { 100, 100, 97, 94, 91 };
static const uint32_t remediation[] = { 100, 100, 97, 96, 95 };
static const uint32_t confidence[] = { 100, 100, 96, 92 };
static const uint32_t requirement[] = { 100, 50, 100, 150 };

/* What the base equation and the modified one share: effective values, and which impact equation holds. */
struct input {
	enum cvss_version version;
	bool modified, changed;
	uint8_t av, ac, pr, ui;
	uint32_t lost;                        /* impact sub-score at 10^6 */
};

enum { LOST_SCALE = 6, LOST_MOST = 915000 };

/*
 * Impact when the scope is changed, as value over 10^power · 100:
 * 7.52 (lost - 0.029) - 3.25 (lost - 0.02)^15;
 * the modified one of 3.1 has (lost · 0.9731 - 0.02)^13 instead.
 */
static struct big changed_impact(const struct input *in, int power)
{
	bool new_form = in->modified && in->version == CVSS_31;
	struct big x = big_of(in->lost), p = big_of(1);
	/* lost · 0.9731 at 10^10 passes 32 bits, so the factor is applied in the large number */
	x = new_form ? minus(times(x, 9731), big_of(200000000)) : minus(x, big_of(20000));
	uint64_t factor = x.limb[0] | (uint64_t)x.limb[1] << 32;
	for (int i = 0; i < (new_form ? 13 : 15); i++) {
		/* in two halves, for times() takes 32 bits; the high one counts 10^5 of the low */
		struct big high = times(times(p, (uint32_t)(factor / 100000)), 100000);
		p = plus(high, times(p, (uint32_t)(factor % 100000)));
	}
	struct big linear = times(minus(big_of(in->lost), big_of(29000)), 752);
	return minus(times_ten(linear, power - LOST_SCALE), times(p, 325));
}

static int score(const struct input *in)
{
	if (in->lost == 0)
		return 0;
	bool new_form = in->modified && in->version == CVSS_31;
	int power = new_form ? 130 : 90;      /* the fraction digits of the powers: 13 · 10 or 15 · 6 */
	struct big hit = in->changed ? changed_impact(in, power)
		: times_ten(times(big_of(in->lost), 642), power - LOST_SCALE);
	struct big exploit = times(times(big_of(822 * attack_vector[in->av]), attack_complexity[in->ac]),
		privileges[in->changed][in->pr] * interaction[in->ui]);
	struct big sum = plus(hit, times_ten(exploit, power + 2 - 10));
	return round_up(in->version, times(sum, in->changed ? 108 : 100), times_ten(big_of(1), power + 4));
}

/* base · E · RL · RC, rounded up. */
static int temporal(enum cvss_version version, const uint8_t *v, int base)
{
	struct big value = times(times(big_of((uint32_t)base), exploit_maturity[v[CVSS3_E]]),
		remediation[v[CVSS3_RL]] * confidence[v[CVSS3_RC]]);
	return round_up(version, value, big_of(10000000));
}

static uint8_t effective(const uint8_t *v, int modified, int base)
{
	return v[modified] ? (uint8_t)(v[modified] - 1) : v[base];
}

static uint32_t lost(const uint32_t weight[3])
{
	return 1000000 - (100 - weight[0]) * (100 - weight[1]) * (100 - weight[2]);
}

void cvss3_score(const uint8_t *v, struct cvss *ret)
{
	uint32_t plain[3], weighted[3];
	for (int i = 0; i < 3; i++) {
		plain[i] = impact[v[CVSS3_C + i]];
		/* 22 and 56 times 0.5 or 1.5 are whole again */
		weighted[i] = impact[effective(v, CVSS3_MC + i,
			CVSS3_C + i)] * requirement[v[CVSS3_CR + i]] / 100;
	}
	struct input base = {
		ret->version, false, v[CVSS3_S] == 1, v[CVSS3_AV], v[CVSS3_AC], v[CVSS3_PR], v[CVSS3_UI],
			lost(plain),
	};
	struct input modified = {
		ret->version, true, effective(v, CVSS3_MS, CVSS3_S) == 1, effective(v, CVSS3_MAV, CVSS3_AV),
		effective(v, CVSS3_MAC, CVSS3_AC), effective(v, CVSS3_MPR, CVSS3_PR),
		effective(v, CVSS3_MUI, CVSS3_UI),
		lost(weighted),
	};
	if (modified.lost > LOST_MOST)
		modified.lost = LOST_MOST;
	ret->base = score(&base);
	ret->temporal = temporal(ret->version, v, ret->base);
	ret->environmental = temporal(ret->version, v, score(&modified));
	ret->score = cvss_any_defined(v, CVSS3_CR, CVSS3_MA) ? ret->environmental
		: cvss_any_defined(v, CVSS3_E, CVSS3_RC) ? ret->temporal : ret->base;
}
