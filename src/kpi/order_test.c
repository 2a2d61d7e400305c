/* Orders by their own verbs: every step they write carries what the measures ask for. */
#include "kpi/room.h"
#include "order/testing.h"

static struct city c;

static void at(int64_t hours)
{
	clock_fake(MONDAY + hours * TIME_HOUR);
}

static int64_t order(int64_t unit_n, const char *code, const char *host, int first)
{
	struct err err = { 0 };
	int64_t n = 0, asset_n = city_host(&c, unit_n, host);
	int64_t software_n = city_software(&c, asset_n, "v", host, "1");
	city_found(&c, asset_n, software_n, first, 2, "high");
	city_must(city_dispatch(&c, DUTY, code, &n, &err), &err, "dispatch");
	city_must(n != 0, &err, "no order");
	return n;
}

static void act(size_t who, int64_t order_n, const char *verb, const char *args)
{
	struct err err = { 0 };
	CHECK_OK(city_do(&c, who, order_n, verb, args, &err), err);
}

static void see(const char *name, const char *unit, int64_t asof_hours, const char *want)
{
	char text[TIME_TEXT];
	struct kpi_words w = { SPAN("2026-11-23"), SPAN("2026-11-23"), span_of(unit), { NULL, 0 } };
	struct kpi_ask q;
	struct kpi_value values[KPI_MEASURES];
	struct err err = { 0 };
	struct str out = STR_IN(c.arena, 4096);
	test_case("%s", name);
	w.asof = span_of(time_format(MONDAY + asof_hours * TIME_HOUR, text));
	CHECK_OK(kpi_ask_read(&c.op, &w, &q, &err) && kpi_values(&c.op, &q, values, &err), err);
	for (size_t i = 0; i < kpi_measures_count; i++) {
		if (kpi_measures[i].source != KPI_OF_ORDERS)
			continue;
		str_addf(&out, "%s%lld/%lld", out.n ? " " : "", (long long)values[i].count,
			(long long)values[i].of);
	}
	CHECK_STR(str_z(&out), want);
}

/* High: a working day to acknowledge, until Tuesday 17:30 (32.5 h); seven working days to answer, until
 * Wednesday of the next week, 17:30 (224.5 h).  Counts: sent, acknowledged, answered, at once, overdue, (two
 * means), handled, on behalf. */
int main(void)
{
	city_open(&c, "kpi_order");
	at(0);
	int64_t a = order(UNIT_A, "U3", "a", 100), b = order(UNIT_B, "U4", "b", 200);
	int64_t u = order(UNIT_C, "U5", "u", 300);
	at(20);
	act(LIAISON_A, a, "acknowledge", "{}");
	at(40);
	/* said at hour 22, in time, entered at hour 40 */
	act(DUTY, b, "acknowledge",
		"{'on_behalf':{'channel':'phone','person':'p','at':'2026-11-24T07:00:00+08:00'}}");
	act(DUTY, u, "withdraw", "{'reason':'r'}");
	at(50);
	act(LIAISON_A, a, "request_extension", "{'reason':'r','until':'2026-12-20'}");
	at(60);
	act(DUTY, a, "grant", "{}");
	at(70);
	act(LIAISON_B, b, "answer", "{'claim':'not_ours','text':'no'}");
	at(300);
	act(DUTY, b, "reject", "{'reason':'yours'}");
	at(310);
	act(LIAISON_A, a, "answer", "{'claim':'mitigated','text':'done'}");
	at(320);
	act(DUTY, a, "return", "{'reason':'not so'}");
	at(330);
	act(LIAISON_A, a, "answer", "{'claim':'mitigated','text':'done'}");
	at(340);
	act(DUTY, a, "verify", "{}");
	at(2000);

	see("sent", NULL, 1, "3/1 0/3 0/3 0/0 0/3 0/0 0/0 0/0 0/0");
	see("one acknowledged", NULL, 21, "3/1 1/3 0/3 0/0 0/3 1/1 0/0 0/0 0/1");
	see("the other two are late as far as is known", NULL, 35, "3/1 1/3 0/3 0/0 2/3 1/1 0/0 0/0 0/1");
	see("said in time after all, and one withdrawn", NULL, 41, "3/1 2/2 0/2 0/0 0/2 2/2 0/0 0/0 1/2");
	see("one extended, one in dispute: none is late", NULL, 290, "3/1 2/2 0/2 0/0 0/2 2/2 0/0 0/0 1/2");
	see("answered within the extension; the dispute was paused", NULL, 312,
		"3/1 2/2 1/2 0/0 0/2 2/2 0/0 0/0 1/2");
	see("returned", "U3", 321, "1/1 1/1 1/1 0/1 0/1 1/1 0/0 0/0 0/1");
	see("verified at second answer", "U3", 341, "1/1 1/1 1/1 0/1 0/1 1/1 1/1 1/1 0/1");
	see("the other county's unit is late in the end", "U4", 1900, "1/1 1/1 0/1 0/0 1/1 1/1 0/0 0/0 1/1");
	see("the county has both", "U2", 341, "2/1 2/2 1/2 0/1 0/2 2/2 1/1 1/1 1/2");
	see("withdrawn counts as sent", "U5", 341, "1/1 0/0 0/0 0/0 0/0 0/0 0/0 0/0 0/0");
	city_close(&c);
	return test_end();
}
