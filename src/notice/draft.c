/* A draft's first words: from a template, and from what is known of the vulnerability it speaks of. */
#include "notice/room.h"
#include "vuln/corpus.h"
#include "vuln/installed.h"
#include "vuln/vuln.h"

enum { PRODUCTS_MAX = 10, DESCRIPTION_MAX = 600, DRAFT_MAX = 60 * 1024 };

struct known_vuln {
	bool known, kev, ransomware;
	int64_t score;
	struct span id, severity, description, product, products;
};

static void add_name(struct str *out, struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		str_addc(out, name.p[i] == '_' ? ' ' : name.p[i]);
}

/* "apache http server < 2.4.51" */
static struct span leaf_text(const struct config_leaf *leaf, struct arena *a)
{
	struct str out = STR_IN(a, 2048);
	struct span vendor = cpe_plain(&leaf->criteria, CPE_VENDOR, a),
		    product = cpe_plain(&leaf->criteria, CPE_PRODUCT, a);
	if (!span_starts(product, vendor)) {
		add_name(&out, vendor);
		str_addc(&out, ' ');
	}
	add_name(&out, product);
	str_addc(&out, ' ');
	installed_range(leaf, a, &out);
	return span_trim(str_span(&out));
}

struct listing {
	struct arena *a;
	struct str text;
	struct span first, seen[PRODUCTS_MAX];
	size_t n, more;
};

static void list_leaf(struct listing *l, const struct config_leaf *leaf)
{
	if (!leaf->vulnerable)
		return;
	struct span text = leaf_text(leaf, l->a);
	for (size_t i = 0; i < l->n; i++)
		if (span_eq(l->seen[i], text))
			return;
	if (l->n == PRODUCTS_MAX) {
		l->more++;
		return;
	}
	if (l->n == 0) {
		struct str name = STR_IN(l->a, 1024);
		add_name(&name, cpe_plain(&leaf->criteria, CPE_PRODUCT, l->a));
		l->first = str_span(&name);
	}
	l->seen[l->n++] = text;
	str_addz(&l->text, l->text.n ? "；" : "");
	str_add(&l->text, text);
}

static bool read_products(struct op *op, struct known_vuln *v, struct err *err)
{
	struct config_tree tree;
	struct listing l = { .a = op->arena, .text = STR_IN(op->arena, 1 << 15) };
	bool found;
	if (!corpus_tree(op, v->id, &tree, &found, err))
		return false;
	for (size_t c = 0; c < tree.n; c++)
		for (size_t n = 0; n < tree.p[c].n; n++)
			for (size_t i = 0; i < tree.p[c].nodes[n].n; i++)
				list_leaf(&l, &tree.p[c].nodes[n].leaves[i]);
	if (l.more)
		str_addz(&l.text, "等");
	v->product = l.first;
	v->products = str_span(&l.text);
	return str_check(&l.text, err);
}

static bool read_vuln(struct op *op, struct span id, struct known_vuln *ret, struct err *err)
{
	struct record r;
	struct err e = { 0 };
	if (!resource_get(op, &vuln_resource, id, &r, &e)) {
		if (e.code != ERR_NOT_FOUND) {
			*err = e;
			return false;
		}
		return err_field(err, "vuln_id",
			"漏洞库中没有“" SPAN_FMT "”；请在 vulns 中写明编号，正文自行填写",
			"no vulnerability \"" SPAN_FMT "\" on record: name it in vulns and write the text "
			"yourself",
			SPAN_ARG(utf8_cut(id, 40)));
	}
	*ret = (struct known_vuln){ .known = true,
		.kev = record_int(&r, "kev"),
		.ransomware = record_int(&r, "ransomware"),
		.score = record_int(&r, "score"),
		.id = r.id,
		.severity = record_text(&r, "severity"),
		.description = utf8_cut(record_text(&r, "description"), DESCRIPTION_MAX) };
	return read_products(op, ret, err);
}

/* ---- the words ---- */

static void part(struct str *out, const char *heading, struct span text)
{
	if (!text.n)
		return;
	str_addf(out, "%s%s\n", out->n ? "\n" : "", heading);
	str_add(out, text);
}

