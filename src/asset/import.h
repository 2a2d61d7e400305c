#pragma once
/*
 * Inside the room: how a file of assets becomes a plan and a plan becomes rows.
 *
 *	import_read     CSV or XLSX to struct import_file: hosts with their software, every wrong row noted
 *	import_compare  against what the store has: the action of each host and software, counts
 *	import_plan     the stored plan: written in batches, read back
 *	import_write    one host into the store, inside a transaction
 *	import_apply    a plan into the store, in batches that may be cut off and taken up again
 */
#include "asset/asset.h"
#include "codec/table.h"
#include "resource/import.h"

enum {
	IMPORT_PREVIEW_ROWS = 100,
	IMPORT_ROWS_MAX = 1000000,
	IMPORT_SOFTWARE_MAX = 5000,            /* of one host: it is written in one transaction */
	IMPORT_BATCH_MS = 35, /* of work in one transaction; its commit comes on top */
};
#define IMPORT_BYTES_MAX (UINT64_C(256) << 20)
#define IMPORT_SOURCE "csv"

enum import_action { IMPORT_SAME, IMPORT_NEW, IMPORT_CHANGED };

struct import_software {
	size_t host;                           /* index of its host while the file is read */
	uint64_t line;
	struct span identity, part, vendor, product, version, cpe;
	enum import_action action;
	int64_t n, slot; /* of the stored row that stays or changes; the slot of a new one */
};

struct import_host {
	int64_t unit_n;
	struct span unit, name;
	struct span system, address, importance, exposure;      /* '' where the file does not say */
	uint64_t line;                         /* of its first row */
	bool first_alone;                      /* that row names no software */
	struct import_software
		*software; /* sorted by identity, version, CPE, vendor, product; no two alike */
	size_t n_software;
	enum import_action action;             /* of the host or of anything on it */
	bool self_changed;                     /* the host's own columns */
	size_t removed;
};

struct import_problem {
	uint64_t line;
	const char *column;                    /* "" where it is about the whole row */
	struct span zh, en;
};

struct import_file {
	struct arena *arena;                   /* owns all texts below */
	struct import_host *hosts;             /* in order of the file */
	size_t n_hosts;
	struct import_problem problems[IMPORT_PROBLEMS_SHOWN];
	size_t n_problems;                     /* kept */
	int64_t all_problems;
	int64_t bad_rows;
	int64_t rows, repeated;                /* repeated: rows that say nothing beyond an earlier one */
	struct import_counts counts;           /* after plan_compare() */
};

/* What the store knows of one host. */
struct import_known {
	bool found, retired;
	int64_t n, version;
	struct span id, system, address, importance, exposure;
	struct import_software *software;      /* live, of IMPORT_SOURCE; sorted as above */
	size_t n_software;
	int64_t *removed;                      /* n of those that the file no longer has */
	size_t n_removed;
};

/* The units whose assets a file may hold. */
struct import_units {
	struct map *by_code;   /* all there are: code or name to n */
	struct span scope;     /* as plan_in_scope() takes it */
};
NODISCARD bool plan_units(struct op *op, struct map *by_code, struct err *err);
/* Reads a whole file.  false: it cannot be read on (broken text, header, too large).  true with bad_rows: see
 * problems. */
NODISCARD bool plan_read(
	struct table *t, const struct import_units *units, struct import_file *f, struct err *err);
/* plan_read() with the units of the store. */
NODISCARD bool plan_read_with(
	struct op *op, struct table *t, struct span scope, struct import_file *f, struct err *err);
/* Sorts software into the order above; for qsort(). */
int plan_software_order(const void *left, const void *right);

NODISCARD bool plan_load_known(struct op *op, const struct import_host *h, struct arena *a,
	struct import_known *ret, struct err *err);
/* Sets actions, slots and numbers in h and its software, and k->removed. */
void plan_compare_host(struct import_host *h, struct import_known *k, struct arena *a);
/* All hosts of a file, with the counts. */
NODISCARD bool plan_compare(struct op *op, struct import_file *f, struct err *err);

/* One host, inside a transaction: compares with what is there now, and writes the difference.  `stamp` is the
 * transaction's inventory stamp, 0 until it was needed. */
NODISCARD bool plan_write_host(
	struct op *op, struct import_host *h, struct span plan_id, int64_t *stamp, struct err *err);

/* Sorts the hosts by identity, writes counts, problems and rows of the file, then moves it to `state`
 * ("ready", "refused", "applying"). */
NODISCARD bool plan_fill(struct op *op, struct import_plan *p, struct import_file *f, const char *state,
				struct err *err);
struct import_rows { struct import_host *hosts; size_t n; };
/* Plan rows behind the ordinal `after`, at most max and no more than about 16 MB, as hosts in the arena. */
NODISCARD bool plan_rows(struct op *op, int64_t plan_n, int64_t after, size_t max, struct import_rows *ret,
			 struct err *err);
/* The kept problems as a JSON array. */
void plan_problems_json(const struct import_file *f, struct str *out);

/* As struct import_kind wants them. */
NODISCARD bool asset_import_apply(struct op *op, struct import_plan *p, struct err *err);
NODISCARD bool asset_import_drop(struct op *op, int64_t plan_n, bool *ret_more, struct err *err);
