/* Walks every row of the state tables and tries every other (from, verb) pair. */
#include "order/send.h"
#include "order/testing.h"

#define ITEM(at, claim) "{'items':[{'item':'$" at "','claim':'" claim "','text':'x'}]}"
#define FIX(at) "answer " ITEM(at, "fixed")
#define DISPUTE(at) "answer " ITEM(at, "cannot_fix")
#define NOT_OURS(at) "answer " ITEM(at, "not_ours")
#define REDIRECT "{'reason':'x','unit_id':'U5'}"
#define ALL(claim) "{'claim':'" claim "','text':'x'}"
#define ASK "request_extension {'reason':'x','until':'2027-01-31'}"
#define UNTIL "{'until':'2027-06-30'}"
#define WHY "{'reason':'x'}"
#define NOTE "{'text':'正在联系厂家'}"
#define CALL "{'channel':'电话'}"

#define PAPER "{'paper':{'person':'x','at':'2026-11-20'}}"
#define NO_PASS "{'pass':false,'reason':'x'}"

/* Orders have three items, $0 to $2 stand for their ids; "@" before the setup: a task to be acknowledged;
 * "~": a draft of findings.  "approval N" in it is the setting. */
struct walk {
	const char *from, *verb, *to, *setup, *args;
};

#define EACH_OPEN(verb, more, args) \
	{ "sent", verb, "sent", more, args }, \
		{ "handling", verb, "handling", "acknowledge {};" more, args }, \
	{ \
		"partly_answered", verb, "partly_answered", FIX("0") ";" more, args \
	}

