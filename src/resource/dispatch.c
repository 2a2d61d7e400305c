#include "resource/dispatch.h"

static const struct route *const *tables;
static const size_t *table_counts;
static size_t n_tables;

void route_register(const struct route *const *t, const size_t *counts, size_t n)
{
	tables = t;
	table_counts = counts;
	n_tables = n;
}

const struct route *dispatch_route(size_t i)
{
	for (size_t t = 0; t < n_tables; i -= table_counts[t++])
		if (i < table_counts[t])
			return &tables[t][i];
	return NULL;
}

/* Does the path have the pattern's shape?  What stands for {…} goes to params, at most four. */
static bool path_is(struct span pattern, struct span path, struct span params[4])
{
	size_t n = 0;
	while (pattern.p || path.p) {
		if (!pattern.p || !path.p)
			return false;
		struct span want = span_split(&pattern, '/'), got = span_split(&path, '/');
		if (want.n > 0 && want.p[0] == '{') {
			if (got.n == 0 || n == 4)
				return false;
			params[n++] = got;
		} else if (!span_eq(want, got)) {
			return false;
		}
	}
	return true;
}

static bool method_is(struct span method, const char *want)
{
	return span_is(method, want) || (span_is(method, "HEAD") && strcmp(want, "GET") == 0);
}

/* /api/v1/<path>[/{id}[/<verb>]] of a resource. */
static bool find_generic(struct span method, struct span path, struct match *m)
{
	static const char prefix[] = "/api/v1/";
	if (!span_starts(path, span_of(prefix)))
		return false;
	struct span rest = span_from(path, sizeof prefix - 1);
	struct span name = span_split(&rest, '/');
	const struct resource *r = resource_find(name);
	if (!r || !span_is(name, r->path))
		return false;
	m->resource = r;
	m->path_known = true;
	if (!rest.p) {
		m->generic = method_is(method, "GET") ? GENERIC_LIST :
			     span_is(method, "POST") &&
			     	(r->ops & RESOURCE_CREATE) ? GENERIC_CREATE : GENERIC_NONE;
		return m->generic != GENERIC_NONE;
	}
	m->params[0] = span_split(&rest, '/');
	if (!rest.p) {
		m->generic = method_is(method, "GET") ? GENERIC_GET :
			     span_is(method, "PATCH") && (r->ops & RESOURCE_CHANGE) ? GENERIC_CHANGE :
			     span_is(method, "DELETE") &&
			     	(r->ops & RESOURCE_DELETE) ? GENERIC_DELETE : GENERIC_NONE;
		return m->generic != GENERIC_NONE;
	}
	m->params[1] = rest;
	m->path_known = false;
	for (size_t i = 0; r->life && i < r->life->n_rows; i++)
		if (span_is(rest, r->life->rows[i].verb))
			m->path_known = true;
	if (m->path_known && span_is(method, "POST"))
		m->generic = GENERIC_VERB;
	return m->generic != GENERIC_NONE;
}

bool dispatch_find(struct span method, struct span path, struct match *ret)
{
	struct match m = { 0 };
	const struct route *r;
	for (size_t i = 0; (r = dispatch_route(i)); i++) {
		struct span params[4] = { 0 };
		if (!path_is(span_of(r->path), path, params))
			continue;
		m.path_known = true;
		if (!method_is(method, r->method))
			continue;
		m.route = r;
		memcpy(m.params, params, sizeof params);
		*ret = m;
		return true;
	}
	bool known = m.path_known;
	bool found = find_generic(method, path, &m);
	m.path_known = m.path_known || known;
	*ret = m;
	return found;
}

size_t dispatch_body_max(const struct match *m)
{
	if (m->route)
		return m->route->body_max;
	if (m->generic == GENERIC_CREATE || m->generic == GENERIC_CHANGE || m->generic == GENERIC_VERB)
		return m->resource->body_max ? m->resource->body_max : API_BODY_DEFAULT;
	return API_BODY_DEFAULT;             /* read and thrown away, so that the answer says what is wrong */
}
