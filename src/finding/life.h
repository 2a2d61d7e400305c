#pragma once
/* Shared by the files of this room only. */
#include "finding/finding.h"

extern const struct life finding_life;
/* Step and change of a transition that was written. */
bool finding_log_move(struct op *op, const struct finding_row *f, const struct transition *t,
	int64_t unit_before_n, const struct finding_how *how, struct err *err);
bool finding_bulk(struct call *c, struct err *err);

/* Pages of a list that only grows at its end.  read: ?cursor= and ?limit= (max unless said); ask for limit +
 * 1 rows after after_n.  add: before each row, false when the page is full.  end: closes "items" and says
 * `next`. */
struct finding_page {
	int64_t after_n, limit, count;
	bool more;
};
NODISCARD bool finding_page_read(const struct call *c, int64_t max, struct finding_page *ret,
	struct err *err);
NODISCARD bool finding_page_add(struct finding_page *p, int64_t n, struct str *out);
NODISCARD bool finding_page_end(const struct finding_page *p, struct str *out, struct err *err);
