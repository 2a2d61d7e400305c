#pragma once
/*
 * The pure tools of this room: they read lines and write one answer a line, know neither store nor
 * settings, and are what scripts and measurements use (`seawall cvss`, `seawall cpe compare`, `seawall
 * version compare`).
 *
 * A line is at most TOOL_LINE_MAX bytes, its end (LF or CRLF) not counted; the last one may lack its end.
 * Every line, also an empty, a wrong or a longer one, gets exactly one answer.  `zh` chooses the language
 * of reasons.  False only if reading or writing failed.
 */
#include <stdio.h>

#include "base/base.h"

enum { TOOL_LINE_MAX = 64 * 1024 };

/*
 * A vector → {"vector","version","base","temporal","environmental","score","severity"}, of 4.0 also
 * "nomenclature"; numbers with one decimal or null.  Or {"vector","error"}.
 */
NODISCARD bool tool_cvss(FILE *in, FILE *out, bool zh, struct err *err);
/*
 * source TAB target → the signs of the 11 attributes TAB disjoint|equal|subset|superset|none.  Or error TAB
 * reason.
 */
NODISCARD bool tool_cpe_compare(FILE *in, FILE *out, bool zh, struct err *err);
/* a TAB b → -1, 0 or 1.  Or error TAB reason. */
NODISCARD bool tool_version_compare(FILE *in, FILE *out, bool zh, struct err *err);

/* Hosts against NVD files: {"host":…,"cpes":["cpe:2.3:…"]} → {"host":…,"cves":[…]}, ids sorted as text; a bad
 * line → {"host":…,"error":…} or {"error":…}.  Lines of at most 4 MiB.  Refused NVD records go to notes
 * (NULL: nowhere). */
struct tool_match {
	const char *const *nvd;              /* files, or folders of them */
	size_t n_nvd;
	struct span mode;                    /* strict, lenient, platform-unknown: modes A, B, C */
	bool zh;
};
NODISCARD bool tool_match(const struct tool_match *t, FILE *in, FILE *out, FILE *notes, struct err *err);

/*
 * What the three of them share.  `answer` appends to out, without a line end; where the line was longer than
 * allowed, it gets the first TOOL_LINE_MAX bytes and `whole` is false.  The arena is emptied after each line.
 */
typedef void (*tool_answer_fn)(struct span line, bool whole, bool zh, struct arena *a, struct str *out);
NODISCARD bool tool_each_line(FILE *in, FILE *out, bool zh, tool_answer_fn answer, struct err *err);
/* "error TAB reason" */
void tool_refuse(const struct err *why, bool zh, struct str *out);
/* Splits a whole line at its only tab; otherwise refuses it. */
NODISCARD bool tool_split_pair(struct span line, bool whole, struct span ret_pair[2], struct err *err);
