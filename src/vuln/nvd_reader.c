#include "vuln/nvd_reader.h"

#include <stdlib.h>

enum { CHUNK = 256 * 1024, ID_DIGITS_MIN = 4, ID_DIGITS_MAX = 19 };

struct reader {
	struct stream *stream;
	nvd_record_fn *fn;
	void *data;
	char *buf; /* the bytes from `from` on are not used up; `at` is the scanner's place */
	size_t from, at, n, cap;
	bool end;
	uint64_t line;                   /* of buf[from] */
	uint64_t number, good;
	bool lines; /* known to be NDJSON: no record goes on behind the end of its line */
	bool bound;                      /* inside such a record */
};

bool nvd_id_valid(struct span id)
{
	if (!span_starts(id, SPAN("CVE-")) || id.n < 9 + ID_DIGITS_MIN || id.n > 9 + ID_DIGITS_MAX ||
		id.p[8] != '-')
		return false;
	for (size_t i = 4; i < id.n; i++)
		if (i != 8 && (id.p[i] < '0' || id.p[i] > '9'))
			return false;
	return true;
}

bool nvd_rejected(const json_t *cve)
{
	return span_eq_nocase(json_get_text(cve, "vulnStatus"), SPAN("Rejected"));
}

/* Makes at least one more byte readable at `at`; false at the end or on an error (which sets *ret_failed). */
static bool more(struct reader *r, bool *ret_failed, struct err *err)
{
	if (r->from && r->from == r->n) {
		r->from = r->at = r->n = 0;
	} else if (r->from > r->cap / 2) {
		memmove(r->buf, r->buf + r->from, r->n - r->from);
		r->at -= r->from;
		r->n -= r->from;
		r->from = 0;
	}
	if (r->cap - r->n < CHUNK) {
		r->cap = r->cap ? r->cap * 2 : 4 * (size_t)CHUNK;
		r->buf = realloc(r->buf, r->cap);
		if (!r->buf)
			abort();
	}
	size_t n;
	if (r->end || !stream_read(r->stream, r->buf + r->n, r->cap - r->n, &n, err)) {
		*ret_failed = !r->end;
		return false;
	}
	r->n += n;
	r->end = n == 0;
	return n > 0;
}

static bool have(struct reader *r, bool *ret_failed, struct err *err)
{
	return r->at < r->n || more(r, ret_failed, err);
}

/* Uses up everything before `at`, counting lines. */
static void use(struct reader *r)
{
	const char *p = r->buf + r->from, *end = r->buf + r->at;
	while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
		r->line++;
		p++;
	}
	r->from = r->at;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Over white space, and a comma where one may stand; ret_c is the next byte or 0 at the end. */
static bool skip(struct reader *r, bool comma, char *ret_c, struct err *err)
{
	bool failed = false;
	for (;;) {
		if (!have(r, &failed, err)) {
			*ret_c = 0;
			return !failed;
		}
		char c = r->buf[r->at];
		if (comma && c == ',') {
			comma = false;
		} else if (!is_space(c) || (c == '\n' && r->bound)) {
			*ret_c = c;
			return true;
		}
		r->at++;
	}
}

enum scan { SCAN_DONE, SCAN_BROKEN, SCAN_END, SCAN_TOO_LONG, SCAN_FAILED };

/* One byte further inside a text; sets *ret_end behind its closing quote. */
static bool text_byte(char c, bool *escaped, bool *ret_end)
{
	*ret_end = !*escaped && c == '"';
	*escaped = !*escaped && c == '\\';
	return (unsigned char)c >= 0x20;
}

/* Over one JSON value: only its borders are found, jansson judges what is inside.  A control character inside
 * a text (no JSON has one) is SCAN_BROKEN, so that an unclosed quote does not swallow the records behind it.
 */
