/*
 * reads foreign bytes
 *
 * CycloneDX 1.0 to 1.7 (ECMA-424), JSON here, XML in import_sbom_xml.c; SPDX 2.2 and 2.3 (ISO/IEC 5962),
 * JSON.
 */
#include "asset/import_sbom.h"

#include "codec/json.h"

enum { DEPTH_MAX = 60 };

/* ---- components become software ---- */

/* What runs or is built in; the rest (files, data, models, keys, devices) is no software. */
static bool is_software(struct span type)
{
	static const char *const types[] = { "application", "framework", "library", "container", "platform",
		"operating-system", "firmware", "device-driver", "" };
	for (size_t i = 0; i < COUNT(types); i++)
		if (span_is(type, types[i]))
			return true;
	return false;
}

/* "pkg:npm/%40angular/core@12.0.0?x=y#z" without version and qualifiers: which package it is. */
static struct span package_of(struct span purl)
{
	size_t end = 0;
	if (!span_starts(purl, SPAN("pkg:")))
		return SPAN("");
	while (end < purl.n && purl.p[end] != '?' && purl.p[end] != '#' && (purl.p[end] != '@' || end < 5))
		end++;
	/* a namespace may be written with a plain @ in front, as "pkg:npm/@angular/core@12" */
	while (end + 1 < purl.n && purl.p[end] == '@' && purl.p[end - 1] == '/') {
		end++;
		while (end < purl.n && !memchr("?#@", purl.p[end], 3))
			end++;
	}
	return (struct span){ purl.p, end };
}

void sbom_component(struct sbom *s, const struct sbom_words *said)
{
	struct arena *a = s->f->arena;
	struct import_software one = { .line = said->line };
	struct import_words w = { .cpe = said->cpe,
		.vendor = plan_words(a, said->vendor, IMPORT_NAME_MAX),
		.product = plan_words(a, said->name, IMPORT_NAME_MAX),
		.version = plan_words(a, said->version, IMPORT_VERSION_MAX) };
	struct span package = package_of(plan_words(a, said->purl, 2 * IMPORT_NAME_MAX));
	struct err e = { 0 };
	s->components++;
	if (!is_software(said->type))
		return;
	if (w.cpe.n == 0 || !plan_software_of_cpe(&w, a, &one, &e)) {
		if (!w.product.n) {
			err_set(&e, ERR_INVALID, "第 %zu 个成分没有名称", "component %zu has no name", s->components);
			plan_note(s->f, said->line, "name", &e);
			s->f->bad_rows++;
			return;
		}
		plan_software_of_text(&w, a, &one);
		if (package.n)
			one.identity = arena_printf(a, "purl:" SPAN_FMT, SPAN_ARG(package));
	}
	vec_push(&s->software, one);
}

static bool refuse(struct err *err, const char *zh, const char *en)
{
	return err_texts(err, ERR_INVALID, "", zh, en);
}

static bool finish(struct sbom *s, struct err *err)
{
	struct import_file *f = s->f;
	struct arena *a = f->arena;
	if (s->vulnerabilities && s->components == s->subjects)
		return refuse(err, "这是漏洞说明（VEX），不是软件成分清单",
			"this is a VEX document, not a list of components");
	if (s->software.n == 0 && f->bad_rows == 0) {
		if (s->components)
			return refuse(err, "清单里只有硬件、文件、密码资产或数据，没有软件成分",
				"the list has only hardware, files, keys or data, no software");
		if (s->services)
			return refuse(err, "清单里只有服务，没有软件成分", "the list has only services, no software");
		return refuse(err, "清单里没有软件成分", "the list has no components");
	}
	if (s->software.n > IMPORT_SOFTWARE_MAX)
		return err_set(err, ERR_TOO_LARGE, "清单有 %zu 个成分，一次至多 %d 个，请分开导入",
			"the list has %zu components, at most %d at once; split it", s->software.n,
			IMPORT_SOFTWARE_MAX);
	struct span subject = plan_words(a, s->subject, IMPORT_NAME_MAX / 2),
		    system = utf8_cut(s->into->system, IMPORT_NAME_MAX / 3);
	struct import_host h = { .source = "sbom",
		.unit_n = s->into->unit_n,
		.unit = s->into->unit,
		.name = subject.n ? arena_printf(a, SPAN_FMT "/SBOM/" SPAN_FMT, SPAN_ARG(system),
			SPAN_ARG(subject))
				  : arena_printf(a, SPAN_FMT "/SBOM", SPAN_ARG(system)),
		.system = s->into->system,
		.address = SPAN(""),
		.importance = SPAN(""),
		.exposure = SPAN(""),
		.line = 1 };
	f->rows = (int64_t)s->software.n + f->bad_rows;
	plan_gather(f, &h, 1, s->software.p, s->software.n);
	return arena_check(a, err);
}

