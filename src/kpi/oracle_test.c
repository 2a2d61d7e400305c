/*
 * Random traffic of some weeks against a slow evaluator that reads every step again for every question, and
 * against itself: what was answered at a time is answered the same ever after, and the records behind a value
 * are as many as it says.
 */
#include "kpi/testing.h"

enum { UNITS = 8, ALL_UNITS = FIRST_UNIT + UNITS, ORDERS_MAX = 400, MOVES_MAX = 200, ACTS = 900, MOMENTS = 6,
	VIEWS = 6, PAGE = 7, SEED = 440800 };

/* ---- the traffic ---- */

struct sim_order {
	char state[24];
	int64_t unit_n, acknowledge_due, answer_due;
	const char *subject, *reply;
};
static struct sim_order orders[ORDERS_MAX];
static size_t n_orders;
static struct { int64_t at, unit_n, parent_n; } moves[MOVES_MAX];
static size_t n_moves;
static int64_t now_at;

static int64_t pick(int64_t n)
{
	return random() % n;
}

static bool chance(int percent)
{
	return pick(100) < percent;
}

/* Does what the county reviews pass? */
static bool passes;

static void act(struct town *t, size_t i, const char *verb, const char *to, int64_t said_ago)
{
	struct sim_order *o = &orders[i];
	char from[24], next[24];                /* `to` may be the state itself */
	snprintf(from, sizeof from, "%s", o->state);
	snprintf(next, sizeof next, "%s", to);
	snprintf(o->state, sizeof o->state, "%s", next);
	town_step(t, &(struct store_step){ .resource = "order", .record_n = (int64_t)i + 1, .from = from,
		.verb = verb, .to = o->state, .unit_n = o->unit_n, .severity = "high", .subject = o->subject,
		.reply = o->reply, .issuer_n = CITY, .acknowledge_due = o->acknowledge_due,
		.answer_due = o->answer_due, .happened_at = said_ago ? now_at - said_ago : 0,
		.on_whose_word = said_ago ? SPAN("张某（电话）") : SPAN(""),
		.values = strcmp(verb, "review") == 0 ? passes ? SPAN("{\"pass\":true}")
			: SPAN("{\"pass\":false}")
						      : (struct span){ NULL, 0 } });
}

static int64_t behalf(void)
{
	return chance(25) ? 1 + pick(3 * TIME_DAY) : 0;
}

static void send(struct town *t)
{
	static const char *const subjects[] = { "finding", "finding", "notice", "task", "declaration" };
	static const char *const replies[] = { "answer", "answer", "answer", "acknowledge", "none" };
	if (n_orders == ORDERS_MAX)
		return;
	struct sim_order *o = &orders[n_orders++];
	*o = (struct sim_order){ .unit_n = FIRST_UNIT + pick(UNITS), .subject = subjects[pick(5)],
		.reply = replies[pick(5)] };
	if (strcmp(o->reply, "none") != 0)
		o->acknowledge_due = now_at + pick(2 * TIME_DAY);
	if (strcmp(o->reply, "answer") == 0)
		o->answer_due = now_at + pick(9 * TIME_DAY);
	town_begin(t);
	town_order(t, (int64_t)n_orders, o->unit_n);
	town_end(t);
	if (chance(20)) {
		act(t, n_orders - 1, "create", "draft", 0);
		return;
	}
	act(t, n_orders - 1, "send", "sent", 0);
}

static void extend(struct town *t, size_t i)
{
	struct sim_order *o = &orders[i];
	if (chance(50)) {
		act(t, i, "request_extension", o->state, behalf());
		return;
	}
	o->answer_due += pick(6 * TIME_DAY);
	act(t, i, "grant", o->state, 0);
}

/* What the office does with an answer or a dispute. */
static void judge(struct town *t, size_t i)
{
	struct sim_order *o = &orders[i];
	bool dispute = strcmp(o->state, "disputed") == 0;
	if (chance(50)) {
		act(t, i, dispute ? "uphold" : "verify", dispute && chance(30) ? "answered" : "verified", 0);
		return;
	}
	o->answer_due = now_at + pick(5 * TIME_DAY);
	passes = false;
	act(t, i, dispute ? "reject" : chance(30) ? "review" : "return",
		chance(60) ? "handling" : "partly_answered", 0);
}

