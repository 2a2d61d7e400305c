#pragma once
/*
 * Putting right what people write into cells: full-width characters, blanks, telephone numbers that a
 * spreadsheet program has turned into powers of ten, dates in many forms, words for what has a code.  Pure.
 * A repair is certain (taken and told), likely (proposed) or none (a fault that says what is wanted).
 */
#include "base/base.h"

enum repair_mark { REPAIR_NONE, REPAIR_REPAIRED, REPAIR_PROPOSED, REPAIR_FAULT, REPAIR_QUESTION };
extern const char *const repair_marks[];       /* "" "repaired" "proposed" "fault" "question", NULL */

struct repaired {
	struct span value;                     /* what goes in, or is proposed; as read with REPAIR_FAULT */
	enum repair_mark mark;
	struct err why;                        /* texts, where there is a mark */
};

/* Words for one code; the first whose word equals (folded, without blanks) wins. */
struct repair_word { const char *word, *code; };       /* ended by { NULL, NULL } */

/* `in` is valid UTF-8 of at most 64 KiB; words may be NULL. */
typedef void repair_fn(struct span in, const struct repair_word *words, struct arena *a,
	struct repaired *ret);

repair_fn repair_text;   /* blanks at the ends and doubled; line breaks become a blank; our own apostrophe */
repair_fn repair_long;      /* the same, line breaks stay */
repair_fn repair_code;      /* full width to half width; a blank inside is a fault */
repair_fn repair_name;      /* of a person: no blanks, no 先生/女士/同志; several in one cell are a fault */
repair_fn repair_phone;     /* mobile first, several with ; between; "1.3812345678E+10" back to its digits */
repair_fn repair_mail;
repair_fn repair_date;      /* to "2026-11-23"; also serial numbers of spreadsheets */
repair_fn repair_number;    /* a whole number: "3.0", "１２", "第3" */
repair_fn repair_word;      /* one of words, to its code */

/* "无", "/", "-", "暂无", "N/A" …: says that there is nothing */
bool repair_is_nothing(struct span s);
/* Folded, without any blanks and marks of punctuation: by which headings and names are compared. */
struct span repair_key(struct span s, struct arena *a);
/* A name and a telephone number in one cell ("张三13812345678", "李四（0759-3123456）"). */
bool repair_split_contact(struct span in, struct arena *a, struct span *ret_name, struct span *ret_phone);
/* The parts of a cell that holds several ("张三、李四"): at most max; commas, semicolons, 、, / and line breaks. */
size_t repair_split(struct span in, struct span *ret, size_t max);
