#include "vuln/matcher.h"
#include "vuln/version.h"

#include <stdlib.h>

#include "vuln/index_format.h"

enum { NAMES_MAX = 4000000, SETS_MAX = 1000000, ANSWERS_MAX = 8000000, NAME_ARENA = 1024 * 1024 * 1024 };

struct list {
	uint32_t *p, n;
};

struct name {
	struct cpe cpe;
	struct span version;                 /* plain; of a value */
	enum version_scheme scheme;
	bool wild;                           /* any attribute: then only the evaluator knows */
	uint32_t text[CPE_ATTRIBUTES];       /* numbers in the index; of a value it does not know INDEX_ANY */
	struct list patterns;                /* all that match it */
	struct list sure;                    /* CVEs that apply wherever it is installed */
	struct list unsure;                  /* configurations that depend on what else is installed */
};

struct matcher {
	const struct index *ix;
	enum match_mode mode;
	uint32_t sure_flag;
	struct map *names_map, *sets_map;
	VEC(struct name) names;
	struct arena *arena;                 /* texts and lists of the names */
	VEC(uint32_t) always;                /* keys that are not three plain values */
	VEC(uint32_t) found, set, answers, marked;
	uint32_t *pattern_seen, *config_seen, epoch, marked_epoch;
	uint64_t *bits;                      /* one per CVE */
};

static void *zeroed(size_t n, size_t size)
{
	void *p = calloc(n + 1, size);
	if (!p)
		abort();
	return p;
}

static bool plain(const struct index *ix, uint32_t text)
{
	return text >= INDEX_FIRST_TEXT && !ix->wild[text];
}

struct matcher *matcher_new(const struct index *ix, enum match_mode mode)
{
	struct matcher *m = zeroed(1, sizeof *m);
	m->ix = ix;
	m->mode = mode;
	m->sure_flag = mode == MATCH_PLATFORM_UNKNOWN ? NODE_SURE_C : NODE_SURE;
	m->names_map = map_new(NAMES_MAX);
	m->sets_map = map_new(SETS_MAX);
	m->arena = arena_new(NAME_ARENA, SIZE_MAX);
	m->pattern_seen = zeroed(ix->patterns, sizeof *m->pattern_seen);
	m->config_seen = zeroed(ix->configs, sizeof *m->config_seen);
	m->bits = zeroed(ix->cves / 64 + 1, sizeof *m->bits);
	for (uint32_t i = 0; i < ix->keys; i++)
		if (!plain(ix, ix->key[i].part) || !plain(ix, ix->key[i].vendor) ||
			!plain(ix, ix->key[i].product))
			vec_push(&m->always, i);
	return m;
}

void matcher_free(struct matcher *m)
{
	if (!m)
		return;
	map_free(m->names_map);
	map_free(m->sets_map);
	vec_done(&m->names);
	vec_done(&m->always);
	vec_done(&m->found);
	vec_done(&m->set);
	vec_done(&m->answers);
	vec_done(&m->marked);
	arena_free(m->arena);
	free(m->pattern_seen);
	free(m->config_seen);
	free(m->bits);
	free(m);
}

void matcher_free_p(struct matcher **m)
{
	matcher_free(*m);
	*m = NULL;
}

/* A new round of marks in pattern_seen and config_seen. */
static void next_epoch(struct matcher *m)
{
	if (++m->epoch != 0)
		return;
	memset(m->pattern_seen, 0, m->ix->patterns * sizeof *m->pattern_seen);
	memset(m->config_seen, 0, m->ix->configs * sizeof *m->config_seen);
	m->epoch = 1;
}

/* NISTIR 7696 table 6-2 without wildcards, by text numbers. */
static bool attribute_fits(const struct matcher *m, uint32_t criterion, const struct name *name, size_t at)
{
	enum cpe_kind kind = name->cpe.at[at].kind;
	if (criterion == INDEX_ANY)
		return true;
	if (kind == CPE_ANY)
		return m->mode != MATCH_STRICT;
	if (criterion == INDEX_NA || kind == CPE_NA)
		return criterion == INDEX_NA && kind == CPE_NA;
	return criterion == name->text[at];
}