static void go_on(struct town *t, size_t i)
{
	static const char *const outcomes[] =
		{ "handling", "partly_answered", "answered", "answered", "disputed" };
	struct sim_order *o = &orders[i];
	const char *s = o->state;
	if (strcmp(s, "draft") == 0)
		act(t, i, "approve", "sent", 0);
	else if (strcmp(s, "verified") == 0)
		act(t, i, "archive", "archived", 0);
	else if (strcmp(s, "answered") == 0 || (strcmp(s, "disputed") == 0))
		judge(t, i);
	else if (strcmp(s, "archived") == 0 || strcmp(s, "withdrawn") == 0)
		return;
	else if (chance(5))
		act(t, i, "withdraw", "withdrawn", 0);
	else if (strcmp(s, "partly_answered") == 0 && chance(20)) {
		passes = chance(50);
		act(t, i, "review", passes || chance(50) ? s : "handling", 0);
	} else if (chance(10)) {
		o->unit_n = FIRST_UNIT + pick(UNITS);
		act(t, i, "hand_over", o->state, 0);
	} else if (chance(15))
		extend(t, i);
	else if (strcmp(s, "sent") == 0 && chance(60))
		act(t, i, "acknowledge", "handling", behalf());
	else
		act(t, i, "answer", outcomes[pick(COUNT(outcomes))], behalf());
}

static void move_unit(struct town *t)
{
	struct err err = { 0 };
	int64_t unit_n = FIRST_UNIT + pick(UNITS), parent_n = chance(50) ? COUNTY_A : COUNTY_B;
	if (n_moves == MOVES_MAX)
		return;
	town_begin(t);
	must(unit_tree_move(&t->op, unit_n, UNIT_PARENT, parent_n, &err), &err, "move");
	town_end(t);
	moves[n_moves].at = now_at;
	moves[n_moves].unit_n = unit_n;
	moves[n_moves++].parent_n = parent_n;
}

static void other(struct town *t)
{
	static const struct { const char *resource, *verb; } others[] = {
		{ "notice", "issue" }, { "notice", "recall" }, { "declaration", "accept" },
		{ "declaration", "confirm" }, { "declaration", "answer" }, { "unit", "check_contacts" },
	};
	size_t i = (size_t)pick(COUNT(others));
	bool notice = i < 2, unit = i == 5;
	int64_t unit_n = notice ? 1 + pick(3) : FIRST_UNIT + pick(UNITS);
	/* a notice is always the same office's */
	int64_t n = notice ? 1 + pick(40) : unit ? unit_n : 1 + pick(50);
	town_step(t, &(struct store_step){ .resource = others[i].resource, .record_n = n, .from = "a",
		.verb = others[i].verb, .to = "b", .unit_n = notice ? 1 + n % 3 : unit_n, .severity = "" });
}

static void traffic(struct town *t, size_t acts)
{
	for (size_t i = 0; i < acts; i++) {
		now_at += pick(90 * TIME_MINUTE);
		clock_fake(now_at);
		if (chance(25))
			send(t);
		else if (chance(4))
			move_unit(t);
		else if (chance(8))
			other(t);
		else if (n_orders)
			go_on(t, (size_t)pick((int64_t)n_orders));
	}
}

/* ---- the slow evaluator: every step of one record, again for each question ---- */

struct known {
	int64_t happened, unit_n, acknowledge_due, answer_due;
	char from[24], verb[24], to[24], subject[24], reply[24];
	bool whose, refused;
};
enum { KNOWN_MAX = 200 };
static struct known known[KNOWN_MAX];
static int n_known;

static void copy(char *to, size_t n, struct span s)
{
	snprintf(to, n, SPAN_FMT, SPAN_ARG(s));
}

