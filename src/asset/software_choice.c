/*
 * The pick list of software, and reading what people write.
 * reads foreign bytes: fuzzed by declaration_sheet_fuzz.c
 */
#include "asset/software_choice.h"

#include "base/utf8.h"

static const struct software_choice choices[] = {
#define CHOICE(key, group, name, vendor, cpe, also) { key, group, name, vendor, cpe, also },
#include "asset/software_choice.def"
#undef CHOICE
};

const struct software_choice *software_choice_at(size_t i)
{
	return i < COUNT(choices) ? &choices[i] : NULL;
}

const struct software_choice *software_choice_find(struct span key)
{
	for (size_t i = 0; i < COUNT(choices); i++)
		if (span_is(key, choices[i].key))
			return &choices[i];
	return NULL;
}

const struct software_choice *software_choice_of_cpe(struct span cpe)
{
	for (size_t i = 0; i < COUNT(choices); i++) {
		struct span own = span_of(choices[i].cpe);
		if (own.n && span_starts(cpe, own) && cpe.n > own.n && cpe.p[own.n] == ':')
			return &choices[i];
	}
	return NULL;
}

struct span software_choice_cpe(const struct software_choice *c, struct arena *a)
{
	return *c->cpe ? arena_printf(a, "%s:*:*:*:*:*:*:*:*", c->cpe) : (struct span){ NULL, 0 };
}

bool says_unknown(struct span text, struct arena *a)
{
	static const char *const words[] = { "不清楚", "不知道", "不详", "未知", "不明", "unknown", "n/k" };
	struct span s = span_trim(utf8_fold(a, text));
	for (size_t i = 0; i < COUNT(words); i++)
		if (span_is(s, words[i]))
			return true;
	return false;
}

/* How many bytes of `text` (folded) spell `name`, blanks and hyphens left out of account; 0: it does not
 * begin so. */
static size_t spells(struct span text, struct span name)
{
	size_t t = 0, n = 0;
	while (n < name.n) {
		if (name.p[n] == ' ' || name.p[n] == '-') {
			n++;
		} else if (t < text.n && t > 0 && (text.p[t] == ' ' || text.p[t] == '-')) {
			t++;
		} else if (t < text.n && text.p[t] == name.p[n]) {
			t++;
			n++;
		} else {
			return 0;
		}
	}
	return t;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "iis" is not at the start of "iistest": a Latin name ends where its word ends; a version may follow at
 * once. */
static bool ends_there(struct span text, size_t at)
{
	struct span rest = span_from(text, at);
	bool version = rest.n > 1 && rest.p[0] == 'v' && is_digit(rest.p[1]);
	return rest.n == 0 || at == 0 || version || !is_letter(rest.p[0]) || !is_letter(text.p[at - 1]);
}

struct best {
	const struct software_choice *choice;
	size_t n;
};

static void try_name(struct best *b, const struct software_choice *c, struct span text, struct span name,
	struct arena *a)
{
	size_t n = name.n ? spells(text, utf8_fold(a, name)) : 0;
	if (n > b->n && ends_there(text, n))
		*b = (struct best){ c, n };
}

/* Without what stands before a version: blanks, colons, brackets, the words 版本 and v. */
static struct span strip_version(struct span s)
{
	static const char *const before[] = { ":", "：", "(", "（", "=", "/", "_", "-", ",", "版本", "版" };
	static const char *const after[] = { ")", "）", "版本", "版", "。", ".", ";" };
	for (bool again = true; again;) {
		again = false;
		s = span_trim(s);
		for (size_t i = 0; i < COUNT(before); i++) {
			if (span_starts(s, span_of(before[i]))) {
				s = span_from(s, strlen(before[i]));
				again = true;
			}
		}
		for (size_t i = 0; i < COUNT(after); i++) {
			size_t n = strlen(after[i]);
			if (s.n >= n && memcmp(s.p + s.n - n, after[i], n) == 0) {
				s.n -= n;
				again = true;
			}
		}
	}
	if (s.n > 1 && s.p[0] == 'v' && is_digit(s.p[1]))
		s = span_from(s, 1);
	for (size_t i = 1; i < s.n; i++)               /* what stands in brackets is a remark */
		if (s.p[i] == '(')
			return span_trim((struct span){ s.p, i });
	return s;
}

/* The last word, if it is a version. */
static void split_last(struct span text, struct software_text *ret)
{
	size_t at = text.n;
	while (at > 0 && text.p[at - 1] != ' ')
		at--;
	struct span last = span_from(text, at);
	bool version = last.n && (is_digit(last.p[0]) ||
		(last.n > 1 && last.p[0] == 'v' && is_digit(last.p[1])));
	ret->version = version && at > 0 ? strip_version(last) : SPAN("");
}

void software_text_read(struct span text, struct arena *a, struct software_text *ret)
{
	struct span whole = span_trim(text), folded = span_trim(utf8_fold(a, whole));
	struct best best = { NULL, 0 };
	*ret = (struct software_text){ .version = SPAN("") };
	for (size_t i = 0; i < COUNT(choices); i++) {
		try_name(&best, &choices[i], folded, span_of(choices[i].name), a);
		try_name(&best, &choices[i], folded, span_of(choices[i].key), a);
		for (struct span also = span_of(choices[i].also); also.p;)
			try_name(&best, &choices[i], folded, span_split(&also, ','), a);
	}
	ret->choice = best.choice;
	if (best.choice) {
		ret->name = span_of(best.choice->name);
		ret->version = strip_version(span_from(folded, best.n));
	} else {
		split_last(folded, ret);
		ret->name = whole;
		if (ret->version.n) {      /* the folding may have moved bytes: cut at the last blank */
			size_t at = folded.n;
			while (at > 0 && folded.p[at - 1] != ' ')
				at--;
			ret->name = span_trim((struct span){ folded.p, at });
		}
	}
	ret->version_unknown = says_unknown(ret->version, a);
	if (ret->version_unknown)
		ret->version = SPAN("");
}
