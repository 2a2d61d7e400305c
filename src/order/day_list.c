/*
 * Holidays and worked weekends out of lines or out of the words of a notice.
 *
 * reads foreign bytes
 */
#include "order/day_list.h"

#include <stdlib.h>

#include "base/time.h"
#include "base/utf8.h"
#include "base/vec.h"

struct reading {
	int year;
	struct arena *arena;
	VEC(struct day_list_day) days;
};

static bool add(struct reading *g, int64_t day, bool working, struct span name, struct err *err)
{
	struct time_date d = time_date_of_days(day);
	char text[TIME_DATE_TEXT];
	time_format_date(d, text);
	if (d.year != g->year)
		return err_field(err, "days", "%s 不在 %d 年", "%s is not in %d", text, g->year);
	for (size_t i = 0; i < g->days.n; i++)
		if (g->days.p[i].day == day)
			return err_field(err, "days", "%s 出现两次", "%s is there twice", text);
	if (g->days.n >= DAY_LIST_MAX)
		return err_field(err, "days", "日期太多，至多 %d 个", "too many days, at most %d", DAY_LIST_MAX);
	vec_push(&g->days,
		(struct day_list_day){ day, working,
		arena_span(g->arena, utf8_cut(name, DAY_LIST_NAME_MAX)) });
	return true;
}

/* A number of at most four digits at the front; false leaves the text. */
static bool take_number(struct span *s, int *ret)
{
	int value = 0;
	size_t i = 0;
	while (i < s->n && i < 4 && s->p[i] >= '0' && s->p[i] <= '9')
		value = value * 10 + (s->p[i++] - '0');
	if (i == 0 || (i < s->n && s->p[i] >= '0' && s->p[i] <= '9'))
		return false;
	*s = span_from(*s, i);
	*ret = value;
	return true;
}

static bool take_text(struct span *s, const char *text)
{
	if (!span_starts(*s, span_of(text)))
		return false;
	*s = span_from(*s, strlen(text));
	return true;
}

/* ---- lines ---- */

static struct span next_word(struct span *rest)
{
	static const char *const seps[] = { ",", "，", "\t", " ", ";", "；", "\xe3\x80\x80" };
	struct span from = *rest;
	size_t n = 0;
	for (; rest->n; n++) {
		for (size_t i = 0; i < COUNT(seps); i++)
			if (take_text(rest, seps[i]))
				return (struct span){ from.p, n };
		*rest = span_from(*rest, 1);
	}
	return (struct span){ from.p, n };
}

/* 2027-01-01, 2027/1/1, 2027.1.1, 2027年1月1日, 1月1日, 1-1 */
static bool read_date(struct span s, int year, int64_t *ret)
{
	struct time_date d = { year, 0, 0 };
	int first, second, third;
	if (!take_number(&s, &first) || !(take_text(&s, "-") || take_text(&s, "/") || take_text(&s, ".") ||
						 take_text(&s, "年") || take_text(&s, "月")) ||
		!take_number(&s, &second))
		return false;
	bool whole = (take_text(&s, "-") || take_text(&s, "/") || take_text(&s, ".") || take_text(&s, "月")) &&
		take_number(&s, &third);
	if (whole)
		d = (struct time_date){ first, second, third };
	else
		d = (struct time_date){ year, first, second };
	(void)take_text(&s, "日");
	if (s.n || !time_date_valid(d))
		return false;
	*ret = time_days(d);
	return true;
}

static bool read_kind(struct span s, bool *ret_working)
{
	static const struct {
		const char *word;
		bool working;
	} words[] = { { "off", false }, { "holiday", false }, { "休", false }, { "休息", false }, { "假", false },
		{ "放假", false }, { "节假日", false }, { "work", true }, { "workday", true }, { "班", true },
		{ "上班", true }, { "调休", true }, { "补班", true }, { "工作日", true } };
	for (size_t i = 0; i < COUNT(words); i++) {
		if (!span_eq_nocase(s, span_of(words[i].word)))
			continue;
		*ret_working = words[i].working;
		return true;
	}
	return false;
}

static bool has_digit(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= '0' && s.p[i] <= '9')
			return true;
	return false;
}

