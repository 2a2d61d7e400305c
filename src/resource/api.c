#include "resource/api.h"

#include "codec/json.h"
#include "os/log.h"
#include "resource/dispatch.h"
#include "resource/idempotency.h"
#include "resource/internal.h"
#include "resource/kept.h"

enum { ANSWER_MAX = 48 * 1024 * 1024, EXPORT_PAGE = 1000 };

/* ---- problem documents --------------------------------------------------------------------------------- */

bool api_wants_zh(const struct http_request *r)
{
	struct span lang = r ? span_trim(http_header(r, "accept-language")) : (struct span){ NULL, 0 };
	return !(lang.n >= 2 && span_eq_nocase((struct span){ lang.p, 2 }, SPAN("en")));
}

static void problem(const struct err *err, const struct problems *list, bool zh, struct span instance,
	struct str *out)
{
	str_addf(out, "{\"type\":\"urn:seawall:problem:%s\",\"title\":", err_name(err->code));
	str_add_json(out, span_of(err_title(err->code, zh)));
	str_addf(out, ",\"status\":%d,\"detail\":", err_http(err->code));
	str_add_json(out, span_of(zh ? err->zh : err->en));
	if (instance.p) {
		str_addz(out, ",\"instance\":");
		str_add_json(out, instance);
	}
	if (err->code == ERR_SECOND_FACTOR)
		str_addz(out, ",\"second_factor\":[\"totp\",\"recovery\"]");
	bool any = (list && list->n) || err->field[0];
	for (size_t i = 0; any && i < (list && list->n ? list->n : 1); i++) {
		const struct problem *p = list && list->n ? &list->at[i] : NULL;
		str_addz(out, i ? "," : ",\"errors\":[");
		str_addz(out, "{\"field\":");
		str_add_json(out, p ? p->field : span_of(err->field));
		str_addz(out, ",\"detail\":");
		str_add_json(out, p ? (zh ? p->zh : p->en) : span_of(zh ? err->zh : err->en));
		str_addc(out, '}');
	}
	str_addz(out, any ? "]}" : "}");
}

void api_refuse(int status, bool zh, struct http_answer *ret, struct arena *a)
{
	struct err err = { 0 };
	enum err_code code = status == 401 ? ERR_UNAUTHENTICATED : status == 413 ? ERR_TOO_LARGE :
			     status == 503 ? ERR_BUSY : status == 429 ? ERR_RATE : ERR_MALFORMED;
	err_set(&err, code, "服务器拒绝了这个请求", "the server refuses this request");
	if (code == ERR_TOO_LARGE)
		err_set(&err, code, "上传的内容超过上限；附件每个不超过 20 MB",
			"more than is taken here; an attachment has at most 20 MB");
	struct str out = STR_IN(a, 4096);
	problem(&err, NULL, zh, (struct span){ NULL, 0 }, &out);
	ret->status = status;
	ret->body = str_span(&out);
	http_add_header(ret, "Content-Type", SPAN("application/problem+json"));
	if (status == 503)
		http_add_header(ret, "Retry-After", SPAN("1"));
}

/* ---- one request --------------------------------------------------------------------------------------- */

struct exchange {
	const struct api *api;
	struct http_request *request;
	struct http_answer *answer;
	struct match match;
	struct op op;
	struct actor actor;
	struct problems problems;
	struct call call;
	struct str out;
	json_t *json;
	int64_t if_version;
	struct span idempotency_key;
};

struct span call_header(const struct call *c, const char *lower_case_name)
{
	for (size_t i = 0; i < c->n_headers; i++)
		if (span_eq_nocase(c->headers[i].name, span_of(lower_case_name)))
			return c->headers[i].value;
	return (struct span){ NULL, 0 };
}

struct span call_query(const struct call *c, const char *name)
{
	for (size_t i = 0; i < c->n_query; i++)
		if (span_is(c->query[i].name, name))
			return c->query[i].value;
	return (struct span){ NULL, 0 };
}

