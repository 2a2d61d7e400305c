#include "vuln/index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec/crc32.h"
#include "os/file.h"
#include "vuln/index_format.h"

#define INDEX_BYTES_MAX (UINT64_C(1) << 31)

const uint32_t index_element[IX_SECTIONS] = {
	[IX_TEXT_BYTES] = 1,
	[IX_TEXTS] = sizeof(uint32_t),
	[IX_KEYS] = sizeof(struct index_key),
	[IX_RESTS] = sizeof(struct index_rest),
	[IX_RANGES] = sizeof(struct index_range),
	[IX_PATTERNS] = sizeof(struct index_pattern),
	[IX_POSTS] = sizeof(uint32_t),
	[IX_LEAVES] = sizeof(uint32_t),
	[IX_NODES] = sizeof(struct index_node),
	[IX_CONFIGS] = sizeof(struct index_config),
	[IX_CVES] = sizeof(struct index_cve),
	[IX_ID_BYTES] = 1,
};

uint32_t index_crc(const char *p, uint64_t n)
{
	return crc32_of((struct span){ p, (size_t)n });
}

bool index_is_wild(struct span escaped)
{
	for (size_t i = 0; i < escaped.n; i++) {
		if (escaped.p[i] == '\\')
			i++;
		else if (escaped.p[i] == '*' || escaped.p[i] == '?')
			return true;
	}
	return false;
}

static bool corrupt(struct err *err)
{
	return err_set(err, ERR_CORRUPT, "漏洞索引文件损坏，请重新生成",
		"the vulnerability index is damaged: build it again");
}

static bool header_check(const char *base, uint64_t size, struct err *err)
{
	struct index_header h;
	if (size < sizeof h)
		return corrupt(err);
	memcpy(&h, base, sizeof h);
	if (memcmp(h.magic, INDEX_MAGIC, sizeof h.magic) != 0 || h.endian != INDEX_ENDIAN)
		return corrupt(err);
	if (h.version != INDEX_VERSION)
		return err_set(err, ERR_SCHEMA, "漏洞索引版本为 %u，本程序需要 %d，请重新生成",
			"the vulnerability index has version %u, this program needs %d: build it again",
			h.version, INDEX_VERSION);
	uint32_t crc = h.header_crc;
	h.header_crc = 0;
	if (crc != index_crc((const char *)&h, sizeof h) || h.size != size ||
	    h.crc != index_crc(base + sizeof h, size - sizeof h))
		return corrupt(err);
	for (size_t i = 0; i < IX_SECTIONS; i++) {
		uint64_t bytes;
		if (h.section[i].at % 8 || h.section[i].at < sizeof h || h.section[i].at > size ||
		    __builtin_mul_overflow(h.section[i].count, (uint64_t)index_element[i], &bytes) ||
		    bytes > size - h.section[i].at)
			return corrupt(err);
	}
	return true;
}

static const void *section(const struct index *ix, enum index_section s, uint32_t *ret_count)
{
	struct index_header h;
	memcpy(&h, ix->base, sizeof h);
	*ret_count = (uint32_t)h.section[s].count;
	return ix->base + h.section[s].at;
}

/* Are the firsts of a section in order, beginning with 0 and ending with the count of what they point into?
 */
static bool ascending(const void *first, uint32_t n, size_t stride, uint32_t end)
{
	uint32_t last = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t value;
		memcpy(&value, (const char *)first + (size_t)i * stride, sizeof value);
		if (value < last || (i == 0 && value != 0))
			return false;
		last = value;
	}
	return n > 0 && last == end;
}

static bool texts_check(const struct index *ix, uint32_t keys, uint32_t text_bytes)
{
	if (!ascending(ix->text, ix->texts - INDEX_FIRST_TEXT + 1, sizeof *ix->text, text_bytes))
		return false;
	for (uint32_t i = 0; i < keys; i++)
		if (ix->key[i].part >= ix->texts || ix->key[i].vendor >= ix->texts ||
			ix->key[i].product >= ix->texts)
			return false;
	for (uint32_t i = 0; i < ix->rests; i++)
		for (size_t k = 0; k < INDEX_REST; k++)
			if (ix->rest[i].at[k] >= ix->texts)
				return false;
	for (uint32_t i = 0; i < ix->ranges; i++)
		for (size_t k = 0; k < CONFIG_BOUNDS; k++)
			if (ix->range[i].bound[k] >= ix->texts || ix->range[i].bound[k] == INDEX_NA)
				return false;
	return ix->rests > 0 && ix->ranges > 0;
}

static bool patterns_check(const struct index *ix, uint32_t posts)
{
	for (uint32_t k = 0; k < ix->keys; k++)
		for (uint32_t i = ix->key[k].first_pattern; i < ix->key[k + 1].first_pattern; i++) {
			const struct index_pattern *p = &ix->pattern[i];
			if (p->key != k || p->version >= ix->texts || p->rest >= ix->rests ||
				p->range >= ix->ranges)
				return false;
		}
	for (uint32_t i = 0; i < posts; i++)
		if (ix->posts[i] >= ix->nodes)
			return false;
	return true;
}

