#include "vuln/eval.h"
#include "base/test.h"

/* Short ways to write a tree: V and P are a vulnerable and a platform leaf for product x of vendor v. */
#define C(product, version) "cpe:2.3:a:v:" product ":" version ":*:*:*:*:*:*:*"
#define V(product, version) "{\"vulnerable\":true,\"criteria\":\"" C(product, version) "\"}"
#define P(product, version) "{\"vulnerable\":false,\"criteria\":\"" C(product, version) "\"}"
#define NODE(op, negate, leaves) "{\"operator\":\"" op "\",\"negate\":" negate ",\"cpeMatch\":[" leaves "]}"
#define CONF(op, negate, nodes) "{\"operator\":\"" op "\",\"negate\":" negate ",\"nodes\":[" nodes "]}"
#define OR(leaves) NODE("OR", "false", leaves)
#define AND(leaves) NODE("AND", "false", leaves)
#define R(bounds) "{\"vulnerable\":true,\"criteria\":\"" C("a", "*") "\"," bounds "}"

/* Hand-computed.  hosts: names of products at version 1 ("a b"), or product=version; want: of modes A, B, C.
 */
static const struct {
	const char *name, *tree, *host, *want;
} cases[] = {
	{ "no configuration", "", "a", "..." },
	{ "one leaf", CONF("OR", "false", OR(V("a", "1"))), "a", "ABC" },
	{ "operator absent is OR", "{\"nodes\":[" OR(V("x", "1")) "," OR(V("a", "1")) "]}", "a", "ABC" },
	{ "another version", CONF("OR", "false", OR(V("a", "1"))), "a=2", "..." },
	{ "installed ANY is possible only", CONF("OR", "false", OR(V("a", "1"))), "a=*", ".BC" },
	{ "installed NA is no version", CONF("OR", "false", OR(V("a", "1"))), "a=-", "..." },
	{ "criterion ANY includes NA", CONF("OR", "false", OR(V("a", "*"))), "a=-", "ABC" },
	{ "criterion NA is only NA", CONF("OR", "false", OR(V("a", "-"))), "a", "..." },
	{ "criterion NA and installed ANY", CONF("OR", "false", OR(V("a", "-"))), "a=*", ".BC" },
	{ "wildcard in a criterion", CONF("OR", "false", OR(V("a", "1.*"))), "a=1.7", "ABC" },
	{ "wildcard in a criterion, not matching", CONF("OR", "false", OR(V("a", "1.*"))), "a=2.7", "..." },
	{ "wildcard installed is undefined", CONF("OR", "false", OR(V("a", "1"))), "a=1*", ".BC" },

	{ "end excluded", CONF("OR", "false", OR(R("\"versionEndExcluding\":\"2\""))), "a=2", "..." },
	{ "end excluded, below", CONF("OR", "false", OR(R("\"versionEndExcluding\":\"2\""))), "a=1.9",
		"ABC" },
	{ "end included, with zeros", CONF("OR", "false", OR(R("\"versionEndIncluding\":\"2.0\""))), "a=2",
		"ABC" },
	{ "start excluded", CONF("OR", "false", OR(R("\"versionStartExcluding\":\"2\""))), "a=2.0", "..." },
	{ "start included", CONF("OR", "false", OR(R("\"versionStartIncluding\":\"2\""))), "a=2.0", "ABC" },
	{ "both ends",
		CONF("OR", "false", OR(R("\"versionStartIncluding\":\"2\",\"versionEndExcluding\":\"3\""))),
		"a=3", "..." },
	{ "numbers, not text", CONF("OR", "false", OR(R("\"versionEndExcluding\":\"10\""))), "a=9", "ABC" },
	{ "a range and installed ANY", CONF("OR", "false", OR(R("\"versionEndExcluding\":\"2\""))), "a=*",
		".BC" },
	{ "a range and installed NA", CONF("OR", "false", OR(R("\"versionEndExcluding\":\"2\""))), "a=-",
		"..." },
	{ "a quoted bound", CONF("OR", "false", OR(R("\"versionEndIncluding\":\"2\\\\(3\\\\)\""))),
		"a=2\\(3\\)", "ABC" },
	{ "bounds beside a version are not looked at",
		CONF("OR", "false",
			OR("{\"vulnerable\":true,\"criteria\":\"" C(
				"a", "1") "\",\"versionEndExcluding\":\"1\"}")),
		"a", "ABC" },

	{ "running on: both", CONF("AND", "false", OR(V("a", "1")) "," OR(P("b", "1"))), "a b", "ABC" },
	{ "running on: platform missing", CONF("AND", "false", OR(V("a", "1")) "," OR(P("b", "1"))), "a",
		"..C" },
	{ "running on: platform alone", CONF("AND", "false", OR(V("a", "1")) "," OR(P("b", "1"))), "b",
		"..." },
	{ "OR with a platform node", CONF("OR", "false", OR(V("a", "1")) "," OR(P("b", "1"))), "b", "..." },
	{ "two vulnerable sides", CONF("AND", "false", OR(V("a", "1")) "," OR(V("b", "1"))), "a", "..." },
	{ "two vulnerable sides, both", CONF("AND", "false", OR(V("a", "1")) "," OR(V("b", "1"))), "a b",
		"ABC" },
	{ "AND of leaves", CONF("OR", "false", AND(V("a", "1") "," V("b", "1"))), "a", "..." },
	{ "AND of leaves, both", CONF("OR", "false", AND(V("a", "1") "," V("b", "1"))), "b a", "ABC" },
	{ "a mixed node is no platform",
		CONF("AND", "false", OR(V("a", "1")) "," OR(P("b", "1") "," V("c", "1"))), "a", "..." },
	{ "a mixed node matched by its platform leaf only",
		CONF("OR", "false", OR(P("b", "1") "," V("c", "1"))), "b", "..." },
	{ "a second configuration",
		CONF("OR", "false", OR(V("x", "1"))) "," CONF("OR", "false", OR(V("a", "1"))), "a", "ABC" },

	{ "an empty AND node is left out", CONF("AND", "false", AND("") "," OR(V("a", "1"))), "a", "ABC" },
	{ "an empty OR node is left out", CONF("AND", "false", OR("") "," OR(V("a", "1"))), "a", "ABC" },
	{ "only empty nodes", CONF("AND", "false", AND("")), "a", "..." },
	{ "no nodes", CONF("AND", "false", ""), "a", "..." },

	{ "negated node: the vulnerable product without x",
		CONF("AND", "false", OR(V("a", "1")) "," NODE("OR", "true", P("x", "1"))), "a", "ABC" },
	{ "negated node: with x, mode C takes it as given",
		CONF("AND", "false", OR(V("a", "1")) "," NODE("OR", "true", P("x", "1"))), "a x", "..C" },
	{ "negated node alone lists nothing where its leaf is missing",
		CONF("OR", "false", NODE("OR", "true", V("a", "1"))), "b", "..." },
	{ "negated node alone is false where its leaf matches",
		CONF("OR", "false", NODE("OR", "true", V("a", "1"))), "a", "..." },
	{ "negated AND node, one of two: true, and a leaf matched in it",
		CONF("OR", "false", NODE("AND", "true", V("a", "1") "," V("b", "1"))), "a", "ABC" },
	{ "negated AND node, both", CONF("OR", "false", NODE("AND", "true", V("a", "1") "," V("b", "1"))),
		"a b", "..." },
	{ "negated node with a vulnerable leaf, not matching, beside another",
		CONF("AND", "false", OR(V("a", "1")) "," NODE("OR", "true", V("x", "1"))), "a", "ABC" },
	{ "negated configuration that matches", CONF("OR", "true", OR(V("a", "1"))), "a", "..." },
	{ "negated configuration that does not", CONF("OR", "true", OR(V("a", "1"))), "b", "..." },
	{ "negated AND configuration: one side true, the other false",
		CONF("AND", "true", OR(V("a", "1")) "," OR(V("b", "1"))), "a", "ABC" },
	{ "negated AND configuration: both true", CONF("AND", "true", OR(V("a", "1")) "," OR(V("b", "1"))),
		"a b", "..." },
	{ "negated AND with platform: C leaves the platform out, so a alone makes it false",
		CONF("AND", "true", OR(V("a", "1")) "," OR(P("b", "1"))), "a", "AB." },
	{ "both negated", CONF("OR", "true", NODE("OR", "true", V("a", "1")) "," OR(V("x", "1"))), "a",
		"..." },
	{ "negated configuration of empty nodes is false", CONF("AND", "true", AND("")), "a", "..." },
	{ "negated empty node is left out", CONF("AND", "false", NODE("OR", "true", "") "," OR(V("a", "1"))),
		"a", "ABC" },
	{ "negated empty node beside a false one",
		CONF("OR", "false", NODE("AND", "true", "") "," OR(V("a", "1"))), "b", "..." },
	{ "negated configuration, empty node left out: OR of one true side",
		CONF("OR", "true", AND("") "," OR(V("a", "1"))), "a", "..." },
};