static void recall(struct town *t, int64_t order_n, int64_t asof)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct err err = { 0 };
	bool row = true;
	n_known = 0;
	must(db_query(op_db(&t->op),
		     SQL("SELECT * FROM (SELECT happened_at, unit_n, acknowledge_due, answer_due, from_state,"
			 " verb, to_state, subject, reply, on_whose_word, recorded_at, n, body FROM steps "
			 "WHERE"
			 " resource='order' AND record_n=?) WHERE recorded_at<=? ORDER BY n"),
		     V(db_i(order_n), db_i(asof)), &r, &err),
		&err, "recall");
	for (;;) {
		must(db_next(r, &row, &err), &err, "next");
		if (!row)
			return;
		if (n_known == KNOWN_MAX)
			abort();
		struct known *k = &known[n_known++];
		*k = (struct known){ db_col_int(r, 0), db_col_int(r, 1), db_col_int(r, 2), db_col_int(r, 3),
			.whose = db_col_text(r, 9).n > 0,
			.refused = span_is(db_col_text(r, 12), "{\"pass\":false}") };
		copy(k->from, sizeof k->from, db_col_text(r, 4));
		copy(k->verb, sizeof k->verb, db_col_text(r, 5));
		copy(k->to, sizeof k->to, db_col_text(r, 6));
		copy(k->subject, sizeof k->subject, db_col_text(r, 7));
		copy(k->reply, sizeof k->reply, db_col_text(r, 8));
	}
}

/* Positions of the first step of a kind; -1: none. */
static int first_sent(void)
{
	for (int i = 0; i < n_known; i++)
		if (!strcmp(known[i].to, "sent") && strcmp(known[i].from, "sent") != 0)
			return i;
	return -1;
}

static int first_acknowledged(void)
{
	for (int i = 0; i < n_known; i++)
		if (!strcmp(known[i].verb, "acknowledge") || !strcmp(known[i].verb, "answer"))
			return i;
	return -1;
}

static int first_to(const char *to)
{
	for (int i = 0; i < n_known; i++)
		if (!strcmp(known[i].to, to))
			return i;
	return -1;
}

static int64_t due_before(int at, bool answer)
{
	for (int i = at - 1; i >= 0; i--) {
		int64_t due = answer ? known[i].answer_due : known[i].acknowledge_due;
		if (due)
			return due;
	}
	return 0;
}

/* When the dispute was raised that ends with step `at`; else when that step happened. */
static int64_t said_at(int at)
{
	int i = at;
	while (i > 0 && !strcmp(known[i].from, "disputed"))
		i--;
	return known[i].happened;
}

static bool in_time_at(int at, int64_t happened, bool answer)
{
	int64_t due = due_before(at, answer);
	return !due || happened <= due;
}

static bool was_returned(void)
{
	int end = first_to("verified");
	for (int i = 0; i < (end < 0 ? n_known : end); i++)
		if (!strcmp(known[i].verb, "return") ||
			(!strcmp(known[i].verb, "review") &&
				(known[i].refused || strcmp(known[i].to, known[i].from) != 0)))
			return true;
	return false;
}

static bool was_late(int64_t asof)
{
	const char *s = known[n_known - 1].to;
	int64_t a = due_before(n_known, false), b = due_before(n_known, true);
	bool sent = !strcmp(s, "sent");
	if (sent && a && a < asof)
		return true;
	return (sent || !strcmp(s, "handling") || !strcmp(s, "partly_answered")) && b && b < asof;
}

/* 0: not in the denominator; 1: in it; 2: in the numerator too.  `lasts`: what a mean adds up. */
typedef int slow_fn(const struct kpi_ask *q, int64_t *lasts);

static int slow_acknowledged(const struct kpi_ask *q, int64_t *lasts)
{
	int i = first_acknowledged();
	(void)q;
	(void)lasts;
	return 1 + (i >= 0 && in_time_at(i, known[i].happened, false));
}

static int slow_overdue(const struct kpi_ask *q, int64_t *lasts)
{
	(void)lasts;
	return 1 + was_late(q->asof);
}

static int slow_on_behalf(const struct kpi_ask *q, int64_t *lasts)
{
	static const char *const verbs[] = { "acknowledge", "answer", "request_extension" };
	int is = 0;
	(void)q;
	(void)lasts;
	for (int i = 0; i < n_known; i++)
		for (size_t v = 0; v < COUNT(verbs); v++)
			if (!strcmp(known[i].verb, verbs[v]) && is < 2)
				is = 1 + known[i].whose;
	return is;
}

static int slow_mtta(const struct kpi_ask *q, int64_t *lasts)
{
	int i = first_acknowledged();
	(void)q;
	if (i < 0)
		return 0;
	*lasts = known[i].happened - known[first_sent()].happened;
	if (*lasts < 0)
		*lasts = 0;
	return 2;
}

static int slow_mttc(const struct kpi_ask *q, int64_t *lasts)
{
	int i = first_to("verified");
	(void)q;
	if (i < 0)
		return 0;
	*lasts = known[i].happened - known[first_sent()].happened;
	return 2;
}

