/*
 * Placeholders of templates: found, checked, filled.
 *
 * reads foreign bytes: fuzzed by template_fuzz.c
 */
#include "finding/template.h"

#define SHOWN "{单位} {期限} {清单} {编号} {标题} {等级} {来文}"

static const struct {
	const char *name;
	size_t at;
} places[] = {
	{ "单位", offsetof(struct template_words, unit) },
	{ "期限", offsetof(struct template_words, due) },
	{ "清单", offsetof(struct template_words, list) },
	{ "编号", offsetof(struct template_words, number) },
	{ "标题", offsetof(struct template_words, title) },
	{ "等级", offsetof(struct template_words, severity) },
	{ "来文", offsetof(struct template_words, source) },
};

enum piece_kind { PIECE_TEXT, PIECE_PLACE, PIECE_UNKNOWN, PIECE_OPEN };
struct piece {
	enum piece_kind kind;
	struct span text; /* of a placeholder: its name */
	struct span whole;
	size_t at; /* PIECE_PLACE: offset in template_words */
};

/* Takes the next piece off the front of a text that is not empty. */
static struct piece next(struct span *rest)
{
	struct piece p = { .kind = PIECE_TEXT };
	size_t at, end;
	if (!span_find(*rest, '{', &at))
		at = rest->n;
	if (at == 0 && rest->n > 1 && rest->p[1] == '{') {
		p.whole = p.text = (struct span){ rest->p, 1 };
		*rest = span_from(*rest, 2);
		return p;
	}
	if (at > 0) {
		p.whole = p.text = (struct span){ rest->p, at };
		*rest = span_from(*rest, at);
		return p;
	}
	if (!span_find(*rest, '}', &end)) {
		p.kind = PIECE_OPEN;
		p.whole = p.text = *rest;
		*rest = span_from(*rest, rest->n);
		return p;
	}
	p.kind = PIECE_UNKNOWN;
	p.text = (struct span){ rest->p + 1, end - 1 };
	p.whole = (struct span){ rest->p, end + 1 };
	*rest = span_from(*rest, end + 1);
	for (size_t i = 0; i < COUNT(places); i++) {
		if (!span_is(p.text, places[i].name))
			continue;
		p.kind = PIECE_PLACE;
		p.at = places[i].at;
	}
	return p;
}

bool template_check(struct span text, const char *field, struct err *err)
{
	while (text.n) {
		struct piece p = next(&text);
		struct span shown = utf8_cut(p.text, 20);
		if (p.kind == PIECE_UNKNOWN)
			return err_field(err, field,
				"“{" SPAN_FMT "}”不是占位符，可用的是 " SHOWN "；花括号本身请写“{{”",
				"\"{" SPAN_FMT "}\" is no placeholder; there are " SHOWN "; write \"{{\" for "
				"a brace",
				SPAN_ARG(shown));
		if (p.kind == PIECE_OPEN)
			return err_field(err, field, "“" SPAN_FMT "”处的花括号没有闭合；花括号本身请写“{{”",
				"the brace at \"" SPAN_FMT "\" is not closed; write \"{{\" for a brace",
				SPAN_ARG(shown));
	}
	return true;
}

static void add_list(struct str *out, struct span list)
{
	if (list.n <= TEMPLATE_LIST_MAX) {
		str_add(out, list);
		return;
	}
	struct span cut = utf8_cut(list, TEMPLATE_LIST_MAX / 4);
	str_add(out, cut);
	str_addz(out, "\n……（清单较长，完整内容请登录系统查看）");
}

bool template_put(struct span text, const struct template_words *w, struct arena *a, struct span *ret,
	struct err *err)
{
	struct str out = STR_IN(a, TEMPLATE_TEXT_MAX);
	while (text.n) {
		struct piece p = next(&text);
		struct span word = { NULL, 0 };
		if (p.kind == PIECE_PLACE)
			memcpy(&word, (const char *)w + p.at, sizeof word);
		if (p.kind == PIECE_TEXT || !word.p)
			str_add(&out, p.kind == PIECE_TEXT ? p.text : p.whole);
		else if (p.at == offsetof(struct template_words, list))
			add_list(&out, word);
		else
			str_add(&out, word);
	}
	if (!str_check(&out, err))
		return false;
	*ret = out.n ? str_span(&out) : SPAN("");
	return true;
}

struct span template_due(struct arena *a, int64_t at)
{
	struct time_date d = time_date(at, TIME_CHINA);
	int64_t minutes = (at + TIME_CHINA) % TIME_DAY / TIME_MINUTE;
	if (minutes % 60 == 0)
		return arena_printf(
			a, "%d年%d月%d日%d时", d.year, d.month, d.day, (int)(minutes / 60));
	return arena_printf(a, "%d年%d月%d日%d时%d分", d.year, d.month, d.day, (int)(minutes / 60),
		(int)(minutes % 60));
}
