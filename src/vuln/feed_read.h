#pragma once
/*
 * Readers of the KEV catalogue and of EPSS files: no store, no printing.
 *
 * reads foreign bytes
 */
#include "codec/json.h"
#include "codec/stream.h"

enum { KEV_FILE_MAX = 64 * 1024 * 1024, EPSS_FILE_MAX = 512 * 1024 * 1024, EPSS_SCALE = 100000 };

struct kev_entry {
	struct span cve, vendor, product, name, added, due, description, action, notes, cwe;
	bool ransomware;
};

struct epss_entry {
	struct span cve;
	int64_t score, percentile; /* of EPSS_SCALE, rounded half up */
	struct span model, date; /* as the comment line says; "" without one */
};

/* One entry, or why it is refused (its texts name the place); borrowed.  false with err stops the reading. */
typedef bool kev_fn(void *data, const struct kev_entry *e, const struct err *refused, struct err *err);
typedef bool epss_fn(void *data, const struct epss_entry *e, const struct err *refused, struct err *err);

/* CISA's catalogue as JSON (fields as in its schema).  A file that is no catalogue at all is an error. */
NODISCARD bool kev_read(struct stream *s, struct arena *a, kev_fn *fn, void *data, struct err *err);
/* FIRST's CSV: optionally "#model_version:…,score_date:…", then "cve,epss,percentile", then rows.  Another
 * header, no header and another separator are errors; so is a file without a row that can be read. */
NODISCARD bool epss_read(struct stream *s, epss_fn *fn, void *data, struct err *err);