static bool read_line(struct reading *g, struct span line, size_t number, struct err *err)
{
	struct span rest = line, date = next_word(&rest), kind;
	int64_t day;
	bool working;
	rest = span_trim(rest);
	kind = next_word(&rest);
	if (!read_date(date, g->year, &day))
		return err_field(err, "days", "第 %zu 行：“" SPAN_FMT "”不是日期，应如 2027-01-01",
			"line %zu: \"" SPAN_FMT "\" is no date, it should be like 2027-01-01", number,
			SPAN_ARG(utf8_cut(date, 40)));
	if (!read_kind(kind, &working))
		return err_field(err, "days", "第 %zu 行：“" SPAN_FMT "”应为“休”或“班”",
			"line %zu: \"" SPAN_FMT "\" should be off or work", number,
			SPAN_ARG(utf8_cut(kind, 40)));
	if (add(g, day, working, span_trim(rest), err))
		return true;
	err_prefix(err, "第 %zu 行：", "line %zu: ", number);
	return false;
}

static bool read_lines(struct reading *g, struct span text, struct err *err)
{
	for (size_t number = 1; text.n; number++) {
		struct span line = span_trim(span_split(&text, '\n'));
		bool header = g->days.n == 0 && !has_digit(line);
		if (line.n && !header && !read_line(g, line, number, err))
			return false;
	}
	return true;
}

/* ---- the words of the notice ---- */

struct notice {
	struct span rest, name;
	const char *name_from;                 /* where the name of what follows could begin */
	int64_t pending[DAY_LIST_MAX];         /* dates that wait for 放假 or 上班 */
	size_t n_pending;
	int month;
	bool range;                            /* 至 was just there */
};

/* In a bracket behind a date: 周四, 星期四, 农历……、周日. */
static bool check_weekday(const struct notice *n, struct span bracket, struct err *err)
{
	static const char *const days[] = { "一", "二", "三", "四", "五", "六", "日" };
	char text[TIME_DATE_TEXT];
	if (!n->n_pending)
		return true;
	int64_t day = n->pending[n->n_pending - 1];
	while (bracket.n) {
		int said = 0;
		if (take_text(&bracket, "周") || take_text(&bracket, "星期")) {
			for (int i = 0; i < 7; i++)
				if (span_starts(bracket, span_of(days[i])))
					said = i + 1;
			if (span_starts(bracket, SPAN("天")))
				said = 7;
			if (said && said != time_weekday(day))
				return err_field(err, "days", "%s 是周%s，通知中写的是周%s，请核对年份",
					"%s is 周%s, the notice says 周%s: is it that of another year?",
					time_format_date(time_date_of_days(day), text),
					days[time_weekday(day) - 1],
					days[said - 1]);
			continue;
		}
		(void)utf8_next(&bracket);
	}
	return true;
}

static bool pend(struct notice *n, int64_t day, struct err *err)
{
	int64_t from = n->range && n->n_pending ? n->pending[n->n_pending - 1] + 1 : day;
	if (n->range && (!n->n_pending || day < from || day - from > 60))
		return err_field(err, "days", "“至”前后的日期不成一段", "the dates around 至 make no range");
	for (; from <= day; from++) {
		if (n->n_pending >= DAY_LIST_MAX)
			return err_field(err, "days", "日期太多，至多 %d 个", "too many days, at most %d",
				DAY_LIST_MAX);
		n->pending[n->n_pending++] = from;
	}
	n->range = false;
	return true;
}

/* At a digit: 2027年, 1月1日, 3日, or a number that is none of these. */
static bool take_date(struct reading *g, struct notice *n, struct err *err)
{
	int value, day;
	struct span after;
	if (!take_number(&n->rest, &value)) {
		while (n->rest.n && *n->rest.p >= '0' && *n->rest.p <= '9')
			n->rest = span_from(n->rest, 1);
		return true;
	}
	after = n->rest;
	if (take_text(&after, "年") && value != g->year && take_number(&after, &value) &&
		take_text(&after, "月") && take_number(&after, &day) && take_text(&after, "日")) {
		n->rest = after; /* when it was issued, or of another year's list */
		return true;
	}
	after = n->rest;
	if (take_text(&after, "月") && take_number(&after, &day) && take_text(&after, "日"))
		n->month = value;
	else if (span_starts(n->rest, SPAN("日")) && n->month) {
		after = span_from(n->rest, strlen("日"));
		day = value;
	} else
		return true;
	n->rest = after;
	struct time_date d = { g->year, n->month, day };
	if (!time_date_valid(d))
		return err_field(err, "days", "没有 %d 月 %d 日", "there is no day %d-%d", n->month, day);
	return pend(n, time_days(d), err);
}

static bool flush(struct reading *g, struct notice *n, bool working, struct err *err)
{
	struct span name = n->name;
	if (working && name.n)
		name = arena_printf(g->arena, SPAN_FMT "调休", SPAN_ARG(name));
	for (size_t i = 0; i < n->n_pending; i++)
		if (!add(g, n->pending[i], working, name, err))
			return false;
	n->n_pending = 0;
	return true;
}

