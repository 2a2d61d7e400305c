#include "codec/cpe.h"

static const char *const names[CPE_ATTRIBUTES] = {
	"part", "vendor", "product", "version", "update", "edition", "language", "sw_edition", "target_sw",
	"target_hw", "other",
};

static bool is_literal(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
}

static bool is_graphic(char c)
{
	return c > 0x20 && c < 0x7f;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Takes what stands before the next unquoted colon off the front of *rest; *ret_more: was there a colon? */
static struct span take_attribute(struct span *rest, bool *ret_more)
{
	size_t i = 0;
	while (i < rest->n && rest->p[i] != ':')
		i += rest->p[i] == '\\' && i + 1 < rest->n ? 2 : 1;
	struct span field = { rest->p, i };
	*ret_more = i < rest->n;
	*rest = span_from(*rest, i + 1);
	return field;
}

/*
 * Length of the run of unquoted wildcards at s.p[i]: one *, or any number of ?.  NISTIR 7695 section 5.3.2
 * allows them at the start and at the end of a value only.
 */
static size_t wild_run(struct span s, size_t i)
{
	if (s.p[i] == '*')
		return 1;
	size_t n = 0;
	while (i + n < s.n && s.p[i + n] == '?')
		n++;
	return n;
}

/* Writes the escaped form of one character; a quoted . _ or - is the same character as the unquoted one. */
static char *put(char *out, char c)
{
	if (!is_literal(c))
		*out++ = '\\';
	*out++ = c;
	return out;
}

enum fault {
	FAULT_NONE, FAULT_EMPTY, FAULT_WILD, FAULT_BACKSLASH, FAULT_QUOTED, FAULT_CHARACTER, FAULT_PART,
};

static bool refuse(struct err *err, enum fault why, size_t at)
{
	const char *n = names[at];
	switch (why) {
	case FAULT_EMPTY:
		return err_field(err, n, "CPE 名称的 %s 属性为空", "CPE attribute %s is empty", n);
	case FAULT_WILD:
		return err_field(err, n, "CPE 名称的 %s 属性：未转义的 * 或 ? 只能位于首尾",
			"CPE attribute %s: an unquoted * or ? may stand only at the start or end", n);
	case FAULT_BACKSLASH:
		return err_field(err, n, "CPE 名称的 %s 属性以反斜线结尾", "CPE attribute %s ends in a backslash", n);
	case FAULT_QUOTED:
		return err_field(err, n, "CPE 名称的 %s 属性：字母和数字不可转义",
			"CPE attribute %s quotes a letter or digit", n);
	case FAULT_PART:
		return err_field(err, n, "CPE 名称的 %s 属性应为 a、o 或 h", "CPE attribute %s must be a, o or h", n);
	case FAULT_CHARACTER:
	case FAULT_NONE:
		break;
	}
	return err_field(err, n, "CPE 名称的 %s 属性含有 ASCII 可见字符以外的字符",
		"CPE attribute %s holds a character that is not printable ASCII", n);
}

/* The character behind a backslash. */
static enum fault read_quoted(struct span behind, char *ret)
{
	if (behind.n == 0)
		return FAULT_BACKSLASH;
	char c = lower(behind.p[0]);
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
		return FAULT_QUOTED;
	*ret = c;
	return FAULT_NONE;
}

/* Reads a value that is neither ANY nor NA into `out`, which has room for 2 n bytes. */
static enum fault read_value(struct span s, char *out, struct span *ret, bool *ret_wild)
{
	char *start = out;
	bool wild = false;
	size_t run;
	for (size_t i = 0; i < s.n; i += run) {
		char c = lower(s.p[i]);
		run = wild_run(s, i);
		if (run) {
			/* at an end, and not two kinds side by side */
			if ((i != 0 && i + run != s.n) || (i == 1 && wild))
				return FAULT_WILD;
			memcpy(out, s.p + i, run);
			out += run;
			wild = true;
			continue;
		}
		run = c == '\\' ? 2 : 1;
		enum fault f = c == '\\' ? read_quoted(span_from(s, i + 1), &c) : FAULT_NONE;
		if (f != FAULT_NONE)
			return f;
		if (!is_graphic(c))
			return FAULT_CHARACTER;
		out = put(out, c);
	}
	/* a lone quoted hyphen is the character; unquoted it would be NA */
	if (out - start == 1 && *start == '-') {
		*start = '\\';
		*out++ = '-';
	}
	*ret = (struct span){ start, (size_t)(out - start) };
	*ret_wild = wild;
	return FAULT_NONE;
}

static enum fault read_attribute(struct span field, size_t at, char *out, struct cpe *c)
{
	if (field.n == 0)
		return FAULT_EMPTY;
	if (field.n == 1 && (field.p[0] == '*' || field.p[0] == '-')) {
		c->at[at].kind = field.p[0] == '*' ? CPE_ANY : CPE_NA;
		return at == CPE_PART ? FAULT_PART : FAULT_NONE;
	}
	c->at[at].kind = CPE_VALUE;
	enum fault f = read_value(field, out, &c->at[at].text, &c->at[at].wild);
	if (f != FAULT_NONE || at != CPE_PART)
		return f;
	struct span t = c->at[at].text;
	return t.n == 1 && (t.p[0] == 'a' || t.p[0] == 'o' || t.p[0] == 'h') ? FAULT_NONE : FAULT_PART;
}

bool cpe_parse(struct span text, struct arena *a, struct cpe *ret, struct err *err)
{
	static const struct span prefix = { "cpe:2.3:", 8 };
	if (text.n > CPE_TEXT_MAX)
		return err_set(err, ERR_TOO_LARGE, "CPE 名称超过 %d 字节", "CPE name is longer than %d bytes",
			CPE_TEXT_MAX);
	if (text.n < prefix.n || !span_eq_nocase((struct span){ text.p, prefix.n }, prefix))
		return err_set(err, ERR_MALFORMED, "CPE 名称应以 cpe:2.3: 开头",
			"CPE name must start with cpe:2.3:");
	struct cpe c = {0};
	struct span rest = span_from(text, prefix.n);
	char *out = arena_alloc(a, 2 * rest.n + 1);
	size_t length = prefix.n;
	bool more = true;
	for (size_t at = 0; at < CPE_ATTRIBUTES; at++) {
		if (!more)
			return err_field(err, names[at], "CPE 名称缺少 %s 属性", "CPE name lacks attribute %s",
				names[at]);
		enum fault f = read_attribute(take_attribute(&rest, &more), at, out, &c);
		if (f != FAULT_NONE)
			return refuse(err, f, at);
		out += c.at[at].text.n;
		length += (c.at[at].kind == CPE_VALUE ? c.at[at].text.n : 1) + (at > 0);
	}
	if (more)
		return err_set(err, ERR_MALFORMED, "CPE 名称多于 %d 个属性", "CPE name has more than %d attributes",
			CPE_ATTRIBUTES);
	/* characters that had to be quoted made it longer: what was read must also be readable once
	 * written */
	if (length > CPE_TEXT_MAX)
		return err_set(err, ERR_TOO_LARGE, "CPE 名称超过 %d 字节", "CPE name is longer than %d bytes",
			CPE_TEXT_MAX);
	*ret = c;
	return true;
}

/* ---- CPE 2.2 URIs ---- */

enum { URI_COMPONENTS = 7, PACKED = 5 };

static int hex(char c)
{
	c = lower(c);
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One character of a component, as it stands in a formatted string: *i moves behind it. */
static bool decode_one(struct span s, size_t *i, struct str *to)
{
	char c = s.p[(*i)++];
	if (c == '%') {
		int high = *i + 1 < s.n ? hex(s.p[*i]) : -1, low = *i + 1 < s.n ? hex(s.p[*i + 1]) : -1;
		if (high < 0 || low < 0)
			return false;
		c = (char)(high * 16 + low);
		*i += 2;
		if (c == 1 || c == 2) {
			str_addc(to, c == 1 ? '?' : '*');
			return true;
		}
	}
	c = lower(c);
	if (!is_graphic(c))
		return false;
	if (!is_literal(c))
		str_addc(to, '\\');
	str_addc(to, c);
	return true;
}

/* A component as an attribute of a formatted string: empty is ANY, - is NA.  Some write * for ANY. */
static bool decode(struct span s, struct str *to)
{
	str_addc(to, ':');
	if (s.n == 0 || (s.n == 1 && (s.p[0] == '*' || s.p[0] == '-'))) {
		str_addc(to, s.n && s.p[0] == '-' ? '-' : '*');
		return true;
	}
	/* %2d alone is the character, not NA */
	if (s.n == 3 && span_eq_nocase(s, SPAN("%2d"))) {
		str_addz(to, "\\-");
		return true;
	}
	for (size_t i = 0; i < s.n;)
		if (!decode_one(s, &i, to))
			return false;
	return true;
}

/* Splits into at most max parts; false if there are more. */
static bool split(struct span s, char at, struct span *ret, size_t max)
{
	for (size_t i = 0; i < max; i++)
		ret[i] = (struct span){ NULL, 0 };
	for (size_t i = 0; s.p; i++) {
		if (i == max)
			return false;
		ret[i] = span_split(&s, at);
	}
	return true;
}

static bool uri_to_string(struct span uri, struct str *to, struct err *err)
{
	/* in the order of the formatted string; a packed edition holds that of 5, 7, 8, 9 and 10 */
	static const size_t packed_at[PACKED] = { 5, 7, 8, 9, 10 };
	struct span c[CPE_ATTRIBUTES] = { 0 }, packed[PACKED + 1];
	if (!split(uri, ':', c, URI_COMPONENTS))
		return err_set(err, ERR_MALFORMED, "CPE 2.2 名称多于 %d 段",
			"CPE 2.2 name has more than %d components",
			URI_COMPONENTS);
	if (c[CPE_EDITION].n && c[CPE_EDITION].p[0] == '~') {
		if (!split(c[CPE_EDITION], '~', packed, PACKED + 1))
			return refuse(err, FAULT_CHARACTER, CPE_EDITION);
		for (size_t i = 0; i < PACKED; i++)
			c[packed_at[i]] = packed[i + 1];
	}
	str_addz(to, "cpe:2.3");
	for (size_t at = 0; at < CPE_ATTRIBUTES; at++)
		if (!decode(c[at], to))
			return refuse(err, FAULT_CHARACTER, at);
	return true;
}

bool cpe_parse_any(struct span text, struct arena *a, struct cpe *ret, struct err *err)
{
	static const struct span prefix = { "cpe:/", 5 };
	if (text.n < prefix.n || !span_eq_nocase((struct span){ text.p, prefix.n }, prefix))
		return cpe_parse(text, a, ret, err);
	if (text.n > CPE_TEXT_MAX)
		return err_set(err, ERR_TOO_LARGE, "CPE 名称超过 %d 字节", "CPE name is longer than %d bytes",
			CPE_TEXT_MAX);
	struct str name = STR_IN(a, 4 * CPE_TEXT_MAX);
	return uri_to_string(span_from(text, prefix.n), &name, err) &&
		cpe_parse(str_span(&name), a, ret, err);
}

static struct span attribute_text(const struct cpe *c, size_t at)
{
	switch (c->at[at].kind) {
	case CPE_ANY:
		return SPAN("*");
	case CPE_NA:
		return SPAN("-");
	case CPE_VALUE:
		break;
	}
	return c->at[at].text;
}

struct span cpe_format(const struct cpe *c, struct arena *a)
{
	size_t n = sizeof "cpe:2.3" - 1;
	for (size_t at = 0; at < CPE_ATTRIBUTES; at++)
		n += 1 + attribute_text(c, at).n;
	char *p = arena_alloc(a, n + 1);
	size_t i = sizeof "cpe:2.3" - 1;
	memcpy(p, "cpe:2.3", i);
	for (size_t at = 0; at < CPE_ATTRIBUTES; at++) {
		struct span t = attribute_text(c, at);
		p[i++] = ':';
		if (t.n)
			memcpy(p + i, t.p, t.n);
		i += t.n;
	}
	return (struct span){ p, n };
}

struct span cpe_plain(const struct cpe *c, enum cpe_attribute at, struct arena *a)
{
	struct span t = attribute_text(c, at);
	if (c->at[at].kind != CPE_VALUE || !memchr(t.p, '\\', t.n))
		return t;
	char *p = arena_alloc(a, t.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] == '\\' && i + 1 < t.n)
			i++;
		p[n++] = t.p[i];
	}
	return (struct span){ p, n };
}

