/* Templates as a resource, and how they are found. */
#include "finding/template.h"

#include "finding/life.h"

static const char *const ofs[] = { "finding", "order", "notice", NULL };

static const struct field fields[] = {
	{ "of", FIELD_ENUM, REQUIRED | FILTER | LIST, .values = ofs, .zh = "用于，隐患、交办单或通报",
		.en = "of, finding, order or notice" },
	{ "kind", FIELD_TEXT, REQUIRED | FILTER | LIST, 1, 40, .zh = "类型，隐患、交办单或通报的类型",
		.en = "kind, that of the finding, order or notice" },
	{ "name", FIELD_TEXT, FILTER | LIST, 0, 40, .zh = "名称，缺省用的为 default",
		.en = "name, default is the one used unless another is named" },
	{ "title", FIELD_TEXT, LIST, 0, 200, .zh = "标题", .en = "title" },
	{ "problem", FIELD_LONG, 0, 0, 5000, .zh = "问题", .en = "problem" },
	{ "harm", FIELD_LONG, 0, 0, 5000, .zh = "危害", .en = "harm" },
	{ "remedy", FIELD_LONG, 0, 0, 5000, .zh = "整改要求", .en = "remedy" },
	{ "text", FIELD_LONG, 0, 0, 10000, .zh = "正文", .en = "text" },
	{ "problem_en", FIELD_LONG, 0, 0, 5000, .zh = "问题，英文", .en = "problem, in English" },
	{ "harm_en", FIELD_LONG, 0, 0, 5000, .zh = "危害，英文", .en = "harm, in English" },
	{ "remedy_en", FIELD_LONG, 0, 0, 5000, .zh = "整改要求，英文", .en = "remedy, in English" },
};

static const char *const texts[] = { "title", "problem", "harm", "remedy", "text", "problem_en", "harm_en",
	"remedy_en" };

static bool check(struct op *op, const struct record *before, struct record *after, struct err *err)
{
	struct err first = { 0 };
	bool good = true, any = false;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct err one = { 0 };
		any = any || span_trim(record_text(after, texts[i])).n;
		if (!template_check(record_text(after, texts[i]), texts[i], &one))
			good = op_problem(op, &one, &first);
	}
	if (!good) {
		*err = first;
		return false;
	}
	if (!any)
		return err_field(err, "text", "模板没有内容", "the template is empty");
	if (before && (!span_eq(record_text(before, "of"), record_text(after, "of")) ||
			      !span_eq(record_text(before, "kind"), record_text(after, "kind"))))
		return err_field(err, "kind", "模板的用途和类型不能改变，请另建一个",
			"what a template is for cannot be changed: make another");
	if (!span_trim(record_text(after, "name")).n)
		record_set(after, "name", db_z("default"));
	int64_t other = 0;
	bool taken = false;
	if (!db_int(op_db(op), SQL("SELECT n FROM templates WHERE of=? AND kind=? AND name=? AND n<>?"),
		    V(record_get(after, "of"), record_get(after, "kind"), record_get(after, "name"),
			    db_i(before ? before->n : 0)),
		    &other, &taken, err))
		return false;
	if (!taken)
		return true;
	err_field(err, "name", "该类型已有名为“" SPAN_FMT "”的模板",
		"this kind has a template named \"" SPAN_FMT "\" already",
		SPAN_ARG(record_text(after, "name")));
	err->code = ERR_DUPLICATE;
	return false;
}

/* Every version stays. */
static bool after(struct op *op, const struct record *before, const struct record *t, struct err *err)
{
	(void)before;
	return !t ||
		db_exec(op_db(op),
			SQL("INSERT INTO template_versions (template_n, version, at, actor, title, problem,"
			    " harm, remedy, text, problem_en, harm_en, remedy_en) SELECT n, version, ?, ?,"
			    " title, problem, harm, remedy, text, problem_en, harm_en, remedy_en FROM"
			    " templates WHERE n=? ON CONFLICT (template_n, version) DO NOTHING"),
			V(db_i(op_now(op)), db_t(op->actor->who.name), db_i(t->n)), err);
}

