#include "vuln/eval.h"
#include "vuln/cpe_match.h"
#include "vuln/version.h"

static const char *const mode_names[] = {
	[MATCH_STRICT] = "strict",
	[MATCH_LENIENT] = "lenient",
	[MATCH_PLATFORM_UNKNOWN] = "platform-unknown",
};

static const char *const attribute_names[CPE_ATTRIBUTES] = {
	"part",
	"vendor",
	"product",
	"version",
	"update",
	"edition",
	"language",
	"sw_edition",
	"target_sw",
	"target_hw",
	"other",
};

bool match_mode_parse(struct span text, enum match_mode *ret)
{
	for (size_t i = 0; i < COUNT(mode_names); i++)
		if (span_is(text, mode_names[i])) {
			*ret = (enum match_mode)i;
			return true;
		}
	return false;
}

const char *match_mode_name(enum match_mode mode)
{
	return mode_names[mode];
}

static bool relation_fits(enum cpe_relation r, enum match_mode mode)
{
	if (mode == MATCH_STRICT)
		return r == CPE_EQUAL || r == CPE_SUPERSET;
	return r != CPE_DISJOINT;
}

static bool has_bounds(const struct config_leaf *leaf)
{
	for (size_t b = 0; b < CONFIG_BOUNDS; b++)
		if (leaf->bounds[b].n)
			return true;
	return false;
}

/* The version text without the quoting of CPE. */
static struct span unquote(struct span text, char *to, size_t room)
{
	size_t n = 0;
	for (size_t i = 0; i < text.n && n < room; i++) {
		if (text.p[i] == '\\' && i + 1 < text.n)
			i++;
		to[n++] = text.p[i];
	}
	return (struct span){ to, n };
}

static bool in_range(const struct config_leaf *leaf, const struct cpe *installed, enum match_mode mode)
{
	char plain[CPE_TEXT_MAX];
	if (installed->at[CPE_VERSION].kind == CPE_NA)
		return false;
	if (installed->at[CPE_VERSION].kind == CPE_ANY || installed->at[CPE_VERSION].wild)
		return mode != MATCH_STRICT;
	struct span v = unquote(installed->at[CPE_VERSION].text, plain, sizeof plain);
	const struct span *b = leaf->bounds;
	enum version_scheme scheme =
		version_scheme_of(installed->at[CPE_VENDOR].text, installed->at[CPE_PRODUCT].text);
	return (!b[CONFIG_START_INCLUDING].n ||
		version_compare_as(scheme, v, b[CONFIG_START_INCLUDING]) >= 0) &&
	       (!b[CONFIG_START_EXCLUDING].n || version_compare_as(scheme, v,
	       b[CONFIG_START_EXCLUDING]) > 0) &&
	       (!b[CONFIG_END_INCLUDING].n || version_compare_as(scheme, v, b[CONFIG_END_INCLUDING]) <= 0) &&
	       (!b[CONFIG_END_EXCLUDING].n || version_compare_as(scheme, v, b[CONFIG_END_EXCLUDING]) < 0);
}

bool eval_leaf(const struct config_leaf *leaf, const struct cpe *installed, enum match_mode mode)
{
	bool range = leaf->criteria.at[CPE_VERSION].kind == CPE_ANY && has_bounds(leaf);
	for (int at = 0; at < CPE_ATTRIBUTES; at++) {
		if (at == CPE_VERSION && range)
			continue;
		if (!relation_fits(cpe_relate(&leaf->criteria, installed, (enum cpe_attribute)at), mode))
			return false;
	}
	return !range || in_range(leaf, installed, mode);
}

static bool leaf_matches(
	const struct config_leaf *leaf, const struct cpe *installed, size_t n, enum match_mode mode)
{
	for (size_t i = 0; i < n; i++)
		if (eval_leaf(leaf, &installed[i], mode))
			return true;
	return false;
}

static bool platform_only(const struct config_node *node)
{
	for (size_t i = 0; i < node->n; i++)
		if (node->leaves[i].vulnerable)
			return false;
	return true;
}

static bool counts(const struct config_node *node, enum match_mode mode)
{
	return node->n > 0 && !(mode == MATCH_PLATFORM_UNKNOWN && platform_only(node));
}

static bool node_true(
	const struct config_node *node, const struct cpe *installed, size_t n, enum match_mode mode)
{
	bool value = node->all;
	for (size_t i = 0; i < node->n; i++) {
		bool leaf = leaf_matches(&node->leaves[i], installed, n, mode);
		value = node->all ? value && leaf : value || leaf;
	}
	return value != node->negate;
}

static bool configuration_true(const struct configuration *c, const struct cpe *installed, size_t n,
			       enum match_mode mode)
{
	bool value = c->all, any = false;
	for (size_t i = 0; i < c->n; i++) {
		if (!counts(&c->nodes[i], mode))
			continue;
		bool node = node_true(&c->nodes[i], installed, n, mode);
		any = true;
		value = c->all ? value && node : value || node;
	}
	return any && value != c->negate;
}

static bool vulnerable_matched(const struct config_node *node, const struct cpe *installed, size_t n,
			       enum match_mode mode)
{
	for (size_t i = 0; i < node->n; i++)
		if (node->leaves[i].vulnerable && leaf_matches(&node->leaves[i], installed, n, mode))
			return true;
	return false;
}

