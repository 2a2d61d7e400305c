/* Values of a story: what is saved, what is expected, where it is. */
#include <ctype.h>
#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "story.h"

bool story_fail(struct story *s, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(s->why, sizeof s->why, fmt, ap);
	va_end(ap);
	return false;
}

/* The length of {name} at the start of the text, 0 if there is none. */
static size_t placeholder(const char *text)
{
	size_t n = 1;
	if (text[0] != '{' || !islower((unsigned char)text[1]))
		return 0;
	while (islower((unsigned char)text[n]) || isdigit((unsigned char)text[n]) || text[n] == '_')
		n++;
	return text[n] == '}' ? n + 1 : 0;
}

static json_t *saved(struct story *s, const char *text, size_t n)
{
	char name[64];
	snprintf(name, sizeof name, "%.*s", (int)n - 2, text + 1);
	json_t *v = json_object_get(s->saved, name);
	if (!v)
		story_fail(s, "nothing was saved as {%s}", name);
	return v;
}

static void put_value(FILE *f, const json_t *v)
{
	if (json_is_string(v)) {
		fputs(json_string_value(v), f);
		return;
	}
	char *text = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);
	fputs(text ? text : "", f);
	free(text);
}

static json_t *expand_text(struct story *s, const char *text)
{
	size_t n = placeholder(text);
	if (n && !text[n]) {
		json_t *v = saved(s, text, n);
		return v ? json_deep_copy(v) : NULL;
	}
	char *out = NULL;
	size_t out_n = 0;
	FILE *f = open_memstream(&out, &out_n);
	if (!f)
		abort();
	bool ok = true;
	while (*text && ok) {
		n = placeholder(text);
		if (n) {
			const json_t *v = saved(s, text, n);
			ok = v != NULL;
			if (ok)
				put_value(f, v);
			text += n;
		} else {
			text += text[0] == '{' && text[1] == '{'; /* {{name} means {name} */
			fputc(*text++, f);
		}
	}
	fclose(f);
	json_t *v = ok ? json_stringn(out, out_n) : NULL;
	free(out);
	return v;
}

json_t *value_expand(struct story *s, const json_t *v)
{
	if (json_is_string(v))
		return expand_text(s, json_string_value(v));
	if (!json_is_object(v) && !json_is_array(v))
		return v ? json_deep_copy(v) : NULL;
	json_t *copy = json_is_object(v) ? json_object() : json_array();
	bool ok = true;
	for (size_t i = 0; json_is_array(v) && ok && i < json_array_size(v); i++)
		ok = json_array_append_new(copy, value_expand(s, json_array_get(v, i))) == 0;
	const char *key;
	json_t *one;
	if (json_is_object(v))
		json_object_foreach((json_t *)(uintptr_t)v, key, one)
			ok = ok && json_object_set_new(copy, key, value_expand(s, one)) == 0;
	if (!ok) {
		json_decref(copy);
		return NULL;
	}
	return copy;
}

static bool regex_matches(const char *regex, const char *text, char *why, size_t n)
{
	regex_t r;
	if (regcomp(&r, regex, REG_EXTENDED | REG_NOSUB | REG_NEWLINE) != 0) {
		snprintf(why, n, "the story's expression \"%s\" is no regular expression", regex);
		return false;
	}
	bool yes = regexec(&r, text, 0, NULL, 0) == 0;
	regfree(&r);
	if (!yes)
		snprintf(why, n, "\"%.600s\" does not match ~%s", text, regex);
	return yes;
}

json_t *value_group(const char *regex, const char *text)
{
	regex_t r;
	regmatch_t m[2] = { { -1, -1 }, { -1, -1 } };
	if (regcomp(&r, regex, REG_EXTENDED | REG_NEWLINE) != 0)
		return NULL;
	bool yes = r.re_nsub >= 1 && regexec(&r, text, 2, m, 0) == 0 && m[1].rm_so >= 0;
	regfree(&r);
	return yes ? json_stringn(text + m[1].rm_so, (size_t)(m[1].rm_eo - m[1].rm_so)) : NULL;
}

/* Puts the step down before what is said of the value inside. */
static bool inside(const char *step, bool ok, char *why, size_t n)
{
	if (ok)
		return true;
	char *rest = NULL;
	if (asprintf(&rest, "/%s%s%s", step, why[0] == '/' ? "" : ": ", why) < 0)
		abort();
	snprintf(why, n, "%s", rest);
	free(rest);
	return false;
}