static size_t host_names(const char *host, struct arena *a, struct cpe *ret)
{
	struct err err = { 0 };
	struct span rest = span_of(host);
	size_t n = 0;
	while (rest.n) {
		struct span version = span_split(&rest, ' '), product = span_split(&version, '=');
		struct span text = arena_printf(a, "cpe:2.3:a:v:%.*s:%.*s:*:*:*:*:*:*:*", SPAN_ARG(product),
						version.n ? (int)version.n : 1, version.n ? version.p : "1");
		CHECK_OK(cpe_parse(text, a, &ret[n++], &err), err);
	}
	return n;
}

static void read_tree(const char *text, struct arena *a, struct config_tree *ret)
{
	struct err err = { 0 };
	CLEANUP(json_free) json_t *j = NULL;
	CHECK_OK(json_parse(arena_printf(a, "[%s]", text), 0, &j, &err), err);
	CHECK_OK(config_read(j, a, ret, &err), err);
}

static const struct {
	const char *tree, *where;
} bad[] = {
	{ "{}", "configurations: must be an array" },
	{ "[7]", "configurations[0]: must be" },
	{ "[{},{\"operator\":\"XOR\"}]", "configurations[1].operator: must be AND or OR" },
	{ "[{\"negate\":\"no\"}]", "configurations[0].negate: " },
	{ "[{\"nodes\":{}}]", "configurations[0].nodes: must be an array" },
	{ "[{\"nodes\":[{},7]}]", "configurations[0].nodes[1]: " },
	{ "[{\"nodes\":[{\"cpeMatch\":[7]}]}]", "configurations[0].nodes[0].cpeMatch[0]: " },
	{ "[{\"nodes\":[{\"cpeMatch\":[" V("a", "1") ",{\"vulnerable\":true}]}]}]",
		"configurations[0].nodes[0].cpeMatch[1].criteria: " },
	{ "[{\"nodes\":[{\"cpeMatch\":[{\"vulnerable\":true,\"criteria\":\"cpe:2.3:a:b\"}]}]}]",
		"configurations[0].nodes[0].cpeMatch[0].criteria: " },
	{ "[{\"nodes\":[{\"cpeMatch\":[{\"criteria\":\"" C("a", "1") "\"}]}]}]",
		"configurations[0].nodes[0].cpeMatch[0].vulnerable: " },
	{ "[{\"nodes\":[{\"cpeMatch\":[" R("\"versionEndExcluding\":2") "]}]}]",
		"configurations[0].nodes[0].cpeMatch[0].versionEndExcluding: " },
};

