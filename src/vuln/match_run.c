#include "vuln/match_run.h"

#include <stdlib.h>

#include "finding/finding.h"
#include "os/clock.h"
#include "vuln/corpus.h"
#include "vuln/installed.h"
#include "vuln/matcher.h"

enum { HOSTS = 200, CHUNK_ARENA = 512 << 20, UNMATCHED_MAX = 100000, WORDS_MAX = 20000000 };

/* What a finding says of its CVE. */
struct facts {
	bool known, kev;
	const char *severity;
	int64_t epss;
	int score;
};

/* What became of one way to describe software; the same words are looked at once in a run. */
struct described {
	struct installed name;
	uint32_t number;
	const struct err *refused;
};

struct run {
	struct op *op, reading; /* reading: with the arena of one chunk */
	struct index *index;
	struct matcher *matcher;
	struct facts *facts; /* by number of the CVE */
	struct map *unmatched; /* "vendor product" to how many */
	struct arena *kept; /* lives as long as the run */
	struct map *by_words; /* to the place in described */
	VEC(struct described) described;
	struct finding_batch batch;
	struct match_counts counts;
	FILE *notes;
};

static bool load_facts(struct run *r, uint32_t cve, struct facts *f, struct err *err)
{
	static const char *const severities[] = { "critical", "high", "medium", "low" };
	CLEANUP(db_rows_close_p) struct db_rows *rows = NULL;
	bool row;
	*f = (struct facts){ .known = true, .severity = "none", .score = -1 };
	if (!db_query(store_reader(r->op->store),
		    SQL("SELECT severity, score, EXISTS (SELECT 1 FROM corpus.kev k WHERE k.cve=v.id),"
			" COALESCE((SELECT e.score FROM corpus.epss e WHERE e.cve=v.id), 0) FROM "
			"corpus.vulns v WHERE v.id=?"),
		    V(db_t(index_id(r->index, cve))), &rows, err) ||
		!db_next(rows, &row, err))
		return false;
	if (!row)
		return true;
	for (size_t i = 0; i < COUNT(severities); i++)
		if (span_is(db_col_text(rows, 0), severities[i]))
			f->severity = severities[i];
	f->score = (int)db_col_int(rows, 1);
	f->kev = db_col_int(rows, 2) != 0;
	f->epss = db_col_int(rows, 3);
	return true;
}

static enum finding_level level_of(struct span importance)
{
	return span_is(importance, "high")      ? FINDING_LEVEL_HIGH
		: span_is(importance, "medium") ? FINDING_LEVEL_MEDIUM
		: span_is(importance, "low")    ? FINDING_LEVEL_LOW
						: FINDING_LEVEL_UNKNOWN;
}

/* One host with the names under which its software is matched. */
struct host {
	const struct asset_host *asset;
	const struct asset_software **software;
	struct installed *names;
	uint32_t *numbers;
	size_t n;
};

static void cannot(struct run *r, const struct asset_software *s)
{
	struct span key = arena_printf(r->reading.arena, SPAN_FMT " " SPAN_FMT,
		SPAN_ARG(utf8_cut(s->vendor, 100)), SPAN_ARG(utf8_cut(s->product, 100)));
	r->counts.unmatchable++;
	if (map_count(r->unmatched) < UNMATCHED_MAX || map_find(r->unmatched, key))
		++*map_put(r->unmatched, key, 0, NULL);
}

static struct described describe(struct run *r, const struct asset_software *s)
{
	struct described d = { .number = 0 };
	struct err why = { 0 };
	installed_name(r->index, s, r->kept, &d.name);
	if (s->cpe.n)
		d.name.cpe = arena_span(r->kept, s->cpe);
	if (d.name.cpe.p && !matcher_name(r->matcher, d.name.cpe, &d.number, &why)) {
		struct err *copy = ARENA_NEW(r->kept, struct err);
		*copy = why;
		d.refused = copy;
	}
	return d;
}

