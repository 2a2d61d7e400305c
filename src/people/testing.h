#pragma once
/* For the tests of this room: a fresh folder with the divisions in it, one operation, and imports from a
 * text. */
#include <stdio.h>

#include "base/test.h"
#include "os/clock.h"
#include "os/file.h"
#include "people/unit.h"

struct house {
	struct store *store;
	struct arena *arena;
	struct op op;
	char path[300];
};

static inline void house_open(struct house *h, const char *name)
{
	static const struct resource *const all[] = { &division_resource, &unit_resource, &person_resource,
		&duty_resource, &user_resource, &grant_resource, &token_resource };
	static const struct import_kind *const kinds[] = { &unit_import_kind, &person_import_kind };
	struct err err = { 0 };
	hash_start();
	import_register(kinds, COUNT(kinds));
	resource_register(all, COUNT(all));
	snprintf(h->path, sizeof h->path, "%s/%s", test_folder(), name);
	h->arena = arena_new(256u << 20, 1024u << 20);
	if (!store_open(h->path, STORE_CREATE, &h->store, &err)) {
		printf("Bail out! %s\n", err.en);
		exit(1);
	}
	h->op = (struct op){ .store = h->store, .actor = &actor_local, .arena = h->arena };
	if (!people_init(&h->op, &err)) {
		printf("Bail out! %s\n", err.en);
		exit(1);
	}
}

static inline void house_close(struct house *h)
{
	store_close(h->store);
	arena_free(h->arena);
}

static inline int64_t house_int(struct house *h, struct sql_literal sql)
{
	struct err err = { 0 };
	int64_t n = 0;
	bool found = false;
	return db_int(op_db(&h->op), sql, V0, &n, &found, &err) && found ? n : -1;
}

static inline bool house_exec(struct house *h, struct sql_literal sql, struct db_values v, struct err *err)
{
	bool ok = op_begin(&h->op, err) && db_exec(op_db(&h->op), sql, v, err) && op_commit(&h->op, err);
	op_rollback(&h->op);
	return ok;
}

typedef bool house_import_fn(struct command_call *c, struct err *err);

/* Imports a text as a file; *ret_said is what the command printed, in the arena. */
static inline bool house_import(struct house *h, house_import_fn *fn, const char *csv, bool dry,
	struct span *ret_said, struct err *err)
{
	char path[400], *said = NULL;
	size_t n = 0;
	snprintf(path, sizeof path, "%s/import.csv", test_folder());
	if (!file_replace(path, span_of(csv), 0600, err))
		return false;
	struct span word = span_of(path);
	struct command_call c = {
		.op = &h->op, .words = &word, .n_words = 1, .out = open_memstream(&said, &n)
	};
	if (dry)
		c.options[c.n_options++].name = "dry-run";
	bool ok = fn(&c, err);
	fclose(c.out);
	*ret_said = span_trim(arena_span(h->arena, (struct span){ said, n }));
	free(said);
	return ok;
}
