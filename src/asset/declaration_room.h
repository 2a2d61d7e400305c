#pragma once
/* Shared by the files of declaring only. */
#include "asset/declaration.h"
#include "asset/room.h"
#include "asset/software_choice.h"

/* The questions that may be answered 「不清楚」, NULL-terminated. */
extern const char *const declaration_questions[];
/* Whole-record rules: canonical texts, software, what is unknown. */
NODISCARD bool declaration_check(
	struct op *op, const struct record *before, struct record *after, struct err *err);
/* The host of a URL (scheme, port and path taken off) in its canonical form; false if there is none. */
bool declaration_url_host(struct span url, char ret[256]);
/* An accepted row becomes assets.  Sets asset_id and host_id of the row; inside its transition. */
NODISCARD bool declaration_adopt(struct op *op, struct record *row, struct err *err);
/* A driven transition: state and step. */
NODISCARD bool declaration_supersede(struct op *op, int64_t row_n, struct span reason, struct err *err);
/* Is the name among the row's unknowns? */
bool declaration_unknown(const struct record *row, const char *name);
