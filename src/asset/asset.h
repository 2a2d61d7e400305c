#pragma once
/*
 * The room `asset`: what the city has and whose it is.
 *
 * In come files (`seawall import assets`, POST /api/v1/imports), words of people (API, declarations, accepted
 * answers) and, later, scanners.  Out go the list of assets, and the inventory: hosts with their live
 * software, read by `vuln/` for matching and for proof.  This room stores what was said, by whom and when; it
 * never guesses.  Turning a vendor and product text into a CPE name is `vuln/`'s work.
 *
 * Software on a host is (host, source, identity, slot): identity is part, vendor and product; slots keep two
 * versions of one product apart; the version is an attribute.  What vanished stays with removed_at, what
 * changed stays in software_history.  Each change of a host's software gives the host a new `inventory`
 * stamp.  Stamps ascend in commit order, so "all hosts with a stamp above the last one seen" misses nothing.
 *
 * Import.  One row of the CSV file is one software instance on one host, or a host alone; the file's columns
 * are unit,system,host,address,exposure,importance,software,vendor,version,cpe in any order, more are
 * ignored.  A host is unit
 * + host name, byte for byte.  An empty system, address, exposure or importance says nothing: it keeps what
 * is known (for a new host: none, none, internal, medium).  For each host that the file names, its software
 * of source csv becomes exactly the file's rows.  The file is refused whole if one row is wrong; every wrong
 * row is counted, the first 100 are kept. It is compared on a reader into a stored plan, which is then
 * applied in batches of some 25 ms, so that no other writer waits long.  The plan is the intent: an apply
 * that was cut off (kill -9, power) is completed by import_resume() (resource/import.h) and
 * by a job; each host is compared again when it is written, so a batch may be repeated, and what others
 * changed meanwhile is taken into account.  Between the first batch and the last, readers see hosts done and
 * hosts not yet done, never half a host.  Counts are of the file's data rows: read = new + changed +
 * unchanged + refused; a repeated row is unchanged; the first row of a host carries the host's own change; a
 * refused file has all its rows refused.
 */
#include "resource/command.h"
#include "resource/import.h"
#include "resource/route.h"

extern const struct resource asset_resource, software_resource, declaration_resource;
extern const struct import_kind asset_import_kind, nmap_import_kind, sbom_import_kind;
extern const struct command asset_commands[];
extern const size_t asset_commands_count;
extern const struct route asset_routes[];
extern const size_t asset_routes_count;

/* ---- inventory
 * ---------------------------------------------------------------------------------------------------- */

struct asset_software {
	int64_t n;
	struct span id, source, part, vendor, product, version, patch,
		cpe; /* '' where not known; cpe formatted string */
	int64_t confidence;                            /* 0 to 100 */
	int64_t recorded_at;                           /* when it was last said otherwise */
};

struct asset_host {
	int64_t n, unit_n;                             /* unit_n 0: unclaimed */
	struct span id, name, address, exposure, importance;
	bool retired;                                  /* then it has no software */
	int64_t inventory;
	const struct asset_software *software;         /* live ones, of all sources, by n */
	size_t n_software;
};

struct asset_range {
	int64_t after_n;                               /* hosts with a greater n: go on from the last one */
	int64_t changed_after;                         /* only those with a later inventory stamp; 0: all */
	size_t max;                                    /* 1,000 is a good batch */
};
/* Hosts in ascending n, in the arena; *ret_n 0 at the end.  Also those without any software, and retired
 * ones, so that what was found on them can be ended. */
NODISCARD bool asset_inventory_next(
	struct op *op, struct asset_range which, struct asset_host **ret, size_t *ret_n, struct err *err);
/* One host with its software, whatever its stamp. */
NODISCARD bool asset_inventory_find(
	struct op *op, int64_t host_n, struct asset_host *ret, bool *ret_found, struct err *err);
/* The newest stamp given so far: read it before a matching run, keep it after the run. */
NODISCARD bool asset_inventory_stamp(struct op *op, int64_t *ret, struct err *err);

struct asset_place { bool found; int64_t n, unit_n; };
/* The live asset with this address.  Private addresses recur: unit_n (0: any) narrows; several assets of
 * different units is no answer (found false), of several of one unit the lowest n is, hosts first. */
NODISCARD bool asset_find_by_address(
	struct op *op, struct span address, int64_t unit_n, struct asset_place *ret, struct err *err);

/* ---- changes from other rooms, inside their transaction
 * --------------------------------------------------------------- */

/* What somebody with a word on it says about one software instance: a new version, a patch, or both
 * ({NULL,0}: not said).  A CPE name gets the version as well, and its update attribute becomes ANY.  The old
 * values stay in history. ERR_NOT_FOUND if it is gone, ERR_INVALID if the version cannot stand in a CPE name
 * or is too long. */
NODISCARD bool asset_software_set_version(struct op *op, int64_t software_n, struct span version,
	struct span patch, const char *source, struct err *err);
/* Decommissioned: the asset is retired, and its software with it.  Nothing happens to one already retired. */
NODISCARD bool asset_retire(struct op *op, int64_t asset_n, struct err *err);