static int slow_at_once(const struct kpi_ask *q, int64_t *lasts)
{
	bool verified = first_to("verified") >= 0, returned = was_returned();
	(void)q;
	(void)lasts;
	return !verified && !returned ? 0 : verified && !returned ? 2 : 1;
}

static int slow_handled(const struct kpi_ask *q, int64_t *lasts)
{
	int64_t due = due_before(n_known, true);
	(void)lasts;
	if (strcmp(known[first_sent()].subject, "finding") != 0)
		return 0;
	return first_to("verified") >= 0 ? 2 : due && due < q->to_at ? 1 : 0;
}

static int slow_answered(const struct kpi_ask *q, int64_t *lasts)
{
	int i = first_to("answered"), verified = first_to("verified");
	(void)q;
	(void)lasts;
	if (verified >= 0 && (i < 0 || verified < i) && !strcmp(known[verified].from, "disputed"))
		i = verified;
	return 1 + (i >= 0 && in_time_at(i, said_at(i), true));
}

static const struct { const char *key; bool answer; slow_fn *run; } slow[] = {
	{ "acknowledged_on_time", false, slow_acknowledged }, { "answered_on_time", true, slow_answered },
	{ "verified_first_time", true, slow_at_once }, { "overdue", false, slow_overdue },
	{ "mtta", false, slow_mtta }, { "mttc", true, slow_mttc }, { "handling_rate", true, slow_handled },
	{ "on_behalf", false, slow_on_behalf },
};

static int judge_order(const char *key, const struct kpi_ask *q, int64_t *ret_lasts)
{
	const char *reply = known[first_sent()].reply;
	*ret_lasts = 0;
	if (!strcmp(key, "orders_sent"))
		return 2;
	if (!strcmp(reply, "none") || !strcmp(known[n_known - 1].to, "withdrawn"))
		return 0;
	for (size_t i = 0; i < COUNT(slow); i++)
		if (!strcmp(key, slow[i].key))
			return slow[i].answer && strcmp(reply, "answer") != 0 ? 0 : slow[i].run(q, ret_lasts);
	abort();
}

static int64_t parent_at(int64_t unit_n, int64_t asof)
{
	int64_t parent_n = unit_n < FIRST_UNIT ? CITY : (unit_n - FIRST_UNIT) % 2 ? COUNTY_B : COUNTY_A;
	for (size_t i = 0; i < n_moves; i++)
		if (moves[i].at <= asof && moves[i].unit_n == unit_n)
			parent_n = moves[i].parent_n;
	return parent_n;
}

static bool below_at(int64_t unit_n, int64_t top_n, int64_t asof)
{
	for (; unit_n != top_n; unit_n = parent_at(unit_n, asof))
		if (unit_n == CITY)
			return false;
	return true;
}

static bool exists(struct town *t, struct sql_literal sql, int64_t n, int64_t from, int64_t to, int64_t asof)
{
	return town_int(t, sql, V(db_i(n), db_i(from), db_i(to), db_i(asof))) > 0;
}

/* Units and notices, one by one. */
static void judge_others(struct town *t, const struct kpi_ask *q, int64_t top_n, struct kpi_value *v)
{
	for (int64_t n = 1; n < ALL_UNITS; n++) {
		int64_t a = q->asof - 365 * TIME_DAY, b = q->asof - 92 * TIME_DAY;
		if (!below_at(n, top_n, q->asof) ||
			exists(t,
			SQL("SELECT count(*) FROM units WHERE n=? AND (kind='office' OR kind='supplier')"
				      " AND ?+?+?>0"), n, 1, 1, 1))
			continue;
		v[10].of++;
		v[11].of++;
		v[10].count += exists(t, SQL("SELECT count(*) FROM steps WHERE resource='declaration' AND"
			" (verb='accept' OR verb='confirm') AND unit_n=? AND happened_at>? AND happened_at<=?"
			" AND recorded_at<=?"), n, a, q->asof, q->asof);
		v[11].count += exists(t, SQL("SELECT count(*) FROM steps WHERE resource='unit' AND"
			" verb='check_contacts' AND record_n=? AND happened_at>? AND happened_at<=? AND "
			"recorded_at<=?"),
			n, b, q->asof, q->asof);
	}
	for (int64_t n = 1; n <= 40; n++)
		v[0].count += below_at(1 + n % 3, top_n, q->asof) &&
			exists(t,
			SQL("SELECT count(*) FROM steps WHERE resource='notice' AND verb='issue' AND"
				" record_n=? AND happened_at>=? AND happened_at<? AND recorded_at<=?"), n,
				q->from_at, q->to_at, q->asof) &&
			!exists(t,
			SQL("SELECT count(*) FROM steps WHERE resource='notice' AND verb='recall' AND"
				" record_n=? AND happened_at>=? AND happened_at<? AND recorded_at<=?"), n, 0,
				q->to_at, q->asof);
}

