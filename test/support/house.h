#pragma once
/*
 * The house under test: the real program with a data folder of its own (in test_folder()), a small city,
 * accounts for every role, a server on a free loopback port.  Built on the scenario runner's parts
 * (scenario/story.h): one client, one starter, one check of answers against the served OpenAPI document.
 *
 * The city: CITY (office) above CO-A (office; units A1, A2), CO-B (office; unit B1) and D1.
 */
#include <signal.h>

#include "base/test.h"
#include "../scenario/story.h"

struct house_account {
	const char *name, *role, *unit;
};

/* Work folder, data folder (not made yet) and clock only, for a city of one's own. */
void house_begin(struct story *s, const char *program);
/* Makes the folder, the units and the accounts; ends the process with a note where that fails. */
void house_make(struct story *s, const char *program, const struct house_account *accounts, size_t n);
/* The same in a folder that s->data names, for a second house of this process. */
void house_fill(struct story *s, const struct house_account *accounts, size_t n);
void house_serve(struct story *s);
bool house_stop(struct story *s); /* SIGTERM to the group; did it end cleanly? */

/* seawall with these words and --data; the exit status.  `input` may be NULL; what it said goes to *ret_said
 * if wanted. */
int house_run(struct story *s, const char *input, char **ret_said, const char *word, ...)
	__attribute__((sentinel));

/* Saves texts of an answer under names: "NAME POINTER, NAME POINTER".  What was not there is a failed check.
 */
void house_save(struct story *s, const json_t *answer, const char *what);

struct ask {
	const char *as, *method, *path; /* {name} is what was saved */
	const char *json; /* body as JSON text with {name}, or NULL */
	const char *raw; /* or bytes as they are */
	size_t raw_n;
	const char *type, *key, *header, *value, *until; /* Content-Type, Idempotency-Key, one more header */
};

/*
 * One request; the status, or -1 where no answer came.  Every answer is checked against openapi.json: what
 * does not fit is printed and counted in house_undocumented, which the last case of a test compares with 0.
 */
long house_ask(struct story *s, const struct ask *a, struct answer *ret);
extern int house_undocumented;
/* What the test itself needed and did not get; printed, and counted for the last case too (test.h counts by
 * file). */
extern int house_broken;
#define HOUSE_NEED(condition) \
	((condition) ? (void)0 \
		     : (house_broken++, (void)printf("# %s:%d: %s\n", __FILE__, __LINE__, #condition)))
/* The last cases of a test: answers documented, nothing broken, the server ends cleanly. */
#define HOUSE_END(s) \
	do { \
		test_case("every answer is as openapi.json says"); \
		CHECK_INT(house_undocumented, 0); \
		test_case("the server ends cleanly"); \
		CHECK(house_stop(s)); \
		test_case("all that the test stands on was there"); \
		CHECK_INT(house_broken, 0); \
	} while (0)
/* The same, when only status and one saving matter. */
long house_do(struct story *s, const struct ask *a, const char *save);
const char *house_saved(struct story *s, const char *name);
const char *house_note(struct story *s); /* what the last step that failed said */
