#pragma once
/*
 * Inside the room `vuln`: under which CPE name a software instance is matched, and the words for why a CVE
 * applies to it.  A name is never guessed: text without a name gets one only when its vendor and product,
 * lower case and blanks as _, are named so by some criteria of the corpus (as an application, else an
 * operating system, else hardware).
 */
#include "asset/asset.h"
#include "vuln/index.h"

struct installed {
	struct span cpe; /* {NULL,0}: it cannot be matched */
	bool assumed; /* made from text */
};

/* A given name is not looked into: who parses it will say what is wrong with it. */
void installed_name(
	const struct index *ix, const struct asset_software *s, struct arena *a, struct installed *ret);
/* The same software with another version said of it, as the inventory would have it after
 * asset_software_set_version(). */
NODISCARD bool installed_with_version(struct op *op, const struct asset_software *s, struct span version,
	struct asset_software *ret, struct err *err);

/* What one (host, CVE) pair rests on. */
struct installed_host {
	const struct asset_software *const *software; /* beside the names that were matched */
	const struct installed *names;
	size_t n;
};
/* {"mode","software":[{"as":"vulnerable" or
 * "platform","vendor","product","version","cpe","assumed","confidence"}],"configurations":[{"configuration",
 * "vulnerable":[{"criteria",…bounds,"installed"}],"platform":[…]}]}; of many configurations the first
 * EXPLAIN_MAX, then "more".  The same facts give the same text. */
enum { EXPLAIN_MAX = 8, EXPLAIN_BYTES = 64 * 1024 };
NODISCARD bool installed_explain(const struct installed_host *h, const struct eval_result *r, struct arena *a,
	struct span *ret, struct err *err);
/* "< 2.4.62", ">= 2.0, <= 2.9", "= 1.0", "*": the versions a leaf is about, as people read them. */
void installed_range(const struct config_leaf *leaf, struct arena *a, struct str *out);
