#pragma once
/*
 * Structured log on standard error: one line an event, an event name and typed fields, as text on a terminal
 * and as JSON lines otherwise.  Rooms to the left of `store` never log.  At most 50 lines a second per event
 * name; what was held back is counted in the next line.  Personal data and secrets are never fields.
 */
#include "base/base.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

struct log_field {
	const char *name;
	bool is_int;
	int64_t i;
	struct span text;
};

#define LOG_INT(name_, value) ((struct log_field){ .name = (name_), .is_int = true, .i = (int64_t)(value) })
#define LOG_TEXT(name_, value) ((struct log_field){ .name = (name_), .text = (value) })
#define LOG_Z(name_, value) ((struct log_field){ .name = (name_), .text = span_of(value) })

void log_start(const char *role, enum log_level level);
void log_write(enum log_level level, const char *event, const struct log_field *fields, size_t n);

#define log_at_(level, event, ...) \
	log_write(level, event, (const struct log_field[]){ { .name = NULL }, __VA_ARGS__ }, \
		  COUNT(((const struct log_field[]){ { .name = NULL }, __VA_ARGS__ })))
#define log_error(...) log_at_(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warn(...) log_at_(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_info(...) log_at_(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_at_(LOG_LEVEL_DEBUG, __VA_ARGS__)