const struct resource template_resource = {
	.name = "template",
	.path = "templates",
	.table = "templates",
	.zh = "文本模板，隐患说明、交办要求和通报的文字",
	.en = "template, the words of findings, orders and notices",
	.fields = fields,
	.n_fields = COUNT(fields),
	.label = "name",
	.read = PERM_TEMPLATE_READ,
	.write = PERM_TEMPLATE_WRITE,
	.ops = RESOURCE_CREATE | RESOURCE_CHANGE,
	.body_max = 256 * 1024,
	.check = check,
	.after = after,
};

/* ---- versions ---- */

static void add(struct str *out, const char *name, struct span text)
{
	str_addf(out, ",\"%s\":", name);
	str_add_json(out, text);
}

static bool versions(struct call *c, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	struct finding_page page;
	struct record of;
	char at[TIME_TEXT];
	bool row;
	if (!resource_get(c->op, &template_resource, c->params[0], &of, err) ||
		!finding_page_read(c, 1000, &page, err) ||
		!db_query(op_db(c->op),
			SQL("SELECT n, version, at, actor, title, problem, harm, remedy, text, problem_en,"
			    " harm_en, remedy_en FROM template_versions WHERE template_n=? AND n>? ORDER BY n"
			    " LIMIT ?"),
			V(db_i(of.n), db_i(page.after_n), db_i(page.limit + 1)), &r, err))
		return false;
	str_addz(c->out, "{\"items\":[");
	for (;;) {
		if (!db_next(r, &row, err))
			return false;
		if (!row || !finding_page_add(&page, db_col_int(r, 0), c->out))
			break;
		str_addf(c->out, "{\"version\":%lld,\"at\":\"%s\"", (long long)db_col_int(r, 1),
			time_format(db_col_int(r, 2), at));
		add(c->out, "by", db_col_text(r, 3));
		for (size_t i = 0; i < COUNT(texts); i++)
			add(c->out, texts[i], db_col_text(r, (int)i + 4));
		str_addc(c->out, '}');
	}
	return finding_page_end(&page, c->out, err);
}

const struct route template_routes[] = {
	{ "GET", "/api/v1/templates/{id}/versions", versions, PERM_TEMPLATE_READ, 0, 0,
		"模板的各个版本，旧的在前", "all versions of a template, oldest first" },
};
const size_t template_routes_count = COUNT(template_routes);

/* ---- finding one ---- */

static struct span either(const struct db_rows *r, int zh, int en, struct op *op)
{
	struct span english = db_col_text(r, en);
	return arena_span(op->arena, !op->zh && english.n ? english : db_col_text(r, zh));
}

bool template_find(
	struct op *op, const struct template_which *which, struct template_parts *ret, struct err *err)
{
	CLEANUP(db_rows_close_p) struct db_rows *r = NULL;
	const char *otherwise = strcmp(which->of, "finding") == 0 ? "other" : "";
	struct span name = which->name.n ? which->name : SPAN("default");
	bool row;
	if (!db_query(op_db(op),
		    SQL("SELECT title, problem, harm, remedy, text, problem_en, harm_en, remedy_en FROM"
			" templates WHERE of=? AND kind IN (?, ?) AND name=? ORDER BY kind=? DESC LIMIT 1"),
		    V(db_z(which->of), db_t(which->kind), db_z(otherwise), db_t(name), db_t(which->kind)), &r,
		    err) ||
		!db_next(r, &row, err))
		return false;
	*ret = (struct template_parts){ .found = row };
	if (!row)
		return true;
	ret->title = arena_span(op->arena, db_col_text(r, 0));
	ret->problem = either(r, 1, 5, op);
	ret->harm = either(r, 2, 6, op);
	ret->remedy = either(r, 3, 7, op);
	ret->text = arena_span(op->arena, db_col_text(r, 4));
	return true;
}

bool template_fill(struct op *op, const char *of, struct span kind, const struct template_words *w,
	struct span *ret_text, struct err *err)
{
	struct template_parts parts;
	if (!template_find(op, &(struct template_which){ .of = of, .kind = kind }, &parts, err))
		return false;
	if (!parts.found) {
		*ret_text = (struct span){ NULL, 0 };
		return true;
	}
	return template_put(
		strcmp(of, "finding") == 0 ? parts.remedy : parts.text, w, op->arena, ret_text, err);
}
