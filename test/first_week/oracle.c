#include "oracle.h"

#include <string.h>

struct order *oracle_order(struct oracle *o, const char *id)
{
	(void)id;
	return o->n < ORACLE_ORDERS ? &o->orders[o->n++] : NULL;
}

static bool by(int64_t at, int64_t end)
{
	return at != 0 && at < end;
}

/* Not answered, or returned and not answered again, and past the deadline; or not even acknowledged in
 * time. */
static bool is_overdue(const struct order *w, int64_t end)
{
	bool acknowledged = by(w->acknowledged, end), answered = by(w->answered, end);
	if (!acknowledged)
		return (w->acknowledge_due && w->acknowledge_due < end) ||
			(w->answer_due && w->answer_due < end);
	if (w->reply != REPLY_ANSWER)
		return false;
	if (!answered)
		return w->answer_due && w->answer_due < end;
	return by(w->returned, end) && !by(w->answered_again, end) && w->answer_due_again &&
		w->answer_due_again < end;
}

/* What one order adds to a measure: its own rule for each, written from the definitions alone. */
struct known {
	const struct order *w;
	int64_t end;
	bool answers, acknowledged, answered, verified, returned;
};

static void orders_sent(const struct known *k, struct fraction *f)
{
	(void)k;
	f->numerator++;
	f->denominator = 1;
}

static void acknowledged_on_time(const struct known *k, struct fraction *f)
{
	f->denominator++;
	f->numerator += k->acknowledged &&
		(!k->w->acknowledge_due || k->w->acknowledged <= k->w->acknowledge_due);
}

static void answered_on_time(const struct known *k, struct fraction *f)
{
	f->denominator += k->answers;
	f->numerator += k->answers && k->answered &&
		(!k->w->answer_due || k->w->answered <= k->w->answer_due);
}

static void verified_first_time(const struct known *k, struct fraction *f)
{
	f->denominator += k->answers && (k->verified || k->returned);
	f->numerator += k->verified && !k->returned;
}

static void overdue(const struct known *k, struct fraction *f)
{
	f->denominator++;
	f->numerator += is_overdue(k->w, k->end);
}

static double hours(int64_t from, int64_t to)
{
	return (double)(to - from) / 3600000.0;
}

static void mtta(const struct known *k, struct fraction *f)
{
	f->denominator += k->acknowledged;
	f->numerator += k->acknowledged ? hours(k->w->sent, k->w->acknowledged) : 0;
}

static void mttc(const struct known *k, struct fraction *f)
{
	f->denominator += k->verified;
	f->numerator += k->verified ? hours(k->w->sent, k->w->verified) : 0;
}

static void handling_rate(const struct known *k, struct fraction *f)
{
	bool due = k->w->answer_due && k->w->answer_due < k->end;
	f->denominator += k->w->finding && (k->verified || due);
	f->numerator += k->w->finding && k->verified;
}

static void on_behalf(const struct known *k, struct fraction *f)
{
	f->denominator += k->acknowledged || k->answered;
	f->numerator += by(k->w->behalf, k->end);
}

static const struct {
	const char *key;
	void (*count)(const struct known *k, struct fraction *f);
} measures[] = {
	{ "orders_sent", orders_sent },
	{ "acknowledged_on_time", acknowledged_on_time },
	{ "answered_on_time", answered_on_time },
	{ "verified_first_time", verified_first_time },
	{ "overdue", overdue },
	{ "mtta", mtta },
	{ "mttc", mttc },
	{ "handling_rate", handling_rate },
	{ "on_behalf", on_behalf },
};

static void count(const struct order *w, size_t measure, int64_t end, struct fraction *f)
{
	struct known k = { .w = w, .end = end, .answers = w->reply == REPLY_ANSWER,
		.acknowledged = by(w->acknowledged, end), .answered = by(w->answered, end),
		.returned = by(w->returned, end) };
	k.verified = k.answers && by(w->verified, end);
	measures[measure].count(&k, f);
}

bool oracle_measure(const struct oracle *o, const char *key, int64_t end, struct fraction *ret)
{
	struct fraction f = { .is_count = strncmp(key, "mtt", 3) != 0 };
	size_t at = 0, n = sizeof measures / sizeof *measures;
	while (at < n && strcmp(key, measures[at].key) != 0)
		at++;
	if (strcmp(key, "bulletins_issued") == 0) {
		for (size_t i = 0; i < o->n_issued; i++)
			f.numerator += o->issued[i] < end;
		f.denominator = 1;
		*ret = f;
		return true;
	}
	for (size_t i = 0; at < n && i < o->n; i++)
		if (o->orders[i].sent < end)
			count(&o->orders[i], at, end, &f);
	*ret = f;
	return at < n;
}
