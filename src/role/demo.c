/* The command, the folder, and how the story calls other commands. */
#include "role/demo.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/file.h"
#include "people/people.h"
#include "role/role.h"

enum { SEED = 440800, ARGUMENTS_MAX = 4, OPTIONS_MAX = 8 };

bool demo_find(const char *name, struct span *ret, struct err *err)
{
	for (size_t i = 0; i < demo_files_count; i++) {
		if (strcmp(demo_files[i].name, name) != 0)
			continue;
		*ret = (struct span){ demo_files[i].text, demo_files[i].n };
		return true;
	}
	return err_set(err, ERR_INTERNAL, "演示城市没有文件 %s", "the demonstration has no file %s", name);
}

bool demo_put(struct demo *d, const char *name, struct span text, struct span *ret_path, struct err *err)
{
	*ret_path = arena_printf(d->op->arena, "%s/demo.%s", d->call->folder, name);
	return file_replace(ret_path->p, text, 0600, err);
}

static const struct command *find_command(const char *words)
{
	const struct command *c;
	for (size_t i = 0; (c = house_command(i)); i++)
		if (strcmp(c->words, words) == 0)
			return c;
	return NULL;
}

bool demo_command(struct demo *d, const struct demo_call *call, struct err *err)
{
	const struct command *command = find_command(call->words);
	const struct demo_option *options = call->options;
	struct span words[ARGUMENTS_MAX], values[OPTIONS_MAX];
	struct command_call c = { .op = d->op,
		.folder = d->call->folder,
		.words = words,
		.in = call->in,
		.out = d->quiet,
		.zh = d->call->zh };
	if (!command)
		return err_set(err, ERR_INTERNAL, "没有命令 %s", "no command %s", call->words);
	for (; call->arguments && call->arguments[c.n_words] && c.n_words < ARGUMENTS_MAX; c.n_words++)
		words[c.n_words] = span_of(call->arguments[c.n_words]);
	for (size_t i = 0; options && options[i].name && i < OPTIONS_MAX; i++) {
		values[i] = span_of(options[i].value);
		c.options[i].name = options[i].name;
		c.options[i].values = &values[i];
		c.options[i].n = options[i].value ? 1 : 0;
		c.n_options = i + 1;
	}
	return command->run(&c, err);
}

/* Nobody's data is ever overwritten by a demonstration. */
static bool check_folder(const char *folder, struct err *err)
{
	DIR *dir = opendir(folder);
	const struct dirent *e;
	bool empty = true;
	while (dir && empty && (e = readdir(dir)))
		empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
	if (dir)
		closedir(dir);
	return empty ||
		err_set(err, ERR_DUPLICATE, "目录 %s 不是空的，演示城市只能建在新目录里",
			"the folder %s is not empty: the demonstration city needs a fresh one", folder);
}

static bool count(const struct demo *d, struct sql_literal sql, int64_t *ret, struct err *err)
{
	bool found;
	*ret = 0;
	return db_int(op_db(d->op), sql, V0, ret, &found, err);
}

static bool print_city(const struct demo *d, struct err *err)
{
	int64_t units, persons, assets, findings, orders;
	if (!count(d, SQL("SELECT count(*) FROM units"), &units, err) ||
		!count(d, SQL("SELECT count(*) FROM persons"), &persons, err) ||
		!count(d, SQL("SELECT count(*) FROM assets"), &assets, err) ||
		!count(d, SQL("SELECT count(*) FROM findings"), &findings, err) ||
		!count(d, SQL("SELECT count(*) FROM orders"), &orders, err))
		return false;
	fprintf(d->call->out,
		d->call->zh ? "演示城市：单位 %" PRId64 "，人员 %" PRId64 "，资产 %" PRId64 "，隐患 %" PRId64
			      "，交办单 %" PRId64 "\n"
			    : "the demonstration city: %" PRId64 " units, %" PRId64 " persons, %" PRId64
			      " assets, %" PRId64 " findings, %" PRId64 " orders\n",
		units, persons, assets, findings, orders);
	return true;
}

static bool make_city(struct demo *d, struct err *err)
{
	bool ok = people_init(d->op, err) && calendar_load(d->op, SPAN("cn"), &d->calendar, err) &&
		demo_story(d, err);
	op_rollback(d->op);
	clock_fake(0);
	return ok && store_audit_checkpoint(d->op->store, &d->op->actor->who, err) && print_city(d, err);
}

static bool print_accounts(const struct demo *d, struct err *err)
{
	char path[4096];
	struct span text;
	snprintf(path, sizeof path, "%s/accounts.txt", d->call->folder);
	if (!file_read(path, 1 << 16, d->op->arena, &text, err))
		return false;
	fprintf(d->call->out, SPAN_FMT, SPAN_ARG(text));
	return true;
}

static void close_file(FILE **f)
{
	if (*f)
		fclose(*f);
}

bool run_demo(struct command_call *c, struct err *err)
{
	CLEANUP(store_close_p) struct store *store = NULL;
	CLEANUP(arena_free_p) struct arena *arena = arena_new((size_t)1 << 30, (size_t)4 << 30);
	CLEANUP(close_file) FILE *quiet = fopen("/dev/null", "w");
	struct span text = command_option(c, "seed");
	int64_t seed = SEED;
	char name[32];
	if (text.p && !span_int(text, 0, INT64_MAX, &seed))
		return err_field(err, "seed", "--seed 应为不小于 0 的整数",
			"--seed must be a whole number of at least 0");
	if (!quiet)
		return err_set(err, ERR_IO, "无法打开 /dev/null", "cannot open /dev/null");
	if (!check_folder(c->folder, err) || !store_open(c->folder, STORE_CREATE, &store, err))
		return false;
	snprintf(name, sizeof name, "local:%u", (unsigned)getuid());
	struct actor actor = actor_local;
	actor.who.name = span_of(name);
	struct op op = { .store = store, .actor = &actor, .arena = arena, .zh = true };
	struct demo d = { .call = c,
		.op = &op,
		.quiet = quiet,
		.seed = (uint64_t)seed,
		.now = clock_wall(),
		.orders = { .arena = arena },
		.notices = { .arena = arena } };
	return make_city(&d, err) && print_accounts(&d, err);
}
