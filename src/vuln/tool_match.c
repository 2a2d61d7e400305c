#include <errno.h>

#include "vuln/matcher.h"
#include "vuln/nvd_load.h"
#include "vuln/tools.h"

enum { HOST_LINE_MAX = 4 * 1024 * 1024, HOST_NAMES_MAX = 20000 };

struct host {
	json_t *line;                        /* owned */
	const json_t *host;                  /* NULL: not known */
	VEC(uint32_t) names;
};

/* The next line into `line`; false at the end.  Of a longer one the rest is passed over, and failed is set.
 */
static bool read_line(FILE *in, struct str *line)
{
	int c;
	bool any = false;
	str_clear(line);
	while ((c = getc_unlocked(in)) != EOF && c != '\n') {
		any = true;
		if (!line->failed)
			str_addc(line, (char)c);
	}
	return (any || c == '\n') && !ferror(in);
}

static bool read_host(const struct str *line, struct matcher *m, struct host *h, struct err *err)
{
	if (line->failed)
		return err_set(err, ERR_TOO_LARGE, "本行超过 %d 字节", "the line is longer than %d bytes",
			HOST_LINE_MAX);
	if (!json_parse(str_span(line), 0, &h->line, err))
		return false;
	if (!json_is_object(h->line))
		return err_set(err, ERR_INVALID, "应为 JSON 对象", "must be a JSON object");
	h->host = json_object_get(h->line, "host");
	if (!h->host)
		return err_field(err, "host", "host：缺少", "host: is missing");
	const json_t *cpes = json_object_get(h->line, "cpes");
	if (!json_is_array(cpes) || json_array_size(cpes) > HOST_NAMES_MAX)
		return err_field(err, "cpes", "cpes：应为不超过 %d 项的数组",
			"cpes: must be an array of at most %d names", HOST_NAMES_MAX);
	for (size_t i = 0; i < json_array_size(cpes); i++) {
		struct span text = json_text(json_array_get(cpes, i));
		uint32_t name;
		if (!text.p)
			return err_field(err, "cpes", "cpes[%zu]：应为文本", "cpes[%zu]: must be a text", i);
		if (!matcher_name(m, text, &name, err))
			return err_prefix(err, "cpes[%zu]：", "cpes[%zu]: ", i) && false;
		vec_push(&h->names, name);
	}
	return true;
}

static void add_answer(const struct index *ix, struct matcher *m, const struct host *h, struct str *out)
{
	struct matcher_answer cves = matcher_ask(m, h->names.p, h->names.n);
	str_addz(out, "\"cves\":[");
	for (size_t i = 0; i < cves.n; i++) {
		str_addz(out, i ? ",\"" : "\"");
		str_add(out, index_id(ix, cves.cves[i]));
		str_addc(out, '"');
	}
	str_addc(out, ']');
}

static bool answer(
	const struct index *ix, struct matcher *m, const struct str *line, bool zh, struct str *out)
{
	struct host h = { 0 };
	struct err err = { 0 }, other;
	bool ok = read_host(line, m, &h, &err);
	str_clear(out);
	str_addc(out, '{');
	if (h.host) {
		str_addz(out, "\"host\":");
		if (!json_write(h.host, out, &other))
			out->failed = true;
		str_addc(out, ',');
	}
	if (ok) {
		add_answer(ix, m, &h, out);
	} else {
		str_addz(out, "\"error\":");
		str_add_json(out, span_of(zh ? err.zh : err.en));
	}
	str_addz(out, "}\n");
	vec_done(&h.names);
	json_decref(h.line);
	return !out->failed;
}

bool tool_match(const struct tool_match *t, FILE *in, FILE *out, FILE *notes, struct err *err)
{
	CLEANUP(index_close_p) struct index *ix = NULL;
	CLEANUP(matcher_free_p) struct matcher *m = NULL;
	CLEANUP(str_done) struct str line = STR(HOST_LINE_MAX);
	CLEANUP(str_done) struct str text = STR(256u << 20);
	struct nvd_load load = { .paths = t->nvd, .n = t->n_nvd, .notes = notes, .zh = t->zh };
	struct nvd_counts counts;
	enum match_mode mode;
	if (!match_mode_parse(t->mode, &mode))
		return err_set(err, ERR_USAGE, "--mode 应为 strict、lenient 或 platform-unknown",
			       "--mode must be strict, lenient or platform-unknown");
	if (t->n_nvd == 0)
		return err_set(err, ERR_USAGE, "请用 --nvd 指定漏洞数据文件", "name the vulnerability files by --nvd");
	if (!nvd_load(&load, &ix, &counts, err))
		return false;
	m = matcher_new(ix, mode);
	errno = 0;
	while (read_line(in, &line)) {
		if (!answer(ix, m, &line, t->zh, &text))
			return str_check(&text, err);
		if (fwrite(text.p, 1, text.n, out) != text.n)
			break;
	}
	if (ferror(in))
		return err_errno(err, errno ? errno : EIO, "stdin");
	if (fflush(out) != 0 || ferror(out))
		return err_errno(err, errno ? errno : EIO, "stdout");
	return true;
}
