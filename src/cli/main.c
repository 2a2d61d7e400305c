/* The command line: finds the command, reads its options, opens the store, prints what went wrong. */
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/console.h"
#include "cli/help.h"
#include "os/clock.h"
#include "os/process.h"
#include "resource/generic.h"
#include "role/role.h"

#define CLI_SOFT ((size_t)1 << 30)
#define CLI_HARD ((size_t)4 << 30)

/* What the words before the options mean. */
struct meaning {
	const struct command *command;
	const struct resource *resource;
	struct span verb;
	size_t taken; /* words that belong to the name */
};

static bool words_are(const char *words, char **argv, size_t n, size_t *ret_taken)
{
	struct span rest = span_of(words);
	size_t i = 0;
	for (; rest.p; i++) {
		struct span word = span_split(&rest, ' ');
		if (i >= n || !span_is(word, argv[i]))
			return false;
	}
	*ret_taken = i;
	return true;
}

/* The longest command that the words begin with; else <resource> <verb>. */
static bool find_meaning(char **argv, size_t n, struct meaning *ret)
{
	struct meaning m = { 0 };
	const struct command *c;
	size_t taken;
	for (size_t i = 0; (c = house_command(i)); i++) {
		if (words_are(c->words, argv, n, &taken) && taken > m.taken) {
			m.command = c;
			m.taken = taken;
		}
	}
	if (!m.command && n >= 2) {
		m.resource = resource_find(span_of(argv[0]));
		m.verb = span_of(argv[1]);
		m.taken = 2;
		if (m.resource && !generic_knows(m.resource, m.verb))
			m.resource = NULL;
	}
	*ret = m;
	return m.command || m.resource;
}

enum takes { TAKES_UNKNOWN, TAKES_NOTHING, TAKES_ONE, TAKES_MANY };

/* What an option of the command takes: "role= dry-run nvd=*". */
static enum takes option_takes(const struct meaning *m, struct span name)
{
	struct span rest = m->command ? span_of(m->command->options) : SPAN("json csv all override");
	if (span_is(name, "data") || span_is(name, "lang"))
		return TAKES_ONE;
	if (span_is(name, "json"))
		return TAKES_NOTHING;
	while (rest.p) {
		struct span one = span_split(&rest, ' ');
		size_t at;
		if (!span_find(one, '=', &at)) {
			if (span_eq(one, name))
				return TAKES_NOTHING;
		} else if (span_eq((struct span){ one.p, at }, name)) {
			return at + 1 < one.n ? TAKES_MANY : TAKES_ONE;
		}
	}
	return m->resource ? TAKES_ONE : TAKES_UNKNOWN;
}

static bool is_option(const char *arg)
{
	return arg[0] == '-' && arg[1] == '-' && arg[2];
}

static bool read_option(
	const struct meaning *m, struct command_call *c, char **argv, int argc, int *i, struct err *err)
{
	char *name = argv[*i] + 2, *equals = strchr(name, '=');
	struct span text = { name, equals ? (size_t)(equals - name) : strlen(name) };
	enum takes takes = option_takes(m, text);
	if (takes == TAKES_UNKNOWN)
		return err_set(err, ERR_USAGE, "没有选项 --" SPAN_FMT, "there is no option --" SPAN_FMT,
			SPAN_ARG(text));
	if (c->n_options == COMMAND_OPTIONS_MAX)
		return err_set(err, ERR_USAGE, "选项过多", "too many options");
	if (equals)
		*equals = '\0';
	struct span *values = calloc((size_t)argc + 1, sizeof *values);
	size_t n = 0;
	if (!values)
		abort();
	if (equals) {
		values[n++] = span_of(equals + 1);
	} else if (takes != TAKES_NOTHING) {
		while (*i + 1 < argc && !is_option(argv[*i + 1]) && (takes == TAKES_MANY || n == 0))
			values[n++] = span_of(argv[++*i]);
		if (n == 0) {
			free(values);
			return err_set(err, ERR_USAGE, "选项 --%s 缺少值", "option --%s needs a value", name);
		}
	}
	c->options[c->n_options].name = name;
	c->options[c->n_options].values = values;
	c->options[c->n_options++].n = n;
	return true;
}

static bool read_arguments(
	const struct meaning *m, struct command_call *c, char **argv, int argc, struct err *err)
{
	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--") == 0)
			continue;
		if (!is_option(argv[i])) {
			if (c->n_words == COMMAND_WORDS_MAX)
				return err_set(err, ERR_USAGE, "参数过多", "too many arguments");
			c->words[c->n_words++] = span_of(argv[i]);
		} else if (!read_option(m, c, argv, argc, &i, err)) {
			return false;
		}
	}
	struct span data = command_option(c, "data"), lang = command_option(c, "lang");
	const char *folder = getenv("SEAWALL_DATA");
	c->folder = data.p ? data.p : folder && *folder ? folder : "data";
	c->json = command_flag(c, "json");
	if (lang.p)
		c->zh = !span_is(lang, "en");
	return true;
}

static void release(struct command_call *c)
{
	for (size_t i = 0; i < c->n_options; i++)
		free(c->options[i].values);
	free(c->words);
}

