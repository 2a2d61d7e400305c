#pragma once
/* For the tests of this room: a small city with notices, and short ways to do things as somebody. */
#include "notice/room.h"
#include "order/testing.h"
#include "vuln/vuln.h"

static struct record n; /* the notice, as the last verb left it */

/* Units A and B have CVE-2026-1, B has CVE-2026-2 as well; C has neither. */
static inline void desk_open(struct city *c, const char *name)
{
	static const struct resource *const all[] = { &division_resource, &unit_resource, &person_resource,
		&duty_resource, &user_resource, &grant_resource, &token_resource, &asset_resource,
		&software_resource, &finding_resource, &order_resource, &vuln_resource, &template_resource,
		&notice_resource };
	city_open(c, name);
	resource_register(all, COUNT(all));
	int64_t a = city_host(c, UNIT_A, "web-a"), b = city_host(c, UNIT_B, "web-b");
	city_found(c, a, city_software(c, a, "apache", "http_server", "2.4.46"), 1, 1, "critical");
	city_found(c, b, city_software(c, b, "apache", "http_server", "2.4.49"), 1, 2, "critical");
}

/* JSON with ' for ". */
static inline json_t *desk_json(struct city *c, const char *args)
{
	struct err err = { 0 };
	json_t *j = NULL;
	char *text = arena_copy(c->arena, span_of(args));
	for (char *p = text; *p; p++)
		*p = *p == '\'' ? '"' : *p;
	city_must(json_parse(span_of(text), 0, &j, &err), &err, text);
	return j;
}

static inline bool draft(struct city *c, size_t who, const char *args, struct err *err)
{
	CLEANUP(json_free) json_t *j = desk_json(c, args);
	*err = (struct err){ 0 };
	c->op.actor = &c->actors[who];
	bool ok = op_begin(&c->op, err) && notice_create(&c->op, j, &n, err) && op_commit(&c->op, err);
	op_rollback(&c->op);
	c->op.actor = &c->actors[LOCAL];
	return ok;
}

static inline bool act(struct city *c, size_t who, const char *verb, const char *args, struct err *err)
{
	CLEANUP(json_free) json_t *j = desk_json(c, args);
	struct resource_request q = { .id = n.id, .verb = span_of(verb), .in = j };
	struct record r;
	bool ok;
	*err = (struct err){ 0 };
	c->op.actor = &c->actors[who];
	if (strcmp(verb, "issue") == 0)
		ok = notice_issue(&c->op, &q, &r, err);
	else if (strcmp(verb, "recall") == 0)
		ok = notice_recall(&c->op, &q, &r, err);
	else
		ok = op_begin(&c->op, err) &&
			(strcmp(verb, "change") == 0
					? resource_change(&c->op, &notice_resource, &q, &r, err)
					: resource_apply(&c->op, &notice_resource, &q, &r, err)) &&
			op_commit(&c->op, err);
	op_rollback(&c->op);
	c->op.actor = &c->actors[LOCAL];
	if (ok)
		n = r;
	return ok;
}

/* Drafted by the duty officer, approved by the leader. */
static inline void ready(struct city *c, const char *args)
{
	struct err err;
	CHECK_OK(draft(c, DUTY, args, &err), err);
	CHECK_OK(act(c, DUTY, "submit", "{}", &err), err);
	CHECK_OK(act(c, LEADER, "approve", "{}", &err), err);
}

/* A route's answer as somebody; "" where it fails. */
struct desk_ask {
	size_t who;
	route_fn *run;
	struct span id;
	const char *body; /* JSON with ', NULL: none */
	struct query_pair query;
};
static inline const char *ask(struct city *c, const struct desk_ask *a, struct err *err)
{
	CLEANUP(json_free) json_t *j = a->body ? desk_json(c, a->body) : NULL;
	struct str *out = ARENA_NEW(c->arena, struct str);
	*out = STR_IN(c->arena, 8 << 20);
	struct call call = { .op = &c->op, .params = { a->id }, .json = j, .out = out, .status = 200,
		.query = &a->query, .n_query = a->query.name.n ? 1 : 0 };
	*err = (struct err){ 0 };
	c->op.actor = &c->actors[a->who];
	bool ok = (!a->body || op_begin(&c->op, err)) && a->run(&call, err) &&
		(!a->body || op_commit(&c->op, err));
	op_rollback(&c->op);
	c->op.actor = &c->actors[LOCAL];
	for (size_t i = 0; ok && i < call.n_answer_headers; i++) /* before the body, for who looks there */
		if (span_is(call.answer_headers[i].name, "Content-Security-Policy"))
			return arena_printf(c->arena, SPAN_FMT "\n%s", SPAN_ARG(call.answer_headers[i].value),
				str_z(out))
				.p;
	return ok ? str_z(out) : "";
}
