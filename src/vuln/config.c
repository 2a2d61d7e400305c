#include "vuln/config.h"

#include <stdio.h>

static const char *const bound_names[CONFIG_BOUNDS] = {
	[CONFIG_START_INCLUDING] = "versionStartIncluding",
	[CONFIG_START_EXCLUDING] = "versionStartExcluding",
	[CONFIG_END_INCLUDING] = "versionEndIncluding",
	[CONFIG_END_EXCLUDING] = "versionEndExcluding",
};

struct reading {
	struct arena *arena;
	size_t configuration, node, leaf, depth;    /* where it stands, for errors */
	size_t nodes, leaves;                       /* so far */
};

const char *config_bound_name(enum config_bound b)
{
	return bound_names[b];
}

/* Names the place in front of an error; always false. */
static bool at(const struct reading *r, const char *field, struct err *err)
{
	char place[120];
	int n = snprintf(place, sizeof place, "configurations[%zu]", r->configuration);
	if (r->depth >= 1)
		n += snprintf(place + n, sizeof place - (size_t)n, ".nodes[%zu]", r->node);
	if (r->depth >= 2)
		n += snprintf(place + n, sizeof place - (size_t)n, ".cpeMatch[%zu]", r->leaf);
	snprintf(place + n, sizeof place - (size_t)n, "%s%s", *field ? "." : "", field);
	return err_prefix(err, "%s：", "%s: ", place) && false;
}

static bool read_flag(
	const struct reading *r, const json_t *object, const char *key, bool *ret, struct err *err)
{
	const json_t *j = json_object_get(object, key);
	if (json_is_boolean(j))
		*ret = json_is_true(j);
	if (!j || json_is_boolean(j) || json_is_null(j))
		return true;
	err_set(err, ERR_INVALID, "应为 true 或 false", "must be true or false");
	return at(r, key, err);
}

static bool read_operator(const struct reading *r, const json_t *object, bool *ret_all, struct err *err)
{
	const json_t *j = json_object_get(object, "operator");
	struct span text = json_text(j);
	if (!j || json_is_null(j) || span_eq_nocase(text, SPAN("OR"))) {
		*ret_all = false;
		return true;
	}
	if (span_eq_nocase(text, SPAN("AND"))) {
		*ret_all = true;
		return true;
	}
	err_set(err, ERR_INVALID, "应为 AND 或 OR", "must be AND or OR");
	return at(r, "operator", err);
}

/* Bounds are written like versions, some with the quoting of a CPE ("12.2\(33\)"): a backslash is no part of
 * any. */
static bool read_bound(const struct reading *r, const json_t *object, enum config_bound b, struct span *ret,
		       struct err *err)
{
	const json_t *j = json_object_get(object, bound_names[b]);
	struct span text = json_text(j);
	if (!j || json_is_null(j))
		return true;
	if (!json_is_string(j) || text.n > CONFIG_BOUND_MAX) {
		err_set(err, ERR_INVALID, "应为不超过 %d 字节的文本", "must be a text of at most %d bytes",
			CONFIG_BOUND_MAX);
		return at(r, bound_names[b], err);
	}
	char *plain = arena_alloc(r->arena, text.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\\' && i + 1 < text.n)
			i++;
		plain[n++] = text.p[i];
	}
	*ret = (struct span){ plain, n };
	return true;
}

static bool read_leaf(const struct reading *r, const json_t *object, struct config_leaf *ret, struct err *err)
{
	if (!json_is_object(object)) {
		err_set(err, ERR_INVALID, "应为对象", "must be an object");
		return at(r, "", err);
	}
	if (!json_is_boolean(json_object_get(object, "vulnerable"))) {
		err_set(err, ERR_INVALID, "应为 true 或 false", "must be true or false");
		return at(r, "vulnerable", err);
	}
	ret->vulnerable = json_get_bool(object, "vulnerable", true);
	struct span criteria = json_get_text(object, "criteria");
	if (!criteria.p) {
		err_set(err, ERR_INVALID, "缺少 CPE 名称", "the CPE name is missing");
		return at(r, "criteria", err);
	}
	if (!cpe_parse(criteria, r->arena, &ret->criteria, err))
		return at(r, "criteria", err);
	for (enum config_bound b = 0; b < CONFIG_BOUNDS; b++)
		if (!read_bound(r, object, b, &ret->bounds[b], err))
			return false;
	return true;
}

/* An array, or none: *ret_n 0 where it is absent. */
static bool array_size(
	const struct reading *r, const json_t *j, const char *key, size_t *ret_n, struct err *err)
{
	if (!j || json_is_null(j)) {
		*ret_n = 0;
		return true;
	}
	if (json_is_array(j)) {
		*ret_n = json_array_size(j);
		return true;
	}
	err_set(err, ERR_INVALID, "应为数组", "must be an array");
	return at(r, key, err);
}

