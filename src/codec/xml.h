#pragma once
/*
 * XML 1.0 by libxml2, drawn one event at a time out of a stream of any length: start, text, end.  Names are
 * local names; namespaces are not looked at.  No document type declaration is taken (XXE, entity bombs), but
 * for one without an internal subset whose name the caller gives (nmap writes one); nothing is ever loaded
 * from disk or network.  Depth, attributes, their lengths and tags are bounded.  Errors name the line and end
 * the reading.
 */
#include "codec/stream.h"

enum { XML_DEPTH_MAX = 100, XML_ATTRIBUTES_MAX = 256, XML_VALUE_MAX = 4 << 20 };

struct xml;

enum xml_kind { XML_START, XML_TEXT, XML_END, XML_DONE };

struct xml_attribute {
	struct span name, value;
};

struct xml_event {
	enum xml_kind kind;
	struct span name;                     /* of an element */
	const struct xml_attribute *attributes; /* of XML_START */
	size_t n;
	struct span text;                     /* of XML_TEXT; long text comes in several pieces */
	unsigned depth;      /* of the element, or the one that holds the text; the root's is 1 */
	uint64_t line;
};

/* Where the bytes come from: as stream_read(). */
struct xml_source {
	bool (*read)(void *from, char *ret, size_t n, size_t *ret_n, struct err *err);
	void *from;
};

/* The source stays the caller's.  doctype: the root of a DOCTYPE to be passed over, NULL for none. */
NODISCARD bool xml_open(struct xml_source source, const char *doctype, struct xml **ret, struct err *err);
NODISCARD bool xml_open_stream(struct stream *s, const char *doctype, struct xml **ret, struct err *err);
void xml_close(struct xml *x);                /* NULL allowed */
void xml_close_p(struct xml **x);
/* The next event, borrowed until the next call; XML_DONE at the end of a whole document. */
NODISCARD bool xml_next(struct xml *x, struct xml_event *ret, struct err *err);
/* An attribute's value; {NULL,0} where it is absent. */
struct span xml_get(const struct xml_event *e, const char *name);
/* Behind the end of the element whose start was the last event. */
NODISCARD bool xml_skip(struct xml *x, struct err *err);
/* The same, adding all text inside (of elements inside as well) to `to`, whose maximum bounds it. */
NODISCARD bool xml_text(struct xml *x, struct str *to, struct err *err);
/* Puts "line L: " before an error about the last event; always returns false. */
bool xml_at(const struct xml *x, struct err *err);