static bool tree_check(const struct index *ix, uint32_t leaves)
{
	for (uint32_t i = 0; i < leaves; i++)
		if (ix->leaves[i] >> 1 >= ix->patterns)
			return false;
	for (uint32_t c = 0; c < ix->configs; c++)
		for (uint32_t i = ix->config[c].first_node; i < ix->config[c + 1].first_node; i++)
			if (ix->node[i].config >> NODE_FLAGS != c)
				return false;
	for (uint32_t v = 0; v < ix->cves; v++)
		for (uint32_t i = ix->cve[v].first_config; i < ix->cve[v + 1].first_config; i++)
			if (ix->config[i].cve >> CONFIG_FLAGS != v)
				return false;
	return true;
}

static bool content_check(struct index *ix)
{
	uint32_t posts, leaves, ids, text_bytes;
	ix->text_bytes = section(ix, IX_TEXT_BYTES, &text_bytes);
	ix->text = section(ix, IX_TEXTS, &ix->texts);
	ix->key = section(ix, IX_KEYS, &ix->keys);
	ix->rest = section(ix, IX_RESTS, &ix->rests);
	ix->range = section(ix, IX_RANGES, &ix->ranges);
	ix->pattern = section(ix, IX_PATTERNS, &ix->patterns);
	ix->posts = section(ix, IX_POSTS, &posts);
	ix->leaves = section(ix, IX_LEAVES, &leaves);
	ix->node = section(ix, IX_NODES, &ix->nodes);
	ix->config = section(ix, IX_CONFIGS, &ix->configs);
	ix->cve = section(ix, IX_CVES, &ix->cves);
	ix->id_bytes = section(ix, IX_ID_BYTES, &ids);
	if (!ix->texts || !ix->keys || !ix->patterns || !ix->nodes || !ix->configs || !ix->cves)
		return false;
	ix->texts += INDEX_FIRST_TEXT - 1;
	ix->keys--;
	ix->patterns--;
	ix->nodes--;
	ix->configs--;
	ix->cves--;
	return texts_check(ix, ix->keys, text_bytes) &&
	       ascending(&ix->key[0].first_pattern, ix->keys + 1, sizeof *ix->key, ix->patterns) &&
	       ascending(&ix->pattern[0].first_post, ix->patterns + 1, sizeof *ix->pattern, posts) &&
	       ascending(&ix->node[0].first_leaf, ix->nodes + 1, sizeof *ix->node, leaves) &&
	       ascending(&ix->config[0].first_node, ix->configs + 1, sizeof *ix->config, ix->nodes) &&
	       ascending(&ix->cve[0].first_config, ix->cves + 1, sizeof *ix->cve, ix->configs) &&
	       ascending(&ix->cve[0].id, ix->cves + 1, sizeof *ix->cve, ids) && patterns_check(ix, posts) &&
	       tree_check(ix, leaves);
}

static bool verify(struct index *ix, struct err *err)
{
	if (!header_check(ix->base, ix->size, err))
		return false;
	if (!content_check(ix))
		return corrupt(err);
	ix->wild = calloc(ix->texts, 1);
	if (!ix->wild)
		abort();
	for (uint32_t i = INDEX_FIRST_TEXT; i < ix->texts; i++)
		ix->wild[i] = index_is_wild(index_text(ix, i));
	return true;
}

bool index_adopt(char *base, uint64_t size, bool mapped, struct index **ret, struct err *err)
{
	struct index *ix = calloc(1, sizeof *ix);
	if (!ix)
		abort();
	ix->base = base;
	ix->size = size;
	ix->mapped = mapped;
	if (!verify(ix, err)) {
		index_close(ix);
		return false;
	}
	*ret = ix;
	return true;
}

bool index_open(const char *path, struct index **ret, struct err *err)
{
	CLEANUP(file_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) != 0)
		return err_errno(err, errno, path);
	if (!S_ISREG(st.st_mode) || st.st_size <= 0 || (uint64_t)st.st_size > INDEX_BYTES_MAX)
		return corrupt(err);
	void *base = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (base == MAP_FAILED)
		return err_errno(err, errno, path);
	return index_adopt(base, (uint64_t)st.st_size, true, ret, err);
}

bool index_of_bytes(struct span bytes, struct index **ret, struct err *err)
{
	char *copy = malloc(bytes.n ? bytes.n : 1);
	if (!copy)
		abort();
	if (bytes.n)
		memcpy(copy, bytes.p, bytes.n);
	return index_adopt(copy, bytes.n, false, ret, err);
}

bool index_write(const struct index *ix, const char *path, struct err *err)
{
	return file_replace(path, index_bytes(ix), 0640, err);
}

void index_close(struct index *ix)
{
	if (!ix)
		return;
	if (ix->mapped)
		munmap((void *)(uintptr_t)ix->base, (size_t)ix->size);
	else
		free((void *)(uintptr_t)ix->base);
	free(ix->wild);
	free(ix);
}

