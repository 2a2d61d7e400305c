/* What is said of an item to whoever has to do it: the templates of its kind, and what its findings tell. */
#include "finding/template.h"
#include "order/room.h"

enum { SPECIFIC_MAX = 20000 };

static void add(struct str *out, const char *name, struct span text)
{
	str_addf(out, "%s\"%s\":", out->p[out->n - 1] == '{' ? "" : ",", name);
	if (text.n)
		str_add_json(out, text);
	else
		str_addz(out, "null");
}

/* By the kind's own prover ("升级到 2.4.62 或更高版本"). */
static bool specific(struct op *op, const struct item *it, struct span *ret, struct err *err)
{
	const struct finding_kind *kind = finding_kind_find(it->kind);
	struct finding_facts facts;
	struct str out = STR_IN(op->arena, SPECIFIC_MAX);
	*ret = (struct span){ NULL, 0 };
	if (!kind || !kind->advise)
		return true;
	if (!item_facts(op, it, &facts, err) || (facts.n && !kind->advise(op, &facts, &out, err)))
		return false;
	*ret = str_span(&out);
	return true;
}

/* A template of its own making may hold placeholders of the order; those of the item are filled. */
static bool put(struct op *op, const struct item *it, struct span text, struct span *ret, struct err *err)
{
	struct template_words words = { .title = it->title,
		.severity = span_of(finding_severity_zh(span_of(it->severity))) };
	return template_put(text, &words, op->arena, ret, err);
}

bool order_show_advice(struct op *op, const struct record *o, const struct item *it, struct str *out,
	struct err *err)
{
	struct template_parts parts;
	struct span problem, harm, remedy, own;
	if (!span_is(record_text(o, "kind"), "finding")) {
		str_addz(out, ",\"advice\":null");
		return true;
	}
	if (!template_find(op, &(struct template_which){ "finding", it->kind, { NULL, 0 } }, &parts, err) ||
		!put(op, it, parts.problem, &problem, err) || !put(op, it, parts.harm, &harm, err) ||
		!put(op, it, parts.remedy, &remedy, err) || !specific(op, it, &own, err))
		return false;
	str_addz(out, ",\"advice\":{");
	add(out, "problem", problem);
	add(out, "harm", harm);
	add(out, "remedy", remedy);
	add(out, "specific", own);
	str_addc(out, '}');
	return true;
}
