#include "codec/csv.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

enum { CHUNK = 1024 * 1024, SURE_CHARACTERS = 8 };

enum encoding { UNDECIDED, UTF8, GB18030 };

struct cell {
	size_t from, n;
};

struct csv {
	struct stream *stream;
	unsigned char *chunk;
	size_t n, at;
	bool begun, end;
	enum encoding encoding;
	iconv_t from_gb;
	bool have_iconv;
	uint64_t line;                        /* of the byte at `at` */
	struct str raw, text;                 /* a row as it came, and its converted fields */
	VEC(struct cell) cells;
	VEC(struct span) fields;
	struct arena *header_arena;
	VEC(struct span) header;
};

struct csv *csv_new(struct stream *s)
{
	struct csv *c = calloc(1, sizeof *c);
	if (!c || !(c->chunk = malloc(CHUNK)))
		abort();
	c->stream = s;
	c->line = 1;
	c->raw = STR(CSV_ROW_MAX);
	c->text = STR(2 * CSV_ROW_MAX);
	return c;
}

void csv_free(struct csv *c)
{
	if (!c)
		return;
	if (c->have_iconv)
		iconv_close(c->from_gb);
	free(c->chunk);
	str_done(&c->raw);
	str_done(&c->text);
	vec_done(&c->cells);
	vec_done(&c->fields);
	vec_done(&c->header);
	arena_free(c->header_arena);
	free(c);
}

void csv_free_p(struct csv **c)
{
	csv_free(*c);
	*c = NULL;
}

/* Without the start of a character at the end that the next chunk completes. */
static struct span whole_characters(struct span s)
{
	for (size_t back = 1; back <= 3 && back <= s.n; back++) {
		unsigned char b = (unsigned char)s.p[s.n - back];
		if ((b & 0xC0) == 0x80)
			continue;
		size_t length = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : b >= 0xC0 ? 2 : 1;
		return (struct span){ s.p, length > back ? s.n - back : s.n };
	}
	return s;
}

/* How many characters beyond ASCII stand before the first fault in UTF-8. */
static size_t characters_before_fault(struct span s)
{
	size_t count = 0;
	while (s.n && count < SURE_CHARACTERS) {
		size_t n = 1;
		while (n < 4 && n < s.n && !utf8_valid((struct span){ s.p, n }))
			n++;
		if (!utf8_valid((struct span){ s.p, n }))
			break;
		count += n > 1;
		s = span_from(s, n);
	}
	return count;
}

static enum encoding detect(struct span s, bool end)
{
	bool ascii = true;
	for (size_t i = 0; i < s.n && ascii; i++)
		ascii = (unsigned char)s.p[i] < 0x80;
	if (ascii)
		return UNDECIDED;
	if (utf8_valid(end ? s : whole_characters(s)))
		return UTF8;
	/* UTF-8 with a fault in it stays UTF-8, and the fault is reported where it is; read as GB18030 it
	 * would turn into nonsense without any error.  Other text does not look like UTF-8 for several
	 * characters on end. */
	return characters_before_fault(s) >= SURE_CHARACTERS ? UTF8 : GB18030;
}

static bool start(struct csv *c, struct err *err)
{
	c->begun = true;
	if (c->n >= 2 && (memcmp(c->chunk, "\xFF\xFE", 2) == 0 || memcmp(c->chunk, "\xFE\xFF", 2) == 0))
		return err_set(err, ERR_MEDIA_TYPE, "文件是 UTF-16 编码，请另存为 UTF-8 编码的 CSV",
			       "the file is UTF-16: save it as CSV in UTF-8");
	if (c->n >= 3 && memcmp(c->chunk, "\xEF\xBB\xBF", 3) == 0) {
		c->at = 3;
		c->encoding = UTF8;
	}
	return true;
}

