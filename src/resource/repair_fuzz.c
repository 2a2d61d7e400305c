#include <stdlib.h>

#include "resource/repair.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct repair_word words[] = { { "机关", "public_body" }, { "office", "office" }, { NULL, NULL } };

/* A repair gives valid text, says why when it marks, and leaves alone what it has put right. */
static void try_one(repair_fn *repair, struct span in, struct arena *a)
{
	struct repaired once = { .value = SPAN("") }, twice = { .value = SPAN("") };
	repair(in, words, a, &once);
	if (!utf8_valid(once.value) || (once.mark != REPAIR_NONE && !once.why.zh[0]))
		abort();
	if (once.mark == REPAIR_FAULT || repair == repair_word)
		return;
	repair(once.value, words, a, &twice);
	if (twice.mark != REPAIR_NONE || !span_eq(once.value, twice.value))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static repair_fn *const repairs[] = { repair_text, repair_long, repair_code, repair_name,
		repair_phone, repair_mail,
		repair_date, repair_number, repair_word };
	static bool started;
	if (!started)
		hash_start();
	started = true;
	struct span in = { (const char *)data, size }, parts[8], name, phone;
	if (size > 4096 || !utf8_valid(in))
		return 0;
	CLEANUP(arena_free_p) struct arena *a = arena_new(64u << 20, 512u << 20);
	for (size_t i = 0; i < COUNT(repairs); i++)
		try_one(repairs[i], in, a);
	(void)repair_key(in, a);
	(void)repair_is_nothing(in);
	if (repair_split(in, parts, COUNT(parts)) > COUNT(parts))
		abort();
	if (repair_split_contact(in, a, &name, &phone) && (!name.n || !phone.n))
		abort();
	return 0;
}
