/* The steps of a story. */
#include <ctype.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "story.h"

enum { WAIT_MAX_MS = 5000, WAIT_POLL_MS = 40 };

static int64_t now_ms(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool parse_duration(const char *text, int64_t *ret_ms)
{
	int64_t total = 0, sign = text[0] == '-' ? -1 : 1;
	for (text++; *text; text++) {
		char *end;
		long long n = strtoll(text, &end, 10);
		int64_t unit = *end == 'd' ? 86400000 : *end == 'h' ? 3600000
			: *end == 'm' ? 60000 : *end == 's' ? 1000 : 0;
		if (end == text || !unit)
			return false;
		total += n * unit;
		text = end;
	}
	*ret_ms = sign * total;
	return true;
}

/* "2026-05-04T09:00:00+08:00" */
static bool parse_moment(const char *text, int64_t *ret_ms)
{
	struct tm tm = { 0 };
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S%z", &tm);
	if (!rest || *rest)
		return false;
	long offset = tm.tm_gmtoff;
	*ret_ms = ((int64_t)timegm(&tm) - offset) * 1000;
	return true;
}

/* {"clock": "+3h"} time passes; {"clock": "wall +3h"} only the wall clock jumps; {"clock": MOMENT} goes
 * there. */
static bool clock_step(struct story *s, const char *text)
{
	bool wall_only = strncmp(text, "wall ", 5) == 0;
	int64_t ms;
	if (wall_only)
		text += 5;
	if ((text[0] == '+' || text[0] == '-') && parse_duration(text, &ms)) {
		__atomic_add_fetch(&s->clock[0], ms, __ATOMIC_SEQ_CST);
	} else if (isdigit((unsigned char)text[0]) && parse_moment(text, &ms)) {
		ms -= now_ms(CLOCK_REALTIME) + s->clock[0];
		__atomic_add_fetch(&s->clock[0], ms, __ATOMIC_SEQ_CST);
	} else {
		return story_fail(s, "\"%s\" is no time: +3h, -2d4h, wall +1d or 2026-05-04T09:00:00+0800",
			text);
	}
	if (!wall_only)
		__atomic_add_fetch(&s->clock[1], ms, __ATOMIC_SEQ_CST);
	return true;
}

static json_t *sql_value(sqlite3_stmt *st, int i)
{
	switch (sqlite3_column_type(st, i)) {
	case SQLITE_INTEGER: return json_integer(sqlite3_column_int64(st, i));
	case SQLITE_FLOAT: return json_real(sqlite3_column_double(st, i));
	case SQLITE_TEXT:
		return json_stringn((const char *)sqlite3_column_text(st, i),
			(size_t)sqlite3_column_bytes(st, i));
	case SQLITE_BLOB: return json_sprintf("(%d bytes)", sqlite3_column_bytes(st, i));
	default: return json_null();
	}
}

/* {"sql": "SELECT …", "expect": [[…]]}: read-only, in store/seawall.db, with store/corpus.db as corpus if it
 * is there. */
static bool sql_step(struct story *s, const json_t *step)
{
	char path[300], why[3000];
	sqlite3 *db = NULL;
	sqlite3_stmt *st = NULL;
	json_t *rows = json_array();
	snprintf(path, sizeof path, "%s/store/seawall.db", s->data);
	bool ok = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK;
	sqlite3_busy_timeout(db, 2000);
	snprintf(path, sizeof path, "ATTACH 'file:%s/store/corpus.db?mode=ro' AS corpus", s->data);
	sqlite3_exec(db, path, NULL, NULL, NULL);
	sqlite3_exec(db, "PRAGMA query_only = 1", NULL, NULL, NULL);
	ok = ok && sqlite3_prepare_v2(db, json_string_value(json_object_get(step, "sql")), -1, &st, NULL) ==
		SQLITE_OK;
	int code = SQLITE_DONE;
	while (ok && (code = sqlite3_step(st)) == SQLITE_ROW) {
		json_t *row = json_array();
		for (int i = 0; i < sqlite3_column_count(st); i++)
			json_array_append_new(row, sql_value(st, i));
		json_array_append_new(rows, row);
	}
	if (!ok || code != SQLITE_DONE)
		ok = story_fail(s, "the store says: %s", sqlite3_errmsg(db));
	else if (!value_matches(json_object_get(step, "expect"), rows, why, sizeof why))
		ok = story_fail(s, "the rows' %s", why);
	sqlite3_finalize(st);
	sqlite3_close(db);
	json_decref(rows);
	return ok;
}

static bool one_step(struct story *s, const json_t *step);

/* {"wait_until": STEP}: tried again until it holds, for at most 5 s of real time. */
static bool wait_step(struct story *s, const json_t *step)
{
	int64_t until = now_ms(CLOCK_MONOTONIC) + WAIT_MAX_MS;
	while (!one_step(s, step)) {
		if (now_ms(CLOCK_MONOTONIC) > until)
			return false;
		nanosleep(&(struct timespec){ 0, WAIT_POLL_MS * 1000000L }, NULL);
	}
	return true;
}

static bool save_step(struct story *s, const json_t *values)
{
	return json_object_update(s->saved, (json_t *)(uintptr_t)values) == 0;
}

static bool one_step(struct story *s, const json_t *step)
{
	static const char *const methods[] = { "GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS" };
	const json_t *v;
	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
		if (json_object_get(step, methods[i]))
			return request_step(s, step, methods[i]);
	if (json_object_get(step, "cli"))
		return command_step(s, step);
	if ((v = json_object_get(step, "serve")) != NULL)
		return serve_start(s, v);
	if ((v = json_object_get(step, "stop")) != NULL)
		return serve_stop(s, json_string_value(v));
	if ((v = json_object_get(step, "kill")) != NULL)
		return serve_kill_role(s, json_string_value(v) ? json_string_value(v) : "");
	if ((v = json_object_get(step, "clock")) != NULL)
		return clock_step(s, json_string_value(v) ? json_string_value(v) : "");
	if (json_object_get(step, "account"))
		return account_step(s, step);
	if (json_object_get(step, "sql"))
		return sql_step(s, step);
	if ((v = json_object_get(step, "set")) != NULL)
		return save_step(s, v);
	if ((v = json_object_get(step, "wait_until")) != NULL)
		return wait_step(s, v);
	return story_fail(s, "the story's step does nothing that is known");
}

/* A short name for the step: its "say", or what it does. */
static void name_step(const json_t *step, char *to, size_t n)
{
	const char *say = json_string_value(json_object_get(step, "say"));
	char *text = say ? NULL : json_dumps(step, JSON_COMPACT);
	snprintf(to, n, "%.*s", say ? 200 : 90, say ? say : text ? text : "?");
	free(text);
	for (char *p = to; *p; p++)
		if (*p == '\n' || *p == '#')
			*p = ' ';
}

static void print_notes(const char *text)
{
	printf("# ");
	for (; *text; text++)
		printf(*text == '\n' ? "\n# " : "%c", *text);
	printf("\n");
}

static void print_log(const struct story *s)
{
	char path[240], line[600];
	snprintf(path, sizeof path, "%s/serve.log", s->work);
	FILE *f = fopen(path, "re");
	if (!f)
		return;
	if (fseek(f, -3000, SEEK_END) != 0)
		rewind(f);
	printf("# the server's log ends:\n");
	while (fgets(line, sizeof line, f)) {
		line[strcspn(line, "\n")] = '\0';
		printf("#   %s\n", line);
	}
	fclose(f);
}

bool story_tell(struct story *s, const json_t *steps)
{
	const char *name = strrchr(s->folder, '/') + 1;
	for (size_t i = 0; i < json_array_size(steps); i++) {
		char what[300];
		const json_t *raw = json_array_get(steps, i);
		name_step(raw, what, sizeof what);
		s->why[0] = '\0';
		json_t *step = value_expand(s, raw);
		bool ok = step && one_step(s, step);
		json_decref(step);
		if (!ok)
			print_notes(s->why);
		if (!ok)
			print_log(s);
		printf("%sok - %s step %zu: %s\n", ok ? "" : "not ", name, i + 1, what);
		fflush(stdout);
		if (!ok)
			return false;
	}
	return true;
}
