/*
 * Cells put right.
 *
 * reads foreign bytes: fuzzed by repair_fuzz.c
 */
#include "resource/repair.h"

#include <stdlib.h>

enum { CELL_MAX = 64 * 1024, NUMBERS_MAX = 8, DIGITS_MAX = 32 };

const char *const repair_marks[] = { "", "repaired", "proposed", "fault", "question", NULL };

/* ---- characters ---- */

static bool invisible(uint32_t c)
{
	return (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || c == 0xFEFF || c == 0xAD;
}

static bool blank(uint32_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0xA0 || c == 0x3000 ||
		(c >= 0x2000 && c <= 0x200A);
}

static bool wide(uint32_t c)
{
	return c >= 0x2E80;
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static uint32_t half(uint32_t c)
{
	return c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c;
}

/* Without blanks at the ends and without the apostrophe that csv_write() and spreadsheet programs put before
 * a formula sign, or before a number. */
static struct span without_guard(struct span s)
{
	s = span_trim(s);
	while (s.n > 1 && s.p[0] == '\'' && strchr("=+-@\t\r0123456789", s.p[1]))
		s = span_trim(span_from(s, 1));
	return s;
}

static void put(struct str *out, uint32_t c)
{
	char bytes[4];
	str_add(out, (struct span){ bytes, utf8_put(c, bytes) });
}

/* Everything plain: half width, each kind of blank a blank, nothing invisible. */
static struct span plain(struct span in, struct arena *a)
{
	struct str out = STR_IN(a, CELL_MAX + 16);
	struct span rest = without_guard(in);
	while (rest.n) {
		uint32_t c = utf8_next(&rest);
		if (c == 0x2014 || c == 0x2013 || c == 0x2212 || c == 0x2010)
			c = '-';
		if (!invisible(c))
			put(&out, blank(c) ? ' ' : half(c));
	}
	return out.n ? without_guard(str_span(&out)) : SPAN("");
}

static void took(struct span in, struct span value, struct repaired *ret)
{
	ret->value = value.p ? value : SPAN("");
	ret->mark = REPAIR_NONE;
	if (span_eq(span_trim(in), ret->value))
		return;
	struct span was = utf8_cut(span_trim(in), 40), is = utf8_cut(ret->value, 40);
	ret->mark = REPAIR_REPAIRED;
	err_set(&ret->why, ERR_INVALID, "“" SPAN_FMT "”已整理为“" SPAN_FMT "”",
		"\"" SPAN_FMT "\" was put right to \"" SPAN_FMT "\"", SPAN_ARG(was), SPAN_ARG(is));
}

/* A fault or a proposal: the texts stand in ret->why already. */
static void marked(enum repair_mark mark, struct span value, struct repaired *ret)
{
	ret->mark = mark;
	ret->value = value.p ? value : SPAN("");
}

/* Blanks, punctuation and signs: what two people write differently in the same name. */
static bool mark_of_punctuation(uint32_t c)
{
	static const struct { uint32_t from, to;
		} marks[] = { { 0, '0' - 1 }, { '9' + 1, 'A' - 1 }, { 'Z' + 1, 'a' - 1 },
		{ 'z' + 1, 0x7F }, { 0xA0, 0xA0 }, { 0xAD, 0xAD }, { 0xB7, 0xB7 }, { 0x2000, 0x206F },
		{ 0x3000, 0x301F },
		{ 0xFE30, 0xFE6F }, { 0xFEFF, 0xFFEF } };
	for (size_t i = 0; i < COUNT(marks); i++)
		if (c >= marks[i].from && c <= marks[i].to)
			return true;
	return false;
}

struct span repair_key(struct span s, struct arena *a)
{
	struct str out = STR_IN(a, CELL_MAX + 16);
	while (s.n && out.n < CELL_MAX) {
		uint32_t c = half(utf8_next(&s));
		if (!mark_of_punctuation(c))
			put(&out, c >= 'A' && c <= 'Z' ? c + 32 : c);
	}
	return out.n ? str_span(&out) : SPAN("");
}

bool repair_is_nothing(struct span s)
{
	static const char *const words[] = { "无", "暂无", "没有", "空", "/", "\\", "-", "--", "—", "——", "／", "－",
		"N/A",
		"n/a", "NA", "null", "NULL", "none", "None", "(无)", "（无）", "*" };
	s = span_trim(s);
	for (size_t i = 0; i < COUNT(words); i++)
		if (span_is(s, words[i]))
			return true;
	return false;
}

/* ---- texts ---- */

static bool letter_or_digit(uint32_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Blanks once, and none between Chinese characters; letters and digits in half width; line breaks kept or
 * not. */
static struct span tidy(struct span in, bool lines, struct arena *a)
{
	struct str out = STR_IN(a, CELL_MAX + 16);
	struct span rest = without_guard(in);
	uint32_t last = 0;
	bool gap = false;
	while (rest.n) {
		uint32_t c = utf8_next(&rest);
		if (invisible(c) || c == '\r')
			continue;
		if (blank(c) && !(lines && c == '\n')) {
			gap = true;
			continue;
		}
		if (gap && last && last != '\n' && !(wide(last) && wide(c)))
			str_addc(&out, ' ');
		gap = false;
		last = letter_or_digit(half(c)) ? half(c) : c;
		put(&out, last);
	}
	return out.n ? without_guard(str_span(&out)) : SPAN("");
}

void repair_text(struct span in, const struct repair_word *words, struct arena *a, struct repaired *ret)
{
	(void)words;
	took(in, tidy(in, false, a), ret);
}

void repair_long(struct span in, const struct repair_word *words, struct arena *a, struct repaired *ret)
{
	(void)words;
	took(in, tidy(in, true, a), ret);
}

static struct span without(struct span s, const char *unwanted, struct arena *a)
{
	struct str out = STR_IN(a, CELL_MAX + 16);
	for (size_t i = 0; i < s.n; i++)
		if (!s.p[i] || !strchr(unwanted, s.p[i]))
			str_addc(&out, s.p[i]);
	return out.n ? str_span(&out) : SPAN("");
}

void repair_code(struct span in, const struct repair_word *words, struct arena *a, struct repaired *ret)
{
	size_t at;
	(void)words;
	struct span s = repair_is_nothing(in) ? SPAN("") : plain(in, a);
	if (!span_find(s, ' ', &at)) {
		took(in, s, ret);
		return;
	}
	struct span tight = without_guard(without(s, " ", a)), shown = utf8_cut(tight, 40);
	err_set(&ret->why, ERR_INVALID, "编码中不能有空格，建议改为“" SPAN_FMT "”",
		"a code has no blanks; \"" SPAN_FMT "\" is proposed", SPAN_ARG(shown));
	marked(REPAIR_PROPOSED, tight, ret);
}

static struct span without_title(struct span s)
{
	static const char *const titles[] = { "先生", "女士", "同志" };
	for (size_t i = 0; i < COUNT(titles); i++) {
		size_t n = strlen(titles[i]);
		if (s.n > n + 3 && memcmp(s.p + s.n - n, titles[i], n) == 0)
			return (struct span){ s.p, s.n - n };
	}
	return s;
}

void repair_name(struct span in, const struct repair_word *words, struct arena *a, struct repaired *ret)
{
	struct span parts[3];
	(void)words;
	if (repair_is_nothing(in)) {
		took(in, SPAN(""), ret);
		return;
	}
	struct span s = without_title(tidy(in, false, a));
	if (repair_split(s, parts, COUNT(parts)) > 1) {
		err_set(&ret->why, ERR_INVALID, "一格里有几个人名，请分开填写",
			"several names in one cell; one each, please");
		marked(REPAIR_FAULT, s, ret);
		return;
	}
	for (size_t i = 0; i < s.n; i++)
		if (digit(s.p[i])) {
			err_set(&ret->why, ERR_INVALID, "人名里有数字", "there are digits in a person's name");
			marked(REPAIR_FAULT, s, ret);
			return;
		}
	took(in, s, ret);
}

size_t repair_split(struct span in, struct span *ret, size_t max)
{
	static const char *const marks[] = { ",", ";", "/", "\n", "\r", "|", "、", "，", "；", "／" };
	size_t n = 0, from = 0, at = 0;
	while (at <= in.n && n < max) {
		size_t length = at == in.n ? 1 : 0;
		for (size_t m = 0; !length && m < COUNT(marks); m++)
			if (span_starts(span_from(in, at), span_of(marks[m])))
				length = strlen(marks[m]);
		if (!length) {
			at++;
			continue;
		}
		struct span part = span_trim((struct span){ in.p + from, at - from });
		if (part.n)
			ret[n++] = part;
		from = at += length;
	}
	return n;
}

static struct span without_edges(struct span s, const char *edges)
{
	while (s.n && strchr(edges, s.p[s.n - 1]))
		s.n--;
	while (s.n && strchr(edges, s.p[0]))
		s = span_from(s, 1);
	return s;
}

bool repair_split_contact(struct span in, struct arena *a, struct span *ret_name, struct span *ret_phone)
{
	struct span s = plain(in, a);
	size_t first = 0, digits = 0, end;
	while (first < s.n && !digit(s.p[first]) && s.p[first] != '+')
		first++;
	for (end = first; end < s.n && (digit(s.p[end]) || strchr("+-() ,;/", s.p[end])); end++)
		digits += digit(s.p[end]);
	struct span before = { s.p, first }, behind = span_from(s, end);
	before = without_edges(before, "():,;/ -");
	behind = without_edges(behind, "():,;/ -");
	struct span phone = { s.p + first, end - first };
	while (phone.n && (strchr("(,;/ ", phone.p[phone.n - 1]) ||
				  (phone.p[phone.n - 1] == ')' && !memchr(phone.p, '(', phone.n))))
		phone.n--;
	struct span name = before.n ? before : behind;
	if (digits < 7 || !name.n || (before.n && behind.n))
		return false;
	*ret_name = name;
	*ret_phone = phone;
	return true;
}

/* ---- telephone numbers ---- */

/* "1.3812345678E+10": its digits when none was lost. */
enum power { POWER_NO, POWER_EXACT, POWER_LOST };

static enum power power_of_ten(struct span s, struct arena *a, struct span *ret, int *ret_lost)
{
	size_t e;
	int64_t exponent;
	if (!span_find(s, 'E', &e) && !span_find(s, 'e', &e))
		return POWER_NO;
	struct span tail = span_from(s, e + 1);
	if (tail.n && tail.p[0] == '+')
		tail = span_from(tail, 1);
	if (!span_int(tail, 0, DIGITS_MAX - 2, &exponent) || e == 0 || !digit(s.p[0]))
		return POWER_NO;
	struct str digits = STR_IN(a, DIGITS_MAX * 2);
	for (size_t i = 0; i < e; i++) {
		if (digit(s.p[i]))
			str_addc(&digits, s.p[i]);
		else if (i != 1 || s.p[i] != '.')
			return POWER_NO;
	}
	size_t want = (size_t)exponent + 1;
	for (size_t i = want; i < digits.n; i++)
		if (digits.p[i] != '0')
			return POWER_NO;
	*ret_lost = digits.n < want ? (int)(want - digits.n) : 0;
	*ret = (struct span){ digits.p, digits.n < want ? digits.n : want };
	return *ret_lost ? POWER_LOST : POWER_EXACT;
}

struct number { struct span text; bool mobile; };

static bool is_mobile(struct span d)
{
	return d.n == 11 && d.p[0] == '1' && d.p[1] >= '3' && d.p[1] <= '9';
}

static struct span without_country(struct span d)
{
	if (d.n == 15 && span_starts(d, SPAN("00861")))
		return span_from(d, 4);
	if (d.n == 13 && span_starts(d, SPAN("861")))
		return span_from(d, 2);
	return d;
}

/* 0759-3338888 of 07593338888; three digits of area for 010 and 02x. */
static struct span with_area(struct span d, struct arena *a)
{
	size_t area = d.p[1] == '1' || d.p[1] == '2' ? 3 : 4;
	struct span code = { d.p, area }, local = span_from(d, area);
	return arena_printf(a, SPAN_FMT "-" SPAN_FMT, SPAN_ARG(code), SPAN_ARG(local));
}

/* One number as people write it.  false: a fault, said in *why. */
static bool one_number(struct span raw, struct arena *a, struct number *ret, struct err *why)
{
	struct span d = without_country(without(raw, "+-() ", a));
	ret->mobile = is_mobile(d);
	ret->text = d;
	if (ret->mobile)
		return true;
	if ((d.n == 10 || d.n == 12) && d.p[0] == '1' && d.p[1] >= '3' && d.p[1] <= '9')
		return err_set(why, ERR_INVALID, "手机号应为 11 位，这里有 %zu 位，请核对",
			"a mobile number has 11 digits, this has %zu", d.n);
	if (d.n < 3)
		return err_set(why, ERR_INVALID, "电话位数不足", "the telephone number is too short");
	size_t dash, second;
	bool one_dash = span_find(raw, '-', &dash) && !span_find(span_from(raw, dash + 1), '-', &second);
	bool dashes = span_find(raw, '-', &dash) && !one_dash;
	if (d.p[0] == '0' && d.n >= 10 && d.n <= 12 && !dashes && !(one_dash && dash > 5))
		ret->text = with_area(d, a);
	else
		ret->text = raw;
	return true;
}

/* Numbers between separators; words around them ("手机：") are left out, *ret_words says so. */
static size_t split_numbers(struct span s, struct span *ret, bool *ret_words)
{
	size_t n = 0;
	*ret_words = false;
	for (size_t at = 0; at < s.n && n < NUMBERS_MAX;) {
		size_t from = at;
		while (at < s.n && (digit(s.p[at]) || strchr("+-() ", s.p[at])))
			at++;
		struct span run = span_trim((struct span){ s.p + from, at - from });
		size_t digits = 0;
		for (size_t i = 0; i < run.n; i++)
			digits += digit(run.p[i]);
		if (digits > 13 && memchr(run.p, ' ', run.n)) {
			struct span rest = run;
			while (rest.p && n < NUMBERS_MAX) {
				struct span part = span_trim(span_split(&rest, ' '));
				if (part.n)
					ret[n++] = part;
			}
		} else if (digits) {
			ret[n++] = run;
		}
		if (at < s.n) {
			*ret_words = *ret_words || !strchr(",;/|", s.p[at]);
			at++;
		}
	}
	return n;
}

static bool has_latin(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= 'a' && s.p[i] <= 'z'))
			return true;
	return false;
}

/* 、 and line breaks between numbers become ; before they are split. */
static struct span with_separators(struct span in, struct arena *a)
{
	struct str out = STR_IN(a, CELL_MAX * 2);
	struct span rest = without_guard(in);
	while (rest.n) {
		uint32_t c = utf8_next(&rest);
		put(&out, c == 0x3001 || c == '\n' || c == '\r' ? ';' : c);
	}
	struct span s = plain(out.n ? str_span(&out) : SPAN(""), a);
	return s.n > 2 && memcmp(s.p + s.n - 2, ".0", 2) == 0 ? (struct span){ s.p, s.n - 2 } : s;
}

static bool take_numbers(struct span s, struct arena *a, struct str *out, bool *ret_words, struct err *why)
{
	struct span runs[NUMBERS_MAX + 1];
	struct number numbers[NUMBERS_MAX + 1] = { 0 };
	size_t n = 0, found = split_numbers(s, runs, ret_words);
	for (size_t i = 0; i < found; i++) {
		struct span tight = without(runs[i], "+-() ", a);
		bool pair = tight.n == 22 && n + 1 < NUMBERS_MAX && is_mobile((struct span){ tight.p, 11 }) &&
			is_mobile(span_from(tight, 11));
		if (pair) {
			numbers[n++] = (struct number){ { tight.p, 11 }, true };
			numbers[n++] = (struct number){ span_from(tight, 11), true };
		} else if (!one_number(runs[i], a, &numbers[n++], why)) {
			return false;
		}
		if (n >= NUMBERS_MAX)
			break;
	}
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < n; i++)
			if (numbers[i].mobile == (pass == 0)) {
				if (out->n)
					str_addc(out, ';');
				str_add(out, numbers[i].text);
			}
	return true;
}