void call_add_header(struct call *c, const char *name, struct span value)
{
	if (c->n_answer_headers < COUNT(c->answer_headers))
		c->answer_headers[c->n_answer_headers++] = (struct query_pair){ span_of(name), value };
}

static bool changes(const struct http_request *r)
{
	return !span_is(r->method, "GET") && !span_is(r->method, "HEAD");
}

static bool authenticate(struct exchange *x, struct err *err)
{
	bool known = false, open = x->match.route && x->match.route->perm == PERM_NONE;
	if (!x->api->authenticate(&x->op, x->request, open, &x->actor, &known, err))
		return false;
	return known || open || err_set(err, ERR_UNAUTHENTICATED, "请先登录", "sign in first");
}

static bool read_conditions(struct exchange *x, struct err *err)
{
	struct span match = span_trim(http_header(x->request, "if-match"));
	struct span key = http_header(x->request, "idempotency-key");
	if (span_starts(match, SPAN("W/")))
		match = span_from(match, 2);
	if (match.n >= 2 && match.p[0] == '"' && match.p[match.n - 1] == '"')
		match = (struct span){ match.p + 1, match.n - 2 };
	if (match.n && !span_is(match, "*") && !span_int(match, 1, INT64_MAX, &x->if_version))
		return err_set(err, ERR_PRECONDITION, "If-Match 不是本系统给出的 ETag",
			"If-Match is no ETag of ours");
	if (key.n > 200)
		return err_field(err, "Idempotency-Key", "Idempotency-Key 最长 200 个字符",
			"Idempotency-Key: at most 200 characters");
	bool secret = x->match.route && (x->match.route->flags & ROUTE_SECRET);
	x->idempotency_key = changes(x->request) && !secret ? key : (struct span){ NULL, 0 };
	return true;
}

static bool read_json(struct exchange *x, struct err *err)
{
	if (x->match.route && (x->match.route->flags & ROUTE_RAW))
		return true;
	struct span body = span_trim(x->request->body);
	if (body.n == 0)
		return true;
	struct span type = http_header(x->request, "content-type");
	if (type.p && !span_eq_nocase((struct span){ type.p, type.n < 16 ? type.n : 16 },
	    SPAN("application/json")) &&
	    !span_eq_nocase((struct span){ type.p, type.n < 33 ? type.n : 33 },
	    SPAN("application/x-www-form-urlencoded")))
		return err_set(err, ERR_MEDIA_TYPE, "请求内容应为 application/json",
			"the body must be application/json");
	return json_parse(body, 0, &x->json, err);
}

static bool set_etag(struct exchange *x, const struct record *rec)
{
	struct span tag = arena_printf(x->op.arena, "\"%lld\"", (long long)rec->version);
	call_add_header(&x->call, "ETag", tag);
	return true;
}

static bool export_csv(struct exchange *x, struct query *q, struct err *err)
{
	const struct resource *r = x->match.resource;
	x->call.content_type = "text/csv; charset=utf-8";
	struct str name = STR_IN(x->op.arena, 200);
	str_addf(&name, "attachment; filename=\"%s.csv\"", r->path);
	call_add_header(&x->call, "Content-Disposition", str_span(&name));
	q->limit = EXPORT_PAGE;
	if (!record_csv_header(&x->op, r, q->fields, &x->out, err))
		return false;
	for (;;) {
		struct page page;
		if (!resource_list(&x->op, r, q, &page, err))
			return false;
		for (size_t i = 0; i < page.n; i++)
			if (!record_csv(&x->op, &page.rows[i], q->fields, &x->out, err))
				return false;
		if (!page.next.p)
			break;
		q->cursor = page.next;
		if (!arena_check(x->op.arena, err))
			return false;
	}
	/* taking data out is on record */
	struct store_change c = { .resource = r->name, .record_id = SPAN(""), .verb = "export",
		.values = { NULL, 0 } };
	int64_t seq;
	return op_begin(&x->op, err) && store_add_change(x->op.tx, &c, &seq, err) && op_commit(&x->op, err);
}

