#include <stdlib.h>

#include "vuln/index_format.h"

enum {
	TEXTS_MAX = 8000000,
	PATTERNS_MAX = 8000000,
	CVES_MAX = 4000000,
	NODES_MAX = 1 << 26,
	LEAVES_MAX = 1 << 28
};
#define UNUSED UINT32_MAX

struct added {                           /* one CVE */
	struct span id;                  /* in the ids map */
	uint64_t rank;
	uint32_t first_config, n;        /* a range of configs */
};

struct sortable { /* up to eight numbers, compared in order, and where it stood before */
	uint32_t at[8], was;
};

struct sortable_text {
	struct span text;
	uint32_t was;
};

/* Numbers are in order of arrival here; index_finish() brings them into their own order.  Entities that only
 * replaced records used are not carried over. */
struct index_builder {
	struct map *text_map, *key_map, *rest_map, *range_map, *pattern_map, *id_map;
	VEC(struct index_key) keys;
	VEC(struct index_rest) rests;
	VEC(struct index_range) ranges;
	VEC(struct index_pattern) patterns;
	VEC(uint32_t) leaves;
	VEC(struct index_node) nodes;
	VEC(struct index_config) configs;
	VEC(struct added) cves;
	uint64_t origin;
};

static struct span bytes_of(const void *p, size_t n)
{
	return (struct span){ p, n };
}

struct index_builder *index_builder_new(void)
{
	struct index_builder *b = calloc(1, sizeof *b);
	if (!b)
		abort();
	b->text_map = map_new(TEXTS_MAX);
	b->key_map = map_new(PATTERNS_MAX);
	b->rest_map = map_new(PATTERNS_MAX);
	b->range_map = map_new(PATTERNS_MAX);
	b->pattern_map = map_new(PATTERNS_MAX);
	b->id_map = map_new(CVES_MAX);
	struct index_rest any = { { 0 } };
	struct index_range none = { { 0 } };
	map_put(b->rest_map, bytes_of(&any, sizeof any), 0, NULL);
	map_put(b->range_map, bytes_of(&none, sizeof none), 0, NULL);
	vec_push(&b->rests, any);
	vec_push(&b->ranges, none);
	return b;
}

void index_builder_free(struct index_builder *b)
{
	if (!b)
		return;
	map_free(b->text_map);
	map_free(b->key_map);
	map_free(b->rest_map);
	map_free(b->range_map);
	map_free(b->pattern_map);
	map_free(b->id_map);
	vec_done(&b->keys);
	vec_done(&b->rests);
	vec_done(&b->ranges);
	vec_done(&b->patterns);
	vec_done(&b->leaves);
	vec_done(&b->nodes);
	vec_done(&b->configs);
	vec_done(&b->cves);
	free(b);
}

void index_builder_free_p(struct index_builder **b)
{
	index_builder_free(*b);
	*b = NULL;
}

static uint32_t text_number(struct index_builder *b, struct span text)
{
	return (uint32_t)*map_put(b->text_map, text, map_count(b->text_map) + INDEX_FIRST_TEXT, NULL);
}

static uint32_t attribute_number(struct index_builder *b, const struct cpe *c, size_t at)
{
	if (c->at[at].kind == CPE_ANY)
		return INDEX_ANY;
	return c->at[at].kind == CPE_NA ? INDEX_NA : text_number(b, c->at[at].text);
}

static uint32_t key_number(struct index_builder *b, const struct cpe *c)
{
	struct index_key key = { attribute_number(b, c, CPE_PART), attribute_number(b, c, CPE_VENDOR),
				 attribute_number(b, c, CPE_PRODUCT), 0 };
	bool is_new;
	uint32_t n = (uint32_t)*map_put(b->key_map, bytes_of(&key, sizeof key), b->keys.n, &is_new);
	if (is_new)
		vec_push(&b->keys, key);
	return n;
}

