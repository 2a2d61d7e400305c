#include "store/search.h"

enum { PRIVATE = 0xE000 };

static bool is_space(uint32_t c)
{
	return c <= 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0x1680 || (c >= 0x2000 && c <= 0x200F)
		|| (c >= 0x2028 && c <= 0x202F) || c == 0x205F || c == 0x3000 || c == 0xFEFF;
}

static bool is_alnum(uint32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* The next character of the word at the front of *s; 0 at its end, of which the white space is taken off as
 * well. */
static uint32_t next_in_word(struct span *s)
{
	struct span rest = *s;
	uint32_t c = utf8_next(&rest);
	if (rest.n == s->n)
		return 0;
	*s = rest;
	if (is_space(c))
		return 0;
	return c < 0x80 && !is_alnum(c) ? PRIVATE + c : c;
}

static void put(struct str *to, uint32_t c)
{
	char bytes[4];
	str_add(to, (struct span){ bytes, utf8_put(c, bytes) });
}

/* Splits the word at the front of *text; *ret_count characters.  A word asked for has no token of its last
 * one alone. */
static void split_word(struct span *text, struct str *to, bool asked, size_t *ret_count)
{
	uint32_t before = next_in_word(text);
	size_t count = before ? 1 : 0;
	bool first = true;
	for (uint32_t c; before && (c = next_in_word(text)) != 0; before = c, count++) {
		if (!first)
			str_addc(to, ' ');
		put(to, before);
		put(to, c);
		first = false;
	}
	if (before && (first || !asked)) {
		if (!first)
			str_addc(to, ' ');
		put(to, before);
	}
	*ret_count = count;
}

static bool check_text(struct span text, size_t max, struct err *err)
{
	if (text.n > max)
		return err_set(err, ERR_TOO_LARGE, "检索文字过长（最多 %zu 字节）",
			"text for searching is too long (%zu bytes at most)", max);
	if (!utf8_valid(text))
		return err_set(err, ERR_INVALID, "检索文字不是有效的 UTF-8", "text for searching is not valid UTF-8");
	return true;
}

bool search_split(struct span text, struct str *to, struct err *err)
{
	if (!check_text(text, SEARCH_TEXT_MAX, err))
		return false;
	CLEANUP(arena_free_p) struct arena *a = arena_new(8 * SEARCH_TEXT_MAX, 64 * SEARCH_TEXT_MAX);
	struct span rest = utf8_fold(a, text);
	while (rest.n > 0) {
		size_t before = to->n, count;
		if (before > 0)
			str_addc(to, ' ');
		split_word(&rest, to, false, &count);
		if (count == 0 && before > 0 && to->n > before)
			to->p[to->n = before] = '\0';
	}
	return str_check(to, err);
}

bool search_expression(struct span query, struct str *to, struct err *err)
{
	if (!check_text(query, SEARCH_QUERY_MAX, err))
		return false;
	CLEANUP(arena_free_p) struct arena *a = arena_new(8 * SEARCH_TEXT_MAX, 64 * SEARCH_TEXT_MAX);
	struct span rest = utf8_fold(a, query);
	size_t words = 0;
	while (rest.n > 0) {
		CLEANUP(str_done) struct str word = STR(16 * SEARCH_QUERY_MAX);
		size_t count;
		split_word(&rest, &word, true, &count);
		if (count == 0)
			continue;
		if (++words > SEARCH_WORDS_MAX)
			return err_set(err, ERR_INVALID, "检索词过多（最多 %d 个）",
				"too many words to search for (%d at most)", SEARCH_WORDS_MAX);
		str_addz(to, to->n > 0 ? " AND \"" : "\"");
		str_add(to, str_span(&word));
		str_addz(to, count == 1 ? "\"*" : "\"");
		if (word.failed)
			to->failed = true;
	}
	return str_check(to, err);
}
