/*
 * The fast engine against the evaluator, on random records and random hosts: small alphabets, so that things
 * meet, with negate, AND at both levels, empty nodes, NA, wildcards in criteria and in installed names,
 * ranges.
 */
#include "vuln/matcher.h"
#include "base/test.h"

#include <unistd.h>

enum { RECORDS = 250, HOSTS = 300, ROUNDS = 6 };

static uint64_t state = 0x9E3779B97F4A7C15u;

static uint32_t pick(uint32_t n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33) % n;
}

/* Earlier ones come oftener: index 0 half of the time, and so on. */
static const char *one_of(const char *const *from, uint32_t n)
{
	uint32_t a = pick(n), b = pick(n);
	return from[a < b ? a : b];
}

#define ONE_OF(list) one_of(list, COUNT(list))

static const char *const parts[] = { "a", "a", "o", "h" };
static const char *const vendors[] = { "v", "v", "v", "w", "x\\:y", "*", "-", "v*", "?" };
static const char *const products[] = { "p", "q", "r", "s", "t", "*", "p*", "-", "q?" };
static const char *const versions[] = { "*", "1", "2", "1.0", "2.0", "-", "1.5\\(2\\)", "1.*", "3", "*.0" };
static const char *const updates[] = { "*", "*", "*", "*", "sp1", "-", "sp?", "sp2" };
static const char *const targets[] = { "*", "*", "*", "*", "linux", "-", "*x" };
static const char *const bounds[] = { "1", "2", "1.0.0", "1.5(2)", "1.5\\(2\\)", "3", "0", "2.1" };

static struct span random_name(struct arena *a, bool concrete)
{
	const char *vendor = concrete ? vendors[pick(5)] : ONE_OF(vendors);
	const char *product = concrete ? products[pick(5)] : ONE_OF(products);
	return arena_printf(a, "cpe:2.3:%s:%s:%s:%s:%s:*:*:*:%s:*:*", ONE_OF(parts), vendor, product,
		ONE_OF(versions), ONE_OF(updates), ONE_OF(targets));
}

static json_t *random_leaf(struct arena *a)
{
	json_t *j = json_object();
	json_object_set_new(j, "vulnerable", json_boolean(pick(3) != 0));
	json_object_set_new(j, "criteria", json_of_span(random_name(a, pick(8) != 0)));
	for (uint32_t b = 0; b < CONFIG_BOUNDS; b++)
		if (pick(5) == 0)
			json_object_set_new(
				j, config_bound_name((enum config_bound)b), json_string(ONE_OF(bounds)));
	return j;
}

static void random_head(json_t *j)
{
	if (pick(4))
		json_object_set_new(j, "operator", json_string(pick(2) ? "AND" : "OR"));
	if (pick(2))
		json_object_set_new(j, "negate", json_boolean(pick(3) == 0));
}

static json_t *random_tree(struct arena *a)
{
	json_t *all = json_array();
	for (uint32_t i = pick(4); i; i--) {
		json_t *c = json_object(), *nodes = json_array();
		random_head(c);
		for (uint32_t k = pick(4); k; k--) {
			json_t *n = json_object(), *leaves = json_array();
			random_head(n);
			for (uint32_t l = pick(5); l; l--)
				json_array_append_new(leaves, random_leaf(a));
			json_object_set_new(n, "cpeMatch", leaves);
			json_array_append_new(nodes, n);
		}
		json_object_set_new(c, "nodes", nodes);
		json_array_append_new(all, c);
	}
	return all;
}

struct corpus {
	struct config_tree tree[RECORDS];
	char id[RECORDS][16];
	struct index *ix;
};

static void build(struct corpus *c, struct arena *a, bool backwards)
{
	struct err err = { 0 };
	CLEANUP(index_builder_free_p) struct index_builder *b = index_builder_new();
	for (size_t i = 0; i < RECORDS; i++) {
		size_t n = backwards ? RECORDS - 1 - i : i;
		/* First something else under the same id, then, with a higher rank, what counts; or the other
		 * way round. */
		CLEANUP(json_free) json_t *other = random_tree(a);
		struct config_tree t;
		CHECK_OK(config_read(other, a, &t, &err), err);
		struct span id = span_of(c->id[n]);
		CHECK_OK(index_add(b, id, backwards ? 2 : 1, backwards ? &c->tree[n] : &t, &err), err);
		CHECK_OK(index_add(b, id, backwards ? 1 : 2, backwards ? &t : &c->tree[n], &err), err);
	}
	CHECK_OK(index_finish(b, &c->ix, &err), err);
}