static bool prefers_english(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	for (size_t i = 0; i < COUNT(names); i++) {
		const char *v = getenv(names[i]);
		if (v && *v)
			return strncmp(v, "en", 2) == 0;
	}
	return false;
}

/* Root works in a folder of another with that one's rights, so that no file of its becomes root's. */
static bool take_owner(const char *folder, struct err *err)
{
	struct stat st;
	if (geteuid() != 0 || stat(folder, &st) != 0 || st.st_uid == 0)
		return true;
	if (setgid(st.st_gid) != 0 || setuid(st.st_uid) != 0)
		return err_set(err, ERR_FORBIDDEN, "无法取得数据目录所有者的身份",
			"cannot take the folder owner's identity");
	return true;
}

static bool run_with_store(const struct meaning *m, struct command_call *c, struct err *err)
{
	CLEANUP(store_close_p) struct store *store = NULL;
	CLEANUP(arena_free_p) struct arena *arena = arena_new(CLI_SOFT, CLI_HARD);
	bool create = m->command && m->command->store == COMMAND_CREATE;
	char name[32];
	if (!create && access(c->folder, F_OK) != 0)
		return err_set(err, ERR_NOT_FOUND, "没有数据目录 %s，请先执行 seawall init --data %s",
			"there is no data folder %s: run seawall init --data %s first", c->folder, c->folder);
	if (!take_owner(c->folder, err))
		return false;
	snprintf(name, sizeof name, "local:%u", (unsigned)getuid());
	struct actor actor = actor_local;
	actor.who.name = span_of(name);
	if (!store_open(c->folder, create ? STORE_CREATE : STORE_OPEN, &store, err))
		return false;
	struct problems problems = { .n = 0 };
	struct op op = {
		.store = store, .actor = &actor, .arena = arena, .zh = c->zh, .problems = &problems
	};
	c->op = &op;
	bool ok = m->command ? m->command->run(c, err) : generic_run(c, m->resource, m->verb, err);
	op_rollback(&op);
	for (size_t i = 1; !ok && i < problems.n; i++)
		fprintf(stderr, "seawall: %.*s\n", SPAN_ARG(c->zh ? problems.at[i].zh : problems.at[i].en));
	return ok;
}

static bool run(const struct meaning *m, struct command_call *c, char **argv, int argc, struct err *err)
{
	if (!read_arguments(m, c, argv, argc, err))
		return false;
	if (m->command && m->command->arguments[0] && c->n_words == 0 && m->command->arguments[0] != '[')
		return err_set(err, ERR_USAGE, "缺少 %s：seawall %s %s", "%s is missing: seawall %s %s",
			m->command->arguments, m->command->words, m->command->arguments);
	if (m->command && !m->command->arguments[0] && c->n_words > 0)
		return err_set(err, ERR_USAGE, "多余的参数 " SPAN_FMT, "unexpected argument " SPAN_FMT,
			SPAN_ARG(c->words[0]));
	if (m->command && m->command->store == COMMAND_NO_STORE)
		return m->command->run(c, err);
	return run_with_store(m, c, err);
}

static bool asks_help(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return argc == 1 || strcmp(argv[1], "help") == 0;
}

static bool no_command(char **argv, size_t n, struct err *err)
{
	const char *first = n > 0 ? argv[1] : "", *second = n > 1 ? argv[2] : "";
	if (n > 0 && help_about(NULL, span_of(first), true))
		return n > 1 ? err_set(err, ERR_USAGE, "%s 没有动作“%s”，见 seawall %s --help",
				       "%s has no verb \"%s\", see seawall %s --help", first, second, first)
			     : err_set(err, ERR_USAGE, "请写明 %s 之后的动作，见 seawall %s --help",
				       "say what to do with %s, see seawall %s --help", first, first);
	return err_set(err, ERR_USAGE, "没有命令“%s”，见 seawall --help",
		"there is no command \"%s\", see seawall --help", first);
}

int main(int argc, char **argv)
{
	struct err err = { 0 };
	struct meaning m = { 0 };
	bool zh = !prefers_english();
	hash_start();
	clock_start();
	house_start();
	main_give_console();
	size_t n = 0;
	while ((int)n + 1 < argc && argv[n + 1][0] != '-')
		n++;
	bool known = find_meaning(argv + 1, n, &m);
	if (asks_help(argc, argv)) {
		if (known && m.command)
			help_command(stdout, m.command, zh);
		else if (known)
			help_verb(stdout, m.resource, m.verb, zh);
		else if (n < 1 || !help_about(stdout, span_of(argv[1]), zh))
			help_all(stdout, zh);
		return 0;
	}
	struct command_call c = { .in = stdin, .out = stdout, .notes = stderr, .zh = zh };
	c.words = calloc((size_t)argc, sizeof(struct span));
	if (!c.words)
		abort();
	bool ok = known ? run(&m, &c, argv + 1 + m.taken, argc - 1 - (int)m.taken, &err)
			: no_command(argv, n, &err);
	if (fflush(stdout) != 0 && ok)
		ok = err_set(&err, ERR_IO, "无法写出结果", "cannot write the output");
	if (!ok)
		fprintf(stderr, "seawall: %s\n", c.zh ? err.zh : err.en);
	release(&c);
	return ok ? 0 : err_exit(err.code);
}
