#pragma once
/*
 * The room `vuln`: which vulnerabilities exist, how grave they are, and which of them a host has.
 *
 * In come records of NVD (nvd_reader), criteria and installed names as CPE 2.3 (codec/cpe), CVSS vectors,
 * versions.  Out go scores, and for each host the list of CVEs that apply with their explanation.
 *
 * config    the configurations of a CVE as a tree          nvd_reader  records out of files of any length
 * eval      does a tree apply to a host: slow, obviously right, the oracle of what follows
 * index     all trees in one block, in memory or as a file that all processes map; nvd_load: from files
 * matcher   the fast engine over an index, with explanations
 * cpe_match name matching (NISTIR 7696)                 version   which version is newer
 * cvss      scores of 2.0, 3.0, 3.1 and 4.0          tools     the pure tools: cvss, cpe, version, match
 * record    one NVD record as the corpus keeps it    feed*     NVD, KEV, EPSS files into the corpus, at once
 * corpus    what is stored, and the index file made of it: the index names the generation it was made from,
 *           and is made again where they differ
 * installed under which name software is matched     match_run the inventory matched, stored as findings
 * kind      proof of claims by matching again, and the remedy in words
 */
#include "resource/command.h"
#include "vuln/config.h"
#include "vuln/cpe_match.h"
#include "vuln/cvss.h"
#include "vuln/eval.h"
#include "vuln/index.h"
#include "vuln/matcher.h"
#include "vuln/nvd_load.h"
#include "vuln/nvd_reader.h"
#include "vuln/tools.h"
#include "vuln/version.h"

extern const struct resource vuln_resource;
bool vuln_search(struct op *op, struct span q, struct sql *where, struct err *err);
extern const struct finding_kind vuln_finding_kind;
extern const struct command vuln_commands[];
extern const size_t vuln_commands_count;
