/* Names by pinyin: what is written is lower-case letters and digits, and matches the name it came from. */
#include "codec/pinyin.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	CLEANUP(str_done) struct str words = STR(1 << 20);
	CLEANUP(str_done) struct str person = STR(1 << 20);
	if (size > 4096 || !utf8_valid(text))
		return 0;
	pinyin_words(text, &words);
	pinyin_person(text, &person);
	must(!words.failed && !person.failed);
	must(strspn(str_z(&words), "abcdefghijklmnopqrstuvwxyz0123456789\n") == words.n);
	must(strspn(str_z(&person), "abcdefghijklmnopqrstuvwxyz0123456789") == person.n);
	struct span rest = str_span(&words);
	for (int i = 0; i < 20 && rest.n; i++)
		must(pinyin_match(text, span_split(&rest, '\n')));
	return 0;
}
