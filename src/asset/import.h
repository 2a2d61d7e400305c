#pragma once
/*
 * Inside the room: how a file of assets becomes a plan and a plan becomes rows.
 *
 *	import_read     CSV or XLSX to struct import_file: hosts with their software, every wrong row noted
 *	import_nmap, import_sbom    the same from scanners' reports and lists of components
 *	import_scan     the unit or system these go into
 *	import_parts    what the readers share
 *	import_compare  against what the store has: the action of each host and software, counts
 *	import_plan     the stored plan: written in batches, read back
 *	import_write    one host into the store, inside a transaction
 *	import_apply    a plan into the store, in batches that may be cut off and taken up again
 */
#include "asset/asset.h"
#include "codec/stream.h"
#include "codec/table.h"
#include "resource/import.h"

enum {
	IMPORT_PREVIEW_ROWS = 100,
	IMPORT_ROWS_MAX = 1000000,
	IMPORT_SOFTWARE_MAX = 5000,            /* of one host: it is written in one transaction */
	IMPORT_BATCH_MS = 35, /* of work in one transaction; its commit comes on top */
};
#define IMPORT_BYTES_MAX (UINT64_C(256) << 20)

enum import_action { IMPORT_SAME, IMPORT_NEW, IMPORT_CHANGED };

struct import_software {
	size_t host;                           /* index of its host while the file is read */
	uint64_t line;
	struct span identity, part, vendor, product, version, cpe;
	enum import_action action;
	int64_t n, slot; /* of the stored row that stays or changes; the slot of a new one */
};

struct import_host {
	const char *source;      /* whose set of software the file's replaces: csv, nmap, sbom */
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
	struct import_software *software;      /* live, of the host's source; sorted as above */
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
/*
 * nmap's XML report (-oX; masscan's too): hosts that answered, by address, with the products that were
 * recognised on open ports.  Hosts that are down, ports that are not open, and guesses at the operating
 * system are passed over.  Names are those of the report; plan_name_hosts() finds those we know.
 */
struct import_nmap { int64_t unit_n; struct span unit; };
NODISCARD bool plan_read_nmap(
	struct stream *s, const struct import_nmap *into, struct import_file *f, struct err *err);
/* A host of the unit that has the address already keeps its name; a name that another address has is not
 * taken. */
NODISCARD bool plan_name_hosts(struct op *op, struct import_file *f, struct err *err);
/*
 * A list of components: CycloneDX 1.0 to 1.7 (JSON, XML) or SPDX 2.2 and 2.3 (JSON).  They become the
 * software of one host of the system, named after what the list describes.
 */
struct import_sbom { int64_t unit_n; struct span unit, system; };
NODISCARD bool plan_read_sbom(
	struct span bytes, const struct import_sbom *into, struct import_file *f, struct err *err);

/* One of these two, by kind ("nmap", "sbom") and what the caller names: a unit's code, a system's id. */
struct import_scan { struct span kind, target, scope; };
NODISCARD bool plan_read_scan(struct op *op, const struct import_scan *scan, struct stream *s,
	struct import_file *f, struct err *err);
/* The same out of a plan's options ("unit", "system"). */
NODISCARD bool plan_scan_of(
	struct op *op, const struct import_plan *p, struct import_scan *ret, struct err *err);
/* As struct import_kind wants it: is there such a unit or system, and may the plan write there? */
NODISCARD bool plan_check_scan(struct op *op, const struct import_plan *p, struct err *err);

/* ---- what readers share ---- */

enum { IMPORT_NAME_MAX = 200, IMPORT_VERSION_MAX = 100 };                  /* characters */

struct import_words { struct span cpe, vendor, product, version; };
/* cpe decides what it is; the other words are shown, and the version, where they are not empty. */
NODISCARD bool plan_software_of_cpe(
	const struct import_words *w, struct arena *a, struct import_software *ret, struct err *err);
void plan_software_of_text(const struct import_words *w, struct arena *a, struct import_software *ret);
/* Gives each host its run of the software, sorted and without repetitions; all is copied into f's arena. */
void plan_gather(struct import_file *f, const struct import_host *hosts, size_t n,
	struct import_software *software, size_t n_software);
/* Notes a problem; always false.  The caller counts bad_rows. */
bool plan_note(struct import_file *f, uint64_t line, const char *column, const struct err *e);
/* Foreign words as one line of at most so many characters; "" if they are not UTF-8. */
struct span plan_words(struct arena *a, struct span s, size_t max);
/* The source of a kind of import: "csv" of assets, else the kind's name. */
const char *plan_source(struct span kind);
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
