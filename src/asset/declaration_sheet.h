#pragma once
/*
 * A unit's declaration as a sheet: what people fill in, to what order/ takes as an answer, and back.
 *
 * The header row is looked for in the first rows (系统名称 and at least one more column); before it may stand the
 * row 填报方式, which says 逐项填写, 无变化 or 无信息系统.  Each row below is one system; a row that repeats a merged
 * name continues the one above.  「不清楚」 is an answer in every cell, 无 and a dash are none.
 */
#include "codec/table.h"
#include "codec/json.h"
#include "resource/op.h"


enum { DECLARATION_SHEET_BYTES = 4 << 20 };

struct declaration_order;

/* {"systems":[{…,"row":7}…]}, {"none":true} or {"unchanged":true}.  ERR_INVALID: every wrong cell is among
 * op->problems, with row and column. */
NODISCARD bool declaration_sheet_read(struct op *op, struct table *t, json_t **ret, struct err *err);

/* The form of an order as a workbook: a header, a row that says how to fill in, the systems known, and the
 * pick list of software on a second sheet.  Sent back as it is it says the same again. */
NODISCARD bool declaration_sheet_write(
	struct op *op, const struct declaration_order *o, struct span *ret, struct err *err);