static const struct walk walks[] = {
	{ "draft", "revise", "draft", "~", "{'title':'x'}" },
	{ "draft", "submit", "sent", "~", "{}" },
	{ "draft", "submit", "to_approve", "~approval 1", "{}" },
	{ "draft", "withdraw", "withdrawn", "~", WHY },
	{ "to_approve", "approve", "sent", "~approval 1;submit {}", PAPER },
	{ "to_approve", "send_back", "draft", "~approval 1;submit {}", WHY },
	{ "to_approve", "withdraw", "withdrawn", "~approval 1;submit {}", WHY },
	{ "answered", "review", "answered", "answer " ALL("fixed"), "{'pass':true}" },
	{ "answered", "review", "handling", "answer " ALL("fixed"), NO_PASS },
	{ "answered", "review", "partly_answered", "answer " ALL("fixed"),
		"{'pass':false,'reason':'x','items':['$0']}" },
	{ "partly_answered", "review", "partly_answered", FIX("0"), "{'pass':true}" },
	{ "partly_answered", "review", "handling", FIX("0"), NO_PASS },
	{ "sent", "acknowledge", "handling", "", "{}" },
	{ "sent", "acknowledge", "verified", "@", "{}" },
	{ "sent", "answer", "handling", "", ALL("affected") },
	{ "sent", "answer", "partly_answered", "", ITEM("0", "fixed") },
	{ "sent", "answer", "answered", "", ALL("fixed") },
	{ "sent", "answer", "disputed", "", ITEM("0", "not_ours") },
	{ "handling", "answer", "handling", "acknowledge {}", ALL("affected") },
	{ "handling", "answer", "partly_answered", "acknowledge {}", ITEM("1", "mitigated") },
	{ "handling", "answer", "answered", "acknowledge {}", ALL("not_affected") },
	{ "handling", "answer", "disputed", "acknowledge {}", ITEM("2", "false_positive") },
	{ "partly_answered", "answer", "partly_answered", FIX("0"), ITEM("1", "affected") },
	{ "partly_answered", "answer", "answered", FIX("0"), ALL("fixed") },
	{ "partly_answered", "answer", "disputed", FIX("0"), ITEM("1", "cannot_fix") },
	{ "disputed", "answer", "disputed", DISPUTE("0"), ITEM("1", "fixed") },
	EACH_OPEN("request_extension", "", "{'reason':'x','until':'2027-01-31'}"),
	EACH_OPEN("note", "", NOTE),
	{ "answered", "note", "answered", "answer " ALL("fixed"), NOTE },
	{ "disputed", "note", "disputed", DISPUTE("0"), NOTE },
	{ "answered", "verify", "answered", "answer {'claim':'fixed','version':'1.0'}", "{}" },
	{ "answered", "verify", "verified", "answer " ALL("fixed"), "{}" },
	{ "partly_answered", "verify", "partly_answered", FIX("0"), "{}" },
	{ "answered", "return", "handling", "answer " ALL("fixed"), WHY },
	{ "answered", "return", "partly_answered", "answer " ALL("fixed"), "{'reason':'x','items':['$0']}" },
	{ "partly_answered", "return", "handling", FIX("0"), WHY },
	{ "partly_answered", "return", "partly_answered", FIX("0") ";" FIX("1"),
		"{'reason':'x','items':['$0']}" },
	{ "disputed", "verify", "disputed", FIX("0") ";" DISPUTE("1"), "{}" },
	{ "disputed", "return", "disputed", FIX("0") ";" DISPUTE("1"), WHY },
	{ "disputed", "uphold", "disputed", DISPUTE("0") ";" DISPUTE("1"),
		"{'until':'2027-06-30','items':['$0']}" },
	{ "disputed", "uphold", "partly_answered", DISPUTE("0"), UNTIL },
	{ "disputed", "uphold", "answered", DISPUTE("0") ";" FIX("1") ";" FIX("2"), UNTIL },
	{ "disputed", "uphold", "verified", "answer " ALL("cannot_fix"), UNTIL },
	{ "disputed", "reject", "disputed", DISPUTE("0") ";" DISPUTE("1"), "{'reason':'x','items':['$0']}" },
	{ "disputed", "reject", "handling", DISPUTE("0"), WHY },
	{ "disputed", "reject", "partly_answered", DISPUTE("0") ";" FIX("1"), WHY },
	{ "disputed", "redirect", "disputed", NOT_OURS("0") ";" DISPUTE("1"), REDIRECT },
	{ "disputed", "redirect", "partly_answered", NOT_OURS("0"), REDIRECT },
	{ "disputed", "redirect", "answered", NOT_OURS("0") ";" FIX("1") ";" FIX("2"), REDIRECT },
	{ "disputed", "redirect", "verified", "answer " ALL("not_ours"), REDIRECT },
	{ "to_approve", "instruct", "to_approve", "~approval 1;submit {}", NOTE },
	EACH_OPEN("instruct", "", NOTE),
	{ "answered", "instruct", "answered", "answer " ALL("fixed"), NOTE },
	{ "disputed", "instruct", "disputed", DISPUTE("0"), NOTE },
	{ "verified", "instruct", "verified", "answer " ALL("fixed") ";verify {}", NOTE },
	{ "archived", "instruct", "archived", "answer " ALL("fixed") ";verify {};archive {}", NOTE },
	{ "withdrawn", "instruct", "withdrawn", "withdraw " WHY, NOTE },
	EACH_OPEN("grant", ASK, "{}"),
	EACH_OPEN("refuse", ASK, WHY),
	EACH_OPEN("urge", "", CALL),
	EACH_OPEN("escalate", "", "{}"),
	EACH_OPEN("hand_over", "", "{'reason':'x','unit_id':'U5'}"),
	{ "sent", "withdraw", "withdrawn", "", WHY },
	{ "handling", "withdraw", "withdrawn", "acknowledge {}", WHY },
	{ "partly_answered", "withdraw", "withdrawn", FIX("0"), WHY },
	{ "answered", "withdraw", "withdrawn", "answer " ALL("fixed"), WHY },
	{ "disputed", "withdraw", "withdrawn", DISPUTE("0"), WHY },
	{ "verified", "archive", "archived", "answer " ALL("fixed") ";verify {}", "{}" },
	/* not rows: how to come to the last states */
	{ "archived", NULL, NULL, "answer " ALL("fixed") ";verify {};archive {}", NULL },
	{ "withdrawn", NULL, NULL, "withdraw " WHY, NULL },
};

static bool prove(struct op *op, const struct finding_claim *claim, const struct finding_facts *facts,
	enum finding_proof *ret, struct span *ret_reason, struct err *err)
{
	(void)op, (void)err, (void)ret_reason;
	for (size_t i = 0; i < facts->n; i++)
		ret[i] = span_is(claim->version, "1.0") ? FINDING_DISPROVEN : FINDING_UNPROVEN;
	return true;
}

static const struct finding_kind vulnerability = {
	.name = "vulnerability", .zh = "漏洞", .en = "vulnerability", .prove = prove
};
static const struct finding_kind *const kinds[] = { &vulnerability };

static int64_t fresh_draft(struct city *c)
{
	struct str out = STR_IN(c->arena, 1 << 20);
	struct err err = { 0 };
	CLEANUP(json_free) json_t *filter = json_pack("{s:s, s:s}", "unit_id", "U3", "state", "new");
	city_must(order_dispatch(&c->op, &(struct order_dispatch){ .filter = filter, .draft = true }, &out,
		&err),
		&err, "draft");
	return city_int(c, SQL("SELECT max(n) FROM orders"), V0);
}

static int64_t fresh_order(struct city *c, bool draft)
{
	static int next = 1;
	struct err err = { 0 };
	int64_t n;
	for (int i = 0; i < 3; i++) {
		char name[32];
		snprintf(name, sizeof name, "h%d", next);
		int64_t asset_n = city_host(c, UNIT_A, name);
		city_found(c, asset_n, city_software(c, asset_n, "a", "b", "1"), next++, 1, "high");
	}
	if (draft)
		return fresh_draft(c);
	city_must(city_dispatch(c, LOCAL, "U3", &n, &err), &err, "dispatch");
	return n;
}

