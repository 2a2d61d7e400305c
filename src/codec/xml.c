#include "codec/xml.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <stdlib.h>

enum { CHUNK = 8 * 1024, QUEUE_BYTES = 64 << 20, SMALL_FIRST = 4 };

struct xml {
	struct xml_source source;
	const char *doctype;
	xmlParserCtxtPtr parser;
	xmlSAXHandler sax;
	struct arena *arena;                  /* of the events of one chunk */
	VEC(struct xml_event) queue;
	size_t at;
	unsigned depth;
	uint64_t line;
	bool begun, end, failed;
	/* one that the parser has not the end of yet */
	struct { size_t start, seen, values; char quote; } tag;
	struct err why;
};

static const char *name_of(const xmlChar *s)
{
	return (const char *)s;
}

/* From inside a callback: the parser goes no further. */
static bool stop(struct xml *x)
{
	x->failed = true;
	xmlStopParser(x->parser);
	return false;
}

static bool refuse_dtd(struct xml *x)
{
	if (x->failed)
		return false;
	err_set(&x->why, ERR_INVALID,
		"XML 文件含有文档类型声明（DTD）或实体，出于安全考虑不予读取，请导出不含 DTD 的文件",
		"the XML file has a document type declaration (DTD) or an entity, which is not read for "
		"safety's "
		"sake: export it without");
	return stop(x);
}

static struct xml_event *put(struct xml *x, enum xml_kind kind)
{
	int line = xmlSAX2GetLineNumber(x->parser);
	vec_push(&x->queue, (struct xml_event){ .kind = kind, .depth = x->depth,
				    .line = line > 0 ? (uint64_t)line : 0 });
	return vec_last(&x->queue);
}

static bool room(struct xml *x, size_t n)
{
	if (n <= XML_VALUE_MAX && arena_used(x->arena) + n <= QUEUE_BYTES)
		return true;
	err_set(&x->why, ERR_TOO_LARGE, "XML 文件中一处内容过长（至多 %d 字节）",
		"something in the XML file is too long (at most %d bytes)", XML_VALUE_MAX);
	return stop(x);
}

/* Without the prefix. */
static struct span local(const xmlChar *name)
{
	const char *colon = strchr(name_of(name), ':');
	return span_of(colon && colon[1] ? colon + 1 : name_of(name));
}

/* Names and values by turns. */
static bool take_attributes(struct xml *x, struct xml_event *e, size_t n, const xmlChar **from)
{
	struct xml_attribute *to = arena_array(x->arena, n, sizeof *to);
	for (size_t i = 0; i < n; i++, from += 2) {
		struct span value = span_of(from[1] ? name_of(from[1]) : "");
		if (!room(x, value.n))
			return false;
		to[i] = (struct xml_attribute){ arena_span(x->arena, local(from[0])),
			arena_span(x->arena, value) };
	}
	e->attributes = to;
	e->n = n;
	return true;
}

static void on_start(void *of, const xmlChar *name, const xmlChar **attributes)
{
	struct xml *x = of;
	size_t n = 0;
	if (x->failed)
		return;
	while (attributes && attributes[2 * n])
		n++;
	if (++x->depth > XML_DEPTH_MAX || n > XML_ATTRIBUTES_MAX) {
		err_set(&x->why, ERR_TOO_LARGE, "XML 文件嵌套超过 %d 层，或一个元素的属性超过 %d 个",
			"the XML file is nested deeper than %d levels, or an element has "
			"more than %d attributes",
			XML_DEPTH_MAX, XML_ATTRIBUTES_MAX);
		stop(x);
		return;
	}
	struct xml_event *e = put(x, XML_START);
	e->name = arena_span(x->arena, local(name));
	if (n > 0)
		(void)take_attributes(x, e, n, attributes);
}

static void on_end(void *of, const xmlChar *name)
{
	struct xml *x = of;
	if (x->failed)
		return;
	put(x, XML_END)->name = arena_span(x->arena, local(name));
	x->depth--;
}

static void on_text(void *of, const xmlChar *text, int n)
{
	struct xml *x = of;
	if (x->failed || n <= 0 || !room(x, (size_t)n))
		return;
	put(x, XML_TEXT)->text = arena_span(x->arena, (struct span){ name_of(text), (size_t)n });
}

static void on_doctype(void *of, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	struct xml *x = of;
	(void)external, (void)system;
	if (!x->doctype || !name || strcmp(name_of(name), x->doctype) != 0)
		refuse_dtd(x);
}