static bool take_bracket(struct notice *n, struct err *err)
{
	const char *from = n->rest.p;
	while (n->rest.n) {
		struct span inside = { from, (size_t)(n->rest.p - from) };
		if (take_text(&n->rest, "）") || take_text(&n->rest, ")"))
			return check_weekday(n, inside, err);
		(void)utf8_next(&n->rest);
	}
	return true;
}

static void end_sentence(struct notice *n)
{
	n->n_pending = 0;
	n->range = false;
	n->name_from = n->rest.p;
}

/* 一, 十一: what stands before the name of a holiday. */
static bool is_ordinal(struct span s)
{
	static const char *const digits[] = { "一", "二", "三", "四", "五", "六", "七", "八", "九", "十" };
	bool any = false;
	s = span_trim(s);
	while (s.n) {
		size_t i = 0;
		while (i < COUNT(digits) && !take_text(&s, digits[i]))
			i++;
		if (i == COUNT(digits))
			return false;
		any = true;
	}
	return any;
}

static bool take_piece(struct reading *g, struct notice *n, struct err *err)
{
	const char *here = n->rest.p;
	if (*here >= '0' && *here <= '9')
		return take_date(g, n, err);
	if (take_text(&n->rest, "（") || take_text(&n->rest, "("))
		return take_bracket(n, err);
	if (take_text(&n->rest, "放假"))
		return flush(g, n, false, err);
	if (take_text(&n->rest, "上班"))
		return flush(g, n, true, err);
	if (take_text(&n->rest, "：") || take_text(&n->rest, ":")) {
		n->name = span_trim((struct span){ n->name_from, (size_t)(here - n->name_from) });
		end_sentence(n);
	} else if (take_text(&n->rest, "。"))
		end_sentence(n);
	else if (take_text(&n->rest, "至"))
		n->range = n->n_pending > 0;
	else if (take_text(&n->rest, "\n") ||
		(take_text(&n->rest, "、") && is_ordinal((struct span){ n->name_from,
		(size_t)(here - n->name_from) })))
		n->name_from = n->rest.p;
	else if (n->rest.p != here)
		return true; /* a 、 between names or dates */
	else
		(void)utf8_next(&n->rest);
	return true;
}

static bool read_notice(struct reading *g, struct span text, struct err *err)
{
	struct notice n = { .rest = text, .name_from = text.p };
	while (n.rest.n)
		if (!take_piece(g, &n, err))
			return false;
	return true;
}

/* ---- both ---- */

static int compare(const void *a, const void *b)
{
	const struct day_list_day *x = a, *y = b;
	return (x->day > y->day) - (x->day < y->day);
}

static bool has(struct span text, const char *what)
{
	struct span w = span_of(what);
	for (size_t i = 0; i + w.n <= text.n; i++)
		if (memcmp(text.p + i, w.p, w.n) == 0)
			return true;
	return false;
}

/* Lines have their kind behind the date; only sentences speak of a month and end. */
static bool is_notice(struct span text)
{
	return has(text, "月") && has(text, "。") && (has(text, "放假") || has(text, "上班"));
}

bool day_list_read(struct span text, int year, struct arena *a, struct day_list *ret, struct err *err)
{
	struct reading g = { .year = year, .arena = a, .days = { .arena = a } };
	if (!utf8_valid(text) || utf8_count(text) > DAY_LIST_TEXT_MAX)
		return err_field(err, "days", "文字太长或不是 UTF-8", "the text is too long or not UTF-8");
	if (!(is_notice(text) ? read_notice(&g, text, err) : read_lines(&g, text, err)))
		return false;
	if (g.days.n == 0)
		return err_field(err, "days", "没有找到日期；每行一个日期，如 2027-01-01,休,元旦，或粘贴通知原文",
			"no dates found: one a line, like 2027-01-01,off,元旦, or the text of the notice");
	qsort(g.days.p, g.days.n, sizeof *g.days.p, compare);
	*ret = (struct day_list){ g.days.p, g.days.n };
	return true;
}

void day_list_write(const struct day_list *l, struct str *out)
{
	char text[TIME_DATE_TEXT];
	for (size_t i = 0; i < l->n; i++)
		str_addf(out, "%s%s,%s," SPAN_FMT, i ? "\n" : "",
			time_format_date(time_date_of_days(l->at[i].day), text),
			l->at[i].working ? "work" : "off",
			SPAN_ARG(l->at[i].name));
}