/* ---- CycloneDX, JSON ---- */

bool sbom_version(struct span version, struct err *err)
{
	int64_t minor;
	if (span_starts(version, SPAN("1.")) && span_int(span_from(version, 2), 0, 7, &minor))
		return true;
	return err_set(err, ERR_INVALID, "不支持的 CycloneDX 版本“" SPAN_FMT "”（可用 1.0 至 1.7）",
		"CycloneDX version \"" SPAN_FMT "\" is not supported (1.0 to 1.7 are)",
		SPAN_ARG(utf8_cut(version, 20)));
}

static struct span name_of_party(const json_t *party)
{
	return json_is_object(party) ? json_get_text(party, "name") : json_text(party);
}

static void cyclonedx_component(struct sbom *s, const json_t *c)
{
	struct sbom_words w = { .type = json_get_text(c, "type"), .name = json_get_text(c, "name"),
		.version = json_get_text(c, "version"), .purl = json_get_text(c, "purl"),
		.cpe = json_get_text(c, "cpe"), .vendor = json_get_text(c, "group") };
	if (!w.vendor.n)
		w.vendor = json_get_text(c, "publisher");
	if (!w.vendor.n)
		w.vendor = name_of_party(json_object_get(c, "supplier"));
	sbom_component(s, &w);
}

/* Lists of components in lists of components: a stack instead of recursion. */
static void cyclonedx_components(struct sbom *s, const json_t *list)
{
	struct { const json_t *list; size_t at; } stack[DEPTH_MAX];
	size_t n = 0;
	stack[n].list = list;
	stack[n++].at = 0;
	while (n) {
		const json_t *c = json_array_get(stack[n - 1].list, stack[n - 1].at++);
		if (!c) {
			n--;
			continue;
		}
		cyclonedx_component(s, c);
		const json_t *inner = json_object_get(c, "components");
		if (json_array_size(inner) && n < DEPTH_MAX) {
			stack[n].list = inner;
			stack[n++].at = 0;
		}
	}
}

static bool read_cyclonedx(struct sbom *s, const json_t *top, struct err *err)
{
	const json_t *list = json_object_get(top, "components"),
		     *subject = json_object_get(json_object_get(top, "metadata"), "component");
	if (!sbom_version(json_get_text(top, "specVersion"), err))
		return false;
	if (list && !json_is_array(list))
		return refuse(err, "components 应为数组", "components must be an array");
	s->vulnerabilities = json_array_size(json_object_get(top, "vulnerabilities")) > 0;
	s->services = json_array_size(json_object_get(top, "services")) > 0;
	s->subject = json_get_text(subject, "name");
	cyclonedx_components(s, list);
	/* a list without parts still says that its subject is there */
	s->subjects = s->subject.n > 0;
	if (s->subjects)
		cyclonedx_component(s, subject);
	cyclonedx_components(s, json_object_get(subject, "components"));
	return finish(s, err);
}

/* ---- SPDX 2 ---- */

static void spdx_reference(const json_t *package, struct sbom_words *w)
{
	const json_t *r, *list = json_object_get(package, "externalRefs");
	for (size_t i = 0; (r = json_array_get(list, i)); i++) {
		struct span type = json_get_text(r, "referenceType"),
			at = json_get_text(r, "referenceLocator");
		if (span_is(type, "purl"))
			w->purl = at;
		if (span_is(type, "cpe23Type") || (span_is(type, "cpe22Type") && !w->cpe.n))
			w->cpe = at;
	}
}

