/* Lives of single orders, step by step, and what each makes of the measures. */
#include "kpi/testing.h"

/* Hours after MONDAY; `said`: hours before the step was recorded; 0 dues: as before. */
struct hand {
	int at;
	const char *from, *verb, *to;
	int said, acknowledge_due, answer_due;
	const char *whose;
};
enum { STEPS = 10, NEVER = -1 };

#define SEND { 0, "", "send", "sent", 0, 8, 72 }
#define ACKNOWLEDGE(at) { at, "sent", "acknowledge", "handling" }
#define ANSWER(at) { at, "handling", "answer", "answered" }
#define VERIFY(at) { at, "answered", "verify", "verified" }
#define RETURN(at, due) { at, "answered", "return", "handling", 0, 0, due }

/* want: sent, acknowledged, answered, at once, overdue, hours to acknowledge, to close, handled, on behalf */
static const struct {
	const char *name, *subject, *reply;
	int asof;
	const char *want;
	struct hand steps[STEPS];
} cases[] = {
	{ "nothing is known before it was sent", "finding", "answer", -1,
		"0/1 0/0 0/0 0/0 0/0 0/0 0/0 0/0 0/0",
		{ SEND } },
	{ "just sent", "finding", "answer", 1, "1/1 0/1 0/1 0/0 0/1 0/0 0/0 0/1 0/0", { SEND } },
	{ "not acknowledged at the very moment it is due", "finding", "answer", 8,
		"1/1 0/1 0/1 0/0 0/1 0/0 0/0 0/1 0/0", { SEND } },
	{ "not acknowledged an hour later", "finding", "answer", 9, "1/1 0/1 0/1 0/0 1/1 0/0 0/0 0/1 0/0",
		{ SEND } },
	{ "the whole way, each exactly when due", "finding", "answer", 200,
		"1/1 1/1 1/1 1/1 0/1 8/1 80/1 1/1 0/1", { SEND, ACKNOWLEDGE(8), ANSWER(72), VERIFY(80) } },
	{ "each an hour late", "finding", "answer", 200, "1/1 0/1 0/1 1/1 0/1 9/1 80/1 1/1 0/1",
		{ SEND, ACKNOWLEDGE(9), ANSWER(73), VERIFY(80) } },
	{ "archived later is still verified", "finding", "answer", 400,
		"1/1 1/1 1/1 1/1 0/1 2/1 40/1 1/1 0/1",
		{ SEND, ACKNOWLEDGE(2), ANSWER(30), VERIFY(40),
			{ 300, "verified", "archive", "archived" } } },
	{ "verified after the time asked about", "finding", "answer", 39,
		"1/1 1/1 1/1 0/0 0/1 2/1 0/0 0/1 0/1",
		{ SEND, ACKNOWLEDGE(2), ANSWER(30), VERIFY(40) } },
	{ "handling past its due", "finding", "answer", 73, "1/1 1/1 0/1 0/0 1/1 2/1 0/0 0/1 0/1",
		{ SEND, ACKNOWLEDGE(2) } },
	{ "answered at once acknowledges too", "finding", "answer", 20, "1/1 1/1 1/1 0/0 0/1 5/1 0/0 0/1 0/1",
		{ SEND, { 5, "sent", "answer", "answered" } } },
	{ "an extension counts", "finding", "answer", 100, "1/1 1/1 1/1 0/0 0/1 2/1 0/0 0/1 0/1",
		{ SEND, ACKNOWLEDGE(2), { 50, "handling", "request_extension", "handling" },
			{ 60, "handling", "grant", "handling", 0, 0, 96 }, ANSWER(96) } },
	{ "an extension beyond the period is not due in it", "finding", "answer", 100,
		"1/1 1/1 0/1 0/0 0/1 2/1 0/0 0/0 0/1",
		{ SEND, ACKNOWLEDGE(2), { 60, "handling", "grant", "handling", 0, 0, 2000 } } },
	{ "an extension granted after the answer was late does not help", "finding", "answer", 200,
		"1/1 1/1 0/1 0/1 0/1 2/1 0/0 0/1 0/1",
		{ SEND, ACKNOWLEDGE(2), ANSWER(80), RETURN(90, 120),
			{ 95, "handling", "grant", "handling", 0, 0, 300 } } },
	{ "returned, then answered and verified", "finding", "answer", 200,
		"1/1 1/1 1/1 0/1 0/1 2/1 150/1 1/1 0/1",
		{ SEND, ACKNOWLEDGE(2), ANSWER(60), RETURN(70, 120), ANSWER(140), VERIFY(150) } },
	{ "returned and late with its second answer", "finding", "answer", 130,
		"1/1 1/1 1/1 0/1 1/1 2/1 0/0 0/1 0/1",
		{ SEND, ACKNOWLEDGE(2), ANSWER(60), RETURN(70, 120) } },
	{ "sent back by the county's pre-review", "finding", "answer", 100,
		"1/1 1/1 1/1 0/1 0/1 2/1 0/0 0/1 0/1",
		{ SEND, ACKNOWLEDGE(2), ANSWER(60), { 70, "answered", "review", "handling", 0, 0, 120 } } },
	{ "some of it sent back by the pre-review", "finding", "answer", 71,
		"1/1 1/1 0/1 0/1 0/1 2/1 0/0 0/1 0/1",
		{ SEND, ACKNOWLEDGE(2), { 60, "handling", "answer", "partly_answered" },
			{ 70, "partly_answered", "review", "handling" } } },
	{ "pre-reviewed and passed on is no return", "finding", "answer", 100,
		"1/1 1/1 1/1 1/1 0/1 2/1 90/1 1/1 0/1",
		{ SEND, ACKNOWLEDGE(2), ANSWER(60), { 70, "answered", "review", "answered" }, VERIFY(90) } },
	{ "in dispute the clock is paused", "finding", "answer", 100, "1/1 1/1 0/1 0/0 0/1 2/1 0/0 0/1 0/1",
		{ SEND, ACKNOWLEDGE(2), { 50, "handling", "answer", "disputed" } } },
	{ "a dispute that was not upheld moves the due", "finding", "answer", 125,
		"1/1 1/1 1/1 0/0 0/1 2/1 0/0 0/1 0/1",
		{ SEND, ACKNOWLEDGE(2), { 50, "handling", "answer", "disputed" },
			{ 100, "disputed", "reject", "handling", 0, 0, 122 }, ANSWER(121) } },
	{ "a dispute upheld was the answer when it was raised", "finding", "answer", 125,
		"1/1 1/1 1/1 1/1 0/1 2/1 100/1 1/1 0/1",
		{ SEND, ACKNOWLEDGE(2), { 50, "handling", "answer", "disputed" },
			{ 100, "disputed", "uphold", "verified" } } },
	{ "a dispute upheld but raised too late", "finding", "answer", 125,
		"1/1 1/1 0/1 1/1 0/1 2/1 100/1 1/1 0/1",
		{ SEND, ACKNOWLEDGE(2), { 73, "handling", "answer", "disputed" },
			{ 100, "disputed", "uphold", "verified" } } },
	{ "said in time, entered late", "finding", "answer", 20, "1/1 1/1 0/1 0/0 0/1 6/1 0/0 0/1 1/1",
		{ SEND, { 20, "sent", "acknowledge", "handling", 14, 0, 0, "张某（电话）" } } },
	{ "said in time, not entered yet", "finding", "answer", 19, "1/1 0/1 0/1 0/0 1/1 0/0 0/0 0/1 0/0",
		{ SEND, { 20, "sent", "acknowledge", "handling", 14, 0, 0, "张某（电话）" } } },
	{ "said before the paper came takes no time", "finding", "answer", 20,
		"1/1 1/1 0/1 0/0 0/1 0/1 0/0 0/1 1/1",
		{ SEND, { 4, "sent", "acknowledge", "handling", 6, 0, 0, "张某（电话）" } } },
	{ "an answer on behalf of who had acknowledged himself", "finding", "answer", 90,
		"1/1 1/1 1/1 0/0 0/1 2/1 0/0 0/1 1/1",
		{ SEND, ACKNOWLEDGE(2), { 80, "handling", "answer", "answered", 10, 0, 0, "张某（微信）" } } },
	{ "an extension asked for on behalf", "finding", "answer", 20, "1/1 0/1 0/1 0/0 1/1 0/0 0/0 0/1 1/1",
		{ SEND, { 20, "sent", "request_extension", "sent", 2, 0, 0, "张某（电话）" } } },
	{ "urged on the phone is not recorded on behalf", "finding", "answer", 7,
		"1/1 0/1 0/1 0/0 0/1 0/0 0/0 0/1 0/0",
		{ SEND, { 6, "sent", "urge", "sent", 1, 0, 0, "李某（电话）" } } },
	{ "withdrawn counts as sent only", "finding", "answer", 100, "1/1 0/0 0/0 0/0 0/0 0/0 0/0 0/0 0/0",
		{ SEND, ACKNOWLEDGE(2), ANSWER(60), RETURN(70, 120),
			{ 80, "handling", "withdraw", "withdrawn" } } },
	{ "not yet withdrawn then", "finding", "answer", 79, "1/1 1/1 1/1 0/1 0/1 2/1 0/0 0/1 0/1",
		{ SEND, ACKNOWLEDGE(2), ANSWER(60), RETURN(70, 120),
			{ 80, "handling", "withdraw", "withdrawn" } } },
	{ "a copy counts as sent only", "finding", "none", 100, "1/1 0/0 0/0 0/0 0/0 0/0 0/0 0/0 0/0",
		{ SEND } },
	{ "a notice to be acknowledged", "notice", "acknowledge", 100, "1/1 1/1 0/0 0/0 0/1 3/1 0/0 0/0 0/1",
		{ { 0, "", "send", "sent", 0, 8, 0 }, ACKNOWLEDGE(3) } },
	{ "a task answered is not handled", "task", "answer", 100, "1/1 1/1 1/1 1/1 0/1 3/1 60/1 0/0 0/1",
		{ SEND, ACKNOWLEDGE(3), ANSWER(50), VERIFY(60) } },
	{ "sent by approval, not when drafted", "finding", "answer", 40,
		"1/1 1/1 0/1 0/0 0/1 3/1 0/0 0/1 0/1",
		{ { 0, "", "create", "draft" }, { 1, "draft", "submit", "to_approve" },
			{ 20, "to_approve", "approve", "sent", 0, 28, 90 }, ACKNOWLEDGE(23) } },
	{ "never sent", "finding", "answer", 40, "0/1 0/0 0/0 0/0 0/0 0/0 0/0 0/0 0/0",
		{ { 0, "", "create", "draft" }, { 1, "draft", "submit", "to_approve" } } },
	{ "without deadlines nothing is late", "task", "answer", 4000, "1/1 1/1 1/1 0/0 0/1 30/1 0/0 0/0 0/1",
		{ { 0, "", "send", "sent" }, ACKNOWLEDGE(30), ANSWER(900) } },
	{ "partly answered is still waited for", "finding", "answer", 73,
		"1/1 1/1 0/1 0/0 1/1 2/1 0/0 0/1 0/1",
		{ SEND, ACKNOWLEDGE(2), { 30, "handling", "answer", "partly_answered" } } },
	{ "redirected and sent anew: the first time counts", "finding", "answer", 60,
		"1/1 1/1 0/1 0/0 0/1 2/1 0/0 0/1 0/1",
		{ SEND, ACKNOWLEDGE(2), { 30, "handling", "answer", "disputed" },
			{ 40, "disputed", "redirect", "sent", 0, 90, 140 } } },
};