static bool fill(struct csv *c, struct err *err)
{
	c->n = c->at = 0;
	while (c->n < CHUNK && !c->end) {
		size_t n;
		if (!stream_read(c->stream, (char *)c->chunk + c->n, CHUNK - c->n, &n, err))
			return false;
		c->n += n;
		c->end = n == 0;
	}
	if (!c->begun && !start(c, err))
		return false;
	if (c->encoding == UNDECIDED)
		c->encoding = detect((struct span){ (char *)c->chunk, c->n }, c->end);
	return true;
}

/* The next byte, or -1 at the end, or -2 with an error; stays in front of it. */
static int look(struct csv *c, struct err *err)
{
	if (c->at == c->n) {
		if (c->end && c->begun)
			return -1;
		if (!fill(c, err))
			return -2;
		if (c->at == c->n)
			return -1;
	}
	return c->chunk[c->at];
}

static bool at_field(struct csv *c, struct err *err)
{
	return err_prefix(err, "第 %llu 行第 %zu 列：", "line %llu, field %zu: ", (unsigned long long)c->line,
			  c->cells.n + 1) && false;
}

static bool put(struct csv *c, size_t from, int byte, struct err *err)
{
	if (byte == 0) {
		err_set(err, ERR_MALFORMED, "含有空字符", "holds a NUL byte");
		return at_field(c, err);
	}
	str_addc(&c->raw, (char)byte);
	if (c->raw.failed || c->raw.n - from > CSV_FIELD_MAX) {
		err_set(err, ERR_TOO_LARGE, "内容过长（每格至多 %d 字节，每行至多 %d 字节）",
			"too long (at most %d bytes a field, %d a row)", CSV_FIELD_MAX, CSV_ROW_MAX);
		return at_field(c, err);
	}
	return true;
}

/* Behind the opening quote, to behind the closing one. */
static bool quoted(struct csv *c, size_t from, struct err *err)
{
	uint64_t opened = c->line;
	for (;;) {
		int b = look(c, err);
		if (b == -2)
			return false;
		if (b == -1) {
			c->line = opened;
			err_set(err, ERR_MALFORMED, "引号没有闭合", "the quote is never closed");
			return at_field(c, err);
		}
		c->at++;
		if (b == '"') {
			if (look(c, err) != '"')
				return true;
			c->at++;
		}
		if (b == '\n')
			c->line++;
		if (!put(c, from, b, err))
			return false;
	}
}

/* One field; *ret_sep is what ended it: ',' or '\n', or -1 at the end of the file. */
static bool field(struct csv *c, int *ret_sep, struct err *err)
{
	size_t from = c->raw.n;
	bool was_quoted = false;
	int b = look(c, err);
	if (b == '"') {
		c->at++;
		was_quoted = true;
		if (!quoted(c, from, err))
			return false;
		b = look(c, err);
	}
	while (b >= 0 && b != ',' && b != '\n' && b != '\r') {
		if (was_quoted) {
			err_set(err, ERR_MALFORMED, "引号之后还有内容", "something stands behind the closing quote");
			return at_field(c, err);
		}
		c->at++;
		if (!put(c, from, b, err))
			return false;
		b = look(c, err);
	}
	if (b == -2)
		return false;
	if (b >= 0)
		c->at++;
	if (b == '\r') {
		if (look(c, err) == '\n')
			c->at++;
		b = '\n';
	}
	vec_push(&c->cells, (struct cell){ from, c->raw.n - from });
	*ret_sep = b;
	return true;
}

static bool row(struct csv *c, bool *ret_more, struct err *err)
{
	int sep = ',';
	str_clear(&c->raw);
	c->cells.n = 0;
	int b = look(c, err);
	if (b < 0) {
		*ret_more = false;
		return b == -1;
	}
	*ret_more = true;
	while (sep == ',') {
		if (c->cells.n == CSV_COLUMNS_MAX)
			return err_set(err, ERR_TOO_LARGE, "第 %llu 行超过 %d 列",
				"line %llu has more than %d columns", (unsigned long long)c->line,
				CSV_COLUMNS_MAX);
		if (!field(c, &sep, err))
			return false;
	}
	return true;
}

