/* What vulnerabilities give to the room `finding`: proof of claims, and the remedy in words. */
#include "finding/finding.h"
#include "vuln/corpus.h"
#include "vuln/installed.h"
#include "vuln/version.h"
#include "vuln/vuln.h"

enum { ADVISE_MAX = 2000, INSTALLED_MAX = 10000 };

/* The host of an item as it would be if the claim were true. */
struct claimed {
	struct op *op;
	struct index *index; /* opened when a name has to be assumed */
	bool blind; /* not all of its software could be looked at: nothing is proven */
	struct installed_host host;
	struct cpe *cpes;
};

/* This runs inside a write transaction: an index that is not at hand is neither waited for nor made. */
static bool add_name(struct claimed *c, const struct asset_software *s, struct installed *names,
	const struct asset_software **software, struct err *err)
{
	size_t at = c->host.n;
	if (!s->cpe.n && !c->index &&
		!corpus_index_find(store_folder(c->op->store), op_db(c->op), &c->index, err))
		return false;
	c->blind = c->blind || (!s->cpe.n && !c->index);
	if (c->blind)
		return true;
	installed_name(c->index, s, c->op->arena, &names[at]);
	if (!names[at].cpe.p)
		return true;
	software[at] = s;
	c->host.n++;
	return cpe_parse(names[at].cpe, c->op->arena, &c->cpes[at], err);
}

static bool claimed_read(
	struct claimed *c, const struct finding_claim *claim, int64_t asset_n, struct err *err)
{
	struct asset_host host;
	struct arena *a = c->op->arena;
	bool found;
	if (!asset_inventory_find(c->op, asset_n, &host, &found, err))
		return false;
	size_t n = found && host.n_software < INSTALLED_MAX ? host.n_software : 0;
	c->blind = found && host.n_software >= INSTALLED_MAX;
	struct installed *names = arena_array(a, n + 1, sizeof *names);
	const struct asset_software **software = arena_array(a, n + 1, sizeof *software);
	c->cpes = arena_array(a, n + 1, sizeof *c->cpes);
	for (size_t i = 0; i < n && !c->blind; i++) {
		struct asset_software *s = ARENA_NEW(a, struct asset_software);
		*s = host.software[i];
		bool ours = claim->version.n && (s->n == claim->software_n);
		if (ours && !installed_with_version(c->op, &host.software[i], claim->version, s, err))
			return false;
		if (!add_name(c, s, names, software, err))
			return false;
	}
	c->host.names = names;
	c->host.software = software;
	return true;
}

/* "CVE-2021-41773：软件 apache http_server 2.4.49 仍在受影响范围内（条件 cpe:…，版本 = 2.4.49）" */
static struct span contradiction(struct claimed *c, struct span cve, const struct eval_result *r)
{
	const struct eval_hit *hit = r->hits;
	struct op *op = c->op;
	for (size_t i = r->n; i-- > 0;)
		if (r->hits[i].leaf->vulnerable)
			hit = &r->hits[i];
	const struct asset_software *s = c->host.software[hit->installed];
	struct str range = STR_IN(op->arena, 2048);
	installed_range(hit->leaf, op->arena, &range);
	return arena_printf(op->arena,
		op->zh ? SPAN_FMT "：" SPAN_FMT " " SPAN_FMT " 版本 " SPAN_FMT
				  " 仍在受影响范围内（匹配条件 " SPAN_FMT "，版本范围 " SPAN_FMT "）"
		       : SPAN_FMT ": " SPAN_FMT " " SPAN_FMT " version " SPAN_FMT
				  " is still affected (criteria " SPAN_FMT ", versions " SPAN_FMT ")",
		SPAN_ARG(cve), SPAN_ARG(s->vendor), SPAN_ARG(s->product),
		SPAN_ARG(s->version.n ? s->version : SPAN("*")),
		SPAN_ARG(cpe_format(&hit->leaf->criteria, op->arena)), SPAN_ARG(str_span(&range)));
}

static bool prove_one(struct claimed *c, const struct finding_claim *claim, const struct finding_fact *fact,
	enum finding_proof *ret, struct span *ret_reason, struct err *err)
{
	struct config_tree tree;
	struct eval_result r;
	bool known;
	if (!corpus_tree(c->op, fact->vuln_id, &tree, &known, err))
		return false;
	*ret = FINDING_UNPROVEN;
	if (!known)
		return true;
	if (!eval_explain(&tree, c->cpes, c->host.n, MATCH_STRICT, c->op->arena, &r)) {
		*ret = FINDING_PROVEN;
	} else if (claim->version.n) {
		*ret = FINDING_DISPROVEN;
		if (!ret_reason->n)
			*ret_reason = contradiction(c, fact->vuln_id, &r);
	}
	return true;
}

