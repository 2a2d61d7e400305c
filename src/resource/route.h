#pragma once
/*
 * Ordinary routes: what is not a generic operation on a resource.  Method, path, handler, permission and body
 * limit are mandatory.  A handler fills the answer (JSON text in call->out, status); on failure it sets err
 * and the caller makes the problem document.
 */
#include "resource/resource.h"

struct http_answer;

struct call {
	struct op *op;
	struct span params[4];                 /* what stood for {id} and so on, in order */
	const struct query_pair *query;
	size_t n_query;
	const struct query_pair *headers;      /* lower-case names */
	size_t n_headers;
	struct span body;                      /* as sent */
	const json_t *json;                    /* parsed body of application/json, else NULL */
	/* the answer */
	int status;                            /* 200 unless set */
	struct str *out;                       /* body */
	const char *content_type;              /* application/json unless set */
	struct query_pair answer_headers[8];
	size_t n_answer_headers;
	struct http_answer *http;              /* for event streams only */
	struct store *loop_store;              /* the store of the loop thread, for event streams */
	struct stream_seats *streams;          /* who has how many open; NULL: not counted */
};

typedef bool route_fn(struct call *c, struct err *err);

enum route_flag {
	ROUTE_TX = 1,      /* run inside one transaction, with Idempotency-Key kept in it */
	ROUTE_RAW = 2,                         /* body is not JSON */
	ROUTE_CSV = 4,                         /* text/csv answers */
	ROUTE_SECRET = 8,      /* a secret goes in or out: nothing is kept under an Idempotency-Key */
	ROUTE_SLOW = 16,                       /* hashes a password: kept to a few workers */
};

struct route {
	const char *method, *path;             /* "/api/v1/findings/order", "/api/v1/orders/{id}/steps" */
	route_fn *handler;
	enum perm perm;                        /* PERM_NONE: everybody */
	size_t body_max;                       /* 0: no body */
	unsigned flags;
	const char *zh, *en;
	const char *body_schema;      /* JSON text for OpenAPI: schema of the request body, or NULL */
	const char *answer_schema;             /* schema of the 200 answer, or NULL: any object */
	/* Its answer counts these resources ("order unit"; "": any), is the same for all whose roles are
	 * bound alike, and is kept until one of them changes (kept.h).  NULL: it is not kept. */
	const char *counts;
};

void route_register(const struct route *const *tables, const size_t *counts, size_t n_tables);
struct span call_header(const struct call *c, const char *lower_case_name);
struct span call_query(const struct call *c, const char *name);
void call_add_header(struct call *c, const char *name, struct span value);