static void live(struct town *t, size_t i, int64_t unit_n)
{
	for (size_t k = 0; k < STEPS && cases[i].steps[k].verb; k++) {
		const struct hand *h = &cases[i].steps[k];
		clock_fake(MONDAY + h->at * TIME_HOUR);
		struct store_step s = { .resource = "order", .record_n = (int64_t)i + 1, .from = h->from,
			.verb = h->verb, .to = h->to, .unit_n = unit_n, .severity = "high",
			.subject = cases[i].subject, .reply = cases[i].reply, .issuer_n = CITY,
			.happened_at = h->said ? MONDAY + (h->at - h->said) * TIME_HOUR : 0,
			.on_whose_word = span_of(h->whose),
			.acknowledge_due = h->acknowledge_due ? MONDAY + h->acknowledge_due * TIME_HOUR : 0,
			.answer_due = h->answer_due ? MONDAY + h->answer_due * TIME_HOUR : 0 };
		town_step(t, &s);
	}
}

/* An order handed over belongs to whom it was with at the time; a unit moved, to the county it was in. */
static void places(struct town *t)
{
	struct err err = { 0 };
	struct kpi_ask q;
	struct store_step s = { .resource = "order", .record_n = 900, .from = "", .verb = "send",
		.to = "sent",
		.unit_n = FIRST_UNIT, .severity = "high", .subject = "finding", .reply = "answer" };
	clock_fake(MONDAY + TIME_DAY * 400);
	town_step(t, &s);
	clock_fake(MONDAY + TIME_DAY * 401);
	s.from = "sent";
	s.verb = "hand_over";
	s.unit_n = FIRST_UNIT + 1;
	town_step(t, &s);
	clock_fake(MONDAY + TIME_DAY * 402);
	town_begin(t);
	CHECK_OK(unit_tree_move(&t->op, FIRST_UNIT + 1, UNIT_PARENT, COUNTY_A, &err), err);
	town_end(t);
	clock_fake(MONDAY + TIME_DAY * 403);
	static const struct { const char *name, *unit; int64_t at; const char *want; } where[] = {
		{ "before it was handed over", "U4", 400 * TIME_DAY + TIME_HOUR, "1" },
		{ "the other unit had it not yet", "U5", 400 * TIME_DAY + TIME_HOUR, "0" },
		{ "after it was handed over", "U4", 401 * TIME_DAY + TIME_HOUR, "0" },
		{ "the other unit has it", "U5", 401 * TIME_DAY + TIME_HOUR, "1" },
		{ "its county before the unit moved", "U3", 401 * TIME_DAY + TIME_HOUR, "1" },
		{ "the other county then", "U2", 401 * TIME_DAY + TIME_HOUR, "0" },
		{ "its county after the unit moved", "U3", 402 * TIME_DAY + TIME_HOUR, "0" },
		{ "the other county now", "U2", 402 * TIME_DAY + TIME_HOUR, "1" },
		{ "a moment before the unit moved", "U2", 402 * TIME_DAY - 1, "0" },
		{ "the moment the unit moved", "U2", 402 * TIME_DAY, "1" },
		{ "and has left its county", "U3", 402 * TIME_DAY, "0" },
		{ "the city always", "U1", 402 * TIME_DAY + TIME_HOUR, "1" },
		{ "everything", NULL, 402 * TIME_DAY + TIME_HOUR, "1" },
	};
	for (size_t i = 0; i < COUNT(where); i++) {
		test_case("%s", where[i].name);
		CHECK(town_ask(t, where[i].unit, "2027-12-01", "2027-12-31",
			MONDAY + where[i].at, &q));
		struct span values = span_of(town_values(t, &q));
		CHECK_SPAN(span_split(&values, '/'), where[i].want);
	}
}