static void random_corpus(struct corpus *c, struct arena *a)
{
	struct err err = { 0 };
	for (size_t i = 0; i < RECORDS; i++) {
		CLEANUP(json_free) json_t *j = random_tree(a);
		snprintf(c->id[i], sizeof c->id[i], "CVE-2020-%04u", (unsigned)(i * 37 % 1000));
		CHECK_OK(config_read(j, a, &c->tree[i], &err), err);
	}
}

static bool contains(struct matcher_answer answer, uint32_t cve)
{
	for (size_t i = 0; i < answer.n; i++)
		if (answer.cves[i] == cve)
			return true;
	return false;
}

static bool same_leaf(const struct config_leaf *x, const struct config_leaf *y, struct arena *a)
{
	bool same = x->vulnerable == y->vulnerable &&
		span_eq(cpe_format(&x->criteria, a), cpe_format(&y->criteria, a));
	for (size_t b = 0; b < CONFIG_BOUNDS; b++)
		same = same && span_eq(x->bounds[b], y->bounds[b]);
	return same;
}

struct asked {
	enum match_mode mode;
	size_t n;
	const uint32_t *names;
	struct cpe installed[8];
};

/* The fast explanation is that of the evaluator. */
static bool explains(
	const struct index *ix, struct matcher *m, const struct asked *h, uint32_t cve, struct arena *a)
{
	struct config_tree tree;
	struct eval_result got, want;
	index_tree(ix, cve, a, &tree);
	bool same = eval_explain(&tree, h->installed, h->n, h->mode, a, &want) &&
		matcher_explain(m, cve, h->names, h->n, a, &got) && got.n == want.n;
	for (size_t i = 0; same && i < got.n; i++) {
		const struct eval_hit *x = &got.hits[i], *y = &want.hits[i];
		same = x->configuration == y->configuration && x->node == y->node &&
			x->installed == y->installed && x->assumed == y->assumed &&
			x->platform_assumed == y->platform_assumed && same_leaf(x->leaf, y->leaf, a);
	}
	return same;
}

/* One host against every record; true if all is as the evaluator says. */
static bool agrees(const struct corpus *c, struct matcher *m, enum match_mode mode, const uint32_t *names,
		   size_t n, struct arena *a)
{
	struct asked host = { mode, n, names, { { { { 0 } } } } };
	struct matcher_answer got = matcher_ask(m, names, n);
	size_t listed = 0;
	for (size_t i = 0; i < n; i++)
		host.installed[i] = *matcher_cpe(m, names[i]);
	for (size_t i = 1; i < got.n; i++)
		if (got.cves[i] <= got.cves[i - 1])
			return false;
	for (size_t i = 0; i < RECORDS; i++) {
		uint32_t cve;
		bool want = eval_applies(&c->tree[i], host.installed, n, mode);
		bool known = index_find(c->ix, span_of(c->id[i]), &cve);
		if (want != (known && contains(got, cve))) {
			printf("# %s: the evaluator says %d\n", c->id[i], want);
			return false;
		}
		if (want && pick(4) == 0 && !explains(c->ix, m, &host, cve, a))
			return false;
		listed += want;
	}
	return listed == got.n;
}

static void test_hosts(const struct corpus *c, enum match_mode mode, struct arena *a, uint64_t *pairs)
{
	struct err err = { 0 };
	CLEANUP(matcher_free_p) struct matcher *m = matcher_new(c->ix, mode);
	for (size_t h = 0; h < HOSTS; h++) {
		uint32_t names[6], n = pick(COUNT(names) + 1);
		for (uint32_t i = 0; i < n; i++)
			CHECK_OK(matcher_name(m, random_name(a, pick(10) != 0), &names[i], &err), err);
		CHECK(agrees(c, m, mode, names, n, a));
		CHECK(agrees(c, m, mode, names, n, a));         /* now from memory */
		*pairs += matcher_ask(m, names, n).n;
	}
}

