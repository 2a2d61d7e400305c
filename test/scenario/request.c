/* Requests: by curl, as a stranger or as an account of the story, and what the answer must be. */
#include <ctype.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "story.h"

enum { BODY_MAX = 64 << 20, REQUEST_MAX_S = 30 };

struct reading {
	struct answer *answer;
	const char *until;             /* a stream is left when this came; NULL: read to its end */
};

void answer_done(struct answer *a)
{
	free(a->body);
	json_decref(a->headers);
	json_decref(a->json);
	*a = (struct answer){ 0 };
}

static size_t take_body(char *p, size_t one, size_t n, void *user)
{
	const struct reading *r = user;
	struct answer *a = r->answer;
	n *= one;
	char *grown = a->n + n <= BODY_MAX ? realloc(a->body, a->n + n + 1) : NULL;
	if (!grown)
		return 0;
	memcpy(grown + a->n, p, n);
	a->body = grown;
	a->n += n;
	a->body[a->n] = '\0';
	return r->until && strstr(a->body, r->until) ? 0 : n;
}

static size_t take_header(char *p, size_t one, size_t n, void *user)
{
	const struct reading *r = user;
	char name[128];
	n *= one;
	const char *colon = memchr(p, ':', n);
	if (!colon || colon - p >= (ptrdiff_t)sizeof name)
		return n;
	size_t name_n = (size_t)(colon - p), end = n;
	for (size_t i = 0; i < name_n; i++)
		name[i] = (char)tolower((unsigned char)p[i]);
	name[name_n] = '\0';
	size_t at = name_n + 1;
	while (at < end && p[at] == ' ')
		at++;
	while (end > at && isspace((unsigned char)p[end - 1]))
		end--;
	json_object_set_new(r->answer->headers, name, json_stringn(p + at, end - at));
	return n;
}

static struct curl_slist *add_header(struct curl_slist *list, const char *name, const char *value)
{
	char *line = NULL;
	if (asprintf(&line, "%s: %s", name, value) < 0)
		abort();
	struct curl_slist *more = curl_slist_append(list, line);
	free(line);
	return more;
}

/* The story's own headers, and those of the account: cookie, and the CSRF token on changes. */
static struct curl_slist *make_headers(struct story *s, const char *method, const json_t *step)
{
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");
	const json_t *own = json_object_get(step, "headers");
	const char *name, *as = json_string_value(json_object_get(step, "as"));
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)own, name, value)
		list = add_header(list, name, json_string_value(value) ? json_string_value(value) : "");
	const json_t *account = as ? json_object_get(s->accounts, as) : NULL;
	const char *cookie = json_string_value(json_object_get(account, "cookie"));
	const char *csrf = json_string_value(json_object_get(account, "csrf"));
	if (cookie)
		list = add_header(list, "Cookie", cookie);
	if (csrf && strcmp(method, "GET") != 0 && !json_object_get(own, "X-CSRF-Token"))
		list = add_header(list, "X-CSRF-Token", csrf);
	if (json_object_get(step, "body") && !json_object_get(own, "Content-Type"))
		list = add_header(list, "Content-Type", "application/json");
	return list;
}

static char *read_file(struct story *s, const char *name, size_t *ret_n)
{
	char *path = NULL;
	if (asprintf(&path, "%s%s%s", name[0] == '/' ? "" : s->folder, name[0] == '/' ? "" : "/", name) < 0)
		abort();
	FILE *f = fopen(path, "rbe");
	free(path);
	if (!f)
		return NULL;
	char *bytes = malloc(BODY_MAX);
	*ret_n = bytes ? fread(bytes, 1, BODY_MAX, f) : 0;
	fclose(f);
	return bytes;
}

/* "body" is JSON, "body_text" bytes as they are, "body_file" a file of the story's folder.  NULL: none. */
static char *make_body(struct story *s, const json_t *step, size_t *ret_n)
{
	const json_t *json = json_object_get(step, "body"), *text = json_object_get(step, "body_text");
	const char *file = json_string_value(json_object_get(step, "body_file"));
	char *body = NULL;
	*ret_n = 0;
	if (file)
		return read_file(s, file, ret_n);
	if (json) {
		body = json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT);
		*ret_n = body ? strlen(body) : 0;
	} else if (text && (body = malloc(json_string_length(text) + 1)) != NULL) {
		*ret_n = json_string_length(text);
		memcpy(body, json_string_value(text), *ret_n);
	}
	return body;
}