/* A year of orders is one walk along an index that holds all that is read, and nothing is sorted. */
static void plans(struct town *t)
{
	static const struct { const char *name, *unit; bool all; } walks[] = {
		{ "the whole city's walk reads its index only", NULL, true },
		{ "a few units' orders are looked up in theirs", "U2", false },
	};
	for (size_t i = 0; i < COUNT(walks); i++) {
		CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
		struct sql *sql = sql_new(t->arena);
		struct str plan = STR_IN(t->arena, 4096);
		struct kpi_ask q;
		struct err err = { 0 };
		bool row;
		test_case("%s", walks[i].name);
		CHECK(town_ask(t, walks[i].unit, "2026-01-01", "2027-12-31", 0, &q));
		sql_add(sql, "EXPLAIN QUERY PLAN ");
		CHECK_OK(kpi_walk_sql(&t->op, &q, 0, sql, &err) &&
			db_query_sql(op_db(&t->op), sql, &r, &err), err);
		while (db_next(r, &row, &err) && row)
			str_add(&plan, db_col_text(r, 3));
		printf("# %s\n", str_z(&plan));
		CHECK(strstr(str_z(&plan), "USING COVERING INDEX steps_order (") != NULL);
		CHECK((strstr(str_z(&plan), "USING COVERING INDEX steps_order_unit (") != NULL) ==
			!walks[i].all);
		CHECK(strstr(str_z(&plan), "TEMP B-TREE") == NULL);
	}
}