void repair_phone(struct span in, const struct repair_word *words, struct arena *a, struct repaired *ret)
{
	struct span s = with_separators(in, a), digits;
	struct str out = STR_IN(a, CELL_MAX);
	struct span shown = utf8_cut(s, 40);
	int lost = 0;
	bool around;
	(void)words;
	if (!s.n || repair_is_nothing(in)) {
		took(in, SPAN(""), ret);
		return;
	}
	switch (power_of_ten(s, a, &digits, &lost)) {
	case POWER_EXACT:
		took(in, digits, ret);
		return;
	case POWER_LOST:
		err_set(&ret->why, ERR_INVALID, "“" SPAN_FMT "”是表格软件改写的号码，末 %d 位已丢失，请填写完整号码",
			"\"" SPAN_FMT "\" was rewritten by a spreadsheet program, the last %d digits are "
			"lost;"
			" write the whole number", SPAN_ARG(shown), lost);
		marked(REPAIR_FAULT, s, ret);
		return;
	case POWER_NO:
		break;
	}
	if (has_latin(s)) {
		err_set(&ret->why, ERR_INVALID, "电话只能含数字和 + - ( ) , ; /",
			"a telephone number has digits and + - ( ) , ; /");
		marked(REPAIR_FAULT, s, ret);
		return;
	}
	if (!take_numbers(s, a, &out, &around, &ret->why) || !out.n) {
		if (!out.n && !ret->why.code)
			err_set(&ret->why, ERR_INVALID, "这不是电话号码", "this is no telephone number");
		marked(REPAIR_FAULT, s, ret);
		return;
	}
	took(in, str_span(&out), ret);
	if (around) {
		struct span is = str_span(&out);
		err_set(&ret->why, ERR_INVALID, "号码旁有其他文字，建议改为“" SPAN_FMT "”",
			"there are words beside the number; \"" SPAN_FMT "\" is proposed", SPAN_ARG(is));
		marked(REPAIR_PROPOSED, is, ret);
	}
}

