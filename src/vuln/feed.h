#pragma once
/*
 * Inside the room `vuln`: one run of `seawall feed import KIND PATH…`.  All files of a run are one
 * transaction of the corpus: a file that is broken as a whole, a full disk or a kill leaves the old state.
 * Records refused one by one are counted, the first FEED_NOTES are printed with file and place.
 */
#include "resource/command.h"

enum { FEED_NOTES = 20, FEED_FILES_MAX = 10000, FEED_LOCK_MS = 60000 };

struct feed_kind;

struct feed_file {
	const char *path;
	char sha256[HASH_SHA256_HEX + 1]; /* "" unless it is a regular file */
	struct command_counts counts;
};

struct feed {
	const struct feed_kind *kind;
	const char *folder; /* the data folder */
	struct db *corpus; /* in its transaction */
	struct arena *arena;
	struct feed_file *files;
	size_t n_files;
	bool zh;
	FILE *notes;
	size_t noted;
	bool wrote; /* records of vulns were written */
};

/* Every kind of feed is a row of one table in feed.c: its name, what the files of a folder that belong to it
 * are named by, and its import (NULL: feed_nvd(), which also makes the index). */
struct feed_kind {
	const char *name, *part;
	bool (*run)(struct feed *f, struct err *err);
};
const struct feed_kind *feed_kind_at(size_t i);            /* NULL past the end */
const struct feed_kind *feed_kind_find(struct span name);  /* NULL: there is none */

/* Each imports all files and counts; vulns by feed_nvd() only, which is also asked to make the index after
 * the commit. */
struct feed_nvd;
NODISCARD bool feed_nvd(struct feed *f, struct feed_nvd **ret, struct err *err);
NODISCARD bool feed_nvd_index(struct feed_nvd *n, struct feed *f, struct err *err);
void feed_nvd_free(struct feed_nvd *n); /* NULL allowed */
NODISCARD bool feed_kev(struct feed *f, struct err *err);
NODISCARD bool feed_epss(struct feed *f, struct err *err);

/* Counts one refused record of a file and prints why, at first. */
void feed_refuse(struct feed *f, struct feed_file *file, const struct err *why);
/* Puts "FILE: " before an error that does not name it; always false. */
bool feed_file_error(const char *path, struct err *err);
NODISCARD bool feed_sha256(const char *path, char ret[HASH_SHA256_HEX + 1], struct err *err);

/* The whole command, without printing the counts; also for jobs. */
struct feed_how {
	const struct feed_kind *kind;
	const char *const *paths;
	size_t n_paths;
	FILE *notes; /* NULL: none */
	bool zh;
};
NODISCARD bool feed_import(
	struct op *op, const struct feed_how *how, struct command_counts *ret, struct err *err);
