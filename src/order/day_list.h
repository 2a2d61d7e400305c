#pragma once
/*
 * A year's holidays and worked weekends as text, in either of two forms:
 *
 *	2027-01-01,off,元旦             lines of date, kind and name, by comma, tab or blanks; the kind off work
 *	2027/1/3 班 元旦调休             休 放假 假 班 上班 调休 补班; a header line is passed over
 *
 *	一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
 *
 * the second is what the State Council's notice says (国务院办公厅关于……部分节假日安排的通知), pasted as it
 * stands; where it names days of the week they must be those of the year, so that last year's notice is not
 * taken for this year's.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { DAY_LIST_MAX = 366, DAY_LIST_TEXT_MAX = 20000, DAY_LIST_NAME_MAX = 20 };

struct day_list_day {
	int64_t day;                           /* local day number since 1970-01-01 */
	bool working;
	struct span name;                      /* the arena's; "" */
};
struct day_list {
	struct day_list_day *at;               /* ascending, each once */
	size_t n;
};

/* ERR_INVALID, field "days", names the line, or the date. */
NODISCARD bool day_list_read(struct span text, int year, struct arena *a, struct day_list *ret,
	struct err *err);
/* The first form, a line each. */
void day_list_write(const struct day_list *l, struct str *out);