static const struct described *described(struct run *r, const struct asset_software *s)
{
	struct span key = s->cpe;
	bool fresh;
	if (!key.n)
		key = arena_printf(r->reading.arena, "%.*s\x1f%.*s\x1f%.*s\x1f%.*s", SPAN_ARG(s->part),
			SPAN_ARG(s->vendor), SPAN_ARG(s->product), SPAN_ARG(s->version));
	uint64_t at = *map_put(r->by_words, key, r->described.n, &fresh);
	if (fresh)
		vec_push(&r->described, describe(r, s));
	return &r->described.p[at];
}

static void add_name(struct run *r, struct host *h, const struct asset_software *s)
{
	const struct described *d = described(r, s);
	r->counts.software++;
	if (d->refused) {
		r->counts.pairs.refused++;
		if (r->notes && r->counts.pairs.refused <= MATCH_SHOWN)
			fprintf(r->notes, SPAN_FMT " " SPAN_FMT ": %s\n", SPAN_ARG(h->asset->name),
				SPAN_ARG(s->cpe), r->op->zh ? d->refused->zh : d->refused->en);
		return;
	}
	if (!d->name.cpe.p) {
		cannot(r, s);
		return;
	}
	r->counts.assumed += d->name.assumed;
	h->names[h->n] = d->name;
	h->numbers[h->n] = d->number;
	h->software[h->n++] = s;
}

static struct host names_of(struct run *r, const struct asset_host *asset)
{
	struct arena *a = r->reading.arena;
	struct host h = { .asset = asset };
	h.software = arena_array(a, asset->n_software + 1, sizeof *h.software);
	h.names = arena_array(a, asset->n_software + 1, sizeof *h.names);
	h.numbers = arena_array(a, asset->n_software + 1, sizeof *h.numbers);
	for (size_t i = 0; i < asset->n_software; i++)
		add_name(r, &h, &asset->software[i]);
	return h;
}

static bool store_pair(struct run *r, const struct host *h, uint32_t cve, struct err *err)
{
	struct arena *a = r->reading.arena;
	struct facts *f = &r->facts[cve];
	struct eval_result why;
	struct span id = index_id(r->index, cve);
	struct finding_seen seen = { .asset_n = h->asset->n,
		.unit_n = h->asset->unit_n,
		.kind = SPAN("vulnerability"),
		.key = id,
		.vuln_id = id,
		.source = SPAN("match") };
	if (!f->known && !load_facts(r, cve, f, err))
		return false;
	if (!matcher_explain(r->matcher, cve, h->numbers, h->n, a, &why))
		return err_set(err, ERR_CORRUPT, SPAN_FMT " 的匹配无法说明",
			"the match of " SPAN_FMT " cannot be explained", SPAN_ARG(id));
	const struct asset_software *first = NULL;
	for (size_t i = 0; i < why.n; i++) {
		const struct asset_software *s = h->software[why.hits[i].installed];
		if (!first && why.hits[i].leaf->vulnerable)
			first = s;
		if (s->recorded_at > seen.observed_at)
			seen.observed_at = s->recorded_at;
	}
	seen.software_n = first ? first->n : 0;
	seen.title = first ? arena_printf(a, SPAN_FMT "（" SPAN_FMT " " SPAN_FMT "）", SPAN_ARG(id),
				     SPAN_ARG(first->vendor), SPAN_ARG(first->product))
			   : id;
	seen.severity = f->severity;
	seen.terms = (struct finding_terms){ .kev = f->kev,
		.internet = span_is(h->asset->exposure, "internet"),
		.epss = (int)f->epss,
		.score = f->score,
		.importance = level_of(h->asset->importance) };
	struct installed_host host = { h->software, h->names, h->n };
	return installed_explain(&host, &why, a, &seen.explanation, err) &&
		finding_batch_add(&r->batch, &seen, err);
}

