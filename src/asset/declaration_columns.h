#pragma once
/* The columns of a declaration's sheet, read and written from the same table. */
#include "base/base.h"

enum declaration_column_kind { DECLARATION_TEXT, DECLARATION_ADDRESS, DECLARATION_LEVEL, DECLARATION_WORD,
	DECLARATION_SOFTWARE };
enum { DECLARATION_COLUMNS_MAX = 20 };

/* words with | between; the first is what is written */
struct declaration_word { const char *code, *words; };

struct declaration_column {
	const char *name, *zh;                 /* of the resource's field; the heading */
	const char *also;                      /* further headings, with | between */
	enum declaration_column_kind kind;
	bool asks;                             /* 「不清楚」 is an answer */
	const struct declaration_word *words;
	const char *want;                      /* DECLARATION_WORD: what the cell should hold */
	const char *help;                      /* in the row that says how to fill in */
};

extern const struct declaration_column declaration_columns[];      /* ended by a NULL name */
extern const struct declaration_word declaration_levels[];