static bool too_many(const struct reading *r, struct err *err)
{
	err_set(err, ERR_TOO_LARGE, "单条记录的匹配条件过多（至多 %d 个节点、%d 个条件）",
		"too many in one record (at most %d nodes and %d criteria)", CONFIG_NODES_MAX,
		CONFIG_LEAVES_MAX);
	return at(r, "", err);
}

static bool read_node(struct reading *r, const json_t *object, struct config_node *ret, struct err *err)
{
	const json_t *leaves = json_object_get(object, "cpeMatch");
	if (!json_is_object(object)) {
		err_set(err, ERR_INVALID, "应为对象", "must be an object");
		return at(r, "", err);
	}
	if (!read_operator(r, object, &ret->all, err) || !read_flag(r, object, "negate", &ret->negate, err) ||
	    !array_size(r, leaves, "cpeMatch", &ret->n, err))
		return false;
	r->leaves += ret->n;
	if (r->leaves > CONFIG_LEAVES_MAX)
		return too_many(r, err);
	ret->leaves = arena_array(r->arena, ret->n, sizeof *ret->leaves);
	r->depth = 2;
	for (r->leaf = 0; r->leaf < ret->n; r->leaf++)
		if (!read_leaf(r, json_array_get(leaves, r->leaf), &ret->leaves[r->leaf], err))
			return false;
	r->depth = 1;
	return true;
}

static bool read_configuration(
	struct reading *r, const json_t *object, struct configuration *ret, struct err *err)
{
	const json_t *nodes = json_object_get(object, "nodes");
	size_t count;
	if (!json_is_object(object)) {
		err_set(err, ERR_INVALID, "应为对象", "must be an object");
		return at(r, "", err);
	}
	if (!read_operator(r, object, &ret->all, err) || !read_flag(r, object, "negate", &ret->negate, err) ||
	    !array_size(r, nodes, "nodes", &count, err))
		return false;
	r->nodes += count;
	if (r->nodes > CONFIG_NODES_MAX)
		return too_many(r, err);
	ret->nodes = arena_array(r->arena, count, sizeof *ret->nodes);
	r->depth = 1;
	for (r->node = 0; r->node < count; r->node++) {
		struct config_node node = { 0 };
		if (!read_node(r, json_array_get(nodes, r->node), &node, err))
			return false;
		if (node.n)
			ret->nodes[ret->n++] = node;
	}
	r->depth = 0;
	return true;
}

bool config_read(const json_t *configurations, struct arena *a, struct config_tree *ret, struct err *err)
{
	struct reading r = { .arena = a };
	struct config_tree t = { 0 };
	size_t count;
	if (!configurations || json_is_null(configurations)) {
		*ret = t;
		return true;
	}
	if (!json_is_array(configurations))
		return err_field(err, "configurations", "configurations：应为数组",
			"configurations: must be an array");
	count = json_array_size(configurations);
	if (count > CONFIG_NODES_MAX)
		return too_many(&r, err);
	t.p = arena_array(a, count, sizeof *t.p);
	for (; r.configuration < count; r.configuration++) {
		if (!read_configuration(&r, json_array_get(configurations, r.configuration), &t.p[t.n], err))
			return false;
		t.n++;
	}
	*ret = t;
	return true;
}

static json_t *leaf_json(const struct config_leaf *leaf, struct arena *a)
{
	json_t *j = json_object();
	json_object_set_new(j, "vulnerable", json_boolean(leaf->vulnerable));
	json_object_set_new(j, "criteria", json_of_span(cpe_format(&leaf->criteria, a)));
	for (size_t b = 0; b < CONFIG_BOUNDS; b++)
		if (leaf->bounds[b].n)
			json_object_set_new(j, bound_names[b], json_of_span(leaf->bounds[b]));
	return j;
}

static json_t *node_json(const struct config_node *node, struct arena *a)
{
	json_t *j = json_object(), *leaves = json_array();
	json_object_set_new(j, "operator", json_string(node->all ? "AND" : "OR"));
	json_object_set_new(j, "negate", json_boolean(node->negate));
	for (size_t i = 0; i < node->n; i++)
		json_array_append_new(leaves, leaf_json(&node->leaves[i], a));
	json_object_set_new(j, "cpeMatch", leaves);
	return j;
}

json_t *config_json(const struct config_tree *t, struct arena *a)
{
	json_t *all = json_array();
	for (size_t i = 0; i < t->n; i++) {
		const struct configuration *c = &t->p[i];
		json_t *j = json_object(), *nodes = json_array();
		json_object_set_new(j, "operator", json_string(c->all ? "AND" : "OR"));
		json_object_set_new(j, "negate", json_boolean(c->negate));
		for (size_t k = 0; k < c->n; k++)
			json_array_append_new(nodes, node_json(&c->nodes[k], a));
		json_object_set_new(j, "nodes", nodes);
		json_array_append_new(all, j);
	}
	return all;
}
