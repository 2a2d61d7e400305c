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

static void count(const struct order *w, const char *key, int64_t end, struct fraction *f)
{
	bool answers = w->reply == REPLY_ANSWER, acknowledged = by(w->acknowledged, end),
		answered = by(w->answered, end);
	bool verified = answers && by(w->verified, end), returned = by(w->returned, end);
	double hour = 3600000.0;
	if (strcmp(key, "orders_sent") == 0) {
		f->numerator++;
		f->denominator = 1;
	} else if (strcmp(key, "acknowledged_on_time") == 0) {
		f->denominator++;
		f->numerator += acknowledged && (!w->acknowledge_due ||
			w->acknowledged <= w->acknowledge_due);
	} else if (strcmp(key, "answered_on_time") == 0) {
		f->denominator += answers;
		f->numerator += answers && answered && (!w->answer_due || w->answered <= w->answer_due);
	} else if (strcmp(key, "verified_first_time") == 0) {
		f->denominator += answers && (verified || returned);
		f->numerator += verified && !returned;
	} else if (strcmp(key, "overdue") == 0) {
		f->denominator++;
		f->numerator += is_overdue(w, end);
	} else if (strcmp(key, "mtta") == 0) {
		f->denominator += acknowledged;
		f->numerator += acknowledged ? (double)(w->acknowledged - w->sent) / hour : 0;
	} else if (strcmp(key, "mttc") == 0) {
		f->denominator += verified;
		f->numerator += verified ? (double)(w->verified - w->sent) / hour : 0;
	} else if (strcmp(key, "handling_rate") == 0) {
		f->denominator += w->finding && (verified || (w->answer_due && w->answer_due < end));
		f->numerator += w->finding && verified;
	} else if (strcmp(key, "on_behalf") == 0) {
		f->denominator += acknowledged || answered;
		f->numerator += by(w->behalf, end);
	}
}

bool oracle_measure(const struct oracle *o, const char *key, int64_t end, struct fraction *ret)
{
	static const char *const keys[] = { "orders_sent", "acknowledged_on_time", "answered_on_time",
		"verified_first_time",
		"overdue", "mtta", "mttc", "handling_rate", "on_behalf" };
	struct fraction f = { .is_count = strncmp(key, "mtt", 3) != 0 };
	bool known = false;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		known = known || strcmp(key, keys[i]) == 0;
	if (strcmp(key, "bulletins_issued") == 0) {
		for (size_t i = 0; i < o->n_issued; i++)
			f.numerator += o->issued[i] < end;
		f.denominator = 1;
		*ret = f;
		return true;
	}
	for (size_t i = 0; known && i < o->n; i++)
		if (o->orders[i].sent < end)
			count(&o->orders[i], key, end, &f);
	*ret = f;
	return known;
}
