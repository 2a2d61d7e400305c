#pragma once
/*
 * Names by pinyin, as people type them: 雷州市供水公司 is leizhoushigongshuigongsi and lzsgsgs.  The readings are a
 * table of ours (pinyin.def), made ready when the first name is read: 50 kB and about a millisecond.  (ICU's
 * transliterator takes 145 ms to open and 11 MB, for the same readings.)
 *
 * A word is a run of Chinese characters, ASCII letters and digits (full-width ones too); anything else parts
 * words.  A character with several readings gives several forms, at most PINYIN_FORMS of a word.
 */
#include "base/base.h"

enum { PINYIN_FORMS = 4, PINYIN_WORD_MAX = 100 };

/* Appends for each word with a Chinese character its full pinyin and its initials, each form once, one a
 * line. Text must be valid UTF-8; of a longer word the first PINYIN_WORD_MAX characters count. */
void pinyin_words(struct span text, struct str *out);
/* Is `typed` the full pinyin or the initials of a word of the text, or of what stands in it behind the place
 * it begins with (住建局 of 湛江市住建局)?  Letter case does not count. */
bool pinyin_match(struct span text, struct span typed);
/* The name of a person as one word, letters and digits only, a surname read as such: 曾小贤 is zengxiaoxian. */
void pinyin_person(struct span name, struct str *out);