/* $0, $1, $2 become the ids of the order's items. */
static const char *fill(struct city *c, int64_t order_n, const char *text)
{
	struct str out = STR_IN(c->arena, 4096);
	for (const char *p = text; *p; p++) {
		if (*p != '$') {
			str_addc(&out, *p);
			continue;
		}
		p++;
		str_add(&out,
			city_text(c, SQL("SELECT id FROM items WHERE order_n=? ORDER BY n LIMIT 1 OFFSET ?"),
				V(db_i(order_n), db_i(*p - '0'))));
	}
	return str_z(&out);
}

static int64_t fresh_task(struct city *c)
{
	struct order_recipient to = { UNIT_A, "main", SPAN(""), SPAN(""), false };
	struct order_send s = { .kind = "task", .title = SPAN("t"), .reply = "acknowledge", .to = &to,
		.n = 1 };
	struct str out = STR_IN(c->arena, 4096);
	struct err err = { 0 };
	city_must(order_send(&c->op, &s, &out, &err), &err, "send");
	return city_int(c, SQL("SELECT max(n) FROM orders"), V0);
}

static void set_approval(struct city *c, int64_t value)
{
	struct err err = { 0 };
	city_must(op_begin(&c->op, &err) && setting_set(&c->op, "order_approval", value, &err) &&
			op_commit(&c->op, &err),
		&err, "setting");
}

static int64_t prepared(struct city *c, const char *setup)
{
	bool draft = *setup == '~';
	set_approval(c, 0);
	int64_t n = *setup == '@' ? fresh_task(c) : fresh_order(c, draft);
	struct span rest = span_of(setup + (*setup == '@' || draft));
	while (rest.p && rest.n) {
		struct span one = span_split(&rest, ';'), args = one;
		struct span verb = span_split(&args, ' ');
		struct err err;
		if (verb.n == 0)
			continue;
		if (span_is(verb, "approval")) {
			set_approval(c, args.p[0] - '0');
			continue;
		}
		bool ok = city_do(c, LOCAL, n, arena_copy(c->arena, verb),
			fill(c, n, arena_copy(c->arena, args)), &err);
		city_must(ok, &err, setup);
	}
	return n;
}

static bool walked(const struct transition *t)
{
	for (size_t i = 0; i < COUNT(walks); i++)
		if (walks[i].verb && strcmp(walks[i].from, t->from) == 0 &&
			strcmp(walks[i].verb, t->verb) == 0 && strcmp(walks[i].to, t->to) == 0)
			return true;
	return false;
}

static bool allowed(const char *from, const char *verb)
{
	for (size_t i = 0; i < order_life.n_rows; i++)
		if (strcmp(order_life.rows[i].from, from) == 0 && strcmp(order_life.rows[i].verb, verb) == 0)
			return true;
	return false;
}

/* The last answer clock of an order, and the others of its clocks. */
struct clocks {
	int64_t n, met, paused, ended, due, acknowledged, running;
};

static struct clocks clocks_of(struct city *c, int64_t order_n)
{
#define LAST(what) \
	city_int(c, \
		SQL("SELECT " what " FROM clocks WHERE resource='order' AND record_n=? AND kind='answer'" \
		    " ORDER BY n DESC LIMIT 1"), \
		V(db_i(order_n)))
	return (struct clocks){
		LAST("n"),
		LAST("met_at IS NOT NULL"),
		LAST("paused_at IS NOT NULL"),
		LAST("ended_at IS NOT NULL"),
		LAST("due_at"),
		city_int(c, SQL("SELECT count(met_at) FROM clocks WHERE record_n=? AND kind='acknowledge'"),
			V(db_i(order_n))),
		city_int(c,
			SQL("SELECT count(*) FROM clocks WHERE record_n=? AND met_at IS NULL AND ended_at IS "
			    "NULL"),
			V(db_i(order_n))),
	};
#undef LAST
}

/* What a verb did to the clocks.  Every answer acknowledges as well: the answer's clock goes first. */
static enum clock_effect effect(const struct clocks *a, const struct clocks *b)
{
	if (b->n != a->n)
		return CLOCK_MOVE; /* a new one, for what is to be done again */
	if (b->ended != a->ended)
		return CLOCK_END;
	if (b->met != a->met)
		return CLOCK_MEET_ANSWER;
	if (b->paused != a->paused)
		return b->paused ? CLOCK_PAUSE : CLOCK_RESUME;
	if (b->due != a->due)
		return CLOCK_MOVE;
	return b->acknowledged != a->acknowledged ? CLOCK_MEET_ACKNOWLEDGE : CLOCK_NONE;
}

