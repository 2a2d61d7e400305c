#include <errno.h>

#include "vuln/tools.h"

/* Reads up to the next line end; false at the end of the file.  Of a longer line the rest is passed over. */
static bool read_line(FILE *in, char *buffer, struct span *ret, bool *ret_whole)
{
	size_t n = 0, all = 0;
	int c;
	while ((c = getc_unlocked(in)) != EOF && c != '\n') {
		all++;
		if (n <= TOOL_LINE_MAX)
			buffer[n++] = (char)c;
	}
	if (c == EOF && (all == 0 || ferror(in)))
		return false;
	if (all == n && n && buffer[n - 1] == '\r')
		all = --n;
	*ret_whole = all <= TOOL_LINE_MAX;
	*ret = (struct span){ buffer, n > TOOL_LINE_MAX ? TOOL_LINE_MAX : n };
	return true;
}

bool tool_each_line(FILE *in, FILE *out, bool zh, tool_answer_fn answer, struct err *err)
{
	CLEANUP(arena_free_p) struct arena *keep = arena_new(1 << 20, 1 << 21);
	CLEANUP(arena_free_p) struct arena *a = arena_new(1 << 20, 1 << 24);
	CLEANUP(str_done) struct str text = STR(1 << 20);
	char *buffer = arena_alloc(keep, TOOL_LINE_MAX + 1);
	struct span line;
	bool whole;
	errno = 0;
	while (read_line(in, buffer, &line, &whole)) {
		str_clear(&text);
		answer(line, whole, zh, a, &text);
		str_addc(&text, '\n');
		arena_reset(a);
		if (fwrite(text.p, 1, text.n, out) != text.n)
			break;
	}
	if (ferror(in))
		return err_errno(err, errno ? errno : EIO, "stdin");
	if (fflush(out) != 0 || ferror(out))
		return err_errno(err, errno ? errno : EIO, "stdout");
	return true;
}

void tool_refuse(const struct err *why, bool zh, struct str *out)
{
	str_addz(out, "error\t");
	str_addz(out, zh ? why->zh : why->en);
}

bool tool_split_pair(struct span line, bool whole, struct span ret_pair[2], struct err *err)
{
	if (!whole)
		return err_set(err, ERR_TOO_LARGE, "本行超过 %d 字节", "the line is longer than %d bytes",
			TOOL_LINE_MAX);
	size_t tab;
	if (!span_find(line, '\t', &tab) || memchr(line.p + tab + 1, '\t', line.n - tab - 1))
		return err_set(err, ERR_MALFORMED, "本行应为以制表符分隔的两项",
			"the line must be two fields separated by a tab");
	ret_pair[0] = (struct span){ line.p, tab };
	ret_pair[1] = span_from(line, tab + 1);
	return true;
}
