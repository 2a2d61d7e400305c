#pragma once
/*
 * CPE 2.3 names (NISTIR 7695): formatted strings to eleven attributes and back.
 *
 * An attribute is ANY (lone *), NA (lone -) or a value.  A value is kept in the escaped form of the
 * formatted string, lower-cased: letters, digits, _ and unescaped . - are literal, everything else
 * printable is \-quoted, an unquoted * or run of ? may stand only at its start or end.  The form is
 * canonical: equal values are equal bytes.
 */
#include "base/base.h"

enum {
	CPE_ATTRIBUTES = 11,
	CPE_TEXT_MAX = 1024,
	CPE_VALUE_MAX = 300,      /* of cpe_quote(): vendor, product and version together fit into a name */
};

enum cpe_attribute {
	CPE_PART, CPE_VENDOR, CPE_PRODUCT, CPE_VERSION, CPE_UPDATE, CPE_EDITION, CPE_LANGUAGE, CPE_SW_EDITION,
	CPE_TARGET_SW, CPE_TARGET_HW, CPE_OTHER,
};

enum cpe_kind { CPE_ANY, CPE_NA, CPE_VALUE };

struct cpe {
	struct {
		enum cpe_kind kind;
		bool wild;               /* the value holds an unquoted * or ? */
		struct span text;        /* of CPE_VALUE; escaped form, lower case */
	} at[CPE_ATTRIBUTES];
};

/*
 * Reads "cpe:2.3:…" (any letter case, at most CPE_TEXT_MAX bytes; part a, o or h).  Texts point into the
 * arena.  As in the standard's unbind_fs, a special character that should have been quoted is taken as
 * quoted.  Errors name the attribute.
 */
NODISCARD bool cpe_parse(struct span text, struct arena *a, struct cpe *ret, struct err *err);
/*
 * The same, and "cpe:/…" too: a CPE 2.2 URI as older tools and scanners write it (NISTIR 7695 section
 * 6.1.3.2, unbind_URI), with the packed edition ("~ed~sw_ed~sw~hw~other").  What a URI does not say is ANY.
 */
NODISCARD bool cpe_parse_any(struct span text, struct arena *a, struct cpe *ret, struct err *err);
/* The formatted string. */
struct span cpe_format(const struct cpe *c, struct arena *a);
/* A value as people read it: without the quoting; "*" for ANY and "-" for NA. */
struct span cpe_plain(const struct cpe *c, enum cpe_attribute at, struct arena *a);
/*
 * Quotes plain text into an attribute value: lower case, blanks become _, specials are \-quoted.  false if
 * empty, not printable ASCII (CPE is ASCII only), or longer than CPE_VALUE_MAX once quoted.
 */
NODISCARD bool cpe_quote(struct span plain, struct arena *a, struct span *ret);
/*
 * The name with another version, plain text; what its update said belonged to the old one, and becomes ANY.
 * ERR_INVALID names the field "version" where that cannot be quoted; cpe_parse()'s errors for the name.
 */
NODISCARD bool cpe_with_version(
	struct span name, struct span version, struct arena *a, struct span *ret, struct err *err);