static bool list_page(struct exchange *x, const struct query *q, struct err *err)
{
	struct page page;
	if (!resource_list(&x->op, x->match.resource, q, &page, err))
		return false;
	str_addz(&x->out, "{\"items\":[");
	for (size_t i = 0; i < page.n; i++) {
		if (i)
			str_addc(&x->out, ',');
		if (!record_json(&x->op, &page.rows[i], q->fields, false, &x->out, err))
			return false;
	}
	str_addz(&x->out, "],\"next\":");
	if (page.next.p)
		str_add_json(&x->out, page.next);
	else
		str_addz(&x->out, "null");
	str_addc(&x->out, '}');
	return str_check(&x->out, err);
}

static bool list(struct exchange *x, struct err *err)
{
	const struct resource *r = x->match.resource;
	struct query q;
	if (!actor_has(x->op.actor, r->read))
		return err_set(err, ERR_FORBIDDEN, "没有查看的权限", "not permitted to see these");
	if (!query_parse(r, x->call.query, x->call.n_query, x->op.arena, &q, err))
		return false;
	if (span_is(call_query(&x->call, "format"), "csv"))
		return export_csv(x, &q, err);
	/* one snapshot for the page and what is shown with its rows */
	if (!store_read_begin(x->op.store, err))
		return false;
	bool ok = list_page(x, &q, err);
	store_read_end(x->op.store);
	return ok;
}

static bool not_modified(struct exchange *x, const struct record *rec)
{
	struct span tag = http_header(x->request, "if-none-match");
	return tag.p && span_eq(span_trim(tag),
		arena_printf(x->op.arena, "\"%lld\"", (long long)rec->version));
}

static bool generic(struct exchange *x, struct err *err)
{
	const struct resource *r = x->match.resource;
	struct span id = x->match.params[0];
	struct record rec;
	CLEANUP(json_free) json_t *none = json_object();
	const json_t *in = x->json ? x->json : none;
	struct resource_request q = { id, x->match.params[1], in, x->if_version };
	switch (x->match.generic) {
	case GENERIC_LIST:
		return list(x, err);
	case GENERIC_GET:
		if (!resource_get(&x->op, r, id, &rec, err))
			return false;
		if (r->seen)
			r->seen(&x->op, &rec);
		if (not_modified(x, &rec)) {
			x->call.status = 304;
			return set_etag(x, &rec);
		}
		break;
	case GENERIC_CREATE:
		if (!resource_create(&x->op, r, in, &rec, err))
			return false;
		x->call.status = 201;
		call_add_header(&x->call, "Location",
			arena_printf(x->op.arena, "/api/v1/%s/" SPAN_FMT, r->path, SPAN_ARG(rec.id)));
		break;
	case GENERIC_CHANGE:
		if (!resource_change(&x->op, r, &q, &rec, err))
			return false;
		break;
	case GENERIC_DELETE:
		x->call.status = 204;
		return resource_delete(&x->op, r, id, x->if_version, err);
	case GENERIC_VERB:
		if (!resource_apply(&x->op, r, &q, &rec, err))
			return false;
		break;
	case GENERIC_NONE:
		break;
	}
	return record_json(&x->op, &rec, 0, true, &x->out, err) && set_etag(x, &rec);
}

/* Not permitted: 403 to whoever may see the record that the address names, 404 to everybody else. */
static bool forbidden(struct exchange *x, struct err *err)
{
	struct span rest = span_from(x->request->path, strlen("/api/v1/"));
	const struct resource *r = x->match.params[0].n ? resource_find(span_split(&rest, '/')) : NULL;
	struct record rec;
	if (r && !resource_get(&x->op, r, x->match.params[0], &rec, err))
		return false;
	return err_set(err, ERR_FORBIDDEN, "没有权限", "not permitted");
}