static bool in_range(const struct matcher *m, const struct index_range *r, const struct name *name)
{
	if (name->cpe.at[CPE_VERSION].kind == CPE_NA)
		return false;
	if (name->cpe.at[CPE_VERSION].kind == CPE_ANY)
		return m->mode != MATCH_STRICT;
	for (size_t b = 0; b < CONFIG_BOUNDS; b++) {
		if (!r->bound[b])
			continue;
		int order = version_compare_as(name->scheme, name->version, index_text(m->ix, r->bound[b]));
		if ((b == CONFIG_START_INCLUDING && order < 0) ||
			(b == CONFIG_START_EXCLUDING && order <= 0) ||
			(b == CONFIG_END_INCLUDING && order > 0) || (b == CONFIG_END_EXCLUDING && order >= 0))
			return false;
	}
	return true;
}

static bool slow_match(const struct matcher *m, const struct index_pattern *p, const struct name *name)
{
	struct config_leaf leaf;
	index_criteria(m->ix, p, &leaf.criteria);
	for (size_t b = 0; b < CONFIG_BOUNDS; b++)
		leaf.bounds[b] = index_text(m->ix, m->ix->range[p->range].bound[b]);
	return eval_leaf(&leaf, &name->cpe, m->mode);
}

static bool rest_fits(
	const struct matcher *m, const struct index_rest *rest, const struct name *name, bool *ret_wild)
{
	for (size_t i = 0; i < INDEX_REST; i++) {
		if (m->ix->wild[rest->at[i]])
			*ret_wild = true;
		else if (!attribute_fits(m, rest->at[i], name, CPE_UPDATE + i))
			return false;
	}
	return true;
}

/* Version and the rest; the key is known to match. */
static bool pattern_matches(const struct matcher *m, const struct index_pattern *p, const struct name *name)
{
	bool wild = m->ix->wild[p->version], range = p->version == INDEX_ANY && p->range;
	if (!wild && !range && !attribute_fits(m, p->version, name, CPE_VERSION))
		return false;
	if (p->rest && !rest_fits(m, &m->ix->rest[p->rest], name, &wild))
		return false;
	if (wild)
		return slow_match(m, p, name);
	return !range || in_range(m, &m->ix->range[p->range], name);
}

static void match_key(struct matcher *m, uint32_t key, const struct name *name, bool slow)
{
	const struct index_key *k = &m->ix->key[key];
	for (uint32_t i = k->first_pattern; i < k[1].first_pattern; i++) {
		const struct index_pattern *p = &m->ix->pattern[i];
		if (slow ? slow_match(m, p, name) : pattern_matches(m, p, name))
			vec_push(&m->found, i);
	}
}

static int key_cmp(const struct index_key *k, const uint32_t text[3])
{
	const uint32_t at[3] = { k->part, k->vendor, k->product };
	for (size_t i = 0; i < 3; i++)
		if (at[i] != text[i])
			return at[i] < text[i] ? -1 : 1;
	return 0;
}