static void on_entity(void *of, const xmlChar *name, int type, const xmlChar *external, const xmlChar *system,
	xmlChar *content)
{
	(void)name, (void)type, (void)external, (void)system, (void)content;
	refuse_dtd(of);
}

static void on_unparsed(void *of, const xmlChar *name, const xmlChar *external, const xmlChar *system,
	const xmlChar *notation)
{
	(void)name, (void)external, (void)system, (void)notation;
	refuse_dtd(of);
}

static void on_notation(void *of, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	(void)name, (void)external, (void)system;
	refuse_dtd(of);
}

static void on_element(void *of, const xmlChar *name, int type, xmlElementContentPtr content)
{
	(void)name, (void)type, (void)content;
	refuse_dtd(of);
}

static xmlEntityPtr on_get_entity(void *of, const xmlChar *name)
{
	xmlEntityPtr known = xmlGetPredefinedEntity(name);
	if (!known)
		refuse_dtd(of);
	return known;
}

static xmlEntityPtr on_get_parameter(void *of, const xmlChar *name)
{
	(void)name;
	refuse_dtd(of);
	return NULL;
}

static void on_reference(void *of, const xmlChar *name)
{
	(void)name;
	refuse_dtd(of);
}

static xmlParserInputPtr on_resolve(void *of, const xmlChar *external, const xmlChar *system)
{
	(void)external, (void)system;
	refuse_dtd(of);
	return NULL;
}

/*
 * The older of libxml2's two interfaces: it leaves namespaces alone, and adds no default attributes, so that
 * an attribute list in an internal subset, the one thing of it that is not refused, has no effect.  What the
 * parser says is asked for when it has stopped: there are no functions for errors.
 */
static const xmlSAXHandler handler = {
	.initialized = 1,
	.startElement = on_start,
	.endElement = on_end,
	.characters = on_text,
	.cdataBlock = on_text,
	.ignorableWhitespace = on_text,
	.internalSubset = on_doctype,
	.entityDecl = on_entity,
	.unparsedEntityDecl = on_unparsed,
	.notationDecl = on_notation,
	.elementDecl = on_element,
	.getEntity = on_get_entity,
	.getParameterEntity = on_get_parameter,
	.reference = on_reference,
	.resolveEntity = on_resolve,
};

/* Some of its complaints the library would print. */
static void PRINTF(2, 3) quiet(void *of, const char *format, ...)
{
	(void)of, (void)format;
}

