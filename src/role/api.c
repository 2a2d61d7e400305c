/* The role `api`: HTTP on an inherited socket, workers with a reader each, no way out. */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/log.h"
#include "os/sandbox.h"
#include "people/people.h"
#include "resource/api.h"
#include "resource/kept.h"
#include "resource/stream.h"
#include "role/console.h"
#include "role/role.h"

enum {
	WORKERS = 4, SLOW_WORKERS = 2, CONNECTIONS = 600, CONNECTIONS_PER_ADDRESS = 200, STREAMS = 200,
	HEAD_MS = 10 * 1000, BODY_MS = 120 * 1000, IDLE_MS = 60 * 1000, STREAM_MS = 200, GRACE_MS = 5000,
};
#define STRANGER_MAX ((size_t)64 << 10)
#define HELD_MAX ((size_t)256 << 20)
#define REQUEST_SOFT ((size_t)64 << 20)
#define REQUEST_HARD ((size_t)1 << 30)

struct api_role {
	const struct role_config *config;
	struct loop *loop;
	struct http_server *server;
	struct api api;
};

/* Read by /metrics on worker threads: the server lives as long as the role. */
static const struct http_server *running;

static void *worker_start(void *user)
{
	const struct api_role *role = user;
	struct store *store;
	struct err err = { 0 };
	if (!store_open(role->config->folder, STORE_OPEN, &store, &err)) {
		log_error("api.worker", LOG_Z("error", err.en));
		_exit(err_exit(err.code));
	}
	return store;
}

static void worker_stop(void *user, void *worker)
{
	(void)user;
	store_close(worker);
}

static size_t limit(void *user, struct span method, struct span path, void **ret_route)
{
	(void)user;
	*ret_route = NULL;
	return api_limit(method, path);
}

/* On the loop thread, whose store only reads: nothing is noted. */
static bool known(void *user, const struct http_request *r)
{
	const struct api_role *role = user;
	struct op op = { .store = role->api.loop_store, .arena = r->arena };
	return people_known_http(&op, r);
}

static bool slow(void *user, const struct http_request *r)
{
	(void)user;
	return api_slow(r->method, r->path);
}

static void handle(void *user, struct http_request *r, struct http_answer *ret)
{
	const struct api_role *role = user;
	api_handle(&role->api, r->worker, r, ret);
}

static void refuse(void *user, int status, const struct http_request *r, struct http_answer *ret,
	struct arena *a)
{
	(void)user;
	api_refuse(status, api_wants_zh(r), ret, a);
}

static void stopped(void *user)
{
	struct api_role *role = user;
	loop_end(role->loop);
}

static void on_stop(void *user)
{
	struct api_role *role = user;
	http_server_stop(role->server, GRACE_MS, stopped, role);
}

static bool enter_sandbox(const char *folder, struct err *err)
{
	char store[4096], blobs[4096], seal[4096];
	snprintf(store, sizeof store, "%s/store", folder);
	snprintf(blobs, sizeof blobs, "%s/blobs", folder);
	snprintf(seal, sizeof seal, "%s/keys/seal.key", folder);
	const char *const read_write[] = { store, blobs, NULL };
	const char *const read_only[] = { seal, "/proc/self", "/etc/localtime", "/usr/share/zoneinfo",
		"/dev/urandom", NULL };
	struct sandbox s = { .read_write = read_write, .read_only = read_only };
	return sandbox_enter(&s, err);
}

bool role_api(const struct role_config *c, struct err *err)
{
	struct api_role role = { .config = c, .api = { .authenticate = people_authenticate_http,
		.page = console_answer } };
	struct http_config http = {
		.listen_fd = c->listen_fd, .workers = WORKERS, .connections_max = CONNECTIONS,
		.connections_per_address = CONNECTIONS_PER_ADDRESS, .streams_max = STREAMS,
			.head_ms = HEAD_MS, .body_ms = BODY_MS,
		.idle_ms = IDLE_MS, .arena_soft = REQUEST_SOFT, .arena_hard = REQUEST_HARD,
			.stream_ms = STREAM_MS,
		.known = known, .stranger_max = STRANGER_MAX, .held_max = HELD_MAX, .slow = slow,
			.slow_workers = SLOW_WORKERS,
		.limit = limit, .handle = handle, .refuse = refuse, .worker_start = worker_start,
			.worker_stop = worker_stop,
		.user = &role,
	};
	CLEANUP(store_close_p) struct store *loop_store = NULL;
	if (!enter_sandbox(c->folder, err) || !store_open(c->folder, STORE_OPEN, &loop_store, err) ||
	    !loop_new(&role.loop, err))
		return false;
	role.api.loop_store = loop_store;
	role.api.kept = kept_new();
	role.api.streams = stream_seats_new();
	bool ok = http_server_new(role.loop, &http, &role.server, err);
	if (ok) {
		running = role.server;
		loop_on_stop(role.loop, on_stop, &role);
		log_info("api.ready", LOG_INT("workers", WORKERS));
		ok = loop_run(role.loop, err);
		running = NULL;
		http_server_free(role.server);
	}
	stream_seats_free(role.api.streams);
	kept_free(role.api.kept);
	loop_free(role.loop);
	return ok;
}

/* ---- routes about the program itself ------------------------------------------------------------------- */

static bool show_health(struct call *c, struct err *err)
{
	int64_t one;
	bool found;
	if (!db_int(op_db(c->op), SQL("SELECT 1"), V0, &one, &found, err))
		return false;
	str_addf(c->out, "{\"status\":\"ok\",\"schema\":%d}", store_schema_version);
	return true;
}

static bool show_metrics(struct call *c, struct err *err)
{
	struct http_figures f = running ? http_server_figures(running) : (struct http_figures){ 0 };
	c->content_type = "text/plain; version=0.0.4";
	str_addf(c->out, "# HELP seawall_http_requests_total Requests answered by a handler.\n"
			 "# TYPE seawall_http_requests_total counter\nseawall_http_requests_total %llu\n"
			 "# HELP seawall_http_refused_total Requests the server itself refused.\n"
			 "# TYPE seawall_http_refused_total counter\nseawall_http_refused_total %llu\n"
			 "# HELP seawall_http_connections Open connections.\n"
			 "# TYPE seawall_http_connections gauge\nseawall_http_connections %llu\n"
			 "# HELP seawall_http_streams Open event streams.\n"
			 "# TYPE seawall_http_streams gauge\nseawall_http_streams %llu\n"
			 "# HELP seawall_change_sequence Number of the last committed change.\n"
			 "# TYPE seawall_change_sequence counter\nseawall_change_sequence %lld\n",
		 (unsigned long long)f.requests, (unsigned long long)f.refused,
		 (unsigned long long)f.connections,
		 (unsigned long long)f.streams, (long long)store_change_seq(c->op->store));
	return str_check(c->out, err);
}

const struct route role_routes[] = {
	{ "GET", "/healthz", show_health, PERM_NONE, 0, 0, "是否正常", "is it well" },
	{ "GET", "/metrics", show_metrics, PERM_NONE, 0, 0, "运行计数", "counters of the running server" },
};
const size_t role_routes_count = COUNT(role_routes);
