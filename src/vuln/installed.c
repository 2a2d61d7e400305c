#include "vuln/installed.h"

#include "codec/cpe.h"

static bool unknown(struct span text)
{
	return !text.n || span_is(text, "*") || span_is(text, "-");
}

static bool assume(
	const struct index *ix, const struct asset_software *s, struct arena *a, struct installed *ret)
{
	static const char *const parts[] = { "a", "o", "h" };
	struct span vendor, product, version = SPAN("*");
	if (!cpe_quote(span_trim(s->vendor), a, &vendor) || !cpe_quote(span_trim(s->product), a, &product) ||
		(!unknown(s->version) && !cpe_quote(span_trim(s->version), a, &version)))
		return false;
	for (size_t i = 0; i < COUNT(parts); i++) {
		if ((s->part.n && !span_is(s->part, parts[i])) ||
			!index_has_product(ix, span_of(parts[i]), vendor, product))
			continue;
		ret->cpe = arena_printf(a, "cpe:2.3:%s:" SPAN_FMT ":" SPAN_FMT ":" SPAN_FMT ":*:*:*:*:*:*:*",
			parts[i], SPAN_ARG(vendor), SPAN_ARG(product), SPAN_ARG(version));
		ret->assumed = true;
		return true;
	}
	return false;
}

void installed_name(
	const struct index *ix, const struct asset_software *s, struct arena *a, struct installed *ret)
{
	*ret = (struct installed){ .cpe = s->cpe.n ? s->cpe : (struct span){ NULL, 0 } };
	if (!s->cpe.n && s->vendor.n && s->product.n)
		assume(ix, s, a, ret);
}

bool installed_with_version(struct op *op, const struct asset_software *s, struct span version,
	struct asset_software *ret, struct err *err)
{
	*ret = *s;
	ret->version = span_trim(version);
	return !s->cpe.n || cpe_with_version(s->cpe, ret->version, op->arena, &ret->cpe, err);
}

void installed_range(const struct config_leaf *leaf, struct arena *a, struct str *out)
{
	static const char *const signs[CONFIG_BOUNDS] = { ">= ", "> ", "<= ", "< " };
	size_t n = 0;
	if (leaf->criteria.at[CPE_VERSION].kind != CPE_ANY) {
		str_addz(out, "= ");
		str_add(out, cpe_plain(&leaf->criteria, CPE_VERSION, a));
		return;
	}
	for (int b = 0; b < CONFIG_BOUNDS; b++) {
		if (!leaf->bounds[b].n)
			continue;
		str_addz(out, n++ ? ", " : "");
		str_addz(out, signs[b]);
		str_add(out, leaf->bounds[b]);
	}
	if (!n)
		str_addz(out, "*");
}

/* Does software i stand under a vulnerable leaf, or else only under platform ones? */
static bool is_hit(const struct eval_result *r, size_t i, bool vulnerable)
{
	bool hit = false, as_vulnerable = false;
	for (size_t k = 0; k < r->n; k++) {
		hit = hit || r->hits[k].installed == i;
		as_vulnerable = as_vulnerable || (r->hits[k].installed == i && r->hits[k].leaf->vulnerable);
	}
	return hit && as_vulnerable == vulnerable;
}

/* The vulnerable ones first. */
static void add_software(struct str *out, const struct installed_host *h, const struct eval_result *r)
{
	size_t n = 0;
	str_addz(out, "\"software\":[");
	for (size_t k = 0; k < 2 * h->n; k++) {
		bool vulnerable = k < h->n;
		size_t i = vulnerable ? k : k - h->n;
		if (!is_hit(r, i, vulnerable))
			continue;
		const struct asset_software *s = h->software[i];
		str_addz(out, n++ ? ",{\"as\":" : "{\"as\":");
		str_addz(out, vulnerable ? "\"vulnerable\",\"vendor\":" : "\"platform\",\"vendor\":");
		str_add_json(out, s->vendor);
		str_addz(out, ",\"product\":");
		str_add_json(out, s->product);
		str_addz(out, ",\"version\":");
		str_add_json(out, s->version);
		str_addz(out, ",\"cpe\":");
		str_add_json(out, h->names[i].cpe);
		str_addf(out, ",\"assumed\":%s,\"confidence\":%lld}", h->names[i].assumed ? "true" : "false",
			(long long)s->confidence);
	}
	str_addz(out, "]");
}

static void add_hit(
	struct str *out, const struct eval_hit *hit, const struct installed_host *h, struct arena *a)
{
	str_addz(out, "{\"criteria\":");
	str_add_json(out, cpe_format(&hit->leaf->criteria, a));
	for (int b = 0; b < CONFIG_BOUNDS; b++) {
		if (!hit->leaf->bounds[b].n)
			continue;
		str_addf(out, ",\"%s\":", config_bound_name((enum config_bound)b));
		str_add_json(out, hit->leaf->bounds[b]);
	}
	str_addz(out, ",\"installed\":");
	str_add_json(out, h->names[hit->installed].cpe);
	str_addc(out, '}');
}

static void add_hits(struct str *out, struct eval_result r, bool vulnerable, const struct installed_host *h,
	struct arena *a)
{
	size_t n = 0;
	str_addz(out, vulnerable ? ",\"vulnerable\":[" : ",\"platform\":[");
	for (size_t i = 0; i < r.n; i++) {
		if (r.hits[i].leaf->vulnerable != vulnerable)
			continue;
		if (n++)
			str_addc(out, ',');
		add_hit(out, &r.hits[i], h, a);
	}
	str_addc(out, ']');
}

bool installed_explain(const struct installed_host *h, const struct eval_result *r, struct arena *a,
	struct span *ret, struct err *err)
{
	struct str out = STR_IN(a, EXPLAIN_BYTES);
	size_t n = 0, end;
	str_addz(&out, "{\"mode\":\"strict\",");
	add_software(&out, h, r);
	str_addz(&out, ",\"configurations\":[");
	for (size_t i = 0; i < r->n; i = end) {
		for (end = i; end < r->n && r->hits[end].configuration == r->hits[i].configuration; end++)
			;
		if (n++ >= EXPLAIN_MAX)
			continue;
		str_addf(&out, "%s{\"configuration\":%zu", n > 1 ? "," : "", r->hits[i].configuration);
		struct eval_result part = { end - i, r->hits + i };
		add_hits(&out, part, true, h, a);
		add_hits(&out, part, false, h, a);
		str_addc(&out, '}');
	}
	str_addc(&out, ']');
	if (n > EXPLAIN_MAX)
		str_addf(&out, ",\"more\":%zu", n - EXPLAIN_MAX);
	str_addc(&out, '}');
	*ret = str_span(&out);
	return str_check(&out, err);
}
