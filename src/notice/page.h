#pragma once
/*
 * Pages for print in the layout of official documents (GB/T 9704-2012: A4, type area 156 by 225 mm, red head,
 * number over a red line, title in size 2, body in size 3 fangsong with 28 characters a line).
 * Self-contained HTML without script; the policy sent with it allows its one style by hash and nothing else.
 */
#include "resource/route.h"

struct page_head {
	struct span office, number, title;
	struct span mark; /* 「草稿」「已撤回」 across the page; "" */
	struct span notes[3]; /* above the red head: who may know, colour of a warning … */
};
/* Everything up to and with the title. */
void page_begin(struct str *out, const struct page_head *head);
/* Text as an HTML text: & < > " ' are escaped. */
void page_text(struct str *out, struct span text);
/* Paragraphs, one a line; lines that begin like 「一、」 and 「（一）」 are headings. */
void page_paragraphs(struct str *out, struct span text);
/* Office, date and the place of the seal.  at 0: no date yet. */
void page_sign(struct str *out, struct span office, int64_t at);
void page_end(struct str *out);
/* The answer's type and policy. */
bool page_answer(struct call *c, struct err *err);
/* 「2026年11月23日」, in the city's zone. */
struct span page_date(struct arena *a, int64_t at);
