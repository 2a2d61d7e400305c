/* How the trees were: whatever moves, comes or goes, any past moment can be asked for. */
#include "people/testing.h"

enum { MOMENTS = 40, UNITS = 12, SEED = 44 };
#define START INT64_C(1795395600000)

struct moment { int64_t at; int64_t pairs, sum; };

/* Pairs as one number each, so that two trees that differ have different sums. */
static struct moment now_of(struct house *h, int64_t at)
{
	return (struct moment){ at, house_int(h, SQL("SELECT count(*) FROM unit_tree")),
		house_int(h, SQL("SELECT COALESCE(sum((ancestor_n*1009+descendant_n*31+relation)*"
				 "(ancestor_n*1009+descendant_n*31+relation)), 0) FROM unit_tree")) };
}

static int64_t ask(struct house *h, struct sql_literal sql, int64_t at)
{
	struct err err = { 0 };
	int64_t n = -1;
	bool found;
	CHECK_OK(db_int(op_db(&h->op), sql, V(db_i(at), db_i(at)), &n, &found, &err), err);
	return n;
}

static void add_unit(struct house *h, int64_t n)
{
	struct err err = { 0 };
	char id[UUID_TEXT], code[20];
	snprintf(code, sizeof code, "U%lld", (long long)n);
	CHECK_OK(db_exec(op_db(&h->op),
			 SQL("INSERT INTO units (n, id, version, created_at, updated_at, code, name, "
			 "short_name, kind,"
			     " sector, uscc, sort_order, aliases, phone, note) VALUES (?, ?, 1, 0, 0, ?, ?, "
			     "'',"
			     " 'public_body', '', '', 0, '[]', '', '')"),
			 V(db_i(n), db_z(uuid_make(1, id)), db_z(code), db_z(code)), &err) &&
			unit_tree_move(&h->op, n, UNIT_PARENT, 0, &err) &&
			unit_tree_move(&h->op, n, UNIT_SUPERVISOR, 0, &err),
		err);
}

/* Below one with a smaller number, so that there is never a cycle. */
static void change(struct house *h)
{
	struct err err = { 0 };
	int64_t n = 2 + random() % (UNITS - 1), above = random() % n;
	enum unit_relation tree = random() % 2 ? UNIT_SUPERVISOR : UNIT_PARENT;
	CHECK_OK(unit_tree_move(&h->op, n, tree, above, &err), err);
	CHECK_OK(db_exec(op_db(&h->op),
			 tree == UNIT_PARENT ? SQL("UPDATE units SET parent_n=? WHERE n=?")
					     : SQL("UPDATE units SET supervisor_n=? WHERE n=?"),
			 V(above ? db_i(above) : db_null(), db_i(n)), &err),
		err);
}

static void make_history(struct house *h, struct moment m[MOMENTS])
{
	struct err err = { 0 };
	for (size_t i = 0; i < MOMENTS; i++) {
		int64_t at = START + (int64_t)i * TIME_MINUTE;
		clock_fake(at);
		CHECK_OK(op_begin(&h->op, &err), err);
		for (int64_t n = 1; i == 0 && n <= UNITS; n++)
			add_unit(h, n);
		if (i > 0 && i < MOMENTS - 1)
			change(h);
		if (i % 5 == 2)                        /* there and back within one moment */
			change(h);
		if (i % 7 == 3)
			CHECK_OK(unit_tree_rebuild(&h->op, &err), err);
		if (i == MOMENTS - 1)
			CHECK_OK(unit_tree_remove(&h->op, UNITS, &err), err);
		CHECK_OK(op_commit(&h->op, &err), err);
		m[i] = now_of(h, at);
	}
}

int main(void)
{
	static struct house h;
	static struct moment m[MOMENTS];
	clock_start();
	srandom(SEED);
	clock_fake(START - TIME_DAY);
	house_open(&h, "tree");
	test_case("a history of moves, rebuilding and a unit that goes");
	make_history(&h, m);
	CHECK(m[5].sum != m[MOMENTS - 2].sum);
	for (size_t i = 0; i < MOMENTS; i++) {
		test_case("moment %zu is as it was", i);
		CHECK_INT(ask(&h, SQL("SELECT count(*) FROM unit_tree_past WHERE from_at<=? AND to_at>?"),
			m[i].at),
			m[i].pairs);
		CHECK_INT(ask(&h, SQL("SELECT COALESCE(sum((ancestor_n*1009+descendant_n*31+relation)*"
				      "(ancestor_n*1009+descendant_n*31+relation)), 0) FROM unit_tree_past "
				      "WHERE"
				      " from_at<=? AND to_at>?"), m[i].at),
			m[i].sum);
		CHECK_INT(ask(&h, SQL("SELECT count(*) FROM unit_tree_past WHERE from_at<=? AND to_at>?"),
				  m[i].at - 1),
			i ? m[i - 1].pairs : 0);
	}
	test_case("nothing that was never known is kept");
	CHECK_INT(house_int(&h, SQL("SELECT count(*) FROM unit_tree_past WHERE to_at<=from_at")), 0);
	house_close(&h);
	clock_fake(0);
	return test_end();
}