/*
 * With a version: the host is matched again with it, and the answer is proof or contradiction.  Without one
 * nothing contradicts, but a host that the inventory no longer shows as affected is proof; all else a person
 * judges.  So it does of a host whose software cannot all be named now.
 */
static bool prove(struct op *op, const struct finding_claim *claim, const struct finding_facts *facts,
	enum finding_proof *ret, struct span *ret_reason, struct err *err)
{
	struct claimed c = { .op = op };
	bool testable = span_is(claim->claim, "fixed") || span_is(claim->claim, "not_affected") ||
		span_is(claim->claim, "false_positive");
	struct finding_claim said = *claim;
	said.version = span_trim(said.version);
	*ret_reason = (struct span){ NULL, 0 };
	for (size_t i = 0; i < facts->n; i++)
		ret[i] = FINDING_UNPROVEN;
	if (!testable || !facts->n)
		return true;
	if (!said.software_n)
		said.software_n = facts->at[0].software_n;
	bool ok = claimed_read(&c, &said, said.asset_n ? said.asset_n : facts->at[0].asset_n, err);
	for (size_t i = 0; ok && !c.blind && i < facts->n; i++)
		ok = prove_one(&c, &said, &facts->at[i], &ret[i], ret_reason, err);
	index_close(c.index);
	return ok;
}

/* ---- the remedy ---- */

struct remedy {
	struct span from, above; /* the highest end of a range: not affected from / above it */
	size_t open, n; /* findings without any end; all looked at */
};

static void higher(struct span *best, struct span version)
{
	if (version.n && (!best->n || version_compare(version, *best) > 0))
		*best = version;
}

/* Of one stored explanation the highest end of the ranges that were met. */
static void read_remedy(struct remedy *m, const json_t *explanation, struct arena *a)
{
	const json_t *list = json_object_get(explanation, "configurations");
	bool ended = false;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *hits = json_object_get(json_array_get(list, i), "vulnerable");
		for (size_t k = 0; k < json_array_size(hits); k++) {
			const json_t *hit = json_array_get(hits, k);
			struct span from = json_get_text(hit, "versionEndExcluding"),
				    above = json_get_text(hit, "versionEndIncluding");
			ended = ended || from.n || above.n;
			higher(&m->from, from.n ? arena_span(a, from) : SPAN(""));
			higher(&m->above, above.n ? arena_span(a, above) : SPAN(""));
		}
	}
	m->n++;
	m->open += !ended;
}

static bool read_remedies(struct op *op, const struct finding_facts *facts, struct remedy *m, struct err *err)
{
	for (size_t i = 0; i < facts->n && i < ADVISE_MAX; i++) {
		CLEANUP(json_free) json_t *j = NULL;
		struct span text;
		struct err ignored = { 0 };
		if (!db_text(op_db(op), SQL("SELECT explanation FROM findings WHERE n=?"),
			    V(db_i(facts->at[i].n)), op->arena, &text, err))
			return false;
		if (text.n && json_parse(text, 0, &j, &ignored))
			read_remedy(m, j, op->arena);
	}
	return true;
}

static bool advise(struct op *op, const struct finding_facts *facts, struct str *out, struct err *err)
{
	static const char *const words[2][2][2] = {
		{ { "Upgrade to ", " or later" }, { "Upgrade to a version above ", "" } },
		{ { "升级到 ", " 或更高版本" }, { "升级到高于 ", " 的版本" } },
	};
	struct remedy m = { .from = SPAN(""), .above = SPAN("") };
	if (!read_remedies(op, facts, &m, err))
		return false;
	bool above = m.above.n && (!m.from.n || version_compare(m.above, m.from) >= 0);
	struct span version = above ? m.above : m.from;
	if (version.n) {
		str_addz(out, words[op->zh][above][0]);
		str_add(out, version);
		str_addz(out, words[op->zh][above][1]);
	}
	if (version.n && m.open)
		str_addz(out, op->zh ? "；" : "; ");
	if (m.open)
		str_addf(out,
			op->zh ? "%zu "
				 "个漏洞的记录未给出修复版本，请按厂商公告安装补丁，并在答复中写明补丁编号"
			       : "the records of %zu vulnerabilities name no fixed version: install the "
				 "vendor's patches and name them in the answer",
			m.open);
	return str_check(out, err);
}

const struct finding_kind vuln_finding_kind = {
	.name = "vulnerability",
	.zh = "漏洞，软件或硬件的已知缺陷",
	.en = "vulnerability, a known flaw of software or hardware",
	.prove = prove,
	.advise = advise,
};
