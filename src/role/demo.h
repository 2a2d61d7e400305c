#pragma once
/*
 * `seawall demo`: the demonstration city, made in a fresh folder.
 *
 * demo/ holds the city as files (units, persons, assets, vulnerability facts) and its past weeks as a story:
 * who did what on which working day before now.  The files travel in the binary.  Everything goes in through
 * the commands and functions that everybody uses, at the time of the story, by this process's own clock; no
 * row is written past them.  The seed moves the minutes and chooses among alternatives: the same seed at the
 * same time makes the same city, but for ids and passwords.
 */
#include "codec/json.h"
#include "order/calendar.h"
#include "resource/command.h"

struct demo_file {
	const char *name, *text;
	size_t n;
};
extern const struct demo_file demo_files[]; /* made from demo/ at build time */
extern const size_t demo_files_count;

struct demo_name {
	struct span name, id;
}; /* an order of the story, and its id */

struct demo {
	const struct command_call *call;
	struct op *op;
	FILE *quiet; /* where the commands speak to */
	uint64_t seed;
	int64_t now, at; /* the real time at the start; the story's time */
	struct calendar calendar;
	VEC(struct demo_name) orders, notices;
};

/* A command of the house, by its words, with its arguments (NULL-terminated) and options ({name, value or
 * NULL}…, a NULL name at the end; NULL: none). */
struct demo_option {
	const char *name, *value;
};
struct demo_call {
	const char *words, *const *arguments;
	const struct demo_option *options;
	FILE *in;
};
NODISCARD bool demo_command(struct demo *d, const struct demo_call *call, struct err *err);
/* One of the files of demo/, or one of the story's own making, put where a command can read it. */
NODISCARD bool demo_put(
	struct demo *d, const char *name, struct span text, struct span *ret_path, struct err *err);
NODISCARD bool demo_find(const char *name, struct span *ret, struct err *err);

/* Accounts (demo_users.c): those of the table with fresh passwords, kept in accounts.txt; one without for
 * every other liaison and county office, so that the story's words are theirs. */
NODISCARD bool demo_users(struct demo *d, struct err *err);
/* The account that answers for a unit. */
NODISCARD bool demo_liaison(struct demo *d, int64_t unit_n, struct span *ret_name, struct err *err);

/* Tells the whole story (demo_story.c). */
NODISCARD bool demo_story(struct demo *d, struct err *err);
bool run_demo(struct command_call *c, struct err *err);

/* One step of the story (demo_act.c): {"at","who","do",…} at the time d->at, as whoever "who" names. */
NODISCARD bool demo_act(struct demo *d, const json_t *step, struct err *err);
/* A copy of a request in which "+5d", "-3h" and the like became times counted from the story's time. */
json_t *demo_times(const struct demo *d, const json_t *value);
/* The same number for the same seed and place: below `below`. */
uint64_t demo_pick(const struct demo *d, uint64_t place, uint64_t below);
