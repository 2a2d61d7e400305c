/* `seawall completion`: a bash script made from the tables of commands and resources. */
#include "role/completion.h"

/* One line: the words typed so far, then what may come next. */
static void line(FILE *out, const char *before, struct span word)
{
	fprintf(out, "\t_seawall_add '%s' '%.*s'\n", before, SPAN_ARG(word));
}

static void command_lines(FILE *out, const struct command *c)
{
	CLEANUP(str_done) struct str before = STR(200);
	for (struct span rest = span_of(c->words); rest.p;) {
		struct span word = span_split(&rest, ' ');
		line(out, str_z(&before), word);
		str_addz(&before, before.n ? " " : "");
		str_add(&before, word);
	}
	for (struct span rest = span_of(c->options); rest.n;) {
		struct span one = span_split(&rest, ' ');
		struct span name = span_split(&one, '=');
		CLEANUP(str_done) struct str option = STR(100);
		str_addf(&option, "--" SPAN_FMT, SPAN_ARG(name));
		if (name.n)
			line(out, str_z(&before), str_span(&option));
	}
}

static void resource_lines(FILE *out, const struct resource *r)
{
	static const struct { const char *verb; unsigned op; } generic[] = {
		{ "list", 0 }, { "show", 0 }, { "add", RESOURCE_CREATE }, { "set", RESOURCE_CHANGE },
		{ "rm", RESOURCE_DELETE },
	};
	line(out, "", span_of(r->name));
	for (size_t i = 0; i < COUNT(generic); i++)
		if (generic[i].op == 0 || (r->ops & generic[i].op))
			line(out, r->name, span_of(generic[i].verb));
	for (size_t i = 0; r->life && i < r->life->n_rows; i++)
		if (life_is_first(r->life, i))
			line(out, r->name, span_of(r->life->rows[i].verb));
}

bool completion_run(struct command_call *c, struct err *err)
{
	const struct command *command;
	const struct resource *r;
	(void)err;
	fprintf(c->out, "# bash completion: source <(seawall completion)\n"
			"declare -A _seawall_next\n"
			"_seawall_add() { _seawall_next[\".$1\"]+=\" $2\"; }\n"
			"_seawall_fill() {\n");
	for (size_t i = 0; (command = house_command(i)); i++)
		command_lines(c->out, command);
	for (size_t i = 0; (r = resource_at(i)); i++)
		resource_lines(c->out, r);
	fprintf(c->out, "}\n_seawall_fill\n"
			"_seawall() {\n"
			"\tlocal cur=${COMP_WORDS[COMP_CWORD]} typed=() w\n"
			"\tfor w in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do [[ $w == -* ]] || "
			"typed+=(\"$w\"); done\n"
			"\tlocal key=\".${typed[*]:0:2}\"\n"
			"\t[[ -n ${_seawall_next[\"$key\"]} ]] || key=\".${typed[*]:0:1}\"\n"
			"\tCOMPREPLY=($(compgen -W \"${_seawall_next[\"$key\"]} --data --json --help\" -- "
			"\"$cur\"))\n"
			"\t[[ ${#COMPREPLY[@]} -gt 0 ]] || COMPREPLY=($(compgen -f -- \"$cur\"))\n"
			"}\n"
			"complete -F _seawall seawall\n");
	return true;
}
