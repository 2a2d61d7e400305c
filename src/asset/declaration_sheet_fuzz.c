/* Any bytes as a declaration's sheet: refused, or an answer of bounded size. */
#include "asset/declaration_sheet.h"
#include "asset/software_choice.h"
#include "base/hash.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool started;
	struct span bytes = { (const char *)data, size };
	struct err err = { 0 };
	struct problems problems = { .n = 0 };
	if (!started)
		hash_start();
	started = true;
	CLEANUP(arena_free_p) struct arena *a = arena_new(8u << 20, 256u << 20);
	struct op op = { .arena = a, .problems = &problems, .zh = true };
	CLEANUP(table_close_p) struct table *t = NULL;
	CLEANUP(json_free) json_t *answer = NULL;
	if (size < 512 && utf8_valid(bytes)) {
		struct software_text s;
		software_text_read(bytes, a, &s);
	}
	if (table_open_span(bytes, 1 << 20, &t, &err) && declaration_sheet_read(&op, t, &answer, &err) &&
		!json_is_object(answer))
		__builtin_trap();
	return 0;
}
