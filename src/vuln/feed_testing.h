#pragma once
/* For the tests of feeds and of match run: a fresh folder, records as text, imports. */
#include <stdio.h>

#include "base/test.h"
#include "os/clock.h"
#include "os/file.h"
#include "vuln/corpus.h"
#include "vuln/feed.h"

struct corpus_house {
	struct store *store;
	struct arena *arena;
	struct op op;
	char path[300];
	char said[4096]; /* notes of the last import */
};

static inline void corpus_must(bool ok, const struct err *err)
{
	if (ok)
		return;
	printf("Bail out! %s\n", err->en);
	exit(1);
}

static inline void corpus_open(struct corpus_house *h, const char *name)
{
	struct err err = { 0 };
	hash_start();
	*h = (struct corpus_house){ .arena = arena_new((size_t)1 << 30, (size_t)2 << 30) };
	snprintf(h->path, sizeof h->path, "%s/%s", test_folder(), name);
	corpus_must(store_open(h->path, STORE_CREATE, &h->store, &err), &err);
	h->op = (struct op){ .store = h->store, .actor = &actor_local, .arena = h->arena, .zh = true };
}

static inline void corpus_close(struct corpus_house *h)
{
	store_close(h->store);
	arena_free(h->arena);
}

static inline int64_t corpus_int(struct corpus_house *h, struct sql_literal sql)
{
	struct err err = { 0 };
	int64_t n = 0;
	bool found = false;
	corpus_must(db_int(store_reader(h->store), sql, V0, &n, &found, &err), &err);
	return found ? n : -1;
}

/* A file of the test folder. */
static inline const char *corpus_file(struct corpus_house *h, const char *name, struct span content)
{
	struct err err = { 0 };
	const char *path = arena_printf(h->arena, "%s/%s", test_folder(), name).p;
	corpus_must(file_replace(path, content, 0600, &err), &err);
	return path;
}

/* "" and the counts when it succeeded, else the English error. */
static inline const char *corpus_import(
	struct corpus_house *h, const char *kind, const char *const *paths, size_t n)
{
	struct err err = { 0 };
	struct command_counts c = { 0 };
	FILE *notes = fmemopen(h->said, sizeof h->said, "w");
	struct feed_how how = {
		.kind = feed_kind_find(span_of(kind)), .paths = paths, .n_paths = n, .notes = notes
	};
	bool ok = feed_import(&h->op, &how, &c, &err);
	fclose(notes);
	if (!ok)
		return arena_printf(h->arena, "%s: %s", err_name(err.code), err.en).p;
	return arena_printf(h->arena, "%lld %lld %lld %lld %lld", (long long)c.read, (long long)c.fresh,
		(long long)c.changed, (long long)c.unchanged, (long long)c.refused)
		.p;
}

/* One record; `match` is the text of its cpeMatch elements. */
static inline struct span corpus_cve(
	struct corpus_house *h, const char *id, const char *status, const char *match)
{
	return arena_printf(h->arena,
		"{\"id\":\"%s\",\"sourceIdentifier\":\"cna@x.example\",\"published\":\"2026-01-02T03:04:05."
		"678\","
		"\"lastModified\":\"2026-02-02T03:04:05.678\",\"vulnStatus\":\"%s\",\"descriptions\":[{"
		"\"lang\":\"es\",\"value\":\"no\"},"
		"{\"lang\":\"en\",\"value\":\"about "
		"%s\"}],\"metrics\":{\"cvssMetricV31\":[{\"source\":\"cna@x.example\",\"type\":\"Secondary\","
		"\"cvssData\":{\"vectorString\":\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/"
		"A:H\",\"baseScore\":1.0}}]},"
		"\"configurations\":[{\"nodes\":[{\"operator\":\"OR\",\"negate\":false,\"cpeMatch\":[%s]}]}],"
		"\"references\":[{\"url\":\"https://x.example/%s\",\"tags\":[\"Patch\"]}]}",
		id, status, id, match, id);
}