void repair_mail(struct span in, const struct repair_word *words, struct arena *a, struct repaired *ret)
{
	(void)words;
	struct span s = repair_is_nothing(in) ? SPAN("") : without(plain(in, a), " ", a);
	size_t at, dot, more;
	if (span_starts(s, SPAN("mailto:")))
		s = span_from(s, 7);
	bool good = !s.n || (span_find(s, '@', &at) && at > 0 && span_find(span_from(s, at), '.', &dot) &&
				    at + dot + 1 < s.n && !span_find(span_from(s, at + 1), '@', &more));
	if (good) {
		took(in, s, ret);
		return;
	}
	err_set(&ret->why, ERR_INVALID, "邮箱格式不对", "this is no mail address");
	marked(REPAIR_FAULT, s, ret);
}

/* ---- dates and numbers ---- */

/* Digits in runs: "2026年11月3日" gives 2026, 11, 3. */
static size_t runs_of_digits(struct span s, int64_t ret[4], size_t length[4])
{
	size_t n = 0;
	for (size_t i = 0; i < s.n && n < 4;) {
		size_t from = i;
		while (i < s.n && digit(s.p[i]))
			i++;
		if (i > from) {
			length[n] = i - from;
			if (!span_int((struct span){ s.p + from, i - from }, 0, 99999999, &ret[n++]))
				return 0;
		} else {
			i++;
		}
	}
	return n;
}

