#pragma once
/* Shared by the files of this room: what the resource and the import of units both need. */
#include "people/people.h"

extern const char *const unit_kinds[], *const unit_kinds_zh[];        /* NULL-terminated, side by side */
extern const char *const unit_sectors[], *const unit_sectors_zh[];

enum { ALIASES_MAX = 20, ALIAS_CHARACTERS = 100 };
/* Replaces the aliases by which unit_find() knows this unit; `json` is the field's text. */
NODISCARD bool unit_index_aliases(struct op *op, int64_t unit_n, struct span json, struct err *err);
/* Makes the first root unit of kind office (or, without one, the first office) the city office, unless there
 * is one. */
NODISCARD bool unit_settle_office(struct op *op, struct err *err);
/* Commands of this room; words[0] is the file. */
bool unit_import(struct command_call *c, struct err *err);
bool person_import(struct command_call *c, struct err *err);
