#pragma once
/*
 * Tests print TAP: one line per case.  A test file is a table of cases and a loop:
 *
 *	for (size_t i = 0; i < COUNT(cases); i++) {
 *		test_case("%s", cases[i].name);
 *		CHECK(thing(cases[i].in) == cases[i].want);
 *	}
 *	return test_end();
 *
 * A case passes when no CHECK in it failed.  test_skip() says why something cannot be tried here.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/span.h"

static int test_cases_, test_failed_, test_open_, test_bad_;
static char test_name_[200];

static inline void test_close_(void)
{
	if (!test_open_)
		return;
	test_open_ = 0;
	test_failed_ += test_bad_;
	printf("%sok %d - %s\n", test_bad_ ? "not " : "", test_cases_, test_name_);
	fflush(stdout);
}

static inline void PRINTF(1, 2) test_case(const char *fmt, ...)
{
	test_close_();
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(test_name_, sizeof test_name_, fmt, ap);
	va_end(ap);
	for (char *c = test_name_; *c; c++)
		if (*c == '\n' || *c == '#')
			*c = ' ';
	test_cases_++;
	test_open_ = 1;
	test_bad_ = 0;
}

static inline void test_skip(const char *name, const char *why)
{
	test_close_();
	printf("ok %d - %s # SKIP %s\n", ++test_cases_, name, why);
}

static inline int test_end(void)
{
	test_close_();
	printf("1..%d\n", test_cases_);
	return test_failed_ ? 1 : 0;
}

#define CHECK(condition) \
	((condition) ? (void)0 \
		     : (test_bad_ = 1, (void)printf("# %s:%d: %s\n", __FILE__, __LINE__, #condition)))
/* A place that must not be reached. */
#define CHECK_FAIL(what) (test_bad_ = 1, (void)printf("# %s:%d: %s\n", __FILE__, __LINE__, what))
#define CHECK_INT(got, want) test_int_((int64_t)(got), (int64_t)(want), #got, __FILE__, __LINE__)
#define CHECK_STR(got, want) test_str_(span_of(got), (want), #got, __FILE__, __LINE__)
#define CHECK_SPAN(got, want) test_str_((got), (want), #got, __FILE__, __LINE__)
/* A call that must succeed, with its error shown if it does not. */
#define CHECK_OK(call, err) \
	((call) ? (void)0 \
		: (test_bad_ = 1, (void)printf("# %s:%d: %s: %s\n", __FILE__, __LINE__, #call, (err).en)))
/* A call that must fail with this code. */
#define CHECK_ERR(call, err, want) \
	((call) ? (test_bad_ = 1, (void)printf("# %s:%d: %s did not fail\n", __FILE__, __LINE__, #call)) \
		: CHECK_STR(err_name((err).code), err_name(want)))

static inline void test_int_(int64_t got, int64_t want, const char *what, const char *file, int line)
{
	if (got == want)
		return;
	test_bad_ = 1;
	printf("# %s:%d: %s is %" PRId64 ", not %" PRId64 "\n", file, line, what, got, want);
}

static inline void test_str_(struct span got, const char *want, const char *what, const char *file, int line)
{
	if (span_is(got, want))
		return;
	test_bad_ = 1;
	printf("# %s:%d: %s is \"%.*s\", not \"%s\"\n", file, line, what, SPAN_ARG(got), want);
}

/* The folder of shared test data: $SEAWALL_SHARED, by default ../shared; NULL where it is absent. */
const char *test_shared(void);
/* A fresh folder in memory (/dev/shm) where there is one; removed at exit. */
const char *test_folder(void);
