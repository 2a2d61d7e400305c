#pragma once
/*
 * What the tests of imports share: a data folder with three units and the command `import assets` run inside
 * the process.
 */
#include <unistd.h>

#include "asset/import.h"
#include "base/test.h"
#include "os/clock.h"

struct bench {
	char folder[200];
	struct store *store;
	struct arena *arena;
	struct op op;
	char out[3000];                       /* what the last command printed */
	struct command_counts counts;          /* its last line */
	struct err err;
};

#define HEADER "unit,system,host,address,exposure,importance,software,vendor,version,cpe\n"

static inline bool bench_exec(struct bench *b, struct sql_literal sql, struct db_values v)
{
	bool ok = op_begin(&b->op, &b->err) && db_exec(op_db(&b->op), sql, v, &b->err) &&
		op_commit(&b->op, &b->err);
	if (!ok)
		op_rollback(&b->op);
	return ok;
}

static inline void bench_done(struct bench *b)
{
	store_close(b->store);
	arena_free(b->arena);
	b->store = NULL;
	b->arena = NULL;
}

static inline bool bench_open(struct bench *b, const char *name, enum store_mode mode)
{
	static const struct import_kind *const kinds[] =
		{ &asset_import_kind, &nmap_import_kind, &sbom_import_kind };
	*b = (struct bench){ 0 };
	import_register(kinds, COUNT(kinds));
	snprintf(b->folder, sizeof b->folder, "%s/%s", test_folder(), name);
	if (!store_open(b->folder, mode, &b->store, &b->err)) {
		printf("# %s\n", b->err.en);
		return false;
	}
	b->arena = arena_new(64u << 20, 256u << 20);
	b->op = (struct op){ .store = b->store, .actor = &actor_local, .arena = b->arena };
	return true;
}

static inline bool bench_new(struct bench *b, const char *name)
{
	if (!bench_open(b, name, STORE_CREATE))
		return false;
	for (int64_t n = 1; n <= 3; n++) {
		char id[UUID_TEXT], code[8];
		snprintf(code, sizeof code, "U%d", (int)n);
		if (!bench_exec(b,
			    SQL("INSERT INTO units (n, id, version, created_at, updated_at, code, name, "
				"short_name, kind,"
				" sector, uscc, sort_order, aliases, phone, note)"
				" VALUES (?, ?, 1, 0, 0, ?, ?, '', 'public_body', 'government', '', 0, '[]', "
				"'', '')"),
			    V(db_i(n), db_z(uuid_make(1, id)), db_z(code), db_z(code)))) {
			printf("# %s\n", b->err.en);
			return false;
		}
	}
	return true;
}

static inline void bench_write(struct bench *b, struct span bytes)
{
	char path[300];
	snprintf(path, sizeof path, "%s/in.csv", b->folder);
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(bytes.p, 1, bytes.n, f) != bytes.n || fclose(f) != 0)
		abort();
}

/* Runs the command on in.csv; counts are -1 where no line of counts was printed. */
static inline bool bench_run(struct bench *b, bool dry)
{
	char path[300];
	snprintf(path, sizeof path, "%s/in.csv", b->folder);
	struct span word = span_of(path);
	struct command_call c = { .op = &b->op, .folder = b->folder, .words = &word, .n_words = 1 };
	if (dry) {
		c.options[0].name = "dry-run";
		c.n_options = 1;
	}
	memset(b->out, 0, sizeof b->out);
	b->err = (struct err){ 0 };
	c.out = fmemopen(b->out, sizeof b->out - 1, "w");
	bool ok = asset_commands[0].run(&c, &b->err);
	fclose(c.out);
	b->counts = (struct command_counts){ -1, -1, -1, -1, -1 };
	const char *last = strstr(b->out, "read ");
	for (const char *next = last; next; next = strstr(next + 1, "\nread "))
		last = next;
	if (last)
		sscanf(last + (*last == '\n'),
			"read %" SCNd64 ", new %" SCNd64 ", changed %" SCNd64 ", unchanged %" SCNd64
			", refused %" SCNd64,
			&b->counts.read, &b->counts.fresh, &b->counts.changed, &b->counts.unchanged,
			&b->counts.refused);
	arena_reset(b->arena);
	return ok;
}

static inline bool bench_import(struct bench *b, struct span bytes)
{
	bench_write(b, bytes);
	return bench_run(b, false);
}

static inline int64_t bench_count(struct bench *b, struct sql_literal sql)
{
	int64_t n = -1;
	bool found;
	struct err err = { 0 };
	if (!db_int(store_reader(b->store), sql, V0, &n, &found, &err))
		printf("# %s\n", err.en);
	return n;
}

#define CHECK_COUNTS(b, read_, new_, changed_, unchanged_, refused_) do { \
	CHECK_INT((b)->counts.read, (read_)); \
	CHECK_INT((b)->counts.fresh, (new_)); \
	CHECK_INT((b)->counts.changed, (changed_)); \
	CHECK_INT((b)->counts.unchanged, (unchanged_)); \
	CHECK_INT((b)->counts.refused, (refused_)); \
} while (0)
