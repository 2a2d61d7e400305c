/* What is handed to people: slips as JSON, as a page to be cut, as text. */
#include "people/issue.h"

#include "codec/qr.h"

static void member(struct str *out, const char *name, struct span value)
{
	str_addf(out, "%s\"%s\":", out->n && out->p[out->n - 1] != '{' ? "," : "", name);
	str_add_json(out, value);
}

bool slip_one_json(struct op *op, const struct slip *s, bool qr, struct str *out, struct err *err)
{
	char until[TIME_TEXT];
	str_addc(out, '{');
	member(out, "unit_id", s->unit_id);
	member(out, "unit_name", s->units);
	member(out, "person_id", s->person_id);
	member(out, "person_name", s->person);
	member(out, "user_id", s->user_id);
	member(out, "account", s->account);
	member(out, "code", span_of(s->code));
	member(out, "until", span_of(time_format(s->until, until)));
	member(out, "url", s->url);
	if (qr) {
		struct str svg = STR_IN(op->arena, 256 * 1024);
		if (!qr_svg(s->url, &svg, err))
			return false;
		member(out, "qr", str_span(&svg));
	}
	str_addc(out, '}');
	return true;
}

bool slip_json(struct op *op, const struct issued *s, bool qr, struct str *out, struct err *err)
{
	str_addz(out, "{\"items\":[");
	for (size_t i = 0; i < s->slips.n; i++) {
		str_addz(out, i ? "," : "");
		if (!slip_one_json(op, &s->slips.p[i], qr, out, err))
			return false;
	}
	str_addz(out, "],\"not_issued\":[");
	for (size_t i = 0; i < s->left.n; i++) {
		const struct not_issued *l = &s->left.p[i];
		str_addz(out, i ? ",{" : "{");
		member(out, "unit_id", l->unit_id);
		member(out, "unit_name", l->unit);
		member(out, "person_name", l->person);
		member(out, "reason", op->zh ? l->zh : l->en);
		str_addc(out, '}');
	}
	str_addz(out, "],\"next\":null}");
	return str_check(out, err);
}

/* ---- the page ---------------------------------------------------------------------------------- */

static void html(struct str *out, struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		switch (text.p[i]) {
		case '<': str_addz(out, "&lt;"); break;
		case '>': str_addz(out, "&gt;"); break;
		case '&': str_addz(out, "&amp;"); break;
		case '"': str_addz(out, "&quot;"); break;
		default: str_addc(out, text.p[i]);
		}
}

static void row(struct str *out, const char *name, struct span value, const char *class)
{
	str_addf(out, "<tr><th>%s</th><td class=\"%s\">", name, class);
	html(out, value);
	str_addz(out, "</td></tr>");
}

/* "2026-12-07 18:00", China Standard Time. */
static struct span until_text(struct op *op, int64_t until)
{
	char date[TIME_DATE_TEXT];
	int64_t minutes = (until + TIME_CHINA) % TIME_DAY / TIME_MINUTE;
	time_format_date(time_date(until, TIME_CHINA), date);
	return arena_printf(op->arena, "%s %02d:%02d", date, (int)(minutes / 60), (int)(minutes % 60));
}

static const char page_start[] =
	"<!DOCTYPE html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>账号开通单</title><style>"
	"@page{size:A4;margin:0}*{box-sizing:border-box}body{margin:0;font:10.5pt/1.45 'Noto Sans CJK SC',"
	"'Microsoft YaHei',sans-serif;color:#000}"
	".sheet{width:210mm;height:297mm;display:grid;grid-template:repeat(4,1fr)/1fr "
	"1fr;page-break-after:always}"
	".slip{border:0.2mm dashed #666;padding:5mm 6mm;position:relative;overflow:hidden}"
	"h2{font-size:12pt;margin:0 0 1.5mm}table{border-spacing:0}th{text-align:left;font-weight:normal;"
	"padding-right:2mm;vertical-align:top;white-space:nowrap}"
	"td{word-break:break-word;max-width:48mm}.code{font:bold 13pt 'DejaVu Sans Mono',"
	"monospace;white-space:nowrap}"
	".name{font-weight:bold}svg{position:absolute;right:4mm;bottom:4mm;width:26mm;height:26mm}"
	"p{margin:1.5mm 0 0;font-size:8pt;width:58mm}.left{padding:15mm}"
	"@media screen{.sheet{margin:5mm auto;box-shadow:0 0 3mm #ccc}}</style></head><body>";

