/* What --help says: made from the tables. */
#include "cli/help.h"

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
	fprintf(out, "list|show");
	if (r->ops & RESOURCE_CREATE)
		fprintf(out, "|add");
	if (r->ops & RESOURCE_CHANGE)
		fprintf(out, "|set");
	if (r->ops & RESOURCE_DELETE)
		fprintf(out, "|rm");
	for (size_t i = 0; r->life && i < r->life->n_rows; i++) {
		bool seen = false;
		for (size_t j = 0; j < i && !seen; j++)
			seen = strcmp(r->life->rows[j].verb, r->life->rows[i].verb) == 0;
		if (!seen)
			fprintf(out, "|%s", r->life->rows[i].verb);
	}
}

void help_resource(FILE *out, const struct resource *r, bool zh)
{
	fprintf(out, "seawall %s ", r->name);
	list_verbs(out, r);
	fprintf(out, "\n    %s\n\n", zh ? r->zh : r->en);
	for (size_t i = 0; i < r->n_fields; i++) {
		const struct field *f = &r->fields[i];
		fprintf(out, "  --%-20s %s%s%s\n", f->name, zh ? f->zh : f->en,
			f->flags & REQUIRED ? (zh ? "（必填）" : " (required)") : "",
			f->flags & FILTER ? (zh ? "（可筛选）" : " (filter)") : "");
	}
}

void help_all(FILE *out, bool zh)
{
	const struct command *c;
	const struct resource *r;
	fprintf(out, "%s\n\n", zh ? "海堤 Seawall：城市网络安全工作平台" : "Seawall 海堤: a city's cyber-security work platform");
	for (size_t i = 0; (c = house_command(i)); i++)
		help_command(out, c, zh);
	fprintf(out, "\n%s\n", zh ? "记录：seawall <名称> <动作>，seawall <名称> --help 列出字段；--json 供程序使用"
				  : "Records: seawall <name> <verb>; seawall <name> --help lists fields; --json for programs");
	for (size_t i = 0; (r = resource_at(i)); i++) {
		fprintf(out, "seawall %s ", r->name);
		list_verbs(out, r);
		fprintf(out, "\n    %s\n", zh ? r->zh : r->en);
	}
}
