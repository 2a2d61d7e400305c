/* What --help says: made from the tables. */
#include "cli/help.h"

#include "cli/help_words.h"
#include "role/role.h"

static void options(FILE *out, const struct command *c)
{
	struct span rest = span_of(c->options);
	while (rest.n) {
		struct span one = span_split(&rest, ' ');
		size_t at;
		if (one.n == 0)
			continue;
		if (span_find(one, '=', &at))
			fprintf(out, " [--%.*s %s]", (int)at, one.p, at + 1 < one.n ? "VALUE…" : "VALUE");
		else
			fprintf(out, " [--%.*s]", (int)one.n, one.p);
	}
}

void help_command(FILE *out, const struct command *c, bool zh)
{
	fprintf(out, "seawall %s%s%s", c->words, c->arguments[0] ? " " : "", c->arguments);
	options(out, c);
	if (c->store != COMMAND_NO_STORE)
		fprintf(out, " [--data DIR]");
	fprintf(out, "\n    %s\n", zh ? c->zh : c->en);
}

static void list_verbs(FILE *out, const struct resource *r)
{
	fprintf(out, r->life ? "list|show|steps" : "list|show");
	if (r->ops & RESOURCE_CREATE)
		fprintf(out, "|add");
	if (r->ops & RESOURCE_CHANGE)
		fprintf(out, "|set");
	if (r->ops & RESOURCE_DELETE)
		fprintf(out, "|rm");
	for (size_t i = 0; r->life && i < r->life->n_rows; i++)
		if (life_is_first(r->life, i))
			fprintf(out, "|%s", r->life->rows[i].verb);
}

static void print_value(FILE *out, const struct resource *r, const struct field *f, size_t i, bool zh)
{
	struct span value = span_of(f->values[i]), word = word_of_value(r, f, value, zh);
	fprintf(out, "%s%s", i ? "|" : zh ? "：" : ": ", f->values[i]);
	if (zh && !span_eq(word, value))
		fprintf(out, " " SPAN_FMT, SPAN_ARG(word));
}

/* --name  label and possible values; `notes`: what must be given, what lists can be filtered by. */
static void print_field(FILE *out, const struct resource *r, const struct field *f, bool notes, bool zh)
{
	fprintf(out, "  --%-20s %s", f->name, zh ? f->zh : f->en);
	for (size_t i = 0; f->kind == FIELD_ENUM && f->values[i]; i++)
		print_value(out, r, f, i, zh);
	if (notes && (f->flags & REQUIRED))
		fprintf(out, zh ? "（必填）" : " (required)");
	if (notes && (f->flags & FILTER))
		fprintf(out, zh ? "（可筛选）" : " (filter)");
	fputc('\n', out);
}

static void print_states(FILE *out, const struct resource *r, bool zh)
{
	if (!r->life)
		return;
	fprintf(out, "  --%-20s %s", "state", zh ? "状态（可筛选）：" : "state (filter): ");
	for (size_t i = 0; r->life->states[i]; i++) {
		struct span word = word_of(r, span_of(r->life->states[i]), zh);
		fprintf(out, "%s%s ", i ? (zh ? "、" : ", ") : "", r->life->states[i]);
		fprintf(out, zh ? SPAN_FMT : "(" SPAN_FMT ")", SPAN_ARG(word));
	}
	fputc('\n', out);
}

static void help_resource(FILE *out, const struct resource *r, bool zh)
{
	fprintf(out, "seawall %s ", r->name);
	list_verbs(out, r);
	fprintf(out, "\n    %s%s\n\n", zh ? r->zh : r->en,
		zh ? "。某个动作要什么：seawall <名称> <动作> --help"
		   : ". What a verb takes: seawall <name> <verb> --help");
	print_states(out, r, zh);
	for (size_t i = 0; i < r->n_fields; i++)
		print_field(out, r, &r->fields[i], true, zh);
}

bool help_about(FILE *out, struct span word, bool zh)
{
	const struct command *c;
	bool any = false;
	for (size_t i = 0; (c = house_command(i)); i++) {
		struct span words = span_of(c->words);
		if (!span_eq(span_split(&words, ' '), word))
			continue;
		any = true;
		if (out)
			help_command(out, c, zh);
	}
	const struct resource *r = resource_find(word);
	if (r && out)
		help_resource(out, r, zh);
	return any || r;
}

static void help_list(FILE *out, const struct resource *r, bool zh)
{
	fprintf(out,
		zh ? "seawall %s list [--字段 值]… [--q 词] [--sort 字段|-字段] [--limit 1…1000 | --all] "
		     "[--json | --csv]\n"
		   : "seawall %s list [--FIELD VALUE]… [--q WORDS] [--sort FIELD|-FIELD] [--limit 1…1000 | "
		     "--all] "
		     "[--json | --csv]\n",
		r->name);
	fprintf(out, "    %s\n\n",
		zh ? "字段后可加 __gt __gte __lt __lte __ne、__in（逗号分隔）、__null（true 或 "
		     "false）、__under（某单位及以下）"
		   : "after a field: __gt __gte __lt __lte __ne, __in (commas), __null (true or false), "
		     "__under (a unit and below)");
	print_states(out, r, zh);
	for (size_t i = 0; i < r->n_fields; i++)
		if (r->fields[i].flags & FILTER)
			print_field(out, r, &r->fields[i], false, zh);
}

void help_verb(FILE *out, const struct resource *r, struct span verb, bool zh)
{
	bool add = span_is(verb, "add");
	if (span_is(verb, "list")) {
		help_list(out, r, zh);
		return;
	}
	fprintf(out, "seawall %s " SPAN_FMT "%s", r->name, SPAN_ARG(verb), add ? "" : " ID");
	const struct help_words *words = help_words_find(span_of(r->name), verb);
	if (words)
		fprintf(out, "%s%s\n    %s", words->options[0] ? " " : "", words->options,
			zh ? words->zh : words->en);
	fputc('\n', out);
	if (!add && !span_is(verb, "set"))
		return;
	for (size_t i = 0; i < r->n_fields; i++)
		if (!(r->fields[i].flags & READ_ONLY) && !r->fields[i].expr)
			print_field(out, r, &r->fields[i], true, zh);
}

void help_all(FILE *out, bool zh)
{
	const struct command *c;
	const struct resource *r;
	fprintf(out, "%s\n\n",
		zh ? "海堤 Seawall：城市网络安全工作平台"
		   : "Seawall 海堤: a city's cyber-security work platform");
	for (size_t i = 0; (c = house_command(i)); i++)
		help_command(out, c, zh);
	fprintf(out, "\n%s\n",
		zh ? "处处可用：--data DIR（否则 $SEAWALL_DATA，再否则 ./data）、--lang "
		     "zh|en、--json（供程序使用）、--help\n\n"
		     "记录：seawall <名称> <动作>；seawall <名称> --help 列出字段，seawall <名称> <动作> "
		     "--help 说明所需选项"
		   : "Everywhere: --data DIR (else $SEAWALL_DATA, else ./data), --lang zh|en, --json (for "
		     "programs), --help\n\n"
		     "Records: seawall <name> <verb>; seawall <name> --help lists fields, seawall <name> "
		     "<verb> --help what it takes");
	for (size_t i = 0; (r = resource_at(i)); i++) {
		fprintf(out, "seawall %s ", r->name);
		list_verbs(out, r);
		fprintf(out, "\n    %s\n", zh ? r->zh : r->en);
	}
}