static void slowly(struct town *t, const struct kpi_ask *q, int64_t top_n, struct kpi_value *v)
{
	memset(v, 0, KPI_MEASURES * sizeof *v);
	judge_others(t, q, top_n, v);
	for (int64_t n = 1; n <= (int64_t)n_orders; n++) {
		recall(t, n, q->asof);
		int sent = first_sent();
		if (sent < 0 || known[sent].happened < q->from_at || known[sent].happened >= q->to_at ||
			!below_at(known[n_known - 1].unit_n, top_n, q->asof))
			continue;
		for (size_t i = 1; i < 10; i++) {
			int64_t lasts;
			int is = judge_order(kpi_keys[i], q, &lasts);
			v[i].of += is > 0;
			v[i].count += is > 1;
			v[i].sum += lasts;
		}
	}
	v[0].of = v[1].of = 1;
}

/* ---- who looks at what ---- */

static const struct { const char *unit; int64_t top_n; enum role role; int64_t grant_n; } views[VIEWS] = {
	{ NULL, CITY, ROLE_DUTY_OFFICER, CITY },
	{ "U2", COUNTY_A, ROLE_DUTY_OFFICER, CITY },
	{ "U6", 6, ROLE_DUTY_OFFICER, CITY },
	{ NULL, COUNTY_A, ROLE_COUNTY_OFFICER, COUNTY_A },
	{ NULL, COUNTY_B, ROLE_COUNTY_OFFICER, COUNTY_B },
	{ NULL, 5, ROLE_UNIT_LIAISON, 5 },
};
static const struct { const char *from, *to; } periods[] = {
	{ "2026-11-01", "2026-12-31" },
	{ "2026-11-30", "2026-12-06" },
	{ "2027-03-01", "2027-12-31" },
};

static void look_as(struct town *t, size_t view, struct actor *a, struct grant *g)
{
	*g = (struct grant){ .role = views[view].role, .unit_n = views[view].grant_n, .tree = UNIT_PARENT,
		.whole = views[view].grant_n == CITY };
	*a = (struct actor){ .who = { .user_n = 7, .name = SPAN("x") }, .grants = g, .n_grants = 1 };
	t->op.actor = a;
}

static int64_t walk_pages(struct town *t, const struct kpi_ask *q, const struct kpi_measure *m,
	struct str *keep)
{
	struct kpi_page page = { 0, PAGE };
	struct err err = { 0 };
	for (int64_t n = 0;;) {
		CLEANUP(json_free) json_t *j = NULL;
		struct str out = STR_IN(t->arena, 1 << 20);
		must(kpi_records(&t->op, q, m, &page, &out, &err) &&
			json_parse(str_span(&out), 0, &j, &err), &err,
			"records");
		size_t rows = json_array_size(json_object_get(j, "items"));
		n += (int64_t)rows;
		str_add(keep, str_span(&out));
		struct span next = json_get_text(j, "next");
		CHECK(next.p ? rows == PAGE : rows <= PAGE);
		if (!next.p)
			return n;
		must(span_int(next, 1, INT64_MAX, &page.after_n), &err, "cursor");
	}
}

/* Everything one can ask at one moment as one text; every count is checked against its records. */
static struct span ask_all(struct town *t, int64_t asof, size_t view)
{
	struct str keep = STR_IN(t->arena, 16 << 20);
	struct err err = { 0 };
	struct actor a;
	struct grant g;
	look_as(t, view, &a, &g);
	for (size_t p = 0; p < COUNT(periods); p++) {
		struct kpi_ask q;
		struct kpi_value values[KPI_MEASURES];
		must(town_ask(t, views[view].unit, periods[p].from, periods[p].to, asof, &q), &err, "ask");
		must(kpi_write(&t->op, &q, &keep, &err) &&
			kpi_values(&t->op, &q, values, &err), &err, "values");
		for (size_t i = 0; i < KPI_MEASURES; i++)
			CHECK_INT(walk_pages(t, &q, &kpi_measures[i], &keep), values[i].count);
	}
	t->op.actor = &actor_local;
	return str_span(&keep);
}