static struct span problem_of(struct op *op, struct span problem, const struct known_vuln *v)
{
	struct str out = STR_IN(op->arena, DRAFT_MAX);
	str_add(&out, problem);
	if (!v->known)
		return str_span(&out);
	if (v->score >= 0)
		str_addf(&out, "CVSS 评分 %d.%d。", (int)(v->score / 10), (int)(v->score % 10));
	if (v->products.n)
		str_addf(&out, "\n受影响的产品和版本：" SPAN_FMT "。", SPAN_ARG(v->products));
	if (v->description.n)
		str_addf(&out, "\n漏洞说明（NVD）：" SPAN_FMT, SPAN_ARG(v->description));
	return str_span(&out);
}

static struct span harm_of(struct op *op, struct span harm, const struct known_vuln *v)
{
	struct str out = STR_IN(op->arena, DRAFT_MAX);
	str_add(&out, harm);
	if (v->kev)
		str_addz(&out, "该漏洞已被列入已知被利用漏洞目录，存在在野利用，应优先处置。");
	if (v->ransomware)
		str_addz(&out, "已发现被勒索软件利用。");
	return str_span(&out);
}

/* What templates hold is text with placeholders; what comes from elsewhere is not, and its braces are
 * doubled. */
static struct span doubled(struct op *op, struct span text)
{
	struct str out = STR_IN(op->arena, 2 * text.n + 1);
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '{')
			str_addc(&out, '{');
		str_addc(&out, text.p[i]);
	}
	return out.n ? str_span(&out) : SPAN("");
}

/* One level is taken off when words are put in, and once more when the orders are sent. */
static struct span braces_kept(struct op *op, struct span text)
{
	struct str out = STR_IN(op->arena, 2 * text.n + 1);
	for (size_t i = 0; i < text.n; i++) {
		bool twice = text.p[i] == '{' && i + 1 < text.n && text.p[i + 1] == '{';
		if (twice)
			str_addz(&out, "{{{{");
		else
			str_addc(&out, text.p[i]);
		i += twice;
	}
	return out.n ? str_span(&out) : SPAN("");
}

static bool put(struct op *op, struct span text, const struct template_words *w, struct span *ret,
	struct err *err)
{
	return template_put(braces_kept(op, text), w, op->arena, ret, err);
}

static bool compose(struct op *op, const struct template_parts *t, const struct template_words *w,
	const struct known_vuln *v, struct span *ret, struct err *err)
{
	struct str out = STR_IN(op->arena, DRAFT_MAX);
	struct span text, problem, harm, remedy;
	if (!put(op, t->text, w, &text, err) || !put(op, t->problem, w, &problem, err) ||
		!put(op, t->harm, w, &harm, err) || !put(op, t->remedy, w, &remedy, err))
		return false;
	str_add(&out, text);
	part(&out, "一、基本情况", problem_of(op, problem, v));
	part(&out, harm.n || v->kev ? "二、可能的危害" : "", harm_of(op, harm, v));
	part(&out, harm.n || v->kev ? "三、工作要求" : "二、工作要求", remedy);
	*ret = str_span(&out);
	return str_check(&out, err);
}

static void set_new(json_t *in, const char *name, struct span text)
{
	if (text.n && !json_object_get(in, name))
		json_object_set_new(in, name, json_of_span(text));
}

/* "http server 安全漏洞（CVE-2021-41773）": what the notice is about, in a few words. */
static struct span subject_of(struct op *op, const struct known_vuln *v, struct span title)
{
	if (!v->known)
		return title;
	if (!v->product.n)
		return arena_printf(op->arena, "安全漏洞" SPAN_FMT, SPAN_ARG(v->id));
	return arena_printf(
		op->arena, SPAN_FMT "安全漏洞（" SPAN_FMT "）", SPAN_ARG(v->product), SPAN_ARG(v->id));
}

