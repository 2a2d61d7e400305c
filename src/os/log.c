#include "os/log.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "os/clock.h"

enum { LINE_MAX_BYTES = 16 * 1024, TEXT_MAX = 2000, PER_SECOND = 50, EVENTS_MAX = 256 };

/*
 * How often each event was written in the current second.  Past EVENTS_MAX names, all further ones share a
 * line.
 */
struct rate {
	const char *event;
	int64_t second;
	uint64_t written, held;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct rate rates[EVENTS_MAX];
static size_t n_rates;
static char role_name[24] = "-";
static enum log_level least = LOG_LEVEL_INFO;
static bool as_text;

static const char *const level_names[] = { "error", "warn", "info", "debug" };

void log_start(const char *role, enum log_level level)
{
	snprintf(role_name, sizeof role_name, "%s", role);
	least = level;
	as_text = isatty(STDERR_FILENO) == 1;
}

static struct rate *rate_of(const char *event)
{
	for (size_t i = 0; i < n_rates; i++)
		if (strcmp(rates[i].event, event) == 0)
			return &rates[i];
	if (n_rates == EVENTS_MAX)
		return &rates[EVENTS_MAX - 1];
	rates[n_rates].event = event;
	return &rates[n_rates++];
}

/* Whether the line may be written now; *ret_held is how many were held back before it. */
static bool admit(const char *event, uint64_t *ret_held)
{
	int64_t second = clock_mono_ns() / 1000000000;
	struct rate *r = rate_of(event);
	if (r->second != second) {
		r->second = second;
		r->written = 0;
	}
	if (r->written >= PER_SECOND) {
		r->held++;
		return false;
	}
	r->written++;
	*ret_held = r->held;
	r->held = 0;
	return true;
}

/*
 * Foreign bytes must not end the line, move a terminal's cursor or break the JSON: cut, made valid, controls
 * become '?'.
 */
static struct span clean(struct span s, char *storage)
{
	size_t n = 0;
	while (s.n > 0 && n + 4 <= TEXT_MAX) {
		uint32_t c = utf8_next(&s);
		bool control = c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029;
		n += utf8_put(control ? '?' : c, storage + n);
	}
	return (struct span){ storage, n };
}

static void add_json(struct str *line, const struct log_field *f)
{
	char text[TEXT_MAX];
	str_addc(line, ',');
	str_add_json(line, span_of(f->name));
	str_addc(line, ':');
	if (f->is_int)
		str_addf(line, "%lld", (long long)f->i);
	else
		str_add_json(line, clean(f->text, text));
}

static void add_text(struct str *line, const struct log_field *f)
{
	char text[TEXT_MAX];
	str_addf(line, " %s=", f->name);
	if (f->is_int)
		str_addf(line, "%lld", (long long)f->i);
	else
		str_add(line, clean(f->text, text));
}

static void write_line(struct str *line)
{
	if (line->failed) {
		str_clear(line);
		str_addz(line, as_text ? "a log line was too long" : "{\"event\":\"log.too_long\"}");
	}
	str_addc(line, '\n');
	size_t at = 0;
	while (at < line->n) {
		ssize_t n = write(STDERR_FILENO, line->p + at, line->n - at);
		if (n <= 0)
			return;                           /* nowhere left to complain */
		at += (size_t)n;
	}
}

void log_write(enum log_level level, const char *event, const struct log_field *fields, size_t n)
{
	uint64_t held = 0;
	char now[TIME_TEXT];
	if (level > least)
		return;
	pthread_mutex_lock(&lock);
	bool admitted = admit(event, &held);
	pthread_mutex_unlock(&lock);
	if (!admitted)
		return;
	CLEANUP(str_done) struct str line = STR(LINE_MAX_BYTES);
	struct log_field held_field = LOG_INT("held_back", held);
	void (*add)(struct str *, const struct log_field *) = as_text ? add_text : add_json;
	time_format(clock_wall(), now);
	str_addf(&line,
		as_text ? "%s %s %s %s"
			: "{\"time\":\"%s\",\"level\":\"%s\",\"role\":\"%s\",\"event\":\"%s\"",
		now, level_names[level], role_name, event);
	for (size_t i = 0; i < n; i++)
		if (fields[i].name)
			add(&line, &fields[i]);
	if (held)
		add(&line, &held_field);
	if (!as_text)
		str_addc(&line, '}');
	write_line(&line);
}