static void test_explain(struct arena *a)
{
	struct config_tree t;
	struct cpe host[8];
	struct eval_result r;
	struct err err = { 0 };
	CLEANUP(str_done) struct str text = STR(10000);

	test_case("explanation: vulnerable names, platforms, what was assumed");
	read_tree(CONF("OR", "false", OR(V("x", "1"))) "," CONF("AND", "false",
			  OR(V("y", "1") "," R("\"versionEndExcluding\":\"2\"")) "," OR(P("b", "1"))),
		a, &t);
	size_t n = host_names("z b a=1.5", a, host);
	CHECK(eval_explain(&t, host, n, MATCH_STRICT, a, &r));
	CHECK_INT(r.n, 2);
	CLEANUP(json_free) json_t *j = eval_json(&r, host, a);
	CHECK_OK(json_write(j, &text, &err), err);
	CHECK_STR(str_z(&text), "[{\"configuration\":1,\"vulnerable\":[{\"criteria\":\"" C("a", "*") "\","
		  "\"versionEndExcluding\":\"2\",\"installed\":\"" C("a", "1.5") "\"}],"
		  "\"platform\":[{\"criteria\":\"" C("b", "1") "\",\"installed\":\"" C("b", "1") "\"}],"
		  "\"platform_assumed\":false}]");
	n = host_names("a=*", a, host);
	CHECK(!eval_explain(&t, host, n, MATCH_LENIENT, a, &r));
	CHECK_INT(r.n, 0);
	CHECK(eval_explain(&t, host, n, MATCH_PLATFORM_UNKNOWN, a, &r));
	CHECK(r.n == 1 && r.hits[0].platform_assumed && r.hits[0].assumed == 1u << CPE_VERSION);
}

int main(void)
{
	CLEANUP(arena_free_p) struct arena *a = arena_new(64u << 20, 128u << 20);
	hash_start();
	for (size_t i = 0; i < COUNT(cases); i++) {
		test_case("%s", cases[i].name);
		struct config_tree t = { 0 };
		struct cpe host[8];
		struct eval_result r;
		char got[4] = "...";
		read_tree(cases[i].tree, a, &t);
		size_t n = host_names(cases[i].host, a, host);
		for (int mode = 0; mode < 3; mode++) {
			if (eval_applies(&t, host, n, (enum match_mode)mode))
				got[mode] = (char)('A' + mode);
			CHECK(eval_explain(&t, host, n, (enum match_mode)mode, a, &r) == (got[mode] != '.'));
		}
		CHECK_STR(got, cases[i].want);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		test_case("refused: %s", bad[i].where);
		struct err err = { 0 };
		struct config_tree t;
		CLEANUP(json_free) json_t *j = NULL;
		CHECK_OK(json_parse(span_of(bad[i].tree), 0, &j, &err), err);
		CHECK(!config_read(j, a, &t, &err));
		CHECK(span_starts(span_of(err.en), span_of(bad[i].where)));
	}
	test_explain(a);
	test_case("modes by name");
	enum match_mode mode;
	CHECK(match_mode_parse(SPAN("platform-unknown"), &mode) && mode == MATCH_PLATFORM_UNKNOWN);
	CHECK(!match_mode_parse(SPAN("Strict"), &mode));
	return test_end();
}