static void test_random(struct arena *a)
{
	static struct corpus c, again;
	for (int round = 0; round < ROUNDS; round++) {
		uint64_t pairs = 0;
		random_corpus(&c, a);
		test_case("random records, order of arrival, round %d", round);
		build(&c, a, false);
		memcpy(again.tree, c.tree, sizeof c.tree);
		memcpy(again.id, c.id, sizeof c.id);
		build(&again, a, true);
		CHECK(span_eq(index_bytes(c.ix), index_bytes(again.ix)));
		for (int mode = 0; mode < 3; mode++) {
			test_case(
				"random hosts, %s, round %d", match_mode_name((enum match_mode)mode), round);
			test_hosts(&c, (enum match_mode)mode, a, &pairs);
		}
		CHECK(pairs > HOSTS);
		index_close(c.ix);
		index_close(again.ix);
		arena_reset(a);
	}
}

/* Out of one index, into the next: nothing is lost. */
static void test_carried(struct arena *a)
{
	static struct corpus c;
	struct err err = { 0 };
	test_case("every record carried over into a new index");
	random_corpus(&c, a);
	build(&c, a, false);
	CLEANUP(index_builder_free_p) struct index_builder *b = index_builder_new();
	CLEANUP(index_close_p) struct index *next = NULL;
	for (uint32_t i = 0; i < index_count(c.ix); i++) {
		struct config_tree t;
		index_tree(c.ix, i, a, &t);
		CHECK_OK(index_add(b, index_id(c.ix, i), 1, &t, &err), err);
	}
	CHECK_OK(index_finish(b, &next, &err), err);
	CHECK(span_eq(index_bytes(c.ix), index_bytes(next)));
	index_close(c.ix);
}

static void test_damage(struct arena *a)
{
	static struct corpus c;
	struct err err = { 0 };
	struct index *ix = NULL;
	char path[300];
	random_corpus(&c, a);
	build(&c, a, false);
	struct span all = index_bytes(c.ix);

	test_case("every byte altered is seen");
	char *copy = arena_copy(a, all);
	for (size_t i = 0; i < all.n; i += i < 400 ? 1 : 97) {
		copy[i] = (char)(copy[i] ^ 0x41);
		CHECK(!index_of_bytes((struct span){ copy, all.n }, &ix, &err));
		copy[i] = (char)(copy[i] ^ 0x41);
	}
	test_case("every length cut is seen");
	for (size_t n = 0; n < all.n; n += n < 400 ? 1 : 97)
		CHECK_ERR(index_of_bytes((struct span){ copy, n }, &ix, &err), err, ERR_CORRUPT);

	test_case("written, mapped, and refused when cut");
	snprintf(path, sizeof path, "%s/index", test_folder());
	CHECK_ERR(index_open(path, &ix, &err), err, ERR_NOT_FOUND);
	CHECK_OK(index_write(c.ix, path, &err), err);
	CHECK_OK(index_open(path, &ix, &err), err);
	CHECK(ix && span_eq(index_bytes(ix), all));
	index_close(ix);
	CHECK(truncate(path, (off_t)all.n - 8) == 0);
	CHECK_ERR(index_open(path, &ix, &err), err, ERR_CORRUPT);
	index_close(c.ix);
}

static void test_empty(struct arena *a)
{
	struct err err = { 0 };
	struct index *ix = NULL;
	uint32_t cve, name;
	test_case("an empty index");
	CLEANUP(index_builder_free_p) struct index_builder *b = index_builder_new();
	CHECK_OK(index_add(b, SPAN("CVE-2020-0001"), 1, &(struct config_tree){ 0 }, &err), err);
	CHECK_OK(index_finish(b, &ix, &err), err);
	CHECK_INT(index_count(ix), 0);
	CHECK(!index_find(ix, SPAN("CVE-2020-0001"), &cve));
	CLEANUP(matcher_free_p) struct matcher *m = matcher_new(ix, MATCH_LENIENT);
	CHECK_OK(matcher_name(m, SPAN("cpe:2.3:a:v:p:1:*:*:*:*:*:*:*"), &name, &err), err);
	CHECK_INT(matcher_ask(m, &name, 1).n, 0);
	CHECK_INT(matcher_ask(m, NULL, 0).n, 0);
	CHECK(!matcher_name(m, SPAN("cpe:2.3:a:v"), &name, &err));
	index_close(ix);
	(void)a;
}

int main(void)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(1u << 30, 2u << 30);
	hash_start();
	test_random(a);
	test_carried(a);
	test_damage(a);
	test_empty(a);
	return test_end();
}
