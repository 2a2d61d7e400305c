#pragma once
/*
 * Records of NVD out of a file: NDJSON of `cve` objects (or of {"cve":{…}}), or the API and feed envelope
 * {…,"vulnerabilities":[{"cve":{…}},…]}, however it is laid out in lines, also several envelopes one after
 * the other. Only one record at a time is in memory, so a feed of any length can be read.
 *
 * One broken record among good ones is refused by itself and named; a file that is broken as a whole
 * (truncated, an envelope whose borders cannot be told, no record in it that can be read) is an error.
 *
 * reads foreign bytes
 */
#include "codec/json.h"
#include "codec/stream.h"

enum { NVD_RECORD_MAX = 16 * 1024 * 1024, NVD_ID_MAX = 40 };

struct nvd_record {
	uint64_t number;                 /* of the record in the file, from 1 */
	uint64_t line;                   /* the line it begins on */
	struct span id;                  /* "CVE-…"; {NULL,0} if it was refused before its id was known */
	const json_t *cve;               /* borrowed; NULL if refused */
	const struct err *refused;       /* NULL, or why; its texts name record and line */
};

/* false with err stops the reading. */
typedef bool nvd_record_fn(void *data, const struct nvd_record *record, struct err *err);

NODISCARD bool nvd_read(struct stream *s, nvd_record_fn *fn, void *data, struct err *err);
/* "CVE-", four digits, '-', four to nineteen digits. */
bool nvd_id_valid(struct span id);
/* vulnStatus "Rejected" (in any letter case). */
bool nvd_rejected(const json_t *cve);
