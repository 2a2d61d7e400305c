/* The demonstration city: nothing real in its files, the same city from the same seed, every state in it. */
#include "base/test.h"
#include "os/clock.h"
#include "people/uscc.h"
#include "role/demo.h"
#include "role/role.h"

static struct span file(const char *name)
{
	struct span text = { NULL, 0 };
	struct err err = { 0 };
	if (!demo_find(name, &text, &err))
		CHECK_FAIL(name);
	return text;
}

/* Calls `look` with one column of a CSV file, row by row. */
static void each(const char *name, const char *column, void (*look)(struct span value))
{
	struct span rest = file(name), line = span_split(&rest, '\n');
	size_t place = 0, rows = 0;
	for (struct span head = span_split(&line, ','); !span_is(head, column); place++) {
		if (!line.p) {
			CHECK_FAIL(column);
			return;
		}
		head = span_split(&line, ',');
	}
	while (rest.p && rest.n) {
		line = span_split(&rest, '\n');
		struct span value = { NULL, 0 };
		for (size_t i = 0; i <= place; i++)
			value = span_split(&line, ',');
		look(value);
		rows++;
	}
	CHECK(rows > 10);
}

static void check_code(struct span code)
{
	struct err err = { 0 };
	if (!uscc_check(code, &err))
		CHECK_FAIL(err.en);
}

static bool ends(struct span text, const char *with)
{
	struct span tail = span_of(with);
	return text.n > tail.n && span_is(span_from(text, text.n - tail.n), with);
}

static void check_host(struct span host)
{
	CHECK(ends(host, ".example"));
}

static void check_mail(struct span mail)
{
	CHECK(mail.n == 0 || ends(mail, ".example"));
}

static void check_phone(struct span phone)
{
	CHECK(span_starts(phone, SPAN("0759-0")));
}

/* RFC 5737 and RFC 3849. */
static bool is_documentation(struct span address)
{
	static const char *const ranges[] = { "192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:" };
	for (size_t i = 0; i < COUNT(ranges); i++)
		if (span_starts(address, span_of(ranges[i])))
			return true;
	return false;
}

static void check_address(struct span address)
{
	if (!is_documentation(address))
		printf("# address %.*s\n", SPAN_ARG(address));
	CHECK(is_documentation(address));
}

/* Dotted quads anywhere in a text, versions of software (in criteria and inventory) aside. */
static void check_quads(struct span text)
{
	size_t dots, n;
	for (size_t i = 0; i < text.n; i += n + 1) {
		for (n = dots = 0; i + n < text.n && strchr("0123456789.", text.p[i + n]) && text.p[i + n];
			n++)
			dots += text.p[i + n] == '.';
		if (dots == 3 && n >= 7)
			check_address((struct span){ text.p + i, n });
	}
}

static void test_files(void)
{
	test_case("unified codes are valid");
	each("units.csv", "uscc", check_code);
	test_case("hosts and mail are in .example");
	each("assets.csv", "host", check_host);
	each("persons.csv", "mail", check_mail);
	test_case("addresses are of the documentation ranges");
	each("assets.csv", "address", check_address);
	check_quads(file("units.csv"));
	check_quads(file("persons.csv"));
	test_case("telephone numbers belong to nobody");
	each("persons.csv", "phone", check_phone);
	each("units.csv", "phone", check_phone);
}

/* ---- the city ---- */

struct city {
	struct store *store;
	struct arena *arena;
	struct op op;
};

static bool make(struct city *c, const char *name, const char *seed, struct err *err)
{
	char *folder = arena_copy(c->arena, arena_printf(c->arena, "%s/%s", test_folder(), name));
	struct span value = span_of(seed);
	struct command_call call = { .folder = folder, .out = fopen("/dev/null", "w"), .zh = true };
	call.options[0].name = "seed";
	call.options[0].values = &value;
	call.options[0].n = 1;
	call.n_options = 1;
	/* Thursday afternoon; run_demo() ends the faking, so it is said again for each. */
	clock_fake(INT64_C(1795075200000) + 7 * TIME_HOUR);
	bool ok = call.out && run_demo(&call, err);
	if (call.out)
		fclose(call.out);
	clock_fake(0);
	c->op = (struct op){ .actor = &actor_local, .arena = c->arena, .zh = true };
	return ok && store_open(folder, STORE_OPEN, &c->store, err) && (c->op.store = c->store);
}

static struct span text(struct city *c, struct sql_literal sql)
{
	struct err err = { 0 };
	struct span s = { NULL, 0 };
	if (!db_text(op_db(&c->op), sql, V0, c->arena, &s, &err))
		CHECK_FAIL(err.en);
	return s;
}