static bool match_host(struct run *r, const struct asset_host *asset, struct err *err)
{
	int64_t began = clock_mono_ns();
	struct host h = names_of(r, asset);
	struct matcher_answer borrowed = matcher_ask(r->matcher, h.numbers, h.n);
	uint32_t *cves = arena_array(r->reading.arena, borrowed.n + 1, sizeof *cves);
	size_t n = borrowed.n;
	if (n)
		memcpy(cves, borrowed.cves, n * sizeof *cves);
	r->counts.match_ns += clock_mono_ns() - began;
	r->counts.hosts++;
	for (size_t i = 0; i < n; i++)
		if (!store_pair(r, &h, cves[i], err))
			return false;
	return finding_batch_gone(&r->batch, SPAN("vulnerability"), asset->n, err);
}

static bool match_all(struct run *r, struct err *err)
{
	int64_t after = 0;
	for (;;) {
		struct asset_host *hosts;
		size_t n;
		arena_reset(r->reading.arena);
		if (!asset_inventory_next(&r->reading, (struct asset_range){ .after_n = after, .max = HOSTS },
			    &hosts, &n, err))
			return false;
		for (size_t i = 0; i < n; i++)
			if (!match_host(r, &hosts[i], err))
				return false;
		if (!finding_batch_end(&r->batch, err))
			return false;
		if (!n)
			return true;
		after = hosts[n - 1].n;
	}
}

static void count(struct run *r)
{
	const struct finding_batch *b = &r->batch;
	struct command_counts *c = &r->counts.pairs;
	r->counts.gone = b->gone;
	c->fresh = b->fresh;
	c->changed = b->changed + b->back + b->gone;
	c->unchanged = b->same;
	c->read = c->fresh + c->changed + c->unchanged + c->refused;
}

struct product {
	struct span name;
	uint64_t n;
};

static int by_count(const void *x, const void *y)
{
	const struct product *a = x, *b = y;
	return a->n != b->n ? (a->n < b->n ? 1 : -1) : span_cmp(a->name, b->name);
}

static void show_unmatched(struct run *r)
{
	struct product *all = calloc(map_count(r->unmatched) + 1, sizeof *all);
	size_t n = 0, at = 0;
	if (!all)
		abort();
	while (map_next(r->unmatched, &at, &all[n].name, &all[n].n))
		n++;
	qsort(all, n, sizeof *all, by_count);
	for (size_t i = 0; i < n && i < MATCH_SHOWN; i++)
		fprintf(r->notes,
			r->op->zh ? "无法匹配：" SPAN_FMT "（%llu 项）\n"
				  : "cannot be matched: " SPAN_FMT " (%llu)\n",
			SPAN_ARG(all[i].name), (unsigned long long)all[i].n);
	free(all);
}

bool match_run(struct op *op, FILE *notes, struct match_counts *ret, struct err *err)
{
	CLEANUP(index_close_p) struct index *index = NULL;
	CLEANUP(matcher_free_p) struct matcher *matcher = NULL;
	CLEANUP(map_free_p) struct map *unmatched = map_new(UNMATCHED_MAX);
	CLEANUP(map_free_p) struct map *words = map_new(WORDS_MAX);
	CLEANUP(arena_free_p) struct arena *kept = arena_new((size_t)1 << 30, (size_t)2 << 30);
	CLEANUP(arena_free_p) struct arena *chunk = arena_new(CHUNK_ARENA, 2 * (size_t)CHUNK_ARENA);
	struct run r = { .op = op,
		.reading = *op,
		.unmatched = unmatched,
		.by_words = words,
		.kept = kept,
		.notes = notes };
	r.reading.arena = chunk;
	if (!corpus_index_open(op, &index, err))
		return false;
	r.index = index;
	r.matcher = matcher = matcher_new(index, MATCH_STRICT);
	r.facts = calloc((size_t)index_count(index) + 1, sizeof *r.facts);
	if (!r.facts)
		abort();
	finding_batch_begin(&r.batch, op);
	bool ok = match_all(&r, err);
	if (!ok)
		finding_batch_drop(&r.batch);
	if (ok && notes)
		show_unmatched(&r);
	free(r.facts);
	vec_done(&r.described);
	count(&r);
	if (ok)
		*ret = r.counts;
	return ok;
}