static enum scan scan_value(struct reader *r, struct err *err)
{
	size_t depth = 0;
	bool failed = false, in_text = false, escaped = false;
	for (;; r->at++) {
		if (!have(r, &failed, err))
			return failed ? SCAN_FAILED : SCAN_END;
		if (r->at - r->from > NVD_RECORD_MAX)
			return SCAN_TOO_LONG;
		char c = r->buf[r->at];
		if (c == '\n' && r->bound)
			return SCAN_BROKEN;
		bool done = false;
		if (in_text) {
			if (!text_byte(c, &escaped, &done))
				return SCAN_BROKEN;
			in_text = !done;
			done = done && depth == 0;
		} else if (c == '"') {
			in_text = true;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if (depth == 0 && (is_space(c) || memchr(",:}]", c, 4))) {
			return SCAN_DONE;
		} else if (c == '}' || c == ']') {
			done = --depth == 0;
		}
		if (done) {
			r->at++;
			return SCAN_DONE;
		}
	}
}

static bool refuse(struct reader *r, struct span id, struct err *why, struct err *err)
{
	err_prefix(why, "第 %llu 条（第 %llu 行）：", "record %llu (line %llu): ", (unsigned long long)r->number,
		   (unsigned long long)r->line);
	struct nvd_record record = { r->number, r->line, id, NULL, why };
	return r->fn(r->data, &record, err);
}

/* One record's text to the caller. */
static bool give(struct reader *r, struct span text, struct err *err)
{
	CLEANUP(json_free) json_t *j = NULL;
	struct err why = { 0 };
	r->number++;
	if (!json_parse(text, 0, &j, &why))
		return refuse(r, (struct span){ NULL, 0 }, &why, err);
	const json_t *cve = json_object_get(j, "cve");
	if (!json_is_object(cve))
		cve = j;
	struct span id = json_get_text(cve, "id");
	if (!nvd_id_valid(id)) {
		err_field(&why, "id", "缺少有效的 CVE 编号", "no valid CVE id");
		return refuse(r, (struct span){ NULL, 0 }, &why, err);
	}
	r->good++;
	struct nvd_record record = { r->number, r->line, id, cve, NULL };
	return r->fn(r->data, &record, err);
}

static bool broken(const struct reader *r, enum scan how, struct err *err)
{
	unsigned long long line = r->line, number = r->number + 1;
	if (how == SCAN_FAILED)
		return false;
	if (how == SCAN_END)
		return err_set(err, ERR_MALFORMED, "文件不完整：第 %llu 条（第 %llu 行）中断",
			       "truncated: record %llu (line %llu) is cut off", number, line);
	if (how == SCAN_TOO_LONG)
		return err_set(err, ERR_TOO_LARGE, "第 %llu 条（第 %llu 行）超过 %d 字节",
			"record %llu (line %llu) is longer than %d bytes", number, line, NVD_RECORD_MAX);
	return err_set(err, ERR_MALFORMED, "文件损坏：第 %llu 条（第 %llu 行）不是 JSON",
		       "broken: record %llu (line %llu) is not JSON", number, line);
}

/* From behind the '[' of "vulnerabilities" to behind its ']'. */
static bool elements(struct reader *r, struct err *err)
{
	char c;
	use(r);
	r->bound = false;
	for (bool first = true;; first = false) {
		if (!skip(r, !first, &c, err))
			return false;
		use(r);
		if (c == ']') {
			r->at++;
			use(r);
			return true;
		}
		enum scan how = c == '{' ? scan_value(r, err) : c ? SCAN_BROKEN : SCAN_END;
		if (how != SCAN_DONE)
			return broken(r, how, err);
		if (!give(r, (struct span){ r->buf + r->from, r->at - r->from }, err))
			return false;
		use(r);
	}
}

/* At a '{': its keys are walked until "vulnerabilities" turns up (its elements are given, *ret_envelope is
 * set) or the object ends.  Everything walked over stays in the buffer unless it is an envelope. */
static enum scan walk(struct reader *r, bool *ret_envelope, struct err *err)
{
	char c;
	r->at++;
	for (bool first = true;; first = false) {
		if (!skip(r, !first, &c, err))
			return SCAN_FAILED;
		if (c == '}') {
			r->at++;
			return SCAN_DONE;
		}
		if (c != '"')
			return c ? SCAN_BROKEN : SCAN_END;
		size_t key = r->at - r->from;
		enum scan how = scan_value(r, err);
		if (how != SCAN_DONE)
			return how;
		bool list = span_is((struct span){ r->buf + r->from + key, r->at - r->from - key },
			"\"vulnerabilities\"");
		if (!skip(r, false, &c, err))
			return SCAN_FAILED;
		if (c != ':')
			return c ? SCAN_BROKEN : SCAN_END;
		r->at++;
		if (!skip(r, false, &c, err))
			return SCAN_FAILED;
		if (list && c == '[' && !*ret_envelope) {
			r->at++;
			*ret_envelope = true;
			if (!elements(r, err))
				return SCAN_FAILED;
			continue;
		}
		how = scan_value(r, err);
		if (how != SCAN_DONE)
			return how;
	}
}

/* The line from `from` on without its end; false on an error.  *ret_whole: it ends with a line feed. */
static bool line(struct reader *r, struct span *ret, bool *ret_whole, struct err *err)
{
	bool failed = false;
	r->at = r->from;
	for (;;) {
		char *lf = r->at < r->n ? memchr(r->buf + r->at, '\n', r->n - r->at) : NULL;
		r->at = lf ? (size_t)(lf - r->buf) : r->n;
		if (r->at - r->from > NVD_RECORD_MAX)
			return broken(r, SCAN_TOO_LONG, err);
		if (lf || !more(r, &failed, err)) {
			*ret = span_trim((struct span){ r->buf + r->from, r->at - r->from });
			*ret_whole = lf != NULL;
			r->at += lf != NULL;
			return !failed;
		}
	}
}

/* The line is no record and no envelope: it is refused alone, unless it is the last one and cut off. */
static bool broken_line(struct reader *r, struct err *err)
{
	struct span text;
	bool whole;
	struct err why = { 0 };
	r->bound = false;
	r->lines = true;
	if (!line(r, &text, &whole, err))
		return false;
	if (!whole)
		return broken(r, SCAN_END, err);
	r->number++;
	CLEANUP(json_free) json_t *j = NULL;
	if (json_parse(text, 0, &j, &why))
		err_set(&why, ERR_MALFORMED, "不是 JSON 对象", "not a JSON object");
	bool ok = refuse(r, (struct span){ NULL, 0 }, &why, err);
	use(r);
	return ok;
}

static bool document(struct reader *r, struct err *err)
{
	bool envelope = false;
	r->bound = r->lines;
	enum scan how = walk(r, &envelope, err);
	r->bound = false;
	if (how == SCAN_FAILED || (envelope && how != SCAN_DONE))
		return broken(r, how, err);
	if (envelope) {
		r->good++;
		use(r);
		return true;
	}
	/* A record cut off in the middle of the file ends where its line does, and the next one begins there.
	 */
	if (how != SCAN_DONE)
		return broken_line(r, err);
	struct span text = { r->buf + r->from, r->at - r->from };
	r->lines = r->lines || !memchr(text.p, '\n', text.n);
	if (!give(r, text, err))
		return false;
	use(r);
	return true;
}

static bool read_all(struct reader *r, struct err *err)
{
	char c;
	for (;;) {
		if (!skip(r, false, &c, err))
			return false;
		use(r);
		if (c == 0)
			break;
		if (!(c == '{' ? document(r, err) : broken_line(r, err)))
			return false;
	}
	if (r->good)
		return true;
	return err_set(err, ERR_MALFORMED, "文件中没有可读取的 NVD 记录（共 %llu 条被拒）",
		"no NVD record in the file could be read (%llu refused)", (unsigned long long)r->number);
}

bool nvd_read(struct stream *s, nvd_record_fn *fn, void *data, struct err *err)
{
	struct reader r = { .stream = s, .fn = fn, .data = data, .line = 1 };
	bool failed = false, ok = true;
	if (more(&r, &failed, err) && r.n >= 3 && memcmp(r.buf, "\xEF\xBB\xBF", 3) == 0)
		r.from = r.at = 3;
	ok = !failed && read_all(&r, err);
	free(r.buf);
	return ok;
}