static uint32_t rest_number(struct index_builder *b, const struct cpe *c)
{
	struct index_rest rest;
	bool is_new, any = true;
	for (size_t i = 0; i < INDEX_REST; i++) {
		rest.at[i] = attribute_number(b, c, CPE_UPDATE + i);
		any = any && rest.at[i] == INDEX_ANY;
	}
	if (any)
		return 0;
	uint32_t n = (uint32_t)*map_put(b->rest_map, bytes_of(&rest, sizeof rest), b->rests.n, &is_new);
	if (is_new)
		vec_push(&b->rests, rest);
	return n;
}

static uint32_t range_number(struct index_builder *b, const struct config_leaf *leaf)
{
	struct index_range range = { { 0 } };
	bool is_new, none = true;
	for (size_t i = 0; i < CONFIG_BOUNDS; i++)
		if (leaf->bounds[i].n) {
			range.bound[i] = text_number(b, leaf->bounds[i]);
			none = false;
		}
	if (none)
		return 0;
	uint32_t n = (uint32_t)*map_put(b->range_map, bytes_of(&range, sizeof range), b->ranges.n, &is_new);
	if (is_new)
		vec_push(&b->ranges, range);
	return n;
}

static uint32_t pattern_number(struct index_builder *b, const struct config_leaf *leaf)
{
	struct index_pattern p = { key_number(b, &leaf->criteria),
		attribute_number(b, &leaf->criteria, CPE_VERSION), rest_number(b, &leaf->criteria),
		range_number(b, leaf), 0 };
	bool is_new;
	uint32_t n = (uint32_t)*map_put(b->pattern_map, bytes_of(&p, sizeof p), b->patterns.n, &is_new);
	if (is_new)
		vec_push(&b->patterns, p);
	return n;
}

static bool room(const struct index_builder *b, const struct config_tree *t, struct err *err)
{
	uint64_t nodes = b->nodes.n, leaves = b->leaves.n;
	for (size_t i = 0; i < t->n; i++)
		for (size_t k = 0; k < t->p[i].n; k++) {
			nodes++;
			leaves += t->p[i].nodes[k].n;
		}
	/* Of each kind at most so many more as there are new leaves, each with at most 15 texts. */
	uint64_t more = leaves - b->leaves.n;
	if (nodes < NODES_MAX && leaves < LEAVES_MAX && b->cves.n < CVES_MAX - 1 &&
		b->configs.n + t->n < NODES_MAX && b->patterns.n + more < PATTERNS_MAX &&
		map_count(b->text_map) + 15 * more < TEXTS_MAX)
		return true;
	return err_set(err, ERR_TOO_LARGE, "漏洞索引已满", "the vulnerability index is full");
}

static bool is_platform(const struct config_node *n)
{
	for (size_t i = 0; i < n->n; i++)
		if (n->leaves[i].vulnerable)
			return false;
	return true;
}

static void add_node(struct index_builder *b, const struct configuration *c, const struct config_node *n,
		     const size_t usable[2])
{
	uint32_t flags = (n->all ? NODE_ALL : 0u) | (n->negate ? NODE_NEGATE : 0u);
	bool sure = !c->negate && !n->negate && (!n->all || n->n == 1);
	if (is_platform(n))
		flags |= NODE_PLATFORM;
	else if (sure)
		flags |= (!c->all || usable[0] == 1 ? NODE_SURE : 0u) |
			(!c->all || usable[1] == 1 ? NODE_SURE_C : 0u);
	vec_push(&b->nodes, (struct index_node){ (uint32_t)b->leaves.n, flags });
	for (size_t i = 0; i < n->n; i++)
		vec_push(&b->leaves, pattern_number(b, &n->leaves[i]) << 1 | n->leaves[i].vulnerable);
}

static void add_configuration(struct index_builder *b, const struct configuration *c)
{
	size_t usable[2] = { 0, 0 };         /* all nodes with leaves; those that are more than platform */
	for (size_t i = 0; i < c->n; i++) {
		usable[0] += c->nodes[i].n > 0;
		usable[1] += c->nodes[i].n > 0 && !is_platform(&c->nodes[i]);
	}
	/* Without a vulnerable leaf it can list nothing. */
	if (usable[1] == 0)
		return;
	vec_push(&b->configs,
		(struct index_config){ (uint32_t)b->nodes.n,
			(c->all ? CONFIG_ALL : 0u) | (c->negate ? CONFIG_NEGATE : 0u) });
	for (size_t i = 0; i < c->n; i++)
		if (c->nodes[i].n)
			add_node(b, c, &c->nodes[i], usable);
}

