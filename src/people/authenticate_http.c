#include "net/http_server.h"
#include "people/people.h"
#include "people/session.h"

bool people_authenticate_http(struct op *op, const struct http_request *r, bool open, struct actor *ret,
	bool *ret_known, struct err *err)
{
	struct people_request p = {
		.method = r->method,
		.authorization = http_header(r, "authorization"),
		.csrf = http_header(r, "x-csrf-token"),
		.origin = http_header(r, "origin"),
		.host = http_header(r, "host"),
		.address = r->address,
		.request_id = http_header(r, "x-request-id"),
		.open = open,
	};
	if (p.request_id.n > 100 || !utf8_valid(p.request_id))
		p.request_id = (struct span){ NULL, 0 };
	(void)http_cookie(r, SESSION_COOKIE, &p.cookie);
	return people_authenticate(op, &p, ret, ret_known, err);
}

bool people_known_http(struct op *op, const struct http_request *r)
{
	struct span cookie = { NULL, 0 }, token = http_header(r, "authorization");
	struct session s;
	struct err ignored = { 0 };
	bool found = false;
	if (token.n > 7 && span_eq_nocase((struct span){ token.p, 7 }, SPAN("bearer ")))
		return token_known(op, span_trim(span_from(token, 7)), &found, &ignored) && found;
	return http_cookie(r, SESSION_COOKIE, &cookie) && session_find(op, cookie, &s, &found,
			&ignored) && found;
}