/* Only digits and what stands between the parts of a date. */
static bool like_a_date(struct span s)
{
	static const char *const between[] = { "-", "/", ".", " ", "年", "月", "日", "号" };
	while (s.n) {
		size_t length = digit(s.p[0]) ? 1 : 0;
		for (size_t i = 0; !length && i < COUNT(between); i++)
			if (span_starts(s, span_of(between[i])))
				length = strlen(between[i]);
		if (!length)
			return false;
		s = span_from(s, length);
	}
	return true;
}

static bool valid_date(int64_t year, int64_t month, int64_t day, struct arena *a, struct span *ret)
{
	char text[TIME_DATE_TEXT];
	struct time_date d = { (int)year, (int)month, (int)day };
	if (year < 1900 || year > 9999 || month > 12 || day > 31 || !time_date_valid(d))
		return false;
	*ret = arena_span(a, span_of(time_format_date(d, text)));
	return true;
}

/* Days since 1899-12-30, as spreadsheet programs count them. */
static bool of_serial(int64_t serial, struct arena *a, struct span *ret)
{
	struct time_date first = { 1899, 12, 30 };
	if (serial < 10000 || serial > 80000)
		return false;
	struct time_date d = time_date_of_days(time_days(first) + serial);
	return valid_date(d.year, d.month, d.day, a, ret);
}

