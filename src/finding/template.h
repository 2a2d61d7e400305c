#pragma once
/*
 * Text templates, the resource `template`: what a finding of a kind means (problem, harm, remedy), what an
 * order or a notice says.  A row is what holds now; a change makes a new version of it, every version stays.
 *
 * Placeholders are {单位} {期限} {清单} {编号} {标题} {等级} {来文}; "{{" is a brace.  Others are refused when
 * a template is saved, so that none is ever sent.
 */
#include "resource/route.h"

enum { TEMPLATE_TEXT_MAX = 64 * 1024, TEMPLATE_LIST_MAX = 12 * 1024 };

/* What stands for the placeholders; one that is {NULL,0} stays as it is, to be filled later.  A list longer
 * than TEMPLATE_LIST_MAX bytes is cut, and says so. */
struct template_words {
	struct span unit, due, list, number, title, severity, source;
};

/* The text of the template named "default" for this kind, filled; {NULL,0} if there is none.  of: "finding"
 * (its remedy), "order", "notice".  ERR_TOO_LARGE past TEMPLATE_TEXT_MAX bytes. */
NODISCARD bool template_fill(struct op *op, const char *of, struct span kind, const struct template_words *w,
	struct span *ret_text, struct err *err);

/* The parts of one template as they are, in the language of the operation where there are two. */
struct template_parts {
	bool found;
	struct span title, problem, harm, remedy, text;
};
/* name {NULL,0}: "default"; of a finding whose kind has none the parts of "other". */
struct template_which {
	const char *of;
	struct span kind, name;
};
NODISCARD bool template_find(
	struct op *op, const struct template_which *which, struct template_parts *ret, struct err *err);

/* Fills one text; the result is the arena's.  A text that template_check() refuses is copied as it stands
 * from there on. */
NODISCARD bool template_put(struct span text, const struct template_words *w, struct arena *a,
	struct span *ret, struct err *err);
/* ERR_INVALID naming the placeholder that is unknown, or the brace that is not closed. */
NODISCARD bool template_check(struct span text, const char *field, struct err *err);
/* 「2026年11月30日17时30分」 in the city's time. */
struct span template_due(struct arena *a, int64_t at);

extern const struct resource template_resource;
extern const struct route template_routes[]; /* the versions of one */
extern const size_t template_routes_count;
