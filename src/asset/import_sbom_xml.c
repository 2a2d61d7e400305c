/*
 * reads foreign bytes: fuzzed by import_sbom_fuzz.c
 *
 * CycloneDX XML: the version is in the namespace.
 */
#include "asset/import_sbom.h"
#include "codec/xml.h"

enum { TEXT_MAX = 4096, OPEN_MAX = XML_DEPTH_MAX };

struct reading {
	struct sbom *s;
	struct xml *xml;
	struct arena *arena;
	struct sbom_words open[OPEN_MAX];        /* components not yet ended, the innermost last */
	unsigned depth[OPEN_MAX];
	size_t n;
	bool subject;                            /* inside metadata: its first component is the subject */
};

static bool text_of(struct reading *r, struct span *to, struct err *err)
{
	struct str text = STR_IN(r->arena, 4 * TEXT_MAX);
	if (!xml_text(r->xml, &text, err))
		return false;
	if (!to->n)
		*to = span_trim(str_span(&text));
	return true;
}

/* The member of the innermost component that this element is; NULL for others. */
static struct span *member(struct reading *r, const struct xml_event *e)
{
	static const struct { const char *name; size_t at; } members[] = {
		{ "name", offsetof(struct sbom_words, name) },
		{ "version", offsetof(struct sbom_words, version) },
		{ "group", offsetof(struct sbom_words, vendor) },
		{ "publisher", offsetof(struct sbom_words, vendor) },
		{ "purl", offsetof(struct sbom_words, purl) }, { "cpe", offsetof(struct sbom_words, cpe) },
	};
	if (r->n == 0 || e->depth != r->depth[r->n - 1] + 1)
		return NULL;
	for (size_t i = 0; i < COUNT(members); i++)
		if (span_is(e->name, members[i].name))
			return (struct span *)(void *)((char *)&r->open[r->n - 1] + members[i].at);
	return NULL;
}

static bool begin(struct reading *r, const struct xml_event *e, struct err *err)
{
	struct span *to = member(r, e);
	if (span_is(e->name, "component") && r->n < OPEN_MAX) {
		struct span type = xml_get(e, "type");
		r->open[r->n] = (struct sbom_words){ .line = e->line, .type = arena_span(r->arena, type) };
		r->depth[r->n++] = e->depth;
		return true;
	}
	if (to)
		return text_of(r, to, err);
	if (e->depth == 2 && span_is(e->name, "metadata"))
		r->subject = true;
	/* what may hold components that are not in the product: tools that made the list, older lives */
	if (span_is(e->name, "tools") || span_is(e->name, "pedigree") || span_is(e->name, "formulation") ||
		span_is(e->name, "annotations") || span_is(e->name, "declarations"))
		return xml_skip(r->xml, err);
	if (e->depth == 2 && span_is(e->name, "services"))
		r->s->services = true;
	if (span_is(e->name, "vulnerability"))
		r->s->vulnerabilities = true;
	return true;
}

static void end(struct reading *r, const struct xml_event *e)
{
	if (e->depth == 2 && span_is(e->name, "metadata"))
		r->subject = false;
	if (r->n == 0 || e->depth != r->depth[r->n - 1] || !span_is(e->name, "component"))
		return;
	r->n--;
	if (r->subject && r->n == 0) {
		r->s->subject = r->open[0].name;
		if (!r->s->subject.n)
			return;
		r->s->subjects++;
	}
	sbom_component(r->s, &r->open[r->n]);
}

static bool root(const struct xml_event *e, struct err *err)
{
	static const struct span schema = { "http://cyclonedx.org/schema/bom/", 32 };
	for (size_t i = 0; i < e->n && span_is(e->name, "bom"); i++)
		if (span_starts(e->attributes[i].value, schema))
			return sbom_version(span_from(e->attributes[i].value, schema.n), err);
	return err_set(err, ERR_INVALID, "认不出格式：XML 文件应为 CycloneDX",
		       "unknown format: an XML file must be CycloneDX");
}

bool sbom_read_xml(struct sbom *s, struct span bytes, struct err *err)
{
	CLEANUP(stream_close_p) struct stream *stream = NULL;
	CLEANUP(xml_close_p) struct xml *xml = NULL;
	struct reading *r = ARENA_NEW(s->f->arena, struct reading);
	struct xml_event e = { .kind = XML_TEXT };
	if (!stream_open_span(bytes, bytes.n, &stream, err) || !xml_open_stream(stream, NULL, &xml, err))
		return false;
	*r = (struct reading){ .s = s, .xml = xml, .arena = s->f->arena };
	while (e.kind != XML_DONE) {
		if (!xml_next(xml, &e, err))
			return false;
		if (e.kind == XML_START && !(e.depth == 1 ? root(&e, err) : begin(r, &e, err)))
			return false;
		if (e.kind == XML_END)
			end(r, &e);
	}
	return true;
}