bool xml_open(struct xml_source source, const char *doctype, struct xml **ret, struct err *err)
{
	(void)err;
	struct xml *x = calloc(1, sizeof *x);
	if (!x)
		abort();
	xmlInitParser();
	xmlSetGenericErrorFunc(NULL, quiet);     /* of this thread */
	x->source = source;
	x->doctype = doctype;
	x->sax = handler;
	x->arena = arena_new(QUEUE_BYTES, 4u * QUEUE_BYTES);
	x->parser = xmlCreatePushParserCtxt(&x->sax, x, NULL, 0, NULL);
	if (!x->parser)
		abort();
	xmlCtxtUseOptions(x->parser, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	*ret = x;
	return true;
}

static bool read_stream(void *from, char *ret, size_t n, size_t *ret_n, struct err *err)
{
	return stream_read(from, ret, n, ret_n, err);
}

bool xml_open_stream(struct stream *s, const char *doctype, struct xml **ret, struct err *err)
{
	return xml_open((struct xml_source){ read_stream, s }, doctype, ret, err);
}

void xml_close(struct xml *x)
{
	if (!x)
		return;
	if (x->parser->myDoc)
		xmlFreeDoc(x->parser->myDoc);
	xmlFreeParserCtxt(x->parser);
	vec_done(&x->queue);
	arena_free(x->arena);
	free(x);
}

void xml_close_p(struct xml **x)
{
	xml_close(*x);
	*x = NULL;
}

static bool broken(struct xml *x)
{
	const xmlError *e = xmlCtxtGetLastError(x->parser);
	struct span said = span_of(e && e->message ? e->message : "");
	int line = e ? e->line : 0;
	said = span_trim(said);
	if (!utf8_valid(said) || utf8_has_control(said))
		said = SPAN("?");
	err_set(&x->why, ERR_MALFORMED, "第 %d 行：不是格式正确的 XML 文件，或文件不完整（" SPAN_FMT "）",
		"line %d: not well-formed XML, or cut off (" SPAN_FMT ")", line,
		SPAN_ARG(utf8_cut(said, 120)));
	x->failed = true;
	return false;
}

static bool parse(struct xml *x, const char *bytes, size_t n, bool end)
{
	int code = xmlParseChunk(x->parser, bytes, (int)n, end);
	if (x->failed)
		return false;
	/* bytes that do not fit the declared encoding are told by the answer alone */
	bool whole = x->parser->wellFormed && code != XML_ERR_INVALID_ENCODING && !(end && x->depth > 0);
	return whole || broken(x);
}

/*
 * The parser compares each attribute of a tag with all before it, and asks nobody until it has the whole tag:
 * so the values of a tag that is still open are counted here.  The bytes are UTF-8 already.
 */
static bool check_open_tag(struct xml *x)
{
	const xmlParserInput *in = x->parser->input;
	if (!in || in->end - in->cur < 2 || in->cur[0] != '<' || strchr("!?/", in->cur[1]))
		return true;
	size_t start = (size_t)in->consumed + (size_t)(in->cur - in->base), n = (size_t)(in->end - in->cur);
	if (start != x->tag.start || x->tag.seen > n) {
		memset(&x->tag, 0, sizeof x->tag);
		x->tag.start = start;
	}
	for (; x->tag.seen < n; x->tag.seen++) {
		char c = (char)in->cur[x->tag.seen];
		if (x->tag.quote ? c == x->tag.quote : c == '"' || c == '\'') {
			x->tag.values += x->tag.quote != 0;
			x->tag.quote = x->tag.quote ? 0 : c;
		}
	}
	if (x->tag.values <= XML_ATTRIBUTES_MAX)
		return true;
	err_set(&x->why, ERR_TOO_LARGE, "XML 文件中一个元素的属性超过 %d 个",
		"an element of the XML file has more than %d attributes", XML_ATTRIBUTES_MAX);
	x->failed = true;
	return false;
}

static bool fill(struct xml *x)
{
	char chunk[CHUNK];
	size_t n = 0, got = 1;
	x->at = x->queue.n = 0;
	arena_reset(x->arena);
	/* the parser tells the encoding by the first bytes: they come together */
	while (got && n < (x->begun ? 1 : SMALL_FIRST)) {
		if (!x->source.read(x->source.from, chunk + n, sizeof chunk - n, &got, &x->why)) {
			x->failed = true;
			return false;
		}
		n += got;
	}
	x->begun = true;
	x->end = got == 0;
	if (n && (!parse(x, chunk, n, false) || !check_open_tag(x)))
		return false;
	return !x->end || parse(x, chunk, 0, true);
}

bool xml_next(struct xml *x, struct xml_event *ret, struct err *err)
{
	while (!x->failed && x->at == x->queue.n) {
		if (x->end) {
			*ret = (struct xml_event){ .kind = XML_DONE, .line = x->line };
			return true;
		}
		if (!fill(x))
			break;
	}
	if (x->failed) {
		*err = x->why;
		return false;
	}
	*ret = x->queue.p[x->at++];
	x->line = ret->line;
	return true;
}

struct span xml_get(const struct xml_event *e, const char *name)
{
	for (size_t i = 0; i < e->n; i++)
		if (span_is(e->attributes[i].name, name))
			return e->attributes[i].value;
	return (struct span){ NULL, 0 };
}

static bool through(struct xml *x, struct str *to, struct err *err)
{
	struct xml_event e;
	size_t open = 1;
	while (open) {
		if (!xml_next(x, &e, err))
			return false;
		if (e.kind == XML_DONE)
			return err_set(err, ERR_MALFORMED, "XML 文件不完整", "the XML file is cut off");
		if (e.kind == XML_START)
			open++;
		if (e.kind == XML_END)
			open--;
		if (e.kind == XML_TEXT && to)
			str_add(to, e.text);
	}
	return !to || str_check(to, err) || xml_at(x, err);
}

bool xml_skip(struct xml *x, struct err *err)
{
	return through(x, NULL, err);
}

bool xml_text(struct xml *x, struct str *to, struct err *err)
{
	return through(x, to, err);
}

bool xml_at(const struct xml *x, struct err *err)
{
	return err_prefix(err, "第 %llu 行：", "line %llu: ", (unsigned long long)x->line) && false;
}
