#pragma once
/* The pick list of a declaration's software, and from what people write to an entry of it. */
#include "base/base.h"

struct software_choice {
	const char *key, *group, *name, *vendor;
	const char *cpe;                       /* name without version, "" where NVD lists none */
	const char *also;                      /* further names, with commas between */
};

const struct software_choice *software_choice_at(size_t i);        /* NULL past the end */
const struct software_choice *software_choice_find(struct span key);
/* The entry under whose vendor and product NVD lists this CPE name; NULL if there is none. */
const struct software_choice *software_choice_of_cpe(struct span cpe);
/* The name with all attributes, any version: "cpe:2.3:a:f5:nginx:*:…"; {NULL,0} for an entry without one. */
struct span software_choice_cpe(const struct software_choice *c, struct arena *a);

/*
 * 「Nginx 1.18.0」, 「达梦V8.1」, 「tomcat：不清楚」: the longest name of the list at the text's start (letters of
 * any case and width, blanks do not count), what follows is the version.  Without such a name the text is a
 * product's own name, and its version the last word if that begins with a digit, or a v and a digit.
 */
struct software_text {
	const struct software_choice *choice;  /* NULL: not of the list */
	struct span name, version;             /* in the arena; version may be empty */
	bool version_unknown;                  /* the word for it stands there */
};
void software_text_read(struct span text, struct arena *a, struct software_text *ret);

/* 「不清楚」 and what else people write for it. */
bool says_unknown(struct span text, struct arena *a);