static bool run_handler(struct exchange *x, struct err *err)
{
	const struct route *route = x->match.route;
	if (!route)
		return generic(x, err);
	/* whatever a stranger sends instead of a name and a password is wrong credentials */
	bool judged = route->body_schema && route->perm != PERM_NONE;
	if (judged && !args_check_body(&x->op, route->body_schema, x->json, err))
		return false;
	if (route->counts && x->api->kept)
		return kept_answer(x->api->kept, route, &x->call, err);
	return route->handler(&x->call, err);
}

/* What is answered again to a repeated Idempotency-Key; *ret_done when this request was one. */
static bool replay(struct exchange *x, bool *ret_done, struct err *err)
{
	struct idempotent before;
	*ret_done = false;
	if (!x->idempotency_key.n)
		return true;
	if (!idempotency_find(&x->op, x->idempotency_key, x->request, &before, err))
		return false;
	*ret_done = before.found;
	if (before.found) {
		x->call.status = before.status;
		str_add(&x->out, before.body);
	}
	return true;
}

static bool run_in_tx(struct exchange *x, struct err *err)
{
	bool done;
	if (!op_begin(&x->op, err))
		return false;
	bool ok = replay(x, &done, err) && (done || run_handler(x, err));
	if (ok && !done && x->idempotency_key.n)
		ok = idempotency_keep(&x->op, x->idempotency_key, x->request, x->call.status,
			str_span(&x->out), err);
	if (ok && done) {
		op_rollback(&x->op);
		return true;
	}
	if (ok)
		return op_commit(&x->op, err);
	op_rollback(&x->op);
	return false;
}

static bool run(struct exchange *x, struct err *err)
{
	bool done = false;
	const struct route *route = x->match.route;
	bool in_tx = route ? (route->flags & ROUTE_TX) != 0 : changes(x->request);
	if (in_tx)
		return run_in_tx(x, err);
	if (!changes(x->request) || !x->idempotency_key.n)
		return run_handler(x, err);
	if (!replay(x, &done, err))
		return false;
	if (done)
		return true;
	if (!run_handler(x, err))
		return false;
	if (!op_begin(&x->op, err))
		return false;
	if (idempotency_keep(&x->op, x->idempotency_key, x->request, x->call.status, str_span(&x->out), err))
		return op_commit(&x->op, err);
	op_rollback(&x->op);
	return false;
}

static bool find_route(struct exchange *x, struct err *err)
{
	const struct http_request *r = x->request;
	if (dispatch_find(r->method, r->path, &x->match))
		return true;
	if (x->match.path_known)
		return err_set(err, ERR_METHOD, "这个地址不支持 " SPAN_FMT, SPAN_FMT " is not supported here",
			SPAN_ARG(r->method));
	return err_set(err, ERR_NOT_FOUND, "没有这个地址", "there is nothing at this address");
}

static bool handle(struct exchange *x, struct err *err)
{
	struct err routing = { 0 };
	bool found = find_route(x, &routing);
	/* strangers learn nothing of what exists below /api */
	if (!found && !span_starts(x->request->path, SPAN("/api/"))) {
		*err = routing;
		return false;
	}
	if (!authenticate(x, err))
		return false;
	if (!found) {
		*err = routing;
		return false;
	}
	memcpy(x->call.params, x->match.params, sizeof x->call.params);
	/* before the body is looked at: parsing it costs more than it did to send */
	if (x->match.route && x->match.route->perm != PERM_NONE &&
	    !actor_has(&x->actor, x->match.route->perm))
		return forbidden(x, err);
	if (!read_conditions(x, err) || !read_json(x, err))
		return false;
	x->call.json = x->json;
	return run(x, err);
}