int main(void)
{
	struct town t;
	struct kpi_ask q;
	char unit[20];
	town_open(&t, "measure", (int64_t)COUNT(cases));
	for (size_t i = 0; i < COUNT(cases); i++)
		live(&t, i, FIRST_UNIT + (int64_t)i);
	for (size_t i = 0; i < COUNT(cases); i++) {
		test_case("%s", cases[i].name);
		snprintf(unit, sizeof unit, "U%d", FIRST_UNIT + (int)i);
		CHECK(town_ask(&t, unit, "2026-11-01", "2026-12-31", MONDAY + cases[i].asof * TIME_HOUR, &q));
		CHECK_STR(town_values(&t, &q), cases[i].want);
	}
	test_case("a period before, and one to come, are empty");
	CHECK(town_ask(&t, NULL, "2026-11-01", "2026-11-22", 0, &q));
	CHECK_STR(town_values(&t, &q), "0/1 0/0 0/0 0/0 0/0 0/0 0/0 0/0 0/0");
	CHECK(town_ask(&t, NULL, "2030-01-01", "2030-12-31", 0, &q));
	CHECK_STR(town_values(&t, &q), "0/1 0/0 0/0 0/0 0/0 0/0 0/0 0/0 0/0");
	test_case("the day itself, inclusive at both ends");
	CHECK(town_ask(&t, "U8", "2026-11-23", "2026-11-23", MONDAY + 200 * TIME_HOUR, &q));
	CHECK_STR(town_values(&t, &q), "1/1 1/1 1/1 1/1 0/1 8/1 80/1 1/1 0/1");
	plans(&t);
	places(&t);
	town_close(&t);
	return test_end();
}
