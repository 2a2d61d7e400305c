/* What all readers of imports share: one program out of words, and hosts with their programs out of a
 * list. */
#include <stdlib.h>

#include "asset/import.h"
#include "codec/cpe.h"

const char *plan_source(struct span kind)
{
	return span_is(kind, "nmap") ? "nmap" : span_is(kind, "sbom") ? "sbom" : "csv";
}

bool plan_note(struct import_file *f, uint64_t line, const char *column, const struct err *e)
{
	f->all_problems++;
	if (f->n_problems < IMPORT_PROBLEMS_SHOWN)
		f->problems[f->n_problems++] = (struct import_problem){ .line = line, .column = column,
			.zh = arena_span(f->arena, span_of(e->zh)),
				.en = arena_span(f->arena, span_of(e->en)) };
	return false;
}

/* ---- software ---- */

static struct span attribute(const struct cpe *c, enum cpe_attribute at)
{
	return c->at[at].kind == CPE_VALUE ? c->at[at].text
		: c->at[at].kind == CPE_NA ? SPAN("-")
					   : SPAN("*");
}

bool plan_software_of_cpe(
	const struct import_words *w, struct arena *a, struct import_software *ret, struct err *err)
{
	struct cpe c;
	if (!cpe_parse_any(w->cpe, a, &c, err))
		return false;
	struct span part = attribute(&c, CPE_PART), vendor = attribute(&c, CPE_VENDOR),
		    product = attribute(&c, CPE_PRODUCT);
	ret->identity = arena_printf(a, "cpe:" SPAN_FMT ":" SPAN_FMT ":" SPAN_FMT, SPAN_ARG(part),
		SPAN_ARG(vendor), SPAN_ARG(product));
	ret->part = c.at[CPE_PART].kind == CPE_VALUE ? part : SPAN("");
	ret->cpe = cpe_format(&c, a);
	ret->vendor = w->vendor.n > 0 ? arena_span(a, w->vendor) : cpe_plain(&c, CPE_VENDOR, a);
	ret->product = w->product.n > 0 ? arena_span(a, w->product) : cpe_plain(&c, CPE_PRODUCT, a);
	if (w->version.n > 0)
		ret->version = arena_span(a, w->version);
	else
		ret->version = c.at[CPE_VERSION].kind == CPE_VALUE ? cpe_plain(&c, CPE_VERSION, a) : SPAN("");
	return true;
}

void plan_software_of_text(const struct import_words *w, struct arena *a, struct import_software *ret)
{
	ret->vendor = arena_span(a, w->vendor);
	ret->product = arena_span(a, w->product);
	ret->version = arena_span(a, w->version);
	struct span vendor = utf8_fold(a, ret->vendor), product = utf8_fold(a, ret->product);
	ret->identity = arena_printf(a, "text:" SPAN_FMT ":" SPAN_FMT, SPAN_ARG(vendor), SPAN_ARG(product));
	ret->part = ret->cpe = SPAN("");
}

int plan_software_order(const void *left, const void *right)
{
	const struct import_software *a = left, *b = right;
	int d = (a->host > b->host) - (a->host < b->host);
	d = d ? d : span_cmp(a->identity, b->identity);
	d = d ? d : span_cmp(a->version, b->version);
	d = d ? d : span_cmp(a->cpe, b->cpe);
	d = d ? d : span_cmp(a->vendor, b->vendor);
	d = d ? d : span_cmp(a->product, b->product);
	return d ? d : (a->line > b->line) - (a->line < b->line);
}

/* ---- hosts ---- */

void plan_gather(struct import_file *f, const struct import_host *hosts, size_t n,
	struct import_software *software, size_t n_software)
{
	struct import_software *all = arena_array(f->arena, n_software + 1, sizeof *all);
	size_t kept = 0;
	f->hosts = arena_array(f->arena, n + 1, sizeof *f->hosts);
	f->n_hosts = n;
	if (n > 0)
		memcpy(f->hosts, hosts, n * sizeof *hosts);
	for (size_t i = 0; i < n; i++)
		f->hosts[i].n_software = 0;
	if (n_software > 1)
		qsort(software, n_software, sizeof *software, plan_software_order);
	for (size_t i = 0; i < n_software; i++) {
		struct import_software same = software[i], *last = kept ? &all[kept - 1] : NULL;
		same.line = last ? last->line : 0;
		if (last && plan_software_order(last, &same) == 0) {
			f->repeated++;
			continue;
		}
		all[kept++] = software[i];
		struct import_host *h = &f->hosts[software[i].host];
		if (h->n_software++ == 0)
			h->software = &all[kept - 1];
	}
}

/* ---- foreign words ---- */

struct span plan_words(struct arena *a, struct span s, size_t max)
{
	struct str out = STR_IN(a, 4 * max + 16);
	size_t n = 0;
	s = span_trim(s);
	if (!utf8_valid(s))
		return SPAN("");
	while (s.n && n++ < max) {
		struct span at = s;
		uint32_t c = utf8_next(&s);
		at.n -= s.n;
		if (c < 0x20 || c == 0x7f)
			str_addc(&out, ' ');
		else
			str_add(&out, at);
	}
	return out.n ? span_trim(str_span(&out)) : SPAN("");
}