static bool fill(struct op *op, json_t *in, struct span name, const struct known_vuln *v, struct err *err)
{
	struct span kind = json_get_text(in, "kind"), title, text, given = json_get_text(in, "title");
	struct template_parts t;
	if (!template_find(op, &(struct template_which){ "notice", kind, name }, &t, err))
		return false;
	if (!t.found)
		return err_field(err, "template", "“" SPAN_FMT "”没有名为“" SPAN_FMT "”的通报模板",
			"there is no template of notices of kind \"" SPAN_FMT "\" named \"" SPAN_FMT "\"",
			SPAN_ARG(word_text(utf8_cut(kind, 40), true)),
			SPAN_ARG(utf8_cut(name.n ? name : SPAN("default"), 40)));
	struct template_words w = { .title = doubled(op, subject_of(op, v, given)),
		.severity = span_of(finding_severity_zh(v->known ? v->severity
			: json_get_text(in, "severity"))) };
	if (!put(op, t.title, &w, &title, err) || !compose(op, &t, &w, v, &text, err))
		return false;
	/* A title that was given is the subject: the template makes the heading of it. */
	if (given.n && !v->known)
		json_object_set_new(in, "title", json_of_span(title));
	set_new(in, "title", title);
	set_new(in, "text", text);
	return true;
}

/* ---- the request ---- */

static bool take_words(struct op *op, json_t *in, struct span *ret_template, bool *ret_wanted,
	struct span *ret_vuln, struct err *err)
{
	const json_t *template = json_object_get(in, "template"), *vuln = json_object_get(in, "vuln_id");
	if (template && !json_is_string(template) && !json_is_null(template))
		return err_field(err, "template", "“template”应为模板名称", "template must be the name of one");
	if (vuln && !json_is_string(vuln) && !json_is_null(vuln))
		return err_field(err, "vuln_id", "“vuln_id”应为漏洞编号", "vuln_id must be an id");
	*ret_vuln = arena_span(op->arena, json_text(vuln));
	*ret_template = arena_span(op->arena, json_text(template));
	*ret_wanted = ret_template->n || (ret_vuln->n && !json_object_get(in, "text"));
	/* Named by its kind: the default one of that kind. */
	if (span_is(*ret_template, "default") || span_eq(*ret_template, json_get_text(in, "kind")))
		*ret_template = (struct span){ NULL, 0 };
	json_object_del(in, "template");
	json_object_del(in, "vuln_id");
	return true;
}

static bool is_notice_kind(struct span s)
{
	return span_is(s, "warning") || span_is(s, "hazard") || span_is(s, "incident") || span_is(s, "tip");
}

static void default_from_vuln(json_t *in, const struct known_vuln *v)
{
	if (!v->known)
		return;
	set_new(in, "severity", v->severity);
	if (!json_object_get(in, "vulns"))
		json_object_set_new(in, "vulns", json_pack("[s%]", v->id.p, v->id.n));
	if (!json_object_get(in, "to"))
		json_object_set_new(in, "to", json_pack("{s:{s:s%}}", "match", "vuln_id", v->id.p, v->id.n));
}

bool notice_create(struct op *op, const json_t *in, struct record *ret, struct err *err)
{
	struct span name = { NULL, 0 }, vuln = { NULL, 0 };
	struct known_vuln v = { .known = false };
	bool wanted = false;
	CLEANUP(json_free) json_t *copy = json_deep_copy(in);
	if (!json_is_object(copy))
		return err_set(err, ERR_MALFORMED, "请求内容应为 JSON 对象", "the body must be a JSON object");
	/* {"template":"warning"}: the kind may be said by the template alone */
	if (!json_object_get(copy, "kind") && is_notice_kind(json_get_text(copy, "template")))
		json_object_set(copy, "kind", json_object_get(copy, "template"));
	if (!json_object_get(copy, "kind") && json_get_text(copy, "vuln_id").n)
		json_object_set_new(copy, "kind", json_string("warning"));
	if (!take_words(op, copy, &name, &wanted, &vuln, err))
		return false;
	if (vuln.n && !read_vuln(op, vuln, &v, err))
		return false;
	default_from_vuln(copy, &v);
	if (wanted && !fill(op, copy, name, &v, err))
		return false;
	return resource_create(op, &notice_resource, copy, ret, err);
}
