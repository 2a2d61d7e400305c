/* The parent of a running Seawall, and the commands about the data folder itself. */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "net/http_server.h"
#include "os/file.h"
#include "os/log.h"
#include "os/process.h"
#include "people/people.h"
#include "role/demo.h"
#include "role/completion.h"
#include "role/role.h"

enum { LOCK_WAIT_MS = 5000, GRACE_MS = 8000 };

static void notice(const struct process_event *e)
{
	if (e->started)
		log_info("role.started", LOG_Z("role", e->role), LOG_INT("pid", e->pid));
	else
		log_warn("role.ended", LOG_Z("role", e->role), LOG_INT("pid", e->pid),
			LOG_INT("status", e->wait_status),
			 LOG_INT("restart_ms", e->restart_ms));
}

static bool prepare(const char *folder, struct err *err)
{
	CLEANUP(store_close_p) struct store *store = NULL;
	CLEANUP(arena_free_p) struct arena *a = arena_new((size_t)64 << 20, (size_t)256 << 20);
	struct actor actor = actor_local;
	if (!store_open(folder, STORE_MIGRATE, &store, err))
		return false;
	struct op op = { .store = store, .actor = &actor, .arena = a, .zh = true };
	return people_init(&op, err);
}

static bool supervise(const char *folder, int listen_fd, struct err *err)
{
	char fd[16];
	snprintf(fd, sizeof fd, "%d", listen_fd);
	const char *const api_argv[] = { process_self(), "serve", "--role", "api", "--data", folder,
		"--listen-fd", fd, NULL };
	const char *const jobs_argv[] = { process_self(), "serve", "--role", "jobs", "--data", folder, NULL };
	const struct process_role roles[] = {
		{ .name = "api", .argv = api_argv, .keep_fds = &listen_fd, .n_keep = 1, .notice = notice },
		{ .name = "jobs", .argv = jobs_argv, .notice = notice },
	};
	return process_supervise(roles, COUNT(roles), GRACE_MS, err);
}

static bool run_parent(struct command_call *c, struct span listen, struct err *err)
{
	char lock[4096];
	CLEANUP(file_close) int lock_fd = -1;
	CLEANUP(file_close) int listen_fd = -1;
	int port;
	snprintf(lock, sizeof lock, "%s/lock", c->folder);
	if (!file_exists(c->folder))
		return err_set(err, ERR_NOT_FOUND, "没有数据目录 %s，请先执行 seawall init --data %s",
			       "there is no data folder %s: run seawall init --data %s first", c->folder,
			       c->folder);
	if (!file_lock(lock, LOCK_WAIT_MS, &lock_fd, err)) {
		if (err->code == ERR_BUSY)
			return err_set(err, ERR_BUSY, "数据目录 %s 已有一个 seawall serve 在运行",
				       "another seawall serve is running on %s", c->folder);
		return false;
	}
	if (!prepare(c->folder, err) || !http_listen(listen, &listen_fd, &port, err))
		return false;
	size_t colon = listen.n;
	while (colon > 0 && listen.p[colon - 1] != ':')
		colon--;
	fprintf(c->out, "Seawall: http://%.*s%d/\n", (int)colon, listen.p, port);
	fflush(c->out);
	return supervise(c->folder, listen_fd, err);
}

static bool run_serve(struct command_call *c, struct err *err)
{
	struct span role = command_option(c, "role"), listen = command_option(c, "listen");
	struct span fd = command_option(c, "listen-fd");
	struct role_config config = { .folder = c->folder, .listen_fd = -1 };
	int64_t n;
	int port;
	if (!listen.p)
		listen = SPAN("127.0.0.1:8440");
	log_start(role.p ? role.p : "serve", LOG_LEVEL_INFO);
	if (!role.p)
		return run_parent(c, listen, err);
	if (span_is(role, "jobs"))
		return role_jobs(&config, err);
	if (!span_is(role, "api"))
		return err_set(err, ERR_USAGE, "角色应为 api 或 jobs", "the role must be api or jobs");
	if (fd.p && span_int(fd, 3, 1 << 20, &n))
		config.listen_fd = (int)n;
	else if (!http_listen(listen, &config.listen_fd, &port, err))
		return false;
	return role_api(&config, err);
}

static bool run_init(struct command_call *c, struct err *err)
{
	if (!people_init(c->op, err))
		return false;
	fprintf(c->out, c->zh ? "数据目录 %s 已就绪\n" : "data folder %s is ready\n", c->folder);
	return true;
}

static bool run_audit_verify(struct command_call *c, struct err *err)
{
	struct store_audit a = { 0 };
	if (!store_audit_verify(c->op->store, &a, err))
		return false;
	if (a.broken_seq) {
		struct span zh = arena_printf(c->op->arena, "变更日志第 %" PRId64 " 条不符：%s", a.broken_seq,
			a.reason_zh);
		struct span en = arena_printf(c->op->arena, "change %" PRId64 " is broken: %s", a.broken_seq,
			a.reason_en);
		return err_texts(err, ERR_CORRUPT, "", zh.p, en.p);
	}
	fprintf(c->out, c->zh ? "变更日志完整：%" PRId64 " 条变更，%" PRId64 " 个签名检查点\n" :
				"the change log is whole: %" PRId64 " changes, %"
					PRId64 " signed checkpoints\n",
		a.checked, a.checkpoints);
	return true;
}

const struct command role_commands[] = {
	{ "init", "", "", COMMAND_CREATE, run_init, "建立或升级数据目录",
		"make a data folder, or bring it up to date" },
	{ "demo", "", "data= seed=", COMMAND_NO_STORE, run_demo, "在新的数据目录里建一座演示城市（虚构的数据）",
		"make the demonstration city, invented data, in a fresh data folder" },
	{ "serve", "", "data= listen= role= listen-fd=", COMMAND_NO_STORE, run_serve, "运行服务",
		"run the server" },
	{ "audit verify", "", "", COMMAND_OPEN, run_audit_verify, "核对变更日志是否完整",
		"verify the chain of the change log" },
	{ "completion", "", "", COMMAND_NO_STORE, completion_run, "输出 bash 补全脚本",
		"print a bash completion script" },
};
const size_t role_commands_count = COUNT(role_commands);
