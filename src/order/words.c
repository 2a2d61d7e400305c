/* What an order says where nobody has written a text: the template of its kind, in which its unit, its list
 * and its deadline are put; and what the templates of findings say of an item. */
#include "finding/template.h"
#include "order/room.h"

enum { LISTED_MAX = 50 };

/* As its clocks will say; a draft does not know it yet. */
static struct span due_of(struct op *op, const struct record *o, const struct order_terms *t)
{
	int64_t due = record_int(o, "due_wanted");
	bool published;
	if (!due && span_is(o->state, "sent"))
		due = calendar_end(
			&t->calendar, op_now(op), t->template.answer, t->template.answer_unit, &published);
	return due ? template_due(op->arena, due) : SPAN("规定期限");
}

bool order_words(struct op *op, const struct record *o, const struct order_terms *t,
	const struct order_words_of *of, struct span *ret, struct err *err)
{
	struct template_parts parts;
	struct template_which which = { .of = "order", .kind = record_text(o, "kind"), .name = of->name };
	struct template_words words = { .due = due_of(op, o, t),
		.list = of->list.p ? of->list : SPAN(""),
		.number = record_text(o, "number"),
		.title = record_text(o, "title"),
		.severity = span_of(finding_severity_zh(record_text(o, "severity"))),
		.source = record_text(o, "source_number") };
	if (!db_text(op_db(op), SQL("SELECT name FROM units WHERE n=?"), V(record_get(o, "unit_id")),
	    op->arena,
		    &words.unit, err) || !template_find(op, &which, &parts, err))
		return false;
	if (!parts.found && of->name.n)
		return err_field(err, "text_template", "没有名为“" SPAN_FMT "”的文本模板",
			"there is no text template \"" SPAN_FMT "\"", SPAN_ARG(of->name));
	*ret = (struct span){ NULL, 0 };
	return !parts.found || template_put(parts.text, &words, op->arena, ret, err);
}

struct span order_listed(struct op *op, const struct span *titles, size_t n)
{
	struct str out = STR_IN(op->arena, 1 << 16);
	for (size_t i = 0; i < n && i < LISTED_MAX; i++) {
		str_addf(&out, "%s%zu. ", i ? "\n" : "", i + 1);
		str_add(&out, titles[i]);
	}
	if (n > LISTED_MAX)
		str_addf(&out, "\n……共 %zu 项，完整清单请登录系统查看", n);
	return out.n ? str_span(&out) : SPAN("");
}