bool index_add(struct index_builder *b, struct span cve_id, uint64_t rank, const struct config_tree *t,
	struct err *err)
{
	bool is_new;
	if (!room(b, t, err))
		return false;
	uint32_t n = (uint32_t)*map_put(b->id_map, cve_id, b->cves.n, &is_new);
	if (is_new)
		vec_push(&b->cves, (struct added){ .rank = rank });
	else if (rank < b->cves.p[n].rank)
		return true;
	struct added *cve = &b->cves.p[n];
	cve->rank = rank;
	cve->first_config = (uint32_t)b->configs.n;
	for (size_t i = 0; i < t->n; i++)
		add_configuration(b, &t->p[i]);
	cve->n = (uint32_t)b->configs.n - cve->first_config;
	return true;
}

/* ---- finishing ---- */

struct finish {
	struct index_builder *b;
	uint32_t *text, *key, *rest, *range, *pattern;    /* old number to new; UNUSED */
	VEC(struct sortable_text) texts;
	VEC(uint32_t) posts;
	uint32_t *post_count;                              /* per new pattern */
	uint32_t n_pattern, n_key, n_rest, n_range, n_cve, n_config, n_node, n_leaf;
	uint64_t text_bytes, id_bytes;
	struct index_header h;
	char *base;
};

static uint32_t *numbers(size_t n, int fill)
{
	uint32_t *p = malloc((n + 1) * sizeof *p);
	if (!p)
		abort();
	memset(p, fill, (n + 1) * sizeof *p);
	return p;
}

static int by_numbers(const void *x, const void *y)
{
	const struct sortable *a = x, *b = y;
	for (size_t i = 0; i < COUNT(a->at); i++)
		if (a->at[i] != b->at[i])
			return a->at[i] < b->at[i] ? -1 : 1;
	return 0;
}

static int by_text(const void *x, const void *y)
{
	const struct sortable_text *a = x, *b = y;
	return span_cmp(a->text, b->text);
}

static int by_id(const void *x, const void *y)
{
	const struct added *a = x, *b = y;
	return span_cmp(a->id, b->id);
}

/* What the patterns in use use themselves. */
static void mark_parts(struct finish *f)
{
	const struct index_builder *b = f->b;
	f->rest[0] = f->range[0] = 0;
	for (size_t i = 0; i < b->patterns.n; i++)
		if (f->pattern[i] != UNUSED) {
			const struct index_pattern *p = &b->patterns.p[i];
			f->key[p->key] = f->rest[p->rest] = f->range[p->range] = f->text[p->version] = 0;
		}
	for (size_t i = 0; i < b->keys.n; i++)
		if (f->key[i] != UNUSED)
			f->text[b->keys.p[i].part] = f->text[b->keys.p[i].vendor] =
				f->text[b->keys.p[i].product] = 0;
	for (size_t i = 0; i < b->rests.n; i++)
		for (size_t k = 0; k < INDEX_REST && f->rest[i] != UNUSED; k++)
			f->text[b->rests.p[i].at[k]] = 0;
	for (size_t i = 0; i < b->ranges.n; i++)
		for (size_t k = 0; k < CONFIG_BOUNDS && f->range[i] != UNUSED; k++)
			f->text[b->ranges.p[i].bound[k]] = 0;
}

