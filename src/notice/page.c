#include "notice/page.h"

#include <sodium.h>

/* Measures of GB/T 9704-2012: 5.2 margins and type area, 5.2.2 and 7.3 type sizes (size 2 is 22 pt, size 3 is
 * 16 pt, size 4 is 14 pt), 5.2.3 lines of 28 characters, 7.2.3 to 7.3.5 places of head, number, title and
 * date. */
static const char style[] =
	"@page{size:A4;margin:37mm 26mm 35mm 28mm;@bottom-center{content:'— ' counter(page) ' —';"
	"font-size:14pt}}"
	"*{box-sizing:border-box}"
	"body{margin:0 auto;max-width:156mm;background:#fff;color:#000;"
	"font:16pt/29pt FangSong_GB2312,FangSong,STFangsong,'仿宋','Noto Serif CJK SC',serif}"
	".notes{font-family:SimHei,STHeiti,'黑体','Noto Sans CJK SC',sans-serif;min-height:29pt;margin:0}"
	".office{color:#e00000;text-align:center;font:bold 40pt/1.3 FZXiaoBiaoSong-B05S,STZhongsong,"
	"'Noto Serif CJK SC',serif;margin:6mm 0 58pt;letter-spacing:.1em}"
	".number{text-align:center;margin:0}"
	".line{border:0;border-top:2pt solid #e00000;margin:4mm 0 58pt}"
	"h1{font:22pt/34pt FZXiaoBiaoSong-B05S,STZhongsong,'Noto Serif CJK SC',serif;text-align:center;"
	"margin:0 0 29pt}"
	"p{margin:0;text-indent:2em;text-align:justify;overflow-wrap:anywhere}"
	".to,.notes,.number{text-indent:0}"
	"h2{font:16pt/29pt SimHei,STHeiti,'黑体','Noto Sans CJK SC',sans-serif;margin:0;text-indent:2em}"
	"h3{font:16pt/29pt KaiTi_GB2312,KaiTi,STKaiti,'楷体',serif;margin:0;text-indent:2em}"
	".enclosed{margin-top:29pt}"
	".sign{margin-top:58pt;text-align:right;padding-right:4em;break-inside:avoid}"
	".sign p{text-indent:0;text-align:right}"
	".seal{display:inline-block;width:42mm;height:42mm;line-height:42mm;border:1px dashed #b00;"
	"border-radius:50%;color:#b00;text-align:center;font-size:14pt}"
	".mark{position:fixed;top:35%;left:0;right:0;text-align:center;font-size:110pt;line-height:1;"
	"color:#e00000;opacity:.15;transform:rotate(-25deg)}"
	".imprint{border-top:1pt solid #000;border-bottom:1pt solid #000;font-size:14pt;line-height:24pt;"
	"margin-top:29pt;padding:0 1em;break-inside:avoid}.imprint p{text-indent:0}"
	"table{width:100%;border-collapse:collapse;margin:10pt 0;font-size:12pt;line-height:18pt}"
	"th,td{border:1px solid #000;padding:3pt 5pt;text-align:left;vertical-align:top;"
	"overflow-wrap:anywhere}th{font-weight:bold;white-space:nowrap}"
	".receipt{break-before:page}.receipt td{height:34pt}.receipt .tall{height:110pt}"
	".qr{width:32mm;height:32mm;float:right;margin:0 0 4mm 6mm}"
	"@media screen{body{padding:37mm 0 35mm}}";

static void add_all(struct str *out, struct span text)
{
	static const struct {
		char c;
		const char *as;
	} escapes[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" },
		{ '\'', "&#39;" } };
	for (size_t i = 0; i < text.n; i++) {
		const char *as = NULL;
		for (size_t k = 0; k < COUNT(escapes); k++)
			if (text.p[i] == escapes[k].c)
				as = escapes[k].as;
		if (as)
			str_addz(out, as);
		else
			str_addc(out, text.p[i]);
	}
}

void page_text(struct str *out, struct span text)
{
	add_all(out, text);
}

static void element(struct str *out, const char *tag, const char *class, struct span text)
{
	str_addf(out, class ? "<%s class=\"%s\">" : "<%s%.0s>", tag, class ? class : "");
	add_all(out, text);
	str_addf(out, "</%s>\n", tag);
}

void page_begin(struct str *out, const struct page_head *head)
{
	str_addz(out, "<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>");
	add_all(out, head->title);
	str_addf(out, "</title><style>%s</style></head><body>\n", style);
	if (head->mark.n)
		element(out, "div", "mark", head->mark);
	for (size_t i = 0; i < COUNT(head->notes); i++)
		if (head->notes[i].n)
			element(out, "p", "notes", head->notes[i]);
	element(out, "div", "office", head->office);
	element(out, "p", "number", head->number);
	str_addz(out, "<hr class=\"line\">\n");
	element(out, "h1", NULL, head->title);
}

static bool is_numeral(struct span *text)
{
	static const char *const numerals[] = { "一", "二", "三", "四", "五", "六", "七", "八", "九", "十" };
	for (size_t i = 0; i < COUNT(numerals); i++)
		if (span_starts(*text, span_of(numerals[i]))) {
			*text = span_from(*text, strlen(numerals[i]));
			return true;
		}
	return false;
}

static const char *tag_of(struct span line)
{
	struct span rest = line;
	bool bracket = span_starts(rest, SPAN("（"));
	if (bracket)
		rest = span_from(rest, strlen("（"));
	bool any = false;
	while (is_numeral(&rest))
		any = true;
	if (!any || utf8_count(line) > 40)
		return "p";
	if (bracket)
		return span_starts(rest, SPAN("）")) ? "h3" : "p";
	return span_starts(rest, SPAN("、")) ? "h2" : "p";
}

void page_paragraphs(struct str *out, struct span text)
{
	while (text.p) {
		struct span line = span_trim(span_split(&text, '\n'));
		if (line.n)
			element(out, tag_of(line), NULL, line);
	}
}

struct span page_date(struct arena *a, int64_t at)
{
	struct time_date d = time_date(at, TIME_CHINA);
	return arena_printf(a, "%d年%d月%d日", d.year, d.month, d.day);
}

void page_sign(struct str *out, struct span office, int64_t at)
{
	struct time_date d = time_date(at, TIME_CHINA);
	str_addz(out, "<div class=\"sign\"><span class=\"seal\">（印章）</span>\n");
	element(out, "p", NULL, office);
	if (at)
		str_addf(out, "<p>%d年%d月%d日</p>\n", d.year, d.month, d.day);
	str_addz(out, "</div>\n");
}

void page_end(struct str *out)
{
	str_addz(out, "</body></html>\n");
}

bool page_answer(struct call *c, struct err *err)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char text[sodium_base64_ENCODED_LEN(sizeof hash, sodium_base64_VARIANT_ORIGINAL)];
	crypto_hash_sha256(hash, (const unsigned char *)style, sizeof style - 1);
	sodium_bin2base64(text, sizeof text, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);
	c->content_type = "text/html; charset=utf-8";
	call_add_header(c, "Content-Security-Policy",
		arena_printf(c->op->arena,
		"default-src 'none'; style-src 'sha256-%s'; frame-ancestors 'none'",
			text));
	return str_check(c->out, err);
}