static bool find_key(const struct index *ix, const uint32_t text[3], uint32_t *ret)
{
	uint32_t low = 0, high = ix->keys;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = key_cmp(&ix->key[middle], text);
		if (order == 0) {
			*ret = middle;
			return true;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static int by_number(const void *x, const void *y)
{
	const uint32_t *a = x, *b = y;
	return (*a > *b) - (*a < *b);
}

/* Every pattern that matches the name, into found, ascending. */
static void find_patterns(struct matcher *m, const struct name *name)
{
	const struct index *ix = m->ix;
	bool plain_name = !name->wild;
	for (size_t at = CPE_PART; at <= CPE_PRODUCT; at++)
		plain_name = plain_name && name->cpe.at[at].kind == CPE_VALUE;
	m->found.n = 0;
	if (!plain_name) {
		for (uint32_t k = 0; k < ix->keys; k++)
			match_key(m, k, name, true);
		return;
	}
	for (size_t i = 0; i < m->always.n; i++)
		match_key(m, m->always.p[i], name, true);
	size_t before = m->found.n;
	uint32_t key;
	if (name->text[CPE_PART] && name->text[CPE_VENDOR] && name->text[CPE_PRODUCT] &&
	    find_key(ix, name->text, &key))
		match_key(m, key, name, false);
	if (before)
		qsort(m->found.p, m->found.n, sizeof *m->found.p, by_number);
}

static struct list keep(struct matcher *m, const uint32_t *p, size_t n)
{
	struct list l = { arena_array(m->arena, n + 1, sizeof *p), (uint32_t)n };
	if (n)
		memcpy(l.p, p, n * sizeof *p);
	return l;
}

static bool bit(const struct matcher *m, uint32_t cve)
{
	return m->bits[cve / 64] >> cve % 64 & 1;
}

static void set_bit(struct matcher *m, uint32_t cve)
{
	m->bits[cve / 64] |= UINT64_C(1) << cve % 64;
}

/* The CVEs marked, ascending, behind what is in `to`; the marks are taken away. */
static void take_bits(struct matcher *m)
{
	m->found.n = 0;
	for (size_t w = 0; w < m->ix->cves / 64 + 1u; w++)
		for (; m->bits[w]; m->bits[w] &= m->bits[w] - 1)
			vec_push(&m->found, (uint32_t)w * 64 + (uint32_t)__builtin_ctzll(m->bits[w]));
}

/* From the patterns of a name to the CVEs that need nothing else and the configurations that do. */
static void split_posts(struct matcher *m, struct name *name)
{
	const struct index *ix = m->ix;
	next_epoch(m);
	m->set.n = 0;
	for (uint32_t i = 0; i < name->patterns.n; i++) {
		const struct index_pattern *p = &ix->pattern[name->patterns.p[i]];
		for (uint32_t k = p->first_post; k < p[1].first_post; k++) {
			uint32_t node = ix->node[ix->posts[k]].config, config = node >> NODE_FLAGS;
			if (node & m->sure_flag) {
				set_bit(m, ix->config[config].cve >> CONFIG_FLAGS);
			} else if (m->config_seen[config] != m->epoch) {
				m->config_seen[config] = m->epoch;
				vec_push(&m->set, config);
			}
		}
	}
	size_t n = 0;
	for (size_t i = 0; i < m->set.n; i++)
		if (!bit(m, ix->config[m->set.p[i]].cve >> CONFIG_FLAGS))
			m->set.p[n++] = m->set.p[i];
	name->unsure = keep(m, m->set.p, n);
	take_bits(m);
	name->sure = keep(m, m->found.p, m->found.n);
}

static struct span unquote(struct span text, struct arena *a)
{
	char *to = arena_alloc(a, text.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\\' && i + 1 < text.n)
			i++;
		to[n++] = text.p[i];
	}
	return (struct span){ to, n };
}

bool matcher_name(struct matcher *m, struct span cpe, uint32_t *ret_name, struct err *err)
{
	struct name name = { 0 };
	const uint64_t *known = map_find(m->names_map, cpe);
	if (known) {
		*ret_name = (uint32_t)*known;
		return true;
	}
	if (map_count(m->names_map) >= NAMES_MAX || arena_over(m->arena))
		return err_set(err, ERR_TOO_LARGE, "软件名称过多", "too many installed names");
	if (!cpe_parse(cpe, m->arena, &name.cpe, err))
		return false;
	for (size_t at = 0; at < CPE_ATTRIBUTES; at++) {
		name.wild = name.wild || name.cpe.at[at].wild;
		if (name.cpe.at[at].kind == CPE_VALUE)
			name.text[at] = index_find_text(m->ix, name.cpe.at[at].text);
	}
	if (name.cpe.at[CPE_VERSION].kind == CPE_VALUE)
		name.version = unquote(name.cpe.at[CPE_VERSION].text, m->arena);
	name.scheme = version_scheme_of(name.cpe.at[CPE_VENDOR].text, name.cpe.at[CPE_PRODUCT].text);
	find_patterns(m, &name);
	name.patterns = keep(m, m->found.p, m->found.n);
	split_posts(m, &name);
	*ret_name = (uint32_t)m->names.n;
	map_put(m->names_map, cpe, m->names.n, NULL);
	vec_push(&m->names, name);
	return true;
}

const struct cpe *matcher_cpe(const struct matcher *m, uint32_t name)
{
	return &m->names.p[name].cpe;
}

/* The node's value by the marked patterns; *ret_vulnerable: one of its vulnerable leaves matched. */
static bool node_true(const struct matcher *m, const struct index_node *n, bool *ret_vulnerable)
{
	bool any = false, every = true, vulnerable = false;
	for (uint32_t i = n->first_leaf; i < n[1].first_leaf; i++) {
		uint32_t leaf = m->ix->leaves[i];
		bool hit = m->pattern_seen[leaf >> 1] == m->epoch;
		any = any || hit;
		every = every && hit;
		vulnerable = vulnerable || (hit && leaf & 1);
		/* An OR of which all is known. */
		if (hit && (vulnerable || n->config & NODE_PLATFORM) && !(n->config & NODE_ALL))
			break;
	}
	*ret_vulnerable = vulnerable;
	return (n->config & NODE_ALL ? every : any) != !!(n->config & NODE_NEGATE);
}

/* A platform node that the mode takes as given. */
static bool skipped(const struct matcher *m, const struct index_node *n)
{
	return m->mode == MATCH_PLATFORM_UNKNOWN && n->config & NODE_PLATFORM;
}

static bool config_applies(const struct matcher *m, uint32_t config)
{
	const struct index_config *c = &m->ix->config[config];
	bool any = false, every = true, counted = false, vulnerable = false;
	for (uint32_t i = c->first_node; i < c[1].first_node; i++) {
		const struct index_node *n = &m->ix->node[i];
		bool v;
		if (skipped(m, n))
			continue;
		bool value = node_true(m, n, &v);
		counted = true;
		any = any || value;
		every = every && value;
		vulnerable = vulnerable || (value && v);
	}
	return vulnerable && counted && (c->cve & CONFIG_ALL ? every : any) != !!(c->cve & CONFIG_NEGATE);
}

/* A new round, in which the patterns that match any of these names are marked. */
static void mark_patterns(struct matcher *m, const uint32_t *names, size_t n)
{
	next_epoch(m);
	for (size_t i = 0; i < n; i++) {
		struct list l = m->names.p[names[i]].patterns;
		for (uint32_t k = 0; k < l.n; k++)
			m->pattern_seen[l.p[k]] = m->epoch;
	}
}

static void mark_unsure(struct matcher *m, const uint32_t *names, size_t n)
{
	mark_patterns(m, names, n);
	for (size_t i = 0; i < n; i++) {
		struct list l = m->names.p[names[i]].unsure;
		for (uint32_t k = 0; k < l.n; k++) {
			uint32_t config = l.p[k], cve = m->ix->config[config].cve >> CONFIG_FLAGS;
			if (bit(m, cve) || m->config_seen[config] == m->epoch)
				continue;
			m->config_seen[config] = m->epoch;
			if (config_applies(m, config))
				set_bit(m, cve);
		}
	}
}

/* The names sorted and each once, in set. */
static struct span normal_set(struct matcher *m, const uint32_t *names, size_t n)
{
	m->set.n = 0;
	for (size_t i = 0; i < n; i++)
		vec_push(&m->set, names[i]);
	if (n)
		qsort(m->set.p, n, sizeof *m->set.p, by_number);
	size_t once = 0;
	for (size_t i = 0; i < n; i++)
		if (i == 0 || m->set.p[i] != m->set.p[i - 1])
			m->set.p[once++] = m->set.p[i];
	m->set.n = once;
	return (struct span){ (const char *)m->set.p, once * sizeof *m->set.p };
}

static void forget_answers(struct matcher *m)
{
	map_free(m->sets_map);
	m->sets_map = map_new(SETS_MAX);
	m->answers.n = 0;
}

struct matcher_answer matcher_ask(struct matcher *m, const uint32_t *names, size_t n)
{
	struct span set = normal_set(m, names, n);
	const uint64_t *known = map_find(m->sets_map, set);
	if (known)
		return (struct matcher_answer){ *known & UINT32_MAX, m->answers.p + (*known >> 32) };
	bool unsure = false;
	for (size_t i = 0; i < m->set.n; i++) {
		const struct name *name = &m->names.p[m->set.p[i]];
		unsure = unsure || name->unsure.n;
		for (uint32_t k = 0; k < name->sure.n; k++)
			set_bit(m, name->sure.p[k]);
	}
	if (unsure)
		mark_unsure(m, m->set.p, m->set.n);
	take_bits(m);
	if (m->answers.n + m->found.n > ANSWERS_MAX || map_count(m->sets_map) + 1 >= SETS_MAX)
		forget_answers(m);
	size_t at = m->answers.n, count = m->found.n;
	vec_reserve(&m->answers, at + count + 1);
	if (count)
		memcpy(m->answers.p + at, m->found.p, count * sizeof *m->found.p);
	m->answers.n += count;
	map_put(m->sets_map, set, (uint64_t)at << 32 | count, NULL);
	return (struct matcher_answer){ count, m->answers.p + at };
}

static bool name_matches(const struct name *name, uint32_t pattern)
{
	return name->patterns.n &&
		bsearch(&pattern, name->patterns.p, name->patterns.n, sizeof pattern, by_number);
}

static struct config_leaf *leaf_of(const struct matcher *m, uint32_t leaf, struct arena *a)
{
	const struct index_pattern *p = &m->ix->pattern[leaf >> 1];
	struct config_leaf *to = ARENA_NEW(a, struct config_leaf);
	to->vulnerable = leaf & 1;
	index_criteria(m->ix, p, &to->criteria);
	for (size_t b = 0; b < CONFIG_BOUNDS; b++)
		to->bounds[b] = index_text(m->ix, m->ix->range[p->range].bound[b]);
	return to;
}

struct hits {
	VEC(struct eval_hit) v;
};

/* Of a true node the first leaf that matches each name, vulnerable ones before platform ones. */
static void explain_node(struct matcher *m, const struct index_node *node, struct eval_hit like,
	const uint32_t *names, size_t n, struct hits *to)
{
	m->found.n = 0;
	for (uint32_t i = node->first_leaf; i < node[1].first_leaf; i++)
		if (m->pattern_seen[m->ix->leaves[i] >> 1] == m->epoch)
			vec_push(&m->found, m->ix->leaves[i]);
	for (size_t k = 0; k < n; k++) {
		const struct name *name = &m->names.p[names[k]];
		const uint32_t *found = NULL;
		for (size_t i = 0; i < m->found.n && !(found && *found & 1); i++)
			if ((!found || m->found.p[i] & 1) && name_matches(name, m->found.p[i] >> 1))
				found = &m->found.p[i];
		if (!found)
			continue;
		like.leaf = leaf_of(m, *found, to->v.arena);
		like.installed = k;
		like.assumed = m->mode == MATCH_STRICT ? 0 : eval_assumed(like.leaf, &name->cpe);
		vec_push(&to->v, like);
	}
}

/* Marks the patterns of these names, unless they are those marked last. */
static void mark_names(struct matcher *m, const uint32_t *names, size_t n)
{
	if (m->marked_epoch == m->epoch && m->marked.n == n &&
		(n == 0 || memcmp(m->marked.p, names, n * sizeof *names) == 0))
		return;
	m->marked.n = 0;
	for (size_t i = 0; i < n; i++)
		vec_push(&m->marked, names[i]);
	mark_patterns(m, names, n);
	m->marked_epoch = m->epoch;
}

bool matcher_explain(struct matcher *m, uint32_t cve, const uint32_t *names, size_t n, struct arena *a,
	struct eval_result *ret)
{
	const struct index_cve *v = &m->ix->cve[cve];
	struct hits hits = { { .arena = a } };
	mark_names(m, names, n);
	for (uint32_t c = v->first_config; c < v[1].first_config; c++) {
		const struct index_config *config = &m->ix->config[c];
		struct eval_hit like = { .configuration = c - v->first_config };
		if (!config_applies(m, c))
			continue;
		for (uint32_t i = config->first_node; i < config[1].first_node; i++)
			if (skipped(m, &m->ix->node[i]))
				like.platform_assumed = true;
		for (uint32_t i = config->first_node; i < config[1].first_node; i++) {
			const struct index_node *node = &m->ix->node[i];
			bool vulnerable;
			like.node = i - config->first_node;
			if (!skipped(m, node) && node_true(m, node, &vulnerable))
				explain_node(m, node, like, names, n, &hits);
		}
	}
	*ret = (struct eval_result){ hits.v.n, hits.v.p };
	return hits.v.n > 0;
}