static bool object_matches(const json_t *want, const json_t *got, char *why, size_t n)
{
	const char *key;
	json_t *one;
	json_object_foreach((json_t *)(uintptr_t)want, key, one) {
		const json_t *there = json_object_get(got, key);
		bool absent = json_is_string(one) && strcmp(json_string_value(one), "(absent)") == 0;
		if (absent && !there)
			continue;
		if (!there || absent) {
			snprintf(why, n, "%s", there ? "is there" : "is missing");
			return inside(key, false, why, n);
		}
		if (!inside(key, value_matches(one, there, why, n), why, n))
			return false;
	}
	return true;
}

static bool some_matches(const json_t *want, const json_t *got)
{
	char ignored[2000];
	for (size_t i = 0; i < json_array_size(got); i++)
		if (value_matches(want, json_array_get(got, i), ignored, sizeof ignored))
			return true;
	return false;
}

/* An array matches element by element; one that begins with "..." must only hold the others, anywhere. */
static bool array_matches(const json_t *want, const json_t *got, char *why, size_t n)
{
	const char *first = json_string_value(json_array_get(want, 0));
	size_t size = json_array_size(want);
	char step[24];
	if (first && strcmp(first, "...") == 0) {
		for (size_t i = 1; i < size; i++) {
			if (some_matches(json_array_get(want, i), got))
				continue;
			char *text = json_dumps(json_array_get(want, i), JSON_ENCODE_ANY | JSON_COMPACT);
			snprintf(why, n, "none of %zu elements holds %.800s", json_array_size(got),
				text ? text : "?");
			free(text);
			return false;
		}
		return true;
	}
	if (size != json_array_size(got)) {
		snprintf(why, n, "has %zu elements, not %zu", json_array_size(got), size);
		return false;
	}
	for (size_t i = 0; i < size; i++) {
		snprintf(step, sizeof step, "%zu", i);
		if (!inside(step, value_matches(json_array_get(want, i), json_array_get(got, i), why, n), why,
		    n))
			return false;
	}
	return true;
}

bool value_matches(const json_t *want, const json_t *got, char *why, size_t n)
{
	const char *text = json_string_value(want);
	if (json_is_object(want) && json_is_object(got))
		return object_matches(want, got, why, n);
	if (json_is_array(want) && json_is_array(got))
		return array_matches(want, got, why, n);
	char *came = json_dumps(got, JSON_ENCODE_ANY | JSON_COMPACT);
	bool ok;
	if (text && text[0] == '~') {
		ok = regex_matches(text + 1, json_is_string(got) ? json_string_value(got) : came ? came : "",
			why, n);
	} else {
		ok = json_equal(want, got) == 1 ||
			(json_is_number(want) && json_is_number(got) &&
			!(json_number_value(want) < json_number_value(got)) &&
			 !(json_number_value(want) > json_number_value(got)));
		char *wanted = json_dumps(want, JSON_ENCODE_ANY | JSON_COMPACT);
		if (!ok)
			snprintf(why, n, "is %.600s, not %.600s", came ? came : "nothing",
				wanted ? wanted : "?");
		free(wanted);
	}
	free(came);
	return ok;
}

bool value_in_text(const json_t *want, const char *got, char *why, size_t n)
{
	for (size_t i = 0; i < json_array_size(want); i++)
		if (!value_in_text(json_array_get(want, i), got, why, n))
			return false;
	const char *text = json_string_value(want);
	if (!text)
		return true;
	if (text[0] == '~')
		return regex_matches(text + 1, got, why, n);
	if (strstr(got, text))
		return true;
	snprintf(why, n, "\"%.900s\" does not hold \"%s\"", got, text);
	return false;
}

json_t *value_at(const json_t *root, const char *pointer)
{
	const json_t *v = root;
	while (v && *pointer == '/') {
		char step[128];
		size_t n = 0;
		for (pointer++; *pointer && *pointer != '/'; pointer++) {
			char c = *pointer;
			if (c == '~' && (pointer[1] == '0' || pointer[1] == '1'))
				c = *++pointer == '0' ? '~' : '/';
			if (n + 1 < sizeof step)
				step[n++] = c;
		}
		step[n] = '\0';
		char *end;
		unsigned long index = strtoul(step, &end, 10);
		v = json_is_array(v) && n && !*end ? json_array_get(v, index) : json_object_get(v, step);
	}
	return (json_t *)(uintptr_t)v;
}