bool cpe_quote(struct span plain, struct arena *a, struct span *ret)
{
	if (plain.n == 0 || plain.n > CPE_VALUE_MAX)
		return false;
	char *p = arena_alloc(a, 2 * plain.n + 1), *out = p;
	for (size_t i = 0; i < plain.n; i++) {
		char c = lower(plain.p[i]);
		if (c == ' ' || c == '\t')
			c = '_';
		if (!is_graphic(c))
			return false;
		out = put(out, c);
	}
	size_t n = (size_t)(out - p);
	if (n > CPE_VALUE_MAX)
		return false;
	*ret = n == 1 && *p == '-' ? SPAN("\\-") : (struct span){ p, n };
	return true;
}

bool cpe_with_version(
	struct span name, struct span version, struct arena *a, struct span *ret, struct err *err)
{
	struct cpe c;
	struct span value;
	if (!cpe_parse(name, a, &c, err))
		return false;
	if (!cpe_quote(version, a, &value))
		return err_field(err, "version",
			"版本“" SPAN_FMT "”不能写入 CPE 名称，只能用可见的 ASCII 字符",
			"the version \"" SPAN_FMT "\" cannot stand in a CPE name: only printable ASCII can",
			SPAN_ARG(utf8_cut(version, 40)));
	c.at[CPE_VERSION].kind = CPE_VALUE;
	c.at[CPE_VERSION].wild = false;
	c.at[CPE_VERSION].text = value;
	c.at[CPE_UPDATE].kind = CPE_ANY;
	*ret = cpe_format(&c, a);
	return true;
}
