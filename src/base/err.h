#pragma once
/*
 * Errors.  A function that can fail takes `struct err *err` last, returns false, and has set it; on success
 * it leaves it alone.  The struct is owned by whoever declared it: no allocation, no thread-local state.
 * Every message is written twice, in Chinese and in English, from the same arguments in the same order.
 */
#include <stdbool.h>
#include <stddef.h>

#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define NODISCARD __attribute__((warn_unused_result))
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define CLEANUP(fn) __attribute__((cleanup(fn)))

enum err_code {
#define ERR(code, name, http, exit_status, zh, en) ERR_##code,
#include "base/err.def"
#undef ERR
	ERR_COUNT
};

struct err {
	enum err_code code;
	int os_errno;       /* 0 where the system was not involved */
	char field[48];     /* the wrong field, "" if the error is not about one */
	char zh[320];
	char en[320];
};

/* Sets code and both texts; field is kept as it is.  Always returns false, so that a failure is one line. */
bool err_set(struct err *err, enum err_code code, const char *zh, const char *en, ...) PRINTF(3, 5)
	PRINTF(4, 5);
/* The same, naming the wrong field (at most 47 bytes are kept). */
bool err_field(struct err *err, const char *field, const char *zh, const char *en, ...) PRINTF(3, 5)
	PRINTF(4, 5);
/* Ready texts, one for each language; field may be "". */
bool err_texts(struct err *err, enum err_code code, const char *field, const char *zh, const char *en);
/*
 * From errno: ENOSPC and EDQUOT become ERR_NO_SPACE, ENOENT ERR_NOT_FOUND, all else ERR_IO; `what` is a path
 * or name.
 */
bool err_errno(struct err *err, int os_errno, const char *what);
/* Puts "zh_prefix" and "en_prefix" before the texts ("line 214: "). */
bool err_prefix(struct err *err, const char *zh, const char *en, ...) PRINTF(2, 4) PRINTF(3, 4);

int err_http(enum err_code code);
int err_exit(enum err_code code);
const char *err_name(enum err_code code);            /* "not_found": the last part of the problem type */
const char *err_title(enum err_code code, bool zh);