static bool configuration_applies(const struct configuration *c, const struct cpe *installed, size_t n,
				  enum match_mode mode)
{
	if (!configuration_true(c, installed, n, mode))
		return false;
	for (size_t i = 0; i < c->n; i++)
		if (counts(&c->nodes[i], mode) && node_true(&c->nodes[i], installed, n, mode) &&
		    vulnerable_matched(&c->nodes[i], installed, n, mode))
			return true;
	return false;
}

bool eval_applies(const struct config_tree *t, const struct cpe *installed, size_t n, enum match_mode mode)
{
	for (size_t i = 0; i < t->n; i++)
		if (configuration_applies(&t->p[i], installed, n, mode))
			return true;
	return false;
}

unsigned eval_assumed(const struct config_leaf *leaf, const struct cpe *installed)
{
	unsigned bits = 0;
	for (int at = 0; at < CPE_ATTRIBUTES; at++) {
		enum cpe_relation r = cpe_relate(&leaf->criteria, installed, (enum cpe_attribute)at);
		if (r == CPE_SUBSET || r == CPE_UNDEFINED)
			bits |= 1u << at;
	}
	bool open = installed->at[CPE_VERSION].kind == CPE_ANY || installed->at[CPE_VERSION].wild;
	if (open && has_bounds(leaf) && leaf->criteria.at[CPE_VERSION].kind == CPE_ANY)
		bits |= 1u << CPE_VERSION;
	return bits;
}

/* VEC() makes a type of its own wherever it stands: this one is passed around. */
struct hits {
	VEC(struct eval_hit) v;
};

/* The first leaf of the node that matches each installed name, vulnerable ones before platform ones. */
static void explain_node(const struct config_node *node, struct eval_hit like, const struct cpe *installed,
	size_t n, enum match_mode mode, struct hits *to)
{
	for (size_t k = 0; k < n; k++) {
		const struct config_leaf *found = NULL;
		for (size_t i = 0; i < node->n && !(found && found->vulnerable); i++) {
			const struct config_leaf *leaf = &node->leaves[i];
			if ((!found || leaf->vulnerable) && eval_leaf(leaf, &installed[k], mode))
				found = leaf;
		}
		if (!found)
			continue;
		like.leaf = found;
		like.installed = k;
		like.assumed = eval_assumed(found, &installed[k]);
		vec_push(&to->v, like);
	}
}

bool eval_explain(const struct config_tree *t, const struct cpe *installed, size_t n, enum match_mode mode,
		  struct arena *a, struct eval_result *ret)
{
	struct hits hits = { { .arena = a } };
	for (size_t i = 0; i < t->n; i++) {
		const struct configuration *c = &t->p[i];
		if (!configuration_applies(c, installed, n, mode))
			continue;
		struct eval_hit like = { .configuration = i };
		for (size_t k = 0; k < c->n; k++)
			if (!counts(&c->nodes[k], mode))
				like.platform_assumed = true;
		for (like.node = 0; like.node < c->n; like.node++) {
			const struct config_node *node = &c->nodes[like.node];
			if (counts(node, mode) && node_true(node, installed, n, mode))
				explain_node(node, like, installed, n, mode, &hits);
		}
	}
	*ret = (struct eval_result){ hits.v.n, hits.v.p };
	return hits.v.n > 0;
}

static json_t *hit_json(const struct eval_hit *h, const struct cpe *installed, struct arena *a)
{
	json_t *j = json_object();
	json_object_set_new(j, "criteria", json_of_span(cpe_format(&h->leaf->criteria, a)));
	for (enum config_bound b = 0; b < CONFIG_BOUNDS; b++)
		if (h->leaf->bounds[b].n)
			json_object_set_new(j, config_bound_name(b), json_of_span(h->leaf->bounds[b]));
	json_object_set_new(j, "installed", json_of_span(cpe_format(&installed[h->installed], a)));
	if (!h->assumed)
		return j;
	json_t *open = json_array();
	for (size_t at = 0; at < CPE_ATTRIBUTES; at++)
		if (h->assumed & 1u << at)
			json_array_append_new(open, json_string(attribute_names[at]));
	json_object_set_new(j, "assumed", open);
	return j;
}

json_t *eval_json(const struct eval_result *r, const struct cpe *installed, struct arena *a)
{
	json_t *all = json_array(), *of = NULL;
	for (size_t i = 0; i < r->n; i++) {
		const struct eval_hit *h = &r->hits[i];
		if (i == 0 || h->configuration != r->hits[i - 1].configuration) {
			of = json_object();
			json_object_set_new(of, "configuration", json_integer((json_int_t)h->configuration));
			json_object_set_new(of, "vulnerable", json_array());
			json_object_set_new(of, "platform", json_array());
			json_object_set_new(of, "platform_assumed", json_boolean(h->platform_assumed));
			json_array_append_new(all, of);
		}
		json_array_append_new(json_object_get(of, h->leaf->vulnerable ? "vulnerable" : "platform"),
				      hit_json(h, installed, a));
	}
	return all;
}