static void set_options(CURL *c, const char *method, const char *body, size_t body_n)
{
	curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)REQUEST_MAX_S);
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);
	if (strcmp(method, "HEAD") == 0)
		curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
	if (body || strcmp(method, "POST") == 0) {
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body_n);
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, body ? body : "");
	}
}

static bool is_json(const struct answer *a)
{
	const char *type = json_string_value(json_object_get(a->headers, "content-type"));
	return type && (strncmp(type, "application/json", 16) == 0 ||
		strncmp(type, "application/problem+json", 24) == 0);
}

bool request_send(struct story *s, const char *method, const char *path, const json_t *step,
	struct answer *ret)
{
	char *url = NULL;
	size_t body_n;
	if (asprintf(&url, "http://127.0.0.1:%d%s", s->port, path) < 0)
		abort();
	CURL *c = curl_easy_init();
	char *body = make_body(s, step, &body_n);
	struct curl_slist *headers = make_headers(s, method, step);
	struct reading r = { ret, json_string_value(json_object_get(step, "until")) };
	*ret = (struct answer){ .headers = json_object(), .body = calloc(1, 1) };
	set_options(c, method, body, body_n);
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, &r);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, &r);
	CURLcode code = curl_easy_perform(c);
	if (code == CURLE_WRITE_ERROR && r.until)
		code = CURLE_OK;               /* left on purpose: what was waited for has come */
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &ret->status);
	if (code != CURLE_OK)
		story_fail(s, "%s %s: %s", method, path, curl_easy_strerror(code));
	else if (is_json(ret))
		ret->json = json_loadb(ret->body, ret->n, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES,
			&ret->wrong);
	curl_slist_free_all(headers);
	curl_easy_cleanup(c);
	free(body);
	free(url);
	return code == CURLE_OK;
}

bool request_sign_in(struct story *s, const char *name)
{
	json_t *account = json_object_get(s->accounts, name);
	if (!account)
		return story_fail(s, "the story knows no account %s", name);
	json_t *step = json_pack("{s{ssss}}", "body", "username", name, "password",
		json_string_value(json_object_get(account, "password")));
	struct answer a = { 0 };
	bool ok = request_send(s, "POST", "/api/v1/session", step, &a);
	json_decref(step);
	const json_t *csrf = json_object_get(a.json, "csrf");
	const char *cookie = json_string_value(json_object_get(a.headers, "set-cookie"));
	if (ok && (a.status / 100 != 2 || !json_is_string(csrf) || !cookie))
		ok = story_fail(s, "%s could not sign in: %ld %.500s", name, a.status, a.body);
	if (ok) {
		json_object_set_new(account, "cookie", json_stringn(cookie, strcspn(cookie, ";")));
		json_object_set_new(account, "csrf", json_string(json_string_value(csrf)));
	}
	answer_done(&a);
	return ok;
}

static bool check_status(struct story *s, const json_t *step, const struct answer *a)
{
	const json_t *want = json_object_get(step, "status");
	if (want ? a->status != (long)json_integer_value(want) : a->status / 100 != 2)
		return story_fail(s, "status %ld, not %s%d: %.3000s", a->status,
			want ? "" : "2xx, as by default, ",
			want ? (int)json_integer_value(want) : 200, a->body);
	const char *type = json_string_value(json_object_get(a->headers, "content-type"));
	if (is_json(a) && !a->json && a->n)
		return story_fail(s, "the body is said to be JSON and is not: %s: %.2000s", a->wrong.text,
			a->body);
	if (a->status >= 400 && a->n && (!type || strncmp(type, "application/problem+json", 24) != 0))
		return story_fail(s, "an error that is no problem document (%s): %.1000s",
			type ? type : "no type", a->body);
	if (a->status >= 400 && a->json &&
	    json_integer_value(json_object_get(a->json, "status")) != a->status)
		return story_fail(s, "the problem document says another status than %ld: %.1000s", a->status,
			a->body);
	return true;
}