/* http_pair and query_pair are one shape by two names; the rooms above know only the second. */
static const struct query_pair *pairs_of(const struct http_pair *in, size_t n, struct arena *a)
{
	struct query_pair *out = arena_array(a, n + 1, sizeof *out);
	for (size_t i = 0; i < n; i++)
		out[i] = (struct query_pair){ in[i].name, in[i].value };
	return out;
}

static void start(struct exchange *x, struct store *store)
{
	struct http_request *r = x->request;
	x->op = (struct op){
		.store = store, .actor = &x->actor, .arena = r->arena, .zh = api_wants_zh(r),
			.problems = &x->problems,
	};
	x->out = STR_IN(r->arena, ANSWER_MAX);
	x->call = (struct call){
		.op = &x->op, .body = r->body, .status = 200, .out = &x->out,
		.query = pairs_of(r->query, r->n_query, r->arena), .n_query = r->n_query,
		.headers = pairs_of(r->headers, r->n_headers, r->arena), .n_headers = r->n_headers,
		.http = x->answer, .loop_store = x->api->loop_store,
			.streams = x->api->streams,
	};
}

/* A page brings a policy of its own: two of them would both hold. */
static bool answered_with(const struct call *c, const char *name)
{
	for (size_t i = 0; i < c->n_answer_headers; i++)
		if (span_is(c->answer_headers[i].name, name))
			return true;
	return false;
}

static void add_standard_headers(const struct call *c, struct http_answer *a)
{
	http_add_header(a, "X-Content-Type-Options", SPAN("nosniff"));
	http_add_header(a, "Cache-Control", SPAN("no-store"));
	if (!answered_with(c, "Content-Security-Policy"))
		http_add_header(
			a, "Content-Security-Policy", SPAN("default-src 'none'; frame-ancestors 'none'"));
	http_add_header(a, "Referrer-Policy", SPAN("no-referrer"));
}

static void fail(struct exchange *x, const struct err *err)
{
	str_clear(&x->out);
	x->call.content_type = "application/problem+json";
	x->call.status = err_http(err->code);
	problem(err, &x->problems, x->op.zh, x->request->path, &x->out);
	if (err->code == ERR_UNAUTHENTICATED)
		http_add_header(x->answer, "WWW-Authenticate", SPAN("Bearer"));
	if (err->code == ERR_BUSY)
		http_add_header(x->answer, "Retry-After", SPAN("1"));
	if (err_http(err->code) >= 500)
		log_error("api.failed", LOG_TEXT("method", x->request->method),
			LOG_TEXT("path", x->request->path),
			  LOG_Z("error", err->en));
}

void api_handle(const struct api *api, struct store *store, struct http_request *r, struct http_answer *ret)
{
	struct exchange x = { .api = api, .request = r, .answer = ret };
	struct err err = { 0 };
	struct match m;
	if (api->page && !dispatch_find(r->method, r->path, &m) && !m.path_known && api->page(r, ret))
		return;
	start(&x, store);
	if (!handle(&x, &err)) {
		op_rollback(&x.op);
		fail(&x, &err);
	}
	json_decref(x.json);
	add_standard_headers(&x.call, ret);
	ret->status = x.call.status;
	ret->body = str_span(&x.out);
	if (!ret->stream && x.out.n)
		http_add_header(ret, "Content-Type",
			span_of(x.call.content_type ? x.call.content_type : "application/json"));
	for (size_t i = 0; i < x.call.n_answer_headers; i++)
		http_add_header(ret, x.call.answer_headers[i].name.p, x.call.answer_headers[i].value);
}

size_t api_limit(struct span method, struct span path)
{
	struct match m;
	return dispatch_find(method, path, &m) ? dispatch_body_max(&m) : API_BODY_DEFAULT;
}

bool api_slow(struct span method, struct span path)
{
	struct match m;
	return dispatch_find(method, path, &m) && m.route && (m.route->flags & ROUTE_SLOW);
}