/* Live CVEs by id, and what they use. */
static void mark(struct finish *f)
{
	struct index_builder *b = f->b;
	size_t at = 0, live = 0;
	struct span id;
	uint64_t n;
	while (map_next(b->id_map, &at, &id, &n))
		b->cves.p[n].id = id;
	for (size_t i = 0; i < b->cves.n; i++)
		if (b->cves.p[i].n)
			b->cves.p[live++] = b->cves.p[i];
	b->cves.n = live;
	if (live)
		qsort(b->cves.p, live, sizeof *b->cves.p, by_id);
	vec_push(&b->configs, (struct index_config){ (uint32_t)b->nodes.n, 0 });
	vec_push(&b->nodes, (struct index_node){ (uint32_t)b->leaves.n, 0 });
	for (size_t i = 0; i < live; i++) {
		const struct added *cve = &b->cves.p[i];
		uint32_t first = b->configs.p[cve->first_config].first_node;
		uint32_t last = b->configs.p[cve->first_config + cve->n].first_node;
		f->n_config += cve->n;
		f->n_node += last - first;
		f->n_leaf += b->nodes.p[last].first_leaf - b->nodes.p[first].first_leaf;
		f->id_bytes += cve->id.n;
		for (uint32_t k = b->nodes.p[first].first_leaf; k < b->nodes.p[last].first_leaf; k++)
			f->pattern[b->leaves.p[k] >> 1] = 0;
	}
	f->n_cve = (uint32_t)live;
	mark_parts(f);
}

static void order_texts(struct finish *f)
{
	size_t at = 0;
	struct span text;
	uint64_t n;
	while (map_next(f->b->text_map, &at, &text, &n))
		if (f->text[n] != UNUSED) {
			vec_push(&f->texts, (struct sortable_text){ text, (uint32_t)n });
			f->text_bytes += text.n;
		}
	if (f->texts.n)
		qsort(f->texts.p, f->texts.n, sizeof *f->texts.p, by_text);
	for (size_t i = 0; i < f->texts.n; i++)
		f->text[f->texts.p[i].was] = (uint32_t)i + INDEX_FIRST_TEXT;
	f->text[INDEX_ANY] = INDEX_ANY;
	f->text[INDEX_NA] = INDEX_NA;
}

/* Sorts what is used of one kind and notes the new numbers; the sorted rows stay the caller's to free. */
static struct sortable *order(struct sortable *rows, uint32_t n, uint32_t *number)
{
	if (n)
		qsort(rows, n, sizeof *rows, by_numbers);
	for (uint32_t i = 0; i < n; i++)
		number[rows[i].was] = i;
	return rows;
}

static struct sortable *rows_new(size_t n)
{
	struct sortable *rows = calloc(n + 1, sizeof *rows);
	if (!rows)
		abort();
	return rows;
}

static void lay_out(struct finish *f)
{
	const uint64_t count[IX_SECTIONS] = {
		[IX_TEXT_BYTES] = f->text_bytes, [IX_TEXTS] = f->texts.n + 1, [IX_KEYS] = f->n_key + 1u,
		[IX_RESTS] = f->n_rest, [IX_RANGES] = f->n_range, [IX_PATTERNS] = f->n_pattern + 1u,
		[IX_POSTS] = f->posts.n, [IX_LEAVES] = f->n_leaf, [IX_NODES] = f->n_node + 1u,
		[IX_CONFIGS] = f->n_config + 1u, [IX_CVES] = f->n_cve + 1u, [IX_ID_BYTES] = f->id_bytes,
	};
	uint64_t at = sizeof f->h;
	memcpy(f->h.magic, INDEX_MAGIC, sizeof f->h.magic);
	f->h.version = INDEX_VERSION;
	f->h.origin = f->b->origin;
	f->h.endian = INDEX_ENDIAN;
	for (size_t i = 0; i < IX_SECTIONS; i++) {
		f->h.section[i].at = at;
		f->h.section[i].count = count[i];
		at = (at + count[i] * index_element[i] + 7) / 8 * 8;
	}
	f->h.size = at;
	f->base = calloc(1, at);
	if (!f->base)
		abort();
}

static void put(struct finish *f, enum index_section s, uint64_t n, const void *element)
{
	memcpy(f->base + f->h.section[s].at + n * index_element[s], element, index_element[s]);
}

/* Which nodes use each pattern: with the CVEs in order, and so the nodes, each list ascends.  *ret: per
 * pattern the end of its list in posts. */