static bool check_body(struct story *s, const json_t *step, const struct answer *a)
{
	char why[3000];
	const json_t *has = json_object_get(step, "body_has"), *items = json_object_get(step, "items");
	const json_t *headers = json_object_get(step, "headers_has"),
		*text = json_object_get(step, "text_has");
	if (has && !a->json)
		return story_fail(s, "no JSON came: %.1000s", a->body);
	if (has && !value_matches(has, a->json, why, sizeof why))
		return story_fail(s, "the answer's %s; it was %.2000s", why, a->body);
	if (headers && !value_matches(headers, a->headers, why, sizeof why))
		return story_fail(s, "the answer's header %s", why);
	if (text && !value_in_text(text, a->body, why, sizeof why))
		return story_fail(s, "the body %s", why);
	size_t n = json_array_size(json_object_get(a->json, "items"));
	if (items && (!json_is_array(json_object_get(a->json, "items")) ||
	    n != (size_t)json_integer_value(items)))
		return story_fail(s, "%zu items, not %d: %.2000s", n, (int)json_integer_value(items),
			a->body);
	const char *pointer;
	json_t *count;
	json_object_foreach(json_object_get(step, "count"), pointer, count) {
		const json_t *v = value_at(a->json, pointer);
		if (!json_is_array(v) || json_array_size(v) != (size_t)json_integer_value(count))
			return story_fail(s, "%zu elements at %s, not %d: %.2000s", json_array_size(v),
				pointer,
				(int)json_integer_value(count), a->body);
	}
	return true;
}

/* {"save": {NAME: POINTER}}; "header etag" instead of a pointer takes a header. */
static bool save(struct story *s, const json_t *step, const struct answer *a)
{
	const char *name;
	json_t *where;
	json_object_foreach(json_object_get(step, "save"), name, where) {
		const char *pointer = json_string_value(where);
		bool header = pointer && strncmp(pointer, "header ", 7) == 0;
		json_t *v = header ? json_object_get(a->headers, pointer + 7)
			: value_at(a->json, pointer ? pointer : "");
		if (!v)
			return story_fail(s, "nothing at %s to save as %s: %.2000s", pointer ? pointer : "?",
				name, a->body);
		json_object_set(s->saved, name, v);
	}
	return true;
}

/* As a stranger, or else as the first account of the story. */
static bool fetch_openapi(struct story *s)
{
	const char *name = json_object_iter_key(json_object_iter(s->accounts));
	const json_t *account = json_object_get(s->accounts, name ? name : "");
	for (int as_account = 0; as_account < 2 && !s->openapi; as_account++) {
		struct answer a = { 0 };
		if (as_account && (!account || (!json_object_get(account, "cookie") &&
		    !request_sign_in(s, name))))
			break;
		json_t *step = as_account ? json_pack("{ss}", "as", name) : NULL;
		if (!request_send(s, "GET", "/api/v1/openapi.json", step, &a) || a.status != 200)
			story_fail(s, "/api/v1/openapi.json is not served: %ld", a.status);
		else if (!a.json)
			story_fail(s, "/api/v1/openapi.json is no JSON: line %d, column %d: %s", a.wrong.line,
				a.wrong.column, a.wrong.text);
		else
			s->openapi = json_incref(a.json);
		answer_done(&a);
		json_decref(step);
	}
	return s->openapi != NULL;
}

static bool check_documented(struct story *s, const json_t *step, const char *method, const char *path,
	const struct answer *a)
{
	char why[3000];
	if (json_is_false(json_object_get(step, "documented")) || strncmp(path, "/api/v1/", 8) != 0)
		return true;
	if (!s->openapi && !fetch_openapi(s))
		return false;
	if (!openapi_check(s->openapi, method, path, a, why, sizeof why))
		return story_fail(s, "not as in openapi.json: %s; the answer: %ld %.2000s", why, a->status,
			a->body);
	return true;
}

/* {"as": NAME, "POST": PATH, "headers", "body", "status", "body_has", "items", "count", "save", …}; step is
 * expanded. */
bool request_step(struct story *s, const json_t *step, const char *method)
{
	const char *path = json_string_value(json_object_get(step, method));
	const char *as = json_string_value(json_object_get(step, "as"));
	if (!path || path[0] != '/')
		return story_fail(s, "%s needs a path", method);
	if (!s->port)
		return story_fail(s, "nothing is served yet");
	if (as && !json_object_get(json_object_get(s->accounts, as), "cookie") && !request_sign_in(s, as))
		return false;
	struct answer a = { 0 };
	bool ok = request_send(s, method, path, step, &a) && check_status(s, step, &a) &&
		check_body(s, step, &a) &&
		check_documented(s, step, method, path, &a) && save(s, step, &a);
	answer_done(&a);
	return ok;
}