static void against_oracle(struct town *t, int64_t asof, size_t view)
{
	struct kpi_value fast[KPI_MEASURES], want[KPI_MEASURES];
	struct err err = { 0 };
	struct actor a;
	struct grant g;
	for (size_t p = 0; p < COUNT(periods); p++) {
		struct kpi_ask q;
		look_as(t, view, &a, &g);
		must(town_ask(t, views[view].unit, periods[p].from, periods[p].to, asof, &q), &err, "ask");
		must(kpi_values(&t->op, &q, fast, &err), &err, "values");
		t->op.actor = &actor_local;
		slowly(t, &q, views[view].top_n, want);
		for (size_t i = 0; i < KPI_MEASURES; i++) {
			if (fast[i].count == want[i].count && fast[i].of == want[i].of &&
			    fast[i].sum == want[i].sum)
				continue;
			printf("# %s %s: %lld/%lld, slowly %lld/%lld\n", periods[p].from, kpi_keys[i],
				(long long)fast[i].count, (long long)fast[i].of, (long long)want[i].count,
				(long long)want[i].of);
			CHECK(!"the two evaluators differ");
		}
	}
}

/* The history's open rows are the trees of now. */
static void tree_fits(struct town *t)
{
	CHECK_INT(town_int(t,
		SQL("SELECT count(*) FROM unit_tree_past p WHERE to_at=? AND NOT EXISTS (SELECT 1 FROM"
		" unit_tree t WHERE t.ancestor_n=p.ancestor_n AND t.descendant_n=p.descendant_n AND"
		" t.relation=p.relation)"), V(db_i(INT64_MAX))), 0);
	CHECK_INT(town_int(t, SQL("SELECT count(*) FROM unit_tree_past WHERE to_at=?"), V(db_i(INT64_MAX))),
		town_int(t, SQL("SELECT count(*) FROM unit_tree"), V0));
	CHECK_INT(town_int(t, SQL("SELECT count(*) FROM unit_tree_past WHERE to_at<=from_at"), V0), 0);
	CHECK(town_int(t, SQL("SELECT count(*) FROM unit_tree_past"), V0) >
		town_int(t, SQL("SELECT count(*) FROM unit_tree"), V0));
}

int main(void)
{
	struct town t;
	struct err err = { 0 };
	int64_t at[MOMENTS];
	struct span then[MOMENTS][VIEWS];
	srandom(SEED);
	town_open(&t, "oracle", UNITS);
	town_begin(&t);                         /* one that owes nothing */
	must(db_exec(op_db(&t.op), SQL("UPDATE units SET kind='supplier' WHERE n=?"), V(db_i(FIRST_UNIT)),
		     &err),
		&err, "supplier");
	town_end(&t);
	now_at = MONDAY;
	for (size_t m = 0; m < MOMENTS; m++) {
		traffic(&t, ACTS / MOMENTS);
		at[m] = now_at++;
		clock_fake(now_at);
		for (size_t v = 0; v < VIEWS; v++) {
			test_case("moment %zu, view %zu: each value as the slow evaluator has it", m, v);
			against_oracle(&t, at[m], v);
			test_case("moment %zu, view %zu: as many records as the value says", m, v);
			then[m][v] = ask_all(&t, at[m], v);
		}
	}
	traffic(&t, ACTS);
	for (size_t m = 0; m < MOMENTS; m++)
		for (size_t v = 0; v < VIEWS; v++) {
			test_case("moment %zu, view %zu: asked again a month later, all is the same", m, v);
			CHECK(span_eq(ask_all(&t, at[m], v), then[m][v]));
		}
	test_case("the traffic was such that something could differ");
	CHECK(n_orders > 100 && n_moves > 5);
	CHECK(!span_eq(ask_all(&t, at[0], 0), ask_all(&t, now_at, 0)));
	test_case("the history of the trees ends with the trees of now");
	tree_fits(&t);
	town_close(&t);
	return test_end();
}