static void make_posts(struct finish *f)
{
	struct index_builder *b = f->b;
	uint32_t *last = numbers(f->n_pattern, 0xFF), *fill = numbers(f->n_pattern, 0);
	f->post_count = numbers(f->n_pattern, 0);
	for (int pass = 0; pass < 2; pass++) {
		uint32_t node = 0, sum = 0;
		if (pass == 1) {
			for (uint32_t i = 0; i < f->n_pattern; i++) {
				fill[i] = sum;
				sum += f->post_count[i];
			}
			vec_reserve(&f->posts, sum + 1u);
			f->posts.n = sum;
			memset(last, 0xFF, f->n_pattern * sizeof *last);
		}
		for (size_t i = 0; i < b->cves.n; i++) {
			const struct added *cve = &b->cves.p[i];
			uint32_t first = b->configs.p[cve->first_config].first_node;
			uint32_t end = b->configs.p[cve->first_config + cve->n].first_node;
			for (uint32_t k = first; k < end; k++, node++)
				for (uint32_t l = b->nodes.p[k].first_leaf; l < b->nodes.p[k + 1].first_leaf;
					l++) {
					uint32_t p = f->pattern[b->leaves.p[l] >> 1];
					if (!(b->leaves.p[l] & 1) || last[p] == node)
						continue;
					last[p] = node;
					if (pass == 0)
						f->post_count[p]++;
					else
						f->posts.p[fill[p]++] = node;
				}
		}
	}
	free(last);
	free(fill);
}

static void put_texts(struct finish *f)
{
	uint32_t at = 0;
	for (size_t i = 0; i < f->texts.n; i++) {
		struct span t = f->texts.p[i].text;
		put(f, IX_TEXTS, i, &at);
		memcpy(f->base + f->h.section[IX_TEXT_BYTES].at + at, t.p, t.n);
		at += (uint32_t)t.n;
	}
	put(f, IX_TEXTS, f->texts.n, &at);
}

static void put_keys(struct finish *f, const struct sortable *keys, const struct sortable *patterns)
{
	uint32_t p = 0, post = 0;
	for (uint32_t i = 0; i < f->n_key; i++) {
		struct index_key key = { keys[i].at[0], keys[i].at[1], keys[i].at[2], p };
		put(f, IX_KEYS, i, &key);
		for (; p < f->n_pattern && patterns[p].at[0] == i; p++) {
			const uint32_t *at = patterns[p].at;
			struct index_pattern pattern = { at[0], at[1], at[2], at[3], post };
			put(f, IX_PATTERNS, p, &pattern);
			post += f->post_count[p];
		}
	}
	put(f, IX_KEYS, f->n_key, &(struct index_key){ 0, 0, 0, f->n_pattern });
	put(f, IX_PATTERNS, f->n_pattern, &(struct index_pattern){ 0, 0, 0, 0, post });
	for (size_t i = 0; i < f->posts.n; i++)
		put(f, IX_POSTS, i, &f->posts.p[i]);
}

static void put_trees(struct finish *f)
{
	struct index_builder *b = f->b;
	uint32_t config = 0, node = 0, leaf = 0, id = 0;
	for (uint32_t v = 0; v < f->n_cve; v++) {
		const struct added *cve = &b->cves.p[v];
		put(f, IX_CVES, v, &(struct index_cve){ config, id });
		memcpy(f->base + f->h.section[IX_ID_BYTES].at + id, cve->id.p, cve->id.n);
		id += (uint32_t)cve->id.n;
		for (uint32_t i = cve->first_config; i < cve->first_config + cve->n; i++, config++) {
			const struct index_config *c = &b->configs.p[i];
			put(f, IX_CONFIGS, config,
				&(struct index_config){ node, v << CONFIG_FLAGS | c->cve });
			for (uint32_t k = c->first_node; k < c[1].first_node; k++, node++) {
				const struct index_node *n = &b->nodes.p[k];
				put(f, IX_NODES, node,
					&(struct index_node){ leaf, config << NODE_FLAGS | n->config });
				for (uint32_t l = n->first_leaf; l < n[1].first_leaf; l++, leaf++) {
					uint32_t old = b->leaves.p[l],
						 new = f->pattern[old >> 1] << 1 | (old & 1);
					put(f, IX_LEAVES, leaf, &new);
				}
			}
		}
	}
	put(f, IX_CVES, f->n_cve, &(struct index_cve){ config, id });
	put(f, IX_CONFIGS, config, &(struct index_config){ node, 0 });
	put(f, IX_NODES, node, &(struct index_node){ leaf, 0 });
}