static bool clocks_agree(const struct walk *w, const struct clocks *before, const struct clocks *after)
{
	for (size_t i = 0; i < order_life.n_rows; i++) {
		const struct transition *t = &order_life.rows[i];
		if (strcmp(t->from, w->from) != 0 || strcmp(t->verb, w->verb) != 0 ||
			strcmp(t->to, w->to) != 0)
			continue;
		/* The end is the end of all, those met included. */
		if (t->clock == CLOCK_END)
			return after->running == 0;
		if (t->clock != effect(before, after))
			printf("# the table says %d, the verb did %d\n", (int)t->clock,
				(int)effect(before, after));
		return t->clock == effect(before, after);
	}
	return false;
}

static void order_rows(struct city *c)
{
	for (size_t i = 0; i < COUNT(walks); i++) {
		const struct walk *w = &walks[i];
		struct err err;
		if (!w->verb)
			continue;
		test_case("order %s %s %s", w->from, w->verb, w->to);
		int64_t n = prepared(c, w->setup);
		CHECK(city_state(c, n, w->from));
		struct clocks before = clocks_of(c, n);
		CHECK_OK(city_do(c, LOCAL, n, w->verb, fill(c, n, w->args), &err), err);
		CHECK(city_state(c, n, w->to));
		struct clocks after = clocks_of(c, n);
		CHECK(clocks_agree(w, &before, &after));
		CHECK_SPAN(city_text(c,
				   SQL("SELECT from_state || ' ' || verb || ' ' || to_state FROM steps WHERE "
				       "resource='order' AND"
				       " record_n=? ORDER BY n DESC LIMIT 1"),
				   V(db_i(n))),
			arena_copy(c->arena, arena_printf(c->arena, "%s %s %s", w->from, w->verb, w->to)));
	}
	test_case("no row of the order's table was left out");
	for (size_t i = 0; i < order_life.n_rows; i++) {
		if (!walked(&order_life.rows[i]))
			printf("# %s %s %s\n", order_life.rows[i].from, order_life.rows[i].verb,
				order_life.rows[i].to);
		CHECK(walked(&order_life.rows[i]));
	}
}

/* One order per state; a refused verb leaves it as it was. */
static void order_refusals(struct city *c)
{
	for (const char *const *state = order_life.states; *state; state++) {
		const char *setup = NULL;
		for (size_t i = 0; i < COUNT(walks) && !setup; i++)
			setup = strcmp(walks[i].from, *state) == 0 ? walks[i].setup : NULL;
		test_case("order %s refuses every other verb", *state);
		int64_t n = prepared(c, setup ? setup : "");
		CHECK(city_state(c, n, *state));
		int64_t steps = city_int(c, SQL("SELECT count(*) FROM steps"), V0);
		for (size_t i = 0; i < order_life.n_rows; i++) {
			struct err err;
			const char *verb = order_life.rows[i].verb;
			if (!allowed(*state, verb))
				CHECK_ERR(city_do(c, LOCAL, n, verb, "{'reason':'x','claim':'fixed'}", &err),
					err, ERR_CONFLICT);
		}
		CHECK(city_state(c, n, *state));
		CHECK_INT(city_int(c, SQL("SELECT count(*) FROM steps"), V0), steps);
	}
}

static void items(struct city *c)
{
	static const char *const states[] = { "open", "returned", "answered", "disputed", "verified",
		"upheld", "withdrawn" };
	int64_t n = fresh_order(c, false);
	struct items all;
	struct err err = { 0 };
	for (size_t s = 0; s < COUNT(states); s++) {
		test_case("item %s: every verb as its table says", states[s]);
		for (size_t i = 0; i < item_rows_count; i++) {
			const char *verb = item_rows[i].verb;
			const struct transition *t = item_transition(states[s], verb);
			city_exec(c, SQL("UPDATE items SET state=? WHERE order_n=?"),
				V(db_z(states[s]), db_i(n)));
			err = (struct err){ 0 };
			city_must(items_load(&c->op, n, &all, &err) && op_begin(&c->op, &err), &err, "items");
			bool ok = item_move(
				&c->op, &all.at[0], verb, &(struct item_how){ .unit_n = UNIT_A }, &err);
			CHECK(ok == (t != NULL));
			CHECK(ok || err.code == ERR_CONFLICT);
			CHECK_STR(all.at[0].state, t ? t->to : states[s]);
			op_rollback(&c->op);
		}
	}
}

int main(void)
{
	struct city c;
	city_open(&c, "life");
	finding_register(kinds, COUNT(kinds));
	order_rows(&c);
	order_refusals(&c);
	items(&c);
	city_close(&c);
	return test_end();
}
