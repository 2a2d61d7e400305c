#include "codec/pinyin.h"

#include <pthread.h>

enum { FIRST = 0x4E00, LAST = 0x9FFF, CHARACTERS = LAST - FIRST + 1, SYLLABLE_MAX = 6,
	FORM_MAX = PINYIN_WORD_MAX * SYLLABLE_MAX + 1, PLACE_MAX = 4 };

static const struct { const char *syllable, *characters; } readings[] = {
#define PINYIN(syllable, characters) { syllable, characters },
#define OTHER(syllable, characters)
#define SURNAME(syllable, characters)
#include "codec/pinyin.def"
#undef PINYIN
#undef OTHER
#undef SURNAME
}, others[] = {
#define PINYIN(syllable, characters)
#define OTHER(syllable, characters) { syllable, characters },
#define SURNAME(syllable, characters)
#include "codec/pinyin.def"
#undef PINYIN
#undef OTHER
#undef SURNAME
}, surnames[] = {
#define PINYIN(syllable, characters)
#define OTHER(syllable, characters)
#define SURNAME(syllable, characters) { syllable, characters },
#include "codec/pinyin.def"
#undef PINYIN
#undef OTHER
#undef SURNAME
};

/* Place in readings[] from 1, 0: none. */
static uint16_t first_of[CHARACTERS];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_table(void)
{
	for (size_t i = 0; i < COUNT(readings); i++) {
		struct span rest = span_of(readings[i].characters);
		while (rest.n)
			first_of[utf8_next(&rest) - FIRST] = (uint16_t)(i + 1);
	}
}

static bool is_han(uint32_t c)
{
	return c >= FIRST && c <= LAST && first_of[c - FIRST];
}

static const char *usual(uint32_t c)
{
	return readings[first_of[c - FIRST] - 1].syllable;
}

static bool holds(const char *characters, uint32_t c)
{
	struct span rest = span_of(characters);
	while (rest.n)
		if (utf8_next(&rest) == c)
			return true;
	return false;
}

static const char *other(uint32_t c)
{
	for (size_t i = 0; i < COUNT(others); i++)
		if (holds(others[i].characters, c))
			return others[i].syllable;
	return NULL;
}

/* Lower-case ASCII of a letter or digit, full-width too; 0 for anything else. */
static char plain(uint32_t c)
{
	if (c >= 0xFF01 && c <= 0xFF5E)
		c -= 0xFF01 - 0x21;
	if (c >= 'A' && c <= 'Z')
		c += 'a' - 'A';
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? (char)c : '\0';
}

struct word { uint32_t at[PINYIN_WORD_MAX]; size_t n; bool han; };

/* Takes the next word off the front of *text; n is 0 at the end. */
static void next_word(struct span *text, struct word *w)
{
	w->n = 0;
	w->han = false;
	while (text->n) {
		uint32_t c = utf8_next(text);
		bool part = is_han(c) || plain(c);
		if (!part && w->n)
			return;
		if (!part || w->n == PINYIN_WORD_MAX)
			continue;
		w->at[w->n++] = c;
		w->han = w->han || is_han(c);
	}
}

struct form { char text[FORM_MAX]; size_t n; };

static void put(struct form *f, const char *text, size_t n)
{
	memcpy(f->text + f->n, text, n);
	f->n += n;
}

/* The which-th form of a word from its `from`-th character: the bits of `which` choose the other reading of
 * the first two characters that have one.  *ret_polyphones: how many of these there are. */
static void make_form(const struct word *w, size_t from, unsigned which, bool initials, struct form *ret,
	unsigned *ret_polyphones)
{
	unsigned seen = 0;
	ret->n = 0;
	for (size_t i = from; i < w->n; i++) {
		char c = plain(w->at[i]);
		if (c) {
			put(ret, &c, 1);
			continue;
		}
		const char *syllable = usual(w->at[i]), *second = other(w->at[i]);
		if (second && seen < 2) {
			syllable = which & 1u << seen ? second : syllable;
			seen++;
		}
		put(ret, syllable, initials ? 1 : strlen(syllable));
	}
	*ret_polyphones = seen;
}

/* All forms of a word from a character on; the same one only once. */
static size_t all_forms(const struct word *w, size_t from, bool initials, struct form ret[PINYIN_FORMS])
{
	size_t n = 0;
	unsigned polyphones = 0;
	for (unsigned which = 0; which < 1u << polyphones || which == 0; which++) {
		make_form(w, from, which, initials, &ret[n], &polyphones);
		bool known = false;
		for (size_t i = 0; i < n; i++)
			known = known || (ret[i].n == ret[n].n &&
				memcmp(ret[i].text, ret[n].text, ret[n].n) == 0);
		n += !known;
	}
	return n;
}

void pinyin_words(struct span text, struct str *out)
{
	struct word w;
	struct form forms[PINYIN_FORMS];
	pthread_once(&once, make_table);
	for (next_word(&text, &w); w.n; next_word(&text, &w)) {
		for (int initials = 0; w.han && initials < 2; initials++) {
			size_t n = all_forms(&w, 0, initials, forms);
			for (size_t i = 0; i < n; i++) {
				str_add(out, (struct span){ forms[i].text, forms[i].n });
				str_addc(out, '\n');
			}
		}
	}
}

static bool form_is(const struct word *w, size_t from, struct span typed)
{
	struct form forms[PINYIN_FORMS];
	for (int initials = 0; initials < 2; initials++) {
		size_t n = all_forms(w, from, initials, forms);
		for (size_t i = 0; i < n; i++)
			if (span_eq_nocase((struct span){ forms[i].text, forms[i].n }, typed))
				return true;
	}
	return false;
}

bool pinyin_match(struct span text, struct span typed)
{
	struct word w;
	pthread_once(&once, make_table);
	for (next_word(&text, &w); w.n; next_word(&text, &w)) {
		if (w.han && form_is(&w, 0, typed))
			return true;
		for (size_t i = 0; w.han && i < PLACE_MAX && i + 1 < w.n; i++)
			if ((w.at[i] == 0x5E02 || w.at[i] == 0x53BF || w.at[i] == 0x533A) && /* 市县区 */
				form_is(&w, i + 1, typed))
				return true;
	}
	return false;
}

void pinyin_person(struct span name, struct str *out)
{
	bool first = true;
	pthread_once(&once, make_table);
	while (name.n) {
		uint32_t c = utf8_next(&name);
		const char *syllable = is_han(c) ? usual(c) : NULL;
		for (size_t i = 0; first && syllable && i < COUNT(surnames); i++)
			if (holds(surnames[i].characters, c))
				syllable = surnames[i].syllable;
		first = false;
		if (syllable)
			str_addz(out, syllable);
		else if (plain(c))
			str_addc(out, plain(c));
	}
}