/* "Organization: Example (mail)"; NOASSERTION says nothing. */
static struct span spdx_supplier(struct span s)
{
	size_t colon, open;
	if (!span_starts(s, SPAN("Organization:")) || !span_find(s, ':', &colon))
		return SPAN("");
	s = span_trim(span_from(s, colon + 1));
	return span_find(s, '(', &open) && open > 0 ? span_trim((struct span){ s.p, open }) : s;
}

static bool read_spdx(struct sbom *s, const json_t *top, struct err *err)
{
	struct span version = json_get_text(top, "spdxVersion");
	const json_t *p, *list = json_object_get(top, "packages");
	if (!span_is(version, "SPDX-2.2") && !span_is(version, "SPDX-2.3"))
		return err_set(err, ERR_INVALID, "不支持的 SPDX 版本“" SPAN_FMT "”（可用 SPDX-2.2、SPDX-2.3）",
			"SPDX version \"" SPAN_FMT "\" is not supported (SPDX-2.2 and SPDX-2.3 are)",
			SPAN_ARG(utf8_cut(version, 20)));
	s->subject = json_get_text(top, "name");
	for (size_t i = 0; (p = json_array_get(list, i)); i++) {
		struct sbom_words w = { .name = json_get_text(p, "name"),
			.version = json_get_text(p, "versionInfo"),
			.vendor = spdx_supplier(json_get_text(p, "supplier")), .type = SPAN("") };
		if (span_is(w.version, "NOASSERTION"))
			w.version = SPAN("");
		spdx_reference(p, &w);
		sbom_component(s, &w);
	}
	return finish(s, err);
}

/* ---- which is it? ---- */

static bool unknown(const json_t *top, struct err *err)
{
	const json_t *context = json_object_get(top, "@context");
	struct span at = json_text(context);
	if (json_object_get(top, "@graph") || (at.n && memmem(at.p, at.n, "spdx.org/rdf/3", 14)))
		return refuse(err, "这是 SPDX 3.0 清单，尚不支持，请导出 SPDX 2.3 或 CycloneDX 格式",
			"this is SPDX 3.0, which is not supported: export SPDX 2.3 or CycloneDX");
	if (at.n && memmem(at.p, at.n, "openvex", 7))
		return refuse(err, "这是漏洞说明（OpenVEX），不是软件成分清单", "this is OpenVEX, not a list of components");
	if (json_object_get(top, "document") && json_object_get(top, "vulnerabilities"))
		return refuse(err, "这是安全公告（CSAF），不是软件成分清单",
			"this is a CSAF advisory, not a list of components");
	return refuse(err, "认不出格式：应为 CycloneDX（JSON、XML）或 SPDX 2.2、2.3（JSON）",
		"neither CycloneDX (JSON, XML) nor SPDX 2.2 or 2.3 (JSON)");
}

static bool read_json(struct sbom *s, struct span bytes, struct err *err)
{
	CLEANUP(json_free) json_t *top = NULL;
	if (!json_parse(bytes, DEPTH_MAX, &top, err))
		return false;
	if (span_is(json_get_text(top, "bomFormat"), "CycloneDX"))
		return read_cyclonedx(s, top, err);
	if (json_object_get(top, "spdxVersion"))
		return read_spdx(s, top, err);
	return unknown(top, err);
}

static bool read_any(struct sbom *s, struct span bytes, struct err *err)
{
	if (span_starts(bytes, SPAN("\xEF\xBB\xBF")))
		bytes = span_from(bytes, 3);
	bytes = span_trim(bytes);
	if (bytes.n == 0)
		return refuse(err, "文件为空", "the file is empty");
	if (bytes.p[0] == '<')
		return sbom_read_xml(s, bytes, err) && finish(s, err);
	if (span_starts(bytes, SPAN("SPDXVersion:")))
		return refuse(err, "这是 SPDX 标签格式（.spdx），请导出 SPDX 2.3 JSON 或 CycloneDX 格式",
			"this is SPDX tag-value (.spdx): export SPDX 2.3 JSON or CycloneDX");
	return read_json(s, bytes, err);
}

bool plan_read_sbom(
	struct span bytes, const struct import_sbom *into, struct import_file *f, struct err *err)
{
	struct sbom s = { .into = into, .f = f };
	bool ok = read_any(&s, bytes, err);
	vec_done(&s.software);
	return ok;
}