static bool convert(struct csv *c, struct span in, struct err *err)
{
	if (!c->have_iconv) {
		c->from_gb = iconv_open("UTF-8", "GB18030");
		if (c->from_gb == (iconv_t)-1)
			return err_errno(err, errno, "iconv GB18030");
		c->have_iconv = true;
	}
	iconv(c->from_gb, NULL, NULL, NULL, NULL);
	char *from = (char *)(uintptr_t)in.p, out[1024];
	size_t n = in.n;
	while (n) {
		char *to = out;
		size_t room = sizeof out;
		size_t done = iconv(c->from_gb, &from, &n, &to, &room);
		str_add(&c->text, (struct span){ out, sizeof out - room });
		if (done == (size_t)-1 && errno != E2BIG)
			return err_set(err, ERR_MALFORMED, "既不是有效的 UTF-8 也不是有效的 GB18030 文本",
				       "neither valid UTF-8 nor valid GB18030");
	}
	return true;
}

/* Would a spreadsheet program take it for a formula?  The wide signs are what an input method types. */
static bool is_formula(struct span s)
{
	static const char *const wide[] = { "＝", "＋", "－", "＠" };
	bool ret = s.n && memchr("=+-@\t\r\n", s.p[0], 7);
	for (size_t i = 0; i < COUNT(wide) && !ret; i++)
		ret = span_starts(s, span_of(wide[i]));
	return ret;
}

/* What stands behind the apostrophes at the front. */
static struct span bare(struct span s)
{
	size_t n = 0;
	while (n < s.n && s.p[n] == '\'')
		n++;
	return span_from(s, n);
}

/* The apostrophe that writing put before a formula is no part of the text. */
static struct span unguarded(struct span s)
{
	return s.n && s.p[0] == '\'' && is_formula(bare(s)) ? span_from(s, 1) : s;
}

/* From raw cells to fields in UTF-8. */
static bool convert_row(struct csv *c, uint64_t line, struct err *err)
{
	str_clear(&c->text);
	for (size_t i = 0; i < c->cells.n; i++) {
		struct cell *cell = &c->cells.p[i];
		struct span in = { c->raw.p + cell->from, cell->n };
		size_t from = c->text.n;
		bool valid = cell->n == 0 || utf8_valid(in), ok = true;
		if (c->encoding == GB18030 && cell->n)
			ok = convert(c, in, err);
		else if (valid)
			str_add(&c->text, in);
		else
			ok = err_set(err, ERR_MALFORMED, "不是有效的 UTF-8 文本", "not valid UTF-8");
		if (ok && c->text.n - from > CSV_FIELD_MAX)
			ok = err_set(err, ERR_TOO_LARGE, "内容超过 %d 字节", "more than %d bytes", CSV_FIELD_MAX);
		if (!ok)
			return err_prefix(err, "第 %llu 行第 %zu 列：", "line %llu, field %zu: ",
					  (unsigned long long)line, i + 1) && false;
		*cell = (struct cell){ from, c->text.n - from };
	}
	c->fields.n = 0;
	for (size_t i = 0; i < c->cells.n; i++)
		vec_push(&c->fields,
			unguarded((struct span){ str_z(&c->text) + c->cells.p[i].from, c->cells.p[i].n }));
	return true;
}

bool csv_next(struct csv *c, struct csv_row *ret, bool *ret_more, struct err *err)
{
	bool more = true;
	uint64_t line;
	do {
		line = c->line;
		if (!row(c, &more, err))
			return false;
		c->line++;
	} while (more && c->cells.n == 1 && c->cells.p[0].n == 0);
	if (more) {
		if (!convert_row(c, line, err))
			return false;
		*ret = (struct csv_row){ line, c->fields.n, c->fields.p };
	}
	*ret_more = more;
	return true;
}