/* Years of two digits and dates without a day are likely, not certain. */
static enum repair_mark of_parts(const int64_t part[4], const size_t length[4], size_t n, struct arena *a,
	struct span *ret)
{
	if (n == 3 && length[0] == 4)
		return valid_date(part[0], part[1], part[2], a, ret) ? REPAIR_NONE : REPAIR_FAULT;
	if (n == 3 && length[0] == 2 && part[0] < 70)
		return valid_date(2000 + part[0], part[1], part[2], a, ret) ? REPAIR_PROPOSED : REPAIR_FAULT;
	if (n == 2 && length[0] == 4)
		return valid_date(part[0], part[1], 1, a, ret) ? REPAIR_PROPOSED : REPAIR_FAULT;
	if (n == 1 && length[0] == 8)
		return valid_date(part[0] / 10000, part[0] / 100 % 100, part[0] % 100, a, ret) ? REPAIR_NONE
											   : REPAIR_FAULT;
	return REPAIR_FAULT;
}

static enum repair_mark read_date(struct span s, struct arena *a, struct span *ret)
{
	int64_t part[4] = { 0 }, ms;
	size_t length[4] = { 0 }, at;
	if (s.n > 10 && s.p[10] == 'T' && time_parse(s, &ms)) {
		struct time_date d = time_date(ms, TIME_CHINA);
		return valid_date(d.year, d.month, d.day, a, ret) ? REPAIR_NONE : REPAIR_FAULT;
	}
	/* a time of day behind the date */
	if (s.n > 12 && span_find(s, ' ', &at) && at >= 8 && memchr(s.p + at, ':', s.n - at))
		s = (struct span){ s.p, at };
	size_t n = like_a_date(s) ? runs_of_digits(s, part, length) : 0;
	bool serial = length[0] == 5 && (n == 1 || (n == 2 && part[1] == 0 && s.p[5] == '.'));
	if (serial)
		return of_serial(part[0], a, ret) ? REPAIR_PROPOSED : REPAIR_FAULT;
	return of_parts(part, length, n, a, ret);
}