static bool one_slip(struct op *op, const struct slip *s, struct span base, struct str *out, struct err *err)
{
	str_addz(out, "<div class=\"slip\"><h2>账号开通单</h2><table>");
	row(out, "单位", s->units, "unit");
	row(out, "姓名", s->person, "name");
	row(out, "账号", s->account, "name");
	row(out, "一次性码", span_of(s->code), "code");
	row(out, "有效至", until_text(op, s->until), "until");
	row(out, "网址", base, "url");
	str_addz(out, "</table><p>首次登录请自设密码，本码随即作废。请勿转发或拍照。</p>");
	if (!qr_svg(s->url, out, err))
		return false;
	str_addz(out, "</div>");
	return true;
}

static void html_left(struct op *op, const struct issued *s, struct str *out)
{
	if (!s->left.n)
		return;
	str_addz(out, "<div class=\"left\"><h2>未开通</h2><table>");
	for (size_t i = 0; i < s->left.n; i++) {
		const struct not_issued *l = &s->left.p[i];
		str_addz(out, "<tr><td>");
		html(out, l->unit);
		str_addz(out, "</td><td>");
		html(out, l->person);
		str_addz(out, "</td><td>");
		html(out, op->zh ? l->zh : l->en);
		str_addz(out, "</td></tr>");
	}
	str_addz(out, "</table></div>");
}

bool slip_html(struct op *op, const struct issued *s, struct str *out, struct err *err)
{
	enum { PER_SHEET = 8 };
	str_addz(out, page_start);
	for (size_t i = 0; i < s->slips.n; i++) {
		str_addz(out, i % PER_SHEET ? "" : "<div class=\"sheet\">");
		if (!one_slip(op, &s->slips.p[i], s->base_url, out, err))
			return false;
		str_addz(out, i % PER_SHEET == PER_SHEET - 1 || i + 1 == s->slips.n ? "</div>" : "");
	}
	html_left(op, s, out);
	str_addz(out, "</body></html>\n");
	return str_check(out, err);
}

/* ---- the terminal ------------------------------------------------------------------------------ */

static void line(struct command_call *c, const char *zh, const char *en, struct span value)
{
	fprintf(c->out, "%s" SPAN_FMT "\n", c->zh ? zh : en, SPAN_ARG(value));
}

bool slip_text(struct command_call *c, const struct issued *s, bool qr, struct err *err)
{
	for (size_t i = 0; i < s->slips.n; i++) {
		const struct slip *p = &s->slips.p[i];
		line(c, "单位：  ", "unit:         ", p->units);
		line(c, "姓名：  ", "name:         ", p->person);
		line(c, "账号：  ", "account:      ", p->account);
		line(c, "一次性码：", "code:         ", span_of(p->code));
		line(c, "有效至：", "valid until:  ", until_text(c->op, p->until));
		line(c, "网址：  ", "address:      ", s->base_url);
		if (qr) {
			struct str blocks = STR_IN(c->op->arena, 65536);
			if (!qr_blocks(p->url, &blocks, err))
				return false;
			fputs(str_z(&blocks), c->out);
		}
		fputc('\n', c->out);
	}
	for (size_t i = 0; i < s->left.n; i++) {
		const struct not_issued *l = &s->left.p[i];
		fprintf(c->out, c->zh ? "未开通：" SPAN_FMT " " SPAN_FMT "（" SPAN_FMT "）\n"
				      : "not issued: " SPAN_FMT " " SPAN_FMT " (" SPAN_FMT ")\n",
			SPAN_ARG(l->unit), SPAN_ARG(l->person), SPAN_ARG(c->zh ? l->zh : l->en));
	}
	fprintf(c->out, c->zh ? "开通 %zu，未开通 %zu\n" : "issued %zu, not issued %zu\n", s->slips.n,
		s->left.n);
	return true;
}
