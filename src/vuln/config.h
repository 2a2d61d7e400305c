#pragma once
/*
 * The `configurations` of an NVD 2.0 `cve` object as a tree: configurations, each of nodes, each of leaves.
 * vulnerability.md 2.1 of the reference; the schema is NVD's CVE API 2.0.
 *
 * reads foreign bytes: fuzzed by nvd_reader_fuzz.c
 */
#include "codec/cpe.h"
#include "codec/json.h"

enum config_bound {
	CONFIG_START_INCLUDING,
	CONFIG_START_EXCLUDING,
	CONFIG_END_INCLUDING,
	CONFIG_END_EXCLUDING,
	CONFIG_BOUNDS
};

/* How much one record may hold: the largest of NVD has 4,891 leaves. */
enum { CONFIG_NODES_MAX = 20000, CONFIG_LEAVES_MAX = 100000, CONFIG_BOUND_MAX = 256 };

struct config_leaf {
	bool vulnerable;
	struct cpe criteria;
	struct span bounds[CONFIG_BOUNDS];          /* plain text without CPE quoting; n == 0: absent */
};

struct config_node {
	bool all, negate;                           /* all: AND, else OR */
	size_t n;
	struct config_leaf *leaves;
};

struct configuration {
	bool all, negate;
	size_t n;
	struct config_node *nodes;
};

struct config_tree {
	size_t n;
	struct configuration *p;
};

/* The name of a bound as the feed has it ("versionStartIncluding"). */
const char *config_bound_name(enum config_bound b);
/* Reads the array; NULL and JSON null are an empty tree.  An absent operator is OR, an absent negate is
 * false.  Nodes without leaves are left out, also out of the counting of the indexes: they are neither true
 * nor false.  Errors name the place ("configurations[0].nodes[1].cpeMatch[3].criteria").  All memory is the
 * arena's. */
NODISCARD bool config_read(
	const json_t *configurations, struct arena *a, struct config_tree *ret, struct err *err);
/* The same back as JSON, in normal form. */
json_t *config_json(const struct config_tree *t, struct arena *a);