static int64_t number(struct city *c, struct sql_literal sql)
{
	struct err err = { 0 };
	int64_t n = -1;
	bool found = false;
	if (!db_int(op_db(&c->op), sql, V0, &n, &found, &err))
		CHECK_FAIL(err.en);
	return n;
}

/* All that happened, as one text. */
#define WHAT_HAPPENED \
	SQL("SELECT group_concat(line, ';') FROM (SELECT resource||' '||from_state||' '||verb||' " \
	    "'||to_state||' '||" \
	    "happened_at AS line FROM steps ORDER BY n)")

static bool has_state(struct city *c, const struct resource *r, const char *state)
{
	struct query_pair pair = { SPAN("state"), span_of(state) };
	struct err err = { 0 };
	struct query q;
	struct page page;
	bool ok = query_parse(r, &pair, 1, c->arena, &q, &err) && resource_list(&c->op, r, &q, &page, &err);
	if (!ok)
		CHECK_FAIL(err.en);
	return ok && page.n > 0;
}

static void test_states(struct city *c)
{
	static const char *const names[] = { "finding", "order" };
	for (size_t i = 0; i < COUNT(names); i++) {
		const struct resource *r = resource_find(span_of(names[i]));
		for (size_t s = 0; r->life->states[s]; s++) {
			test_case("some %s is %s", names[i], r->life->states[s]);
			CHECK(has_state(c, r, r->life->states[s]));
		}
	}
}

static void test_story(struct city *c)
{
	const struct {
		const char *name;
		struct sql_literal sql;
	} cases[] = {
		{ "an order is late and has risen by itself",
			SQL("SELECT count(*) FROM orders WHERE level>0 AND answer_due<updated_at") },
		{ "a return is proposed",
			SQL("SELECT count(*) FROM orders WHERE returned_proposed IS NOT NULL") },
		{ "an order was returned",
			SQL("SELECT count(*) FROM orders WHERE returns>0 AND state='handling'") },
		{ "an order was urged", SQL("SELECT count(*) FROM orders WHERE urges>0") },
		{ "an extension waits for a decision",
			SQL("SELECT count(*) FROM orders WHERE extension_until IS NOT NULL") },
		{ "an answer is recorded on behalf",
			SQL("SELECT count(*) FROM items WHERE on_behalf IS NOT NULL") },
		{ "a notice is issued, each of its units has its order",
			SQL("SELECT count(*) FROM orders o JOIN notices n ON n.n=o.notice_n WHERE "
			"n.state='issued' AND"
			    " n.number LIKE '湛网通%'") },
		{ "a notice is a draft", SQL("SELECT count(*) FROM notices WHERE state='draft'") },
		{ "a finding has no unit", SQL("SELECT count(*) FROM findings WHERE unit_n IS NULL") },
		{ "a finding has come back",
			SQL("SELECT count(*) FROM findings WHERE recurrences>0 AND state='new'") },
		{ "liaisons speak for themselves",
			SQL("SELECT count(*) FROM changes WHERE actor='liaison'") },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		test_case("%s", cases[i].name);
		CHECK(number(c, cases[i].sql) > 0);
	}
}

static void test_city(void)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(256 << 20, 512 << 20);
	struct city one = { .arena = a }, two = { .arena = a }, other = { .arena = a };
	struct store_audit audit = { 0 };
	struct err err = { 0 };
	test_case("the city is made");
	CHECK_OK(make(&one, "one", "7", &err), err);
	if (!one.store)
		return;
	test_case("its change log is whole");
	CHECK_OK(store_audit_verify(one.store, &audit, &err), err);
	CHECK_INT(audit.broken_seq, 0);
	CHECK(audit.checked > 1000);
	test_states(&one);
	test_story(&one);
	test_case("the same seed makes the same city");
	CHECK_OK(make(&two, "two", "7", &err), err);
	CHECK(span_eq(text(&one, WHAT_HAPPENED), text(&two, WHAT_HAPPENED)));
	test_case("another seed makes another");
	CHECK_OK(make(&other, "other", "8", &err), err);
	CHECK(!span_eq(text(&one, WHAT_HAPPENED), text(&other, WHAT_HAPPENED)));
	test_case("a folder in use is refused");
	store_close(two.store);
	CHECK_ERR(make(&two, "one", "7", &err), err, ERR_DUPLICATE);
	store_close(one.store);
	store_close(other.store);
}

int main(void)
{
	hash_start();
	clock_start();
	house_start();
	test_files();
	test_city();
	return test_end();
}