void repair_date(struct span in, const struct repair_word *words, struct arena *a, struct repaired *ret)
{
	static const char *const open[] = { "长期", "至今", "今", "不限", "永久" };
	struct span s = plain(in, a), date = SPAN("");
	(void)words;
	bool nothing = repair_is_nothing(in) || !s.n;
	for (size_t i = 0; i < COUNT(open); i++)
		nothing = nothing || span_is(s, open[i]);
	if (nothing) {
		took(in, SPAN(""), ret);
		return;
	}
	enum repair_mark mark = read_date(s, a, &date);
	if (mark == REPAIR_NONE) {
		ret->value = date;             /* the same day written otherwise: nothing to tell */
		ret->mark = REPAIR_NONE;
		return;
	}
	if (mark == REPAIR_PROPOSED)
		err_set(&ret->why, ERR_INVALID, "日期不完整或写法不明，建议为 " SPAN_FMT,
			"the date is incomplete or unclear, " SPAN_FMT " is proposed", SPAN_ARG(date));
	else
		err_set(&ret->why, ERR_INVALID, "不是日期（应为 2026-11-23 的样子）",
			"this is no date (write it like 2026-11-23)");
	marked(mark, mark == REPAIR_PROPOSED ? date : s, ret);
}

void repair_number(struct span in, const struct repair_word *words, struct arena *a, struct repaired *ret)
{
	struct span s = plain(in, a);
	int64_t n;
	(void)words;
	if (!s.n || repair_is_nothing(in)) {
		took(in, SPAN(""), ret);
		return;
	}
	struct span tight = without(s, " ,", a);
	if (span_starts(tight, SPAN("第")))
		tight = span_from(tight, 3);
	size_t dot;
	if (span_find(tight, '.', &dot)) {
		bool zeros = dot > 0;
		for (size_t i = dot + 1; i < tight.n; i++)
			zeros = zeros && tight.p[i] == '0';
		if (zeros)
			tight.n = dot;
	}
	if (span_int(tight, 0, 1000000000, &n)) {
		took(in, arena_printf(a, "%lld", (long long)n), ret);
		return;
	}
	err_set(&ret->why, ERR_INVALID, "应为 0 至 1000000000 的整数",
		"must be a whole number from 0 to 1000000000");
	marked(REPAIR_FAULT, s, ret);
}

/* ---- words ---- */

static void list_words(const struct repair_word *words, struct repaired *ret, struct span shown,
	struct arena *a)
{
	struct str list = STR_IN(a, 4096);
	for (const struct repair_word *w = words, *last = NULL; w->word && list.n < 120; w++) {
		if (!last || strcmp(last->code, w->code) != 0)
			str_addf(&list, "%s%s", list.n ? ", " : "", w->code);
		last = w;
	}
	err_set(&ret->why, ERR_INVALID, "“" SPAN_FMT "”不在列表中（%s…）", "\"" SPAN_FMT "\" is not one of %s…",
		SPAN_ARG(shown), str_z(&list));
}

void repair_word(struct span in, const struct repair_word *words, struct arena *a, struct repaired *ret)
{
	struct span key = repair_key(in, a);
	*ret = (struct repaired){ .value = SPAN("") };
	if (!key.n || repair_is_nothing(in))
		return;
	for (const struct repair_word *w = words; w && w->word; w++) {
		if (span_eq(key, repair_key(span_of(w->word), a))) {
			ret->value = span_of(w->code);
			return;
		}
	}
	struct span s = plain(in, a), shown = utf8_cut(s, 20);
	static const struct repair_word none[] = { { NULL, NULL } };
	list_words(words ? words : none, ret, shown, a);
	marked(REPAIR_FAULT, s, ret);
}