void index_close_p(struct index **ix)
{
	index_close(*ix);
	*ix = NULL;
}

struct span index_bytes(const struct index *ix)
{
	return (struct span){ ix->base, (size_t)ix->size };
}

uint32_t index_count(const struct index *ix)
{
	return ix->cves;
}

struct span index_id(const struct index *ix, uint32_t cve)
{
	return (struct span){ ix->id_bytes + ix->cve[cve].id, ix->cve[cve + 1].id - ix->cve[cve].id };
}

bool index_find(const struct index *ix, struct span id, uint32_t *ret_cve)
{
	uint32_t low = 0, high = ix->cves;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = span_cmp(index_id(ix, middle), id);
		if (order == 0) {
			*ret_cve = middle;
			return true;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

struct span index_text(const struct index *ix, uint32_t text)
{
	if (text < INDEX_FIRST_TEXT)
		return SPAN("");
	uint32_t i = text - INDEX_FIRST_TEXT;
	return (struct span){ ix->text_bytes + ix->text[i], ix->text[i + 1] - ix->text[i] };
}

uint32_t index_find_text(const struct index *ix, struct span text)
{
	uint32_t low = INDEX_FIRST_TEXT, high = ix->texts;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = span_cmp(index_text(ix, middle), text);
		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return INDEX_ANY;
}

uint64_t index_origin(const struct index *ix)
{
	struct index_header h;
	memcpy(&h, ix->base, sizeof h);
	return h.origin;
}

static int compare_key(const struct index_key *k, const uint32_t want[3])
{
	const uint32_t have[3] = { k->part, k->vendor, k->product };
	for (size_t i = 0; i < COUNT(have); i++)
		if (have[i] != want[i])
			return have[i] < want[i] ? -1 : 1;
	return 0;
}

bool index_has_product(const struct index *ix, struct span part, struct span vendor, struct span product)
{
	const uint32_t want[3] = { index_find_text(ix, part), index_find_text(ix, vendor),
		index_find_text(ix, product) };
	uint32_t low = 0, high = ix->keys;
	if (want[0] == INDEX_ANY || want[1] == INDEX_ANY || want[2] == INDEX_ANY)
		return false;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = compare_key(&ix->key[middle], want);
		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static void attribute(const struct index *ix, uint32_t text, struct cpe *ret, size_t at)
{
	ret->at[at].kind = text == INDEX_ANY ? CPE_ANY : text == INDEX_NA ? CPE_NA : CPE_VALUE;
	ret->at[at].wild = text >= INDEX_FIRST_TEXT && ix->wild[text];
	ret->at[at].text = index_text(ix, text);
}

void index_criteria(const struct index *ix, const struct index_pattern *p, struct cpe *ret)
{
	const struct index_key *k = &ix->key[p->key];
	attribute(ix, k->part, ret, CPE_PART);
	attribute(ix, k->vendor, ret, CPE_VENDOR);
	attribute(ix, k->product, ret, CPE_PRODUCT);
	attribute(ix, p->version, ret, CPE_VERSION);
	for (size_t i = 0; i < INDEX_REST; i++)
		attribute(ix, ix->rest[p->rest].at[i], ret, CPE_UPDATE + i);
}

static void node_tree(const struct index *ix, uint32_t n, struct arena *a, struct config_node *ret)
{
	const struct index_node *node = &ix->node[n];
	ret->all = node->config & NODE_ALL;
	ret->negate = node->config & NODE_NEGATE;
	ret->n = node[1].first_leaf - node->first_leaf;
	ret->leaves = arena_array(a, ret->n, sizeof *ret->leaves);
	for (size_t i = 0; i < ret->n; i++) {
		uint32_t leaf = ix->leaves[node->first_leaf + i];
		const struct index_pattern *p = &ix->pattern[leaf >> 1];
		ret->leaves[i].vulnerable = leaf & 1;
		index_criteria(ix, p, &ret->leaves[i].criteria);
		for (size_t b = 0; b < CONFIG_BOUNDS; b++)
			ret->leaves[i].bounds[b] = index_text(ix, ix->range[p->range].bound[b]);
	}
}

void index_tree(const struct index *ix, uint32_t cve, struct arena *a, struct config_tree *ret)
{
	const struct index_cve *v = &ix->cve[cve];
	ret->n = v[1].first_config - v->first_config;
	ret->p = arena_array(a, ret->n, sizeof *ret->p);
	for (size_t i = 0; i < ret->n; i++) {
		const struct index_config *c = &ix->config[v->first_config + i];
		struct configuration *to = &ret->p[i];
		to->all = c->cve & CONFIG_ALL;
		to->negate = c->cve & CONFIG_NEGATE;
		to->n = c[1].first_node - c->first_node;
		to->nodes = arena_array(a, to->n, sizeof *to->nodes);
		for (size_t k = 0; k < to->n; k++)
			node_tree(ix, c->first_node + (uint32_t)k, a, &to->nodes[k]);
	}
}
