/* What time does by itself. */
#include "order/testing.h"

static int64_t fresh_order(struct city *c, const char *host, int first)
{
	struct err err = { 0 };
	int64_t asset_n = city_host(c, UNIT_A, host), n;
	city_found(c, asset_n, city_software(c, asset_n, "x", "y", "1"), first, 1, "high");
	city_must(city_dispatch(c, DUTY, "U3", &n, &err), &err, "dispatch");
	return n;
}

static int64_t tick(struct city *c)
{
	struct err err = { 0 };
	int64_t next = 0;
	CHECK_OK(order_clock_tick(&c->op, &next, &err), err);
	return next;
}

static int64_t level(struct city *c, int64_t n)
{
	return city_int(c, SQL("SELECT level FROM orders WHERE n=?"), V(db_i(n)));
}

/* One order lost its template: its own clock stays, the others' fire once, and the tick does not spin. */
static void bad_rows(struct city *c)
{
	int64_t bad = fresh_order(c, "bad", 101), gone = fresh_order(c, "gone", 102), good[2], due;
	good[0] = fresh_order(c, "good", 103);
	good[1] = fresh_order(c, "better", 104);
	due = city_int(c, SQL("SELECT max(acknowledge_due) FROM orders"), V0);
	city_exec(c, SQL("UPDATE orders SET template='gone' WHERE n IN (?, ?)"), V(db_i(bad), db_i(gone)));
	clock_fake(due + 1);
	test_case("an order without its template holds up nobody else's deadline");
	CHECK_INT(tick(c), due + 1 + TIME_MINUTE);
	tick(c);
	for (size_t i = 0; i < COUNT(good); i++)
		CHECK_INT(level(c, good[i]), 1);
	CHECK_INT(level(c, bad), 0);
	CHECK_INT(level(c, gone), 0);
	test_case("mended, it fires at the next tick, once");
	city_exec(c, SQL("UPDATE orders SET template='default' WHERE n IN (?, ?)"), V(db_i(bad), db_i(gone)));
	tick(c);
	tick(c);
	CHECK_INT(level(c, bad), 1);
	CHECK_INT(level(c, gone), 1);
	for (size_t i = 0; i < COUNT(good); i++)
		CHECK_INT(level(c, good[i]), 1);
}

int main(void)
{
	struct city c;
	struct err err;
	int64_t n, acknowledge;
	city_open(&c, "tick");
	n = fresh_order(&c, "a", 1);
	acknowledge = city_int(&c, SQL("SELECT acknowledge_due FROM orders WHERE n=?"), V(db_i(n)));
	test_case("before the deadline nothing fires");
	tick(&c);
	CHECK_INT(level(&c, n), 0);
	clock_fake(acknowledge);
	CHECK_INT(tick(&c), acknowledge + 1);
	CHECK_INT(level(&c, n), 0);
	test_case("after it, once, one level up");
	clock_fake(acknowledge + 1);
	tick(&c);
	tick(&c);
	CHECK_INT(level(&c, n), 1);
	CHECK_INT(city_int(&c, SQL("SELECT escalated_n FROM orders WHERE n=?"), V(db_i(n))), COUNTY);
	CHECK_INT(city_int(&c, SQL("SELECT count(*) FROM clocks WHERE missed_at IS NOT NULL"), V0), 1);
	test_case("still not met after the template's time: up to the top, and no further");
	clock_fake(acknowledge + TIME_DAY + 1);
	tick(&c);
	CHECK_INT(level(&c, n), 2);
	CHECK_INT(city_int(&c, SQL("SELECT escalated_n FROM orders WHERE n=?"), V(db_i(n))), CITY);
	clock_fake(acknowledge + 3 * TIME_DAY);
	tick(&c);
	CHECK_INT(level(&c, n), 2);
	test_case("an answer in time fires nothing; verified orders are archived after some days");
	int64_t now = acknowledge + 3 * TIME_DAY;
	n = fresh_order(&c, "b", 2);
	CHECK_OK(city_do(&c, LIAISON_A, n, "answer", "{'claim':'mitigated'}", &err), err);
	CHECK_OK(city_do(&c, DUTY, n, "verify", "{}", &err), err);
	clock_fake(now + 7 * TIME_DAY - 1);
	tick(&c);
	CHECK(city_state(&c, n, "verified"));
	clock_fake(now + 7 * TIME_DAY);
	tick(&c);
	CHECK(city_state(&c, n, "archived"));
	CHECK_INT(level(&c, n), 0);
	test_case("a mitigated risk is confirmed again when its review is due");
	CHECK_INT(city_findings(&c, n, "risk_accepted"), 1);
	clock_fake(now + 90 * TIME_DAY);
	tick(&c);
	CHECK_INT(city_findings(&c, n, "confirmed"), 1);
	test_case("a clock that jumps escalates nothing, until somebody says that it is right");
	n = fresh_order(&c, "c", 3);
	tick(&c);
	int64_t wall = clock_wall(), boot = clock_boot();
	/* As if boot time had not moved along: the pair last seen is moved instead. */
	city_exec(&c, SQL("UPDATE clock_marks SET wall=?, boot=?"), V(db_i(wall), db_i(boot - 1000)));
	clock_fake(wall + 30 * TIME_DAY);
	city_exec(&c, SQL("UPDATE clock_marks SET boot=?"), V(db_i(clock_boot() - 1000)));
	tick(&c);
	CHECK_INT(level(&c, n), 0);
	CHECK_INT(city_int(&c, SQL("SELECT count(*) FROM clock_marks WHERE alarm_at IS NOT NULL"), V0), 1);
	tick(&c);
	CHECK_INT(level(&c, n), 0);
	CHECK_OK(order_clock_accept(&c.op, &err), err);
	tick(&c);
	CHECK(level(&c, n) > 0);
	bad_rows(&c);
	city_close(&c);
	return test_end();
}
