#pragma once
/*
 * One NVD `cve` object in the form in which the corpus keeps it: normalised, so that the same record in
 * another envelope, with other mirrors' extra keys or another order of keys, is the same bytes.
 *
 * reads foreign bytes
 */
#include "vuln/config.h"
#include "vuln/cvss.h"

enum { RECORD_HASH_TEXT = 33, RECORD_DESCRIPTION_MAX = 64 * 1024, RECORD_JSON_MAX = 16 * 1024 * 1024 };

struct vuln_record {
	int64_t published, modified; /* 0: not said */
	const char *severity, *cvss_version; /* "none" and "" without a score */
	int score; /* tenths; -1: none */
	struct span status, vector, cwe, description;
	struct span configurations, refs; /* JSON arrays */
	char hash[RECORD_HASH_TEXT]; /* hex of the first 16 bytes of SHA-256 over all above */
	bool rejected;
	struct config_tree tree; /* empty when rejected */
};

/*
 * Of the metrics the one shown is: of nvd@nist.gov, else of the CNA (sourceIdentifier), else any other; of
 * several of one source the newest version of CVSS.  Its score is computed from the vector; a vector that
 * cannot be read is passed over.  What has the wrong type is refused, naming the field; what is absent is
 * empty.  All memory is the arena's, but texts may point into cve.
 */
NODISCARD bool vuln_record_read(const json_t *cve, struct arena *a, struct vuln_record *ret, struct err *err);
