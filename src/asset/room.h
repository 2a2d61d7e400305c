#pragma once
/* Shared by the files of this room. */
#include "asset/asset.h"

/* Gives the host a new inventory stamp: its software has changed.  Inside a transaction. */
NODISCARD bool inventory_touch(struct op *op, int64_t asset_n, struct err *err);
/* Keeps what a software instance is now as history, before it changes or goes. */
NODISCARD bool software_remember(
	struct op *op, int64_t software_n, const char *verb, const char *source, struct err *err);
/* Marks it removed, with its change row. */
NODISCARD bool software_remove(struct op *op, int64_t software_n, const char *source, struct err *err);
/* Part, vendor, product and identity of a software record as the import makes them; empty texts are filled
 * from the CPE name. */
NODISCARD bool software_identify(struct op *op, struct record *after, struct err *err);
/* The next free slot of its identity on its host, where the identity is new (before NULL: the record is). */
NODISCARD bool software_give_slot(
	struct op *op, const struct record *before, struct record *after, struct err *err);
