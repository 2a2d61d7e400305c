#include "vuln/cvss.h"
#include "vuln/tools.h"

enum { VECTOR_SHOWN = 256 };  /* bytes of a line too long to be a vector that the answer repeats */

/* Bytes that are not UTF-8 are answered as U+FFFD: JSON has no other way. */
static void add_text(struct str *out, struct span text, struct arena *a)
{
	if (utf8_valid(text)) {
		str_add_json(out, text);
		return;
	}
	struct str clean = STR_IN(a, 4 * TOOL_LINE_MAX);
	while (text.n) {
		char c[4];
		str_add(&clean, (struct span){ c, utf8_put(utf8_next(&text), c) });
	}
	str_add_json(out, str_span(&clean));
}

static void add_score(struct str *out, const char *name, int tenths)
{
	if (tenths == CVSS_NO_SCORE)
		str_addf(out, ",\"%s\":null", name);
	else
		str_addf(out, ",\"%s\":%d.%d", name, tenths / 10, tenths % 10);
}

static void add_scores(const struct cvss *c, struct str *out)
{
	str_addf(out, ",\"version\":\"%s\"", cvss_version_text(c->version));
	add_score(out, "base", c->base);
	add_score(out, "temporal", c->temporal);
	add_score(out, "environmental", c->environmental);
	add_score(out, "score", c->score);
	str_addf(out, ",\"severity\":\"%s\"", cvss_severity_text(c->severity));
	if (c->nomenclature)
		str_addf(out, ",\"nomenclature\":\"%s\"", c->nomenclature);
	str_addc(out, '}');
}

static void answer(struct span line, bool whole, bool zh, struct arena *a, struct str *out)
{
	struct cvss c;
	struct err err = {0};
	bool ok = cvss_parse(line, &c, &err);
	str_addz(out, "{\"vector\":");
	add_text(out, whole ? line : (struct span){ line.p, VECTOR_SHOWN }, a);
	if (ok) {
		add_scores(&c, out);
		return;
	}
	str_addz(out, ",\"error\":");
	str_add_json(out, span_of(zh ? err.zh : err.en));
	str_addc(out, '}');
}

bool tool_cvss(FILE *in, FILE *out, bool zh, struct err *err)
{
	return tool_each_line(in, out, zh, answer, err);
}