static struct sortable *order_keys(struct finish *f)
{
	struct sortable *rows = rows_new(f->b->keys.n);
	for (size_t i = 0; i < f->b->keys.n; i++) {
		const struct index_key *k = &f->b->keys.p[i];
		if (f->key[i] != UNUSED)
			rows[f->n_key++] = (struct sortable){ { f->text[k->part], f->text[k->vendor],
								f->text[k->product] }, (uint32_t)i };
	}
	return order(rows, f->n_key, f->key);
}

static struct sortable *order_rests(struct finish *f)
{
	struct sortable *rows = rows_new(f->b->rests.n);
	for (size_t i = 0; i < f->b->rests.n; i++) {
		if (f->rest[i] == UNUSED)
			continue;
		struct sortable *row = &rows[f->n_rest++];
		row->was = (uint32_t)i;
		for (size_t k = 0; k < INDEX_REST; k++)
			row->at[k] = f->text[f->b->rests.p[i].at[k]];
	}
	return order(rows, f->n_rest, f->rest);
}

static struct sortable *order_ranges(struct finish *f)
{
	struct sortable *rows = rows_new(f->b->ranges.n);
	for (size_t i = 0; i < f->b->ranges.n; i++) {
		if (f->range[i] == UNUSED)
			continue;
		struct sortable *row = &rows[f->n_range++];
		row->was = (uint32_t)i;
		for (size_t k = 0; k < CONFIG_BOUNDS; k++)
			row->at[k] = f->text[f->b->ranges.p[i].bound[k]];
	}
	return order(rows, f->n_range, f->range);
}

static struct sortable *order_patterns(struct finish *f)
{
	struct sortable *rows = rows_new(f->b->patterns.n);
	for (size_t i = 0; i < f->b->patterns.n; i++) {
		const struct index_pattern *p = &f->b->patterns.p[i];
		if (f->pattern[i] != UNUSED)
			rows[f->n_pattern++] = (struct sortable){
				{ f->key[p->key], f->text[p->version], f->rest[p->rest], f->range[p->range] },
				(uint32_t)i
			};
	}
	return order(rows, f->n_pattern, f->pattern);
}

void index_set_origin(struct index_builder *b, uint64_t origin)
{
	b->origin = origin;
}

bool index_finish(struct index_builder *b, struct index **ret, struct err *err)
{
	struct finish f = { .b = b, .text = numbers(map_count(b->text_map) + INDEX_FIRST_TEXT, 0xFF),
			    .key = numbers(b->keys.n, 0xFF), .rest = numbers(b->rests.n, 0xFF),
			    .range = numbers(b->ranges.n, 0xFF), .pattern = numbers(b->patterns.n, 0xFF) };
	mark(&f);
	order_texts(&f);
	struct sortable *keys = order_keys(&f), *rests = order_rests(&f), *ranges = order_ranges(&f);
	struct sortable *patterns = order_patterns(&f);
	make_posts(&f);
	lay_out(&f);
	put_texts(&f);
	put_keys(&f, keys, patterns);
	for (uint32_t i = 0; i < f.n_rest; i++)
		put(&f, IX_RESTS, i, rests[i].at);
	for (uint32_t i = 0; i < f.n_range; i++)
		put(&f, IX_RANGES, i, ranges[i].at);
	put_trees(&f);
	f.h.crc = index_crc(f.base + sizeof f.h, f.h.size - sizeof f.h);
	f.h.header_crc = index_crc((const char *)&f.h, sizeof f.h);
	memcpy(f.base, &f.h, sizeof f.h);
	void *const scratch[] = { keys, rests, ranges, patterns, f.text, f.key, f.rest, f.range, f.pattern,
				  f.post_count };
	for (size_t i = 0; i < COUNT(scratch); i++)
		free(scratch[i]);
	vec_done(&f.texts);
	vec_done(&f.posts);
	return index_adopt(f.base, f.h.size, false, ret, err);
}
