#pragma once
/*
 * Does a CVE apply to a host?  The slow, obviously right evaluator: the oracle of the index (vuln/index.h)
 * and the source of every explanation.  Semantics: NVD "Running On/With" and the matching oracle of the test
 * data.
 *
 * A leaf matches an installed name when
 *   its criteria's version is not ANY, or it has no bounds:  the names match;
 *   else:  all other attributes match and the installed version lies within the bounds; NA never does.
 * Names match strictly when the criteria are EQUAL to or a SUPERSET of the installed name on each attribute,
 * leniently when no attribute is DISJOINT: an installed ANY then agrees with everything, also with any range.
 * A node is the OR or AND of its leaves, a configuration that of its nodes; negate inverts after combining.
 * Empty nodes do not count; a configuration without a node that counts is false, negated or not. The CVE
 * applies when a configuration is true and, in one of its true nodes, a leaf with vulnerable:true matched.
 */
#include "vuln/config.h"

enum match_mode {
	MATCH_STRICT, /* A */
	MATCH_LENIENT, /* B */
	MATCH_PLATFORM_UNKNOWN, /* C: lenient, and nodes whose leaves are all vulnerable:false do not count */
};

/* "strict", "lenient", "platform-unknown"; false for anything else. */
bool match_mode_parse(struct span text, enum match_mode *ret);
const char *match_mode_name(enum match_mode mode);

bool eval_leaf(const struct config_leaf *leaf, const struct cpe *installed, enum match_mode mode);
bool eval_applies(const struct config_tree *t, const struct cpe *installed, size_t n, enum match_mode mode);

/* One leaf that matched one installed name, in a true node of a true configuration. */
struct eval_hit {
	size_t configuration, node;          /* indexes into the tree */
	const struct config_leaf *leaf;
	size_t installed;                    /* index of the installed name */
	unsigned assumed; /* bit 1 << attribute: the installed name leaves it open (lenient modes) */
	bool platform_assumed; /* a platform node of this configuration was taken as given (mode C) */
};

/* The bits of eval_hit.assumed, of a leaf that matches. */
unsigned eval_assumed(const struct config_leaf *leaf, const struct cpe *installed);

struct eval_result {
	size_t n;
	struct eval_hit *hits;               /* by configuration; of each node one leaf per installed name */
};

/* As eval_applies(), with what matched.  Memory is the arena's. */
bool eval_explain(const struct config_tree *t, const struct cpe *installed, size_t n, enum match_mode mode,
		  struct arena *a, struct eval_result *ret);
/* The explanation as JSON: [{configuration, vulnerable:[{criteria, bounds…, installed, assumed}],
 * platform:[…], platform_assumed}].  installed is the name as the inventory has it. */
json_t *eval_json(const struct eval_result *r, const struct cpe *installed, struct arena *a);