bool csv_header(struct csv *c, struct err *err)
{
	struct csv_row names;
	bool more;
	if (!csv_next(c, &names, &more, err))
		return false;
	if (!more)
		return err_set(err, ERR_MALFORMED, "文件为空，没有标题行", "the file is empty: no header row");
	c->header_arena = arena_new(2 * CSV_ROW_MAX, 4 * CSV_ROW_MAX);
	for (size_t i = 0; i < names.n; i++) {
		struct span name = span_trim(names.fields[i]);
		for (size_t j = 0; j < i; j++)
			if (name.n && span_eq_nocase(name, c->header.p[j]))
				return err_set(err, ERR_MALFORMED,
					"标题行中“%.*s”重复（第 %zu 列与第 %zu 列）",
					"the header names \"%.*s\" twice (fields %zu and %zu)",
					SPAN_ARG(name), j + 1, i + 1);
		vec_push(&c->header, arena_span(c->header_arena, name));
	}
	return true;
}

int csv_find(const struct csv *c, const char *name)
{
	for (size_t i = 0; i < c->header.n; i++)
		if (span_eq_nocase(c->header.p[i], span_of(name)))
			return (int)i;
	return CSV_NONE;
}

size_t csv_columns(const struct csv *c)
{
	return c->header.n;
}

struct span csv_name(const struct csv *c, size_t column)
{
	return column < c->header.n ? c->header.p[column] : SPAN("");
}

struct span csv_get(const struct csv_row *row, int column)
{
	if (column < 0 || (size_t)column >= row->n)
		return SPAN("");
	return span_trim(row->fields[column]);
}

bool csv_check_width(const struct csv *c, const struct csv_row *row, struct err *err)
{
	if (row->n == c->header.n)
		return true;
	return err_set(err, ERR_INVALID, "第 %llu 行有 %zu 列，标题行有 %zu 列",
		"line %llu has %zu fields, the header %zu", (unsigned long long)row->line, row->n,
		c->header.n);
}

bool csv_at(const struct csv *c, const struct csv_row *row, int column, struct err *err)
{
	struct span name = csv_name(c, column < 0 ? SIZE_MAX : (size_t)column);
	return err_prefix(err, "第 %llu 行“%.*s”列：",
		       "line %llu, column \"%.*s\": ", (unsigned long long)row->line, SPAN_ARG(name)) &&
		false;
}

static bool is_number(struct span s)
{
	size_t i = s.n && (s.p[0] == '-' || s.p[0] == '+'), digits = 0, points = 0;
	for (; i < s.n; i++) {
		if (s.p[i] >= '0' && s.p[i] <= '9')
			digits++;
		else if (s.p[i] == '.' && digits && i + 1 < s.n)
			points++;
		else
			return false;
	}
	return digits && points <= 1;
}

static void write_field(struct str *to, struct span s)
{
	bool quote = s.n && (s.p[0] == ' ' || s.p[s.n - 1] == ' ');
	/* one apostrophe more also where there are some, so that reading may take off exactly one */
	bool guard = is_formula(bare(s)) && !is_number(s);
	for (size_t i = 0; i < s.n && !quote; i++)
		quote = memchr(",\"\r\n", s.p[i], 4) != NULL;
	if (quote)
		str_addc(to, '"');
	if (guard)
		str_addc(to, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			str_addc(to, '"');
		str_addc(to, s.p[i]);
	}
	if (quote)
		str_addc(to, '"');
}

void csv_write_start(struct str *to)
{
	str_addz(to, "\xEF\xBB\xBF");
}

void csv_write(struct str *to, const struct span *fields, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			str_addc(to, ',');
		write_field(to, fields[i]);
	}
	/* A row of one empty field would look like an empty line, which readers pass over. */
	if (n == 1 && fields[0].n == 0)
		str_addz(to, "\"\"");
	str_addz(to, "\r\n");
}
