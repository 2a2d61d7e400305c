#pragma once
/*
 * The block behind vuln/index.h, known only to index*.c and matcher.c.  Host byte order; `endian` tells.
 *
 * header, then the sections one after the other, each at a multiple of 8.  Texts are numbered in byte order;
 * 0 and 1 are no texts but stand for ANY (as a bound: absent) and NA.  What refers to "the next one's first"
 * has one more at the end.
 */
#include "vuln/index.h"

#define INDEX_MAGIC "SWVULNIX"
enum { INDEX_VERSION = 2, INDEX_ENDIAN = 0x01020304, INDEX_ANY = 0, INDEX_NA = 1, INDEX_FIRST_TEXT = 2 };

enum index_section {
	IX_TEXT_BYTES,       /* the texts */
	IX_TEXTS,            /* u32: where text number INDEX_FIRST_TEXT + i begins, and one more */
	IX_KEYS,             /* struct index_key, by part, vendor, product, and one more */
	IX_RESTS,            /* struct index_rest; the first is all ANY */
	IX_RANGES,           /* struct index_range; the first is without any bound */
	IX_PATTERNS,         /* struct index_pattern by key, and one more */
	IX_POSTS,            /* u32: nodes in which the pattern is a vulnerable leaf */
	IX_LEAVES,           /* u32: pattern * 2 + vulnerable */
	IX_NODES,            /* struct index_node, and one more */
	IX_CONFIGS,          /* struct index_config, and one more */
	IX_CVES,             /* struct index_cve, and one more */
	IX_ID_BYTES,         /* CVE ids */
	IX_SECTIONS
};

struct index_key {
	uint32_t part, vendor, product;      /* texts */
	uint32_t first_pattern;
};

enum { INDEX_REST = CPE_ATTRIBUTES - CPE_UPDATE };

struct index_rest {
	uint32_t at[INDEX_REST];             /* texts: update … other */
};

struct index_range {
	uint32_t bound[CONFIG_BOUNDS];       /* texts without quoting */
};

struct index_pattern {                       /* one distinct (criteria, bounds) */
	uint32_t key, version, rest, range;
	uint32_t first_post;
};

enum {
	NODE_ALL = 1, NODE_NEGATE = 2, NODE_PLATFORM = 4,   /* platform: no leaf is vulnerable */
	NODE_SURE = 8,           /* one matching vulnerable leaf of it is enough for the CVE */
	NODE_SURE_C = 16,        /* … in mode C */
	NODE_FLAGS = 5,
	CONFIG_ALL = 1, CONFIG_NEGATE = 2, CONFIG_FLAGS = 2,
};

struct index_node {
	uint32_t first_leaf;
	uint32_t config;                     /* config << NODE_FLAGS | flags */
};

struct index_config {
	uint32_t first_node;
	uint32_t cve;                        /* cve << CONFIG_FLAGS | flags */
};

struct index_cve {
	uint32_t first_config, id;           /* id: where it begins in IX_ID_BYTES */
};

struct index_header {
	char magic[8];
	uint32_t version, endian;
	uint64_t size;                       /* of the whole block */
	uint64_t origin;                     /* as given by the maker */
	uint32_t crc;                        /* CRC-32 of everything behind the header */
	uint32_t header_crc;                 /* of the header with this field 0 */
	struct {
		uint64_t at, count;          /* count of elements, the one more included */
	} section[IX_SECTIONS];
};

extern const uint32_t index_element[IX_SECTIONS];   /* bytes of one element */

struct index {
	const char *base;
	uint64_t size;
	bool mapped;
	unsigned char *wild;                 /* per text: holds an unquoted * or ? */
	uint32_t texts;                      /* INDEX_FIRST_TEXT included */
	uint32_t keys, rests, ranges, patterns, nodes, configs, cves;   /* without the one more */
	const char *text_bytes, *id_bytes;
	const uint32_t *text, *posts, *leaves;
	const struct index_key *key;
	const struct index_rest *rest;
	const struct index_range *range;
	const struct index_pattern *pattern;
	const struct index_node *node;
	const struct index_config *config;
	const struct index_cve *cve;
};

/* Takes ownership of base (heap, or mapped) also on failure. */
bool index_adopt(char *base, uint64_t size, bool mapped, struct index **ret, struct err *err);
struct span index_text(const struct index *ix, uint32_t text);     /* "" for ANY and NA */
/* The number of a text (INDEX_ANY where it is in no criteria: nothing can equal it); only for values. */
uint32_t index_find_text(const struct index *ix, struct span text);
/* The criteria of a pattern; its texts point into the block. */
void index_criteria(const struct index *ix, const struct index_pattern *p, struct cpe *ret);
uint32_t index_crc(const char *p, uint64_t n);
bool index_is_wild(struct span escaped);
