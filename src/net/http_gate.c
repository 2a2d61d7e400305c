/*
 * What a strict server must refuse and libmicrohttpd lets through (toolchain.md section 2): everything by
 * which two readers of the same bytes could see two different requests (RFC 9112 sections 3.2, 5.1, 6.1 and
 * 6.3).
 */
#include "net/http_impl.h"

struct gate {
	struct http_task *task;
	struct http_pair *headers;
	size_t n, max;
	bool bad;
};

/* tchar of RFC 9110 section 5.6.2 */
static bool is_token(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (!alnum && (c == '\0' || !strchr("!#$%&'*+-.^_`|~", c)))
			return false;
	}
	return s.n > 0;
}

static bool is_value(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if ((c < 0x20 && c != '\t') || c == 0x7F)
			return false;
	}
	return utf8_valid(s);
}

static enum MHD_Result take_header(void *user, enum MHD_ValueKind kind, const char *name, size_t name_n,
				   const char *value, size_t value_n)
{
	struct gate *g = user;
	struct http_pair h = { { name, name_n }, { value ? value : "", value ? value_n : 0 } };
	(void)kind;
	if (!is_token(h.name) || !is_value(h.value))
		g->bad = true;
	if (g->n < g->max)
		g->headers[g->n] = h;
	g->n++;
	return MHD_YES;
}

static size_t count(const struct http_request *r, const char *name)
{
	size_t n = 0;
	for (size_t i = 0; i < r->n_headers; i++)
		n += span_eq_nocase(r->headers[i].name, span_of(name));
	return n;
}

/* Each of these twice is one request to us and perhaps another to whoever stands before us. */
static const char *const once[] = { "Content-Length", "Transfer-Encoding", "Authorization", "Content-Type",
	"Origin", "X-CSRF-Token", "Idempotency-Key" };

static bool framing_ok(const struct http_request *r, bool is_1_1)
{
	size_t hosts = count(r, "Host");
	if (hosts > 1 || (is_1_1 && hosts != 1))
		return false;
	for (size_t i = 0; i < COUNT(once); i++)
		if (count(r, once[i]) > 1)
			return false;
	struct span length = http_header(r, "Content-Length"), coding = http_header(r, "Transfer-Encoding");
	if (coding.p && (length.p || !is_1_1 || !span_eq_nocase(coding, SPAN("chunked"))))
		return false;
	int64_t n;
	return !length.p ||
		(length.n > 0 && length.p[0] >= '0' && length.p[0] <= '9' &&
			span_int(length, 0, INT64_MAX, &n));
}

size_t http_gate_body(const struct http_request *r)
{
	int64_t n = 0;
	if (http_header(r, "Transfer-Encoding").p)
		return SIZE_MAX;
	return span_int(http_header(r, "Content-Length"), 0, INT64_MAX, &n) ? (size_t)n : 0;
}

static int check_target(struct http_task *t)
{
	struct http_request *r = &t->request;
	struct http_pair *query;
	struct span raw = t->uri, path = span_split(&raw, '?');
	size_t at;
	if (span_find(raw, '#', &at) || !http_decode_path(path, r->arena, &r->path))
		return 400;
	if (!http_decode_query(raw, HTTP_QUERY_MAX, r->arena, &query, &r->n_query))
		return 400;
	r->query = query;
	return 0;
}

int http_gate_check(struct http_task *t, struct MHD_Connection *mhd, const char *method, const char *version)
{
	struct http_request *r = &t->request;
	struct gate g = { .task = t, .max = HTTP_HEADERS_MAX };
	bool is_1_1 = strcmp(version, "HTTP/1.1") == 0;
	g.headers = arena_array(r->arena, g.max, sizeof *g.headers);
	MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, take_header, &g);
	t->head_only = strcmp(method, "HEAD") == 0;
	r->method = t->head_only ? SPAN("GET") : span_of(method);
	r->headers = g.headers;
	r->n_headers = g.n < g.max ? g.n : g.max;
	if (!is_1_1 && strcmp(version, "HTTP/1.0") != 0)
		return 505;
	if (g.n > g.max)
		return 431;
	if (g.bad || r->method.n > 32 || !is_token(r->method) || !framing_ok(r, is_1_1))
		return 400;
	return check_target(t);
}
